//! Lays the sources of settings over each other.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, io,
    path::Path,
};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{Alias, ConfigError, Environment, SettingPath, mask, yaml};

/// Where a setting's value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Built in.
    Default,
    /// A file, by its path.
    File(String),
    /// A variable, by its name.
    Variable(String),
    /// An option of the command line.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "file {path}"),
            Self::Variable(name) => write!(f, "variable {name}"),
            Self::Flag(name) => write!(f, "option {name}"),
        }
    }
}

/// Settings while they are laid over each other; later layers win.
///
/// The defaults say which settings exist. A map that is empty there (peers, tenants) has free keys:
/// its entries add up over the layers.
#[derive(Clone, Debug)]
pub struct Layers {
    defaults: Value,
    values: Value,
    free: BTreeSet<SettingPath>,
    origins: BTreeMap<SettingPath, Origin>,
    /// Settings that have another name now: the old one, and the new one.
    renamed: &'static [(&'static str, &'static str)],
}

/// Reads a file of settings.
fn whole(path: &Path) -> io::Result<String> {
    sv_files::text(sv_files::regular(path, sv_files::SMALL)?)
}

impl Layers {
    /// Starts from the defaults.
    pub fn of<T: Serialize>(defaults: &T) -> Self {
        let values = serde_json::to_value(defaults).unwrap_or(Value::Null);
        let mut free = BTreeSet::new();
        empty_maps(&values, &SettingPath::default(), &mut free);
        Self {
            defaults: values.clone(),
            values,
            free,
            origins: BTreeMap::new(),
            renamed: &[],
        }
    }

    /// Lays a YAML file over them.
    pub fn file(mut self, path: &Path) -> Result<Self, ConfigError> {
        let text = whole(path).map_err(|source| ConfigError::Read {
            path: path.into(),
            source,
        })?;
        let origin = Origin::File(path.display().to_string());
        self.merge(&SettingPath::default(), yaml::read(&text, path)?, &origin)?;
        Ok(self)
    }

    /// Lays the environment over them: the names that operators know, then `STREAMVERSE_…`.
    pub fn environment(
        mut self,
        env: &Environment,
        aliases: &[Alias],
    ) -> Result<Self, ConfigError> {
        for alias in aliases {
            let Some(text) = env.get(alias.variable) else {
                continue;
            };
            let origin = Origin::Variable(env.source(alias.variable));
            let value = (alias.read)(text).ok_or_else(|| ConfigError::Setting {
                setting: alias.setting.to_owned(),
                origin: origin.to_string(),
                problem: format!("must be {}", alias.form),
            })?;
            self.set(&alias.setting.into(), value, origin)?;
        }
        for (variable, setting, text) in env.direct() {
            // `STREAMVERSE_PEERS` sets a whole map; `STREAMVERSE_HOME` has nothing to do with settings.
            if setting.steps().len() == 1 && self.get(&setting).is_none() {
                continue;
            }
            let origin = Origin::Variable(env.source(variable));
            let value = self.typed(&setting, text);
            self.set(&setting, value, origin)?;
        }
        Ok(self)
    }

    /// Sets one value, e.g. from an option of the command line. The entries of a map are added to it.
    pub fn set(
        &mut self,
        setting: &SettingPath,
        value: Value,
        origin: Origin,
    ) -> Result<(), ConfigError> {
        let is_section = match self.get(setting) {
            Some(Value::Object(_)) => self.within_free(setting).is_none(),
            Some(_) => false,
            None if self.within_free(setting).is_some() => false,
            None => return Err(self.unknown(setting, &origin)),
        };
        match (is_section, value) {
            // A section without anything in it says nothing.
            (true, Value::Null) => Ok(()),
            (true, Value::Object(map)) => self.merge(setting, map, &origin),
            (true, _) => Err(ConfigError::Setting {
                setting: setting.to_string(),
                origin: origin.to_string(),
                problem: "it holds settings, each with a name and a value".to_owned(),
            }),
            (false, value) => {
                put(&mut self.values, setting, value);
                self.origins.insert(setting.clone(), origin);
                Ok(())
            }
        }
    }

