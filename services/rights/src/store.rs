//! The tables of rights.

pub(crate) mod coupons;
pub(crate) mod credits;
mod entity;
pub(crate) mod gifts;
pub(crate) mod invoices;
mod migration;
pub(crate) mod orders;
pub(crate) mod payments;
pub(crate) mod plans;
pub(crate) mod rules;
pub(crate) mod sales;
pub(crate) mod subscriptions;
pub(crate) mod trials;

pub(crate) use migration::MIGRATIONS;

use sv_kernel::Tenant;
use sv_store::StoreError;
use uuid::Uuid;

/// A row that the job has to look at.
#[derive(Debug)]
pub(crate) struct Due<T> {
    /// Its key, also where the rest cannot be read.
    pub(crate) id: Uuid,
    /// What it holds.
    pub(crate) row: Result<(Tenant, T), StoreError>,
}
