//! Settings from the environment.

use std::{
    collections::BTreeSet,
    ffi::OsString,
    fs::File,
    io::{self, Read as _},
};

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

/// Ends the names of variables that name a file which holds the value, as secrets of Docker and Kubernetes are mounted.
const FILE: &str = "_FILE";
/// The most bytes of such a file.
const MOST: u64 = 64 * 1024;

/// The variables of a process, as they were when it started.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    variables: Vec<(String, String)>,
    /// Those of them whose text stood in a file.
    of_files: BTreeSet<String>,
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

    /// Reads the files that are named by `<variable>_FILE`: the text of the file, without a line feed at its end, is the
    /// variable's (SEC-3).
    ///
    /// Fails where both are set, and where the file cannot be read, holds nothing, or more than 64 KiB.
    pub fn with_files(mut self, is_ours: impl Fn(&str) -> bool) -> Result<Self, ConfigError> {
        let named = |(name, path): &(String, String)| {
            let of = name.strip_suffix(FILE)?;
            (!path.is_empty() && is_ours(of)).then(|| (of.to_owned(), path.clone()))
        };
        let named: Vec<_> = self.variables.iter().filter_map(named).collect();
        for (variable, path) in named {
            let text = match self.get(&variable) {
                Some(_) => Err(format!("{variable} is set, too; set one of them")),
                None => text_of(&path),
            };
            let by = format!("{variable}{FILE}");
            let text = text.map_err(|problem| ConfigError::Setting {
                setting: by.clone(),
                origin: format!("the file {path}"),
                problem,
            })?;
            self.variables
                .retain(|(name, _)| *name != variable && *name != by);
            self.of_files.insert(variable.clone());
            self.variables.push((variable, text));
        }
        Ok(self)
    }

    /// Returns the name by which a variable was set: its own, or that of the variable that names its file.
    pub(super) fn source(&self, variable: &str) -> String {
        let end = if self.of_files.contains(variable) {
            FILE
        } else {
            ""
        };
        format!("{variable}{end}")
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

/// Reads the text of a file that a variable names.
fn text_of(path: &str) -> Result<String, String> {
    let read = || -> io::Result<String> {
        let mut text = String::new();
        File::open(path)?.take(MOST + 1).read_to_string(&mut text)?;
        Ok(text)
    };
    let text = read().map_err(|failure| failure.to_string())?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() {
        return Err("the file holds nothing".to_owned());
    }
    if text.len() as u64 > MOST {
        return Err("the file holds more than 64 KiB".to_owned());
    }
    Ok(line.to_owned())
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt as _;

    use super::*;

    #[test]
    fn a_secret_may_stand_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pepper");
        let named = file.to_str().unwrap();
        let ours = |name: &str| name.starts_with(PREFIX);
        let read = |variables: &[(&str, &str)]| {
            Environment::of(variables.iter().copied()).with_files(ours)
        };
        let env = [
            ("STREAMVERSE_AUTH__PEPPER_FILE", named),
            ("HISTORY_FILE", "/nowhere"),
        ];
        let missing = read(&env).unwrap_err().to_string();
        assert!(
            missing.contains("STREAMVERSE_AUTH__PEPPER_FILE") && missing.contains(named),
            "{missing}"
        );
        std::fs::write(&file, "\n").unwrap();
        assert!(
            read(&env)
                .unwrap_err()
                .to_string()
                .contains("holds nothing")
        );
        std::fs::write(&file, "a secret with a space \n").unwrap();
        let set = read(&env).unwrap();
        assert_eq!(
            set.get("STREAMVERSE_AUTH__PEPPER"),
            Some("a secret with a space ")
        );
        assert_eq!(set.get("STREAMVERSE_AUTH__PEPPER_FILE"), None);
        assert_eq!(
            set.source("STREAMVERSE_AUTH__PEPPER"),
            "STREAMVERSE_AUTH__PEPPER_FILE"
        );
        assert_eq!(set.get("HISTORY_FILE"), Some("/nowhere"));
        let both = read(&[env[0], ("STREAMVERSE_AUTH__PEPPER", "x")]).unwrap_err();
        assert!(both.to_string().contains("set one of them"), "{both}");
        std::fs::write(&file, "x".repeat(65_537)).unwrap();
        assert!(read(&env).unwrap_err().to_string().contains("64 KiB"));
    }

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
