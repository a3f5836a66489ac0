//! Search from the editor's desk to the viewer: synonyms, pins, what was looked for in vain, collections (X-SR-1).

use serde_json::{Value, json};

use crate::harness::{Answer, Client, Deployment};

fn titles(answer: &Value) -> Vec<&str> {
    let items = answer["items"].as_array().unwrap().iter();
    items.filter_map(|item| item["title"].as_str()).collect()
}

fn finds(expected: &'static [&str]) -> impl Fn(&Answer) -> bool {
    move |answer| answer.status == 200 && titles(&answer.json()["data"]) == expected
}

/// An editor with two films, one of them for grown-ups, and a household with a child.
struct Desk {
    editor: Client,
    viewer: Client,
    ids: [String; 2],
    /// The child's profile.
    child: String,
    _deployment: Deployment,
}

impl Desk {
    fn new() -> Self {
        let deployment = Deployment::start(&["all"], &[]);
        let mut editor = Client::new(&deployment.edge);
        let (email, password) = deployment.admin();
        editor.login(&email, &password);
        let mut viewer = Client::new(&deployment.edge);
        viewer.register("ana@example.org");
        let films = [("Harbour Lights", "G"), ("Harbour of Knives", "R")];
        let ids = films.map(|(title, rating)| {
            let film = json!({"title": title, "maturityRating": rating, "status": "published"});
            let film = editor.post("/admin/ondemand/movies", &film).data(201);
            film["id"].as_str().unwrap().to_owned()
        });
        let child = json!({"name": "Kim", "isKids": true});
        let child = viewer.post("/users/profiles", &child).data(201);
        Self {
            child: child["id"].as_str().unwrap().to_owned(),
            editor,
            viewer,
            ids,
            _deployment: deployment,
        }
    }
}

#[test]
fn an_editor_says_what_words_mean_and_what_comes_first_and_hears_what_was_looked_for_in_vain() {
    let mut desk = Desk::new();
    let viewer = &mut desk.viewer;
    viewer.until(
        "/search/global?q=harbour",
        finds(&["Harbour Lights", "Harbour of Knives"]),
    );
    assert_eq!(viewer.get("/search/global?q=marina").data(200)["total"], 0);
    let meant = viewer.get("/search/global?q=harbuor%20lihgts").data(200);
    assert_eq!(meant["suggestion"], "Harbour Lights");
    words_mean_the_same(&mut desk);
    pinned_titles_come_first(&mut desk);
    collections_are_found(&mut desk);
    vain_searches_are_told(&mut desk);
}

fn words_mean_the_same(desk: &mut Desk) {
    let Desk { editor, viewer, .. } = desk;
    let synonyms = "/admin/search/synonyms";
    let same = json!({"words": ["marina", "Harbour"]});
    viewer
        .post(synonyms, &same)
        .refused(403, "PERMISSION_DENIED");
    editor
        .post(synonyms, &json!({"words": ["one", "ONE"]}))
        .refused(422, "TUNING_INVALID");
    let same = editor.post(synonyms, &same).data(201);
    viewer.until(
        "/search/global?q=marina",
        finds(&["Harbour Lights", "Harbour of Knives"]),
    );
    let path = format!("{synonyms}/{}", same["id"].as_str().unwrap());
    assert_eq!(
        editor.get(&path).data(200)["words"],
        json!(["marina", "Harbour"])
    );
    assert_eq!(editor.get(synonyms).data(200)["items"][0]["id"], same["id"]);
    let one_way = json!({"words": ["marina", "harbour"], "oneWay": true, "language": "nb"});
    let changed = editor.put(&path, &one_way).data(200);
    assert_eq!(changed["version"], 2);
    viewer.until("/search/global?q=marina", finds(&[]));
}

/// A child and filters are heeded.
fn pinned_titles_come_first(desk: &mut Desk) {
    let Desk {
        editor,
        viewer,
        ids,
        child,
        ..
    } = desk;
    let child = [("x-profile-id", child.as_str())];
    let pins = "/admin/search/pins";
    let pin = json!({"q": "harbour", "contentIds": [ids[1], ids[0]]});
    let pin = editor.post(pins, &pin).data(201);
    viewer.until(
        "/search/global?q=harbour",
        finds(&["Harbour of Knives", "Harbour Lights"]),
    );
    let first = viewer.get("/search/global?q=harbour").data(200)["items"][0].clone();
    assert_eq!(
        (&first["pinned"], &first["match"]),
        (&json!(true), &json!("exact"))
    );
    let found = viewer
        .call("GET", "/search/global?q=harbour", None, &child)
        .data(200);
    assert_eq!(
        (titles(&found), &found["total"]),
        (vec!["Harbour Lights"], &json!(1))
    );
    let again = json!({"q": "Harbour!", "contentIds": [ids[0]]});
    editor.post(pins, &again).refused(409, "PIN_EXISTS");
    let path = format!("{pins}/{}", pin["id"].as_str().unwrap());
    editor.delete(&path).data(200);
    editor.get(&path).refused(404, "PIN_NOT_FOUND");
    viewer.until(
        "/search/global?q=harbour",
        finds(&["Harbour Lights", "Harbour of Knives"]),
    );
}

/// By their names in any language, by who sees a title of them.
fn collections_are_found(desk: &mut Desk) {
    let Desk {
        editor,
        viewer,
        ids,
        child,
        ..
    } = desk;
    let child = [("x-profile-id", child.as_str())];
    let collection = json!({
        "title": "By the Water", "status": "published", "itemIds": [ids[1]],
        "translations": [{"language": "nb", "title": "Ved vannet"}],
    });
    editor
        .post("/admin/ondemand/collections", &collection)
        .data(201);
    viewer.until(
        "/search/global?q=ved%20vannet&type=collection",
        finds(&["By the Water"]),
    );
    let found = viewer
        .call("GET", "/search/global?q=vannet", None, &child)
        .data(200);
    assert_eq!(found["total"], 0, "its only title is not for children");
}

/// Once the viewer has gone on to something else.
fn vain_searches_are_told(desk: &mut Desk) {
    let Desk { editor, viewer, .. } = desk;
    viewer.get("/search/global?q=zeppelin%20races").data(200);
    viewer.get("/search/global?q=harbour").data(200);
    let told = |answer: &Answer| {
        answer.status == 200 && {
            let items = answer.json()["data"]["items"].clone();
            let items = items.as_array().unwrap().iter();
            items.filter(|item| item["q"] == "zeppelin races").count() == 1
        }
    };
    editor.until("/admin/search/zero-results", told);
    viewer
        .get("/admin/search/zero-results")
        .refused(403, "PERMISSION_DENIED");
    let top = editor
        .get("/admin/search/top-queries?days=1&pageSize=1")
        .data(200);
    assert_eq!(top["items"].as_array().unwrap().len(), 1);
}
