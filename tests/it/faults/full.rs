//! A disk that is full for a while: a small file system of its own, filled and emptied under a running
//! program. Mounting takes root, as `make test-stack` has it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    burst::{signed_in, wrong},
    editor,
    ledger::{Ledger, report},
    stored::films,
    unlimited,
};
use crate::harness::{Client, Deployment};

/// The size of the disk; what a new installation needs is a fifth of it.
const SIZE: &str = "size=48m";
/// Files of this size fill it.
const PIECE: usize = 64 << 10;
/// How often it is filled.
const ROUNDS: usize = 3;

/// A file system in memory, as large as a small disk.
struct Disk(PathBuf);

impl Disk {
    fn mount(at: &Path) -> Self {
        run(
            "mount",
            &["-t", "tmpfs", "-o", SIZE, "streamverse-test", text(at)],
        );
        Self(at.to_owned())
    }

    /// Takes all the room that there is, also where it took some before.
    fn fill(&self) {
        let folder = self.0.join("filler");
        fs::create_dir_all(&folder).unwrap();
        let begun = fs::read_dir(&folder).unwrap().count();
        let mut piece = PIECE;
        for number in begun.. {
            if fs::write(folder.join(number.to_string()), vec![1; piece]).is_ok() {
                continue;
            }
            if piece == 1 {
                return;
            }
            piece = (piece / 4).max(1);
        }
    }

