//! `doctor`.

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
