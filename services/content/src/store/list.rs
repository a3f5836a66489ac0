//! Lists of titles, page by page.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _, Select, sea_query::Query,
};
use sv_kernel::{PageRequest, Tenant};
use sv_proto::content::Content;
use sv_store::{StoreError, TenantTable as _};
use uuid::Uuid;

use super::{
    content::{PAGE_BYTES, decode},
    entity::{
        content::{Column, Entity},
        content_genre, content_tag,
    },
    external::named,
    people::crediting,
    shown::{for_children, shown_to},
    windows::open_in,
};
use crate::domain::{Filter, Order};

/// How many titles are looked at for one page whose signs the database cannot judge.
const LOOKED_AT: u32 = 1000;

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
    let mut tags = Query::select();
    tags.column(content_tag::Column::ContentId)
        .from(content_tag::Entity)
        .and_where(content_tag::Column::Tenant.eq(tenant.as_str()))
        .and_where(content_tag::Column::Tag.is_in(filter.tags.iter().cloned()));
    let prefix = &filter.title_prefix.key;
    Entity::of(tenant)
        .apply_if(any(&filter.types), |rows, types| {
            rows.filter(Column::Kind.is_in(types))
        })
        .apply_if(filter.series, |rows, series| {
            rows.filter(Column::SeriesId.eq(series))
        })
        .apply_if(filter.season, |rows, season| {
            rows.filter(Column::SeasonNumber.eq(season))
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
            rows.filter(for_children())
        })
        .apply_if(filter.open, |rows, place| {
            rows.filter(open_in(tenant, place))
        })
        .apply_if(
            (!filter.genres.is_empty()).then_some(genres),
            |rows, genres| rows.filter(Column::Id.in_subquery(genres)),
        )
        .apply_if((!filter.tags.is_empty()).then_some(tags), |rows, tags| {
            rows.filter(Column::Id.in_subquery(tags))
        })
        .apply_if(
            (!filter.categories.is_empty()).then_some(&filter.categories),
            |rows, categories| rows.filter(Column::Category.is_in(categories.iter().cloned())),
        )
        .apply_if(filter.person, |rows, person| {
            rows.filter(Column::Id.in_subquery(crediting(tenant, person)))
        })
        .apply_if(filter.external.as_ref(), |rows, external| {
            rows.filter(Column::Id.in_subquery(named(tenant, external)))
        })
        .apply_if(
            (!filter.but.is_empty()).then_some(&filter.but),
            |rows, but| rows.filter(Column::Id.is_not_in(but.iter().copied())),
        )
        .apply_if(filter.shown, |rows, seer| {
            rows.filter(shown_to(tenant, seer))
        })
        .apply_if(filter.owner, |rows, owner| {
            rows.filter(Column::OwnerId.eq(owner))
        })
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
        Order::Trending => Column::ByTrending,
        Order::Popularity => Column::ByPopularity,
        Order::Number => Column::ByNumber,
    }
}
