//! The walk over a request's bytes.

use std::{borrow::Cow, fmt::Write as _};

use sv_kernel::{FieldViolation, is_blank};

use super::{
    MOST_VIOLATIONS, format,
    mask::{Mask, Update},
    number::Number,
    rules::{Field, Kind, Message, Range, Rules},
    violation,
};
use crate::wire::{self, Fields, MAX_DEPTH, Malformed, Value};

/// Lists what is wrong with a request, at most 20 violations.
pub(super) fn violations(
    rules: &Rules,
    message: usize,
    update: Option<&Update>,
    bytes: &[u8],
) -> Vec<FieldViolation> {
    let mut scan = Scan {
        rules,
        path: Vec::new(),
        found: Vec::new(),
    };
    let changed = update.and_then(|update| {
        let (mask, unknown) = update.read(rules, bytes);
        for path in unknown {
            scan.add_at(
                "updateMask".into(),
                "UNKNOWN_FIELD",
                format!("names no field: {path}"),
            );
        }
        mask.map(|mask| (update.body, mask))
    });
    let need = match &changed {
        Some((body, mask)) => Need::Body(*body, mask),
        None => Need::All,
    };
    scan.message(message, bytes, need, 0);
    scan.found
}

/// Which required fields have to be there.
#[derive(Clone, Copy)]
enum Need<'m> {
    All,
    Nothing,
    /// Those that the mask names.
    Mask(&'m Mask),
    /// All but those of the body, of which the mask tells.
    Body(u32, &'m Mask),
}

impl Need<'_> {
    /// Returns whether the field itself is needed, and what is needed below it.
    fn of(self, number: u32) -> (bool, Self) {
        match self {
            Self::Nothing => (false, Self::Nothing),
            Self::Body(body, mask) if body == number => (true, Self::Mask(mask)),
            Self::All | Self::Body(..) => (true, Self::All),
            Self::Mask(mask) => match mask.field(number) {
                None => (false, Self::Nothing),
                Some(below) if below.whole => (true, Self::All),
                Some(below) => (false, Self::Mask(below)),
            },
        }
    }
}

/// A step of a violation's path.
enum Step<'r> {
    Field(&'r str),
    Item(u32),
    Key(String),
}

struct Scan<'r> {
    rules: &'r Rules,
    path: Vec<Step<'r>>,
    found: Vec<FieldViolation>,
}

/// What was seen of a field so far.
#[derive(Clone, Default)]
struct Seen<'b> {
    count: u32,
    /// Whether the last value is one that `required` accepts.
    filled: bool,
    /// A submessage; its occurrences count as one.
    body: Option<Cow<'b, [u8]>>,
}

impl<'r> Scan<'r> {
    fn message(&mut self, index: usize, bytes: &[u8], need: Need<'_>, depth: usize) {
        let Some(message) = self.rules.message(index) else {
            return;
        };
        if depth >= MAX_DEPTH {
            self.add("TOO_DEEP", "nests less deeply");
            return;
        }
        let mut seen = vec![Seen::default(); message.fields.len()];
        for field in Fields::new(bytes) {
            if self.found.len() >= MOST_VIOLATIONS {
                return;
            }
            let taken = field.and_then(|(number, value)| match message.find(number) {
                // Fields of a newer contract are not ours to judge.
                None => Ok(()),
                Some(at) => self.value(&message.fields[at], &mut seen[at], value, depth),
            });
            if taken.is_err() {
                self.add("MALFORMED", "is well-formed protobuf");
                return;
            }
        }
        if let Some(range) = message.range {
            self.range(range, bytes);
        }
        self.finish(message, seen, need, depth);
    }

