//! `outbox list`, `outbox replay` and `outbox drop`.

use sea_orm::ConnectionTrait as _;

use super::Desk;
use crate::faults::log::with_tables;

const FILMS: &str = r#"[{"Title": "The Glass Harbour"}, {"Title": "The Iron Meadow"}]"#;

/// Makes dead letters of the events of content, as the relay does: of two films, and of the record that they
/// were imported.
fn give_up(desk: &Desk) {
    with_tables(&desk.data, "content", async |database| {
        let sql = "INSERT INTO outbox_dead SELECT event_id, topic, key, version, tenant,
                traceparent, payload, created_at, 7, 'too large' FROM outbox;
            DELETE FROM outbox;";
        database.execute_unprepared(sql).await.unwrap();
    });
}

#[test]
fn dead_letters_are_listed_with_their_cause_and_replayed_or_dropped() {
    let desk = Desk::installed();
    assert_eq!(desk.run(&["outbox", "list"]).ok(), "0 dead letters\n");
    desk.run(&["import", "catalog", &desk.file("films.json", FILMS)])
        .ok();
    assert_eq!(desk.run(&["outbox", "list"]).ok(), "0 dead letters\n");
    give_up(&desk);

    let listed = desk.run(&["outbox", "list"]).ok();
    assert!(listed.ends_with("\n3 dead letters\n"), "{listed}");
    for (what, times) in [
        ("  content  content.changed ", 2),
        ("  content  audit.recorded ", 1),
        ("\n  too large\n", 3),
    ] {
        assert_eq!(listed.matches(what).count(), times, "{what}: {listed}");
    }
    let film = listed
        .lines()
        .find(|line| line.contains("  content.changed "));
    let id = film.unwrap().split(' ').next().unwrap();
    assert_eq!(
        desk.run(&["outbox", "replay", id]).ok(),
        "1 events replayed\n"
    );
    let ended = desk.run(&["outbox", "drop", id]);
    assert_eq!(
        (ended.code, ended.out.as_str()),
        (Some(1), "0 events dropped\n")
    );
    assert!(ended.errors.contains("`streamverse outbox list` names"));
    assert_eq!(
        desk.run(&["outbox", "drop", "--all"]).ok(),
        "2 events dropped\n"
    );
    assert_eq!(desk.run(&["outbox", "list"]).ok(), "0 dead letters\n");

    // The next start publishes what was replayed: the log has it twice by now, under one id.
    desk.run(&["import", "catalog", &desk.file("more.json", FILMS)])
        .ok();
    let waiting = with_tables(&desk.data, "content", async |database| {
        let sql = "SELECT 1 FROM outbox WHERE published_at IS NULL";
        let select = sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, sql);
        database.query_all_raw(select).await.unwrap().len()
    });
    assert_eq!(waiting, 0);
}

#[test]
fn which_dead_letters_are_meant_must_be_said() {
    let desk = Desk::new();
    desk.run(&["outbox", "replay"]).misunderstood();
    desk.run(&["outbox", "drop", "no-id"]).misunderstood();
}
