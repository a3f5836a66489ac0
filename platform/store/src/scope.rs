//! Tenants: the one place where queries are narrowed to one (TEN-1, C26).

use sea_orm::{
    ColumnTrait, Condition, DeleteMany, EntityTrait, QueryFilter, Select, UpdateMany,
    sea_query::IntoCondition,
};
use sv_kernel::{Ctx, Tenant, Timestamp};

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

    /// Lets through the rows of all tenants that are due, each by the clock of its tenant (X-PAY-8): for jobs of ours,
    /// which ask on behalf of nobody. `ctx` is the background's; `is_due` says what is at an instant.
    fn due<C: IntoCondition>(ctx: &Ctx, is_due: impl Fn(Timestamp) -> C) -> Condition {
        let usual = Condition::any().add(is_due(ctx.now()).into_condition());
        let advanced = ctx.clock.advanced().into_iter();
        advanced.fold(usual, |any, (tenant, now)| {
            let theirs = Condition::all().add(Self::tenant().eq(tenant.as_str()));
            any.add(theirs.add(is_due(now).into_condition()))
        })
    }

    /// Starts a deletion among one tenant's rows.
    fn delete_of(tenant: &Tenant) -> DeleteMany<Self> {
        Self::delete_many().filter(Self::tenant().eq(tenant.as_str()))
    }
}
