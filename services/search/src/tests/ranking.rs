//! The ranker by itself: what it promises on any titles.

use proptest::prelude::*;
use sv_ports::index::{Words, analysis};

use crate::domain::{Entry, EntryText, Field, Kind, MEND_BELOW, Ranked, facets, highlight, rank};

fn film(title: &str, year: i32, popularity: f64) -> Entry {
    Entry {
        id: format!("{title}-{year}"),
        kind: 1,
        title: title.into(),
        year,
        poster_url: String::new(),
        genres: Vec::new(),
        popularity,
        for_children: false,
        open: Vec::new(),
        airing: None,
        texts: vec![EntryText::new(Field::Title, title)],
    }
}

fn with(mut entry: Entry, field: Field, text: &str) -> Entry {
    entry.texts.push(EntryText::new(field, text));
    entry
}

fn ranked(query: &str, entries: Vec<Entry>) -> Vec<Ranked> {
    rank(&Words::parse(query), entries)
}

fn order(query: &str, entries: Vec<Entry>) -> Vec<String> {
    let ranked = ranked(query, entries).into_iter();
    ranked
        .map(|hit| format!("{} {}", hit.entry.title, hit.entry.year))
        .collect()
}

#[test]
fn whole_words_come_before_begun_ones_before_mended_ones_whatever_their_popularity() {
    let found = ranked(
        "alien",
        vec![
            film("Allen", 2000, 9e9),
            film("Aliens", 1986, 9e6),
            film("My Little Alien", 1999, 1.0),
        ],
    );
    let kinds: Vec<_> = found
        .iter()
        .map(|hit| (&*hit.entry.title, hit.kind))
        .collect();
    assert_eq!(
        kinds,
        [
            ("My Little Alien", Kind::Exact),
            ("Aliens", Kind::Prefix),
            ("Allen", Kind::Typo)
        ]
    );
}

#[test]
fn names_come_before_persons_before_anything_else() {
    let found = order(
        "kong",
        vec![
            with(film("Tagged", 1, 9e9), Field::Tag, "Kong"),
            with(film("Directed", 2, 9e6), Field::Person, "Kong Lee"),
            film("The Mighty Kong", 3, 0.0),
            with(film("Foreign", 4, 0.0), Field::OriginalTitle, "Kong"),
        ],
    );
    assert_eq!(
        found,
        ["Foreign 4", "The Mighty Kong 3", "Directed 2", "Tagged 1"]
    );
}

#[test]
fn words_where_they_belong_come_before_words_anywhere() {
    let found = order(
        "star wars",
        vec![
            film("Wars of the Star", 1, 9e9),
            film("A Star in the Wars", 2, 9e8),
            film("Star Crossed Wars", 3, 9e7),
            film("The Making of Star Wars", 4, 9e6),
            film("Star Wars Holiday", 5, 9e5),
            film("The Star Wars", 6, 9e4),
            film("Star Wars", 7, 0.0),
            with(film("Wars Apart", 8, 9e9), Field::OriginalTitle, "Star"),
        ],
    );
    assert_eq!(
        found,
        [
            "Star Wars 7",
            "A Star in the Wars 2",
            "The Star Wars 6",
            "Star Wars Holiday 5",
            "The Making of Star Wars 4",
            "Star Crossed Wars 3",
            "Wars of the Star 1",
            "Wars Apart 8",
        ]
    );
}

#[test]
fn a_begun_word_does_not_care_how_short_the_name_is() {
    let films = vec![
        film("Matrimony", 1, 1.0),
        film("The Matrix Reloaded", 2, 5.0),
        film("The Matrix", 3, 9.0),
    ];
    assert_eq!(order("matri", films.clone())[0], "The Matrix 3");
    assert_eq!(order("matrix", films)[0], "The Matrix 3");
}

#[test]
fn equals_are_ordered_by_popularity_then_title_then_newest_then_id() {
    let mut twin = film("Hamlet", 1990, 5.0);
    twin.id = "0".into();
    let films = vec![
        film("Hamlet", 1990, 5.0),
        film("Hamlet", 2000, 5.0),
        film("Hamlet", 1948, 7.0),
        twin,
    ];
    let found: Vec<_> = ranked("hamlet", films)
        .into_iter()
        .map(|hit| hit.entry.id)
        .collect();
    assert_eq!(found, ["Hamlet-1948", "Hamlet-2000", "0", "Hamlet-1990"]);
}

#[test]
fn mended_words_are_left_out_where_enough_was_found_without() {
    let mut films: Vec<Entry> = (0..5)
        .map(|n| film(&format!("Cars {n}"), 2000, 1.0))
        .collect();
    films.push(film("Bars", 2000, 9.0));
    assert_eq!(order("cars", films.clone()).len(), 5);
    films.remove(0);
    let found = order("cars", films);
    assert_eq!((found.len(), found[4].as_str()), (MEND_BELOW, "Bars 2000"));
}

#[test]
fn titles_with_some_of_the_words_come_only_where_none_has_all() {
    let films = vec![
        film("Harry Potter and the Goblet of Fire", 2005, 1.0),
        film("Harry Brown", 2009, 9e9),
        film("The Town", 2010, 1.0),
    ];
    let found = ranked("harry potter xyzzy", films.clone());
    assert_eq!(found.len(), 1, "those with the most words");
    assert_eq!(found[0].kind, Kind::Partial);
    assert_eq!(order("harry", films.clone()).len(), 2);
    assert!(
        order("the xyzzy", films).is_empty(),
        "a common word is not enough"
    );
}

