//! TLS in front of a server that has none, for tests of clients: whose certificate is bad is up to the test.

use std::{fs, io, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use sv_kernel::{Clock as _, SystemClock};
use sv_tls::{Authority, Files, Tls, Validity};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

const DAY: Duration = Duration::from_hours(24);

/// A folder with an authority that nobody else knows (`ca.crt`), and a certificate of it for `localhost` with its key
/// (`tls.crt`, `tls.key`).
#[derive(Debug)]
pub struct Certificates(tempfile::TempDir);

impl Certificates {
    /// Makes ones that hold for a day.
    pub fn make() -> io::Result<Self> {
        Self::holding(Validity::around(SystemClock.now(), DAY))
    }

    fn holding(validity: Validity) -> io::Result<Self> {
        let made = Self(tempfile::tempdir()?);
        let folder = made.0.path();
        // Each authority has another name, so that a client never takes one for the other.
        let name = format!("tests {}", folder.display());
        let authority = Authority::make(&name, Validity::around(SystemClock.now(), DAY));
        let authority = authority.map_err(io::Error::other)?;
        let issued = authority.issue(&["localhost".to_owned()], validity);
        let issued = issued.map_err(io::Error::other)?;
        fs::write(folder.join("tls.crt"), issued.certificate)?;
        fs::write(folder.join("tls.key"), issued.key)?;
        fs::write(folder.join("ca.crt"), authority.certificate())?;
        Ok(made)
    }

    /// Returns the path of a file.
    pub fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    /// Returns the file of the authority.
    pub fn ca(&self) -> PathBuf {
        self.0.path().join("ca.crt")
    }
}

/// How a client begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// With its handshake.
    AtOnce,
    /// By asking PostgreSQL whether it has TLS.
    AsPostgres,
}

/// A server with TLS, which passes on to one without. It is known as `localhost`, whatever it is called by.
#[derive(Debug)]
pub struct Front {
    address: SocketAddr,
    certificates: Certificates,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Front {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Front {
    /// Stands before the server at `host:port`.
    pub async fn before(server: &str, begin: Begin) -> io::Result<Self> {
        let now = SystemClock.now();
        Self::with(server, begin, Validity::around(now, DAY)).await
    }

    /// The same with a certificate that has expired.
    pub async fn expired(server: &str, begin: Begin) -> io::Result<Self> {
        let now = SystemClock.now();
        let over = Validity {
            from: now - 2 * DAY,
            until: now - DAY,
        };
        Self::with(server, begin, over).await
    }

    async fn with(server: &str, begin: Begin, validity: Validity) -> io::Result<Self> {
        let certificates = Certificates::holding(validity)?;
        let files = Files {
            certificate: certificates.path("tls.crt").into(),
            key: certificates.path("tls.key").into(),
            authorities: None,
        };
        let tls = Tls::open("front", files, Arc::new(SystemClock)).map_err(io::Error::other)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let server = server.to_owned();
        #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (server, tls) = (server.clone(), tls.clone());
                #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
                tokio::spawn(async move {
                    // Clients that refuse the certificate are what tests look for.
                    let _ = pass_on(client, &server, begin, &tls).await;
                });
            }
        });
        Ok(Self {
            address,
            certificates,
            task,
        })
    }

    /// Returns the file of the authority that vouches for it.
    pub fn ca(&self) -> PathBuf {
        self.certificates.ca()
    }

    /// Returns the port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }
}

async fn pass_on(mut client: TcpStream, server: &str, begin: Begin, tls: &Tls) -> io::Result<()> {
    if begin == Begin::AsPostgres {
        // SSLRequest: its length and its code.
        let mut asked = [0; 8];
        client.read_exact(&mut asked).await?;
        client.write_all(b"S").await?;
    }
    // What stands behind need not know HTTP/2.
    let mut shown = ServerConfig::clone(&tls.server());
    shown.alpn_protocols.clear();
    let mut client = TlsAcceptor::from(Arc::new(shown)).accept(client).await?;
    let mut server = TcpStream::connect(server).await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}
