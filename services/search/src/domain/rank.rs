//! The one ranker: orders what an index or its fallback proposes, so that all agree (X-SR-1).
//!
//! In this order: all words over some; whole words over begun ones over mended ones; names over
//! persons over anything else; words where they belong over words anywhere; popular titles over
//! others; then title, newest year and id, so that equals keep their order.

use std::cmp::Reverse;

use sv_ports::index::{Weight, Word, Words, analysis::is_article};

use super::{
    Entry,
    matching::{Line, Place, Quality},
};

/// Mended words are only wanted while fewer titles than this were found without them.
pub const MEND_BELOW: usize = 5;

/// A title that fits, and how.
#[derive(Clone, Debug)]
pub struct Ranked {
    /// The title.
    pub entry: Entry,
    /// How the words were met.
    pub kind: Kind,
    /// Which of the title's texts was met best.
    pub text: usize,
    /// Where the words lie in this text.
    pub places: Vec<Place>,
    /// Higher is better.
    pub score: f64,
}

/// How the words of a query were met; the earlier, the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Every word as typed.
    Exact,
    /// The last word goes on, or a common word is not there.
    Prefix,
    /// A word was mended.
    Typo,
    /// Some words were not found.
    Partial,
}

/// How the words lie in a text; the earlier, the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Position {
    /// They are the whole text.
    Whole,
    /// They are all of it but articles and common words.
    WholeLoosely,
    /// They begin it, perhaps after its article.
    Start,
    /// They follow each other.
    Together,
    /// They are in their order.
    InOrder,
    /// They are in it.
    Anywhere,
    /// They are in several texts.
    Apart,
}

/// What titles are ordered by, but for popularity and what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    missing: u8,
    kind: Kind,
    edits: u8,
    /// Whether common words are not where they were typed.
    scattered: bool,
    begun: bool,
    weight: Weight,
    /// Common words that are not there.
    lacking: u8,
    position: Position,
}

/// Orders the titles that fit, best first.
pub fn rank(query: &Words, entries: Vec<Entry>) -> Vec<Ranked> {
    let mut found: Vec<(Key, Ranked)> = entries
        .into_iter()
        .filter_map(|entry| judge(query, entry))
        .collect();
    let strict = found.iter().filter(|(key, _)| key.kind < Kind::Typo);
    let mended_wanted = strict.count() < MEND_BELOW;
    let least_missing = found.iter().map(|(key, _)| key.missing).min();
    found.retain(|(key, _)| {
        Some(key.missing) == least_missing && (mended_wanted || key.kind != Kind::Typo)
    });
    found.sort_by(|(a_key, a), (b_key, b)| {
        let (a, b) = (&a.entry, &b.entry);
        a_key
            .cmp(b_key)
            .then_with(|| b.popularity.total_cmp(&a.popularity))
            .then_with(|| a.title.cmp(&b.title))
            .then_with(|| Reverse(a.year).cmp(&Reverse(b.year)))
            .then_with(|| a.id.cmp(&b.id))
    });
    found.into_iter().map(|(_, ranked)| ranked).collect()
}

/// Finds out whether and how a title fits.
fn judge(query: &Words, entry: Entry) -> Option<(Key, Ranked)> {
    let lines: Vec<Line<'_>> = entry
        .texts
        .iter()
        .map(|text| Line::of(&text.line))
        .collect();
    let weights: Vec<Weight> = entry.texts.iter().map(|text| text.field.weight()).collect();
    let words: Vec<MetWord> = query
        .words
        .iter()
        .map(|word| MetWord::meet(word, &lines, query.is_letter()))
        .collect();
    let met = |word: &&MetWord| word.required && word.quality.is_some();
    let missing = words
        .iter()
        .filter(|word| word.required && word.quality.is_none())
        .count();
    words.iter().find(met)?;

    let worst =
        |of: fn(&MetWord) -> u8| words.iter().filter(met).map(of).fold(0, u8::saturating_add);
    let edits = worst(|word| word.quality.unwrap_or_default().edits);
    let begun = words
        .iter()
        .any(|word| word.quality.unwrap_or_default().begun);
    let weight = words
        .iter()
        .filter(met)
        .filter_map(|word| word.lightest(&weights))
        .max()?;
    let (position, text) = best_text(&words, &lines, &weights, weight, begun);
    let lacking = words
        .iter()
        .filter(|w| !w.required && w.quality.is_none())
        .count();
    let kind = match (missing, edits, begun || lacking > 0) {
        (1.., ..) => Kind::Partial,
        (_, 1.., _) => Kind::Typo,
        (_, _, true) => Kind::Prefix,
        _ => Kind::Exact,
    };
    let elsewhere = |word: &MetWord| !word.required && word.places[text].is_empty();
    let all_required = words.iter().all(|word| word.required);
    let key = Key {
        missing: count(missing),
        kind,
        edits,
        scattered: words.iter().any(elsewhere) || !all_required && position > Position::Together,
        begun,
        weight,
        lacking: count(lacking),
        position,
    };
    let places = words
        .iter()
        .flat_map(|word| word.places[text].clone())
        .collect();
    let score = key.score(entry.popularity);
    drop(lines);
    Some((
        key,
        Ranked {
            entry,
            kind,
            text,
            places,
            score,
        },
    ))
}

/// A word of the query and where it lies.
struct MetWord {
    required: bool,
    /// The best quality in any text; `None` if the word is in none.
    quality: Option<Quality>,
    /// Per text, the places of that quality.
    places: Vec<Vec<Place>>,
}

