//! TLS and SASL to a real Kafka: the promises of every bus hold there too, and who is not vouched for stays outside.
//! Needs what `tests/stack/up kafka` prints as `KAFKA_SECURE_…`.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use sv_ports::conformance::bus::Stand;

use super::{KafkaBus, KafkaOptions, KafkaSecurity, KafkaTls, KafkaUser, SaslMechanism};

#[expect(
    clippy::disallowed_methods,
    reason = "tests take the servers' addresses from there"
)]
fn told(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set; tests/stack/up kafka prints it"))
}

fn file(name: &str) -> PathBuf {
    told(name).into()
}

/// A certificate of nobody whom the brokers know, and its key.
fn stranger(kind: &str) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tls/src/samples/sec1.");
    format!("{folder}{kind}").into()
}

/// The way in that is open.
fn welcome() -> KafkaOptions {
    let mut options = KafkaOptions::new(told("KAFKA_SECURE_BROKERS"));
    let certificate = file("KAFKA_SECURE_CERTIFICATE");
    options.security = KafkaSecurity {
        tls: Some(KafkaTls {
            authorities: Some(file("KAFKA_SECURE_CA")),
            identity: Some((certificate, file("KAFKA_SECURE_KEY"))),
        }),
        user: Some(KafkaUser {
            name: "streamverse".to_owned(),
            password: "streamverse".to_owned(),
            mechanism: SaslMechanism::ScramSha512,
        }),
    };
    options
}

async fn connect() -> Arc<KafkaBus> {
    Arc::new(KafkaBus::connect(welcome()).await.unwrap())
}

async fn stand() -> Stand {
    Stand {
        one: connect().await,
        two: connect().await,
        keep: Box::new(()),
    }
}

sv_ports::bus_suite!(stand);

/// Comes in a changed way; returns what is said, and after how long.
async fn come(change: impl FnOnce(&mut KafkaOptions)) -> (String, Duration) {
    let mut options = welcome();
    change(&mut options);
    let begun = Instant::now();
    let said = match KafkaBus::connect(options).await {
        Ok(_) => "welcome".to_owned(),
        Err(refused) => sv_kernel::causes(&refused),
    };
    (said, begun.elapsed())
}

fn tls(options: &mut KafkaOptions) -> &mut KafkaTls {
    options.security.tls.as_mut().unwrap()
}

fn user(options: &mut KafkaOptions) -> &mut KafkaUser {
    options.security.user.as_mut().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_is_shown_in_each_way() {
    let ways = tokio::join!(
        come(|options| user(options).mechanism = SaslMechanism::ScramSha256),
        come(|options| user(options).mechanism = SaslMechanism::Plain),
    );
    for (said, _) in [ways.0, ways.1] {
        assert_eq!(said, "welcome");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_vouched_for_hears_why_and_soon() {
    let address = told("KAFKA_SECURE_BROKERS").replace("localhost", "127.0.0.1");
    let refused = tokio::join!(
        come(|options| user(options).password = "guessed".to_owned()),
        come(|options| {
            let user = user(options);
            (user.mechanism, user.password) = (SaslMechanism::Plain, "guessed".to_owned());
        }),
        come(|options| tls(options).authorities = Some(stranger("crt"))),
        come(|options| options.brokers = address),
    );
    let said = |(said, after): (String, Duration), part: &str| {
        assert!(said.contains(part), "{part}: {said}");
        assert!(after < Duration::from_secs(8), "{said}, after {after:?}");
        assert!(!said.contains("guessed"), "{said}");
    };
    said(refused.0, "Authentication failed");
    said(refused.1, "Authentication failed");
    said(refused.2, "certificate verify failed");
    said(refused.3, "certificate verify failed");
}

/// What the brokers say of these comes in no form that tells them from a broker that is away.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_shows_less_than_is_asked_for_stays_outside() {
    let refused = tokio::join!(
        come(|options| tls(options).identity = None),
        come(|options| tls(options).identity = Some((stranger("crt"), stranger("key")))),
        come(|options| options.security.user = None),
        come(|options| options.security.tls = None),
    );
    for (said, _) in [refused.0, refused.1, refused.2, refused.3] {
        assert_ne!(said, "welcome");
    }
}
