//! Refusals as clients see them (API-4).

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use serde_json::{Map, Value, json};
use sv_kernel::{Detail, Error, Timestamp};
use sv_proto::common::CommonReason;
use sv_rest::codec::{Codec, WriteOptions};
use tonic::{Status, body::Body};
use tonic_types::StatusExt as _;

use crate::{locales::Language, request_info::RequestInfo};

/// Why a request is not answered with success, and the headers that go with it.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) error: Error,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Refusal {
    /// Refuses a method at a path that takes others.
    pub(crate) fn of_method(allow: &str) -> Self {
        Self::from(Error::from(CommonReason::MethodNotAllowed).with("allow", allow))
            .with_header(header::ALLOW, allow)
    }

    /// Names the fields that break rules as the caller has sent them.
    pub(crate) fn rename_fields(self, name: impl Fn(&str) -> String) -> Self {
        Self {
            error: self.error.rename_fields(name),
            headers: self.headers,
        }
    }

    /// Adds a header; values that cannot stand in one are left out.
    pub(crate) fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// Returns the reason, e.g. `STREAM_ENDED`.
    pub(crate) fn reason(&self) -> &str {
        self.error.reason()
    }

    /// Returns the status of HTTP.
    pub(crate) fn http(&self) -> u16 {
        status(&self.error).as_u16()
    }

    /// Says whether it refuses for the same reason, with the same values.
    pub(crate) fn is_same(&self, error: &Error) -> bool {
        self.error.reason() == error.reason() && self.error.metadata() == error.metadata()
    }

    /// Returns what stands behind `error` in the envelope, for a stream that has no envelopes.
    pub(crate) fn object(&self, info: &RequestInfo, language: Language, codec: &Codec) -> String {
        let status = status(&self.error);
        if !self.error.is(&CommonReason::StreamEnded) {
            log(&self.error, status, info);
        }
        object(&self.error, status, info, language, codec)
    }

    /// Returns the envelope alone, for an answer whose status was sent before.
    pub(crate) fn envelope(
        &self,
        info: &RequestInfo,
        language: Language,
        codec: &Codec,
        now: Timestamp,
    ) -> String {
        let status = status(&self.error);
        // That a stream ends is no failure.
        if !self.error.is(&CommonReason::StreamEnded) {
            log(&self.error, status, info);
        }
        write(&self.error, status, info, language, codec, now)
    }

    /// Writes the envelope.
    pub(crate) fn into_response(
        self,
        info: &RequestInfo,
        language: Language,
        codec: &Codec,
        now: Timestamp,
    ) -> Response<Body> {
        let error = &self.error;
        let status = status(error);
        log(error, status, info);
        let body = write(error, status, info, language, codec, now);
        let mut response = Response::new(Body::new(Full::new(Bytes::from(body))));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        write_headers(error, status, headers);
        headers.insert(
            header::CONTENT_LANGUAGE,
            HeaderValue::from_static(language.tag()),
        );
        for (name, value) in self.headers {
            headers.insert(name, value);
        }
        response
    }
}

fn status(error: &Error) -> StatusCode {
    StatusCode::from_u16(error.info().http).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Writes the envelope in the order of the contract; a map would sort its members.
fn write(
    error: &Error,
    status: StatusCode,
    info: &RequestInfo,
    language: Language,
    codec: &Codec,
    now: Timestamp,
) -> String {
    let object = object(error, status, info, language, codec);
    format!(r#"{{"success":false,"error":{object},"timestamp":"{now}"}}"#)
}

/// Writes the code, the message and the details.
fn object(
    error: &Error,
    status: StatusCode,
    info: &RequestInfo,
    language: Language,
    codec: &Codec,
) -> String {
    format!(
        r#"{{"code":{},"message":{},"details":{}}}"#,
        Value::from(error.reason()),
        Value::from(language.message(error)),
        details(error, status, codec, info),
    )
}

/// Adds the message in the caller's language to what refuses a gRPC call: the status keeps its own,
/// as gRPC's callers expect it in English.
pub(crate) fn speak(mut response: Response<Body>, language: Language) -> Response<Body> {
    let Some(status) = Status::from_header_map(response.headers()) else {
        return response;
    };
    let mut details = status.get_error_details();
    // Only what we refused ourselves has a message in other languages.
    if details.error_info().is_none() {
        return response;
    }
    let (code, message) = (status.code(), status.message().to_owned());
    let error = sv_rpc::error(status);
    details.set_localized_message(language.tag(), language.message(&error));
    let spoken = Status::with_error_details(code, message, details);
    let spoken = sv_rpc::with_detail(spoken, &error);
    // It came as headers, so it goes as headers.
    let _ = spoken.add_header(response.headers_mut());
    response
}

fn write_headers(error: &Error, status: StatusCode, headers: &mut HeaderMap) {
    let fixed = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if status == StatusCode::UNAUTHORIZED {
        // RFC 6750 3: a request without a token is not told an error code.
        let challenge = if error.is(&CommonReason::Unauthenticated) {
            "Bearer realm=\"streamverse\""
        } else {
            "Bearer realm=\"streamverse\", error=\"invalid_token\""
        };
        headers.insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static(challenge),
        );
    }
    if let Some(after) = error.retry_delay() {
        let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    }
}

/// Returns what a client can act on: the values of the message, the fields of the message that says
/// more, the fields that break rules, when to try again, and for faults of ours the id under which
/// they are logged.
fn details(error: &Error, status: StatusCode, codec: &Codec, info: &RequestInfo) -> Value {
    let mut details: Map<String, Value> = error
        .metadata()
        .iter()
        .map(|(key, value)| ((*key).to_owned(), Value::from(value.as_str())))
        .collect();
    if let Some(more) = error.detail().and_then(|detail| fields(detail, codec)) {
        details.extend(more);
    }
    if !error.violations().is_empty() {
        let violations = error.violations().iter().map(|violation| {
            json!({
                "field": violation.field,
                "rule": violation.rule,
                "description": violation.description,
            })
        });
        details.insert("violations".to_owned(), violations.collect());
    }
    if let Some(after) = error.retry_delay() {
        let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
        details.insert("retryAfterSeconds".to_owned(), seconds.max(1).into());
    }
    if status.is_server_error() {
        details.insert("requestId".to_owned(), (&*info.request_id).into());
    }
    details.into()
}

/// Returns the fields of a message as REST writes them.
fn fields(detail: &Detail, codec: &Codec) -> Option<Map<String, Value>> {
    let message = codec.message(detail.name)?;
    let mut json = Vec::new();
    codec
        .wire_to_json(message, &detail.bytes, &mut json, &WriteOptions::PLAIN)
        .ok()?;
    serde_json::from_slice(&json).ok()
}

/// Logs faults of ours once, with their causes.
fn log(error: &Error, status: StatusCode, info: &RequestInfo) {
    if !status.is_server_error() {
        return;
    }
    let mut chain = Vec::new();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        chain.push(cause.to_string());
        next = cause.source();
    }
    tracing::warn!(
        request.id = %info.request_id,
        error.reason = error.reason(),
        error.cause = chain.join(": "),
        "request failed"
    );
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self {
            error,
            headers: Vec::new(),
        }
    }
}

impl From<CommonReason> for Refusal {
    fn from(reason: CommonReason) -> Self {
        Error::from(reason).into()
    }
}
