//! Puts the clock of a tenant on, and has what is due done on the way (X-PAY-8).

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sv_boot::{AdvanceClock, ServiceContext};
use sv_kernel::{Ctx, Error, Result, Timestamp};
use sv_proto::{
    admin::{self as pb, AdminReason},
    common::CommonReason,
    convert::{count, instant, refuse, timestamp},
};
use sv_store::{Db, audit, work};

use super::Jobs;

/// How far it goes at once: what was due for longer than three days is not charged any more
/// (`services/rights/src/app/renew.rs`).
const STEP: Duration = Duration::from_hours(48);
/// The farthest that one call goes, in days.
const DAYS: u64 = 92;
/// The farthest that it ever goes.
const TEN_YEARS: Duration = Duration::from_hours(24 * 3_650);
/// What happens at each step, in this order: what becomes due, what the provider tells, what is left open.
const AT_EACH_STEP: [(&str, &str); 3] = [
    ("rights", "renewals"),
    ("payments", "settling"),
    ("rights", "payments"),
];
/// What is left of a call's time for its answer.
const TO_ANSWER: Duration = Duration::from_secs(2);
/// How long a call may take that says nothing of that.
const TIMEOUT: Duration = Duration::from_mins(1);

/// The clocks of tenants. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct TestClock {
    db: Db,
    jobs: Jobs,
    /// None where the profile is not that of development.
    clocks: Option<Arc<dyn AdvanceClock>>,
}

impl TestClock {
    pub(crate) fn new(
        context: &ServiceContext,
        jobs: Jobs,
        clocks: Option<Arc<dyn AdvanceClock>>,
    ) -> Self {
        Self {
            db: context.db.clone(),
            jobs,
            clocks,
        }
    }

    /// Says what the clock of the caller's tenant shows.
    ///
    /// Fails with `TEST_CLOCK_OFF`.
    pub(crate) fn get(&self, ctx: &Ctx) -> Result<pb::TestClock> {
        let clocks = self.clocks.as_ref().ok_or(AdminReason::TestClockOff)?;
        Ok(shown(ctx, &**clocks))
    }

    /// Puts the clock of the caller's tenant on.
    ///
    /// Fails with `TEST_CLOCK_OFF`, `TEST_CLOCK_BACKWARDS` and `TEST_CLOCK_TOO_FAR`.
    pub(crate) async fn advance(
        &self,
        ctx: &Ctx,
        request: &pb::MoveTestClockRequest,
    ) -> Result<pb::MoveTestClockResponse> {
        let clocks = self.clocks.as_ref().ok_or(AdminReason::TestClockOff)?;
        let began = ctx.now();
        let further = wanted(request, began)?.since(began);
        let mut ahead = clocks.ahead(&ctx.tenant);
        let goal = ahead + further;
        if further > Duration::from_hours(24 * DAYS) || goal > TEN_YEARS {
            return Err(Error::from(AdminReason::TestClockTooFar).with("days", DAYS));
        }
        let until = ctx.deadline.unwrap_or_else(|| Instant::now() + TIMEOUT);
        let until = until.checked_sub(TO_ANSWER).unwrap_or(until);
        while ahead < goal {
            ahead = goal.min(ahead + STEP);
            let moved = clocks.advance(&ctx.tenant, ahead).await;
            moved.map_err(|cause| Error::from(CommonReason::Unavailable).because(cause))?;
            for (service, name) in AT_EACH_STEP {
                let is = |id: &str| is(id, (service, name));
                self.jobs.have_run(ctx, service, is, until).await;
            }
        }
        let others = |id: &str| !AT_EACH_STEP.iter().any(|one| is(id, *one));
        let unfinished_jobs = self.jobs.have_run(ctx, "", others, until).await;
        let answer = pb::MoveTestClockResponse {
            clock: Some(pb::TestClock {
                unfinished_jobs,
                ..shown(ctx, &**clocks)
            }),
        };
        let act = audit::Act::on("test_clock", &ctx.tenant).changed(
            serde_json::json!({"now": began.to_string()}),
            serde_json::json!({"now": ctx.now().to_string()}),
        );
        let (act, answer) = (&act, &answer);
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                audit::record(tx, ctx, act.clone()).await?;
                Ok(answer.clone())
            })
        });
        done.await
    }
}

fn is(id: &str, (service, name): (&str, &str)) -> bool {
    id.split_once('.') == Some((service, name))
}

/// Says what the clock is to show.
fn wanted(request: &pb::MoveTestClockRequest, now: Timestamp) -> Result<Timestamp> {
    let by = u64::try_from(request.by_seconds).unwrap_or(0);
    let to = match request.to_time {
        Some(_) if by > 0 => {
            return Err(refuse(
                "by_seconds",
                "ALONE",
                "stands in place of toTime, not beside it",
            ));
        }
        Some(to) => instant(to),
        None => now + Duration::from_secs(by),
    };
    if to <= now {
        return Err(Error::from(AdminReason::TestClockBackwards).with("now", now));
    }
    Ok(to)
}

fn shown(ctx: &Ctx, clocks: &dyn AdvanceClock) -> pb::TestClock {
    pb::TestClock {
        now: Some(timestamp(ctx.now())),
        ahead_seconds: count(clocks.ahead(&ctx.tenant).as_secs()),
        unfinished_jobs: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_goes_forward_to_a_time_or_by_a_span() {
        let now = Timestamp::from_secs(1_000);
        let stamp = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
        let of = |to_time, by_seconds| {
            let request = pb::MoveTestClockRequest {
                to_time,
                by_seconds,
            };
            wanted(&request, now).map_err(|refused| refused.reason().to_owned())
        };
        assert_eq!(of(stamp(1_001), 0), Ok(Timestamp::from_secs(1_001)));
        assert_eq!(of(None, 60), Ok(Timestamp::from_secs(1_060)));
        for (to, by, reason) in [
            (stamp(1_000), 0, "TEST_CLOCK_BACKWARDS"),
            (None, 0, "TEST_CLOCK_BACKWARDS"),
            (stamp(1_001), 1, "VALIDATION_FAILED"),
        ] {
            assert_eq!(of(to, by), Err(reason.to_owned()), "{to:?} {by}");
        }
    }
}
