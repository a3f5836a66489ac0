//! How the words of a query lie in a text. Finds in a text what the indexes find in their terms.

use std::ops::Range;

use sv_ports::index::{
    Form, Word,
    analysis::{is_article, is_common, is_ideographic, joins, words},
    typo,
};

/// How well a word was met; the less, the better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quality {
    /// How many edits mend it.
    pub edits: u8,
    /// Whether it goes on in the text.
    pub begun: bool,
}

/// A place in a text where a word was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The first of the text's words.
    pub start: usize,
    /// The end of them (exclusive).
    pub end: usize,
    /// How many characters of these words were typed; `None` means all.
    pub typed: Option<usize>,
    /// How well.
    pub quality: Quality,
    /// Whether a neighbour in the query, joined with the word, lies here too.
    pub shared: bool,
}

/// The words of a text, and which of them have joined forms.
#[derive(Debug)]
pub struct Line<'a> {
    words: Vec<&'a str>,
    joins: Vec<Range<usize>>,
}

impl<'a> Line<'a> {
    /// Reads a line that `analysis::normal` made.
    pub fn of(line: &'a str) -> Self {
        Self {
            words: words(line).collect(),
            joins: joins(line),
        }
    }

    /// Returns the words.
    pub fn words(&self) -> &[&'a str] {
        &self.words
    }

    /// Says whether the text is one word, apart from an article.
    pub fn is_one_word(&self) -> bool {
        match self.words.as_slice() {
            [_] => true,
            [first, _] => is_article(first),
            _ => false,
        }
    }

    /// Lists where the word lies as it was typed or goes on, in another form only where that is
    /// nearer to what was typed.
    pub fn places(&self, word: &Word) -> Vec<Place> {
        let of_form = |form| (0..self.words.len()).flat_map(move |at| self.met(form, at));
        let mut found: Vec<Place> = of_form(word.typed()).collect();
        let nearest = found.iter().map(|place| place.quality).min();
        let others = word.forms.iter().skip(1).flat_map(of_form);
        found.extend(others.filter(|place| nearest.is_none_or(|own| place.quality < own)));
        found
    }

    /// Lists where the word lies if it is mended, or a number that is written otherwise.
    pub fn mended_places(&self, word: &Word) -> Vec<Place> {
        if word.optional {
            return Vec::new();
        }
        let starts = 0..self.words.len();
        let aliases = starts
            .clone()
            .filter(|at| word.aliases.iter().any(|alias| alias == self.words[*at]));
        let aliases = aliases.map(|at| Place {
            start: at,
            end: at + 1,
            typed: None,
            quality: Quality {
                edits: 1,
                begun: false,
            },
            shared: false,
        });
        let mended = starts.flat_map(|at| self.mended(word, at));
        aliases.chain(mended.filter(|_| word.edits > 0)).collect()
    }

    /// Says whether nothing that counts is between two places: `Some(true)` if they touch,
    /// `Some(false)` if only common words are between them, `None` otherwise.
    pub fn touch(&self, before: &Place, after: &Place) -> Option<bool> {
        if (before.start, before.end) == (after.start, after.end) {
            return (before.shared && after.shared).then_some(true);
        }
        // Pairs of Han or kana overlap by one.
        if before.start < after.start && after.start < before.end && before.end < after.end {
            return is_ideographic(self.words[after.start]).then_some(true);
        }
        let between = self.words.get(before.end..after.start)?;
        let common = between.iter().all(|word| is_common(word));
        common.then_some(between.is_empty())
    }

    fn met(&self, form: &Form, at: usize) -> impl Iterator<Item = Place> {
        let meets = move |(end, text): (usize, Joined<'_>)| {
            let begun = match text.rest_after(&form.text)? {
                0 => false,
                // A joined form says more than its first word only if all of that was typed.
                _ if form.open && (end == at + 1 || form.text.len() > self.words[at].len()) => true,
                _ => return None,
            };
            Some(Place {
                start: at,
                end,
                typed: begun.then(|| form.text.chars().count()),
                quality: Quality { edits: 0, begun },
                shared: form.joined,
            })
        };
        self.forms(at).filter_map(meets)
    }

