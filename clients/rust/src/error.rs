//! What a call is refused with.

use std::{collections::HashMap, fmt, time::Duration};

use prost::Message;
use prost_types::Any;
use sv_kernel::Reasoned;
use sv_proto::{
    common::CommonReason,
    google::rpc::{BadRequest, ErrorInfo, LocalizedMessage, RetryInfo, Status as Details},
};
use tonic::{Code, Status};

/// What the helpers of this crate give.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A field that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// In JSON's spelling, e.g. `profile.name`.
    pub field: String,
    /// Its stable name, e.g. `MAX_LENGTH`.
    pub rule: String,
    /// What to do.
    pub description: String,
}

/// A call that failed, read from its status. Programs go by the reason; the message is for people.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    status: Status,
    info: ErrorInfo,
    message: String,
    violations: Vec<Violation>,
    retry_after: Option<Duration>,
    details: Vec<Any>,
}

impl Error {
    /// Returns the gRPC code.
    pub fn code(&self) -> Code {
        self.0.status.code()
    }

    /// Returns the reason, e.g. `EMAIL_TAKEN`, which stays the same over versions; empty where the
    /// failure was not told by the server.
    pub fn reason(&self) -> &str {
        &self.0.info.reason
    }

    /// Returns who told the reason, e.g. `auth.streamverse`.
    pub fn domain(&self) -> &str {
        &self.0.info.domain
    }

    /// Says whether it is a reason of the protos: `error.is(AuthReason::EmailTaken)`.
    #[expect(clippy::needless_pass_by_value, reason = "reasons are numbers")]
    pub fn is(&self, reason: impl Reasoned) -> bool {
        let info = reason.info();
        self.reason() == info.name && self.domain() == info.domain
    }

    /// Returns what happened and what to do, in the language that was asked for.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns the values of the message, by name.
    pub fn values(&self) -> &HashMap<String, String> {
        &self.0.info.metadata
    }

    /// Returns the fields that break rules, with `VALIDATION_FAILED`.
    pub fn violations(&self) -> &[Violation] {
        &self.0.violations
    }

    /// Returns after what time trying again makes sense.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns the detail of a type, by its full name: with `ACCESS_DENIED`,
    /// `error.detail::<Offers>("streamverse.rights.v1.Offers")`.
    pub fn detail<M: Message + Default>(&self, name: &str) -> Option<M> {
        detail(&self.0.details, name)
    }

    /// Returns what finds the call in the server's log.
    pub fn request_id(&self) -> Option<&str> {
        self.0.status.metadata().get("x-request-id")?.to_str().ok()
    }

    /// Returns the status that it was read from.
    pub fn status(&self) -> &Status {
        &self.0.status
    }

    /// Says whether the same call may succeed a moment later: nobody answers, or the server has too
    /// much to do.
    pub(crate) fn is_passing(&self) -> bool {
        self.code() == Code::Unavailable || self.is(CommonReason::Overloaded)
    }

    /// Says whether the server asks that nobody repeats the call.
    pub(crate) fn is_pushed_back(&self) -> bool {
        let pause = self.0.status.metadata().get("grpc-retry-pushback-ms");
        pause.is_some_and(|pause| pause.as_encoded_bytes().starts_with(b"-"))
    }
}

impl From<Status> for Error {
    fn from(status: Status) -> Self {
        // What is no details is none.
        let details = Details::decode(status.details())
            .unwrap_or_default()
            .details;
        let violations = detail::<BadRequest>(&details, "google.rpc.BadRequest");
        let retry = detail::<RetryInfo>(&details, "google.rpc.RetryInfo");
        let localized = detail::<LocalizedMessage>(&details, "google.rpc.LocalizedMessage");
        Self(Box::new(Inner {
            info: detail(&details, "google.rpc.ErrorInfo").unwrap_or_default(),
            message: localized.map_or_else(|| status.message().to_owned(), |told| told.message),
            violations: violations
                .unwrap_or_default()
                .field_violations
                .into_iter()
                .map(|told| Violation {
                    field: told.field,
                    rule: told.reason,
                    description: told.description,
                })
                .collect(),
            retry_after: retry
                .and_then(|told| told.retry_delay)
                .and_then(|delay| delay.try_into().ok()),
            details,
            status,
        }))
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        error.0.status
    }
}

fn detail<M: Message + Default>(details: &[Any], name: &str) -> Option<M> {
    let found = details
        .iter()
        .find(|any| any.type_url.rsplit('/').next() == Some(name))?;
    M::decode(found.value.as_slice()).ok()
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason() {
            "" => write!(f, "{:?}: {}", self.code(), self.message())?,
            reason => write!(f, "{reason}: {}", self.message())?,
        }
        for violation in self.violations() {
            write!(f, "; {}: {}", violation.field, violation.description)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} ({:?})", self.request_id())
    }
}
