//! Web pages of other origins (EDGE-9, E5). Tokens travel in a header, never in cookies, so no
//! credentials are ever allowed.

use std::collections::{BTreeSet, HashSet};

use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header, request::Parts,
};
use tonic::body::Body;

use crate::{options::CorsOptions, request_info::single};

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
/// What pages may send with any call.
const REQUEST_HEADERS: &str = "authorization, content-type, accept, accept-language, \
    idempotency-key, if-match, if-none-match, last-event-id, range, traceparent, x-client-platform, \
    x-device-id, x-profile-id, x-request-id, x-grpc-web, x-user-agent, grpc-timeout";
/// What pages may read of any answer.
const RESPONSE_HEADERS: &str = "etag, location, retry-after, content-range, accept-ranges, \
    x-request-id, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, grpc-status, \
    grpc-message, grpc-status-details-bin";

/// The origins that may call.
#[derive(Debug)]
pub(crate) struct Cors {
    any: bool,
    origins: HashSet<String>,
    request_headers: HeaderValue,
    response_headers: HeaderValue,
}

impl Cors {
    /// Lets the listed origins send and read what any call has, and the headers that `methods` have beside.
    pub(crate) fn new(options: &CorsOptions, methods: &[sv_rest::Method]) -> Self {
        let sent = methods.iter().flat_map(|method| &method.request_headers);
        let read = methods.iter().flat_map(|method| &method.headers);
        Self {
            request_headers: joined(REQUEST_HEADERS, sent),
            response_headers: joined(RESPONSE_HEADERS, read),
            any: options.origins.iter().any(|origin| origin == "*"),
            origins: options.origins.iter().cloned().collect(),
        }
    }

    /// Answers the question that a browser asks before the request itself; [`Cors::write`] adds what
    /// every answer says.
    pub(crate) fn preflight(&self, request: &Parts) -> Option<Response<Body>> {
        let asks = request.method == Method::OPTIONS
            && request.headers.contains_key(header::ORIGIN)
            && request
                .headers
                .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        if !asks {
            return None;
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        if self.allows(&request.headers) {
            set(headers, header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
            headers.insert(
                header::ACCESS_CONTROL_ALLOW_HEADERS,
                self.request_headers.clone(),
            );
            set(headers, header::ACCESS_CONTROL_MAX_AGE, "7200");
        }
        Some(response)
    }

    /// Says on an answer whether the page may read it.
    pub(crate) fn write(&self, request: &HeaderMap, response: &mut HeaderMap) {
        if self.any {
            set(response, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        } else if !self.origins.is_empty() {
            response.append(header::VARY, HeaderValue::from_static("origin"));
            if let Some(origin) = request.get(header::ORIGIN).filter(|_| self.allows(request)) {
                response.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            }
        }
        if self.allows(request) {
            response.insert(
                header::ACCESS_CONTROL_EXPOSE_HEADERS,
                self.response_headers.clone(),
            );
        }
    }

    fn allows(&self, request: &HeaderMap) -> bool {
        // A page has one origin.
        let Some(origin) = single(request, header::ORIGIN.as_str()) else {
            return false;
        };
        self.lists(origin)
    }

    /// Says whether an origin is among those that may call.
    pub(crate) fn lists(&self, origin: &str) -> bool {
        self.any || self.origins.contains(origin)
    }
}

/// Adds names to a list, each once. All of them are tokens, so the list is a header's value.
fn joined<'n>(list: &'static str, names: impl Iterator<Item = &'n String>) -> HeaderValue {
    let known: BTreeSet<&str> = list.split(", ").collect();
    let more: BTreeSet<&str> = names.map(String::as_str).collect();
    let more = more.difference(&known);
    let all = more.fold(list.to_owned(), |list, name| format!("{list}, {name}"));
    HeaderValue::try_from(all).unwrap_or(HeaderValue::from_static(list))
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http::Request;
    use sv_rest::{Plan, codec::Codec};

    use super::*;

    fn cors(origins: &[&str]) -> Cors {
        let options = CorsOptions {
            origins: origins.iter().map(|&origin| origin.to_owned()).collect(),
        };
        let pool = sv_rpc::our_pool();
        let codec = Codec::compile(pool).unwrap();
        let plan = Plan::compile(pool, Arc::new(codec)).unwrap();
        Cors::new(&options, plan.methods())
    }

    fn ask(cors: &Cors, origin: &str) -> HeaderMap {
        let request = Request::builder()
            .method("OPTIONS")
            .header("origin", origin)
            .header("access-control-request-method", "PUT")
            .body(())
            .unwrap()
            .into_parts()
            .0;
        let response = cors.preflight(&request).unwrap();
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
        let mut headers = response.headers().clone();
        cors.write(&request.headers, &mut headers);
        assert!(headers.get_all("vary").iter().count() < 2);
        headers
    }

    #[test]
    fn listed_origins_are_allowed_and_others_are_not() {
        let cors = cors(&["https://app.example.com"]);
        let good = ask(&cors, "https://app.example.com");
        assert_eq!(
            good["access-control-allow-origin"],
            "https://app.example.com"
        );
        assert!(good.contains_key("access-control-allow-methods"));
        assert_eq!(good["vary"], "origin");
        for bad in [
            "https://evil.example",
            "null",
            "https://app.example.com.evil.example",
        ] {
            let headers = ask(&cors, bad);
            assert!(
                !headers.contains_key("access-control-allow-origin"),
                "{bad}"
            );
            assert!(
                !headers.contains_key("access-control-allow-methods"),
                "{bad}"
            );
        }
    }

    #[test]
    fn pages_send_and_read_what_the_protos_name() {
        let headers = ask(&cors(&["*"]), "https://any.example");
        let listed = |name: &str, of: &str| {
            let list = headers[name].to_str().unwrap();
            list.split(", ").filter(|listed| *listed == of).count()
        };
        for sent in ["authorization", "range", "upload-offset", "tus-resumable"] {
            assert_eq!(listed("access-control-allow-headers", sent), 1, "{sent}");
        }
        for read in ["etag", "content-range", "upload-offset", "tus-version"] {
            assert_eq!(listed("access-control-expose-headers", read), 1, "{read}");
        }
    }

    #[test]
    fn credentials_are_never_allowed() {
        // E5.
        let any = ask(&cors(&["*"]), "https://any.example");
        assert_eq!(any["access-control-allow-origin"], "*");
        assert!(!any.contains_key("access-control-allow-credentials"));
    }

    #[test]
    fn two_origins_are_none() {
        let cors = cors(&["https://app.example.com"]);
        let mut request = HeaderMap::new();
        for origin in ["https://app.example.com", "https://evil.example"] {
            request.append("origin", origin.parse().unwrap());
        }
        let mut answer = HeaderMap::new();
        cors.write(&request, &mut answer);
        assert!(!answer.contains_key("access-control-allow-origin"));
    }

    #[test]
    fn what_is_no_question_is_no_preflight() {
        let request = Request::builder().method("OPTIONS").body(()).unwrap();
        assert!(cors(&["*"]).preflight(&request.into_parts().0).is_none());
    }
}
