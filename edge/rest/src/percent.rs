//! Percent-encoding (RFC 3986), read strictly.

use std::borrow::Cow;

/// What keeps text from being decoded, in words that fit into an error message.
pub(crate) type Problem = &'static str;

/// Decodes a text whole.
pub(crate) fn decode(raw: &str) -> Result<Cow<'_, str>, Problem> {
    decode_except(raw, |_| false)
}

/// Decodes a text but leaves `%2F` and `%2f` as they are, as variables over several segments
/// demand.
pub(crate) fn decode_keeping_slashes(raw: &str) -> Result<Cow<'_, str>, Problem> {
    decode_except(raw, |byte| byte == b'/')
}

/// Decodes a part of a query string, where `+` is a space.
pub(crate) fn decode_query(raw: &str) -> Result<Cow<'_, str>, Problem> {
    if raw.contains('+') {
        decode(&raw.replace('+', " ")).map(|text| Cow::Owned(text.into_owned()))
    } else {
        decode(raw)
    }
}

fn decode_except(raw: &str, keep: impl Fn(u8) -> bool) -> Result<Cow<'_, str>, Problem> {
    let Some(first) = raw.find('%') else {
        return if raw.contains('\0') {
            Err("it holds a NUL")
        } else {
            Ok(Cow::Borrowed(raw))
        };
    };
    let bytes = raw.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(&bytes[..first]);
    let mut rest = &bytes[first..];
    while let Some((&byte, tail)) = rest.split_first() {
        if byte != b'%' {
            out.push(byte);
            rest = tail;
            continue;
        }
        let [high, low, ..] = *tail else {
            return Err("a percent sign has no two hexadecimal digits after it");
        };
        let (Some(high), Some(low)) = (hex(high), hex(low)) else {
            return Err("a percent sign has no two hexadecimal digits after it");
        };
        let value = high << 4 | low;
        if keep(value) {
            out.extend_from_slice(&rest[..3]);
        } else {
            out.push(value);
        }
        rest = &tail[2..];
    }
    if out.contains(&0) {
        return Err("it holds a NUL");
    }
    String::from_utf8(out)
        .map(Cow::Owned)
        .map_err(|_| "it is not UTF-8")
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

/// Encodes a text so that it stays one path segment.
#[cfg(test)]
pub(crate) fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").unwrap();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_decoded_strictly() {
        assert_eq!(decode("a%20b%2fc").as_deref(), Ok("a b/c"));
        assert_eq!(
            decode_keeping_slashes("a%20b%2fc%2Fd").as_deref(),
            Ok("a b%2fc%2Fd")
        );
        assert_eq!(decode_query("a+b%2B").as_deref(), Ok("a b+"));
        for bad in [
            "%", "%2", "%zz", "a%2", "%00", "a\0", "%ff", "%C3%28", "%+1",
        ] {
            assert!(decode(bad).is_err(), "{bad:?}");
        }
    }
}