    fn mended(&self, word: &Word, at: usize) -> impl Iterator<Item = Place> {
        let Form {
            text: typed, open, ..
        } = word.typed();
        self.forms(at).filter_map(move |(end, text)| {
            let text = text.to_text();
            let whole = typo::distance(typed, &text, word.edits).map(|edits| (edits, false));
            let begin = || typo::prefix_distance(typed, &text, word.edits);
            let (edits, begun) = match whole {
                None if *open => (begin()?, true),
                whole => whole?,
            };
            Some(Place {
                start: at,
                end,
                typed: begun.then(|| typed.chars().count()),
                quality: Quality { edits, begun },
                shared: false,
            })
        })
    }

    /// The word itself, and the joined forms that it begins.
    fn forms(&self, at: usize) -> impl Iterator<Item = (usize, Joined<'_>)> {
        let joins = self.joins.iter().filter(move |join| join.start == at);
        let spans = std::iter::once(at..at + 1).chain(joins.cloned());
        spans.map(|span| (span.end, Joined(&self.words[span])))
    }
}

/// Words without spaces between them.
#[derive(Clone, Copy)]
struct Joined<'a>(&'a [&'a str]);

impl Joined<'_> {
    /// Returns how many bytes follow the beginning, if that is how it begins.
    fn rest_after(self, beginning: &str) -> Option<usize> {
        let mut sought = beginning;
        for (at, word) in self.0.iter().enumerate() {
            match sought.strip_prefix(word) {
                Some(more) if !more.is_empty() => sought = more,
                _ => {
                    let rest = word.strip_prefix(sought)?.len();
                    return Some(
                        rest + self.0[at + 1..]
                            .iter()
                            .map(|word| word.len())
                            .sum::<usize>(),
                    );
                }
            }
        }
        None
    }

    fn to_text(self) -> String {
        self.0.concat()
    }
}

#[cfg(test)]
mod tests {
    use sv_ports::index::{Words, analysis::normal};

    use super::*;

    fn spans(text: &str, typed: &str, word: usize) -> Vec<(usize, usize, bool)> {
        let line = normal(text);
        let query = Words::parse(typed);
        let places = Line::of(&line).places(&query.words[word]);
        let span = |place: Place| (place.start, place.end, place.quality.begun);
        places.into_iter().map(span).collect()
    }

    #[test]
    fn words_lie_where_they_stand_or_are_joined() {
        assert_eq!(spans("Star Wars", "wars", 0), [(1, 2, false)]);
        assert_eq!(spans("Star Wars", "sta", 0), [(0, 1, true)]);
        assert_eq!(spans("WALL·E", "walle", 0), [(0, 2, false)]);
        assert_eq!(spans("Spider-Man 2", "spiderm", 0), [(0, 2, true)]);
        assert_eq!(spans("Spiderman", "spider man", 0), [(0, 1, false)]);
        assert_eq!(spans("S.W.A.T.", "swat", 0), [(0, 4, false)]);
        assert_eq!(spans("SWAT", "s.w.a.t", 1), [(0, 1, false)]);
        assert_eq!(spans("Star Wars", "star x", 0), [(0, 1, false)]);
        assert_eq!(spans("Stardust", "star x", 0), []);
        assert_eq!(spans("千と千尋", "と千尋", 1), [(2, 4, false)]);
    }

    #[test]
    fn mended_words_know_how_far_they_are() {
        let line = normal("Inception");
        let mended = |typed: &str| {
            let query = Words::parse(typed);
            let places = Line::of(&line).mended_places(&query.words[0]);
            places
                .first()
                .map(|place| (place.quality.edits, place.quality.begun))
        };
        assert_eq!(mended("inceptoin"), Some((1, false)));
        assert_eq!(mended("incpe"), Some((1, true)));
        assert_eq!(mended("icn"), None);
        assert_eq!(mended("incpe x"), None, "only the last word may go on");
    }
}
