//! How text becomes words: the one normaliser of documents, queries, ranking and highlighting, so
//! that every index finds the same (X-SR-1).
//!
//! Text is decomposed (NFKD), lower-cased and freed of diacritics; ligatures become their letters.
//! Anything that is no letter or digit separates words. Words that only punctuation separates stay
//! one *chunk*, so that `WWW-234`, `WWW 234` and `www234` can meet in their joined form. Han, kana, Thai
//! and their like have no spaces: every character is a word of its own, with its marks; kana are
//! hiragana, Han simplified. The Arabic article is a word of its own. Signs that end a name (`C++`)
//! are a word, and where there is nothing but symbols (`$`, `!!!`) these are.

use std::ops::Range;

use unicode_normalization::char::{compose, is_combining_mark};

use super::fold::{
    ends_a_word, folded, is_apostrophe, is_arabic, is_sign, is_voicing, is_wordly, stands_alone,
};

/// The longest word in characters; longer ones are cut.
pub const MAX_WORD: usize = 40;
/// Chunks of more words than this have no joined form.
const MAX_CHUNK: usize = 8;
/// The article of Arabic, which is written onto its word.
const ARABIC_ARTICLE: &str = "ال";
/// Stands for a hyphen in a word of symbols: lines have theirs between words.
const HYPHEN: char = '\u{2010}';

/// A word and where it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The normalised word.
    pub word: String,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends (exclusive), in bytes.
    pub end: usize,
    /// Whether only punctuation, or nothing, separates it from the word before.
    pub joined: bool,
}

/// Splits a text into its words, in their order.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut splitter = Splitter {
        symbols: is_symbols(text),
        ..Splitter::default()
    };
    for (start, c) in text.char_indices() {
        let end = start + c.len_utf8();
        if is_apostrophe(c) && ends_a_word(&text[end..]) {
            continue;
        }
        if is_sign(c) && splitter.is_in_chunk() && ends_a_name(&text[end..]) {
            splitter.sign(c, start, end);
            continue;
        }
        splitter.take(c, start, end);
    }
    splitter.close();
    splitter.tokens
}

/// Returns the words of a text as one line: a space between chunks, a hyphen within them, e.g.
/// `the a-team`. Equal texts of different spelling have equal lines.
pub fn normal(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for token in tokens(text) {
        if !line.is_empty() {
            line.push(if token.joined { '-' } else { ' ' });
        }
        line.push_str(&token.word);
    }
    line
}

/// Lists what a document can be found by, of a line that [`normal`] made: every word, and what
/// [`joins`] names.
pub fn terms(line: &str) -> Vec<String> {
    let words: Vec<&str> = words(line).collect();
    let mut terms: Vec<String> = words.iter().map(ToString::to_string).collect();
    terms.extend(joins(line).into_iter().map(|joined| words[joined].concat()));
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// Lists the ways in which a document's name begins, each ended by a space: as it is, and without
/// its article.
pub fn starts(line: &str) -> Vec<String> {
    let whole: String = words(line).flat_map(|word| [word, " "]).collect();
    let bare = whole
        .split_once(' ')
        .filter(|(first, rest)| is_article(first) && !rest.is_empty())
        .map(|(_, rest)| rest.to_owned());
    [Some(whole).filter(|whole| !whole.is_empty()), bare]
        .into_iter()
        .flatten()
        .collect()
}

/// Splits a line that [`normal`] made into its words.
pub fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split([' ', '-']).filter(|word| !word.is_empty())
}

/// Lists which words of a line that [`normal`] made have a joined form: every two neighbours and
/// every chunk. Two letters of a longer chunk have none: `M*A*S*H` is no `ma`.
pub fn joins(line: &str) -> Vec<Range<usize>> {
    let mut joins = Vec::new();
    let mut start = 0;
    let mut before: Option<&str> = None;
    for chunk in line.split(' ') {
        let parts: Vec<&str> = chunk.split('-').filter(|word| !word.is_empty()).collect();
        for (at, word) in parts.iter().enumerate() {
            let letters = at > 0 && parts.len() > 2 && is_letter(parts[at - 1]) && is_letter(word);
            if before.is_some() && !letters {
                joins.push(start + at - 1..start + at + 1);
            }
            before = Some(word);
        }
        let end = start + parts.len();
        if (3..=MAX_CHUNK).contains(&parts.len()) {
            joins.push(start..end);
        }
        start = end;
    }
    joins
}

