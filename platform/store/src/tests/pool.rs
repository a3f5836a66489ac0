//! The connections of one process on PostgreSQL (feature `test-postgres`).

use sea_orm::{ConnectionTrait as _, Statement};

use crate::{Db, DbConfig, Migration, Step, StoreError, testing::TestDb, work};

/// Two services with a table of one name and of different columns.
const NUMBERS: &[Migration] = &[Migration {
    id: "0001_things",
    steps: &[Step::Sql(
        "CREATE TABLE things (value BIGINT NOT NULL); INSERT INTO things VALUES (7)",
    )],
}];
const WORDS: &[Migration] = &[Migration {
    id: "0001_things",
    steps: &[Step::Sql(
        "CREATE TABLE things (value TEXT NOT NULL); INSERT INTO things VALUES ('x')",
    )],
}];

/// The tables of two services of one process, which may have so many connections.
async fn process(home: &TestDb, most: u32) -> (DbConfig, Db, Db) {
    let DbConfig::Postgres(mut postgres) = home.config().clone() else {
        panic!("PostgreSQL");
    };
    postgres.max_connections = most;
    postgres.connections = crate::Connections::default();
    let config = DbConfig::Postgres(postgres);
    let numbers = Db::open(&config, "numbers", NUMBERS).await.unwrap();
    let words = Db::open(&config, "words", WORDS).await.unwrap();
    (config, numbers, words)
}

fn select(db: &Db) -> Statement {
    Statement::from_string(db.backend(), "SELECT value FROM things")
}

async fn number(db: &Db) -> i64 {
    let row = db.read().query_one_raw(select(db)).await.unwrap();
    row.unwrap().try_get("", "value").unwrap()
}

async fn word(db: &Db) -> String {
    let row = db.read().query_one_raw(select(db)).await.unwrap();
    row.unwrap().try_get("", "value").unwrap()
}

/// The name of the process's connections on the server.
fn sessions(config: &DbConfig) -> String {
    let DbConfig::Postgres(postgres) = config else {
        panic!("PostgreSQL");
    };
    format!("streamverse{}", postgres.suffix())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn services_of_a_process_share_its_connections_and_never_each_others_tables() {
    let home = TestDb::postgres(&[]).await;
    let (config, numbers, words) = process(&home, 3).await;
    let ctx = home.ctx();
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..60 {
        let (numbers, words, ctx) = (numbers.clone(), words.clone(), ctx.clone());
        tasks.spawn(async move {
            assert_eq!(number(&numbers).await, 7);
            assert_eq!(word(&words).await, "x");
            // Transactions that are given up, too, leave nothing behind.
            let tx = words.begin(&ctx).await.unwrap();
            tx.run("INSERT INTO things VALUES ($1)", ["y".into()])
                .await
                .unwrap();
            if n % 2 == 0 {
                tx.rollback().await.unwrap();
            } else {
                drop(tx);
            }
        });
    }
    let mut most = 0;
    while !tasks.is_empty() {
        let sql = "SELECT count(*) AS n FROM pg_stat_activity WHERE application_name = $1";
        let asked = Statement::from_sql_and_values(home.backend(), sql, [sessions(&config).into()]);
        let row = home.read().query_one_raw(asked).await.unwrap().unwrap();
        most = most.max(row.try_get::<i64>("", "n").unwrap());
        if let Some(done) = tasks.try_join_next() {
            done.unwrap();
        }
    }
    assert!((1..=3).contains(&most), "{most} connections");
    assert_eq!(word(&words).await, "x");
}

#[tokio::test]
async fn a_connection_that_the_server_ended_comes_back_to_the_right_tables() {
    let home = TestDb::postgres(&[]).await;
    let (config, numbers, words) = process(&home, 1).await;
    for _ in 0..3 {
        assert_eq!(
            (number(&numbers).await, word(&words).await),
            (7, "x".to_owned())
        );
        let sql =
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1";
        let end = Statement::from_sql_and_values(home.backend(), sql, [sessions(&config).into()]);
        home.read().query_all_raw(end).await.unwrap();
        // The first use may find the connection dead; it never finds another service's tables.
        let _ = words.read().query_one_raw(select(&words)).await;
        assert_eq!(
            (word(&words).await, number(&numbers).await),
            ("x".to_owned(), 7)
        );
    }
}

/// A job whose turn ends gives up the renewal of its lease wherever that is.
#[tokio::test]
async fn a_beginning_that_is_given_up_leaves_no_transaction_to_whoever_comes_next() {
    let home = TestDb::postgres(&[]).await;
    let (config, numbers, _) = process(&home, 1).await;
    let ctx = home.ctx();
    for polls in 0..40 {
        let mut begin = Box::pin(numbers.begin(&ctx));
        for _ in 0..polls {
            if futures::poll!(&mut begin).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(begin);
        assert_eq!(number(&numbers).await, 7);
        let sql = "SELECT count(*) AS n FROM pg_stat_activity
                   WHERE application_name = $1 AND state LIKE 'idle in transaction%'";
        let asked = Statement::from_sql_and_values(home.backend(), sql, [sessions(&config).into()]);
        let begin = std::time::Instant::now();
        loop {
            let row = home.read().query_one_raw(asked.clone()).await;
            let row = row.unwrap().unwrap();
            if row.try_get::<i64>("", "n").unwrap() == 0 {
                break;
            }
            // The server hears a moment later that a connection was closed.
            assert!(begin.elapsed().as_secs() < 5, "after {polls} polls");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}

#[tokio::test]
async fn a_server_that_takes_no_writes_is_told_by_its_name() {
    let home = TestDb::postgres(&[]).await;
    let (_, numbers, words) = process(&home, 1).await;
    words.close().await.unwrap();
    let set = |to: &'static str| {
        let sql = format!("SET default_transaction_read_only = {to}");
        let numbers = &numbers;
        async move { numbers.read().execute_unprepared(&sql).await.unwrap() }
    };
    numbers.ping().await.unwrap();
    set("on").await;
    assert!(matches!(
        numbers.ping().await,
        Err(StoreError::ReadOnly(None))
    ));
    let ctx = home.ctx();
    let written = numbers.write(&ctx, |tx| {
        work(async move { tx.run("INSERT INTO things VALUES (8)", []).await })
    });
    let refused = written.await.unwrap_err();
    assert!(
        matches!(refused, StoreError::ReadOnly(Some(_))),
        "{refused:?}"
    );
    assert_eq!(sv_kernel::Error::from(refused).reason(), "UNAVAILABLE");
    set("off").await;
    numbers.ping().await.unwrap();
    numbers.close().await.unwrap();
}
