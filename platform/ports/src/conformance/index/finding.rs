//! What is found.

use std::collections::BTreeMap;

use super::{found, ids, named, put, put_quietly, query};
use crate::index::{Document, Filter, Index, MAX_CANDIDATES, Query, Text, Weight};

/// Words are found in names, persons and descriptions, whole and begun, all of them together.
pub async fn words_find_documents(index: &dyn Index) {
    let mut alien = named("alien", 1, "Alien");
    alien.texts.push(Text::new(Weight::Person, "Ridley Scott"));
    alien
        .texts
        .push(Text::new(Weight::About, "Science Fiction"));
    put(index, [alien, named("aliens", 1, "Aliens")]).await;
    for (text, expected) in [
        ("alien", vec!["alien", "aliens"]),
        ("ALIENS", vec!["aliens"]),
        ("ali", vec!["alien", "aliens"]),
        ("ridley sco", vec!["alien"]),
        ("scott ridley", vec!["alien"]),
        ("alien fiction scott", vec!["alien"]),
        ("the alien of science", vec!["alien"]),
        ("lien", vec!["alien", "aliens"]),
        ("aline", vec!["alien", "aliens"]),
        ("scot alienn", vec!["alien"]),
        ("predator", vec![]),
        ("xyzzy", vec![]),
    ] {
        assert_eq!(ids(index, &query(text)).await, expected, "{text}");
    }
    // Of a number that is typed, names go on and years do not; without all words some are found.
    let mut sequel = named("sequel", 1, "Quasar 20");
    sequel.texts.push(Text::new(Weight::About, "1999"));
    let mut early = named("early", 1, "Early Quasar");
    early.texts.push(Text::new(Weight::About, "2001"));
    put(index, [sequel, early]).await;
    for (text, expected) in [
        ("quasar 2", vec!["sequel"]),
        ("quasar 200", vec!["early", "sequel"]),
        ("quasar 2001", vec!["early"]),
    ] {
        assert_eq!(ids(index, &query(text)).await, expected, "{text}");
    }
    let hit = found(index, &query("aliens")).await.remove(0);
    assert_eq!(hit.version, 1);
    assert_eq!(hit.payload, "Aliens");
}

/// Diacritics, ligatures, punctuation and spaces do not matter (X-SR-1).
pub async fn every_spelling_finds_a_document(index: &dyn Index) {
    let names = [
        ("leon", "Léon"),
        ("coeur", "De battre mon cœur s'est arrêté"),
        ("walle", "WALL·E"),
        ("www", "WWW-234"),
        ("spider", "Spider-Man"),
        ("mash", "M*A*S*H"),
        ("furious", "Fast & Furious"),
        ("chihiro", "千と千尋の神隠し"),
        ("ghost", "攻殻機動隊"),
        ("glass", "ガラスの城"),
        ("siam", "รักแห่งสยาม"),
        ("city", "المدينة"),
        ("money", "$"),
        ("cpp", "C++"),
    ];
    put(index, names.map(|(id, name)| named(id, 1, name))).await;
    for (text, expected) in [
        ("leon", "leon"),
        ("LÉON", "leon"),
        ("Le\u{301}on", "leon"),
        ("coeur arrete", "coeur"),
        ("CŒUR s’est", "coeur"),
        ("wall e", "walle"),
        ("wall-e", "walle"),
        ("walle", "walle"),
        ("WALL·E", "walle"),
        ("www 234", "www"),
        ("www234", "www"),
        ("spiderman", "spider"),
        ("spider man", "spider"),
        ("mash", "mash"),
        ("m.a.s.h.", "mash"),
        ("fast and furious", "furious"),
        ("fast & furi", "furious"),
        ("千尋", "chihiro"),
        ("千と千尋の神隠し", "chihiro"),
        ("神隠", "chihiro"),
        ("神", "chihiro"),
        ("機動隊", "ghost"),
        ("机动队", "ghost"),
        ("千寻", "chihiro"),
        ("がらす", "glass"),
        ("ｶﾞﾗｽ", "glass"),
        ("สยาม", "siam"),
        ("แห่งส", "siam"),
        ("مدينة", "city"),
        ("المدينة", "city"),
        ("المد", "city"),
        ("$", "money"),
        ("c++", "cpp"),
        ("c+", "cpp"),
    ] {
        assert_eq!(ids(index, &query(text)).await, [expected], "{text}");
    }
    let reversed = ids(index, &query("尋千")).await;
    assert!(reversed.is_empty(), "the order of Han characters counts");
}

/// No input breaks a query, and nothing in it is syntax.
pub async fn queries_without_sense_are_answered(index: &dyn Index) {
    put(index, [named("a", 1, "Alien")]).await;
    for text in [
        "",
        "   ",
        "*",
        "a* OR b",
        "\"",
        "\\",
        "alien\0",
        "name:alien~2",
        "{\"match_all\":{}}",
        "../../etc/passwd",
        "' OR 1=1 --",
        "%",
        "_____",
        "🎬",
        "\u{202e}neila",
        "[a-z]*",
        "(((((",
    ] {
        index.candidates(&query(text)).await.unwrap();
    }
    for text in ["_lien", "a%", "al?en"] {
        // Were these wildcards, they would match as exact words do.
        let none = Query {
            mend_below: 0,
            ..query(text)
        };
        let found = ids(index, &none).await;
        assert!(found.is_empty() || text == "a%", "{text} found {found:?}");
    }
    let long = "a".repeat(10_000);
    assert!(ids(index, &query(&long)).await.is_empty());
    put(index, [named("long", 1, &long)]).await;
    assert_eq!(ids(index, &query(&long)).await, ["long"], "cut alike");
}

