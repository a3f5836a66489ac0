//! How a call reaches a service: in this process, or over the network. Callers cannot tell.

mod local;
mod remote;

use std::error::Error as StdError;

use http::{Request, Response};
use sv_kernel::BoxError;
use tonic::body::Body;
use tower::util::BoxCloneSyncService;

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
        let mut next: Option<&(dyn StdError + 'static)> = Some(self.0.as_ref());
        while let Some(cause) = next {
            if cause.is::<tonic::TimeoutExpired>() {
                return true;
            }
            next = cause.source();
        }
        false
    }
}
