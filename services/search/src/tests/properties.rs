//! What holds whatever is asked (SRCH-5, X-ID-6): counts are of what the caller sees, and popularity orders equals only.

use proptest::prelude::*;
use sv_kernel::{Country, Platform, Timestamp, Whereabouts};
use sv_ports::index::{Filter, Words};

use crate::{
    convert::{is_open, kind_name},
    domain::{
        Asked, Entry, EntryText, Field, Open, OpenWindow, facet_names, facets, pinned_first,
        rank_all,
    },
};

const NOW: Timestamp = Timestamp::from_secs(1_767_225_600);

fn open() -> impl Strategy<Value = Vec<Open>> {
    let country = prop::sample::select(vec!["NO", "DE"]);
    let window = (
        prop::collection::vec(country.clone(), 0..2),
        prop::option::of(-2_i64..2),
        prop::option::of(-2_i64..2),
        prop::collection::vec(1..3_i32, 0..2),
    );
    let window = window.prop_map(|(countries, start, end, platforms)| OpenWindow {
        countries: countries.into_iter().map(str::to_owned).collect(),
        platforms,
        start: start.map(|days| NOW.micros() + days * 86_400_000_000),
        end: end.map(|days| NOW.micros() + days * 86_400_000_000),
    });
    let open = (
        prop::collection::vec(window, 0..3),
        prop::collection::vec(country, 0..2),
    );
    let open = open.prop_map(|(windows, blocked)| Open {
        windows,
        blocked: blocked.into_iter().map(str::to_owned).collect(),
    });
    prop::collection::vec(open, 0..2)
}

prop_compose! {
    fn entry()(
        words in prop::collection::vec(prop::sample::select(vec!["owl", "owls", "night", "olw", "the"]), 1..4),
        kind in 1..8_i32,
        genres in prop::collection::vec(prop::sample::select(vec!["Drama", "Comedy"]), 0..3),
        year in prop::sample::select(vec![0, 1987, 1999, 2004]),
        for_children in any::<bool>(),
        popularity in prop::sample::select(vec![0.0, 5.0, 1e6]),
        open in open(),
    ) -> Entry {
        let title = words.join(" ");
        Entry {
            id: String::new(),
            kind,
            texts: vec![EntryText::new(Field::Title, &*title)],
            title,
            year,
            poster_url: String::new(),
            genres: genres.into_iter().map(str::to_owned).collect(),
            popularity,
            for_children,
            open,
            airing: None,
        }
    }
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    prop::collection::vec(entry(), 0..20).prop_map(|mut entries| {
        for (n, entry) in entries.iter_mut().enumerate() {
            entry.id = format!("entry-{n}");
        }
        entries
    })
}

proptest! {
    #[test]
    fn facets_count_exactly_the_hits_that_the_caller_sees(
        entries in entries(),
        child in any::<bool>(),
        country in prop::option::of(prop::sample::select(vec!["NO", "DE", "FR"])),
        platform in prop::option::of(prop::sample::select(Platform::ALL.to_vec())),
        typed in prop::sample::select(vec!["owl", "owl night", "olw", "n"]),
        pins in prop::collection::vec(0..20_usize, 0..4),
    ) {
        let of = Whereabouts {
            country: country.map(|country| Country::parse(country).unwrap()),
            platform,
        };
        let mut filter = Filter::default();
        if child {
            filter.facets.insert(
                facet_names::AUDIENCE.into(),
                vec![facet_names::CHILDREN.into()],
            );
        }
        let seen = |entry: &Entry| {
            entry.fits(&filter, &kind_name(entry.kind)) && is_open(entry, of, NOW)
        };
        let shown: Vec<Entry> = entries.iter().filter(|entry| seen(entry)).cloned().collect();
        let words = Words::parse(typed);
        let asked = Asked { typed: &words, synonyms: &[], watched: &|_| 0.0 };
        let hits = rank_all(&asked, shown.clone());
        let ids: Vec<String> = pins.iter().map(|n| format!("entry-{n}")).collect();
        let pinned = shown.iter().filter(|entry| ids.contains(&entry.id)).cloned().collect();
        let hits = pinned_first(&ids, pinned, hits);

        prop_assert!(hits.iter().all(|hit| seen(&hit.entry)));
        let mut once: Vec<&str> = hits.iter().map(|hit| &*hit.entry.id).collect();
        once.sort_unstable();
        once.dedup();
        prop_assert_eq!(once.len(), hits.len(), "each once");
        prop_assert!(hits.is_sorted_by(|a, b| a.pinned >= b.pinned));
        for facet in facets(hits.iter().map(|hit| &hit.entry), kind_name) {
            for (value, count) in &facet.values {
                let has = |entry: &Entry| match facet.name {
                    "type" => kind_name(entry.kind) == *value,
                    "genre" => entry.genres.contains(value),
                    _ => entry.decade().is_some_and(|decade| decade.to_string() == *value),
                };
                let counted = hits.iter().filter(|hit| has(&hit.entry)).count();
                prop_assert_eq!(counted, *count, "{} {}", facet.name, value);
            }
            let kinds: usize = facet.values.iter().map(|(_, count)| count).sum();
            prop_assert!(facet.name != "type" || kinds == hits.len());
        }
    }

    #[test]
    fn what_is_watched_moves_equals_only(entries in entries(), favourite in 0..20_usize) {
        let words = Words::parse("owl");
        let watched = |entry: &Entry| {
            if entry.id == format!("entry-{favourite}") { 1e9 } else { 0.0 }
        };
        let asked = Asked { typed: &words, synonyms: &[], watched: &|_| 0.0 };
        let plain = rank_all(&asked, entries.clone());
        let moved = rank_all(&Asked { watched: &watched, ..asked }, entries);
        let kinds = |hits: &[crate::domain::Ranked]| {
            hits.iter().map(|hit| hit.kind).collect::<Vec<_>>()
        };
        prop_assert_eq!(kinds(&plain), kinds(&moved), "exact stays before prefix before typo");
        prop_assert!(moved.is_sorted_by(|a, b| a.score >= b.score));
    }
}
