//! What a call's headers ask of the method itself, read here once for all methods.

use http::HeaderMap;
use sv_kernel::Result;

use crate::{
    header::{text, unusable},
    names, policy,
};

/// The longest `Idempotency-Key` that is taken.
pub(crate) const MAX_KEY: usize = 255;

/// Returns the call's `Idempotency-Key`, where it means something to its RPC.
pub(crate) fn idempotency_key(
    headers: &HeaderMap,
    meaning: policy::IdempotencyKey,
) -> Result<Option<&str>> {
    if meaning == policy::IdempotencyKey::Unspecified {
        return Ok(None);
    }
    match text(headers, names::IDEMPOTENCY_KEY)? {
        Some(key) if !(1..=MAX_KEY).contains(&key.len()) => Err(unusable(
            names::IDEMPOTENCY_KEY,
            "it has 1 to 255 characters",
        )),
        key => Ok(key),
    }
}

/// Returns the versions that `If-Match` names (RFC 9110 13.1.1); `None` where it was not sent, or is
/// `*`. A tag that is no version of ours matches none.
pub(crate) fn if_match(headers: &HeaderMap) -> Option<Vec<i64>> {
    let mut values = headers.get_all(names::IF_MATCH).iter().peekable();
    values.peek()?;
    let mut versions = Vec::new();
    for value in values {
        let tags = value.to_str().unwrap_or_default().split(',').map(str::trim);
        for tag in tags {
            if tag == "*" {
                return None;
            }
            versions.extend(version(tag));
        }
    }
    Some(versions)
}

/// Reads `"3"`, and leniently `3` and the weak form that proxies make of it.
fn version(tag: &str) -> Option<i64> {
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    let quoted = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
    let digits = quoted.unwrap_or(tag);
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

/// Says whether a browser asks ahead of its user (Fetch, section 3.5).
pub(crate) fn is_prefetch(headers: &HeaderMap) -> bool {
    let mut purposes = headers.get_all(names::PURPOSE).iter();
    purposes.any(|value| value.to_str().is_ok_and(|text| text.contains("prefetch")))
}

#[cfg(test)]
mod tests {
    use sv_proto::common::CommonReason;

    use super::*;
    use crate::policy::IdempotencyKey;

    fn headers(name: &'static str, values: &[&str]) -> HeaderMap {
        let values = values.iter().map(|value| (name, value));
        let mut headers = HeaderMap::new();
        for (name, value) in values {
            headers.append(name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn tags_are_versions() {
        let tags = |values: &[&str]| if_match(&headers("if-match", values));
        assert_eq!(tags(&[]), None);
        assert_eq!(tags(&["*"]), None);
        assert_eq!(tags(&["\"3\""]), Some(vec![3]));
        assert_eq!(tags(&["3"]), Some(vec![3]));
        assert_eq!(tags(&["W/\"3\", \"4\"", "5"]), Some(vec![3, 4, 5]));
        for foreign in [
            "",
            "\"abc\"",
            "\"+3\"",
            "-3",
            "\"99999999999999999999\"",
            "\"3",
        ] {
            assert_eq!(tags(&[foreign]), Some(vec![]), "{foreign}");
        }
    }

    #[test]
    fn a_key_is_read_where_it_has_a_meaning_and_refused_where_it_is_unusable() {
        let key = |values: &[&str], meaning| {
            let headers = headers(names::IDEMPOTENCY_KEY, values);
            idempotency_key(&headers, meaning).map(|key| key.map(str::to_owned))
        };
        let (by_method, none) = (IdempotencyKey::ByMethod, IdempotencyKey::Unspecified);
        assert_eq!(key(&["k"], by_method).unwrap().as_deref(), Some("k"));
        assert_eq!(key(&[], by_method).unwrap(), None);
        assert_eq!(key(&[""], none).unwrap(), None);
        for unusable in [&[""][..], &["a", "b"], &[&"k".repeat(256)]] {
            for meaning in [by_method, IdempotencyKey::Honoured] {
                let refusal = key(unusable, meaning).unwrap_err();
                assert!(refusal.is(&CommonReason::HeaderInvalid));
            }
        }
    }
}
