//! May this profile watch this now? (C11, RGT-1)

use sv_kernel::Timestamp;
use sv_proto::{
    content::{ContentType, Monetization},
    rights::Quality,
    titles::Opening,
};
use uuid::Uuid;

use super::{
    Order, OrderKind, Plan, Plans, Subscription, Terms,
    rule::{of_type, scope_of},
};

/// What the decision needs to know of a title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Title {
    pub(crate) id: Uuid,
    /// The series of an episode.
    pub(crate) series: Option<Uuid>,
    pub(crate) kind: ContentType,
    pub(crate) shown: bool,
    /// Whether it is open where the caller is (X-CAT-5).
    pub(crate) opening: Opening,
    pub(crate) monetization: Monetization,
    pub(crate) for_children: bool,
}

/// Lists the names of the rules that a title goes by, the first that there is before the others.
pub(crate) fn scopes(title: &Title) -> Vec<String> {
    let own = [Some(title.id), title.series].into_iter().flatten();
    let mut scopes: Vec<_> = own.map(scope_of).collect();
    scopes.push(of_type(title.kind, Some(title.monetization)));
    scopes.push(of_type(title.kind, None));
    scopes
}

/// Open without an end, and paid for as the title says.
#[cfg(test)]
pub(crate) const ALWAYS: Opening = Opening::Open {
    until: None,
    monetization: None,
};

/// What gives access, or what is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Basis {
    Free,
    Subscription,
    Purchase,
    Rental,
    SubscriptionRequired,
    PurchaseRequired,
    NotAvailable,
    Maturity,
    /// It opens later.
    NotYet,
    /// It is not open in the caller's country.
    Country,
    /// It is not open on the caller's platform.
    Platform,
    /// The channel shows nothing in the caller's country for now.
    Blackout,
    /// It is not open any more.
    Over,
}

/// The answer for one title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) basis: Basis,
    /// When access ends, if it has an end.
    pub(crate) until: Option<Timestamp>,
    /// When the title opens, if it does so later.
    pub(crate) opens_at: Option<Timestamp>,
    /// Streams that may run at once by the account's plans, whatever gives access; 0 where none runs.
    pub(crate) max_streams: i32,
    /// The best quality of the plan that gives access.
    pub(crate) max_quality: Quality,
}

impl Decision {
    /// Says whether the title may be watched.
    pub(crate) fn allowed(&self) -> bool {
        matches!(
            self.basis,
            Basis::Free | Basis::Subscription | Basis::Purchase | Basis::Rental
        )
    }

    /// Says whether the title would be open to who buys something.
    pub(crate) fn wants_money(&self) -> bool {
        matches!(
            self.basis,
            Basis::SubscriptionRequired | Basis::PurchaseRequired
        )
    }
}

/// Decides about one title that goes by `terms`. `None` is a title that nobody knows. What is paid for
/// are the account's subscriptions with their plans, of which the one with the most streams counts, and
/// its orders of this and other titles, which count whatever the terms are now. Of what gives access
/// that which lasts longest is the basis.
pub(crate) fn decide(
    title: Option<(&Title, &Terms)>,
    is_kids: bool,
    (paid, orders): (&[(Subscription, Plan)], &[Order]),
    now: Timestamp,
) -> Decision {
    let running = || {
        paid.iter()
            .filter(|(subscription, _)| subscription.gives_access(now))
    };
    let decided = |basis, until| Decision {
        basis,
        until,
        opens_at: None,
        max_streams: running()
            .map(|(_, plan)| plan.max_streams)
            .max()
            .unwrap_or(0),
        max_quality: Quality::Unspecified,
    };
    let Some((title, terms)) = title.filter(|(title, _)| title.shown) else {
        return decided(Basis::NotAvailable, None);
    };
    // Before money: a child is not told that a plan would open it.
    if is_kids && !title.for_children {
        return decided(Basis::Maturity, None);
    }
    let closes_at = match title.opening {
        Opening::Open { until, .. } => until,
        // What is closed is so to those, too, who have paid: nobody may show it to them.
        Opening::NotYet(opens_at) => {
            return Decision {
                opens_at: Some(opens_at),
                ..decided(Basis::NotYet, None)
            };
        }
        Opening::Blackout(opens_at) => {
            return Decision {
                opens_at,
                ..decided(Basis::Blackout, None)
            };
        }
        Opening::NotThere => return decided(Basis::Country, None),
        Opening::NotOn => return decided(Basis::Platform, None),
        Opening::Over => return decided(Basis::Over, None),
    };
    let decision = by_terms(title, terms, (paid, orders), now, decided);
    Decision {
        until: [decision.until, closes_at].into_iter().flatten().min(),
        ..decision
    }
}

