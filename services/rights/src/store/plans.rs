//! Plans.

use sea_orm::{ColumnTrait as _, Condition, ConnectionTrait, QueryFilter as _, QueryOrder as _};
use sv_kernel::{Ctx, Currency, Id};
use sv_store::{StoreError, TenantTable as _};
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

/// Finds a plan by its id or code.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    name: &str,
) -> Result<Option<Plan>, StoreError> {
    let mut same = Condition::any().add(Column::Code.eq(name));
    if let Ok(id) = name.parse::<Uuid>() {
        same = same.add(Column::Id.eq(id));
    }
    Entity::of(&ctx.tenant)
        .filter(same)
        .one(db)
        .await?
        .map(Plan::try_from)
        .transpose()
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

impl TryFrom<Model> for Plan {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let wrong = |column| StoreError::inconsistent("plans", column, row.id.to_string());
        let currency = Currency::parse(&row.currency).map_err(|_| wrong("currency"))?;
        let price = Price::new(row.price_minor, currency).ok_or_else(|| wrong("price_minor"))?;
        Ok(Self {
            features: serde_json::from_str(&row.features).map_err(|_| wrong("features"))?,
            id: Id::from_uuid(row.id),
            code: row.code,
            name: row.name,
            price,
            max_streams: row.max_streams,
            on_sale: row.on_sale,
        })
    }
}
