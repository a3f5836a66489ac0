//! Titles that editors have put first.

use super::{Entry, Kind, Ranked};

/// Puts titles first, in the order of their ids, whether they were found or not; titles that are not there are left
/// out.
pub fn pinned_first(ids: &[String], pinned: Vec<Entry>, hits: Vec<Ranked>) -> Vec<Ranked> {
    let (mut found, rest): (Vec<Ranked>, Vec<Ranked>) = hits
        .into_iter()
        .partition(|hit| pinned.iter().any(|entry| entry.id == hit.entry.id));
    let mut pinned: Vec<Entry> = pinned;
    let mut first: Vec<Ranked> = Vec::new();
    for id in ids {
        let Some(at) = pinned.iter().position(|entry| entry.id == *id) else {
            continue;
        };
        let entry = pinned.swap_remove(at);
        let hit = found.iter().position(|hit| hit.entry.id == *id);
        let hit = hit.map(|at| found.swap_remove(at));
        // Above every score that words give, which are below 1.
        let place = f64::from(u8::try_from(first.len()).unwrap_or(u8::MAX));
        first.push(Ranked {
            score: 2.0 - place / 256.0,
            pinned: true,
            ..hit.unwrap_or_else(|| unfound(entry))
        });
    }
    first.extend(rest);
    first
}

/// Makes a hit of a title that has nothing of what was typed.
fn unfound(entry: Entry) -> Ranked {
    Ranked {
        entry,
        kind: Kind::Exact,
        text: 0,
        places: Vec::new(),
        score: 0.0,
        pinned: false,
    }
}
