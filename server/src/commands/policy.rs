//! `policy matrix`: who may call what.

use sv_kernel::BoxError;
use sv_rpc::PolicyTable;

/// Prints the authorization matrix.
pub(crate) fn matrix() -> Result<(), BoxError> {
    let table = PolicyTable::ours().map_err(|problems| problems.join("; "))?;
    super::line(table.matrix().trim_end());
    Ok(())
}
