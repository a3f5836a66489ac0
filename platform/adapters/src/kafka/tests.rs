//! Kafka keeps the promises of every bus, and outlasts its brokers. Needs `KAFKA_BROKERS`,
//! `TOXIPROXY_URL` and `TOXIPROXY_KAFKA`.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use rdkafka::admin::{AdminOptions, ResourceSpecifier};
use sv_kernel::{Entropy as _, SystemEntropy, Tenant};
use sv_ports::{
    Bus as _, ConsumerOptions, Delivery, HandleError, Handler, PortError, Record, Topic,
    conformance::bus::Stand, run_consumer,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{KafkaBus, KafkaOptions};

#[expect(
    clippy::disallowed_methods,
    reason = "tests take the servers' addresses from there"
)]
fn address(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set; tests/stack/up kafka toxiproxy prints it"))
}

async fn connect() -> Arc<KafkaBus> {
    let options = KafkaOptions::new(address("KAFKA_BROKERS"));
    Arc::new(KafkaBus::connect(options).await.unwrap())
}

async fn stand() -> Stand {
    Stand {
        one: connect().await,
        two: connect().await,
        keep: Box::new(()),
    }
}

sv_ports::bus_suite!(stand);

fn unique(name: &str) -> String {
    let mut random = [0; 8];
    SystemEntropy.fill(&mut random);
    format!("{name}-{:016x}", u64::from_be_bytes(random))
}

fn record(topic: &Topic, version: i64) -> Record {
    Record {
        topic: topic.name.as_str().into(),
        key: "k".into(),
        payload: Some("payload".into()),
        event_id: Uuid::from_u128(version.unsigned_abs().into()),
        version,
        tenant: Tenant::default(),
        traceparent: None,
        headers: BTreeMap::new(),
    }
}

/// Switches the proxy before Kafka on or off.
async fn switch_proxy(enabled: bool) {
    let url = address("TOXIPROXY_URL");
    let host = url.trim_start_matches("http://");
    let body = format!(r#"{{"enabled":{enabled}}}"#);
    let request = format!(
        "POST /proxies/kafka HTTP/1.0\r\nHost: {host}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut connection = TcpStream::connect(host).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains(" 200 "), "{answer}");
}

/// Remembers the versions that it handles.
#[derive(Default)]
struct Versions(Mutex<Vec<i64>>);

#[async_trait]
impl Handler for Versions {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandleError> {
        self.0.lock().unwrap().push(delivery.record.version);
        Ok(())
    }
}

impl Versions {
    async fn wait_for(&self, version: i64) {
        let waiting = async {
            while !self.0.lock().unwrap().contains(&version) {
                sleep(Duration::from_millis(20)).await;
            }
        };
        assert!(
            timeout(Duration::from_mins(1), waiting).await.is_ok(),
            "never {version}"
        );
    }
}

/// While the broker is away a publish fails in time and is not acknowledged; afterwards publisher
/// and consumer go on by themselves, and nothing is missing or out of order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_goes_away_and_comes_back_loses_nothing() {
    switch_proxy(true).await;
    let mut options = KafkaOptions::new(address("TOXIPROXY_KAFKA"));
    options
        .settings
        .insert("message.timeout.ms".into(), "3000".into());
    let bus = Arc::new(KafkaBus::connect(options).await.unwrap());
    let topic = Topic::retained(unique("events"), Duration::from_hours(1));
    bus.ensure_topics(std::slice::from_ref(&topic))
        .await
        .unwrap();
    let handler = Arc::new(Versions::default());
    let stop = CancellationToken::new();
    let options = ConsumerOptions::new(unique("g"), [topic.clone()]);
    let run = run_consumer(bus.clone(), options, handler.clone(), stop.clone());
    let running = tokio::spawn(run);
    bus.publish(vec![record(&topic, 1), record(&topic, 2)])
        .await
        .unwrap();
    handler.wait_for(2).await;

    switch_proxy(false).await;
    let refused = timeout(
        Duration::from_secs(20),
        bus.publish(vec![record(&topic, 3)]),
    )
    .await;
    assert!(
        matches!(refused, Ok(Err(PortError::Unavailable { .. }))),
        "{refused:?}"
    );
    switch_proxy(true).await;

    let publishing = async {
        while bus
            .publish(vec![record(&topic, 3), record(&topic, 4)])
            .await
            .is_err()
        {}
    };
    timeout(Duration::from_mins(1), publishing).await.unwrap();
    handler.wait_for(4).await;
    stop.cancel();
    running.await.unwrap().unwrap();
    let mut first_seen = Vec::new();
    for version in handler.0.lock().unwrap().iter() {
        if !first_seen.contains(version) {
            first_seen.push(*version);
        }
    }
    assert_eq!(first_seen, [1, 2, 3, 4]);
}

/// Tombstones must outlast consumers that were away; Kafka's default is a day.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn compacted_topics_keep_their_tombstones_for_years() {
    let bus = connect().await;
    let topic = Topic::compacted(unique("state"));
    bus.ensure_topics(std::slice::from_ref(&topic))
        .await
        .unwrap();
    let asked = [ResourceSpecifier::Topic(&topic.name)];
    let settings = bus
        .topics
        .admin
        .describe_configs(&asked, &AdminOptions::new())
        .await
        .unwrap();
    let settings = settings[0].as_ref().unwrap();
    let setting = |name: &str| settings.get(name).unwrap().value.clone().unwrap();
    assert_eq!(setting("cleanup.policy"), "compact");
    assert!(setting("delete.retention.ms").parse::<u64>().unwrap() > 9 * 365 * 86_400_000);
}
