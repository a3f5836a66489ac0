//! Looking around: pages that neither skip nor repeat while titles are added, filters, and what is found while a word
//! is typed (CAT-1, API-2, SRCH-2, X-SR-1).

use serde_json::{Value, json};

use crate::harness::{Answer, Client, Deployment};

fn titles(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap().iter();
    items
        .filter_map(|item| item["title"].as_str().map(ToOwned::to_owned))
        .collect()
}

fn make(editor: &Client, title: &str, genre: &str, year: u16) {
    let film = json!({
        "title": title, "status": "published", "monetization": "avod", "genres": [genre],
        "releaseDate": format!("{year}-05-01"), "maturityRating": "PG",
    });
    editor.post("/admin/ondemand/movies", &film).data(201);
}

fn walk(deployment: &Deployment) {
    let mut editor = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    editor.login(&email, &password);
    let mut viewer = Client::new(&deployment.edge);
    viewer.register("ana@example.org");
    read_while_titles_are_added(&editor, &viewer);
    filter(&viewer);
    type_a_word(&editor, &viewer);
}

/// Every title that was there from the beginning to the end is read once, in order.
fn read_while_titles_are_added(editor: &Client, viewer: &Client) {
    let names: Vec<_> = (10..22_u16).map(|n| format!("Harbour {n}")).collect();
    for (n, name) in (0_u16..).zip(&names) {
        make(
            editor,
            name,
            if n % 2 == 0 { "Sea" } else { "Land" },
            2000 + n,
        );
    }
    for prefix in ["", "/client"] {
        let mut read = Vec::new();
        let mut token = String::new();
        loop {
            let path = format!("{prefix}/ondemand/movies?pageSize=3&pageToken={token}");
            let page = viewer.get(&path).data(200);
            read.extend(titles(&page));
            page["nextPageToken"]
                .as_str()
                .unwrap()
                .clone_into(&mut token);
            if token.is_empty() {
                break;
            }
            // One before where the reader stands, and one behind.
            let n = read.len();
            make(
                editor,
                &format!("Harbour 0{n}{}", prefix.len()),
                "Sky",
                1950,
            );
            make(
                editor,
                &format!("Harbour 9{n}{}", prefix.len()),
                "Sky",
                1950,
            );
        }
        let ours: Vec<_> = read.iter().filter(|title| names.contains(title)).collect();
        assert_eq!(ours, names.iter().collect::<Vec<_>>(), "{read:?}");
        let mut once = read.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), read.len(), "{read:?}");
        let late = read.iter().filter(|title| title.starts_with("Harbour 9"));
        assert!(
            late.count() > 1,
            "what comes behind the reader is read: {read:?}"
        );
    }
}

fn filter(viewer: &Client) {
    let path =
        "/ondemand/movies?genre=sea&yearFrom=2004&yearTo=2008&orderBy=-release_date&withTotal=true";
    let found = viewer.get(path).data(200);
    assert_eq!(titles(&found), ["Harbour 18", "Harbour 16", "Harbour 14"]);
    assert_eq!(found["total"], 3);
    let none = viewer.get("/ondemand/movies?maturityRating=R&withTotal=true");
    assert_eq!(none.data(200)["total"], 0);
}

/// Whatever of the word is typed, its titles come first, a slip of the finger included.
fn type_a_word(editor: &Client, viewer: &Client) {
    for title in ["Combat", "Abbess", "Batman", "Batman on the Quay"] {
        make(editor, title, "Action", 1990);
    }
    let batman = |answer: &Answer| {
        let found = titles(&answer.json()["data"]);
        found.len() >= 2 && found[..2].iter().all(|title| title.starts_with("Batman"))
    };
    viewer.until("/search/global?q=batman%20on", |answer| {
        answer.status == 200
            && titles(&answer.json()["data"]).contains(&"Batman on the Quay".to_owned())
    });
    for typed in [
        "b", "ba", "bat", "batm", "batma", "batman", "batmn", "batmna",
    ] {
        let found = viewer.get(&format!("/search/global?q={typed}"));
        found.data(200);
        assert!(batman(&found), "{typed}: {}", found.text());
    }
}

#[test]
fn pages_neither_skip_nor_repeat_and_a_word_is_found_while_it_is_typed() {
    walk(&Deployment::start(&["all"], &[]));
}

#[test]
fn search_and_catalogue_in_processes_of_their_own_are_the_same() {
    walk(&Deployment::start(
        &["content", "search", "others", "edge"],
        &[],
    ));
}

/// SEC-4, SRCH-7, API-8: the headers count down, and who has used all is told when to come back.
#[test]
fn a_caller_sees_its_rate_run_out_and_when_it_is_full_again() {
    let few = [("STREAMVERSE_EDGE__RATES__DEFAULT__ADDRESS", "4".to_owned())];
    let deployment = Deployment::start(&["all"], &few);
    let stranger = Client::new(&deployment.edge);
    let number = |answer: &Answer, name: &str| answer.header(name).parse::<i64>().unwrap();
    for left in (0..4).rev() {
        let answer = stranger.get("/client/subscriptions");
        answer.data(200);
        assert_eq!(number(&answer, "x-ratelimit-limit"), 4);
        assert_eq!(number(&answer, "x-ratelimit-remaining"), left);
    }
    let refused = stranger.get("/subscriptions");
    refused.refused(429, "RATE_LIMITED");
    let wait = number(&refused, "retry-after");
    assert!((1..=60).contains(&wait), "{refused:?}");
    // Who is signed in has a budget of its own.
    let mut ana = stranger.clone();
    ana.register("ana@example.org");
    ana.get("/subscriptions").data(200);
}
