//! Ratings, and what they come to for each title.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _, Select, Set, Statement,
    sea_query::OnConflict,
};
use sv_kernel::{Ctx, Id, Timestamp};
use sv_store::{Position, StoreError, TenantTable as _, Tx};
use uuid::Uuid;

use super::entity::rating::{ActiveModel, Column, Entity, Model};
use crate::domain::{Opinion, Profile, Rating, Shift};

/// Finds a profile's rating of a title.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    profile: Id<Profile>,
    content: Uuid,
) -> Result<Option<Rating>, StoreError> {
    let row = of(ctx, profile).filter(Column::ContentId.eq(content));
    Ok(row.one(db).await?.map(Rating::from))
}

/// Writes a rating, over the one of the same title if there is one.
pub(crate) async fn put(
    tx: &Tx,
    ctx: &Ctx,
    profile: Id<Profile>,
    rating: &Rating,
) -> Result<(), StoreError> {
    let row = ActiveModel {
        profile_id: Set(profile.uuid()),
        content_id: Set(rating.content),
        tenant: Set(ctx.tenant.to_string()),
        stars: Set(rating.stars),
        review: Set(rating.review.clone()),
        created_at: Set(rating.created_at.micros()),
        updated_at: Set(rating.updated_at.micros()),
    };
    let over = OnConflict::columns([Column::ProfileId, Column::ContentId])
        .update_columns([Column::Stars, Column::Review, Column::UpdatedAt])
        .to_owned();
    let row = Entity::insert(row).on_conflict(over);
    row.exec_without_returning(tx).await?;
    Ok(())
}

/// Deletes a rating; `false` where somebody else has done so.
pub(crate) async fn delete(
    tx: &Tx,
    ctx: &Ctx,
    profile: Id<Profile>,
    content: Uuid,
) -> Result<bool, StoreError> {
    let deleted = Entity::delete_of(&ctx.tenant)
        .filter(Column::ProfileId.eq(profile.uuid()))
        .filter(Column::ContentId.eq(content))
        .exec(tx)
        .await?;
    Ok(deleted.rows_affected > 0)
}

/// Lists up to `limit` ratings, what was rated last first, after one of them or the first `skip`.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    profile: Id<Profile>,
    after: Option<Position>,
    skip: u32,
    limit: u32,
) -> Result<Vec<Rating>, StoreError> {
    let rows = of(ctx, profile)
        .apply_if(after, |rows, after| {
            rows.filter(after.before(Column::CreatedAt, Column::ContentId))
        })
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::ContentId)
        .offset(u64::from(skip))
        .limit(u64::from(limit))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Rating::from).collect())
}

/// Lists up to `limit` ratings in the order of their titles.
pub(crate) async fn by_title(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    profile: Id<Profile>,
    limit: u64,
) -> Result<Vec<Rating>, StoreError> {
    let rows = of(ctx, profile).order_by_asc(Column::ContentId);
    let rows = rows.limit(limit).all(db).await?;
    Ok(rows.into_iter().map(Rating::from).collect())
}

/// Counts a profile's ratings.
pub(crate) async fn count(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    profile: Id<Profile>,
) -> Result<u64, StoreError> {
    Ok(of(ctx, profile).count(db).await?)
}

/// Counts a change, and returns what the title's ratings come to now.
pub(crate) async fn shift(
    tx: &Tx,
    ctx: &Ctx,
    content: Uuid,
    shift: Shift,
) -> Result<Opinion, StoreError> {
    let sql = "INSERT INTO title_ratings (tenant, content_id, ratings, stars, version)
               VALUES ($1, $2, $3, $4, 1)
               ON CONFLICT (tenant, content_id) DO UPDATE SET
                   ratings = title_ratings.ratings + excluded.ratings,
                   stars = title_ratings.stars + excluded.stars,
                   version = title_ratings.version + 1
               RETURNING ratings, stars, version";
    let values = [
        ctx.tenant.as_str().into(),
        content.into(),
        shift.count.into(),
        shift.stars.into(),
    ];
    let query = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    let row = tx.query_one_raw(query).await?;
    let row = row.ok_or_else(|| StoreError::inconsistent("title_ratings", "version", content))?;
    Ok(Opinion {
        count: row.try_get("", "ratings")?,
        stars: row.try_get("", "stars")?,
        version: row.try_get("", "version")?,
    })
}

fn of(ctx: &Ctx, profile: Id<Profile>) -> Select<Entity> {
    Entity::of(&ctx.tenant).filter(Column::ProfileId.eq(profile.uuid()))
}

impl From<Model> for Rating {
    fn from(row: Model) -> Self {
        Self {
            content: row.content_id,
            stars: row.stars,
            review: row.review,
            created_at: Timestamp::from_micros(row.created_at),
            updated_at: Timestamp::from_micros(row.updated_at),
        }
    }
}
