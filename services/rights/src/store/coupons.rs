//! Coupons: one row each, with the whole message as its document, and who has used them.

use prost::Message as _;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _, Value,
};
use sv_kernel::{Ctx, Id, User};
use sv_proto::rights::{self as pb, CouponRedeemed};
use sv_store::{StoreError, TenantTable as _, Tx, outbox};
use uuid::Uuid;

use super::entity::coupon::{Column, Entity, Model};
use crate::domain::{Coupon, Plan, Subscription};

/// Finds a coupon.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    id: Uuid,
) -> Result<Option<pb::Coupon>, StoreError> {
    let query = Entity::of(&ctx.tenant).filter(Column::Id.eq(id));
    query.one(db).await?.as_ref().map(decode).transpose()
}

/// Finds a coupon by its code, in capitals.
pub(crate) async fn by_code(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    code: &str,
) -> Result<Option<pb::Coupon>, StoreError> {
    let query = Entity::of(&ctx.tenant).filter(Column::Code.eq(code));
    query.one(db).await?.as_ref().map(decode).transpose()
}

/// Finds a coupon and keeps others from changing or using it until the transaction ends.
pub(crate) async fn lock(tx: &Tx, ctx: &Ctx, id: Uuid) -> Result<Option<pb::Coupon>, StoreError> {
    let query = Entity::of(&ctx.tenant).filter(Column::Id.eq(id));
    let row = query.lock_exclusive().one(tx).await?;
    row.as_ref().map(decode).transpose()
}

/// Finds a coupon by its code and locks it as [`lock`] does.
pub(crate) async fn lock_code(
    tx: &Tx,
    ctx: &Ctx,
    code: &str,
) -> Result<Option<pb::Coupon>, StoreError> {
    let query = Entity::of(&ctx.tenant).filter(Column::Code.eq(code));
    let row = query.lock_exclusive().one(tx).await?;
    row.as_ref().map(decode).transpose()
}

/// Lists up to `limit` coupons, newest first, after one of them.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    after: Option<Uuid>,
    skip: u32,
    limit: u32,
) -> Result<Vec<pb::Coupon>, StoreError> {
    let rows = Entity::of(&ctx.tenant)
        .apply_if(after, |rows, after| rows.filter(Column::Id.lt(after)))
        .order_by_desc(Column::Id)
        .offset(u64::from(skip))
        .limit(u64::from(limit))
        .all(db)
        .await?;
    rows.iter().map(decode).collect()
}

/// Adds a coupon. Fails as a duplicate where another has its code.
pub(crate) async fn insert(
    tx: &Tx,
    ctx: &Ctx,
    id: Uuid,
    coupon: &pb::Coupon,
) -> Result<(), StoreError> {
    row(ctx, id, coupon).into_active_model().insert(tx).await?;
    name_plans(tx, ctx, id, coupon).await
}

/// Writes a coupon over one that was locked. Fails as a duplicate where another has its code.
pub(crate) async fn update(
    tx: &Tx,
    ctx: &Ctx,
    id: Uuid,
    coupon: &pb::Coupon,
) -> Result<(), StoreError> {
    let row = row(ctx, id, coupon).into_active_model().reset_all();
    row.update(tx).await?;
    forget_plans(tx, ctx, id).await?;
    name_plans(tx, ctx, id, coupon).await
}

/// Deletes a coupon that was locked and never used.
pub(crate) async fn delete(tx: &Tx, ctx: &Ctx, id: Uuid) -> Result<(), StoreError> {
    forget_plans(tx, ctx, id).await?;
    let row = Entity::delete_of(&ctx.tenant).filter(Column::Id.eq(id));
    row.exec(tx).await?;
    Ok(())
}

/// Says whether a coupon is for a plan by name.
pub(crate) async fn name_plan(tx: &Tx, ctx: &Ctx, plan: Id<Plan>) -> Result<bool, StoreError> {
    let sql = "SELECT 1 AS n FROM coupon_plans WHERE tenant = $1 AND plan_id = $2 LIMIT 1";
    let values: [Value; 2] = [ctx.tenant.as_str().into(), plan.uuid().into()];
    Ok(tx.row(sql, values).await?.is_some())
}

/// Counts how often an account has used a coupon.
pub(crate) async fn uses_by(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    coupon: Uuid,
    user: Id<User>,
) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM coupon_redemptions
               WHERE tenant = $1 AND coupon_id = $2 AND user_id = $3";
    let values: [Value; 3] = [
        ctx.tenant.as_str().into(),
        coupon.into(),
        user.uuid().into(),
    ];
    let query = sea_orm::Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let row = db.query_one_raw(query).await?;
    Ok(row.map_or(Ok(0), |row| row.try_get("", "n"))?)
}

