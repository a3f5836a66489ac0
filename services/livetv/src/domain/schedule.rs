//! What a guide file says of one channel, brought into order: programmes that follow each other.

use std::{collections::HashMap, time::Duration};

use sv_kernel::Timestamp;
use sv_proto::livetv::GuideProblem;

use super::Show;

/// No programme is longer, and so far the next one may be away from one without an end. Queries count on
/// it: what runs at a moment has begun at most so long before.
pub(crate) const LONGEST: Duration = Duration::from_hours(24);

/// What a file leaves out for longer than this it says nothing about: one mistyped year must not take
/// what is stored for the time before.
const FAR: Duration = Duration::from_hours(48);

/// A programme as a file tells of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    /// Its number in the file, from 1.
    pub(crate) number: i32,
    /// The line that it begins on, from 1.
    pub(crate) line: i32,
    pub(crate) start: Timestamp,
    /// `None` where the file does not say it.
    pub(crate) stop: Option<Timestamp>,
    pub(crate) show: Show,
}

/// A programme with its place in a channel's schedule.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Slot {
    pub(crate) start: Timestamp,
    pub(crate) stop: Timestamp,
    pub(crate) show: Show,
}

/// Something that is wrong with a programme of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) problem: GuideProblem,
    /// The programme's number in the file.
    pub(crate) number: i32,
    /// The line that it begins on.
    pub(crate) line: i32,
    pub(crate) title: String,
    /// The text that it is about.
    pub(crate) value: String,
}

/// Brings the programmes of a channel into order, and says what was refused or mended. Of the rest each
/// ends when the next one begins, or before.
pub(crate) fn arrange(mut entries: Vec<Entry>) -> (Vec<Slot>, Vec<Found>) {
    let mut found = Vec::new();
    entries.retain(|entry| {
        let empty = entry.stop.is_some_and(|stop| stop <= entry.start);
        if empty {
            found.push(tell(GuideProblem::Empty, entry));
        }
        !empty
    });
    entries.sort_by_key(|entry| (entry.start, entry.number));
    let entries = one_for_each_start(entries, &mut found);

    let mut slots: Vec<Slot> = Vec::with_capacity(entries.len());
    let mut last: Option<&Entry> = None;
    for (at, entry) in entries.iter().enumerate() {
        let next = entries.get(at + 1).map(|next| next.start);
        let stop = match (entry.stop, next) {
            (Some(stop), _) => stop,
            (None, Some(next)) if next.since(entry.start) <= LONGEST => next,
            (None, _) => {
                found.push(tell(GuideProblem::StopMissing, entry));
                continue;
            }
        };
        if stop.since(entry.start) > LONGEST {
            found.push(tell(GuideProblem::TooLong, entry));
            continue;
        }
        if let (Some(before), Some(last)) = (slots.last_mut(), last) {
            if before.stop > entry.start {
                before.stop = entry.start;
                found.push(tell(GuideProblem::Overlap, last));
            } else if entry.start.since(before.stop) > FAR {
                found.push(Found {
                    value: entry.start.to_string(),
                    ..tell(GuideProblem::FarGap, last)
                });
            } else if before.stop < entry.start {
                found.push(tell(GuideProblem::Gap, last));
            }
        }
        last = Some(entry);
        slots.push(Slot {
            start: entry.start,
            stop,
            show: entry.show.clone(),
        });
    }
    (slots, found)
}

/// Keeps the first programme of each moment; one that says the same may say its end.
fn one_for_each_start(entries: Vec<Entry>, found: &mut Vec<Found>) -> Vec<Entry> {
    let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries {
        match kept.last_mut().filter(|last| last.start == entry.start) {
            None => kept.push(entry),
            Some(last) if last.show == entry.show => {
                found.push(tell(GuideProblem::Duplicate, &entry));
                last.stop = last.stop.or(entry.stop);
            }
            Some(_) => found.push(tell(GuideProblem::SameStart, &entry)),
        }
    }
    kept
}

fn tell(problem: GuideProblem, entry: &Entry) -> Found {
    Found {
        problem,
        number: entry.number,
        line: entry.line,
        title: entry.show.title(),
        value: String::new(),
    }
}

