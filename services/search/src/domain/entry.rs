//! A title, a channel or a programme as search keeps it: beside its words in an index, and in the tables of the fallback.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sv_kernel::{Tenant, Timestamp};
use sv_ports::index::{Document, Filter, Text, Weight, analysis};

/// A published title or channel, or a programme that runs on one now or next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// The number of its `content.v1.ContentType`.
    pub kind: i32,
    /// The title as shown.
    pub title: String,
    /// Year of release; 0 where it is not known.
    pub year: i32,
    /// Address of a poster.
    pub poster_url: String,
    /// Its genres, the main one first.
    pub genres: Vec<String>,
    /// Its score times its votes; 0 where nobody voted.
    pub popularity: f64,
    /// Whether a child may see it.
    #[serde(default)]
    pub for_children: bool,
    /// Where and when it is open: all of these hold, its own and its series' (X-CAT-5).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<Open>,
    /// The place of a programme; `None` of what has no time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub airing: Option<Airing>,
    /// What it can be found by, the title first.
    pub texts: Vec<EntryText>,
}

/// Where and when a title is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// In each of these it is; without any it always is.
    pub windows: Vec<OpenWindow>,
    /// Countries in which nobody sees it.
    pub blocked: Vec<String>,
}

/// A span of time in which a title is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenWindow {
    /// Where; without any it is everywhere.
    pub countries: Vec<String>,
    /// Numbers of `content.v1.Platform`; without any it is on all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub platforms: Vec<i32>,
    /// Its start in microseconds.
    pub start: Option<i64>,
    /// Its end in microseconds.
    pub end: Option<i64>,
}

/// Where and when a programme is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Airing {
    /// The channel.
    pub channel_id: String,
    /// When it begins, in microseconds since the epoch.
    pub starts_at: i64,
    /// When it ends, in microseconds since the epoch.
    pub stops_at: i64,
}

/// A text that a title can be found by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryText {
    /// Where it comes from.
    pub field: Field,
    /// As people wrote it.
    pub text: String,
    /// Its words, as [`analysis::normal`] writes them.
    pub line: String,
}

/// The part of a title that a text comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Field {
    /// The title.
    Title,
    /// The title in its first language.
    OriginalTitle,
    /// The title in another language.
    Translation,
    /// Someone who made it or plays in it, or whom they play.
    Person,
    /// A genre.
    Genre,
    /// A free word, who brought it to cinemas, or the series of an episode.
    Tag,
    /// The synopsis.
    Synopsis,
}

impl Field {
    /// Returns how much the field says about a title.
    pub fn weight(self) -> Weight {
        match self {
            Self::Title | Self::OriginalTitle | Self::Translation => Weight::Name,
            Self::Person => Weight::Person,
            Self::Genre | Self::Tag | Self::Synopsis => Weight::About,
        }
    }

    /// Names the field, as `Hit.matched` does.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::OriginalTitle => "original_title",
            Self::Translation => "translation",
            Self::Person => "person",
            Self::Genre => "genre",
            Self::Tag => "tag",
            Self::Synopsis => "synopsis",
        }
    }
}

impl EntryText {
    /// Makes a text of words as people write them.
    pub fn new(field: Field, text: impl Into<String>) -> Self {
        let text = text.into();
        let line = analysis::normal(&text);
        Self { field, text, line }
    }
}

impl Entry {
    /// Returns the first year of the title's decade, if its year is known.
    pub fn decade(&self) -> Option<i32> {
        (self.year > 0).then_some(self.year / 10 * 10)
    }

    /// Says whether it can still be watched: a programme that has ended cannot, before its channel's next event says
    /// so.
    pub fn is_current(&self, now: Timestamp) -> bool {
        let airing = self.airing.as_ref();
        airing.is_none_or(|airing| airing.stops_at > now.micros())
    }

    /// Says whether it is among what a search asks for. `kind` is how its type is filtered.
    pub fn fits(&self, filter: &Filter, kind: &str) -> bool {
        let has = |(name, values): (&String, &Vec<String>)| {
            values.iter().any(|value| match name.as_str() {
                facet_names::TYPE => value == kind,
                facet_names::GENRE => self.genres.contains(value),
                facet_names::AUDIENCE => self.for_children && value == facet_names::CHILDREN,
                _ => false,
            })
        };
        let numbers = filter.numbers.iter();
        filter.facets.iter().all(has)
            && numbers.into_iter().all(|(name, range)| {
                name == facet_names::YEAR && range.contains(&i64::from(self.year))
            })
    }

    /// Makes what an index holds of the title. `kind` is how its type is filtered.
    pub fn document(
        &self,
        tenant: &Tenant,
        version: i64,
        kind: &str,
    ) -> Result<Document, serde_json::Error> {
        let texts = self.texts.iter().map(|text| Text {
            weight: text.field.weight(),
            line: text.line.clone(),
        });
        Ok(Document {
            tenant: tenant.clone(),
            id: self.id.clone(),
            version,
            texts: texts.collect(),
            facets: BTreeMap::from([
                (facet_names::TYPE.to_owned(), vec![kind.to_owned()]),
                (facet_names::GENRE.to_owned(), self.genres.clone()),
                (
                    facet_names::AUDIENCE.to_owned(),
                    Vec::from_iter(self.for_children.then(|| facet_names::CHILDREN.to_owned())),
                ),
            ]),
            numbers: BTreeMap::from([(facet_names::YEAR.to_owned(), i64::from(self.year))]),
            rank: self.popularity,
            payload: serde_json::to_vec(self)?.into(),
        })
    }

    /// Reads a title back from the payload of its document.
    pub fn read(payload: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(payload)
    }
}

/// Names by which titles are filtered.
pub mod facet_names {
    /// The type, e.g. `movie`.
    pub const TYPE: &str = "type";
    /// A genre.
    pub const GENRE: &str = "genre";
    /// For whom a title is.
    pub const AUDIENCE: &str = "audience";
    /// The audience of titles that children may see.
    pub const CHILDREN: &str = "children";
    /// The year of release.
    pub const YEAR: &str = "year";
}
