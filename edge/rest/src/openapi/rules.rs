//! The option `field` as rules of a JSON schema.

use std::collections::{BTreeMap, BTreeSet};

use prost_reflect::{DynamicMessage, FieldDescriptor};
use serde_json::{Value, json};

use super::Document;
use crate::plan::options;

/// The bounds that the option `field` leaves unsaid.
const MAX_LENGTH: u32 = 1000;
const MAX_ITEMS: u32 = 100;

const UUID: &str = "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}";

/// Language tags as RFC 5646 writes them, whose language has the two or three letters of ISO 639 and is
/// extended by no other.
const LANGUAGE: &str = concat!(
    "[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?",
    "(-([0-9A-Za-z]{5,8}|[0-9][0-9A-Za-z]{3}))*",
    "(-[0-9A-WY-Za-wy-z](-[0-9A-Za-z]{2,8})+)*(-[Xx](-[0-9A-Za-z]{1,8})+)?"
);
const LONGEST_LANGUAGE: u32 = 35;

/// What addresses hold: no white space, no control characters, and none of `\ < > " { } | ^` and the
/// backtick.
const URL: &str = concat!(
    r#"[Hh][Tt][Tt][Pp][Ss]?://([^\s\ufeff\u0000-\u001f\u007f-\u009f\\<>"`{}|^/?#@:\[\]]+|\[[0-9A-Fa-f:.]+\])"#,
    "(:([0-5]?[0-9]{1,4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?",
    r#"([/?#][^\s\ufeff\u0000-\u001f\u007f-\u009f\\<>"`{}|^]*)?"#
);
/// Such an address, or a path of ours.
const PLACE: &str = concat!(
    r#"[Hh][Tt][Tt][Pp][Ss]?://([^\s\ufeff\u0000-\u001f\u007f-\u009f\\<>"`{}|^/?#@:\[\]]+|\[[0-9A-Fa-f:.]+\])"#,
    "(:([0-5]?[0-9]{1,4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?",
    r#"([/?#][^\s\ufeff\u0000-\u001f\u007f-\u009f\\<>"`{}|^]*)?"#,
    r#"|/([^\s\ufeff\u0000-\u001f\u007f-\u009f\\<>"`{}|^/][^\s\ufeff\u0000-\u001f\u007f-\u009f\\<>"`{}|^]*)?"#
);

/// A character of texts: none that controls but tab and line feed.
const PLAIN: &str = r"[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]";

/// One of lines: none that controls or hides.
const LINE: &str = concat!(
    r"[^\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f",
    r"\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb]"
);
/// One of lines without joiners and variation selectors.
const TOKEN: &str = concat!(
    r"[^\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f",
    r"\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]"
);
/// A character that is seen, and is no blank.
const SEEN: &str = concat!(
    r"[^\s\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f",
    r"\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]"
);

impl Document<'_> {
    /// Reads the option `field`.
    pub(super) fn rules(&self, field: &FieldDescriptor) -> Rules {
        let unsaid = Rules {
            asked: self.asked.contains(field.parent_message().full_name()),
            ..Rules::default()
        };
        let Some(extension) = &self.field_option else {
            return unsaid;
        };
        let declared = field.options();
        if !declared.has_extension(extension) {
            return unsaid;
        }
        match declared.get_extension(extension).as_message() {
            Some(rule) => Rules::of(rule, unsaid.asked),
            None => unsaid,
        }
    }
}

impl Rules {
    /// Reads what a field says, here or in the place where its message stands.
    fn of(rule: &DynamicMessage, asked: bool) -> Self {
        let number = |name| options::value(rule, name).and_then(|value| value.as_u32());
        let double = |name| options::value(rule, name).and_then(|value| value.as_f64());
        let flag = |name| options::value(rule, name).and_then(|value| value.as_bool());
        let within = options::messages(rule, "within").into_iter().map(|place| {
            let rules = options::messages(&place, "rules").pop();
            let rules = rules.map(|rules| Self::of(&rules, asked));
            (options::text(&place, "field"), rules.unwrap_or_default())
        });
        Self {
            required: flag("required").unwrap_or_default(),
            absent: flag("absent").unwrap_or_default(),
            secret: flag("secret").unwrap_or_default(),
            words: options::texts(rule, "words"),
            within: within.collect(),
            min_length: number("min_length"),
            max_length: number("max_length"),
            format: options::enum_number(rule, "format"),
            min: double("min"),
            max: double("max"),
            min_items: number("min_items"),
            max_items: number("max_items"),
            values: options::value(rule, "values")
                .as_deref()
                .and_then(prost_reflect::Value::as_list)
                .map(|list| {
                    list.iter()
                        .filter_map(prost_reflect::Value::as_i32)
                        .collect()
                })
                .unwrap_or_default(),
            asked,
        }
    }
}

