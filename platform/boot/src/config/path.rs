//! The way to a setting.

use std::fmt;

/// The way to a setting, one step per section or key: `edge`, `tenants`, `www.example.com`.
///
/// Steps are kept apart, because a key of a map (a host name) may hold dots itself.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct SettingPath(Vec<String>);

impl SettingPath {
    /// Returns the path to a key below this one.
    #[must_use]
    pub fn then(&self, key: &str) -> Self {
        let mut steps = self.0.clone();
        steps.push(key.to_owned());
        Self(steps)
    }

    /// Returns the steps.
    pub fn steps(&self) -> &[String] {
        &self.0
    }

    /// Returns the section that holds the setting; the whole configuration for a section.
    #[must_use]
    pub fn parent(&self) -> Self {
        let held = self.0.len().saturating_sub(1);
        Self(self.0.iter().take(held).cloned().collect())
    }

    /// Returns the last step.
    pub fn name(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }
}

/// Reads `edge.listen`, as code names settings; keys with dots are given step by step.
impl From<&str> for SettingPath {
    fn from(dotted: &str) -> Self {
        dotted.split('.').map(ToOwned::to_owned).collect()
    }
}

impl<S: Into<String>> FromIterator<S> for SettingPath {
    fn from_iter<I: IntoIterator<Item = S>>(steps: I) -> Self {
        Self(steps.into_iter().map(Into::into).collect())
    }
}

impl fmt::Display for SettingPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            let dot = if at == 0 { "" } else { "." };
            if is_plain(step) {
                write!(f, "{dot}{step}")?;
            } else {
                write!(f, "{dot}{step:?}")?;
            }
        }
        Ok(())
    }
}

/// Says whether a step can be told apart from its neighbours without quotes.
pub(super) fn is_plain(step: &str) -> bool {
    let mut letters = step.chars();
    letters
        .next()
        .is_some_and(|first| first.is_ascii_lowercase())
        && letters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-')
}
