//! Implementations of the ports of `sv-ports` that bring large dependencies.
//!
//! Those that need a server are compiled with the feature `production`; the one on Redis also by itself, with
//! `redis`.

#[cfg(feature = "production")]
mod kafka;
#[cfg(feature = "production")]
mod nats;
#[cfg(feature = "production")]
mod opensearch;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "production")]
mod s3;
#[cfg(feature = "production")]
mod smtp;
mod tantivy;
#[cfg(feature = "production")]
mod vault;

#[cfg(feature = "production")]
pub use kafka::{KafkaBus, KafkaOptions, KafkaSecurity, KafkaTls, KafkaUser, SaslMechanism};
#[cfg(feature = "production")]
pub use nats::NatsFanout;
#[cfg(feature = "production")]
pub use opensearch::OpenSearchIndex;
#[cfg(feature = "redis")]
pub use redis::RedisCounters;
#[cfg(feature = "production")]
pub use s3::{S3Blob, S3Options};
#[cfg(feature = "production")]
pub use smtp::SmtpMailer;
pub use tantivy::TantivyIndex;
#[cfg(feature = "production")]
pub use vault::{Vault, VaultLogin, VaultOptions};
