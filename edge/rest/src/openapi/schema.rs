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

/// What addresses hold: no white space, no control characters, and none of `\ < > " { } | ^` and the
/// backtick.
const URL: &str = concat!(
    r#"https?://[^\s\u0000-\u001f\u007f-\u009f\\<>"`{}|^/?#@:\[\]]+(:[0-9]{1,4})?"#,
    r#"([/?#][^\s\u0000-\u001f\u007f-\u009f\\<>"`{}|^]*)?"#
);
/// Such an address, or a path of ours.
const PLACE: &str = concat!(
    r#"https?://[^\s\u0000-\u001f\u007f-\u009f\\<>"`{}|^/?#@:\[\]]+(:[0-9]{1,4})?"#,
    r#"([/?#][^\s\u0000-\u001f\u007f-\u009f\\<>"`{}|^]*)?"#,
    r#"|/([^\s\u0000-\u001f\u007f-\u009f\\<>"`{}|^/][^\s\u0000-\u001f\u007f-\u009f\\<>"`{}|^]*)?"#
);

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

/// What a message is sent for: the same fields, but not the same rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// An answer: as it is stored.
    Answer,
    /// A request, in which null says nothing.
    Request,
    /// The new state of an item that is named elsewhere.
    State,
    /// Parts of such a state.
    Part,
}

impl Sent {
    /// Returns what the names of such schemas end in.
    fn ending(self) -> &'static str {
        match self {
            Self::Answer => "",
            Self::Request => "Input",
            Self::State => "State",
            Self::Part => "Part",
        }
    }

    /// Returns what messages within are sent for.
    fn within(self) -> Self {
        match self {
            Self::Answer => Self::Answer,
            _ => Self::Request,
        }
    }

    /// Says whether the item's own name is left out.
    fn omits(self, field: &FieldDescriptor) -> bool {
        matches!(self, Self::State | Self::Part) && field.name() == "id"
    }
}

/// Lets a value be null, too: in requests that says nothing (proto3 JSON).
fn or_null(mut schema: Value) -> Value {
    let description = schema.as_object_mut().and_then(|s| s.remove("description"));
    let mut schema = match schema["type"].as_str() {
        Some(kind) if schema["enum"].is_null() => {
            schema["type"] = json!([kind, "null"]);
            schema
        }
        // What takes any value takes null.
        None if schema.as_object().is_some_and(Map::is_empty) => schema,
        None if schema["type"].is_array() => schema,
        _ => json!({"anyOf": [schema, {"type": "null"}]}),
    };
    if let Some(description) = description {
        schema["description"] = description;
    }
    schema
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
    pub(super) fn message(&mut self, message: &MessageDescriptor, sent: Sent) -> Value {
        if let Some(known) = well_known(message.full_name()) {
            return known;
        }
        let name = component(message.full_name()) + sent.ending();
        let reference = json!({"$ref": format!("#/components/schemas/{name}")});
        if !self.schemas.open.insert(name.clone()) {
            return reference;
        }
        let schema = self.object(message, sent, |field| sent.omits(field));
        self.schemas.done.insert(name, schema);
        reference
    }

    /// Returns the schema of a message without some of its fields.
    pub(super) fn object(
        &mut self,
        message: &MessageDescriptor,
        sent: Sent,
        omitted: impl Fn(&FieldDescriptor) -> bool,
    ) -> Value {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for field in message.fields().filter(|field| !omitted(field)) {
            let key = field.json_name().to_owned();
            let mut schema = self.field(&field, sent.within());
            if self.rules(&field).required && sent != Sent::Part {
                required.push(Value::from(key.clone()));
            } else if sent != Sent::Answer && !self.rules(&field).required {
                schema = or_null(schema);
            }
            properties.insert(key, schema);
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
        if sent == Sent::Part {
            schema["minProperties"] = 1.into();
        }
        schema
    }

    /// Returns the schema of a field's value, with the field's rules.
    pub(super) fn field(&mut self, field: &FieldDescriptor, sent: Sent) -> Value {
        let rules = self.rules(field);
        let mut schema = if field.is_map() {
            let value = match field.kind() {
                Kind::Message(entry) => entry.map_entry_value_field(),
                _ => return json!({"type": "object"}),
            };
            let mut map = json!({"type": "object"});
            map["additionalProperties"] = self.single(&value, &Rules::default(), sent);
            rules.bound_items(&mut map, "minProperties", "maxProperties");
            map
        } else if field.is_list() {
            let mut list = json!({"type": "array"});
            list["items"] = self.single(field, &rules, sent);
            rules.bound_items(&mut list, "minItems", "maxItems");
            list
        } else {
            self.single(field, &rules, sent)
        };
        describe(&mut schema, self.comments.field(field));
        schema
    }

    fn single(&mut self, field: &FieldDescriptor, rules: &Rules, sent: Sent) -> Value {
        let mut schema = match field.kind() {
            Kind::Message(message) => return self.message(&message, sent),
            Kind::Enum(of) if rules.values.is_empty() => return self.enumeration(&of),
            Kind::Enum(of) => {
                let taken = of.values().filter(|v| rules.values.contains(&v.number()));
                let names: Vec<_> = taken.map(|value| spell(&of, value.name())).collect();
                return json!({"type": "string", "enum": names});
            }
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
            values: options::value(rule, "values")
                .as_deref()
                .and_then(prost_reflect::Value::as_list)
                .map(|list| {
                    list.iter()
                        .filter_map(prost_reflect::Value::as_i32)
                        .collect()
                })
                .unwrap_or_default(),
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
    /// The numbers of an enum that are taken; empty means all.
    values: Vec<i32>,
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
            2 => ("email", ""),
            3 => ("date", ""),
            4 => ("", "[A-Za-z]{2,3}(-[A-Za-z]{2})?"),
            5 => ("", "[A-Z]{2}"),
            6 => ("", "[A-Z]{3}"),
            7 => ("", URL),
            8 => ("", "[a-z0-9-]+"),
            10 => ("", PLACE),
            0 if self.asked => ("", PLAIN),
            _ => ("", ""),
        };
        if self.secret {
            schema["format"] = "password".into();
        }
        // Empty is absent (proto3), which no `format` allows.
        let may_be_empty = least == 0;
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
