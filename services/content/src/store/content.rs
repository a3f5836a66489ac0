//! Titles: one row each, with the whole message as its document.

use prost::Message as _;
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _,
};
use sv_kernel::{Tenant, fold};
use sv_proto::{content::Content, titles::own_rating};
use sv_store::{StoreError, TenantTable as _, Tx, sort_key};
use uuid::Uuid;

use super::{
    SEPARATOR, collections,
    entity::{
        content::{ActiveModel, Column, Entity, Model},
        content_genre, content_tag,
    },
    external, people,
    playlists::leave,
    plays::sort_number,
    windows,
};
use crate::{
    documents::{category, owner, release_year, sort_score},
    domain::{Kind, Place},
};

/// What comes behind the separator and before any letter.
const BEHIND: char = '\u{2}';
/// The most bytes of documents in one page: well below what a message may have.
pub(super) const PAGE_BYTES: usize = 3 << 20;

/// A row that exists, perhaps only as the memory of a deleted title.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) version: i32,
    /// `None` where the title was deleted.
    pub(crate) content: Option<Content>,
}

/// Finds a title.
pub(crate) async fn get(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    id: Uuid,
) -> Result<Option<Content>, StoreError> {
    let row = Entity::of(tenant).filter(Column::Id.eq(id)).one(db).await?;
    Ok(row.map(found).transpose()?.and_then(|row| row.content))
}

/// Finds titles, in no order.
pub(crate) async fn many(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    ids: &[Uuid],
) -> Result<Vec<Content>, StoreError> {
    let rows = Entity::of(tenant)
        .filter(Column::Id.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    let mut contents = Vec::with_capacity(rows.len());
    for row in rows {
        contents.extend(found(row)?.content);
    }
    Ok(contents)
}

/// A title of any tenant, as a snapshot tells it.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) tenant: String,
    pub(crate) id: Uuid,
    pub(crate) version: i32,
    /// `None` where the title was deleted.
    pub(crate) content: Option<Content>,
}

/// Lists a part of all titles in the order of their ids, the deleted ones included, and says whether
/// there are more.
///
/// It reads all tenants, like the events in whose stead it stands.
pub(crate) async fn snapshot(
    db: &impl ConnectionTrait,
    after: Option<Uuid>,
    limit: u64,
) -> Result<(Vec<State>, bool), StoreError> {
    let rows = Entity::find()
        .apply_if(after, |rows, after| rows.filter(Column::Id.gt(after)))
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    let (full, mut bytes, mut states) = (rows.len() as u64 == limit, 0, Vec::new());
    for row in rows {
        bytes += row.document.as_ref().map_or(0, Vec::len);
        if bytes > PAGE_BYTES && !states.is_empty() {
            return Ok((states, true));
        }
        let (tenant, id) = (row.tenant.clone(), row.id);
        let Found { version, content } = found(row)?;
        states.push(State {
            tenant,
            id,
            version,
            content,
        });
    }
    Ok((states, full))
}

/// Finds a title's row and keeps others from changing it until the transaction ends.
pub(crate) async fn lock(tx: &Tx, tenant: &Tenant, id: Uuid) -> Result<Option<Found>, StoreError> {
    let row = Entity::of(tenant)
        .filter(Column::Id.eq(id))
        .lock_exclusive()
        .one(tx)
        .await?;
    row.map(found).transpose()
}

/// Adds a title that has an id.
pub(crate) async fn insert(tx: &Tx, tenant: &Tenant, content: &Content) -> Result<(), StoreError> {
    let id = id(content)?;
    let new = ActiveModel {
        by_trending: Set(sort_number(0, id)),
        by_popularity: Set(sort_number(0, id)),
        ..row(tenant, id, content)
    };
    new.insert(tx).await?;
    add_words(tx, tenant, id, content).await
}

/// Writes a title over a row that was locked.
pub(crate) async fn update(tx: &Tx, tenant: &Tenant, content: &Content) -> Result<(), StoreError> {
    let id = id(content)?;
    row(tenant, id, content).update(tx).await?;
    drop_words(tx, tenant, id).await?;
    add_words(tx, tenant, id, content).await
}

