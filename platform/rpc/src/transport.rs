//! How a call reaches a service: in this process, or over the network. Callers cannot tell.

mod local;
mod remote;
mod secure;

use std::error::Error as StdError;

use http::{Request, Response};
use sv_kernel::BoxError;
use tonic::body::Body;
use tower::util::BoxCloneSyncService;

pub(crate) use self::remote::{Choice, Replicas};
pub use self::{
    local::local,
    remote::{BadAddress, remote},
};

/// What every generated client runs on: `AuthServiceClient<Transport>`.
pub type Transport = BoxCloneSyncService<Request<Body>, Response<Body>, Unreachable>;

/// The service could not be reached. A type of its own, because a boxed error would keep futures of
/// generated clients from being `Send`.
#[derive(Debug, thiserror::Error)]
#[error("the service cannot be reached")]
pub struct Unreachable(#[source] pub BoxError);

impl Unreachable {
    /// Says whether it was only the caller's time that ran out.
    pub fn is_timeout(&self) -> bool {
        self.causes()
            .any(<dyn StdError>::is::<tonic::TimeoutExpired>)
    }

    /// Says whether the service has certainly seen nothing of the call, so that any call may be made
    /// again: there was no connection, or it was being closed (GOAWAY, RFC 9113 section 8.7).
    pub fn never_arrived(&self) -> bool {
        self.causes().any(|cause| {
            if let Some(cause) = cause.downcast_ref::<hyper::Error>() {
                return cause.is_canceled();
            }
            if let Some(cause) = cause.downcast_ref::<h2::Error>() {
                let refused = cause.reason() == Some(h2::Reason::REFUSED_STREAM);
                let leaving = cause.is_go_away() && cause.reason() == Some(h2::Reason::NO_ERROR);
                return refused || (leaving && cause.is_remote());
            }
            cause.is::<tonic::ConnectError>()
        })
    }

    fn causes(&self) -> impl Iterator<Item = &(dyn StdError + 'static)> {
        let first: &(dyn StdError + 'static) = self.0.as_ref();
        std::iter::successors(Some(first), |cause| (**cause).source())
    }
}
