//! RPCs as operations.

use std::collections::BTreeMap;

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Value, json};

use super::answer::{add_reasons, add_refusals, refusal};
use super::comments::{first_sentence, named_reasons};
use super::schema::{Sent, describe};
use super::{Document, access::Access};
use crate::bind::Body;
use crate::method::{Binding, Method};
use crate::plan::options;
use crate::route::{Segment, Template, Verb};

/// How deep query parameters reach into messages.
const QUERY_DEPTH: usize = 3;

impl Document<'_> {
    /// Adds the operations of a binding: its own, and that of the collection with an `id` (C38).
    pub(super) fn binding(&mut self, method: &Method, binding: &Binding) {
        let Verb::Method(verb) = &binding.verb else {
            return;
        };
        let operation = self.operation(method, binding);
        let taken = self.add(&binding.template, verb, operation.clone());
        debug_assert!(!taken, "the plan has no route twice");

        let collection = binding
            .item_alias
            .as_ref()
            .and_then(|name| Some((name, binding.template.collection_of(name)?)));
        if let Some((name, collection)) = collection {
            self.aliases
                .push((collection, verb.clone(), name.clone(), operation));
        }
    }

    /// Adds what an `id` on the collections means, after all collections have their own operation.
    pub(super) fn add_aliases(&mut self) {
        for (collection, verb, name, mut operation) in std::mem::take(&mut self.aliases) {
            let path = path_of(&collection);
            let mut id = json!({"name": "id", "in": "query"});
            let own_path =
                |parameter: &Value| parameter["in"] == "path" && parameter["name"] == name.as_str();
            if let Some(parameters) = operation["parameters"].as_array_mut() {
                let own = parameters.iter().position(own_path);
                if let Some(mut own) = own.map(|at| parameters.remove(at)) {
                    id["schema"] = own["schema"].take();
                }
            }
            if let Some(list) = self.paths.get_mut(&(path, verb.to_ascii_lowercase())) {
                // No schema can say that a parameter excludes all others, so words say it.
                let said = list["description"].as_str().unwrap_or_default();
                let more = "`?id=` answers this item alone, as its own path does; none of the \
                    list's parameters goes with it.";
                list["description"] = format!("{said}\n\n{more}").trim().into();
                add_refusals(list, &operation);
                continue;
            }
            if operation["requestBody"].is_null() {
                id["required"] = true.into();
                id["description"] = "The item.".into();
            } else {
                id["required"] = true.into();
                id["description"] =
                    "The item. It may stand in the body instead, as the member `id`.".into();
            }
            push(&mut operation, "parameters", id);
            if let Some(reason) = self.reasons.find("", "ID_REQUIRED") {
                let status = reason.http.to_string();
                add_reasons(
                    &mut operation["responses"][status],
                    &refusal(std::slice::from_ref(reason)),
                );
            }
            let own_id = operation["operationId"].as_str().unwrap_or_default();
            operation["operationId"] = format!("{own_id}_byAlias").into();
            self.add(&collection, &verb, operation);
        }
    }

    fn add(&mut self, template: &Template, verb: &str, mut operation: Value) -> bool {
        let base = operation["operationId"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let mut id = base.clone();
        let mut n = 1;
        let lower = verb.to_ascii_lowercase();
        let other_verb = self.operation_ids.get(&base).is_some_and(|v| *v != lower);
        while self.operation_ids.contains_key(&id) {
            id = match n {
                1 if other_verb => format!("{base}_{lower}"),
                n => format!("{base}_{}", n + 1),
            };
            n += 1;
        }
        self.operation_ids.insert(id.clone(), lower);
        operation["operationId"] = id.into();
        let key = (path_of(template), verb.to_ascii_lowercase());
        self.paths.insert(key, operation).is_some()
    }

    fn operation(&mut self, method: &Method, binding: &Binding) -> Value {
        let descriptor = &method.descriptor;
        let comment = self.comments.method(descriptor).to_owned();
        let access = Access::of(self.pool, descriptor);
        let service = descriptor.parent_service();
        let mut operation = json!({
            "operationId": format!("{}_{}", service.name(), method.name),
            "tags": [service.name()],
            "summary": first_sentence(&comment),
            "security": access.security(),
        });
        describe(&mut operation, &comment);

        let mut parameters = self.path_parameters(binding);
        if !matches!(binding.body, Body::Whole(_) | Body::RawWhole) {
            let bound: Vec<_> = binding.taken_names();
            self.query_parameters(
                &method.input_descriptor,
                &mut Vec::new(),
                &mut Vec::new(),
                &bound,
                &mut parameters,
            );
        }
        let versioned = named_reasons(&comment).contains(&"VERSION_MISMATCH");
        parameters.extend(access.header_parameters(versioned));
        parameters.extend(self.last_event_id(method));
        if method.server_streaming && !method.http_mount {
            // What goes on has no version.
            parameters.retain(|own| own["$ref"] != "#/components/parameters/IfNoneMatch");
            parameters.push(json!({
                "name": "ticket",
                "in": "query",
                "description": "A ticket of `POST /auth/ticket`, in place of a token.",
                "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"},
            }));
        }
        if !parameters.is_empty() {
            operation["parameters"] = parameters.into();
        }
        if let Some(body) = self.request_body(method, binding) {
            operation["requestBody"] = body;
        }
        if let Some(socket) = self.socket(method, binding, &operation["requestBody"]) {
            operation["x-websocket"] = socket;
        }
        operation["responses"] = self.responses(method, binding, access, &comment);
        operation
    }

    /// Returns the header behind which event a stream goes on, where it can.
    fn last_event_id(&mut self, method: &Method) -> Option<Value> {
        let after = options::resume_after(self.pool, &method.descriptor)?;
        let field = method.input_descriptor.get_field_by_name(&after)?;
        let mut schema = self.field(&field, Sent::Text);
        schema.as_object_mut()?.remove("description");
        Some(json!({
            "name": "Last-Event-ID",
            "in": "header",
            "description": format!("Goes on behind this event; counts before `{}`.", field.json_name()),
            "schema": schema,
        }))
    }

    fn path_parameters(&mut self, binding: &Binding) -> Vec<Value> {
        binding
            .template
            .variables
            .iter()
            .zip(&binding.variables)
            .map(|(variable, field)| {
                let mut schema = self.field(&field.descriptor, Sent::Text);
                let description = schema.as_object_mut().and_then(|s| s.remove("description"));
                let mut parameter = json!({
                    "name": variable.field_path.join("."),
                    "in": "path",
                    "required": true,
                    "schema": schema,
                });
                if let Some(description) = description {
                    parameter["description"] = description;
                }
                parameter
            })
            .collect()
    }

    /// Lists the fields that neither path nor body bind, down through single messages.
    fn query_parameters(
        &mut self,
        message: &MessageDescriptor,
        json_path: &mut Vec<String>,
        path: &mut Vec<String>,
        bound: &[Vec<String>],
        out: &mut Vec<Value>,
    ) {
        for field in message.fields() {
            path.push(field.name().to_owned());
            json_path.push(field.json_name().to_owned());
            if !bound.contains(path) {
                match inner(&field) {
                    Some(inner) if path.len() < QUERY_DEPTH => {
                        self.query_parameters(&inner, json_path, path, bound, out);
                    }
                    None if is_text(&field) => out.push(self.query_parameter(&field, json_path)),
                    _ => {}
                }
            }
            path.pop();
            json_path.pop();
        }
    }

    fn query_parameter(&mut self, field: &FieldDescriptor, json_path: &[String]) -> Value {
        let mut schema = self.field(field, Sent::Text);
        let description = schema.as_object_mut().and_then(|s| s.remove("description"));
        let mut parameter = json!({"name": json_path.join("."), "in": "query", "schema": schema});
        if let Some(description) = description {
            parameter["description"] = description;
        }
        if self.rules(field).required && json_path.len() == 1 {
            parameter["required"] = true.into();
        }
        if field.is_list() {
            parameter["style"] = "form".into();
            parameter["explode"] = true.into();
        }
        parameter
    }

    fn request_body(&mut self, method: &Method, binding: &Binding) -> Option<Value> {
        let json_of = |schema: Value, required: bool| {
            if method.client_streaming {
                return many(&schema);
            }
            json!({"required": required, "content": {"application/json": {"schema": schema}}})
        };
        match &binding.body {
            Body::None => None,
            Body::RawWhole | Body::RawField { .. } => {
                Some(json!({"required": true, "content": {"*/*": {}}}))
            }
            Body::Whole(_) => {
                let fields: Vec<_> = method.input_descriptor.fields().collect();
                let in_path: Vec<_> = binding.variables.iter().map(|v| &v.names[0]).collect();
                let required = fields.iter().any(|field| {
                    self.rules(field).required && !in_path.iter().any(|name| *name == field.name())
                });
                // What the path says the body need not say again.
                let schema = if in_path.is_empty() {
                    self.message(&method.input_descriptor, Sent::Request)
                } else {
                    let input = &method.input_descriptor;
                    self.object(input, Sent::Request, &BTreeMap::new(), |field| {
                        in_path.iter().any(|name| *name == field.name())
                    })
                };
                Some(json_of(schema, required))
            }
            Body::Field { .. } => {
                let field = &binding.body_field.as_ref()?.descriptor;
                let required = self.rules(field).required;
                // The path names the item: what the body calls it can only be the same.
                let sent = match &binding.verb {
                    _ if binding.variables.is_empty() => Sent::Request,
                    Verb::Method(verb) if verb == "PATCH" => Sent::Part,
                    _ => Sent::State,
                };
                let schema = match inner(field) {
                    Some(message) => self.message_of(field, &message, sent),
                    None => self.field(field, Sent::Request),
                };
                Some(json_of(schema, required))
            }
        }
    }
}

