//! Playlists: a document each, and a row for each of their titles.

use std::collections::HashMap;

use prost::Message as _;
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::Set,
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _, Select,
    sea_query::{Query, SelectStatement},
};
use sv_kernel::{PageRequest, Tenant, Timestamp};
use sv_proto::content::Playlist;
use sv_store::{StoreError, TenantTable as _, Tx, sort_key};
use uuid::Uuid;

use super::{
    SEPARATOR,
    entity::{
        content,
        playlist::{ActiveModel, Column, Entity},
        playlist_item as item,
    },
    shown::shown_to,
};
use crate::{
    documents::item_ids,
    domain::{Order, Seer},
};

/// Finds a playlist, with the ids of its titles.
pub(crate) async fn playlist(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    id: Uuid,
) -> Result<Option<Playlist>, StoreError> {
    let row = Entity::of(tenant).filter(Column::Id.eq(id)).one(db).await?;
    match row {
        Some(row) => filled(db, tenant, id, &row.document).await.map(Some),
        None => Ok(None),
    }
}

/// Finds a playlist and keeps others from changing it until the transaction ends.
pub(crate) async fn lock_playlist(
    tx: &Tx,
    tenant: &Tenant,
    id: Uuid,
) -> Result<Option<Playlist>, StoreError> {
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

/// Adds a playlist that has an id.
pub(crate) async fn insert_playlist(
    tx: &Tx,
    tenant: &Tenant,
    playlist: &Playlist,
) -> Result<(), StoreError> {
    let id = id_of(playlist)?;
    row(tenant, id, playlist).insert(tx).await?;
    add_items(tx, tenant, id, playlist).await
}

/// Writes a playlist over a row that was locked.
pub(crate) async fn update_playlist(
    tx: &Tx,
    tenant: &Tenant,
    playlist: &Playlist,
) -> Result<(), StoreError> {
    let id = id_of(playlist)?;
    row(tenant, id, playlist).update(tx).await?;
    drop_items(tx, tenant, item::Column::PlaylistId.eq(id)).await?;
    add_items(tx, tenant, id, playlist).await
}

/// Deletes a playlist that was locked.
pub(crate) async fn delete_playlist(tx: &Tx, tenant: &Tenant, id: Uuid) -> Result<(), StoreError> {
    drop_items(tx, tenant, item::Column::PlaylistId.eq(id)).await?;
    Entity::delete_of(tenant)
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Takes a title that is deleted from all playlists.
pub(super) async fn leave(tx: &Tx, tenant: &Tenant, content: Uuid) -> Result<(), StoreError> {
    drop_items(tx, tenant, item::Column::ContentId.eq(content)).await
}

/// Lists a part of the playlists, and says where the next part starts. Viewers get those of which they see
/// a title.
pub(crate) async fn list_playlists(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    (statuses, seer): (&[i32], (Seer, Timestamp)),
    order: Order,
    page: &PageRequest,
) -> Result<(Vec<Playlist>, Option<String>), StoreError> {
    let by = match order {
        Order::CreateTime => Column::ByCreateTime,
        _ => Column::ByTitle,
    };
    let mut rows = filtered(tenant, statuses, seer);
    if let Some(after) = page.after.as_deref() {
        rows = rows.filter(if order.descends() {
            by.lt(after)
        } else {
            by.gt(after)
        });
    }
    let rows = if order.descends() {
        rows.order_by_desc(by)
    } else {
        rows.order_by_asc(by)
    };
    let mut rows: Vec<(Uuid, String, Vec<u8>)> = rows
        .select_only()
        .columns([Column::Id, by, Column::Document])
        .offset(u64::from(page.skip))
        .limit(u64::from(page.size) + 1)
        .into_tuple()
        .all(db)
        .await?;
    let size = usize::try_from(page.size).unwrap_or(usize::MAX);
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows.last().map(|(_, key, _)| key.clone());
    let playlists = rows
        .iter()
        .map(|(id, _, document)| decode(*id, document))
        .collect::<Result<_, _>>()?;
    Ok((playlists, next.filter(|_| more)))
}

/// Counts the playlists of a list.
pub(crate) async fn count_playlists(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    (statuses, seer): (&[i32], (Seer, Timestamp)),
) -> Result<u64, StoreError> {
    Ok(filtered(tenant, statuses, seer).count(db).await?)
}

/// Counts the titles of playlists that somebody sees.
pub(crate) async fn count_items(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    playlists: &[Uuid],
    seer: (Seer, Timestamp),
) -> Result<HashMap<Uuid, i64>, StoreError> {
    let counts: Vec<(Uuid, i64)> = item::Entity::of(tenant)
        .filter(item::Column::PlaylistId.is_in(playlists.iter().copied()))
        .filter(item::Column::ContentId.in_subquery(titles(tenant, seer)))
        .select_only()
        .column(item::Column::PlaylistId)
        .column_as(item::Column::ContentId.count(), "items")
        .group_by(item::Column::PlaylistId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(counts.into_iter().collect())
}

fn filtered(tenant: &Tenant, statuses: &[i32], seer: (Seer, Timestamp)) -> Select<Entity> {
    let mut with_titles = Query::select();
    with_titles
        .column(item::Column::PlaylistId)
        .from(item::Entity)
        .and_where(item::Column::Tenant.eq(tenant.as_str()))
        .and_where(item::Column::ContentId.in_subquery(titles(tenant, seer)));
    Entity::of(tenant)
        .apply_if(
            (!statuses.is_empty()).then(|| statuses.to_vec()),
            |rows, statuses| rows.filter(Column::Status.is_in(statuses)),
        )
        .apply_if(
            (!seer.0.is_editor()).then_some(with_titles),
            |rows, with_titles| rows.filter(Column::Id.in_subquery(with_titles)),
        )
}

/// Selects the ids of the titles that somebody sees.
pub(super) fn titles(tenant: &Tenant, seer: (Seer, Timestamp)) -> SelectStatement {
    let shown: Condition = shown_to(tenant, seer);
    let mut titles = Query::select();
    titles
        .column(content::Column::Id)
        .from(content::Entity)
        .and_where(content::Column::Tenant.eq(tenant.as_str()))
        .cond_where(shown);
    titles
}

fn row(tenant: &Tenant, id: Uuid, playlist: &Playlist) -> ActiveModel {
    let by = |key: &str| Set(format!("{key}{SEPARATOR}{}", id.simple()));
    let created = playlist.create_time.map_or(0, |at| {
        Ord::max(at.seconds, 0) * 1_000_000 + i64::from(at.nanos) / 1_000
    });
    let document = Playlist {
        item_ids: Vec::new(),
        ..playlist.clone()
    };
    ActiveModel {
        id: Set(id),
        tenant: Set(tenant.as_str().to_owned()),
        status: Set(playlist.status),
        by_title: by(&sort_key(&playlist.title)),
        by_create_time: by(&format!("{created:020}")),
        version: Set(playlist.version),
        document: Set(document.encode_to_vec()),
    }
}

async fn filled(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    id: Uuid,
    document: &[u8],
) -> Result<Playlist, StoreError> {
    let ids: Vec<Uuid> = item::Entity::of(tenant)
        .filter(item::Column::PlaylistId.eq(id))
        .order_by_asc(item::Column::Position)
        .select_only()
        .column(item::Column::ContentId)
        .into_tuple()
        .all(db)
        .await?;
    let mut playlist = decode(id, document)?;
    playlist.item_ids = ids.iter().map(Uuid::to_string).collect();
    Ok(playlist)
}

async fn add_items(
    tx: &Tx,
    tenant: &Tenant,
    id: Uuid,
    playlist: &Playlist,
) -> Result<(), StoreError> {
    let items = (0_i32..).zip(item_ids(playlist));
    let rows: Vec<_> = items
        .map(|(position, content)| item::ActiveModel {
            playlist_id: Set(id),
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

fn id_of(playlist: &Playlist) -> Result<Uuid, StoreError> {
    Uuid::try_parse(&playlist.id)
        .map_err(|_| StoreError::inconsistent("playlists", "id", &playlist.id))
}

fn decode(id: Uuid, document: &[u8]) -> Result<Playlist, StoreError> {
    Playlist::decode(document).map_err(|_| StoreError::inconsistent("playlists", "document", id))
}
