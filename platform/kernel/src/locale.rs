//! Locales: which language an answer speaks (I18N-1).

use std::{borrow::Cow, fmt};

/// A language tag such as `en`, `nb` or `pt-BR`, lower-case language, upper-case region.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Locale(Cow<'static, str>);

/// The text is not a language tag of the simple form.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a locale is a language with an optional region, such as en or pt-BR")]
pub struct UnknownLocale;

impl Locale {
    /// Reads `language[-REGION]`; case does not matter.
    pub fn parse(tag: &str) -> Result<Self, UnknownLocale> {
        let (language, region) = match tag.split_once(['-', '_']) {
            Some((language, region)) => (language, Some(region)),
            None => (tag, None),
        };
        let alphabetic = |s: &str| s.bytes().all(|b| b.is_ascii_alphabetic());
        if !(2..=3).contains(&language.len()) || !alphabetic(language) {
            return Err(UnknownLocale);
        }
        let language = language.to_ascii_lowercase();
        match region {
            None => Ok(Self(language.into())),
            Some(r) if r.len() == 2 && alphabetic(r) => Ok(Self(
                format!("{language}-{}", r.to_ascii_uppercase()).into(),
            )),
            Some(_) => Err(UnknownLocale),
        }
    }

    /// Returns the tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the language without its region.
    pub fn language(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }
}

impl Default for Locale {
    fn default() -> Self {
        Self("en".into())
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_normalised() {
        assert_eq!(Locale::parse("PT_br").unwrap().as_str(), "pt-BR");
        assert_eq!(Locale::parse("nb").unwrap().language(), "nb");
        for bad in ["", "e", "english", "en-USA", "e1"] {
            assert_eq!(Locale::parse(bad), Err(UnknownLocale), "{bad:?}");
        }
    }
}
