//! Sessions that ended while their access tokens run; of all tenants, because every process
//! verifies the tokens of all.

use sea_orm::{ConnectionTrait, Statement};
use sv_kernel::{Id, Session, Timestamp};
use sv_store::{StoreError, Tx};
use uuid::Uuid;

/// A session that ended, and when its last access token does.
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

/// Lists up to `limit` sessions after a version whose tokens still run, oldest first.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    after: i64,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Revocation>, StoreError> {
    let sql = "SELECT version, session_id, expires_at FROM revocations
               WHERE version > $1 AND expires_at > $2 ORDER BY version LIMIT $3";
    let values = [after.into(), now.micros().into(), limit.into()];
    let query = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = db.query_all_raw(query).await?;
    rows.iter()
        .map(|row| {
            Ok(Revocation {
                version: row.try_get("", "version")?,
                session: Id::from_uuid(row.try_get::<Uuid>("", "session_id")?),
                until: Timestamp::from_micros(row.try_get("", "expires_at")?),
            })
        })
        .collect()
}

/// Deletes a few whose tokens have ended.
pub(crate) async fn forget(tx: &Tx, now: Timestamp) -> Result<(), StoreError> {
    let sql = "DELETE FROM revocations WHERE version IN
               (SELECT version FROM revocations WHERE expires_at < $1 ORDER BY expires_at LIMIT 8)";
    tx.run(sql, [now.micros().into()]).await.map(drop)
}
