//! What a request speaks.

use http::{HeaderMap, HeaderValue, header};

/// What a request speaks, by its content type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// gRPC over HTTP/2.
    Grpc,
    /// gRPC-Web, of browsers.
    GrpcWeb,
    /// Anything else.
    Rest,
}

impl Protocol {
    /// Reads it from a request's headers.
    pub fn of(headers: &HeaderMap) -> Self {
        let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
        // Media types know no case (RFC 9110 8.3.1).
        let begins = |with: &[u8]| {
            kind.and_then(|kind| kind.get(..with.len()))
                .is_some_and(|start| start.eq_ignore_ascii_case(with))
        };
        if begins(b"application/grpc-web") {
            Self::GrpcWeb
        } else if begins(b"application/grpc") {
            Self::Grpc
        } else {
            Self::Rest
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_type_of_grpc_is_known_in_any_case() {
        let of = |kind: &'static str| {
            let kind = (header::CONTENT_TYPE, HeaderValue::from_static(kind));
            Protocol::of(&HeaderMap::from_iter([kind]))
        };
        assert_eq!(of("application/grpc+proto"), Protocol::Grpc);
        assert_eq!(of("Application/GRPC-Web-text"), Protocol::GrpcWeb);
        assert_eq!(of("application/json"), Protocol::Rest);
        assert_eq!(Protocol::of(&HeaderMap::new()), Protocol::Rest);
    }
}
