//! Tickets, each good for one stream. They belong to whoever has them: a request that shows one does not
//! say yet of which tenant it is.

use sv_kernel::Timestamp;
use sv_store::{StoreError, Tx};

use crate::domain::Digest;

/// What a ticket stands for.
pub(crate) struct Stored {
    /// The path that it opens.
    pub(crate) path: String,
    /// The access token, sealed.
    pub(crate) sealed: Vec<u8>,
}

/// Stores a ticket, and forgets those that have run out.
pub(crate) async fn insert(
    tx: &Tx,
    digest: Digest,
    stored: Stored,
    (now, until): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    tx.run(
        "DELETE FROM tickets WHERE expires_at <= $1",
        [now.micros().into()],
    )
    .await?;
    let sql = "INSERT INTO tickets (sha256, path, sealed, expires_at) VALUES ($1, $2, $3, $4)";
    let values = [
        digest.to_vec().into(),
        stored.path.into(),
        stored.sealed.into(),
        until.micros().into(),
    ];
    tx.run(sql, values).await.map(drop)
}

/// Takes a ticket out: of two who show it one gets it.
pub(crate) async fn take(
    tx: &Tx,
    digest: Digest,
    now: Timestamp,
) -> Result<Option<Stored>, StoreError> {
    let sql = "DELETE FROM tickets WHERE sha256 = $1 RETURNING path, sealed, expires_at";
    let Some(row) = tx.row(sql, [digest.to_vec().into()]).await? else {
        return Ok(None);
    };
    let until: i64 = row.try_get("", "expires_at")?;
    let stored = Stored {
        path: row.try_get("", "path")?,
        sealed: row.try_get("", "sealed")?,
    };
    Ok((now.micros() < until).then_some(stored))
}
