//! Repairs letters that were read with the wrong code page on their way into a file.
//!
//! Two kinds of damage are told apart. UTF-8 that was read as something else (`AmÃ©lie`) proves
//! itself: the whole text is valid UTF-8 again, and makes more sense ([`utf8`]). A byte of one code
//! page read as another (`Léon` → `LÈon`) can always be undone, so that alone proves nothing; correct
//! titles have capitals within words, too (`Tír na nÓg`). Such texts are repaired only where the
//! file as a whole proves the damage: several of its texts have letters where none belong, all have
//! the same one way back, and next to none have such letters in their place ([`Evidence`]).

mod page;
mod place;
mod utf8;

use std::collections::BTreeSet;

use page::CodePage;
use place::{has_lone_capital, is_damaged, is_well_placed};

/// What a text turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Nothing speaks against it.
    Sound,
    /// The wrong code page, proved and undone.
    Repaired(String),
    /// It looks damaged, but nothing proves what it was.
    Doubtful,
}

/// The ways that lead to damage: what was read as what.
const WAYS: [(CodePage, CodePage); 2] = [
    (CodePage::MacRoman, CodePage::Windows1252),
    (CodePage::Windows1252, CodePage::MacRoman),
];
/// So many different texts prove a way.
const PROOFS: usize = 3;
/// For each text whose letters are in their places there are so many that prove the way.
const PROOFS_PER_SOUND: usize = 4;

/// What the texts of one file show, gathered before it is read.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    /// Different texts that have only this way back; no more than needed are held.
    proofs: [BTreeSet<String>; WAYS.len()],
    /// How many texts there are of them.
    counts: [usize; WAYS.len()],
    /// Texts whose letters are in their places.
    sound: usize,
}

impl Evidence {
    /// Looks at a text.
    pub(super) fn look_at(&mut self, text: &str) {
        if text.is_ascii() || utf8::undo(text).is_some() {
            return;
        }
        match ways_back(text) {
            [Some(_), None] => self.proves(0, text),
            [None, Some(_)] => self.proves(1, text),
            _ if text.chars().any(char::is_alphabetic) && is_well_placed(text) => self.sound += 1,
            _ => {}
        }
    }

    fn proves(&mut self, way: usize, text: &str) {
        self.counts[way] += 1;
        if self.proofs[way].len() < PROOFS {
            self.proofs[way].insert(text.to_owned());
        }
    }

    /// Judges the file.
    pub(super) fn letters(&self) -> Letters {
        let of = |way: usize, other: usize| {
            self.proofs[way].len() >= PROOFS
                && self.counts[way] >= PROOFS_PER_SOUND * (self.sound + self.counts[other])
        };
        Letters {
            proved: match (of(0, 1), of(1, 0)) {
                (true, _) => Some(0),
                (_, true) => Some(1),
                _ => None,
            },
        }
    }
}

/// Judges the texts of one file.
#[derive(Clone, Debug, Default)]
pub(super) struct Letters {
    /// Which of the [`WAYS`] the file has proved.
    proved: Option<usize>,
}

impl Letters {
    /// Judges a text, and repairs it where that is proved.
    pub(super) fn read(&self, text: &str) -> Reading {
        if text.is_ascii() {
            return Reading::Sound;
        }
        if let Some(repaired) = utf8::undo(text) {
            return Reading::Repaired(repaired);
        }
        if !is_damaged(text) {
            return if has_lone_capital(text) {
                Reading::Doubtful
            } else {
                Reading::Sound
            };
        }
        let mut ways = ways_back(text);
        self.proved
            .and_then(|way| ways[way].take())
            .map_or(Reading::Doubtful, Reading::Repaired)
    }
}

/// Returns what each of the ways back makes of a text, where that makes sense.
fn ways_back(text: &str) -> [Option<String>; WAYS.len()] {
    // Small letters in their places show that nothing happened to the text.
    if !is_damaged(text) || is_well_placed(text) {
        return [None, None];
    }
    WAYS.map(|(read_as, written_as)| undo(text, read_as, written_as))
}

/// Undoes reading `written_as` as `read_as`, where the outcome makes sense and leads back.
fn undo(text: &str, read_as: CodePage, written_as: CodePage) -> Option<String> {
    let repaired = written_as.decode(&read_as.encode(text)?)?;
    let back = read_as.decode(&written_as.encode(&repaired)?)?;
    let letters_only = repaired
        .chars()
        .zip(text.chars())
        .all(|(now, was)| now == was || now.is_alphanumeric() || "’·".contains(now));
    (back == text && repaired != text && letters_only && !is_damaged(&repaired)).then_some(repaired)
}

#[cfg(test)]
mod tests;
