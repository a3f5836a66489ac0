//! Which payments a list is about.

use sv_kernel::{Id, Timestamp, User};

use super::Status;

/// Which payments are meant; every condition that is set must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) account: Option<Id<User>>,
    pub(crate) status: Option<Status>,
    pub(crate) from: Option<Timestamp>,
    pub(crate) to: Option<Timestamp>,
}
