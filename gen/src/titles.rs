//! What a title's message says together with what an episode takes from its series: whether viewers
//! see it, where and when, and by which ratings.

use sv_kernel::{Country, Timestamp};

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
pub fn is_shown_in(content: &Content, country: Option<Country>, now: Timestamp) -> bool {
    is_shown(content) && opening(content, country, now).is_open()
}

/// Says whether a title is open somewhere: by its own windows and, of an episode, its series'.
pub fn opening(content: &Content, country: Option<Country>, now: Timestamp) -> Opening {
    let of = |availability: &Option<Availability>| match availability {
        Some(availability) => opening_of(availability, country, now),
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
        (Opening::NotYet(_), closed @ (Opening::NotThere | Opening::Over)) => closed,
        (closed, _) => closed,
    }
}

/// Says whether windows are open somewhere. Whoever is in a country that is not known is in none of those that
/// windows name, and perhaps in one that is blocked.
pub fn opening_of(
    availability: &Availability,
    country: Option<Country>,
    now: Timestamp,
) -> Opening {
    let blocked = &availability.blocked_countries;
    let is_blocked = match country {
        Some(country) => blocked.iter().any(|code| code == country.as_str()),
        None => !blocked.is_empty(),
    };
    if is_blocked {
        return Opening::NotThere;
    }
    if availability.windows.is_empty() {
        return Opening::Open {
            until: None,
            monetization: None,
        };
    }
    let is_there = |window: &&AvailabilityWindow| {
        let named = |country: Country| window.countries.iter().any(|c| c == country.as_str());
        window.countries.is_empty() || country.is_some_and(named)
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
        None => Opening::NotThere,
    }
}

/// Leaves of a title what viewers somewhere are told: how it is paid for there, but not who added it, nor where
/// and when it is open to whom.
pub fn for_viewers(content: &mut Content, country: Option<Country>, now: Timestamp) {
    if let Opening::Open {
        monetization: Some(monetization),
        ..
    } = opening(content, country, now)
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
            let country = Country::parse(country).ok();
            assert_eq!(
                opening_of(&availability, country, at(now)),
                expected,
                "{now}"
            );
        }
        // Who may be in a blocked country sees nothing.
        assert_eq!(opening_of(&availability, None, at(550)), Opening::NotThere);
        let only_there = Availability {
            windows: vec![window(&["NO"], 100, 200, Monetization::Svod)],
            ..Availability::default()
        };
        let of = |country| opening_of(&only_there, country, at(150));
        assert_eq!(of(None), Opening::NotThere);
        assert_eq!(of(Country::parse("DE").ok()), Opening::NotThere);
        assert!(of(Country::parse("NO").ok()).is_open());
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
        assert!(is_shown_in(&content, None, at(10)));
        let Some(Details::Episode(of)) = &mut content.details else {
            panic!("no episode");
        };
        of.series.as_mut().unwrap().availability = from(20);
        assert_eq!(opening(&content, None, at(5)), Opening::NotYet(at(20)));
        assert_eq!(opening(&content, None, at(15)), Opening::NotYet(at(20)));
        assert!(opening(&content, None, at(20)).is_open());
        for_viewers(&mut content, None, at(20));
        assert!(content.availability.is_none() && opening(&content, None, at(0)).is_open());
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
