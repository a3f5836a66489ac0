//! Channels: one row each, with the whole message as its document.

use prost::Message as _;
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::Set,
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, ExprTrait as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
    Select,
    sea_query::{Expr, Func, Query},
};
use sv_kernel::{Page, PageRequest, Tenant, fold};
use sv_proto::livetv::Channel;
use sv_rules::maturity;
use sv_store::{StoreError, TenantTable as _, Tx, sort_key};
use uuid::Uuid;

use super::entity::{
    channel::{ActiveModel, Column, Entity, Model},
    channel_genre, channel_gone,
};
use crate::domain::{Filter, Order};

/// Stands between a sort key and the id; below every letter of a key.
const SEPARATOR: char = '\u{1}';
/// Where channels without a number stand: behind all others.
const NO_NUMBER: i32 = 1_000_000;

/// Finds a channel.
pub(crate) async fn get(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    id: Uuid,
) -> Result<Option<Channel>, StoreError> {
    let row = Entity::of(tenant).filter(Column::Id.eq(id)).one(db).await?;
    row.as_ref().map(decode).transpose()
}

/// Returns channels by id, in no order.
pub(crate) async fn many(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    ids: &[Uuid],
) -> Result<Vec<Channel>, StoreError> {
    let rows = Entity::of(tenant).filter(Column::Id.is_in(ids.iter().copied()));
    rows.all(db).await?.iter().map(decode).collect()
}

/// Finds a channel and keeps others from changing it until the transaction ends.
pub(crate) async fn lock(
    tx: &Tx,
    tenant: &Tenant,
    id: Uuid,
) -> Result<Option<Channel>, StoreError> {
    let row = Entity::of(tenant)
        .filter(Column::Id.eq(id))
        .lock_exclusive()
        .one(tx)
        .await?;
    row.as_ref().map(decode).transpose()
}

/// Adds a channel.
pub(crate) async fn insert(
    tx: &Tx,
    tenant: &Tenant,
    id: Uuid,
    channel: &Channel,
) -> Result<(), StoreError> {
    row(tenant, id, channel).insert(tx).await?;
    add_genres(tx, tenant, id, channel).await
}

/// Writes a channel over one that was locked.
pub(crate) async fn update(
    tx: &Tx,
    tenant: &Tenant,
    id: Uuid,
    channel: &Channel,
) -> Result<(), StoreError> {
    row(tenant, id, channel).update(tx).await?;
    drop_genres(tx, tenant, id).await?;
    add_genres(tx, tenant, id, channel).await
}

/// Deletes a channel that was locked, and remembers the versions of its end.
pub(crate) async fn delete(tx: &Tx, gone: Gone) -> Result<(), StoreError> {
    drop_genres(tx, &gone.tenant, gone.id).await?;
    let row = Entity::delete_of(&gone.tenant).filter(Column::Id.eq(gone.id));
    row.exec(tx).await?;
    let row = channel_gone::ActiveModel {
        id: Set(gone.id),
        tenant: Set(gone.tenant.to_string()),
        version: Set(gone.version),
        airing_version: Set(gone.airing_version),
    };
    row.insert(tx).await?;
    Ok(())
}

/// The end of a channel.
#[derive(Debug)]
pub(crate) struct Gone {
    pub(crate) id: Uuid,
    pub(crate) tenant: Tenant,
    /// The version of its deletion.
    pub(crate) version: i32,
    /// The version of the end of what it showed.
    pub(crate) airing_version: i64,
}

/// Lists a part of the channels.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    filter: &Filter,
    order: Order,
    page: &PageRequest,
) -> Result<Page<Channel>, StoreError> {
    let by = match order {
        Order::Number => Column::ByNumber,
        Order::Name => Column::ByName,
    };
    let rows = filtered(tenant, filter)
        .apply_if(page.after.as_deref(), |rows, after| {
            rows.filter(by.gt(after))
        })
        .order_by_asc(by)
        .offset(u64::from(page.skip))
        .limit(u64::from(page.size) + 1)
        .all(db)
        .await?;
    let channels: Result<Vec<_>, _> = rows.iter().map(decode).collect();
    Ok(Page::cut(channels?, page.size, |channel| {
        key(channel, order)
    }))
}

