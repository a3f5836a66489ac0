//! Live television: an administrator makes a channel and uploads its guide, a viewer reads what runs.

use serde_json::{Value, json};

use crate::harness::{Client, Deployment};

const UPLOAD: &str = "/admin/livetv/epg/upload";

/// A guide of two programmes: one that has run for an hour and runs for another, and one that follows.
fn guide(client: &Client) -> String {
    let answer = client.get("/users/me").json();
    let now = answer["timestamp"].as_str().unwrap();
    let now: String = now.chars().filter(char::is_ascii_digit).take(14).collect();
    // What is `now` an hour east of here was an hour ago.
    let programme = |title: &str, start: &str, stop: &str| {
        format!(
            r#"<programme channel="quokka.example" start="{now} {start}" stop="{now} {stop}"><title>{title}</title></programme>"#
        )
    };
    format!(
        "<?xml version=\"1.0\"?><tv>{}{}</tv>",
        programme("Morning &amp; Noon", "+0100", "-0100"),
        programme("Evening", "-0100", "-0200")
    )
}

fn upload(client: &Client, file: &[u8]) -> crate::harness::Answer {
    let kind = [("content-type", "application/xml")];
    client.call("POST", UPLOAD, Some(file), &kind)
}

fn walk(deployment: &Deployment) {
    let mut editor = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    editor.login(&email, &password);
    let mut viewer = Client::new(&deployment.edge);
    viewer.register("ana@example.org");

    let id = make(&editor, &viewer);
    fill(&editor, &viewer);
    browse(&viewer, &id);
    read_the_guide(&viewer, &id);

    editor
        .delete(&format!("/admin/livetv/channels/{id}"))
        .data(200);
    viewer
        .get(&format!("/livetv/channels?id={id}"))
        .refused(404, "CHANNEL_NOT_FOUND");
}

/// LIVE-3: only editors make channels, and their changes carry versions.
fn make(editor: &Client, viewer: &Client) -> String {
    let wanted = json!({
        "name": "Quokka TV", "number": 7, "genres": ["Nature"], "country": "AU", "language": "en",
        "isLive": true, "status": "published", "guideId": "quokka.example",
        "streamUrl": "https://example.com/quokka.m3u8",
    });
    viewer
        .post("/admin/livetv/channels", &wanted)
        .refused(403, "PERMISSION_DENIED");
    let made = editor.post("/admin/livetv/channels", &wanted).data(201);
    let id = made["id"].as_str().unwrap();
    let path = format!("/admin/livetv/channels/{id}");
    let read = editor.get(&path);
    assert_eq!(read.header("etag"), "\"1\"");
    let change = json!({"description": "Small, round, content."}).to_string();
    let tagged = |tag: &str| {
        editor.call(
            "PATCH",
            &path,
            Some(change.as_bytes()),
            &[("if-match", tag)],
        )
    };
    assert_eq!(tagged("\"1\"").data(200)["version"], 2);
    tagged("\"1\"").refused(412, "VERSION_MISMATCH");
    editor
        .post("/admin/livetv/channels", &wanted)
        .refused(409, "GUIDE_ID_TAKEN");

    id.to_owned()
}

/// LIVE-4, C17.
fn fill(editor: &Client, viewer: &Client) {
    let file = guide(viewer);
    viewer
        .signed_out()
        .call("POST", UPLOAD, Some(b"<tv/>"), &[])
        .refused(401, "UNAUTHENTICATED");
    upload(viewer, file.as_bytes()).refused(403, "PERMISSION_DENIED");
    upload(editor, b"<tv><programme>").refused(422, "GUIDE_INVALID");
    let first = upload(editor, file.as_bytes()).data(200);
    assert_eq!(
        (&first["created"], &first["refused"]),
        (&json!(2), &json!(0)),
        "{first}"
    );
    let again = upload(editor, file.as_bytes()).data(200);
    assert_eq!(
        (&again["created"], &again["unchanged"]),
        (&json!(0), &json!(2)),
        "{again}"
    );
    in_other_forms(editor);
}

