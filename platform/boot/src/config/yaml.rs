//! Settings as YAML: read from a file, and written so that they can be read again.

use std::{fmt::Write as _, path::Path};

use serde_json::{Map, Value};
use serde_yaml_ng::Value as Yaml;

use super::{ConfigError, Layers, SettingPath, mask, path::is_plain};

/// Words that YAML readers take for something else than text.
const NO_TEXT: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

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

/// Writes every setting with its origin as a comment. Read again, the text gives the same settings,
/// but for the secrets unless they are asked for.
pub(super) fn write(layers: &Layers, with_secrets: bool) -> String {
    let mut out = String::new();
    let shown = if with_secrets {
        layers.values().clone()
    } else {
        mask::masked(layers.values())
    };
    section(layers, &SettingPath::default(), &shown, &mut out);
    out
}

fn section(layers: &Layers, at: &SettingPath, value: &Value, out: &mut String) {
    let Value::Object(map) = value else {
        return;
    };
    let indent = "  ".repeat(at.steps().len());
    for (key, value) in map {
        let setting = at.then(key);
        let name = if is_plain(key) && !NO_TEXT.contains(&key.as_str()) {
            key.clone()
        } else {
            quoted(key)
        };
        out.push_str(&indent);
        out.push_str(&name);
        out.push(':');
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                out.push('\n');
                section(layers, &setting, value, out);
            }
            value => {
                let origin = layers.origin(&setting).to_string();
                let origin: String = origin.chars().filter(|c| !c.is_control()).collect();
                let _ = writeln!(out, " {} # {origin}", inline(value));
            }
        }
    }
}

fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(inline).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(map) => {
            let entries: Vec<_> = map
                .iter()
                .map(|(key, value)| format!("{}: {}", quoted(key), inline(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

/// Writes a text in double quotes. JSON's form serves, but for letters that YAML does not allow or
/// takes for the end of a line.
fn quoted(text: &str) -> String {
    let json = Value::from(text).to_string();
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '\u{7f}'..='\u{9f}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}
