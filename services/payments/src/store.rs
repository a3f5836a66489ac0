//! The tables of payments.

mod entity;
pub(crate) mod events;
pub(crate) mod ledger;
mod migration;
pub(crate) mod payers;
pub(crate) mod payments;

pub(crate) use migration::MIGRATIONS;

use sv_kernel::Tenant;
use sv_store::StoreError;
use uuid::Uuid;

use crate::domain::Payment;

/// A payment that the job has to look at.
#[derive(Debug)]
pub(crate) struct Due {
    /// Its key, also where the rest cannot be read.
    pub(crate) id: Uuid,
    /// What it holds.
    pub(crate) row: Result<(Tenant, Payment), StoreError>,
}
