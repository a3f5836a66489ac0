//! Settings from the environment.

use serde_json::Value;

use super::SettingPath;

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
pub struct Environment(Vec<(String, String)>);

impl Environment {
    /// Reads the variables of this process. Variables that are not Unicode are left out.
    pub fn of_process() -> Self {
        Self(
            std::env::vars_os()
                .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
                .collect(),
        )
    }

    /// Makes an environment for a test.
    pub fn of<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(
            variables
                .into_iter()
                .map(|(k, v)| (k.to_owned(), v.to_owned()))
                .collect(),
        )
    }

    /// Returns a variable that is set and not empty.
    pub fn get(&self, variable: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(k, v)| k == variable && !v.is_empty())
            .map(|(_, v)| v.as_str())
    }

    /// Lists the names of the variables that are set and not empty.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let set = self.0.iter().filter(|(_, v)| !v.is_empty());
        set.map(|(k, _)| k.as_str())
    }

    /// Lists `STREAMVERSE_<SECTION>__<KEY>` as (variable, setting, text); deeper keys have more `__`.
    pub(super) fn direct(&self) -> impl Iterator<Item = (&str, SettingPath, &str)> {
        self.0.iter().filter_map(|(variable, text)| {
            let path = variable.strip_prefix(PREFIX)?.to_ascii_lowercase();
            let setting = path.split("__").collect();
            Some((variable.as_str(), setting, text.as_str()))
        })
    }
}
