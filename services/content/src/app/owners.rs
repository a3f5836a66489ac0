//! Whose titles somebody sees and changes as an editor: those who may add videos only, their own.

use sv_kernel::Ctx;
use sv_proto::{content::Content, options::Permission};
use sv_rpc::roles;
use uuid::Uuid;

use crate::documents::owner;

/// Returns whose titles the caller is limited to for want of a permission; `None` is no limit.
pub(super) fn only(ctx: &Ctx, permission: Permission) -> Option<Uuid> {
    let viewer = ctx.actor.viewer()?;
    (!roles::allows(viewer.roles, permission)).then(|| viewer.user.uuid())
}

/// Says whether a title is within what the caller is limited to.
pub(super) fn may(ctx: &Ctx, permission: Permission, content: &Content) -> bool {
    only(ctx, permission).is_none_or(|user| owner(content) == Some(user))
}
