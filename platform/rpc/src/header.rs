//! Headers that are read the same way wherever they are, and refused where they cannot be.

use http::{HeaderMap, HeaderName};
use sv_kernel::{Error, Result};
use sv_proto::common::CommonReason;

/// Returns a header that may stand at most once.
pub(crate) fn text<'h>(headers: &'h HeaderMap, name: &'static str) -> Result<Option<&'h str>> {
    let mut values = headers.get_all(HeaderName::from_static(name)).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value
            .to_str()
            .map(Some)
            .map_err(|_| unusable(name, "it holds more than visible ASCII")),
        (Some(_), Some(_)) => Err(unusable(name, "it stands twice")),
    }
}

/// Refuses a header, and says what is wrong with it.
pub(crate) fn unusable(header: &'static str, problem: impl std::fmt::Display) -> Error {
    Error::from(CommonReason::HeaderInvalid)
        .with("header", header)
        .with("problem", problem)
}
