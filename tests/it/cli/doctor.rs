//! `doctor`.

use std::{fs, os::unix::fs::PermissionsExt as _};

use serde_json::{Value, json};

use super::Desk;
use crate::harness::Deployment;

#[test]
fn a_fresh_folder_is_well_and_every_look_is_told() {
    let desk = Desk::new();
    let told = desk.run(&["doctor"]).ok();
    for line in [
        "ok    configuration can be used",
        "ok    no Kafka is configured: the event log is kept in the data folder",
        "ok    no OpenSearch is configured: the search index is kept in the data folder",
        "ok    no Redis is configured: edges count together on PostgreSQL, or each by itself",
    ] {
        assert!(told.lines().any(|other| other == line), "{line}\n{told}");
    }
    let folder = desk.data();
    assert!(
        told.contains(&format!(
            "ok    data folder {folder} is not there yet; `streamverse run` makes it"
        )),
        "{told}"
    );
    assert!(
        told.contains(" migrations wait; `streamverse run` and `streamverse migrate` apply them")
    );
    assert!(!desk.data.exists(), "who looks makes nothing");
    desk.run(&["migrate"]).ok();
    let told = desk.run(&["doctor"]).ok();
    for line in [
        "ok    no server runs on the data folder".to_owned(),
        "ok    tables are up to date".to_owned(),
        format!("ok    data folder {folder} can be used"),
    ] {
        assert!(told.lines().any(|other| other == line), "{line}\n{told}");
    }
}

/// Each check by itself, for scripts: how it stands, what it says, and how many are to be mended.
#[test]
fn what_is_found_is_told_as_json_too() {
    let desk = Desk::installed();
    let told: Value = serde_json::from_str(&desk.run(&["doctor", "--json"]).ok()).unwrap();
    assert_eq!(told["fail"], 0, "{told:#}");
    let checks = told["checks"].as_array().unwrap();
    for name in [
        "configuration",
        "open_files",
        "clock",
        "data_folder",
        "room",
        "installation",
        "keys",
        "ports",
        "tables",
        "kafka",
        "opensearch",
        "redis",
        "ffmpeg",
        "sandbox",
    ] {
        let check = checks.iter().find(|check| check["check"] == name);
        let check = check.unwrap_or_else(|| panic!("{name} is not looked at: {told:#}"));
        assert!(
            ["ok", "warn"].contains(&check["status"].as_str().unwrap()),
            "{check:#}"
        );
        assert!(!check["says"].as_str().unwrap().is_empty());
    }
    let desk = desk.with("DATABASE_URL", "postgres://sv:sesame@127.0.0.1:1/sv");
    let ended = desk.run(&["doctor", "--json"]);
    let told: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(
        (ended.code, &told["fail"]),
        (Some(1), &json!(1)),
        "{told:#}"
    );
}

/// A data folder that was in use tomorrow, and a key that others can read.
#[test]
fn a_wrong_clock_must_be_mended_and_an_open_key_is_a_note() {
    let desk = Desk::installed();
    fs::create_dir_all(desk.data.join("run")).unwrap();
    fs::write(desk.data.join("run/clock"), "9000-01-01T00:00:00Z\n").unwrap();
    let key = desk.data.join("keys/password-pepper");
    fs::create_dir_all(key.parent().unwrap()).unwrap();
    if !key.exists() {
        fs::write(&key, "x").unwrap();
    }
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let ended = desk.run(&["doctor"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    for words in [
        "MEND  the clock says",
        "but the data folder was in use at 9000-01-01",
        "is open to other users; chmod 600 ",
    ] {
        assert!(ended.out.contains(words), "{words}: {}", ended.out);
    }
}

#[test]
fn a_missing_ffmpeg_is_a_note_with_the_command_that_installs_it() {
    let told = Desk::new().with("PATH", "/nowhere").run(&["doctor"]).ok();
    for tool in ["ffmpeg", "ffprobe"] {
        let note = format!(
            "note  {tool} is missing: only `import media` needs it; Debian and Ubuntu: apt install ffmpeg"
        );
        assert!(told.contains(&note), "{told}");
    }
}

#[test]
fn running_services_are_told_with_their_addresses() {
    let deployment = Deployment::start(&["all"], &[]);
    let told = Desk::at(&deployment).run(&["doctor"]).ok();
    let line = told
        .lines()
        .find(|line| line.starts_with("note  running: "))
        .unwrap();
    assert!(line.contains("auth at http://127.0.0.1:"), "{line}");
    assert!(
        line.contains(&format!("edge at {} (process ", deployment.edge)),
        "{line}"
    );
}

#[test]
fn what_must_be_mended_fails() {
    // Nobody listens on port 1.
    let desk = Desk::new().with("DATABASE_URL", "postgres://sv:sesame@127.0.0.1:1/sv");
    let ended = desk.run(&["doctor"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.out.contains("MEND  tables of auth: "), "{ended:?}");
    assert_eq!(ended.errors, "error: 1 of these must be mended\n");
    assert!(!ended.out.contains("sesame"), "{ended:?}");
}