/// Facets and numbers narrow what is found.
pub async fn filters_hold(index: &dyn Index) {
    let film = |id: &str, year, genres: &[&str]| {
        let mut film = named(id, 1, "King Kong");
        film.numbers = BTreeMap::from([("year".into(), year)]);
        let genres = genres.iter().map(ToString::to_string).collect();
        film.facets = BTreeMap::from([
            ("type".into(), vec!["movie".into()]),
            ("genre".into(), genres),
        ]);
        film
    };
    let old = film("1933", 1933, &["Adventure", "Horror"]);
    let new = film("2005", 2005, &["Action/Thriller", "Adventure"]);
    put(index, [old, new, named("other", 1, "King Kong")]).await;

    let facet = |name: &str, values: &[&str]| {
        let values = values.iter().map(ToString::to_string).collect();
        Filter {
            facets: BTreeMap::from([(name.into(), values)]),
            ..Filter::default()
        }
    };
    let years = |range| Filter {
        numbers: BTreeMap::from([("year".into(), range)]),
        ..Filter::default()
    };
    let both = Filter {
        numbers: years(1900..=1950).numbers,
        ..facet("genre", &["Adventure"])
    };
    for (filter, expected) in [
        (Filter::default(), vec!["1933", "2005", "other"]),
        (facet("type", &["movie"]), vec!["1933", "2005"]),
        (facet("type", &["series"]), vec![]),
        (
            facet("genre", &["Horror", "Action/Thriller"]),
            vec!["1933", "2005"],
        ),
        (facet("genre", &["Horror"]), vec!["1933"]),
        (facet("genre", &[]), vec![]),
        (years(1933..=1933), vec!["1933"]),
        (years(1934..=2004), vec![]),
        (years(2005..=i64::MAX), vec!["2005"]),
        (years(i64::MIN..=2005), vec!["1933", "2005"]),
        (both, vec!["1933"]),
    ] {
        let asked = Query {
            filter: filter.clone(),
            ..query("kong")
        };
        assert_eq!(ids(index, &asked).await, expected, "{filter:?}");
    }
}

/// Where too many fit, the nearer and the higher ranked are kept.
pub async fn the_best_candidates_are_kept(index: &dyn Index) {
    let ranked = |id: String, name: &str, rank: f64| Document {
        rank,
        ..named(&id, 1, name)
    };
    let mut documents = vec![
        ranked("is".into(), "The Star", 0.0),
        ranked("begins".into(), "Star Wars", 1.0),
        ranked("has".into(), "Morning Star", 2.0),
    ];
    let mut person = ranked("person".into(), "Nobody", 3.0);
    person.texts.push(Text::new(Weight::Person, "Ringo Star"));
    documents.push(person);
    for n in 0..300 {
        documents.push(ranked(
            format!("go{n}"),
            &format!("Stargaze {n}"),
            1000.0 + f64::from(n),
        ));
        let mut about = ranked(format!("about{n}"), &format!("Tale {n}"), 2000.0);
        about.texts.push(Text::new(Weight::About, "Starring many"));
        documents.push(about);
    }
    put(index, documents).await;

    let found = ids(index, &query("star")).await;
    assert_eq!(found.len(), MAX_CANDIDATES);
    for id in ["is", "begins", "has", "person", "go299", "go150"] {
        assert!(found.contains(&id.to_owned()), "{id} of {found:?}");
    }
    assert!(
        !found.contains(&"go0".to_owned()),
        "the lowest ranked gives way"
    );
    assert!(!found.iter().any(|id| id.starts_with("about")));

    for n in 0..250 {
        put_quietly(
            index,
            ranked(format!("star{n}"), &format!("Lone Star {n}"), 50.0),
        )
        .await;
    }
    index.commit(&[]).await.unwrap();
    let found = ids(index, &query("star")).await;
    assert_eq!(found.len(), MAX_CANDIDATES);
    for id in ["is", "begins"] {
        assert!(found.contains(&id.to_owned()), "{id}");
    }
    assert!(
        !found.iter().any(|id| id.starts_with("go")),
        "whole words before begun ones"
    );
}

/// Mended words are looked for while too little was found.
pub async fn mended_words_come_only_when_needed(index: &dyn Index) {
    let names = ["Cars", "Carts", "Bars", "Fahrenheit"];
    put(index, names.map(|name| named(name, 1, name))).await;
    let mended = |text, mend_below| Query {
        mend_below,
        ..query(text)
    };
    assert_eq!(ids(index, &mended("cars", 1)).await, ["Cars"]);
    assert_eq!(
        ids(index, &mended("cars", 2)).await,
        ["Bars", "Cars", "Carts"]
    );
    for (text, hits) in [
        ("fahrenhiet", 1),
        ("farenheit", 1),
        ("fahrrenheitt", 1),
        ("farenhiet", 1),
        ("farrenhiett", 0),
        ("fahrnh", 1),
        ("bra", 0),
        ("brs", 0),
    ] {
        assert_eq!(ids(index, &query(text)).await.len(), hits, "{text}");
    }
}

/// If no document has all words, those with the most are found, but not by common words alone.
pub async fn as_many_words_as_possible(index: &dyn Index) {
    let names = [
        "Harry Potter and the Goblet of Fire",
        "Harry Brown",
        "Dirty Harry",
        "The Town",
    ];
    put(index, names.map(|name| named(name, 1, name))).await;
    assert_eq!(ids(index, &query("harry poter zzz")).await, [names[0]]);
    assert_eq!(ids(index, &query("harry zzz")).await.len(), 3);
    assert!(ids(index, &query("the zzz")).await.is_empty());
    assert_eq!(ids(index, &query("the zzz town")).await, [names[3]]);
}
