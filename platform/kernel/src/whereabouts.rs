//! Where a caller is and what it looks at (X-CAT-5).

use std::fmt;

use crate::Country;

/// A kind of device, as clients name their own by `x-client-platform`. The numbers are those of
/// `content.v1.Platform`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Platform {
    /// A browser.
    Web = 1,
    /// A phone or tablet with Android.
    Android = 2,
    /// A phone or tablet of Apple's.
    Ios = 3,
    /// A television, or what is plugged into one.
    Tv = 4,
    /// A program on a computer.
    Desktop = 5,
    /// A console for games.
    Console = 6,
}

/// The text names no platform.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[error("it is web, android, ios, tv, desktop or console")]
pub struct PlatformError;

impl Platform {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Web,
        Self::Android,
        Self::Ios,
        Self::Tv,
        Self::Desktop,
        Self::Console,
    ];

    /// Reads the name of a platform, in small letters.
    pub fn parse(text: &str) -> Result<Self, PlatformError> {
        let named = Self::ALL.into_iter().find(|one| one.as_str() == text);
        named.ok_or(PlatformError)
    }

    /// Returns its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Android => "android",
            Self::Ios => "ios",
            Self::Tv => "tv",
            Self::Desktop => "desktop",
            Self::Console => "console",
        }
    }

    /// Returns the number by which messages name it.
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// Guesses it of a program that does not say it: whoever calls itself a browser is one.
    pub fn of_agent(agent: &str) -> Option<Self> {
        agent.starts_with("Mozilla/").then_some(Self::Web)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where a caller is and what it looks at, each as far as that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Whereabouts {
    /// The country, as the edge knows it from a proxy of ours or takes it for the tenant; no client can say
    /// another.
    pub country: Option<Country>,
    /// The kind of device, as the client says it.
    pub platform: Option<Platform>,
}

impl Whereabouts {
    /// In a country, on whatever device.
    pub const fn country(country: Option<Country>) -> Self {
        Self {
            country,
            platform: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_has_one_name() {
        for platform in Platform::ALL {
            assert_eq!(Platform::parse(platform.as_str()), Ok(platform));
        }
        for bad in ["", "TV", "windows", " web"] {
            assert_eq!(Platform::parse(bad), Err(PlatformError), "{bad:?}");
        }
    }

    #[test]
    fn only_browsers_are_known_by_their_agent() {
        let of = Platform::of_agent;
        assert_eq!(of("Mozilla/5.0 (X11; Linux x86_64)"), Some(Platform::Web));
        assert_eq!(of("StreamVerse/3.1 (iPhone)"), None);
        assert_eq!(of(""), None);
    }
}
