//! What viewers look for, counted without anybody's name.

use std::collections::HashMap;

use sv_kernel::{Tenant, Timestamp};
use uuid::Uuid;

/// How long somebody may pause while they type, in seconds.
const PAUSE: i64 = 10;
/// The most callers who are taken to be typing; of more each search counts.
const MAX_TYPING: usize = 10_000;
/// The most texts that wait to be written; more are not counted.
const MAX_COUNTED: usize = 10_000;
/// The longest text that is counted, in characters.
const MAX_LENGTH: usize = 60;
/// More digits than these may be somebody's number.
const MAX_DIGITS: usize = 5;

/// What was counted of a text on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Count {
    /// How often it was looked for.
    pub(crate) searches: i64,
    /// How often of these nothing was found.
    pub(crate) misses: i64,
    /// When it was looked for last.
    pub(crate) last_at: Timestamp,
}

/// Whose text of which day, in UTC since the epoch.
pub(crate) type Text = (Tenant, i64, String);

/// Counts what is looked for. What somebody types letter by letter counts once, as it ends.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    typing: HashMap<(Tenant, Uuid), Typing>,
    counted: HashMap<Text, Count>,
}

/// The last that somebody typed.
#[derive(Debug)]
struct Typing {
    text: String,
    missed: bool,
    at: Timestamp,
}

/// Returns what is counted of what was typed; `None` where it may be about a person, or says nothing.
pub(crate) fn countable(typed: &str) -> Option<String> {
    let words: Vec<&str> = typed.split_whitespace().collect();
    let text = words.join(" ").to_lowercase();
    let digits = text.chars().filter(|c| c.is_numeric()).count();
    let fits = (2..=MAX_LENGTH).contains(&text.chars().count());
    (fits && digits <= MAX_DIGITS && !text.contains('@')).then_some(text)
}

/// Returns the number of a day since the epoch, in UTC.
pub(crate) fn day(at: Timestamp) -> i64 {
    at.secs().div_euclid(86_400)
}

impl Journal {
    /// Notes a search, by whom it was if that is known, and whether it found nothing.
    pub(crate) fn note(
        &mut self,
        tenant: &Tenant,
        caller: Option<Uuid>,
        text: String,
        missed: bool,
        at: Timestamp,
    ) {
        let typed = Typing { text, missed, at };
        let Some(caller) = caller else {
            return self.count(tenant.clone(), typed);
        };
        let key = (tenant.clone(), caller);
        if !self.typing.contains_key(&key) && self.typing.len() >= MAX_TYPING {
            return self.count(tenant.clone(), typed);
        }
        let goes_on = |before: &Typing| {
            at.secs() - before.at.secs() <= PAUSE
                && (typed.text.starts_with(&before.text) || before.text.starts_with(&typed.text))
        };
        let before = self.typing.remove(&key);
        if let Some(before) = before
            && !goes_on(&before)
        {
            self.count(tenant.clone(), before);
        }
        self.typing.insert(key, typed);
    }

    /// Takes what was counted; who has not gone on typing has ended.
    pub(crate) fn take(&mut self, now: Timestamp) -> HashMap<Text, Count> {
        let ended = |typing: &Typing| now.secs() - typing.at.secs() > PAUSE;
        let ended: Vec<_> = self.typing.extract_if(|_, typing| ended(typing)).collect();
        for ((tenant, _), typing) in ended {
            self.count(tenant, typing);
        }
        std::mem::take(&mut self.counted)
    }

    /// Puts back what could not be written.
    pub(crate) fn put_back(&mut self, counted: HashMap<Text, Count>) {
        for (text, count) in counted {
            self.add(text, count);
        }
    }

    fn count(&mut self, tenant: Tenant, typed: Typing) {
        let Typing { text, missed, at } = typed;
        let count = Count {
            searches: 1,
            misses: i64::from(missed),
            last_at: at,
        };
        self.add((tenant, day(at), text), count);
    }

    fn add(&mut self, text: Text, more: Count) {
        if let Some(count) = self.counted.get_mut(&text) {
            count.searches += more.searches;
            count.misses += more.misses;
            count.last_at = count.last_at.max(more.last_at);
        } else if self.counted.len() < MAX_COUNTED {
            self.counted.insert(text, more);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(1_000_000 + secs)
    }

    fn counted(journal: &mut Journal, now: i64) -> Vec<(String, i64, i64)> {
        let counted = journal.take(at(now)).into_iter();
        let mut all: Vec<_> = counted
            .map(|((_, _, text), count)| (text, count.searches, count.misses))
            .collect();
        all.sort();
        all
    }

    #[test]
    fn what_somebody_types_letter_by_letter_counts_once_as_it_ends() {
        let (mut journal, tenant) = (Journal::default(), Tenant::default());
        let (ana, ben) = (Some(Uuid::from_u128(1)), Some(Uuid::from_u128(2)));
        for (n, text) in ["ba", "bat", "batm", "bat"].into_iter().enumerate() {
            journal.note(&tenant, ana, text.into(), true, at(n.try_into().unwrap()));
        }
        journal.note(&tenant, ben, "bat".into(), false, at(3));
        assert!(counted(&mut journal, 5).is_empty(), "they may go on");
        journal.note(&tenant, ana, "owl".into(), false, at(6));
        assert_eq!(counted(&mut journal, 6), [("bat".into(), 1, 1)]);
        assert_eq!(
            counted(&mut journal, 17),
            [("bat".into(), 1, 0), ("owl".into(), 1, 0)]
        );
        assert!(counted(&mut journal, 99).is_empty());
    }

    #[test]
    fn who_is_nobody_counts_each_time_and_what_was_not_written_comes_again() {
        let (mut journal, tenant) = (Journal::default(), Tenant::default());
        for _ in 0..2 {
            journal.note(&tenant, None, "owl".into(), true, at(0));
        }
        let taken = journal.take(at(1));
        journal.note(&tenant, None, "owl".into(), false, at(2));
        journal.put_back(taken);
        assert_eq!(counted(&mut journal, 3), [("owl".into(), 3, 2)]);
    }

    #[test]
    fn what_may_be_about_a_person_is_not_counted() {
        for (typed, text) in [
            ("  Batman   RETURNS ", Some("batman returns")),
            ("$", None),
            ("สยาม", Some("สยาม")),
            ("ana@example.org", None),
            ("call 555 01 23", None),
            ("blade runner 2049", Some("blade runner 2049")),
        ] {
            assert_eq!(countable(typed).as_deref(), text, "{typed}");
        }
        assert_eq!(countable(&"a".repeat(61)), None);
    }

    #[test]
    fn nothing_grows_without_bound() {
        let (mut journal, tenant) = (Journal::default(), Tenant::default());
        for n in 0..25_000 {
            let caller = Some(Uuid::from_u128(n));
            journal.note(&tenant, caller, format!("text {n}"), true, at(0));
        }
        assert_eq!(journal.typing.len(), MAX_TYPING);
        assert_eq!(journal.counted.len(), MAX_COUNTED);
    }
}
