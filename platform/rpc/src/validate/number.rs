//! Numbers as they stand on the wire.

use crate::wire::Value;

/// How a number stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    Bool,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Sint32,
    Sint64,
    Fixed32,
    Sfixed32,
    Float,
    Fixed64,
    Sfixed64,
    Double,
}

impl Number {
    /// Reads a number; `None` if it stands on the wire in another way.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "limits are doubles"
    )]
    pub(super) fn read(self, value: Value<'_>) -> Option<f64> {
        Some(match (self, value) {
            (Self::Bool, Value::Varint(n)) => f64::from(u8::from(n != 0)),
            // A decoder keeps the lower half for a 32-bit field: what is checked is what is used.
            (Self::Int32, Value::Varint(n)) => f64::from((n as u32).cast_signed()),
            (Self::Uint32, Value::Varint(n)) => f64::from(n as u32),
            (Self::Sint32, Value::Varint(n)) => {
                let n = n as u32;
                f64::from((n >> 1).cast_signed() ^ -(n & 1).cast_signed())
            }
            (Self::Int64, Value::Varint(n)) | (Self::Sfixed64, Value::Fixed64(n)) => {
                n.cast_signed() as f64
            }
            (Self::Uint64, Value::Varint(n)) | (Self::Fixed64, Value::Fixed64(n)) => n as f64,
            (Self::Sint64, Value::Varint(n)) => {
                ((n >> 1).cast_signed() ^ -(n & 1).cast_signed()) as f64
            }
            (Self::Fixed32, Value::Fixed32(n)) => f64::from(n),
            (Self::Sfixed32, Value::Fixed32(n)) => f64::from(n.cast_signed()),
            (Self::Float, Value::Fixed32(n)) => f64::from(f32::from_bits(n)),
            (Self::Double, Value::Fixed64(n)) => f64::from_bits(n),
            _ => return None,
        })
    }
}
