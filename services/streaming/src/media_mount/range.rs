//! Byte ranges (RFC 9110 section 14).

use std::ops::Range;

/// What a `Range` header asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Everything: there is no range, or none that we serve. Several ranges are answered whole.
    Whole,
    /// These bytes.
    Bytes(Range<u64>),
    /// Bytes that the file does not have.
    Outside,
}

/// Reads a `Range` header for a file of `size` bytes.
pub(super) fn part(header: &str, size: u64) -> Part {
    let Some((unit, set)) = header.split_once('=') else {
        return Part::Whole;
    };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Part::Whole;
    }
    let set = set.trim_matches([' ', '\t']);
    let Some((first, last)) = set.split_once('-') else {
        return Part::Whole;
    };
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first > last => Part::Whole,
        (Some(first), _) if first >= size && (last.is_empty() || number(last).is_some()) => {
            Part::Outside
        }
        (Some(first), Some(last)) => Part::Bytes(first..size.min(last.saturating_add(1))),
        (Some(first), None) if last.is_empty() => Part::Bytes(first..size),
        (None, Some(0)) if first.is_empty() => Part::Outside,
        (None, Some(count)) if first.is_empty() => Part::Bytes(size.saturating_sub(count)..size),
        _ => Part::Whole,
    }
}

/// Reads ASCII digits; a number beyond 64 bits is the largest there is.
fn number(digits: &str) -> Option<u64> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        for (header, expected) in [
            ("bytes=0-0", Part::Bytes(0..1)),
            ("bytes=0-99", Part::Bytes(0..100)),
            ("bytes=90-", Part::Bytes(90..100)),
            ("bytes=90-1000", Part::Bytes(90..100)),
            ("bytes=-1", Part::Bytes(99..100)),
            ("bytes=-1000", Part::Bytes(0..100)),
            ("Bytes= 5-6 ", Part::Bytes(5..7)),
            ("bytes=0-99999999999999999999999", Part::Bytes(0..100)),
            ("bytes=100-", Part::Outside),
            ("bytes=100-200", Part::Outside),
            ("bytes=99999999999999999999999-", Part::Outside),
            ("bytes=-0", Part::Outside),
            ("bytes=5-4", Part::Whole),
            ("bytes=0-1,3-4", Part::Whole),
            ("bytes=", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("bytes=--1", Part::Whole),
            ("bytes=+1-2", Part::Whole),
            ("bytes=1-٣", Part::Whole),
            ("bytes 1-2", Part::Whole),
            ("seconds=1-2", Part::Whole),
            ("", Part::Whole),
        ] {
            assert_eq!(part(header, 100), expected, "{header:?}");
        }
    }

    proptest! {
        #[test]
        fn a_part_lies_within_the_file_and_is_never_empty(
            header in "bytes=[0-9]{0,22}-[0-9]{0,22}", size in 1_u64..
        ) {
            if let Part::Bytes(range) = part(&header, size) {
                prop_assert!(range.start < range.end && range.end <= size);
            }
        }

        #[test]
        fn any_header_is_read_without_harm(header in ".{0,40}", size in 1_u64..) {
            let _ = part(&header, size);
        }
    }
}