/// Makes the key that a channel has in an order: unique, because it ends in the id.
pub(crate) fn key(channel: &Channel, order: Order) -> String {
    let name = sort_key(&channel.name);
    let key = match (order, channel.number) {
        (Order::Name, _) => name,
        (Order::Number, 0) => format!("{NO_NUMBER:07} {name}"),
        (Order::Number, number) => format!("{number:07} {name}"),
    };
    format!("{key}{SEPARATOR}{}", channel.id)
}

/// Counts the channels that a filter lets through.
pub(crate) async fn count(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    filter: &Filter,
) -> Result<u64, StoreError> {
    Ok(filtered(tenant, filter).count(db).await?)
}

fn filtered(tenant: &Tenant, filter: &Filter) -> Select<Entity> {
    let any = |values: &[String]| (!values.is_empty()).then(|| values.to_vec());
    let mut genres = Query::select();
    genres
        .column(channel_genre::Column::ChannelId)
        .from(channel_genre::Entity)
        .and_where(channel_genre::Column::Tenant.eq(tenant.as_str()))
        .and_where(channel_genre::Column::Genre.is_in(filter.genres.iter().cloned()));
    Entity::of(tenant)
        .apply_if(
            (!filter.ids.is_empty()).then_some(&filter.ids),
            |rows, ids| rows.filter(Column::Id.is_in(ids.iter().copied())),
        )
        .apply_if(
            (!filter.statuses.is_empty()).then_some(&filter.statuses),
            |rows, statuses| rows.filter(Column::Status.is_in(statuses.iter().copied())),
        )
        .apply_if(any(&filter.countries), |rows, countries| {
            rows.filter(Column::Country.is_in(countries))
        })
        .apply_if(any(&filter.languages), |rows, languages| {
            rows.filter(languages.iter().fold(Condition::any(), speaks))
        })
        .apply_if(filter.is_live, |rows, is_live| {
            rows.filter(Column::IsLive.eq(is_live))
        })
        .apply_if(filter.for_child.then_some(()), |rows, ()| {
            let rating = Expr::from(Func::upper(Column::MaturityRating.into_expr()));
            rows.filter(rating.is_in(maturity::kids_ratings()))
        })
        .apply_if(
            (!filter.genres.is_empty()).then_some(genres),
            |rows, genres| rows.filter(Column::Id.in_subquery(genres)),
        )
}

/// Adds a language and all that begin with it: `pt-BR` to `pt`.
fn speaks(any: Condition, language: &String) -> Condition {
    // `.` follows `-`, so these are all tags that go on.
    let narrower = Condition::all()
        .add(Column::Language.gt(format!("{language}-")))
        .add(Column::Language.lt(format!("{language}.")));
    any.add(Column::Language.eq(language.as_str()))
        .add(narrower)
}

fn row(tenant: &Tenant, id: Uuid, channel: &Channel) -> ActiveModel {
    let guide_id = Some(&channel.guide_id).filter(|id| !id.is_empty());
    ActiveModel {
        id: Set(id),
        tenant: Set(tenant.as_str().to_owned()),
        status: Set(channel.status),
        country: Set(channel.country.clone()),
        language: Set(channel.language.to_lowercase()),
        is_live: Set(channel.is_live),
        maturity_rating: Set(channel.maturity_rating.clone()),
        guide_id: Set(guide_id.cloned()),
        by_number: Set(key(channel, Order::Number)),
        by_name: Set(key(channel, Order::Name)),
        version: Set(channel.version),
        document: Set(channel.encode_to_vec()),
        airing_due: Set(0),
        ..Default::default()
    }
}

async fn add_genres(
    tx: &Tx,
    tenant: &Tenant,
    id: Uuid,
    channel: &Channel,
) -> Result<(), StoreError> {
    let rows = channel
        .genres
        .iter()
        .map(|genre| channel_genre::ActiveModel {
            tenant: Set(tenant.as_str().to_owned()),
            genre: Set(fold(genre)),
            channel_id: Set(id),
        });
    if rows.len() > 0 {
        channel_genre::Entity::insert_many(rows).exec(tx).await?;
    }
    Ok(())
}

async fn drop_genres(tx: &Tx, tenant: &Tenant, id: Uuid) -> Result<(), StoreError> {
    channel_genre::Entity::delete_of(tenant)
        .filter(channel_genre::Column::ChannelId.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

pub(super) fn decode(row: &Model) -> Result<Channel, StoreError> {
    Channel::decode(row.document.as_slice())
        .map_err(|_| StoreError::inconsistent("channels", "document", row.id))
}
