//! Puts a request together: query, body and path become the bytes of one message.
//!
//! The parts are simply written one after the other. By the rules of the wire format a later
//! value wins and messages merge, so the path wins over the body and the body over the query; on
//! top of that, saying a field twice is refused.

mod alias;
mod body;
mod field;
mod literal;
mod query;
mod required;
pub(crate) mod wire;

pub(crate) use alias::in_query as has_id;
pub(crate) use body::Body;
pub(crate) use field::{FieldRef, is_text_message};
pub use query::{MAX_LENGTH as MAX_QUERY_LENGTH, MAX_PAIRS as MAX_QUERY_PAIRS};
pub(crate) use required::has_required;

use crate::codec::{Codec, JsonError, ReadOptions};
use crate::method::{Binding, Manner, Method};
use query::{Pair, Taken};

/// The parts of an HTTP request that fill the message, besides its path.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parts<'a> {
    /// What follows the question mark, encoded.
    pub query: &'a str,
    /// The header `Content-Type`.
    pub content_type: Option<&'a str>,
    /// The body, whole.
    pub body: &'a [u8],
}

/// Why a request does not fit its call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BindError {
    /// The query is not what the call takes: `QUERY_INVALID`.
    #[error("query: {problem}")]
    Query {
        /// What is wrong, in words for the caller.
        problem: String,
    },
    /// A path variable is not what the call takes: `PATH_INVALID`.
    #[error("path: {problem}")]
    Path {
        /// What is wrong, in words for the caller.
        problem: String,
    },
    /// The body is not what the call takes: `JSON_INVALID`.
    #[error("body: {0}")]
    Json(JsonError),
    /// The body is not JSON: `UNSUPPORTED_MEDIA_TYPE`.
    #[error("the body is not JSON")]
    MediaType,
    /// Neither path nor query nor body say which item is meant: `ID_REQUIRED`.
    #[error("the item's id is missing")]
    IdRequired,
}

/// Which item a collection's path stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alias {
    /// The path names the item itself.
    No,
    /// The query has the id.
    Query,
    /// The body has the id, or nobody.
    Body,
}

/// Writes the request's bytes.
pub(crate) fn request(
    codec: &Codec,
    manner: Manner,
    method: &Method,
    binding: &Binding,
    variables: &[String],
    alias: Alias,
    parts: Parts<'_>,
) -> Result<Vec<u8>, BindError> {
    let message = &method.input_descriptor;
    binding.body.check_type(parts.content_type, parts.body)?;
    let mut pairs = query::pairs(parts.query)?;
    let item = Item::find(alias, &mut pairs, binding, parts)?;
    let content = if item.consumes_body {
        &[][..]
    } else {
        parts.body
    };

    let mut out = Vec::with_capacity(parts.query.len() + content.len() + 64);
    let taken = binding.taken();
    let in_query = query::write(
        codec,
        manner,
        message,
        &pairs,
        &taken,
        &mut out,
        method.read,
    )?;

    let body_start = out.len();
    // A mask of the caller's own stays, however it is spelled.
    let own = |mask: &FieldRef| in_query.iter().any(|path| mask.is_or_holds(path));
    let mask = binding.mask.as_ref().filter(|mask| !own(mask));
    let read = ReadOptions {
        record_seen: mask.is_some(),
        ..method.read
    };
    let mut named = binding
        .body
        .write(codec, parts.content_type, content, &mut out, read)?;
    if let Some(mask) = mask {
        if item.id_in_body {
            named.retain(|path| path != "id");
        }
        if manner == Manner::House || !named.is_empty() {
            write_mask(mask, &named, &mut out)?;
        }
    }

    let texts = variables.iter().chain(item.id.as_ref());
    let mut path = Vec::new();
    for (field, text) in binding.variables.iter().zip(texts) {
        path.clear();
        let text = match manner {
            Manner::House => text.as_str(),
            Manner::Canonical => literal::spelled(field, text),
        };
        field
            .write_text(codec, text, &mut path, method.read)
            .map_err(|error| in_path(field, &error.problem))?;
        if manner == Manner::House {
            let numbers = field.numbers();
            let in_body = wire::last_value(&out[body_start..], &numbers);
            if in_body.is_some() && in_body != wire::last_value(&path, &numbers) {
                return Err(in_path(field, "the body names another value"));
            }
        }
        out.extend_from_slice(&path);
    }
    if method.read.partial
        && let Some(field) = required::missing(message, &out)
    {
        return Err(lacking(binding, &field));
    }
    Ok(out)
}

