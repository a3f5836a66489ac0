//! What a decision needs to know of titles and channels.

use sv_kernel::{Timestamp, Whereabouts};
use sv_proto::{
    channels,
    content::{Content, ContentStatus, ContentType, content::Details},
    livetv::Channel,
    titles::{self, Opening},
};
use sv_rules::maturity;

use crate::domain::Title;

impl Title {
    /// Reads a title as the catalogue has it, for callers somewhere at an instant; `None` where its id is
    /// none.
    pub(crate) fn of(content: &Content, of: Whereabouts, now: Timestamp) -> Option<Self> {
        let opening = titles::opening(content, of, now);
        let meanwhile = match opening {
            Opening::Open { monetization, .. } => monetization,
            _ => None,
        };
        let series = match &content.details {
            Some(Details::Episode(episode)) => episode.series_id.parse().ok(),
            _ => None,
        };
        Some(Self {
            id: content.id.parse().ok()?,
            series,
            kind: content.r#type(),
            shown: titles::is_shown(content),
            opening,
            monetization: meanwhile.unwrap_or_else(|| content.monetization()),
            for_children: titles::ratings(content).all(maturity::open_to_kids),
        })
    }

    /// Reads a channel: it is judged like a title (C28).
    pub(crate) fn of_channel(channel: &Channel, of: Whereabouts, now: Timestamp) -> Option<Self> {
        Some(Self {
            id: channel.id.parse().ok()?,
            series: None,
            kind: ContentType::Channel,
            shown: channel.status() == ContentStatus::Published,
            opening: channels::opening(channel, of, now),
            monetization: channel.monetization(),
            for_children: maturity::open_to_kids(&channel.maturity_rating),
        })
    }
}

#[cfg(test)]
mod tests {
    use sv_proto::content::{EpisodeDetails, EpisodeSeries, Monetization};
    use uuid::Uuid;

    use super::*;
    use crate::domain::{Basis, Terms, decide};

    #[test]
    fn an_episode_is_judged_with_its_series() {
        let now = Timestamp::from_secs(1_700_000_000);
        let basis = |status: ContentStatus, rating: &str, is_kids| {
            let mut content = Content {
                id: Uuid::nil().to_string(),
                monetization: Monetization::Avod.into(),
                maturity_rating: "G".into(),
                details: Some(Details::Episode(EpisodeDetails {
                    series: Some(EpisodeSeries {
                        status: status.into(),
                        maturity_rating: rating.into(),
                        ..EpisodeSeries::default()
                    }),
                    ..EpisodeDetails::default()
                })),
                ..Content::default()
            };
            content.set_status(ContentStatus::Published);
            let title = Title::of(&content, Whereabouts::default(), now).unwrap();
            let terms = Terms::of_monetization(title.monetization);
            decide(Some((&title, &terms)), is_kids, (&[], &[]), now).basis
        };
        let (published, draft) = (ContentStatus::Published, ContentStatus::Draft);
        assert_eq!(basis(published, "G", true), Basis::Free);
        assert_eq!(basis(published, "R", true), Basis::Maturity);
        assert_eq!(basis(published, "R", false), Basis::Free);
        assert_eq!(basis(draft, "G", false), Basis::NotAvailable);
    }
}
