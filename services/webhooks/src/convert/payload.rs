//! What receivers are sent: `{"type", "timestamp", "data"}`, with data spelled as in REST. It names people by their ids
//! and says nothing else of them: who wants to know more asks, and is judged.

use prost::Message;
use serde_json::{Value, json};
use sv_kernel::{Event, Timestamp};
use sv_proto::{
    content::{Content, ContentChanged},
    convert::instant,
    payments::PaymentChanged,
    rights::{
        CouponRedeemed, OrderChanged, SubscriptionActivated, SubscriptionCancelled,
        SubscriptionEnded, SubscriptionPastDue, SubscriptionPlanChanged,
    },
    users::{UserChanged, UserRegistered},
};
use sv_store::Told;

/// The event that administrators have sent.
pub(crate) const TEST: &str = "webhook.test";

/// An event that receivers are told of, under the name of its topic.
pub(crate) trait Public: Event + Message + Default + 'static {
    /// Returns what they are told; `None` where the record says too little.
    fn data(told: &Told<Self>) -> Option<Value>;
}

/// Returns the body of a request.
pub(crate) fn body(event_type: &str, at: Timestamp, data: &Value) -> String {
    json!({"type": event_type, "timestamp": at.to_string(), "data": data}).to_string()
}

impl Public for SubscriptionActivated {
    fn data(told: &Told<Self>) -> Option<Value> {
        let event = told.event.as_ref()?;
        Some(json!({
            "subscriptionId": event.subscription_id,
            "userId": event.user_id,
            "planCode": event.plan_code,
            "periodEnd": time(event.period_end),
        }))
    }
}

impl Public for SubscriptionPlanChanged {
    fn data(told: &Told<Self>) -> Option<Value> {
        let event = told.event.as_ref()?;
        Some(json!({
            "subscriptionId": event.subscription_id,
            "userId": event.user_id,
            "oldPlanCode": event.old_plan_code,
            "planCode": event.plan_code,
            "effectiveTime": time(event.effective_time),
            "invoiceId": event.invoice_id,
        }))
    }
}

impl Public for SubscriptionPastDue {
    fn data(told: &Told<Self>) -> Option<Value> {
        let event = told.event.as_ref()?;
        let past_due = event.past_due.as_ref().map(|due| {
            json!({
                "tries": due.tries,
                "nextTryTime": time(due.next_try_time),
                "graceEndTime": time(due.grace_end_time),
            })
        });
        Some(json!({
            "subscriptionId": event.subscription_id,
            "userId": event.user_id,
            "planCode": event.plan_code,
            "step": word(event.step().as_str_name(), "PAST_DUE_STEP_"),
            "pastDue": past_due,
        }))
    }
}

impl Public for SubscriptionCancelled {
    fn data(told: &Told<Self>) -> Option<Value> {
        let event = told.event.as_ref()?;
        Some(json!({
            "subscriptionId": event.subscription_id,
            "userId": event.user_id,
            "planCode": event.plan_code,
            "periodEnd": time(event.period_end),
            "resumed": event.resumed,
        }))
    }
}

impl Public for SubscriptionEnded {
    fn data(told: &Told<Self>) -> Option<Value> {
        let event = told.event.as_ref()?;
        Some(json!({
            "subscriptionId": event.subscription_id,
            "userId": event.user_id,
            "planCode": event.plan_code,
            "endTime": time(event.end_time),
        }))
    }
}

impl Public for OrderChanged {
    fn data(told: &Told<Self>) -> Option<Value> {
        let event = told.event.as_ref()?;
        let hours = Some(event.duration_hours).filter(|hours| *hours > 0);
        Some(json!({
            "orderId": event.order_id,
            "version": event.version,
            "userId": event.user_id,
            "contentId": event.content_id,
            "kind": hours.map_or("purchase", |_| "rental"),
            "durationHours": hours,
            "priceMinor": event.price_minor,
            "currency": event.currency,
            "status": word(event.status().as_str_name(), "ORDER_STATUS_"),
            "expireTime": time(event.expire_time),
        }))
    }
}

impl Public for CouponRedeemed {
    fn data(told: &Told<Self>) -> Option<Value> {
        let event = told.event.as_ref()?;
        Some(json!({
            "couponId": event.coupon_id,
            "code": event.code,
            "userId": event.user_id,
            "subscriptionId": event.subscription_id,
            "released": event.released,
        }))
    }
}

impl Public for PaymentChanged {
    fn data(told: &Told<Self>) -> Option<Value> {
        let event = told.event.as_ref()?;
        let payment = event.payment.as_ref()?;
        Some(json!({
            "paymentId": event.payment_id,
            "version": event.version,
            "userId": payment.account_id,
            "amountMinor": payment.amount_minor,
            "currency": payment.currency,
            "status": word(payment.status().as_str_name(), "PAYMENT_STATUS_"),
            "refundedMinor": payment.refunded_minor,
            "reference": payment.reference,
        }))
    }
}

