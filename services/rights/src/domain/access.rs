//! May this profile watch this now? (C11, RGT-1)

use sv_kernel::Timestamp;
use sv_proto::{
    content::{Content, Monetization},
    titles,
};
use sv_rules::maturity;

use super::{Plan, Subscription};

/// What the decision needs to know of a title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Title {
    pub(crate) shown: bool,
    pub(crate) monetization: Monetization,
    pub(crate) for_children: bool,
}

impl From<&Content> for Title {
    fn from(content: &Content) -> Self {
        Self {
            shown: titles::is_shown(content),
            monetization: content.monetization(),
            for_children: titles::ratings(content).all(maturity::open_to_kids),
        }
    }
}

/// What gives access, or what is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Basis {
    Free,
    Subscription,
    SubscriptionRequired,
    PurchaseRequired,
    NotAvailable,
    Maturity,
}

/// The answer for one title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) basis: Basis,
    /// When access ends, if it has an end.
    pub(crate) until: Option<Timestamp>,
    /// Streams that may run at once by the account's plans, whatever gives access; 0 where none runs.
    pub(crate) max_streams: i32,
}

impl Decision {
    /// Says whether the title may be watched.
    pub(crate) fn allowed(self) -> bool {
        matches!(self.basis, Basis::Free | Basis::Subscription)
    }

    fn refused(basis: Basis) -> Self {
        Self {
            basis,
            until: None,
            max_streams: 0,
        }
    }
}

/// Decides about one title. `None` is a title that nobody knows; what is paid for are the account's
/// subscriptions with their plans, of which the one with the most streams counts.
pub(crate) fn decide(
    title: Option<&Title>,
    is_kids: bool,
    paid: &[(Subscription, Plan)],
    now: Timestamp,
) -> Decision {
    let Some(title) = title.filter(|title| title.shown) else {
        return Decision::refused(Basis::NotAvailable);
    };
    // Before money: a child is not told that a plan would open it.
    if is_kids && !title.for_children {
        return Decision::refused(Basis::Maturity);
    }
    let running = paid
        .iter()
        .filter(|(subscription, _)| subscription.gives_access(now))
        .max_by_key(|(subscription, plan)| (plan.max_streams, subscription.period().1));
    match title.monetization {
        Monetization::Avod => Decision {
            basis: Basis::Free,
            until: None,
            max_streams: running.map_or(0, |(_, plan)| plan.max_streams),
        },
        Monetization::Svod | Monetization::Unspecified => running.map_or(
            Decision::refused(Basis::SubscriptionRequired),
            |(subscription, plan)| Decision {
                basis: Basis::Subscription,
                until: Some(subscription.period().1),
                max_streams: plan.max_streams,
            },
        ),
        Monetization::Tvod | Monetization::Ppv => Decision::refused(Basis::PurchaseRequired),
    }
}

#[cfg(test)]
mod tests {
    use sv_kernel::{Currency, Id};
    use sv_proto::content::{ContentStatus, EpisodeDetails, EpisodeSeries, content::Details};
    use uuid::Uuid;

    use super::*;
    use crate::{domain::Price, payments::PaymentMethod};

    fn title(monetization: Monetization, rating: &str) -> Title {
        Title {
            shown: true,
            monetization,
            for_children: maturity::open_to_kids(rating),
        }
    }

    fn paid(now: Timestamp) -> (Subscription, Plan) {
        let nil = Uuid::nil();
        let plan = Plan {
            id: Id::from_uuid(nil),
            code: "basic".into(),
            name: "Basic".into(),
            price: Price::new(799, Currency::parse("EUR").unwrap()).unwrap(),
            max_streams: 1,
            features: Vec::new(),
            on_sale: true,
        };
        let id = Id::from_uuid(nil);
        (
            Subscription::requested(
                id,
                Id::from_uuid(nil),
                plan.id,
                PaymentMethod::default(),
                now,
            )
            .paid(now),
            plan,
        )
    }

    #[test]
    fn of_two_running_subscriptions_the_one_with_more_streams_counts() {
        let now = Timestamp::from_secs(1_700_000_000);
        let (small, mut large) = (paid(now), paid(now));
        large.1.max_streams = 4;
        for paid in [[small.clone(), large.clone()], [large, small]] {
            let decision = decide(Some(&title(Monetization::Svod, "R")), false, &paid, now);
            assert_eq!(decision.max_streams, 4);
            let free = decide(Some(&title(Monetization::Avod, "R")), false, &paid, now);
            assert_eq!((free.basis, free.max_streams), (Basis::Free, 4));
        }
    }

    #[test]
    fn every_case_has_its_basis() {
        let now = Timestamp::from_secs(1_700_000_000);
        let (mine, ended) = (paid(now), paid(Timestamp::EPOCH));
        let cases = [
            (None, false, None, Basis::NotAvailable),
            (
                Some(title(Monetization::Avod, "R")),
                false,
                None,
                Basis::Free,
            ),
            (
                Some(title(Monetization::Avod, "R")),
                true,
                None,
                Basis::Maturity,
            ),
            (
                Some(title(Monetization::Avod, "")),
                true,
                None,
                Basis::Maturity,
            ),
            (
                Some(title(Monetization::Svod, "R")),
                false,
                None,
                Basis::SubscriptionRequired,
            ),
            (
                Some(title(Monetization::Svod, "R")),
                false,
                Some(&ended),
                Basis::SubscriptionRequired,
            ),
            (
                Some(title(Monetization::Svod, "R")),
                false,
                Some(&mine),
                Basis::Subscription,
            ),
            (
                Some(title(Monetization::Svod, "R")),
                true,
                Some(&mine),
                Basis::Maturity,
            ),
            (
                Some(title(Monetization::Svod, "G")),
                true,
                Some(&mine),
                Basis::Subscription,
            ),
            (
                Some(title(Monetization::Tvod, "G")),
                false,
                Some(&mine),
                Basis::PurchaseRequired,
            ),
            (
                Some(title(Monetization::Ppv, "G")),
                false,
                Some(&mine),
                Basis::PurchaseRequired,
            ),
        ];
        for (title, is_kids, paid, basis) in cases {
            let decision = decide(title.as_ref(), is_kids, &Vec::from_iter(paid.cloned()), now);
            assert_eq!(decision.basis, basis, "{title:?} kids={is_kids}");
        }
        let draft = Title {
            shown: false,
            ..title(Monetization::Avod, "G")
        };
        assert_eq!(
            decide(Some(&draft), false, std::slice::from_ref(&mine), now).basis,
            Basis::NotAvailable
        );
    }

    #[test]
    fn an_episode_is_judged_with_its_series() {
        let now = Timestamp::from_secs(1_700_000_000);
        let basis = |status: ContentStatus, rating: &str, is_kids| {
            let mut content = Content {
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
            decide(Some(&Title::from(&content)), is_kids, &[], now).basis
        };
        let (published, draft) = (ContentStatus::Published, ContentStatus::Draft);
        assert_eq!(basis(published, "G", true), Basis::Free);
        assert_eq!(basis(published, "R", true), Basis::Maturity);
        assert_eq!(basis(published, "R", false), Basis::Free);
        assert_eq!(basis(draft, "G", false), Basis::NotAvailable);
    }
}
