//! What the relay tells about the outbox: metrics, and worries beyond bounds.

use std::time::Duration;

use sv_kernel::{Pulse, Timestamp};

use crate::outbox::Waiting;

/// Tells how much waits.
pub(super) fn tell(service: &str, waiting: Waiting, now: Timestamp, alarm: Duration, to: &Pulse) {
    let labels = [("svc", service.to_owned())];
    let age = waiting.oldest.map_or(Duration::ZERO, |oldest| {
        now.since(Timestamp::from_micros(oldest))
    });
    metrics::gauge!("streamverse_outbox_unpublished", &labels).set(float(waiting.count));
    metrics::gauge!("streamverse_outbox_oldest_age_seconds", &labels).set(age.as_secs_f64());
    metrics::gauge!("streamverse_outbox_dead_letters", &labels).set(float(waiting.dead));
    let late = (age > alarm).then(|| {
        let (count, age) = (waiting.count, age.as_secs());
        format!("{count} events are not published, the oldest for {age} s")
    });
    to.worry("late", late);
    let dead = (waiting.dead > 0).then(|| {
        let count = waiting.dead;
        format!("the bus refused {count} events for good; see `streamverse dead-letters list`")
    });
    to.worry("dead", dead);
}

#[expect(clippy::cast_precision_loss, reason = "a gauge needs no last digit")]
fn float(count: u64) -> f64 {
    count as f64
}
