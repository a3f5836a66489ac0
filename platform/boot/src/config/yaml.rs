//! Settings as YAML, read from a file.

use std::path::Path;

use serde_json::{Map, Value};
use serde_yaml_ng::Value as Yaml;

use super::{ConfigError, SettingPath};

/// Reads the sections of a YAML text. A key that is given twice is refused, wherever it is.
pub(super) fn read(text: &str, file: &Path) -> Result<Map<String, Value>, ConfigError> {
    // By way of YAML's own values: the maps of JSON would take the last of two equal keys.
    let yaml: Yaml = serde_yaml_ng::from_str(text).map_err(|source| ConfigError::Yaml {
        path: file.into(),
        source,
    })?;
    match yaml {
        Yaml::Null => Ok(Map::new()),
        Yaml::Mapping(_) => match json(yaml, &SettingPath::default(), file)? {
            Value::Object(sections) => Ok(sections),
            _ => Err(ConfigError::Shape { path: file.into() }),
        },
        _ => Err(ConfigError::Shape { path: file.into() }),
    }
}

fn json(yaml: Yaml, at: &SettingPath, file: &Path) -> Result<Value, ConfigError> {
    let refused = |at: &SettingPath, problem: String| ConfigError::Setting {
        setting: at.to_string(),
        origin: format!("file {}", file.display()),
        problem,
    };
    Ok(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => value.into(),
        Yaml::String(text) => text.into(),
        Yaml::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(whole), _, _) => whole.into(),
            (None, Some(whole), _) => whole.into(),
            (None, None, value) => value.map_or(Value::Null, Value::from),
        },
        Yaml::Sequence(items) => items
            .into_iter()
            .map(|item| json(item, at, file))
            .collect::<Result<Vec<_>, _>>()?
            .into(),
        Yaml::Mapping(entries) => {
            let mut map = Map::new();
            for (key, value) in entries {
                let Yaml::String(key) = key else {
                    let key = serde_yaml_ng::to_string(&key).unwrap_or_default();
                    let problem = format!("the key {} must stand in quotes", key.trim());
                    return Err(refused(at, problem));
                };
                let value = json(value, &at.then(&key), file)?;
                map.insert(key, value);
            }
            map.into()
        }
        Yaml::Tagged(tagged) => {
            let problem = format!("{} has no meaning here", tagged.tag);
            return Err(refused(at, problem));
        }
    })
}