/// C17, X-LIVE-1: what XMLTV says of a day long ago, JSON and CSV say as well.
fn in_other_forms(editor: &Client) {
    let send = |zone: &str, kind: &str, file: &str| {
        let path = format!("{UPLOAD}?timeZone={zone}");
        editor.call(
            "POST",
            &path,
            Some(file.as_bytes()),
            &[("content-type", kind)],
        )
    };
    let csv = "start;channel;title\n2001-07-01 20:15;quokka.example;Old News\nlate;quokka.example;x\n\
        2001-07-01 21:00;quokka.example;Older News\n";
    let first = send("Europe/Oslo", "text/csv", csv).data(200);
    assert_eq!(
        (&first["created"], &first["refused"]),
        (&json!(1), &json!(2))
    );
    let finding = &first["findings"][0];
    assert_eq!(
        (&finding["problem"], &finding["line"], &finding["value"]),
        (&json!("start_invalid"), &json!(3), &json!("late")),
        "{first}"
    );
    let json = r#"[{"channel": "quokka.example", "title": "Old News", "start": "2001-07-01T18:15:00Z",
        "stop": "2001-07-01T19:00:00Z"}]"#;
    let again = send("", "application/json", json).data(200);
    assert_eq!(
        (&again["created"], &again["unchanged"]),
        (&json!(0), &json!(1))
    );
    let refused = send("", "text/csv", json).refused(422, "GUIDE_INVALID");
    assert!(
        refused["message"]
            .as_str()
            .unwrap()
            .contains("column channel")
    );
    send("Europe/Atlantis", "text/csv", csv).refused(400, "VALIDATION_FAILED");
}

/// LIVE-1: also with the client's prefix and by the alias of the item.
fn browse(viewer: &Client, id: &str) {
    let seen = |list: &Value| list["items"].as_array().unwrap().len();
    let list = "/livetv/channels?genre=nature&country=AU&language=en&isLive=true&limit=5&offset=0";
    let listed = viewer.get(list).data(200);
    assert_eq!(seen(&listed), 1, "{listed}");
    assert_eq!(
        listed["items"][0]
            .get("streamUrl")
            .and_then(Value::as_str)
            .unwrap_or(""),
        ""
    );
    assert_eq!(
        seen(&viewer.get("/livetv/channels?genre=news").data(200)),
        0
    );
    let details = viewer.get(&format!("/livetv/channels/{id}")).data(200);
    assert_eq!(details["description"], "Small, round, content.");
    let alias = format!("/client/livetv/channels?id={id}");
    assert_eq!(viewer.get(&alias).data(200), details);
    viewer
        .get("/livetv/channels/01900000-0000-7000-8000-000000000000")
        .refused(404, "CHANNEL_NOT_FOUND");
    viewer
        .get("/livetv/channels?orderBy=views")
        .refused(400, "VALIDATION_FAILED");
}

/// LIVE-2, C17.
fn read_the_guide(viewer: &Client, id: &str) {
    for path in ["/livetv/epg", "/client/livetv/epg"] {
        let guide = viewer.get(&format!("{path}?channelId={id}")).data(200);
        let channel = &guide["items"][0];
        assert_eq!(channel["now"]["title"], "Morning & Noon", "{guide}");
        assert_eq!(channel["next"]["title"], "Evening");
        assert_eq!(channel["programmes"].as_array().unwrap().len(), 2);
    }
    let from = "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z";
    viewer
        .get(&format!("/livetv/epg?{from}"))
        .refused(422, "WINDOW_INVALID");
    viewer
        .signed_out()
        .get("/livetv/epg")
        .refused(401, "UNAUTHENTICATED");
}

#[test]
fn an_administrator_makes_a_channel_with_a_guide_and_a_viewer_reads_what_runs() {
    walk(&Deployment::start(&["all"], &[]));
}

#[test]
fn live_television_in_a_process_of_its_own_is_the_same() {
    walk(&Deployment::start(&["others", "livetv", "edge"], &[]));
}
