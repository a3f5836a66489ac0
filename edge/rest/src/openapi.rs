//! The OpenAPI 3.1 document, written from the same plan that serves the requests.

mod access;
mod comments;
mod operation;
mod reasons;
mod rules;
mod schema;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use prost_reflect::{DescriptorPool, ExtensionDescriptor};
use serde_json::{Map, Value, json};

use crate::codec::{Codec, CompileErrors};
use crate::plan::Plan;
use crate::route::Template;
use comments::Comments;
use reasons::Reasons;
use schema::Schemas;

/// Writes the document of all public routes. The order of everything is stable.
pub fn document(pool: &DescriptorPool) -> Result<Value, CompileErrors> {
    let codec = Arc::new(Codec::compile(pool)?);
    let plan = Plan::compile(pool, codec)?;
    let mut document = Document {
        pool,
        comments: Comments::of(pool),
        reasons: Reasons::of(pool),
        field_option: pool.get_extension_by_name("streamverse.options.v1.field"),
        schemas: Schemas::default(),
        asked: asked(&plan),
        paths: BTreeMap::new(),
        aliases: Vec::new(),
        operation_ids: BTreeSet::new(),
    };
    for binding in plan.bindings() {
        document.binding(&plan.methods()[binding.method], binding);
    }
    document.add_aliases();
    Ok(sorted(document.finish(&plan)))
}

struct Document<'p> {
    pool: &'p DescriptorPool,
    comments: Comments,
    reasons: Reasons,
    field_option: Option<ExtensionDescriptor>,
    schemas: Schemas,
    /// The messages that callers send, whose texts and lists are bounded without a word.
    asked: BTreeSet<String>,
    /// Operations by path and method in lower case.
    paths: BTreeMap<(String, String), Value>,
    /// Collections whose `id` names an item: path, method, the item's variable, its operation.
    aliases: Vec<(Template, String, String, Value)>,
    operation_ids: BTreeSet<String>,
}

/// Lists the messages that requests hold, by their full names.
fn asked(plan: &Plan) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let methods = plan.bindings().iter().map(|b| &plan.methods()[b.method]);
    let mut open: Vec<_> = methods.map(|m| m.input_descriptor.clone()).collect();
    while let Some(message) = open.pop() {
        if found.insert(message.full_name().to_owned()) {
            let inner = message.fields().map(|field| field.kind());
            open.extend(inner.filter_map(|kind| kind.as_message().cloned()));
        }
    }
    found
}

impl Document<'_> {
    fn finish(self, plan: &Plan) -> Value {
        let mut paths = Map::new();
        for ((path, verb), operation) in self.paths {
            let item = paths.entry(path).or_insert_with(|| json!({}));
            item[verb] = operation;
        }
        let used: BTreeSet<_> = plan
            .bindings()
            .iter()
            .map(|binding| plan.methods()[binding.method].service.as_str())
            .collect();
        let tags: Vec<_> = self
            .pool
            .services()
            .filter(|service| used.contains(service.full_name()))
            .map(|service| {
                json!({"name": service.name(), "description": self.comments.service(&service)})
            })
            .collect();
        let mut schemas = self.schemas.into_components();
        schemas.insert("Error".to_owned(), error_schema());
        json!({
            "openapi": "3.1.0",
            "info": {
                "title": "StreamVerse",
                "version": "1",
                "description": "TV and video streaming. Written from the protos; every path is \
                    also served below /client, but for those below /admin.",
                "license": {"name": "Apache License 2.0", "identifier": env!("CARGO_PKG_LICENSE")},
            },
            "servers": [{"url": "/"}],
            "tags": tags,
            "paths": paths,
            "components": {
                "schemas": schemas,
                "parameters": header_parameters(),
                "securitySchemes": {
                    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                    "playToken": {"type": "apiKey", "in": "query", "name": "token"},
                },
            },
        })
    }
}

fn error_schema() -> Value {
    json!({
        "type": "object",
        "description": "Why a call was refused.",
        "required": ["success", "error", "timestamp"],
        "properties": {
            "success": {"const": false},
            "error": {
                "type": "object",
                "required": ["code", "message", "details"],
                "properties": {
                    "code": {"type": "string", "description": "The reason's stable name."},
                    "message": {
                        "type": "string",
                        "description": "What happened and what to do, in the caller's language.",
                    },
                    "details": {
                        "type": "object",
                        "description": "The values of the message, and more.",
                        "properties": {
                            "violations": {
                                "type": "array",
                                "items": {
                                    "type": "object",
                                    "required": ["field", "rule", "description"],
                                    "properties": {
                                        "field": {"type": "string"},
                                        "rule": {"type": "string"},
                                        "description": {"type": "string"},
                                    },
                                },
                            },
                            "retryAfterSeconds": {"type": "integer"},
                            "requestId": {"type": "string"},
                        },
                    },
                },
            },
            "timestamp": {"type": "string", "format": "date-time"},
        },
    })
}

fn header_parameters() -> Value {
    json!({
        "AcceptLanguage": {
            "name": "Accept-Language",
            "in": "header",
            "description": "The language of messages.",
            "schema": {"type": "string"},
        },
        "ProfileId": {
            "name": "x-profile-id",
            "in": "header",
            "description": "The profile that acts; without it the account's default.",
            "schema": {"type": "string", "format": "uuid"},
        },
        "IdempotencyKey": {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "Repeating a call with the same key has its effect once.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        },
    })
}

/// Orders all members by name, whichever map `serde_json` was built with.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let members: BTreeMap<_, _> = map.into_iter().map(|(k, v)| (k, sorted(v))).collect();
            Value::Object(members.into_iter().collect())
        }
        Value::Array(list) => list.into_iter().map(sorted).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests;
