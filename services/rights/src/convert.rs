//! Messages from and to the domain.

mod plan;
mod title;

use sv_kernel::{Money, Timestamp};
use sv_proto::{
    convert::{count, timestamp},
    rights as pb,
};

pub(crate) use self::plan::plan;
use crate::{
    app::{Entitlement, Issued},
    domain::{
        Basis, Decision, Gift, InvoiceLine, LineKind, Order, OrderKind, OrderStatus, Overdue,
        PaidFor, Plan, Price, Status, Subscription, Terms,
    },
    payments::PaymentStatus,
};

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
            max_quality: plan.max_quality.into(),
            trial_days: plan.trial_days.into(),
            status: if plan.on_sale {
                pb::PlanStatus::OnSale.into()
            } else {
                pb::PlanStatus::Retired.into()
            },
            version: plan.version,
            create_time: plan.created_at.map(timestamp),
            update_time: plan.updated_at.map(timestamp),
        }
    }
}

impl From<&Gift> for pb::Gift {
    fn from(gift: &Gift) -> Self {
        Self {
            id: gift.id.to_string(),
            hint: gift.hint.clone(),
            note: gift.note.clone(),
            plan_id: gift.plan.to_string(),
            months: i32::try_from(gift.months).unwrap_or(i32::MAX),
            max_uses: gift.max_uses,
            used: gift.used,
            expire_time: gift.expires_at.map(timestamp),
            revoked: gift.revoked,
            create_time: Some(timestamp(gift.created_at)),
        }
    }
}

/// Lists subscriptions of which one has to be named.
pub(crate) fn running<'s>(
    subscriptions: impl Iterator<Item = &'s Subscription>,
    plans: &[Plan],
) -> pb::RunningSubscriptions {
    let plan = |of: &Subscription| plans.iter().find(|plan| plan.id == of.plan);
    let running = |of: &Subscription| pb::RunningSubscription {
        id: of.id.to_string(),
        plan_code: plan(of).map_or_else(String::new, |plan| plan.code.clone()),
        create_time: Some(timestamp(of.created_at)),
    };
    pb::RunningSubscriptions {
        subscriptions: subscriptions.map(running).collect(),
    }
}

/// Writes a subscription as it stands at an instant.
pub(crate) fn subscription(of: &Subscription, plan: &Plan, now: Timestamp) -> pb::Subscription {
    let status = match of.status_at(now) {
        Status::Pending => pb::SubscriptionStatus::Pending,
        Status::Active => match of.owed() {
            Some(_) if of.gives_access(now) => pb::SubscriptionStatus::PastDue,
            Some(_) => pb::SubscriptionStatus::OnHold,
            None => pb::SubscriptionStatus::Active,
        },
        Status::Ended | Status::Superseded => pb::SubscriptionStatus::Ended,
        Status::Declined => pb::SubscriptionStatus::Declined,
    };
    // Of several months that are paid ahead the first is not over yet.
    let period = (of.paid_periods > 0).then(|| of.period());
    let period = period.map(|(begin, end)| (of.running_from(now).unwrap_or(begin), end));
    pb::Subscription {
        id: of.id.to_string(),
        plan: Some(plan.into()),
        status: status.into(),
        period_start: period.map(|(begin, _)| timestamp(begin)),
        period_end: period.map(|(_, end)| timestamp(end)),
        cancel_at_period_end: of.cancel_at_period_end,
        create_time: Some(timestamp(of.created_at)),
        trial_end_time: of.trial_end().map(timestamp),
        next_plan_id: of
            .next_plan
            .map_or_else(String::new, |next| next.plan.to_string()),
        coupon_id: of
            .held
            .filter(|held| held.lasts())
            .map_or_else(String::new, |held| held.coupon.to_string()),
        past_due: of.owed().map(past_due),
    }
}

/// Writes how a renewal goes on that was not paid.
pub(crate) fn past_due(of: Overdue) -> pb::PastDue {
    pb::PastDue {
        tries: i32::try_from(of.tries).unwrap_or(i32::MAX),
        next_try_time: Some(timestamp(of.retry_at)),
        grace_end_time: Some(timestamp(of.grace_end)),
    }
}

