//! The bounds of a port.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How many connections a port has, how long they may hesitate, and how much they may hold.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConnectionOptions {
    /// The most connections.
    pub in_all: usize,
    /// The most connections of one address (IPv6: one /64); not counted behind a proxy.
    pub per_address: usize,
    /// The most requests at once on an HTTP/2 connection.
    pub http2_streams: u32,
    /// The most frames of an HTTP/2 connection, in ten seconds, that ask for nothing: `PING`,
    /// `SETTINGS`, `PRIORITY`, `RST_STREAM` and their like. What is answered earns more of them.
    pub http2_control_frames: u32,
    /// The most requests at once, over all connections; more are told to come back.
    pub requests: usize,
    /// The most of them of one address (IPv6: one /64), so that nobody takes the places of all; not counted behind a
    /// proxy.
    pub requests_per_address: usize,
    /// The most TLS handshakes at once; more wait for a place.
    pub handshakes: usize,
    /// The most of them of one address (IPv6: one /64); not counted behind a proxy.
    pub handshakes_per_address: usize,
    /// The most bytes of answers that wait for one client to take them.
    pub connection_bytes: usize,
    /// The most bytes of answers that wait for all clients to take them.
    pub bytes_in_all: usize,
    /// Seconds until the first byte.
    pub first_byte_seconds: u64,
    /// Seconds that a TLS handshake may take once it has a place.
    pub handshake_seconds: u64,
    /// Seconds from the first to the last byte of a request's head.
    pub head_seconds: u64,
    /// Seconds without a byte of a request's body that is waited for.
    pub body_seconds: u64,
    /// Seconds that an idle connection is kept.
    pub idle_seconds: u64,
    /// Seconds in which a client must take 64 KiB of its answer, or what is left of it.
    pub write_seconds: u64,
    /// Seconds after which a connection is asked to end, so that clients spread anew.
    pub max_age_seconds: u64,
    /// Seconds that requests under way have to finish in a drain.
    pub drain_seconds: u64,
}

impl Default for ConnectionOptions {
    fn default() -> Self {
        Self {
            in_all: 10_000,
            per_address: 512,
            http2_streams: 200,
            http2_control_frames: 1_000,
            requests: 10_000,
            requests_per_address: 1_000,
            handshakes: 1_000,
            handshakes_per_address: 64,
            connection_bytes: 1024 * 1024,
            bytes_in_all: 256 * 1024 * 1024,
            first_byte_seconds: 10,
            handshake_seconds: 5,
            head_seconds: 10,
            body_seconds: 30,
            idle_seconds: 60,
            write_seconds: 30,
            max_age_seconds: 3600,
            drain_seconds: 20,
        }
    }
}

impl ConnectionOptions {
    /// The bounds of a service's own port, whose clients are edges and services: few connections,
    /// each with the calls and the media of many people.
    pub fn of_mesh() -> Self {
        Self {
            per_address: 2_000,
            http2_streams: 10_000,
            requests_per_address: 10_000,
            handshakes_per_address: 500,
            http2_control_frames: 20_000,
            connection_bytes: 64 * 1024 * 1024,
            idle_seconds: 1800,
            max_age_seconds: 1800,
            ..Self::default()
        }
    }

    /// The bounds of the operators' port: a few people and machines that collect metrics.
    pub fn of_operators() -> Self {
        Self {
            in_all: 100,
            per_address: 50,
            http2_streams: 50,
            requests: 100,
            requests_per_address: 50,
            bytes_in_all: 64 * 1024 * 1024,
            ..Self::default()
        }
    }

    pub(crate) const fn first_byte(&self) -> Duration {
        Duration::from_secs(self.first_byte_seconds)
    }

    pub(crate) const fn handshake(&self) -> Duration {
        Duration::from_secs(self.handshake_seconds)
    }

    pub(crate) const fn head(&self) -> Duration {
        Duration::from_secs(self.head_seconds)
    }

    pub(crate) const fn body(&self) -> Duration {
        Duration::from_secs(self.body_seconds)
    }

    pub(crate) const fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_seconds)
    }

    /// Returns how long a client may take nothing of its answer.
    pub const fn write(&self) -> Duration {
        Duration::from_secs(self.write_seconds)
    }

    pub(crate) const fn max_age(&self) -> Duration {
        Duration::from_secs(self.max_age_seconds)
    }

    pub(crate) const fn drain(&self) -> Duration {
        Duration::from_secs(self.drain_seconds)
    }
}