/// Says whether the word is an English or Arabic article, which names do not stand or fall by.
pub fn is_article(word: &str) -> bool {
    matches!(word, "a" | "an" | "the" | ARABIC_ARTICLE)
}

/// Says whether the word is so common that a name may lack it.
pub fn is_common(word: &str) -> bool {
    is_article(word)
        || matches!(
            word,
            "and" | "at" | "by" | "for" | "from" | "in" | "of" | "on" | "to" | "with"
        )
}

/// Says whether the word is a single letter, of a script that makes words of several.
pub fn is_letter(word: &str) -> bool {
    let mut chars = word.chars();
    let alone = chars
        .next()
        .is_some_and(|c| c.is_alphabetic() && !stands_alone(c));
    alone && chars.next().is_none()
}

/// Says whether the word is a single character of a script without blanks, with its marks.
pub fn is_ideographic(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(stands_alone) && chars.all(is_combining_mark)
}

/// Says whether a text has neither letter nor digit: then its symbols are its words.
fn is_symbols(text: &str) -> bool {
    !text
        .chars()
        .any(|c| c == '&' || folded(c).chars().any(is_wordly))
}

/// Says whether people see the character, which is no letter and no digit.
fn is_symbol(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !matches!(c, '\u{200b}' | '\u{200c}' | '\u{180e}')
}

/// Says whether nothing of a word follows but signs like the one before.
fn ends_a_name(rest: &str) -> bool {
    let next = rest.trim_start_matches(is_sign).chars().next();
    next.is_none_or(|next| next != '&' && !folded(next).chars().any(is_wordly))
}

/// Returns where, in bytes, the part of `text` ends whose normal form has `length` characters,
/// with the marks that belong to its last letter.
pub fn end_of_prefix(text: &str, length: usize) -> usize {
    let mut seen = 0;
    let symbols = is_symbols(text);
    for (at, c) in text.char_indices() {
        if seen >= length && !is_combining_mark(c) {
            return at;
        }
        let counts = |c: &char| symbols || is_wordly(*c);
        seen += folded(c).chars().filter(counts).count();
    }
    text.len()
}

/// Collects words while it reads characters.
#[derive(Default)]
struct Splitter {
    tokens: Vec<Token>,
    word: String,
    length: usize,
    start: usize,
    end: usize,
    /// Whether a space came since the last word.
    apart: bool,
    /// Whether symbols are words.
    symbols: bool,
}

impl Splitter {
    /// Says whether what comes now would stand beside a word of letters without a space.
    fn is_in_chunk(&self) -> bool {
        !self.symbols && (!self.word.is_empty() || !self.tokens.is_empty() && !self.apart)
    }

    /// Takes a sign that ends a name: a word of its own, joined to the one before.
    fn sign(&mut self, c: char, start: usize, end: usize) {
        if !self.word.chars().all(is_sign) {
            self.close();
        }
        folded(c)
            .chars()
            .for_each(|sign| self.push(sign, start, end));
    }

    /// Takes a mark onto the character of a script without blanks that it follows.
    fn mark(&mut self, mark: char, start: usize, end: usize) -> bool {
        let alone = self.word.is_empty().then_some(self.tokens.last_mut());
        let Some(token) = alone.flatten().filter(|token| {
            // Or it is part of the same character.
            (token.end == start || token.end == end)
                && is_ideographic(&token.word)
                && token.word.chars().count() < MAX_WORD
        }) else {
            return false;
        };
        token.word.push(mark);
        token.end = end;
        true
    }

