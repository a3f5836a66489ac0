//! Collections: a document each, and a row for each title of those that editors list by hand. A tenant has a bounded
//! number of them, so they are read together: what a rule makes of the titles no query over collections could say.

use std::collections::{HashMap, HashSet};

use prost::Message as _;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
};
use sv_kernel::{Tenant, Timestamp};
use sv_proto::content::Collection;
use sv_store::{StoreError, TenantTable as _, Tx, sort_key};
use uuid::Uuid;

use super::{
    SEPARATOR,
    entity::{
        collection::{ActiveModel, Column, Entity},
        collection_item as item,
    },
    playlists::titles,
};
use crate::{
    documents::collection_items,
    domain::{Order, Seer},
};

/// Finds a collection, with the ids of its titles.
pub(crate) async fn collection(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    id: Uuid,
) -> Result<Option<Collection>, StoreError> {
    let row = Entity::of(tenant).filter(Column::Id.eq(id)).one(db).await?;
    match row {
        Some(row) => filled(db, tenant, id, &row.document).await.map(Some),
        None => Ok(None),
    }
}

/// Finds a collection and keeps others from changing it until the transaction ends.
pub(crate) async fn lock_collection(
    tx: &Tx,
    tenant: &Tenant,
    id: Uuid,
) -> Result<Option<Collection>, StoreError> {
    let row = Entity::of(tenant)
        .filter(Column::Id.eq(id))
        .lock_exclusive()
        .one(tx)
        .await?;
    match row {
        Some(row) => filled(tx, tenant, id, &row.document).await.map(Some),
        None => Ok(None),
    }
}

/// Adds a collection that has an id.
pub(crate) async fn insert_collection(
    tx: &Tx,
    tenant: &Tenant,
    collection: &Collection,
) -> Result<(), StoreError> {
    let id = id_of(collection)?;
    row(tenant, id, collection).insert(tx).await?;
    add_items(tx, tenant, id, collection).await
}

/// Writes a collection over a row that was locked.
pub(crate) async fn update_collection(
    tx: &Tx,
    tenant: &Tenant,
    collection: &Collection,
) -> Result<(), StoreError> {
    let id = id_of(collection)?;
    row(tenant, id, collection).update(tx).await?;
    drop_items(tx, tenant, item::Column::CollectionId.eq(id)).await?;
    add_items(tx, tenant, id, collection).await
}

