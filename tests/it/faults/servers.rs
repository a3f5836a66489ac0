//! A burst of writes on PostgreSQL, Kafka and OpenSearch while these, and the program, are killed
//! in turn (feature `test-faults`).

use std::{collections::HashSet, path::Path, process::Command, thread, time::Duration};

use super::{
    KILLS, editor,
    ledger::{Finding, Ledger},
    log::{self, Event},
    moment,
    stored::Stored,
    unlimited,
    writers::Burst,
};
use crate::harness::{Deployment, servers};

/// How many write at once.
const WRITERS: usize = 3;
/// How long each of them rests between two writes: what is written is also to be looked up.
const REST: Duration = Duration::from_millis(100);
/// The longest time between two kills, and the longest that a server stays away.
const WHILE: Duration = Duration::from_millis(1500);

/// EVT-7, C40: as on embedded adapters, and the program recovers by itself. Kafka's log may repeat
/// an event, which is known by its id.
#[test]
fn servers_killed_in_turn_lose_and_double_nothing() {
    let mut env = servers().to_vec();
    env.extend(unlimited());
    let mut deployment = Deployment::start(&["all"], &env);
    let burst = Burst::new(editor(&deployment)).resting(REST);
    let ledger = thread::scope(|threads| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let burst = &burst;
                threads.spawn(move || burst.write(writer))
            })
            .collect();
        for kill in 0..KILLS {
            burst.progress_since(burst.acknowledged());
            thread::sleep(moment(WHILE));
            match ["streamverse", "postgres", "kafka", "opensearch"][kill % 4] {
                "streamverse" => {
                    deployment.kill();
                    deployment.start_again();
                    burst.moved_to(&deployment.edge);
                }
                server => {
                    stack("kill", server);
                    if server != "postgres" {
                        // Writes need only the tables; what follows from them waits.
                        burst.progress_since(burst.acknowledged());
                    }
                    thread::sleep(moment(WHILE));
                    stack("up", server);
                }
            }
        }
        burst.progress_since(burst.acknowledged());
        burst.end();
        let ledgers = writers.into_iter().map(|writer| writer.join().unwrap());
        Ledger(ledgers.flat_map(|ledger| ledger.0).collect())
    });
    println!("{} films; {burst}", ledger.0.len());
    let brokers = &env
        .iter()
        .find(|(name, _)| *name == "KAFKA_BROKERS")
        .unwrap()
        .1;
    assert_eq!(wrong(&deployment, &ledger, brokers), []);
    assert!(!deployment.logs().contains("panicked"), "nothing panics");
}

/// Holds a ledger against a running installation on servers.
fn wrong(deployment: &Deployment, ledger: &Ledger, brokers: &str) -> Vec<Finding> {
    let editor = editor(deployment);
    ledger.settle(&editor, || {
        let events = known_once(log::kafka(brokers));
        Stored::read(&editor, events, ledger.titles())
    })
}

/// Leaves out events that the log repeats.
fn known_once(mut events: Vec<Event>) -> Vec<Event> {
    let mut known = HashSet::new();
    events.retain(|event| known.insert(event.id.clone()));
    events
}

/// Runs a script of the stack on one of its servers.
fn stack(script: &str, server: &str) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("stack")
        .join(script);
    let output = Command::new(&script).arg(server).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{} {server}:\n{said}",
        script.display()
    );
}
