//! What asks for a WebSocket, and what is answered: by upgrade over HTTP/1 (RFC 6455 4), by CONNECT over HTTP/2
//! (RFC 8441 5).

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Version, header,
    request::Parts as Head,
};
use hyper::ext::Protocol;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tonic::body::Body;

/// The name of what is spoken, which a client may offer beside its token.
const OURS: &str = "streamverse";
/// The name before a token, which is the next that a client offers.
const BEARER: &str = "bearer";

/// A request that asks for a WebSocket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// What the client's key comes to; none over HTTP/2.
    accept: Option<String>,
    /// Which of the offered names is spoken.
    protocol: Option<&'static str>,
}

/// Why a request that asks for a WebSocket does not get one, in words for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Another version of the protocol.
    #[error("the header Sec-WebSocket-Version is not 13")]
    Version,
    /// No key, or none of 16 bytes.
    #[error("the header Sec-WebSocket-Key is not one value of 16 bytes in base64")]
    Key,
    /// A body, which the messages would stand in.
    #[error("a request for a WebSocket has no body")]
    Body,
}

impl Handshake {
    /// Says whether a request asks for a WebSocket.
    pub fn asked(head: &Head) -> bool {
        if head.version == Version::HTTP_2 {
            let protocol = head.extensions.get::<Protocol>();
            return head.method == Method::CONNECT
                && protocol.is_some_and(|protocol| protocol.as_str() == "websocket");
        }
        head.method == Method::GET
            && head.version == Version::HTTP_11
            && lists(&head.headers, &header::CONNECTION, "upgrade")
            && lists(&head.headers, &header::UPGRADE, "websocket")
    }

    /// Reads the request.
    pub fn read(head: &Head) -> Result<Self, Unfit> {
        let headers = &head.headers;
        let version = single(headers, &header::SEC_WEBSOCKET_VERSION);
        if version != Some("13") {
            return Err(Unfit::Version);
        }
        let has_body = headers.contains_key(header::TRANSFER_ENCODING)
            || single(headers, &header::CONTENT_LENGTH).is_some_and(|length| length != "0");
        if has_body {
            return Err(Unfit::Body);
        }
        let accept = if head.version == Version::HTTP_2 {
            None
        } else {
            let key = single(headers, &header::SEC_WEBSOCKET_KEY).ok_or(Unfit::Key)?;
            let bytes = BASE64_STANDARD.decode(key).map_err(|_| Unfit::Key)?;
            if bytes.len() != 16 {
                return Err(Unfit::Key);
            }
            Some(derive_accept_key(key.as_bytes()))
        };
        let offered: Vec<&str> = offers(headers).collect();
        let spoken = [OURS, BEARER];
        let protocol = spoken
            .into_iter()
            .find(|name| offered.iter().any(|offer| offer.eq_ignore_ascii_case(name)));
        Ok(Self { accept, protocol })
    }

    /// Returns the answer that begins the WebSocket.
    pub fn answer(&self) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        if let Some(protocol) = self.protocol {
            headers.insert(
                header::SEC_WEBSOCKET_PROTOCOL,
                HeaderValue::from_static(protocol),
            );
        }
        let accept = self.accept.as_deref().map(HeaderValue::from_str);
        if let Some(Ok(accept)) = accept {
            headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
            *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        }
        response
    }
}

/// Returns the token that a client shows among the protocols it offers: `bearer, <token>`, since browsers let pages
/// set no other header of a WebSocket (C19).
pub fn shown_token(headers: &HeaderMap) -> Option<&str> {
    let mut offers = offers(headers).skip_while(|offer| !offer.eq_ignore_ascii_case(BEARER));
    offers.next()?;
    offers
        .next()
        .filter(|token| !token.eq_ignore_ascii_case(OURS))
}

