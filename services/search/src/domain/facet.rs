//! How the titles that were found divide.

use std::{cmp::Reverse, collections::BTreeMap};

use super::Entry;

/// How titles divide by one property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet {
    /// The property.
    pub name: &'static str,
    /// Its values and how many titles have each, the most frequent first.
    pub values: Vec<(String, usize)>,
}

/// Counts types, genres and decades of exactly these titles. `kind` names a type.
pub fn facets<'a>(
    entries: impl Iterator<Item = &'a Entry>,
    kind: impl Fn(i32) -> String,
) -> Vec<Facet> {
    let mut kinds = Counts::default();
    let mut genres = Counts::default();
    let mut decades = Counts::default();
    for entry in entries {
        kinds.add(kind(entry.kind));
        let mut own: Vec<&String> = entry.genres.iter().collect();
        own.sort_unstable();
        own.dedup();
        for genre in own {
            genres.add(genre.clone());
        }
        if let Some(decade) = entry.decade() {
            decades.add(decade.to_string());
        }
    }
    vec![
        kinds.facet("type"),
        genres.facet("genre"),
        decades.facet("decade"),
    ]
}

#[derive(Default)]
struct Counts(BTreeMap<String, usize>);

impl Counts {
    fn add(&mut self, value: String) {
        *self.0.entry(value).or_default() += 1;
    }

    fn facet(self, name: &'static str) -> Facet {
        let mut values: Vec<_> = self.0.into_iter().collect();
        values.sort_by_key(|(_, count)| Reverse(*count));
        Facet { name, values }
    }
}
