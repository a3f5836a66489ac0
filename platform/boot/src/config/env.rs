//! Settings from the environment.

use std::ffi::OsString;

use serde_json::Value;

use super::{ConfigError, SettingPath};

/// The prefix of variables that name a setting directly.
pub const PREFIX: &str = "STREAMVERSE_";

/// A variable that operators know from elsewhere, and the setting that it means.
#[derive(Clone, Copy, Debug)]
pub struct Alias {
    /// The variable, e.g. `DATABASE_URL`.
    pub variable: &'static str,
    /// The setting, e.g. `store.url`.
    pub setting: &'static str,
    /// Turns the variable's text into the setting's; `None` refuses it.
    pub read: fn(&str) -> Option<Value>,
    /// What the text must look like, for the error.
    pub form: &'static str,
}

/// The variables of a process, as they were when it started.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    variables: Vec<(String, String)>,
    /// Names of those whose name or text is not Unicode.
    unreadable: Vec<String>,
}

impl Environment {
    /// Reads the variables of this process.
    pub fn of_process() -> Self {
        Self::read(std::env::vars_os())
    }

    fn read(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let mut read = Self::default();
        for (name, text) in variables {
            match (name.into_string(), text.into_string()) {
                (Ok(name), Ok(text)) => read.variables.push((name, text)),
                (Ok(name), Err(_)) => read.unreadable.push(name),
                (Err(name), _) => read.unreadable.push(name.to_string_lossy().into_owned()),
            }
        }
        read
    }

    /// Makes an environment for a test.
    pub fn of<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self::read(variables.into_iter().map(|(k, v)| (k.into(), v.into())))
    }

    /// Fails where a variable that means something here is not Unicode: it would be as if it were not set.
    pub fn must_be_readable(&self, is_ours: impl Fn(&str) -> bool) -> Result<(), ConfigError> {
        let ours = self.unreadable.iter().filter(|name| is_ours(name));
        let unreadable: Vec<_> = ours.cloned().collect();
        if unreadable.is_empty() {
            return Ok(());
        }
        Err(ConfigError::NotUnicode(unreadable))
    }

    /// Returns a variable that is set and not empty.
    pub fn get(&self, variable: &str) -> Option<&str> {
        self.variables
            .iter()
            .find(|(k, v)| k == variable && !v.is_empty())
            .map(|(_, v)| v.as_str())
    }

    /// Lists the names of the variables that are set and not empty.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let set = self.variables.iter().filter(|(_, v)| !v.is_empty());
        set.map(|(k, _)| k.as_str())
    }

    /// Lists `STREAMVERSE_<SECTION>__<KEY>` as (variable, setting, text); deeper keys have more `__`.
    pub(super) fn direct(&self) -> impl Iterator<Item = (&str, SettingPath, &str)> {
        self.variables.iter().filter_map(|(variable, text)| {
            let path = variable.strip_prefix(PREFIX)?.to_ascii_lowercase();
            let setting = path.split("__").collect();
            Some((variable.as_str(), setting, text.as_str()))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt as _;

    use super::*;

    #[test]
    fn a_variable_of_ours_that_is_not_unicode_is_refused_by_its_name() {
        let bytes = |text: &[u8]| OsString::from_vec(text.to_vec());
        let env = Environment::read([
            (bytes(b"STREAMVERSE_AUTH__PEPPER"), bytes(&[0xFF, 0xFE])),
            (bytes(b"STREAMVERSE_\xFF"), bytes(b"x")),
            (bytes(b"LS_COLORS"), bytes(&[0xFF])),
        ]);
        let ours = |name: &str| name.starts_with(PREFIX);
        let refused = env.must_be_readable(ours).unwrap_err().to_string();
        assert_eq!(
            refused,
            "STREAMVERSE_AUTH__PEPPER, STREAMVERSE_\u{FFFD}: the environment holds bytes there that are no \
             UTF-8; write a secret in letters, e.g. by: openssl rand -base64 33"
        );
        assert!(env.must_be_readable(|name| name == "PORT").is_ok());
        assert_eq!(env.get("STREAMVERSE_AUTH__PEPPER"), None);
    }
}