/// Counts a use of a coupon that was locked.
pub(crate) async fn redeem(
    tx: &Tx,
    ctx: &Ctx,
    coupon: &pb::Coupon,
    of: &Subscription,
) -> Result<(), StoreError> {
    let Some(held) = of.held else { return Ok(()) };
    let id = held.coupon.uuid();
    let sql =
        "INSERT INTO coupon_redemptions (subscription_id, tenant, coupon_id, user_id, redeemed_at)
               VALUES ($1, $2, $3, $4, $5)";
    let values: [Value; 5] = [
        of.id.uuid().into(),
        ctx.tenant.as_str().into(),
        id.into(),
        of.user.uuid().into(),
        ctx.now().micros().into(),
    ];
    tx.run(sql, values).await?;
    let sql = "UPDATE coupons SET used = used + 1 WHERE tenant = $1 AND id = $2";
    tx.run(sql, [ctx.tenant.as_str().into(), id.into()]).await?;
    tell(tx, ctx, coupon, of, false).await
}

/// Gives the use of a coupon back: nothing was paid with it.
pub(crate) async fn release(tx: &Tx, ctx: &Ctx, of: &Subscription) -> Result<(), StoreError> {
    let Some(held) = of.held else { return Ok(()) };
    let id = held.coupon.uuid();
    let Some(coupon) = lock(tx, ctx, id).await? else {
        return Ok(());
    };
    let sql = "DELETE FROM coupon_redemptions WHERE tenant = $1 AND subscription_id = $2";
    let values: [Value; 2] = [ctx.tenant.as_str().into(), of.id.uuid().into()];
    if tx.run(sql, values).await? == 0 {
        return Ok(());
    }
    let sql = "UPDATE coupons SET used = used - 1 WHERE tenant = $1 AND id = $2";
    tx.run(sql, [ctx.tenant.as_str().into(), id.into()]).await?;
    tell(tx, ctx, &coupon, of, true).await
}

async fn tell(
    tx: &Tx,
    ctx: &Ctx,
    coupon: &pb::Coupon,
    of: &Subscription,
    released: bool,
) -> Result<(), StoreError> {
    let user = of.user.to_string();
    let told = CouponRedeemed {
        coupon_id: coupon.id.clone(),
        code: coupon.code.clone(),
        user_id: user.clone(),
        subscription_id: of.id.to_string(),
        released,
    };
    outbox::append_as(tx, ctx, user, of.version, &told).await
}

async fn name_plans(tx: &Tx, ctx: &Ctx, id: Uuid, coupon: &pb::Coupon) -> Result<(), StoreError> {
    let plans = coupon
        .plan_ids
        .iter()
        .filter_map(|plan| plan.parse::<Uuid>().ok());
    for plan in plans {
        let sql = "INSERT INTO coupon_plans (tenant, coupon_id, plan_id) VALUES ($1, $2, $3)";
        let values: [Value; 3] = [ctx.tenant.as_str().into(), id.into(), plan.into()];
        tx.run(sql, values).await?;
    }
    Ok(())
}

async fn forget_plans(tx: &Tx, ctx: &Ctx, id: Uuid) -> Result<(), StoreError> {
    let sql = "DELETE FROM coupon_plans WHERE tenant = $1 AND coupon_id = $2";
    let values: [Value; 2] = [ctx.tenant.as_str().into(), id.into()];
    tx.run(sql, values).await.map(drop)
}

/// Returns the id of a stored coupon.
pub(crate) fn id_of(coupon: &pb::Coupon) -> Result<Id<Coupon>, StoreError> {
    let id = coupon.id.parse::<Uuid>();
    let wrong = |_| StoreError::inconsistent("coupons", "document", coupon.code.clone());
    id.map(Id::from_uuid).map_err(wrong)
}

fn row(ctx: &Ctx, id: Uuid, coupon: &pb::Coupon) -> Model {
    Model {
        id,
        tenant: ctx.tenant.to_string(),
        code: coupon.code.clone(),
        used: coupon.used,
        document: coupon.encode_to_vec(),
    }
}

fn decode(row: &Model) -> Result<pb::Coupon, StoreError> {
    let read = pb::Coupon::decode(row.document.as_slice());
    let wrong = |_| StoreError::inconsistent("coupons", "document", row.id.to_string());
    Ok(pb::Coupon {
        used: row.used,
        ..read.map_err(wrong)?
    })
}
