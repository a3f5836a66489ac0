//! Queries: what was typed, as words in all the forms in which a document may have them.

use std::{collections::BTreeMap, ops::RangeInclusive};

use bytes::Bytes;
use sv_kernel::Tenant;

use super::{
    Reach, Tier, Weight,
    analysis::{self, Token, is_common, is_ideographic},
    document::facet_term,
    typo,
};

/// Words beyond these are not looked for.
const MAX_WORDS: usize = 16;

/// What is looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Whose documents.
    pub tenant: Tenant,
    /// By which words.
    pub words: Words,
    /// Among which documents.
    pub filter: Filter,
    /// Mended words are only looked for while fewer documents than this were found.
    pub mend_below: usize,
}

impl Query {
    /// Lists the tiers of what is not mended.
    pub fn strict_tiers(&self) -> &'static [Tier] {
        if self.words.is_letter() {
            &Tier::STRICT_OF_LETTER
        } else {
            &Tier::STRICT
        }
    }

    /// Returns how far words may be from what was typed where nothing has all of them.
    pub fn widest_reach(&self) -> Reach {
        if self.mend_below == 0 {
            Reach::Begun
        } else {
            Reach::Mended
        }
    }
}

/// Which documents may be found at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Facets that must have at least one of the values.
    pub facets: BTreeMap<String, Vec<String>>,
    /// Numbers that must lie in the range.
    pub numbers: BTreeMap<String, RangeInclusive<i64>>,
}

/// A document that may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: i64,
    /// What was stored with it.
    pub payload: Bytes,
}

/// The words of a query, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// The words.
    pub words: Vec<Word>,
    /// How a name that is the query begins, as [`analysis::starts`] writes it.
    pub start: String,
}

/// A word of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The forms in which a document may have it: as typed, then joined with its neighbours.
    pub forms: Vec<Form>,
    /// Whether a document fits without it: a common word beside others.
    pub optional: bool,
    /// How many edits may mend it as typed.
    pub edits: u8,
    /// How else it may be written: as a number, e.g. `ii` and `two` for `2`, or without the letter that stands for an
    /// umlaut, e.g. `uber` for `ueber`.
    pub aliases: Vec<String>,
}

/// A form of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// The normalised word.
    pub text: String,
    /// Whether it ends the query, so that more of it may follow.
    pub open: bool,
    /// Whether neighbours of the word are in it.
    pub joined: bool,
}

impl Word {
    /// Returns the word as typed.
    pub fn typed(&self) -> &Form {
        &self.forms[0]
    }

    /// Says whether the last word may go on in texts of this weight. A number does so in names only: who looks for part
    /// 2 means nothing of the year 2001.
    pub fn goes_on_in(&self, weight: Weight) -> bool {
        weight != Weight::About || !self.typed().text.chars().all(char::is_numeric)
    }
}

impl Words {
    /// Reads what was typed.
    pub fn parse(text: &str) -> Self {
        let mut tokens = analysis::tokens(text);
        tokens.truncate(MAX_WORDS);
        let start = tokens.iter().flat_map(|t| [&t.word, " "]).collect();
        let pieces = pieces(&tokens);
        let all_common = pieces.iter().all(|piece| is_common(&piece.text));
        let words = pieces
            .iter()
            .enumerate()
            .map(|(at, piece)| Word {
                forms: forms(&pieces, at),
                optional: !all_common && is_common(&piece.text),
                edits: typo::edits_allowed(&piece.text),
                aliases: aliases(&piece.text),
            })
            .collect();
        Self { words, start }
    }

    /// Says whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Says whether this is a single letter: the beginning of something, unless it is a whole name.
    pub fn is_letter(&self) -> bool {
        let [word] = self.words.as_slice() else {
            return false;
        };
        analysis::is_letter(&word.typed().text)
    }

    /// Lists the words that a document must have.
    pub fn required(&self) -> impl Iterator<Item = &Word> {
        self.words.iter().filter(|word| !word.optional)
    }
}

impl Filter {
    /// Lists, for each facet, the terms of which a document must have one.
    pub fn facet_terms(&self) -> impl Iterator<Item = Vec<String>> {
        self.facets.iter().map(|(name, values)| {
            let terms = values.iter().map(|value| facet_term(name, value));
            terms.collect()
        })
    }
}

/// A word before it knows its neighbours' forms.
struct Piece {
    text: String,
    /// Which chunk it belongs to.
    chunk: usize,
    ideographic: bool,
}

/// Han and kana are looked for two by two, since single characters are in too many names.
fn pieces(tokens: &[Token]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::with_capacity(tokens.len());
    let mut chunk = 0;
    for (at, token) in tokens.iter().enumerate() {
        chunk += usize::from(!token.joined);
        let ideographic = is_ideographic(&token.word);
        let run = |other: Option<&Token>| other.is_some_and(|t| is_ideographic(&t.word));
        let next = tokens.get(at + 1).filter(|next| next.joined);
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        let text = match next {
            Some(next) if ideographic && run(Some(next)) => token.word.clone() + &next.word,
            // The last one of a run is in the pair before it.
            _ if ideographic && token.joined && run(before) => continue,
            _ => token.word.clone(),
        };
        pieces.push(Piece {
            text,
            chunk,
            ideographic,
        });
    }
    pieces
}