    fn take(&mut self, c: char, start: usize, end: usize) {
        // `Ke$ha` is a word, `$9.99` a price.
        if c == '$'
            && self
                .word
                .chars()
                .next_back()
                .is_some_and(char::is_alphabetic)
        {
            return self.push('s', start, end);
        }
        if c == '&' {
            self.close();
            for letter in "and".chars() {
                self.push(letter, start, end);
            }
            return self.close();
        }
        for folded in folded(c).chars() {
            if is_voicing(folded) {
                self.voice(folded, end);
            } else if !is_wordly(folded) {
                if self.symbols && is_symbol(folded) {
                    let symbol = if folded == '-' { HYPHEN } else { folded };
                    self.push(symbol, start, end);
                    continue;
                }
                self.close();
                self.apart |= folded.is_whitespace();
            } else if is_combining_mark(folded) && self.mark(folded, start, end) {
                // It is where it belongs.
            } else if stands_alone(folded) {
                self.close();
                self.push(folded, start, end);
                self.close();
            } else {
                self.push(folded, start, end);
            }
        }
    }

    fn push(&mut self, c: char, start: usize, end: usize) {
        if self.word == ARABIC_ARTICLE && is_arabic(c) {
            self.close();
        }
        if self.word.is_empty() {
            self.start = start;
            self.length = 0;
        }
        if self.length < MAX_WORD {
            self.word.push(c);
            self.length += 1;
        }
        self.end = end;
    }

    /// Puts a voicing mark onto the kana before it.
    fn voice(&mut self, mark: char, end: usize) {
        if let Some(token) = self.tokens.last_mut()
            && let Some(voiced) = token
                .word
                .chars()
                .next_back()
                .and_then(|kana| compose(kana, mark))
        {
            token.word.pop();
            token.word.push(voiced);
            token.end = end;
        }
    }

