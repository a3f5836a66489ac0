//! Audit: who did what to what, from where, and how it ended (ADM-2).
//!
//! A call whose policy names an act (`audit`) carries a [`Trail`](sv_kernel::Trail). Its service writes
//! the record in the transaction of the act; the stack writes that of a call that was refused or failed
//! ([`AuditLog`](sv_kernel::audit::AuditLog)), and sees to it that no success goes without one.

use std::collections::BTreeSet;

use prost_reflect::{
    DynamicMessage, MessageDescriptor, ReflectMessage as _, SerializeOptions, Value,
};
use serde_json::Value as Json;
use sv_proto::options::Field;

use crate::options::{self, FIELD, our_pool};

/// Returns a message as JSON for an audit record: without the fields that are marked `secret`, and
/// without those that have their default.
///
/// `name` is that of its descriptor, e.g. `streamverse.content.v1.Content`; an unknown one gives null.
pub fn values(name: &str, message: &impl prost::Message) -> Json {
    let Some(descriptor) = our_pool().get_message_by_name(name) else {
        return Json::Null;
    };
    let decoded = DynamicMessage::decode(descriptor, message.encode_to_vec().as_slice());
    let Ok(mut decoded) = decoded else {
        return Json::Null;
    };
    strip(&mut decoded);
    let options = SerializeOptions::new().skip_default_fields(true);
    decoded
        .serialize_with_options(serde_json::value::Serializer, &options)
        .unwrap_or(Json::Null)
}

/// Removes secret fields, however deep they lie.
pub(crate) fn strip(message: &mut DynamicMessage) {
    let descriptor = message.descriptor();
    let secrets = secrets(&descriptor);
    for field in descriptor.fields() {
        if !message.has_field(&field) {
            continue;
        }
        if secrets.contains(&field.number()) {
            message.clear_field(&field);
            continue;
        }
        match message.get_field_mut(&field) {
            Value::Message(inner) => strip(inner),
            Value::List(items) => items.iter_mut().for_each(strip_value),
            Value::Map(items) => items.values_mut().for_each(strip_value),
            _ => {}
        }
    }
}

fn strip_value(value: &mut Value) {
    if let Value::Message(inner) = value {
        strip(inner);
    }
}

fn secrets(descriptor: &MessageDescriptor) -> BTreeSet<u32> {
    let secret = |options: &DynamicMessage| {
        options::read::<Field>(our_pool(), options, FIELD).is_some_and(|field| field.secret)
    };
    let fields = descriptor.fields();
    fields
        .filter(|field| secret(&field.options()))
        .map(|field| field.number())
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sv_proto::auth::{LoginRequest, LoginResponse};

    use super::*;

    #[test]
    fn secrets_of_requests_are_left_out() {
        let request = LoginRequest {
            email: "ana@example.com".into(),
            password: "hunter2hunter2".into(),
        };
        assert_eq!(
            values("streamverse.auth.v1.LoginRequest", &request),
            json!({"email": "ana@example.com"})
        );
        assert_eq!(values("streamverse.auth.v1.Nothing", &request), Json::Null);
    }

    #[test]
    fn tokens_of_answers_are_secrets_too() {
        let answer = LoginResponse {
            access_token: "eyJ".into(),
            refresh_token: "r1".into(),
            token_type: "Bearer".into(),
            ..Default::default()
        };
        assert_eq!(
            values("streamverse.auth.v1.LoginResponse", &answer),
            json!({"tokenType": "Bearer"})
        );
    }
}
