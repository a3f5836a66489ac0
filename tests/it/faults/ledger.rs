//! What was acknowledged, and how it is held against what is stored.

use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

use super::stored::{Film, Standing, Stored};
use crate::harness::{Client, tell};

/// How long relay and index may stand still before they have come up with the last write.
const STANDSTILL: Duration = Duration::from_mins(1);

/// What was last acknowledged of a film.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The version; the deletion counts as one.
    pub(super) version: i64,
    /// The last title that it had.
    pub(super) title: String,
    pub(super) deleted: bool,
}

/// What was last acknowledged, by the films' ids.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger(pub(super) BTreeMap<String, Entry>);

/// What differs between the ledger and the installation. Each carries the film's id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Finding {
    FilmLost(String),
    FilmDoubled(String),
    /// Another version or title than the last acknowledged.
    FilmOtherwise(String),
    /// It was deleted, and is there.
    FilmBack(String),
    /// Nobody asked for it, or asked for it once and got it twice.
    FilmUnasked(String),
    /// The event of a version is not in the log.
    EventMissing(String, i64),
    EventDoubled(String, i64),
    /// There is an event of a version that the film never had.
    EventUnasked(String, i64),
    EventsOutOfOrder(String),
    /// The last event tells another title than the last acknowledged.
    EventOtherwise(String),
    NotFound(String),
    FoundDoubled(String),
    /// It is found by a title that it no longer has, or though it was deleted.
    FoundOtherwise(String),
    /// The index has so many documents, and there are so many films.
    Documents(usize, usize),
    /// The index has not taken up so many events.
    Lag(usize),
}

impl Ledger {
    /// Makes the ledger of a catalogue that is as it should be: of films that were acknowledged in
    /// these versions.
    pub(super) fn of_films(films: &[Film]) -> Self {
        let entry = |film: &Film| {
            let entry = Entry {
                version: film.version,
                title: film.title.clone(),
                deleted: false,
            };
            (film.id.clone(), entry)
        };
        Self(films.iter().map(entry).collect())
    }

    /// Lists the titles to search for.
    pub(super) fn titles(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(|entry| entry.title.as_str())
    }

    /// Waits until relay and index are through, holds the ledger against what is read then, and
    /// returns what is wrong.
    pub(super) fn settle(&self, editor: &Client, mut read: impl FnMut() -> Stored) -> Vec<Finding> {
        let films = self.0.values().filter(|entry| !entry.deleted).count();
        let mut seen = (Standing::of(editor), Instant::now());
        loop {
            let now = Standing::of(editor);
            if now != seen.0 {
                seen = (now, Instant::now());
            }
            let late = seen.1.elapsed() > STANDSTILL;
            if late || (now.documents, now.lag) == (films, 0) {
                let found = self.compare(&read());
                if late || found.is_empty() {
                    return found;
                }
            }
            thread::sleep(Duration::from_millis(200));
        }
    }

    /// Lists what differs now.
    pub(super) fn compare(&self, stored: &Stored) -> Vec<Finding> {
        let mut found = self.in_catalogue(stored);
        found.extend(self.in_log(stored));
        found.extend(self.in_index(stored));
        found.sort();
        found
    }

    fn in_catalogue(&self, stored: &Stored) -> Vec<Finding> {
        let mut by_id = BTreeMap::<&str, Vec<&Film>>::new();
        for film in &stored.films {
            by_id.entry(&film.id).or_default().push(film);
        }
        let mut found = Vec::new();
        for (id, entry) in &self.0 {
            let films = by_id.remove(id.as_str()).unwrap_or_default();
            found.extend(match films.as_slice() {
                [] if !entry.deleted => Some(Finding::FilmLost(id.clone())),
                [] => None,
                [..] if entry.deleted => Some(Finding::FilmBack(id.clone())),
                [film] if (film.version, &film.title) != (entry.version, &entry.title) => {
                    Some(Finding::FilmOtherwise(id.clone()))
                }
                [_] => None,
                [..] => Some(Finding::FilmDoubled(id.clone())),
            });
        }
        let unasked = by_id
            .into_keys()
            .map(|id| Finding::FilmUnasked(id.to_owned()));
        found.extend(unasked);
        found
    }

    fn in_log(&self, stored: &Stored) -> Vec<Finding> {
        let mut by_film = BTreeMap::<&str, Vec<_>>::new();
        for event in &stored.events {
            by_film.entry(&event.film).or_default().push(event);
        }
        let mut found = Vec::new();
        for (id, entry) in &self.0 {
            let events = by_film.remove(id.as_str()).unwrap_or_default();
            for version in 1..=entry.version {
                match events.iter().filter(|e| e.version == version).count() {
                    0 => found.push(Finding::EventMissing(id.clone(), version)),
                    1 => {}
                    _ => found.push(Finding::EventDoubled(id.clone(), version)),
                }
            }
            let beyond = events
                .iter()
                .filter(|e| !(1..=entry.version).contains(&e.version));
            found.extend(beyond.map(|e| Finding::EventUnasked(id.clone(), e.version)));
            if !events.is_sorted_by_key(|e| e.version) {
                found.push(Finding::EventsOutOfOrder(id.clone()));
            }
            let title = (!entry.deleted).then_some(&entry.title);
            if events
                .last()
                .is_some_and(|event| event.title.as_ref() != title)
            {
                found.push(Finding::EventOtherwise(id.clone()));
            }
        }
        let unasked = by_film.into_values().flatten();
        found.extend(unasked.map(|e| Finding::EventUnasked(e.film.clone(), e.version)));
        found
    }

    fn in_index(&self, stored: &Stored) -> Vec<Finding> {
        let mut found = Vec::new();
        for (id, entry) in &self.0 {
            let hits = stored.hits.get(&entry.title).map_or(&[][..], Vec::as_slice);
            let own: Vec<_> = hits.iter().filter(|hit| hit.id == *id).collect();
            found.extend(match own.as_slice() {
                [] if entry.deleted => None,
                [] => Some(Finding::NotFound(id.clone())),
                [..] if entry.deleted => Some(Finding::FoundOtherwise(id.clone())),
                [hit] if hit.title != entry.title => Some(Finding::FoundOtherwise(id.clone())),
                [_] => None,
                [..] => Some(Finding::FoundDoubled(id.clone())),
            });
        }
        let films = self.0.values().filter(|entry| !entry.deleted).count();
        let Standing { documents, lag } = stored.index;
        if documents != films {
            found.push(Finding::Documents(documents, films));
        }
        if lag > 0 {
            found.push(Finding::Lag(lag));
        }
        found
    }
}

/// Prints what a fault did to what had been acknowledged.
pub(super) fn report(fault: &str, acknowledged: usize, found: &[Finding]) {
    use Finding::{EventDoubled, FilmDoubled, FilmUnasked, FoundDoubled};
    let (doubled, lost): (Vec<_>, Vec<_>) = found.iter().partition(|finding| {
        matches!(
            finding,
            EventDoubled(..) | FilmDoubled(_) | FilmUnasked(_) | FoundDoubled(_)
        )
    });
    tell(&format!(
        "fault: {fault}: {acknowledged} acknowledged, lost = {}, doubled = {}",
        lost.len(),
        doubled.len()
    ));
}
