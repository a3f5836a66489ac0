//! Messages and enums as JSON schemas.

use std::collections::{BTreeMap, BTreeSet};

use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};

use super::Document;
use crate::plan::options;

/// The bounds that the option `field` leaves unsaid.
const MAX_LENGTH: u32 = 1000;
const MAX_ITEMS: u32 = 100;

const UUID: &str = "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}";

/// Text without control characters but tabs and line feeds.
const PLAIN: &str = r"[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]+";

/// Collects the schemas of what the operations mention.
#[derive(Default)]
pub(super) struct Schemas {
    done: BTreeMap<String, Value>,
    open: BTreeSet<String>,
}

impl Schemas {
    pub(super) fn into_components(self) -> Map<String, Value> {
        self.done.into_iter().collect()
    }
}

/// Which names JSON uses for a message or enum of ours.
fn component(full_name: &str) -> String {
    full_name
        .strip_prefix("streamverse.")
        .unwrap_or(full_name)
        .to_owned()
}

impl Document<'_> {
    /// Returns the schema of a message: a reference, or a well-known type's own form.
    pub(super) fn message(&mut self, message: &MessageDescriptor) -> Value {
        if let Some(known) = well_known(message.full_name()) {
            return known;
        }
        let name = component(message.full_name());
        let reference = json!({"$ref": format!("#/components/schemas/{name}")});
        if !self.schemas.open.insert(name.clone()) {
            return reference;
        }
        let mut properties = Map::new();
        let mut required = Vec::new();
        for field in message.fields() {
            let key = field.json_name().to_owned();
            if self.rules(&field).required {
                required.push(Value::from(key.clone()));
            }
            properties.insert(key, self.field(&field));
        }
        // Members that nobody knows are refused, not overlooked.
        let mut schema = json!({
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
        });
        describe(&mut schema, self.comments.message(message));
        if !required.is_empty() {
            schema["required"] = Value::from(required);
        }
        self.schemas.done.insert(name, schema);
        reference
    }

    /// Returns the schema of a field's value, with the field's rules.
    pub(super) fn field(&mut self, field: &FieldDescriptor) -> Value {
        let rules = self.rules(field);
        let mut schema = if field.is_map() {
            let value = match field.kind() {
                Kind::Message(entry) => entry.map_entry_value_field(),
                _ => return json!({"type": "object"}),
            };
            let mut map = json!({"type": "object"});
            map["additionalProperties"] = self.single(&value, &Rules::default());
            rules.bound_items(&mut map, "minProperties", "maxProperties");
            map
        } else if field.is_list() {
            let mut list = json!({"type": "array"});
            list["items"] = self.single(field, &rules);
            rules.bound_items(&mut list, "minItems", "maxItems");
            list
        } else {
            self.single(field, &rules)
        };
        describe(&mut schema, self.comments.field(field));
        schema
    }

    fn single(&mut self, field: &FieldDescriptor, rules: &Rules) -> Value {
        let mut schema = match field.kind() {
            Kind::Message(message) => return self.message(&message),
            Kind::Enum(of) => return self.enumeration(&of),
            Kind::Bool => return json!({"type": "boolean"}),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
                json!({"type": "integer", "format": "int32"})
            }
            Kind::Uint32 | Kind::Fixed32 => {
                json!({"type": "integer", "minimum": 0, "maximum": u32::MAX})
            }
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
                json!({"type": "string", "format": "int64", "pattern": "^-?[0-9]{1,19}$"})
            }
            Kind::Uint64 | Kind::Fixed64 => {
                json!({"type": "string", "format": "uint64", "pattern": "^[0-9]{1,20}$"})
            }
            Kind::Float => json!({"type": "number", "format": "float"}),
            Kind::Double => json!({"type": "number", "format": "double"}),
            Kind::Bytes => json!({"type": "string", "contentEncoding": "base64"}),
            Kind::String => {
                let mut text = json!({"type": "string"});
                rules.bound_text(&mut text);
                return text;
            }
        };
        rules.bound_number(&mut schema);
        schema
    }

    fn enumeration(&mut self, of: &EnumDescriptor) -> Value {
        if of.full_name() == "google.protobuf.NullValue" {
            return json!({"type": "null"});
        }
        let name = component(of.full_name());
        let reference = json!({"$ref": format!("#/components/schemas/{name}")});
        if !self.schemas.open.insert(name.clone()) {
            return reference;
        }
        let mut names = Vec::new();
        let mut lines = vec![self.comments.enumeration(of).to_owned(), String::new()];
        for value in of.values() {
            let short = spell(of, value.name());
            lines.push(format!("- `{short}`: {}", self.comments.enum_value(&value)));
            names.push(Value::from(short));
        }
        let mut schema = json!({"type": "string", "enum": names});
        describe(&mut schema, &lines.join("\n"));
        self.schemas.done.insert(name, schema);
        reference
    }

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
        let value = declared.get_extension(extension);
        let Some(rule) = value.as_message() else {
            return unsaid;
        };
        let number = |name| options::value(rule, name).and_then(|value| value.as_u32());
        let double = |name| options::value(rule, name).and_then(|value| value.as_f64());
        let flag = |name| options::value(rule, name).and_then(|value| value.as_bool());
        Rules {
            required: flag("required").unwrap_or_default(),
            secret: flag("secret").unwrap_or_default(),
            min_length: number("min_length"),
            max_length: number("max_length"),
            format: options::enum_number(rule, "format"),
            min: double("min"),
            max: double("max"),
            min_items: number("min_items"),
            max_items: number("max_items"),
            ..unsaid
        }
    }
}

