//! What accounts have left from changes of plans, or owe for what went back of it, by currency.

use sea_orm::{ConnectionTrait, Statement, Value};
use sv_kernel::{Ctx, Currency, Id, Money, User};
use sv_store::{StoreError, Tx};

/// The most currencies of which an account's credit is shown.
const MOST: i64 = 100;

/// Lists what an account has, or owes (below zero).
pub(crate) async fn of_account(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    user: Id<User>,
) -> Result<Vec<Money>, StoreError> {
    let sql = "SELECT currency, minor FROM credits
               WHERE tenant = $1 AND user_id = $2 AND minor <> 0 ORDER BY currency LIMIT $3";
    let values: [Value; 3] = [ctx.tenant.as_str().into(), user.uuid().into(), MOST.into()];
    let query = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = db.query_all_raw(query).await?;
    let read = rows.into_iter().map(|row| {
        let currency: String = row.try_get("", "currency")?;
        let wrong = |_| StoreError::inconsistent("credits", "currency", user.to_string());
        let currency = Currency::parse(&currency).map_err(wrong)?;
        Ok(Money::new(row.try_get("", "minor")?, currency))
    });
    read.collect()
}

/// Returns what an account has in a currency, or owes (below zero), in minor units.
pub(crate) async fn in_currency(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    user: Id<User>,
    currency: Currency,
) -> Result<i64, StoreError> {
    let all = of_account(db, ctx, user).await?;
    let found = all.into_iter().find(|credit| credit.currency == currency);
    Ok(found.map_or(0, |credit| credit.minor))
}

/// Adds to what an account has, or takes from it; below zero it owes it.
pub(crate) async fn change(
    tx: &Tx,
    ctx: &Ctx,
    user: Id<User>,
    by: Money,
) -> Result<(), StoreError> {
    if by.minor == 0 {
        return Ok(());
    }
    let sql = "INSERT INTO credits (tenant, user_id, currency, minor) VALUES ($1, $2, $3, $4)
               ON CONFLICT (tenant, user_id, currency)
               DO UPDATE SET minor = credits.minor + excluded.minor";
    let values: [Value; 4] = [
        ctx.tenant.as_str().into(),
        user.uuid().into(),
        by.currency.to_string().into(),
        by.minor.into(),
    ];
    tx.run(sql, values).await.map(drop)
}
