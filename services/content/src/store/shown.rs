//! Which titles somebody sees, as a condition of queries: the rule of `sv_proto::titles` and
//! `sv_rules::maturity` over the columns.

use std::collections::HashSet;

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, ExprTrait as _, QueryFilter as _,
    QuerySelect as _,
    sea_query::{Expr, Func, Query},
};
use sv_kernel::{Tenant, Timestamp};
use sv_proto::content::ContentStatus;
use sv_rules::maturity;
use sv_store::{StoreError, TenantTable as _};
use uuid::Uuid;

use super::{
    entity::content::{Column, Entity},
    windows::open_in,
};
use crate::domain::Seer;

/// Lets through what a child may see; of an episode, if its series is so, too.
pub(super) fn for_children() -> Expr {
    let rating = Expr::from(Func::upper(Column::MaturityRating.into_expr()));
    rating.is_in(maturity::kids_ratings())
}

/// Lets through what somebody sees, of titles of any type: an episode only with its series.
pub(super) fn shown_to(tenant: &Tenant, (seer, now): (Seer, Timestamp)) -> Condition {
    let Some(place) = seer.looks(now) else {
        // Of a deleted title there is a row of no type.
        return Condition::all().add(Column::Kind.ne(0));
    };
    let open = Condition::all().add(open_in(tenant, place));
    let own = if seer.is_child() {
        open.add(for_children())
    } else {
        open
    };
    let own = own.add(Column::Status.eq(i32::from(ContentStatus::Published)));
    let mut series = Query::select();
    series
        .column(Column::Id)
        .from(Entity)
        .and_where(Column::Tenant.eq(tenant.as_str()))
        .cond_where(own.clone());
    let with_series = Condition::any()
        .add(Column::SeriesId.is_null())
        .add(Column::SeriesId.in_subquery(series));
    own.add(with_series)
}

/// Returns which of some titles somebody sees.
pub(crate) async fn shown_among(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    ids: &[Uuid],
    seer: (Seer, Timestamp),
) -> Result<HashSet<Uuid>, StoreError> {
    let ids: Vec<Uuid> = Entity::of(tenant)
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(shown_to(tenant, seer))
        .select_only()
        .column(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().collect())
}