/// Spells an enum value as answers do (C36).
fn spell(of: &EnumDescriptor, value: &str) -> String {
    if !of.package_name().starts_with("streamverse.") {
        return value.to_owned();
    }
    let prefix = format!("{}_", screaming(of.name()));
    let rest = value.strip_prefix(&prefix).unwrap_or(value);
    rest.to_ascii_lowercase()
}

/// What the option `field` says.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    pub(super) required: bool,
    secret: bool,
    min_length: Option<u32>,
    max_length: Option<u32>,
    format: i32,
    min: Option<f64>,
    max: Option<f64>,
    min_items: Option<u32>,
    max_items: Option<u32>,
    /// Whether callers send it: then the unsaid bounds hold.
    asked: bool,
}

impl Rules {
    fn bound_text(&self, schema: &mut Value) {
        let least = u32::from(self.required).max(self.min_length.unwrap_or_default());
        if least > 0 {
            schema["minLength"] = least.into();
        }
        if let Some(most) = self.max_length.or(self.asked.then_some(MAX_LENGTH)) {
            schema["maxLength"] = most.into();
        }
        let (format, pattern) = match self.format {
            1 => ("uuid", UUID),
            2 => ("email", "[^@]+@[^@]+"),
            3 => ("date", "[0-9]{4}-[0-9]{2}-[0-9]{2}"),
            4 => ("", "[A-Za-z]{2,3}(-[A-Za-z]{2})?"),
            5 => ("", "[A-Z]{2}"),
            6 => ("", "[A-Z]{3}"),
            7 => ("uri", "https?://.+"),
            8 => ("", "[a-z0-9-]+"),
            0 if self.asked && !self.secret => ("", PLAIN),
            _ if self.secret => ("password", ""),
            _ => ("", ""),
        };
        // Empty is absent (proto3), which no `format` but a password's allows.
        let may_be_empty = least == 0;
        if !format.is_empty() && (!may_be_empty || pattern.is_empty()) {
            schema["format"] = format.into();
        } else if !pattern.is_empty() {
            let optional = if may_be_empty { "?" } else { "" };
            schema["pattern"] = format!("^({pattern}){optional}$").into();
        }
    }

    fn bound_number(&self, schema: &mut Value) {
        for (key, bound) in [("minimum", self.min), ("maximum", self.max)] {
            if let Some(bound) = bound {
                schema[key] = bound.into();
            }
        }
    }

    fn bound_items(&self, schema: &mut Value, least: &str, most: &str) {
        if let Some(min) = self.min_items.or(self.required.then_some(1)) {
            schema[least] = min.into();
        }
        if let Some(max) = self.max_items.or(self.asked.then_some(MAX_ITEMS)) {
            schema[most] = max.into();
        }
    }
}

/// Returns the JSON form of protobuf's own types.
fn well_known(full_name: &str) -> Option<Value> {
    let name = full_name.strip_prefix("google.protobuf.");
    Some(match name? {
        "Timestamp" => json!({"type": "string", "format": "date-time"}),
        "Duration" => json!({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]{1,9})?s$"}),
        "FieldMask" => json!({"type": "string"}),
        "Struct" | "Any" => json!({"type": "object"}),
        "Value" => json!({}),
        "ListValue" => json!({"type": "array"}),
        "Empty" => json!({"type": "object", "maxProperties": 0}),
        "BytesValue" => json!({"type": ["string", "null"], "contentEncoding": "base64"}),
        "BoolValue" => json!({"type": ["boolean", "null"]}),
        "Int32Value" | "UInt32Value" => json!({"type": ["integer", "null"]}),
        "StringValue" | "Int64Value" | "UInt64Value" => json!({"type": ["string", "null"]}),
        "FloatValue" | "DoubleValue" => json!({"type": ["number", "null"]}),
        _ => return None,
    })
}

/// `ContentType` becomes `CONTENT_TYPE`.
pub(super) fn screaming(camel: &str) -> String {
    let mut out = String::new();
    for (index, c) in camel.char_indices() {
        if c.is_ascii_uppercase() && index > 0 {
            out.push('_');
        }
        out.push(c.to_ascii_uppercase());
    }
    out
}

/// Adds a description, if there is one.
pub(super) fn describe(schema: &mut Value, text: &str) {
    if !text.trim().is_empty() {
        schema["description"] = text.trim().into();
    }
}
