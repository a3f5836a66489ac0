//! The event bus on Kafka, by the configuration.

use std::sync::Arc;

use sv_adapters::{KafkaTls, KafkaUser, SaslMechanism};
use sv_kernel::causes;
use sv_ports::Bus;

use super::{AdapterError, authorities::authorities};
use crate::{
    config::{BusConfig, Config, Mechanism},
    tls,
};

/// Makes the clients of Kafka, and fails where no broker answers or lets this process in.
pub(crate) async fn kafka(config: &Config) -> Result<Arc<dyn Bus>, AdapterError> {
    let mut options = sv_adapters::KafkaOptions::new(&config.bus.kafka_brokers);
    options.security = security(config)?;
    match sv_adapters::KafkaBus::connect(options).await {
        Ok(bus) => Ok(Arc::new(bus)),
        Err(failure) => Err(AdapterError::Failed {
            what: format!("Kafka at {} (bus.kafka_brokers)", config.bus.kafka_brokers),
            source: in_our_names(&config.bus, &causes(&failure)).into(),
        }),
    }
}

/// Says how Kafka's brokers and this process know each other.
fn security(config: &Config) -> Result<sv_adapters::KafkaSecurity, AdapterError> {
    let bus = &config.bus;
    let unusable = |source: tls::Unusable| AdapterError::Failed {
        what: "Kafka".to_owned(),
        source: source.into(),
    };
    let mut security = sv_adapters::KafkaSecurity::default();
    if bus.tls {
        // Looked at here, because librdkafka says of a bad file neither its name nor its setting.
        let given = authorities("bus.ca", &bus.ca)?.is_some();
        let own = tls::of_bus(config).map_err(unusable)?;
        let identity = own.map(tls::Named::read).transpose();
        let identity = identity.map_err(unusable)?;
        security.tls = Some(KafkaTls {
            authorities: given.then(|| bus.ca.clone()),
            identity: identity.map(|files| (files.certificate, files.key)),
        });
    }
    if !bus.user.is_empty() {
        security.user = Some(KafkaUser {
            name: bus.user.clone(),
            password: bus.password.clone(),
            mechanism: match bus.mechanism {
                Mechanism::Plain => SaslMechanism::Plain,
                Mechanism::ScramSha256 => SaslMechanism::ScramSha256,
                Mechanism::ScramSha512 => SaslMechanism::ScramSha512,
            },
        });
    }
    Ok(security)
}

/// Says of a failure of librdkafka which of our settings it is about, and with which file: it names its own.
fn in_our_names(bus: &BusConfig, failure: &str) -> String {
    let files = [
        ("ssl.ca.location", "bus.ca", &bus.ca),
        (
            "ssl.certificate.location",
            "bus.certificate",
            &bus.certificate,
        ),
        ("ssl.key.location", "bus.key", &bus.key),
    ];
    let files = files.map(|(theirs, ours, file)| (theirs, format!("{ours} ({})", file.display())));
    let others = [
        ("security.protocol", "bus.tls"),
        ("sasl.mechanism", "bus.mechanism"),
        ("sasl.username", "bus.user"),
        ("sasl.password", "bus.password"),
        ("bootstrap.servers", "bus.kafka_brokers"),
    ];
    let others = others.map(|(theirs, ours)| (theirs, ours.to_owned()));
    let all = files.into_iter().chain(others);
    all.fold(failure.to_owned(), |told, (theirs, ours)| {
        told.replace(theirs, &ours)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(name: &str) -> std::path::PathBuf {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../platform/tls/src/samples");
        std::path::Path::new(folder).join(name)
    }

    #[test]
    fn a_failure_of_the_client_is_told_by_our_settings_and_their_files() {
        let bus = BusConfig {
            ca: "/etc/brokers.crt".into(),
            ..BusConfig::default()
        };
        let told = in_our_names(&bus, "ssl.ca.location failed; see sasl.username");
        assert_eq!(told, "bus.ca (/etc/brokers.crt) failed; see bus.user");
    }

    #[tokio::test]
    async fn who_cannot_connect_hears_which_setting_and_which_file_are_wrong() {
        let with = async |change: fn(&mut BusConfig)| {
            let mut bus = BusConfig {
                kafka_brokers: "127.0.0.1:1".to_owned(),
                tls: true,
                ca: sample("sec1.crt"),
                certificate: sample("sec1.crt"),
                key: sample("sec1.key"),
                ..BusConfig::default()
            };
            change(&mut bus);
            let config = Config {
                bus,
                ..Config::default()
            };
            causes(&kafka(&config).await.unwrap_err())
        };
        for (change, said) in [
            (
                (|bus| bus.ca = "/no/ca".into()) as fn(&mut BusConfig),
                "bus.ca cannot be used: /no/ca cannot be read",
            ),
            (
                |bus| bus.key = "/no/key".into(),
                "bus.key: /no/key cannot be read",
            ),
            (
                |bus| bus.certificate = sample("sec1.key"),
                "bus.certificate: ",
            ),
        ] {
            let told = with(change).await;
            assert!(told.contains(said), "{told}");
        }
    }
}
