//! A log that cannot be read, as a whole or a record of it.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, Database};
use sv_kernel::Pulse;
use tokio_util::sync::CancellationToken;

use super::{open, record};
use crate::{
    Bus as _, ConsumerOptions, Delivery, HandleError, Handler, Topic, dead_letters, run_consumer,
};

#[derive(Debug, Default)]
struct Heard(Mutex<Vec<i64>>);

#[async_trait]
impl Handler for Heard {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandleError> {
        self.0.lock().unwrap().push(delivery.record.version);
        Ok(())
    }
}

/// Changes the file past the bus.
async fn tamper(folder: &Path, sql: &str) {
    let url = format!("sqlite://{}?mode=rw", folder.join("bus.db").display());
    let file = Database::connect(url).await.unwrap();
    file.execute_unprepared(sql).await.unwrap();
    file.close().await.unwrap();
}

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let watching = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let came = tokio::time::timeout(Duration::from_secs(30), watching).await;
    assert!(came.is_ok(), "never: {what}");
}

fn options(topic: &Topic, pulse: &Pulse) -> ConsumerOptions {
    ConsumerOptions {
        first_wait: Duration::from_millis(5),
        longest_wait: Duration::from_millis(20),
        pulse: pulse.clone(),
        ..ConsumerOptions::new("g", [topic.clone()])
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_record_that_cannot_be_read_becomes_a_dead_letter_and_the_others_are_heard() {
    let folder = tempfile::tempdir().unwrap();
    let bus = Arc::new(open(folder.path()).await);
    let topic = Topic::compacted("state").with_partitions(1);
    bus.ensure_topics(std::slice::from_ref(&topic))
        .await
        .unwrap();
    let records = (1..=9).map(|n| record("state", &format!("k{n}"), n));
    bus.publish(records.collect()).await.unwrap();
    let damage = "UPDATE records SET headers = '5' WHERE key = 'k4'";
    tamper(folder.path(), damage).await;

    let (heard, stop) = (Arc::new(Heard::default()), CancellationToken::new());
    let pulse = Pulse::default();
    let run = run_consumer(
        bus.clone(),
        options(&topic, &pulse),
        heard.clone(),
        stop.clone(),
    );
    let run = tokio::spawn(run);
    until("the others are heard", async || {
        heard.0.lock().unwrap().len() == 8
    })
    .await;
    until("the group has gone on", async || {
        bus.lag("g", "state").await.unwrap() == 0
    })
    .await;
    stop.cancel();
    run.await.unwrap().unwrap();
    assert_eq!(*heard.0.lock().unwrap(), [1, 2, 3, 5, 6, 7, 8, 9]);
    let dead = dead_letters(&*bus, "state", 10).await.unwrap();
    assert_eq!((dead.len(), dead[0].position.offset), (1, 3));
    assert!(dead[0].error.contains("invalid type"), "{}", dead[0].error);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_cannot_be_read_is_told_with_its_cause_until_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let bus = Arc::new(open(folder.path()).await);
    let topic = Topic::compacted("state").with_partitions(1);
    bus.ensure_topics(std::slice::from_ref(&topic))
        .await
        .unwrap();
    bus.publish(vec![record("state", "k", 1)]).await.unwrap();
    let (heard, stop) = (Arc::new(Heard::default()), CancellationToken::new());
    let pulse = Pulse::default();
    let told = || pulse.trouble(Duration::ZERO).unwrap_or_default();
    let run = run_consumer(
        bus.clone(),
        options(&topic, &pulse),
        heard.clone(),
        stop.clone(),
    );
    let run = tokio::spawn(run);
    until("it works", async || pulse.last_success().is_some()).await;

    tamper(folder.path(), "ALTER TABLE records RENAME TO away").await;
    tamper(
        folder.path(),
        "UPDATE partitions SET next_offset = next_offset + 1 WHERE topic = 'state'",
    )
    .await;
    until("it is told", async || told().contains("no such table")).await;
    tamper(folder.path(), "ALTER TABLE away RENAME TO records").await;
    bus.publish(vec![record("state", "k", 2)]).await.unwrap();
    until("what came is heard", async || {
        heard.0.lock().unwrap().contains(&2)
    })
    .await;
    until("all is well", async || told().is_empty()).await;
    stop.cancel();
    run.await.unwrap().unwrap();
}

/// Never comes to an end with anything.
#[derive(Debug)]
struct Stuck;

#[async_trait]
impl Handler for Stuck {
    async fn handle(&self, _: &Delivery) -> Result<(), HandleError> {
        Err(HandleError::transient("the tables are away"))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consumer_that_is_far_behind_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let bus = Arc::new(open(folder.path()).await);
    let topic = Topic::compacted("state").with_partitions(1);
    bus.ensure_topics(std::slice::from_ref(&topic))
        .await
        .unwrap();
    let records = (1..=20).map(|n| record("state", &format!("k{n}"), n));
    bus.publish(records.collect()).await.unwrap();

    let (stop, pulse) = (CancellationToken::new(), Pulse::default());
    let options = ConsumerOptions {
        alarm_lag: 19,
        ..options(&topic, &pulse)
    };
    let run = tokio::spawn(run_consumer(bus, options, Arc::new(Stuck), stop.clone()));
    until("both are told", async || {
        let told = pulse.trouble(Duration::ZERO).unwrap_or_default();
        told.contains("g is 20 events behind") && told.contains("the tables are away")
    })
    .await;
    stop.cancel();
    run.await.unwrap().unwrap();
}
