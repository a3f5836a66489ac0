//! What an installation holds: by its own answers, and in its event log.

use std::{collections::BTreeMap, thread, time::Instant};

use serde_json::Value;

use super::{BREATH, TIMEOUT, log::Event};
use crate::harness::Client;

/// A film of the catalogue.
#[derive(Clone, Debug)]
pub(super) struct Film {
    pub(super) id: String,
    pub(super) version: i64,
    pub(super) title: String,
    /// The whole answer.
    pub(super) body: Value,
}

/// A title that a search answers with.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    pub(super) id: String,
    pub(super) title: String,
}

/// What the index says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) documents: usize,
    /// Events that it has not taken up.
    pub(super) lag: usize,
}

impl Standing {
    pub(super) fn of(editor: &Client) -> Self {
        let status = remote_within(editor, "/admin/search/status", |_| true);
        Self {
            documents: count(&status["documents"]),
            lag: count(&status["lagEvents"]),
        }
    }
}

/// Everything that is held against the ledger.
#[derive(Debug, Default)]
pub(super) struct Stored {
    pub(super) films: Vec<Film>,
    /// In the order of the log.
    pub(super) events: Vec<Event>,
    pub(super) index: Standing,
    /// What is found by each title that was asked for.
    pub(super) hits: BTreeMap<String, Vec<Hit>>,
}

impl Stored {
    /// Asks a running installation, and searches for these titles.
    pub(super) fn read<'a>(
        editor: &Client,
        events: Vec<Event>,
        titles: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let hits = titles
            .into_iter()
            .map(|title| (title.to_owned(), hits(editor, title)));
        Self {
            films: films(editor),
            events,
            index: Standing::of(editor),
            hits: hits.collect(),
        }
    }
}

/// Lists all films, page by page.
pub(super) fn films(editor: &Client) -> Vec<Film> {
    let (mut films, mut token) = (Vec::new(), String::new());
    loop {
        let path = format!("/admin/ondemand/movies?pageSize=100&withTotal=true&pageToken={token}");
        let page = editor.get(&path).data(200);
        films.extend(page["items"].as_array().into_iter().flatten().map(film));
        token = text(&page["nextPageToken"]);
        if token.is_empty() {
            assert_eq!(films.len(), count(&page["total"]), "the pages are complete");
            return films;
        }
    }
}

/// Reads a film of an answer.
pub(super) fn film(body: &Value) -> Film {
    Film {
        id: text(&body["id"]),
        version: body["version"].as_i64().unwrap_or(0),
        title: text(&body["title"]),
        body: body.clone(),
    }
}

/// Asks the index itself: its fallback answers where it is too slow.
fn hits(viewer: &Client, title: &str) -> Vec<Hit> {
    let path = format!("/search/global?q={}", title.replace(' ', "%20"));
    let answer = remote_within(viewer, &path, |found| found["degraded"] != true);
    let hit = |hit: &Value| Hit {
        id: text(&hit["id"]),
        title: text(&hit["title"]),
    };
    let items = answer["items"].as_array();
    items.into_iter().flatten().map(hit).collect()
}

/// Asks until the answer is wanted: a loaded machine misses deadlines.
fn remote_within(client: &Client, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let begin = Instant::now();
    loop {
        let answer = client.get(path);
        if answer.status == 200 {
            let data = answer.data(200);
            if wanted(&data) {
                return data;
            }
        }
        assert!(begin.elapsed() < TIMEOUT, "{path} stays {answer:?}");
        thread::sleep(BREATH);
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn count(value: &Value) -> usize {
    value
        .as_u64()
        .and_then(|count| count.try_into().ok())
        .unwrap_or(0)
}
