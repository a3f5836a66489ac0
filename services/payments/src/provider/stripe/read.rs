//! What objects and events of Stripe's mean.

use serde_json::Value;
use sv_kernel::{BoxError, Currency, Money};

use super::{super::Refund, Charge, text};
use crate::domain::{ChargeState, Fact, Movement, OURS};

/// Currencies without minor units whose sums Stripe takes with two digits all the same, as it once counted them.
const WITH_TWO_DIGITS: [&str; 2] = ["ISK", "UGX"];
/// Currencies with three digits, of which Stripe takes no more than two that are not 0.
const WITH_THREE_DIGITS: [&str; 5] = ["BHD", "JOD", "KWD", "OMR", "TND"];

/// Returns a sum as Stripe counts it; `None` where it takes no such sum.
pub(super) fn minor_units(of: Money) -> Option<i64> {
    let currency = of.currency.to_string();
    if WITH_TWO_DIGITS.contains(&currency.as_str()) {
        return of.minor.checked_mul(100);
    }
    let odd = WITH_THREE_DIGITS.contains(&currency.as_str()) && of.minor % 10 != 0;
    (!odd).then_some(of.minor)
}

/// Returns a sum of Stripe's as we count it.
fn our_units(of: &Value, currency: Currency) -> Option<i64> {
    let minor = of["amount"].as_i64()?;
    let two = WITH_TWO_DIGITS.contains(&currency.to_string().as_str());
    Some(if two { minor / 100 } else { minor })
}

/// Reads a `PaymentIntent`.
pub(super) fn charge_of(intent: &Value) -> Result<Charge, BoxError> {
    let state = state_of(intent).ok_or_else(|| {
        format!(
            "an intent in a state that nobody knows: {}",
            text(intent, "status")
        )
    })?;
    let secret = if state == ChargeState::ActionNeeded {
        text(intent, "client_secret").to_owned()
    } else {
        String::new()
    };
    let provider_id = text(intent, "id").to_owned();
    if provider_id.is_empty() {
        return Err("an intent without an id".into());
    }
    Ok(Charge {
        provider_id,
        state,
        client_secret: secret,
    })
}

fn state_of(intent: &Value) -> Option<ChargeState> {
    Some(match text(intent, "status") {
        "succeeded" => ChargeState::Confirmed,
        "processing" | "requires_capture" => ChargeState::Processing,
        "requires_action" | "requires_confirmation" => ChargeState::ActionNeeded,
        // It is confirmed when it is made: the means did not work.
        "requires_payment_method" => ChargeState::Declined,
        "canceled" => ChargeState::Cancelled,
        _ => return None,
    })
}

/// Reads a refund.
pub(super) fn refund_of(refund: &Value) -> Result<Refund, BoxError> {
    let status = movement_of(refund).ok_or_else(|| {
        format!(
            "a refund in a state that nobody knows: {}",
            text(refund, "status")
        )
    })?;
    Ok(Refund {
        provider_id: text(refund, "id").to_owned(),
        status,
    })
}

fn movement_of(refund: &Value) -> Option<Movement> {
    Some(match text(refund, "status") {
        "pending" | "requires_action" => Movement::Pending,
        "succeeded" => Movement::Succeeded,
        "failed" | "canceled" => Movement::Failed,
        _ => return None,
    })
}

/// Something that Stripe tells of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// The event's name: an event has its effect once.
    pub(crate) event: String,
    /// The `PaymentIntent`.
    pub(crate) intent: String,
    /// Our payment, where the object names it: the answer that told the intent's name may have been lost.
    pub(crate) payment: String,
    /// What of the payment's money it is about, as the provider counts it; none where it is about all of it.
    pub(crate) sum: Option<Money>,
    pub(crate) fact: Fact,
}

