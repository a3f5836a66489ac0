//! Captions of titles.

use sea_orm::{
    ActiveValue::Set, PaginatorTrait as _, QueryOrder as _, QuerySelect as _, entity::prelude::*,
    sea_query::OnConflict,
};
use sv_kernel::{Ctx, Tenant, Timestamp};
use sv_proto::streaming::CaptionKind;
use sv_store::{StoreError, TenantTable as _, Tx};

use super::entity::caption::{ActiveModel, Column, Entity};
use crate::domain::{Track, TrackKey};

/// Lists the captions of a title without their cues.
pub(crate) async fn tracks(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    content: Uuid,
    limit: u64,
) -> Result<Vec<Track>, StoreError> {
    type Row = (String, i32, String, bool, String, i32, i64);
    let rows: Vec<Row> = Entity::of(tenant)
        .filter(Column::ContentId.eq(content))
        .select_only()
        .columns([
            Column::Language,
            Column::Kind,
            Column::Name,
            Column::IsDefault,
            Column::Hash,
            Column::Cues,
            Column::UpdatedAt,
        ])
        .order_by_asc(Column::Language)
        .order_by_asc(Column::Kind)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    let track = |(language, kind, name, is_default, hash, cues, at): Row| {
        let kind = CaptionKind::try_from(kind)
            .map_err(|_| StoreError::inconsistent("captions", "kind", content))?;
        Ok(Track {
            key: TrackKey { language, kind },
            name,
            is_default,
            hash,
            cues,
            updated_at: Timestamp::from_micros(at),
        })
    };
    rows.into_iter().map(track).collect()
}

/// Returns the cues of captions and their hash.
pub(crate) async fn cues(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    content: Uuid,
    key: &TrackKey,
) -> Result<Option<(String, String)>, StoreError> {
    let row = Entity::of(tenant)
        .filter(Column::ContentId.eq(content))
        .filter(Column::Language.eq(&*key.language))
        .filter(Column::Kind.eq(i32::from(key.kind)))
        .select_only()
        .columns([Column::Body, Column::Hash])
        .into_tuple()
        .one(db)
        .await?;
    Ok(row)
}

/// Counts the captions of a title.
pub(crate) async fn count(tx: &Tx, tenant: &Tenant, content: Uuid) -> Result<u64, StoreError> {
    let rows = Entity::of(tenant).filter(Column::ContentId.eq(content));
    Ok(rows.count(tx).await?)
}

/// Stores captions in place of those of their language and kind.
pub(crate) async fn put(
    tx: &Tx,
    ctx: &Ctx,
    content: Uuid,
    track: &Track,
    body: &str,
) -> Result<(), StoreError> {
    let row = ActiveModel {
        tenant: Set(ctx.tenant.to_string()),
        content_id: Set(content),
        language: Set(track.key.language.clone()),
        kind: Set(track.key.kind.into()),
        name: Set(track.name.clone()),
        is_default: Set(track.is_default),
        hash: Set(track.hash.clone()),
        cues: Set(track.cues),
        body: Set(body.to_owned()),
        updated_at: Set(track.updated_at.micros()),
    };
    let key = [
        Column::Tenant,
        Column::ContentId,
        Column::Language,
        Column::Kind,
    ];
    let rest = [
        Column::Name,
        Column::IsDefault,
        Column::Hash,
        Column::Cues,
        Column::Body,
        Column::UpdatedAt,
    ];
    let over = OnConflict::columns(key).update_columns(rest).to_owned();
    Entity::insert(row)
        .on_conflict(over)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Deletes captions; says whether there were any.
pub(crate) async fn delete(
    tx: &Tx,
    ctx: &Ctx,
    content: Uuid,
    key: &TrackKey,
) -> Result<bool, StoreError> {
    let gone = Entity::delete_of(&ctx.tenant)
        .filter(Column::ContentId.eq(content))
        .filter(Column::Language.eq(&*key.language))
        .filter(Column::Kind.eq(i32::from(key.kind)))
        .exec(tx)
        .await?;
    Ok(gone.rows_affected > 0)
}
