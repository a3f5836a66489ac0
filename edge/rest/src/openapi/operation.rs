//! RPCs as operations.

use std::collections::BTreeMap;

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};

use super::comments::named_reasons;
use super::reasons::Reason;
use super::schema::{Sent, describe};
use super::{
    Document,
    access::{Access, Shape},
};
use crate::bind::Body;
use crate::plan::{Binding, Method};
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
        while !self.operation_ids.insert(id.clone()) {
            n += 1;
            id = format!("{base}_{n}");
        }
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
        parameters.extend(access.header_parameters());
        if !parameters.is_empty() {
            operation["parameters"] = parameters.into();
        }
        if let Some(body) = self.request_body(method, binding) {
            operation["requestBody"] = body;
        }
        operation["responses"] = self.responses(method, binding, access, &comment);
        operation
    }

    fn path_parameters(&mut self, binding: &Binding) -> Vec<Value> {
        binding
            .template
            .variables
            .iter()
            .zip(&binding.variables)
            .map(|(variable, field)| {
                let mut schema = self.field(&field.descriptor, Sent::Answer);
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
        let mut schema = self.field(field, Sent::Answer);
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
        let json_of = |schema: Value, required: bool| json!({"required": required, "content": {"application/json": {"schema": schema}}});
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
                    self.object(&method.input_descriptor, Sent::Request, |field| {
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
                    Some(message) => self.message(&message, sent),
                    None => self.field(field, Sent::Request),
                };
                Some(json_of(schema, required))
            }
        }
    }

    fn responses(
        &mut self,
        method: &Method,
        binding: &Binding,
        access: Access,
        comment: &str,
    ) -> Value {
        let mut responses = Map::new();
        let content = self.success_content(method, binding);
        for code in &method.success_codes {
            let mut answer = json!({"description": "Success.", "content": content.clone()});
            if !method.headers.is_empty() {
                answer["headers"] = method
                    .headers
                    .iter()
                    .map(|name| set_by_method(name))
                    .collect();
            }
            responses.insert(code.to_string(), answer);
        }
        if method.bytes_plane {
            let part = json!({"description": "The asked part.", "content": content});
            responses.insert("206".to_owned(), part);
        }
        if access.is_safe() {
            let known = "The caller has this version: If-None-Match names it.";
            responses.insert("304".to_owned(), json!({"description": known}));
        }

        let package = method.descriptor.parent_service();
        let package = package.package_name();
        let mut by_status: BTreeMap<u32, Vec<Reason>> = BTreeMap::new();
        let common = access.common_reasons(Shape {
            body: !matches!(binding.body, Body::None),
            json: !binding.http_body && !method.bytes_plane,
        });
        for name in named_reasons(comment).into_iter().chain(common) {
            if let Some(reason) = self.reasons.find(package, name) {
                let of_status = by_status.entry(reason.http).or_default();
                if !of_status.contains(reason) {
                    of_status.push(reason.clone());
                }
            }
        }
        for (status, reasons) in by_status {
            responses.insert(status.to_string(), refusal(&reasons));
        }
        responses.into()
    }

    fn success_content(&mut self, method: &Method, binding: &Binding) -> Value {
        if binding.http_body || method.bytes_plane {
            return json!({"*/*": {}});
        }
        let data = match &binding.response_field {
            Some(field) => self.field(&field.descriptor, Sent::Answer),
            None => self.message(&method.descriptor.output(), Sent::Answer),
        };
        if method.plain {
            return json!({"application/json": {"schema": data}});
        }
        json!({
            "application/json": {"schema": {
                "type": "object",
                "required": ["success", "data", "timestamp"],
                "properties": {
                    "success": {"const": true},
                    "data": data.clone(),
                    "timestamp": {"type": "string", "format": "date-time"},
                },
            }},
            "application/vnd.streamverse.raw+json": {"schema": data},
        })
    }
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

/// Adds the refusals of an item to those of its collection, where the collection has none of the
/// status.
fn add_refusals(list: &mut Value, item: &Value) {
    let (Some(own), Some(more)) = (
        list["responses"].as_object_mut(),
        item["responses"].as_object(),
    ) else {
        return;
    };
    for (status, response) in more.iter().filter(|(status, _)| !status.starts_with('2')) {
        own.entry(status.clone())
            .or_insert_with(|| response.clone());
    }
}

/// Returns one refusal: the reasons that share a status.
fn refusal(reasons: &[Reason]) -> Value {
    let lines: Vec<_> = reasons
        .iter()
        .map(|reason| format!("- `{}`: {}", reason.name, reason.message))
        .collect();
    let examples: Map<String, Value> = reasons
        .iter()
        .map(|reason| {
            let value = json!({
                "success": false,
                "error": {"code": reason.name, "message": reason.message, "details": {}},
                "timestamp": "2026-01-01T00:00:00Z",
            });
            (reason.name.clone(), json!({"value": value}))
        })
        .collect();
    json!({
        "description": lines.join("\n"),
        "content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/Error"},
            "examples": examples,
        }},
    })
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

/// Describes a header that the method may set.
fn set_by_method(name: &str) -> (String, Value) {
    let text = match name {
        "etag" => "The version that the answer shows; `If-Match` of a change takes it.",
        _ => "Set where there is something to say.",
    };
    let header = json!({"description": text, "schema": {"type": "string"}});
    (name.to_owned(), header)
}

fn first_sentence(comment: &str) -> &str {
    let first = comment.split("\n\n").next().unwrap_or_default();
    first.find(". ").map_or(first, |end| &first[..=end])
}

fn push(object: &mut Value, key: &str, item: Value) {
    match object[key].as_array_mut() {
        Some(list) => list.push(item),
        None => object[key] = json!([item]),
    }
}
