//! A stream as a WebSocket. OpenAPI has no words for them, so an extension says which frames go which way.

use serde_json::{Value, json};

use super::{Document, schema::Sent};
use crate::method::{Binding, Method};

impl Document<'_> {
    /// Returns what the extension `x-websocket` says of an RPC that streams; its frames are text, and each is an object.
    pub(super) fn socket(
        &mut self,
        method: &Method,
        binding: &Binding,
        body: &Value,
    ) -> Option<Value> {
        let streams = method.server_streaming || method.client_streaming;
        if !streams || method.http_mount || binding.http_body {
            return None;
        }
        let answer = match &binding.response_field {
            Some(field) => self.field(&field.descriptor, Sent::Answer),
            None => self.message(&method.descriptor.output(), Sent::Answer),
        };
        let error = json!({"$ref": "#/components/schemas/Error/properties/error"});
        let end = json!({"const": true});
        let mut socket = json!({
            "description": "The same call as a WebSocket: `GET` of the path with `Upgrade: websocket`, whatever the method here; \
                parameters are the same. A token may stand among the protocols: `bearer`, and the token behind it. Frames are \
                text. After `end` the code of the close frame is 1000, after `error` 4000 and the status of HTTP; 1001 says \
                that the server is about to go.",
            "protocols": ["bearer"],
            "receives": {"oneOf": [
                frame("message", &answer),
                frame("end", &end),
                frame("error", &error),
            ]},
        });
        // A request of one message has the media type of JSON, one of many that of lines, too.
        let content = &body["content"];
        let sent = ["application/x-ndjson", "application/json"]
            .iter()
            .map(|kind| &content[*kind]["schema"])
            .find(|schema| !schema.is_null());
        if let Some(schema) = sent {
            let mut frames = vec![frame("message", schema)];
            if method.client_streaming {
                frames.push(frame("end", &end));
            }
            socket["sends"] = json!({ "oneOf": frames });
        }
        Some(socket)
    }
}

/// Returns the schema of a frame of one kind.
fn frame(kind: &str, of: &Value) -> Value {
    json!({
        "type": "object",
        "required": [kind],
        "properties": {kind: of},
        "additionalProperties": false,
    })
}