/// Reads an event; `None` where it tells nothing about a payment's money.
pub(crate) fn told(event: &Value) -> Option<Told> {
    let object = &event["data"]["object"];
    let kind = text(event, "type");
    let refund = kind.starts_with("refund.") || kind == "charge.refund.updated";
    let mut sum = None;
    let (intent, fact) = if let Some(step) = kind.strip_prefix("payment_intent.") {
        // The state at the time of the event; what comes late is outlasted by what is known.
        let state = match step {
            "succeeded" => ChargeState::Confirmed,
            "payment_failed" => ChargeState::Declined,
            "canceled" => ChargeState::Cancelled,
            "processing" => ChargeState::Processing,
            "requires_action" => ChargeState::ActionNeeded,
            _ => return None,
        };
        (text(object, "id"), Fact::Charge(state))
    } else if refund {
        let id = text(object, "id").to_owned();
        let key = if text(&object["metadata"], "key") == OURS {
            OURS.to_owned()
        } else {
            id.clone()
        };
        let fact = Fact::Refund {
            key,
            provider_id: id,
            minor: sum.insert(sum_of(object)?).minor,
            status: movement_of(object)?,
        };
        (reference(&object["payment_intent"]), fact)
    } else if kind.starts_with("charge.dispute.") {
        let status = match text(object, "status") {
            "needs_response" | "under_review" => Movement::Pending,
            "lost" => Movement::Succeeded,
            "won" => Movement::Failed,
            // An inquiry takes no money.
            _ => return None,
        };
        let fact = Fact::Chargeback {
            provider_id: text(object, "id").to_owned(),
            minor: sum.insert(sum_of(object)?).minor,
            status,
        };
        (reference(&object["payment_intent"]), fact)
    } else {
        return None;
    };
    let event = text(event, "id");
    (!event.is_empty() && !intent.is_empty()).then(|| Told {
        event: event.to_owned(),
        intent: intent.to_owned(),
        payment: text(&object["metadata"], "payment_id").to_owned(),
        sum,
        fact,
    })
}

/// Reads what of a payment's money an object is about.
fn sum_of(object: &Value) -> Option<Money> {
    let currency = Currency::parse(&text(object, "currency").to_ascii_uppercase()).ok()?;
    Some(Money::new(our_units(object, currency)?, currency))
}

/// Reads the name of an object that is named or written out.
fn reference(of: &Value) -> &str {
    of.as_str().unwrap_or_else(|| text(of, "id"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sums_are_counted_as_stripe_does() {
        let money = |minor, currency: &str| Money::new(minor, Currency::parse(currency).unwrap());
        assert_eq!(minor_units(money(799, "EUR")), Some(799));
        assert_eq!(minor_units(money(500, "JPY")), Some(500));
        assert_eq!(minor_units(money(500, "ISK")), Some(50_000));
        assert_eq!(minor_units(money(5_120, "KWD")), Some(5_120));
        assert_eq!(minor_units(money(5_124, "KWD")), None);
        let back = our_units(&json!({"amount": 50_000}), Currency::parse("ISK").unwrap());
        assert_eq!(back, Some(500));
    }

    #[test]
    fn events_tell_what_happened_to_money_and_others_tell_nothing() {
        let event = |kind: &str, object: Value| {
            told(&json!({"id": "evt_1", "type": kind, "data": {"object": object}}))
        };
        let paid = event(
            "payment_intent.succeeded",
            json!({"id": "pi_1", "metadata": {"payment_id": "p"}}),
        );
        let paid = paid.unwrap();
        assert_eq!((paid.intent.as_str(), paid.payment.as_str()), ("pi_1", "p"));
        assert_eq!(paid.fact, Fact::Charge(ChargeState::Confirmed));
        let refund = |metadata| {
            let object = json!({"id": "re_1", "payment_intent": {"id": "pi_1"}, "amount": 799, "currency": "eur",
                "status": "succeeded", "metadata": metadata});
            event("refund.updated", object).unwrap().fact
        };
        let by = |key: &str| Fact::Refund {
            key: key.into(),
            provider_id: "re_1".into(),
            minor: 799,
            status: Movement::Succeeded,
        };
        assert_eq!(refund(json!({"key": OURS})), by(OURS));
        assert_eq!(refund(json!({})), by("re_1"));
        let dispute = |status: &str| {
            let object = json!({"id": "dp_1", "payment_intent": "pi_1", "amount": 799, "currency": "eur", "status": status});
            event("charge.dispute.created", object).map(|told| told.fact)
        };
        let chargeback = |status| {
            Some(Fact::Chargeback {
                provider_id: "dp_1".into(),
                minor: 799,
                status,
            })
        };
        assert_eq!(dispute("needs_response"), chargeback(Movement::Pending));
        assert_eq!(dispute("lost"), chargeback(Movement::Succeeded));
        assert_eq!(dispute("won"), chargeback(Movement::Failed));
        assert_eq!(dispute("warning_needs_response"), None);
        assert_eq!(event("customer.created", json!({"id": "cus_1"})), None);
        assert_eq!(event("payment_intent.succeeded", json!({})), None);
        assert_eq!(told(&json!(null)), None);
    }
}
