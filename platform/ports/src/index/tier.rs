//! In which order candidates are preferred where too many fit, as
//! [`Index::candidates`](super::Index::candidates) says; every index asks these questions.

use super::Weight;

/// A question that a candidate answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// Is a name the query?
    NameIs,
    /// Does a name begin with the query's words?
    NameStarts,
    /// Does a name begin with the query, its last word continued?
    NameContinues,
    /// Are all required words in texts of these weights?
    Words(&'static [Weight], Reach),
}

/// How far a word of a document may be from what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// It is the word, in one of its forms.
    Whole,
    /// The last word may go on.
    Begun,
    /// And words as typed may be mended, and numbers written otherwise.
    Mended,
}

const NAMES: &[Weight] = &[Weight::Name];
const ALL: &[Weight] = &Weight::ALL;

impl Tier {
    /// What every candidate answers that was not mended; the same as the last of [`Self::STRICT`].
    pub const FITS: Self = Self::Words(ALL, Reach::Begun);

    /// The tiers of what was not mended.
    pub const STRICT: [Self; 7] = [
        Self::NameIs,
        Self::NameStarts,
        Self::Words(NAMES, Reach::Whole),
        Self::Words(ALL, Reach::Whole),
        Self::NameContinues,
        Self::Words(NAMES, Reach::Begun),
        Self::FITS,
    ];

    /// The tiers of what was not mended where the query is one letter, that is the beginning of
    /// something rather than a word.
    pub const STRICT_OF_LETTER: [Self; 4] = [
        Self::NameIs,
        Self::NameContinues,
        Self::Words(NAMES, Reach::Begun),
        Self::FITS,
    ];

    /// The tiers of what is mended.
    pub const MENDED: [Self; 2] = [
        Self::Words(NAMES, Reach::Mended),
        Self::Words(ALL, Reach::Mended),
    ];
}
