//! What series, seasons and episodes have to do with each other.

use sv_kernel::{Error, Result, trim};
use sv_proto::{
    content::{
        Content, ContentReason, EpisodeDetails, EpisodeSeries, Season, SeriesDetails,
        content::Details,
    },
    convert::refuse,
};
use uuid::Uuid;

use super::video;
use crate::domain::{Kind, Place};

impl Place {
    /// Returns the place of an episode, `None` of any other title.
    pub(crate) fn of(content: &Content) -> Option<Self> {
        let episode = episode(content)?;
        Some(Self {
            series: Uuid::try_parse(&episode.series_id).ok()?,
            season: episode.season_number,
            episode: episode.episode_number,
        })
    }
}

/// Brings the details of a title into the form in which they are stored. `before` is the stored title,
/// if there is one.
///
/// Fails with `VALIDATION_FAILED` where they are another kind's, or break a rule of their own, and with
/// `SEASON_REPEATED`.
pub(super) fn prepare(content: &mut Content, kind: Kind, before: Option<&Content>) -> Result<()> {
    match (kind, &mut content.details) {
        (Kind::Series, Some(Details::Series(series))) => order(series),
        (Kind::Series, details @ None) => {
            *details = Some(Details::Series(SeriesDetails::default()));
            Ok(())
        }
        (Kind::Episode, Some(Details::Episode(episode))) => place(episode, before),
        (Kind::Episode, None) => Err(refuse("content.episode", "REQUIRED", "is required")),
        (Kind::Video, details) if matches!(details, None | Some(Details::Video(_))) => {
            video::prepare(details, before);
            Ok(())
        }
        (Kind::Movie, Some(Details::Movie(_))) | (_, None) => Ok(()),
        (_, Some(others)) => {
            let field = match others {
                Details::Movie(_) => "content.movie",
                Details::Series(_) => "content.series",
                Details::Episode(_) => "content.episode",
                Details::Video(_) => "content.video",
            };
            let description = format!("is not what {} has", kind.a());
            Err(refuse(field, "TYPE", &description))
        }
    }
}

/// Puts seasons into the order of their numbers.
fn order(series: &mut SeriesDetails) -> Result<()> {
    for (at, season) in series.seasons.iter().enumerate() {
        let number = season.number;
        if series.seasons[..at].iter().any(|s| s.number == number) {
            return Err(Error::from(ContentReason::SeasonRepeated).with("season", number));
        }
    }
    for season in &mut series.seasons {
        trim(&mut season.title);
        trim(&mut season.synopsis);
        season.episode_count = 0;
    }
    series.seasons.sort_by_key(|season| season.number);
    Ok(())
}

/// Sees that an episode has a place, and stays in its series.
fn place(episode: &mut EpisodeDetails, before: Option<&Content>) -> Result<()> {
    episode.series = None;
    if let Some(before) = before.and_then(self::episode) {
        if episode.series_id.is_empty() {
            episode.series_id.clone_from(&before.series_id);
        }
        if !episode.series_id.eq_ignore_ascii_case(&before.series_id) {
            let description = "does not change; an episode stays in its series";
            return Err(refuse("content.episode.seriesId", "FIXED", description));
        }
    }
    match Uuid::try_parse(&episode.series_id) {
        Ok(id) => episode.series_id = id.to_string(),
        Err(_) => {
            return Err(refuse(
                "content.episode.seriesId",
                "UUID",
                "is a UUID in its hyphenated form",
            ));
        }
    }
    if episode.episode_number < 1 {
        let field = "content.episode.episodeNumber";
        return Err(refuse(field, "MIN", "is at least 1"));
    }
    Ok(())
}

/// Gives an episode what it takes from its series.
///
/// Fails with `SEASON_NOT_FOUND` where the series does not have its season.
pub(crate) fn join(content: &mut Content, series: &Content) -> Result<()> {
    let Some(Details::Episode(episode)) = &mut content.details else {
        return Ok(());
    };
    let season = episode.season_number;
    if seasons(series).iter().all(|s| s.number != season) {
        return Err(Error::from(ContentReason::SeasonNotFound).with("season", season));
    }
    episode.series = Some(given(series));
    Ok(())
}

/// Returns what episodes take from a series.
pub(crate) fn given(series: &Content) -> EpisodeSeries {
    EpisodeSeries {
        title: series.title.clone(),
        status: series.status,
        maturity_rating: series.maturity_rating.clone(),
        availability: series.availability.clone(),
    }
}

/// Returns the seasons of a series; no other title has any.
pub(crate) fn seasons(content: &Content) -> &[Season] {
    match &content.details {
        Some(Details::Series(series)) => &series.seasons,
        _ => &[],
    }
}

