//! Errors that reach a caller: one type, whose reasons are declared in the protos.
//!
//! A reason is a value of a proto enum with the option `(streamverse.options.v1.reason)`; the
//! generated crate implements [`Reasoned`] for these enums, so a service writes
//! `return Err(AuthReason::EmailTaken.into())` or
//! `Error::from(RightsReason::StreamLimit).with("limit", 2)`.

use std::{collections::BTreeMap, error::Error as StdError, fmt, time::Duration};

/// A cause of any type.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// The result of anything that a caller may hear about.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The canonical codes of gRPC, with their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are gRPC's own")]
pub enum Code {
    Cancelled = 1,
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    AlreadyExists = 6,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Aborted = 10,
    OutOfRange = 11,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    DataLoss = 15,
    Unauthenticated = 16,
}

/// What is fixed about a reason: generated from the protos, listed in docs/errors.md.
#[derive(Debug, PartialEq, Eq)]
pub struct ReasonInfo {
    /// The stable name on the wire, e.g. `EMAIL_TAKEN`.
    pub name: &'static str,
    /// Who says it, e.g. `auth.streamverse`.
    pub domain: &'static str,
    /// The gRPC code.
    pub code: Code,
    /// The HTTP status.
    pub http: u16,
    /// The English message; `{key}` stands for a value of the metadata.
    pub message: &'static str,
    /// The full name of the message that says more, e.g. `streamverse.rights.v1.Offers`; empty without one.
    pub detail: &'static str,
    /// Whether it says that what was shown to prove who calls does not hold: the edge counts that by address.
    pub false_proof: bool,
}

/// An enum whose values are reasons. Implemented by generated code only.
pub trait Reasoned {
    /// Returns what is fixed about this reason.
    fn info(&self) -> &'static ReasonInfo;
}

/// One field of a request that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldViolation {
    /// The path in JSON spelling, e.g. `content.releaseDate`.
    pub field: String,
    /// The rule's stable name, e.g. `MAX_LENGTH`.
    pub rule: &'static str,
    /// What to do, in English.
    pub description: String,
}

/// A message of the protos that says of an error what texts cannot: lists, prices, instants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// The message's full name, e.g. `streamverse.rights.v1.Offers`.
    pub name: &'static str,
    /// The encoded message.
    pub bytes: Vec<u8>,
}

/// An error that a caller hears: a reason, its values, and a cause that stays with us.
pub struct Error(Box<Inner>);

struct Inner {
    reason: &'static ReasonInfo,
    metadata: BTreeMap<&'static str, String>,
    violations: Vec<FieldViolation>,
    detail: Option<Detail>,
    retry_after: Option<Duration>,
    source: Option<BoxError>,
}

impl Error {
    /// Adds a value that the message or the client needs.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl fmt::Display) -> Self {
        self.0.metadata.insert(key, value.to_string());
        self
    }

    /// Names the fields of the violations otherwise, for a message that holds the one that was checked.
    #[must_use]
    pub fn rename_fields(mut self, name: impl Fn(&str) -> String) -> Self {
        for violation in &mut self.0.violations {
            violation.field = name(&violation.field);
        }
        self
    }

    /// Adds a field that breaks a rule.
    #[must_use]
    pub fn with_violation(mut self, violation: FieldViolation) -> Self {
        self.0.violations.push(violation);
        self
    }

    /// Adds a message that says more. REST shows its fields among the `details`, gRPC as one of the
    /// status's; it travels in a header, so it has a few kilobytes at most.
    #[must_use]
    pub fn with_detail(mut self, detail: Detail) -> Self {
        self.0.detail = Some(detail);
        self
    }

    /// Says when it makes sense to try again.
    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.0.retry_after = Some(after);
        self
    }

    /// Keeps the cause for the log; callers never see it.
    #[must_use]
    pub fn because(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Returns the reason's stable name.
    pub fn reason(&self) -> &'static str {
        self.0.reason.name
    }

    /// Returns what is fixed about the reason.
    pub fn info(&self) -> &'static ReasonInfo {
        self.0.reason
    }

    /// Returns the values of the message.
    pub fn metadata(&self) -> &BTreeMap<&'static str, String> {
        &self.0.metadata
    }

    /// Lists the fields that break a rule.
    pub fn violations(&self) -> &[FieldViolation] {
        &self.0.violations
    }

    /// Returns the message that says more, if there is one.
    pub fn detail(&self) -> Option<&Detail> {
        self.0.detail.as_ref()
    }

    /// Returns when it makes sense to try again, if that is known.
    pub fn retry_delay(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Says whether this is `reason`.
    pub fn is(&self, reason: &impl Reasoned) -> bool {
        std::ptr::eq(self.0.reason, reason.info()) || *self.0.reason == *reason.info()
    }

    /// Returns the English message with its values filled in.
    pub fn message(&self) -> String {
        fill(self.0.reason.message, |key| {
            self.0.metadata.get(key).map(String::as_str)
        })
    }
}

/// Replaces every `{key}` of the template by its value; unknown keys stay as they are.
fn fill<'a>(template: &str, value: impl Fn(&str) -> Option<&'a str>) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}') {
            Some((key, tail)) if value(key).is_some() => {
                out.push_str(value(key).unwrap_or_default());
                rest = tail;
            }
            _ => {
                out.push('{');
                rest = after;
            }
        }
    }
    out + rest
}

impl<R: Reasoned> From<R> for Error {
    fn from(reason: R) -> Self {
        Self(Box::new(Inner {
            reason: reason.info(),
            metadata: BTreeMap::new(),
            violations: Vec::new(),
            detail: None,
            retry_after: None,
            source: None,
        }))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason(), self.message())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("reason", &self.0.reason.name)
            .field("metadata", &self.0.metadata)
            .field("violations", &self.0.violations)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

/// Writes an error with its causes, each once. For operators only.
pub fn causes(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.ends_with(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Limit;
    impl Reasoned for Limit {
        fn info(&self) -> &'static ReasonInfo {
            &ReasonInfo {
                name: "STREAM_LIMIT",
                domain: "streaming.streamverse",
                code: Code::Aborted,
                http: 409,
                message: "Only {limit} streams at once. {unknown} {",
                detail: "",
                false_proof: false,
            }
        }
    }

    #[test]
    fn messages_take_their_values_from_the_metadata() {
        let error = Error::from(Limit).with("limit", 2);
        assert_eq!(error.message(), "Only 2 streams at once. {unknown} {");
        assert!(error.is(&Limit));
    }

    #[test]
    fn causes_stay_out_of_the_text() {
        let error = Error::from(Limit).because("password=hunter2");
        assert!(!error.to_string().contains("hunter2"));
        assert!(error.source().is_some());
    }
}
