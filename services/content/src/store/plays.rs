//! Plays: marks of who has played what on a day, counts by the hour, and what they come to.
//!
//! Marks are forgotten after two days, hours after a month.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, QueryFilter as _, QuerySelect as _, Statement, Value,
};
use sv_kernel::{PageRequest, Tenant, Timestamp};
use sv_store::{StoreError, TenantTable as _, Tx};
use uuid::Uuid;

use super::{
    SEPARATOR,
    entity::content::{Column, Entity},
};
use crate::domain::{DAY, MONTH, Opinion, Plays, WEEK, day, hour};

/// Rows that are deleted in one transaction.
const FORGET: i64 = 500;

/// Counts that an account has started a title, once a day.
pub(crate) async fn started(
    tx: &Tx,
    tenant: &Tenant,
    title: Uuid,
    user: Uuid,
    at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO play_marks (content_id, user_id, day, tenant, completed)
               VALUES ($1, $2, $3, $4, FALSE) ON CONFLICT (content_id, user_id, day) DO NOTHING";
    let values = [
        title.into(),
        user.into(),
        day(at).into(),
        tenant.as_str().into(),
    ];
    if tx.run(sql, values).await? > 0 {
        add(tx, tenant, title, hour(at), (1, 0)).await?;
    }
    Ok(())
}

/// Counts that an account has watched a title to its end, once for each day on which it started it.
pub(crate) async fn completed(
    tx: &Tx,
    tenant: &Tenant,
    title: Uuid,
    user: Uuid,
    (began, at): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    let sql = "UPDATE play_marks SET completed = TRUE
               WHERE content_id = $1 AND user_id = $2 AND day = $3 AND completed = FALSE";
    let values = [title.into(), user.into(), day(began).into()];
    if tx.run(sql, values).await? > 0 {
        add(tx, tenant, title, hour(at), (0, 1)).await?;
    }
    Ok(())
}

async fn add(
    tx: &Tx,
    tenant: &Tenant,
    title: Uuid,
    hour: i64,
    (plays, completions): (i64, i64),
) -> Result<(), StoreError> {
    let sql = "INSERT INTO play_hours (content_id, hour, tenant, plays, completions)
               VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (content_id, hour) DO UPDATE SET plays = play_hours.plays + excluded.plays,
                 completions = play_hours.completions + excluded.completions";
    let values = [
        title.into(),
        hour.into(),
        tenant.as_str().into(),
        plays.into(),
        completions.into(),
    ];
    tx.run(sql, values).await.map(drop)
}

/// Remembers what viewers say of a title, unless later news was heard before.
pub(crate) async fn rated(
    tx: &Tx,
    tenant: &Tenant,
    title: Uuid,
    version: i64,
    opinion: Opinion,
) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO popularity (content_id, tenant, rating_version, rating_count, rating_average)
               VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (content_id) DO UPDATE SET rating_version = excluded.rating_version,
                 rating_count = excluded.rating_count, rating_average = excluded.rating_average
               WHERE popularity.rating_version < excluded.rating_version";
    let values = [
        title.into(),
        tenant.as_str().into(),
        version.into(),
        opinion.count.into(),
        opinion.average.into(),
    ];
    tx.run(sql, values).await.map(drop)
}

/// What is known of a title.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Known {
    pub(crate) id: Uuid,
    pub(crate) tenant: String,
    pub(crate) plays: Plays,
    pub(crate) opinion: Opinion,
}

