//! Errors on the wire: `sv_kernel::Error` to `tonic::Status` with google.rpc details, and back.

use std::{collections::HashMap, error::Error as StdError, fmt, time::Duration};

use http::HeaderMap;
use prost::Message as _;
use sv_kernel::{Code, Detail, Error, FieldViolation};
use sv_proto::common::CommonReason;
use tonic::{Status, metadata::MetadataValue};
use tonic_types::{ErrorDetails, ErrorInfo, RetryInfo, StatusExt, pb};

use crate::reason::{ReasonTable, intern};

/// Says to every caller up the chain that repeating the call would only multiply it (RES-2).
const PUSHBACK: &str = "grpc-retry-pushback-ms";

/// Names of our own messages among the details of a status.
const OURS: &str = "type.googleapis.com/streamverse.";

/// Turns an error into what goes over the wire: code, message, `ErrorInfo`, `BadRequest`,
/// `RetryInfo` and the message that says more. The cause is logged here, once, and never sent. For `map_err(status)?`.
#[expect(clippy::needless_pass_by_value, reason = "for map_err(status)")]
pub fn status(error: Error) -> Status {
    log_cause(&error);
    let info = error.info();
    let metadata: HashMap<String, String> = error
        .metadata()
        .iter()
        .map(|(key, value)| ((*key).to_owned(), value.clone()))
        .collect();
    let mut details = ErrorDetails::with_error_info(info.name, info.domain, metadata);
    if !error.violations().is_empty() {
        details.set_bad_request(error.violations().iter().map(on_wire).collect::<Vec<_>>());
    }
    if let Some(after) = error.retry_delay() {
        details.set_retry_info(Some(after));
    }
    let code = tonic::Code::from_i32(info.code as i32);
    let status = Status::with_error_details(code, error.message(), details);
    let mut status = with_detail(status, &error);
    if cause::<Pushback>(&error).is_some() {
        push_back(&mut status);
    }
    status
}

/// Adds the message that says more of an error to the details of its status.
pub fn with_detail(status: Status, error: &Error) -> Status {
    let Some(Detail { name, bytes }) = error.detail() else {
        return status;
    };
    let Ok(mut details) = pb::Status::decode(status.details()) else {
        return status;
    };
    details.details.push(prost_types::Any {
        type_url: format!("type.googleapis.com/{name}"),
        value: bytes.clone(),
    });
    Status::with_details_and_metadata(
        status.code(),
        status.message(),
        details.encode_to_vec().into(),
        status.metadata().clone(),
    )
}

/// Reads the message that says more out of a status's details.
fn detail_of(status: &Status) -> Option<Detail> {
    let details = pb::Status::decode(status.details()).ok()?.details;
    let ours = details
        .into_iter()
        .find(|any| any.type_url.starts_with(OURS))?;
    let (_, name) = ours.type_url.rsplit_once('/')?;
    Some(Detail {
        name: intern(name)?,
        bytes: ours.value,
    })
}

fn on_wire(violation: &FieldViolation) -> tonic_types::FieldViolation {
    let mut on_wire = tonic_types::FieldViolation::new(&violation.field, &violation.description);
    violation.rule.clone_into(&mut on_wire.reason);
    on_wire
}

/// Turns what a peer answered into an error again. Reasons are looked up in the table of this
/// build; what it does not know becomes INTERNAL, or UNAVAILABLE and its kin by the code. For
/// `map_err(error)?` after a call to another service.
pub fn error(status: Status) -> Error {
    let details = status.get_error_details();
    let known = details.error_info().and_then(|info| {
        ReasonTable::ours()
            .error(&info.domain, &info.reason)
            .map(|e| (e, info))
    });
    let pushed_back = is_pushed_back(&status);
    let detail = detail_of(&status);
    let mut error = match known {
        Some((error, info)) => with_values(error, info),
        None => Error::from(by_code(status.code())).because(Unexplained(status)),
    };
    for violation in details
        .bad_request()
        .map_or(&[][..], |bad| &bad.field_violations)
    {
        error = error.with_violation(FieldViolation {
            field: violation.field.clone(),
            rule: intern(&violation.reason).unwrap_or("INVALID"),
            description: violation.description.clone(),
        });
    }
    if let Some(detail) = detail {
        error = error.with_detail(detail);
    }
    if let Some(RetryInfo {
        retry_delay: Some(after),
    }) = details.retry_info()
    {
        error = error.retry_after(*after);
    }
    if pushed_back {
        error.because(Pushback)
    } else {
        error
    }
}

fn with_values(error: Error, info: &ErrorInfo) -> Error {
    info.metadata
        .iter()
        .fold(error, |error, (key, value)| match intern(key) {
            Some(key) => error.with(key, value),
            None => error,
        })
}

/// What a code without details means for our own caller.
fn by_code(code: tonic::Code) -> CommonReason {
    use tonic::Code as C;
    match code {
        C::Cancelled => CommonReason::Cancelled,
        C::DeadlineExceeded => CommonReason::DeadlineExceeded,
        C::Unavailable => CommonReason::Unavailable,
        C::ResourceExhausted => CommonReason::Overloaded,
        C::Unauthenticated => CommonReason::Unauthenticated,
        C::PermissionDenied => CommonReason::PermissionDenied,
        C::Unimplemented => CommonReason::Unimplemented,
        // An argument that a peer calls invalid without a reason is our own fault.
        _ => CommonReason::Internal,
    }
}