impl Public for UserRegistered {
    fn data(told: &Told<Self>) -> Option<Value> {
        let user = told.event.as_ref()?.user.as_ref()?;
        Some(json!({"userId": user.id, "createTime": time(user.create_time)}))
    }
}

impl Public for UserChanged {
    fn data(told: &Told<Self>) -> Option<Value> {
        let event = told.event.as_ref()?;
        Some(json!({
            "userId": event.user_id,
            "version": event.version,
            "status": word(event.status().as_str_name(), "USER_STATUS_"),
            "deleted": event.deleted,
        }))
    }
}

impl Public for ContentChanged {
    fn data(told: &Told<Self>) -> Option<Value> {
        let content = told.event.as_ref().and_then(|event| event.content.as_ref());
        let of = |read: fn(&Content) -> String| content.map(read);
        Some(json!({
            "contentId": told.key,
            "version": told.version,
            "deleted": content.is_none(),
            "type": of(|content| word(content.r#type().as_str_name(), "CONTENT_TYPE_")),
            "status": of(|content| word(content.status().as_str_name(), "CONTENT_STATUS_")),
            "title": of(|content| content.title.clone()),
        }))
    }
}

/// Spells a value of an enumeration as REST does.
fn word(name: &str, of: &str) -> String {
    name.trim_start_matches(of).to_ascii_lowercase()
}

fn time(at: Option<prost_types::Timestamp>) -> Option<String> {
    at.map(|at| instant(at).to_string())
}

#[cfg(test)]
mod tests {
    use sv_proto::rights::OrderStatus;
    use sv_rpc::testing::words;
    use uuid::Uuid;

    use super::*;

    fn told<E>(event: Option<E>) -> Told<E> {
        Told {
            event_id: Uuid::nil(),
            key: "k".to_owned(),
            version: 7,
            event,
        }
    }

    #[test]
    fn data_is_spelled_as_in_rest_and_names_people_by_ids_alone() {
        let event = UserRegistered {
            user: Some(sv_proto::users::User {
                id: "u".to_owned(),
                email: "ana@example.org".to_owned(),
                name: "Ana".to_owned(),
                create_time: Some(prost_types::Timestamp {
                    seconds: 1_700_000_000,
                    nanos: 0,
                }),
                ..Default::default()
            }),
        };
        let data = UserRegistered::data(&told(Some(event))).unwrap();
        assert_eq!(
            data,
            json!({"userId": "u", "createTime": "2023-11-14T22:13:20Z"})
        );
        let at = Timestamp::from_secs(1_700_000_000);
        assert_eq!(
            body(TEST, at, &json!({})),
            r#"{"data":{},"timestamp":"2023-11-14T22:13:20Z","type":"webhook.test"}"#
        );
    }

    #[test]
    fn a_rental_says_how_long_and_a_purchase_that_it_is_for_good() {
        let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
        let rental = OrderChanged {
            order_id: "o".to_owned(),
            version: 2,
            user_id: "u".to_owned(),
            content_id: "c".to_owned(),
            price_minor: 399,
            currency: "EUR".to_owned(),
            status: OrderStatus::Active.into(),
            duration_hours: 48,
            expire_time: at(1_700_000_000),
        };
        let of = |order: &OrderChanged| OrderChanged::data(&told(Some(order.clone()))).unwrap();
        assert_eq!(
            of(&rental),
            json!({"orderId": "o", "version": 2, "userId": "u", "contentId": "c", "kind": "rental",
                "durationHours": 48, "priceMinor": 399, "currency": "EUR", "status": "active",
                "expireTime": "2023-11-14T22:13:20Z"})
        );
        let purchase = OrderChanged {
            duration_hours: 0,
            expire_time: None,
            status: OrderStatus::Refunded.into(),
            ..rental
        };
        let told = of(&purchase);
        assert_eq!(
            [&told["kind"], &told["durationHours"], &told["status"]],
            [&json!("purchase"), &Value::Null, &json!("refunded")]
        );
    }

    #[test]
    fn a_title_that_is_gone_says_so() {
        let data = ContentChanged::data(&told(None)).unwrap();
        assert_eq!(
            data,
            json!({"contentId": "k", "version": 7, "deleted": true, "type": null, "status": null, "title": null})
        );
    }

    #[test]
    fn the_contract_names_the_events_that_are_told() {
        let mut topics = [
            ContentChanged::TOPIC,
            CouponRedeemed::TOPIC,
            OrderChanged::TOPIC,
            PaymentChanged::TOPIC,
            SubscriptionActivated::TOPIC,
            SubscriptionCancelled::TOPIC,
            SubscriptionEnded::TOPIC,
            SubscriptionPastDue::TOPIC,
            SubscriptionPlanChanged::TOPIC,
            UserChanged::TOPIC,
            UserRegistered::TOPIC,
        ];
        topics.sort_unstable();
        assert_eq!(
            words("streamverse.webhooks.v1.Webhook", "event_types"),
            topics
        );
    }
}
