//! Where a caller is, as far as that is known (X-CAT-5).

use std::fmt;

/// A country: two capital letters of ISO 3166-1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Country([u8; 2]);

/// The text names no country.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a country is two letters of ISO 3166-1, e.g. NO")]
pub struct CountryError;

/// What those who look addresses up say of one that they do not know.
const NOWHERE: [[u8; 2]; 2] = [*b"XX", *b"ZZ"];

impl Country {
    /// Reads a country, in capitals or not. What stands for an unknown one names none.
    pub fn parse(text: &str) -> Result<Self, CountryError> {
        let code: [u8; 2] = text.as_bytes().try_into().map_err(|_| CountryError)?;
        let code = code.map(|letter| letter.to_ascii_uppercase());
        if code.iter().all(u8::is_ascii_uppercase) && !NOWHERE.contains(&code) {
            Ok(Self(code))
        } else {
            Err(CountryError)
        }
    }

    /// Returns the two letters.
    pub fn as_str(&self) -> &str {
        // Two ASCII letters are text.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_two_letters_that_stand_for_one() {
        assert_eq!(Country::parse("no").unwrap().as_str(), "NO");
        assert_eq!(Country::parse("SE").unwrap().to_string(), "SE");
        for bad in ["", "N", "NOR", "T1", "XX", "zz", "é"] {
            assert_eq!(Country::parse(bad), Err(CountryError), "{bad:?}");
        }
    }
}
