//! The OpenAPI 3.1 document, written from the same plan that serves the requests.

mod access;
mod answer;
mod comments;
mod operation;
mod reasons;
mod rules;
mod schema;
mod socket;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
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
        operation_ids: BTreeMap::new(),
    };
    for binding in plan.bindings() {
        document.binding(&plan.methods()[binding.method], binding);
    }
    document.add_aliases();
    Ok(sorted(document.finish(&plan)))
}

/// Writes the document of an encoded descriptor set as text, which takes a moment.
pub fn text(descriptors: &[u8]) -> Result<String, Box<dyn Error + Send + Sync>> {
    let pool = DescriptorPool::decode(descriptors)?;
    Ok(serde_json::to_string_pretty(&document(&pool)?)?)
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
    /// The verbs of operations by their ids.
    operation_ids: BTreeMap<String, String>,
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
                "description": INTRODUCTION,
                "license": {"name": "Apache License 2.0", "identifier": env!("CARGO_PKG_LICENSE")},
            },
            "servers": [{"url": "/"}],
            "tags": tags,
            "paths": paths,
            "components": {
                "schemas": schemas,
                "parameters": header_parameters(),
                "headers": headers(),
                "securitySchemes": {
                    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                    "playToken": {"type": "apiKey", "in": "query", "name": "token"},
                },
            },
        })
    }
}

/// What holds for every call.
const INTRODUCTION: &str = "\
TV and video streaming. Every path is also served below `/client`, but for those below `/admin`.

**Answers** are `{\"success\": true, \"data\": …, \"timestamp\": …}`; `Accept: \
application/vnd.streamverse.raw+json` asks for `data` alone. Fields that hold nothing are there with \
their default, but for messages and times that are absent.

**Refusals** are `{\"success\": false, \"error\": {\"code\", \"message\", \"details\"}, \"timestamp\"}`. \
Programs go by `code`, which stays as it is; `message` is for people, in the language of \
`Accept-Language`. The header `X-Request-Id` names the call in our logs.

**Signing in**: `POST /auth/login` answers with an access token, which goes along as `Authorization: \
Bearer …`, and with a refresh token for `POST /auth/refresh`.

**Lists** are read by `pageSize` and the `pageToken` that the page before answered as `nextPageToken`, or by \
`limit` and `offset`. A size above 100 is 100.

**Spelling.** Names are written here as answers write them. Requests may also use the names of the protos \
(`release_date`), and enums in any case, by their full names and by their numbers. In a body null says \
nothing; members that nobody knows are refused.

**Repeating.** A call that takes `Idempotency-Key` has its effect once, however often it is sent with the \
same key. `ETag` names the version that was read: `If-None-Match` asks for a newer one only, and `If-Match` \
changes no other.";

fn error_schema() -> Value {
    json!({
        "type": "object",
        "description": "Why a call was refused.",
        "required": ["success", "error", "timestamp"],
        "properties": {
            "success": {"const": false, "description": "Always false."},
            "error": {
                "type": "object",
                "description": "The refusal.",
                "required": ["code", "message", "details"],
                "properties": {
                    "code": {"type": "string", "description": "The reason's stable name."},
                    "message": {
                        "type": "string",
                        "description": "What happened and what to do, in the caller's language.",
                    },
                    "details": {
                        "type": "object",
                        "description": "What the message says as values by name, and more.",
                        "properties": {
                            "violations": {
                                "type": "array",
                                "description": "The fields that break their rules.",
                                "items": {
                                    "type": "object",
                                    "required": ["field", "rule", "description"],
                                    "properties": {
                                        "field": {
                                            "type": "string",
                                            "description": "Its path in the request.",
                                        },
                                        "rule": {
                                            "type": "string",
                                            "description": "The rule's stable name.",
                                        },
                                        "description": {
                                            "type": "string",
                                            "description": "What the field has to be.",
                                        },
                                    },
                                },
                            },
                            "retryAfterSeconds": {
                                "type": "integer",
                                "description": "When to try again.",
                            },
                            "requestId": {
                                "type": "string",
                                "description": "What our logs call the request.",
                            },
                        },
                    },
                },
            },
            "timestamp": {
                "type": "string",
                "format": "date-time",
                "description": "When it was refused.",
            },
        },
    })
}

fn headers() -> Value {
    json!({
        "ETag": {
            "description": "The version that the answer shows, for If-None-Match and If-Match.",
            "schema": {"type": "string"},
        },
        "RequestId": {
            "description": "What our logs call the request.",
            "schema": {"type": "string"},
        },
        "RetryAfter": {
            "description": "The seconds after which to try again.",
            "schema": {"type": "integer", "minimum": 1},
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
        "ClientPlatform": {
            "name": "x-client-platform",
            "in": "header",
            "description": "What the client is; without it a browser is known by its User-Agent.",
            "schema": {
                "type": "string",
                "enum": ["web", "android", "ios", "tv", "desktop", "console"],
            },
        },
        "IdempotencyKey": {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "Repeating a call with the same key has its effect once.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        },
        "IfMatch": {
            "name": "If-Match",
            "in": "header",
            "description": "The versions, as ETag named them, of which one must still be the stored one.",
            "schema": {"type": "string"},
        },
        "IfNoneMatch": {
            "name": "If-None-Match",
            "in": "header",
            "description": "The versions, as ETag named them, that the caller has: 304 says that it is one.",
            "schema": {"type": "string"},
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
