use std::{path::Path, time::Duration};

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use crate::{Database, Fault, Options, fault};

/// Opens a database with one table in a folder.
async fn open(folder: &Path) -> Database {
    let database = Database::open(options(folder)).await.unwrap();
    let sql = "CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, body BLOB)";
    database.writer.execute(statement(sql)).await.unwrap();
    database
}

fn options(folder: &Path) -> Options {
    Options {
        file: folder.join("test.db"),
        readers: 1,
        timeout: Duration::from_secs(5),
    }
}

fn statement(sql: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, sql)
}

fn insert(id: i64, bytes: u32) -> Statement {
    statement(&format!(
        "INSERT INTO notes VALUES ({id}, zeroblob({bytes}))"
    ))
}

/// Lists what another process would find.
async fn stored(folder: &Path) -> Vec<i64> {
    let other = Database::look(&options(folder)).await.unwrap().unwrap();
    let rows = other.query_all_raw(statement("SELECT id FROM notes ORDER BY id"));
    let rows = rows.await.unwrap();
    other.close().await.unwrap();
    rows.iter().map(|row| row.try_get_by(0).unwrap()).collect()
}

/// C40.
#[tokio::test]
async fn what_is_acknowledged_after_the_disk_was_full_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(folder.path()).await;
    database.writer.bound(Some(8)).await.unwrap();
    for id in 0..4 {
        // Full in a statement, and full with further statements after it.
        let transaction = database.writer.begin().await.unwrap();
        let refused = transaction
            .execute_raw(insert(id, 100_000))
            .await
            .unwrap_err();
        assert_eq!(fault(&refused), Some(Fault::Full));
        let refused = transaction
            .execute_raw(insert(id + 100, 1))
            .await
            .unwrap_err();
        assert_eq!(fault(&refused), Some(Fault::Full), "it would be on its own");
        if id % 2 == 0 {
            let refused = transaction.commit().await.unwrap_err();
            assert_eq!(fault(&refused), Some(Fault::Full));
        } else {
            drop(transaction);
        }
    }
    assert!(!database.writer.has_room().await.unwrap());
    database.writer.bound(None).await.unwrap();
    assert!(database.writer.has_room().await.unwrap());
    for id in 10..20 {
        let transaction = database.writer.begin().await.unwrap();
        transaction.execute_raw(insert(id, 10_000)).await.unwrap();
        if id % 2 == 0 {
            transaction.commit().await.unwrap();
        } else {
            transaction.rollback().await;
        }
    }
    assert_eq!(stored(folder.path()).await, [10, 12, 14, 16, 18]);
    database.close().await.unwrap();
    assert_eq!(stored(folder.path()).await, [10, 12, 14, 16, 18]);
}

#[tokio::test]
async fn a_transaction_that_sqlite_has_ended_is_never_committed() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(folder.path()).await;
    let transaction = database.writer.begin().await.unwrap();
    transaction.execute_raw(insert(1, 1)).await.unwrap();
    // What SQLite does by itself after some errors.
    transaction.execute_unprepared("ROLLBACK").await.unwrap();
    transaction.commit().await.unwrap_err();
    database.writer.execute(insert(2, 1)).await.unwrap();
    assert_eq!(stored(folder.path()).await, [2]);
}

#[tokio::test]
async fn a_statement_that_is_refused_leaves_the_rest_of_its_transaction() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(folder.path()).await;
    let transaction = database.writer.begin().await.unwrap();
    transaction.execute_raw(insert(1, 1)).await.unwrap();
    let refused = transaction.execute_raw(insert(1, 1)).await.unwrap_err();
    assert_eq!(fault(&refused), Some(Fault::Refused));
    transaction.execute_raw(insert(2, 1)).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(stored(folder.path()).await, [1, 2]);
}

#[tokio::test]
async fn a_transaction_that_is_dropped_leaves_nothing_to_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(folder.path()).await;
    for id in 0..20 {
        let transaction = database.writer.begin().await.unwrap();
        transaction.execute_raw(insert(id, 1)).await.unwrap();
        drop(transaction);
        database.writer.execute(insert(id + 100, 1)).await.unwrap();
    }
    let expected: Vec<i64> = (100..120).collect();
    assert_eq!(stored(folder.path()).await, expected);
}

