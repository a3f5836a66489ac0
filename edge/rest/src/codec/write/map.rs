//! Maps, which are lists of entries on the wire.

use super::merge::Merge;
use super::{NOT_UTF8, Stop, Writer, Written};
use crate::codec::format::{text, wire};
use crate::codec::hash::hash;
use crate::codec::table::{Field, Kind};
use std::borrow::Cow;
use std::collections::HashMap;

/// An entry: the bytes of its key and of its value, lengths included.
pub(super) struct Entry<'w> {
    key: Option<&'w [u8]>,
    value: Option<Cow<'w, [u8]>>,
}

impl Writer<'_> {
    /// Writes the entries at the front of the wire as a JSON object.
    pub(super) fn entries(&mut self, field: &Field, key: Kind, wire: &mut &[u8]) -> Written {
        let keys = self.keys.len();
        self.out.push(b'{');
        loop {
            let entry = self.entry(key, field.kind, wire::delimited(wire)?)?;
            let start = self.out.len();
            self.map_key(key, entry.key)?;
            self.keys.push(hash(&self.out[start..]));
            self.entry_value(field.kind, entry.value.as_deref())?;
            match field.tag.strip(wire) {
                Some(rest) => *wire = rest,
                None => break,
            }
            self.out.push(b',');
        }
        self.out.push(b'}');
        let hashes = &mut self.keys[keys..];
        hashes.sort_unstable();
        // A key that comes again replaces the first.
        if hashes.array_windows().any(|[one, next]| one == next) {
            return Err(Stop::Unordered);
        }
        self.keys.truncate(keys);
        Ok(())
    }

    /// Writes the entries as a JSON object, the last one of each key.
    pub(super) fn gathered_entries<'w>(
        &mut self,
        field: &Field,
        key: Kind,
        entries: impl Iterator<Item = &'w [u8]>,
    ) -> Result<bool, Stop> {
        let mut order: HashMap<Vec<u8>, usize> = HashMap::new();
        // Keys as JSON, and their values.
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for mut raw in entries {
            let entry = self.entry(key, field.kind, wire::delimited(&mut raw)?)?;
            if let Some(value) = &entry.value
                && self.is_undeclared(field.kind, value)
            {
                continue;
            }
            let start = self.out.len();
            self.map_key(key, entry.key)?;
            let name = self.out.split_off(start);
            if let Some(index) = order.get(&name) {
                values[*index] = entry.value;
            } else {
                order.insert(name.clone(), names.len());
                names.push(name);
                values.push(entry.value);
            }
        }
        self.out.push(b'{');
        for (index, (name, value)) in names.iter().zip(&values).enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            self.out.extend_from_slice(name);
            self.entry_value(field.kind, value.as_deref())?;
        }
        self.out.push(b'}');
        Ok(!names.is_empty())
    }

    /// Takes an entry apart.
    fn entry<'w>(&self, key: Kind, value: Kind, bytes: &'w [u8]) -> Result<Entry<'w>, Stop> {
        let (key_tag, value_tag) = (1 << 3 | key.wire_type(), 2 << 3 | value.wire_type());
        let (mut last_key, mut merge) = (None, Merge::default());
        let mut wire = bytes;
        while !wire.is_empty() {
            let tag = wire::key(&mut wire)?;
            let raw = wire::raw(&mut wire, tag, self.depth)?;
            if tag == key_tag {
                last_key = Some(raw);
            } else if tag == value_tag {
                match value {
                    Kind::Message(_) => merge.merge(raw),
                    _ => merge.replace(raw),
                }
            }
        }
        Ok(Entry {
            key: last_key,
            value: merge.finish()?,
        })
    }

    fn map_key(&mut self, kind: Kind, raw: Option<&[u8]>) -> Written {
        let Some(mut raw) = raw else {
            let text: &[u8] = match kind {
                Kind::String => b"\"\"",
                Kind::Bool => b"\"false\"",
                _ => b"\"0\"",
            };
            self.out.extend_from_slice(text);
            return Ok(());
        };
        match kind {
            Kind::String => {
                if !text::take_string(self.out, &mut raw)? {
                    return Err(NOT_UTF8);
                }
            }
            // JSON quotes these anyway.
            Kind::Int64 | Kind::Uint64 | Kind::Sint64 | Kind::Fixed64 | Kind::Sfixed64 => {
                self.value(kind, &mut raw)?;
            }
            _ => {
                self.out.push(b'"');
                self.value(kind, &mut raw)?;
                self.out.push(b'"');
            }
        }
        Ok(())
    }

    fn entry_value(&mut self, kind: Kind, raw: Option<&[u8]>) -> Written {
        self.out.push(b':');
        match raw {
            Some(mut raw) => self.value(kind, &mut raw),
            None => self.default_value(kind),
        }
    }
}
