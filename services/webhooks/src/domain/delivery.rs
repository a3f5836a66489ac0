//! An event on its way to a webhook: when it is tried, and when it is given up.

use std::time::Duration;

use sv_kernel::{Id, Timestamp};
use sv_proto::webhooks::DeliveryStatus;

use super::Webhook;

/// The pauses after the first, the second, … try (Standard Webhooks).
const PAUSES: [Duration; 7] = [
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(10),
];
/// The longest pause that a receiver may ask for.
const LONGEST: Duration = Duration::from_hours(24);

/// An event on its way to a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Delivery {
    /// The `webhook-id` of its requests.
    pub(crate) id: Id<Self>,
    pub(crate) webhook: Id<Webhook>,
    pub(crate) event_type: String,
    /// JSON, byte by byte as it is sent.
    pub(crate) body: String,
    pub(crate) status: DeliveryStatus,
    /// How often it was sent.
    pub(crate) attempts: u32,
    /// When it is sent next, while it is pending.
    pub(crate) due_at: Timestamp,
    pub(crate) replay_of: Option<Id<Self>>,
    pub(crate) replayed_by: Option<Id<Self>>,
    pub(crate) created_at: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
}

/// What a receiver has answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The beginning of its text.
    pub(crate) text: String,
    /// When it wants to be asked again.
    pub(crate) retry_after: Option<Duration>,
}

/// A try as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) number: u32,
    pub(crate) at: Timestamp,
    pub(crate) took: Duration,
    /// The answer, or why there is none.
    pub(crate) answer: Result<Answer, String>,
}

/// What an attempt means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The receiver has it.
    Taken,
    /// The receiver does not want anything any more.
    Gone,
    /// The receiver has answered something else.
    Refused,
    /// There was no answer.
    Unanswered,
}

impl Outcome {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Taken, Self::Gone, Self::Refused, Self::Unanswered];

    /// Returns its name in metrics.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Gone => "gone",
            Self::Refused => "refused",
            Self::Unanswered => "unanswered",
        }
    }
}

impl Attempt {
    /// Says what it means. Redirects are refusals: nobody has looked at where they lead.
    pub(crate) fn outcome(&self) -> Outcome {
        match &self.answer {
            Ok(answer) => match answer.status {
                200..=299 => Outcome::Taken,
                410 => Outcome::Gone,
                _ => Outcome::Refused,
            },
            Err(_) => Outcome::Unanswered,
        }
    }
}

impl Delivery {
    /// Makes one that waits for its first try.
    pub(crate) fn new(
        id: Id<Self>,
        webhook: Id<Webhook>,
        event_type: &str,
        body: String,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            webhook,
            event_type: event_type.to_owned(),
            body,
            status: DeliveryStatus::Pending,
            attempts: 0,
            due_at: now,
            replay_of: None,
            replayed_by: None,
            created_at: now,
            ended_at: None,
        }
    }

    /// Returns what it is after a try; `drawn`, from 0 to 1, keeps those that failed together from coming together.
    #[must_use]
    pub(crate) fn after(&self, attempt: &Attempt, now: Timestamp, drawn: f64) -> Self {
        let mut after = Self {
            attempts: attempt.number,
            ..self.clone()
        };
        let asked = match &attempt.answer {
            Ok(answer) => answer.retry_after.unwrap_or_default().min(LONGEST),
            Err(_) => Duration::ZERO,
        };
        let pause = match attempt.outcome() {
            Outcome::Taken => {
                after.status = DeliveryStatus::Succeeded;
                None
            }
            Outcome::Gone => {
                after.status = DeliveryStatus::Failed;
                None
            }
            Outcome::Refused | Outcome::Unanswered => {
                let place = usize::try_from(attempt.number).unwrap_or(usize::MAX);
                let pause = PAUSES.get(place.saturating_sub(1));
                if pause.is_none() {
                    after.status = DeliveryStatus::Failed;
                }
                pause
            }
        };
        match pause {
            Some(pause) => after.due_at = now + pause.mul_f64(0.9 + 0.2 * drawn).max(asked),
            None => after.ended_at = Some(now),
        }
        after
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

    fn tried(number: u32, status: u16, retry_after: Option<u64>) -> Attempt {
        Attempt {
            number,
            at: NOW,
            took: Duration::ZERO,
            answer: Ok(Answer {
                status,
                text: String::new(),
                retry_after: retry_after.map(Duration::from_secs),
            }),
        }
    }

    fn delivery() -> Delivery {
        let id = Uuid::nil();
        let (id, webhook) = (Id::from_uuid(id), Id::from_uuid(id));
        Delivery::new(id, webhook, "webhook.test", "{}".to_owned(), NOW)
    }

    #[test]
    fn it_is_tried_eight_times_with_growing_pauses() {
        let mut delivery = delivery();
        let mut pauses = Vec::new();
        for number in 1..=8 {
            assert_eq!(delivery.status, DeliveryStatus::Pending);
            delivery = delivery.after(&tried(number, 500, None), NOW, 0.5);
            pauses.push(delivery.due_at.since(NOW).as_secs());
        }
        assert_eq!(pauses[..7], [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000]);
        assert_eq!(
            (delivery.status, delivery.attempts, delivery.ended_at),
            (DeliveryStatus::Failed, 8, Some(NOW))
        );
    }

    #[test]
    fn chance_moves_a_pause_by_a_tenth_and_a_receiver_may_ask_for_a_longer_one_of_a_day_at_most() {
        let after = |number, retry_after, drawn| {
            let attempt = tried(number, 503, retry_after);
            delivery()
                .after(&attempt, NOW, drawn)
                .due_at
                .since(NOW)
                .as_secs()
        };
        assert_eq!((after(2, None, 0.0), after(2, None, 1.0)), (270, 330));
        assert_eq!(after(2, Some(1), 0.5), 300);
        assert_eq!(after(2, Some(1_000), 0.5), 1_000);
        assert_eq!(after(2, Some(u64::MAX), 0.5), 86_400);
    }

    #[test]
    fn what_is_taken_or_gone_is_not_tried_again_and_redirects_are_refusals() {
        for (status, becomes) in [
            (200, DeliveryStatus::Succeeded),
            (204, DeliveryStatus::Succeeded),
            (299, DeliveryStatus::Succeeded),
            (302, DeliveryStatus::Pending),
            (404, DeliveryStatus::Pending),
            (410, DeliveryStatus::Failed),
        ] {
            let after = delivery().after(&tried(1, status, None), NOW, 0.0);
            assert_eq!(after.status, becomes, "{status}");
            let ended = becomes != DeliveryStatus::Pending;
            assert_eq!(after.ended_at.is_some(), ended, "{status}");
        }
        let unanswered = Attempt {
            answer: Err("the receiver does not answer".to_owned()),
            ..tried(1, 0, None)
        };
        let after = delivery().after(&unanswered, NOW, 0.5);
        assert_eq!(after.due_at.since(NOW), PAUSES[0]);
    }
}
