//! Names, settings, mappings, and documents in them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use sv_kernel::Timestamp;
use sv_ports::{
    PortError, PortResult,
    index::{Change, Document, Weight},
};

/// What names of this layout carry; another layout makes a new index.
const LAYOUT: &str = "v2";
/// The longest beginning of a word that is indexed, in characters: a word that may be mended has at
/// most 30, and two edits make it 32.
const LONGEST_BEGINNING: u32 = 32;

/// A document that can be found.
pub(super) const LIVE: &str = "live";
/// A document that was deleted.
pub(super) const GONE: &str = "gone";
/// Where the records of a partition stand.
pub(super) const DONE: &str = "done";

/// The names of aliases and indexes.
#[derive(Clone, Debug)]
pub(super) struct Names {
    /// The alias of the index that answers.
    pub(super) live: String,
    /// The alias of the index that is being built.
    pub(super) building: String,
}

impl Names {
    pub(super) fn new(name: &str) -> PortResult<Self> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let fits = (1..=100).contains(&name.len()) && name.bytes().all(plain);
        if !fits || name.starts_with('-') {
            let what = "an index name has 1 to 100 of a-z, 0-9 and '-', and begins with a letter";
            return Err(PortError::invalid(what));
        }
        Ok(Self {
            live: format!("{name}-{LAYOUT}"),
            building: format!("{name}-{LAYOUT}-building"),
        })
    }

    /// Names the first index.
    pub(super) fn first(&self) -> String {
        format!("{}-1", self.live)
    }

    /// Names the index after all of these.
    pub(super) fn after<'a>(&self, indexes: impl Iterator<Item = &'a String>) -> String {
        let last = indexes.filter_map(|index| self.number(index)).max();
        format!("{}-{}", self.live, last.unwrap_or(1) + 1)
    }

    /// Returns the number of an index of these names.
    pub(super) fn number(&self, index: &str) -> Option<u64> {
        let number = index.strip_prefix(&self.live)?.strip_prefix('-')?;
        number.parse().ok()
    }
}

/// Names the alias that says when the builder of an index last lived.
pub(super) fn lease(index: &str, at: Timestamp) -> String {
    format!("{index}-alive-{}", at.millis())
}

/// Reads the time from the name of a lease.
pub(super) fn leased_at(index: &str, alias: &str) -> Option<Timestamp> {
    let millis = alias.strip_prefix(index)?.strip_prefix("-alive-")?;
    let micros = millis.parse::<i64>().ok()?.checked_mul(1000)?;
    Some(Timestamp::from_micros(micros))
}

/// Returns the body that makes an index with these aliases.
pub(super) fn index(aliases: &Value) -> Value {
    // Terms come normalised; only their beginnings are the server's work, for words that are both
    // mended and unfinished.
    let words = json!({
        "type": "keyword",
        "fields": {"beginnings": {
            "type": "text",
            "analyzer": "beginnings",
            "search_analyzer": "keyword",
            "norms": false,
            "index_options": "docs",
        }},
    });
    json!({
        "settings": {
            "index": {
                "auto_expand_replicas": "0-1",
                "max_result_window": 1000,
            },
            "analysis": {
                "filter": {"beginnings": {
                    "type": "edge_ngram", "min_gram": 1, "max_gram": LONGEST_BEGINNING,
                }},
                "analyzer": {"beginnings": {
                    "type": "custom", "tokenizer": "keyword", "filter": ["beginnings"],
                }},
            },
        },
        "mappings": {
            "dynamic": "strict",
            "dynamic_templates": [
                {"numbers": {"path_match": "numbers.*", "mapping": {"type": "long"}}},
            ],
            "properties": {
                "tenant": {"type": "keyword"},
                "id": {"type": "keyword"},
                "state": {"type": "keyword"},
                "version": {"type": "long", "index": false},
                "rank": {"type": "double", "index": false},
                "payload": {"type": "binary"},
                "starts": {"type": "keyword"},
                "facets": {"type": "keyword"},
                "numbers": {"type": "object", "dynamic": true},
                "name": words, "person": words, "about": words,
                "done": {"type": "object", "enabled": false},
            },
        },
        "aliases": aliases,
    })
}

/// Returns what the index holds after a change.
pub(super) fn source(change: &Change) -> Value {
    match change {
        Change::Put(document) => live(document),
        Change::Delete { .. } => json!({"state": GONE, "version": change.version()}),
    }
}

fn live(document: &Document) -> Value {
    let mut source = json!({
        "state": LIVE,
        "tenant": document.tenant.as_str(),
        "id": document.id,
        "version": document.version,
        "rank": document.rank,
        "payload": STANDARD.encode(&document.payload),
        "starts": document.starts(),
        "facets": document.facet_terms(),
        "numbers": document.numbers,
    });
    let words: Map<String, Value> = Weight::ALL
        .into_iter()
        .map(|weight| (weight.as_str().to_owned(), document.terms(weight).into()))
        .collect();
    if let Value::Object(source) = &mut source {
        source.extend(words);
    }
    source
}

/// Reads the payload of a document back.
pub(super) fn payload(source: &Value) -> Option<Vec<u8>> {
    STANDARD.decode(source["payload"].as_str()?).ok()
}
