//! Counters on Redis: one script adds to many of them at once, so nobody sees half of it, and windows end by
//! the clock of Redis, so that processes need no common one.
//!
//! Nothing of a counter is worth more than its window: Redis may forget all of them (a restart, an eviction),
//! and they begin again from zero. An addition whose answer is lost may have been made.

#[cfg(test)]
#[cfg(feature = "test-redis")]
#[expect(
    clippy::disallowed_methods,
    reason = "tests end what they spawn themselves"
)]
mod tests;

use std::{fmt, time::Duration};

use async_trait::async_trait;
use deadpool_redis::{
    Manager, Pool, PoolError, Runtime, Timeouts,
    redis::{AsyncConnectionConfig, Client, RedisError, TlsCertificates, cmd},
};
use sv_ports::{Counter, Counters, PortError, PortResult};
use tokio::time::timeout;

/// The name of the port in errors.
const PORT: &str = "server of counters";
/// How long one question may take, connecting included: shorter than a check of `/ready` waits.
const DEADLINE: Duration = Duration::from_millis(800);
/// Those who ask are few: the round of an edge, and who looks whether it is well.
const MOST_CONNECTIONS: usize = 4;
/// Counters of one script, during which Redis does nothing else: a few milliseconds. A round of an edge is one.
const AT_ONCE: usize = 2_000;
/// Adds to counters. It goes along with each question, a kilobyte, so that a server which has just started
/// needs to be told nothing.
const ADD: &str = include_str!("redis/add.lua");

/// Counters on one Redis, or on what stands for one under one address. Cheap to clone.
#[derive(Clone)]
pub struct RedisCounters {
    pool: Pool,
    /// Begins all keys, so that several installations may share a server.
    prefix: String,
}

impl fmt::Debug for RedisCounters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may hold a password.
        f.debug_struct("RedisCounters")
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

/// Why Redis did not count.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("redis cannot be reached")]
    Unreachable(#[source] PoolError),
    #[error("redis did not count")]
    Refused(#[source] RedisError),
    #[error("redis did not answer within {} ms", DEADLINE.as_millis())]
    Late,
    #[error("redis answered for {0} numbers, and not for {1}")]
    Unexpected(usize, usize),
}

impl From<Failure> for PortError {
    fn from(failure: Failure) -> Self {
        Self::unavailable(PORT, failure)
    }
}

impl RedisCounters {
    /// Counts for an installation at `redis://user:password@host:6379/0`; `rediss://` with TLS, where authorities in PEM
    /// vouch for the server, else those of the machine (`SSL_CERT_FILE` names others). Connects when something is
    /// counted.
    pub fn new(url: &str, authorities: Option<&[u8]>, installation: &str) -> PortResult<Self> {
        // The client takes the cryptography that the process names; who came first has named it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(DEADLINE))
            .set_response_timeout(Some(DEADLINE));
        let bad = |error: RedisError| {
            PortError::invalid(format!("the address of Redis cannot be read: {error}"))
        };
        let client = match authorities {
            None => Client::open(url),
            Some(pem) => Client::build_with_tls(
                url,
                TlsCertificates {
                    client_tls: None,
                    root_cert: Some(pem.to_vec()),
                },
            ),
        };
        let address = client.map_err(bad)?.get_connection_info().clone();
        let manager = Manager::new_with_config(address, config).map_err(bad)?;
        let pool = Pool::builder(manager)
            .max_size(MOST_CONNECTIONS)
            .timeouts(Timeouts {
                wait: Some(DEADLINE),
                create: Some(DEADLINE),
                recycle: Some(DEADLINE),
            })
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| PortError::unavailable(PORT, error))?;
        Ok(Self {
            pool,
            prefix: format!("streamverse:{installation}:"),
        })
    }

    /// Adds to some counters by one script.
    async fn run<'a>(
        &self,
        additions: impl ExactSizeIterator<Item = (&'a str, i64)> + Clone + Send,
        window: Duration,
    ) -> Result<Vec<Counter>, Failure> {
        let many = additions.len();
        let mut script = cmd("EVAL");
        script.arg(ADD).arg(many);
        for (key, _) in additions.clone() {
            script.arg(format!("{}{key}", self.prefix));
        }
        script.arg(u64::try_from(window.as_millis()).unwrap_or(u64::MAX).max(1));
        for (_, by) in additions {
            script.arg(by);
        }
        let asked = async {
            // A connection that has broken since is noticed here, and replaced.
            let mut connection = self.pool.get().await.map_err(Failure::Unreachable)?;
            let told = script.query_async::<Vec<u64>>(&mut connection).await;
            told.map_err(Failure::Refused)
        };
        let told = timeout(DEADLINE, asked).await;
        let told = told.unwrap_or(Err(Failure::Late))?;
        if told.len() != 2 * many {
            return Err(Failure::Unexpected(told.len(), 2 * many));
        }
        let (counters, _) = told.as_chunks();
        Ok(counters.iter().copied().map(counter).collect())
    }
}

#[async_trait]
impl Counters for RedisCounters {
    async fn add(&self, key: &str, by: i64, window: Duration) -> PortResult<Counter> {
        check(window)?;
        let counted = self.run([(key, by)].into_iter(), window).await?;
        counted
            .first()
            .copied()
            .ok_or_else(|| Failure::Unexpected(0, 2).into())
    }

    async fn add_all(
        &self,
        additions: &[(String, u32)],
        window: Duration,
    ) -> PortResult<Vec<Counter>> {
        check(window)?;
        let mut counted = Vec::with_capacity(additions.len());
        for some in additions.chunks(AT_ONCE) {
            let some = some.iter().map(|(key, by)| (key.as_str(), i64::from(*by)));
            counted.extend(self.run(some, window).await?);
        }
        Ok(counted)
    }
}

fn counter([value, left]: [u64; 2]) -> Counter {
    Counter {
        value,
        resets_in: match value {
            0 => Duration::ZERO,
            _ => Duration::from_millis(left.max(1)),
        },
    }
}

fn check(window: Duration) -> PortResult<()> {
    if window.is_zero() {
        return Err(PortError::invalid("a counter's window has a length"));
    }
    Ok(())
}
