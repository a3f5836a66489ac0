//! What a title's message says together with what an episode takes from its series: whether viewers
//! see it, where and when, and by which ratings.

use sv_kernel::{Country, Platform, Timestamp, Whereabouts};

use crate::{
    content::{
        Availability, AvailabilityWindow, Content, ContentStatus, EpisodeSeries, Monetization,
        content::Details,
    },
    convert::instant,
};

/// Says whether viewers see a title: it is published, and so is the series of an episode.
pub fn is_shown(content: &Content) -> bool {
    let published = ContentStatus::Published;
    content.status() == published
        && match &content.details {
            Some(Details::Episode(_)) => {
                series(content).is_some_and(|series| series.status() == published)
            }
            _ => true,
        }
}

/// Whether a title may be seen somewhere at an instant (X-CAT-5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// It may.
    Open {
        /// Until when, if that has an end.
        until: Option<Timestamp>,
        /// How it is paid for meanwhile, where that is not how it usually is.
        monetization: Option<Monetization>,
    },
    /// It may not yet.
    NotYet(Timestamp),
    /// It may not there, as far as it is known where that is.
    NotThere,
    /// It may not on that platform, as far as it is known which that is.
    NotOn,
    /// A channel shows nothing there, until when that has an end.
    Blackout(Option<Timestamp>),
    /// It may not any more.
    Over,
}

impl Opening {
    /// Says whether it may be seen.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open { .. })
    }
}

/// Says whether viewers somewhere see a title now: it is published, and open there.
pub fn is_shown_in(content: &Content, to: Whereabouts, now: Timestamp) -> bool {
    is_shown(content) && opening(content, to, now).is_open()
}

/// Says whether a title is open somewhere: by its own windows and, of an episode, its series'.
pub fn opening(content: &Content, to: Whereabouts, now: Timestamp) -> Opening {
    let of = |availability: &Option<Availability>| match availability {
        Some(availability) => opening_of(availability, to, now),
        None => Opening::Open {
            until: None,
            monetization: None,
        },
    };
    let own = of(&content.availability);
    let Some(series) = series(content) else {
        return own;
    };
    match (own, of(&series.availability)) {
        (
            Opening::Open {
                until,
                monetization,
            },
            Opening::Open {
                until: end,
                monetization: of_series,
            },
        ) => Opening::Open {
            until: [until, end].into_iter().flatten().min(),
            monetization: monetization.or(of_series),
        },
        (Opening::NotYet(one), Opening::NotYet(other)) => Opening::NotYet(one.max(other)),
        (Opening::Open { .. }, closed) => closed,
        // What never opens outweighs what does one day.
        (Opening::NotYet(_), closed @ (Opening::NotThere | Opening::NotOn | Opening::Over)) => {
            closed
        }
        (closed, _) => closed,
    }
}

/// Says whether windows are open somewhere. Whoever is in a country that is not known is in none of those that
/// windows name, and perhaps in one that is blocked; a platform that is not known is none of those that they
/// name.
pub fn opening_of(availability: &Availability, to: Whereabouts, now: Timestamp) -> Opening {
    if may_be_in(to.country, &availability.blocked_countries) {
        return Opening::NotThere;
    }
    if availability.windows.is_empty() {
        return Opening::Open {
            until: None,
            monetization: None,
        };
    }
    let in_country = |window: &&AvailabilityWindow| {
        let named = |country: Country| window.countries.iter().any(|c| c == country.as_str());
        window.countries.is_empty() || to.country.is_some_and(named)
    };
    let is_there = |window: &&AvailabilityWindow| {
        let platforms = &window.platforms;
        let on = to.platform.map(Platform::number);
        let named = on.is_some_and(|platform| platforms.contains(&platform));
        in_country(window) && (platforms.is_empty() || named)
    };
    let start = |window: &AvailabilityWindow| window.start_time.map_or(Timestamp::MIN, instant);
    let end = |window: &AvailabilityWindow| window.end_time.map_or(Timestamp::MAX, instant);
    let there = || availability.windows.iter().filter(is_there);
    let open = || there().filter(|window| start(window) <= now && now < end(window));
    if let Some(mut until) = open().map(end).max() {
        // Windows that follow each other without a gap are one: nothing ends where the next one begins.
        let goes_on = |until: Timestamp| there().filter(|next| start(next) <= until).map(end).max();
        while let Some(later) = goes_on(until).filter(|later| *later > until) {
            until = later;
        }
        // Where it can be had in several ways, in the one that asks least.
        let ways = open().map(AvailabilityWindow::monetization);
        let way = ways.filter(|way| *way != Monetization::Unspecified).min();
        return Opening::Open {
            until: (until < Timestamp::MAX).then_some(until),
            monetization: way,
        };
    }
    let later = there().map(start).filter(|start| *start > now).min();
    match later {
        Some(start) => Opening::NotYet(start),
        None if there().next().is_some() => Opening::Over,
        None if availability
            .windows
            .iter()
            .any(|window| in_country(&window)) =>
        {
            Opening::NotOn
        }
        None => Opening::NotThere,
    }
}

