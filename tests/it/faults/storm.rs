//! Several processes and the command line on one data folder, all at once.
//!
//! What counts is the event log, which all of them write: each event that an outbox says is published
//! stands there once, and no place is empty.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::MetadataExt as _,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};
use serde_json::{Value, json};

use super::{
    burst::{signed_in, wrong},
    editor,
    ledger::{Ledger, report},
    log::with_tables,
    stored::films,
    unlimited,
    writers::Burst,
};
use crate::harness::{Client, Deployment};

/// The processes, and the services that each of them runs.
const PROCESSES: [&str; 3] = [
    "admin,auth,users",
    "content,others",
    "streaming,search,edge",
];
/// How long they are at work.
const STORM: Duration = Duration::from_secs(15);
/// How many write films at once.
const WRITERS: usize = 3;
/// Films of each import.
const IMPORTED: usize = 20;

/// EVT-7, C40.
#[test]
fn three_processes_and_the_command_line_on_one_folder_lose_and_double_nothing() {
    let mut deployment = Deployment::start(&PROCESSES, &unlimited());
    let burst = Burst::new(editor(&deployment));
    let (imported, registered) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let begin = Instant::now();
    let mut ledger = thread::scope(|threads| {
        let ending = burst.ending();
        let (burst, deployment) = (&burst, &deployment);
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| threads.spawn(move || burst.write(writer)))
            .collect();
        let register = || {
            let number = registered.load(Ordering::Relaxed);
            Client::new(&deployment.edge).register(&format!("storm{number}@example.org"));
            registered.fetch_add(1, Ordering::Relaxed);
        };
        let registering = threads.spawn(move || {
            while begin.elapsed() < STORM {
                register();
            }
        });
        let mut rounds = 0;
        while begin.elapsed() < STORM {
            let file = catalogue(deployment.data.path(), rounds);
            deployment.command(&["import", "catalog", &file]);
            imported.fetch_add(IMPORTED, Ordering::Relaxed);
            #[cfg(feature = "test-media")]
            media(deployment, rounds);
            deployment.command(&["doctor"]);
            deployment.command(&["migrate", "--dry-run"]);
            deployment.command(&["search", "rebuild"]);
            locks_are_held(deployment);
            rounds += 1;
        }
        registering.join().unwrap();
        drop(ending);
        let ledgers = writers.into_iter().map(|writer| writer.join().unwrap());
        Ledger(ledgers.flat_map(|ledger| ledger.0).collect())
    });
    for server in &mut deployment.servers {
        let ended = server.child.try_wait().unwrap();
        assert_eq!(ended, None, "no process ends:\n{}", server.log());
    }

    let imports: Vec<_> = films(&signed_in(&deployment))
        .into_iter()
        .filter(|film| film.title.starts_with("Storm "))
        .collect();
    let (imported, registered) = (imported.into_inner(), registered.into_inner());
    assert_eq!(imports.len(), imported, "every import is there once");
    ledger.0.extend(Ledger::of_films(&imports).0);
    let found = wrong(&deployment, &ledger);
    let accounts = sum(
        deployment.data.path(),
        "auth",
        "SELECT COUNT(*) FROM credentials",
    );
    // The administrator is one, too.
    assert_eq!(accounts, i64::try_from(registered + 1).unwrap());
    locks_are_held(&deployment);
    let acknowledged = burst.acknowledged() + imported + registered;
    report(
        "three processes and the command line on one folder",
        acknowledged,
        &found,
    );
    assert!(acknowledged > 100, "too few to mean anything");
    assert_eq!(found, []);

    let folder = deployment.data.path().to_owned();
    deployment.kill();
    for name in databases(&folder) {
        let sound = with_tables(&folder, &name, async |tables| {
            text(&tables, "PRAGMA integrity_check").await
        });
        assert_eq!(sound, "ok", "{name}");
    }
    log_is_whole(&folder);
    assert!(!deployment.logs().contains("panicked"), "nothing panics");
}

/// Writes the films of one import.
fn catalogue(folder: &Path, round: usize) -> String {
    let row = |number: usize| {
        json!({
            "Title": format!("Storm {round} {number}"),
            "Release Date": format!("Jun {:02} 1998", number + 1),
            "Director": "Somebody",
        })
    };
    let rows: Vec<Value> = (0..IMPORTED).map(row).collect();
    let file = folder.join("storm.json");
    fs::write(&file, Value::from(rows).to_string()).unwrap();
    file.to_str().unwrap().to_owned()
}