    fn empty(&self) {
        fs::remove_dir_all(self.0.join("filler")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").args(["-l", text(&self.0)]).status();
    }
}

fn run(program: &str, args: &[&str]) {
    let output = Command::new(program).args(args).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {args:?}: {said}");
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// C40: what is acknowledged before, during and after a full disk is there after a restart.
#[test]
fn a_disk_that_was_full_loses_nothing_that_was_acknowledged() {
    let mut deployment = Deployment::stopped(&["all"], &unlimited());
    let disk = Disk::mount(deployment.data.path());
    deployment.start_again();
    let writer = editor(&deployment);
    let (mut acknowledged, mut full) = (Vec::new(), 0);
    let mut write = |title: String| {
        let body = serde_json::json!({
            "title": title, "status": "published", "synopsis": "x".repeat(3000),
        });
        let answer = writer.post("/admin/ondemand/movies", &body);
        let reason = answer.json()["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        match (answer.status, reason.as_str()) {
            (201, _) => acknowledged.push(title),
            (503, "STORAGE_FULL") => full += 1,
            // The breaker of a loaded machine; not what a full disk answers.
            (503 | 504, "UNAVAILABLE" | "DEADLINE_EXCEEDED") => {}
            other => panic!("{other:?}: {}", answer.json()),
        }
    };
    for round in 0..ROUNDS {
        for n in 0..20 {
            write(format!("Before {round} {n}"));
        }
        disk.fill();
        for n in 0..60 {
            write(format!("During {round} {n}"));
        }
        let unready = until_ready(&writer, false);
        assert!(unready.contains("storage_full"), "{unready}");
        disk.empty();
        until_ready(&writer, true);
        for n in 0..20 {
            write(format!("After {round} {n}"));
        }
    }
    assert!(full > ROUNDS, "the disk was never full for a write");
    deployment.kill();
    deployment.start_again();
    let made = films(&signed_in(&deployment));
    let lost: Vec<_> = acknowledged
        .iter()
        .filter(|title| !made.iter().any(|film| film.title == **title))
        .collect();
    assert_eq!(lost, Vec::<&String>::new(), "acknowledged and gone");
    assert_eq!(
        made.len(),
        acknowledged.len(),
        "and nothing that was refused is there"
    );
    let found = wrong(&deployment, &Ledger::of_films(&made));
    report("a full disk", acknowledged.len(), &found);
    assert_eq!(found, []);
    assert!(!deployment.logs().contains("panicked"), "nothing panics");
    deployment.kill();
    drop(disk);
}

/// What can be read is not out of reach because somebody restarts a server on a full disk.
#[test]
fn a_restart_on_a_full_disk_serves_reads_says_storage_full_and_goes_on_when_there_is_room() {
    let mut deployment = Deployment::stopped(&["all"], &unlimited());
    let disk = Disk::mount(deployment.data.path());
    deployment.start_again();
    let film = |title: &str| serde_json::json!({"title": title, "status": "published"});
    let mut writer = editor(&deployment);
    let (email, password) = deployment.admin();
    let signed = writer.login(&email, &password);
    let made = writer.post("/admin/ondemand/movies", &film("Before"));
    assert_eq!(made.status, 201, "{}", made.text());
    // Once in order, which takes the databases' logs away, and more than once: no start uses the room up.
    for round in 0..4 {
        disk.fill();
        if round == 0 {
            deployment.servers[0].ends_in_order();
        }
        deployment.kill();
        // What an end in order gave back is somebody else's by the time of the start.
        disk.fill();
        deployment.start_again();
        let mut reader = Client::new(&deployment.edge);
        reader.token.clone_from(&writer.token);
        // A start takes up the databases' logs, which gives room back and leaves some in them: it is used up first.
        let mut acknowledged = 0;
        loop {
            let title = format!("During {round} {acknowledged}");
            let body = serde_json::json!({"title": title, "synopsis": "x".repeat(3000)});
            let refused = reader.post("/admin/ondemand/movies", &body);
            if refused.status != 201 {
                refused.refused(503, "STORAGE_FULL");
                break;
            }
            acknowledged += 1;
            assert!(acknowledged < 4_000, "the disk is not full");
        }
        let unready = until_ready(&reader, false);
        assert!(unready.contains("storage_full"), "{unready}");
        assert_eq!(reader.get("/admin/ondemand/movies").status, 200);
        // What counts as a write is refused as one.
        let (email, password) = ("root@example.org", "correct horse battery");
        let sign_in = serde_json::json!({"email": email, "password": password});
        reader
            .post("/auth/login", &sign_in)
            .refused(503, "STORAGE_FULL");
        let session = serde_json::json!({"refreshToken": signed["refreshToken"]});
        reader
            .post("/auth/refresh", &session)
            .refused(503, "STORAGE_FULL");
        // Reading leaves a record, for which there is no room, and is a reading all the same.
        assert_eq!(reader.get("/admin/audit").status, 200);
        // A start that is refused leaves the room that is kept for the next one.
        let reserve = deployment.data.path().join("reserve");
        let kept = || fs::metadata(&reserve).map(|file| file.len());
        let before = kept().unwrap();
        deployment.try_second().unwrap_err();
        assert_eq!(kept().unwrap(), before);
        disk.empty();
        until_ready(&reader, true);
    }
    let title = format!("After {}", films(&signed_in(&deployment)).len());
    let made = editor(&deployment).post("/admin/ondemand/movies", &film(&title));
    assert_eq!(made.status, 201, "{}", made.text());
    deployment.kill();
    drop(disk);
}

/// A demonstration that finds no room is loaded once there is some, and ends nothing.
#[test]
fn a_demonstration_that_finds_no_room_waits_for_it() {
    let demo = [("STREAMVERSE_SERVER__DEMO", "true".to_owned())];
    let mut deployment = Deployment::stopped(&["all"], &[&unlimited()[..], &demo].concat());
    let disk = Disk::mount(deployment.data.path());
    disk.fill();
    // Room for the tables, and not for the demonstration.
    let filler = disk.0.join("filler");
    for number in 0..72 {
        fs::remove_file(filler.join(number.to_string())).unwrap();
    }
    deployment.start_again();
    deployment.until_logged("demonstration not loaded yet");
    let ended = deployment.servers[0].child.try_wait().unwrap();
    assert_eq!(ended, None, "the server goes on: {}", deployment.logs());
    disk.empty();
    deployment.until_logged("demonstration clips loaded");
    deployment.kill();
    drop(disk);
}

/// Asks until the process is ready, or is not, and returns the answer.
fn until_ready(client: &Client, wanted: bool) -> String {
    let answer = client.until("/ready", |answer| (answer.status == 200) == wanted);
    answer.text().to_owned()
}
