//! An editor's guide: channels that the file knows by other names are mapped, and a night with one hour twice is read
//! as it was (LIVE-4, X-LIVE-1, C17).

use serde_json::{Value, json};

use crate::harness::{Client, Deployment};

fn upload(editor: &Client, zone: &str, kind: &str, file: &str) -> Value {
    let path = format!("/admin/livetv/epg/upload?timeZone={zone}");
    let kind = [("content-type", kind)];
    editor
        .call("POST", &path, Some(file.as_bytes()), &kind)
        .data(200)
}

fn programmes(viewer: &Client, channel: &str, from: &str, to: &str) -> Vec<(String, String)> {
    let path = format!("/livetv/epg?channel_id={channel}&from={from}&to={to}");
    let guide = viewer.get(&path).data(200);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let of_channel = guide["items"][0]["programmes"].as_array().unwrap().iter();
    of_channel
        .map(|one| (text(&one["title"]), text(&one["startTime"])))
        .collect()
}

fn walk(deployment: &Deployment) {
    let mut editor = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    editor.login(&email, &password);
    let mut viewer = Client::new(&deployment.edge);
    viewer.register("ana@example.org");
    let make = |name: &str| {
        let channel = json!({"name": name, "status": "published"});
        let made = editor.post("/admin/livetv/channels", &channel).data(201);
        made["id"].as_str().unwrap().to_owned()
    };
    let (quay, pier) = (make("Quay"), make("Pier"));

    // The file knows them by names of its own, and the report says which.
    let file = r#"<?xml version="1.0"?><tv>
        <channel id="quay.example"><display-name>Quay</display-name></channel>
        <channel id="pier.example"><display-name>Pier</display-name></channel>
        <programme channel="quay.example" start="20261025013000" stop="20261025033000"><title>Night</title></programme>
        <programme channel="quay.example" start="20261025033000" stop="20261025043000"><title>Morning</title></programme>
        <programme channel="pier.example" start="20261025010000 +0000" stop="20261025020000 +0000"><title>Harbour</title></programme>
        </tv>"#;
    let first = upload(&editor, "Europe/Oslo", "application/xml", file);
    assert_eq!(
        (&first["created"], &first["refused"]),
        (&json!(0), &json!(3)),
        "{first}"
    );
    let told = first["findings"].to_string();
    assert!(
        told.contains("quay.example") && told.contains("pier.example"),
        "{first}"
    );

    for (channel, name) in [(&quay, "quay.example"), (&pier, "pier.example")] {
        let path = format!("/admin/livetv/channels/{channel}");
        let mapped = json!({"guideId": name}).to_string();
        editor
            .call("PATCH", &path, Some(mapped.as_bytes()), &[])
            .data(200);
    }
    let second = upload(&editor, "Europe/Oslo", "application/xml", file);
    assert_eq!(
        (&second["created"], &second["refused"]),
        (&json!(3), &json!(0)),
        "{second}"
    );
    let third = upload(&editor, "Europe/Oslo", "application/xml", file);
    assert_eq!(
        (&third["created"], &third["unchanged"]),
        (&json!(0), &json!(3)),
        "{third}"
    );

    clocks_that_go_back(&viewer, (&quay, &pier));
}

/// The clocks went back at 3: half past one was at 23:30 UTC, half past three at 2:30. An offset of its own counts.
fn clocks_that_go_back(viewer: &Client, (quay, pier): (&str, &str)) {
    let night = ("2026-10-24T22:00:00Z", "2026-10-25T06:00:00Z");
    let own = |title: &str, start: &str| (title.to_owned(), start.to_owned());
    assert_eq!(
        programmes(viewer, quay, night.0, night.1),
        [
            own("Night", "2026-10-24T23:30:00Z"),
            own("Morning", "2026-10-25T02:30:00Z")
        ]
    );
    assert_eq!(
        programmes(viewer, pier, night.0, night.1),
        [own("Harbour", "2026-10-25T01:00:00Z")]
    );

    // A clock in Oslo shows half past two twice; what is asked for stays as it is.
    let path = format!(
        "/client/livetv/epg?channel_id={quay}&from={}&to={}",
        night.0, night.1
    );
    let told = viewer.get(&format!("{path}&tz=Europe/Oslo")).data(200);
    let shown = &told["items"][0]["programmes"][1];
    assert_eq!(
        (
            &shown["startTime"],
            &shown["localStart"],
            &shown["localStop"]
        ),
        (
            &json!("2026-10-25T02:30:00Z"),
            &json!("2026-10-25T03:30:00+01:00"),
            &json!("2026-10-25T04:30:00+01:00")
        ),
        "{told}"
    );
    let plain = viewer.get(&path).data(200);
    assert_eq!(plain["items"][0]["programmes"][1]["localStart"], "");
    viewer
        .get(&format!("{path}&tz=Europe/Atlantis"))
        .refused(400, "VALIDATION_FAILED");
}

#[test]
fn an_editor_maps_two_channels_of_a_guide_and_its_night_of_summer_time_is_read_right() {
    walk(&Deployment::start(&["all"], &[]));
}

#[test]
fn a_guide_in_processes_of_their_own_is_the_same() {
    walk(&Deployment::start(&["others", "livetv", "edge"], &[]));
}
