//! Names that people choose.

use sv_kernel::{is_blank, is_hidden, is_joiner, is_unseen};
use unicode_normalization::UnicodeNormalization as _;

/// Returns a name in composed form, without hidden characters, without space at its ends and with
/// single spaces inside. It is empty where nothing of it can be seen.
pub(crate) fn tidy(name: &str) -> String {
    let composed: String = name.nfc().filter(|c| !is_hidden(*c)).collect();
    let words = composed.split_whitespace().filter(|word| !is_blank(word));
    words.collect::<Vec<_>>().join(" ")
}

/// Returns what two names share that people would call the same: letter case and width do not
/// count.
pub(crate) fn fold(name: &str) -> String {
    let seen = name.nfkc().filter(|c| !is_joiner(*c) && !is_unseen(*c));
    tidy(&seen.flat_map(char::to_lowercase).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_the_same_are_the_same() {
        assert_eq!(tidy("  Ana \u{a0} Mari\u{301}a\t"), "Ana Mar\u{ed}a");
        for other in ["ANA", " ana ", "Ａｎａ"] {
            assert_eq!(fold(other), fold("Ana"), "{other}");
        }
        assert_ne!(fold("Ana"), fold("Aná"));
    }

    #[test]
    fn what_cannot_be_seen_makes_no_name() {
        for nothing in [
            "",
            " ",
            "\u{200b}",
            "\u{200d}",
            "\u{202e} \u{feff}",
            "\u{3164}",
            "\u{2800} \u{e0041}",
        ] {
            assert_eq!(tidy(nothing), "", "{nothing:?}");
        }
        assert_eq!(tidy("\u{202e}An\u{200b}a\u{202c}"), "Ana");
        // Emoji keep what joins them, but are told apart without it.
        let astronaut = "👩\u{200d}🚀";
        assert_eq!(tidy(astronaut), astronaut);
        assert_eq!(fold(astronaut), fold("👩🚀"));
        assert_eq!(fold("❤\u{fe0f}"), fold("❤"));
    }
}
