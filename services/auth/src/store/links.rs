//! Links that set a password: who was mailed one, and until when it works.

use sea_orm::{ConnectionTrait, QueryResult, Statement};
use sv_kernel::{Ctx, Id, Timestamp, User};
use sv_store::{StoreError, Tx};
use uuid::Uuid;

use crate::domain::Digest;

/// Remembers a link, unless it is known, and forgets some that work no more.
pub(crate) async fn insert(
    tx: &Tx,
    ctx: &Ctx,
    digest: Digest,
    user: Id<User>,
    (now, until): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    let sql = "DELETE FROM password_links WHERE sha256 IN
               (SELECT sha256 FROM password_links WHERE expires_at <= $1 ORDER BY expires_at LIMIT 8)";
    tx.run(sql, [now.micros().into()]).await?;
    let sql =
        "INSERT INTO password_links (sha256, tenant, user_id, expires_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (sha256) DO NOTHING";
    let values = [
        digest.to_vec().into(),
        ctx.tenant.as_str().into(),
        user.uuid().into(),
        until.micros().into(),
    ];
    tx.run(sql, values).await.map(drop)
}

/// Says whose password a link sets; `None` where it works no more.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    digest: Digest,
    now: Timestamp,
) -> Result<Option<Id<User>>, StoreError> {
    let sql =
        "SELECT user_id FROM password_links WHERE tenant = $1 AND sha256 = $2 AND expires_at > $3";
    let values = [
        ctx.tenant.as_str().into(),
        digest.to_vec().into(),
        now.micros().into(),
    ];
    let query = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    db.query_one_raw(query)
        .await?
        .as_ref()
        .map(owner)
        .transpose()
}

/// Uses a link up: of two who show it at once one has set the password.
pub(crate) async fn take(
    tx: &Tx,
    ctx: &Ctx,
    digest: Digest,
    now: Timestamp,
) -> Result<Option<Id<User>>, StoreError> {
    let sql = "DELETE FROM password_links WHERE tenant = $1 AND sha256 = $2 AND expires_at > $3 RETURNING user_id";
    let values = [
        ctx.tenant.as_str().into(),
        digest.to_vec().into(),
        now.micros().into(),
    ];
    tx.row(sql, values).await?.as_ref().map(owner).transpose()
}

/// Uses up all links of an account, because its password is another one.
pub(crate) async fn delete_of(tx: &Tx, ctx: &Ctx, user: Id<User>) -> Result<(), StoreError> {
    let sql = "DELETE FROM password_links WHERE tenant = $1 AND user_id = $2";
    let values = [ctx.tenant.as_str().into(), user.uuid().into()];
    tx.run(sql, values).await.map(drop)
}

fn owner(row: &QueryResult) -> Result<Id<User>, StoreError> {
    Ok(Id::from_uuid(row.try_get::<Uuid>("", "user_id")?))
}