    /// Reads the settings into their types; names each one that does not fit.
    pub fn extract<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        serde_json::from_value(self.values.clone()).map_err(|failure| {
            // serde names no path: each value is tried alone on the defaults.
            let mut problems: Vec<_> = self
                .origins
                .iter()
                .filter_map(|(setting, origin)| self.misfit::<T>(setting, origin))
                .collect();
            match problems.len() {
                0 => ConfigError::Setting {
                    setting: "(unknown)".to_owned(),
                    origin: "all sources".to_owned(),
                    problem: failure.to_string(),
                },
                1 => problems.remove(0),
                _ => ConfigError::Several(problems),
            }
        })
    }

    /// Returns all settings.
    pub fn values(&self) -> &Value {
        &self.values
    }

    /// Returns one setting, or a section.
    pub fn get(&self, setting: &SettingPath) -> Option<&Value> {
        find(&self.values, setting)
    }

    /// Returns where a setting's value came from.
    pub fn origin(&self, setting: &SettingPath) -> Origin {
        self.origins
            .get(setting)
            .cloned()
            .unwrap_or(Origin::Default)
    }

    /// Lists the settings that are secrets, set or not.
    pub fn secrets(&self) -> Vec<SettingPath> {
        let mut found = self.leaves();
        found.retain(|setting| self.is_secret(setting));
        found
    }

    /// Lists all settings that have a value of their own: no sections, but the entries of maps.
    pub fn leaves(&self) -> Vec<SettingPath> {
        let mut found = Vec::new();
        leaves(&self.values, &SettingPath::default(), &mut found);
        found
    }

    /// Lists the settings whose value is the mask of a printed secret instead of a secret.
    pub fn masked(&self) -> Vec<SettingPath> {
        let masks = |setting: &&SettingPath| self.get(setting).is_some_and(mask::is_masked);
        self.origins.keys().filter(masks).cloned().collect()
    }

    fn merge(
        &mut self,
        section: &SettingPath,
        map: Map<String, Value>,
        origin: &Origin,
    ) -> Result<(), ConfigError> {
        for (key, value) in map {
            self.set(&section.then(&key), value, origin.clone())?;
        }
        Ok(())
    }

    /// Returns the map with free keys that holds this setting, if one does.
    fn within_free(&self, setting: &SettingPath) -> Option<SettingPath> {
        let mut at = setting.parent();
        while !at.steps().is_empty() {
            if self.free.contains(&at) {
                return Some(at);
            }
            at = at.parent();
        }
        None
    }

    /// Reads a variable's text as the type that the default has.
    fn typed(&self, setting: &SettingPath, text: &str) -> Value {
        let json = || serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
        match self.get(setting) {
            _ if self.within_free(setting).is_some() => match text.trim_start().chars().next() {
                Some('{' | '[') => json(),
                _ => text.into(),
            },
            Some(Value::String(_)) => text.into(),
            Some(Value::Array(_)) if !text.trim_start().starts_with('[') => text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .collect(),
            _ => json(),
        }
    }

    fn misfit<T: DeserializeOwned>(
        &self,
        setting: &SettingPath,
        origin: &Origin,
    ) -> Option<ConfigError> {
        let mut alone = self.defaults.clone();
        put(&mut alone, setting, self.get(setting)?.clone());
        let failure = serde_json::from_value::<T>(alone).err()?;
        Some(ConfigError::Setting {
            setting: setting.to_string(),
            origin: origin.to_string(),
            problem: if self.is_secret(setting) {
                "the value has another form than this setting; text stands in quotes".to_owned()
            } else {
                failure.to_string()
            },
        })
    }

    /// Says whether a setting is a secret: a text whose name says so. `access_token_seconds` is none.
    fn is_secret(&self, setting: &SettingPath) -> bool {
        let default = find(&self.defaults, setting);
        mask::is_secret(setting.name()) && matches!(default, None | Some(Value::String(_)))
    }

    /// Tells of settings that have another name now, where somebody uses the old one.
    #[must_use]
    pub fn renamed(self, renamed: &'static [(&'static str, &'static str)]) -> Self {
        Self { renamed, ..self }
    }

    fn unknown(&self, setting: &SettingPath, origin: &Origin) -> ConfigError {
        let name = setting.to_string();
        if let Some((_, now)) = self.renamed.iter().find(|(old, _)| *old == name) {
            return ConfigError::Setting {
                setting: name,
                origin: origin.to_string(),
                problem: format!("this setting is called {now} now"),
            };
        }
        let known: Vec<&str> = match self.get(&setting.parent()) {
            Some(Value::Object(map)) => map.keys().map(String::as_str).collect(),
            _ => Vec::new(),
        };
        ConfigError::Setting {
            setting: setting.to_string(),
            origin: origin.to_string(),
            problem: if known.is_empty() {
                "there is no such setting".to_owned()
            } else {
                format!("there is no such setting; here are {}", known.join(", "))
            },
        }
    }
}

fn empty_maps(value: &Value, at: &SettingPath, found: &mut BTreeSet<SettingPath>) {
    if let Value::Object(map) = value {
        if map.is_empty() {
            found.insert(at.clone());
        }
        for (key, value) in map {
            empty_maps(value, &at.then(key), found);
        }
    }
}

fn leaves(value: &Value, at: &SettingPath, found: &mut Vec<SettingPath>) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                leaves(value, &at.then(key), found);
            }
        }
        _ => found.push(at.clone()),
    }
}

fn find<'v>(values: &'v Value, setting: &SettingPath) -> Option<&'v Value> {
    let mut steps = setting.steps().iter();
    steps.try_fold(values, |at, step| at.get(step))
}

/// Puts a value in its place; what is missing on the way is made.
fn put(values: &mut Value, setting: &SettingPath, value: Value) {
    let mut slot = values;
    for step in setting.steps() {
        if !slot.is_object() {
            *slot = Value::Object(Map::new());
        }
        let Value::Object(map) = slot else { return };
        slot = map.entry(step.as_str()).or_insert(Value::Null);
    }
    *slot = value;
}

#[cfg(test)]
mod tests;
