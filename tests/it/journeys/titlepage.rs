//! A title's page and its player: pictures from the editor, captions in three languages, and where its opening titles
//! are skipped (CAT-15, X-CAT-2, X-CAT-4, CDN-12).

use serde_json::{Value, json};

use super::thread::{beside, demo_title};
use crate::harness::{Client, Deployment};

/// A picture of one point.
const PICTURE: &str = "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49\
444154789c636060606000000005000187a14ed40000000049454e44ae426082";

fn picture() -> Vec<u8> {
    (0..PICTURE.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&PICTURE[at..at + 2], 16).unwrap())
        .collect()
}

fn walk(deployment: &Deployment) {
    let film = demo_title(deployment);
    let mut editor = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    editor.login(&email, &password);
    let mut ana = Client::new(&deployment.edge);
    ana.register("ana@example.org");
    ana.post("/users/subscriptions", &json!({"planId": "standard"}))
        .data(201);
    pictures(&editor, &ana, &film.id);
    tracks(&editor, &ana, &film.id);
}

fn pictures(editor: &Client, ana: &Client, film: &str) {
    let path = format!("/admin/media/{film}/artwork/backdrop");
    let file = picture();
    let put = |client: &Client| {
        let kind = [("content-type", "image/png")];
        client.call("PUT", &path, Some(&file), &kind)
    };
    put(ana).refused(403, "PERMISSION_DENIED");
    let stored = put(editor).data(200);
    let address = stored["url"].as_str().unwrap();
    // On the title's page, where the editor puts it, and for everybody who has its address.
    let shown = json!({"artwork": [{"role": "backdrop", "url": address, "width": 1, "height": 1}]});
    let title = format!("/admin/ondemand/movies/{film}");
    let change = |body: &Value| {
        let body = body.to_string();
        editor
            .call("PATCH", &title, Some(body.as_bytes()), &[])
            .data(200)
    };
    change(&shown);
    let page = format!("/ondemand/movies/{film}");
    let shown = ana.until(&page, |answer| {
        answer.json()["data"]["artwork"][0]["role"] == "backdrop"
    });
    assert_eq!(shown.data(200)["artwork"][0]["url"], address);
    let seen = ana.signed_out().get(address);
    assert_eq!((seen.status, &seen.bytes), (200, &file));
    assert!(
        seen.header("cache-control").contains("immutable"),
        "{seen:?}"
    );
    assert_eq!(seen.header("content-type"), "image/png");
    change(&json!({"artwork": []}));
    editor.delete(&path).data(200);
    ana.until(&page, |answer| {
        answer.json()["data"]["artwork"]
            .as_array()
            .is_some_and(Vec::is_empty)
    });
}

fn tracks(editor: &Client, ana: &Client, film: &str) {
    let texts = [("en", "Sea"), ("nb", "Hav"), ("de", "Meer")];
    for (language, text) in texts {
        let path = format!("/admin/media/{film}/captions/{language}");
        let file = format!("WEBVTT\n\n00:01.000 --> 00:04.000\n{text}\n");
        let kind = [("content-type", "text/vtt")];
        editor
            .call("PUT", &path, Some(file.as_bytes()), &kind)
            .data(200);
    }
    let markers = json!({"markers": [
        {"kind": "intro", "startSeconds": 2, "endSeconds": 8}, {"kind": "credits", "startSeconds": 27},
    ]});
    let path = format!("/admin/ondemand/movies/{film}");
    let markers = markers.to_string();
    editor
        .call("PATCH", &path, Some(markers.as_bytes()), &[])
        .data(200);

    let play = ana.get(&format!("/play/ondemand/{film}")).data(200);
    let skip: Vec<_> = play["markers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["kind"])
        .collect();
    assert_eq!(skip, ["intro", "credits"], "{play}");
    assert_eq!(play["markers"][0]["endSeconds"], 8.0);
    let player = ana.signed_out();
    let captions = play["captions"].as_array().unwrap();
    assert_eq!(captions.len(), 3, "{play}");
    let master_address = play["playback_url"].as_str().unwrap();
    let master = player.get(master_address);
    for (language, text) in texts {
        let track: Vec<&Value> = captions
            .iter()
            .filter(|one| one["language"] == language)
            .collect();
        let file = player.get(track[0]["url"].as_str().unwrap());
        assert!(file.text().contains(text), "{}", file.text());
        // As an HLS player finds it: by its language in the master.
        let of_language = format!("LANGUAGE=\"{language}\"");
        let mut lines = master.text().lines();
        let line = lines.find(|line| line.contains(&of_language)).unwrap();
        let (_, list) = line.split_once("URI=\"").unwrap();
        let list = beside(master_address, list.split_once('"').unwrap().0);
        let playlist = player.get(&list);
        let part = playlist
            .text()
            .lines()
            .find(|line| line.contains(".vtt"))
            .unwrap();
        let part = player.get(&beside(&list, part));
        assert!(part.text().contains(text), "{}", part.text());
    }
}

#[test]
fn a_title_has_pictures_three_languages_of_captions_and_titles_to_skip() {
    let demo = [("STREAMVERSE_SERVER__DEMO", "true".to_owned())];
    walk(&Deployment::start(&["all"], &demo));
}

#[test]
fn a_title_whose_files_another_process_has_is_the_same() {
    let demo = [("STREAMVERSE_SERVER__DEMO", "true".to_owned())];
    walk(&Deployment::start(&["streaming", "others", "edge"], &demo));
}
