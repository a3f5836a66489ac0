//! TLS on a port: protocols, bounds, reload and what is said to those who come in the clear.

use std::{
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use http::{Request, Response, StatusCode, header};
use rustls::{RootCertStore, pki_types::ServerName};
use sv_kernel::{Clock as _, SystemClock};
use sv_tls::{Authority, Files, Look, Tls, Validity};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tonic::body::Body;

use super::raw::{PREFACE, SETTINGS, Site, frame, hasty, plain};
use crate::{ConnectionOptions, Peer, Secure, Upgrade};

const DAY: Duration = Duration::from_hours(24);
const CLOSE: &[u8] = b"GET / HTTP/1.1\r\nhost: tv.test\r\nconnection: close\r\n\r\n";

/// An authority with a folder of its certificates.
struct Certificates {
    folder: tempfile::TempDir,
    authority: Authority,
}

impl Certificates {
    fn new() -> Self {
        let validity = Validity::around(SystemClock.now(), DAY);
        let certificates = Self {
            folder: tempfile::tempdir().unwrap(),
            authority: Authority::make("tests", validity).unwrap(),
        };
        certificates.issue("tv.test");
        certificates
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a certificate of a name.
    fn issue(&self, name: &str) {
        let validity = Validity::around(SystemClock.now(), DAY);
        let issued = self.authority.issue(&[name.to_owned()], validity).unwrap();
        fs::write(self.path("tls.crt"), issued.certificate).unwrap();
        fs::write(self.path("tls.key"), issued.key).unwrap();
        fs::write(self.path("ca.crt"), self.authority.certificate()).unwrap();
    }

    fn tls(&self) -> Tls {
        self.open(None)
    }

    fn open(&self, authorities: Option<&Path>) -> Tls {
        let files = Files {
            certificate: self.path("tls.crt"),
            key: self.path("tls.key"),
            authorities: authorities.map(Path::to_owned),
        };
        Tls::open("test", files, Arc::new(SystemClock)).unwrap()
    }

    fn roots(&self) -> RootCertStore {
        sv_tls::authorities(&self.path("ca.crt")).unwrap()
    }

    /// Shakes hands as a client that offers these protocols.
    async fn shake(
        &self,
        site: &Site,
        name: &str,
        offers: &[&str],
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let client = sv_tls::client().unwrap();
        let mut client = client
            .with_root_certificates(self.roots())
            .with_no_client_auth();
        client.alpn_protocols = offers.iter().map(|one| one.as_bytes().to_vec()).collect();
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let connector = TlsConnector::from(Arc::new(client));
        connector.connect(name, site.connect().await).await
    }
}

fn secure(tls: &Tls) -> Secure {
    Secure {
        tls: tls.clone(),
        hsts: DAY,
    }
}

/// Sends bytes and returns everything that comes back until the end.
async fn ask(stream: &mut TlsStream<TcpStream>, bytes: &[u8]) -> String {
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    let read = timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
    read.unwrap().unwrap();
    String::from_utf8_lossy(&answer).to_lowercase()
}

/// EDGE-9.
#[tokio::test]
async fn both_protocols_are_spoken_behind_tls_and_browsers_hear_that_they_shall_stay() {
    let certificates = Certificates::new();
    let tls = certificates.tls();
    let site = Site::secure(hasty(), secure(&tls), plain).await;
    let mut client = certificates
        .shake(&site, "tv.test", &["h2", "http/1.1"])
        .await
        .unwrap();
    assert_eq!(client.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    client.write_all(PREFACE).await.unwrap();
    client.write_all(&frame(SETTINGS, 0, 0, &[])).await.unwrap();
    let mut head = [0; 9];
    client.read_exact(&mut head).await.unwrap();
    assert_eq!(head[3], SETTINGS);

    let mut client = certificates
        .shake(&site, "tv.test", &["http/1.1"])
        .await
        .unwrap();
    let answer = ask(&mut client, CLOSE).await;
    assert!(answer.starts_with("http/1.1 200"), "{answer}");
    assert!(
        answer.contains("strict-transport-security: max-age=86400\r\n"),
        "{answer}"
    );
    // An address is remembered by nobody.
    let mut client = certificates.shake(&site, "tv.test", &[]).await.unwrap();
    let by_address = b"GET / HTTP/1.1\r\nhost: 127.0.0.1:3000\r\nconnection: close\r\n\r\n";
    let answer = ask(&mut client, by_address).await;
    assert!(!answer.contains("strict-transport"), "{answer}");
    // A request that is refused is refused with words.
    let mut client = certificates.shake(&site, "tv.test", &[]).await.unwrap();
    let answer = ask(&mut client, b"GET / HTTP/1.1\r\nbad field\r\n\r\n").await;
    assert!(answer.starts_with("http/1.1 400"), "{answer}");
}

#[tokio::test]
async fn whoever_speaks_plain_http_is_told_and_whoever_says_nothing_is_not_waited_for() {
    let certificates = Certificates::new();
    let tls = certificates.tls();
    let site = Site::secure(hasty(), secure(&tls), plain).await;
    let answer = site.raw(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(answer.contains("Use https://"), "{answer}");
    let begin = Instant::now();
    // Silence, and half a handshake.
    let (silent, half, other) = tokio::join!(
        site.raw(b""),
        site.raw(&[22, 3, 1, 2, 0, 1]),
        site.raw(b"\x01\x02")
    );
    assert_eq!((&*silent, &*half, &*other), ("", "", ""));
    assert!(begin.elapsed() < Duration::from_secs(10));
}

/// Connections that only shake hands take the places of others no more than those that say nothing.
#[tokio::test]
async fn handshakes_count_as_connections() {
    let certificates = Certificates::new();
    let tls = certificates.tls();
    let options = ConnectionOptions {
        in_all: 16,
        per_address: 4,
        ..ConnectionOptions::default()
    };
    let site = Site::secure(options, secure(&tls), plain).await;
    let mut hesitant = Vec::new();
    for _ in 0..4 {
        let mut stream = site.connect().await;
        stream.write_all(&[22, 3, 1]).await.unwrap();
        hesitant.push(stream);
    }
    // The one that has been idle for longest gives way.
    let mut client = certificates.shake(&site, "tv.test", &[]).await.unwrap();
    let answer = ask(&mut client, CLOSE).await;
    assert!(answer.starts_with("http/1.1 200"), "{answer}");
    let mut byte = [0];
    let gone = timeout(Duration::from_secs(5), hesitant[0].read(&mut byte)).await;
    assert!(matches!(gone, Ok(Ok(0) | Err(_))), "{gone:?}");
}

/// Whoever begins many and ends none waits with the others, for what is left of the time of those before.
#[tokio::test]
async fn only_so_many_handshakes_are_open_at_a_time_and_the_next_ones_wait() {
    let certificates = Certificates::new();
    let tls = certificates.tls();
    let few_of_one = ConnectionOptions {
        handshakes_per_address: 2,
        // So long that nobody takes a slow machine for a wait.
        handshake_seconds: 6,
        ..ConnectionOptions::default()
    };
    let few_in_all = ConnectionOptions {
        handshakes: 2,
        handshakes_per_address: 64,
        ..few_of_one.clone()
    };
    let enough = ConnectionOptions {
        handshakes_per_address: 3,
        ..few_of_one.clone()
    };
    for (options, waits) in [(few_of_one, true), (few_in_all, true), (enough, false)] {
        let site = Site::secure(options, secure(&tls), plain).await;
        let mut half_open = Vec::new();
        for _ in 0..2 {
            let mut stream = site.connect().await;
            stream.write_all(&[22, 3, 1, 2, 0, 1]).await.unwrap();
            half_open.push(stream);
        }
        // They have their places by then.
        tokio::time::sleep(Duration::from_millis(200)).await;
        let begin = Instant::now();
        let client = certificates.shake(&site, "tv.test", &[]);
        let mut client = timeout(Duration::from_secs(20), client)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(begin.elapsed() > Duration::from_secs(3), waits);
        let answer = ask(&mut client, CLOSE).await;
        assert!(answer.starts_with("http/1.1 200"), "{answer}");
    }
}

#[tokio::test]
async fn new_files_are_shown_to_new_connections_and_old_ones_go_on() {
    let certificates = Certificates::new();
    let tls = certificates.tls();
    let site = Site::secure(ConnectionOptions::default(), secure(&tls), plain).await;
    let mut old = certificates.shake(&site, "tv.test", &[]).await.unwrap();
    certificates.issue("other.test");
    assert_eq!(tls.reload(), Look::Taken);
    let refused = certificates.shake(&site, "tv.test", &[]).await;
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("not valid for name"), "{refused}");
    certificates.shake(&site, "other.test", &[]).await.unwrap();
    let answer = ask(&mut old, CLOSE).await;
    assert!(answer.starts_with("http/1.1 200"), "{answer}");
}

/// Where authorities are given, only those that one of them vouches for may speak.
#[tokio::test]
async fn clients_that_nobody_vouches_for_are_not_heard() {
    let certificates = Certificates::new();
    let tls = certificates.open(Some(&certificates.path("ca.crt")));
    let site = Site::secure(hasty(), secure(&tls), plain).await;
    let hears = |client: Arc<rustls::ClientConfig>| {
        let name = ServerName::try_from("tv.test").unwrap();
        let connecting = site.connect();
        async move {
            let stream = connecting.await;
            let mut stream = TlsConnector::from(client).connect(name, stream).await?;
            stream.write_all(CLOSE).await?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await?;
            Ok::<_, std::io::Error>(answer)
        }
    };
    let answer = hears(tls.client().unwrap()).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");

    let nobody = sv_tls::client().unwrap();
    let nobody = nobody
        .with_root_certificates(certificates.roots())
        .with_no_client_auth();
    assert!(hears(Arc::new(nobody)).await.is_err());

    // Somebody else's authority.
    let strangers = Certificates::new();
    fs::copy(strangers.path("tls.crt"), certificates.path("other.crt")).unwrap();
    let stranger = strangers.open(Some(&certificates.path("ca.crt")));
    assert!(hears(stranger.client().unwrap()).await.is_err());
}

#[tokio::test]
async fn what_follows_an_upgrade_goes_on_behind_tls_and_a_drain_waits_for_it() {
    let certificates = Certificates::new();
    let tls = certificates.tls();
    let echo = |_: Peer, _: Request<Body>| async {
        let upgrade = Upgrade::new(|mut tunnel| async move {
            let mut tunnel = std::pin::Pin::new(&mut tunnel);
            let mut piece = [0; 64];
            while let Ok(length @ 1..) = tunnel.read(&mut piece).await {
                let sent = async {
                    tunnel.write_all(&piece[..length]).await?;
                    tunnel.flush().await
                };
                if sent.await.is_err() {
                    return;
                }
            }
        });
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(header::UPGRADE, "echo".parse().unwrap());
        headers.insert(header::CONNECTION, "upgrade".parse().unwrap());
        response.extensions_mut().insert(upgrade);
        response
    };
    let site = Site::secure(hasty(), secure(&tls), echo).await;
    let mut client = certificates.shake(&site, "tv.test", &[]).await.unwrap();
    let head = b"GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";
    client.write_all(head).await.unwrap();
    let mut got = Vec::new();
    while !got.ends_with(b"\r\n\r\n") {
        got.push(client.read_u8().await.unwrap());
    }
    site.draining.cancel();
    for said in [&b"one"[..], b"two"] {
        client.write_all(said).await.unwrap();
        let mut heard = [0; 3];
        let read = timeout(Duration::from_secs(5), client.read_exact(&mut heard));
        read.await.unwrap().unwrap();
        assert_eq!(heard, said);
    }
    assert!(!site.done.is_finished(), "a drain waits for it");
    drop(client);
    timeout(Duration::from_secs(5), site.done)
        .await
        .unwrap()
        .unwrap();
}