#[tokio::test]
async fn whoever_looks_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    assert!(
        Database::look(&options(folder.path()))
            .await
            .unwrap()
            .is_none()
    );
    let file = folder.path().join("test.db");
    std::fs::write(&file, "").unwrap();
    let looked = Database::look(&options(folder.path()))
        .await
        .unwrap()
        .unwrap();
    let tables = looked.query_all_raw(statement("SELECT name FROM sqlite_master"));
    assert!(tables.await.unwrap().is_empty());
    looked.close().await.unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().len(), 0);
}

/// Lists the locks that this process holds on a database and on the index of its log, as the kernel
/// tells them.
#[cfg(target_os = "linux")]
fn locks(file: &Path) -> [usize; 2] {
    use std::os::unix::fs::MetadataExt as _;
    let mut index = file.as_os_str().to_owned();
    index.push("-shm");
    let all = std::fs::read_to_string("/proc/locks").unwrap();
    [file.as_os_str().to_owned(), index].map(|file| {
        let inode = format!(":{}", std::fs::metadata(file).unwrap().ino());
        let pid = std::process::id().to_string();
        let held = all.lines().filter(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            words.contains(&pid.as_str()) && words.iter().any(|word| word.ends_with(&inode))
        });
        held.count()
    })
}

/// C40: a lock that is gone lets others truncate what this process reads.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_database_keeps_its_locks_when_it_is_opened_and_closed_once_more() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("test.db");
    let database = open(folder.path()).await;
    assert!(
        locks(&file).iter().all(|held| *held > 0),
        "{:?}",
        locks(&file)
    );
    let again = open(folder.path()).await;
    again.writer.execute(insert(1, 1)).await.unwrap();
    again.close().await.unwrap();
    assert_eq!(stored(folder.path()).await, [1]);
    assert!(
        locks(&file).iter().all(|held| *held > 0),
        "{:?}",
        locks(&file)
    );
    database.close().await.unwrap();
}

/// Says what a write says, and what somebody hears who asks.
async fn told(database: &Database) -> [Option<Fault>; 2] {
    let written = database.writer.execute(insert(50, 1)).await;
    let asked = database.check_place().await;
    [written.err(), asked.err()].map(|error| error.as_ref().and_then(fault))
}

/// C40: what goes into a file without a name is gone with the process.
#[tokio::test]
async fn nothing_is_acknowledged_by_a_database_whose_file_was_deleted_or_replaced() {
    for (end, replaced) in [
        ("", false),
        ("", true),
        ("-wal", false),
        ("-wal", true),
        ("-shm", false),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let database = open(folder.path()).await;
        database.writer.execute(insert(1, 1)).await.unwrap();
        database.check_place().await.unwrap();
        let begun = database.writer.begin().await.unwrap();
        begun.execute_raw(insert(2, 1)).await.unwrap();

        let file = folder.path().join(format!("test.db{end}"));
        let aside = folder.path().join("aside");
        std::fs::rename(&file, &aside).unwrap();
        if replaced {
            std::fs::copy(&aside, &file).unwrap();
        }
        let unfinished = begun.commit().await.unwrap_err();
        assert_eq!(fault(&unfinished), Some(Fault::Lost), "{file:?}");
        assert_eq!(told(&database).await, [Some(Fault::Lost); 2], "{file:?}");
        let cause = format!("{:?}", database.check_place().await.unwrap_err());
        let what = if replaced { "Replaced" } else { "Deleted" };
        assert!(cause.contains(what), "{cause}");
        // What was written before can still be read, and a file that comes back is the same one.
        let read = database
            .readers
            .query_all_raw(statement("SELECT id FROM notes"));
        assert_eq!(read.await.unwrap().len(), 1);
        std::fs::rename(&aside, &file).unwrap();
        assert_eq!(told(&database).await, [None; 2], "{file:?}");
    }
}

/// X-ST-1.
#[tokio::test]
async fn of_two_processes_that_take_a_database_only_the_last_one_writes() {
    let folder = tempfile::tempdir().unwrap();
    let one = open(folder.path()).await;
    one.claim(7).await.unwrap();
    assert_eq!(told(&one).await, [None; 2]);
    let other = open(folder.path()).await;
    // Whoever has not taken it for itself may do what an operator does.
    other.writer.execute(insert(1, 1)).await.unwrap();
    other.claim(-9).await.unwrap();
    assert_eq!(told(&one).await, [Some(Fault::Lost); 2]);
    other.writer.execute(insert(2, 1)).await.unwrap();
    other.check_place().await.unwrap();
    assert_eq!(stored(folder.path()).await, [1, 2, 50]);
}
