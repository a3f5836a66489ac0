//! Rules: what opens a title, as editors say it (RGT-12).

use std::collections::HashSet;

use sv_kernel::{Currency, Result};
use sv_proto::{
    content::{ContentType, Monetization},
    rights as pb,
};

use crate::domain::{Plans, Price, RentalTerms, Terms, is_currency, of_type, unfit};

impl Terms {
    /// Reads a stored rule; `None` where it cannot be read.
    pub(crate) fn of_rule(rule: &pb::Rule) -> Option<Self> {
        let plans = match (rule.any_plan, rule.plan_ids.as_slice()) {
            (true, _) => Plans::Any,
            (false, []) => Plans::Nobodys,
            (false, ids) => {
                let ids: Result<_, _> = ids.iter().map(|id| id.parse()).collect();
                Plans::Only(ids.ok()?)
            }
        };
        let price =
            |minor: i32, currency: &str| Price::new(minor.into(), Currency::parse(currency).ok()?);
        let rental = |offer: &pb::RentalOffer| {
            Some(RentalTerms {
                hours: u32::try_from(offer.duration_hours).ok()?,
                price: price(offer.price_minor, &offer.currency)?,
            })
        };
        let mut rentals: Vec<_> = rule.rentals.iter().map(rental).collect::<Option<_>>()?;
        rentals.sort_by_key(|rental| (rental.price.minor(), rental.hours));
        let purchase = match &rule.purchase {
            Some(sum) => Some(price(sum.price_minor, &sum.currency)?),
            None => None,
        };
        Some(Self {
            rule: Some(rule.id.parse().ok()?),
            free: rule.free,
            plans,
            purchase,
            rentals,
        })
    }
}

/// Names what a rule is about; no two rules of a tenant have the same name.
pub(crate) fn scope(rule: &pb::Rule) -> String {
    if rule.content_id.is_empty() {
        of_type(rule.content_type(), Some(rule.monetization()))
    } else {
        format!("title {}", rule.content_id)
    }
}

/// Brings what an editor sent into the form in which rules are stored; plans are ids by then.
///
/// Fails with `TERMS_INVALID` where it says nothing, or two things at once.
pub(crate) fn prepare(mut rule: pb::Rule) -> Result<pb::Rule> {
    let by_type = rule.content_type() != ContentType::Unspecified;
    if by_type != rule.content_id.is_empty() {
        let wish = "is about a title (contentId) or a type (contentType), one of them";
        return Err(unfit("rule.contentId", "ONE_OF", wish));
    }
    if !by_type && rule.monetization() != Monetization::Unspecified {
        let wish = "narrows a type; a title has only one";
        return Err(unfit("rule.monetization", "ONE_OF", wish));
    }
    rule.content_id = rule.content_id.to_lowercase();
    let sold = rule.purchase.is_some() || !rule.rentals.is_empty();
    let to_plans = rule.any_plan || !rule.plan_ids.is_empty();
    if rule.any_plan && !rule.plan_ids.is_empty() {
        let wish = "is not given together with anyPlan";
        return Err(unfit("rule.planIds", "ONE_OF", wish));
    }
    if rule.free == (sold || to_plans) {
        let wish = "either alone, or at least one of anyPlan, planIds, purchase and rentals";
        return Err(unfit("rule.free", "ONE_OF", wish));
    }
    let mut hours = HashSet::new();
    if !rule
        .rentals
        .iter()
        .all(|rental| hours.insert(rental.duration_hours))
    {
        let wish = "has each duration once";
        return Err(unfit("rule.rentals", "DISTINCT", wish));
    }
    let purchase = rule.purchase.iter();
    let purchase = purchase.map(|price| ("rule.purchase.currency".to_owned(), &price.currency));
    let rentals = rule.rentals.iter().enumerate();
    let rentals =
        rentals.map(|(at, rental)| (format!("rule.rentals[{at}].currency"), &rental.currency));
    if let Some((field, _)) = purchase.chain(rentals).find(|(_, code)| !is_currency(code)) {
        let wish = "is a currency of ISO 4217, e.g. EUR";
        return Err(unfit(&field, "CURRENCY", wish));
    }
    // Given by the service, whatever the caller says.
    rule.id = String::new();
    rule.version = 0;
    rule.create_time = None;
    rule.update_time = None;
    Ok(rule)
}
