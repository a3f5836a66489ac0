//! The one ranker: orders what an index or its fallback proposes, so that all agree (X-SR-1).
//!
//! In this order: all words over some; whole words over begun ones over mended ones; what was typed over what means
//! the same; names over persons over anything else; words where they belong over words anywhere; popular titles over
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
    /// Whether editors have put it first.
    pub pinned: bool,
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
    /// Whether it was met by a synonym.
    by_synonym: bool,
    /// Whether common words are not where they were typed.
    scattered: bool,
    begun: bool,
    weight: Weight,
    /// Common words that are not there.
    lacking: u8,
    position: Position,
}

/// What is asked, and what is known besides titles.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// What was typed.
    pub typed: &'a Words,
    /// What means the same.
    pub synonyms: &'a [Words],
    /// How much a title is watched; 0 where nothing is known.
    pub watched: &'a dyn Fn(&Entry) -> f64,
}

/// Orders the titles that fit what was typed, best first.
pub fn rank(typed: &Words, entries: Vec<Entry>) -> Vec<Ranked> {
    let asked = Asked {
        typed,
        synonyms: &[],
        watched: &|_| 0.0,
    };
    rank_all(&asked, entries)
}

/// Orders the titles that fit, best first.
pub fn rank_all(asked: &Asked<'_>, entries: Vec<Entry>) -> Vec<Ranked> {
    let mut found: Vec<(Key, f64, Ranked)> = entries
        .into_iter()
        .filter_map(|entry| {
            let met = judge_all(asked, &entry)?;
            let liked = liked(entry.popularity, (asked.watched)(&entry));
            let ranked = Ranked {
                score: met.key.score(liked),
                kind: met.kind,
                text: met.text,
                places: met.places,
                pinned: false,
                entry,
            };
            Some((met.key, liked, ranked))
        })
        .collect();
    let strict = found.iter().filter(|(key, ..)| key.kind < Kind::Typo);
    let mended_wanted = strict.count() < MEND_BELOW;
    let least_missing = found.iter().map(|(key, ..)| key.missing).min();
    found.retain(|(key, ..)| {
        Some(key.missing) == least_missing && (mended_wanted || key.kind != Kind::Typo)
    });
    found.sort_by(|(a_key, a_liked, a), (b_key, b_liked, b)| {
        let (a, b) = (&a.entry, &b.entry);
        a_key
            .cmp(b_key)
            .then_with(|| b_liked.total_cmp(a_liked))
            .then_with(|| a.title.cmp(&b.title))
            .then_with(|| Reverse(a.year).cmp(&Reverse(b.year)))
            .then_with(|| a.id.cmp(&b.id))
    });
    found.into_iter().map(|(.., ranked)| ranked).collect()
}

/// Says how much a title is liked: by the world, and by those who watch here. Ten times as much of either counts the
/// same, so that neither drowns the other.
fn liked(popularity: f64, watched: f64) -> f64 {
    popularity.max(0.0).ln_1p() + watched.max(0.0).ln_1p()
}

/// How a title fits.
struct Met {
    key: Key,
    kind: Kind,
    text: usize,
    places: Vec<Place>,
}

/// Finds out how a title fits best: what was typed, or what means the same.
fn judge_all(asked: &Asked<'_>, entry: &Entry) -> Option<Met> {
    let lines: Vec<Line<'_>> = entry
        .texts
        .iter()
        .map(|text| Line::of(&text.line))
        .collect();
    let weights: Vec<Weight> = entry.texts.iter().map(|text| text.field.weight()).collect();
    let typed = judge(asked.typed, &lines, &weights);
    let others = asked.synonyms.iter().filter_map(|words| {
        let mut met = judge(words, &lines, &weights)?;
        met.key.by_synonym = true;
        Some(met)
    });
    typed.into_iter().chain(others).min_by_key(|met| met.key)
}

/// Finds out whether and how a title fits.
fn judge(query: &Words, lines: &[Line<'_>], weights: &[Weight]) -> Option<Met> {
    let words: Vec<MetWord> = query
        .words
        .iter()
        .map(|word| MetWord::meet(word, lines, weights, query.is_letter()))
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
        .filter_map(|word| word.lightest(weights))
        .max()?;
    let (position, text) = best_text(&words, lines, weights, weight, begun);
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
        by_synonym: false,
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
    Some(Met {
        key,
        kind,
        text,
        places,
    })
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
    fn meet(word: &Word, lines: &[Line<'_>], weights: &[Weight], letter: bool) -> Self {
        let mut places: Vec<Vec<Place>> = lines.iter().map(|line| line.places(word)).collect();
        for (places, weight) in places.iter_mut().zip(weights) {
            places.retain(|place| !place.quality.begun || word.goes_on_in(*weight));
        }
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
    /// Returns a number below 1 that orders like the key, and by how much titles are liked where keys are equal.
    fn score(self, liked: f64) -> f64 {
        let digits = [
            (u32::from(self.missing), 17),
            (self.kind as u32, 4),
            (u32::from(self.edits), 33),
            (u32::from(self.by_synonym), 2),
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
        let popular = liked / (liked + 14.0);
        (all - number - 1.0 + popular) / all
    }
}

fn count(number: usize) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}
