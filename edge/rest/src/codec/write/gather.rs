//! The careful path: the occurrences of every field are brought together before they are
//! written, in whatever order they come.

use super::merge::Merge;
use super::scan::{check_required, is_packed, value_is_default};
use super::value::low32;
use super::{Stop, Writer, Written};
use crate::codec::format::wire;
use crate::codec::table::{Field, Kind, Label, Message};

/// One occurrence of a field: the bytes of its value, lengths included.
#[derive(Clone, Copy)]
struct Occurrence<'w> {
    index: usize,
    packed: bool,
    raw: &'w [u8],
}

impl Writer<'_> {
    /// Writes the fields of a message, a comma before each.
    pub(super) fn gathered(&mut self, table: &Message, bytes: &[u8]) -> Written {
        let occurrences = self.occurrences(table, bytes)?;
        let mut next = 0;
        for group in occurrences.chunk_by(|one, other| one.index == other.index) {
            let Some(Occurrence { index, .. }) = group.first().copied() else {
                continue;
            };
            if self.options.defaults {
                self.defaults(&table.fields[next..index]);
            }
            next = index + 1;
            let field = &table.fields[index];
            let last = group.last().map_or(&[][..], |last| last.raw);
            if field.label == Label::Implicit
                && !self.options.defaults
                && value_is_default(field.kind, last)
            {
                continue;
            }
            let before = self.out.len();
            self.member(field);
            let some = self.group(field, group)?;
            if !some && !self.options.defaults {
                self.out.truncate(before);
            }
        }
        if self.options.defaults {
            self.defaults(&table.fields[next..]);
        }
        if table.has_required {
            let met = |index: usize| {
                occurrences
                    .binary_search_by_key(&index, |one| one.index)
                    .is_ok()
            };
            check_required(table, met)?;
        }
        Ok(())
    }

    /// Writes the value of one field of a message, and nothing else of it.
    pub(super) fn only_gathered(
        &mut self,
        table: &Message,
        field: &Field,
        bytes: &[u8],
    ) -> Written {
        let mut occurrences = self.occurrences(table, bytes)?;
        occurrences.retain(|one| table.fields[one.index].number == field.number);
        if occurrences.is_empty() {
            return self.absent(field);
        }
        self.group(field, &occurrences).map(|_| ())
    }

    /// The known fields of a message, by index; of a oneof only the member that came last.
    fn occurrences<'w>(
        &self,
        table: &Message,
        bytes: &'w [u8],
    ) -> Result<Vec<Occurrence<'w>>, Stop> {
        let mut found = Vec::new();
        // For each oneof the member that holds, and from which occurrence on.
        let mut holding = vec![(usize::MAX, 0); table.oneofs.len()];
        let mut wire = bytes;
        while !wire.is_empty() {
            let key = wire::key(&mut wire)?;
            let raw = wire::raw(&mut wire, key, self.depth)?;
            let Some(index) = table.field(key >> 3) else {
                continue;
            };
            let field = &table.fields[index];
            let packed = field.key != key;
            if packed && !is_packed(field, key) {
                continue;
            }
            let singular = matches!(field.label, Label::Implicit | Label::Explicit);
            if singular && self.is_undeclared(field.kind, raw) {
                continue;
            }
            if let Some(oneof) = field.oneof
                && let Some(holding) = holding.get_mut(usize::from(oneof))
                && holding.0 != index
            {
                *holding = (index, found.len());
            }
            found.push(Occurrence { index, packed, raw });
        }
        let mut position = 0;
        found.retain(|one| {
            position += 1;
            let oneof = table.fields[one.index].oneof;
            let holding = oneof.and_then(|oneof| holding.get(usize::from(oneof)));
            holding.is_none_or(|(index, from)| one.index == *index && position > *from)
        });
        found.sort_by_key(|one| one.index);
        Ok(found)
    }

    /// Writes the value that the occurrences of a field make together, and says whether it is
    /// more than an empty list or map.
    fn group(&mut self, field: &Field, group: &[Occurrence<'_>]) -> Result<bool, Stop> {
        let raws = || group.iter().map(|one| one.raw);
        match (field.label, field.kind) {
            (Label::Map { key }, _) => self.gathered_entries(field, key, raws()),
            (Label::List { .. }, kind) => self.gathered_list(kind, group),
            (_, Kind::Message(_)) => {
                let mut merge = Merge::default();
                raws().for_each(|raw| merge.merge(raw));
                let whole = merge.finish()?.unwrap_or_default();
                self.value(field.kind, &mut &whole[..]).map(|()| true)
            }
            (_, Kind::Group(id, _)) => {
                let whole = raws().collect::<Vec<_>>().concat();
                self.message(id, &whole).map(|()| true)
            }
            (_, kind) => {
                let mut last = group.last().map_or(&[][..], |last| last.raw);
                self.value(kind, &mut last).map(|()| true)
            }
        }
    }

    fn gathered_list(&mut self, kind: Kind, group: &[Occurrence<'_>]) -> Result<bool, Stop> {
        self.out.push(b'[');
        let start = self.out.len();
        for Occurrence {
            packed, mut raw, ..
        } in group.iter().copied()
        {
            if packed {
                raw = wire::delimited(&mut raw)?;
            }
            loop {
                if packed && raw.is_empty() {
                    break;
                }
                if self.is_undeclared(kind, raw) {
                    wire::varint(&mut raw)?;
                } else {
                    self.comma(start);
                    match kind {
                        Kind::Group(id, _) => self.message(id, raw)?,
                        _ => self.value(kind, &mut raw)?,
                    }
                }
                if !packed {
                    break;
                }
            }
        }
        Ok(self.close_list(start))
    }

    /// Whether the value is one that a closed enum does not declare; those count as unknown
    /// fields.
    pub(super) fn is_undeclared(&self, kind: Kind, raw: &[u8]) -> bool {
        let Kind::Enum(index) = kind else {
            return false;
        };
        let table = &self.codec.enums[index as usize];
        let mut raw = raw;
        table.closed && wire::varint(&mut raw).is_ok_and(|number| !table.declares(low32(number)))
    }
}