/// Returns the body of a request of many messages: a list of them, or one a line.
fn many(message: &Value) -> Value {
    let list = json!({"type": "array", "items": message, "minItems": 1});
    json!({"required": true, "content": {
        "application/json": {"schema": list},
        "application/x-ndjson": {"schema": message},
    }})
}

impl Binding {
    fn taken_names(&self) -> Vec<Vec<String>> {
        self.variables
            .iter()
            .chain(&self.body_field)
            .map(|field| field.names.clone())
            .collect()
    }
}

/// Returns the path as OpenAPI writes it.
fn path_of(template: &Template) -> String {
    let mut path = String::new();
    let mut index = 0;
    while index < template.segments.len() {
        let variable = template.variables.iter().find(|v| v.first == index);
        let step = match (variable, &template.segments[index]) {
            (Some(variable), _) => format!("{{{}}}", variable.field_path.join(".")),
            (None, Segment::Literal(text)) => text.clone(),
            (None, other) => format!("{{{other}}}"),
        };
        path = format!("{path}/{step}");
        index = variable.map_or(index + 1, |variable| variable.end);
    }
    if path.is_empty() {
        path.push('/');
    }
    match &template.verb {
        Some(verb) => format!("{path}:{verb}"),
        None => path,
    }
}

/// Returns the message of a field that query parameters reach into.
fn inner(field: &FieldDescriptor) -> Option<MessageDescriptor> {
    match field.kind() {
        Kind::Message(message)
            if !field.is_list()
                && !field.is_map()
                && !message.full_name().starts_with("google.") =>
        {
            Some(message)
        }
        _ => None,
    }
}

/// Says whether a query can hold a field.
fn is_text(field: &FieldDescriptor) -> bool {
    match field.kind() {
        Kind::Message(message) => {
            let name = message.full_name();
            !field.is_map() && crate::bind::is_text_message(name)
        }
        _ => true,
    }
}

fn push(object: &mut Value, key: &str, item: Value) {
    match object[key].as_array_mut() {
        Some(list) => list.push(item),
        None => object[key] = json!([item]),
    }
}