/// Counts the plays of some titles of all tenants as they stand now, in the order of their ids: of those that have
/// any, and of those that had any or were rated.
pub(crate) async fn counted(
    db: &impl ConnectionTrait,
    after: Uuid,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<Known>, StoreError> {
    let sql = "SELECT t.id AS id, t.tenant AS tenant, p.rating_count AS rating_count,
                 p.rating_average AS rating_average,
                 COALESCE((SELECT SUM(plays) FROM play_hours h WHERE h.content_id = t.id AND h.hour > $2), 0) AS day,
                 COALESCE((SELECT SUM(plays) FROM play_hours h WHERE h.content_id = t.id AND h.hour > $3), 0) AS week,
                 COALESCE((SELECT SUM(plays) FROM play_hours h WHERE h.content_id = t.id AND h.hour > $4), 0) AS month,
                 COALESCE((SELECT SUM(completions) FROM play_hours h
                   WHERE h.content_id = t.id AND h.hour > $4), 0) AS completed
               FROM content t LEFT JOIN popularity p ON p.content_id = t.id
               WHERE t.id > $1 AND t.document IS NOT NULL
                 AND (p.content_id IS NOT NULL OR EXISTS (SELECT 1 FROM play_hours h WHERE h.content_id = t.id))
               ORDER BY t.id LIMIT $5";
    // PostgreSQL sums up numbers of any size; they fit.
    let sql = match db.get_database_backend() {
        sea_orm::DbBackend::Postgres => sql.replace("), 0) AS", "), 0)::BIGINT AS"),
        _ => sql.to_owned(),
    };
    let values: [Value; 5] = [
        after.into(),
        hour(now - DAY).into(),
        hour(now - WEEK).into(),
        hour(now - MONTH).into(),
        limit.into(),
    ];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = db.query_all_raw(statement).await?;
    let known = |row: &sea_orm::QueryResult| {
        let count: Option<i64> = row.try_get("", "rating_count")?;
        let average: Option<f64> = row.try_get("", "rating_average")?;
        Ok(Known {
            id: row.try_get("", "id")?,
            tenant: row.try_get("", "tenant")?,
            plays: Plays {
                day: row.try_get("", "day")?,
                week: row.try_get("", "week")?,
                month: row.try_get("", "month")?,
                completed: row.try_get("", "completed")?,
            },
            opinion: Opinion {
                count: count.unwrap_or_default(),
                average: average.unwrap_or_default(),
            },
        })
    };
    rows.iter().map(known).collect()
}

/// Writes what a title's plays come to, and moves it in the lists that go by it.
pub(crate) async fn refresh(tx: &Tx, known: &Known) -> Result<(), StoreError> {
    let Known { plays, opinion, .. } = known;
    let (trending, popularity) = (plays.trending(), plays.popularity(*opinion));
    let sql = "INSERT INTO popularity (content_id, tenant, plays_day, plays_week, plays_month, completed, trending,
                 popularity)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
               ON CONFLICT (content_id) DO UPDATE SET plays_day = excluded.plays_day,
                 plays_week = excluded.plays_week, plays_month = excluded.plays_month,
                 completed = excluded.completed, trending = excluded.trending, popularity = excluded.popularity
               WHERE popularity.plays_day <> excluded.plays_day OR popularity.plays_week <> excluded.plays_week
                 OR popularity.plays_month <> excluded.plays_month OR popularity.completed <> excluded.completed
                 OR popularity.popularity <> excluded.popularity";
    let values = [
        known.id.into(),
        known.tenant.as_str().into(),
        plays.day.into(),
        plays.week.into(),
        plays.month.into(),
        plays.completed.into(),
        trending.into(),
        popularity.into(),
    ];
    tx.run(sql, values).await?;
    let sql = "UPDATE content SET by_trending = $1, by_popularity = $2
               WHERE id = $3 AND (by_trending <> $1 OR by_popularity <> $2)";
    let values = [
        sort_number(trending, known.id).into(),
        sort_number(popularity, known.id).into(),
        known.id.into(),
    ];
    tx.run(sql, values).await.map(drop)
}

/// Returns the place of a title in lists that go by a number.
pub(super) fn sort_number(number: i64, id: Uuid) -> String {
    format!("{:019}{SEPARATOR}{}", number.max(0), id.simple())
}

/// Deletes some of what is not counted any more, and returns how much.
pub(crate) async fn forget(tx: &Tx, now: Timestamp) -> Result<u64, StoreError> {
    let sql = "DELETE FROM play_marks WHERE (content_id, user_id, day) IN
                 (SELECT content_id, user_id, day FROM play_marks WHERE day < $1 ORDER BY day LIMIT $2)";
    let marks = tx.run(sql, [day(now - DAY).into(), FORGET.into()]).await?;
    let sql = "DELETE FROM play_hours WHERE (content_id, hour) IN
                 (SELECT content_id, hour FROM play_hours WHERE hour <= $1 ORDER BY hour LIMIT $2)";
    let hours = tx
        .run(sql, [hour(now - MONTH).into(), FORGET.into()])
        .await?;
    Ok(marks + hours)
}

