//! Gift codes, by their digests, and who has redeemed them.

use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};
use sv_kernel::{Ctx, Id, Timestamp, User};
use sv_store::{StoreError, Tx};
use uuid::Uuid;

use crate::domain::{Code, Gift, Plan, Subscription};

const COLUMNS: &str =
    "id, hint, note, plan_id, months, max_uses, used, expires_at, revoked_at, created_at";

/// Adds a code.
pub(crate) async fn insert(tx: &Tx, ctx: &Ctx, gift: &Gift, code: &Code) -> Result<(), StoreError> {
    let sql = "INSERT INTO gifts (id, tenant, digest, hint, note, plan_id, months, max_uses, used,
                   expires_at, revoked_at, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, 0, $10)";
    let values: [Value; 10] = [
        gift.id.uuid().into(),
        ctx.tenant.as_str().into(),
        code.digest().into(),
        gift.hint.as_str().into(),
        gift.note.as_str().into(),
        gift.plan.uuid().into(),
        i32::try_from(gift.months).unwrap_or(i32::MAX).into(),
        gift.max_uses.into(),
        gift.expires_at.map_or(0, Timestamp::micros).into(),
        gift.created_at.micros().into(),
    ];
    tx.run(sql, values).await.map(drop)
}

/// Takes one of the uses that are left, of a code that can be redeemed now: of any number at the same moment
/// only as many get one as there are.
pub(crate) async fn take(tx: &Tx, ctx: &Ctx, code: &Code) -> Result<Option<Gift>, StoreError> {
    let sql = format!(
        "UPDATE gifts SET used = used + 1
         WHERE tenant = $1 AND digest = $2 AND used < max_uses AND revoked_at = 0
             AND (expires_at = 0 OR expires_at > $3)
         RETURNING {COLUMNS}"
    );
    let values: [Value; 3] = [
        ctx.tenant.as_str().into(),
        code.digest().into(),
        ctx.now().micros().into(),
    ];
    one(tx, &sql, values).await
}

/// Finds the code that could be redeemed if uses were left.
pub(crate) async fn redeemable(
    tx: &Tx,
    ctx: &Ctx,
    code: &Code,
) -> Result<Option<Gift>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM gifts WHERE tenant = $1 AND digest = $2 AND revoked_at = 0
             AND (expires_at = 0 OR expires_at > $3)"
    );
    let values: [Value; 3] = [
        ctx.tenant.as_str().into(),
        code.digest().into(),
        ctx.now().micros().into(),
    ];
    one(tx, &sql, values).await
}

/// Says whether an account has redeemed a code.
pub(crate) async fn has_redeemed(
    tx: &Tx,
    gift: Id<Gift>,
    user: Id<User>,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 AS n FROM gift_redemptions WHERE gift_id = $1 AND user_id = $2";
    let row = tx
        .row(sql, [gift.uuid().into(), user.uuid().into()])
        .await?;
    Ok(row.is_some())
}

/// Notes that an account has redeemed a code. Fails as a duplicate where it had.
pub(crate) async fn redeem(
    tx: &Tx,
    ctx: &Ctx,
    gift: Id<Gift>,
    user: Id<User>,
    subscription: Id<Subscription>,
) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO gift_redemptions (gift_id, user_id, tenant, subscription_id, redeemed_at)
               VALUES ($1, $2, $3, $4, $5)";
    let values: [Value; 5] = [
        gift.uuid().into(),
        user.uuid().into(),
        ctx.tenant.as_str().into(),
        subscription.uuid().into(),
        ctx.now().micros().into(),
    ];
    tx.run(sql, values).await.map(drop)
}

/// Lets nobody redeem a code any more, and returns it; `None` where that was so, or there is no such code.
pub(crate) async fn revoke(tx: &Tx, ctx: &Ctx, id: Id<Gift>) -> Result<Option<Gift>, StoreError> {
    let sql = format!(
        "UPDATE gifts SET revoked_at = $3
         WHERE tenant = $1 AND id = $2 AND revoked_at = 0 RETURNING {COLUMNS}"
    );
    let values: [Value; 3] = [
        ctx.tenant.as_str().into(),
        id.uuid().into(),
        ctx.now().micros().into(),
    ];
    one(tx, &sql, values).await
}

/// Finds a code by its id.
pub(crate) async fn find(tx: &Tx, ctx: &Ctx, id: Id<Gift>) -> Result<Option<Gift>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM gifts WHERE tenant = $1 AND id = $2");
    let values: [Value; 2] = [ctx.tenant.as_str().into(), id.uuid().into()];
    one(tx, &sql, values).await
}

/// Lists up to `limit` codes, newest first, after one of them.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    after: Option<Uuid>,
    skip: u32,
    limit: u32,
) -> Result<Vec<Gift>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM gifts WHERE tenant = $1 AND id < $2 ORDER BY id DESC LIMIT $3 OFFSET $4"
    );
    let values: [Value; 4] = [
        ctx.tenant.as_str().into(),
        after.unwrap_or(Uuid::max()).into(),
        i64::from(limit).into(),
        i64::from(skip).into(),
    ];
    let query = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    db.query_all_raw(query).await?.iter().map(read).collect()
}

/// Says whether a code gives a plan.
pub(crate) async fn name_plan(tx: &Tx, ctx: &Ctx, plan: Id<Plan>) -> Result<bool, StoreError> {
    let sql = "SELECT 1 AS n FROM gifts WHERE tenant = $1 AND plan_id = $2 LIMIT 1";
    let values: [Value; 2] = [ctx.tenant.as_str().into(), plan.uuid().into()];
    Ok(tx.row(sql, values).await?.is_some())
}

async fn one<const N: usize>(
    tx: &Tx,
    sql: &str,
    values: [Value; N],
) -> Result<Option<Gift>, StoreError> {
    let rows = tx.rows(sql, values.into()).await?;
    rows.first().map(read).transpose()
}

fn read(row: &QueryResult) -> Result<Gift, StoreError> {
    let id: Uuid = row.try_get("", "id")?;
    let wrong = |column| StoreError::inconsistent("gifts", column, id.to_string());
    let months: i32 = row.try_get("", "months")?;
    let (expires_at, revoked_at): (i64, i64) = (
        row.try_get("", "expires_at")?,
        row.try_get("", "revoked_at")?,
    );
    Ok(Gift {
        id: Id::from_uuid(id),
        hint: row.try_get("", "hint")?,
        note: row.try_get("", "note")?,
        plan: Id::from_uuid(row.try_get("", "plan_id")?),
        months: u32::try_from(months).map_err(|_| wrong("months"))?,
        max_uses: row.try_get("", "max_uses")?,
        used: row.try_get("", "used")?,
        expires_at: (expires_at > 0).then(|| Timestamp::from_micros(expires_at)),
        revoked: revoked_at > 0,
        created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
    })
}
