//! Renders docs/errors.md: every reason that a caller may hear.

use std::{error::Error, fmt::Write as _};

use prost_reflect::{DescriptorPool, EnumDescriptor, EnumValueDescriptor, Value};

use crate::reasons::{OPTION, domain, text, wire_name};

const HEAD: &str = "\
<!-- Generated from proto/ by `make gen`. -->
# Errors

Every refusal has a stable reason, an HTTP status and a gRPC code. Over REST it reads

```json
{\"success\": false,
 \"error\": {\"code\": \"EMAIL_TAKEN\", \"message\": \"This address has an account. …\", \"details\": {}},
 \"timestamp\": \"2026-01-01T00:00:00Z\"}
```

and over gRPC it is the status with `google.rpc.ErrorInfo{reason, domain, metadata}`, with
`LocalizedMessage`, with `BadRequest` where fields break rules and `RetryInfo` where trying again
makes sense. Programs go by the reason; the message is for people, in the language of
`Accept-Language`; over gRPC that is the `LocalizedMessage`, and the status keeps the English one.
`{name}` stands for a value that `details` (REST) or the metadata (gRPC) carries under that name. A
message that is named in brackets says more: its fields are among the `details`, and over gRPC it is an
`Any` among those of the status.
Causes within our own walls are never sent: the log has them under the request id of the answer's
`X-Request-Id`.

The order of refusals (C43): route (404, 405), token (401), role (403), size and media type (413,
415), form (400), then what the method itself finds. A token that does not hold is refused wherever it
is sent, but for registering, signing in and refreshing, where other credentials count.
";

/// Renders the page.
pub(crate) fn render(pool: &DescriptorPool) -> Result<String, Box<dyn Error>> {
    let option = pool
        .get_extension_by_name(OPTION)
        .ok_or("the reason option is missing")?;
    let mut enums: Vec<_> = pool
        .all_enums()
        .filter(|e| e.values().any(|v| v.options().has_extension(&option)))
        .collect();
    // What any call may say comes first.
    enums.sort_by_key(|e| {
        (
            domain(e).ok().as_deref() != Some("common.streamverse"),
            e.full_name().to_owned(),
        )
    });
    let mut out = HEAD.to_owned();
    for reasons in enums {
        writeln!(out, "\n## {}\n", domain(&reasons)?)?;
        writeln!(
            out,
            "| reason | HTTP | gRPC | when | what to do |\n|---|---|---|---|---|"
        )?;
        for value in reasons.values() {
            let options = value.options();
            if !options.has_extension(&option) {
                continue;
            }
            let reason = options.get_extension(&option);
            let Value::Message(reason) = reason.as_ref() else {
                continue;
            };
            let field = |name: &str| {
                reason
                    .get_field_by_name(name)
                    .map(std::borrow::Cow::into_owned)
            };
            let number = |name: &str| field(name).and_then(|v| v.as_u32()).unwrap_or_default();
            let mut message = text(reason, "message");
            let detail = text(reason, "detail");
            if let Some(detail) = detail.strip_prefix("streamverse.") {
                message = format!("{message} (`{detail}`)");
            }
            writeln!(
                out,
                "| `{}` | {} | {} | {} | {} |",
                wire_name(&reasons, value.name())?,
                number("http"),
                code_name(number("code")),
                comment(&reasons, &value),
                message,
            )?;
        }
    }
    Ok(out)
}

/// Returns the comment that stands before an enum's value.
fn comment(reasons: &EnumDescriptor, value: &EnumValueDescriptor) -> String {
    let path = value.path();
    let file = reasons.parent_file();
    let info = file.file_descriptor_proto().source_code_info.as_ref();
    info.and_then(|info| info.location.iter().find(|location| location.path == path))
        .and_then(|location| location.leading_comments.as_deref())
        .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
        .unwrap_or_default()
}

/// Returns the canonical name of a gRPC code.
fn code_name(code: u32) -> &'static str {
    const NAMES: [&str; 17] = [
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED",
    ];
    usize::try_from(code)
        .ok()
        .and_then(|i| NAMES.get(i).copied())
        .unwrap_or("UNKNOWN")
}
