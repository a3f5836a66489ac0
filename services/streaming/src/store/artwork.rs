//! Pictures of titles; their bytes are blobs.

use sea_orm::{
    ActiveValue::Set, PaginatorTrait as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
    entity::prelude::*, sea_query::OnConflict,
};
use sv_kernel::{Ctx, Tenant, Timestamp};
use sv_proto::content::ArtworkRole;
use sv_store::{StoreError, TenantTable as _, Tx};

use super::entity::artwork::{ActiveModel, Column, Entity, Model};
use crate::domain::{Picture, PictureKey, picture::Format};

/// Lists the pictures of a title.
pub(crate) async fn pictures(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    content: Uuid,
    limit: u64,
) -> Result<Vec<Picture>, StoreError> {
    let rows = Entity::of(tenant)
        .filter(Column::ContentId.eq(content))
        .order_by_asc(Column::Role)
        .order_by_asc(Column::Language)
        .order_by_asc(Column::Width)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter().map(picture).collect()
}

/// Finds a picture.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    content: Uuid,
    key: &PictureKey,
) -> Result<Option<Picture>, StoreError> {
    let row = Entity::of(tenant)
        .filter(Column::ContentId.eq(content))
        .filter(Column::Role.eq(i32::from(key.role)))
        .filter(Column::Language.eq(&*key.language))
        .filter(Column::Width.eq(signed(key.width)))
        .one(db)
        .await?;
    row.map(picture).transpose()
}

/// Lists the pictures of a role and language, of a width where one is said.
pub(crate) async fn of_role(
    tx: &Tx,
    tenant: &Tenant,
    content: Uuid,
    key: &PictureKey,
) -> Result<Vec<Picture>, StoreError> {
    let width = (key.width > 0).then(|| signed(key.width));
    let rows = Entity::of(tenant)
        .filter(Column::ContentId.eq(content))
        .filter(Column::Role.eq(i32::from(key.role)))
        .filter(Column::Language.eq(&*key.language))
        .apply_if(width, |rows, width| rows.filter(Column::Width.eq(width)))
        .all(tx)
        .await?;
    rows.into_iter().map(picture).collect()
}

/// Counts the pictures of a title.
pub(crate) async fn count(tx: &Tx, tenant: &Tenant, content: Uuid) -> Result<u64, StoreError> {
    let rows = Entity::of(tenant).filter(Column::ContentId.eq(content));
    Ok(rows.count(tx).await?)
}

/// Stores a picture in place of the one with its role, language and width.
pub(crate) async fn put(
    tx: &Tx,
    ctx: &Ctx,
    content: Uuid,
    picture: &Picture,
) -> Result<(), StoreError> {
    let row = ActiveModel {
        tenant: Set(ctx.tenant.to_string()),
        content_id: Set(content),
        role: Set(picture.key.role.into()),
        language: Set(picture.key.language.clone()),
        width: Set(signed(picture.key.width)),
        height: Set(signed(picture.height)),
        kind: Set(picture.format.kind().to_owned()),
        size: Set(signed(picture.size)),
        hash: Set(picture.hash.clone()),
        updated_at: Set(picture.updated_at.micros()),
    };
    let key = [
        Column::Tenant,
        Column::ContentId,
        Column::Role,
        Column::Language,
        Column::Width,
    ];
    let rest = [
        Column::Height,
        Column::Kind,
        Column::Size,
        Column::Hash,
        Column::UpdatedAt,
    ];
    let over = OnConflict::columns(key).update_columns(rest).to_owned();
    Entity::insert(row)
        .on_conflict(over)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Deletes a picture.
pub(crate) async fn delete(
    tx: &Tx,
    ctx: &Ctx,
    content: Uuid,
    key: &PictureKey,
) -> Result<(), StoreError> {
    Entity::delete_of(&ctx.tenant)
        .filter(Column::ContentId.eq(content))
        .filter(Column::Role.eq(i32::from(key.role)))
        .filter(Column::Language.eq(&*key.language))
        .filter(Column::Width.eq(signed(key.width)))
        .exec(tx)
        .await?;
    Ok(())
}

fn picture(row: Model) -> Result<Picture, StoreError> {
    let wrong = |column| StoreError::inconsistent("artwork", column, row.content_id);
    let unsigned = |n: i32, column| u32::try_from(n).map_err(|_| wrong(column));
    Ok(Picture {
        key: PictureKey {
            role: ArtworkRole::try_from(row.role).map_err(|_| wrong("role"))?,
            width: unsigned(row.width, "width")?,
            language: row.language,
        },
        height: unsigned(row.height, "height")?,
        format: Format::of_kind(&row.kind).ok_or_else(|| wrong("kind"))?,
        size: unsigned(row.size, "size")?,
        hash: row.hash,
        updated_at: Timestamp::from_micros(row.updated_at),
    })
}

fn signed(n: u32) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}
