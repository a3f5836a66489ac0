//! What editors say about searches: words that mean the same, and titles that come first.

use std::collections::HashMap;

use sv_kernel::{Locale, Timestamp};
use sv_ports::index::{
    Words,
    analysis::{normal, words},
};

/// The most other ways in which a search is asked: each costs as much as the search itself.
const MAX_ALTERNATIVES: usize = 8;

/// What one tenant's editors say.
#[derive(Debug, Default)]
pub(crate) struct Tuning {
    synonyms: Vec<Same>,
    /// Where phrases begin with a word: which synonym, and which of its phrases.
    by_first_word: HashMap<String, Vec<(usize, usize)>>,
    /// By what is typed.
    pins: HashMap<String, Pin>,
}

/// Titles that come first where something is typed.
#[derive(Debug)]
pub(crate) struct Pin {
    pub(crate) typed: String,
    /// Ids, the first before the others.
    pub(crate) titles: Vec<String>,
    /// When it begins to hold; always, where nothing is said.
    pub(crate) start: Option<Timestamp>,
    /// When it ceases to hold; never, where nothing is said.
    pub(crate) end: Option<Timestamp>,
}

/// Phrases that mean the same, in words.
#[derive(Debug)]
pub(crate) struct Same {
    phrases: Vec<Vec<String>>,
    one_way: bool,
    language: String,
}

/// Returns a text as one line of words: what editors and viewers type is compared by it.
pub(crate) fn phrase(text: &str) -> String {
    split(text).join(" ")
}

fn split(text: &str) -> Vec<String> {
    words(&normal(text)).map(str::to_owned).collect()
}

impl Tuning {
    pub(crate) fn new(synonyms: Vec<Same>, pins: Vec<Pin>) -> Self {
        let mut by_first_word: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
        for (at, same) in synonyms.iter().enumerate() {
            let standing = if same.one_way { 1 } else { same.phrases.len() };
            for (phrase, words) in same.phrases.iter().take(standing).enumerate() {
                if let Some(first) = words.first() {
                    let beginning = by_first_word.entry(first.clone()).or_default();
                    beginning.push((at, phrase));
                }
            }
        }
        Self {
            synonyms,
            by_first_word,
            pins: pins
                .into_iter()
                .map(|pin| (phrase(&pin.typed), pin))
                .collect(),
        }
    }

    /// Lists what means the same as what was typed, in the language in which the viewer reads.
    pub(crate) fn alternatives(&self, typed: &str, locale: &Locale) -> Vec<Words> {
        if self.synonyms.is_empty() {
            return Vec::new();
        }
        let typed = split(typed);
        let mut texts: Vec<String> = Vec::new();
        for (start, word) in typed.iter().enumerate() {
            for (same, phrase) in self.by_first_word.get(word).into_iter().flatten() {
                let Some(same) = self.synonyms.get(*same).filter(|same| same.speaks(locale)) else {
                    continue;
                };
                let (before, from) = typed.split_at(start);
                let Some(behind) = from.strip_prefix(same.phrases[*phrase].as_slice()) else {
                    continue;
                };
                for (at, other) in same.phrases.iter().enumerate() {
                    let text = [before, other.as_slice(), behind].concat().join(" ");
                    if at != *phrase && !texts.contains(&text) && texts.len() < MAX_ALTERNATIVES {
                        texts.push(text);
                    }
                }
            }
        }
        texts.iter().map(|text| Words::parse(text)).collect()
    }

    /// Lists the ids of what comes first where this is typed.
    pub(crate) fn pinned(&self, typed: &str, now: Timestamp) -> &[String] {
        if self.pins.is_empty() {
            return &[];
        }
        let pin = self.pins.get(&phrase(typed));
        let holds = |pin: &&Pin| {
            pin.start.is_none_or(|start| start <= now) && pin.end.is_none_or(|end| now < end)
        };
        pin.filter(holds).map_or(&[], |pin| &pin.titles)
    }
}

impl Same {
    /// Takes phrases as editors wrote them; `one_way` means that only the first stands for the others. An empty
    /// `language` is every one.
    pub(crate) fn new(phrases: &[String], one_way: bool, language: &str) -> Self {
        Self {
            phrases: phrases.iter().map(|phrase| split(phrase)).collect(),
            one_way,
            language: language.to_owned(),
        }
    }

    /// Says whether the phrases mean the same in the viewer's language: `pt` is also for who reads `pt-BR`.
    fn speaks(&self, locale: &Locale) -> bool {
        let (wanted, read) = (&*self.language, locale.as_str());
        let begins = || {
            read.get(..wanted.len())
                .is_some_and(|begin| begin.eq_ignore_ascii_case(wanted))
                && matches!(read.as_bytes().get(wanted.len()), None | Some(b'-'))
        };
        wanted.is_empty() || begins()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tuning(words: &[&str], one_way: bool, language: &str) -> Tuning {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        Tuning::new(vec![Same::new(&words, one_way, language)], Vec::new())
    }

    fn starts(tuning: &Tuning, typed: &str, locale: &str) -> Vec<String> {
        let locale = Locale::parse(locale).unwrap();
        let words = tuning.alternatives(typed, &locale).into_iter();
        words
            .map(|words| words.start.trim_end().to_owned())
            .collect()
    }

    #[test]
    fn every_phrase_stands_for_the_others_or_only_the_first_does() {
        let both = tuning(&["Film", "motion picture", "Flick"], false, "");
        assert_eq!(
            starts(&both, "best FILM night", "en"),
            ["best motion picture night", "best flick night"]
        );
        assert_eq!(starts(&both, "motion picture", "en"), ["film", "flick"]);
        assert!(starts(&both, "motion", "en").is_empty());
        let one = tuning(&["xmas", "Christmas"], true, "");
        assert_eq!(starts(&one, "xmas", "en"), ["christmas"]);
        assert!(starts(&one, "christmas", "en").is_empty());
    }

    #[test]
    fn a_language_has_its_own_words() {
        let german = tuning(&["Fernsehen", "Glotze"], false, "de");
        assert_eq!(starts(&german, "glotze", "de-AT"), ["fernsehen"]);
        assert_eq!(starts(&german, "glotze", "de"), ["fernsehen"]);
        assert!(starts(&german, "glotze", "den").is_empty());
        assert!(starts(&german, "glotze", "en").is_empty());
    }

    #[test]
    fn there_are_no_more_ways_than_eight() {
        let names: Vec<String> = (0..20).map(|n| format!("word{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(starts(&tuning(&names, false, ""), "word3", "en").len(), 8);
    }
}
