//! Settings from the environment.

use std::{collections::BTreeMap, ffi::OsString, fmt, path::Path};

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

/// Where variables may have their values, besides in themselves: those whose name ends so name a place there.
pub struct SecretStore<'s> {
    /// Ends the names of variables that name a place, e.g. `_FILE`.
    pub end: &'static str,
    /// Says where a place is, for errors.
    pub origin: &'s dyn Fn(&str) -> String,
    /// Returns the value at a place, or why there is none. Neither tells a value.
    pub read: &'s dyn Fn(&str) -> Result<String, String>,
}

impl fmt::Debug for SecretStore<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SecretStore").field(&self.end).finish()
    }
}

/// Files, as secrets of Docker and Kubernetes are mounted.
const FILES: SecretStore<'static> = SecretStore {
    end: "_FILE",
    origin: &|path| format!("the file {path}"),
    read: &text_of,
};

/// The variables of a process, as they were when it started.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    variables: Vec<(String, String)>,
    /// Those of them whose text stood elsewhere, with the end of the variable that said where.
    of_stores: BTreeMap<String, &'static str>,
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
    pub fn with_files(self, is_ours: impl Fn(&str) -> bool) -> Result<Self, ConfigError> {
        self.with(&FILES, is_ours)
    }

    /// Lists the variables whose values are in a store, each with its place there.
    fn places(&self, end: &str, is_ours: impl Fn(&str) -> bool) -> Vec<(String, String)> {
        let named = |(name, place): &(String, String)| {
            let of = name.strip_suffix(end)?;
            (!place.is_empty() && is_ours(of)).then(|| (of.to_owned(), place.clone()))
        };
        self.variables.iter().filter_map(named).collect()
    }

    /// Counts the variables whose values are in a store.
    pub fn count_in(&self, end: &str, is_ours: impl Fn(&str) -> bool) -> usize {
        self.places(end, is_ours).len()
    }

    /// Leaves the variables out whose values are in a store.
    #[must_use]
    pub fn without(mut self, end: &str, is_ours: impl Fn(&str) -> bool) -> Self {
        let is_there = |name: &str| name.strip_suffix(end).is_some_and(&is_ours);
        self.variables.retain(|(name, _)| !is_there(name));
        self
    }

    /// Reads the values that are in a store. A line end at the end of one is not a part of it: editors and shells put it
    /// there.
    ///
    /// Fails where a variable is set, too, and where the store does not give a value.
    pub fn with(
        mut self,
        store: &SecretStore<'_>,
        is_ours: impl Fn(&str) -> bool,
    ) -> Result<Self, ConfigError> {
        for (variable, place) in self.places(store.end, is_ours) {
            let text = match self.get(&variable) {
                Some(_) => Err(format!("{variable} is set, too; set one of them")),
                None => (store.read)(&place).and_then(line_of),
            };
            let by = format!("{variable}{}", store.end);
            let text = text.map_err(|problem| ConfigError::Setting {
                setting: by.clone(),
                origin: (store.origin)(&place),
                problem,
            })?;
            self.variables
                .retain(|(name, _)| *name != variable && *name != by);
            self.of_stores.insert(variable.clone(), store.end);
            self.variables.push((variable, text));
        }
        Ok(self)
    }

    /// Returns the name by which a variable was set: its own, or that of the variable that names its place elsewhere.
    pub(super) fn source(&self, variable: &str) -> String {
        let end = self.of_stores.get(variable).copied().unwrap_or_default();
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
    let read = sv_files::any(Path::new(path), sv_files::SECRET).and_then(sv_files::text);
    read.map_err(|failure| failure.to_string())
}

/// Takes one line end off the end of a text that has to hold something.
fn line_of(mut text: String) -> Result<String, String> {
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    if text.is_empty() {
        return Err("it holds nothing".to_owned());
    }
    Ok(text)
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
    fn a_secret_may_be_in_a_store_of_another_kind() {
        let ours = |name: &str| name.starts_with(PREFIX);
        let store = SecretStore {
            end: "_VAULT",
            origin: &|_| "Vault".to_owned(),
            read: &|place| match place {
                "kv/auth#pepper" => Ok("s3cret \r\n".to_owned()),
                "kv/auth#two" => Ok("s3cret\n\n".to_owned()),
                "kv/auth#none" => Ok("\n".to_owned()),
                _ => Err("there is no such secret".to_owned()),
            },
        };
        let pepper = ("STREAMVERSE_AUTH__PEPPER_VAULT", "kv/auth#pepper");
        let other = ("HISTORY_VAULT", "kv/other#x");
        let env = Environment::of([pepper, other]);
        assert_eq!(env.count_in("_VAULT", ours), 1);
        let without = env.clone().without("_VAULT", ours);
        assert_eq!(without.names().collect::<Vec<_>>(), ["HISTORY_VAULT"]);
        let read = env.with(&store, ours).unwrap();
        assert_eq!(
            read.get("STREAMVERSE_AUTH__PEPPER"),
            Some("s3cret "),
            "without the line end that an editor left"
        );
        assert_eq!(read.source("STREAMVERSE_AUTH__PEPPER"), pepper.0);
        let at = |place| Environment::of([(pepper.0, place)]).with(&store, ours);
        let two = at("kv/auth#two").unwrap();
        assert_eq!(two.get("STREAMVERSE_AUTH__PEPPER"), Some("s3cret\n"));
        let nothing = at("kv/auth#none").unwrap_err().to_string();
        assert!(nothing.contains("it holds nothing"), "{nothing}");
        assert_eq!(read.get("HISTORY_VAULT"), Some("kv/other#x"));
        let none = Environment::of([("STREAMVERSE_AUTH__PEPPER_VAULT", "kv/auth#salt")]);
        assert_eq!(
            none.with(&store, ours).unwrap_err().to_string(),
            "setting STREAMVERSE_AUTH__PEPPER_VAULT (Vault): there is no such secret"
        );
        let both = Environment::of([pepper, ("STREAMVERSE_AUTH__PEPPER", "x")]);
        let both = both.with(&store, ours).unwrap_err().to_string();
        assert!(both.contains("set one of them"), "{both}");
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
