//! The catalogue's changes as a stream: over REST and gRPC, taken up where it broke off, ended with its
//! session and with the process (journey A4, EDGE-7, X-API-1).

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use sv_proto::content::WatchContentRequest;

use crate::harness::{Caller, Client, Deployment, Event, Flow};

const PATH: &str = "/admin/ondemand/changes";

fn editor(deployment: &Deployment) -> Client {
    let (email, password) = deployment.admin();
    let mut editor = Client::new(&deployment.edge);
    editor.login(&email, &password);
    editor
}

fn create(editor: &Client, title: &str) -> Value {
    let film = json!({"title": title, "status": "published"});
    editor.post("/admin/ondemand/movies", &film).data(201)
}

fn path_of(film: &Value) -> String {
    format!("/admin/ondemand/movies/{}", film["id"].as_str().unwrap())
}

/// Reads events until one is about a title.
fn change(flow: &mut Flow) -> Event {
    loop {
        let event = flow.event().expect("the stream goes on");
        assert_eq!(event.name, "", "{event:?}");
        assert_eq!(event.id, event.data["position"].as_str().unwrap());
        if event.data["id"] != "" {
            return event;
        }
    }
}

/// What one reads behind a position, as lines, until a version of a title has come.
fn lines_behind(editor: &Client, position: &str, until: i64) -> Vec<Value> {
    let path = format!("{PATH}?after={position}");
    let mut flow = Flow::open(editor, &path, &[("accept", "application/x-ndjson")]);
    let mut lines = Vec::new();
    while lines
        .last()
        .is_none_or(|line: &Value| line["version"] != until)
    {
        let line = flow.line().expect("the stream goes on");
        let line: Value = serde_json::from_str(&line).unwrap();
        if line["id"] != "" {
            lines.push(line);
        }
    }
    lines
}

#[test]
fn an_editors_stream_is_taken_up_where_it_broke_off_and_ends_with_its_session() {
    follow(&Deployment::start(&["all"], &[]));
}

/// The same by way of other processes.
#[test]
fn an_editors_stream_comes_from_another_process_alike() {
    follow(&Deployment::start(&["others", "content", "edge"], &[]));
}

fn follow(deployment: &Deployment) {
    let editor = editor(deployment);
    create(&editor, "Before");
    let mut flow = Flow::events(&editor, PATH, None);
    assert_eq!(flow.status, 200);
    let begin = flow.event().unwrap();
    assert_eq!(begin.data["id"], "", "what was before is not told");

    let begun = Instant::now();
    let film = create(&editor, "Heat");
    let made = change(&mut flow);
    assert!(
        begun.elapsed() < Duration::from_secs(2),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(made.data["content"]["title"], "Heat");
    drop(flow);

    // While nobody listens it goes on.
    let new = json!({"title": "Heat (1995)"});
    editor
        .call(
            "PATCH",
            &path_of(&film),
            Some(new.to_string().as_bytes()),
            &[],
        )
        .data(200);
    editor.delete(&path_of(&film)).data(200);
    let mut flow = Flow::events(&editor, PATH, Some(&made.id));
    let (renamed, gone) = (change(&mut flow), change(&mut flow));
    assert_eq!(renamed.data["content"]["title"], "Heat (1995)");
    assert_eq!(
        (&gone.data["version"], &gone.data["content"]),
        (&json!(3), &Value::Null)
    );

    // Everybody hears the same in every form.
    let lines = lines_behind(&editor, &begin.id, 3);
    let positions: Vec<_> = lines
        .iter()
        .map(|line| line["position"].as_str().unwrap())
        .collect();
    assert_eq!(positions, [&made.id, &renamed.id, &gone.id]);
    let listed = editor.get(&format!("{PATH}?after={}", begin.id)).data(200);
    assert_eq!(listed, Value::from(lines));

    editor
        .get(&format!("{PATH}?after=999999"))
        .refused(410, "POSITION_UNKNOWN");
    let mut viewer = Client::new(&deployment.edge);
    viewer.register("ana@example.org");
    viewer.get(PATH).refused(403, "PERMISSION_DENIED");
    editor
        .signed_out()
        .get(PATH)
        .refused(401, "UNAUTHENTICATED");

    a_ticket_opens_a_stream_once(&editor);

    // C41: who is signed out reads on for a moment at most.
    let begun = Instant::now();
    editor.post("/auth/logout", &json!({})).data(200);
    let end = flow.event().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(30));
    assert_eq!(end.name, "error");
    assert_eq!(end.data["error"]["code"], "TOKEN_REVOKED", "{end:?}");
    assert!(flow.event().is_none());
}

