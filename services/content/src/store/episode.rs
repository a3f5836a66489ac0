//! The episodes of series: rows of the titles' table that name a series.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _,
};
use sv_kernel::{Tenant, Timestamp};
use sv_proto::content::ContentStatus;
use sv_store::{StoreError, TenantTable as _};
use uuid::Uuid;

use super::{
    entity::content::{Column, Entity},
    shown::for_children,
    windows::open_in,
};
use crate::domain::{Place, Seer};

/// How many episodes each season of some series has, by series and season.
pub(crate) type Counts = HashMap<(Uuid, i32), i64>;

/// Counts the episodes of series that somebody sees.
pub(crate) async fn count_episodes(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    series: &[Uuid],
    (seer, now): (Seer, Timestamp),
) -> Result<Counts, StoreError> {
    let counts: Vec<(Uuid, i32, i64)> = Entity::of(tenant)
        .filter(Column::SeriesId.is_in(series.iter().copied()))
        .apply_if(seer.looks(now), |rows, place| {
            rows.filter(Column::Status.eq(i32::from(ContentStatus::Published)))
                .filter(open_in(tenant, place))
        })
        .apply_if(seer.is_child().then_some(()), |rows, ()| {
            rows.filter(for_children())
        })
        .select_only()
        .columns([Column::SeriesId, Column::SeasonNumber])
        .column_as(Column::Id.count(), "episodes")
        .group_by(Column::SeriesId)
        .group_by(Column::SeasonNumber)
        .into_tuple()
        .all(db)
        .await?;
    let pair = |(series, season, episodes)| ((series, season), episodes);
    Ok(counts.into_iter().map(pair).collect())
}

/// Lists the ids of some of a series' episodes, in their order: those behind `after`, or the first.
pub(crate) async fn episode_ids(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    series: Uuid,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Uuid>, StoreError> {
    let ids = Entity::of(tenant)
        .filter(Column::SeriesId.eq(series))
        .apply_if(after, |rows, after| rows.filter(Column::Id.gt(after)))
        .select_only()
        .column(Column::Id)
        .order_by_asc(Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids)
}

/// Finds the episode that has a place.
pub(crate) async fn episode_at(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    place: Place,
) -> Result<Option<Uuid>, StoreError> {
    let id = Entity::of(tenant)
        .filter(Column::SeriesId.eq(place.series))
        .filter(Column::SeasonNumber.eq(place.season))
        .filter(Column::EpisodeNumber.eq(place.episode))
        .select_only()
        .column(Column::Id)
        .into_tuple()
        .one(db)
        .await?;
    Ok(id)
}
