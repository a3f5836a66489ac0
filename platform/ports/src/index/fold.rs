//! What single characters are to the index.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Says whether somebody may write the character for an apostrophe.
pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '`' | '´')
}

/// Says whether what follows an apostrophe belongs to the word before it, as in `Schindler's` and
/// `don't`, and is not a word of its own, as in `d'Amélie`.
pub(super) fn ends_a_word(rest: &str) -> bool {
    let letters = rest
        .split(|c: char| !is_wordly(c))
        .next()
        .unwrap_or_default();
    let ends = ["s", "t", "d", "m", "ll", "re", "ve"];
    ends.iter().any(|end| letters.eq_ignore_ascii_case(end))
}

/// Returns what a character is to the index: lower case, decomposed, without diacritics.
pub(super) fn folded(c: char) -> String {
    let mut out = String::new();
    if c.is_ascii() {
        out.push(c.to_ascii_lowercase());
        return out;
    }
    for lower in std::iter::once(c).nfkd().flat_map(char::to_lowercase) {
        match lower {
            'œ' => out.push_str("oe"),
            'æ' => out.push_str("ae"),
            'ß' => out.push_str("ss"),
            'þ' => out.push_str("th"),
            'ø' => out.push('o'),
            'đ' | 'ð' => out.push('d'),
            'ł' => out.push('l'),
            'ħ' => out.push('h'),
            'ı' => out.push('i'),
            'ς' => out.push('σ'),
            // A cent sign is a `c` that somebody adorned.
            '¢' => out.push('c'),
            other if is_diacritic(other) => {}
            other => out.push(other),
        }
    }
    out
}

/// Says whether the mark only adorns a letter. Marks that are vowels of their script stay.
fn is_diacritic(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}'
        | '\u{591}'..='\u{5bd}' | '\u{5bf}'..='\u{5c7}'
        | '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// Says whether the mark voices the kana before it.
pub(super) fn is_voicing(c: char) -> bool {
    matches!(c, '\u{3099}' | '\u{309a}')
}

/// Says whether the character belongs into a word. Modifier letters are how some write an
/// apostrophe.
pub(super) fn is_wordly(c: char) -> bool {
    (c.is_alphanumeric() || is_combining_mark(c)) && !matches!(c, '\u{2b0}'..='\u{2ff}')
}

/// Says whether the character is a word by itself: Han, hiragana, katakana.
pub(super) fn stands_alone(c: char) -> bool {
    matches!(c,
        '\u{3041}'..='\u{3096}' | '\u{309d}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}'
        | '\u{30fc}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3005}'..='\u{3007}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}
