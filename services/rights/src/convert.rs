//! Messages from and to the domain.

use sv_kernel::Timestamp;
use sv_proto::{convert::timestamp, rights as pb};

use crate::domain::{Basis, Decision, Plan, Status, Subscription};

impl From<&Plan> for pb::Plan {
    fn from(plan: &Plan) -> Self {
        Self {
            id: plan.id.to_string(),
            code: plan.code.clone(),
            name: plan.name.clone(),
            price_minor: plan.price.minor(),
            currency: plan.price.currency().to_string(),
            max_streams: plan.max_streams,
            features: plan.features.clone(),
        }
    }
}

/// Writes a subscription as it stands at an instant.
pub(crate) fn subscription(of: &Subscription, plan: &Plan, now: Timestamp) -> pb::Subscription {
    let status = match of.status_at(now) {
        Status::Pending => pb::SubscriptionStatus::Pending,
        Status::Active => pb::SubscriptionStatus::Active,
        Status::Ended | Status::Superseded => pb::SubscriptionStatus::Ended,
        Status::Declined => pb::SubscriptionStatus::Declined,
    };
    let period = (of.paid_periods > 0).then(|| of.period());
    pb::Subscription {
        id: of.id.to_string(),
        plan: Some(plan.into()),
        status: status.into(),
        period_start: period.map(|(begin, _)| timestamp(begin)),
        period_end: period.map(|(_, end)| timestamp(end)),
        cancel_at_period_end: of.cancel_at_period_end,
        create_time: Some(timestamp(of.created_at)),
    }
}

/// The most plans that are offered at once: a refusal travels in a header.
const MOST_OFFERED: usize = 10;

/// Writes a decision, with what would open the title.
pub(crate) fn decision(content_id: &str, decision: Decision, plans: &[Plan]) -> pb::AccessDecision {
    let basis = match decision.basis {
        Basis::Free => pb::AccessBasis::Free,
        Basis::Subscription => pb::AccessBasis::Subscription,
        Basis::SubscriptionRequired => pb::AccessBasis::SubscriptionRequired,
        Basis::PurchaseRequired => pb::AccessBasis::PurchaseRequired,
        Basis::NotAvailable => pb::AccessBasis::NotAvailable,
        Basis::Maturity => pb::AccessBasis::Maturity,
    };
    let offers = match decision.basis {
        Basis::SubscriptionRequired => plans.iter().take(MOST_OFFERED).map(offer).collect(),
        _ => Vec::new(),
    };
    pb::AccessDecision {
        content_id: content_id.to_owned(),
        allowed: decision.allowed(),
        basis: basis.into(),
        expire_time: decision.until.map(timestamp),
        offers,
        max_streams: decision.max_streams,
    }
}

fn offer(plan: &Plan) -> pb::Offer {
    pb::Offer {
        kind: "subscribe".to_owned(),
        plan: Some(pb::Plan {
            features: Vec::new(),
            ..plan.into()
        }),
        price_minor: plan.price.minor(),
        currency: plan.price.currency().to_string(),
    }
}
