//! Which headers go on to the services, as in grpc-gateway; `headers` is the way back.

use std::{net::IpAddr, time::Duration};

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts};

use crate::{
    failure::Failure,
    headers::{OF_SERVICE, append},
};

/// Before the headers of HTTP that a service may want to know.
const OF_HTTP: &str = "grpcgateway-";
/// How long the caller waits.
pub(crate) const TIMEOUT: &str = "grpc-timeout";

/// Headers of HTTP that a service is told of, under another name.
const TOLD: [&str; 22] = [
    "accept",
    "accept-charset",
    "accept-language",
    "accept-ranges",
    "authorization",
    "cache-control",
    "content-type",
    "cookie",
    "date",
    "expect",
    "from",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-schedule-tag-match",
    "if-unmodified-since",
    "max-forwards",
    "origin",
    "pragma",
    "referer",
    "user-agent",
    "via",
];

/// Names that the protocol has for itself.
const RESERVED: [&str; 9] = [
    "connection",
    "content-length",
    "content-type",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// How bytes stand in headers.
pub(crate) const BINARY: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Returns the metadata of a call.
pub(crate) fn request(head: &Parts, client: IpAddr) -> Result<HeaderMap, Failure> {
    let headers = &head.headers;
    let mut metadata = HeaderMap::with_capacity(8);
    for (name, value) in headers {
        if name == header::AUTHORIZATION {
            metadata.append(name.clone(), value.clone());
        }
        if TOLD.contains(&name.as_str()) {
            append(&mut metadata, &format!("{OF_HTTP}{name}"), value);
        }
        let Some(told) = name.as_str().strip_prefix(OF_SERVICE) else {
            continue;
        };
        // There is one token, the one that was looked at.
        let is_second = told == "authorization" && headers.contains_key(header::AUTHORIZATION);
        if is_ours(told) || is_second || is_reserved(told) {
            continue;
        }
        if told.ends_with("-bin") && BINARY.decode(value.as_bytes()).is_err() {
            return Err(Failure::invalid(format!("invalid binary header {name}")));
        }
        append(&mut metadata, told, value);
    }
    tell_way(head, client, &mut metadata);
    Ok(metadata)
}

/// Says whether a name is one by which the gateway itself tells of the caller: nobody else does.
pub(crate) fn is_ours(name: &str) -> bool {
    name.starts_with(OF_HTTP) || name.starts_with("x-forwarded-")
}

/// Tells by which way a request has come: the host that was asked, and the addresses, the client's last.
pub(crate) fn tell_way(head: &Parts, client: IpAddr, metadata: &mut HeaderMap) {
    let headers = &head.headers;
    let host = headers
        .get("x-forwarded-host")
        .or_else(|| headers.get(header::HOST));
    let authority = head
        .uri
        .authority()
        .and_then(|all| HeaderValue::from_str(all.as_str()).ok());
    if let Some(host) = host.cloned().or(authority) {
        append(metadata, "x-forwarded-host", &host);
    }
    let before = headers.get_all("x-forwarded-for").iter();
    let mut way: Vec<String> = before
        .filter_map(|value| value.to_str().ok().map(str::to_owned))
        .collect();
    way.push(client.to_canonical().to_string());
    if let Ok(way) = HeaderValue::from_str(&way.join(", ")) {
        append(metadata, "x-forwarded-for", &way);
    }
}

/// Returns how long the caller waits, if the request says so.
pub(crate) fn timeout(headers: &HeaderMap) -> Result<Option<Duration>, Failure> {
    let Some(value) = headers.get(TIMEOUT) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    match read_timeout(text) {
        Some(timeout) => Ok(Some(timeout)),
        None => Err(Failure::invalid(format!("invalid grpc-timeout: {text:?}"))),
    }
}

/// Tells a service how long its caller waits.
pub(crate) fn tell_timeout(timeout: Duration, metadata: &mut HeaderMap) {
    let mut request = tonic::Request::new(());
    request.set_timeout(timeout);
    let told = request.into_parts().0.into_headers();
    if let Some(value) = told.get(TIMEOUT) {
        metadata.insert(TIMEOUT, value.clone());
    }
}

/// Reads one to eight digits and a unit.
fn read_timeout(text: &str) -> Option<Duration> {
    let unit = text.chars().next_back()?;
    let digits = text.strip_suffix(unit)?;
    if !(1..=8).contains(&digits.len()) || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let count: u64 = digits.parse().ok()?;
    Some(match unit {
        'H' => Duration::from_secs(count * 3_600),
        'M' => Duration::from_secs(count * 60),
        'S' => Duration::from_secs(count),
        'm' => Duration::from_millis(count),
        'u' => Duration::from_micros(count),
        'n' => Duration::from_nanos(count),
        _ => return None,
    })
}

/// Says whether a name may not be given by a client.
fn is_reserved(name: &str) -> bool {
    name.is_empty() || name.starts_with("grpc-") || RESERVED.contains(&name)
}

/// Says whether a header belongs to one connection only (RFC 9110 7.6.1).
pub(crate) fn is_of_connection(name: &HeaderName) -> bool {
    let name = name.as_str();
    name != "te" && name != "content-type" && RESERVED.contains(&name) || name == "proxy-connection"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(headers: &[(&str, &str)]) -> Result<HeaderMap, Failure> {
        let mut request = http::Request::builder().uri("/v1/shelves");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        super::request(
            &request.body(()).unwrap().into_parts().0,
            [10, 0, 0, 1].into(),
        )
    }

    #[test]
    fn services_get_what_grpc_gateway_hands_them_and_nothing_else() {
        let got = metadata(&[
            ("authorization", "Bearer x"),
            ("accept-language", "fi"),
            ("grpc-metadata-tenant", "t1"),
            ("grpc-metadata-grpc-timeout", "1S"),
            ("grpc-metadata-te", "x"),
            ("grpc-metadata-authorization", "Bearer y"),
            ("grpc-metadata-x-forwarded-for", "192.0.2.9"),
            ("grpc-metadata-grpcgateway-authorization", "Bearer y"),
            ("grpc-metadata-trace-bin", "AAE="),
            ("x-forwarded-for", "192.0.2.1"),
            ("x-private", "no"),
            ("host", "api.example.com"),
        ])
        .unwrap();
        assert_eq!(got["authorization"], "Bearer x");
        assert_eq!(got["grpcgateway-authorization"], "Bearer x");
        assert_eq!(got["grpcgateway-accept-language"], "fi");
        assert_eq!(got["tenant"], "t1");
        assert_eq!(got["trace-bin"], "AAE=");
        assert_eq!(got["x-forwarded-for"], "192.0.2.1, 10.0.0.1");
        assert_eq!(got["x-forwarded-host"], "api.example.com");
        assert_eq!(got.len(), 7);
        assert!(metadata(&[("grpc-metadata-x-bin", "*")]).is_err());
    }

    #[test]
    fn timeouts_are_digits_and_a_unit() {
        assert_eq!(read_timeout("5S"), Some(Duration::from_secs(5)));
        assert_eq!(read_timeout("100m"), Some(Duration::from_millis(100)));
        for bad in ["", "S", "5", "5s", "-5S", "123456789S", "1.5S", "5é"] {
            assert_eq!(read_timeout(bad), None, "{bad}");
        }
    }
}
