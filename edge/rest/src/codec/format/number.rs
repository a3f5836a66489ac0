//! Numbers as text: JSON's grammar read without loss, and the shortest spelling written.

use std::io::Write as _;

/// Why a text is not the wanted integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotInteger {
    /// It is no number at all.
    Syntax,
    /// It has a fraction.
    Fraction,
    /// It needs more bits.
    Range,
}

/// The length of the JSON number at the front of `bytes`, or zero.
pub(crate) fn number_length(bytes: &[u8]) -> usize {
    let digits = |from: usize| {
        from + bytes[from.min(bytes.len())..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count()
    };
    let start = usize::from(bytes.first() == Some(&b'-'));
    let mut end = match bytes.get(start) {
        Some(b'0') => start + 1,
        Some(b'1'..=b'9') => digits(start),
        _ => return 0,
    };
    if bytes.get(end) == Some(&b'.') {
        let fraction = digits(end + 1);
        if fraction == end + 1 {
            return 0;
        }
        end = fraction;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let signed = matches!(bytes.get(end + 1), Some(b'+' | b'-'));
        let from = end + 1 + usize::from(signed);
        let exponent = digits(from);
        if exponent == from {
            return 0;
        }
        end = exponent;
    }
    end
}

/// Reads an integer in JSON's grammar: whether it is negative, and its magnitude. Fractions of
/// zeros and exponents that leave an integer are fine (`1.0`, `12e3`, `1.5e1`).
#[inline]
pub(crate) fn integer(text: &[u8]) -> Result<(bool, u64), NotInteger> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    // Eighteen digits always fit; a leading zero stands alone.
    if (1..=18).contains(&digits.len()) && (digits[0] != b'0' || digits.len() == 1) {
        let mut value = 0_u64;
        for byte in digits {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                return any_integer(text, negative);
            }
            value = value * 10 + u64::from(digit);
        }
        return Ok((negative, value));
    }
    any_integer(text, negative)
}

#[cold]
fn any_integer(text: &[u8], negative: bool) -> Result<(bool, u64), NotInteger> {
    if text.is_empty() || number_length(text) != text.len() {
        return Err(NotInteger::Syntax);
    }
    let (mantissa, exponent) = match text.iter().position(|b| matches!(b, b'e' | b'E')) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &b"0"[..]),
    };
    let mut parts = mantissa.split(|b| *b == b'.');
    let whole = parts.next().unwrap_or_default();
    let whole = whole.strip_prefix(b"-").unwrap_or(whole);
    // All digits as one integer, to be multiplied by a power of ten.
    let mut digits = [whole, parts.next().unwrap_or_default()].concat();
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
    if digits.is_empty() {
        return Ok((negative, 0));
    }
    let exponent: i64 = std::str::from_utf8(exponent)
        .ok()
        .and_then(|text| text.parse().ok())
        .ok_or(NotInteger::Range)?;
    let length = |digits: &[u8]| i64::try_from(digits.len()).unwrap_or(i64::MAX);
    let scale = length(whole)
        .saturating_add(exponent)
        .saturating_sub(length(&digits));
    if scale < 0 {
        return Err(NotInteger::Fraction);
    }
    let digits = digits.iter().try_fold(0_u64, |value, byte| {
        value.checked_mul(10)?.checked_add(u64::from(byte - b'0'))
    });
    let power = u32::try_from(scale)
        .ok()
        .and_then(|scale| 10_u64.checked_pow(scale));
    let value = digits
        .zip(power)
        .and_then(|(digits, power)| digits.checked_mul(power));
    value
        .map(|value| (negative, value))
        .ok_or(NotInteger::Range)
}

/// Reads a double in JSON's grammar; `None` where it is no number, infinity where it is too
/// large.
pub(crate) fn double(text: &str) -> Option<f64> {
    let fits = !text.is_empty() && number_length(text.as_bytes()) == text.len();
    fits.then(|| text.parse().ok()).flatten()
}

/// Reads a float, as [`double`] and rounded once.
pub(crate) fn float(text: &str) -> Option<f32> {
    let fits = !text.is_empty() && number_length(text.as_bytes()) == text.len();
    fits.then(|| text.parse().ok()).flatten()
}

/// Appends an integer in decimal.
#[inline]
pub(crate) fn put_integer(out: &mut Vec<u8>, value: impl Into<i64>) {
    let value = value.into();
    if value < 0 {
        out.push(b'-');
    }
    put_unsigned(out, value.unsigned_abs());
}

/// Appends a natural number in decimal.
#[inline]
pub(crate) fn put_unsigned(out: &mut Vec<u8>, value: u64) {
    const PAIRS: [[u8; 2]; 100] = {
        let mut pairs = [[b'0'; 2]; 100];
        let mut number = 0_u8;
        while number < 100 {
            pairs[number as usize] = [b'0' + number / 10, b'0' + number % 10];
            number += 1;
        }
        pairs
    };
    let digits = value.checked_ilog10().unwrap_or(0) as usize + 1;
    let mut text = [0; 20];
    let (mut rest, mut at) = (value, digits);
    while at >= 2 {
        at -= 2;
        text[at..at + 2].copy_from_slice(&PAIRS[(rest % 100) as usize]);
        rest /= 100;
    }
    if at == 1 {
        #[expect(clippy::cast_possible_truncation, reason = "below 10")]
        let last = rest as u8;
        text[0] = b'0' + last;
    }
    // A copy of known size needs no call.
    let end = out.len() + digits;
    out.extend_from_slice(&text);
    out.truncate(end);
}

