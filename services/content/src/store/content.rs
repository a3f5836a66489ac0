//! Titles: one row each, with the whole message as its document.

use prost::Message as _;
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, ExprTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _, Select,
    sea_query::{Expr, Func, Query},
};
use sv_kernel::{PageRequest, Tenant};
use sv_proto::content::Content;
use sv_rules::maturity;
use sv_store::{StoreError, TenantTable as _, Tx, sort_key};
use uuid::Uuid;

use super::entity::{
    content::{ActiveModel, Column, Entity, Model},
    content_genre,
};
use crate::domain::{Filter, Order, fold, release_year, sort_score};

/// Stands between a sort key and the id; below every letter of a key.
const SEPARATOR: char = '\u{1}';
/// The most bytes of documents in one page: well below what a message may have.
const PAGE_BYTES: usize = 3 << 20;
/// How many titles are looked at for one page whose signs the database cannot judge.
const LOOKED_AT: u32 = 1000;

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
    row(tenant, id, content).insert(tx).await?;
    add_genres(tx, tenant, id, content).await
}

/// Writes a title over a row that was locked.
pub(crate) async fn update(tx: &Tx, tenant: &Tenant, content: &Content) -> Result<(), StoreError> {
    let id = id(content)?;
    row(tenant, id, content).update(tx).await?;
    drop_genres(tx, tenant, id).await?;
    add_genres(tx, tenant, id, content).await
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
        version: Set(version),
        document: Set(None),
        ..Default::default()
    };
    gone.update(tx).await?;
    drop_genres(tx, tenant, id).await
}

/// Lists a part of the titles, and says where the next part starts. A part may have fewer titles
/// than asked for although more follow.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    filter: &Filter,
    order: Order,
    page: &PageRequest,
) -> Result<(Vec<Content>, Option<String>), StoreError> {
    let size = usize::try_from(page.size).unwrap_or(usize::MAX);
    let literal = filter.title_prefix.literal.is_some();
    // What the database cannot judge is judged here; then it skips nothing itself.
    let (mut skip, skip_there) = if literal {
        (page.skip, 0)
    } else {
        (0, page.skip)
    };
    let batch = if literal { LOOKED_AT } else { page.size + 1 };
    let rows = rows(
        db,
        tenant,
        filter,
        order,
        page.after.as_deref(),
        skip_there,
        batch,
    )
    .await?;

    let total = rows.len();
    let (mut contents, mut bytes, mut seen) = (Vec::with_capacity(size.min(total)), 0, 0);
    let mut last = None;
    for (id, key, document) in rows {
        let document = document.unwrap_or_default();
        if contents.len() == size || (bytes + document.len() > PAGE_BYTES && !contents.is_empty()) {
            break;
        }
        let content = decode(id, &document)?;
        (seen, last) = (seen + 1, Some(key));
        if !filter.title_prefix.fits(&content.title) {
            continue;
        }
        if skip > 0 {
            skip -= 1;
            continue;
        }
        bytes += document.len();
        contents.push(content);
    }
    let more = seen < total || (literal && total == usize::try_from(batch).unwrap_or(0));
    Ok((contents, last.filter(|_| more)))
}

/// Reads rows in the order of a list, from behind a key.
async fn rows(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    filter: &Filter,
    order: Order,
    after: Option<&str>,
    skip: u32,
    limit: u32,
) -> Result<Vec<(Uuid, String, Option<Vec<u8>>)>, StoreError> {
    let by = column(order);
    let mut rows = filtered(tenant, filter);
    if let Some(after) = after {
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
    let rows = rows
        .select_only()
        .columns([Column::Id, by, Column::Document])
        .offset(u64::from(skip))
        .limit(u64::from(limit))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows)
}

/// Counts the titles that a filter lets through; `None` where that is too many to look at.
pub(crate) async fn count(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    filter: &Filter,
) -> Result<Option<u64>, StoreError> {
    let count = filtered(tenant, filter).count(db).await?;
    if filter.title_prefix.literal.is_none() {
        return Ok(Some(count));
    }
    if count > u64::from(LOOKED_AT) {
        return Ok(None);
    }
    let mut fitting = 0;
    for (id, _, document) in rows(db, tenant, filter, Order::Title, None, 0, LOOKED_AT).await? {
        let content = decode(id, &document.unwrap_or_default())?;
        fitting += u64::from(filter.title_prefix.fits(&content.title));
    }
    Ok(Some(fitting))
}

