//! A burst of writes on PostgreSQL, Kafka and OpenSearch while these, and the program, are killed
//! in turn (feature `test-faults`).

use std::{
    collections::HashSet,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use super::{
    BREATH, TIMEOUT, editor,
    ledger::{Finding, Ledger, report},
    log::{self, Event},
    moment,
    stored::Stored,
    unlimited,
    writers::Burst,
};
use crate::harness::{Client, Deployment, servers, tell};

/// How many write at once.
const WRITERS: usize = 3;
/// How long each of them rests between two writes, in milliseconds: what is written is also to be
/// looked up, which takes longer.
const REST: u64 = 1000;
/// The same around a kill.
const HURRY: u64 = 40;
/// The longest time between two kills, and the longest that a server stays away.
const WHILE: Duration = Duration::from_millis(1500);
/// The pause between two looks at the index.
const PAUSE: Duration = Duration::from_millis(100);

/// The program among the servers.
const PROGRAM: &str = "streamverse";
/// What is killed in one round, turn by turn.
const VICTIMS: [&[&str]; 4] = [
    &[PROGRAM],
    &["kafka"],
    &["postgres", PROGRAM],
    &["opensearch"],
];
/// How many rounds there are: with five victims in each, twenty kills.
const ROUNDS: usize = 4;
/// What is killed in the end. The program is left to recover: its breaker keeps callers away for a
/// minute (RES-1), so that this is done once.
const LAST: &[&str] = &["postgres"];

/// EVT-7, C40, RES-1: as on embedded adapters, and the program recovers by itself. Kafka's log may
/// repeat an event, which is known by its id.
#[test]
fn servers_killed_in_turn_lose_and_double_nothing() {
    let mut env = servers().to_vec();
    let address = |of: &str| env.iter().find(|(name, _)| *name == of).unwrap().1.clone();
    let (brokers, opensearch) = (&address("KAFKA_BROKERS"), &address("OPENSEARCH_URL"));
    env.extend(unlimited());
    // What is looked up in the end is the index itself, on a machine that may be loaded.
    env.push(("STREAMVERSE_SEARCH__INDEX_BUDGET_MS", "1500".to_owned()));
    let mut deployment = Deployment::start(&["all"], &env);
    let burst = Burst::new(editor(&deployment));
    let begin = Instant::now();
    let ledger = thread::scope(|threads| {
        let ending = burst.ending();
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let burst = &burst;
                threads.spawn(move || burst.write(writer))
            })
            .collect();
        let rebuilds = threads.spawn(|| rebuild(&burst));
        for victims in VICTIMS.repeat(ROUNDS).into_iter().chain([LAST]) {
            println!("{victims:?} after {:?}", begin.elapsed());
            burst.progress_since(burst.acknowledged());
            await_indexing(opensearch);
            burst.rest(HURRY);
            thread::sleep(moment(WHILE));
            let servers = || victims.iter().filter(|victim| **victim != PROGRAM);
            servers().for_each(|server| stack("kill", server));
            if victims.contains(&PROGRAM) {
                deployment.kill();
            } else if victims != LAST {
                // Writes need only the tables; what follows from them waits.
                burst.progress_since(burst.acknowledged());
            }
            thread::sleep(moment(WHILE));
            burst.rest(REST);
            servers().for_each(|server| stack("up", server));
            if victims.contains(&PROGRAM) {
                deployment.start_again();
                burst.moved_to(&deployment.edge);
            }
        }
        burst.progress_since(burst.acknowledged());
        drop(ending);
        println!("{} rebuilds came to their ends", rebuilds.join().unwrap());
        let ledgers = writers.into_iter().map(|writer| writer.join().unwrap());
        Ledger(ledgers.flat_map(|ledger| ledger.0).collect())
    });
    tell(&format!(
        "servers killed in turn: {} films; {burst}",
        ledger.0.len()
    ));
    assert!(burst.acknowledged() > 100, "too few to mean anything");
    let found = wrong(&deployment, &ledger, brokers);
    report("servers killed in turn", burst.acknowledged(), &found);
    assert_eq!(found, []);
    assert!(!deployment.logs().contains("panicked"), "nothing panics");
}

/// Waits until the index takes something up. It is asked itself: questions to the program that
/// fail meanwhile would open a breaker.
fn await_indexing(opensearch: &str) {
    let client = Client::new(opensearch);
    let documents = || {
        let path = "/streamverse-search-v2/_count?q=state:live";
        let answer = client.try_call("GET", path, None, &[]).ok()?;
        answer.json()["count"].as_u64()
    };
    let begin = Instant::now();
    let mut before = None;
    loop {
        let now = documents();
        match before {
            None => before = now,
            Some(_) if now.is_some() && now != before => return,
            Some(_) => {}
        }
        assert!(begin.elapsed() < TIMEOUT, "nothing is taken up");
        thread::sleep(PAUSE);
    }
}

/// Has the index built anew until the end of the burst, and counts how often that succeeds.
fn rebuild(burst: &Burst) -> usize {
    let mut done = 0;
    while !burst.is_over() {
        let editor = burst.editor().clone();
        let path = "/admin/search/rebuild";
        if let Ok(answer) = editor.try_call("POST", path, Some(b"{}"), &[]) {
            match answer.status {
                200 => done += 1,
                409 | 503 | 504 => {}
                status => panic!("{path}: {status} {}", answer.json()),
            }
        }
        thread::sleep(BREATH);
    }
    done
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
pub(super) fn stack(script: &str, server: &str) {
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
