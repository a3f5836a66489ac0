//! Settings as YAML, written so that they can be read again.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Layers, SettingPath, mask, path::is_plain};

/// Words that YAML readers take for something else than text.
const NO_TEXT: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

impl Layers {
    /// Writes every setting with its origin, as a file that can be read again. Secrets are masked
    /// unless they are asked for.
    pub fn print(&self, with_secrets: bool) -> String {
        let mut out = String::new();
        let shown = if with_secrets {
            self.values().clone()
        } else {
            mask::masked(self.values())
        };
        section(self, &SettingPath::default(), &shown, &mut out);
        out
    }
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
