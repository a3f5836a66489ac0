//! The home page and the genres (CAT-17).

use serde_json::{Value, json};

use crate::harness::{Client, Deployment};

fn titles(row: &Value) -> Vec<&str> {
    let items = row["items"].as_array().unwrap().iter();
    items.filter_map(|item| item["title"].as_str()).collect()
}

#[test]
fn a_viewer_begins_with_rows_and_a_child_with_its_own() {
    let deployment = Deployment::start(&["all"], &[]);
    let mut editor = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    editor.login(&email, &password);
    let mut viewer = Client::new(&deployment.edge);
    viewer.register("ana@example.org");
    assert_eq!(viewer.get("/content/home").data(200)["rows"], json!([]));

    for (title, rating, score) in [
        ("Gentle", "G", 5.0),
        ("Grim", "R", 9.0),
        ("Gross", "R", 1.0),
    ] {
        let film = json!({
            "title": title, "maturityRating": rating, "status": "published", "genres": ["Drama"],
            "scores": [{"source": "imdb", "value": score, "scale": 10}],
        });
        editor.post("/admin/ondemand/movies", &film).data(201);
    }
    let home = viewer.get("/content/home?rowSize=1").data(200);
    let rows = home["rows"].as_array().unwrap();
    let kinds: Vec<_> = rows
        .iter()
        .map(|row| row["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["new", "top", "genre"], "{home}");
    assert_eq!(rows[2]["genre"], "Drama");
    let all: Vec<&str> = rows.iter().flat_map(titles).collect();
    assert_eq!(all, ["Gross", "Grim", "Gentle"]);
    let genres = viewer.get("/ondemand/genres").data(200);
    assert_eq!(genres["items"], json!([{"name": "Drama", "titleCount": 3}]));

    let child = json!({"name": "Kim", "isKids": true});
    let child = viewer.post("/users/profiles", &child).data(201);
    let child = [("x-profile-id", child["id"].as_str().unwrap())];
    let home = viewer.call("GET", "/content/home", None, &child).data(200);
    assert_eq!(home["rows"].as_array().unwrap().len(), 1);
    assert_eq!(titles(&home["rows"][0]), ["Gentle"]);
    let genres = viewer.call("GET", "/ondemand/genres", None, &child);
    assert_eq!(genres.data(200)["items"][0]["titleCount"], 1);
    viewer
        .get("/content/home?rowSize=51")
        .refused(400, "VALIDATION_FAILED");
}
