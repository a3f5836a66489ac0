//! JSON strings: written with the escapes that JSON demands and no others, eight bytes at a time
//! while nothing needs escaping.

use super::wire::{self, Malformed};

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Marks, in the high bit of each byte, the bytes below `bound` (at most 0x80). Bytes after the
/// first marked one may be marked wrongly.
#[inline]
const fn below(word: u64, bound: u8) -> u64 {
    word.wrapping_sub(ONES * bound as u64) & !word & HIGH
}

/// Marks quotes, backslashes and control characters, as [`below`] does.
#[inline]
const fn special(word: u64) -> u64 {
    const QUOTES: u64 = ONES * b'"' as u64;
    const BACKSLASHES: u64 = ONES * b'\\' as u64;
    below(word, 0x20) | below(word ^ QUOTES, 1) | below(word ^ BACKSLASHES, 1)
}

/// How many bytes at the front of `bytes` are neither quote, backslash nor control character.
#[inline]
pub(crate) fn plain_length(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let marks = special(u64::from_le_bytes(*word));
        if marks != 0 {
            return index * 8 + marks.trailing_zeros() as usize / 8;
        }
    }
    let plain = rest
        .iter()
        .position(|byte| matches!(byte, 0..0x20 | b'"' | b'\\'));
    words.len() * 8 + plain.unwrap_or(rest.len())
}

/// Whether `bytes` are ASCII that JSON prints as it stands.
#[inline]
fn is_plain_ascii(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks::<8>();
    let marked = words.iter().fold(0, |marks, word| {
        let word = u64::from_le_bytes(*word);
        marks | special(word) | word & HIGH
    });
    marked == 0
        && rest
            .iter()
            .all(|byte| !matches!(byte, 0..0x20 | b'"' | b'\\' | 0x80..))
}

/// Takes a string with its length off the wire and appends it as JSON; false where it is not
/// UTF-8.
#[inline]
pub(crate) fn take_string(out: &mut Vec<u8>, wire: &mut &[u8]) -> Result<bool, Malformed> {
    const CHUNK: usize = 16;
    const SHORT: usize = 3 * CHUNK;
    let whole = *wire;
    let bytes = wire::delimited(wire)?;
    let start = whole.len() - wire.len() - bytes.len();
    // Short strings are copied in chunks of known size, the last with what follows on the wire,
    // and checked on the way.
    let chunks = whole.get(start..start + bytes.len().next_multiple_of(CHUNK));
    let Some(chunks) = chunks.filter(|_| bytes.len() <= SHORT) else {
        return Ok(put_string(out, bytes));
    };
    let before = out.len();
    out.push(b'"');
    let mut left = bytes.len();
    let mut marks = 0;
    for chunk in chunks.as_chunks::<CHUNK>().0 {
        out.extend_from_slice(chunk);
        let (low, high) = (word(chunk, 0), word(chunk, 8));
        marks |= (special(low) | low & HIGH) & first_bytes(left);
        marks |= (special(high) | high & HIGH) & first_bytes(left.saturating_sub(8));
        left = left.saturating_sub(CHUNK);
    }
    out.truncate(before + 1 + bytes.len());
    if marks != 0 {
        out.truncate(before);
        return Ok(put_any_string(out, bytes));
    }
    out.push(b'"');
    Ok(true)
}

#[inline]
fn word(chunk: &[u8; 16], from: usize) -> u64 {
    u64::from_le_bytes(std::array::from_fn(|index| chunk[from + index]))
}

/// A mask of so many bytes, at most eight, from the lowest on.
#[inline]
const fn first_bytes(count: usize) -> u64 {
    if count >= 8 {
        u64::MAX
    } else {
        (1 << (8 * count)) - 1
    }
}

/// Appends a JSON string, quotes included; false where `bytes` are not UTF-8.
#[inline]
pub(crate) fn put_string(out: &mut Vec<u8>, bytes: &[u8]) -> bool {
    if !is_plain_ascii(bytes) {
        return put_any_string(out, bytes);
    }
    out.reserve(bytes.len() + 2);
    out.push(b'"');
    out.extend_from_slice(bytes);
    out.push(b'"');
    true
}

fn put_any_string(out: &mut Vec<u8>, bytes: &[u8]) -> bool {
    if std::str::from_utf8(bytes).is_err() {
        return false;
    }
    out.reserve(bytes.len() + 2);
    out.push(b'"');
    let mut rest = bytes;
    loop {
        let (plain, tail) = rest.split_at(plain_length(rest));
        out.extend_from_slice(plain);
        let Some((byte, tail)) = tail.split_first() else {
            break;
        };
        put_escape(out, *byte);
        rest = tail;
    }
    out.push(b'"');
    true
}

fn put_escape(out: &mut Vec<u8>, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let short = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        _ => {
            let digits = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
            out.extend_from_slice(b"\\u00");
            out.extend_from_slice(&digits);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn strings_are_those_of_serde_json(text in any::<String>(), ascii in "[ -~\\x00-\\x7f]{0,40}") {
            for text in [text, ascii] {
                let mut out = Vec::new();
                prop_assert!(put_string(&mut out, text.as_bytes()));
                // The same from the wire, with and without something behind it.
                for behind in [&b""[..], b"\"\\\xff followed by more than one chunk of other bytes"] {
                    let mut wire = Vec::new();
                    wire::put_varint(&mut wire, text.len() as u64);
                    wire.extend_from_slice(text.as_bytes());
                    wire.extend_from_slice(behind);
                    let (mut taken, mut wire) = (Vec::new(), &wire[..]);
                    prop_assert_eq!(take_string(&mut taken, &mut wire), Ok(true));
                    prop_assert_eq!(&taken, &out);
                    prop_assert_eq!(wire, behind);
                }
                prop_assert_eq!(String::from_utf8(out).unwrap(), serde_json::to_string(&text).unwrap());
            }
        }

        #[test]
        fn the_plain_prefix_ends_at_the_first_special_byte(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let slow = bytes.iter().position(|b| *b < 0x20 || *b == b'"' || *b == b'\\');
            prop_assert_eq!(plain_length(&bytes), slow.unwrap_or(bytes.len()));
        }

        #[test]
        fn bytes_that_are_not_utf8_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..20)) {
            prop_assert_eq!(put_string(&mut Vec::new(), &bytes), std::str::from_utf8(&bytes).is_ok());
        }
    }
}
