//! What an operation answers.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Document;
use super::access::{Access, Reads, Shape, header};
use super::comments::{first_sentence, named_reasons};
use super::reasons::Reason;
use super::schema::Sent;
use crate::bind::Body;
use crate::method::{Binding, Method};

impl Document<'_> {
    pub(super) fn responses(
        &mut self,
        method: &Method,
        binding: &Binding,
        access: Access,
        comment: &str,
    ) -> Value {
        let mut responses = Map::new();
        let content = self.success_content(method, binding);
        let mut headers = access.answer_headers();
        let streams = method.server_streaming && !method.http_mount;
        if streams && let Some(headers) = headers.as_object_mut() {
            headers.remove("ETag");
        }
        // Every answer to a reader has a tag.
        for name in method.headers.iter().filter(|name| *name != "etag") {
            let text = "Set where there is something to say.";
            headers[name] = json!({"description": text, "schema": {"type": "string"}});
        }
        let output = method.descriptor.output();
        let said = if binding.http_body || method.http_mount {
            "All of it."
        } else {
            first_sentence(self.comments.message(&output))
        };
        let said = if said.is_empty() { "Success." } else { said }.to_owned();
        for code in &method.success_codes {
            let mut answer = json!({"description": said, "headers": headers.clone()});
            if *code != 204 {
                answer["content"] = content.clone();
            }
            responses.insert(code.to_string(), answer);
        }
        if method.http_mount {
            let part =
                json!({"description": "The asked part.", "headers": headers, "content": content});
            responses.insert("206".to_owned(), part);
        }
        if access.is_safe() && !streams {
            let known = "The caller has this version: If-None-Match names it.";
            let known = json!({"description": known, "headers": headers});
            responses.insert("304".to_owned(), known);
        }

        let package = method.descriptor.parent_service();
        let package = package.package_name();
        let mut by_status: BTreeMap<u32, Vec<Reason>> = BTreeMap::new();
        let common = access.common_reasons(Shape {
            body: match &binding.body {
                Body::None => Reads::Nothing,
                Body::RawWhole | Body::RawField { .. } => Reads::Raw,
                Body::Whole(_) | Body::Field { .. } => Reads::Json,
            },
            json: !binding.http_body && !method.http_mount,
            pages: method
                .input_descriptor
                .get_field_by_name("page_token")
                .is_some(),
            // Where the profile is no field of the request, only the header can name one that is not there.
            profile: named_reasons(comment).contains(&"PROFILE_NOT_FOUND")
                && method
                    .input_descriptor
                    .get_field_by_name("profile_id")
                    .is_none(),
            mount: method.http_mount,
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
            let mut refusal = self.refusal(&reasons);
            let mut headers = json!({"X-Request-Id": header("RequestId")});
            if matches!(status, 429 | 503) {
                headers["Retry-After"] = header("RetryAfter");
            }
            refusal["headers"] = headers;
            responses.insert(status.to_string(), refusal);
        }
        responses.into()
    }

    /// Returns one refusal: the reasons that share a status, and what their details may hold.
    fn refusal(&mut self, reasons: &[Reason]) -> Value {
        let mut said = refusal(reasons);
        let mut details = Map::new();
        for message in reasons.iter().filter_map(|reason| reason.detail.as_ref()) {
            for field in message.fields() {
                details.insert(
                    field.json_name().to_owned(),
                    self.field(&field, Sent::Answer),
                );
            }
        }
        if !details.is_empty() {
            // Beside what every refusal has: what stands there, too, is not ruled out here.
            let error = json!({"type": "object", "additionalProperties": true, "properties": {
                "details": {
                    "type": "object", "additionalProperties": true, "properties": details,
                },
            }});
            said["content"]["application/json"]["schema"] = json!({"allOf": [
                {"$ref": "#/components/schemas/Error"},
                {"type": "object", "properties": {"error": error}},
            ]});
        }
        said
    }

    fn success_content(&mut self, method: &Method, binding: &Binding) -> Value {
        if binding.http_body || method.http_mount {
            return json!({"*/*": {}});
        }
        let data = match &binding.response_field {
            Some(field) => self.field(&field.descriptor, Sent::Answer),
            None => self.message(&method.descriptor.output(), Sent::Answer),
        };
        if method.server_streaming {
            return streams(&data);
        }
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

/// Returns the forms of a stream of messages.
fn streams(data: &Value) -> Value {
    let list = json!({"type": "array", "items": data});
    json!({
        "application/json": {"schema": {
            "type": "object",
            "required": ["success", "data", "timestamp"],
            "properties": {
                "success": {"const": true},
                "data": list.clone(),
                "timestamp": {"type": "string", "format": "date-time"},
            },
        }},
        "application/vnd.streamverse.raw+json": {"schema": list},
        // Of a stream, the schema says what each of its messages is.
        "application/x-ndjson": {"schema": data},
        "text/event-stream": {"schema": {
            "type": "string",
            "description": "Each event's `data` is a message, its `id` what `Last-Event-ID` takes. \
                An event `error` is the last; its `data` is a refusal.",
        }},
    })
}

/// Adds the refusals of an item to those of its collection.
pub(super) fn add_refusals(list: &mut Value, item: &Value) {
    let (Some(own), Some(more)) = (
        list["responses"].as_object_mut(),
        item["responses"].as_object(),
    ) else {
        return;
    };
    for (status, response) in more.iter().filter(|(status, _)| !status.starts_with('2')) {
        match own.get_mut(status) {
            Some(own) => add_reasons(own, response),
            None => {
                own.insert(status.clone(), response.clone());
            }
        }
    }
}

/// Adds the reasons of one answer to those of another with its status.
pub(super) fn add_reasons(own: &mut Value, more: &Value) {
    const EXAMPLES: &str = "/content/application~1json/examples";
    add_details(own, more);
    let lines: Vec<_> = more["description"]
        .as_str()
        .unwrap_or_default()
        .lines()
        .collect();
    let Some(more) = more.pointer(EXAMPLES).and_then(Value::as_object) else {
        return;
    };
    let mut said = own["description"].as_str().unwrap_or_default().to_owned();
    let Some(examples) = own.pointer_mut(EXAMPLES).and_then(Value::as_object_mut) else {
        return;
    };
    for (name, example) in more {
        if examples.insert(name.clone(), example.clone()).is_none() {
            let of_reason = format!("- `{name}`:");
            for line in lines.iter().filter(|line| line.starts_with(&of_reason)) {
                said = format!("{said}\n{line}");
            }
        }
    }
    own["description"] = said.into();
}

/// Adds what the details of one answer may hold to those of another.
fn add_details(own: &mut Value, more: &Value) {
    const SCHEMA: &str = "/content/application~1json/schema";
    const DETAILS: &str = "/allOf/1/properties/error/properties/details/properties";
    let (Some(own), Some(more)) = (own.pointer_mut(SCHEMA), more.pointer(SCHEMA)) else {
        return;
    };
    let Some(fields) = more.pointer(DETAILS).and_then(Value::as_object) else {
        return;
    };
    match own.pointer_mut(DETAILS).and_then(Value::as_object_mut) {
        Some(own) => own.extend(fields.clone()),
        None => *own = more.clone(),
    }
}

/// Returns one refusal as far as texts say it: the reasons that share a status.
pub(super) fn refusal(reasons: &[Reason]) -> Value {
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
