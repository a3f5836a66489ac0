//! Varints, keys and lengths of the wire format
//! (<https://protobuf.dev/programming-guides/encoding/>).
#![expect(
    clippy::cast_possible_truncation,
    reason = "the wire format keeps the low bits"
)]

/// The wire type of a varint.
pub(crate) const VARINT: u32 = 0;
/// The wire type of eight bytes.
pub(crate) const FIXED64: u32 = 1;
/// The wire type of a length and so many bytes.
pub(crate) const LEN: u32 = 2;
/// The wire type that starts a group.
pub(crate) const START_GROUP: u32 = 3;
/// The wire type that ends a group.
pub(crate) const END_GROUP: u32 = 4;
/// The wire type of four bytes.
pub(crate) const FIXED32: u32 = 5;

/// Why bytes are no protobuf message. One byte, so that results pass in registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Malformed {
    Truncated,
    LongVarint,
    FieldNumber,
    WireType,
    GroupEnd,
    TooDeep,
    NotUtf8,
    RequiredMissing,
}

impl Malformed {
    /// What is wrong, in a few words.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Truncated => "truncated bytes",
            Self::LongVarint => "a varint beyond 64 bits",
            Self::FieldNumber => "a field number out of range",
            Self::WireType => "an unknown wire type",
            Self::GroupEnd => "the end of a group that is not open",
            Self::TooDeep => "nested too deeply",
            Self::NotUtf8 => "text that is not UTF-8",
            Self::RequiredMissing => "a required field is missing",
        }
    }
}

/// Takes a varint off the front.
#[inline]
pub(crate) fn varint(wire: &mut &[u8]) -> Result<u64, Malformed> {
    match *wire {
        [low @ ..0x80, rest @ ..] => {
            *wire = rest;
            Ok(u64::from(*low))
        }
        [low, high @ ..0x80, rest @ ..] => {
            *wire = rest;
            Ok(u64::from(*low & 0x7f) | u64::from(*high) << 7)
        }
        _ => long_varint(wire),
    }
}

fn long_varint(wire: &mut &[u8]) -> Result<u64, Malformed> {
    let mut value = 0_u64;
    for (index, byte) in wire.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if *byte < 0x80 {
            // The tenth byte holds one bit; more would be a number beyond 64 bits.
            if index == 9 && *byte > 1 {
                return Err(Malformed::LongVarint);
            }
            *wire = &wire[index + 1..];
            return Ok(value);
        }
    }
    Err(if wire.len() < 10 {
        Malformed::Truncated
    } else {
        Malformed::LongVarint
    })
}

/// Takes the key of a field off the front: its number and wire type.
#[inline]
pub(crate) fn key(wire: &mut &[u8]) -> Result<u32, Malformed> {
    let key = u32::try_from(varint(wire)?).map_err(|_| Malformed::FieldNumber)?;
    if key >> 3 == 0 {
        return Err(Malformed::FieldNumber);
    }
    Ok(key)
}

/// Takes `count` bytes off the front.
#[inline]
pub(crate) fn take<'a>(wire: &mut &'a [u8], count: usize) -> Result<&'a [u8], Malformed> {
    let (taken, rest) = wire.split_at_checked(count).ok_or(Malformed::Truncated)?;
    *wire = rest;
    Ok(taken)
}

/// Takes a length and the bytes that it counts off the front.
#[inline]
pub(crate) fn delimited<'a>(wire: &mut &'a [u8]) -> Result<&'a [u8], Malformed> {
    let length = usize::try_from(varint(wire)?).map_err(|_| Malformed::Truncated)?;
    take(wire, length)
}

/// Takes four bytes off the front.
#[inline]
pub(crate) fn fixed32(wire: &mut &[u8]) -> Result<[u8; 4], Malformed> {
    let (taken, rest) = wire.split_first_chunk().ok_or(Malformed::Truncated)?;
    *wire = rest;
    Ok(*taken)
}

/// Takes eight bytes off the front.
#[inline]
pub(crate) fn fixed64(wire: &mut &[u8]) -> Result<[u8; 8], Malformed> {
    let (taken, rest) = wire.split_first_chunk().ok_or(Malformed::Truncated)?;
    *wire = rest;
    Ok(*taken)
}

