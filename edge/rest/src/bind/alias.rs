//! The `id` that turns a collection's path into an item's (C3, C6, C38).

use std::fmt;

use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};

use super::BindError;
use crate::codec::JsonError;
use crate::percent;

/// Says whether the query has the parameter `id`.
pub(crate) fn in_query(query: &str) -> bool {
    query.split('&').any(|pair| {
        let key = pair.split_once('=').map_or(pair, |(key, _)| key);
        percent::decode_query(key).is_ok_and(|key| key == "id")
    })
}

/// Returns the member `id` of a JSON object, a string or a whole number.
pub(crate) fn in_body(body: &[u8]) -> Result<IdInBody, BindError> {
    let mut source = serde_json::Deserializer::from_slice(body);
    let found = source.deserialize_map(TopLevel);
    found
        .and_then(|found| source.end().map(|()| found))
        .map_err(|error| {
            BindError::Json(JsonError {
                path: String::new(),
                line: u32::try_from(error.line()).unwrap_or(u32::MAX),
                column: u32::try_from(error.column()).unwrap_or(u32::MAX),
                problem: "expected an object with the member id".to_owned(),
            })
        })
}

/// What a body says about the item.
#[derive(Debug, Default)]
pub(crate) struct IdInBody {
    pub(crate) id: Option<String>,
    /// Whether the object has other members.
    pub(crate) others: bool,
}

struct TopLevel;

impl<'de> Visitor<'de> for TopLevel {
    type Value = IdInBody;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<IdInBody, A::Error> {
        let mut found = IdInBody::default();
        while let Some(key) = map.next_key::<String>()? {
            if key != "id" {
                map.next_value::<IgnoredAny>()?;
                found.others = true;
            } else if found.id.is_some() {
                return Err(serde::de::Error::custom("id is given twice"));
            } else {
                found.id = match map.next_value::<serde_json::Value>()? {
                    serde_json::Value::Null => None,
                    serde_json::Value::String(text) => Some(text),
                    serde_json::Value::Number(number) if !number.is_f64() => {
                        Some(number.to_string())
                    }
                    _ => return Err(serde::de::Error::custom("id is not a text")),
                };
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_found_at_the_top_level_only() {
        let id = |json: &str| in_body(json.as_bytes()).map(|found| found.id);
        assert_eq!(id(r#"{"id":"a"}"#), Ok(Some("a".into())));
        assert_eq!(id(r#"{"x":{"id":"b"},"id":7}"#), Ok(Some("7".into())));
        assert_eq!(id(r#"{"x":{"id":"b"}}"#), Ok(None));
        for bad in [
            "",
            "[]",
            r#"{"id":"a","id":"b"}"#,
            r#"{"id":{}}"#,
            r#"{"id":1.5}"#,
            "{} {}",
        ] {
            assert!(id(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_id_in_a_query_is_recognised_encoded_too() {
        assert!(in_query("a=1&id=7") && in_query("%69d=7") && in_query("id"));
        assert!(!in_query("") && !in_query("ids=1&a.id=2"));
    }
}
