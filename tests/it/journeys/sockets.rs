//! The catalogue's changes over WebSocket: opened with a token or a ticket, ended with the session and with the
//! process (EDGE-7, X-API-1, C19, C41).

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::harness::{Client, Deployment, Socket};

const PATH: &str = "/admin/ondemand/changes";

fn editor(deployment: &Deployment) -> Client {
    let (email, password) = deployment.admin();
    let mut editor = Client::new(&deployment.edge);
    editor.login(&email, &password);
    editor
}

/// Makes a film, and reads until the socket tells of it.
fn make_and_hear(editor: &Client, socket: &mut Socket, title: &str) -> Value {
    let film = json!({"title": title, "status": "published"});
    let film = editor.post("/admin/ondemand/movies", &film).data(201);
    loop {
        let frame = socket.next().unwrap();
        assert!(frame["error"].is_null(), "{frame}");
        if frame["message"]["id"] == film["id"] {
            return frame["message"].clone();
        }
    }
}

#[test]
fn an_editor_follows_over_a_websocket_which_ends_with_its_session() {
    let deployment = Deployment::start(&["all"], &[]);
    let editor = editor(&deployment);
    let token = editor.token.as_deref();
    let mut socket = Socket::open(&deployment.edge, PATH, token).unwrap();
    let begun = socket.next().unwrap();
    assert_eq!(begun["message"]["id"], "", "what was before is not told");
    let heat = make_and_hear(&editor, &mut socket, "Heat");
    assert_eq!(heat["content"]["title"], "Heat");
    drop(socket);

    // Whoever comes back goes on behind what it has; a ticket opens one, once.
    let ticket = editor
        .post("/auth/ticket", &json!({"path": PATH}))
        .data(201);
    let position = begun["message"]["position"].as_str().unwrap();
    let ticket = ticket["ticket"].as_str().unwrap();
    let target = format!("{PATH}?after={position}&ticket={ticket}");
    let mut again = Socket::open(&deployment.edge, &target, None).unwrap();
    assert_eq!(again.next().unwrap()["message"]["id"], heat["id"]);
    let used = Socket::open(&deployment.edge, &target, None).err();
    assert_eq!(used, Some(401));
    let unknown = format!("{PATH}?after=999999");
    let mut unknown = Socket::open(&deployment.edge, &unknown, token).unwrap();
    let (error, code) = unknown.end();
    assert_eq!((&error["code"], code), (&json!("POSITION_UNKNOWN"), 4410));

    let mut viewer = Client::new(&deployment.edge);
    viewer.register("ana@example.org");
    let refused = Socket::open(&deployment.edge, PATH, viewer.token.as_deref());
    assert_eq!(refused.err(), Some(403));
    assert_eq!(Socket::open(&deployment.edge, PATH, None).err(), Some(401));

    // C41: who is signed out reads on for a moment at most.
    let begun = Instant::now();
    editor.post("/auth/logout", &json!({})).data(200);
    let (error, code) = again.end();
    assert!(begun.elapsed() < Duration::from_secs(30));
    assert_eq!((&error["code"], code), (&json!("TOKEN_REVOKED"), 4401));
}

#[test]
fn a_websocket_hears_of_an_orderly_end_and_misses_nothing_after_a_kill() {
    let mut deployment = Deployment::start(&["others", "content", "edge"], &[]);
    let editor = editor(&deployment);
    let mut socket = Socket::open(&deployment.edge, PATH, editor.token.as_deref()).unwrap();
    let begun = socket.next().unwrap();
    assert_eq!(begun["message"]["id"], "", "it tells of what comes after");
    let first = make_and_hear(&editor, &mut socket, "The first");
    let edge = deployment.servers.len() - 1;
    let (error, code) = thread::scope(|threads| {
        let ended = threads.spawn(|| socket.end());
        deployment.servers[edge].ends_in_order();
        ended.join().unwrap()
    });
    assert_eq!((&error["code"], code), (&json!("STREAM_ENDED"), 1001));
    assert_eq!(error["details"]["why"], "draining");
    deployment.kill();
    deployment.servers.clear();

    deployment.start_again();
    let mut editor = Client::new(&deployment.edge);
    editor.login("root@example.org", "correct horse battery");
    let position = first["position"].as_str().unwrap();
    let target = format!("{PATH}?after={position}");
    let mut socket = Socket::open(&deployment.edge, &target, editor.token.as_deref()).unwrap();
    make_and_hear(&editor, &mut socket, "The second");
}