    fn close(&mut self) {
        if self.word.is_empty() {
            return;
        }
        self.tokens.push(Token {
            word: std::mem::take(&mut self.word),
            start: self.start,
            end: self.end,
            joined: !self.apart && !self.tokens.is_empty(),
        });
        self.apart = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_does_not_keep_a_name_from_itself() {
        for (text, line) in [
            ("Léon", "leon"),
            ("Le\u{301}on", "leon"),
            ("AMÉLIE", "amelie"),
            ("Cœur", "coeur"),
            ("Æon Flux", "aeon flux"),
            ("Die Fälscher & Straße", "die falscher and strasse"),
            ("Łódź", "lodz"),
            ("İstanbul", "istanbul"),
            ("ﬁnale", "finale"),
            ("Ｗｉｄｅ", "wide"),
            ("WALL·E", "wall-e"),
            ("M*A*S*H", "m-a-s-h"),
            ("Ocean's Eleven", "oceans eleven"),
            ("Don’t I'LL d'Amélie", "dont ill d-amelie"),
            ("Dead Poets' 's", "dead poets s"),
            ("Naked Gun 33 1/3: The", "naked gun 33 1-3 the"),
            ("Alien³", "alien3"),
            ("2½", "21-2"),
            ("Ri¢hie Ke$ha $9.99", "richie kesha 9-99"),
            ("Ёлки", "елки"),
            ("ΟΔΥΣΣΕΎΣ", "οδυσσευσ"),
            ("Ёж в тумане, Й", "еж в тумане и"),
            ("كتاب ١٢٣", "كتاب 123"),
            ("soft\u{ad}ware", "software"),
            (" ", ""),
            ("", ""),
        ] {
            assert_eq!(normal(text), line, "{text}");
        }
    }

    #[test]
    fn han_and_kana_are_words_and_keep_their_voice() {
        assert_eq!(normal("千と千尋の神隠し"), "千-と-千-寻-の-神-隠-し");
        assert_eq!(normal("がぎ"), "が-ぎ");
        assert_eq!(normal("ｶﾞﾝﾀﾞﾑ"), "が-ん-だ-む");
        assert_eq!(normal("ヴァイオリン"), "ゔ-ぁ-い-お-り-ん");
        assert_eq!(normal("龍門客棧"), normal("龙门客栈"));
        assert_eq!(normal("映画 Film映画"), "映-画 film-映-画");
        assert!(is_ideographic("千") && !is_ideographic("千と") && !is_ideographic("e"));
    }

    #[test]
    fn scripts_without_blanks_are_words_with_their_marks_srch_1() {
        assert_eq!(normal("รักแห่งสยาม"), "รั-ก-แ-ห่-ง-ส-ย-า-ม");
        assert_eq!(normal("น้ำ"), "น้-ำ");
        assert!(is_ideographic("ห่") && !is_ideographic("หง"));
        assert_eq!(normal("ខ្មែរ"), "ខ្-មែ-រ");
    }

    #[test]
    fn the_arabic_article_is_a_word_of_its_own_srch_1() {
        assert_eq!(normal("المدينة"), "ال-مدينه");
        assert_eq!(starts(&normal("المدينة")), ["ال مدينه ", "مدينه "]);
        assert_eq!(normal("ال"), "ال");
        assert_eq!(normal("مدينةٌ"), "مدينه");
        assert_eq!(normal("الســلام"), "ال-سلام");
    }

    #[test]
    fn symbols_are_words_where_they_are_all_there_is_or_end_a_name_srch_2() {
        for (text, line) in [
            ("$", "$"),
            ("!!!", "!!!"),
            ("！！！", "!!!"),
            ("...", "..."),
            ("- +", "\u{2010} +"),
            ("C++", "c-++"),
            ("C++, C# & F♯", "c-++ c-# and f-#"),
            ("Romeo+Juliet", "romeo-juliet"),
            ("Romeo + Juliet", "romeo juliet"),
            ("#1 Cheerleader", "1 cheerleader"),
            ("What?!", "what"),
            ("!+", "!+"),
            ("\u{200b}", ""),
        ] {
            assert_eq!(normal(text), line, "{text}");
            assert_eq!(normal(line), line, "{text}");
        }
        assert_eq!(terms("c-++"), ["++", "c", "c++"]);
        assert_eq!(end_of_prefix("!!!", 2), 2);
    }

    #[test]
    fn vowel_signs_of_other_scripts_stay() {
        assert_ne!(normal("कि"), normal("का"));
        assert_eq!(
            normal("하나").chars().next(),
            Some('\u{1112}'),
            "jamo, so that prefixes work"
        );
    }

    #[test]
    fn joined_forms_let_hyphens_spaces_and_nothing_meet() {
        for name in ["WWW-234", "WWW 234"] {
            assert!(
                terms(&normal(name)).contains(&"www234".to_owned()),
                "{name}"
            );
        }
        assert_eq!(terms("s-w-a-t"), ["a", "s", "swat", "t", "w"]);
        assert_eq!(terms("l-a x"), ["a", "ax", "l", "la", "x"]);
        assert_eq!(terms("千-と-千"), ["と", "と千", "千", "千と", "千と千"]);
        assert_eq!(joins("g-i-jane 2"), [1..3, 0..3, 2..4]);
    }

    #[test]
    fn a_name_begins_with_and_without_its_article() {
        assert_eq!(starts("the matrix"), ["the matrix ", "matrix "]);
        assert_eq!(starts("alien"), ["alien "]);
        assert_eq!(starts("the"), ["the "]);
        assert_eq!(starts("wall-e"), ["wall e "]);
        assert!(starts("").is_empty());
    }

    #[test]
    fn tokens_know_where_they_stand() {
        let text = "L’Été, WALL·E";
        let found: Vec<_> = tokens(text)
            .into_iter()
            .map(|t| (text[t.start..t.end].to_owned(), t.word))
            .collect();
        let expected = [("L", "l"), ("Été", "ete"), ("WALL", "wall"), ("E", "e")];
        assert_eq!(found, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }

    #[test]
    fn a_prefix_ends_after_the_marks_of_its_last_letter() {
        assert_eq!(end_of_prefix("Amélie", 3), "Amé".len());
        assert_eq!(end_of_prefix("Ame\u{301}lie", 3), "Ame\u{301}".len());
        assert_eq!(end_of_prefix("Cœur", 2), "Cœ".len());
        assert_eq!(end_of_prefix("ab", 9), 2);
    }

    proptest::proptest! {
        #[test]
        fn normalising_twice_is_normalising_once(text in "\\PC{0,40}") {
            let once = normal(&text);
            proptest::prop_assert_eq!(normal(&once), once);
        }

        #[test]
        fn tokens_lie_in_order_on_character_boundaries(text in "\\PC{0,40}") {
            let mut last = 0;
            for token in tokens(&text) {
                proptest::prop_assert!(last <= token.start && token.start < token.end);
                proptest::prop_assert!(text.get(token.start..token.end).is_some());
                proptest::prop_assert!(token.word.chars().count() <= MAX_WORD);
                last = token.start;
            }
        }
    }
}
