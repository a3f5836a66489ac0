//! The use cases.

mod keys;
mod library;
mod play;
mod publish;
mod showing;
mod watch;

use std::sync::Arc;

use sv_ports::Blob;
use sv_proto::{
    common::CommonReason, content::content_service_client::ContentServiceClient,
    rights::rights_service_client::RightsServiceClient,
    users::user_service_client::UserServiceClient,
};
use sv_rpc::Transport;
use sv_store::Db;

pub(crate) use self::{keys::Keys, library::Library, showing::Showing, watch::Watch};

/// What the use cases work with. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct App {
    pub(crate) db: Db,
    pub(crate) blobs: Arc<dyn Blob>,
    pub(crate) library: Library,
    pub(crate) keys: Arc<Keys>,
    pub(crate) watch: Watch,
    pub(crate) users: UserServiceClient<Transport>,
    pub(crate) content: ContentServiceClient<Transport>,
    pub(crate) rights: RightsServiceClient<Transport>,
}

/// Wraps a failure of a port as what a caller hears.
pub(crate) fn port(error: sv_ports::PortError) -> sv_kernel::Error {
    let reason = if error.is_transient() {
        CommonReason::Unavailable
    } else {
        CommonReason::Internal
    };
    sv_kernel::Error::from(reason).because(error)
}