/// Returns those among some titles that were played within a month.
pub(crate) async fn played(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    ids: &[Uuid],
) -> Result<Vec<Uuid>, StoreError> {
    let ids = Entity::of(tenant)
        .filter(Column::Id.is_in(ids.iter().copied()))
        // Above all that have none, whatever their ids.
        .filter(Column::ByPopularity.gt(format!("{:019}", 1)))
        .select_only()
        .column(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids)
}

/// Lists titles of all tenants that anybody has watched, in the order of their ids, with their popularity.
///
/// It reads all tenants, like the events in whose stead it stands.
pub(crate) async fn popular(
    db: &impl ConnectionTrait,
    after: Uuid,
    limit: usize,
) -> Result<Vec<(Uuid, String, i64)>, StoreError> {
    let sql = "SELECT content_id, tenant, popularity FROM popularity
               WHERE content_id > $1 AND popularity > 0 ORDER BY content_id LIMIT $2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values: [Value; 2] = [after.into(), limit.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = db.query_all_raw(statement).await?;
    let read = |row: &sea_orm::QueryResult| {
        Ok((
            row.try_get("", "content_id")?,
            row.try_get("", "tenant")?,
            row.try_get("", "popularity")?,
        ))
    };
    rows.iter().map(read).collect()
}

/// What an analyst sees of a title.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Figures {
    pub(crate) known: Known,
    pub(crate) document: Vec<u8>,
    pub(crate) trending: i64,
    pub(crate) popularity: i64,
    key: String,
}

/// Lists what is known of a tenant's titles that were played within a month or rated: those that are watched most
/// now, or that are liked most, first. Returns where the next part starts, too.
pub(crate) async fn figures(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    by_trending: bool,
    page: &PageRequest,
) -> Result<(Vec<Figures>, Option<String>), StoreError> {
    let by = if by_trending {
        "by_trending"
    } else {
        "by_popularity"
    };
    let sql = format!(
        "SELECT t.id AS id, t.document AS document, t.{by} AS sort_by, p.plays_day AS plays_day,
           p.plays_week AS plays_week, p.plays_month AS plays_month, p.completed AS completed,
           p.trending AS trending, p.popularity AS popularity, p.rating_count AS rating_count,
           p.rating_average AS rating_average
         FROM content t JOIN popularity p ON p.content_id = t.id
         WHERE t.tenant = $1 AND t.document IS NOT NULL AND t.{by} < $2
         ORDER BY t.{by} DESC LIMIT $3 OFFSET $4"
    );
    // Above every number.
    let after = page.after.clone().unwrap_or_else(|| "A".to_owned());
    let values: [Value; 4] = [
        tenant.as_str().into(),
        after.into(),
        i64::from(page.size.saturating_add(1)).into(),
        i64::from(page.skip).into(),
    ];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = db.query_all_raw(statement).await?;
    let read = |row: &sea_orm::QueryResult| {
        let known = Known {
            id: row.try_get("", "id")?,
            tenant: tenant.to_string(),
            plays: Plays {
                day: row.try_get("", "plays_day")?,
                week: row.try_get("", "plays_week")?,
                month: row.try_get("", "plays_month")?,
                completed: row.try_get("", "completed")?,
            },
            opinion: Opinion {
                count: row.try_get("", "rating_count")?,
                average: row.try_get("", "rating_average")?,
            },
        };
        Ok::<_, StoreError>(Figures {
            known,
            document: row.try_get("", "document")?,
            trending: row.try_get("", "trending")?,
            popularity: row.try_get("", "popularity")?,
            key: row.try_get("", "sort_by")?,
        })
    };
    let rows: Vec<Figures> = rows.iter().map(read).collect::<Result<_, _>>()?;
    let page = sv_kernel::Page::cut(rows, page.size, |last| last.key.clone());
    Ok((page.items, page.next))
}