/// Writes the lines of an invoice.
pub(crate) fn lines(of: &[InvoiceLine]) -> Vec<pb::InvoiceLine> {
    let line = |line: &InvoiceLine| {
        let kind = match line.kind {
            LineKind::Plan => pb::InvoiceLineKind::Plan,
            LineKind::Title => pb::InvoiceLineKind::Title,
            LineKind::UnusedTime => pb::InvoiceLineKind::UnusedTime,
            LineKind::Coupon => pb::InvoiceLineKind::Coupon,
            LineKind::Credit => pb::InvoiceLineKind::Credit,
            LineKind::CreditCarried => pb::InvoiceLineKind::CreditCarried,
        };
        pb::InvoiceLine {
            kind: kind.into(),
            description: line.description.clone(),
            amount_minor: line.minor,
        }
    };
    of.iter().map(line).collect()
}

/// Writes an invoice with what became of it.
pub(crate) fn invoice(of: &Issued) -> pb::Invoice {
    let payment = &of.payment;
    let status = match payment.status {
        PaymentStatus::Intended | PaymentStatus::Waiting => pb::InvoiceStatus::Open,
        PaymentStatus::Confirmed => pb::InvoiceStatus::Paid,
        PaymentStatus::Declined => pb::InvoiceStatus::Declined,
        PaymentStatus::Voiding | PaymentStatus::Voided => pb::InvoiceStatus::Void,
        PaymentStatus::Refunding | PaymentStatus::Refunded => pb::InvoiceStatus::Refunded,
    };
    let (subscription_id, order_id) = match payment.pays_for {
        PaidFor::Subscription(id) => (id.to_string(), String::new()),
        PaidFor::Order(id) => (String::new(), id.to_string()),
    };
    pb::Invoice {
        id: payment.id.to_string(),
        account_id: of.stored.user.to_string(),
        subscription_id,
        order_id,
        status: status.into(),
        lines: lines(&of.stored.lines),
        total_minor: count(payment.amount.minor),
        currency: payment.amount.currency.to_string(),
        create_time: Some(timestamp(payment.created_at)),
    }
}

/// Writes what an account has.
pub(crate) fn credit(of: &Money) -> pb::Credit {
    pb::Credit {
        amount_minor: of.minor,
        currency: of.currency.to_string(),
    }
}

/// The most plans that are offered at once: a refusal travels in a header.
const MOST_OFFERED: usize = 10;

/// Writes a decision about a title that goes by `terms`, with what would open it.
pub(crate) fn decision(
    content_id: &str,
    decision: &Decision,
    terms: Option<&Terms>,
    on_sale: &[Plan],
) -> pb::AccessDecision {
    let basis = match decision.basis {
        Basis::Free => pb::AccessBasis::Free,
        Basis::Subscription => pb::AccessBasis::Subscription,
        Basis::Purchase => pb::AccessBasis::Purchase,
        Basis::Rental => pb::AccessBasis::Rental,
        Basis::SubscriptionRequired => pb::AccessBasis::SubscriptionRequired,
        Basis::PurchaseRequired => pb::AccessBasis::PurchaseRequired,
        Basis::NotAvailable => pb::AccessBasis::NotAvailable,
        Basis::Maturity => pb::AccessBasis::Maturity,
        Basis::NotYet => pb::AccessBasis::NotYet,
        Basis::Country => pb::AccessBasis::Country,
        Basis::Platform => pb::AccessBasis::Platform,
        Basis::Blackout => pb::AccessBasis::Blackout,
        Basis::Over => pb::AccessBasis::Over,
    };
    let rule = terms.and_then(|terms| terms.rule);
    pb::AccessDecision {
        content_id: content_id.to_owned(),
        allowed: decision.allowed(),
        basis: basis.into(),
        expire_time: decision.until.map(timestamp),
        offers: terms
            .filter(|_| decision.wants_money())
            .map_or(Vec::new(), |terms| offers(terms, on_sale)),
        max_streams: decision.max_streams,
        rule_id: rule.map(|rule| rule.to_string()).unwrap_or_default(),
        max_quality: decision.max_quality.into(),
        open_time: decision.opens_at.map(timestamp),
    }
}

