//! `ETag` and `If-Match`: the version that was read, and those that a change may find (RFC 9110 8.8.3,
//! 13.1.1).

use tonic::metadata::{Ascii, MetadataMap, MetadataValue};

/// Makes the tag of a version, for the answer that shows it.
pub(super) fn tag(version: i32) -> Option<MetadataValue<Ascii>> {
    format!("\"{version}\"").parse().ok()
}

/// Returns the versions that the header names; `None` where it was not sent, or is `*`. A tag that
/// is no version of ours matches none.
pub(super) fn read(metadata: &MetadataMap) -> Option<Vec<i32>> {
    let mut values = metadata.get_all("if-match").iter().peekable();
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
fn version(tag: &str) -> Option<i32> {
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    let quoted = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
    let digits = quoted.unwrap_or(tag);
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_versions() {
        let tags = |values: &[&str]| {
            let mut metadata = MetadataMap::new();
            for value in values {
                metadata.append("if-match", value.parse().unwrap());
            }
            read(&metadata)
        };
        assert_eq!(tags(&[]), None);
        assert_eq!(tags(&["*"]), None);
        assert_eq!(tags(&["\"3\""]), Some(vec![3]));
        assert_eq!(tags(&["3"]), Some(vec![3]));
        assert_eq!(tags(&["W/\"3\", \"4\"", "5"]), Some(vec![3, 4, 5]));
        for foreign in ["", "\"abc\"", "\"+3\"", "-3", "\"99999999999\"", "\"3"] {
            assert_eq!(tags(&[foreign]), Some(vec![]), "{foreign}");
        }
    }
}
