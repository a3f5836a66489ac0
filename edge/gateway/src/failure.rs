//! What goes wrong, as grpc-gateway says it: the status of HTTP that belongs to the code, and a
//! `google.rpc.Status` in JSON.

use std::{error::Error, iter};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use prost::Message as _;
use prost_types::Any;
use sv_rest::{BindError, codec::WireError, route::RouteError};
use sv_streams::{Fault, Syntax};
use tonic::{Code, Status, body::Body};
use tonic_types::pb::ErrorInfo;

use crate::{headers::send_along, refused::is_refused, table::Table};

/// Whose the reasons are that the gateway gives for itself.
const DOMAIN: &str = "gateway.streamverse";
/// How tonic begins to say that a message is larger than it may be.
const TOO_LARGE: &str = "Error, decoded message length too large";
/// How tonic begins to say so of one that was packed.
const TOO_LARGE_UNPACKED: &str = "Error decompressing: size limit";
/// How tonic says that the time of a call is over.
const TIME_IS_OVER: &str = "Timeout expired";

/// What operators are told of a service that refuses calls unseen.
pub(crate) const REFUSES: &str =
    "a service refused a call without looking at it: it takes no more at once";

/// A call that failed.
#[derive(Debug)]
pub(crate) struct Failure {
    http: StatusCode,
    code: Code,
    message: String,
    details: Vec<Any>,
    /// What the service sent along.
    metadata: Box<HeaderMap>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// Whether it is this process that goes.
    leaves: bool,
}

impl Failure {
    /// Makes a failure of the gateway's own.
    pub(crate) fn new(http: StatusCode, code: Code, message: impl Into<String>) -> Self {
        Self {
            http,
            code,
            message: message.into(),
            details: Vec::new(),
            metadata: Box::default(),
            headers: Vec::new(),
            leaves: false,
        }
    }

