//! The accept loop: connections are bounded, guarded, watched and drained.

mod framing;
mod guard;
mod seats;

use std::{convert::Infallible, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use http::{Request, Response};
use hyper::{body::Incoming, rt::Executor, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    io::AsyncReadExt as _,
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::body::Body;

use crate::options::ConnectionOptions;
pub(crate) use framing::{Fault, MAX_FIELDS, MAX_HEAD, REFUSED_PATH};
pub(crate) use guard::Verdict;
use guard::{Guard, Pace};
pub(crate) use seats::network;
use seats::{Seat, Seats};

/// The other end of a connection.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    /// Where the connection comes from: a client, or the last proxy.
    pub(crate) address: SocketAddr,
    /// What the guard found wrong with it.
    pub(crate) verdict: Verdict,
}

/// Answers requests.
pub(crate) trait Handler: Send + Sync + 'static {
    /// Answers one request; never fails and never panics.
    fn handle(
        self: Arc<Self>,
        peer: Peer,
        request: Request<Incoming>,
    ) -> impl Future<Output = Response<Body>> + Send;
}

/// Serves a listener until the drain is over.
///
/// When `draining` is cancelled, nothing new is accepted, HTTP/2 clients are told to go away,
/// requests under way are finished, and after the drain time what is left is cut off.
pub(crate) async fn serve<H: Handler>(
    listener: TcpListener,
    handler: Arc<H>,
    options: &ConnectionOptions,
    behind_proxy: bool,
    draining: CancellationToken,
) {
    let per_address = (!behind_proxy).then_some(options.per_address);
    let seats = Seats::new(options.in_all, per_address);
    let tracker = TaskTracker::new();
    let cut = CancellationToken::new();
    let server = Server {
        handler,
        builder: builder(options, &tracker, &cut),
        options: options.clone(),
        draining: draining.clone(),
        cut: cut.clone(),
    };
    let server = Arc::new(server);
    loop {
        let accepted = tokio::select! {
            biased;
            () = draining.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, address)) => match seats.take(address.ip()) {
                Some(seat) => {
                    tracker.spawn(server.clone().connection(stream, address, seat));
                }
                None => metrics::counter!("edge_connections_refused_total").increment(1),
            },
            Err(cause) => {
                // Out of file descriptors, for the most part: a pause lets some come back.
                tracing::warn!(%cause, "connection not accepted");
                sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    tracker.close();
    if timeout(options.drain(), tracker.wait()).await.is_err() {
        tracing::warn!(
            connections = tracker.len(),
            "connections cut off after the drain time"
        );
        cut.cancel();
        tracker.wait().await;
    }
}

struct Server<H> {
    handler: Arc<H>,
    builder: Builder<Tracked>,
    options: ConnectionOptions,
    draining: CancellationToken,
    cut: CancellationToken,
}

/// Runs HTTP/2 streams as tasks that the drain waits for.
#[derive(Clone, Debug)]
struct Tracked(TaskTracker, CancellationToken);

impl<F> Executor<F> for Tracked
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, task: F) {
        let cut = self.1.clone();
        self.0.spawn(cut.run_until_cancelled_owned(task));
    }
}

fn builder(
    options: &ConnectionOptions,
    tracker: &TaskTracker,
    cut: &CancellationToken,
) -> Builder<Tracked> {
    let mut builder = Builder::new(Tracked(tracker.clone(), cut.clone()));
    builder
        .http1()
        .timer(TokioTimer::new())
        // Counted from the end of the last answer: the longest an idle connection is kept.
        .header_read_timeout(options.idle())
        .max_headers(100);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(options.http2_streams)
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(10))
        .max_header_list_size(64 * 1024)
        .adaptive_window(true);
    builder
}

impl<H: Handler> Server<H> {
    async fn connection(self: Arc<Self>, mut stream: TcpStream, address: SocketAddr, seat: Seat) {
        let _seat = seat;
        let _ = stream.set_nodelay(true);
        metrics::gauge!("edge_connections").increment(1.0);
        let cut = self.cut.clone();
        let work = async {
            // Silent connections are dropped here; hyper would keep them.
            let mut first = [0; 1024];
            let read = timeout(self.options.first_byte(), stream.read(&mut first));
            if let Ok(Ok(length @ 1..)) = read.await {
                self.speak(stream, &first[..length], address).await;
            }
        };
        cut.run_until_cancelled(work).await;
        metrics::gauge!("edge_connections").decrement(1.0);
    }

    async fn speak(&self, stream: TcpStream, first: &[u8], address: SocketAddr) {
        let pace = Pace {
            head: self.options.head(),
            write: self.options.write(),
        };
        let peer = Peer {
            address,
            verdict: Verdict::default(),
        };
        let guard = Guard::new(stream, first, pace, peer.verdict.clone());
        let handler = self.handler.clone();
        let service = service_fn(move |request| {
            let (handler, peer) = (handler.clone(), peer.clone());
            async move { Ok::<_, Infallible>(handler.handle(peer, request).await) }
        });
        let mut connection = pin!(self.builder.serve_connection(TokioIo::new(guard), service));
        tokio::select! {
            ended = connection.as_mut() => return log_end(ended),
            () = self.draining.cancelled() => {}
            () = sleep(self.options.max_age()) => {}
        }
        // What is under way is finished; a drain cuts off what takes too long.
        connection.as_mut().graceful_shutdown();
        log_end(connection.await);
    }
}

/// Clients that go away are no news.
fn log_end<E: std::fmt::Debug>(ended: Result<(), E>) {
    if let Err(cause) = ended {
        tracing::debug!(?cause, "a connection ended early");
    }
}
