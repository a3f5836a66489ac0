//! Series: an editor makes one, a viewer walks from it to an episode and plays that (CAT-2, CAT-3, CAT-4,
//! CAT-6, CAT-7, C2, C6).

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use sv_proto::streaming::{Media, PublishMediaRequest, Rendition, Segment};

use super::thread::one_token_opens_the_tree;
use crate::harness::{Answer, Caller, Client, Deployment};

/// The demonstration's short whose clip the episode gets.
const CLIP: &str = "01936f00-0001-7000-8000-000000000001";

fn id(made: &Value) -> &str {
    made["id"].as_str().unwrap()
}

fn titles(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .filter_map(|item| item["title"].as_str())
        .collect()
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
    assert_eq!(
        (&series["type"], &series["status"]),
        (&json!("series"), &json!("draft"))
    );
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
    assert_eq!(
        (&fog["title"], &fog["type"]),
        (&json!("Fog"), &json!("episode"))
    );
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
    assert_eq!(
        (&found["items"][0]["id"], &found["total"]),
        (&json!(series), &json!(4))
    );
}

/// PLAY-1: an episode has media as a film does.
fn play(deployment: &Deployment, viewer: &Client, episode: &str) {
    let path = format!("/play/ondemand/{episode}");
    viewer.get(&path).refused(409, "MEDIA_NOT_READY");
    give_media(deployment, episode);
    let started = viewer.until(&path, |answer| answer.status == 200).data(200);
    assert_eq!(started["title"], "Fog");
    let text = |field: &str| started[field].as_str().unwrap();
    one_token_opens_the_tree(
        &viewer.signed_out(),
        text("playback_url"),
        text("progressiveUrl"),
    );
}

/// Lays a packaged clip under the episode's own prefix, as an import does, and publishes it.
fn give_media(deployment: &Deployment, episode: &str) {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo/media");
    let clip = only(&demo.join(CLIP));
    let prefix = format!("media/{episode}/{}", clip.file_name().unwrap().display());
    let blobs = deployment.data.path().join("blobs").join(&prefix);
    copy(&clip, &blobs);
    let said = fs::read(clip.join("media.json")).unwrap();
    let said: Value = serde_json::from_slice(&said).unwrap();
    let media = Media {
        content_id: episode.to_owned(),
        prefix,
        duration_seconds: said["durationSeconds"].as_f64().unwrap(),
        renditions: said["renditions"]
            .as_array()
            .unwrap()
            .iter()
            .map(rendition)
            .collect(),
        progressive: said["progressive"].as_str().unwrap().to_owned(),
        poster: said["poster"].as_str().unwrap().to_owned(),
        publish_time: None,
        thumbnails: None,
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut editor = Caller::connect(&deployment.edge).await;
        let (email, password) = deployment.admin();
        editor.login(&email, &password).await;
        let request = PublishMediaRequest {
            content_id: episode.to_owned(),
            media: Some(media),
        };
        editor.media().publish_media(request).await.unwrap();
    });
}

fn rendition(said: &Value) -> Rendition {
    let number = |of: &Value, name: &str| i32::try_from(of[name].as_i64().unwrap()).unwrap();
    let segment = |of: &Value| Segment {
        duration_seconds: of["durationSeconds"].as_f64().unwrap(),
        size: number(of, "size"),
        hash: of["hash"].as_str().unwrap().to_owned(),
    };
    Rendition {
        quality: said["quality"].as_str().unwrap().to_owned(),
        width: number(said, "width"),
        height: number(said, "height"),
        frame_rate: said["frameRate"].as_f64().unwrap(),
        peak_bandwidth: number(said, "peakBandwidth"),
        average_bandwidth: number(said, "averageBandwidth"),
        codecs: said["codecs"].as_str().unwrap().to_owned(),
        segments: said["segments"]
            .as_array()
            .unwrap()
            .iter()
            .map(segment)
            .collect(),
    }
}

/// Returns the one entry of a folder.
fn only(folder: &Path) -> PathBuf {
    let mut entries = fs::read_dir(folder).unwrap();
    entries.next().unwrap().unwrap().path()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (entry, name) = (
            entry.as_ref().unwrap().path(),
            entry.as_ref().unwrap().file_name(),
        );
        if entry.is_dir() {
            copy(&entry, &to.join(name));
        } else {
            fs::copy(&entry, to.join(name)).unwrap();
        }
    }
}

/// Takes the series off, and then away.
fn unmake(editor: &Client, viewer: &Client, series: &str, episodes: &[String]) {
    let path = format!("/admin/ondemand/series/{series}");
    editor.delete(&path).refused(409, "SERIES_NOT_EMPTY");
    let fewer = json!({"series": {"seasons": [{"number": 1}]}}).to_string();
    editor
        .call("PATCH", &path, Some(fewer.as_bytes()), &[])
        .refused(409, "SEASON_NOT_EMPTY");
    let archive = json!({"id": series, "status": "archived"}).to_string();
    let archived = editor.call(
        "PATCH",
        "/admin/ondemand/series",
        Some(archive.as_bytes()),
        &[],
    );
    assert_eq!(archived.status, 200);
    let gone = format!("/ondemand/episodes/{}", episodes[0]);
    viewer
        .until(&gone, |answer| answer.status == 404)
        .refused(404, "EPISODE_NOT_FOUND");
    let play = viewer.until(&format!("/play/ondemand/{}", episodes[0]), |answer| {
        answer.status == 404
    });
    play.refused(404, "CONTENT_NOT_FOUND");
    viewer.until("/search/global?q=lighthouse", |answer| {
        answer.json()["data"]["total"] == 0
    });
    for episode in episodes {
        editor
            .delete(&format!("/admin/ondemand/episodes?id={episode}"))
            .data(200);
    }
    editor
        .delete(&format!("/admin/ondemand/series?id={series}"))
        .data(200);
    editor.get(&path).refused(404, "SERIES_NOT_FOUND");
}
