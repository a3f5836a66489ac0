//! Lays the sources of settings over each other.

use std::{collections::BTreeMap, fmt, path::Path};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{Alias, ConfigError, Environment};

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
#[derive(Clone, Debug)]
pub struct Layers {
    values: Value,
    origins: BTreeMap<String, Origin>,
}

impl Layers {
    /// Starts from the defaults; they also say which settings exist.
    pub fn of<T: Serialize>(defaults: &T) -> Self {
        let values = serde_json::to_value(defaults).unwrap_or(Value::Null);
        Self {
            values,
            origins: BTreeMap::new(),
        }
    }

    /// Lays a YAML file over them.
    pub fn file(mut self, path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
            path: path.into(),
            source,
        })?;
        let yaml: Value = serde_yaml_ng::from_str(&text).map_err(|source| ConfigError::Yaml {
            path: path.into(),
            source,
        })?;
        match yaml {
            Value::Null => {}
            Value::Object(sections) => {
                let origin = Origin::File(path.display().to_string());
                self.merge("", sections, &origin)?;
            }
            _ => return Err(ConfigError::Shape { path: path.into() }),
        }
        Ok(self)
    }

    /// Lays the environment over them.
    pub fn environment(
        mut self,
        env: &Environment,
        aliases: &[Alias],
    ) -> Result<Self, ConfigError> {
        for alias in aliases {
            let Some(text) = env.get(alias.variable) else {
                continue;
            };
            let origin = Origin::Variable(alias.variable.to_owned());
            let value = (alias.read)(text).ok_or_else(|| ConfigError::Setting {
                setting: alias.setting.to_owned(),
                origin: origin.to_string(),
                problem: format!("must be {}", alias.form),
            })?;
            self.set(alias.setting, value, origin)?;
        }
        for (variable, setting, text) in env.direct() {
            let value = self.typed(&setting, text);
            self.set(&setting, value, Origin::Variable(variable.to_owned()))?;
        }
        Ok(self)
    }

    /// Sets one value, e.g. from an option of the command line.
    pub fn set(&mut self, setting: &str, value: Value, origin: Origin) -> Result<(), ConfigError> {
        let slot = setting.split('.').try_fold(&mut self.values, |at, key| {
            // A map whose keys are free (such as peers) starts empty; sections are known.
            match at {
                Value::Object(map) if map.contains_key(key) || map.is_empty() => {
                    Some(map.entry(key).or_insert(Value::Null))
                }
                _ => None,
            }
        });
        match slot {
            Some(slot) => {
                *slot = value;
                self.origins.insert(setting.to_owned(), origin);
                Ok(())
            }
            None => Err(self.unknown(setting, &origin)),
        }
    }

    /// Reads the settings into their types.
    pub fn extract<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        serde_json::from_value(self.values.clone()).map_err(|failure| {
            let problem = failure.to_string();
            // serde names no path; try section by section to say which one is meant.
            let setting = self.culprit::<T>().unwrap_or_else(|| "?".into());
            let origin = self.origin(&setting).to_string();
            ConfigError::Setting {
                setting,
                origin,
                problem,
            }
        })
    }

    /// Returns all settings.
    pub fn values(&self) -> &Value {
        &self.values
    }

    /// Returns where a setting's value came from.
    pub fn origin(&self, setting: &str) -> Origin {
        self.origins
            .get(setting)
            .cloned()
            .unwrap_or(Origin::Default)
    }

    fn merge(
        &mut self,
        prefix: &str,
        map: Map<String, Value>,
        origin: &Origin,
    ) -> Result<(), ConfigError> {
        for (key, value) in map {
            let setting = if prefix.is_empty() {
                key
            } else {
                format!("{prefix}.{key}")
            };
            match value {
                Value::Object(inner) if !inner.is_empty() => self.merge(&setting, inner, origin)?,
                value => self.set(&setting, value, origin.clone())?,
            }
        }
        Ok(())
    }

    /// Reads a variable's text as the type that the default has.
    fn typed(&self, setting: &str, text: &str) -> Value {
        let present = self
            .values
            .pointer(&format!("/{}", setting.replace('.', "/")));
        match present {
            Some(Value::String(_)) => Value::String(text.to_owned()),
            _ => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())),
        }
    }

    /// Finds the first overridden setting without which the rest can be read.
    fn culprit<T: DeserializeOwned>(&self) -> Option<String> {
        self.origins.keys().find_map(|setting| {
            let mut without = self.values.clone();
            let (section, key) = setting.rsplit_once('.').unwrap_or(("", setting));
            let pointer = if section.is_empty() {
                String::new()
            } else {
                format!("/{}", section.replace('.', "/"))
            };
            without.pointer_mut(&pointer)?.as_object_mut()?.remove(key);
            serde_json::from_value::<T>(without)
                .is_ok()
                .then(|| setting.clone())
        })
    }

    fn unknown(&self, setting: &str, origin: &Origin) -> ConfigError {
        let section = setting.rsplit_once('.').map_or("", |(section, _)| section);
        let pointer = if section.is_empty() {
            String::new()
        } else {
            format!("/{}", section.replace('.', "/"))
        };
        let known: Vec<&str> = self
            .values
            .pointer(&pointer)
            .and_then(Value::as_object)
            .map(|map| map.keys().map(String::as_str).collect())
            .unwrap_or_default();
        ConfigError::Setting {
            setting: setting.to_owned(),
            origin: origin.to_string(),
            problem: if known.is_empty() {
                "there is no such setting".to_owned()
            } else {
                format!("there is no such setting; here are {}", known.join(", "))
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
    #[serde(deny_unknown_fields, default)]
    struct Config {
        edge: Edge,
        peers: BTreeMap<String, String>,
    }

    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    #[serde(deny_unknown_fields, default)]
    struct Edge {
        port: u16,
        name: String,
    }

    impl Default for Edge {
        fn default() -> Self {
            Self {
                port: 3000,
                name: "edge".into(),
            }
        }
    }

    const PORT: Alias = Alias {
        variable: "PORT",
        setting: "edge.port",
        read: |text| text.parse::<u16>().ok().map(Into::into),
        form: "a port number",
    };

    #[test]
    fn the_environment_wins_over_the_defaults() {
        let env = Environment::of([
            ("PORT", "80"),
            ("STREAMVERSE_EDGE__NAME", "007"),
            ("STREAMVERSE_PEERS__AUTH", "http://auth:9081"),
            ("STREAMVERSE_HOME", "ignored"),
        ]);
        let layers = Layers::of(&Config::default())
            .environment(&env, &[PORT])
            .unwrap();
        let config: Config = layers.extract().unwrap();
        assert_eq!(
            config.edge,
            Edge {
                port: 80,
                name: "007".into()
            }
        );
        assert_eq!(config.peers["auth"], "http://auth:9081");
        assert_eq!(layers.origin("edge.port"), Origin::Variable("PORT".into()));
    }

    #[test]
    fn errors_name_the_setting_and_its_origin() {
        let read = |env: &[(&str, &str)]| {
            Layers::of(&Config::default())
                .environment(&Environment::of(env.iter().copied()), &[PORT])
                .and_then(|layers| layers.extract::<Config>())
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            read(&[("PORT", "high")]),
            "setting edge.port (variable PORT): must be a port number"
        );
        assert_eq!(
            read(&[("STREAMVERSE_EDGE__PROT", "1")]),
            "setting edge.prot (variable STREAMVERSE_EDGE__PROT): there is no such setting; here are name, port"
        );
        assert!(
            read(&[("STREAMVERSE_EDGE__PORT", "70000")])
                .starts_with("setting edge.port (variable STREAMVERSE_EDGE__PORT): invalid value")
        );
    }
}
