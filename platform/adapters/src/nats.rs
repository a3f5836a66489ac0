//! Fan-out by NATS, core only: what nobody hears is gone, which is all that is promised.
//!
//! Listeners are this process' own, as in the embedded fan-out, and hear of this process without NATS; one
//! subscription brings what the others tell. While NATS is away nothing is kept for it, and once it is back everybody
//! hears that something may be lost.

#[cfg(test)]
#[cfg(feature = "test-nats")]
#[expect(
    clippy::disallowed_methods,
    reason = "tests end what they spawn themselves"
)]
mod tests;

use std::{
    fmt,
    path::{Path, PathBuf},
    str::Utf8Error,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_nats::{Client, ConnectOptions, Event, ServerAddr};
use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt as _;
use percent_encoding::percent_decode_str;
use sv_kernel::BoxError;
use sv_ports::{Fanout, Listener, PortError, PortResult, check_message, embedded};
use tokio::{
    sync::{Mutex, mpsc},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// How long connecting may take, and telling one message.
const TIMEOUT: Duration = Duration::from_secs(2);
/// After how long a silent server is asked whether it is there; after two without an answer it is away.
const PING: Duration = Duration::from_secs(5);
/// The longest pause between two tries to connect.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// The most messages that wait to be sent; what is beyond is lost.
const WAITING: usize = 1_024;

/// Fan-out over all processes of an installation that use one NATS. Does nothing until it is [run](Fanout::run).
pub struct NatsFanout {
    address: ServerAddr,
    /// A file in PEM with who vouches for the server.
    authorities: Option<PathBuf>,
    /// Begins all subjects, so that several installations may share a server.
    prefix: String,
    here: Arc<embedded::Fanout>,
    reaches: Arc<AtomicBool>,
    send: mpsc::Sender<(String, Bytes)>,
    outgoing: Mutex<mpsc::Receiver<(String, Bytes)>>,
}

impl fmt::Debug for NatsFanout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may hold a password.
        f.debug_struct("NatsFanout")
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

impl NatsFanout {
    /// Tells an installation's processes by `nats://user:password@host:4222`, or `tls://` with TLS, where the
    /// authorities of a file in PEM vouch for the server, else those of the machine (`SSL_CERT_FILE` names others).
    pub fn new(url: &str, authorities: Option<&Path>, installation: &str) -> PortResult<Self> {
        // The client takes the cryptography that the process names; who came first has named it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let address = url.parse::<ServerAddr>().map_err(|error| {
            PortError::invalid(format!("the address of NATS cannot be read: {error}"))
        })?;
        let (send, outgoing) = mpsc::channel(WAITING);
        Ok(Self {
            address,
            authorities: authorities.map(Path::to_owned),
            prefix: format!("streamverse.{installation}"),
            here: Arc::default(),
            reaches: Arc::default(),
            send,
            outgoing: Mutex::new(outgoing),
        })
    }

    async fn connect(&self) -> Result<Client, BoxError> {
        let (here, reaches) = (self.here.clone(), self.reaches.clone());
        let told = Arc::new(OnceLock::new());
        let mut options = ConnectOptions::new()
            .name("streamverse")
            .no_echo()
            .retry_on_initial_connect()
            .connection_timeout(TIMEOUT)
            .ping_interval(PING)
            .subscription_capacity(WAITING)
            .client_capacity(WAITING)
            .reconnect_delay_callback(|tries| {
                let doubled = Duration::from_millis(50) * (1 << tries.min(10));
                doubled.min(LONGEST_PAUSE)
            })
            .event_callback(move |event| {
                let (here, reaches, told) = (here.clone(), reaches.clone(), told.clone());
                async move { heed(&event, &here, &reaches, &told) }
            });
        // The client takes neither of the address.
        options = match (self.address.username(), self.address.password()) {
            (Some(user), Some(password)) => {
                options.user_and_password(plain(user)?, plain(password)?)
            }
            (Some(token), None) => options.token(plain(token)?),
            (None, _) => options,
        };
        if let Some(file) = &self.authorities {
            options = options.add_root_certificates(file.clone());
        }
        Ok(options.connect(bare(&self.address)?).await?)
    }

    /// Carries messages both ways, until it is told to stop or the client gives up.
    async fn carry(&self, stop: &CancellationToken) -> Result<(), BoxError> {
        let mut outgoing = self.outgoing.lock().await;
        let client = self.connect().await?;
        let mut incoming = client.subscribe(format!("{}.>", self.prefix)).await?;
        loop {
            tokio::select! {
                () = stop.cancelled() => {
                    // What was told last is on its way, if it can be.
                    let _ = timeout(TIMEOUT, client.flush()).await;
                    return Ok(());
                }
                Some((subject, message)) = outgoing.recv() => {
                    let subject = format!("{}.{subject}", self.prefix);
                    // Lost, where it cannot be sent.
                    let _ = timeout(TIMEOUT, client.publish(subject, message)).await;
                }
                message = incoming.next() => {
                    let message = message.ok_or("the subscription ended")?;
                    let subject = message.subject.strip_prefix(&*self.prefix);
                    let subject = subject.and_then(|rest| rest.strip_prefix('.'));
                    // What is no subject of ours was told by somebody else.
                    let _ = subject.map(|subject| self.here.publish(subject, message.payload.clone()));
                }
            }
        }
    }
}

