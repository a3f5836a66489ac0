//! What REST callers may count on everywhere: lists, filters, bodies, letters.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use serde_json::{Value, json};

use crate::harness::{Client, Deployment};

/// Starts the program with the demonstration's titles, and signs an administrator in.
fn editor() -> (Deployment, Client) {
    let deployment = Deployment::start(&["all"], &[("STREAMVERSE_SERVER__DEMO", "true".into())]);
    let mut editor = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    editor.login(&email, &password);
    // All of them: lists are compared.
    deployment.until_logged("demonstration titles loaded");
    (deployment, editor)
}

fn titles(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap();
    let name = |item: &Value| item["title"].as_str().unwrap().to_owned();
    items.iter().map(name).collect()
}

#[test]
fn every_list_is_read_by_limit_and_offset_too() {
    let (_deployment, editor) = editor();
    for list in ["/ondemand/movies", "/admin/ondemand/movies"] {
        let all = titles(&editor.get(&format!("{list}?pageSize=5")).data(200));
        let part = editor.get(&format!("{list}?limit=2&offset=2")).data(200);
        assert_eq!(titles(&part), all[2..4], "{list}");
        // The token goes on from there.
        let token = part["nextPageToken"].as_str().unwrap();
        let next = editor
            .get(&format!("{list}?limit=1&pageToken={token}"))
            .data(200);
        assert_eq!(titles(&next), all[4..5], "{list}");
        let far = editor.get(&format!("{list}?offset=10000")).data(200);
        assert!(titles(&far).is_empty(), "{list}");
    }
    let series = json!({"title": "Tides", "status": "published"});
    let series = editor.post("/admin/ondemand/series", &series).data(201);
    let episodes = format!(
        "/ondemand/series/{}/episodes",
        series["id"].as_str().unwrap()
    );
    for list in [
        "/ondemand/movies",
        "/ondemand/series",
        &episodes,
        "/admin/ondemand/movies",
        "/admin/ondemand/series",
        "/admin/ondemand/episodes",
        "/users/profiles",
        "/subscriptions",
        "/livetv/channels",
        "/admin/livetv/channels",
        "/livetv/epg",
        "/users/subscriptions",
    ] {
        editor.get(&format!("{list}?limit=1&offset=0")).data(200);
        for contradiction in ["limit=1&pageSize=2", "offset=1&pageToken=abc"] {
            editor
                .get(&format!("{list}?{contradiction}"))
                .refused(400, "PAGE_INVALID");
        }
        for bound in ["offset=10001", "offset=-1", "limit=-1"] {
            editor
                .get(&format!("{list}?{bound}"))
                .refused(400, "VALIDATION_FAILED");
        }
    }
    let plans = editor.get("/subscriptions?limit=1&offset=1").data(200);
    assert_eq!(plans["items"][0]["code"], "standard", "{plans}");
}

#[test]
fn an_empty_filter_is_no_filter_and_signs_are_taken_as_they_are() {
    let (_deployment, editor) = editor();
    let all = titles(&editor.get("/ondemand/movies").data(200));
    for nothing in [
        "genre=",
        "genre=&genre=",
        "maturityRating=",
        "monetization=",
    ] {
        let found = titles(&editor.get(&format!("/ondemand/movies?{nothing}")).data(200));
        assert_eq!(found, all, "{nothing}");
    }
    for title in ["100% Wolf", "100 Metros"] {
        editor
            .post("/admin/ondemand/movies", &json!({"title": title}))
            .data(201);
    }
    for (prefix, found) in [
        ("100%25", &["100% Wolf"][..]),
        ("%25", &[]),
        ("_", &[]),
        ("100", &["100 Metros", "100% Wolf"]),
    ] {
        let list = format!("/admin/ondemand/movies?titlePrefix={prefix}&withTotal=true");
        let list = editor.get(&list).data(200);
        assert_eq!(titles(&list), found, "{prefix}");
        assert_eq!(list["total"], found.len(), "{prefix}");
    }
}

#[test]
fn a_body_that_names_another_item_than_the_path_is_refused() {
    let (_deployment, editor) = editor();
    let make = |name: &str| {
        let made = editor
            .post("/users/profiles", &json!({"name": name}))
            .data(201);
        made["id"].as_str().unwrap().to_owned()
    };
    let (mine, other) = (make("Ana"), make("Bo"));
    for method in ["PUT", "PATCH"] {
        let path = format!("/users/profiles/{mine}");
        let send = |id: &str| {
            let body = json!({"id": id, "name": "Cy"});
            editor.call(method, &path, Some(body.to_string().as_bytes()), &[])
        };
        let told = send(&other).refused(400, "VALIDATION_FAILED");
        assert_eq!(told["details"]["violations"][0]["field"], "id", "{told}");
        assert_eq!(send(&mine).data(200)["id"], mine.as_str());
        assert_eq!(send(&mine.to_uppercase()).data(200)["id"], mine.as_str());
    }
    let names = editor.get("/users/profiles").data(200);
    assert!(
        names["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["name"] == "Bo")
    );
    let film = editor
        .post("/admin/ondemand/movies", &json!({"title": "Alien"}))
        .data(201);
    let path = format!("/admin/ondemand/movies/{}", film["id"].as_str().unwrap());
    let body = json!({"id": other, "title": "Aliens"});
    editor.put(&path, &body).refused(400, "VALIDATION_FAILED");
}

#[test]
fn a_score_beyond_its_scale_is_refused() {
    let (_deployment, editor) = editor();
    for (value, scale, status) in [
        (8.5, 10, 201),
        (11.0, 10, 400),
        (-1.0, 10, 400),
        (71.0, 100, 201),
    ] {
        let score = json!({"source": "imdb", "value": value, "scale": scale});
        let film = json!({"title": "Alien", "scores": [score]});
        let answer = editor.post("/admin/ondemand/movies", &film);
        assert_eq!(answer.status, status, "{value} of {scale}");
    }
}

#[test]
fn letters_of_a_query_are_read_as_they_are_typed() {
    let (deployment, editor) = editor();
    let _ = editor.get("/search/global?q=am%C3%A9lie").data(200);
    let address = deployment.edge.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    let line = "GET /ondemand/movies?genre=com\u{e9}die&limit=1 HTTP/1.1";
    write!(
        stream,
        "{line}\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    // Nobody is signed in on this connection: what counts is that the query was read.
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
}

#[test]
fn a_drafts_poster_is_not_public() {
    let (deployment, editor) = editor();
    // The clips come after the titles.
    deployment.until_logged("demonstration clips loaded");
    let films = editor.get("/ondemand/movies?pageSize=100").data(200);
    let has_poster = |film: &&Value| {
        let id = film["id"].as_str().unwrap();
        editor.get(&format!("/stream/poster/{id}")).status == 200
    };
    let Some(film) = films["items"].as_array().unwrap().iter().find(has_poster) else {
        panic!("the demonstration has no poster");
    };
    let id = film["id"].as_str().unwrap();
    let draft = json!({"status": "draft"});
    let path = format!("/admin/ondemand/movies/{id}");
    let draft = draft.to_string();
    let changed = editor.call("PATCH", &path, Some(draft.as_bytes()), &[]);
    assert_eq!(changed.status, 200);
    let hidden = editor
        .signed_out()
        .until(&format!("/stream/poster/{id}"), |answer| {
            answer.status == 404
        });
    hidden.refused(404, "MEDIA_NOT_FOUND");
}