/// Makes a short clip the media of a film of a round's import; the second import of it finds it done.
#[cfg(feature = "test-media")]
fn media(deployment: &Deployment, round: usize) {
    let films = format!("/admin/ondemand/movies?title_prefix=Storm%20{round}%200");
    let films = signed_in(deployment).get(&films).data(200);
    let title = films["items"][0]["id"].as_str().unwrap();
    let clip = deployment.data.path().join(format!("storm{round}.mp4"));
    let picture = format!("testsrc=duration=2:size=160x90:rate=24,hue=h={round}");
    let made = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", &picture])
        .args(["-f", "lavfi", "-i", "sine=duration=2", "-shortest"])
        .arg(&clip)
        .status();
    assert!(made.expect("ffmpeg runs").success());
    let clip = clip.to_str().unwrap();
    for reused in [false, true] {
        let args = ["import", "media", clip, "--content", title];
        let args = [&args[..], &["--output", "json"]].concat();
        let report: Value = serde_json::from_str(&deployment.command(&args)).unwrap();
        assert_eq!(report["reused"], reused, "{report}");
    }
    fs::remove_file(clip).unwrap();
}

/// Lists the databases of a folder, without their endings.
fn databases(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        name.strip_suffix(".db").map(str::to_owned)
    });
    names.flatten().collect()
}

/// Every process holds a lock on each of its databases, and on the index of its log: without them
/// another process truncates what it reads.
fn locks_are_held(deployment: &Deployment) {
    for (group, server) in deployment.groups.iter().zip(&deployment.servers) {
        let services = group.split(',').filter(|service| *service != "edge");
        for name in services.chain(["bus"]) {
            for ending in ["db", "db-shm"] {
                let file = deployment.data.path().join(format!("{name}.{ending}"));
                assert!(
                    holds_lock(server.child.id(), &file),
                    "the process of {group} holds no lock on {}",
                    file.display()
                );
            }
        }
    }
}

/// Says whether a process holds a lock on a file. The kernel tells it file by file; `/proc/locks`, the list of
/// all, is read in pieces, and while others lock and unlock it leaves out what is held all the time.
fn holds_lock(pid: u32, file: &Path) -> bool {
    let file = fs::metadata(file).unwrap();
    let process = Path::new("/proc").join(pid.to_string());
    let open = fs::read_dir(process.join("fd")).unwrap();
    open.map(|entry| entry.unwrap()).any(|entry| {
        // What was closed since is gone.
        let same = fs::metadata(entry.path())
            .is_ok_and(|open| (open.dev(), open.ino()) == (file.dev(), file.ino()));
        let told = || fs::read_to_string(process.join("fdinfo").join(entry.file_name()));
        same && told().is_ok_and(|told| told.contains("\nlock:"))
    })
}

/// Holds the log against the outboxes, and against its own counters.
fn log_is_whole(folder: &Path) {
    let gaps = "SELECT COALESCE(SUM(ABS(p.next_offset - (SELECT COUNT(*) FROM records r
        WHERE r.topic = p.topic AND r.partition = p.partition))), 0) FROM partitions p";
    assert_eq!(sum(folder, "bus", gaps), 0, "places that nobody holds");
    let mut log = BTreeMap::<String, usize>::new();
    for event in texts(folder, "bus", "SELECT headers ->> 'event-id' FROM records") {
        *log.entry(event).or_default() += 1;
    }
    assert!(
        log.values().all(|count| *count == 1),
        "no event is there twice"
    );
    let published = "SELECT lower(hex(event_id)) FROM outbox WHERE published_at IS NOT NULL";
    for name in databases(folder).iter().filter(|name| *name != "bus") {
        let lost = texts(folder, name, published).into_iter().filter(|event| {
            let parts = [
                &event[..8],
                &event[8..12],
                &event[12..16],
                &event[16..20],
                &event[20..],
            ];
            !log.contains_key(&parts.join("-"))
        });
        assert_eq!(
            lost.collect::<Vec<_>>(),
            Vec::<String>::new(),
            "published by {name} and lost"
        );
    }
}

async fn text(tables: &DatabaseConnection, sql: &str) -> String {
    let row = tables.query_one_raw(statement(sql)).await.unwrap().unwrap();
    row.try_get_by(0).unwrap()
}

fn texts(folder: &Path, name: &str, sql: &str) -> Vec<String> {
    let rows = with_tables(folder, name, async |tables| {
        tables.query_all_raw(statement(sql)).await.unwrap()
    });
    rows.iter().map(|row| row.try_get_by(0).unwrap()).collect()
}

fn sum(folder: &Path, name: &str, sql: &str) -> i64 {
    let row = with_tables(folder, name, async |tables| {
        tables.query_one_raw(statement(sql)).await.unwrap().unwrap()
    });
    row.try_get_by(0).unwrap()
}

fn statement(sql: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, sql)
}
