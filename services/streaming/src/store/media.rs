//! Which media titles have.

use prost::Message as _;
use sea_orm::{ActiveValue::Set, QuerySelect as _, entity::prelude::*};
use sv_kernel::{Ctx, Tenant, Timestamp};
use sv_proto::streaming as pb;
use sv_store::{Db, StoreError, TenantTable as _, Tx};

use super::entity::media::{ActiveModel, Column, Entity, Model};
use crate::domain::{File, Media, Published};

const TABLE: &str = "media";

/// Returns the packaging that a title has now.
pub(crate) async fn current_generation(
    db: &Db,
    tenant: &Tenant,
    content: Uuid,
) -> Result<Option<String>, StoreError> {
    let row = Entity::of(tenant)
        .filter(Column::ContentId.eq(content))
        .filter(Column::IsCurrent.eq(true))
        .select_only()
        .column(Column::Generation)
        .into_tuple::<String>();
    Ok(row.one(db.read()).await?)
}

/// Returns one packaging of a title.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    content: Uuid,
    generation: &str,
) -> Result<Option<Published>, StoreError> {
    let row = Entity::of(tenant)
        .filter(Column::ContentId.eq(content))
        .filter(Column::Generation.eq(generation))
        .one(db)
        .await?;
    row.as_ref().map(published).transpose()
}

/// Makes a packaging the title's present one; a packaging that is there stays as it is.
pub(crate) async fn publish(
    tx: &Tx,
    ctx: &Ctx,
    content: Uuid,
    new: &Published,
) -> Result<(), StoreError> {
    let of_title = || Entity::update_of(&ctx.tenant).filter(Column::ContentId.eq(content));
    of_title()
        .col_expr(Column::IsCurrent, false.into())
        .exec(tx)
        .await?;
    let generation = new.media.generation();
    let known = of_title()
        .filter(Column::Generation.eq(generation))
        .col_expr(Column::IsCurrent, true.into())
        .col_expr(Column::PublishedAt, new.published_at.micros().into())
        .exec(tx)
        .await?;
    if known.rows_affected > 0 {
        return Ok(());
    }
    let row = ActiveModel {
        tenant: Set(ctx.tenant.to_string()),
        content_id: Set(content),
        generation: Set(generation.to_owned()),
        is_current: Set(true),
        body: Set(pb::Media::from(&new.media).encode_to_vec()),
        progressive_size: Set(signed(new.progressive.size)),
        progressive_hash: Set(new.progressive.hash.clone()),
        poster_size: Set(signed(new.poster.size)),
        poster_hash: Set(new.poster.hash.clone()),
        published_at: Set(new.published_at.micros()),
    };
    row.insert(tx).await?;
    Ok(())
}

fn published(row: &Model) -> Result<Published, StoreError> {
    let wrong = |column| StoreError::inconsistent(TABLE, column, row.content_id.to_string());
    let body = pb::Media::decode(row.body.as_slice()).map_err(|_| wrong("body"))?;
    let media = Media::try_from(body).map_err(|_| wrong("body"))?;
    media.check().map_err(|_| wrong("body"))?;
    let size = |bytes: i64, column| u64::try_from(bytes).map_err(|_| wrong(column));
    Ok(Published {
        progressive: File {
            size: size(row.progressive_size, "progressive_size")?,
            hash: row.progressive_hash.clone(),
        },
        poster: File {
            size: size(row.poster_size, "poster_size")?,
            hash: row.poster_hash.clone(),
        },
        published_at: Timestamp::from_micros(row.published_at),
        media,
    })
}

fn signed(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