/// Decides about a title that is open.
fn by_terms(
    title: &Title,
    terms: &Terms,
    (paid, orders): (&[(Subscription, Plan)], &[Order]),
    now: Timestamp,
    decided: impl Fn(Basis, Option<Timestamp>) -> Decision,
) -> Decision {
    let running = || {
        paid.iter()
            .filter(|(subscription, _)| subscription.gives_access(now))
    };
    if terms.free {
        return decided(Basis::Free, None);
    }
    let mut had: Vec<&Order> = orders
        .iter()
        .filter(|order| order.content == title.id || Some(order.content) == title.series)
        .filter(|order| order.gives_access(now))
        .collect();
    if had.iter().any(|order| order.kind == OrderKind::Purchase) {
        return decided(Basis::Purchase, None);
    }
    had.sort_by_key(|order| order.ends_at());
    let rented = had.last().and_then(|order| order.ends_at());
    let best = running()
        .filter(|(_, plan)| terms.plans.take(plan.id))
        .max_by_key(|(subscription, plan)| (plan.max_streams, subscription.access_end()));
    if let Some((subscription, plan)) = best
        && rented.is_none_or(|end| end <= subscription.access_end())
    {
        // The best of each: what somebody has beside a plan makes nothing worse.
        let opening = running().filter(|(_, plan)| terms.plans.take(plan.id));
        let best = opening
            .map(|(_, plan)| plan.max_quality)
            .max_by_key(|quality| match quality {
                Quality::Unspecified => i32::MAX,
                limit => i32::from(*limit),
            });
        return Decision {
            max_quality: best.unwrap_or(plan.max_quality),
            ..decided(Basis::Subscription, Some(subscription.access_end()))
        };
    }
    if rented.is_some() {
        return decided(Basis::Rental, rented);
    }
    match terms.plans {
        Plans::Nobodys => decided(Basis::PurchaseRequired, None),
        Plans::Any | Plans::Only(_) => decided(Basis::SubscriptionRequired, None),
    }
}

#[cfg(test)]
mod tests {
    use sv_kernel::{Currency, Id};
    use sv_rules::maturity;

    use super::*;
    use crate::domain::Price;

    fn title(monetization: Monetization, rating: &str) -> Title {
        Title {
            id: Uuid::nil(),
            series: None,
            kind: ContentType::Movie,
            shown: true,
            opening: ALWAYS,
            monetization,
            for_children: maturity::open_to_kids(rating),
        }
    }

    /// Decides where no rule is.
    fn decide(
        title: Option<&Title>,
        is_kids: bool,
        paid: &[(Subscription, Plan)],
        now: Timestamp,
    ) -> Decision {
        let terms = title.map(|title| Terms::of_monetization(title.monetization));
        super::decide(title.zip(terms.as_ref()), is_kids, (paid, &[]), now)
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
            max_quality: Quality::Hd,
            trial_days: 0,
            on_sale: true,
            version: 1,
            created_at: None,
            updated_at: None,
        };
        let (id, user) = (Id::from_uuid(nil), Id::from_uuid(nil));
        let given = Subscription::given(id, user, plan.id, 1, now);
        (given, plan)
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
    fn what_is_closed_opens_for_nobody_and_access_ends_with_its_window() {
        let now = Timestamp::from_secs(1_700_000_000);
        let later = Timestamp::from_secs(1_700_000_100);
        let mine = paid(now);
        let of = |opening, is_kids| {
            let title = Title {
                opening,
                ..title(Monetization::Svod, "R")
            };
            decide(Some(&title), is_kids, std::slice::from_ref(&mine), now)
        };
        let early = of(Opening::NotYet(later), false);
        assert_eq!((early.basis, early.opens_at), (Basis::NotYet, Some(later)));
        assert_eq!(of(Opening::NotThere, false).basis, Basis::Country);
        assert_eq!(of(Opening::NotOn, false).basis, Basis::Platform);
        let dark = of(Opening::Blackout(Some(later)), false);
        assert_eq!((dark.basis, dark.opens_at), (Basis::Blackout, Some(later)));
        assert_eq!(of(Opening::Over, false).basis, Basis::Over);
        // A child is not told that something opens.
        assert_eq!(of(Opening::NotYet(later), true).basis, Basis::Maturity);
        let until = Opening::Open {
            until: Some(later),
            monetization: None,
        };
        let open = of(until, false);
        assert_eq!((open.basis, open.until), (Basis::Subscription, Some(later)));
    }
}
