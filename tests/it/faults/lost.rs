//! Files that are taken away under a running server: what is acknowledged can be rescued, and nothing more is.

use std::{fs, path::Path, process::Command, thread, time::Duration};

use serde_json::{Value, json};

use super::{editor, unlimited};
use crate::harness::{Client, Deployment};

/// How the program of this test knows that a file lost its name.
const GONE: &str = " (deleted)";

fn film(client: &Client, title: &str) -> crate::harness::Answer {
    let body = json!({"title": title, "status": "published"});
    client.post("/admin/ondemand/movies", &body)
}

fn titles(client: &Client) -> Vec<Value> {
    let found = client.get("/admin/ondemand/movies").data(200);
    let films = found["items"].as_array().unwrap().iter();
    let mut titles: Vec<_> = films.map(|film| film["title"].clone()).collect();
    titles.sort_by_key(Value::to_string);
    titles
}

/// Copies what a process has open of a database to where it was, as docs/operations/recovery.md says.
fn rescue(process: u32, data: &Path, name: &str) {
    let open = fs::read_dir(format!("/proc/{process}/fd")).unwrap();
    for file in open.map(|file| file.unwrap().path()) {
        let target = fs::read_link(&file).unwrap_or_default();
        let target = target.to_str().unwrap_or_default();
        let Some(lost) = target.strip_suffix(GONE) else {
            continue;
        };
        for end in ["db", "db-wal"] {
            let place = data.join(format!("{name}.{end}"));
            if Path::new(lost).file_name() == place.file_name() && !place.exists() {
                fs::copy(&file, place).unwrap();
            }
        }
    }
}

fn signal(name: &str, process: u32) {
    let sent = Command::new("kill")
        .args([name, &process.to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// C40.
#[test]
fn a_database_that_is_deleted_under_a_running_server_takes_nothing_more_and_can_be_rescued() {
    let mut deployment = Deployment::start(&["all"], &unlimited());
    let writer = editor(&deployment);
    assert_eq!(film(&writer, "Before").status, 201);
    let data = deployment.data.path().to_owned();
    for end in ["db", "db-wal", "db-shm"] {
        fs::remove_file(data.join(format!("content.{end}"))).unwrap();
    }
    film(&writer, "After").refused(503, "STORAGE_LOST");
    let unready = writer.until("/ready", |answer| answer.status == 503);
    assert!(
        unready.text().contains("storage_lost"),
        "{}",
        unready.text()
    );
    assert_eq!(titles(&writer), ["Before"], "it can still be read");
    deployment.until_logged("content.db was deleted: nothing more is written; what was is still");

    rescue(deployment.servers[0].child.id(), &data, "content");
    deployment.kill();
    deployment.start_again();
    let writer = editor(&deployment);
    assert_eq!(titles(&writer), ["Before"]);
    assert_eq!(film(&writer, "Again").status, 201);
}

/// X-ST-1: two processes never acknowledge writes of one service, whatever becomes of the locks.
#[test]
fn where_the_locks_are_deleted_one_process_at_most_acknowledges() {
    let mut deployment = Deployment::start(&["all"], &unlimited());
    let first = editor(&deployment);
    let locks = deployment.data.path().join("locks");
    fs::remove_dir_all(&locks).unwrap();
    // The running one makes them again.
    while !locks.join("content.lock").exists() {
        thread::sleep(Duration::from_millis(50));
    }
    deployment.until_logged("is made again");
    let begun = deployment.try_second();
    assert!(
        begun
            .unwrap_err()
            .contains("already runs on the data folder")
    );
    assert_eq!(film(&first, "One").status, 201);

    // One that is faster takes the tables for itself.
    let running = deployment.servers[0].child.id();
    let edge = loop {
        signal("-STOP", running);
        fs::remove_dir_all(&locks).unwrap();
        let begun = deployment.try_second();
        signal("-CONT", running);
        // It may have been halted in the middle of a write.
        match begun {
            Ok(edge) => break edge,
            Err(log) => assert!(log.contains("timed out"), "{log}"),
        }
        thread::sleep(Duration::from_millis(500));
    };
    let mut second = Client::new(&edge);
    second.token.clone_from(&first.token);
    film(&first, "Two").refused(503, "STORAGE_LOST");
    let unready = first.until("/ready", |answer| answer.status == 503);
    assert!(
        unready.text().contains("storage_lost"),
        "{}",
        unready.text()
    );
    assert_eq!(film(&second, "Three").status, 201);
    assert_eq!(titles(&second), ["One", "Three"]);
}

/// Without the secrets that passwords and PINs are sealed by no start would be possible any more.
#[test]
fn secrets_whose_files_are_deleted_are_written_again() {
    let mut deployment = Deployment::start(&["all"], &unlimited());
    let writer = editor(&deployment);
    assert_eq!(film(&writer, "One").status, 201);
    let keys = deployment.data.path().join("keys");
    fs::remove_dir_all(&keys).unwrap();
    for name in ["password-pepper", "profile-pins", "webhook-secrets"] {
        while !keys.join(name).exists() {
            thread::sleep(Duration::from_millis(100));
        }
    }
    deployment.until_logged("the file of a secret was lost, and is written again");
    deployment.kill();
    deployment.start_again();
    assert_eq!(titles(&editor(&deployment)), ["One"]);
}
