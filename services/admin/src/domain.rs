//! What is asked of the audit records.

use sv_kernel::Timestamp;
use sv_proto::admin::AuditOutcome;

/// Conditions of which every one that is set must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) actor: Option<String>,
    pub(crate) subject_kind: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) action: Option<String>,
    pub(crate) outcome: Option<AuditOutcome>,
    /// Not before.
    pub(crate) from: Option<Timestamp>,
    /// Before.
    pub(crate) to: Option<Timestamp>,
}
