//! The books: what is written stays.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, Statement, Value,
};
use sv_kernel::{Ctx, Currency, Id, Money, Timestamp};
use sv_store::{StoreError, TenantTable as _, Tx};
use uuid::Uuid;

use super::entity::{journal_entry, journal_line};
use crate::domain::{Account, Balance, Entry, Line, Payment};

/// In how many parts a balance is kept.
const PARTS: u8 = 16;

/// Writes entries about a payment.
pub(crate) async fn append(
    tx: &Tx,
    ctx: &Ctx,
    payment: Id<Payment>,
    entries: &[Entry],
) -> Result<(), StoreError> {
    for entry in entries {
        let row = journal_entry::Model {
            id: entry.id,
            tenant: ctx.tenant.to_string(),
            payment_id: payment.uuid(),
            transaction_id: entry.transaction.uuid(),
            event: entry.event.clone(),
            created_at: entry.at.micros(),
        };
        row.into_active_model().insert(tx).await?;
        for (number, line) in (0..).zip(entry.lines()) {
            let row = journal_line::Model {
                entry_id: entry.id,
                tenant: ctx.tenant.to_string(),
                number,
                account: line.account.name().to_owned(),
                currency: line.amount.currency.to_string(),
                amount_minor: line.amount.minor,
            };
            row.into_active_model().insert(tx).await?;
        }
    }
    add_up(tx, ctx, payment, entries).await
}

/// Keeps the balances: each in several parts, by the payment, so that payments at the same moment do not wait for
/// each other; in one order everywhere, so that two that do never wait for one another.
async fn add_up(
    tx: &Tx,
    ctx: &Ctx,
    payment: Id<Payment>,
    entries: &[Entry],
) -> Result<(), StoreError> {
    let part = i32::from(payment.uuid().as_bytes()[15] % PARTS);
    let mut sums: BTreeMap<(String, &str), i64> = BTreeMap::new();
    for line in entries.iter().flat_map(Entry::lines) {
        let key = (line.amount.currency.to_string(), line.account.name());
        *sums.entry(key).or_default() += line.amount.minor;
    }
    let sql = "INSERT INTO balances (tenant, currency, account, part, amount_minor)
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant, currency, account, part)
               DO UPDATE SET amount_minor = balances.amount_minor + excluded.amount_minor";
    for ((currency, account), minor) in sums {
        let values: [Value; 5] = [
            ctx.tenant.as_str().into(),
            currency.into(),
            account.into(),
            part.into(),
            minor.into(),
        ];
        tx.run(sql, values).await?;
    }
    Ok(())
}

/// Lists the entries about a payment in the order in which they were written.
pub(crate) async fn of_payment(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    payment: Id<Payment>,
) -> Result<Vec<Entry>, StoreError> {
    let entries = journal_entry::Entity::of(&ctx.tenant)
        .filter(journal_entry::Column::PaymentId.eq(payment.uuid()))
        .order_by_asc(journal_entry::Column::Id)
        .all(db)
        .await?;
    let ids = entries.iter().map(|entry| entry.id);
    let rows = journal_line::Entity::of(&ctx.tenant)
        .filter(journal_line::Column::EntryId.is_in(ids))
        .order_by_asc(journal_line::Column::EntryId)
        .order_by_asc(journal_line::Column::Number)
        .all(db)
        .await?;
    let mut lines: HashMap<Uuid, Vec<Line>> = HashMap::new();
    for row in rows {
        let read = line(&row.account, &row.currency, row.amount_minor);
        let read = read.ok_or_else(|| wrong("account", row.entry_id))?;
        lines.entry(row.entry_id).or_default().push(read);
    }
    let read = entries.into_iter().map(|row| {
        Entry::read(
            row.id,
            Id::from_uuid(row.transaction_id),
            row.event,
            lines.remove(&row.id).unwrap_or_default(),
            Timestamp::from_micros(row.created_at),
        )
        .ok_or_else(|| wrong("amount_minor", row.id))
    });
    read.collect()
}

/// Returns what each account holds in each currency, whatever number of lines made it so.
pub(crate) async fn balances(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
) -> Result<Vec<Balance>, StoreError> {
    let sql = "SELECT account, currency, CAST(SUM(amount_minor) AS BIGINT) AS minor FROM balances
               WHERE tenant = $1 GROUP BY currency, account ORDER BY currency, account";
    let tenant = [ctx.tenant.as_str().into()];
    let query = Statement::from_sql_and_values(db.get_database_backend(), sql, tenant);
    let rows = db.query_all_raw(query).await?;
    let read = rows.into_iter().map(|row| {
        let (account, currency): (String, String) =
            (row.try_get("", "account")?, row.try_get("", "currency")?);
        let balance = line(&account, &currency, row.try_get("", "minor")?);
        balance.ok_or_else(|| StoreError::inconsistent("journal_lines", "account", account))
    });
    let mut balances: Vec<Balance> = read.collect::<Result<_, _>>()?;
    balances.sort_by_key(|balance| {
        let place = Account::NAMES
            .iter()
            .position(|(account, _)| *account == balance.account);
        (balance.amount.currency.to_string(), place)
    });
    Ok(balances)
}

fn line(account: &str, currency: &str, minor: i64) -> Option<Line> {
    Some(Line {
        account: Account::parse(account)?,
        amount: Money::new(minor, Currency::parse(currency).ok()?),
    })
}

fn wrong(column: &'static str, entry: Uuid) -> StoreError {
    StoreError::inconsistent("journal_lines", column, entry.to_string())
}