/// Makes the error of a required field that no part of the request has.
fn lacking(binding: &Binding, field: &str) -> BindError {
    let in_body = match (&binding.body, &binding.body_field) {
        (Body::None, _) => None,
        (_, None) => Some(field),
        (_, Some(body)) => field
            .strip_prefix(body.descriptor.json_name())
            .and_then(|rest| rest.strip_prefix('.')),
    };
    match in_body {
        None => BindError::Query {
            problem: format!("`{field}`: required"),
        },
        Some(path) => BindError::Json(JsonError {
            path: path.to_owned(),
            problem: "required".to_owned(),
            line: 1,
            column: 1,
        }),
    }
}

/// The item that `id` names.
#[derive(Default)]
struct Item {
    id: Option<String>,
    id_in_body: bool,
    /// Whether the body held nothing else.
    consumes_body: bool,
}

impl Item {
    fn find(
        alias: Alias,
        pairs: &mut Vec<Pair<'_>>,
        binding: &Binding,
        parts: Parts<'_>,
    ) -> Result<Self, BindError> {
        if alias == Alias::No {
            return Ok(Self::default());
        }
        let mut item = Self::default();
        for (_, value) in pairs.extract_if(.., |(key, _)| key == "id") {
            if item.id.is_some() {
                return Err(BindError::Query {
                    problem: "`id`: it is given twice".to_owned(),
                });
            }
            item.id = Some(value.into_owned());
        }
        if binding.looks_into_body && !parts.body.is_empty() {
            let found = alias::in_body(parts.body)?;
            item.id_in_body = found.id.is_some();
            item.consumes_body = matches!(binding.body, Body::None) && !found.others;
            match (&item.id, found.id) {
                (Some(query), Some(body)) if *query != body => {
                    return Err(BindError::Query {
                        problem: "`id`: the body names another item".to_owned(),
                    });
                }
                (None, Some(body)) => item.id = Some(body),
                _ => {}
            }
        }
        if item.id.as_ref().is_none_or(String::is_empty) {
            return Err(BindError::IdRequired);
        }
        Ok(item)
    }
}

/// Appends the update mask of a PATCH: the fields that its body names.
fn write_mask(mask: &FieldRef, named: &[String], out: &mut Vec<u8>) -> Result<(), BindError> {
    if named.is_empty() {
        return Err(BindError::Json(JsonError {
            path: String::new(),
            problem: "it names no field to change".to_owned(),
            line: 1,
            column: 1,
        }));
    }
    let paths: Vec<u8> = named
        .iter()
        .flat_map(|path| wire::bytes_field(1, path.as_bytes()))
        .collect();
    out.extend_from_slice(&wire::bytes_field(mask.descriptor.number(), &paths));
    Ok(())
}

fn in_path(field: &FieldRef, problem: &str) -> BindError {
    BindError::Path {
        problem: format!("`{}`: {problem}", field.path()),
    }
}

impl Binding {
    fn taken(&self) -> Taken<'_> {
        let body = self.body_field.as_ref();
        Taken {
            fields: self
                .variables
                .iter()
                .chain(body)
                .map(|field| field.names.as_slice())
                .collect(),
            all: matches!(self.body, Body::Whole(_) | Body::RawWhole),
        }
    }
}

#[cfg(test)]
mod tests;