/// Says whether somebody is in one of these countries, or may be because nobody knows where he is.
pub(crate) fn may_be_in(country: Option<Country>, countries: &[String]) -> bool {
    match country {
        Some(country) => countries.iter().any(|code| code == country.as_str()),
        None => !countries.is_empty(),
    }
}

/// Leaves of a title what viewers somewhere are told: how it is paid for there, but not who added it, nor where
/// and when it is open to whom.
pub fn for_viewers(content: &mut Content, to: Whereabouts, now: Timestamp) {
    if let Opening::Open {
        monetization: Some(monetization),
        ..
    } = opening(content, to, now)
    {
        content.set_monetization(monetization);
    }
    content.availability = None;
    content.publish_time = None;
    match &mut content.details {
        Some(Details::Video(video)) => video.owner_id.clear(),
        Some(Details::Episode(episode)) => {
            if let Some(series) = &mut episode.series {
                series.availability = None;
            }
        }
        _ => {}
    }
}

/// Returns the ratings that a title stands under, all of which have to allow it: its own and its series'.
pub fn ratings(content: &Content) -> impl Iterator<Item = &str> {
    let series = series(content).map(|series| series.maturity_rating.as_str());
    std::iter::once(own_rating(content)).chain(series)
}

/// Returns a title's rating; an episode that has none of its own has its series'.
pub fn own_rating(content: &Content) -> &str {
    match series(content) {
        Some(series) if content.maturity_rating.is_empty() => &series.maturity_rating,
        _ => &content.maturity_rating,
    }
}

