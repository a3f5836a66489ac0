//! An order of texts that both databases share.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// The most characters of a key: enough to tell titles apart, and short enough for a page token.
const MAX_CHARS: usize = 128;

/// Makes the key that texts are sorted and compared by without regard to case, accents, spacing
/// and punctuation: `"  Élan  Vital!"` becomes `"elan vital"`.
///
/// Store it beside the text in a column of type `{sort_key}`, which both databases compare byte by
/// byte, and end the order with the id, because keys may be equal.
pub fn sort_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let folded = text.nfkd().filter(|c| !is_combining_mark(*c));
    for c in folded.flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            key.push(c);
        } else if !key.is_empty() && !key.ends_with(' ') && c != '\'' && c != '’' {
            key.push(' ');
        }
    }
    // Lower case can bring new marks (İ), and cutting must not leave a space behind.
    let key: String = key
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .take(MAX_CHARS)
        .collect();
    key.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_ignore_case_accents_spacing_and_punctuation() {
        for (text, key) in [
            ("  Élan  Vital!", "elan vital"),
            ("L'Été", "lete"),
            ("Ｆｕｌｌ　Ｗｉｄｔｈ", "full width"),
            ("İstanbul", "istanbul"),
            ("1984", "1984"),
            ("东京物语", "东京物语"),
            ("a\u{0}b\nc", "a b c"),
            ("!!!", ""),
        ] {
            assert_eq!(sort_key(text), key, "{text:?}");
        }
    }

    #[test]
    fn keys_are_short_and_making_one_of_a_key_changes_nothing() {
        for text in ["x".repeat(10_000), "é ".repeat(500), "ß İ Ǆ ﷺ".repeat(99)] {
            let key = sort_key(&text);
            assert!(key.chars().count() <= 128);
            assert_eq!(sort_key(&key), key);
        }
    }
}
