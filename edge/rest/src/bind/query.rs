//! Query parameters as fields of the request.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use prost_reflect::{Kind, MessageDescriptor};

use super::field::FieldRef;
use super::{BindError, literal};
use crate::codec::{Codec, ReadOptions};
use crate::method::Manner;
use crate::percent;

/// The most parameters of a request.
pub const MAX_PAIRS: usize = 128;
/// The most bytes of a query string.
pub const MAX_LENGTH: usize = 16 * 1024;

/// A decoded key and its value.
pub(crate) type Pair<'q> = (Cow<'q, str>, Cow<'q, str>);

/// Splits a query into its decoded pairs; a key without `=` has an empty value.
pub(crate) fn pairs(query: &str) -> Result<Vec<Pair<'_>>, BindError> {
    if query.len() > MAX_LENGTH {
        return Err(problem(format!("it is longer than {MAX_LENGTH} bytes")));
    }
    let raw = query.split('&').filter(|pair| !pair.is_empty());
    if raw.clone().count() > MAX_PAIRS {
        return Err(problem(format!("it has more than {MAX_PAIRS} parameters")));
    }
    let decode = |raw| percent::decode_query(raw).map_err(|what| problem(what.to_owned()));
    raw.map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        Ok((decode(key)?, decode(value)?))
    })
    .collect()
}

/// What the path and the body of a binding take for themselves.
#[derive(Debug)]
pub(crate) struct Taken<'b> {
    /// The fields of the path variables and of the body, as names from the request down.
    pub(crate) fields: Vec<&'b [String]>,
    /// Whether the body is the whole request.
    pub(crate) all: bool,
}

/// Appends the wire form of the query to `out`, and returns the paths of the fields that it set.
pub(crate) fn write(
    codec: &Codec,
    manner: Manner,
    message: &MessageDescriptor,
    pairs: &[Pair<'_>],
    taken: &Taken<'_>,
    out: &mut Vec<u8>,
    options: ReadOptions,
) -> Result<HashSet<String>, BindError> {
    let mut seen = HashSet::new();
    let mut oneofs: HashMap<String, String> = HashMap::new();
    for (key, text) in pairs {
        let key = key.as_ref();
        let (name, entry) = match manner {
            Manner::House => (key, None),
            Manner::Canonical => literal::split_entry(key),
        };
        let field = match find(codec, message, name, taken) {
            Ok(field) => field,
            Err(_) if options.ignore_unknown => continue,
            Err(what) => return Err(about(key, what)),
        };
        if manner == Manner::Canonical
            && let Some(json) = literal::of(&field, entry, text)
        {
            let json = json.map_err(|what| about(key, what))?;
            field
                .write_json(codec, &json, out, options)
                .map_err(|error| about(key, &error.problem))?;
            let path = entry.map_or_else(|| field.path(), |_| key.to_owned());
            if !seen.insert(path) && (entry.is_some() || !field.descriptor.is_list()) {
                return Err(about(key, "it is given twice"));
            }
            continue;
        }
        if !field.takes_text() || entry.is_some() {
            return Err(about(key, "a query cannot hold this field"));
        }
        let path = field.path();
        // `updateMask=` names no field.
        if text.is_empty() && is_mask(&field) {
            continue;
        }
        // `genre=` and `status=` ask for none: an item that says nothing, but counts as one.
        let nothing = text.is_empty() && field.descriptor.is_list() && is_enum(&field);
        let text = match manner {
            Manner::House if nothing => "0",
            Manner::House => text,
            Manner::Canonical => literal::spelled(&field, text),
        };
        if let Some(oneof) = field.descriptor.containing_oneof() {
            let parent = &field.names[..field.names.len() - 1];
            let group = format!("{}.{}", parent.join("."), oneof.name());
            let member = oneofs.entry(group).or_insert_with(|| path.clone());
            if *member != path {
                return Err(about(key, "it excludes another parameter"));
            }
        }
        field
            .write_text(codec, text, out, options)
            .map_err(|error| about(key, &error.problem))?;
        if !seen.insert(path) && !field.descriptor.is_list() {
            return Err(about(key, "it is given twice"));
        }
    }
    Ok(seen)
}

/// Finds the field that a parameter names.
fn find(
    codec: &Codec,
    message: &MessageDescriptor,
    name: &str,
    taken: &Taken<'_>,
) -> Result<FieldRef, &'static str> {
    if taken.all {
        return Err("this call takes its fields from the body only");
    }
    let field = FieldRef::resolve(codec, message, name.split('.'))?;
    let is_taken =
        |taken: &&[String]| taken.starts_with(&field.names) || field.names.starts_with(taken);
    if taken.fields.iter().any(is_taken) {
        return Err("the path or the body has this field");
    }
    Ok(field)
}

fn is_enum(field: &FieldRef) -> bool {
    matches!(field.descriptor.kind(), Kind::Enum(_))
}

fn is_mask(field: &FieldRef) -> bool {
    let kind = field.descriptor.kind();
    kind.as_message()
        .is_some_and(|message| message.full_name() == "google.protobuf.FieldMask")
}

fn about(key: &str, what: &str) -> BindError {
    // Long keys would only fill logs.
    let key: String = key.chars().take(60).collect();
    problem(format!("`{key}`: {what}"))
}

fn problem(problem: String) -> BindError {
    BindError::Query { problem }
}
