//! Connections with TLS to other processes of the installation: each shows its certificate to the other.

use std::io;

use http::Uri;
use hyper_util::rt::TokioIo;
use sv_kernel::BoxError;
use sv_tls::{ServerName, Tls, TlsConnector, TlsStream};
use tokio::net::TcpStream;
use tower::Service;

/// Opens connections to a process that is known by one name. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Dialer {
    tls: Tls,
    name: ServerName<'static>,
}

impl Dialer {
    /// `host` is a name or an address, as the certificate of the other process has it.
    pub(crate) fn new(tls: &Tls, host: &str) -> Option<Self> {
        let host = host.trim_matches(['[', ']']).to_owned();
        Some(Self {
            tls: tls.clone(),
            name: ServerName::try_from(host).ok()?,
        })
    }

    /// Connects to a machine, whichever it is, and holds it to the name.
    async fn dial(self, machine: Uri) -> Result<TokioIo<TlsStream>, BoxError> {
        let host = machine.host().unwrap_or_default().trim_matches(['[', ']']);
        let port = machine.port_u16().unwrap_or(443);
        let stream = TcpStream::connect((host, port)).await?;
        stream.set_nodelay(true)?;
        // What the files say now, so that connections that are opened anew have the new certificate.
        let client = self.tls.client().ok_or("mesh.tls.ca names no authority")?;
        let opened = TlsConnector::from(client).connect(self.name.clone(), stream);
        let opened = opened.await.map_err(|cause| self.told(&cause))?;
        Ok(TokioIo::new(opened))
    }

    fn told(&self, cause: &io::Error) -> BoxError {
        format!("no TLS with {}: {cause}", self.name.to_str()).into()
    }

    /// Makes what a channel opens its connections with.
    pub(crate) fn into_service(
        self,
    ) -> impl Service<Uri, Response = TokioIo<TlsStream>, Error = BoxError, Future: Send>
    + Clone
    + Send
    + 'static {
        tower::service_fn(move |machine: Uri| self.clone().dial(machine))
    }
}