    /// Makes the failure of a request that says something wrong.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Code::InvalidArgument, message)
    }

    /// Makes the failure of a body that is too large.
    pub(crate) fn too_large(limit: usize) -> Self {
        let message = format!("the body is larger than {limit} bytes");
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            Code::ResourceExhausted,
            message,
        )
    }

    /// Makes the failure of what is too much at the moment.
    pub(crate) fn crowded(message: &str) -> Self {
        let unavailable = StatusCode::SERVICE_UNAVAILABLE;
        Self::new(unavailable, Code::Unavailable, message)
            .with(header::RETRY_AFTER, HeaderValue::from_static("1"))
    }

    /// Makes the failure of one stream more than a caller may have.
    pub(crate) fn too_many_streams(most: usize) -> Self {
        let message =
            format!("{most} streams of this caller are open, and no more may be; end one of them");
        Self::exhausted(message).because("TOO_MANY_STREAMS", Some(most))
    }

    /// Makes the failure of one call more than a caller may have at one service.
    pub(crate) fn too_many_streams_at_one(most: usize) -> Self {
        let message = format!(
            "{most} calls of this caller are under way at this service, streams and untaken answers among them, and no \
             more may be; wait for one of them, end one, or take its answer"
        );
        Self::exhausted(message).because("TOO_MANY_STREAMS_AT_SERVICE", Some(most))
    }

    /// Makes the failure of a call that a service refused twice without looking at it.
    pub(crate) fn busy() -> Self {
        let message =
            "the service is busy and has done nothing with the call; make it again in a moment";
        Self::crowded(message).because("SERVICE_BUSY", None)
    }

    fn exhausted(message: String) -> Self {
        let code = Code::ResourceExhausted;
        Self::new(http_of(code), code, message)
    }

    /// Says the reason to programs, with the bound that was reached.
    fn because(mut self, reason: &str, limit: Option<usize>) -> Self {
        let limit = limit.map(|limit| ("limit".to_owned(), limit.to_string()));
        let info = ErrorInfo {
            reason: reason.to_owned(),
            domain: DOMAIN.to_owned(),
            metadata: limit.into_iter().collect(),
        };
        self.details.push(Any {
            type_url: "type.googleapis.com/google.rpc.ErrorInfo".to_owned(),
            value: info.encode_to_vec(),
        });
        self
    }

    /// Makes the failure of a body of another type.
    pub(crate) fn media_type(message: &str) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Code::InvalidArgument,
            message,
        )
    }

    /// Makes the failure of a call whose time is over.
    pub(crate) fn time_is_over() -> Self {
        let code = Code::DeadlineExceeded;
        Self::new(http_of(code), code, "the deadline of the call has passed")
    }

    /// Says whether there is nothing at the address.
    pub(crate) fn is_not_found(&self) -> bool {
        self.http == StatusCode::NOT_FOUND
    }

    /// Makes the failure of a stream that ends because this process goes.
    pub(crate) fn leaving() -> Self {
        let code = Code::Unavailable;
        Self {
            leaves: true,
            ..Self::new(
                http_of(code),
                code,
                "the gateway is about to go; open the stream again",
            )
        }
    }

    /// Returns the code of the close frame of a WebSocket that fails so: 4000 and the status of HTTP.
    pub(crate) fn close_code(&self) -> u16 {
        if self.leaves {
            1001
        } else {
            4000 + self.http.as_u16()
        }
    }

    /// Returns the name of the code, e.g. `NOT_FOUND`.
    pub(crate) fn name(&self) -> String {
        let mut name = String::new();
        for letter in format!("{:?}", self.code).chars() {
            if letter.is_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.push(letter.to_ascii_uppercase());
        }
        name
    }

    /// Says whether the body is of a type that is not taken.
    pub(crate) fn is_of_type(&self) -> bool {
        self.http == StatusCode::UNSUPPORTED_MEDIA_TYPE
    }

    /// Says before the message where it happened.
    pub(crate) fn behind(mut self, place: &str) -> Self {
        self.message.insert_str(0, place);
        self
    }

    /// Adds a header to the answer.
    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Writes the status as JSON.
    pub(crate) fn json(&self, table: &Table) -> Vec<u8> {
        let message = serde_json::Value::from(self.message.as_str());
        let mut out = format!(
            r#"{{"code":{},"message":{message},"details":["#,
            self.code as i32
        )
        .into_bytes();
        for (index, detail) in self.details.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            write_detail(table, detail, &mut out);
        }
        out.extend_from_slice(b"]}");
        out
    }

    /// Writes the answer.
    pub(crate) fn respond(self, table: &Table) -> Response<Body> {
        let json = self.json(table);
        self.respond_with(json)
    }

    /// Writes the answer of a stream that has not begun.
    pub(crate) fn respond_framed(self, table: &Table) -> Response<Body> {
        let line = self.line(table);
        self.respond_with(line)
    }

    /// Returns the last line of a stream.
    pub(crate) fn line(&self, table: &Table) -> Vec<u8> {
        [&br#"{"error":"#[..], &self.json(table), b"}\n"].concat()
    }

    fn respond_with(self, json: Vec<u8>) -> Response<Body> {
        let mut response = Response::new(Body::new(Full::new(Bytes::from(json))));
        *response.status_mut() = self.http;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        send_along(&self.metadata, headers);
        headers.extend(
            self.headers
                .into_iter()
                .map(|(name, value)| (Some(name), value)),
        );
        response
    }

    /// Writes the answer to a gRPC call.
    pub(crate) fn respond_grpc(self) -> Response<Body> {
        self.status().into_http()
    }

    /// Returns what gRPC says of it.
    pub(crate) fn status(self) -> Status {
        if self.details.is_empty() {
            return Status::new(self.code, self.message);
        }
        let whole = tonic_types::Status {
            code: self.code as i32,
            message: self.message.clone(),
            details: self.details,
        };
        Status::with_details(self.code, self.message, whole.encode_to_vec().into())
    }
}

/// Tells the operator which service could not be reached, and why: tonic's own words, which name addresses and system
/// calls, are not for callers.
pub(crate) fn log_unreachable(upstream: &str, status: &Status) {
    if is_refused(status) {
        tracing::warn!(upstream, "{REFUSES}");
    } else if status.source().is_some() && status.message() != TIME_IS_OVER {
        let cause = causes(status);
        tracing::warn!(upstream, cause, "a service could not be reached");
    }
}

