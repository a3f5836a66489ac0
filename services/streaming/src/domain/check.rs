//! What has to hold of media before it is published.

/// What keeps media from being published.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct MediaProblem(pub String);

/// Says what is wrong where something does not hold.
pub(super) fn require(holds: bool, problem: impl FnOnce() -> String) -> Result<(), MediaProblem> {
    if holds {
        Ok(())
    } else {
        Err(MediaProblem(problem()))
    }
}

/// Says whether a text is a hyphenated UUID in lower case.
pub fn is_uuid(text: &str) -> bool {
    text.parse::<sv_kernel::Id<()>>()
        .is_ok_and(|id| id.to_string() == text)
}

/// Says whether a text is 16 hexadecimal digits in lower case.
pub fn is_hash(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Says whether a text is 1 to `max` of `a-z`, `0-9` and `-`, not starting with `-`.
pub fn is_slug(text: &str, max: usize) -> bool {
    (1..=max).contains(&text.len())
        && !text.starts_with('-')
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
