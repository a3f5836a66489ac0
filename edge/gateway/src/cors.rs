//! Which pages of other origins may call and read answers (<https://fetch.spec.whatwg.org/#http-cors-protocol>).
//! Cookies and the like are never allowed along, so what may be asked for need not be listed.

use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header,
    request::Parts as Head,
};
use tonic::body::Body;

/// How long a browser remembers an answer, in seconds.
const MAX_AGE: &str = "7200";

/// Answers a browser that asks before it calls; `None` where the request is no such question.
pub(crate) fn preflight(origins: &[String], head: &Head) -> Option<Response<Body>> {
    let wanted = head.headers.get(header::ACCESS_CONTROL_REQUEST_METHOD)?;
    if origins.is_empty()
        || head.method != Method::OPTIONS
        || !head.headers.contains_key(header::ORIGIN)
    {
        return None;
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    if allowed(origins, &head.headers).is_some() {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, wanted.clone());
        if let Some(names) = head.headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
        }
        set(headers, header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    }
    Some(response)
}

/// Says on an answer whether the page may read it.
pub(crate) fn write(origins: &[String], asked: &HeaderMap, headers: &mut HeaderMap) {
    if origins.is_empty() {
        return;
    }
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = allowed(origins, asked) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        set(headers, header::ACCESS_CONTROL_EXPOSE_HEADERS, "*");
    }
}

/// Returns the request's origin, as it may be allowed.
fn allowed(origins: &[String], asked: &HeaderMap) -> Option<HeaderValue> {
    let mut values = asked.get_all(header::ORIGIN).iter();
    // A page has one origin.
    let (Some(origin), None) = (values.next(), values.next()) else {
        return None;
    };
    if origins.iter().any(|one| one == "*") {
        return Some(HeaderValue::from_static("*"));
    }
    let is_listed = origins
        .iter()
        .any(|one| one.as_bytes() == origin.as_bytes());
    is_listed.then(|| origin.clone())
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}