/// Returns an address without who asks: the client writes it into its log.
fn bare(address: &ServerAddr) -> std::io::Result<ServerAddr> {
    let mut url = address.clone().into_inner();
    // Only addresses without a host refuse.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    ServerAddr::from_url(url)
}

/// Reads a part of an address as it was meant.
fn plain(part: &str) -> Result<String, Utf8Error> {
    percent_decode_str(part).decode_utf8().map(Into::into)
}

/// Takes in what becomes of the connection; why there is none before the first is told once.
fn heed(event: &Event, here: &embedded::Fanout, reaches: &AtomicBool, told: &OnceLock<()>) {
    match event {
        Event::ClientError(error) if told.set(()).is_ok() => {
            tracing::warn!(%error, "NATS cannot be reached, or turns this process away; it is tried again and again");
        }
        Event::Connected => {
            tracing::info!("NATS is there");
            let _ = told.set(());
            here.lost();
            reaches.store(true, Ordering::SeqCst);
        }
        Event::Disconnected | Event::Closed if reaches.swap(false, Ordering::SeqCst) => {
            tracing::warn!("NATS is away; processes look by themselves until it is back");
            here.lost();
        }
        Event::SlowConsumer(_) => here.lost(),
        _ => {}
    }
}

#[async_trait]
impl Fanout for NatsFanout {
    fn publish(&self, subject: &str, message: Bytes) -> PortResult<()> {
        check_message(subject, &message)?;
        if self.reaches() {
            // Too many wait: this one is lost.
            let _ = self.send.try_send((subject.to_owned(), message.clone()));
        }
        self.here.publish(subject, message)
    }

    fn subscribe(&self, subject: &str) -> PortResult<Listener> {
        self.here.subscribe(subject)
    }

    fn reaches(&self) -> bool {
        self.reaches.load(Ordering::SeqCst)
    }

    async fn run(&self, stop: CancellationToken) {
        while let Err(error) = self.carry(&stop).await {
            self.reaches.store(false, Ordering::SeqCst);
            tracing::warn!(error = &*error, "NATS is left and tried again");
            if stop
                .run_until_cancelled(sleep(LONGEST_PAUSE))
                .await
                .is_none()
            {
                break;
            }
        }
        self.reaches.store(false, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod addresses {
    use super::{ServerAddr, bare};

    #[test]
    fn the_client_never_sees_a_password_in_an_address() {
        for address in ["tls://ana:secret@nats:4222", "tls://secret@nats:4222"] {
            let address: ServerAddr = address.parse().unwrap();
            assert_eq!(bare(&address).unwrap().as_url_str(), "tls://nats:4222");
        }
    }
}
