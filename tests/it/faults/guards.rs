//! The guards: each kind of loss and doubling is found where somebody makes it behind the program's
//! back.

use std::{collections::BTreeSet, fs, path::Path};

use sea_orm::ConnectionTrait as _;

use super::{
    burst::{signed_in, wrong},
    editor,
    ledger::{Finding, Ledger},
    log::{self, with_tables},
    stored::{Stored, films},
    unlimited,
    writers::Burst,
};
use crate::harness::Deployment;

#[test]
fn rows_and_events_that_are_lost_or_doubled_are_found() {
    let mut deployment = Deployment::start(&["all"], &unlimited());
    let burst = Burst::new(editor(&deployment));
    let names = [
        "lost", "doubled", "older", "back", "missing", "twice", "late",
    ];
    let ids = names.map(|name| {
        let film = burst.create(&format!("Guard {name} r0")).unwrap();
        burst.change(film).id
    });
    let [lost, doubled, older, back, missing, twice, late] = ids;
    let client = signed_in(&deployment);
    let mut ledger = Ledger::of_films(&films(&client));
    assert_eq!(wrong(&deployment, &ledger), [], "nothing is wrong yet");

    deployment.kill();
    let folder = deployment.data.path().to_owned();
    let row = |id: &str| format!("id = x'{}'", id.replace('-', ""));
    let columns = "tenant, type, status, monetization, maturity_rating, release_year,
        by_release_date, by_score, by_create_time, version, document";
    let rows = [
        format!("DELETE FROM content WHERE {}", row(&lost)),
        format!(
            "INSERT INTO content (id, by_title, {columns})
             SELECT randomblob(16), by_title || 'x', {columns} FROM content WHERE {}",
            row(&doubled)
        ),
    ];
    tamper(&folder, "content", &rows);
    let event =
        |id: &str, version: u32| format!("key = '{id}' AND headers ->> 'version' = '{version}'");
    let events = [
        format!("DELETE FROM records WHERE {}", event(&missing, 1)),
        format!(
            r#"INSERT INTO records
               SELECT topic, partition, "offset" + 1000, key, headers, payload, ts
               FROM records WHERE {}"#,
            event(&twice, 2)
        ),
        format!(
            r#"UPDATE records SET "offset" = "offset" + 2000 WHERE {}"#,
            event(&late, 1)
        ),
    ];
    tamper(&folder, "bus", &events);
    // A change and a deletion that were acknowledged and are not there.
    ledger.0.get_mut(&older).unwrap().version += 1;
    ledger.0.get_mut(&back).unwrap().deleted = true;

    deployment.start_again();
    let client = signed_in(&deployment);
    let stored = Stored::read(&client, log::embedded(&folder), ledger.titles());
    let found: BTreeSet<_> = ledger.compare(&stored).into_iter().collect();
    let expected = [
        Finding::FilmLost(lost),
        Finding::FilmDoubled(doubled),
        Finding::FilmOtherwise(older.clone()),
        Finding::EventMissing(older, 3),
        Finding::FilmBack(back.clone()),
        Finding::EventOtherwise(back.clone()),
        Finding::FoundOtherwise(back),
        Finding::Documents(names.len(), names.len() - 1),
        Finding::EventMissing(missing, 1),
        Finding::EventDoubled(twice, 2),
        Finding::EventsOutOfOrder(late.clone()),
        Finding::EventOtherwise(late),
    ];
    assert_eq!(found, expected.into());
}

#[test]
fn an_index_that_forgot_what_it_had_taken_up_is_found() {
    let mut deployment = Deployment::start(&["all"], &unlimited());
    let burst = Burst::new(editor(&deployment));
    let changed = burst.create("Guard changed r0").unwrap();
    let deleted = burst.create("Guard deleted r0").unwrap();
    let client = signed_in(&deployment);
    let so_far = Ledger::of_films(&films(&client));
    assert_eq!(wrong(&deployment, &so_far), []);

    deployment.kill();
    let folder = deployment.data.path().to_owned();
    let kept = tempfile::tempdir().unwrap();
    copy(&folder.join("index"), kept.path());

    deployment.start_again();
    burst.moved_to(&deployment.edge);
    let changed = burst.change(changed);
    let made = burst.create("Guard made r0").unwrap();
    let other = burst.create("Guard other r0").unwrap();
    let (deleted, gone) = burst.delete(deleted);
    let mut ledger = Ledger::of_films(&films(&signed_in(&deployment)));
    ledger.0.insert(deleted.clone(), gone);
    assert_eq!(wrong(&deployment, &ledger), []);

    deployment.kill();
    fs::remove_dir_all(folder.join("index")).unwrap();
    copy(kept.path(), &folder.join("index"));
    deployment.start_again();
    let client = signed_in(&deployment);
    let stored = Stored::read(&client, log::embedded(&folder), ledger.titles());
    let mut expected = vec![
        Finding::FoundOtherwise(changed.id),
        Finding::FoundOtherwise(deleted),
        Finding::NotFound(made.id),
        Finding::NotFound(other.id),
        Finding::Documents(2, 3),
    ];
    expected.sort();
    assert_eq!(ledger.compare(&stored), expected);
}

/// Changes tables of a stopped folder, one row by each statement.
fn tamper(folder: &Path, name: &str, statements: &[String]) {
    with_tables(folder, name, async |tables| {
        for statement in statements {
            let done = tables.execute_unprepared(statement).await.unwrap();
            assert_eq!(done.rows_affected(), 1, "{statement}");
        }
    });
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}
