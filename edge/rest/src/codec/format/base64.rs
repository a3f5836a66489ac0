//! Bytes as base64: written in the standard alphabet with padding, read in either alphabet with
//! or without it.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const INVALID: u8 = 0xff;

/// The value of every character of both alphabets.
const VALUES: [u8; 256] = {
    let mut values = [INVALID; 256];
    let mut index = 0;
    while index < 64 {
        #[expect(clippy::cast_possible_truncation, reason = "below 64")]
        let value = index as u8;
        values[ALPHABET[index] as usize] = value;
        index += 1;
    }
    values[b'-' as usize] = 62;
    values[b'_' as usize] = 63;
    values
};

/// Appends the base64 of `bytes`.
pub(crate) fn encode(bytes: &[u8], out: &mut Vec<u8>) {
    let digit = |bits: u32| ALPHABET[(bits & 63) as usize];
    let (chunks, rest) = bytes.as_chunks::<3>();
    out.reserve(bytes.len().div_ceil(3) * 4);
    for [a, b, c] in chunks {
        let bits = u32::from(*a) << 16 | u32::from(*b) << 8 | u32::from(*c);
        out.extend_from_slice(&[
            digit(bits >> 18),
            digit(bits >> 12),
            digit(bits >> 6),
            digit(bits),
        ]);
    }
    match rest {
        [a] => {
            let bits = u32::from(*a) << 16;
            out.extend_from_slice(&[digit(bits >> 18), digit(bits >> 12), b'=', b'=']);
        }
        [a, b] => {
            let bits = u32::from(*a) << 16 | u32::from(*b) << 8;
            out.extend_from_slice(&[digit(bits >> 18), digit(bits >> 12), digit(bits >> 6), b'=']);
        }
        _ => {}
    }
}

/// Appends the bytes that `text` stands for; false where it is no base64. Left-over bits are
/// ignored, as protobuf's own parsers do.
pub(crate) fn decode(text: &[u8], out: &mut Vec<u8>) -> bool {
    let digits = text.strip_suffix(b"=").unwrap_or(text);
    let digits = digits.strip_suffix(b"=").unwrap_or(digits);
    let (chunks, rest) = digits.as_chunks::<4>();
    if rest.len() == 1 || text.len() - digits.len() > (4 - rest.len()) % 4 {
        return false;
    }
    out.reserve(chunks.len() * 3 + 2);
    let value = |byte: u8| VALUES[byte as usize];
    for [a, b, c, d] in chunks {
        let values = [value(*a), value(*b), value(*c), value(*d)];
        if values.contains(&INVALID) {
            return false;
        }
        let [a, b, c, d] = values;
        out.extend_from_slice(&[a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]);
    }
    let mut values = [0; 3];
    for (into, byte) in values.iter_mut().zip(rest) {
        *into = value(*byte);
    }
    let [a, b, c] = values;
    if values.contains(&INVALID) {
        return false;
    }
    out.extend_from_slice(&[a << 2 | b >> 4, b << 4 | c >> 2][..rest.len().saturating_sub(1)]);
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_spelling_of_the_same_bytes_is_read(
            bytes in prop::collection::vec(any::<u8>(), 0..50),
        ) {
            let mut text = Vec::new();
            encode(&bytes, &mut text);
            let bare: Vec<u8> = text.iter().copied().filter(|byte| *byte != b'=').collect();
            let url: Vec<u8> = bare
                .iter()
                .map(|byte| match byte { b'+' => b'-', b'/' => b'_', byte => *byte })
                .collect();
            for spelling in [text, bare, url] {
                let mut back = Vec::new();
                prop_assert!(decode(&spelling, &mut back));
                prop_assert_eq!(&back, &bytes);
            }
        }
    }

    #[test]
    fn what_is_no_base64_is_refused() {
        for text in [
            "A", "AAAAA", "AA===", "AAAA=", "=", "A=A=", "AA A", "AA\n", "é",
        ] {
            assert!(!decode(text.as_bytes(), &mut Vec::new()), "{text:?}");
        }
        let mut out = Vec::new();
        assert!(decode(b"-_", &mut out));
        assert_eq!(out, [0xfb]);
    }
}
