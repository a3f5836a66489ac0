//! Calls within the process.

use std::{convert::Infallible, panic::AssertUnwindSafe};

use futures::FutureExt as _;
use http::{Request, Response};
use tokio_util::task::TaskTracker;
use tonic::body::Body;
use tower::{Service, ServiceExt as _};

use super::{Transport, Unreachable};
use crate::{body::panicked, identity::InProcessIdentity, status::status};

/// Makes a transport to a service of this process.
///
/// A call runs within its caller's task: handing it to another costs more than many methods do. A
/// drain waits for it by the tracker; dropping it ends it; a panic becomes INTERNAL. Nothing but
/// bytes, headers, the identity of the calling service and whose token was verified already crosses
/// over, as on the network.
pub fn local<S>(service: S, tracker: TaskTracker) -> Transport
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send + 'static,
{
    Transport::new(tower::service_fn(move |mut request: Request<Body>| {
        let extensions = request.extensions_mut();
        let only_ours = extensions.len() == 1 && extensions.get::<InProcessIdentity>().is_some();
        if !only_ours {
            let in_process = extensions.remove::<InProcessIdentity>();
            extensions.clear();
            in_process.map(|in_process| extensions.insert(in_process));
        }
        let call = AssertUnwindSafe(service.clone().oneshot(request)).catch_unwind();
        let call = tracker.track_future(call);
        async move {
            Ok::<_, Unreachable>(match call.await {
                Ok(Ok(response)) => response,
                Ok(Err(never)) => match never {},
                Err(_) => status(panicked()).into_http(),
            })
        }
    }))
}
