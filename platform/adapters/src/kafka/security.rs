//! How brokers and this process know each other: TLS and SASL, which librdkafka speaks by OpenSSL.

use std::{fmt, path::PathBuf};

/// How brokers and this process know each other. Files are read when a client is made, and not again by it.
#[derive(Clone, Debug, Default)]
pub struct KafkaSecurity {
    /// TLS; `None` speaks in the clear.
    pub tls: Option<KafkaTls>,
    /// As whom the brokers are spoken to; `None` is nobody.
    pub user: Option<KafkaUser>,
}

/// TLS to brokers, which are held to the names by which they are called.
#[derive(Clone, Debug, Default)]
pub struct KafkaTls {
    /// A file in PEM with who vouches for brokers; `None` believes those of the machine.
    pub authorities: Option<PathBuf>,
    /// Files in PEM with the certificate that brokers are shown, and its key without a passphrase.
    pub identity: Option<(PathBuf, PathBuf)>,
}

/// A user of the brokers.
#[derive(Clone)]
pub struct KafkaUser {
    /// Its name.
    pub name: String,
    /// Its password.
    pub password: String,
    /// How the password is shown.
    pub mechanism: SaslMechanism,
}

/// How a password is shown to brokers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaslMechanism {
    /// As it is (RFC 4616).
    Plain,
    /// By what can only be made of it (RFC 7677).
    ScramSha256,
    /// The same with a longer hash.
    ScramSha512,
}

impl fmt::Debug for KafkaUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KafkaUser")
            .field("name", &self.name)
            .field("mechanism", &self.mechanism)
            .finish_non_exhaustive()
    }
}

impl SaslMechanism {
    fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha512 => "SCRAM-SHA-512",
        }
    }
}

impl KafkaSecurity {
    /// Returns the settings of librdkafka.
    pub(super) fn settings(&self) -> Vec<(&'static str, String)> {
        let protocol = match (&self.tls, &self.user) {
            (None, None) => return Vec::new(),
            (None, Some(_)) => "SASL_PLAINTEXT",
            (Some(_), None) => "SSL",
            (Some(_), Some(_)) => "SASL_SSL",
        };
        let mut settings = vec![("security.protocol", protocol.to_owned())];
        if let Some(tls) = &self.tls {
            // The default, said so that no other default of a later version takes its place.
            settings.push(("ssl.endpoint.identification.algorithm", "https".into()));
            let path = |path: &PathBuf| path.display().to_string();
            if let Some(file) = &tls.authorities {
                settings.push(("ssl.ca.location", path(file)));
            }
            if let Some((certificate, key)) = &tls.identity {
                settings.push(("ssl.certificate.location", path(certificate)));
                settings.push(("ssl.key.location", path(key)));
            }
        }
        if let Some(user) = &self.user {
            settings.push(("sasl.mechanism", user.mechanism.name().into()));
            settings.push(("sasl.username", user.name.clone()));
            settings.push(("sasl.password", user.password.clone()));
        }
        settings
    }
}
