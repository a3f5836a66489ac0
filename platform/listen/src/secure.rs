//! TLS before HTTP: the handshake within its time, and what is said to those who speak plain HTTP.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use http::{HeaderValue, Request, header, uri::Authority};
use metrics::{Counter, counter};
use sv_tls::Tls;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::ConnectionOptions;

/// How a handshake begins (RFC 8446 section 5.1).
const HANDSHAKE: u8 = 22;
/// What a client hears that speaks plain HTTP to a port of TLS.
const NOT_PLAIN: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\ncontent-length: 48\r\n\
    connection: close\r\n\r\nThis port speaks TLS. Use https:// in its place\n";
/// How long such a client may take to hear it.
const HEARS: Duration = Duration::from_millis(250);

/// How often a port's log says that handshakes fail: anybody can make them.
const TOLD_EVERY: Duration = Duration::from_mins(1);

/// TLS of a port.
#[derive(Clone, Debug)]
pub struct Secure {
    /// What it shows, and whom it believes.
    pub tls: Tls,
    /// For how long browsers shall come by TLS only (RFC 6797); zero says nothing.
    pub hsts: Duration,
}

/// What metrics and the log tell of handshakes.
#[derive(Clone)]
pub(crate) struct Handshakes {
    port: &'static str,
    told: Arc<Mutex<Told>>,
    done: Counter,
    failed: Counter,
    late: Counter,
    crowded: Counter,
    plain: Counter,
}

/// Places for handshakes: what a half-open one holds is fifty times of what the socket does, and costs its client a
/// packet.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// Those of the address. They come first, so that who waits for the others is no crowd of one address.
    pub(crate) of_address: Arc<Semaphore>,
    /// Those of the port.
    pub(crate) in_all: Arc<Semaphore>,
}

impl Places {
    /// Waits for one of each, longest waiting first.
    async fn take(&self) -> Option<[SemaphorePermit<'_>; 2]> {
        let of_address = self.of_address.acquire().await.ok()?;
        Some([of_address, self.in_all.acquire().await.ok()?])
    }
}

/// When the log last said that handshakes fail, and how many have failed since.
#[derive(Default)]
struct Told {
    at: Option<Instant>,
    since: u64,
}

/// How a handshake ended without a connection.
enum Failed {
    Gone,
    Plain,
    Late,
    Crowded,
    Refused(std::io::Error),
}

impl Handshakes {
    /// Names all outcomes at once.
    pub(crate) fn of(port: &'static str) -> Self {
        let of = |outcome: &'static str| {
            let counter =
                counter!("streamverse_tls_handshakes_total", "port" => port, "outcome" => outcome);
            counter.increment(0);
            counter
        };
        Self {
            port,
            told: Arc::default(),
            done: of("done"),
            failed: of("failed"),
            late: of("late"),
            crowded: of("crowded"),
            plain: of("plain"),
        }
    }

    /// Counts a handshake that was refused by one side, and tells why now and then: an operator whose processes do not
    /// believe each other's certificates finds it nowhere else.
    fn failed(&self, peer: Option<SocketAddr>, cause: &std::io::Error) {
        self.failed.increment(1);
        let failed = {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            told.since += 1;
            if told.at.is_some_and(|at| at.elapsed() < TOLD_EVERY) {
                return;
            }
            told.at = Some(Instant::now());
            std::mem::take(&mut told.since)
        };
        let (port, peer) = (self.port, peer.map(tracing::field::display));
        tracing::warn!(port, peer, %cause, failed, "a TLS handshake failed");
    }
}

impl Secure {
    /// Takes TLS off a connection, each step within its time: the first byte, a place, the handshake.
    pub(crate) async fn open(
        &self,
        stream: TcpStream,
        options: &ConnectionOptions,
        places: &Places,
        handshakes: &Handshakes,
    ) -> Option<Box<TlsStream<TcpStream>>> {
        let peer = stream.peer_addr().ok();
        match self.shake(stream, options, places).await {
            Ok(stream) => {
                handshakes.done.increment(1);
                return Some(stream);
            }
            Err(Failed::Gone) => {}
            Err(Failed::Plain) => handshakes.plain.increment(1),
            Err(Failed::Refused(cause)) => handshakes.failed(peer, &cause),
            Err(Failed::Late) => handshakes.late.increment(1),
            Err(Failed::Crowded) => handshakes.crowded.increment(1),
        }
        None
    }

    async fn shake(
        &self,
        mut stream: TcpStream,
        options: &ConnectionOptions,
        places: &Places,
    ) -> Result<Box<TlsStream<TcpStream>>, Failed> {
        let mut first = [0];
        let peeked = timeout(options.first_byte(), stream.peek(&mut first)).await;
        match peeked.map_err(|_| Failed::Late)? {
            Ok(1..) if first[0] == HANDSHAKE => {
                let place = timeout(options.first_byte(), places.take()).await;
                let _place = place.map_err(|_| Failed::Crowded)?;
                let acceptor = TlsAcceptor::from(self.tls.server());
                let opened = timeout(options.handshake(), acceptor.accept(stream)).await;
                let opened = opened.map_err(|_| Failed::Late)?;
                opened.map(Box::new).map_err(Failed::Refused)
            }
            Ok(1..) if first[0].is_ascii_uppercase() => {
                let _ = timeout(HEARS, refuse(&mut stream)).await;
                Err(Failed::Plain)
            }
            Ok(1..) => Err(Failed::Plain),
            _ => Err(Failed::Gone),
        }
    }

    /// Returns what an answer tells browsers. Of addresses, and of this machine, nothing is remembered: other programs
    /// serve plain HTTP there.
    pub(crate) fn hsts<B>(&self, request: &Request<B>) -> Option<HeaderValue> {
        if self.hsts.is_zero() {
            return None;
        }
        let authority = request.uri().authority().cloned().or_else(|| {
            let host = request.headers().get(header::HOST)?;
            Authority::try_from(host.as_bytes()).ok()
        })?;
        is_a_name(authority.host())
            .then(|| HeaderValue::try_from(format!("max-age={}", self.hsts.as_secs())).ok())
            .flatten()
    }
}

/// Tells in the clear where TLS is. Closing with unread bytes would take the words back, so some are read first.
async fn refuse(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut asked = [0; 8192];
    let _ = stream.read(&mut asked).await?;
    stream.write_all(NOT_PLAIN).await?;
    stream.shutdown().await?;
    while stream.read(&mut asked).await? > 0 {}
    Ok(())
}

fn is_a_name(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    let here = host.eq_ignore_ascii_case("localhost")
        || host
            .len()
            .checked_sub(".localhost".len())
            .and_then(|at| host.get(at..))
            .is_some_and(|end| end.eq_ignore_ascii_case(".localhost"));
    !host.is_empty() && !address && !here
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_in_the_clear_is_as_long_as_it_says() {
        let text = std::str::from_utf8(NOT_PLAIN).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}\r\n", body.len())));
    }

    #[test]
    fn only_names_are_remembered_for_tls() {
        for name in ["www.example.com", "example.com.", "localhost.example.com"] {
            assert!(is_a_name(name), "{name}");
        }
        for none in [
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "127.0.0.1",
            "[::1]",
            "",
        ] {
            assert!(!is_a_name(none), "{none}");
        }
    }
}
