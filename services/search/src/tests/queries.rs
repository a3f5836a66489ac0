//! What viewers mean, on every index and on the fallback: `golden/queries.txt` among `golden/catalogue.txt`
//! (SRCH-1, SRCH-2, SRCH-5, X-SR-1).

use std::fmt::Write as _;

use sv_kernel::{Country, Locale, Tenant, Timestamp, Whereabouts};
use sv_ports::index::{Candidate, Change, Index as _, Query, Words};
use sv_proto::search::SearchGlobalRequest;

use super::{
    fixture::{Title, catalogue, kind},
    golden::{embedded_of, fallbacks_of},
};
use crate::{
    convert::{is_open, kind_name, question},
    domain::{
        Asked, Entry, MEND_BELOW, pinned_first, rank_all,
        tuning::{Pin, Same, Tuning},
    },
    store,
};

/// When all of it is asked.
const NOW: Timestamp = Timestamp::from_secs(1_767_225_600);

/// A line of the file.
#[derive(Debug)]
struct Golden {
    line: &'static str,
    request: SearchGlobalRequest,
    child: bool,
    country: Option<Country>,
    locale: Locale,
    expected: Vec<Expected>,
}

/// What is expected of an answer.
#[derive(Debug)]
enum Expected {
    /// A title among the first.
    Within(usize, &'static str),
    /// A title nowhere.
    Absent(&'static str),
    /// These and no others, in this order.
    Exactly(Vec<&'static str>),
    /// These first, in any order.
    FirstOf(Vec<&'static str>),
}

fn goldens() -> Vec<Golden> {
    let lines = include_str!("../../golden/queries.txt").lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with(['#', '@']));
    lines.map(golden).collect()
}

/// Reads what the editors say.
fn tuning(titles: &[Title]) -> Tuning {
    let (mut synonyms, mut pins) = (Vec::new(), Vec::new());
    let said = include_str!("../../golden/queries.txt").lines();
    for line in said.filter_map(|line| line.strip_prefix('@')) {
        let (what, said) = line.split_once(' ').unwrap();
        if what == "pin" {
            let (q, pinned) = said.split_once(" = ").unwrap();
            let id = |name: &str| {
                let found = titles.iter().find(|title| is(name, &title.entry));
                found.unwrap().entry.id.clone()
            };
            pins.push(Pin {
                typed: q.into(),
                titles: pinned.split(" | ").map(id).collect(),
                start: None,
                end: None,
            });
            continue;
        }
        let (language, words) = said.split_once(": ").unwrap_or(("", said));
        let words: Vec<String> = words.split(", ").map(str::to_owned).collect();
        synonyms.push(Same::new(&words, what == "means", language));
    }
    Tuning::new(synonyms, pins)
}

fn golden(line: &'static str) -> Golden {
    let (asked, expected) = line.split_once(" => ").unwrap();
    let mut options = asked.split(" [");
    let mut golden = Golden {
        line,
        request: SearchGlobalRequest {
            q: options.next().unwrap().into(),
            limit: 100,
            ..SearchGlobalRequest::default()
        },
        child: false,
        country: None,
        locale: Locale::default(),
        expected: expected.split("; ").map(expectation).collect(),
    };
    for option in options.map(|option| option.trim_end_matches(']')) {
        let request = &mut golden.request;
        match option.split_once(' ').unwrap_or((option, "")) {
            ("child", _) => golden.child = true,
            ("reads", locale) => golden.locale = Locale::parse(locale).unwrap(),
            ("in", country) => golden.country = Some(Country::parse(country).unwrap()),
            ("type", name) => request.r#type.push(kind(name).into()),
            ("from", year) => request.year_from = year.parse().unwrap(),
            ("to", year) => request.year_to = year.parse().unwrap(),
            other => panic!("what is {other:?}?"),
        }
    }
    golden
}

fn expectation(text: &'static str) -> Expected {
    let titles = |text: &'static str| text.trim().split(" | ").collect();
    if text == "nothing" {
        Expected::Exactly(Vec::new())
    } else if let Some(all) = text.strip_prefix("= ") {
        Expected::Exactly(titles(all))
    } else if let Some(first) = text.strip_prefix('~') {
        Expected::FirstOf(titles(first))
    } else if let Some((within, title)) = text.strip_prefix("<=").and_then(|t| t.split_once(' ')) {
        Expected::Within(within.parse().unwrap(), title)
    } else if let Some(title) = text.strip_prefix('!').filter(|rest| !rest.starts_with('!')) {
        Expected::Absent(title)
    } else {
        Expected::Within(1, text)
    }
}

impl Expected {
    fn titles(&self) -> &[&'static str] {
        match self {
            Self::Within(_, title) | Self::Absent(title) => std::slice::from_ref(title),
            Self::Exactly(titles) | Self::FirstOf(titles) => titles,
        }
    }

    fn holds(&self, found: &[Entry]) -> bool {
        match self {
            Self::Within(within, title) => found.iter().take(*within).any(|entry| is(title, entry)),
            Self::Absent(title) => !found.iter().any(|entry| is(title, entry)),
            Self::Exactly(titles) => {
                titles.len() == found.len()
                    && titles
                        .iter()
                        .zip(found)
                        .all(|(title, entry)| is(title, entry))
            }
            Self::FirstOf(titles) => titles.iter().all(|title| {
                let mut first = found.iter().take(titles.len());
                first.any(|entry| is(title, entry))
            }),
        }
    }
}

/// Says whether an entry is the title that is named so, perhaps with its year.
fn is(name: &str, entry: &Entry) -> bool {
    entry.title == name || format!("{} ({})", entry.title, entry.year) == name
}

/// Asks everything, and fails with a list of all that is not as expected.
async fn check(titles: &[Title], answer: impl AsyncFn(&Query) -> Vec<Candidate>) {
    let mut wrong = String::new();
    let (goldens, tuning) = (goldens(), tuning(titles));
    for golden in &goldens {
        let question = question(golden.request.clone(), golden.child).unwrap();
        let typed = Words::parse(&question.typed);
        let synonyms = tuning.alternatives(&question.typed, &golden.locale);
        let is_open = |entry: &Entry| is_open(entry, Whereabouts::country(golden.country), NOW);
        let mut entries: Vec<Entry> = Vec::new();
        for words in std::iter::once(&typed).chain(&synonyms) {
            let query = Query {
                tenant: Tenant::default(),
                words: words.clone(),
                filter: question.filter.clone(),
                mend_below: MEND_BELOW,
            };
            for candidate in answer(&query).await {
                let entry = Entry::read(&candidate.payload).unwrap();
                let known = entries.iter().any(|known| known.id == entry.id);
                entries.extend(Some(entry).filter(|entry| !known && is_open(entry)));
            }
        }
        let watched = |entry: &Entry| {
            let known = titles.iter().find(|title| title.entry.id == entry.id);
            known.map_or(0.0, |title| title.plays)
        };
        let asked = Asked {
            typed: &typed,
            synonyms: &synonyms,
            watched: &watched,
        };
        let ids = tuning.pinned(&question.typed, NOW);
        let fits = |entry: &&Entry| {
            ids.contains(&entry.id)
                && is_open(entry)
                && entry.fits(&question.filter, &kind_name(entry.kind))
        };
        let pinned = titles.iter().map(|title| &title.entry).filter(fits);
        let hits = pinned_first(ids, pinned.cloned().collect(), rank_all(&asked, entries));
        let found: Vec<Entry> = hits.into_iter().map(|hit| hit.entry).collect();
        if !golden
            .expected
            .iter()
            .all(|expected| expected.holds(&found))
        {
            let first: Vec<_> = found.iter().take(6).map(|entry| &entry.title).collect();
            writeln!(
                wrong,
                "{}\n    found {}: {first:?}",
                golden.line,
                found.len()
            )
            .unwrap();
        }
    }
    let count = wrong.lines().count() / 2;
    assert!(wrong.is_empty(), "{count} of {}:\n{wrong}", goldens.len());
}

fn changes(titles: &[Title]) -> Vec<Change> {
    let entries = titles.iter().map(|title| &title.entry);
    let document = |entry: &Entry| {
        let kind = kind_name(entry.kind);
        entry.document(&Tenant::default(), 1, &kind).unwrap()
    };
    entries.map(document).map(Change::Put).collect()
}

#[test]
fn the_golden_file_is_large_and_names_titles_that_are_there() {
    let (titles, goldens) = (catalogue(), goldens());
    assert!(
        titles.len() >= 300 && goldens.len() >= 350,
        "{}",
        goldens.len()
    );
    for golden in &goldens {
        for name in golden.expected.iter().flat_map(Expected::titles) {
            let there = titles.iter().any(|title| is(name, &title.entry));
            assert!(there, "{}: {name}", golden.line);
        }
    }
}

#[tokio::test]
async fn the_embedded_index_finds_what_is_meant() {
    let titles = catalogue();
    let (index, _folder) = embedded_of(changes(&titles)).await;
    check(&titles, async |query| {
        index.candidates(query).await.unwrap()
    })
    .await;
}

#[tokio::test]
async fn the_fallback_finds_what_is_meant() {
    let titles = catalogue();
    for db in fallbacks_of(changes(&titles)).await {
        check(&titles, async |query| {
            store::candidates(db.read(), query).await.unwrap()
        })
        .await;
    }
}

#[cfg(feature = "test-opensearch")]
#[tokio::test]
async fn opensearch_finds_what_is_meant() {
    let titles = catalogue();
    let index = super::golden::on_opensearch_of(changes(&titles), "test-search-golden").await;
    check(&titles, async |query| {
        index.candidates(query).await.unwrap()
    })
    .await;
}
