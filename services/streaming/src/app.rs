//! The use cases.

mod announce;
mod artwork;
mod captions;
mod history;
mod imports;
mod keys;
mod leave;
mod leftovers;
mod library;
mod live;
mod play;
mod publish;
mod sessions;
mod showing;
mod slots;
mod uploads;
mod watch;

use std::{path::PathBuf, sync::Arc};

use sv_boot::Audience;
use sv_kernel::{Ctx, PageSigner, Tenant, Timestamp, Viewer};
use sv_ports::Blob;
use sv_proto::{
    common::CommonReason, content::content_service_client::ContentServiceClient,
    livetv::live_tv_service_client::LiveTvServiceClient,
    rights::rights_service_client::RightsServiceClient,
    users::user_service_client::UserServiceClient,
};
use sv_rpc::Transport;
use sv_store::Db;

use crate::{import::Tools, signing::Signing};

pub(crate) use self::{
    captions::Said,
    history::Seen,
    keys::Keys,
    leave::forget_profile,
    library::Library,
    sessions::Heard,
    showing::Showing,
    uploads::{Announced, Arriving, Bounds, Checksum, IMPORTS, Sum},
    watch::Watch,
};

/// What the use cases work with. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct App {
    pub(crate) db: Db,
    pub(crate) blobs: Arc<dyn Blob>,
    pub(crate) library: Library,
    pub(crate) keys: Arc<Keys>,
    pub(crate) watch: Watch,
    pub(crate) audience: Audience,
    pub(crate) pages: PageSigner,
    /// Streams of an account whose rights come without a limit, see [`crate::Options`].
    pub(crate) streams_without_plan: u32,
    pub(crate) users: UserServiceClient<Transport>,
    pub(crate) content: ContentServiceClient<Transport>,
    pub(crate) livetv: LiveTvServiceClient<Transport>,
    pub(crate) signing: Arc<Signing>,
    pub(crate) rights: RightsServiceClient<Transport>,
    pub(crate) importing: Arc<Importing>,
}

/// What uploads and imports need beside.
#[derive(Clone, Debug)]
pub(crate) struct Importing {
    /// ffmpeg and ffprobe.
    pub(crate) tools: Tools,
    /// Where the files of an import lie while it is made.
    pub(crate) scratch: PathBuf,
    pub(crate) bounds: Bounds,
}

/// What the id of a login follows where that is the device.
const LOGIN: &str = "login:";

/// Names the device of a call; a client that names none is known by its login.
fn device(ctx: &Ctx, viewer: &Viewer) -> String {
    named_device(ctx).map_or_else(|| format!("{LOGIN}{}", viewer.session), str::to_owned)
}

/// Returns the name that a device gives itself.
fn named_device(ctx: &Ctx) -> Option<&str> {
    ctx.device.as_deref().filter(|device| !device.is_empty())
}

/// Returns when the login of a viewer ends, on the clock of the tenant: logins end by the installation's.
fn login_ends(ctx: &Ctx, viewer: &Viewer) -> Option<Timestamp> {
    viewer.session_ends_at.map(|at| at + ctx.clock.ahead())
}

/// Reads a tenant's name out of a row.
fn tenant(name: &str) -> sv_kernel::Result<Tenant> {
    Tenant::parse(name)
        .map_err(|cause| sv_kernel::Error::from(CommonReason::Internal).because(cause))
}

/// Wraps a failure of a port as what a caller hears.
pub(crate) fn port(error: sv_ports::PortError) -> sv_kernel::Error {
    let reason = if error.is_full() {
        CommonReason::StorageFull
    } else if error.is_transient() {
        CommonReason::Unavailable
    } else {
        CommonReason::Internal
    };
    sv_kernel::Error::from(reason).because(error)
}