impl MetWord {
    fn meet(word: &Word, lines: &[Line<'_>], letter: bool) -> Self {
        let mut places: Vec<Vec<Place>> = lines.iter().map(|line| line.places(word)).collect();
        if letter {
            let several = places
                .iter_mut()
                .zip(lines)
                .filter(|(_, line)| !line.is_one_word());
            for place in several.flat_map(|(places, _)| places) {
                place.quality.begun = true;
            }
        }
        if places.iter().all(Vec::is_empty) {
            places = lines.iter().map(|line| line.mended_places(word)).collect();
        }
        let quality = places.iter().flatten().map(|place| place.quality).min();
        for of_text in &mut places {
            of_text.retain(|place| Some(place.quality) == quality);
        }
        Self {
            required: !word.optional,
            quality,
            places,
        }
    }

    /// Returns the weight of the text that says most.
    fn lightest(&self, weights: &[Weight]) -> Option<Weight> {
        let met = self
            .places
            .iter()
            .zip(weights)
            .filter(|(places, _)| !places.is_empty());
        met.map(|(_, weight)| *weight).min()
    }
}

/// Chooses the text that shows best why the title fits, and says how the words lie in it.
fn best_text(
    words: &[MetWord],
    lines: &[Line<'_>],
    weights: &[Weight],
    weight: Weight,
    begun: bool,
) -> (Position, usize) {
    let needed: Vec<&MetWord> = words
        .iter()
        .filter(|w| w.required && w.quality.is_some())
        .collect();
    let candidates = (0..lines.len()).map(|text| {
        let met = needed
            .iter()
            .filter(|word| !word.places[text].is_empty())
            .count();
        let position = if met == needed.len() && weights[text] <= weight {
            position(words, text, &lines[text], begun)
        } else {
            Position::Apart
        };
        (position, Reverse(met), weights[text], text)
    });
    let best = candidates.min();
    best.map_or((Position::Apart, 0), |(position, _, _, text)| {
        (position, text)
    })
}

/// A way in which words follow each other.
#[derive(Clone, Copy)]
struct Run {
    first: usize,
    last: Place,
    /// Whether nothing at all is between them.
    tight: bool,
}

/// Says how the words lie in a text that has all that are required.
fn position(words: &[MetWord], text: usize, line: &Line<'_>, begun: bool) -> Position {
    let met = words
        .iter()
        .map(|word| &word.places[text])
        .filter(|places| !places.is_empty());
    let sequence: Vec<&Vec<Place>> = met.collect();
    let Some((head, tail)) = sequence.split_first() else {
        return Position::Apart;
    };
    let start = |place: &Place| Run {
        first: place.start,
        last: *place,
        tight: true,
    };
    let mut runs: Vec<Run> = head.iter().map(start).collect();
    for places in tail {
        let go_on = |run: &Run| {
            let run = *run;
            places.iter().filter_map(move |place| {
                let touch = line.touch(&run.last, place)?;
                Some(Run {
                    last: *place,
                    tight: run.tight && touch,
                    ..run
                })
            })
        };
        runs = runs.iter().flat_map(go_on).take(MAX_RUNS).collect();
    }
    let all_there = words.iter().all(|word| !word.places[text].is_empty());
    let of_run = |run: &Run| whole_or_start(run, line.words(), all_there, begun);
    match runs.iter().map(of_run).min() {
        Some(position) => position,
        None if in_order(&sequence) => Position::InOrder,
        None => Position::Anywhere,
    }
}

/// More ways than this for words to follow each other are not looked at.
const MAX_RUNS: usize = 64;

fn whole_or_start(run: &Run, line: &[&str], all_there: bool, begun: bool) -> Position {
    let article = |word: Option<&&str>| word.is_some_and(|word| is_article(word));
    let before = run.first;
    let after = line.len() - run.last.end;
    let starts = before == 0 || before == 1 && article(line.first());
    let ends = after == 0 || after == 1 && article(line.last());
    if starts && ends && !begun {
        if before == 0 && after == 0 && run.tight && all_there {
            Position::Whole
        } else {
            Position::WholeLoosely
        }
    } else if starts {
        Position::Start
    } else {
        Position::Together
    }
}

fn in_order(sequence: &[&Vec<Place>]) -> bool {
    let mut from = 0;
    sequence.iter().all(|places| {
        let next = places
            .iter()
            .filter(|place| place.start >= from)
            .min_by_key(|p| p.end);
        next.map(|place| from = place.start + usize::from(!place.shared))
            .is_some()
    })
}

impl Key {
    /// Returns a number below 1 that orders like the key, and like popularity where keys are equal.
    fn score(self, popularity: f64) -> f64 {
        let digits = [
            (u32::from(self.missing), 17),
            (self.kind as u32, 4),
            (u32::from(self.edits), 33),
            (u32::from(self.scattered), 2),
            (u32::from(self.begun), 2),
            (self.weight as u32, 3),
            (u32::from(self.lacking), 17),
            (self.position as u32, 7),
        ];
        let (number, all) = digits
            .into_iter()
            .fold((0.0, 1.0), |(number, all), (digit, base)| {
                let digit = f64::from(digit.min(base - 1));
                (number * f64::from(base) + digit, all * f64::from(base))
            });
        let popular = popularity / (popularity + 100_000.0);
        (all - number - 1.0 + popular) / all
    }
}

fn count(number: usize) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}
