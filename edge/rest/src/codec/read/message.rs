//! Objects of fields, lists and maps.

use super::Reader;
use super::fault::{Fault, Read, Step};
use crate::codec::MessageId;
use crate::codec::format::wire;
use crate::codec::hash::hash;
use crate::codec::table::{Field, Kind, Label, Message, Shape};
use std::collections::HashSet;

impl Reader<'_> {
    /// Takes the JSON of a message and appends its fields.
    #[inline]
    pub(super) fn message(&mut self, id: MessageId) -> Read<()> {
        let codec = self.codec;
        let table = codec.table(id);
        self.nested(|reader| match table.shape {
            Shape::Plain | Shape::Empty => reader.fields(table, false),
            _ => reader.known(table),
        })
    }

    /// Takes an object and appends the fields that its keys name. The `@type` of an `Any` is
    /// passed over where `any` is set.
    pub(super) fn fields(&mut self, table: &Message, any: bool) -> Read<()> {
        let base = self.met.len();
        self.met.resize(
            base + (table.fields.len() + table.oneofs.len()).div_ceil(64),
            0,
        );
        let mut next = 0;
        let mut more = self.enter(b'{', b'}', "an object")?;
        while more {
            let at = self.at;
            // Most documents name the fields in order.
            let guess = table.fields.get(next);
            let index = if guess.is_some_and(|field| self.takes_key(&field.json_key)) {
                self.colon()?;
                Some(next)
            } else {
                self.named(table, any)?
            };
            if let Some(index) = index {
                let field = &table.fields[index];
                if !self.meet(base, index) {
                    let fault = Fault::new(at, "given twice");
                    return Err(fault.under(Step::Field(field.json_name.to_string())));
                }
                if let Err(fault) = self.field(table, field, base) {
                    return Err(fault.under(Step::Field(field.json_name.to_string())));
                }
                next = index + 1;
            } else {
                self.skip()?;
            }
            more = self.another(b'}')?;
        }
        if table.has_required && !self.options.partial {
            self.check_required(table, base)?;
        }
        self.met.truncate(base);
        Ok(())
    }

    /// Takes a key and returns the index of the field that it names; `None` where its value is
    /// to be passed over.
    fn named(&mut self, table: &Message, any: bool) -> Read<Option<usize>> {
        let at = self.at;
        let key = self.key()?;
        match table.names.get(key.as_bytes()) {
            Some(index) => Ok(Some(index as usize)),
            None if self.options.ignore_unknown || any && key == "@type" => Ok(None),
            None => Err(Fault::new(at, "unknown field").under(Step::Field(key.into_owned()))),
        }
    }

    /// Marks a field or oneof of the open message; false where it is marked already.
    #[inline]
    fn meet(&mut self, base: usize, index: usize) -> bool {
        let Some(word) = self.met.get_mut(base + index / 64) else {
            return false;
        };
        let bit = 1 << (index % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    #[cold]
    fn check_required(&self, table: &Message, base: usize) -> Read<()> {
        let met = |index: usize| self.met[base + index / 64] & 1 << (index % 64) != 0;
        let missing = table.fields.iter().enumerate();
        match missing
            .filter(|(_, field)| field.required)
            .find(|(index, _)| !met(*index))
        {
            None => Ok(()),
            Some((_, field)) => Err(self
                .fault("required")
                .under(Step::Field(field.json_name.to_string()))),
        }
    }

    /// Takes the value of a member and appends the field.
    #[inline]
    fn field(&mut self, table: &Message, field: &Field, base: usize) -> Read<()> {
        if self.takes_null(field) {
            if field.required && !self.options.partial {
                return Err(self.fault("required"));
            }
            if self.seen.active {
                self.seen.leaf(&field.proto_name);
            }
            return self.null();
        }
        if let Some(oneof) = field.oneof
            && !self.meet(base, table.fields.len() + usize::from(oneof))
        {
            let name = &table.oneofs[usize::from(oneof)];
            return Err(self.fault(format!("another member of {name:?} is given as well")));
        }
        if self.seen.active {
            return self.recorded(field);
        }
        self.field_value(field)
    }

    /// Appends the field, and records it or what its object names.
    #[cold]
    fn recorded(&mut self, field: &Field) -> Read<()> {
        let singular = matches!(field.label, Label::Implicit | Label::Explicit);
        let plain = match field.kind {
            Kind::Message(id) | Kind::Group(id, _) => self.codec.table(id).shape == Shape::Plain,
            _ => false,
        };
        if singular && plain {
            let open = self.seen.open(&field.proto_name);
            self.field_value(field)?;
            self.seen.close(&open, &field.proto_name);
        } else {
            self.seen.leaf(&field.proto_name);
            self.seen.active = false;
            self.field_value(field)?;
            self.seen.active = true;
        }
        Ok(())
    }

    /// Whether a `null` stands here that means the absence of the field.
    #[inline]
    pub(super) fn takes_null(&self, field: &Field) -> bool {
        self.peek() == Some(b'n') && !self.is_null_a_value(field)
    }

    #[cold]
    fn is_null_a_value(&self, field: &Field) -> bool {
        let singular = matches!(field.label, Label::Implicit | Label::Explicit);
        singular
            && match field.kind {
                Kind::Null => true,
                Kind::Message(id) => self.codec.table(id).shape == Shape::Value,
                _ => false,
            }
    }

    /// Takes the value of a field, lists and maps whole, and appends it with its keys.
    #[inline]
    pub(super) fn field_value(&mut self, field: &Field) -> Read<()> {
        match field.label {
            Label::Implicit | Label::Explicit => self.singular(field),
            Label::List { packed: true } => self.packed(field),
            Label::List { packed: false } => self.list(field),
            Label::Map { key } => self.map(field, key),
        }
    }

    #[inline]
    pub(super) fn singular(&mut self, field: &Field) -> Read<()> {
        let start = self.out.len();
        field.tag.put(self.out);
        let content = self.out.len();
        let present = self.value(field.kind)?;
        // A default of a field without presence is not written.
        let default =
            || field.label == Label::Implicit && self.out[content..].iter().all(|b| *b == 0);
        if !present || default() {
            self.out.truncate(start);
        }
        Ok(())
    }

    fn list(&mut self, field: &Field) -> Read<()> {
        let mut more = self.enter(b'[', b']', "an array")?;
        let mut index = 0;
        while more {
            let start = self.out.len();
            field.tag.put(self.out);
            match self.value(field.kind) {
                Ok(true) => {}
                Ok(false) => self.out.truncate(start),
                Err(fault) => return Err(fault.under(Step::Index(index))),
            }
            index += 1;
            more = self.another(b']')?;
        }
        Ok(())
    }

    fn packed(&mut self, field: &Field) -> Read<()> {
        let mut more = self.enter(b'[', b']', "an array")?;
        if !more {
            return Ok(());
        }
        let start = self.out.len();
        field.packed_tag.put(self.out);
        let content = wire::open(self.out);
        let mut index = 0;
        while more {
            if let Err(fault) = self.value(field.kind) {
                return Err(fault.under(Step::Index(index)));
            }
            index += 1;
            more = self.another(b']')?;
        }
        wire::close(self.out, content);
        if self.out.len() == content {
            self.out.truncate(start);
        }
        Ok(())
    }

    fn map(&mut self, field: &Field, key_kind: Kind) -> Read<()> {
        let document = self.at;
        let keys = self.keys.len();
        let mut more = self.enter(b'{', b'}', "an object")?;
        while more {
            let at = self.at;
            let key = self.key()?;
            let start = self.out.len();
            field.tag.put(self.out);
            let entry = wire::open(self.out);
            self.out.push(byte_key(1, key_kind));
            let content = self.out.len();
            if let Err(problem) = put_key(key_kind, &key, self.out) {
                return Err(Fault::new(at, problem).under(Step::Key(key.into_owned())));
            }
            self.keys.push(hash(&self.out[content..]));
            self.out.push(byte_key(2, field.kind));
            match self.nested(|reader| reader.value(field.kind)) {
                Ok(true) => wire::close(self.out, entry),
                Ok(false) => self.out.truncate(start),
                Err(fault) => return Err(fault.under(Step::Key(key.into_owned()))),
            }
            more = self.another(b'}')?;
        }
        self.check_keys(keys, document, key_kind)
    }

    /// Refuses an object, which starts at `document`, that named a key twice. The hashes of its
    /// keys are those from `keys` on.
    pub(super) fn check_keys(&mut self, keys: usize, document: usize, kind: Kind) -> Read<()> {
        let hashes = &mut self.keys[keys..];
        if hashes.len() > 1 {
            hashes.sort_unstable();
            // Equal hashes may still be different keys.
            if hashes.array_windows().any(|[one, next]| one == next) {
                let end = std::mem::replace(&mut self.at, document);
                self.compare_keys(kind)?;
                self.at = end;
            }
        }
        self.keys.truncate(keys);
        Ok(())
    }

    #[cold]
    fn compare_keys(&mut self, kind: Kind) -> Read<()> {
        let mut known = HashSet::new();
        let mut more = self.enter(b'{', b'}', "an object")?;
        while more {
            let at = self.at;
            let key = self.key()?;
            let mut bytes = Vec::new();
            let _ = put_key(kind, &key, &mut bytes);
            if !known.insert(bytes) {
                return Err(Fault::new(at, "given twice").under(Step::Key(key.into_owned())));
            }
            self.skip()?;
            more = self.another(b'}')?;
        }
        Ok(())
    }
}

/// The key of a field of a map entry.
#[inline]
fn byte_key(number: u8, kind: Kind) -> u8 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a wire type has three bits"
    )]
    let wire_type = kind.wire_type() as u8;
    number << 3 | wire_type
}

/// Appends the key of a map.
fn put_key(kind: Kind, key: &str, out: &mut Vec<u8>) -> Result<(), &'static str> {
    match kind {
        Kind::String => {
            wire::put_varint(out, key.len() as u64);
            out.extend_from_slice(key.as_bytes());
            Ok(())
        }
        Kind::Bool => {
            out.push(match key {
                "true" => 1,
                "false" => 0,
                _ => return Err("expected true or false"),
            });
            Ok(())
        }
        _ => super::scalar::put_number(kind, key, out),
    }
}
