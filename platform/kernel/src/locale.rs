//! Locales: which language an answer speaks (I18N-1).

use std::{borrow::Cow, fmt};

use oxilangtag::LanguageTag;

/// The most characters of a tag (RFC 5646 section 4.4.1).
const LONGEST: usize = 35;

/// A language tag (BCP 47) such as `en`, `pt-BR`, `es-419` or `zh-Hans`, written as RFC 5646 section
/// 2.1.1 recommends: lower-case language, title-case script, upper-case region.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Locale(Cow<'static, str>);

/// The text is not a language tag.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a locale is a language tag (BCP 47), such as en, pt-BR, es-419 or zh-Hans")]
pub struct UnknownLocale;

impl Locale {
    /// Reads a tag; case does not matter. Its language has the two or three letters of ISO 639: tags of
    /// private use and those that were registered whole are no languages that anybody could be served.
    pub fn parse(tag: &str) -> Result<Self, UnknownLocale> {
        if tag.len() > LONGEST {
            return Err(UnknownLocale);
        }
        let tag = LanguageTag::parse_and_normalize(tag).map_err(|_| UnknownLocale)?;
        let language = tag.primary_language();
        let plain = (2..=3).contains(&language.len()) && tag.extended_language().is_none();
        if !plain {
            return Err(UnknownLocale);
        }
        Ok(Self(tag.into_inner().into()))
    }

    /// Returns the tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the language without script, region and the rest.
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
        for (tag, canonical) in [
            ("PT-br", "pt-BR"),
            ("nb", "nb"),
            ("ES-419", "es-419"),
            ("ZH-hans", "zh-Hans"),
            ("zh-hant-tw", "zh-Hant-TW"),
            ("SR-LATN-rs", "sr-Latn-RS"),
            ("de-CH-1996", "de-CH-1996"),
            ("de-DE-u-co-phonebk", "de-DE-u-co-phonebk"),
        ] {
            assert_eq!(Locale::parse(tag).unwrap().as_str(), canonical);
        }
        assert_eq!(Locale::parse("zh-Hans-CN").unwrap().language(), "zh");
        let long = format!("en-{}", ["abcdefgh"; 4].join("-"));
        for bad in [
            "",
            "e",
            "english",
            "en-USA",
            "e1",
            "en-",
            "-en",
            "en--US",
            "en_US",
            "x-pirate",
            "i-klingon",
            "en us",
            "日本",
            "es-41",
            &long,
        ] {
            assert_eq!(Locale::parse(bad), Err(UnknownLocale), "{bad:?}");
        }
    }
}
