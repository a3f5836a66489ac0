//! What the policy of an RPC means for its callers.

use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor};
use serde_json::{Value, json};

use crate::plan::options;

/// The number of `IDEMPOTENCY_KEY_HONOURED`.
const HONOURED: i32 = 1;

/// Who may call, as the document needs it.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one fact of the policy"
)]
pub(super) struct Access {
    signed_in: bool,
    open_to_browsing: bool,
    open_to_children: bool,
    permission: bool,
    play_token: bool,
    idempotency_key: bool,
    /// Whether the platform keeps the first answer for the key.
    keeps_answers: bool,
    /// Whether an access token that comes along is looked at.
    reads_token: bool,
    /// Whether calls change nothing, so that their answers have tags.
    safe: bool,
}

/// What a call takes and answers, as far as the platform's own refusals depend on it.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one fact of the call"
)]
pub(super) struct Shape {
    /// What there is to be read.
    pub(super) body: Reads,
    /// Whether the answer is JSON, of which the caller chooses a form.
    pub(super) json: bool,
    /// Whether the answer is a page of a list.
    pub(super) pages: bool,
    /// Whether the call acts for the profile that its header names.
    pub(super) profile: bool,
    /// Whether the service's HTTP mount answers, which looks at the path and at conditions only.
    pub(super) mount: bool,
}

/// What a call reads behind its head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    Nothing,
    Json,
    /// Bytes as they are.
    Raw,
}

impl Access {
    pub(super) fn of(pool: &DescriptorPool, method: &MethodDescriptor) -> Self {
        let Some(policy) = options::extension(pool, method, "streamverse.options.v1.policy") else {
            return Self::default();
        };
        let authenticated = options::messages(&policy, "authenticated").pop();
        let opens = |name: &str| {
            let opens = authenticated.as_ref();
            opens
                .and_then(|inner| options::value(inner, name)?.as_bool())
                .unwrap_or_default()
        };
        Self {
            signed_in: policy.has_field_by_name("authenticated")
                || policy.has_field_by_name("require"),
            open_to_browsing: opens("open_to_browsing"),
            open_to_children: opens("open_to_children"),
            permission: policy.has_field_by_name("require"),
            play_token: policy.has_field_by_name("play_token"),
            idempotency_key: options::enum_number(&policy, "idempotency_key") != 0,
            keeps_answers: options::enum_number(&policy, "idempotency_key") == HONOURED,
            reads_token: reads_token(&policy),
            safe: options::is_safe(method),
        }
    }

    /// Says whether a call may be answered with 304.
    pub(super) fn is_safe(self) -> bool {
        self.safe
    }

    pub(super) fn security(self) -> Value {
        if self.play_token {
            json!([{"playToken": []}])
        } else if self.open_to_browsing {
            json!([{"bearer": []}, {}])
        } else if self.signed_in {
            json!([{"bearer": []}])
        } else {
            json!([{}, {"bearer": []}])
        }
    }

    /// Lists what callers may say in headers; `versioned` calls change no other version than they mean.
    pub(super) fn header_parameters(self, versioned: bool) -> Vec<Value> {
        let mut headers = vec!["AcceptLanguage"];
        if self.signed_in {
            headers.push("ProfileId");
        }
        if self.signed_in || self.open_to_browsing {
            headers.push("ClientPlatform");
        }
        if self.idempotency_key {
            headers.push("IdempotencyKey");
        }
        if self.safe {
            headers.push("IfNoneMatch");
        }
        if versioned {
            headers.push("IfMatch");
        }
        let reference = |name| json!({"$ref": format!("#/components/parameters/{name}")});
        headers.into_iter().map(reference).collect()
    }

    /// Names the headers of a success.
    pub(super) fn answer_headers(self) -> Value {
        let mut headers = json!({"X-Request-Id": header("RequestId")});
        if self.safe {
            headers["ETag"] = header("ETag");
        }
        headers
    }

    /// Lists the reasons that the platform may give before and around the method.
    pub(super) fn common_reasons(self, shape: Shape) -> Vec<&'static str> {
        let mut reasons = vec![
            "PATH_INVALID",
            "HTTP_INVALID",
            "URI_TOO_LONG",
            "HEADERS_TOO_LARGE",
        ];
        if !shape.mount {
            reasons.extend(["VALIDATION_FAILED", "QUERY_INVALID", "HEADER_INVALID"]);
        }
        if shape.pages {
            reasons.push("PAGE_INVALID");
        }
        match shape.body {
            // A body where none belongs is refused.
            Reads::Nothing if !shape.mount => reasons.push("JSON_INVALID"),
            Reads::Nothing => {}
            Reads::Json => reasons.extend([
                "JSON_INVALID",
                "TOO_LARGE",
                "UNSUPPORTED_MEDIA_TYPE",
                "ENCODING_UNSUPPORTED",
            ]),
            Reads::Raw => reasons.extend(["TOO_LARGE", "ENCODING_UNSUPPORTED"]),
        }
        if shape.json {
            reasons.push("NOT_ACCEPTABLE");
        }
        if self.reads_token {
            reasons.extend(["TOKEN_INVALID", "TOKEN_EXPIRED", "TOKEN_REVOKED"]);
        }
        if self.signed_in {
            // A session that is bound to a profile names no other, whatever it asks (C44).
            reasons.extend(["UNAUTHENTICATED", "PROFILE_BOUND"]);
        }
        if shape.profile {
            reasons.push("PROFILE_PROOF_REQUIRED");
        }
        if self.signed_in && !self.permission && !self.open_to_children {
            reasons.push("PROFILE_LOCKED");
        }
        if self.permission {
            reasons.push("PERMISSION_DENIED");
        }
        if self.keeps_answers {
            reasons.extend(["IDEMPOTENCY_KEY_REUSED", "IDEMPOTENCY_IN_PROGRESS"]);
        }
        reasons.extend([
            "RATE_LIMITED",
            "INTERNAL",
            "UNAVAILABLE",
            "OVERLOADED",
            "DEADLINE_EXCEEDED",
        ]);
        reasons
    }
}

/// Says whether an access token that comes along is looked at: not where other credentials are shown, and not
/// where the address alone opens.
fn reads_token(policy: &DynamicMessage) -> bool {
    const CREDENTIALS: i32 = 2;
    const BYTES: i32 = 1;
    let rate = options::messages(policy, "rate").pop();
    let class = rate.map(|rate| options::enum_number(&rate, "class"));
    let signs_in = policy.has_field_by_name("anonymous") && class == Some(CREDENTIALS);
    let by_address =
        policy.has_field_by_name("play_token") || options::enum_number(policy, "plane") == BYTES;
    !signs_in && !by_address
}

/// Refers to a header of answers.
pub(super) fn header(name: &str) -> Value {
    json!({"$ref": format!("#/components/headers/{name}")})
}
