//! Processes that end at any moment: what was acknowledged is there once and in order, and its
//! effect happened once (EVT-7).
//!
//! A publisher and a consumer run as processes of their own, by this test binary executing itself,
//! and are killed again and again at random moments. Guards show that the check can fail: it does
//! for a publisher that acknowledges too early, for a consumer that commits before the effect, and
//! for one that does not know events again. `kill -9` does not model power loss.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::BufRead as _,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, TransactionTrait as _};
use sv_kernel::{Entropy as _, SystemEntropy};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, Command},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{all, open, record};
use crate::{Bus as _, ConsumerOptions, Delivery, HandleError, Handler, Topic, run_consumer};

const TOPIC: &str = "events";
const GROUP: &str = "effects";
const KEYS: i64 = 7;
/// The distance between the first numbers of two publishers, so that no number is used twice.
const RUN: i64 = 1_000_000;

fn topic() -> Topic {
    Topic::retained(TOPIC, Duration::from_hours(1))
}

fn random(below: u64) -> u64 {
    let mut bytes = [0; 8];
    SystemEntropy.fill(&mut bytes);
    u64::from_be_bytes(bytes) % below
}

// --- the processes that get killed --------------------------------------------------------------

/// Not a test of its own: what a child process does, as told on its standard input.
#[test]
#[ignore = "the body of the processes that the tests of this module start and kill"]
fn child() {
    let mut lines = std::io::stdin().lock().lines().map_while(Result::ok);
    let (Some(role), Some(folder), Some(first)) = (lines.next(), lines.next(), lines.next()) else {
        return;
    };
    let folder = PathBuf::from(folder);
    let work = async {
        match &*role {
            "publisher" => publish(&folder, first.parse().unwrap(), false).await,
            "hasty publisher" => publish(&folder, first.parse().unwrap(), true).await,
            "consumer" => consume(&folder, true).await,
            "forgetful consumer" => consume(&folder, false).await,
            "hasty consumer" => commit_then_consume(&folder).await,
            other => panic!("no role {other}"),
        }
    };
    tokio::runtime::Runtime::new().unwrap().block_on(work);
}

/// Publishes batches of records with growing numbers and says which are acknowledged.
async fn publish(folder: &Path, first: i64, hasty: bool) {
    let bus = open(folder).await;
    bus.ensure_topics(&[topic()]).await.unwrap();
    let mut next = first;
    loop {
        let end = next + 1 + i64::try_from(random(5)).unwrap();
        let batch = (next..end)
            .map(|n| record(TOPIC, &format!("k{}", n % KEYS), n))
            .collect();
        if hasty {
            println!("acked {next} {end}");
        }
        bus.publish(batch).await.unwrap();
        if !hasty {
            println!("acked {next} {end}");
        }
        next = end;
    }
}

/// Counts the events in a database of its own.
struct Effects {
    database: DatabaseConnection,
    knows_events: bool,
}

impl Effects {
    async fn open(folder: &Path, knows_events: bool) -> Self {
        let url = format!("sqlite://{}?mode=rwc", folder.join("effects.db").display());
        let database = Database::connect(url).await.unwrap();
        for statement in [
            // Enough against the end of a process, and quick.
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = OFF",
            "CREATE TABLE IF NOT EXISTS effects (id INTEGER PRIMARY KEY, key TEXT, n INTEGER)",
            "CREATE TABLE IF NOT EXISTS processed (event_id TEXT PRIMARY KEY)",
        ] {
            database.execute_unprepared(statement).await.unwrap();
        }
        Self {
            database,
            knows_events,
        }
    }

    async fn apply(&self, delivery: &Delivery) -> Result<(), sea_orm::DbErr> {
        let (record, change) = (&delivery.record, self.database.begin().await?);
        let (key, n, id) = (&record.key, record.version, record.event_id);
        let fresh = format!("INSERT OR IGNORE INTO processed VALUES ('{id}')");
        let fresh = change.execute_unprepared(&fresh).await?.rows_affected() == 1;
        if fresh || !self.knows_events {
            let effect = format!("INSERT INTO effects (key, n) VALUES ('{key}', {n})");
            change.execute_unprepared(&effect).await?;
        }
        change.commit().await
    }

    async fn all(&self) -> Vec<(String, i64)> {
        let select = "SELECT key, n FROM effects ORDER BY id".to_owned();
        let select = sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, select);
        let rows = self.database.query_all_raw(select).await.unwrap();
        let read =
            |row: sea_orm::QueryResult| (row.try_get_by(0).unwrap(), row.try_get_by(1).unwrap());
        rows.into_iter().map(read).collect()
    }
}

#[async_trait]
impl Handler for Effects {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandleError> {
        self.apply(delivery).await.map_err(HandleError::transient)
    }
}

async fn consume(folder: &Path, knows_events: bool) {
    let bus = Arc::new(open(folder).await);
    let effects = Arc::new(Effects::open(folder, knows_events).await);
    let options = ConsumerOptions::new(GROUP, [topic()]);
    println!("ready");
    run_consumer(bus, options, effects, CancellationToken::new())
        .await
        .unwrap();
}

/// The mistake that the runner does not make.
async fn commit_then_consume(folder: &Path) {
    let bus = open(folder).await;
    bus.ensure_topics(&[topic()]).await.unwrap();
    let effects = Effects::open(folder, true).await;
    let mut consumer = bus.subscribe(GROUP, &[TOPIC]).await.unwrap();
    println!("ready");
    loop {
        let batch = consumer.poll(64, Duration::from_secs(1)).await.unwrap();
        let done: Vec<_> = batch
            .deliveries
            .iter()
            .map(|d| d.position.clone())
            .collect();
        consumer.commit(&done).await.unwrap();
        for delivery in &batch.deliveries {
            effects.apply(delivery).await.unwrap();
        }
    }
}

