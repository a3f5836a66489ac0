//! Seams to the outside world, as traits, and their embedded implementations that need nothing
//! but a data folder. Implementations on servers live in `sv-adapters`; one conformance suite per
//! port, with the feature `testing`, runs on both.
//!
//! | port | embedded | production |
//! |---|---|---|
//! | [`Bus`] | [`embedded::Bus`]: one SQLite log | Kafka |
//! | [`Counters`] | [`embedded::Counters`]: memory; `sv_store::Counters`: a service's tables | the same tables; Redis |
//! | [`Blob`] | [`embedded::Blob`]: a folder | S3 |
//! | [`Fanout`] | [`embedded::Fanout`]: one process | NATS |
//! | [`Mailer`] | [`embedded::MailFolder`]: a folder of `.eml` files | SMTP |
//! | [`index::Index`] | `sv_adapters::TantivyIndex`: a folder | OpenSearch |

mod blob;
mod bus;
#[cfg(any(test, feature = "testing"))]
pub mod conformance;
mod counters;
pub mod embedded;
mod error;
mod fanout;
pub mod index;
mod mail;

pub use blob::{
    Blob, BlobInfo, BlobPage, BlobReader, ByteStream, MAX_WHOLE_BLOB, validate_blob_key,
    validate_blob_prefix,
};
pub use bus::{
    Batch, Bus, Consumer, ConsumerOptions, DeadLetter, Delivery, HandleError, Handler, Position,
    Record, Replay, Topic, TopicPartition, dead_letter, dead_letters, drop_dead_letters, headers,
    limits, retry_dead_letters, run_consumer,
};
pub use counters::{Counter, Counters};
pub use error::{PortError, PortResult};
pub use fanout::{Fanout, Heard, Listener, check as check_message};
pub use mail::{Mail, Mailer, NotASender, Sender};
