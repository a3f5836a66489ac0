use sea_orm::{ConnectionTrait as _, DbBackend};

use super::NOTES;
use crate::{Migration, MigrationError, Step, StoreError, testing::TestDb};

const MORE: &[Migration] = &[
    NOTES[0],
    Migration {
        id: "0002_stars",
        steps: &[
            Step::Sql("ALTER TABLE notes ADD COLUMN stars INTEGER NOT NULL DEFAULT 0"),
            Step::Postgres("CREATE INDEX notes_body ON notes USING gin (body gin_trgm_ops)"),
            Step::Sqlite("CREATE TABLE only_here (id INTEGER PRIMARY KEY)"),
        ],
    },
];

fn refusal(error: StoreError) -> MigrationError {
    match error {
        StoreError::Migration(error) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_later_program_adds_what_is_missing_and_an_earlier_one_is_refused() {
    for db in TestDb::all(NOTES).await {
        db.reopen(MORE).await.unwrap();
        db.reopen(MORE).await.unwrap();
        db.read().query_all_raw(stars(&db)).await.unwrap();
        let only_here = db
            .read()
            .execute_unprepared("SELECT * FROM only_here")
            .await;
        assert_eq!(only_here.is_ok(), db.backend() == DbBackend::Sqlite);
        let refused = refusal(db.reopen(NOTES).await.unwrap_err());
        assert_eq!(refused, MigrationError::Newer("0002_stars".into()));
    }
}

fn stars(db: &TestDb) -> sea_orm::Statement {
    sea_orm::Statement::from_string(db.backend(), "SELECT stars FROM notes")
}

#[tokio::test]
async fn the_past_cannot_be_changed() {
    for db in TestDb::all(NOTES).await {
        let edited = [Migration {
            id: "0001_notes",
            steps: &[Step::Sql("CREATE TABLE notes (id BIGINT PRIMARY KEY)")],
        }];
        let refused = refusal(db.reopen(&edited).await.unwrap_err());
        assert_eq!(refused, MigrationError::Changed("0001_notes".into()));

        let before = [MORE[1], MORE[0]];
        let refused = refusal(db.reopen(&before).await.unwrap_err());
        assert_eq!(refused, MigrationError::OutOfOrder("0002_stars"));

        let twice = [MORE[0], MORE[0]];
        let refused = refusal(db.reopen(&twice).await.unwrap_err());
        assert_eq!(refused, MigrationError::Duplicate("0001_notes"));
    }
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing_behind() {
    for db in TestDb::all(&[]).await {
        let broken = [Migration {
            id: "0001_half",
            steps: &[
                Step::Sql("CREATE TABLE half (id BIGINT PRIMARY KEY)"),
                Step::Sql("CREATE TABLE half (id BIGINT PRIMARY KEY)"),
            ],
        }];
        db.reopen(&broken).await.unwrap_err();
        db.reopen(NOTES).await.unwrap();
        let half = db.read().execute_unprepared("SELECT * FROM half").await;
        half.unwrap_err();
    }
}

#[tokio::test]
async fn processes_that_start_at_once_migrate_once() {
    for db in TestDb::all(&[]).await {
        let starts = (0..8).map(|_| db.reopen(MORE));
        let started: Vec<_> = futures::future::join_all(starts).await;
        for other in started {
            other.unwrap().close().await.unwrap();
        }
    }
}