/// A span of time of a channel's schedule, with all that shall be shown in it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Part {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    pub(crate) slots: Vec<Slot>,
}

/// Cuts a schedule into parts that can be replaced one after the other: each ends with a day (UTC) once it
/// has at least `enough` programmes, and where nothing is said for long.
pub(crate) fn parts(slots: Vec<Slot>, enough: usize) -> Vec<Part> {
    let day = |slot: &Slot| slot.start.secs().div_euclid(86_400);
    let mut parts: Vec<Part> = Vec::new();
    for slot in slots {
        let last = parts.last_mut();
        let before = last.and_then(|part| Some((part.slots.last().map(day)?, part)));
        if let Some((its_day, part)) = before
            && slot.start.since(part.to) <= FAR
        {
            // What lies between belongs to the part before.
            part.to = slot.start;
            if part.slots.len() < enough || its_day == day(&slot) {
                part.to = slot.stop;
                part.slots.push(slot);
                continue;
            }
        }
        parts.push(Part {
            from: slot.start,
            to: slot.stop,
            slots: vec![slot],
        });
    }
    parts
}

/// How a channel's schedule changes: what is new, what is written over, what goes, and how much stays.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Difference<Id> {
    pub(crate) created: Vec<Slot>,
    pub(crate) updated: Vec<(Id, Slot)>,
    pub(crate) deleted: Vec<Id>,
    pub(crate) unchanged: usize,
}

impl<Id> Difference<Id> {
    pub(crate) fn is_none(&self) -> bool {
        self.created.is_empty() && self.updated.is_empty() && self.deleted.is_empty()
    }
}

