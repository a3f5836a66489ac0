//! Clients of ports with TLS: whom they believe, and what they show.

use std::{io, net::TcpStream, sync::Arc, time::Duration};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};

/// A connection with TLS.
pub(crate) type Secure = StreamOwned<ClientConnection, TcpStream>;

/// Whom a client believes.
#[derive(Clone)]
pub(crate) struct Authorities(Vec<CertificateDer<'static>>);

impl Authorities {
    /// Reads their certificates in PEM.
    pub(crate) fn of(pem: &str) -> Self {
        let found = CertificateDer::pem_slice_iter(pem.as_bytes());
        Self(found.collect::<Result<_, _>>().expect("certificates"))
    }

    /// Makes a client that shows nothing.
    pub(crate) fn client(&self) -> ClientConfig {
        let config = sv_tls::client().expect("a client of TLS");
        let config = config.with_root_certificates(self.roots());
        config.with_no_client_auth()
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        for authority in &self.0 {
            roots.add(authority.clone()).expect("an authority");
        }
        roots
    }
}

#[cfg(feature = "test-replicas")]
impl Authorities {
    /// Makes a client that shows a certificate, as processes do.
    pub(crate) fn peer(&self, shown: &sv_tls::Issued) -> ClientConfig {
        use rustls::pki_types::PrivateKeyDer;
        let key = PrivateKeyDer::from_pem_slice(shown.key.as_bytes()).expect("a key");
        let config = sv_tls::client().expect("a client of TLS");
        let config = config.with_root_certificates(self.roots());
        let config = config.with_client_auth_cert(Self::of(&shown.certificate).0, key);
        config.expect("certificate and key of one pair")
    }

    /// Returns what the REST client is told of them.
    pub(super) fn rest(&self) -> ureq::tls::TlsConfig {
        use ureq::tls::{Certificate, RootCerts, TlsConfig};
        let own = |der: &CertificateDer<'_>| Certificate::from_der(der).to_owned();
        let roots: Vec<_> = self.0.iter().map(own).collect();
        TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .root_certs(RootCerts::Specific(Arc::new(roots)))
            .build()
    }

    /// Opens a channel for gRPC.
    pub(super) async fn channel(&self, address: &str) -> tonic::transport::Channel {
        use hyper_util::rt::TokioIo;
        use sv_tls::TlsConnector;
        let mut config = self.client();
        config.alpn_protocols = vec![b"h2".to_vec()];
        let connector = TlsConnector::from(Arc::new(config));
        let dial = tower::service_fn(move |to: http::Uri| {
            let connector = connector.clone();
            async move {
                let place = to.authority().expect("host and port").as_str();
                let stream = tokio::net::TcpStream::connect(place).await?;
                let name = ServerName::try_from("localhost").expect("a name");
                io::Result::Ok(TokioIo::new(connector.connect(name, stream).await?))
            }
        });
        let endpoint = tonic::transport::Channel::from_shared(address.to_owned());
        let endpoint = endpoint.expect("an address");
        let channel = endpoint.connect_with_connector(dial).await;
        channel.expect("the public port answers")
    }
}

/// Reads a certificate in PEM, as [`peer`] tells it.
#[cfg(feature = "test-replicas")]
pub(crate) fn certificate(pem: &str) -> Vec<u8> {
    Authorities::of(pem).0[0].to_vec()
}

/// Opens a connection to a port of this machine, which offers HTTP/1.1 alone.
pub(crate) fn connect(config: ClientConfig, address: &str) -> io::Result<Secure> {
    let name = ServerName::try_from("localhost").expect("a name");
    let session = ClientConnection::new(Arc::new(config), name).expect("a client of TLS");
    let stream = TcpStream::connect(address.trim_start_matches("https://"))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut secure = StreamOwned::new(session, stream);
    secure.conn.complete_io(&mut secure.sock)?;
    Ok(secure)
}

/// Returns the certificate that the other end has shown.
pub(crate) fn peer(secure: &Secure) -> Vec<u8> {
    let shown = secure.conn.peer_certificates();
    shown.expect("a certificate")[0].to_vec()
}
