//! `google.api.HttpBody`: an answer that is bytes of any type.

use crate::bind::wire;
use crate::codec::WireError;

/// An answer that is not JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpBody {
    /// The header `Content-Type`; may be empty.
    pub content_type: String,
    /// The body.
    pub data: Vec<u8>,
}

impl HttpBody {
    /// The full name of the message.
    pub const NAME: &'static str = "google.api.HttpBody";

    /// Reads the message's bytes.
    pub fn read(bytes: &[u8]) -> Result<Self, WireError> {
        let named = |problem| WireError::malformed(problem, Self::NAME);
        let mut body = Self::default();
        for field in wire::fields(bytes) {
            let field = field.map_err(|error| named(error.problem))?;
            match (field.number, field.wire_type) {
                (1, 2) => {
                    body.content_type = String::from_utf8(field.value.to_vec())
                        .map_err(|_| named("text that is not UTF-8"))?;
                }
                (2, 2) => body.data = field.value.to_vec(),
                _ => {}
            }
        }
        Ok(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_and_data_are_read_and_the_rest_is_skipped() {
        let mut bytes = wire::bytes_field(1, b"text/css");
        bytes.extend(wire::bytes_field(3, b"extension"));
        bytes.extend(wire::bytes_field(2, b"a{}"));
        let body = HttpBody::read(&bytes).unwrap();
        assert_eq!(body.content_type, "text/css");
        assert_eq!(body.data, b"a{}");
        assert!(HttpBody::read(&bytes[..bytes.len() - 1]).is_err());
    }
}