/// Appends a double as a JSON number, or one of the three quoted names.
pub(crate) fn put_double(out: &mut Vec<u8>, value: f64) {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.is_finite() {
        // Most doubles of an API are whole; the shortest decimal of those is the integer.
        if value.abs() < EXACT && value.fract() == 0.0 && (value != 0.0 || value.is_sign_positive())
        {
            #[expect(clippy::cast_possible_truncation, reason = "below 2^53 and whole")]
            put_integer(out, value as i64);
        } else {
            shortest(out, |out| serde_json::to_writer(out, &value));
        }
    } else {
        put_name(out, value.is_nan(), value.is_sign_negative());
    }
}

/// Appends a float, in the fewest digits that give the same float again.
pub(crate) fn put_float(out: &mut Vec<u8>, value: f32) {
    if value.is_finite() {
        shortest(out, |out| serde_json::to_writer(out, &value));
    } else {
        put_name(out, value.is_nan(), value.is_sign_negative());
    }
}

fn shortest(out: &mut Vec<u8>, write: impl Fn(&mut Vec<u8>) -> serde_json::Result<()>) {
    // Writing into memory cannot fail.
    let _ = write(out);
    if out.ends_with(b".0") {
        out.truncate(out.len() - 2);
    }
}

fn put_name(out: &mut Vec<u8>, nan: bool, negative: bool) {
    let name = match (nan, negative) {
        (true, _) => "NaN",
        (false, true) => "-Infinity",
        (false, false) => "Infinity",
    };
    let _ = write!(out, "\"{name}\"");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn integers_are_read_exactly_in_every_spelling() {
        let cases = [
            ("0", Ok((false, 0))),
            ("-0", Ok((true, 0))),
            ("0.000", Ok((false, 0))),
            ("0e99999999999999999999", Ok((false, 0))),
            ("100000.000", Ok((false, 100_000))),
            ("1e5", Ok((false, 100_000))),
            ("1.5e1", Ok((false, 15))),
            ("150e-1", Ok((false, 15))),
            ("2.147483647e9", Ok((false, 2_147_483_647))),
            ("18446744073709551615", Ok((false, u64::MAX))),
            ("18446744073709551615.0", Ok((false, u64::MAX))),
            ("1844674407370955161.5E+1", Ok((false, u64::MAX))),
            ("18446744073709551616", Err(NotInteger::Range)),
            ("1e20", Err(NotInteger::Range)),
            ("1e99999999999999999999", Err(NotInteger::Range)),
            ("0.5", Err(NotInteger::Fraction)),
            ("1e-1", Err(NotInteger::Fraction)),
            ("", Err(NotInteger::Syntax)),
            ("-", Err(NotInteger::Syntax)),
            ("+1", Err(NotInteger::Syntax)),
            ("01", Err(NotInteger::Syntax)),
            (" 1", Err(NotInteger::Syntax)),
            ("1 ", Err(NotInteger::Syntax)),
            ("1.", Err(NotInteger::Syntax)),
            (".5", Err(NotInteger::Syntax)),
            ("1e", Err(NotInteger::Syntax)),
            ("3x3", Err(NotInteger::Syntax)),
            ("1234567890123456789x", Err(NotInteger::Syntax)),
        ];
        for (text, expected) in cases {
            assert_eq!(integer(text.as_bytes()), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn numbers_come_back_as_they_were_written(value: f64, single: f32, whole: i64, bits in 0..64_u32) {
            let mut out = Vec::new();
            put_unsigned(&mut out, whole.cast_unsigned() >> bits);
            prop_assert_eq!(String::from_utf8(out).unwrap(), (whole.cast_unsigned() >> bits).to_string());
            let mut out = Vec::new();
            put_integer(&mut out, whole);
            prop_assert_eq!(integer(&out), Ok((whole < 0, whole.unsigned_abs())));
            if value.is_finite() {
                let mut out = Vec::new();
                put_double(&mut out, value);
                let back = double(std::str::from_utf8(&out).unwrap()).unwrap();
                prop_assert_eq!(back.to_bits(), value.to_bits());
            }
            if single.is_finite() {
                let mut out = Vec::new();
                put_float(&mut out, single);
                let back = float(std::str::from_utf8(&out).unwrap()).unwrap();
                prop_assert_eq!(back.to_bits(), single.to_bits());
            }
        }

        #[test]
        fn the_number_grammar_is_that_of_json(text in "-?[0-9]{0,3}(\\.[0-9]{0,2})?([eE][+-]?[0-9]{0,2})?") {
            let ours = !text.is_empty() && number_length(text.as_bytes()) == text.len();
            let theirs = serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok();
            prop_assert_eq!(ours, theirs);
        }
    }
}
