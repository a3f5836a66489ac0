//! Orders.

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, ExprTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
};
use sv_kernel::{Ctx, Currency, Id, Timestamp, User};
use sv_store::{StoreError, TenantTable as _, Tx};
use uuid::Uuid;

use super::entity::order::{Column, Entity, Model};
use crate::domain::{Order, OrderKind, OrderStatus, PaymentMethod, Price};

const PURCHASE: &str = "purchase";
const RENTAL: &str = "rental";

/// Inserts an order. Fails as a duplicate where the account has an open one of its kind for the title.
pub(crate) async fn insert(tx: &Tx, ctx: &Ctx, new: &Order) -> Result<(), StoreError> {
    row(ctx, new).into_active_model().insert(tx).await?;
    Ok(())
}

/// Writes a changed order over the version before it. Returns whether it was still there in that
/// version.
pub(crate) async fn update(tx: &Tx, ctx: &Ctx, changed: &Order) -> Result<bool, StoreError> {
    let written = Entity::update_of(&ctx.tenant)
        .set(row(ctx, changed).into_active_model().reset_all())
        .filter(Column::Id.eq(changed.id.uuid()))
        .filter(Column::Version.eq(changed.version - 1))
        .exec(tx)
        .await?;
    Ok(written.rows_affected == 1)
}

/// Keeps other calls from writing what the account wants until the transaction ends, in every process: of two that want
/// the same title the later one finds what the earlier wants.
pub(crate) async fn take_turn(tx: &Tx, ctx: &Ctx, user: Id<User>) -> Result<(), StoreError> {
    let sql = "INSERT INTO buyers (tenant, user_id, turns) VALUES ($1, $2, 1)
               ON CONFLICT (tenant, user_id) DO UPDATE SET turns = buyers.turns + 1";
    let values = [ctx.tenant.as_str().into(), user.uuid().into()];
    tx.run(sql, values).await.map(drop)
}

/// Forgets the turns of an account that is gone.
pub(crate) async fn forget_turns(tx: &Tx, ctx: &Ctx, user: Id<User>) -> Result<(), StoreError> {
    let sql = "DELETE FROM buyers WHERE tenant = $1 AND user_id = $2";
    let values = [ctx.tenant.as_str().into(), user.uuid().into()];
    tx.run(sql, values).await.map(drop)
}

/// Finds an order.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    id: Id<Order>,
) -> Result<Option<Order>, StoreError> {
    let query = Entity::of(&ctx.tenant).filter(Column::Id.eq(id.uuid()));
    query.one(db).await?.map(Order::try_from).transpose()
}

/// Finds one, and keeps others from changing it until the transaction ends.
pub(crate) async fn lock(tx: &Tx, ctx: &Ctx, id: Id<Order>) -> Result<Option<Order>, StoreError> {
    let query = Entity::of(&ctx.tenant).filter(Column::Id.eq(id.uuid()));
    let row = query.lock_exclusive().one(tx).await?;
    row.map(Order::try_from).transpose()
}

/// Lists the account's orders of these titles that wait for their payment, or are paid.
pub(crate) async fn open(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    user: Id<User>,
    titles: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Order>, StoreError> {
    let rows = Entity::of(&ctx.tenant)
        .filter(Column::UserId.eq(user.uuid()))
        .filter(Column::ContentId.is_in(titles))
        .filter(
            Column::Status.is_in([OrderStatus::Pending, OrderStatus::Paid].map(OrderStatus::name)),
        )
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(Order::try_from).collect()
}

/// Lists as [`open`] does what the account has, or waits to pay, of an order's title, of the title's series and of its
/// episodes, and keeps others from changing them until the transaction ends.
pub(crate) async fn lock_open(tx: &Tx, ctx: &Ctx, of: &Order) -> Result<Vec<Order>, StoreError> {
    let titles = [Some(of.content), of.series].into_iter().flatten();
    let related = Condition::any()
        .add(Column::ContentId.is_in(titles))
        .add(Column::SeriesId.eq(of.content));
    let rows = Entity::of(&ctx.tenant)
        .filter(Column::UserId.eq(of.user.uuid()))
        .filter(related)
        .filter(
            Column::Status.is_in([OrderStatus::Pending, OrderStatus::Paid].map(OrderStatus::name)),
        )
        // In one order everywhere, so that two do not wait for each other.
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?;
    rows.into_iter().map(Order::try_from).collect()
}

/// Lists what an account waits to pay.
pub(crate) async fn waiting(tx: &Tx, ctx: &Ctx, user: Id<User>) -> Result<Vec<Order>, StoreError> {
    let rows = Entity::of(&ctx.tenant)
        .filter(Column::UserId.eq(user.uuid()))
        .filter(Column::Status.eq(OrderStatus::Pending.name()))
        .order_by_asc(Column::Id)
        .all(tx)
        .await?;
    rows.into_iter().map(Order::try_from).collect()
}

/// What part of an account's orders is meant.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    /// Every purchase and rental, but for those given up for another.
    All,
    /// Every purchase, but for those given up for another.
    Purchases,
    /// Every rental, but for those given up for another.
    Rentals,
    /// Whatever gives access at an instant.
    Running(Timestamp),
}

