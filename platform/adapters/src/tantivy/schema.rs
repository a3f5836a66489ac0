//! The fields of an index, and documents in them.

use sv_ports::index::{Change, Document, Weight};
use tantivy::{
    TantivyDocument, Term,
    schema::{
        FAST, Field, IndexRecordOption, JsonObjectOptions, OwnedValue, STORED, STRING, Schema,
        TextFieldIndexing, TextOptions,
    },
};

/// What folders of this layout begin with; another layout makes a new index.
pub(super) const LAYOUT: &str = "v3";

/// A document that can be found.
pub(super) const LIVE: &str = "live";
/// A document that was deleted.
pub(super) const GONE: &str = "gone";

/// The names of the fields that order documents like their ids.
pub(super) const ORDER: [&str; 2] = ["order_high", "order_low"];

/// The fields.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    /// Tenant and id: what is replaced.
    pub(super) key: Field,
    /// [`LIVE`] or [`GONE`].
    pub(super) state: Field,
    /// Only of live documents; every query asks for it, so nothing else finds a deleted one.
    pub(super) tenant: Field,
    pub(super) id: Field,
    /// Two numbers that order documents like their ids; comparing ids themselves is slow.
    order: [Field; 2],
    pub(super) version: Field,
    pub(super) rank: Field,
    pub(super) payload: Field,
    pub(super) starts: Field,
    pub(super) facets: Field,
    pub(super) numbers: Field,
    name: Field,
    person: Field,
    about: Field,
}

impl Fields {
    /// Lays the fields out.
    pub(super) fn schema() -> (Schema, Self) {
        let mut schema = Schema::builder();
        let mut words = |name: &str| {
            let terms = TextFieldIndexing::default()
                .set_tokenizer("raw")
                .set_fieldnorms(false)
                .set_index_option(IndexRecordOption::Basic);
            schema.add_text_field(name, TextOptions::default().set_indexing_options(terms))
        };
        let (name, person, about) = (words("name"), words("person"), words("about"));
        let (starts, facets) = (words("starts"), words("facets"));
        let fields = Self {
            key: schema.add_text_field("key", STRING),
            state: schema.add_text_field("state", STRING),
            tenant: schema.add_text_field("tenant", STRING),
            id: schema.add_text_field("id", STORED),
            order: ORDER.map(|name| schema.add_u64_field(name, FAST)),
            version: schema.add_i64_field("version", FAST),
            rank: schema.add_f64_field("rank", FAST),
            payload: schema.add_bytes_field("payload", STORED),
            numbers: schema.add_json_field("numbers", JsonObjectOptions::from(FAST)),
            starts,
            facets,
            name,
            person,
            about,
        };
        (schema.build(), fields)
    }

    /// Returns the field of texts of this weight.
    pub(super) fn words(&self, weight: Weight) -> Field {
        match weight {
            Weight::Name => self.name,
            Weight::Person => self.person,
            Weight::About => self.about,
        }
    }

    /// Returns the term of what a change replaces.
    pub(super) fn key_of(&self, key: &str) -> Term {
        Term::from_field_text(self.key, key)
    }

    /// Makes what the index holds after a change.
    pub(super) fn document(&self, key: &str, change: &Change) -> TantivyDocument {
        let mut made = TantivyDocument::new();
        made.add_text(self.key, key);
        made.add_i64(self.version, change.version());
        match change {
            Change::Delete { .. } => made.add_text(self.state, GONE),
            Change::Put(document) => {
                made.add_text(self.state, LIVE);
                self.fill(&mut made, document);
            }
        }
        made
    }

    fn fill(&self, made: &mut TantivyDocument, document: &Document) {
        made.add_text(self.tenant, document.tenant.as_str());
        made.add_text(self.id, &document.id);
        for (field, number) in self.order.into_iter().zip(order_of(&document.id)) {
            made.add_u64(field, number);
        }
        made.add_f64(self.rank, document.rank);
        made.add_bytes(self.payload, &document.payload);
        for weight in Weight::ALL {
            for term in document.terms(weight) {
                made.add_text(self.words(weight), term);
            }
        }
        for start in document.starts() {
            made.add_text(self.starts, start);
        }
        for term in document.facet_terms() {
            made.add_text(self.facets, term);
        }
        let numbers = document.numbers.iter();
        made.add_object(
            self.numbers,
            numbers
                .map(|(name, number)| (name.clone(), OwnedValue::I64(*number)))
                .collect(),
        );
    }
}

/// Returns numbers that order ids like their texts do: all of a UUID, 16 bytes of another id.
fn order_of(id: &str) -> [u64; 2] {
    let digits: String = id.chars().filter(|c| *c != '-').collect();
    let uuid = (id.len() == 36 && digits.len() == 32)
        .then(|| u128::from_str_radix(&digits, 16).ok())
        .flatten();
    let number = uuid.unwrap_or_else(|| {
        let mut first = [0; 16];
        let bytes = id.as_bytes();
        let length = bytes.len().min(16);
        first[..length].copy_from_slice(&bytes[..length]);
        u128::from_be_bytes(first)
    });
    let half = |number: u128| u64::try_from(number & u128::from(u64::MAX)).unwrap_or(u64::MAX);
    [half(number >> 64), half(number)]
}

#[cfg(test)]
mod tests {
    use super::order_of;

    #[test]
    fn numbers_order_like_ids() {
        let mut ids = [
            "0190b8e1-7c3a-7d2f-8a44-5f0c2b9d1e67",
            "0190b8e1-7c3a-7d2f-8a44-5f0c2b9d1e68",
            "0190b8e2-0000-7000-8000-000000000000",
            "film-00009",
            "film-00010",
            "film-1",
        ];
        ids.sort_unstable();
        assert!(ids.is_sorted_by_key(|id| order_of(id)));
        assert_ne!(order_of(ids[0]), order_of(ids[1]));
    }
}
