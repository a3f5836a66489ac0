//! A burst of writes.

use std::{thread, time::Duration};

use super::{
    KILLS, editor,
    ledger::{Finding, Ledger, report},
    log, moment,
    stored::Stored,
    unlimited,
    writers::Burst,
};
use crate::harness::{Client, Deployment};

/// How many write at once.
const WRITERS: usize = 4;
/// The longest life of a server that does its work.
const LIFE: Duration = Duration::from_millis(400);
/// The longest life of one that is killed while it starts.
const BIRTH: Duration = Duration::from_millis(600);

/// EVT-7, C40: of creations, changes and deletions that were acknowledged none is lost and none is
/// there twice, in the tables, in the event log and in the index; and nothing is there that nobody
/// asked for.
#[test]
fn twenty_kills_in_a_burst_of_writes_lose_and_double_nothing() {
    let mut deployment = Deployment::start(&["all"], &unlimited());
    let burst = Burst::new(editor(&deployment));
    let ledger = thread::scope(|threads| {
        let ending = burst.ending();
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let burst = &burst;
                threads.spawn(move || burst.write(writer))
            })
            .collect();
        for kill in 0..KILLS {
            burst.progress_since(burst.acknowledged());
            thread::sleep(moment(LIFE));
            deployment.kill();
            if kill % 4 == 0 {
                deployment.begin_again();
                thread::sleep(moment(BIRTH));
                deployment.kill();
            }
            deployment.start_again();
            burst.moved_to(&deployment.edge);
        }
        drop(ending);
        let ledgers = writers.into_iter().map(|writer| writer.join().unwrap());
        Ledger(ledgers.flat_map(|ledger| ledger.0).collect())
    });
    println!("{} films; {burst}", ledger.0.len());
    assert!(burst.acknowledged() > 100, "too few to mean anything");
    assert!(burst.unanswered() > KILLS / 2, "too few were cut off");
    let found = wrong(&deployment, &ledger);
    report(
        "the program killed in a burst of writes",
        burst.acknowledged(),
        &found,
    );
    assert_eq!(found, []);
    assert!(!deployment.logs().contains("panicked"), "nothing panics");
}

/// Holds a ledger against a running installation on embedded adapters.
pub(super) fn wrong(deployment: &Deployment, ledger: &Ledger) -> Vec<Finding> {
    let editor = signed_in(deployment);
    ledger.settle(&editor, || {
        let events = log::embedded(deployment.data.path());
        Stored::read(&editor, events, ledger.titles())
    })
}

/// Signs in as the administrator whom [`editor`] made.
pub(super) fn signed_in(deployment: &Deployment) -> Client {
    let mut editor = Client::new(&deployment.edge);
    editor.login("root@example.org", "correct horse battery");
    editor
}
