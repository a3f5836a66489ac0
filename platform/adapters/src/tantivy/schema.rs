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
pub(super) const LAYOUT: &str = "v1";

/// A document that can be found.
pub(super) const LIVE: &str = "live";
/// A document that was deleted.
pub(super) const GONE: &str = "gone";

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
            id: schema.add_text_field("id", STRING | FAST | STORED),
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