/// Lists up to `limit` of the account's orders, newest first, after one of them.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    (user, part): (Id<User>, Part),
    after: Option<Uuid>,
    skip: u32,
    limit: u32,
) -> Result<Vec<Order>, StoreError> {
    let query = Entity::of(&ctx.tenant).filter(Column::UserId.eq(user.uuid()));
    let kept = Column::Status.ne(OrderStatus::Superseded.name());
    let query = match part {
        Part::All => query.filter(kept),
        Part::Purchases => query.filter(Column::Kind.eq(PURCHASE)).filter(kept),
        Part::Rentals => query.filter(Column::Kind.eq(RENTAL)).filter(kept),
        Part::Running(now) => query
            .filter(Column::Status.eq(OrderStatus::Paid.name()))
            .filter(Column::EndsAt.eq(0).or(Column::EndsAt.gt(now.micros()))),
    };
    let rows = query
        .apply_if(after, |rows, after| rows.filter(Column::Id.lt(after)))
        .order_by_desc(Column::Id)
        .offset(u64::from(skip))
        .limit(u64::from(limit))
        .all(db)
        .await?;
    rows.into_iter().map(Order::try_from).collect()
}

fn row(ctx: &Ctx, order: &Order) -> Model {
    let (kind, hours) = match order.kind {
        OrderKind::Purchase => (PURCHASE, 0),
        OrderKind::Rental(hours) => (RENTAL, i32::try_from(hours).unwrap_or(i32::MAX)),
    };
    Model {
        id: order.id.uuid(),
        tenant: ctx.tenant.to_string(),
        user_id: order.user.uuid(),
        content_id: order.content,
        series_id: order.series,
        title: order.title.clone(),
        kind: kind.to_owned(),
        hours,
        price_minor: order.price.minor().into(),
        currency: order.price.currency().to_string(),
        method: order.method.as_str().to_owned(),
        status: order.status.name().to_owned(),
        paid_at: order.paid_at.map_or(0, Timestamp::micros),
        ends_at: order.ends_at().map_or(0, Timestamp::micros),
        version: order.version,
        created_at: order.created_at.micros(),
    }
}

impl TryFrom<Model> for Order {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let wrong = |column| StoreError::inconsistent("orders", column, row.id.to_string());
        let currency = Currency::parse(&row.currency).map_err(|_| wrong("currency"))?;
        let status = OrderStatus::NAMES
            .iter()
            .find(|(_, name)| *name == row.status);
        let kind = match row.kind.as_str() {
            PURCHASE => OrderKind::Purchase,
            RENTAL => OrderKind::Rental(u32::try_from(row.hours).map_err(|_| wrong("hours"))?),
            _ => return Err(wrong("kind")),
        };
        Ok(Self {
            status: status
                .map(|(status, _)| *status)
                .ok_or_else(|| wrong("status"))?,
            price: Price::new(row.price_minor, currency).ok_or_else(|| wrong("price_minor"))?,
            kind,
            id: Id::from_uuid(row.id),
            user: Id::from_uuid(row.user_id),
            content: row.content_id,
            series: row.series_id,
            title: row.title,
            method: PaymentMethod::new(row.method),
            paid_at: (row.paid_at > 0).then(|| Timestamp::from_micros(row.paid_at)),
            version: row.version,
            created_at: Timestamp::from_micros(row.created_at),
        })
    }
}
