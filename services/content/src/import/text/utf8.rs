//! UTF-8 that was read as a code page of eight bits, one letter for each byte: `AmÃ©lie`.

use super::{page::CodePage, place::is_latin};

/// Undoes the reading where the whole text is valid UTF-8 again, the outcome makes sense, and the
/// text itself does not.
pub(super) fn undo(text: &str) -> Option<String> {
    [CodePage::Windows1252, CodePage::MacRoman]
        .into_iter()
        .find_map(|page| {
            let repaired = String::from_utf8(page.encode(text)?).ok()?;
            let better = repaired != text && makes_sense(&repaired) && is_odd(text, page);
            better.then_some(repaired)
        })
}

/// Says whether a text has only signs that titles are written with, and its words one script each.
fn makes_sense(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    letters.iter().all(|c| c.is_ascii() || is_usual(*c))
        && !text.chars().any(char::is_control)
        && letters
            .windows(2)
            .all(|pair| !(is_of_latin(pair[0]) && is_foreign(pair[1])))
        && letters
            .windows(2)
            .all(|pair| !(is_foreign(pair[0]) && is_of_latin(pair[1])))
}

fn is_of_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || is_latin(c)
}

/// Says whether this is a letter of another script, which does not stand beside Latin ones. Those
/// of East Asia do.
fn is_foreign(c: char) -> bool {
    c.is_alphabetic() && matches!(u32::from(c), 0x370..=0x1DFF)
}

/// The signs of living scripts and of their punctuation.
const USUAL: [std::ops::RangeInclusive<u32>; 31] = [
    // Latin: with the letters of Romanian, Vietnamese and Pinyin, without those of phonetics.
    0xA0..=0x17F,
    0x1A0..=0x1A1,
    0x1AF..=0x1B0,
    0x1CD..=0x1DC,
    0x218..=0x21B,
    0x1E00..=0x1EFF,
    // Combining accents, Greek, Cyrillic, Armenian, Hebrew, Arabic.
    0x300..=0x30C,
    0x386..=0x3CE,
    0x400..=0x4FF,
    0x531..=0x587,
    0x5D0..=0x5EA,
    0x60C..=0x66F,
    0x671..=0x6D3,
    // India to Korea and the Caucasus; Ethiopia.
    0x900..=0xDFF,
    0xE01..=0xE5B,
    0xE80..=0xFFF,
    0x1000..=0x10FF,
    0x1100..=0x137F,
    0x1780..=0x17FF,
    // Punctuation, currencies, letters like ™ and №, arrows, signs, symbols.
    0x2010..=0x2044,
    0x20A0..=0x20BF,
    0x2100..=0x214F,
    0x2190..=0x22FF,
    0x2460..=0x2BFF,
    // East Asia.
    0x3000..=0x9FFF,
    0xAC00..=0xD7A3,
    0xF900..=0xFAFF,
    0xFF00..=0xFFEF,
    // Emoji and the rarer ideographs.
    0x1F1E6..=0x1F1FF,
    0x1F300..=0x1FAFF,
    0x20000..=0x3FFFF,
];

fn is_usual(c: char) -> bool {
    USUAL.iter().any(|range| range.contains(&u32::from(c)))
}

/// Says whether a text holds something that nobody writes: a letter that begins such a sequence
/// where no such letter can stand, or a sign behind it that does not follow letters.
fn is_odd(text: &str, page: CodePage) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let at = |i: usize| letters.get(i).copied().unwrap_or(' ');
    let mut i = 0;
    while i < letters.len() {
        let length = page.byte(letters[i]).map_or(1, sequence);
        let before = i.checked_sub(1).map_or(' ', at);
        let rest: Vec<char> = (i + 1..i + length).map(at).collect();
        let odd = match page {
            CodePage::Windows1252 => is_odd_sequence(before, letters[i], &rest, at(i + length)),
            // Mac OS Roman begins sequences with signs; these are rare in titles.
            CodePage::MacRoman => length > 1 && "√ƒ≈¬∆‚„‰".contains(letters[i]),
        };
        if odd {
            return true;
        }
        i += length;
    }
    false
}

/// Returns the length of the UTF-8 sequence that a byte begins.
fn sequence(byte: u8) -> usize {
    match byte {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => 1,
    }
}

fn is_odd_sequence(before: char, first: char, rest: &[char], after: char) -> bool {
    if rest.is_empty() {
        return false;
    }
    // `canciÃ³n`: a capital inside a word. `Ã  bout`: a letter that is no word.
    let inside = first.is_uppercase() && before.is_lowercase();
    let alone = "ÃÂ".contains(first) && !before.is_alphabetic();
    inside
        || alone
        || rest
            .iter()
            .any(|c| !follows_a_letter(*c, before, first, after))
}

/// Says whether people write the sign behind such a letter.
fn follows_a_letter(c: char, before: char, first: char, after: char) -> bool {
    match c {
        // White space, quotation marks, dashes and the points that go on within a word.
        '\u{a0}' | '’' | '”' | '»' | '–' | '—' | '…' | '·' => true,
        // Signs that end a word.
        '®' | '™' | '°' | '²' | '³' | '¹' | 'º' => !after.is_alphabetic(),
        'Š' | 'Œ' | 'Ž' | 'Ÿ' => first.is_uppercase() && !after.is_lowercase(),
        // Czech and Slovak words begin so, as `Úžas`.
        'š' | 'ž' if "ÁÉÍÓÚÝ".contains(first) => !before.is_alphabetic(),
        'š' | 'œ' | 'ž' => first.is_lowercase(),
        _ => false,
    }
}
