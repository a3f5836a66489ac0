//! Sessions that ended while something lives that was made out to them; of all tenants, because every
//! process verifies the tokens of all.

use std::time::Duration;

use sea_orm::{ConnectionTrait, QueryResult, Statement};
use sv_kernel::{Id, Session, Timestamp};
use sv_store::{StoreError, Tx};
use uuid::Uuid;

/// How long an entry outlives what it revokes: verifiers' clocks may be a little behind.
const MARGIN: Duration = Duration::from_mins(1);

/// A session that ended, and when the last does that was made out to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Revocation {
    pub(crate) version: i64,
    pub(crate) session: Id<Session>,
    pub(crate) until: Timestamp,
}

/// Adds a session to the list.
pub(crate) async fn append(
    tx: &Tx,
    session: Id<Session>,
    until: Timestamp,
) -> Result<(), StoreError> {
    // The clock's row is locked until the commit, so that versions become visible in their order
    // and no reader passes one over.
    tx.run(
        "UPDATE revocation_clock SET version = version + 1 WHERE id = 1",
        [],
    )
    .await?;
    let sql = "INSERT INTO revocations (version, session_id, expires_at)
               SELECT version, $1, $2 FROM revocation_clock WHERE id = 1";
    let values = [session.uuid().into(), until.micros().into()];
    tx.run(sql, values).await.map(drop)
}

/// A part of the list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) revocations: Vec<Revocation>,
    /// The version that a reader has with this part.
    pub(crate) version: i64,
    /// Whether nothing is missing.
    pub(crate) complete: bool,
}

/// Lists up to `limit` sessions after a version, oldest first.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    after: i64,
    now: Timestamp,
    limit: usize,
) -> Result<Page, StoreError> {
    // First: what is committed up to this version is seen by the next query.
    let newest = newest(db).await?;
    // A reader that is ahead has known another history of this table, e.g. one before a restore.
    let after = if after > newest { 0 } else { after };
    let sql = "SELECT version, session_id, expires_at FROM revocations
               WHERE version > $1 AND expires_at > $2 ORDER BY version LIMIT $3";
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [after.into(), (now - MARGIN).micros().into(), most.into()];
    let query = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = db.query_all_raw(query).await?;
    let read = |row: &QueryResult| -> Result<Revocation, StoreError> {
        Ok(Revocation {
            version: row.try_get("", "version")?,
            session: Id::from_uuid(row.try_get::<Uuid>("", "session_id")?),
            until: Timestamp::from_micros(row.try_get("", "expires_at")?),
        })
    };
    let revocations: Vec<_> = rows.iter().map(read).collect::<Result<_, _>>()?;
    let complete = revocations.len() < limit;
    let last = revocations.last().map_or(after, |last| last.version);
    Ok(Page {
        revocations,
        version: if complete { last.max(newest) } else { last },
        complete,
    })
}

/// Says whether a session is on the list.
pub(crate) async fn has(
    db: &impl ConnectionTrait,
    session: Id<Session>,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 AS one FROM revocations WHERE session_id = $1 LIMIT 1";
    let backend = db.get_database_backend();
    let query = Statement::from_sql_and_values(backend, sql, [session.uuid().into()]);
    Ok(db.query_one_raw(query).await?.is_some())
}

/// Deletes a few that revoke nothing any more.
pub(crate) async fn forget(tx: &Tx, now: Timestamp) -> Result<(), StoreError> {
    let sql = "DELETE FROM revocations WHERE version IN
               (SELECT version FROM revocations WHERE expires_at < $1 ORDER BY expires_at LIMIT 8)";
    tx.run(sql, [(now - MARGIN).micros().into()])
        .await
        .map(drop)
}

async fn newest(db: &impl ConnectionTrait) -> Result<i64, StoreError> {
    let sql = "SELECT version FROM revocation_clock WHERE id = 1";
    let query = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(query).await?;
    let row = row.ok_or_else(|| StoreError::inconsistent("revocation_clock", "version", "1"))?;
    Ok(row.try_get("", "version")?)
}