/// Says whether a page may open a WebSocket: one of the same host, or of a listed origin (`*`: any). What sends no
/// origin is no page. Browsers ask nobody before they open one, so it is asked here.
pub fn is_of_page(head: &Head, listed: impl Fn(&str) -> bool) -> bool {
    if !head.headers.contains_key(header::ORIGIN) {
        return true;
    }
    let Some(origin) = single(&head.headers, &header::ORIGIN) else {
        return false;
    };
    let host = head
        .uri
        .authority()
        .map(http::uri::Authority::as_str)
        .or_else(|| single(&head.headers, &header::HOST));
    let of_origin = origin.split_once("://").map(|(_, host)| host);
    let same = matches!((of_origin, host), (Some(a), Some(b)) if a.eq_ignore_ascii_case(b));
    same || listed(origin) || listed("*")
}

fn offers(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers
        .get_all(header::SEC_WEBSOCKET_PROTOCOL)
        .iter()
        .filter_map(|list| list.to_str().ok())
        .flat_map(|list| list.split(','))
        .map(str::trim)
}

fn lists(headers: &HeaderMap, name: &HeaderName, wanted: &str) -> bool {
    let values = headers.get_all(name).iter();
    values
        .filter_map(|list| list.to_str().ok())
        .flat_map(|list| list.split(','))
        .any(|one| one.trim().eq_ignore_ascii_case(wanted))
}

fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn head(headers: &[(&str, &str)]) -> Head {
        let mut request = Request::builder().uri("/x").header("host", "a.example");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    const ASKS: [(&str, &str); 4] = [
        ("connection", "keep-alive, Upgrade"),
        ("upgrade", "WebSocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];

    #[test]
    fn a_handshake_is_read_and_answered() {
        let asked = head(&ASKS);
        assert!(Handshake::asked(&asked));
        let answer = Handshake::read(&asked).unwrap().answer();
        assert_eq!(answer.status(), 101);
        // RFC 6455 1.3.
        assert_eq!(
            answer.headers()["sec-websocket-accept"],
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        );
        assert!(!answer.headers().contains_key("sec-websocket-extensions"));
        for other in [
            &ASKS[1..],
            &[ASKS[0], ASKS[2], ASKS[3]][..],
            &[("connection", "upgrade"), ("upgrade", "h2c")],
        ] {
            assert!(!Handshake::asked(&head(other)), "{other:?}");
        }
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let read = |more: &[(&str, &str)]| Handshake::read(&head(more)).unwrap_err();
        assert_eq!(read(&ASKS[..2]), Unfit::Version);
        assert_eq!(read(&ASKS[..3]), Unfit::Key);
        let short = [ASKS[2], ("sec-websocket-key", "c2hvcnQ=")];
        assert_eq!(read(&short), Unfit::Key);
        let body = [ASKS[2], ASKS[3], ("content-length", "3")];
        assert_eq!(read(&body), Unfit::Body);
    }

    #[test]
    fn a_token_stands_behind_its_name_and_is_never_said_back() {
        for (offer, token, spoken) in [
            ("bearer, a.b.c", Some("a.b.c"), Some("bearer")),
            ("Bearer,a.b.c", Some("a.b.c"), Some("bearer")),
            (
                "streamverse, bearer, a.b.c",
                Some("a.b.c"),
                Some("streamverse"),
            ),
            ("streamverse", None, Some("streamverse")),
            ("bearer", None, Some("bearer")),
            ("graphql-ws", None, None),
        ] {
            let asked = head(&[&ASKS[..], &[("sec-websocket-protocol", offer)]].concat());
            assert_eq!(shown_token(&asked.headers), token, "{offer}");
            let answer = Handshake::read(&asked).unwrap().answer();
            let said = answer.headers().get("sec-websocket-protocol");
            assert_eq!(said.map(|said| said.to_str().unwrap()), spoken, "{offer}");
        }
    }

    #[test]
    fn pages_are_of_the_host_or_listed() {
        let may = |origin: &str, listed: &str| {
            is_of_page(&head(&[("origin", origin)]), |one| one == listed)
        };
        assert!(is_of_page(&head(&[]), |_| false));
        assert!(may("https://a.example", ""));
        assert!(!may("https://b.example", ""));
        assert!(!may("null", ""));
        assert!(may("https://b.example", "https://b.example"));
        assert!(may("null", "*"));
        let two = head(&[
            ("origin", "https://a.example"),
            ("origin", "https://b.example"),
        ]);
        assert!(!is_of_page(&two, |_| true));
    }
}
