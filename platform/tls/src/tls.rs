//! What a port shows and what its peers are held to, as the files say now.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use metrics::{Counter, Gauge, counter, gauge};
use rustls::{
    ClientConfig, ServerConfig, server::NoServerSessionStorage, server::WebPkiClientVerifier,
    sign::SingleCertAndKey,
};
use sv_kernel::{Clock, Timestamp};

use crate::{
    Certificate, Files, TlsError,
    files::{Material, Stamp, VERSIONS, client, malformed, provider},
};

/// Protocols of clients, the better first (RFC 7301).
const H2: &[u8] = b"h2";
const HTTP1: &[u8] = b"http/1.1";

/// Certificate and key of a process, and whom it believes, as they lie in files. Cheap to clone.
#[derive(Clone)]
pub struct Tls(Arc<Inner>);

struct Inner {
    /// What it is for, in logs and metrics: `edge` or `mesh`.
    name: &'static str,
    files: Files,
    clock: Arc<dyn Clock>,
    now: ArcSwap<Now>,
    looked: Mutex<Looked>,
    figures: Figures,
}

/// What was made of files that were taken.
struct Now {
    stamp: Stamp,
    server: Arc<ServerConfig>,
    /// What peers are called with, where they are.
    client: Option<Arc<ClientConfig>>,
    certificate: Certificate,
}

/// The last look at the files.
#[derive(Default)]
struct Looked {
    stamp: Option<Stamp>,
    refused: Option<TlsError>,
}

struct Figures {
    until: Gauge,
    refused: Gauge,
    taken: Counter,
}

/// How a look at the files went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// They are those that are shown.
    Same,
    /// They have just changed; the next look takes them, should they be whole by then.
    Changing,
    /// They are taken: new connections see them.
    Taken,
    /// They cannot be used, and what was shown before stays.
    Refused(TlsError),
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("name", &self.0.name)
            .field("files", &self.0.files)
            .finish_non_exhaustive()
    }
}

impl Tls {
    /// Reads the files. With authorities, peers have to show a certificate that one of them vouches for, and are held to
    /// theirs when they are called. A certificate whose time is over is taken with words in the log: the next one comes
    /// without a start.
    pub fn open(name: &'static str, files: Files, clock: Arc<dyn Clock>) -> Result<Self, TlsError> {
        let stamp = files.stamp();
        let now = Now::of(stamp.clone(), &files, files.read()?)?;
        if let Err(problem) = now.certificate.check(&files.certificate, clock.now()) {
            tracing::error!(certificate = name, %problem, "clients will refuse this certificate");
        }
        if files.key_is_open() {
            tracing::warn!(
                certificate = name,
                key = %files.key.display(),
                "everybody on this machine may read the key: chmod 640 it"
            );
        }
        let figures = Figures {
            until: gauge!("streamverse_tls_certificate_not_after_seconds", "certificate" => name),
            refused: gauge!("streamverse_tls_files_refused", "certificate" => name),
            taken: counter!("streamverse_tls_files_taken_total", "certificate" => name),
        };
        figures.refused.set(0.0);
        figures.taken.increment(0);
        figures.tell(&now.certificate);
        Ok(Self(Arc::new(Inner {
            name,
            files,
            clock,
            now: ArcSwap::from_pointee(now),
            looked: Mutex::new(Looked {
                stamp: Some(stamp),
                refused: None,
            }),
            figures,
        })))
    }

    /// Returns what a port shows to the next connection.
    pub fn server(&self) -> Arc<ServerConfig> {
        self.0.now.load().server.clone()
    }

    /// Returns what a peer is called with; none where the files name no authorities.
    pub fn client(&self) -> Option<Arc<ClientConfig>> {
        self.0.now.load().client.clone()
    }

    /// Returns what the certificate that is shown says.
    pub fn certificate(&self) -> Certificate {
        self.0.now.load().certificate.clone()
    }

    /// Says what is wrong with what is shown, or with the files that were to take its place.
    pub fn problem(&self) -> Option<TlsError> {
        let looked = self.looked();
        let refused = looked.refused.clone();
        refused.or_else(|| self.check(&self.certificate()).err())
    }

