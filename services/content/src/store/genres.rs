//! The genres of titles, with how many titles each has.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use sv_kernel::{Tenant, Timestamp};
use sv_store::{StoreError, TenantTable as _};

use super::{
    entity::{
        content,
        content_genre::{Column, Entity},
    },
    playlists::titles,
};
use crate::domain::Seer;

/// Lists a part of the genres of titles of some types that somebody sees, those with the most titles first.
pub(crate) async fn genres(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    types: &[i32],
    seer: (Seer, Timestamp),
    (skip, limit): (u32, u32),
) -> Result<Vec<(String, i64)>, StoreError> {
    let mut titles = titles(tenant, seer);
    titles.and_where(content::Column::Kind.is_in(types.iter().copied()));
    let rows: Vec<(String, String, i64)> = Entity::of(tenant)
        .filter(Column::ContentId.in_subquery(titles))
        .select_only()
        .column(Column::Genre)
        .column_as(Column::Name.max(), "name")
        .column_as(Column::ContentId.count(), "titles")
        .group_by(Column::Genre)
        .order_by_desc(Column::ContentId.count())
        .order_by_asc(Column::Genre)
        .offset(u64::from(skip))
        .limit(u64::from(limit))
        .into_tuple()
        .all(db)
        .await?;
    let named = |(genre, name, titles): (String, String, i64)| {
        // Rows from before names were kept have the folded form only.
        let name = if name.is_empty() { genre } else { name };
        (name, titles)
    };
    Ok(rows.into_iter().map(named).collect())
}
