//! What readers take for one character (UAX #29), as far as texts that are found need it: marks, Hangul, conjuncts,
//! emoji of several parts, flags. Where in doubt two characters count as one, so that nothing is cut.

use unicode_normalization::char::is_combining_mark;

const JOINER: char = '\u{200d}';

/// Returns the next place from `at` on where a text can be cut; `at` lies between two characters.
pub fn end_of_grapheme(text: &str, at: usize) -> usize {
    let mut end = at;
    while !is_boundary(text, end) {
        end += text[end..].chars().next().map_or(1, char::len_utf8);
    }
    end
}

/// Returns the last place up to `at` where a text can be cut; `at` lies between two characters.
pub fn start_of_grapheme(text: &str, at: usize) -> usize {
    let mut start = at;
    while !is_boundary(text, start) {
        start -= text[..start].chars().next_back().map_or(1, char::len_utf8);
    }
    start
}

/// Says whether a text can be cut between two of its characters.
pub fn is_boundary(text: &str, at: usize) -> bool {
    let (before, after) = text.split_at(at);
    let (Some(last), Some(next)) = (before.chars().next_back(), after.chars().next()) else {
        return true;
    };
    let joined = extends(next)
        || last == JOINER && !next.is_whitespace()
        || is_virama(last) && next.is_alphabetic()
        || (last, next) == ('\r', '\n')
        || is_syllable(last, next)
        || is_flag(next) && before.chars().rev().take_while(|c| is_flag(*c)).count() % 2 == 1;
    !joined
}

/// Says whether a character belongs to the one before it.
fn extends(c: char) -> bool {
    is_combining_mark(c)
        || matches!(c,
            JOINER | '\u{200c}' | '\u{e33}' | '\u{eb3}' | '\u{ff9e}' | '\u{ff9f}'
            | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}')
}

/// Says whether the mark joins two consonants of an Indic script.
fn is_virama(c: char) -> bool {
    matches!(
        c,
        '\u{94d}'
            | '\u{9cd}'
            | '\u{a4d}'
            | '\u{acd}'
            | '\u{b4d}'
            | '\u{bcd}'
            | '\u{c4d}'
            | '\u{ccd}'
            | '\u{d4d}'
            | '\u{dca}'
            | '\u{17d2}'
            | '\u{1039}'
    )
}

fn is_flag(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

/// Says whether two Hangul characters are of one syllable.
fn is_syllable(last: char, next: char) -> bool {
    let leads = |c| matches!(c, '\u{1100}'..='\u{115f}' | '\u{a960}'..='\u{a97c}');
    let vowel = |c| matches!(c, '\u{1160}'..='\u{11a7}' | '\u{d7b0}'..='\u{d7c6}');
    let trails = |c| matches!(c, '\u{11a8}'..='\u{11ff}' | '\u{d7cb}'..='\u{d7fb}');
    let whole = |c| matches!(c, '\u{ac00}'..='\u{d7a3}');
    match next {
        _ if leads(next) || whole(next) => leads(last),
        _ if vowel(next) => leads(last) || vowel(last) || whole(last),
        _ if trails(next) => vowel(last) || trails(last) || whole(last),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cuts a text wherever it can be.
    fn parts(text: &str) -> Vec<&str> {
        let mut parts = Vec::new();
        let mut start = 0;
        for (at, c) in text.char_indices() {
            let end = at + c.len_utf8();
            if is_boundary(text, end) {
                parts.push(&text[start..end]);
                start = end;
            }
        }
        parts
    }

    #[test]
    fn what_readers_take_for_one_character_is_not_cut() {
        for (text, expected) in [
            ("ae\u{301}z", &["a", "e\u{301}", "z"] as &[&str]),
            ("น้ำ", &["น้ำ"]),
            ("क्षत्रिय", &["क्ष", "त्रि", "य"]),
            ("한ᄒ\u{1161}\u{11ab}a", &["한", "ᄒ\u{1161}\u{11ab}", "a"]),
            ("👩\u{200d}🚀x", &["👩\u{200d}🚀", "x"]),
            ("❤\u{fe0f}👍\u{1f3fd}", &["❤\u{fe0f}", "👍\u{1f3fd}"]),
            ("🇳🇴🇩🇪🇸", &["🇳🇴", "🇩🇪", "🇸"]),
            ("ｶﾞ", &["ｶﾞ"]),
        ] {
            assert_eq!(parts(text), expected);
        }
    }

    #[test]
    fn places_move_to_where_a_text_can_be_cut() {
        let text = "ae\u{301}z";
        assert_eq!(end_of_grapheme(text, 2), 4);
        assert_eq!(start_of_grapheme(text, 2), 1);
        for at in [0, 1, 4, 5] {
            assert_eq!(
                (end_of_grapheme(text, at), start_of_grapheme(text, at)),
                (at, at)
            );
        }
    }
}
