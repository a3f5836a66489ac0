//! Which headers come back from the services, as in grpc-gateway; `metadata` is the way there.

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// Before what client and service say to each other by name.
pub(crate) const OF_SERVICE: &str = "grpc-metadata-";

/// Adds to the headers of an answer what the service sent along.
pub(crate) fn send_along(metadata: &HeaderMap, headers: &mut HeaderMap) {
    for (name, value) in metadata {
        if !name.as_str().starts_with("grpc-") && name != header::DATE {
            append(headers, &format!("{OF_SERVICE}{name}"), value);
        }
    }
}

/// Appends a header, unless its name cannot be one.
pub(crate) fn append(headers: &mut HeaderMap, name: &str, value: &HeaderValue) {
    if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
        headers.append(name, value.clone());
    }
}