    /// Takes one occurrence of a field.
    fn value<'b>(
        &mut self,
        field: &'r Field,
        seen: &mut Seen<'b>,
        value: Value<'b>,
        depth: usize,
    ) -> Result<(), Malformed> {
        self.path.push(Step::Field(&field.json_name));
        let taken = match (&field.map, &field.kind, value) {
            (Some(entry), _, Value::Bytes(bytes)) => {
                seen.count = seen.count.saturating_add(1);
                self.entry(entry, bytes, depth)
            }
            (None, Kind::Message(_), Value::Bytes(bytes)) if !field.many => {
                seen.count = 1;
                seen.filled = true;
                match &mut seen.body {
                    Some(body) => body.to_mut().extend_from_slice(bytes),
                    body @ None => *body = Some(Cow::Borrowed(bytes)),
                }
                Ok(())
            }
            (None, Kind::Number { .. } | Kind::Enum(_), Value::Bytes(packed)) if field.many => {
                self.packed(field, seen, packed)
            }
            (None, kind, value) => self.item(field, seen, depth, kind, value),
            (Some(_), ..) => Err(Malformed),
        };
        self.path.pop();
        taken
    }

    fn item(
        &mut self,
        field: &Field,
        seen: &mut Seen<'_>,
        depth: usize,
        kind: &Kind,
        value: Value<'_>,
    ) -> Result<(), Malformed> {
        let index = seen.count;
        seen.count = seen.count.saturating_add(1);
        if !field.many {
            seen.filled = self.check(kind, value, depth)? || (field.presence && !is_sized(kind));
            return Ok(());
        }
        // Items beyond the bound are counted, not looked at.
        if index >= field.max_items {
            return Ok(());
        }
        self.path.push(Step::Item(index));
        let checked = self.check(kind, value, depth);
        // Nothing else tells an id or a word that was left out from one that is there.
        let wanted = |format| field.required || format::problem(format, "").is_some();
        if matches!(checked, Ok(false))
            && matches!(kind, Kind::Text { format, .. } if wanted(*format))
        {
            self.add("REQUIRED", "is required");
        }
        self.path.pop();
        checked.map(|_| ())
    }

    fn packed(
        &mut self,
        field: &Field,
        seen: &mut Seen<'_>,
        mut packed: &[u8],
    ) -> Result<(), Malformed> {
        let wire = match field.kind {
            Kind::Number { wire, .. } => wire,
            _ => Number::Int32,
        };
        while !packed.is_empty() {
            let value = match wire {
                Number::Fixed32 | Number::Sfixed32 | Number::Float => {
                    Value::Fixed32(u32::from_le_bytes(wire::array(&mut packed)?))
                }
                Number::Fixed64 | Number::Sfixed64 | Number::Double => {
                    Value::Fixed64(u64::from_le_bytes(wire::array(&mut packed)?))
                }
                _ => Value::Varint(wire::varint(&mut packed)?),
            };
            self.item(field, seen, 0, &field.kind, value)?;
            if self.found.len() >= MOST_VIOLATIONS {
                break;
            }
        }
        Ok(())
    }

    fn entry(
        &mut self,
        (key, value): &(Kind, Kind),
        bytes: &[u8],
        depth: usize,
    ) -> Result<(), Malformed> {
        let (mut k, mut v) = (None, None);
        for field in Fields::new(bytes) {
            match field? {
                (1, found) => k = Some(found),
                (2, found) => v = Some(found),
                _ => {}
            }
        }
        let shown = match k {
            Some(Value::Bytes(text)) => String::from_utf8_lossy(text).chars().take(50).collect(),
            Some(Value::Varint(number)) => number.to_string(),
            _ => String::new(),
        };
        self.path.push(Step::Key(shown));
        let checked =
            [(key, k), (value, v)]
                .into_iter()
                .try_for_each(|(kind, found)| match found {
                    Some(found) => self.check(kind, found, depth).map(|_| ()),
                    None => Ok(()),
                });
        self.path.pop();
        checked
    }

    /// Checks one value; says whether it is more than empty.
    fn check(&mut self, kind: &Kind, value: Value<'_>, depth: usize) -> Result<bool, Malformed> {
        match (kind, value) {
            (
                Kind::Text {
                    min,
                    max,
                    format,
                    words,
                    shown,
                },
                Value::Bytes(bytes),
            ) => {
                let Ok(text) = std::str::from_utf8(bytes) else {
                    self.add("UTF8", "is UTF-8");
                    return Ok(true);
                };
                match words {
                    Some(words) if !text.is_empty() && !words.take(text) => {
                        self.add("WORD", format!("is one of {}", words.list()));
                    }
                    _ => self.text(text, *min, *max, *format),
                }
                Ok(!(text.is_empty() || *shown && is_blank(text)))
            }
            (Kind::Bytes { max }, Value::Bytes(bytes)) => {
                if u32::try_from(bytes.len()).is_ok_and(|n| n <= *max) {
                    return Ok(!bytes.is_empty());
                }
                self.add("MAX_LENGTH", format!("has at most {max} bytes"));
                Ok(true)
            }
            (Kind::Number { wire, min, max }, value) => {
                let number = wire.read(value).ok_or(Malformed)?;
                self.number(number, *min, *max);
                Ok(number != 0.0)
            }
            (Kind::Enum(numbers), Value::Varint(raw)) => {
                // An enum travels as an int64, of which a decoder keeps the lower half.
                #[expect(clippy::cast_possible_truncation, reason = "as protobuf says")]
                let number = (raw as u32).cast_signed();
                if numbers.binary_search(&number).is_err() {
                    self.add("ENUM", "is one of the values that are taken here");
                }
                Ok(number != 0)
            }
            (Kind::Message(index), Value::Bytes(bytes)) => {
                self.message(*index, bytes, Need::All, depth + 1);
                Ok(true)
            }
            (Kind::Group, Value::Group | Value::Bytes(_)) => Ok(true),
            _ => Err(Malformed),
        }
    }

    fn text(&mut self, text: &str, min: u32, max: u32, format: sv_proto::options::Format) {
        if text.is_empty() {
            return;
        }
        // Counting characters is only needed near the limits.
        let bytes = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let (too_long, too_short) = if bytes > max || bytes / 4 < min {
            let characters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
            (characters > max, characters < min)
        } else {
            (false, false)
        };
        if too_long {
            self.add("MAX_LENGTH", format!("has at most {max} characters"));
        } else if too_short {
            self.add("MIN_LENGTH", format!("has at least {min} characters"));
        } else if let Some((rule, wish)) = format::problem(format, text) {
            self.add(rule, wish);
        }
    }

    fn number(&mut self, number: f64, min: Option<f64>, max: Option<f64>) {
        if !number.is_finite() {
            self.add("FINITE", "is a finite number");
        } else if let Some(min) = min.filter(|min| number < *min) {
            self.add("MIN", format!("is at least {min}"));
        } else if let Some(max) = max.filter(|max| number > *max) {
            self.add("MAX", format!("is at most {max}"));
        }
    }

    /// Checks the limits of times and spans, as protobuf's JSON has them.
    fn range(&mut self, range: Range, bytes: &[u8]) {
        let (mut seconds, mut nanos) = (0_i64, 0_i64);
        for field in Fields::new(bytes).flatten() {
            match field {
                (1, Value::Varint(n)) => seconds = n.cast_signed(),
                (2, Value::Varint(n)) => nanos = n.cast_signed(),
                _ => {}
            }
        }
        let fits = match range {
            Range::Timestamp => {
                (-62_135_596_800..=253_402_300_799).contains(&seconds)
                    && (0..1_000_000_000).contains(&nanos)
            }
            Range::Duration => {
                seconds.unsigned_abs() <= 315_576_000_000
                    && nanos.unsigned_abs() < 1_000_000_000
                    && seconds.signum() * nanos.signum() >= 0
            }
        };
        if !fits {
            self.add("RANGE", "is a time that exists");
        }
    }

    /// Checks what can only be said once the whole message was seen.
    fn finish(&mut self, message: &'r Message, seen: Vec<Seen<'_>>, need: Need<'_>, depth: usize) {
        for (field, seen) in message.fields.iter().zip(seen) {
            if self.found.len() >= MOST_VIOLATIONS {
                return;
            }
            self.path.push(Step::Field(&field.json_name));
            let (needed, below) = need.of(field.number);
            let there = if field.many {
                seen.count > 0
            } else {
                seen.filled
            };
            if field.required && needed && !there {
                self.add("REQUIRED", "is required");
            } else if field.absent && there {
                self.add("ABSENT", "is not taken here");
            } else if field.many && seen.count > field.max_items {
                self.add(
                    "MAX_ITEMS",
                    format!("has at most {} items", field.max_items),
                );
            } else if field.many && seen.count > 0 && seen.count < field.min_items {
                self.add(
                    "MIN_ITEMS",
                    format!("has at least {} items", field.min_items),
                );
            } else if let (Kind::Message(index), false) = (&field.kind, field.many) {
                match (seen.body, below) {
                    (Some(body), _) => self.message(*index, &body, below, depth + 1),
                    // The mask clears something inside that has to stay.
                    (None, Need::Mask(_)) => self.message(*index, &[], below, depth + 1),
                    (None, _) => {}
                }
            }
            self.path.pop();
        }
    }

    fn add(&mut self, rule: &'static str, description: impl Into<String>) {
        let mut path = String::new();
        for step in &self.path {
            // Writing to a string does not fail.
            let _ = match step {
                Step::Field(name) if path.is_empty() => write!(path, "{name}"),
                Step::Field(name) => write!(path, ".{name}"),
                Step::Item(index) => write!(path, "[{index}]"),
                Step::Key(key) => write!(path, "[{key}]"),
            };
        }
        self.add_at(path, rule, description);
    }

    fn add_at(&mut self, path: String, rule: &'static str, description: impl Into<String>) {
        if self.found.len() < MOST_VIOLATIONS {
            self.found.push(violation(path, rule, description));
        }
    }
}

fn is_sized(kind: &Kind) -> bool {
    matches!(kind, Kind::Text { .. } | Kind::Bytes { .. })
}
