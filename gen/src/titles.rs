//! What a title's message says together with what an episode takes from its series: whether viewers
//! see it, and by which ratings.

use crate::content::{Content, ContentStatus, EpisodeSeries, content::Details};

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
