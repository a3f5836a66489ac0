//! What a value may be.

use super::{
    SettingPath, is_secret,
    mask::{MASK, without_password},
};
use serde_json::Value;

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub enum Bounds {
    /// On or off.
    Switch,
    /// A whole number, both ends included.
    Number(u64, u64),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A text.
    Text(Text),
    /// Any number of texts.
    Texts(Text),
    /// Texts by free keys.
    Map {
        /// The keys.
        key: Text,
        /// The values.
        value: Text,
    },
}

/// What a text may be.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// What it is, for people: `is not …`.
    pub form: &'static str,
    /// Some that fit; tests try them.
    pub examples: &'static [&'static str],
    /// Says whether a text fits.
    pub fits: fn(&str) -> bool,
}

impl Bounds {
    /// Says what is wrong with a value, if anything is: its setting, and the problem.
    pub fn problems(&self, setting: &SettingPath, value: &Value) -> Vec<Problem> {
        let wrong = |setting: &SettingPath, problem| {
            vec![Problem {
                setting: setting.clone(),
                problem,
            }]
        };
        match (self, value) {
            (Self::Number(least, most), Value::Number(number)) => match number.as_u64() {
                Some(whole) if (*least..=*most).contains(&whole) => Vec::new(),
                _ => wrong(setting, format!("{number} is not from {least} to {most}")),
            },
            (Self::OneOf(words), Value::String(found)) if !words.contains(&found.as_str()) => {
                wrong(
                    setting,
                    format!("{found:?} is not one of {}", words.join(", ")),
                )
            }
            (Self::Text(text), Value::String(found)) => text
                .problem(setting.name(), found)
                .map_or_else(Vec::new, |problem| wrong(setting, problem)),
            (Self::Texts(text), Value::Array(items)) => items
                .iter()
                .filter_map(Value::as_str)
                .filter_map(|item| text.problem(setting.name(), item))
                .flat_map(|problem| wrong(setting, problem))
                .collect(),
            (Self::Map { key, value }, Value::Object(entries)) => entries
                .iter()
                .flat_map(|(name, found)| {
                    let found = found.as_str().unwrap_or_default();
                    let problem = key.problem("", name).or_else(|| value.problem(name, found));
                    problem.map_or_else(Vec::new, |p| wrong(&setting.then(name), p))
                })
                .collect(),
            // What has the wrong type altogether has been refused when it was read.
            _ => Vec::new(),
        }
    }

    /// Says what fits, for people.
    pub fn told(&self) -> String {
        match self {
            Self::Switch => "true or false".into(),
            Self::Number(least, most) => format!("{least} to {most}"),
            Self::OneOf(words) => words.join(", "),
            Self::Text(text) => text.form.into(),
            Self::Texts(text) => format!("list; each {}", text.form),
            Self::Map { key, value } => format!("{} → {}", key.form, value.form),
        }
    }
}

/// Something that is wrong with a setting.
#[derive(Debug)]
pub struct Problem {
    /// The setting.
    pub setting: SettingPath,
    /// What is wrong.
    pub problem: String,
}

impl Text {
    fn problem(&self, name: &str, found: &str) -> Option<String> {
        // What was printed without its secrets can still be looked at.
        let masked = is_secret(name) && found == MASK;
        if masked || (self.fits)(found) {
            None
        } else if is_secret(name) {
            Some(format!("the secret is not {}", self.form))
        } else {
            // An address that is written in a wrong way may still hold a password.
            Some(format!(
                "{:?} is not {}",
                without_password(found),
                self.form
            ))
        }
    }
}
