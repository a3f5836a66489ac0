//! What the service tells of a request.

use http::HeaderMap;
use prost::Name;
use prost_types::Any;

use crate::pb::{Header, conformance_payload::RequestInfo};

/// Tells of a request's head, and of its messages.
pub(super) fn of(headers: &HeaderMap, requests: Vec<Any>) -> RequestInfo {
    let request_headers = headers.keys().map(|name| {
        let values = headers.get_all(name).iter();
        Header {
            name: name.as_str().to_owned(),
            value: values
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                .collect(),
        }
    });
    RequestInfo {
        request_headers: request_headers.collect(),
        timeout_ms: timeout_ms(headers),
        requests,
        connect_get_info: None,
    }
}

/// Packs a message.
pub(super) fn any(message: &impl Name) -> Any {
    Any {
        type_url: type_url(message),
        value: message.encode_to_vec(),
    }
}

fn type_url<M: Name>(_: &M) -> String {
    M::type_url()
}

/// Reads `grpc-timeout`.
fn timeout_ms(headers: &HeaderMap) -> Option<i64> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let n: i64 = digits.parse().ok()?;
    Some(match unit {
        "H" => n * 3_600_000,
        "M" => n * 60_000,
        "S" => n * 1_000,
        "m" => n,
        "u" => n / 1_000,
        "n" => n / 1_000_000,
        _ => return None,
    })
}
