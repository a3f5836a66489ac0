//! E-mail addresses.

use unicode_normalization::UnicodeNormalization as _;

/// An address, as it was typed and as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Email {
    /// As it was typed, without space around it.
    pub(crate) shown: String,
    /// What addresses share that reach the same person: case and width do not count.
    pub(crate) key: String,
}

impl Email {
    /// Reads an address whose form was checked before.
    pub(crate) fn new(text: &str) -> Self {
        let shown = text.trim();
        Self {
            shown: shown.to_owned(),
            key: shown.nfkc().flat_map(char::to_lowercase).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_without_case_and_width() {
        let key = |text| Email::new(text).key;
        assert_eq!(key(" Ana@Example.COM"), "ana@example.com");
        assert_eq!(key("ａｎａ@example.com"), "ana@example.com");
        assert_eq!(key("rene\u{301}@example.com"), key("ren\u{e9}@example.com"));
        assert_ne!(key("a.na@example.com"), key("ana@example.com"));
    }
}
