//! The body of a request: JSON, or bytes for `google.api.HttpBody`.

use super::{BindError, wire};
use crate::codec::{Codec, JsonError, MessageId, ReadOptions};

/// What a binding does with the body.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// There is none.
    None,
    /// It is the whole request.
    Whole(MessageId),
    /// It is one field of the request.
    Field { message: MessageId, number: u32 },
    /// It is the whole request, a `google.api.HttpBody`.
    RawWhole,
    /// It is one field of the request, a `google.api.HttpBody`.
    RawField { number: u32 },
}

impl Body {
    /// Refuses a body that is not JSON where JSON is read.
    pub(crate) fn check_type(
        &self,
        content_type: Option<&str>,
        body: &[u8],
    ) -> Result<(), BindError> {
        let takes_anything = matches!(self, Self::RawWhole | Self::RawField { .. });
        if takes_anything || body.is_empty() || content_type.is_none_or(is_json) {
            Ok(())
        } else {
            Err(BindError::MediaType)
        }
    }

    /// Appends the wire form of the body to `out`, and returns the paths that the JSON named
    /// where `options` ask for them.
    pub(crate) fn write(
        &self,
        codec: &Codec,
        content_type: Option<&str>,
        body: &[u8],
        out: &mut Vec<u8>,
        options: ReadOptions,
    ) -> Result<Vec<String>, BindError> {
        let seen = match self {
            Self::None => {
                if !options.ignore_unknown {
                    refuse_content(body)?;
                }
                return Ok(Vec::new());
            }
            Self::RawWhole => {
                out.extend_from_slice(&http_body(content_type, body));
                return Ok(Vec::new());
            }
            Self::RawField { number } => {
                let content = http_body(content_type, body);
                out.extend_from_slice(&wire::bytes_field(*number, &content));
                return Ok(Vec::new());
            }
            _ if body.is_empty() => return Ok(Vec::new()),
            Self::Whole(message) => codec.json_to_wire(*message, body, out, &options),
            Self::Field { message, number } => {
                codec.json_to_wire_field(*message, *number, body, out, &options)
            }
        };
        Ok(seen.map_err(BindError::Json)?.paths().to_vec())
    }
}

/// Refuses what would be ignored; an empty object is nothing.
fn refuse_content(body: &[u8]) -> Result<(), BindError> {
    let text: Vec<u8> = body
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .take(3)
        .collect();
    if text.is_empty() || text == b"{}" {
        return Ok(());
    }
    Err(BindError::Json(JsonError {
        path: String::new(),
        problem: "this call takes no body".to_owned(),
        line: 1,
        column: 1,
    }))
}

/// Says whether a content type is JSON in UTF-8.
fn is_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
    let is_json = kind == "application/json"
        || kind.starts_with("application/") && kind.ends_with("+json") && kind.len() > 17;
    is_json
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
                let value = value.trim().trim_matches('"');
                value.eq_ignore_ascii_case("utf-8") || value.eq_ignore_ascii_case("utf8")
            }
            _ => true,
        })
}

fn http_body(content_type: Option<&str>, body: &[u8]) -> Vec<u8> {
    let mut out = wire::bytes_field(1, content_type.unwrap_or_default().as_bytes());
    out.extend_from_slice(&wire::bytes_field(2, body));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_recognised_by_its_type() {
        for good in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"; v=1",
            "application/merge-patch+json",
        ] {
            assert!(is_json(good), "{good}");
        }
        for bad in [
            "",
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/json; charset=latin1",
            "application/+json",
            "text/json+json",
            "application/jsonx",
        ] {
            assert!(!is_json(bad), "{bad}");
        }
    }
}
