//! Plans.

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
};
use sv_kernel::{Ctx, Currency, Id, Timestamp};
use sv_proto::rights::Quality;
use sv_store::{StoreError, TenantTable as _, Tx};
use uuid::Uuid;

use super::entity::plan::{Column, Entity, Model};
use crate::domain::{Plan, Price};

/// Lists the plans on sale, cheapest first. There are few: the list is read whole. One whose row
/// cannot be read, or whose price no client could be told, is not sold and keeps no other back.
pub(crate) async fn on_sale(db: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<Plan>, StoreError> {
    let rows = Entity::of(&ctx.tenant)
        .filter(Column::OnSale.eq(true))
        .order_by_asc(Column::PriceMinor)
        .order_by_asc(Column::Code)
        .all(db)
        .await?;
    let readable = rows.into_iter().filter_map(|row| {
        Plan::try_from(row)
            .inspect_err(|failure| {
                tracing::error!(
                    error = failure as &dyn std::error::Error,
                    "plan is not sold"
                );
            })
            .ok()
    });
    Ok(readable.collect())
}

/// Finds a plan by its id or, where none has that, by its code.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    name: &str,
) -> Result<Option<Plan>, StoreError> {
    if let Ok(id) = name.parse::<Uuid>() {
        let found = by_ids(db, ctx, [Id::from_uuid(id)]).await?;
        if let Some(plan) = found.into_iter().next() {
            return Ok(Some(plan));
        }
    }
    let named = Entity::of(&ctx.tenant).filter(Column::Code.eq(name));
    named.one(db).await?.map(Plan::try_from).transpose()
}

/// Returns plans by their ids.
pub(crate) async fn by_ids(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    ids: impl IntoIterator<Item = Id<Plan>>,
) -> Result<Vec<Plan>, StoreError> {
    let ids = ids.into_iter().map(Id::uuid);
    let rows = Entity::of(&ctx.tenant)
        .filter(Column::Id.is_in(ids))
        .all(db)
        .await?;
    rows.into_iter().map(Plan::try_from).collect()
}

/// Returns plans by their ids or codes, and keeps others from changing them until the transaction ends.
pub(crate) async fn by_names(
    tx: &Tx,
    ctx: &Ctx,
    names: &[String],
) -> Result<Vec<Plan>, StoreError> {
    let ids = names.iter().filter_map(|name| name.parse::<Uuid>().ok());
    let same = Condition::any()
        .add(Column::Code.is_in(names))
        .add(Column::Id.is_in(ids));
    let query = Entity::of(&ctx.tenant).filter(same);
    // In one order everywhere, so that two do not wait for each other.
    let query = query.order_by_asc(Column::Id).lock_exclusive();
    let rows = query.all(tx).await?;
    rows.into_iter().map(Plan::try_from).collect()
}

/// Lists up to `limit` plans in the order in which they were made, after one of them.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    after: Option<Uuid>,
    skip: u32,
    limit: u32,
) -> Result<Vec<Plan>, StoreError> {
    let rows = Entity::of(&ctx.tenant)
        .apply_if(after, |rows, after| rows.filter(Column::Id.gt(after)))
        .order_by_asc(Column::Id)
        .offset(u64::from(skip))
        .limit(u64::from(limit))
        .all(db)
        .await?;
    rows.into_iter().map(Plan::try_from).collect()
}

/// Finds a plan and keeps others from changing it until the transaction ends.
pub(crate) async fn lock(tx: &Tx, ctx: &Ctx, id: Id<Plan>) -> Result<Option<Plan>, StoreError> {
    let query = Entity::of(&ctx.tenant).filter(Column::Id.eq(id.uuid()));
    let row = query.lock_exclusive().one(tx).await?;
    row.map(Plan::try_from).transpose()
}

/// Counts the plans on sale.
pub(crate) async fn count_on_sale(tx: &Tx, ctx: &Ctx) -> Result<u64, StoreError> {
    let on_sale = Entity::of(&ctx.tenant).filter(Column::OnSale.eq(true));
    Ok(on_sale.count(tx).await?)
}

/// Adds a plan. Fails as a duplicate where another has its code.
pub(crate) async fn insert(tx: &Tx, ctx: &Ctx, plan: &Plan) -> Result<(), StoreError> {
    row(ctx, plan).into_active_model().insert(tx).await?;
    Ok(())
}

/// Writes a plan over one that was locked. Fails as a duplicate where another has its code.
pub(crate) async fn update(tx: &Tx, ctx: &Ctx, plan: &Plan) -> Result<(), StoreError> {
    let row = row(ctx, plan).into_active_model().reset_all();
    row.update(tx).await?;
    Ok(())
}

/// Deletes a plan that was locked.
pub(crate) async fn delete(tx: &Tx, ctx: &Ctx, id: Id<Plan>) -> Result<(), StoreError> {
    let row = Entity::delete_of(&ctx.tenant).filter(Column::Id.eq(id.uuid()));
    row.exec(tx).await?;
    Ok(())
}

fn row(ctx: &Ctx, plan: &Plan) -> Model {
    let micros = |at: Option<Timestamp>| at.map_or(0, Timestamp::micros);
    Model {
        id: plan.id.uuid(),
        tenant: ctx.tenant.to_string(),
        code: plan.code.clone(),
        name: plan.name.clone(),
        price_minor: plan.price.minor().into(),
        currency: plan.price.currency().to_string(),
        max_streams: plan.max_streams,
        features: serde_json::Value::from(plan.features.clone()).to_string(),
        on_sale: plan.on_sale,
        max_quality: plan.max_quality.into(),
        trial_days: plan.trial_days.into(),
        version: plan.version,
        created_at: micros(plan.created_at),
        updated_at: micros(plan.updated_at),
    }
}

impl TryFrom<Model> for Plan {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let wrong = |column| StoreError::inconsistent("plans", column, row.id.to_string());
        let instant = |micros| (micros > 0).then(|| Timestamp::from_micros(micros));
        let currency = Currency::parse(&row.currency).map_err(|_| wrong("currency"))?;
        let price = Price::new(row.price_minor, currency).ok_or_else(|| wrong("price_minor"))?;
        Ok(Self {
            features: serde_json::from_str(&row.features).map_err(|_| wrong("features"))?,
            id: Id::from_uuid(row.id),
            code: row.code,
            name: row.name,
            price,
            max_streams: row.max_streams,
            max_quality: Quality::try_from(row.max_quality).map_err(|_| wrong("max_quality"))?,
            trial_days: u16::try_from(row.trial_days).map_err(|_| wrong("trial_days"))?,
            on_sale: row.on_sale,
            version: row.version,
            created_at: instant(row.created_at),
            updated_at: instant(row.updated_at),
        })
    }
}
