//! Renders `impl Reasoned` for every enum whose values carry the reason option.

use std::{error::Error, fmt::Write as _};

use prost_reflect::{DescriptorPool, DynamicMessage, EnumDescriptor, Value};

pub(crate) const OPTION: &str = "streamverse.options.v1.reason";

/// The variants of `sv_kernel::Code` by number, from 1.
const CODES: [&str; 16] = [
    "Cancelled",
    "Unknown",
    "InvalidArgument",
    "DeadlineExceeded",
    "NotFound",
    "AlreadyExists",
    "PermissionDenied",
    "ResourceExhausted",
    "FailedPrecondition",
    "Aborted",
    "OutOfRange",
    "Unimplemented",
    "Internal",
    "Unavailable",
    "DataLoss",
    "Unauthenticated",
];

/// Renders the file.
pub(crate) fn render(pool: &DescriptorPool) -> Result<String, Box<dyn Error>> {
    let option = pool
        .get_extension_by_name(OPTION)
        .ok_or("the reason option is missing")?;
    let mut out = String::from("// @generated from the reason options of proto/.\n");
    let mut enums: Vec<_> = pool.all_enums().collect();
    enums.sort_by(|a, b| a.full_name().cmp(b.full_name()));
    for reasons in enums {
        let mut arms = String::new();
        let mut known = 0;
        for value in reasons.values() {
            let options = value.options();
            let message = options
                .has_extension(&option)
                .then(|| options.get_extension(&option));
            let Some(Value::Message(reason)) = message.as_deref() else {
                continue;
            };
            known += 1;
            arm(&mut arms, pool, &reasons, value.name(), reason)?;
        }
        if known == 0 {
            continue;
        }
        // All values but the unspecified one.
        if known + 1 != reasons.values().len() {
            return Err(format!("{}: a value has no reason option", reasons.full_name()).into());
        }
        implementation(&mut out, &reasons, &arms)?;
    }
    Ok(out)
}

fn arm(
    out: &mut String,
    pool: &DescriptorPool,
    reasons: &EnumDescriptor,
    value: &str,
    reason: &DynamicMessage,
) -> Result<(), Box<dyn Error>> {
    let prefix = shouting(reasons.name()) + "_";
    let name = value
        .strip_prefix(&prefix)
        .ok_or_else(|| format!("{value} lacks {prefix}"))?;
    let number = |field: &str| {
        reason
            .get_field_by_name(field)
            .and_then(|v| v.as_u32())
            .unwrap_or_default()
    };
    let false_proof = reason.get_field_by_name("false_proof");
    let false_proof = false_proof.is_some_and(|value| value.as_bool() == Some(true));
    let (message, detail) = (text(reason, "message"), text(reason, "detail"));
    if !detail.is_empty() && pool.get_message_by_name(&detail).is_none() {
        return Err(format!("{value}: there is no message {detail}").into());
    }
    let code = usize::try_from(number("code"))?
        .checked_sub(1)
        .and_then(|i| CODES.get(i))
        .ok_or_else(|| format!("{value}: code is not one of google.rpc.Code"))?;
    if !(400..600).contains(&number("http")) || message.is_empty() {
        return Err(
            format!("{value}: http must be an error status, message must say what to do").into(),
        );
    }
    writeln!(
        out,
        "            Self::{} => &sv_kernel::ReasonInfo {{ name: {name:?}, domain: {:?}, \
         code: sv_kernel::Code::{code}, http: {}, message: {message:?}, detail: {detail:?}, false_proof: {false_proof} }},",
        camel(name),
        domain(reasons)?,
        number("http"),
    )?;
    Ok(())
}

/// Returns a text of the option.
pub(crate) fn text(reason: &DynamicMessage, field: &str) -> String {
    let value = reason.get_field_by_name(field);
    value
        .as_deref()
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn implementation(
    out: &mut String,
    reasons: &EnumDescriptor,
    arms: &str,
) -> Result<(), Box<dyn Error>> {
    let path = reasons.full_name().replace('.', "::");
    // The unspecified value means that a program forgot to say what it meant: a fault of ours.
    writeln!(
        out,
        "\nimpl sv_kernel::Reasoned for crate::pb::{path} {{\n    \
             fn info(&self) -> &'static sv_kernel::ReasonInfo {{\n        \
                 match self {{\n            \
                     Self::Unspecified => &sv_kernel::ReasonInfo {{ name: \"INTERNAL\", domain: \"common.streamverse\", \
         code: sv_kernel::Code::Internal, http: 500, message: \"Something went wrong on our side.\", detail: \"\", false_proof: false }},\n\
         {arms}        }}\n    }}\n}}"
    )?;
    Ok(())
}

/// `AUTH_REASON_EMAIL_TAKEN` of `AuthReason` is `EMAIL_TAKEN` on the wire.
pub(crate) fn wire_name<'a>(
    reasons: &EnumDescriptor,
    value: &'a str,
) -> Result<&'a str, Box<dyn Error>> {
    let prefix = shouting(reasons.name()) + "_";
    Ok(value
        .strip_prefix(&prefix)
        .ok_or_else(|| format!("{value} lacks {prefix}"))?)
}

/// `streamverse.auth.v1.AuthReason` says things as `auth.streamverse`.
pub(crate) fn domain(reasons: &EnumDescriptor) -> Result<String, Box<dyn Error>> {
    let package = reasons.parent_file().package_name().to_owned();
    let service = package
        .split('.')
        .nth(1)
        .ok_or_else(|| format!("{package} has no service"))?;
    Ok(format!("{service}.streamverse"))
}

/// `AuthReason` becomes `AUTH_REASON`.
fn shouting(name: &str) -> String {
    let mut out = String::new();
    for (i, c) in name.char_indices() {
        if c.is_ascii_uppercase() && i > 0 {
            out.push('_');
        }
        out.push(c.to_ascii_uppercase());
    }
    out
}

/// `EMAIL_TAKEN` becomes `EmailTaken`.
fn camel(name: &str) -> String {
    name.split('_')
        .map(|word| {
            let (head, tail) = word.split_at(1);
            head.to_owned() + &tail.to_ascii_lowercase()
        })
        .collect()
}