/// Deletes a collection that was locked.
pub(crate) async fn delete_collection(
    tx: &Tx,
    tenant: &Tenant,
    id: Uuid,
) -> Result<(), StoreError> {
    drop_items(tx, tenant, item::Column::CollectionId.eq(id)).await?;
    Entity::delete_of(tenant)
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Takes a title that is deleted from all collections.
pub(super) async fn leave(tx: &Tx, tenant: &Tenant, content: Uuid) -> Result<(), StoreError> {
    drop_items(tx, tenant, item::Column::ContentId.eq(content)).await
}

/// Counts all collections.
pub(crate) async fn count_collections(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
) -> Result<u64, StoreError> {
    Ok(Entity::of(tenant).count(db).await?)
}

/// Lists the collections of some statuses, of all where there are none, in an order, with their sort keys and
/// without the ids of their titles.
pub(crate) async fn collections(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    statuses: &[i32],
    order: Order,
) -> Result<Vec<(String, Collection)>, StoreError> {
    let by = match order {
        Order::CreateTime => Column::ByCreateTime,
        _ => Column::ByTitle,
    };
    let rows = Entity::of(tenant).apply_if(
        (!statuses.is_empty()).then(|| statuses.to_vec()),
        |rows, statuses| rows.filter(Column::Status.is_in(statuses)),
    );
    let rows = if order.descends() {
        rows.order_by_desc(by)
    } else {
        rows.order_by_asc(by)
    };
    let rows: Vec<(Uuid, String, Vec<u8>)> = rows
        .select_only()
        .columns([Column::Id, by, Column::Document])
        .into_tuple()
        .all(db)
        .await?;
    let decoded = |(id, key, document): (Uuid, String, Vec<u8>)| Ok((key, decode(id, &document)?));
    rows.into_iter().map(decoded).collect()
}

/// Lists a part of the collections of all tenants in the order of their ids, without the ids of their titles.
///
/// It reads all tenants, like the events in whose stead it stands.
pub(crate) async fn snapshot_collections(
    db: &impl ConnectionTrait,
    after: Option<Uuid>,
    limit: usize,
) -> Result<Vec<(String, Collection)>, StoreError> {
    let rows = Entity::find()
        .apply_if(after, |rows, after| rows.filter(Column::Id.gt(after)))
        .order_by_asc(Column::Id)
        .limit(u64::try_from(limit).unwrap_or(u64::MAX))
        .all(db)
        .await?;
    let decoded = |row: super::entity::collection::Model| {
        let collection = decode(row.id, &row.document)?;
        Ok((row.tenant, collection))
    };
    rows.into_iter().map(decoded).collect()
}

/// Counts of each collection the listed titles that somebody sees; those without one are left out.
pub(crate) async fn count_collected(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    seer: (Seer, Timestamp),
) -> Result<HashMap<Uuid, i64>, StoreError> {
    let counts: Vec<(Uuid, i64)> = item::Entity::of(tenant)
        .filter(item::Column::ContentId.in_subquery(titles(tenant, seer)))
        .select_only()
        .column(item::Column::CollectionId)
        .column_as(item::Column::ContentId.count(), "items")
        .group_by(item::Column::CollectionId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(counts.into_iter().collect())
}

/// Returns the collections that list a title.
pub(crate) async fn collecting(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    content: Uuid,
) -> Result<HashSet<Uuid>, StoreError> {
    let ids: Vec<Uuid> = item::Entity::of(tenant)
        .filter(item::Column::ContentId.eq(content))
        .select_only()
        .column(item::Column::CollectionId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().collect())
}

fn row(tenant: &Tenant, id: Uuid, collection: &Collection) -> ActiveModel {
    let by = |key: &str| Set(format!("{key}{SEPARATOR}{}", id.simple()));
    let created = collection.create_time.map_or(0, |at| {
        Ord::max(at.seconds, 0) * 1_000_000 + i64::from(at.nanos) / 1_000
    });
    let document = Collection {
        item_ids: Vec::new(),
        ..collection.clone()
    };
    ActiveModel {
        id: Set(id),
        tenant: Set(tenant.as_str().to_owned()),
        status: Set(collection.status),
        by_title: by(&sort_key(&collection.title)),
        by_create_time: by(&format!("{created:020}")),
        version: Set(collection.version),
        document: Set(document.encode_to_vec()),
    }
}

async fn filled(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    id: Uuid,
    document: &[u8],
) -> Result<Collection, StoreError> {
    let ids: Vec<Uuid> = item::Entity::of(tenant)
        .filter(item::Column::CollectionId.eq(id))
        .order_by_asc(item::Column::Position)
        .select_only()
        .column(item::Column::ContentId)
        .into_tuple()
        .all(db)
        .await?;
    let mut collection = decode(id, document)?;
    collection.item_ids = ids.iter().map(Uuid::to_string).collect();
    Ok(collection)
}

async fn add_items(
    tx: &Tx,
    tenant: &Tenant,
    id: Uuid,
    collection: &Collection,
) -> Result<(), StoreError> {
    let items = (0_i32..).zip(collection_items(collection));
    let rows: Vec<_> = items
        .map(|(position, content)| item::ActiveModel {
            collection_id: Set(id),
            position: Set(position),
            tenant: Set(tenant.as_str().to_owned()),
            content_id: Set(content),
        })
        .collect();
    if !rows.is_empty() {
        item::Entity::insert_many(rows).exec(tx).await?;
    }
    Ok(())
}

async fn drop_items(
    tx: &Tx,
    tenant: &Tenant,
    which: sea_orm::sea_query::Expr,
) -> Result<(), StoreError> {
    item::Entity::delete_of(tenant)
        .filter(which)
        .exec(tx)
        .await?;
    Ok(())
}

fn id_of(collection: &Collection) -> Result<Uuid, StoreError> {
    Uuid::try_parse(&collection.id)
        .map_err(|_| StoreError::inconsistent("collections", "id", &collection.id))
}

fn decode(id: Uuid, document: &[u8]) -> Result<Collection, StoreError> {
    Collection::decode(document)
        .map_err(|_| StoreError::inconsistent("collections", "document", id))
}