/// Takes the value that follows `key` off the front and returns its bytes, lengths included and
/// the end of a group excluded.
pub(crate) fn raw<'a>(wire: &mut &'a [u8], key: u32, depth: u32) -> Result<&'a [u8], Malformed> {
    let whole = *wire;
    match key & 7 {
        VARINT => _ = varint(wire)?,
        FIXED64 => _ = fixed64(wire)?,
        LEN => _ = delimited(wire)?,
        START_GROUP => return group(wire, key >> 3, depth),
        END_GROUP => return Err(Malformed::GroupEnd),
        FIXED32 => _ = fixed32(wire)?,
        _ => return Err(Malformed::WireType),
    }
    Ok(&whole[..whole.len() - wire.len()])
}

/// Takes the fields of a group and its end off the front, and returns the fields.
pub(crate) fn group<'a>(
    wire: &mut &'a [u8],
    number: u32,
    depth: u32,
) -> Result<&'a [u8], Malformed> {
    let whole = *wire;
    let Some(depth) = depth.checked_sub(1) else {
        return Err(Malformed::TooDeep);
    };
    loop {
        let before = wire.len();
        let key = key(wire)?;
        if key & 7 == END_GROUP {
            if key >> 3 != number {
                return Err(Malformed::GroupEnd);
            }
            return Ok(&whole[..whole.len() - before]);
        }
        raw(wire, key, depth)?;
    }
}

/// Appends a varint.
#[inline]
pub(crate) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Maps small negative numbers to small varints, as `sint32` and `sint64` are encoded.
#[inline]
pub(crate) fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63).cast_unsigned()
}

/// The inverse of [`zigzag`].
#[inline]
pub(crate) fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

/// Reserves one byte for a length that is not known yet; [`close`] writes it.
#[inline]
pub(crate) fn open(out: &mut Vec<u8>) -> usize {
    out.push(0);
    out.len()
}

/// Writes the length of everything since [`open`], and moves it where the length needs more
/// than the reserved byte.
#[inline]
pub(crate) fn close(out: &mut Vec<u8>, start: usize) {
    let length = out.len() - start;
    if length < 0x80 {
        out[start - 1] = length as u8;
    } else {
        close_long(out, start, length);
    }
}

fn close_long(out: &mut Vec<u8>, start: usize, length: usize) {
    let mut prefix = [0_u8; 10];
    let mut size = 0;
    let mut rest = length;
    while rest >= 0x80 {
        prefix[size] = rest as u8 | 0x80;
        rest >>= 7;
        size += 1;
    }
    prefix[size] = rest as u8;
    // One byte is reserved already, so the content moves by `size`.
    out.resize(out.len() + size, 0);
    out.copy_within(start..start + length, start + size);
    out[start - 1..start + size].copy_from_slice(&prefix[..=size]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn varints_and_zigzag_round_trip(value: u64, signed: i64) {
            let mut bytes = Vec::new();
            put_varint(&mut bytes, value);
            let mut wire = &bytes[..];
            prop_assert_eq!(varint(&mut wire), Ok(value));
            prop_assert!(wire.is_empty());
            prop_assert_eq!(unzigzag(zigzag(signed)), signed);
            for cut in 0..bytes.len() {
                prop_assert_eq!(varint(&mut &bytes[..cut]), Err(Malformed::Truncated));
            }
        }

        #[test]
        fn back_patched_lengths_keep_what_stands_around_them(
            before in prop::collection::vec(any::<u8>(), 0..9),
            content in prop::collection::vec(any::<u8>(), 0..40_000),
        ) {
            let mut out = before.clone();
            let start = open(&mut out);
            out.extend_from_slice(&content);
            close(&mut out, start);
            prop_assert_eq!(&out[..before.len()], &before[..]);
            let mut wire = &out[before.len()..];
            prop_assert_eq!(delimited(&mut wire), Ok(&content[..]));
            prop_assert!(wire.is_empty());
        }
    }

    #[test]
    fn overlong_and_unbalanced_bytes_are_refused() {
        assert!(varint(&mut &[0xff; 11][..]).is_err());
        assert!(
            varint(&mut &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2][..]).is_err()
        );
        assert!(key(&mut &[0x00][..]).is_err());
        assert!(raw(&mut &[0x0c][..], 0x0b, 9).is_ok_and(<[u8]>::is_empty));
        assert!(raw(&mut &[0x14][..], 0x0b, 9).is_err());
        assert!(raw(&mut &[][..], 0x0c, 9).is_err());
        assert!(raw(&mut &[0x0b; 64][..], 0x0b, 9).is_err());
    }
}
