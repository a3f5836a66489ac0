//! `dead-letters list`, `show`, `replay` and `drop`.

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
    assert_eq!(desk.run(&["dead-letters", "list"]).ok(), "0 dead letters\n");
    desk.run(&["import", "catalog", &desk.file("films.json", FILMS)])
        .ok();
    assert_eq!(desk.run(&["dead-letters", "list"]).ok(), "0 dead letters\n");
    give_up(&desk);

    let listed = desk.run(&["dead-letters", "list"]).ok();
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
        desk.run(&["dead-letters", "replay", id]).ok(),
        "1 events replayed\n"
    );
    let ended = desk.run(&["dead-letters", "drop", id]);
    assert_eq!(
        (ended.code, ended.out.as_str()),
        (Some(1), "0 events dropped\n")
    );
    assert!(
        ended
            .errors
            .contains("`streamverse dead-letters list` names")
    );
    assert_eq!(
        desk.run(&["dead-letters", "drop", "--all"]).ok(),
        "2 events dropped\n"
    );
    assert_eq!(desk.run(&["dead-letters", "list"]).ok(), "0 dead letters\n");

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
    desk.run(&["dead-letters", "replay"]).misunderstood();
    desk.run(&["dead-letters", "drop", "no-id"]).misunderstood();
}

/// Makes a dead letter of a group, as its consumer does, of an event that the bus has.
pub(crate) const GIVEN_UP: &str = r#"
    INSERT OR IGNORE INTO topics VALUES ('content.changed.dlq', 1, NULL);
    INSERT OR IGNORE INTO partitions (topic, partition) VALUES ('content.changed.dlq', 0);
    INSERT INTO records SELECT 'content.changed.dlq', 0,
            (SELECT next_offset FROM partitions WHERE topic = 'content.changed.dlq'), 'search/0/17',
            json_set(headers, '$."dlq-group"', 'search', '$."dlq-topic"', 'content.changed',
                '$."dlq-partition"', '0', '$."dlq-offset"', '17', '$."dlq-at"', '7', '$."dlq-key"', key,
                '$."dlq-tombstone"', 'false', '$."dlq-attempts"', '5', '$."dlq-error"', 'no such field'),
            payload, ts
        FROM records WHERE topic = 'content.changed' AND payload IS NOT NULL ORDER BY "offset" LIMIT 1;
    UPDATE partitions SET next_offset = next_offset + 1 WHERE topic = 'content.changed.dlq';"#;

fn consumer_gives_up(desk: &Desk) {
    with_tables(&desk.data, "bus", async |database| {
        database.execute_unprepared(GIVEN_UP).await.unwrap();
    });
}

#[test]
fn what_a_consumer_gave_up_is_shown_and_goes_to_its_group_again() {
    const ID: &str = "topic~content.changed~search~0~17";
    let desk = Desk::installed();
    desk.run(&["import", "catalog", &desk.file("films.json", FILMS)])
        .ok();
    consumer_gives_up(&desk);
    let listed = desk.run(&["dead-letters", "list"]).ok();
    assert!(
        listed.starts_with(&format!("{ID}  search (tried 5 times)  content.changed ")),
        "{listed}"
    );
    assert!(
        listed.ends_with("\n  no such field\n1 dead letters\n"),
        "{listed}"
    );
    for (filter, count) in [
        (["--group", "search"], 1),
        (["--group", "rights"], 0),
        (["--topic", "content.changed"], 1),
        (["--service", "content"], 0),
    ] {
        let words: Vec<&str> = ["dead-letters", "list"].into_iter().chain(filter).collect();
        let told = desk.run(&words).ok();
        assert!(told.ends_with(&format!("{count} dead letters\n")), "{told}");
    }
    let shown = desk.run(&["dead-letters", "show", ID]).ok();
    assert!(
        shown.contains("\nstreamverse.content.v1.ContentChanged {\n")
            && shown.contains("\"title\": \"The "),
        "{shown}"
    );
    assert_eq!(
        desk.run(&["dead-letters", "replay", "--group", "search"])
            .ok(),
        "1 events replayed\n"
    );
    let waiting = with_tables(&desk.data, "bus", async |database| {
        let sql = "SELECT 1 FROM records WHERE topic = 'search.retry'";
        let select = sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, sql);
        database.query_all_raw(select).await.unwrap().len()
    });
    assert_eq!(waiting, 1);
    assert_eq!(desk.run(&["dead-letters", "list"]).ok(), "0 dead letters\n");
    desk.run(&["dead-letters", "show", ID]).failed();

    consumer_gives_up(&desk);
    assert_eq!(
        desk.run(&["dead-letters", "drop", ID]).ok(),
        "1 events dropped\n"
    );
    assert_eq!(desk.run(&["dead-letters", "list"]).ok(), "0 dead letters\n");
}