/// What the option `field` says.
#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one word of the option"
)]
pub(super) struct Rules {
    pub(super) required: bool,
    /// Whether it must not be set.
    pub(super) absent: bool,
    secret: bool,
    min_length: Option<u32>,
    max_length: Option<u32>,
    format: i32,
    min: Option<f64>,
    max: Option<f64>,
    min_items: Option<u32>,
    max_items: Option<u32>,
    /// The numbers of an enum that are taken; empty means all.
    pub(super) values: Vec<i32>,
    /// The words that a text may be; empty means any text.
    words: Vec<String>,
    /// The rules of the message's fields that are others in this place, by their names.
    pub(super) within: BTreeMap<String, Rules>,
    /// Whether callers send it: then the unsaid bounds hold.
    asked: bool,
}

impl Rules {
    /// Says what a text may be; an item of a list that has a form is never empty.
    pub(super) fn bound_text(&self, schema: &mut Value, is_item: bool) {
        if !self.words.is_empty() {
            schema["enum"] = self.spellings().into();
            return;
        }
        let least = u32::from(self.required).max(self.min_length.unwrap_or_default());
        // Empty is absent (proto3), which no `format` and no `minLength` allows.
        let may_be_empty = !(self.required || is_item && self.has_form());
        if may_be_empty && least > 0 {
            schema["anyOf"] = json!([{"minLength": least}, {"maxLength": 0}]);
        } else if least > 0 {
            schema["minLength"] = least.into();
        }
        let most = self.max_length.or(self.asked.then_some(MAX_LENGTH));
        let most = match (self.format, most) {
            // Their forms have one length.
            (1 | 3 | 5 | 6, _) => None,
            (4, most) => most.map(|most| most.min(LONGEST_LANGUAGE)),
            (_, most) => most,
        };
        if let Some(most) = most {
            schema["maxLength"] = most.into();
        }
        // Blanks around it are taken off.
        let around = format!(r"[ \t\r\n]*{URL}[ \t\r\n]*");
        let (format, pattern) = match self.format {
            1 => ("uuid", UUID),
            2 => ("email", ""),
            3 => ("date", ""),
            4 => ("", LANGUAGE),
            5 => ("", "[A-Z]{2}"),
            6 => ("", "[A-Z]{3}"),
            7 => ("", &*around),
            8 => ("", "[a-z0-9-]+"),
            10 => ("", PLACE),
            13 => ("", "[A-Za-z0-9-]+"),
            _ => ("", ""),
        };
        let characters = match self.format {
            0 if self.asked => PLAIN,
            11 => LINE,
            12 => TOKEN,
            _ => "",
        };
        if !characters.is_empty() {
            // Of what is required something is seen.
            schema["pattern"] = if self.required {
                format!("^{characters}*{SEEN}{characters}*$")
            } else {
                format!("^{characters}*$")
            }
            .into();
        }
        if self.secret {
            schema["format"] = "password".into();
        }
        match (format, pattern) {
            ("", "") => {}
            (format, "") if may_be_empty => {
                schema["anyOf"] = json!([{"format": format}, {"maxLength": 0}]);
            }
            (format, _) if !format.is_empty() && !may_be_empty => {
                schema["format"] = format.into();
            }
            (_, pattern) => {
                let optional = if may_be_empty { "?" } else { "" };
                schema["pattern"] = format!("^({pattern}){optional}$").into();
            }
        }
    }

    /// Whether the format has a form that nothing at all does not have.
    fn has_form(&self) -> bool {
        matches!(self.format, 1..=7 | 10)
    }

    /// Lists the words in both spellings, and nothing where that is allowed.
    fn spellings(&self) -> Vec<String> {
        let nothing = (!self.required).then(String::new);
        let mut all: Vec<_> = nothing.into_iter().chain(self.words.clone()).collect();
        let others: BTreeSet<_> = self.words.iter().map(|word| camel(word)).collect();
        all.extend(others.into_iter().filter(|word| !self.words.contains(word)));
        all
    }

    pub(super) fn bound_number(&self, schema: &mut Value) {
        for (key, bound) in [("minimum", self.min), ("maximum", self.max)] {
            if let Some(bound) = bound {
                schema[key] = plain_number(bound);
            }
        }
    }

    pub(super) fn bound_items(&self, schema: &mut Value, least: &str, most: &str) {
        if let Some(min) = self.min_items.or(self.required.then_some(1)) {
            schema[least] = min.into();
        }
        if let Some(max) = self.max_items.or(self.asked.then_some(MAX_ITEMS)) {
            schema[most] = max.into();
        }
    }
}

/// `-release_date` becomes `-releaseDate`, as protobuf makes JSON's names.
fn camel(word: &str) -> String {
    let mut parts = word.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| {
        let mut letters = part.chars();
        let head = letters.next().map(|c| c.to_ascii_uppercase());
        out + &head.into_iter().chain(letters).collect::<String>()
    })
}

/// Returns a number without a fraction where it has none.
fn plain_number(number: f64) -> Value {
    let whole = serde_json::from_str(&format!("{number}"));
    whole.unwrap_or_else(|_| number.into())
}