fn filtered(tenant: &Tenant, filter: &Filter) -> Select<Entity> {
    let any = |values: &[i32]| (!values.is_empty()).then(|| values.to_vec());
    let mut genres = Query::select();
    genres
        .column(content_genre::Column::ContentId)
        .from(content_genre::Entity)
        .and_where(content_genre::Column::Tenant.eq(tenant.as_str()))
        .and_where(content_genre::Column::Genre.is_in(filter.genres.iter().cloned()));
    let prefix = &filter.title_prefix.key;
    Entity::of(tenant)
        .apply_if(any(&filter.types), |rows, types| {
            rows.filter(Column::Kind.is_in(types))
        })
        .apply_if(any(&filter.statuses), |rows, statuses| {
            rows.filter(Column::Status.is_in(statuses))
        })
        .apply_if(any(&filter.monetizations), |rows, monetizations| {
            rows.filter(Column::Monetization.is_in(monetizations))
        })
        .apply_if(filter.years.0, |rows, year| {
            rows.filter(Column::ReleaseYear.gte(year))
        })
        .apply_if(filter.years.1, |rows, year| {
            rows.filter(Column::ReleaseYear.lte(year))
        })
        .apply_if(
            (!filter.maturity_ratings.is_empty()).then_some(&filter.maturity_ratings),
            |rows, ratings| rows.filter(Column::MaturityRating.is_in(ratings.iter().cloned())),
        )
        .apply_if(filter.for_child.then_some(()), |rows, ()| {
            let rating = Expr::from(Func::upper(Column::MaturityRating.into_expr()));
            rows.filter(rating.is_in(maturity::kids_ratings()))
        })
        .apply_if(
            (!filter.genres.is_empty()).then_some(genres),
            |rows, genres| rows.filter(Column::Id.in_subquery(genres)),
        )
        .apply_if((!prefix.is_empty()).then_some(prefix), |rows, prefix| {
            // All keys that start so, up to the last code point there is.
            rows.filter(Column::ByTitle.gte(prefix.as_str()))
                .filter(Column::ByTitle.lt(format!("{prefix}\u{10ffff}")))
        })
}

fn column(order: Order) -> Column {
    match order {
        Order::Title | Order::TitleDescending => Column::ByTitle,
        Order::ReleaseDate | Order::ReleaseDateDescending => Column::ByReleaseDate,
        Order::Score => Column::ByScore,
        Order::CreateTime => Column::ByCreateTime,
    }
}

fn row(tenant: &Tenant, id: Uuid, content: &Content) -> ActiveModel {
    let by = |key: &str| Set(format!("{key}{SEPARATOR}{}", id.simple()));
    let created = content.create_time.map_or(0, |at| {
        Ord::max(at.seconds, 0) * 1_000_000 + i64::from(at.nanos) / 1_000
    });
    ActiveModel {
        id: Set(id),
        tenant: Set(tenant.as_str().to_owned()),
        kind: Set(content.r#type),
        status: Set(content.status),
        monetization: Set(content.monetization),
        maturity_rating: Set(content.maturity_rating.clone()),
        release_year: Set(release_year(content)),
        by_title: by(&sort_key(&content.title)),
        by_release_date: by(&content.release_date),
        by_score: by(&format!("{:07}", sort_score(content))),
        by_create_time: by(&format!("{created:020}")),
        version: Set(content.version),
        document: Set(Some(content.encode_to_vec())),
    }
}

async fn add_genres(
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
        });
    if rows.len() > 0 {
        content_genre::Entity::insert_many(rows).exec(tx).await?;
    }
    Ok(())
}

async fn drop_genres(tx: &Tx, tenant: &Tenant, id: Uuid) -> Result<(), StoreError> {
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

fn decode(id: Uuid, document: &[u8]) -> Result<Content, StoreError> {
    Content::decode(document).map_err(|_| StoreError::inconsistent("content", "document", id))
}