/// Deletes a title that was locked; its row keeps the version.
pub(crate) async fn delete(
    tx: &Tx,
    tenant: &Tenant,
    id: Uuid,
    version: i32,
) -> Result<(), StoreError> {
    let gone = ActiveModel {
        id: Set(id),
        kind: Set(0),
        status: Set(0),
        // Its number is free again.
        series_id: Set(None),
        season_number: Set(None),
        episode_number: Set(None),
        category: Set(String::new()),
        owner_id: Set(None),
        windowed: Set(false),
        publish_at: Set(None),
        version: Set(version),
        document: Set(None),
        ..Default::default()
    };
    gone.update(tx).await?;
    leave(tx, tenant, id).await?;
    collections::leave(tx, tenant, id).await?;
    external::forget(tx, tenant, id).await?;
    drop_words(tx, tenant, id).await
}

/// Returns where a page begins that leaves out everything of a sort key, whatever ids follow it.
pub(crate) fn behind_all_of(key: &str) -> String {
    format!("{key}{BEHIND}")
}

fn row(tenant: &Tenant, id: Uuid, content: &Content) -> ActiveModel {
    let by = |key: &str| Set(format!("{key}{SEPARATOR}{}", id.simple()));
    let created = content.create_time.map_or(0, |at| {
        Ord::max(at.seconds, 0) * 1_000_000 + i64::from(at.nanos) / 1_000
    });
    let place = Place::of(content);
    ActiveModel {
        id: Set(id),
        tenant: Set(tenant.as_str().to_owned()),
        kind: Set(content.r#type),
        status: Set(content.status),
        monetization: Set(content.monetization),
        maturity_rating: Set(own_rating(content).to_owned()),
        release_year: Set(release_year(content)),
        by_title: by(&sort_key(&content.title)),
        by_release_date: by(&content.release_date),
        by_score: by(&format!("{:07}", sort_score(content))),
        by_create_time: by(&format!("{created:020}")),
        // What is counted beside the titles stays as it is.
        by_trending: NotSet,
        by_popularity: NotSet,
        by_number: by(&place.map(Place::key).unwrap_or_default()),
        series_id: Set(place.map(|place| place.series)),
        season_number: Set(place.map(|place| place.season)),
        episode_number: Set(place.map(|place| place.episode)),
        category: Set(fold(&category(content))),
        owner_id: Set(owner(content)),
        windowed: Set(windows::is_windowed(content)),
        publish_at: Set(windows::publish_at(content)),
        version: Set(content.version),
        document: Set(Some(content.encode_to_vec())),
    }
}

/// Writes what lists find a title by beside its row.
async fn add_words(
    tx: &Tx,
    tenant: &Tenant,
    id: Uuid,
    content: &Content,
) -> Result<(), StoreError> {
    let rows = content
        .genres
        .iter()
        .map(|genre| content_genre::ActiveModel {
            tenant: Set(tenant.as_str().to_owned()),
            genre: Set(fold(genre)),
            content_id: Set(id),
            name: Set(genre.clone()),
        });
    if rows.len() > 0 {
        content_genre::Entity::insert_many(rows).exec(tx).await?;
    }
    windows::add(tx, tenant, id, content).await?;
    people::add(tx, tenant, id, content).await?;
    let tags = content.tags.iter().filter(|_| Kind::Video.is(content));
    let rows: Vec<_> = tags
        .map(|tag| content_tag::ActiveModel {
            tenant: Set(tenant.as_str().to_owned()),
            tag: Set(fold(tag)),
            content_id: Set(id),
        })
        .collect();
    if !rows.is_empty() {
        content_tag::Entity::insert_many(rows).exec(tx).await?;
    }
    Ok(())
}

async fn drop_words(tx: &Tx, tenant: &Tenant, id: Uuid) -> Result<(), StoreError> {
    windows::drop(tx, tenant, id).await?;
    people::drop(tx, tenant, id).await?;
    content_tag::Entity::delete_of(tenant)
        .filter(content_tag::Column::ContentId.eq(id))
        .exec(tx)
        .await?;
    content_genre::Entity::delete_of(tenant)
        .filter(content_genre::Column::ContentId.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

fn id(content: &Content) -> Result<Uuid, StoreError> {
    Uuid::try_parse(&content.id).map_err(|_| StoreError::inconsistent("content", "id", &content.id))
}

fn found(row: Model) -> Result<Found, StoreError> {
    let decoded = row.document.map(|document| decode(row.id, &document));
    Ok(Found {
        version: row.version,
        content: decoded.transpose()?,
    })
}

pub(super) fn decode(id: Uuid, document: &[u8]) -> Result<Content, StoreError> {
    Content::decode(document).map_err(|_| StoreError::inconsistent("content", "document", id))
}
