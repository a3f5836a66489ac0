//! Series: an editor makes one, a viewer walks from it to an episode and plays that (CAT-2, CAT-3, CAT-4,
//! CAT-6, CAT-7, C2, C6).

use std::path::Path;

use serde_json::{Value, json};

use crate::harness::{Answer, Client, Deployment};

/// The demonstration's short whose clip the episode gets.
const CLIP: &str = "01936f00-0001-7000-8000-000000000001";

fn id(made: &Value) -> &str {
    made["id"].as_str().unwrap()
}

fn titles(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap();
    let title = |item: &'_ Value| item["title"].as_str();
    items.iter().filter_map(title).collect()
}

#[test]
fn an_editor_makes_a_series_and_a_viewer_walks_to_an_episode_and_plays_it() {
    let deployment = Deployment::start(&["all"], &[]);
    let mut editor = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    editor.login(&email, &password);
    let mut viewer = Client::new(&deployment.edge);
    viewer.register("ana@example.org");

    let (series, episodes) = make(&editor);
    let draft = format!("/ondemand/series/{series}");
    viewer.get(&draft).refused(404, "SERIES_NOT_FOUND");
    viewer
        .get(&format!("/ondemand/episodes/{}", episodes[0]))
        .refused(404, "EPISODE_NOT_FOUND");
    let publish = json!({"status": "published"}).to_string();
    let path = format!("/admin/ondemand/series/{series}");
    let published = editor.call("PATCH", &path, Some(publish.as_bytes()), &[]);
    assert_eq!(published.data(200)["version"], 2);

    walk(&viewer, &series, &episodes);
    find(&viewer, &series, &episodes);
    play(&deployment, &viewer, &episodes[0]);
    unmake(&editor, &viewer, &series, &episodes);
}

/// Makes a draft of a series with published episodes.
fn make(editor: &Client) -> (String, Vec<String>) {
    let body = json!({
        "title": "The Lighthouse Keepers", "synopsis": "Three people and one lamp.",
        "maturityRating": "PG", "monetization": "avod",
        "series": {"seasons": [{"number": 2}, {"number": 1, "title": "Autumn"}]},
    });
    let series = editor.post("/admin/ondemand/series", &body).data(201);
    assert_eq!((&series["type"], &series["status"]), (&json!("series"), &json!("draft")));
    let mut ids = Vec::new();
    for (season, number, title) in [(1, 1, "Fog"), (1, 2, "Oil"), (2, 1, "Ice")] {
        let body = json!({
            "title": title, "status": "published", "durationSeconds": 1500,
            "episode": {"seriesId": series["id"], "seasonNumber": season, "episodeNumber": number},
        });
        let made = editor.post("/admin/ondemand/episodes", &body).data(201);
        assert_eq!(made["monetization"], "avod");
        assert_eq!(made["episode"]["series"]["title"], "The Lighthouse Keepers");
        editor
            .post("/admin/ondemand/episodes", &body)
            .refused(409, "EPISODE_NUMBER_TAKEN");
        ids.push(id(&made).to_owned());
    }
    let lost = json!({
        "title": "Lost",
        "episode": {"seriesId": series["id"], "seasonNumber": 3, "episodeNumber": 1},
    });
    editor
        .post("/admin/ondemand/episodes", &lost)
        .refused(404, "SEASON_NOT_FOUND");
    editor
        .post("/admin/ondemand/episodes", &json!({"title": "Lost"}))
        .refused(400, "VALIDATION_FAILED");
    (id(&series).to_owned(), ids)
}

fn walk(viewer: &Client, series: &str, episodes: &[String]) {
    let list = viewer.get("/ondemand/series?withTotal=true").data(200);
    assert_eq!(titles(&list), ["The Lighthouse Keepers"]);
    assert_eq!(list["total"], 1);
    let details = viewer.get(&format!("/ondemand/series/{series}")).data(200);
    let seasons = &details["series"]["seasons"];
    assert_eq!(seasons[0]["title"], "Autumn");
    assert_eq!(
        [&seasons[0]["episodeCount"], &seasons[1]["episodeCount"]],
        [2, 1]
    );
    let alias = viewer.get(&format!("/client/ondemand/series?id={series}"));
    assert_eq!(alias.data(200), details);

    let path = format!("/ondemand/series/{series}/episodes");
    let all = viewer.get(&path).data(200);
    assert_eq!(titles(&all), ["Fog", "Oil", "Ice"]);
    assert_eq!(viewer.get(&format!("/client{path}")).data(200), all);
    let first = viewer.get(&format!("{path}?season=1&limit=1")).data(200);
    assert_eq!(titles(&first), ["Fog"]);
    let token = first["nextPageToken"].as_str().unwrap();
    let second = format!("{path}?season=1&limit=1&pageToken={token}");
    assert_eq!(titles(&viewer.get(&second).data(200)), ["Oil"]);
    viewer
        .get(&format!("{path}?season=2&pageToken={token}"))
        .refused(400, "PAGE_INVALID");

    let fog = viewer.get(&format!("/ondemand/episodes/{}", episodes[0]));
    let fog = fog.data(200);
    assert_eq!((&fog["title"], &fog["type"]), (&json!("Fog"), &json!("episode")));
    let alias = viewer.get(&format!("/client/ondemand/episodes?id={}", episodes[0]));
    assert_eq!(alias.data(200), fog);
    viewer.get("/ondemand/episodes").refused(400, "ID_REQUIRED");
}

/// SRCH-1: with a typo, and by type.
fn find(viewer: &Client, series: &str, episodes: &[String]) {
    let first_is_it = |answer: &Answer| answer.json()["data"]["items"][0]["id"] == series;
    viewer.until("/search/global?q=lighthuose%20keepers", first_is_it);
    let is_episode = |answer: &Answer| answer.json()["data"]["items"][0]["id"] == episodes[0];
    viewer.until("/search/global?q=fog&type=episode", is_episode);
    let only = "/search/global?q=lighthouse&type=series";
    assert_eq!(viewer.get(only).data(200)["total"], 1);
    // The series comes before its episodes, which are found by its name, too.
    let found = viewer.get("/search/global?q=lighthouse").data(200);
    assert_eq!((&found["items"][0]["id"], &found["total"]), (&json!(series), &json!(4)));
}

/// PLAY-1: an episode has media as a film does.
fn play(deployment: &Deployment, viewer: &Client, episode: &str) {
    let path = format!("/play/ondemand/{episode}");
    viewer.get(&path).refused(409, "MEDIA_NOT_READY");
    give_media(deployment, episode);
    let started = viewer.until(&path, |answer| answer.status == 200).data(200);
    let master = viewer.get(started["hlsUrl"].as_str().unwrap());
    assert!(master.text().starts_with("#EXTM3U"), "{}", master.text());
    assert_eq!(started["title"], "Fog");
}