    /// Takes files that have changed, once two looks have found them the same: whoever writes them needs a moment.
    pub fn look(&self) -> Look {
        let stamp = self.0.files.stamp();
        let mut looked = self.looked();
        if stamp == self.0.now.load().stamp {
            self.settle(&mut looked, stamp, None);
            return Look::Same;
        }
        if looked.stamp.as_ref() != Some(&stamp) {
            looked.stamp = Some(stamp);
            return Look::Changing;
        }
        self.take(&mut looked, stamp)
    }

    /// Takes the files now, whether or not they seem to have changed: somebody says that they have.
    pub fn reload(&self) -> Look {
        let stamp = self.0.files.stamp();
        self.take(&mut self.looked(), stamp)
    }

    fn looked(&self) -> std::sync::MutexGuard<'_, Looked> {
        self.0.looked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check(&self, certificate: &Certificate) -> Result<(), TlsError> {
        let Inner { files, clock, .. } = &*self.0;
        certificate.check(&files.certificate, clock.now())
    }

    fn take(&self, looked: &mut Looked, stamp: Stamp) -> Look {
        let Inner { name, files, .. } = &*self.0;
        let read = files.read().and_then(|material| {
            self.check(&material.certificate)?;
            Now::of(stamp.clone(), files, material)
        });
        match read {
            Ok(now) => {
                let until: Timestamp = now.certificate.until;
                tracing::info!(
                    certificate = name, %until, names = now.certificate.names.join(", "),
                    "new certificate taken: connections from now on see it"
                );
                self.0.figures.tell(&now.certificate);
                self.0.figures.taken.increment(1);
                self.0.now.store(Arc::new(now));
                self.settle(looked, stamp, None);
                Look::Taken
            }
            Err(problem) => {
                self.settle(looked, stamp, Some(problem.clone()));
                Look::Refused(problem)
            }
        }
    }

    /// Remembers how a look went; a problem is told once.
    fn settle(&self, looked: &mut Looked, stamp: Stamp, problem: Option<TlsError>) {
        let Inner { name, figures, .. } = &*self.0;
        if let Some(problem) = &problem
            && looked.refused.as_ref() != Some(problem)
        {
            tracing::error!(certificate = name, %problem, "new files are not taken; what was shown before stays");
        }
        figures.refused.set(f64::from(u8::from(problem.is_some())));
        *looked = Looked {
            stamp: Some(stamp),
            refused: problem,
        };
    }
}

impl Figures {
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds until the year 9999 fit"
    )]
    fn tell(&self, certificate: &Certificate) {
        self.until.set(certificate.until.secs() as f64);
    }
}

impl Now {
    fn of(stamp: Stamp, files: &Files, material: Material) -> Result<Self, TlsError> {
        let wrong = |cause: rustls::Error| malformed(&files.certificate, cause);
        let shown = Arc::new(SingleCertAndKey::from(material.key));
        let builder = ServerConfig::builder_with_provider(provider());
        let builder = builder.with_protocol_versions(VERSIONS).map_err(wrong)?;
        let (mut server, client) = match material.authorities {
            None => {
                let mut server = builder.with_no_client_auth().with_cert_resolver(shown);
                // Whoever comes back needs no whole handshake.
                server.ticketer = rustls::crypto::ring::Ticketer::new().map_err(wrong)?;
                (server, None)
            }
            Some(authorities) => {
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(authorities.clone(), provider());
                let path = files.authorities.as_deref().unwrap_or(&files.certificate);
                let verifier = verifier.build().map_err(|cause| malformed(path, cause))?;
                let builder = builder.with_client_cert_verifier(verifier);
                let mut server = builder.with_cert_resolver(shown.clone());
                // Nothing is resumed, so that authorities that were taken away vouch for nobody.
                server.session_storage = Arc::new(NoServerSessionStorage {});
                server.send_tls13_tickets = 0;
                let client = client().map_err(wrong)?;
                let client = client.with_root_certificates(authorities);
                let mut client = client.with_client_cert_resolver(shown);
                client.resumption = rustls::client::Resumption::disabled();
                client.alpn_protocols = vec![H2.to_vec()];
                (server, Some(Arc::new(client)))
            }
        };
        server.alpn_protocols = vec![H2.to_vec(), HTTP1.to_vec()];
        Ok(Self {
            stamp,
            server: Arc::new(server),
            client,
            certificate: material.certificate,
        })
    }
}
