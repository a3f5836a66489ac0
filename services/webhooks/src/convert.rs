//! Between messages and the domain.

pub(crate) mod payload;

use sv_kernel::Result;
use sv_proto::{
    convert::{refuse, timestamp},
    webhooks::{self as pb, DeliveryStatus, WebhookStatus},
};

use crate::domain::{Attempt, Delivery, Reach, Webhook};

impl From<&Webhook> for pb::Webhook {
    fn from(webhook: &Webhook) -> Self {
        Self {
            id: webhook.id.to_string(),
            url: webhook.url.clone(),
            description: webhook.description.clone(),
            event_types: webhook.event_types.clone(),
            status: webhook.status.into(),
            disabled_reason: webhook.disabled_reason.into(),
            failing_since: webhook.failing_since.map(timestamp),
            previous_secret_end_time: webhook.previous_secret_until.map(timestamp),
            version: webhook.version,
            create_time: Some(timestamp(webhook.created_at)),
            update_time: Some(timestamp(webhook.updated_at)),
        }
    }
}

/// What somebody wants of a webhook.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) url: String,
    pub(crate) description: String,
    /// Sorted, each once.
    pub(crate) event_types: Vec<String>,
    /// `None` where nothing is said.
    pub(crate) status: Option<WebhookStatus>,
}

/// Reads what somebody wants of a webhook. Fails with `VALIDATION_FAILED` where nothing could be sent there.
pub(crate) fn wish(webhook: &pb::Webhook, reach: &Reach) -> Result<Wish> {
    let url = webhook.url.trim();
    let read = reach.read(url);
    read.map_err(|(rule, wish)| refuse("webhook.url", rule, wish))?;
    let mut event_types = webhook.event_types.clone();
    event_types.sort_unstable();
    event_types.dedup();
    Ok(Wish {
        url: url.to_owned(),
        description: webhook.description.trim().to_owned(),
        event_types,
        status: Some(webhook.status()).filter(|status| *status != WebhookStatus::Unspecified),
    })
}

impl From<&Delivery> for pb::WebhookDelivery {
    fn from(delivery: &Delivery) -> Self {
        let pending = delivery.status == DeliveryStatus::Pending;
        let named = |id: Option<sv_kernel::Id<Delivery>>| id.map(|id| id.to_string());
        Self {
            id: delivery.id.to_string(),
            webhook_id: delivery.webhook.to_string(),
            event_type: delivery.event_type.clone(),
            status: delivery.status.into(),
            attempts: sv_proto::convert::count(delivery.attempts),
            next_attempt_time: pending.then(|| timestamp(delivery.due_at)),
            replay_of: named(delivery.replay_of).unwrap_or_default(),
            replayed_by: named(delivery.replayed_by).unwrap_or_default(),
            create_time: Some(timestamp(delivery.created_at)),
            end_time: delivery.ended_at.map(timestamp),
        }
    }
}

impl From<&Attempt> for pb::DeliveryAttempt {
    fn from(attempt: &Attempt) -> Self {
        let (status, text, problem) = match &attempt.answer {
            Ok(answer) => (answer.status, answer.text.clone(), String::new()),
            Err(problem) => (0, String::new(), problem.clone()),
        };
        Self {
            number: sv_proto::convert::count(attempt.number),
            time: Some(timestamp(attempt.at)),
            duration_millis: sv_proto::convert::count(attempt.took.as_millis()),
            response_status: status.into(),
            response_text: text,
            problem,
        }
    }
}
