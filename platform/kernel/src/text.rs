//! Texts that people write: characters that are not seen, blanks around, words that stand twice.

use std::collections::HashSet;

/// Says whether a character is not seen, but may turn or part what is: marks of direction,
/// characters without width, fillers. Text that people write has no use for them; they make two
/// texts look the same, or one look like something else.
///
/// Joiners and variation selectors do not count, because emoji and several scripts need them.
pub const fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
    )
}

/// Says whether a character is not seen, but shapes its neighbours: joiners and variation selectors.
pub const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

/// Says whether a character shows nothing by itself, though some texts need it: blanks of Braille and other scripts,
/// selectors of Mongolian, marks of shorthand and music, tags.
pub const fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{180b}'..='\u{180d}'
            | '\u{180f}'
            | '\u{2800}'
            | '\u{16fe4}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d159}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Says whether nothing of a text is seen.
pub fn is_blank(text: &str) -> bool {
    let shapes = |c: char| is_hidden(c) || is_joiner(c) || is_unseen(c);
    text.chars()
        .all(|c| c.is_whitespace() || c.is_control() || shapes(c))
}

/// Takes away the blanks around a text.
pub fn trim(text: &mut String) {
    let trimmed = text.trim();
    if trimmed.len() < text.len() {
        *text = trimmed.to_owned();
    }
}

/// Makes the form in which words of a list are compared: without regard to case and blanks around.
pub fn fold(word: &str) -> String {
    word.trim().to_lowercase()
}

/// Drops empty words and words that stand before already, without regard to case.
pub fn distinct(words: &mut Vec<String>) {
    let mut seen = HashSet::new();
    words.iter_mut().for_each(trim);
    words.retain(|word| !word.is_empty() && seen.insert(fold(word)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_and_empty_words_go() {
        let mut words = ["News", " news ", "", "Sports"].map(String::from).to_vec();
        distinct(&mut words);
        assert_eq!(words, ["News", "Sports"]);
    }

    #[test]
    fn a_text_of_which_nothing_is_seen_is_blank() {
        for text in [
            "",
            " ",
            "\u{3000}\t",
            "\u{200b}\u{200d}",
            "\u{fe0f}",
            "\u{0}",
            "\u{2800}",
            "\u{e0041}",
        ] {
            assert!(is_blank(text), "{text:?}");
        }
        for text in ["a", " !", "\u{200d}字", "\u{301}", "\u{2801}\u{2800}"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }

    #[test]
    fn what_is_seen_or_shapes_what_is_seen_is_not_hidden() {
        for c in "aÅ é字ا🎬\u{301}\u{a0}\n".chars() {
            assert!(!is_hidden(c) && !is_joiner(c), "{c:?}");
        }
        for c in "👩\u{200d}🚀\u{fe0f}\u{200c}".chars() {
            assert!(!is_hidden(c), "{c:?}");
        }
        for c in "\u{200b}\u{202e}\u{2066}\u{feff}\u{3164}\u{ad}".chars() {
            assert!(is_hidden(c) && !is_joiner(c), "{c:?}");
        }
    }
}
