//! The home page, films and series together, and the genres (CAT-17).

use serde_json::{Value, json};

use super::thread::demo_title;
use crate::harness::{Client, Deployment};

fn titles(row: &Value) -> Vec<&str> {
    let items = row["items"].as_array().unwrap().iter();
    items.filter_map(|item| item["title"].as_str()).collect()
}

fn kinds(home: &Value) -> Vec<&str> {
    let rows = home["rows"].as_array().unwrap().iter();
    rows.filter_map(|row| row["kind"].as_str()).collect()
}

#[test]
fn a_viewer_begins_with_rows_and_a_child_with_its_own() {
    let deployment = Deployment::start(&["all"], &[]);
    let mut editor = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    editor.login(&email, &password);
    let mut viewer = Client::new(&deployment.edge);
    viewer.register("ana@example.org");
    let home = viewer.get("/content/home").data(200);
    assert_eq!(home, json!({"rows": [], "degraded": false}));

    for (title, rating, score) in [
        ("Gentle", "G", 5.0),
        ("Grim", "R", 9.0),
        ("Gross", "R", 1.0),
    ] {
        let film = json!({
            "title": title, "maturityRating": rating, "status": "published", "genres": ["Drama & Sea"],
            "scores": [{"source": "imdb", "value": score, "scale": 10}],
        });
        editor.post("/admin/ondemand/movies", &film).data(201);
    }
    let home = viewer.get("/content/home?rowSize=1").data(200);
    assert_eq!(kinds(&home), ["new", "top", "genre"], "{home}");
    let rows = home["rows"].as_array().unwrap();
    assert_eq!(rows[2]["genre"], "Drama & Sea");
    let all: Vec<&str> = rows.iter().flat_map(titles).collect();
    assert_eq!(all, ["Gross", "Grim", "Grim"]);
    // What a row names lists the rest of it.
    let token = rows[2]["nextPageToken"].as_str().unwrap();
    let more = format!("{}&pageToken={token}", rows[2]["more"].as_str().unwrap());
    assert_eq!(titles(&viewer.get(&more).data(200)), ["Gentle", "Gross"]);
    let genres = viewer.get("/ondemand/genres").data(200);
    let drama = json!([{"name": "Drama & Sea", "titleCount": 3}]);
    assert_eq!(genres["items"], drama);

    let child = json!({"name": "Kim", "isKids": true});
    let child = viewer.post("/users/profiles", &child).data(201);
    let child = [("x-profile-id", child["id"].as_str().unwrap())];
    let get = |path: &str| viewer.call("GET", path, None, &child).data(200);
    let home = get("/content/home");
    assert_eq!(kinds(&home), ["new", "top", "genre"], "{home}");
    for row in home["rows"].as_array().unwrap() {
        assert_eq!(titles(row), ["Gentle"]);
        let list = get(row["more"].as_str().unwrap());
        assert_eq!(titles(&list), ["Gentle"]);
    }
    assert_eq!(get("/ondemand/genres")["items"][0]["titleCount"], 1);
    viewer
        .get("/content/home?rowSize=51")
        .refused(400, "VALIDATION_FAILED");
}

#[test]
fn what_a_profile_has_chosen_stands_above_what_all_see() {
    let deployment = Deployment::start(&["all"], &[("STREAMVERSE_SERVER__DEMO", "true".into())]);
    let film = demo_title(&deployment);
    let mut ana = Client::new(&deployment.edge);
    ana.register("ana@example.org");
    ana.post("/users/subscriptions", &json!({"planId": "standard"}))
        .data(201);
    let play = ana.get(&format!("/play/ondemand/{}", film.id)).data(200);
    let beat = format!(
        "/play/sessions/{}/heartbeat",
        play["sessionId"].as_str().unwrap()
    );
    ana.post(&beat, &json!({"positionSeconds": 12})).data(200);
    let chosen = json!({"contentId": film.id});
    ana.post("/users/watchlist", &chosen).data(200);

    let home = ana.get("/content/home").data(200);
    assert_eq!(
        kinds(&home)[..3],
        ["continue", "watchlist", "new"],
        "{home}"
    );
    assert_eq!(home["degraded"], false);
    for row in &home["rows"].as_array().unwrap()[..2] {
        assert_eq!(titles(row), [film.title.as_str()]);
        ana.get(row["more"].as_str().unwrap()).data(200);
    }
    let progress = &home["rows"][0]["items"][0]["progress"];
    assert_eq!(progress["positionSeconds"], 12, "{home}");
}
