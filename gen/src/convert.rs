//! What conversions between messages and domain types repeat: ids, times, counts, who calls, refusals.

use std::error::Error as StdError;

use prost::Message;
use sv_kernel::{Ctx, Detail, Error, FieldViolation, Id, PageError, Result, Timestamp, User};

use crate::common::CommonReason;

/// Returns the account that calls; fails where nobody is signed in.
pub fn me(ctx: &Ctx) -> Result<Id<User>> {
    let viewer = ctx.actor.viewer().ok_or(CommonReason::Unauthenticated)?;
    Ok(viewer.user)
}

/// Reads an id whose form the stack has checked: an [`Id`] or a UUID.
pub fn id<T>(text: &str) -> Result<T>
where
    T: std::str::FromStr<Err: StdError + Send + Sync + 'static>,
{
    text.parse()
        .map_err(|cause| Error::from(CommonReason::Internal).because(cause))
}

/// Reads an id that need not be there: empty is none.
pub fn optional_id<T>(text: &str) -> Result<Option<T>>
where
    T: std::str::FromStr<Err: StdError + Send + Sync + 'static>,
{
    (!text.is_empty()).then(|| id(text)).transpose()
}

/// Reads a text that need not be there: empty is none.
pub fn optional_text(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// Writes an instant.
pub fn timestamp(at: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: at.secs(),
        nanos: at.subsec_nanos(),
    }
}

/// Reads an instant; what lies beyond the range of our own is its end.
pub fn instant(at: prost_types::Timestamp) -> Timestamp {
    let micros = at.seconds.saturating_mul(1_000_000);
    Timestamp::from_micros(micros.saturating_add(i64::from(at.nanos) / 1_000))
}

/// Writes a count, as large as it goes.
pub fn count(of: impl TryInto<i32>) -> i32 {
    of.try_into().unwrap_or(i32::MAX)
}

/// Refuses a page that cannot be read, with `PAGE_INVALID`.
pub fn page_error(problem: PageError) -> Error {
    Error::from(CommonReason::PageInvalid).with("problem", problem)
}

/// Refuses a field by a rule that the protos cannot state, with `VALIDATION_FAILED`.
pub fn refuse(field: &str, rule: &'static str, description: &str) -> Error {
    Error::from(CommonReason::ValidationFailed).with_violation(FieldViolation {
        field: field.into(),
        rule,
        description: description.into(),
    })
}

/// Lets a message say of an error what texts cannot: the one that the reason's `detail` names.
#[must_use]
pub fn detailed(error: Error, message: &impl Message) -> Error {
    let name = error.info().detail;
    error.with_detail(Detail {
        name,
        bytes: message.encode_to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_comes_back_as_it_went_and_stays_in_range() {
        for micros in [0, 1_700_000_000_123_456, -1_500_000] {
            let at = Timestamp::from_micros(micros);
            assert_eq!(instant(timestamp(at)), at);
        }
        let far = prost_types::Timestamp {
            seconds: i64::MAX,
            nanos: 999_999_999,
        };
        assert_eq!(instant(far), Timestamp::MAX);
    }

    #[test]
    fn an_id_that_nobody_checked_is_a_fault_and_none_is_none() {
        assert!(
            id::<Id<User>>("42")
                .unwrap_err()
                .is(&CommonReason::Internal)
        );
        assert_eq!(optional_id::<Id<User>>("").unwrap(), None);
        assert_eq!(count(u64::MAX), i32::MAX);
    }
}