/// Returns what went wrong, and what did before that made it so.
pub(crate) fn causes(failure: &(dyn Error + 'static)) -> String {
    let all = iter::successors(Some(failure), |&cause| cause.source());
    all.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        let (code, message) = match (status.code(), status.message()) {
            (Code::OutOfRange | Code::ResourceExhausted, message)
                if message.starts_with(TOO_LARGE) || message.starts_with(TOO_LARGE_UNPACKED) =>
            {
                (
                    Code::Internal,
                    "the answer is larger than this gateway takes".to_owned(),
                )
            }
            (Code::Cancelled, TIME_IS_OVER) => return Self::time_is_over(),
            _ if is_refused(&status) => return Self::busy(),
            // What tonic makes of a broken connection names addresses and system calls; `log_unreachable` told it.
            (Code::Internal, _) if status.source().is_some() => {
                (Code::Internal, "the service broke the call off".to_owned())
            }
            (_, _) if status.source().is_some() => (
                Code::Unavailable,
                "the service cannot be reached".to_owned(),
            ),
            (code, message) => (code, message.to_owned()),
        };
        let details = tonic_types::Status::decode(status.details());
        Self {
            http: http_of(code),
            code,
            message,
            details: details.map(|status| status.details).unwrap_or_default(),
            metadata: Box::new(status.metadata().clone().into_headers()),
            headers: Vec::new(),
            leaves: false,
        }
    }
}

impl From<RouteError> for Failure {
    fn from(error: RouteError) -> Self {
        match error {
            RouteError::NotFound => not_found(),
            RouteError::Invalid { problem } => Self::invalid(format!("path: {problem}")),
            RouteError::MethodNotAllowed { allow } => {
                let failure = Self::new(
                    StatusCode::METHOD_NOT_ALLOWED,
                    Code::Unimplemented,
                    "Method Not Allowed",
                );
                match HeaderValue::from_str(&allow.join(", ")) {
                    Ok(allow) => failure.with(header::ALLOW, allow),
                    Err(_) => failure,
                }
            }
        }
    }
}

impl From<BindError> for Failure {
    fn from(error: BindError) -> Self {
        match error {
            BindError::MediaType => Self::media_type("the body is not JSON"),
            error => Self::invalid(error.to_string()),
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Syntax(Syntax::TooLarge { limit, .. }) => Self::too_large(limit),
            Fault::Syntax(problem) => Self::invalid(format!("body: {problem}")),
            Fault::BrokeOff { .. } => Self::invalid(fault.to_string()),
            Fault::Crowded => Self::crowded(&fault.to_string()),
        }
    }
}

impl From<WireError> for Failure {
    fn from(error: WireError) -> Self {
        tracing::warn!(%error, "an answer cannot be written as JSON");
        let message = format!("the answer cannot be written as JSON: {error}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, message)
    }
}

impl From<sv_listen::Fault> for Failure {
    fn from(fault: sv_listen::Fault) -> Self {
        use sv_listen::Fault;
        let (http, message) = match fault {
            Fault::Malformed(problem) => (StatusCode::BAD_REQUEST, problem),
            Fault::LongTarget => (StatusCode::URI_TOO_LONG, "the address is too long"),
            Fault::LargeFields => (
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "the headers are too large",
            ),
        };
        Self::new(http, Code::InvalidArgument, message)
    }
}

/// Makes the failure of a path that nobody serves.
pub(crate) fn not_found() -> Failure {
    Failure::new(StatusCode::NOT_FOUND, Code::NotFound, "Not Found")
}

/// Returns the status of HTTP that belongs to a code (google/rpc/code.proto).
const fn http_of(code: Code) -> StatusCode {
    match code {
        Code::Ok => StatusCode::OK,
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => {
            StatusCode::BAD_REQUEST
        }
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Cancelled => client_closed(),
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        Code::Unknown | Code::Internal | Code::DataLoss => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// 499, which has no name in the standard.
const fn client_closed() -> StatusCode {
    match StatusCode::from_u16(499) {
        Ok(status) => status,
        Err(_) => StatusCode::BAD_REQUEST,
    }
}

/// Writes a detail; one of a type that the set does not know keeps its bytes in base64.
fn write_detail(table: &Table, detail: &Any, out: &mut Vec<u8>) {
    let codec = table.plan.codec();
    let written = codec.message("google.protobuf.Any").is_some_and(|any| {
        codec
            .wire_to_json(any, &detail.encode_to_vec(), out, &table.write)
            .is_ok()
    });
    if !written {
        let unknown = serde_json::json!({
            "@type": detail.type_url,
            "value": BASE64_STANDARD.encode(&detail.value),
        });
        out.extend_from_slice(unknown.to_string().as_bytes());
    }
}