/// Returns what only an episode has.
fn episode(content: &Content) -> Option<&EpisodeDetails> {
    match &content.details {
        Some(Details::Episode(episode)) => Some(episode),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use sv_proto::{common::CommonReason, content::ContentStatus};

    use super::*;
    use crate::documents::prepare;

    const SERIES: &str = "01936f00-ffff-7000-8000-000000000001";

    fn series(numbers: &[i32]) -> Content {
        let season = |number: &i32| Season {
            number: *number,
            title: format!(" Season {number} "),
            episode_count: 7,
            ..Season::default()
        };
        Content {
            title: "Tides".into(),
            details: Some(Details::Series(SeriesDetails {
                seasons: numbers.iter().map(season).collect(),
            })),
            ..Content::default()
        }
    }

    fn episode(series_id: &str, season_number: i32, episode_number: i32) -> Content {
        Content {
            title: "Ebb".into(),
            details: Some(Details::Episode(EpisodeDetails {
                series_id: series_id.into(),
                season_number,
                episode_number,
                series: Some(EpisodeSeries {
                    title: "Forged".into(),
                    ..EpisodeSeries::default()
                }),
            })),
            ..Content::default()
        }
    }

    #[test]
    fn seasons_are_stored_by_number_and_each_number_once() {
        let stored = prepare(series(&[2, 0, 1]), Kind::Series, None).unwrap();
        let of = |s: &Season| (s.number, s.title.clone(), s.episode_count);
        let stored: Vec<_> = seasons(&stored).iter().map(of).collect();
        let expected = [0, 1, 2].map(|n| (n, format!("Season {n}"), 0));
        assert_eq!(stored, expected);
        let twice = prepare(series(&[1, 2, 1]), Kind::Series, None).unwrap_err();
        assert!(twice.is(&ContentReason::SeasonRepeated), "{twice}");
        let none = prepare(series(&[]), Kind::Series, None).unwrap();
        assert_eq!(seasons(&none), []);
    }

    #[test]
    fn a_title_has_the_details_of_its_kind_only() {
        for (content, kind) in [
            (series(&[1]), Kind::Movie),
            (series(&[1]), Kind::Episode),
            (episode(SERIES, 1, 1), Kind::Series),
        ] {
            let refused = prepare(content, kind, None).unwrap_err();
            assert_eq!(refused.violations()[0].rule, "TYPE", "{kind:?}");
        }
    }

    #[test]
    fn an_episode_has_a_place_and_stays_in_its_series() {
        let stored = prepare(episode(SERIES, 1, 2), Kind::Episode, None).unwrap();
        assert_eq!(
            Place::of(&stored).map(|place| (place.season, place.episode)),
            Some((1, 2))
        );
        let bare = Content {
            details: None,
            ..stored.clone()
        };
        let other = SERIES.replace("0001", "0002");
        for (wrong, before) in [
            (episode("", 1, 1), None),
            (episode(SERIES, 1, 0), None),
            (bare, Some(&stored)),
            (episode(&other, 1, 1), Some(&stored)),
        ] {
            let refused = prepare(wrong, Kind::Episode, before).unwrap_err();
            assert!(refused.is(&CommonReason::ValidationFailed), "{refused}");
        }
        // Not to say which series is no wish to leave it.
        let moved = prepare(episode("", 2, 1), Kind::Episode, Some(&stored)).unwrap();
        assert_eq!(Place::of(&moved).map(|place| place.season), Some(2));
    }

    #[test]
    fn places_are_sorted_by_number_and_not_by_letters() {
        let key = |season, episode| {
            let series = Uuid::nil();
            Place {
                series,
                season,
                episode,
            }
            .key()
        };
        assert!(key(0, 9) < key(1, 1) && key(1, 9) < key(1, 10) && key(9, 1) < key(10, 1));
        assert!(key(1, 99_999) < key(2, 1));
    }

    #[test]
    fn what_an_episode_takes_from_its_series_is_not_the_callers_to_say() {
        let mut of = series(&[1]);
        of.set_status(ContentStatus::Draft);
        let mut stored = prepare(episode(SERIES, 1, 1), Kind::Episode, None).unwrap();
        join(&mut stored, &of).unwrap();
        let taken = sv_proto::titles::series(&stored).unwrap();
        assert_eq!(
            (taken.title.as_str(), taken.status()),
            ("Tides", ContentStatus::Draft)
        );
        let refused = join(&mut stored, &series(&[2])).unwrap_err();
        assert!(refused.is(&ContentReason::SeasonNotFound));
    }
}
