//! The fields of HTTP/2 requests, held to what [`crate::framing`] holds those of HTTP/1 to.
//!
//! h2 sees to pseudo-fields, to fields of the connection (RFC 9113 8.2.2) and to the length of the
//! body. What it leaves is here, so that no request passes over HTTP/2 that is refused over HTTP/1.

use http::{HeaderMap, HeaderValue, Method, header, request::Parts};
use hyper::ext::Protocol;

use crate::framing::{Fault, MAX_FIELDS, MAX_HEAD, Problem, is_host, length_of};

/// Judges a head.
pub(crate) fn judge(head: &Parts) -> Result<(), Fault> {
    let mut bytes = head
        .uri
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    if bytes > MAX_HEAD {
        return Err(Fault::LongTarget);
    }
    for (name, value) in &head.headers {
        bytes += name.as_str().len() + value.len() + 4;
        padding(value)?;
    }
    if head.headers.len() > MAX_FIELDS || bytes > MAX_HEAD {
        return Err(Fault::LargeFields);
    }
    target(head)?;
    host(head)?;
    match once(&head.headers, header::CONTENT_LENGTH) {
        Ok(Some(length)) => length_of(length.as_bytes()).map(drop)?,
        Ok(None) => {}
        Err(Twice) => return Err("the header Content-Length stands twice".into()),
    }
    Ok(())
}

/// Values neither begin nor end with blanks (RFC 9113 8.2.1); over HTTP/1 those are not part of them.
fn padding(value: &HeaderValue) -> Result<(), Problem> {
    let blank = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    let bytes = value.as_bytes();
    if blank(bytes.first()) || blank(bytes.last()) {
        Err("the value of a header begins or ends with a blank")
    } else {
        Ok(())
    }
}

fn target(head: &Parts) -> Result<(), Problem> {
    let web = matches!(head.uri.scheme_str(), Some("http" | "https"));
    // A WebSocket is asked for by CONNECT, with a path as any other request (RFC 8441 4).
    let tunnels = head.method == Method::CONNECT
        && head
            .extensions
            .get::<Protocol>()
            .is_none_or(|protocol| protocol.as_str() != "websocket");
    if tunnels || !web && head.uri.scheme().is_some() {
        return Err("the target is neither a path nor an address");
    }
    let target = head
        .uri
        .path_and_query()
        .map_or("", |target| target.as_str());
    if !target.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("the target holds characters that must be encoded");
    }
    let path = target.starts_with('/') || target == "*" && head.method == Method::OPTIONS;
    if path {
        Ok(())
    } else {
        Err("the target is neither a path nor an address")
    }
}

/// There is one host, in `:authority`, in the header, or alike in both (RFC 9113 8.3.1).
fn host(head: &Parts) -> Result<(), Problem> {
    let authority = head
        .uri
        .authority()
        .map(|authority| authority.as_str().as_bytes());
    let host = match once(&head.headers, header::HOST) {
        Ok(host) => host.map(HeaderValue::as_bytes),
        Err(Twice) => return Err("the header Host stands twice"),
    };
    match (authority, host) {
        (None, None) => Err("the header Host is missing"),
        (Some(authority), Some(host)) if !authority.eq_ignore_ascii_case(host) => {
            Err("the address and the header Host differ")
        }
        (Some(one), _) | (None, Some(one)) if !is_host(one) => Err("the header Host is no host"),
        _ => Ok(()),
    }
}

/// A field that may stand once stands twice.
struct Twice;

fn once(headers: &HeaderMap, name: header::HeaderName) -> Result<Option<&HeaderValue>, Twice> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        _ => Err(Twice),
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn judged(method: &str, uri: &str, headers: &[(&str, &str)]) -> Result<(), Fault> {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        judge(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn plain_requests_pass() {
        for (method, uri) in [("GET", "http://a/b?c=d"), ("OPTIONS", "https://a:443/")] {
            assert_eq!(judged(method, uri, &[("x", "y z")]), Ok(()), "{uri}");
        }
        assert_eq!(judged("GET", "http://a/", &[("host", "A")]), Ok(()));
        assert_eq!(
            judged("POST", "/b", &[("host", "a"), ("content-length", "5")]),
            Ok(())
        );
    }

    #[test]
    fn what_http1_refuses_is_refused() {
        for (uri, headers) in [
            ("/", &[][..]),
            ("/", &[("host", "a/b")]),
            ("/", &[("host", "a, b")]),
            ("/", &[("host", "a"), ("host", "a")]),
            ("http://a/", &[("host", "b")]),
            ("http://user@a/", &[]),
            ("ftp://a/", &[]),
            ("http://a/", &[("x", " padded")]),
            ("http://a/", &[("x", "padded\t")]),
            ("http://a/", &[("content-length", "+5")]),
            ("http://a/", &[("content-length", "5, 5")]),
            ("http://a/", &[("content-length", "99999999999999999999")]),
            (
                "http://a/",
                &[("content-length", "5"), ("content-length", "5")],
            ),
        ] {
            let result = judged("GET", uri, headers);
            assert!(
                matches!(result, Err(Fault::Malformed(_))),
                "{uri} {headers:?}: {result:?}"
            );
        }
        assert!(judged("CONNECT", "a:80", &[]).is_err());
        assert!(judged("CONNECT", "http://a/b", &[]).is_err());
        assert!(judged("GET", "http://a/\u{e9}", &[]).is_err());
    }

    #[test]
    fn heads_beyond_their_size_are_told_apart() {
        let long = "y".repeat(MAX_HEAD);
        assert_eq!(
            judged("GET", "http://a/", &[("x", &long)]),
            Err(Fault::LargeFields)
        );
        let many = [("x", "y"); MAX_FIELDS + 1];
        assert_eq!(judged("GET", "http://a/", &many), Err(Fault::LargeFields));
    }
}
