//! Tenants: the one place where queries are narrowed to one (TEN-1, C26).

use sea_orm::{ColumnTrait, DeleteMany, EntityTrait, QueryFilter, Select, UpdateMany};
use sv_kernel::Tenant;

/// A table with a column for the tenant. Every query starts with [`of`](Self::of),
/// [`update_of`](Self::update_of) or [`delete_of`](Self::delete_of), never with sea-orm's `find`.
pub trait TenantTable: EntityTrait {
    /// Returns the column that holds the tenant.
    fn tenant() -> Self::Column;

    /// Starts a query over one tenant's rows.
    fn of(tenant: &Tenant) -> Select<Self> {
        Self::find().filter(Self::tenant().eq(tenant.as_str()))
    }

    /// Starts a change of one tenant's rows.
    fn update_of(tenant: &Tenant) -> UpdateMany<Self> {
        Self::update_many().filter(Self::tenant().eq(tenant.as_str()))
    }

    /// Starts a deletion among one tenant's rows.
    fn delete_of(tenant: &Tenant) -> DeleteMany<Self> {
        Self::delete_many().filter(Self::tenant().eq(tenant.as_str()))
    }
}
