//! Connections, and streams of HTTP/2, that go on as something else than HTTP: WebSocket.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use http::Response;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tonic::body::Body;

/// The bytes that follow an upgrade, both ways. Over HTTP/1 the guard goes on to see that writes make progress.
pub type Tunnel = TokioIo<Upgraded>;

type Work = Box<dyn FnOnce(Tunnel) -> futures::future::BoxFuture<'static, ()> + Send>;

/// What goes on after an answer that upgrades, in the extensions of that answer. The port runs it, counts it as a
/// request under way and its connection as busy, and waits for it in a drain.
#[derive(Clone)]
pub struct Upgrade(Arc<Mutex<Option<Work>>>);

impl fmt::Debug for Upgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Upgrade")
    }
}

impl Upgrade {
    /// Says what to do with the bytes.
    pub fn new<F, Fut>(work: F) -> Self
    where
        F: FnOnce(Tunnel) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let work: Work = Box::new(move |tunnel| Box::pin(work(tunnel)));
        Self(Arc::new(Mutex::new(Some(work))))
    }

    /// Takes what an answer turns its connection into.
    pub(crate) fn of(response: &mut Response<Body>) -> Option<Work> {
        let Self(work) = response.extensions_mut().remove()?;
        work.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
