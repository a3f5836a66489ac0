//! Messages and enums as JSON schemas.

use std::collections::{BTreeMap, BTreeSet};

use prost_reflect::{
    EnumDescriptor, EnumValueDescriptor, FieldDescriptor, Kind, MessageDescriptor,
};
use serde_json::{Map, Value, json};

use super::{Document, rules::Rules};

/// The rules of a message's fields that are others in one place, by their names.
type Within = BTreeMap<String, Rules>;

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
    /// The text of a path variable or query parameter.
    Text,
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
            Self::Text => "Text",
            Self::Request => "Input",
            Self::State => "State",
            Self::Part => "Part",
        }
    }

    /// Returns what messages within are sent for.
    fn within(self) -> Self {
        match self {
            Self::Answer | Self::Text => self,
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
        self.placed(message, sent, None)
    }

    /// Returns the schema of the message that a field holds, which may have other rules there than
    /// elsewhere.
    pub(super) fn message_of(
        &mut self,
        field: &FieldDescriptor,
        message: &MessageDescriptor,
        sent: Sent,
    ) -> Value {
        let within = self.rules(field).within;
        let narrowed = !within.is_empty() && sent != Sent::Answer;
        self.placed(message, sent, narrowed.then_some((field, &within)))
    }

    fn placed(
        &mut self,
        message: &MessageDescriptor,
        sent: Sent,
        place: Option<(&FieldDescriptor, &Within)>,
    ) -> Value {
        if let Some(known) = well_known(message.full_name()) {
            return known;
        }
        let name = match place {
            None => component(message.full_name()),
            Some((field, _)) => {
                let holder = field.parent_message();
                format!("{}.{}", component(holder.full_name()), field.json_name())
            }
        } + sent.ending();
        let reference = json!({"$ref": format!("#/components/schemas/{name}")});
        if !self.schemas.open.insert(name.clone()) {
            return reference;
        }
        let nothing = Within::new();
        let within = place.map_or(&nothing, |(_, within)| within);
        let schema = self.object(message, sent, within, |field| sent.omits(field));
        self.schemas.done.insert(name, schema);
        reference
    }

    /// Returns the schema of a message without some of its fields.
    pub(super) fn object(
        &mut self,
        message: &MessageDescriptor,
        sent: Sent,
        within: &Within,
        omitted: impl Fn(&FieldDescriptor) -> bool,
    ) -> Value {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for field in message.fields().filter(|field| !omitted(field)) {
            let key = field.json_name().to_owned();
            let rules = within.get(field.name()).cloned();
            let rules = rules.unwrap_or_else(|| self.rules(&field));
            if rules.absent {
                continue;
            }
            let mut schema = self.ruled(&field, &rules, sent.within());
            if rules.required && sent != Sent::Part {
                required.push(Value::from(key.clone()));
            } else if sent.within() == Sent::Request && !rules.required {
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
        if sent.within() == Sent::Request {
            exclude(&mut schema, message);
        }
        schema
    }

    /// Returns the schema of a field's value, with the field's rules.
    pub(super) fn field(&mut self, field: &FieldDescriptor, sent: Sent) -> Value {
        let rules = self.rules(field);
        self.ruled(field, &rules, sent)
    }

    /// Returns the schema of a field's value with these rules.
    fn ruled(&mut self, field: &FieldDescriptor, rules: &Rules, sent: Sent) -> Value {
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
            list["items"] = self.single(field, rules, sent);
            rules.bound_items(&mut list, "minItems", "maxItems");
            list
        } else {
            self.single(field, rules, sent)
        };
        describe(&mut schema, self.comments.field(field));
        schema
    }

    fn single(&mut self, field: &FieldDescriptor, rules: &Rules, sent: Sent) -> Value {
        let mut schema = match field.kind() {
            Kind::Message(message) => return self.message_of(field, &message, sent),
            Kind::Enum(of) => return self.choice(&of, field, rules, sent),
            Kind::Bool => return json!({"type": "boolean"}),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
                json!({"type": "integer", "format": "int32"})
            }
            Kind::Uint32 | Kind::Fixed32 => {
                json!({"type": "integer", "minimum": 0, "maximum": u32::MAX})
            }
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => wide(sent, "int64", "^-?[0-9]{1,19}$"),
            Kind::Uint64 | Kind::Fixed64 => wide(sent, "uint64", "^[0-9]{1,20}$"),
            Kind::Float => json!({"type": "number", "format": "float"}),
            Kind::Double => json!({"type": "number", "format": "double"}),
            Kind::Bytes => json!({"type": "string", "contentEncoding": "base64"}),
            Kind::String => {
                let mut text = json!({"type": "string"});
                rules.bound_text(&mut text, field.is_list());
                return text;
            }
        };
        rules.bound_number(&mut schema);
        schema
    }

    /// Returns the schema of an enum's value: in answers its short name, in requests its other spellings,
    /// too.
    fn choice(
        &mut self,
        of: &EnumDescriptor,
        field: &FieldDescriptor,
        rules: &Rules,
        sent: Sent,
    ) -> Value {
        let taken: Vec<_> = of
            .values()
            .filter(|v| rules.values.is_empty() || rules.values.contains(&v.number()))
            .collect();
        let short = if rules.values.is_empty() {
            self.enumeration(of)
        } else {
            let names: Vec<_> = taken.iter().map(|v| spell(of, v.name())).collect();
            json!({"type": "string", "enum": names})
        };
        if sent == Sent::Answer || short["type"] == "null" {
            return short;
        }
        let spelled = |v: &EnumValueDescriptor| spell(of, v.name()) != v.name();
        let names = taken.iter().filter(|v| spelled(v));
        let mut others: Vec<Value> = names.map(|v| v.name().into()).collect();
        others.extend(taken.iter().map(|v| Value::from(v.number())));
        let mut said = "The same by their full names and numbers.";
        if sent == Sent::Text && field.is_list() {
            others.push("".into());
            said = "The same by their full names and numbers; an empty item is no filter.";
        }
        let whole = json!({"anyOf": [short, {"enum": others, "description": said}]});
        if !rules.values.is_empty() || sent == Sent::Text {
            return whole;
        }
        let name = component(of.full_name()) + Sent::Request.ending();
        let reference = json!({"$ref": format!("#/components/schemas/{name}")});
        let mut whole = whole;
        describe(&mut whole, "A value of the enum in any of its spellings.");
        self.schemas.done.insert(name, whole);
        reference
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
}

/// Says that at most one member of each choice (`oneof`) is there.
fn exclude(schema: &mut Value, message: &MessageDescriptor) {
    let mut clashes = Vec::new();
    for choice in message.oneofs().filter(|choice| !choice.is_synthetic()) {
        let members: Vec<_> = choice.fields().map(|f| f.json_name().to_owned()).collect();
        let there = |name: &String| !schema["properties"][name].is_null();
        let members: Vec<_> = members.into_iter().filter(there).collect();
        for (at, one) in members.iter().enumerate() {
            for other in &members[at + 1..] {
                // Null says nothing.
                let set = json!({"not": {"type": "null"}});
                clashes.push(json!({"not": {
                    "required": [one, other],
                    "properties": {one: set.clone(), other: set},
                }}));
            }
        }
    }
    if !clashes.is_empty() {
        schema["allOf"] = clashes.into();
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

/// Returns the schema of a number of 64 bits: in quotes, and in JSON requests also without.
fn wide(sent: Sent, format: &str, pattern: &str) -> Value {
    let kind = match sent {
        Sent::Answer | Sent::Text => json!("string"),
        _ => json!(["string", "integer"]),
    };
    json!({"type": kind, "format": format, "pattern": pattern})
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
