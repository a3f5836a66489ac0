//! What was looked for, by day and text.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, Statement, Value};
use sv_kernel::{PageRequest, Tenant, Timestamp};
use sv_store::{StoreError, Tx};

use crate::domain::journal::{Count, Text};

/// The most texts of a tenant and day.
const MAX_TEXTS: i64 = 5_000;
/// Days that are remembered.
const KEPT_DAYS: i64 = 30;
/// Rows that are deleted in one transaction.
const FORGET: i64 = 500;
/// Stands between the parts of a place in a list; no text has it.
const SEPARATOR: char = '\u{1f}';

/// What was looked for within some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Searched {
    pub(crate) text: String,
    pub(crate) searches: i64,
    pub(crate) misses: i64,
    pub(crate) last_at: Timestamp,
}

/// Adds what was counted. Of a day that is full only texts that it knows are counted on.
pub(crate) async fn add(tx: &Tx, counted: &HashMap<Text, Count>) -> Result<(), StoreError> {
    let mut known: HashMap<(&Tenant, i64), i64> = HashMap::new();
    for ((tenant, day, text), count) in counted {
        let key = [
            tenant.as_str().into(),
            (*day).into(),
            text.as_str().into(),
            count.searches.into(),
            count.misses.into(),
            count.last_at.micros().into(),
        ];
        let sql = "UPDATE searched SET searches = searches + $4, misses = misses + $5,
                     last_at = CASE WHEN last_at < $6 THEN $6 ELSE last_at END
                   WHERE tenant = $1 AND day = $2 AND query = $3";
        if tx.run(sql, key.clone()).await? > 0 {
            continue;
        }
        let texts = match known.get(&(tenant, *day)) {
            Some(texts) => *texts,
            None => texts(tx, tenant, *day).await?,
        };
        let room = texts < MAX_TEXTS;
        known.insert((tenant, *day), texts + i64::from(room));
        if room {
            let sql = "INSERT INTO searched (tenant, day, query, searches, misses, last_at)
                       VALUES ($1, $2, $3, $4, $5, $6)
                       ON CONFLICT (tenant, day, query) DO UPDATE SET
                         searches = searched.searches + excluded.searches,
                         misses = searched.misses + excluded.misses, last_at = excluded.last_at";
            tx.run(sql, key).await?;
        }
    }
    Ok(())
}

async fn texts(db: &impl ConnectionTrait, tenant: &Tenant, day: i64) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) AS texts FROM searched WHERE tenant = $1 AND day = $2";
    let values: [Value; 2] = [tenant.as_str().into(), day.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let row = db.query_one_raw(statement).await?;
    Ok(match row {
        Some(row) => row.try_get("", "texts")?,
        None => 0,
    })
}

/// Deletes some of what is not remembered any more, and returns how much.
pub(crate) async fn forget(tx: &Tx, today: i64) -> Result<u64, StoreError> {
    let sql = "DELETE FROM searched WHERE (tenant, day, query) IN
                 (SELECT tenant, day, query FROM searched WHERE day <= $1 ORDER BY day LIMIT $2)";
    tx.run(sql, [(today - KEPT_DAYS).into(), FORGET.into()])
        .await
}

/// Lists what was looked for since a day: in vain, or at all, what was so most often first. One more than a page.
pub(crate) async fn searched(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    since: i64,
    in_vain: bool,
    page: &PageRequest,
) -> Result<Vec<Searched>, StoreError> {
    let by = if in_vain { "misses" } else { "searches" };
    let sql = format!(
        "SELECT query, searches, misses, last_at FROM (
           SELECT query, CAST(SUM(searches) AS BIGINT) AS searches, CAST(SUM(misses) AS BIGINT) AS misses,
             MAX(last_at) AS last_at
           FROM searched WHERE tenant = $1 AND day >= $2 GROUP BY query
         ) AS s
         WHERE {by} > 0 AND ({by} < $3 OR {by} = $3 AND query > $4)
         ORDER BY {by} DESC, query LIMIT $5 OFFSET $6"
    );
    let place = page
        .after
        .as_deref()
        .and_then(|after| after.split_once(SEPARATOR));
    let (count, text) = place.map_or((i64::MAX, ""), |(count, text)| {
        (count.parse().unwrap_or(i64::MAX), text)
    });
    let values: [Value; 6] = [
        tenant.as_str().into(),
        since.into(),
        count.into(),
        text.into(),
        (i64::from(page.size) + 1).into(),
        i64::from(page.skip).into(),
    ];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = db.query_all_raw(statement).await?;
    let read = |row: &sea_orm::QueryResult| {
        Ok(Searched {
            text: row.try_get("", "query")?,
            searches: row.try_get("", "searches")?,
            misses: row.try_get("", "misses")?,
            last_at: Timestamp::from_micros(row.try_get("", "last_at")?),
        })
    };
    rows.iter().map(read).collect()
}

impl Searched {
    /// Returns its place in a list.
    pub(crate) fn place(&self, in_vain: bool) -> String {
        let count = if in_vain { self.misses } else { self.searches };
        format!("{count}{SEPARATOR}{}", self.text)
    }
}
