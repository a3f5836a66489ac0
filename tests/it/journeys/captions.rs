//! Captions: an editor uploads them, players get them as tracks (CAT-15, X-CAT-4).

use serde_json::json;

use super::thread::{beside, demo_title};
use crate::harness::{Answer, Client, Deployment};

/// Uploads captions of the demonstration's short, and starts it as a viewer.
fn play_with(deployment: &Deployment, path: &str, kind: &str, file: &[u8]) -> (Client, Answer) {
    let film = demo_title(deployment);
    let mut editor = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    editor.login(&email, &password);
    let captions = format!("/admin/media/{}/captions", film.id);
    let path = format!("{captions}/{path}");
    let uploaded = editor.call("PUT", &path, Some(file), &[("content-type", kind)]);
    assert!(uploaded.data(200)["cues"].as_i64() > Some(1));
    let broken = editor.call("PUT", &path, Some(b"RIFF"), &[("content-type", kind)]);
    let broken = broken.refused(422, "CAPTIONS_INVALID");
    assert!(
        broken["message"].as_str().unwrap().contains("line 1"),
        "{broken}"
    );
    let listed = editor.get(&captions).data(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);

    let mut ana = Client::new(&deployment.edge);
    ana.register("ana@example.org");
    ana.get(&captions).refused(403, "PERMISSION_DENIED");
    ana.post("/users/subscriptions", &json!({"planId": "standard"}))
        .data(201);
    let play = ana.get(&format!("/play/ondemand/{}", film.id));
    (ana, play)
}

#[test]
fn subrip_is_uploaded_and_played_as_webvtt() {
    let demo = [("STREAMVERSE_SERVER__DEMO", "true".to_owned())];
    let deployment = Deployment::start(&["all"], &demo);
    let file =
        b"1\n00:00:01,000 --> 00:00:02,500\nFish & chips\n\n2\n00:00:03,000 --> 00:00:04,000\nB\n";
    let path = "nb?kind=sdh&name=Norsk&isDefault=true";
    let (ana, play) = play_with(&deployment, path, "application/x-subrip", file);
    let play = play.data(200);
    let track = &play["captions"][0];
    assert_eq!(
        (&track["kind"], &track["name"], &track["isDefault"]),
        (&json!("sdh"), &json!("Norsk"), &json!(true))
    );
    let master = play["playback_url"].as_str().unwrap();
    let text = ana.get(master);
    let (_, list) = text.text().split_once("URI=\"").unwrap();
    let list = beside(master, list.split_once('"').unwrap().0);
    let playlist = ana.get(&list);
    let file = playlist.text().lines().find(|line| line.contains(".vtt"));
    let file = ana.signed_out().get(&beside(&list, file.unwrap()));
    assert_eq!(file.header("content-type"), "text/vtt; charset=utf-8");
    // Where the picture begins, the captions do (RFC 8216, 3.5).
    assert!(
        file.text()
            .starts_with("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:141000,"),
        "{}",
        file.text()
    );
    assert!(file.text().contains("Fish &amp; chips"));
    assert_eq!(ana.get(track["url"].as_str().unwrap()).bytes, file.bytes);
}
