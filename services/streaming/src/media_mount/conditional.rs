//! Conditional requests (RFC 9110 section 13): nothing here has a modification date, only strong tags.

use http::{HeaderMap, HeaderValue, header};

/// What the conditions of a request lead to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Send it, or the part that is asked for.
    Send {
        /// Whether a `Range` header counts.
        ranged: bool,
    },
    /// The caller has it: 304.
    NotModified,
    /// The caller means another one: 412.
    Failed,
}

/// Weighs the conditions against an entity tag without quotes.
pub(super) fn weigh(headers: &HeaderMap, tag: &str) -> Outcome {
    if let Some(wanted) = list(headers, &header::IF_MATCH)
        && !matches(&wanted, tag, false)
    {
        return Outcome::Failed;
    }
    if let Some(known) = list(headers, &header::IF_NONE_MATCH)
        && matches(&known, tag, true)
    {
        return Outcome::NotModified;
    }
    // A date in If-Range never fits, because there is no date to compare it with.
    let ranged = !headers.contains_key(header::IF_RANGE)
        || single(headers, &header::IF_RANGE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.trim() == format!("\"{tag}\""));
    Outcome::Send { ranged }
}

/// Returns a header that stands once. Of one that stands twice, nobody knows which is meant.
pub(super) fn single<'h>(
    headers: &'h HeaderMap,
    name: &header::HeaderName,
) -> Option<&'h HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}

fn list(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    let values: Vec<_> = headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    (!values.is_empty()).then(|| values.join(","))
}

/// Says whether a list of entity tags holds `tag`, which is strong; `weakly` also by weak ones.
fn matches(list: &str, tag: &str, weakly: bool) -> bool {
    // Our tags hold no comma, so splitting inside another's quotes can do no harm.
    list.split(',').map(str::trim).any(|entry| {
        if entry == "*" {
            return true;
        }
        let entry = match entry.strip_prefix("W/") {
            Some(_) if !weakly => return false,
            Some(rest) => rest,
            None => entry,
        };
        entry
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            == Some(tag)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(pairs: &[(header::HeaderName, &str)]) -> Outcome {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, value.parse().unwrap());
        }
        weigh(&headers, "abc")
    }

    #[test]
    fn conditions_are_weighed_in_the_order_of_the_standard() {
        use header::{IF_MATCH, IF_NONE_MATCH, IF_RANGE};
        let (send, whole) = (
            Outcome::Send { ranged: true },
            Outcome::Send { ranged: false },
        );
        for (pairs, expected) in [
            (vec![], &send),
            (vec![(IF_NONE_MATCH, r#""abc""#)], &Outcome::NotModified),
            (
                vec![(IF_NONE_MATCH, r#""x", W/"abc""#)],
                &Outcome::NotModified,
            ),
            (vec![(IF_NONE_MATCH, "*")], &Outcome::NotModified),
            (vec![(IF_NONE_MATCH, r#""x""#)], &send),
            (vec![(IF_NONE_MATCH, "abc")], &send),
            (vec![(IF_MATCH, r#""abc""#)], &send),
            (vec![(IF_MATCH, r#"W/"abc""#)], &Outcome::Failed),
            (vec![(IF_MATCH, r#""x""#)], &Outcome::Failed),
            (
                vec![(IF_MATCH, r#""x""#), (IF_NONE_MATCH, r#""abc""#)],
                &Outcome::Failed,
            ),
            (vec![(IF_RANGE, r#""abc""#)], &send),
            (vec![(IF_RANGE, r#""x""#)], &whole),
            (vec![(IF_RANGE, r#"W/"abc""#)], &whole),
            (vec![(IF_RANGE, "*")], &whole),
            (vec![(IF_RANGE, "Tue, 21 Oct 2025 07:28:00 GMT")], &whole),
        ] {
            assert_eq!(&outcome(&pairs), expected, "{pairs:?}");
        }
    }
}