/// Compares what is stored for a span of time with what shall be. A programme is the same one as long as
/// it begins at the same moment.
pub(crate) fn difference<Id>(stored: Vec<(Id, Slot)>, wanted: Vec<Slot>) -> Difference<Id> {
    let mut stored: HashMap<Timestamp, (Id, Slot)> = stored
        .into_iter()
        .map(|(id, slot)| (slot.start, (id, slot)))
        .collect();
    let mut difference = Difference {
        created: Vec::new(),
        updated: Vec::new(),
        deleted: Vec::new(),
        unchanged: 0,
    };
    for slot in wanted {
        match stored.remove(&slot.start) {
            None => difference.created.push(slot),
            Some((_, same)) if same == slot => difference.unchanged += 1,
            Some((id, _)) => difference.updated.push((id, slot)),
        }
    }
    difference.deleted = stored.into_values().map(|(id, _)| id).collect();
    difference
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hours after the beginning of a day.
    fn at(hour: i64) -> Timestamp {
        Timestamp::from_secs(hour * 3600)
    }

    fn entry(number: i32, title: &str, start: i64, stop: Option<i64>) -> Entry {
        Entry {
            number,
            line: number,
            start: at(start),
            stop: stop.map(at),
            show: Show::titled(title),
        }
    }

    /// A title with beginning and end in hours.
    type Hours = (String, i64, i64);

    /// Slots, and problems with the number of their programme.
    fn arranged(entries: Vec<Entry>) -> (Vec<Hours>, Vec<(GuideProblem, i32)>) {
        let (slots, found) = arrange(entries);
        let hour = |at: Timestamp| at.secs() / 3600;
        let slots = slots
            .into_iter()
            .map(|slot| (slot.show.title(), hour(slot.start), hour(slot.stop)));
        let found = found.into_iter().map(|found| (found.problem, found.number));
        (slots.collect(), found.collect())
    }

    fn slot(title: &str, start: i64, stop: i64) -> Hours {
        (title.to_owned(), start, stop)
    }

    #[test]
    fn a_missing_end_is_the_next_beginning_if_that_is_near() {
        let (slots, found) = arranged(vec![
            entry(1, "b", 12, None),
            entry(2, "a", 10, None),
            entry(3, "c", 13, Some(14)),
            entry(4, "far", 15, None),
            entry(5, "last", 60, None),
        ]);
        assert_eq!(
            slots,
            [slot("a", 10, 12), slot("b", 12, 13), slot("c", 13, 14)]
        );
        let missing = GuideProblem::StopMissing;
        assert_eq!(found, [(missing, 4), (missing, 5)]);
    }

    #[test]
    fn what_overlaps_ends_where_the_next_begins_and_gaps_are_told() {
        let (slots, found) = arranged(vec![
            entry(1, "a", 10, Some(12)),
            entry(2, "b", 11, Some(13)),
            entry(3, "c", 14, Some(15)),
        ]);
        assert_eq!(
            slots,
            [slot("a", 10, 11), slot("b", 11, 13), slot("c", 14, 15)]
        );
        assert_eq!(found, [(GuideProblem::Overlap, 1), (GuideProblem::Gap, 2)]);
    }

    #[test]
    fn twins_are_refused_and_one_may_say_the_end_of_the_other() {
        let (slots, found) = arranged(vec![
            entry(1, "a", 10, None),
            entry(2, "other", 10, Some(12)),
            entry(3, "a", 10, Some(11)),
        ]);
        assert_eq!(found[0], (GuideProblem::SameStart, 2));
        assert_eq!(slots.len() + found.len(), 3, "{slots:?} {found:?}");
        let (slots, found) = arranged(vec![entry(1, "a", 10, None), entry(2, "a", 10, Some(11))]);
        assert_eq!(slots, [slot("a", 10, 11)]);
        assert_eq!(found, [(GuideProblem::Duplicate, 2)]);
    }

    #[test]
    fn what_has_no_length_or_too_much_is_refused() {
        let (slots, found) = arranged(vec![
            entry(1, "empty", 10, Some(10)),
            entry(2, "back", 11, Some(10)),
            entry(3, "long", 12, Some(37)),
            entry(4, "a", 12 + 30, Some(12 + 54)),
        ]);
        assert_eq!(slots, [slot("a", 42, 66)]);
        let empty = GuideProblem::Empty;
        assert_eq!(found, [(empty, 1), (empty, 2), (GuideProblem::TooLong, 3)]);
    }

    #[test]
    fn the_same_again_is_no_difference() {
        let slots = |entries| arrange(entries).0;
        let day = vec![entry(1, "a", 10, Some(11)), entry(2, "b", 11, Some(12))];
        let stored: Vec<(u8, Slot)> = [1, 2].into_iter().zip(slots(day.clone())).collect();
        let again = difference(stored.clone(), slots(day));
        assert!(again.is_none());
        assert_eq!(again.unchanged, 2);
        let changed = vec![entry(1, "A", 10, Some(11)), entry(2, "c", 12, Some(13))];
        let changed = difference(stored, slots(changed));
        assert_eq!((changed.updated[0].0, changed.deleted), (1, vec![2]));
        assert_eq!((changed.created.len(), changed.unchanged), (1, 0));
    }

    #[test]
    fn a_schedule_is_cut_at_days_and_where_nothing_is_said_for_long() {
        let starts = [0, 20, 23, 25, 74, 124].into_iter().zip(1..);
        let entries = starts.map(|(start, number)| entry(number, "a", start, Some(start + 1)));
        let (slots, found) = arrange(entries.collect());
        // 48 hours of nothing are a gap like any other.
        let far = found.last().unwrap();
        assert_eq!((far.problem, far.number), (GuideProblem::FarGap, 5));
        assert_eq!(far.value, "1970-01-06T04:00:00Z");
        assert!(
            found[..4]
                .iter()
                .all(|found| found.problem == GuideProblem::Gap)
        );
        let hour = |at: Timestamp| at.secs() / 3600;
        let cut = |enough| {
            let parts = parts(slots.clone(), enough).into_iter();
            let parts = parts.map(|part| (hour(part.from), hour(part.to), part.slots.len()));
            parts.collect::<Vec<_>>()
        };
        let far = (124, 125, 1);
        assert_eq!(cut(usize::MAX), [(0, 75, 5), far]);
        assert_eq!(cut(4), [(0, 74, 4), (74, 75, 1), far]);
        assert_eq!(cut(1), [(0, 25, 3), (25, 74, 1), (74, 75, 1), far]);
    }
}
