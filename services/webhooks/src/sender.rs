//! The way out: one request to a receiver, within bounds, and only to where requests may go.
//!
//! Names are looked up here, and what is connected to are the addresses that were looked at: a name that leads elsewhere
//! a moment later leads nowhere. Redirects are not followed, and of an answer little is read.

use std::{
    fmt, io,
    net::SocketAddr,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{HeaderMap, Request, header};
use http_body_util::{BodyExt as _, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{
        Client,
        connect::{HttpConnector, dns::Name},
    },
    rt::{TokioExecutor, TokioTimer},
};
use sv_kernel::{BoxError, causes};
use tokio::time::timeout;
use tower::Service;

use crate::domain::{Answer, Reach};

/// Bytes of an answer that are kept.
const KEPT: usize = 1_000;
/// The longest that the text of an answer is waited for, once its status is there.
const TEXT: Duration = Duration::from_secs(2);
/// How long a connection is kept that nothing is sent by.
const IDLE: Duration = Duration::from_secs(30);
/// Connections to one host that are kept.
const IDLE_CONNECTIONS: usize = 2;

/// A delivery with its signature, as one request.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    /// The delivery.
    pub(crate) id: String,
    /// When it is sent, in seconds.
    pub(crate) seconds: i64,
    pub(crate) signature: String,
    pub(crate) body: String,
}

/// Sends requests. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Sender {
    http: Client<HttpsConnector<HttpConnector<Lookup>>, Full<Bytes>>,
    reach: Arc<Reach>,
    timeout: Duration,
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("reach", &self.reach)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl Sender {
    /// Makes one; a receiver has `timeout` to answer.
    pub(crate) fn new(reach: Arc<Reach>, timeout: Duration) -> Result<Self, BoxError> {
        let mut connector = HttpConnector::new_with_resolver(Lookup(reach.clone()));
        // What goes without TLS, `Reach` says.
        connector.enforce_http(false);
        connector.set_connect_timeout(Some(timeout));
        connector.set_nodelay(true);
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())?
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let http = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .build(connector);
        Ok(Self {
            http,
            reach,
            timeout,
        })
    }

    /// Sends a request, and returns the answer, or why there is none.
    pub(crate) async fn send(&self, url: &str, signed: &Signed) -> Result<Answer, String> {
        // Looked at again: settings may have changed since the webhook was made. An address that is no name is never
        // looked up.
        let uri = self
            .reach
            .read(url)
            .map_err(|(_, wish)| format!("nothing is sent there: a webhook's address {wish}"))?;
        let request = Request::post(uri)
            .header(header::CONTENT_TYPE, "application/json")
            .header(
                header::USER_AGENT,
                concat!("streamverse/", env!("CARGO_PKG_VERSION")),
            )
            .header("webhook-id", &signed.id)
            .header("webhook-timestamp", signed.seconds)
            .header("webhook-signature", &signed.signature)
            .body(Full::new(Bytes::from(signed.body.clone())));
        let request = request.map_err(|failure| causes(&failure))?;
        match timeout(self.timeout, self.http.request(request)).await {
            Ok(Ok(answer)) => {
                let (head, body) = answer.into_parts();
                Ok(Answer {
                    status: head.status.as_u16(),
                    retry_after: retry_after(&head.headers),
                    text: beginning(body).await,
                })
            }
            Ok(Err(failure)) => Err(causes(&failure)),
            Err(_) => Err(format!(
                "the receiver has not answered within {} s",
                self.timeout.as_secs()
            )),
        }
    }
}

/// Reads the seconds after which a receiver wants to be asked again.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

/// Reads the beginning of an answer; the rest is not waited for.
async fn beginning(mut body: hyper::body::Incoming) -> String {
    let mut kept = Vec::new();
    let read = async {
        while kept.len() < KEPT
            && let Some(Ok(frame)) = body.frame().await
        {
            let data = frame.into_data().unwrap_or_default();
            let room = KEPT - kept.len();
            kept.extend_from_slice(&data[..data.len().min(room)]);
        }
    };
    // What has come by then is kept.
    let _ = timeout(TEXT, read).await;
    let text = String::from_utf8_lossy(&kept);
    // PostgreSQL takes no zeros.
    text.replace('\0', "\u{fffd}")
}

/// Looks names up, and keeps the addresses that requests may go to.
#[derive(Clone, Debug)]
struct Lookup(Arc<Reach>);

impl Service<Name> for Lookup {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<Self::Response>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let reach = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<_> = found.filter(|found| reach.allows(found.ip())).collect();
            if allowed.is_empty() {
                let nowhere = "the host leads to no public address";
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, nowhere));
            }
            Ok(allowed.into_iter())
        })
    }
}
