//! Reads the options of RPCs: `google.api.http` and our own `rest` and `policy`.

use std::borrow::Cow;

use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor, Value};

use crate::route::Verb;

/// `google.protobuf.MethodOptions.IdempotencyLevel.NO_SIDE_EFFECTS`.
const NO_SIDE_EFFECTS: i32 = 1;

/// One HTTP binding of an RPC, as written.
#[derive(Clone, Debug)]
pub(crate) struct HttpRule {
    pub(crate) verb: Verb,
    pub(crate) template: String,
    pub(crate) body: String,
    pub(crate) response_body: String,
}

impl HttpRule {
    /// Returns the rule of an RPC that has none: its message is the body.
    pub(crate) fn unbound(path: String) -> Self {
        Self {
            verb: Verb::Method("POST".to_owned()),
            template: path,
            body: "*".to_owned(),
            response_body: String::new(),
        }
    }
}

/// What the option `rest` says.
#[derive(Clone, Debug, Default)]
pub(crate) struct RestRule {
    pub(crate) success_codes: Vec<u32>,
    pub(crate) headers: Vec<String>,
    pub(crate) request_headers: Vec<String>,
    pub(crate) plain: bool,
    pub(crate) item_alias: Option<String>,
}

/// What the plan has to know of the option `policy`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PolicyRule {
    /// Only services may call: the RPC has no public routes.
    pub(crate) internal: bool,
    /// The answer's bytes come from the service's HTTP mount.
    pub(crate) http_mount: bool,
}

/// Returns the bindings of an RPC, its additional ones last.
pub(crate) fn http_rules(
    pool: &DescriptorPool,
    method: &MethodDescriptor,
) -> Result<Vec<HttpRule>, String> {
    let Some(rule) = extension(pool, method, "google.api.http") else {
        return Ok(Vec::new());
    };
    let mut rules = vec![http_rule(&rule)?];
    for additional in messages(&rule, "additional_bindings") {
        if !messages(&additional, "additional_bindings").is_empty() {
            return Err("an additional binding has additional bindings".into());
        }
        rules.push(http_rule(&additional)?);
    }
    Ok(rules)
}

/// Says whether an RPC is declared to change nothing.
pub(crate) fn is_safe(method: &MethodDescriptor) -> bool {
    let options = method.options();
    let level = options.get_field_by_name("idempotency_level");
    level.as_deref().and_then(Value::as_enum_number) == Some(NO_SIDE_EFFECTS)
}

/// Returns the option `rest`, or its default.
pub(crate) fn rest_rule(pool: &DescriptorPool, method: &MethodDescriptor) -> RestRule {
    let Some(rest) = extension(pool, method, "streamverse.options.v1.rest") else {
        return RestRule::default();
    };
    let item_alias = text(&rest, "item_alias");
    let names = |field: &str| -> Vec<String> {
        let names = texts(&rest, field).into_iter();
        names.map(|name| name.to_ascii_lowercase()).collect()
    };
    RestRule {
        success_codes: value(&rest, "success_codes")
            .and_then(|codes| Some(codes.as_list()?.iter().filter_map(Value::as_u32).collect()))
            .unwrap_or_default(),
        headers: names("headers"),
        request_headers: names("request_headers"),
        plain: enum_number(&rest, "style") == 1,
        item_alias: (!item_alias.is_empty()).then_some(item_alias),
    }
}

/// Returns what matters here of the option `policy`.
pub(crate) fn policy_rule(pool: &DescriptorPool, method: &MethodDescriptor) -> PolicyRule {
    extension(pool, method, "streamverse.options.v1.policy").map_or_else(
        PolicyRule::default,
        |policy| PolicyRule {
            internal: policy.has_field_by_name("service"),
            http_mount: enum_number(&policy, "plane") == 1,
        },
    )
}

/// Returns the request field by which a stream of answers is taken up again.
pub(crate) fn resume_after(pool: &DescriptorPool, method: &MethodDescriptor) -> Option<String> {
    let policy = extension(pool, method, "streamverse.options.v1.policy")?;
    let stream = messages(&policy, "stream").pop()?;
    let after = text(&stream, "resume_after");
    (!after.is_empty()).then_some(after)
}

/// Returns an option of an RPC as a message, if it is set.
pub(crate) fn extension(
    pool: &DescriptorPool,
    method: &MethodDescriptor,
    name: &str,
) -> Option<DynamicMessage> {
    let extension = pool.get_extension_by_name(name)?;
    let options = method.options();
    options
        .has_extension(&extension)
        .then(|| options.get_extension(&extension).as_message().cloned())?
}

fn http_rule(rule: &DynamicMessage) -> Result<HttpRule, String> {
    let fixed = ["get", "put", "post", "delete", "patch"]
        .into_iter()
        .find(|name| rule.has_field_by_name(name))
        .map(|name| (Verb::Method(name.to_ascii_uppercase()), text(rule, name)));
    let custom = || {
        let custom = messages(rule, "custom").pop()?;
        let verb = match text(&custom, "kind").as_str() {
            "*" => Verb::Any,
            kind => Verb::Method(kind.to_ascii_uppercase()),
        };
        Some((verb, text(&custom, "path")))
    };
    let (verb, template) = fixed
        .or_else(custom)
        .ok_or("the HTTP rule has no pattern")?;
    if let Verb::Method(method) = &verb
        && !is_token(method)
    {
        return Err(format!("`{method}` is no HTTP method"));
    }
    Ok(HttpRule {
        verb,
        template,
        body: text(rule, "body"),
        response_body: text(rule, "response_body"),
    })
}

/// Says whether a text may name a method or a header (RFC 9110 5.6.2).
pub(crate) fn is_token(text: &str) -> bool {
    let of_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !text.is_empty() && text.chars().all(of_token)
}

/// Returns a field that is set.
pub(crate) fn value<'m>(message: &'m DynamicMessage, field: &str) -> Option<Cow<'m, Value>> {
    message
        .has_field_by_name(field)
        .then(|| message.get_field_by_name(field))?
}

/// Returns the messages of a field, one or a list.
pub(crate) fn messages(message: &DynamicMessage, field: &str) -> Vec<DynamicMessage> {
    match value(message, field).as_deref() {
        Some(Value::Message(one)) => vec![one.clone()],
        Some(Value::List(list)) => list.iter().filter_map(Value::as_message).cloned().collect(),
        _ => Vec::new(),
    }
}

/// Returns a string field, empty where it is not set.
pub(crate) fn text(message: &DynamicMessage, field: &str) -> String {
    value(message, field)
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// Returns a list of strings, empty where it is not set.
pub(crate) fn texts(message: &DynamicMessage, field: &str) -> Vec<String> {
    let list = value(message, field);
    let list = list.as_deref().and_then(Value::as_list).unwrap_or_default();
    let texts = list.iter().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

/// Returns the number of an enum field, 0 where it is not set.
pub(crate) fn enum_number(message: &DynamicMessage, field: &str) -> i32 {
    value(message, field)
        .and_then(|value| value.as_enum_number())
        .unwrap_or_default()
}
