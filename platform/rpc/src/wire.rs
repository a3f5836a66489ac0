//! Reads protobuf's wire format without a schema. Never panics, whatever the bytes.

/// How deep groups and messages may nest.
pub(crate) const MAX_DEPTH: usize = 64;

/// The bytes are not protobuf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message is not well-formed protobuf")]
pub(crate) struct Malformed;

/// A field's value as it stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Varint(u64),
    Fixed64(u64),
    Bytes(&'a [u8]),
    Fixed32(u32),
    Group,
}

/// Walks the fields of one message in wire order.
#[derive(Clone, Debug)]
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(crate) fn new(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    fn next_field(&mut self) -> Result<(u32, Value<'a>), Malformed> {
        let (number, wire_type) = tag(&mut self.rest)?;
        let value = match wire_type {
            3 => {
                skip_group(&mut self.rest, number, 0)?;
                Value::Group
            }
            other => scalar(&mut self.rest, other)?,
        };
        Ok((number, value))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u32, Value<'a>), Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.next_field();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

/// Takes a varint off the front.
pub(crate) fn varint(bytes: &mut &[u8]) -> Result<u64, Malformed> {
    let mut value = 0_u64;
    for (i, byte) in bytes.iter().take(10).enumerate() {
        // The tenth byte holds the last bit of 64.
        if i == 9 && *byte > 1 {
            return Err(Malformed);
        }
        value |= u64::from(byte & 0x7F) << (7 * i);
        if byte & 0x80 == 0 {
            *bytes = &bytes[i + 1..];
            return Ok(value);
        }
    }
    Err(Malformed)
}

fn tag(bytes: &mut &[u8]) -> Result<(u32, u8), Malformed> {
    let key = u32::try_from(varint(bytes)?).map_err(|_| Malformed)?;
    match (key >> 3, (key & 7).to_le_bytes()[0]) {
        (0, _) => Err(Malformed),
        field => Ok(field),
    }
}

fn scalar<'a>(bytes: &mut &'a [u8], wire_type: u8) -> Result<Value<'a>, Malformed> {
    Ok(match wire_type {
        0 => Value::Varint(varint(bytes)?),
        1 => Value::Fixed64(u64::from_le_bytes(array(bytes)?)),
        2 => {
            let length = usize::try_from(varint(bytes)?).map_err(|_| Malformed)?;
            let (value, rest) = bytes.split_at_checked(length).ok_or(Malformed)?;
            *bytes = rest;
            Value::Bytes(value)
        }
        5 => Value::Fixed32(u32::from_le_bytes(array(bytes)?)),
        _ => return Err(Malformed),
    })
}

pub(crate) fn array<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], Malformed> {
    let (value, rest) = bytes.split_first_chunk::<N>().ok_or(Malformed)?;
    *bytes = rest;
    Ok(*value)
}

fn skip_group(bytes: &mut &[u8], group: u32, depth: usize) -> Result<(), Malformed> {
    if depth > MAX_DEPTH {
        return Err(Malformed);
    }
    loop {
        match tag(bytes)? {
            (number, 4) => {
                return if number == group {
                    Ok(())
                } else {
                    Err(Malformed)
                };
            }
            (number, 3) => skip_group(bytes, number, depth + 1)?,
            (_, other) => {
                scalar(bytes, other)?;
            }
        }
    }
}

/// Returns the string at a path of singular fields as protobuf merges it: submessages of the same
/// field count as one, and the last value wins.
pub(crate) fn last_string<'a>(
    message: &'a [u8],
    path: &[u32],
) -> Result<Option<&'a str>, Malformed> {
    let Some((number, below)) = path.split_first() else {
        return Ok(None);
    };
    let mut last = None;
    for field in Fields::new(message) {
        match field? {
            (n, Value::Bytes(bytes)) if n == *number => {
                if below.is_empty() {
                    last = Some(std::str::from_utf8(bytes).map_err(|_| Malformed)?);
                } else if let Some(value) = last_string(bytes, below)? {
                    last = Some(value);
                }
            }
            // A decoder refuses such a message; nothing in it may grant anything.
            (n, _) if n == *number => return Err(Malformed),
            _ => {}
        }
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Writes a length-delimited field with a small number and value.
    fn bytes_field(number: u8, value: &[u8]) -> Vec<u8> {
        let mut out = vec![number << 3 | 2, u8::try_from(value.len()).unwrap()];
        out.extend_from_slice(value);
        out
    }

    #[test]
    fn the_last_occurrence_of_a_singular_field_wins() {
        let wire = [bytes_field(1, b"mine"), bytes_field(1, b"yours")].concat();
        assert_eq!(last_string(&wire, &[1]), Ok(Some("yours")));
    }

    #[test]
    fn split_submessages_count_as_one() {
        let first = bytes_field(3, &bytes_field(1, b"mine"));
        let empty = bytes_field(3, &[]);
        let second = bytes_field(3, &bytes_field(1, b"yours"));
        let wire = [first.clone(), empty].concat();
        assert_eq!(last_string(&wire, &[3, 1]), Ok(Some("mine")));
        let wire = [first, second].concat();
        assert_eq!(last_string(&wire, &[3, 1]), Ok(Some("yours")));
    }

    #[test]
    fn a_wrong_wire_type_is_malformed_and_not_skipped() {
        let wire = [bytes_field(1, b"mine"), vec![1 << 3, 7]].concat();
        assert_eq!(last_string(&wire, &[1]), Err(Malformed));
    }

    #[test]
    fn field_zero_overlong_varints_and_stray_group_ends_are_malformed() {
        for bad in [
            &[0_u8, 0][..],
            &[0xFF; 11],
            &[0x0C],
            &[0x0A, 0x05, 1],
            &[0x0B, 0x14],
        ] {
            assert!(Fields::new(bad).any(|f| f.is_err()), "{bad:?}");
        }
        let deep = vec![0x0B; 100_000];
        assert!(Fields::new(&deep).any(|f| f.is_err()));
    }

    proptest! {
        #[test]
        fn any_bytes_end_in_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Fields::new(&bytes).count();
            let _ = last_string(&bytes, &[1, 2, 3]);
        }
    }
}
