//! What single characters are to the index.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use super::han::simplified;

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
    if is_silent(c) {
        return out;
    }
    // A vowel and its mark of Thai and Lao: one character for whoever types it.
    if matches!(c, '\u{e33}' | '\u{eb3}') {
        out.push(c);
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
            '♯' => out.push('#'),
            // Letters that Arabic writers leave for each other, and those of Persian keyboards.
            'ة' => out.push('ه'),
            'ى' | 'ی' => out.push('ي'),
            'ک' => out.push('ك'),
            'ٱ' => out.push('ا'),
            // Katakana are where their hiragana are, 96 places on.
            '\u{30a1}'..='\u{30f6}' | '\u{30fd}' => {
                out.extend(char::from_u32(u32::from(lower) - 0x60));
            }
            other if is_diacritic(other) || is_silent(other) => {}
            other => out.push(digit(other).unwrap_or_else(|| simplified(other))),
        }
    }
    out
}

/// Says whether nobody sees the character: it joins others, breaks lines or turns directions.
pub(super) fn is_silent(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{200d}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'
        | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{e0100}'..='\u{e01ef}' | '\u{640}')
}

/// Returns the ASCII digit that a digit of another script is.
fn digit(c: char) -> Option<char> {
    const ZEROS: [u32; 18] = [
        0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50,
        0xed0, 0xf20, 0x1040, 0x17e0, 0x1810,
    ];
    let of = |zero: u32| u32::from(c).checked_sub(zero).filter(|value| *value < 10);
    char::from_digit(ZEROS.into_iter().find_map(of)?, 10)
}

/// Says whether the character is a letter of Arabic script.
pub(super) fn is_arabic(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{6ff}' | '\u{750}'..='\u{77f}') && c.is_alphabetic()
}

/// Says whether the character ends a name as a sign of its own: `C++`, `F#`, `Canal+`.
pub(super) fn is_sign(c: char) -> bool {
    matches!(c, '+' | '#' | '＋' | '＃' | '♯')
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

/// Says whether the character is a word by itself, with the marks that follow it: of scripts that set no blanks
/// between words. Han, kana, Thai, Lao, Burmese, Khmer.
pub(super) fn stands_alone(c: char) -> bool {
    matches!(c,
        '\u{e01}'..='\u{e30}' | '\u{e32}' | '\u{e33}' | '\u{e40}'..='\u{e46}'
        | '\u{e81}'..='\u{eb0}' | '\u{eb2}' | '\u{eb3}' | '\u{ebd}'..='\u{ec6}'
        | '\u{edc}'..='\u{edf}' | '\u{1000}'..='\u{102a}' | '\u{103f}' | '\u{1050}'..='\u{1055}'
        | '\u{1780}'..='\u{17b3}' | '\u{17dc}' |
        '\u{3041}'..='\u{3096}' | '\u{309d}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}'
        | '\u{30fc}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3005}'..='\u{3007}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}
