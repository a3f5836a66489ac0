//! A film's file comes in pieces, with a break, is packaged in the background, and plays with its thumbnails (EVT-1,
//! X-CAT-3); needs ffmpeg (feature `test-media`).

use std::{
    process::Command,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{
    real::{input, player},
    thread::{beside, demo_title},
};
use crate::harness::{Answer, Client, Deployment, FIRST_PAUSE, Flow, longer};

const VIDEO: &str = "video/big-buck-bunny-480p-30s.mp4";
/// Bytes of a piece.
const PIECE: usize = 700_000;

#[test]
fn one_process_takes_a_file_in_pieces_and_plays_it() {
    let demo = [("STREAMVERSE_SERVER__DEMO", "true".to_owned())];
    upload_and_play(Deployment::start(&["all"], &demo));
}

#[test]
fn three_processes_take_a_file_in_pieces_and_play_it() {
    let demo = [("STREAMVERSE_SERVER__DEMO", "true".to_owned())];
    let groups = ["auth,users,admin", "others", "edge"];
    upload_and_play(Deployment::start(&groups, &demo));
}

fn upload_and_play(mut deployment: Deployment) {
    let film = demo_title(&deployment);
    let mut editor = editor(&deployment);
    let bytes = std::fs::read(input(VIDEO)).unwrap();
    let place = begin(&editor, &film.id, bytes.len());
    let import = place.replace("/uploads/", "/imports/");
    append(&editor, &place, &bytes[..PIECE], 0);
    // The break: all processes are killed and start again.
    deployment.kill();
    deployment.start_again();
    editor = self::editor(&deployment);
    assert_eq!(offset(&editor.call("HEAD", &place, None, &TUS)), PIECE);
    let said = editor.get(&import).data(200);
    assert_eq!(said["stage"], "uploading", "{said}");
    let mut watched = Flow::events(&editor, &format!("{import}/changes"), None);
    for (n, piece) in bytes.chunks(PIECE).enumerate().skip(1) {
        append(&editor, &place, piece, n * PIECE);
    }
    let mut stages = Vec::new();
    while let Some(event) = watched.event() {
        let stage = event.data["mediaImport"]["stage"]
            .as_str()
            .unwrap_or_default();
        if stages.last().is_none_or(|last| last != stage) {
            stages.push(stage.to_owned());
        }
        if matches!(stage, "published" | "failed") {
            break;
        }
    }
    assert_eq!(
        stages.last().map(String::as_str),
        Some("published"),
        "{stages:?}"
    );
    assert!(stages.len() > 2, "progress is told: {stages:?}");
    let said = editor.get(&import).data(200);
    assert_eq!(
        said["notes"],
        json!(["audio: aac (5.1) became AAC stereo"]),
        "{said}"
    );
    assert_eq!(said["quality"], "480p");
    let listed = editor.get(import.rsplit_once('/').unwrap().0).data(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
    play(&deployment, &film.id);
}

fn play(deployment: &Deployment, film: &str) {
    let mut ana = Client::new(&deployment.edge);
    ana.register("ana@example.org");
    ana.get("/admin/media/01936f00-0002-7000-8000-000000000002/imports")
        .refused(403, "PERMISSION_DENIED");
    ana.post("/users/subscriptions", &json!({"planId": "standard"}))
        .data(201);
    let play = ana.get(&format!("/play/ondemand/{film}")).data(200);
    let address = |name: &str| play[name].as_str().unwrap().to_owned();
    let master = deployment.edge.clone() + &address("playback_url");
    let args = [
        "-v",
        "error",
        "-show_entries",
        "format=duration",
        "-of",
        "csv=p=0",
        &master,
    ];
    let seconds = Command::new("ffprobe").args(args).output().unwrap();
    let seconds = String::from_utf8(seconds.stdout).unwrap();
    let seconds: f64 = seconds.trim().parse().unwrap();
    assert!((seconds - 30.0).abs() < 0.5, "{seconds}");
    let player = ana.signed_out();
    for name in ["thumbnailsUrl", "thumbnailsTreeUrl"] {
        let track_url = address(name);
        let track = player.get(&track_url);
        assert_eq!(track.status, 200, "{name}");
        assert_eq!(track.header("content-type"), "text/vtt; charset=utf-8");
        let cues: Vec<_> = track
            .text()
            .lines()
            .filter(|line| line.contains("#xywh="))
            .collect();
        assert_eq!(cues.len(), 3, "{}", track.text());
        let (sheet, place) = cues[2].split_once('#').unwrap();
        assert_eq!(place, "xywh=480,0,240,134");
        let sheet = player.get(&beside(&track_url, sheet));
        assert_eq!(
            (sheet.status, sheet.header("content-type")),
            (200, "image/jpeg")
        );
        assert!(sheet.bytes.starts_with(&[0xFF, 0xD8]) && sheet.bytes.ends_with(&[0xFF, 0xD9]));
        assert!(sheet.header("cache-control").contains("immutable"));
    }
    let forged = address("thumbnailsUrl").replace("token=", "token=x");
    player.get(&forged).refused(403, "PLAY_TOKEN_INVALID");
}

/// By the client that browsers use.
#[test]
fn tus_js_client_goes_on_where_it_broke_off() {
    let demo = [("STREAMVERSE_SERVER__DEMO", "true".to_owned())];
    let deployment = Deployment::start(&["all"], &demo);
    let film = demo_title(&deployment);
    let editor = editor(&deployment);
    let endpoint = editor.address(&format!("/admin/media/{}/uploads", film.id));
    let (file, token) = (input(VIDEO), editor.token.clone().unwrap());
    let sent = player("upload.mjs", &[&endpoint, &token, file.to_str().unwrap()]);
    let (size, resumed) = (
        sent["size"].as_u64().unwrap(),
        sent["resumedAt"].as_u64().unwrap(),
    );
    assert!(resumed > size / 3 && resumed < size, "{sent}");
    let place = sent["url"]
        .as_str()
        .unwrap()
        .replace("/uploads/", "/imports/");
    let over = ended(&editor, &place);
    assert_eq!(
        (&over["stage"], &over["fileName"]),
        (&json!("published"), &json!("film.mp4")),
        "{over}"
    );
}

/// What every request of an upload says.
pub(crate) const TUS: [(&str, &str); 1] = [("tus-resumable", "1.0.0")];

fn editor(deployment: &Deployment) -> Client {
    let mut editor = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    editor.login(&email, &password);
    editor
}

/// Begins an upload, and returns its address.
pub(crate) fn begin(editor: &Client, title: &str, size: usize) -> String {
    let size = size.to_string();
    let headers = [
        TUS[0],
        ("upload-length", &*size),
        ("upload-metadata", "filename ZmlsbS5tcDQ="),
    ];
    let path = format!("/admin/media/{title}/uploads");
    let begun = editor.call("POST", &path, None, &headers);
    assert_eq!(begun.status, 201, "{}", begun.text());
    begun.header("location").to_owned()
}

/// Sends bytes of an upload; returns the answer, whatever it is, or none where none came.
pub(crate) fn send(editor: &Client, place: &str, bytes: &[u8], from: usize) -> Option<Answer> {
    let from = from.to_string();
    let headers = [
        TUS[0],
        ("upload-offset", &*from),
        ("content-type", "application/offset+octet-stream"),
    ];
    editor.try_call("PATCH", place, Some(bytes), &headers).ok()
}

fn append(editor: &Client, place: &str, bytes: &[u8], from: usize) {
    let answer = send(editor, place, bytes, from).expect("an answer");
    assert_eq!(answer.status, 204, "{}", answer.text());
    assert_eq!(offset(&answer), from + bytes.len());
}

/// Returns how far an upload is, by an answer.
pub(crate) fn offset(answer: &Answer) -> usize {
    let said = answer.header("upload-offset");
    said.parse()
        .unwrap_or_else(|_| panic!("{} {said:?}", answer.status))
}

/// Waits until an import is over, and returns how it ended.
pub(crate) fn ended(editor: &Client, import: &str) -> Value {
    let (begin, mut pause) = (Instant::now(), FIRST_PAUSE);
    loop {
        let said = editor.get(import).data(200);
        if matches!(said["stage"].as_str(), Some("published" | "failed")) {
            return said;
        }
        assert!(begin.elapsed() < Duration::from_mins(3), "{said}");
        std::thread::sleep(pause);
        pause = longer(pause);
    }
}