/// A peer's answer without a reason that we know.
#[derive(Debug)]
struct Unexplained(Status);

impl fmt::Display for Unexplained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a peer answered {:?}: {}",
            self.0.code(),
            self.0.message()
        )
    }
}

impl StdError for Unexplained {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

/// Returns the code by which headers or trailers end a call, without reading the rest of the status.
pub fn end_code(headers: &HeaderMap) -> Option<tonic::Code> {
    let code = headers.get("grpc-status")?;
    Some(tonic::Code::from_bytes(code.as_bytes()))
}

/// Marks an error whose call was repeated as often as is good: nobody up the chain repeats it.
#[derive(Debug)]
pub(crate) struct Pushback;

impl fmt::Display for Pushback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not to be repeated")
    }
}

impl StdError for Pushback {}

/// Tells callers not to repeat the call.
pub(crate) fn push_back(status: &mut Status) {
    let never = MetadataValue::from_static("-1");
    status.metadata_mut().insert(PUSHBACK, never);
}

/// Says whether a peer asked not to repeat the call.
pub(crate) fn is_pushed_back(status: &Status) -> bool {
    pushback(status) == Some(Wish::Never)
}

/// What a peer wishes about a repetition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    Never,
    After(Duration),
}

/// Reads a peer's wish, if it has one; what cannot be read means never, as gRPC says.
pub(crate) fn pushback(status: &Status) -> Option<Wish> {
    let wish = status.metadata().get(PUSHBACK)?.to_str().ok()?;
    let pause = wish.parse().ok().map(Duration::from_millis);
    Some(pause.map_or(Wish::Never, Wish::After))
}

fn cause<T: StdError + 'static>(error: &Error) -> Option<&T> {
    let mut next = error.source();
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref() {
            return Some(found);
        }
        next = cause.source();
    }
    None
}

fn log_cause(error: &Error) {
    let mut next = error.source().filter(|cause| !cause.is::<Pushback>());
    if next.is_none() {
        return;
    }
    let mut chain = String::new();
    while let Some(cause) = next {
        if !chain.is_empty() {
            chain.push_str(": ");
        }
        chain.push_str(&cause.to_string());
        next = cause.source();
    }
    let reason = error.reason();
    match error.info().code {
        Code::Internal | Code::Unknown | Code::DataLoss => {
            tracing::error!(error.reason = reason, error.cause = chain, "call failed");
        }
        _ => tracing::warn!(error.reason = reason, error.cause = chain, "call failed"),
    }
}

#[cfg(test)]
mod tests {
    use sv_proto::{auth::AuthReason, users::UserReason};

    use super::*;

    #[test]
    fn an_error_comes_back_as_it_went() {
        let went = Error::from(UserReason::ProfileLimit)
            .with("limit", 5)
            .with_violation(FieldViolation {
                field: "profile.name".into(),
                rule: "MAX_LENGTH",
                description: "has at most 50 characters".into(),
            })
            .with_detail(Detail {
                name: "streamverse.users.v1.Profile",
                bytes: vec![0x0A, 1, b'x'],
            })
            .retry_after(Duration::from_secs(3));
        let on_wire = status(went);
        assert_eq!(on_wire.code(), tonic::Code::FailedPrecondition);
        assert!(
            on_wire.message().contains("at most 5"),
            "{}",
            on_wire.message()
        );

        let back = error(on_wire);

        assert!(back.is(&UserReason::ProfileLimit));
        assert_eq!(back.metadata()["limit"], "5");
        assert_eq!(back.violations()[0].rule, "MAX_LENGTH");
        let detail = back.detail().unwrap();
        assert_eq!(detail.name, "streamverse.users.v1.Profile");
        assert_eq!(detail.bytes, [0x0A, 1, b'x']);
        assert_eq!(back.retry_delay(), Some(Duration::from_secs(3)));
    }

    #[test]
    fn causes_are_never_sent() {
        let sent = status(Error::from(CommonReason::Internal).because("password=hunter2"));
        assert!(!format!("{sent:?}").contains("hunter2"));
        assert!(!String::from_utf8_lossy(sent.details()).contains("hunter2"));
    }

    #[test]
    fn answers_without_a_known_reason_are_read_by_their_code() {
        assert!(error(Status::unavailable("x")).is(&CommonReason::Unavailable));
        assert!(error(Status::deadline_exceeded("x")).is(&CommonReason::DeadlineExceeded));
        assert!(error(Status::invalid_argument("x")).is(&CommonReason::Internal));
        let details =
            ErrorDetails::with_error_info("NEW_REASON", "auth.streamverse", HashMap::new());
        let newer = Status::with_error_details(tonic::Code::Unavailable, "x", details);
        assert!(error(newer).is(&CommonReason::Unavailable));
        let garbage = Status::with_details(tonic::Code::Internal, "x", vec![0xFF; 9].into());
        assert!(error(garbage).is(&CommonReason::Internal));
    }

    #[test]
    fn the_wish_not_to_repeat_travels_up_the_chain() {
        let mut answer = status(CommonReason::Unavailable.into());
        assert!(!is_pushed_back(&answer));
        push_back(&mut answer);
        let relayed = status(error(answer));
        assert!(is_pushed_back(&relayed));
        assert!(!is_pushed_back(&status(AuthReason::EmailTaken.into())));
    }
}
