//! Keys of access tokens and other secrets of the installation; they belong to no tenant.

use sea_orm::{ConnectionTrait, Statement};
use sv_kernel::Timestamp;
use sv_store::{StoreError, Tx};

/// A private key.
#[derive(Clone)]
pub(crate) struct StoredKey {
    /// Its place in the row of keys.
    pub(crate) seq: i64,
    pub(crate) kid: String,
    /// PEM, wrapped where [`crate::domain::Wrapping`] wraps.
    pub(crate) private_pem: String,
    pub(crate) signs_from: Timestamp,
}

/// Lists all keys in their order.
pub(crate) async fn list(db: &impl ConnectionTrait) -> Result<Vec<StoredKey>, StoreError> {
    let sql = "SELECT seq, kid, private_pem, signs_from FROM signing_keys ORDER BY seq";
    let query = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(query).await?;
    rows.iter()
        .map(|row| {
            Ok(StoredKey {
                seq: row.try_get("", "seq")?,
                kid: row.try_get("", "kid")?,
                private_pem: row.try_get("", "private_pem")?,
                signs_from: Timestamp::from_micros(row.try_get("", "signs_from")?),
            })
        })
        .collect()
}

/// Inserts a key, unless another process has inserted one at its place.
pub(crate) async fn insert(tx: &Tx, key: StoredKey) -> Result<(), StoreError> {
    let sql = "INSERT INTO signing_keys (seq, kid, private_pem, signs_from)
               VALUES ($1, $2, $3, $4) ON CONFLICT (seq) DO NOTHING";
    let values = [
        key.seq.into(),
        key.kid.into(),
        key.private_pem.into(),
        key.signs_from.micros().into(),
    ];
    tx.run(sql, values).await.map(drop)
}

/// Stores a key in another form, unless somebody else has meanwhile.
pub(crate) async fn rewrite(tx: &Tx, key: &StoredKey, private_pem: &str) -> Result<(), StoreError> {
    let sql = "UPDATE signing_keys SET private_pem = $3 WHERE seq = $1 AND private_pem = $2";
    let values = [
        key.seq.into(),
        key.private_pem.as_str().into(),
        private_pem.into(),
    ];
    tx.run(sql, values).await.map(drop)
}

/// Has a key sign from an earlier time on; says whether it was to sign later.
pub(crate) async fn advance(tx: &Tx, seq: i64, signs_from: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE signing_keys SET signs_from = $2 WHERE seq = $1 AND signs_from > $2";
    let moved = tx
        .run(sql, [seq.into(), signs_from.micros().into()])
        .await?;
    Ok(moved == 1)
}

/// Deletes a key.
pub(crate) async fn delete(tx: &Tx, seq: i64) -> Result<(), StoreError> {
    tx.run("DELETE FROM signing_keys WHERE seq = $1", [seq.into()])
        .await
        .map(drop)
}

/// Finds a secret.
pub(crate) async fn find_secret(
    db: &impl ConnectionTrait,
    name: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT value FROM secrets WHERE name = $1";
    let query = Statement::from_sql_and_values(db.get_database_backend(), sql, [name.into()]);
    let row = db.query_one_raw(query).await?;
    Ok(row.map(|row| row.try_get("", "value")).transpose()?)
}

/// Returns a secret, which is `fresh` if there was none.
pub(crate) async fn secret(tx: &Tx, name: &str, fresh: &[u8]) -> Result<Vec<u8>, StoreError> {
    let sql = "INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    tx.run(sql, [name.into(), fresh.into()]).await?;
    let row = tx
        .row("SELECT value FROM secrets WHERE name = $1", [name.into()])
        .await?;
    let row = row.ok_or_else(|| StoreError::inconsistent("secrets", "value", name))?;
    Ok(row.try_get("", "value")?)
}

/// Forgets a secret.
pub(crate) async fn forget_secret(tx: &Tx, name: &str) -> Result<(), StoreError> {
    tx.run("DELETE FROM secrets WHERE name = $1", [name.into()])
        .await
        .map(drop)
}