/// C19: `EventSource` sends no headers, and a token never stands in an address.
fn a_ticket_opens_a_stream_once(editor: &Client) {
    let made = editor.post("/auth/ticket", &json!({"path": PATH}));
    assert_eq!(made.header("cache-control"), "no-store");
    let made = made.data(201);
    let page = editor.signed_out();
    let path = format!("{PATH}?ticket={}", made["ticket"].as_str().unwrap());
    let mut flow = Flow::events(&page, &path, Some("0"));
    assert_eq!(change(&mut flow).data["content"]["title"], "Before");
    page.get(&path).refused(401, "TICKET_INVALID");

    let elsewhere = json!({"path": "/admin/ondemand/movies"});
    let made = editor.post("/auth/ticket", &elsewhere).data(201);
    let ticket = made["ticket"].as_str().unwrap();
    page.get(&format!("{PATH}?ticket={ticket}"))
        .refused(401, "TICKET_INVALID");
    page.get(&format!("/admin/ondemand/movies?ticket={ticket}"))
        .refused(401, "UNAUTHENTICATED");
    page.post("/auth/ticket", &elsewhere)
        .refused(401, "UNAUTHENTICATED");
}

#[test]
fn a_stream_that_is_followed_through_ends_of_the_process_misses_nothing() {
    let mut deployment = Deployment::start(&["all"], &[]);
    let editor = editor(&deployment);
    let mut flow = Flow::events(&editor, PATH, Some("0"));
    let first = create(&editor, "The first");
    let mut last = change(&mut flow);
    assert_eq!(last.data["id"], first["id"]);

    // An orderly end says so, within the time that it is given.
    let ending = thread::scope(|threads| {
        let ended = threads.spawn(|| flow.event().unwrap());
        deployment.servers[0].ends_in_order();
        ended.join().unwrap()
    });
    assert_eq!(ending.name, "error", "{ending:?}");
    assert_eq!(ending.data["error"]["code"], "STREAM_ENDED");
    assert_eq!(ending.data["error"]["details"]["why"], "draining");
    deployment.servers.clear();

    let mut heard = Vec::new();
    for round in 0..2 {
        deployment.start_again();
        let mut editor = Client::new(&deployment.edge);
        editor.login("root@example.org", "correct horse battery");
        let mut flow = Flow::events(&editor, PATH, Some(&last.id));
        for number in 0..5 {
            create(&editor, &format!("{round}-{number}"));
        }
        for _ in 0..3 {
            last = change(&mut flow);
            heard.push(last.data["content"]["title"].as_str().unwrap().to_owned());
        }
        // As a power cut would.
        deployment.kill();
        deployment.servers.clear();
    }
    deployment.start_again();
    let mut editor = Client::new(&deployment.edge);
    editor.login("root@example.org", "correct horse battery");
    let mut flow = Flow::events(&editor, PATH, Some(&last.id));
    while heard.len() < 10 {
        let next = change(&mut flow);
        heard.push(next.data["content"]["title"].as_str().unwrap().to_owned());
    }
    let titles = (0..2).flat_map(|round| (0..5).map(move |number| format!("{round}-{number}")));
    assert_eq!(heard, titles.collect::<Vec<_>>());
}

#[tokio::test]
async fn grpc_callers_follow_the_same_changes() {
    let deployment = Deployment::start(&["all"], &[]);
    let (email, password) = deployment.admin();
    let mut rest = Client::new(&deployment.edge);
    rest.login(&email, &password);
    let mut caller = Caller::connect(&deployment.edge).await;
    caller.token.clone_from(&rest.token);
    let ask = WatchContentRequest { after: "0".into() };
    let opened = caller.editing().watch_content(ask).await.unwrap();
    let mut changes = opened.into_inner();
    let film = create(&rest, "Ran");
    let heard = loop {
        let change = changes
            .message()
            .await
            .unwrap()
            .expect("the stream goes on");
        if !change.id.is_empty() {
            break change;
        }
    };
    assert_eq!(heard.id, film["id"].as_str().unwrap());
    assert_eq!(heard.content.unwrap().title, "Ran");
}