#[test]
fn common_words_may_lack_and_are_missed() {
    let films = vec![
        film("Matrix", 1, 1.0),
        film("The Matrix", 2, 0.5),
        film("Matrix Wars", 3, 9.0),
    ];
    assert_eq!(
        order("the matrix", films),
        ["The Matrix 2", "Matrix 1", "Matrix Wars 3"]
    );
}

#[test]
fn the_text_that_was_met_is_shown() {
    let film = with(
        film("Pulp Fiction", 1994, 1.0),
        Field::Person,
        "Quentin Tarantino",
    );
    let film = with(film, Field::Synopsis, "Quentin and others");
    for (query, field, shown) in [
        ("pulp", Field::Title, "<em>Pulp</em> Fiction"),
        ("taran", Field::Person, "Quentin <em>Taran</em>tino"),
        (
            "quentin tarantino",
            Field::Person,
            "<em>Quentin</em> <em>Tarantino</em>",
        ),
        ("tarantino pulp", Field::Title, "<em>Pulp</em> Fiction"),
        ("others", Field::Synopsis, "Quentin and <em>others</em>"),
    ] {
        let hit = ranked(query, vec![film.clone()]).remove(0);
        let text = &hit.entry.texts[hit.text];
        assert_eq!(
            (text.field, &*highlight(&text.text, &hit.places)),
            (field, shown),
            "{query}"
        );
    }
}

#[test]
fn facets_count_exactly_what_was_found() {
    let genres = |entry: Entry, genres: &[&str]| Entry {
        genres: genres.iter().map(ToString::to_string).collect(),
        ..entry
    };
    let films = [
        genres(film("A", 1999, 0.0), &["Drama", "War", "Drama"]),
        genres(film("B", 1990, 0.0), &["Drama"]),
        genres(film("C", 0, 0.0), &[]),
    ];
    let found = facets(films.iter(), |_| "movie".into());
    let shown: Vec<_> = found.into_iter().map(|f| (f.name, f.values)).collect();
    let value = |name: &str, count| (name.to_owned(), count);
    assert_eq!(
        shown,
        [
            ("type", vec![value("movie", 3)]),
            ("genre", vec![value("Drama", 2), value("War", 1)]),
            ("decade", vec![value("1990", 2)]),
        ]
    );
}

/// Words that are near each other, so that all kinds of matches happen.
fn title() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "the",
        "of",
        "star",
        "stars",
        "start",
        "wars",
        "warsaw",
        "alien",
        "aliens",
        "aline",
        "man",
        "spider",
        "spiderman",
        "x",
        "2",
        "Amélie",
        "wall",
        "e",
    ]);
    prop::collection::vec(word, 1..5).prop_map(|words| words.join(" "))
}

fn films() -> impl Strategy<Value = Vec<Entry>> {
    let film =
        (title(), title(), 1900..1910, 0_u8..3).prop_map(|(name, person, year, popularity)| {
            with(
                film(&name, year, f64::from(popularity)),
                Field::Person,
                &person,
            )
        });
    prop::collection::vec(film, 0..12).prop_map(|films| {
        let numbered = films.into_iter().enumerate();
        numbered
            .map(|(n, film)| Entry {
                id: n.to_string(),
                ..film
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn exact_prefix_typo_partial_is_always_the_order(films in films(), query in title()) {
        let found = ranked(&query, films);
        prop_assert!(found.is_sorted_by_key(|hit| hit.kind));
        prop_assert!(found.is_sorted_by(|a, b| a.score >= b.score));
        prop_assert!(found.iter().all(|hit| (0.0..=1.0).contains(&hit.score)));
    }

    #[test]
    fn the_order_of_candidates_does_not_matter(films in films(), query in title()) {
        let mut turned = films.clone();
        turned.reverse();
        let ids = |found: Vec<Ranked>| found.into_iter().map(|hit| hit.entry.id).collect::<Vec<_>>();
        prop_assert_eq!(ids(ranked(&query, films)), ids(ranked(&query, turned)));
    }

    #[test]
    fn a_title_typed_in_full_comes_first(films in films(), at in 0_usize..12) {
        prop_assume!(at < films.len());
        let typed = films[at].title.clone();
        let found = ranked(&typed, films);
        prop_assert_eq!(found[0].kind, Kind::Exact);
        let joined = |line: &str| line.replace([' ', '-'], "");
        let same = joined(&analysis::normal(&typed));
        let first = &found[0].entry;
        prop_assert_eq!(joined(&first.texts[0].line), same);
    }

    #[test]
    fn a_title_is_found_by_every_beginning_of_it(name in title(), cut in 1_usize..20) {
        let typed: String = name.chars().take(cut).collect();
        let found = ranked(&typed, vec![film(&name, 2000, 0.0)]);
        prop_assert_eq!(found.len(), 1, "{:?} by {:?}", name, typed);
        prop_assert!(found[0].kind <= Kind::Prefix);
    }
}
