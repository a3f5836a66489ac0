//! Plans as editors send them.

use sv_kernel::{Currency, Id, Result, is_blank, trim};
use sv_proto::{
    convert::refuse,
    rights::{self as pb, PlanStatus},
};

use crate::domain::{Plan, Price, is_currency, unfit};

/// Reads what an editor wants of a plan; `before` is the stored one, if there is one. Id, version and
/// times are the caller's to give.
///
/// Fails with `VALIDATION_FAILED` where it has no name, and with `TERMS_INVALID` where it has a price in no
/// currency.
pub(crate) fn plan(mut plan: pb::Plan, before: Option<&Plan>) -> Result<Plan> {
    trim(&mut plan.name);
    plan.features.retain(|feature| !is_blank(feature));
    if is_blank(&plan.name) {
        return Err(refuse("plan.name", "REQUIRED", "is required"));
    }
    // Plans are named by id or code, so a code must not be what an id could be.
    if plan.code.parse::<uuid::Uuid>().is_ok() {
        let wish = "is a word of its own and not an id, e.g. basic";
        return Err(refuse("plan.code", "FORMAT_SLUG", wish));
    }
    let of_money = "is a currency of ISO 4217, e.g. EUR";
    let currency = Currency::parse(&plan.currency)
        .ok()
        .filter(|_| is_currency(&plan.currency))
        .ok_or_else(|| unfit("plan.currency", "CURRENCY", of_money))?;
    let price = Price::new(plan.price_minor.into(), currency)
        .ok_or_else(|| refuse("plan.priceMinor", "MIN", "is at least 1"))?;
    let max_quality = plan.max_quality();
    let on_sale = match plan.status() {
        PlanStatus::Unspecified => before.is_none_or(|before| before.on_sale),
        status => status == PlanStatus::OnSale,
    };
    Ok(Plan {
        id: before.map_or(Id::from_uuid(uuid::Uuid::nil()), |before| before.id),
        code: plan.code,
        name: plan.name,
        price,
        max_streams: plan.max_streams,
        features: plan.features,
        max_quality,
        // The stack has checked its bounds.
        trial_days: u16::try_from(plan.trial_days).unwrap_or_default(),
        on_sale,
        version: 0,
        created_at: None,
        updated_at: None,
    })
}
