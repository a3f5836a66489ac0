//! `migrate`.

use sea_orm::ConnectionTrait as _;
use sv_proto::SERVICES;

use super::Desk;
use crate::{faults::log::with_tables, harness::Deployment};

#[test]
fn tables_are_listed_then_made_then_up_to_date() {
    let desk = Desk::new();
    let listed = desk.run(&["migrate", "--dry-run"]).ok();
    for service in SERVICES {
        assert!(
            listed
                .lines()
                .any(|line| line.starts_with(&format!("{service}: 0001_"))
                    && line.ends_with(" would be applied")),
            "{service}: {listed}"
        );
    }
    let one = desk.run(&["migrate", "--services", "auth"]).ok();
    assert!(
        one.starts_with("auth: ") && one.ends_with(" applied, up to date\n"),
        "{one}"
    );
    assert!(!one.starts_with("auth: 0 "), "{one}");
    let all = desk.run(&["migrate"]).ok();
    assert!(
        all.starts_with("auth: 0 applied, up to date\nusers: "),
        "{all}"
    );
    assert_eq!(all.lines().count(), SERVICES.len(), "{all}");
    let nothing = desk.run(&["migrate", "--dry-run"]).ok();
    assert!(
        nothing.lines().all(|line| line.ends_with(": up to date")),
        "{nothing}"
    );
}

#[test]
fn a_folder_in_use_is_left_alone() {
    let deployment = Deployment::start(&["all"], &[]);
    let desk = Desk::at(&deployment);
    let said = desk.run(&["migrate"]).failed();
    assert!(
        said.starts_with("error: auth already runs on the data folder ")
            && said.ends_with(
                "; stop that process, or give another folder by --data-dir. Several processes of one service need PostgreSQL: store.url (DATABASE_URL)\n"
            ),
        "{said}"
    );
    let unknown = desk.run(&["migrate", "--services", "aut"]).misunderstood();
    assert!(
        unknown.contains("there is no service or group \"aut\"; there are the services auth,"),
        "{unknown}"
    );
}

/// The way back after an upgrade: the older program on the tables of the later one (DEP-4).
#[test]
fn the_tables_of_a_later_release_are_taken_as_they_are_unless_something_was_taken_away() {
    let desk = Desk::installed();
    let later = |sql: &'static str| {
        with_tables(&desk.data, "content", async |database| {
            database.execute_unprepared(sql).await.unwrap();
        });
    };
    later(
        "INSERT INTO migrations (id, checksum, applied_at) VALUES ('9998_later', 'x', 0);
        ALTER TABLE content ADD COLUMN of_a_later_release BIGINT NOT NULL DEFAULT 7;",
    );
    let dry = ["migrate", "--dry-run", "--services", "content"];
    assert_eq!(desk.run(&dry).ok(), "content: up to date\n");
    let films = desk.file("films.json", r#"[{"Title": "The Glass Harbour"}]"#);
    desk.run(&["import", "catalog", &films]).ok();

    later(
        "INSERT INTO migrations (id, checksum, applied_at, lowest)
            VALUES ('9999_gone', 'x', 0, '9998_later');",
    );
    let wanted = "the tables are too new for this program: migration 9999_gone is for programs that know \
        9998_later; run a release that has it, or restore the backup of before the upgrade (docs/operations/upgrade.md)";
    for words in [
        &dry[..],
        &["migrate", "--services", "content"],
        &["import", "catalog", &films],
    ] {
        let said = desk.run(words).failed();
        assert!(said.contains(wanted), "{said}");
    }
}
