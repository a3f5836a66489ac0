use sea_orm::{ConnectionTrait as _, DbBackend};

use super::NOTES;
use crate::{Db, Migration, MigrationError, Step, StoreError, testing::TestDb};

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
async fn a_later_program_adds_what_is_missing_and_an_earlier_one_starts_beside_it() {
    for db in TestDb::all(NOTES).await {
        db.reopen(MORE).await.unwrap();
        db.reopen(MORE).await.unwrap();
        db.read().query_all_raw(stars(&db)).await.unwrap();
        let only_here = db
            .read()
            .execute_unprepared("SELECT * FROM only_here")
            .await;
        assert_eq!(only_here.is_ok(), db.backend() == DbBackend::Sqlite);
        // A pod of the release before that is restarted, or a rollback (DEP-4).
        let earlier = db.reopen(NOTES).await.unwrap();
        let ahead = Db::pending(&db.elsewhere(), "test", NOTES).await.unwrap();
        assert!(ahead.is_empty(), "{ahead:?}");
        earlier.close().await.unwrap();
        db.reopen(MORE).await.unwrap();
    }
}

/// Writes the stars elsewhere and then takes the column away.
const CONTRACTED: &[Migration] = &[
    MORE[0],
    MORE[1],
    Migration {
        id: "0003_ranks",
        steps: &[Step::Sql(
            "ALTER TABLE notes ADD COLUMN ranks INTEGER NOT NULL DEFAULT 0",
        )],
    },
    Migration {
        id: "0004_no_stars",
        steps: &[
            Step::Contract("0003_ranks"),
            Step::Sql("ALTER TABLE notes DROP COLUMN stars"),
        ],
    },
];

#[tokio::test]
async fn what_is_taken_away_ends_the_programs_that_need_it_and_no_others() {
    for db in TestDb::all(NOTES).await {
        db.reopen(CONTRACTED).await.unwrap();
        db.reopen(&CONTRACTED[..3]).await.unwrap();
        for too_old in [NOTES, MORE] {
            let expected = MigrationError::Newer {
                id: "0004_no_stars".into(),
                lowest: "0003_ranks".into(),
            };
            let refused = refusal(db.reopen(too_old).await.unwrap_err());
            assert_eq!(refused, expected);
            assert!(refused.to_string().contains("restore the backup"));
            let refused = Db::pending(&db.elsewhere(), "test", NOTES).await;
            assert_eq!(refusal(refused.unwrap_err()), expected);
        }
    }
}

#[tokio::test]
async fn who_may_run_is_written_down_where_an_early_program_made_the_tables() {
    for db in TestDb::all(CONTRACTED).await {
        let tx = db.begin(&db.ctx()).await.unwrap();
        let early = "ALTER TABLE migrations DROP COLUMN lowest";
        tx.execute_unprepared(early).await.unwrap();
        tx.commit().await.unwrap();
        let waiting = Db::pending(&db.elsewhere(), "test", CONTRACTED).await;
        assert!(waiting.unwrap().is_empty());
        db.reopen(CONTRACTED).await.unwrap();
        let refused = refusal(db.reopen(MORE).await.unwrap_err());
        assert!(matches!(refused, MigrationError::Newer { .. }), "{refused}");
    }
}

#[tokio::test]
async fn tables_that_went_another_way_are_left_alone() {
    const OTHER: &[Migration] = &[
        NOTES[0],
        Migration {
            id: "0002_moons",
            steps: &[Step::Sql(
                "ALTER TABLE notes ADD COLUMN moons INTEGER NOT NULL DEFAULT 0",
            )],
        },
    ];
    for db in TestDb::all(MORE).await {
        let refused = refusal(db.reopen(OTHER).await.unwrap_err());
        let expected = MigrationError::Diverged {
            theirs: "0002_stars".into(),
            ours: "0002_moons",
        };
        assert_eq!(refused, expected);
        let moons = db
            .read()
            .execute_unprepared("SELECT moons FROM notes")
            .await;
        moons.unwrap_err();
    }
}

#[test]
fn what_takes_away_has_to_say_whom_that_ends() {
    let with = |steps: &'static [Step]| Migration { id: "x", steps };
    for (steps, words) in [
        (
            &[Step::Sql("ALTER TABLE a DROP COLUMN b")] as &[_],
            "DROP COLUMN ",
        ),
        (
            &[Step::Postgres("ALTER TABLE a ALTER COLUMN b DROP NOT NULL")],
            "ALTER COLUMN ",
        ),
        (&[Step::Sqlite("DROP TABLE a")], "DROP TABLE "),
    ] {
        assert_eq!(with(steps).unsaid(), Some(words));
    }
    for steps in [
        &[Step::Sql("DROP TABLE a"), Step::Contract("x")] as &[_],
        &[Step::Sqlite("DROP TABLE a; ALTER TABLE a_anew RENAME TO a")],
        &[Step::Sql("CREATE TABLE a (b TEXT)")],
    ] {
        assert_eq!(with(steps).unsaid(), None);
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

        let typo = [
            MORE[0],
            Migration {
                id: "0002_gone",
                steps: &[Step::Contract("0002_gon")],
            },
        ];
        let refused = refusal(db.reopen(&typo).await.unwrap_err());
        assert_eq!(
            refused,
            MigrationError::NoSuchLowest("0002_gone", "0002_gon")
        );

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