/// Returns what a title takes from its series, if it is an episode.
pub fn series(content: &Content) -> Option<&EpisodeSeries> {
    match &content.details {
        Some(Details::Episode(episode)) => episode.series.as_ref(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::EpisodeDetails;

    fn episode(status: ContentStatus, rating: &str, series: ContentStatus, of: &str) -> Content {
        let mut content = Content {
            maturity_rating: rating.to_owned(),
            details: Some(Details::Episode(EpisodeDetails {
                series: Some(EpisodeSeries {
                    status: series.into(),
                    maturity_rating: of.to_owned(),
                    ..EpisodeSeries::default()
                }),
                ..EpisodeDetails::default()
            })),
            ..Content::default()
        };
        content.set_status(status);
        content
    }

    #[test]
    fn an_episode_is_shown_with_its_series_only() {
        use ContentStatus::{Archived, Draft, Published};
        for (own, of, shown) in [
            (Published, Published, true),
            (Published, Draft, false),
            (Published, Archived, false),
            (Draft, Published, false),
        ] {
            assert_eq!(is_shown(&episode(own, "", of, "")), shown, "{own:?} {of:?}");
        }
        let mut film = Content::default();
        assert!(!is_shown(&film));
        film.set_status(Published);
        assert!(is_shown(&film));
    }

    #[test]
    fn windows_open_by_country_and_to_the_second() {
        let at = Timestamp::from_secs;
        let stamp = |secs| prost_types::Timestamp {
            seconds: secs,
            nanos: 0,
        };
        let window = |countries: &[&str], start, end, way: Monetization| AvailabilityWindow {
            countries: countries.iter().map(|code| (*code).to_owned()).collect(),
            start_time: Some(stamp(start)),
            end_time: Some(stamp(end)),
            monetization: way.into(),
            ..AvailabilityWindow::default()
        };
        let availability = Availability {
            windows: vec![
                window(&["NO", "SE"], 100, 200, Monetization::Tvod),
                window(&["NO"], 150, 180, Monetization::Avod),
                // Begins where the first ends, in one of its countries.
                window(&["SE"], 200, 300, Monetization::Unspecified),
                window(&[], 500, 600, Monetization::Unspecified),
            ],
            blocked_countries: vec!["DK".into()],
        };
        let (no, se, dk, de) = ("NO", "SE", "DK", "DE");
        let open = |until, way| Opening::Open {
            until: Some(at(until)),
            monetization: way,
        };
        for (country, now, expected) in [
            (no, 99, Opening::NotYet(at(100))),
            (no, 100, open(200, Some(Monetization::Tvod))),
            (no, 150, open(200, Some(Monetization::Avod))),
            (se, 150, open(300, Some(Monetization::Tvod))),
            (se, 200, open(300, None)),
            (no, 200, Opening::NotYet(at(500))),
            (de, 150, Opening::NotYet(at(500))),
            (de, 500, open(600, None)),
            (de, 600, Opening::Over),
            (dk, 550, Opening::NotThere),
        ] {
            let country = Whereabouts::country(Country::parse(country).ok());
            assert_eq!(
                opening_of(&availability, country, at(now)),
                expected,
                "{now}"
            );
        }
        // Who may be in a blocked country sees nothing.
        let nowhere = Whereabouts::default();
        assert_eq!(
            opening_of(&availability, nowhere, at(550)),
            Opening::NotThere
        );
        let only_there = Availability {
            windows: vec![window(&["NO"], 100, 200, Monetization::Svod)],
            ..Availability::default()
        };
        let of = |country| opening_of(&only_there, Whereabouts::country(country), at(150));
        assert_eq!(of(None), Opening::NotThere);
        assert_eq!(of(Country::parse("DE").ok()), Opening::NotThere);
        assert!(of(Country::parse("NO").ok()).is_open());
    }

    #[test]
    fn windows_open_by_platform() {
        assert_eq!(
            Platform::ALL.map(|platform| platform.as_str().to_uppercase()),
            Platform::ALL.map(|platform| {
                let number = platform.number();
                let named = crate::content::Platform::try_from(number).unwrap();
                named.as_str_name().replace("PLATFORM_", "")
            })
        );
        let at = Timestamp::from_secs;
        let window = |platforms: &[Platform], start, way: Monetization| AvailabilityWindow {
            countries: vec!["NO".into()],
            platforms: platforms.iter().map(|platform| platform.number()).collect(),
            start_time: Some(prost_types::Timestamp {
                seconds: start,
                nanos: 0,
            }),
            monetization: way.into(),
            ..AvailabilityWindow::default()
        };
        let availability = Availability {
            windows: vec![
                window(&[Platform::Tv], 100, Monetization::Svod),
                window(&[Platform::Tv, Platform::Web], 200, Monetization::Avod),
            ],
            ..Availability::default()
        };
        let of = |country: &str, platform, now| {
            let to = Whereabouts {
                country: Country::parse(country).ok(),
                platform,
            };
            opening_of(&availability, to, at(now))
        };
        let open = |way| Opening::Open {
            until: None,
            monetization: Some(way),
        };
        let (tv, web, ios) = (Platform::Tv, Platform::Web, Platform::Ios);
        assert_eq!(of("NO", Some(tv), 150), open(Monetization::Svod));
        assert_eq!(of("NO", Some(tv), 200), open(Monetization::Avod));
        assert_eq!(of("NO", Some(web), 150), Opening::NotYet(at(200)));
        assert_eq!(of("NO", Some(ios), 250), Opening::NotOn);
        assert_eq!(of("NO", None, 250), Opening::NotOn);
        assert_eq!(of("SE", Some(tv), 250), Opening::NotThere);
    }

    #[test]
    fn an_episode_is_open_with_its_series_only() {
        let stamp = |secs| {
            Some(prost_types::Timestamp {
                seconds: secs,
                nanos: 0,
            })
        };
        let from = |secs| {
            Some(Availability {
                windows: vec![AvailabilityWindow {
                    start_time: stamp(secs),
                    ..AvailabilityWindow::default()
                }],
                ..Availability::default()
            })
        };
        let published = ContentStatus::Published;
        let mut content = episode(published, "", published, "");
        let at = Timestamp::from_secs;
        content.availability = from(10);
        let nowhere = Whereabouts::default();
        assert!(is_shown_in(&content, nowhere, at(10)));
        let Some(Details::Episode(of)) = &mut content.details else {
            panic!("no episode");
        };
        of.series.as_mut().unwrap().availability = from(20);
        assert_eq!(opening(&content, nowhere, at(5)), Opening::NotYet(at(20)));
        assert_eq!(opening(&content, nowhere, at(15)), Opening::NotYet(at(20)));
        assert!(opening(&content, nowhere, at(20)).is_open());
        for_viewers(&mut content, nowhere, at(20));
        assert!(content.availability.is_none() && opening(&content, nowhere, at(0)).is_open());
    }

    #[test]
    fn an_episode_stands_under_its_own_rating_and_its_series() {
        let of = |own: &str, series: &str| {
            let content = episode(
                ContentStatus::Published,
                own,
                ContentStatus::Published,
                series,
            );
            ratings(&content).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(of("R", "G"), ["R", "G"]);
        assert_eq!(of("", "G"), ["G", "G"]);
        assert_eq!(ratings(&Content::default()).collect::<Vec<_>>(), [""]);
    }
}
