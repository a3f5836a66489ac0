//! Names that people choose.

use unicode_normalization::UnicodeNormalization as _;

/// Returns a name in composed form, without space at its ends and with single spaces inside.
pub(crate) fn tidy(name: &str) -> String {
    let composed: String = name.nfc().collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns what two names share that people would call the same: letter case and width do not
/// count.
pub(crate) fn fold(name: &str) -> String {
    let plain: String = name.nfkc().flat_map(char::to_lowercase).collect();
    tidy(&plain)
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
}