/// Lists what opens a title that goes by `terms`.
pub(crate) fn offers(terms: &Terms, on_sale: &[Plan]) -> Vec<pb::Offer> {
    let priced = |kind: &str, price: Price| pb::Offer {
        kind: kind.to_owned(),
        price_minor: price.minor(),
        currency: price.currency().to_string(),
        ..pb::Offer::default()
    };
    let plans = on_sale.iter().filter(|plan| terms.plans.take(plan.id));
    let plans = plans.take(MOST_OFFERED).map(|plan| pb::Offer {
        plan: Some(pb::Plan {
            features: Vec::new(),
            ..plan.into()
        }),
        ..priced("subscribe", plan.price)
    });
    let purchase = terms.purchase.map(|price| priced("purchase", price));
    let rentals = terms.rentals.iter().map(|rental| pb::Offer {
        duration_hours: rental.hours.cast_signed(),
        ..priced("rent", rental.price)
    });
    plans.chain(purchase).chain(rentals).collect()
}

fn order_status(of: &Order, now: Timestamp) -> pb::OrderStatus {
    match of.status_at(now) {
        OrderStatus::Pending => pb::OrderStatus::Pending,
        OrderStatus::Paid => pb::OrderStatus::Active,
        OrderStatus::Ended => pb::OrderStatus::Expired,
        OrderStatus::Declined | OrderStatus::Superseded => pb::OrderStatus::Declined,
        OrderStatus::Refunded => pb::OrderStatus::Refunded,
    }
}

/// Writes what is told of an order as it stands at an instant.
pub(crate) fn order_changed(of: &Order, now: Timestamp) -> pb::OrderChanged {
    let hours = match of.kind {
        OrderKind::Purchase => 0,
        OrderKind::Rental(hours) => hours,
    };
    pb::OrderChanged {
        order_id: of.id.to_string(),
        version: of.version,
        user_id: of.user.to_string(),
        content_id: of.content.to_string(),
        price_minor: of.price.minor(),
        currency: of.price.currency().to_string(),
        status: order_status(of, now).into(),
        duration_hours: hours.cast_signed(),
        expire_time: of.ends_at().map(timestamp),
    }
}

/// Writes a purchase as it stands at an instant.
pub(crate) fn purchase(of: &Order, now: Timestamp) -> pb::Purchase {
    pb::Purchase {
        id: of.id.to_string(),
        content_id: of.content.to_string(),
        title: of.title.clone(),
        status: order_status(of, now).into(),
        price_minor: of.price.minor(),
        currency: of.price.currency().to_string(),
        purchase_time: of.paid_at.map(timestamp),
        create_time: Some(timestamp(of.created_at)),
    }
}

/// Writes a rental as it stands at an instant.
pub(crate) fn rental(of: &Order, now: Timestamp) -> pb::Rental {
    let hours = match of.kind {
        OrderKind::Purchase => 0,
        OrderKind::Rental(hours) => hours.cast_signed(),
    };
    pb::Rental {
        id: of.id.to_string(),
        content_id: of.content.to_string(),
        title: of.title.clone(),
        status: order_status(of, now).into(),
        price_minor: of.price.minor(),
        currency: of.price.currency().to_string(),
        duration_hours: hours,
        start_time: of.paid_at.map(timestamp),
        expire_time: of.ends_at().map(timestamp),
        create_time: Some(timestamp(of.created_at)),
    }
}

/// Writes what an account may watch by.
pub(crate) fn entitlement(of: &Entitlement) -> pb::Entitlement {
    match of {
        Entitlement::Plan(subscription, plan) => pb::Entitlement {
            kind: pb::EntitlementKind::Plan.into(),
            source_id: subscription.id.to_string(),
            plan: Some(plan.into()),
            start_time: Some(timestamp(subscription.start)),
            expire_time: Some(timestamp(subscription.access_end())),
            renews: !subscription.cancel_at_period_end,
            ..pb::Entitlement::default()
        },
        Entitlement::Title(order) => pb::Entitlement {
            kind: match order.kind {
                OrderKind::Purchase => pb::EntitlementKind::Purchase.into(),
                OrderKind::Rental(_) => pb::EntitlementKind::Rental.into(),
            },
            source_id: order.id.to_string(),
            content_id: order.content.to_string(),
            title: order.title.clone(),
            start_time: order.paid_at.map(timestamp),
            expire_time: order.ends_at().map(timestamp),
            ..pb::Entitlement::default()
        },
    }
}
