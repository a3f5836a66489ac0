//! Calls within the process.

use std::convert::Infallible;

use http::{Request, Response};
use tokio_util::task::{AbortOnDropHandle, TaskTracker};
use tonic::body::Body;
use tower::{Service, ServiceExt as _};

use super::{Transport, Unreachable};
use crate::{body::panicked, identity::Mark, status::status};

/// Makes a transport to a service of this process.
///
/// A call runs as a task of its own on the tracker, so that a drain waits for it; dropping the call
/// ends the task; a panic becomes INTERNAL. Nothing but bytes, headers and the identity of the
/// calling service crosses over, as on the network.
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
        let mark = request.extensions_mut().remove::<Mark>();
        request.extensions_mut().clear();
        if let Some(mark) = mark {
            request.extensions_mut().insert(mark);
        }
        let task = tracker.spawn(service.clone().oneshot(request));
        async move {
            let answer = AbortOnDropHandle::new(task).await;
            Ok::<_, Unreachable>(match answer {
                Ok(Ok(response)) => response,
                Ok(Err(never)) => match never {},
                Err(cause) => status(panicked().because(cause)).into_http(),
            })
        }
    }))
}
