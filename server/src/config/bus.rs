//! The event bus: where Kafka's brokers are, and how they and this process know each other.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Settings of the section `bus`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct BusConfig {
    /// Kafka's bootstrap servers, `host:port,host:port`; empty keeps events in the data folder.
    pub kafka_brokers: String,
    /// Whether TLS is spoken to the brokers, who are held to the names in `kafka_brokers` and to those that they tell.
    pub tls: bool,
    /// A file in PEM with the authorities that vouch for the brokers; empty believes those of the machine.
    pub ca: PathBuf,
    /// A file in PEM with the certificate that brokers are shown; empty shows them none.
    pub certificate: PathBuf,
    /// A file with the key of that certificate, in PEM without a passphrase.
    pub key: PathBuf,
    /// The user as whom the brokers are spoken to (SASL); empty is nobody.
    pub user: String,
    /// The password of that user.
    pub password: String,
    /// How the password is shown to the brokers: `scram-sha-512` and `scram-sha-256` do not tell it, `plain` does.
    pub mechanism: Mechanism,
}

impl BusConfig {
    /// Names settings that mean nothing without another one.
    pub(super) fn problems(&self) -> impl Iterator<Item = String> {
        let files = [
            ("bus.ca", &self.ca),
            ("bus.certificate", &self.certificate),
            ("bus.key", &self.key),
        ];
        let files = files.map(|(name, file)| (name, !file.as_os_str().is_empty()));
        let [_, certificate, key] = files;
        let without_tls = files.into_iter().filter(|(_, given)| *given && !self.tls);
        let without_tls = without_tls.map(|(name, _)| {
            format!("{name} means nothing where TLS is not spoken; set bus.tls to true")
        });
        let halves = [
            (certificate.1 != key.1, "bus.certificate and bus.key"),
            (
                self.user.is_empty() != self.password.is_empty(),
                "bus.user and bus.password",
            ),
        ];
        let halves = halves.into_iter().filter(|(half, _)| *half);
        without_tls
            .chain(halves.map(|(_, both)| format!("{both} are given together, or neither is")))
    }
}

/// How a password is shown to Kafka's brokers.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) enum Mechanism {
    /// Without telling it (RFC 7677).
    #[default]
    #[serde(rename = "scram-sha-512")]
    ScramSha512,
    /// The same with a shorter hash.
    #[serde(rename = "scram-sha-256")]
    ScramSha256,
    /// As it is.
    #[serde(rename = "plain")]
    Plain,
}
