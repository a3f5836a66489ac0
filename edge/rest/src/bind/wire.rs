//! The little of the wire format that binding needs: to wrap fields and to find them.

use crate::codec::WireError;

/// Appends a varint.
pub(crate) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(u8::try_from(value & 0x7f).unwrap_or_default() | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap_or_default());
}

/// Returns a length-delimited field: a message, a string or bytes.
pub(crate) fn bytes_field(number: u32, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() + 12);
    put_varint(&mut out, u64::from(number) << 3 | 2);
    put_varint(&mut out, content.len() as u64);
    out.extend_from_slice(content);
    out
}

/// Returns a group of proto2.
pub(crate) fn group_field(number: u32, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() + 10);
    put_varint(&mut out, u64::from(number) << 3 | 3);
    out.extend_from_slice(content);
    put_varint(&mut out, u64::from(number) << 3 | 4);
    out
}

/// One field as it stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RawField<'a> {
    pub(crate) number: u32,
    pub(crate) wire_type: u8,
    /// The value's bytes, without tag and length.
    pub(crate) value: &'a [u8],
}

/// Lists the fields of a message; ends early where the bytes are no message.
pub(crate) fn fields(mut bytes: &[u8]) -> impl Iterator<Item = Result<RawField<'_>, WireError>> {
    std::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        let field = next_field(&mut bytes);
        if field.is_none() {
            bytes = &[];
        }
        Some(field.ok_or_else(|| WireError::malformed("malformed bytes", "")))
    })
}

fn next_field<'a>(bytes: &mut &'a [u8]) -> Option<RawField<'a>> {
    let tag = take_varint(bytes)?;
    let wire_type = u8::try_from(tag & 7).ok()?;
    let start = *bytes;
    let length = match wire_type {
        0 => {
            take_varint(bytes)?;
            start.len() - bytes.len()
        }
        1 => 8,
        2 => {
            let length = usize::try_from(take_varint(bytes)?).ok()?;
            let value = bytes.get(..length)?;
            *bytes = &bytes[length..];
            return Some(RawField {
                number: u32::try_from(tag >> 3).ok()?,
                wire_type,
                value,
            });
        }
        5 => 4,
        _ => return None,
    };
    let value = start.get(..length)?;
    *bytes = &start[length..];
    Some(RawField {
        number: u32::try_from(tag >> 3).ok()?,
        wire_type,
        value,
    })
}

fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..70).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f)
            .checked_shl(shift)
            .unwrap_or_default();
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// Returns the value that a reader would take for a field: the last one, through merged messages.
pub(crate) fn last_value<'a>(bytes: &'a [u8], numbers: &[u32]) -> Option<&'a [u8]> {
    let (number, inner) = numbers.split_first()?;
    let mut found = None;
    for field in fields(bytes).map_while(Result::ok) {
        if field.number != *number {
            continue;
        }
        let value = if inner.is_empty() {
            Some(field.value)
        } else {
            last_value(field.value, inner)
        };
        found = value.or(found);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_wins_through_merged_messages() {
        let inner = |text: &str| bytes_field(3, &bytes_field(1, text.as_bytes()));
        let bytes = [
            inner("a"),
            inner("b"),
            bytes_field(3, &bytes_field(2, b"c")),
        ]
        .concat();
        assert_eq!(last_value(&bytes, &[3, 1]), Some(&b"b"[..]));
        assert_eq!(last_value(&bytes, &[3, 2]), Some(&b"c"[..]));
        assert_eq!(last_value(&bytes, &[4]), None);
    }

    #[test]
    fn broken_bytes_end_the_list() {
        for bad in [
            &[0x0a][..],
            &[0x0a, 0x05, 1],
            &[0x08],
            &[0x0b],
            &[0xff; 11],
            &[0x09, 1],
        ] {
            let last = fields(bad).last();
            assert!(matches!(last, Some(Err(_))), "{bad:?}");
        }
    }
}