/// Lists the forms of a word: as typed, joined with the word before, with the one after, and with
/// its whole chunk.
fn forms(pieces: &[Piece], at: usize) -> Vec<Form> {
    let last = pieces.len() - 1;
    let join = |from: usize, to: usize| {
        let joined = &pieces[from..=to];
        let plain = joined.iter().all(|piece| !piece.ideographic);
        (from == to || plain).then(|| Form {
            text: joined.iter().map(|piece| piece.text.as_str()).collect(),
            open: to == last,
            joined: from != to,
        })
    };
    let own = pieces[at].chunk;
    let from = pieces.iter().position(|p| p.chunk == own).unwrap_or(at);
    let to = pieces.iter().rposition(|p| p.chunk == own).unwrap_or(at);
    let mut forms: Vec<Form> = Vec::new();
    let spans = [
        Some((at, at)),
        at.checked_sub(1).map(|before| (before, at)),
        (at < last).then_some((at, at + 1)),
        (to - from >= 2).then_some((from, to)),
    ];
    for form in spans.into_iter().flatten().filter_map(|(f, t)| join(f, t)) {
        if !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms
}

/// Small numbers in the ways in which names have them, and signs that have a name.
const SAME: [&[&str]; 21] = [
    &["1", "one"],
    &["2", "ii", "two"],
    &["3", "iii", "three"],
    &["4", "iv", "four"],
    &["5", "five"],
    &["6", "vi", "six"],
    &["7", "vii", "seven"],
    &["8", "viii", "eight"],
    &["9", "ix", "nine"],
    &["10", "ten"],
    &["11", "xi", "eleven"],
    &["12", "xii", "twelve"],
    &["13", "xiii", "thirteen"],
    &["14", "xiv", "fourteen"],
    &["15", "xv", "fifteen"],
    &["16", "xvi", "sixteen"],
    &["17", "xvii", "seventeen"],
    &["18", "xviii", "eighteen"],
    &["19", "xix", "nineteen"],
    &["20", "xx", "twenty"],
    &["+", "plus"],
];

/// Letters that are numbers where numbers are looked for. A lone `i`, `v` or `x` that is typed is no number.
const LETTERS: [(&[&str], &str); 3] = [
    (&["1", "one"], "i"),
    (&["5", "five"], "v"),
    (&["10", "ten"], "x"),
];

/// How keyboards without umlauts write them, and what they become in an index.
const UMLAUTS: [(&str, &str); 4] = [("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a")];

fn aliases(word: &str) -> Vec<String> {
    let same = SAME.into_iter().filter(|forms| forms.contains(&word));
    let same = same.flatten().copied().filter(|form| *form != word);
    let letters = LETTERS
        .into_iter()
        .filter(|(forms, _)| forms.contains(&word));
    let mut all: Vec<String> = same
        .chain(letters.map(|(_, letter)| letter))
        .map(str::to_owned)
        .collect();
    let plain = |word: String, (written, meant): (&str, &str)| word.replace(written, meant);
    let plain = UMLAUTS.into_iter().fold(word.to_owned(), plain);
    if plain != word && plain.chars().count() > 1 {
        all.push(plain);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(text: &str) -> Vec<Vec<String>> {
        let show = |form: Form| form.text + if form.open { "*" } else { "" };
        let words = Words::parse(text).words.into_iter();
        words
            .map(|word| word.forms.into_iter().map(show).collect())
            .collect()
    }

    #[test]
    fn every_word_may_be_joined_with_its_neighbours() {
        assert_eq!(forms("Alie"), [["alie*"]]);
        assert_eq!(
            forms("spider man 2"),
            [
                vec!["spider", "spiderman"],
                vec!["man", "spiderman", "man2*"],
                vec!["2*", "man2*"]
            ]
        );
        assert_eq!(forms("s.w.a")[1], ["w", "sw", "wa*", "swa*"]);
    }

    #[test]
    fn han_and_kana_are_looked_for_two_by_two() {
        assert_eq!(forms("千"), [["千*"]]);
        assert_eq!(forms("千と千"), [["千と"], ["と千*"]]);
        assert_eq!(forms("千尋 映画"), [["千寻"], ["映画*"]]);
        assert_eq!(forms("film映画"), [["film"], ["映画*"]]);
    }

    #[test]
    fn common_words_are_optional_beside_others_only() {
        let optional = |text| {
            Words::parse(text)
                .words
                .iter()
                .map(|w| w.optional)
                .collect::<Vec<_>>()
        };
        assert_eq!(optional("lord of the rings"), [false, true, true, false]);
        assert_eq!(optional("the"), [false]);
        assert_eq!(optional("in and"), [false, false]);
    }

    #[test]
    fn small_numbers_know_how_else_they_are_written() {
        let words = Words::parse("godfather II").words;
        assert_eq!(words[1].aliases, ["2", "two"]);
        assert!(words[0].aliases.is_empty());
        assert_eq!(Words::parse("12").words[0].aliases, ["xii", "twelve"]);
        assert_eq!(Words::parse("5").words[0].aliases, ["five", "v"]);
        assert_eq!(Words::parse("oel").words[0].aliases, ["ol"]);
        assert_eq!(Words::parse("plus").words[0].aliases, ["+"]);
        assert!(Words::parse("x").words[0].aliases.is_empty());
    }

    #[test]
    fn a_letter_is_one_letter_only() {
        for (text, letter) in [
            ("j", true),
            ("É", true),
            ("9", false),
            ("jo", false),
            ("千", false),
            ("a b", false),
        ] {
            assert_eq!(Words::parse(text).is_letter(), letter, "{text}");
        }
    }

    #[test]
    fn a_query_is_bounded() {
        let words = Words::parse(&"a b c d e f ".repeat(20));
        assert_eq!(words.words.len(), MAX_WORDS);
        assert!(Words::parse(" \t ").is_empty());
    }
}
