//! `import guide`: into a running server and a stopped folder, what it reports, and files that are no guide.

use serde_json::{Value, json};

use super::Desk;
use crate::harness::{Client, Deployment};

const GUIDE: &str = "channel,start,stop,title\n\
    one.example,2026-03-01 20:00,2026-03-01 21:00,One\n\
    nobody.example,2026-03-01 20:00,2026-03-01 21:00,Two\n\
    one.example,2026-03-01 20:30,2026-03-01 22:00,Three\n";

#[test]
fn a_guide_is_imported_into_a_running_server_and_then_into_its_stopped_folder() {
    let mut deployment = Deployment::start(&["all"], &[]);
    let desk = Desk::at(&deployment);
    let mut editor = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    editor.login(&email, &password);
    let channel = json!({"name": "One", "status": "published", "guideId": "one.example"});
    let channel = editor.post("/admin/livetv/channels", &channel).data(201);
    let file = desk.file("guide.csv", GUIDE);
    let rows = "row 1 (line 2) OVERLAP, channel `one.example`, `One`\n\
        row 2 (line 3) CHANNEL_UNKNOWN, channel `nobody.example`, `Two`\n";
    let dry = desk.run(&["import", "guide", &file, "--dry-run"]).ok();
    let sum = "channels 1, would be created 2, would be updated 0, unchanged 0, would be deleted 0, refused 1\n";
    assert_eq!(dry, format!("{rows}{sum}"));

    let import = [
        "import",
        "guide",
        &file,
        "--time-zone",
        "Europe/Oslo",
        "--output",
        "json",
    ];
    let first: Value = serde_json::from_str(&desk.run(&import).ok()).unwrap();
    assert_eq!(
        (&first["created"], &first["findings"][1]["line"]),
        (&json!(2), &json!(3))
    );
    let window = "from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z";
    let path = format!(
        "/livetv/epg?channelId={}&{window}",
        channel["id"].as_str().unwrap()
    );
    let shown = editor.get(&path).data(200);
    let shown = &shown["items"][0]["programmes"];
    assert_eq!(shown[0]["startTime"], "2026-03-01T19:00:00Z", "{shown}");
    assert_eq!(shown[0]["stopTime"], "2026-03-01T19:30:00Z");

    deployment.kill();
    let again: Value = serde_json::from_str(&desk.run(&import).ok()).unwrap();
    assert_eq!(
        (&again["created"], &again["unchanged"]),
        (&json!(0), &json!(2))
    );
}

#[test]
fn what_is_no_guide_is_refused_by_name_and_of_a_guide_that_nobody_knows_the_report_says_so() {
    let desk = Desk::installed();
    let file = desk.file("guide.csv", GUIDE);
    let ended = desk.run(&["import", "guide", &file]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.out.contains("CHANNEL_UNKNOWN"), "{ended:?}");
    assert!(ended.errors.contains("no programme was taken"), "{ended:?}");
    let cut = desk.file("cut.json", "[{");
    let refused = desk.run(&["import", "guide", &cut]).failed();
    assert!(refused.contains("it ends in the middle"), "{refused}");
    let zone = desk.run(&["import", "guide", &file, "--time-zone", "Mars/North"]);
    let refused = zone.failed();
    assert!(refused.contains("IANA"), "{refused}");
    let missing = desk.run(&["import", "guide", "missing.xml"]).failed();
    assert!(missing.contains("cannot read missing.xml"), "{missing}");
}