// --- who kills them -----------------------------------------------------------------------------

/// A child process, and what it said so far.
struct Process {
    child: Child,
    said: tokio::io::Lines<BufReader<tokio::process::ChildStdout>>,
}

impl Process {
    async fn start(role: &str, folder: &Path, first: i64) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "embedded::bus::tests::crash::child",
                "--exact",
                "--ignored",
                "--nocapture",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let told = format!("{role}\n{}\n{first}\n", folder.display());
        child
            .stdin
            .take()
            .unwrap()
            .write_all(told.as_bytes())
            .await
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, said }
    }

    /// Waits for a line that begins so.
    async fn wait_for(&mut self, beginning: &str) -> String {
        loop {
            let line = timeout(Duration::from_secs(30), self.said.next_line()).await;
            let line = line.unwrap().unwrap().unwrap();
            // The test harness writes its own text before the first line.
            if let Some(at) = line.find(beginning) {
                return line[at..].to_owned();
            }
        }
    }

    /// Kills the process (SIGKILL) and returns what it said until then.
    async fn kill(mut self) -> Vec<String> {
        self.child.start_kill().unwrap();
        let mut lines = Vec::new();
        while let Some(line) = self.said.next_line().await.unwrap() {
            lines.push(line);
        }
        self.child.wait().await.unwrap();
        lines
    }
}

/// What was wrong in the end.
#[derive(Debug, Default, PartialEq, Eq)]
struct Findings {
    /// Records that were acknowledged.
    acknowledged: usize,
    /// Acknowledged, but not in the log.
    lost: usize,
    /// More than once in the log.
    doubled: usize,
    /// In the log, without an effect.
    without_effect: usize,
    /// In the log, with more than one effect.
    with_more_effects: usize,
    /// Keys whose records or effects are out of order.
    out_of_order: usize,
}

/// Kills a publisher and a consumer so many times, then lets a right consumer finish.
async fn kill_again_and_again(times: i64, publisher: &str, consumer: &str) -> Findings {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut acknowledged = BTreeSet::new();
    let mut note = |line: &str| {
        let numbers = line
            .split_once("acked ")
            .and_then(|(_, rest)| rest.split_once(' '));
        if let Some((first, end)) = numbers {
            acknowledged.extend(first.parse::<i64>().unwrap()..end.parse::<i64>().unwrap());
        }
    };
    for run in 0..times {
        let mut publisher = Process::start(publisher, folder, run * RUN).await;
        let mut consumer = Process::start(consumer, folder, 0).await;
        note(&publisher.wait_for("acked ").await);
        consumer.wait_for("ready").await;
        sleep(Duration::from_millis(random(150))).await;
        for line in publisher.kill().await {
            note(&line);
        }
        sleep(Duration::from_millis(random(30))).await;
        consumer.kill().await;
    }

    let bus = open(folder).await;
    let mut last = Process::start("consumer", folder, 0).await;
    last.wait_for("ready").await;
    let draining = async {
        while bus.lag(GROUP, TOPIC).await.unwrap() > 0 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_mins(2), draining).await.unwrap();
    last.kill().await;

    let log = all(&bus, TOPIC).await;
    let log: Vec<_> = log
        .into_iter()
        .map(|d| (d.record.key, d.record.version))
        .collect();
    let effects = Effects::open(folder, true).await.all().await;
    judge(&acknowledged, &log, &effects)
}

fn judge(
    acknowledged: &BTreeSet<i64>,
    log: &[(String, i64)],
    effects: &[(String, i64)],
) -> Findings {
    let count = |rows: &[(String, i64)]| {
        let mut counts = BTreeMap::<i64, usize>::new();
        for (_, n) in rows {
            *counts.entry(*n).or_default() += 1;
        }
        counts
    };
    let in_order = |rows: &[(String, i64)], key: &str| {
        rows.iter()
            .filter(|(of, _)| of == key)
            .is_sorted_by_key(|(_, n)| *n)
    };
    let (in_log, in_effect) = (count(log), count(effects));
    let keys = (0..KEYS).map(|key| format!("k{key}"));
    Findings {
        acknowledged: acknowledged.len(),
        lost: acknowledged
            .iter()
            .filter(|n| !in_log.contains_key(n))
            .count(),
        doubled: in_log.values().filter(|count| **count > 1).count(),
        without_effect: in_log.keys().filter(|n| !in_effect.contains_key(n)).count(),
        with_more_effects: in_effect.values().filter(|count| **count > 1).count(),
        out_of_order: keys
            .filter(|key| !in_order(log, key) || !in_order(effects, key))
            .count(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_kills_lose_double_and_mix_up_nothing() {
    let found = kill_again_and_again(20, "publisher", "consumer").await;
    println!("{} records were acknowledged", found.acknowledged);
    assert!(
        found.acknowledged > 100,
        "too few to mean anything: {found:?}"
    );
    let right = Findings {
        acknowledged: found.acknowledged,
        ..Findings::default()
    };
    assert_eq!(found, right);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guard_an_early_acknowledgement_is_found_out() {
    let found = kill_again_and_again(20, "hasty publisher", "consumer").await;
    assert!(found.lost > 0, "{found:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guard_an_offset_committed_before_the_effect_is_found_out() {
    let found = kill_again_and_again(10, "publisher", "hasty consumer").await;
    assert!(found.without_effect > 0, "{found:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guard_a_consumer_that_does_not_know_events_again_is_found_out() {
    // A kill has to fall between an effect and its commit, which are close together.
    for _ in 0..5 {
        let found = kill_again_and_again(10, "publisher", "forgetful consumer").await;
        if found.with_more_effects > 0 {
            return;
        }
    }
    panic!("fifty kills have not found it out");
}
