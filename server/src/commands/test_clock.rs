//! `admin clock`: shows the clock of a tenant and puts it on, in the development profile (X-PAY-8).

use std::time::Duration;

use sv_kernel::{BoxError, Ctx, Error, Tenant, Timestamp, clock_of};
use sv_proto::{
    admin::{
        AdminReason, GetTestClockRequest, MoveTestClockRequest, TestClock,
        test_clock_service_client::TestClockServiceClient,
    },
    convert::{count, instant, timestamp},
};
use sv_rpc::{call, error};

use crate::{config::Place, operator::Operator};

/// Where a clock is to be put.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) tenant: Tenant,
    pub(crate) to: Option<Timestamp>,
    pub(crate) by: Option<Duration>,
}

/// Puts a clock on, where that is wished for, and says what it shows.
pub(crate) async fn clock(wish: Wish, place: &Place) -> Result<(), BoxError> {
    // What is due belongs to all of them.
    let needed = [
        "admin",
        "rights",
        "payments",
        "content",
        "users",
        "streaming",
    ];
    let operator = Operator::connect(place, &needed).await?;
    let answer = ask(&operator, wish).await;
    operator.end().await;
    let clock = answer?;
    let now = clock
        .now
        .map(instant)
        .ok_or("the server did not say what its clock shows")?;
    super::line(&format!("{now}, {} s ahead", clock.ahead_seconds));
    if !clock.unfinished_jobs.is_empty() {
        super::line(&format!(
            "still at work: {}",
            clock.unfinished_jobs.join(", ")
        ));
    }
    Ok(())
}

async fn ask(operator: &Operator, wish: Wish) -> Result<TestClock, BoxError> {
    let ctx = operator.ctx();
    let ctx = Ctx {
        clock: clock_of(&ctx.clock, &wish.tenant),
        tenant: wish.tenant,
        ..ctx.clone()
    };
    let mut client = TestClockServiceClient::new(operator.transport("admin")?);
    let answered = if wish.to.is_none() && wish.by.is_none() {
        let request = call(&ctx, GetTestClockRequest {});
        let answer = client.get_test_clock(request).await;
        answer.map(|answer| answer.into_inner().clock)
    } else {
        let request = MoveTestClockRequest {
            to_time: wish.to.map(timestamp),
            by_seconds: wish.by.map(|by| count(by.as_secs())).unwrap_or_default(),
        };
        let answer = client.move_test_clock(call(&ctx, request)).await;
        answer.map(|answer| answer.into_inner().clock)
    };
    let clock = answered.map_err(error);
    let clock = clock.map_err(|refused| told(&refused))?;
    Ok(clock.unwrap_or_default())
}

/// Says why a clock stays as it is, in the words of the command line.
fn told(refused: &Error) -> String {
    let value = |name: &str| refused.metadata().get(name).map_or("", String::as_str);
    let reason = refused.reason();
    if refused.is(&AdminReason::TestClockOff) {
        format!(
            "{reason}: this installation runs in production (server.profile), where all go by real time; clocks are put \
             on in the development profile only"
        )
    } else if refused.is(&AdminReason::TestClockBackwards) {
        let now = value("now");
        format!(
            "{reason}: the clock shows {now} already, and what was done by it cannot be undone; give a later --to, or --by \
             above 0s"
        )
    } else if refused.is(&AdminReason::TestClockTooFar) {
        let days = value("days");
        format!(
            "{reason}: a clock goes forward by at most {days} days at once, because what is due on the way is done step by \
             step, and by ten years in all; go there in parts, e.g. --by {days}d"
        )
    } else {
        let wrong = refused.violations().iter();
        let wrong = wrong.map(|one| format!("; {}: {}", one.field, one.description));
        let wrong: String = wrong.collect();
        format!("{reason}: {}{wrong}", refused.message())
    }
}

/// Reads a span of time: a number with `s`, `m`, `h` or `d` behind it.
pub(crate) fn span(text: &str) -> Result<Duration, String> {
    let wrong = || "a span is a number with s, m, h or d behind it, e.g. 31d".to_owned();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    let all = number.checked_mul(seconds).ok_or_else(wrong)?;
    Ok(Duration::from_secs(all))
}

/// Reads an instant.
pub(crate) fn time(text: &str) -> Result<Timestamp, String> {
    let at = Timestamp::parse_rfc3339(text);
    at.ok_or_else(|| "a time is written as in 2026-12-24T20:00:00Z".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_is_told_in_a_sentence_with_the_options_of_the_command() {
        let backwards =
            Error::from(AdminReason::TestClockBackwards).with("now", "2026-12-24T20:00:00Z");
        for (refused, said) in [
            (AdminReason::TestClockOff.into(), "runs in production"),
            (backwards, "shows 2026-12-24T20:00:00Z already"),
            (
                Error::from(AdminReason::TestClockTooFar).with("days", 92),
                "e.g. --by 92d",
            ),
        ] {
            let told = told(&refused);
            assert!(
                told.starts_with(refused.reason()) && told.contains(said),
                "{told}"
            );
            assert!(!told.contains("toTime") && !told.contains('{'), "{told}");
        }
    }

    #[test]
    fn a_span_has_a_unit() {
        assert_eq!(span("31d"), Ok(Duration::from_hours(24 * 31)));
        assert_eq!(span("90m"), Ok(Duration::from_mins(90)));
        for bad in ["", "d", "31", "31 d", "-1d", "1é", "99999999999999999999d"] {
            assert!(span(bad).is_err(), "{bad:?}");
        }
    }
}
