//! Payments and their transactions.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
    sea_query::OnConflict,
};
use sv_kernel::{Ctx, Currency, Id, Money, Tenant, Timestamp};
use sv_store::{Position, StoreError, TenantTable as _, Tx};
use uuid::Uuid;

use super::{
    Due,
    entity::{
        payment::{Column, Entity, Model},
        transaction,
    },
};
use crate::domain::{ChargeState, Filter, Kind, Movement, Payment, PaymentMethod, Transaction};

/// Inserts a payment. Fails as a duplicate where there is one of its id.
pub(crate) async fn insert(
    tx: &Tx,
    ctx: &Ctx,
    new: &Payment,
    look_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    row(ctx, new, look_at)
        .into_active_model()
        .insert(tx)
        .await?;
    put_transactions(tx, ctx, new).await
}

/// Writes a payment that is locked.
pub(crate) async fn update(
    tx: &Tx,
    ctx: &Ctx,
    changed: &Payment,
    look_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    Entity::update_of(&ctx.tenant)
        .set(row(ctx, changed, look_at).into_active_model().reset_all())
        .filter(Column::Id.eq(changed.id.uuid()))
        .exec(tx)
        .await?;
    put_transactions(tx, ctx, changed).await
}

async fn put_transactions(tx: &Tx, ctx: &Ctx, of: &Payment) -> Result<(), StoreError> {
    let rows = (0..).zip(&of.transactions).map(|(number, one)| {
        let row = transaction::Model {
            id: one.id.uuid(),
            tenant: ctx.tenant.to_string(),
            payment_id: of.id.uuid(),
            number,
            kind: one.kind.name().to_owned(),
            key: one.key.clone(),
            amount_minor: one.minor,
            provider_id: one.provider_id.clone(),
            status: one.status.name().to_owned(),
            created_at: one.created_at.micros(),
            updated_at: one.updated_at.micros(),
        };
        row.into_active_model().reset_all()
    });
    let mut known = OnConflict::column(transaction::Column::Id);
    known.update_columns([
        transaction::Column::ProviderId,
        transaction::Column::Status,
        transaction::Column::UpdatedAt,
    ]);
    transaction::Entity::insert_many(rows)
        .on_conflict(known)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Finds a payment.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    id: Id<Payment>,
) -> Result<Option<Payment>, StoreError> {
    let rows = Entity::of(&ctx.tenant).filter(Column::Id.eq(id.uuid()));
    let found = with_transactions(db, rows.all(db).await?).await?;
    found
        .into_iter()
        .next()
        .map(|(_, payment)| payment)
        .transpose()
}

/// Finds a payment and keeps others from changing it until the transaction ends.
pub(crate) async fn lock(
    tx: &Tx,
    ctx: &Ctx,
    id: Id<Payment>,
) -> Result<Option<Payment>, StoreError> {
    let rows = Entity::of(&ctx.tenant)
        .filter(Column::Id.eq(id.uuid()))
        .lock_exclusive();
    let found = with_transactions(tx, rows.all(tx).await?).await?;
    found
        .into_iter()
        .next()
        .map(|(_, payment)| payment)
        .transpose()
}

/// Lists up to `limit` payments, newest first, after one of them.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    filter: &Filter,
    after: Option<Position>,
    skip: u32,
    limit: u32,
) -> Result<Vec<Payment>, StoreError> {
    let rows = Entity::of(&ctx.tenant)
        .apply_if(filter.account, |rows, account| {
            rows.filter(Column::AccountId.eq(account.uuid()))
        })
        .apply_if(filter.status, |rows, status| {
            rows.filter(Column::Status.eq(status.name()))
        })
        .apply_if(filter.from, |rows, from| {
            rows.filter(Column::CreatedAt.gte(from.micros()))
        })
        .apply_if(filter.to, |rows, to| {
            rows.filter(Column::CreatedAt.lt(to.micros()))
        })
        .apply_if(after, |rows, after| {
            rows.filter(after.before(Column::CreatedAt, Column::Id))
        })
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .offset(u64::from(skip))
        .limit(u64::from(limit))
        .all(db)
        .await?;
    let found = with_transactions(db, rows).await?;
    found.into_iter().map(|(_, payment)| payment).collect()
}

/// Lists payments of all tenants that the job has to look at. One that cannot be read keeps no other back.
pub(crate) async fn due(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    limit: u64,
) -> Result<Vec<Due>, StoreError> {
    let rows = Entity::find()
        .filter(Entity::due(ctx, |now| Column::LookAt.lte(now.micros())))
        .order_by_asc(Column::LookAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    let found = with_transactions(db, rows).await?;
    let due = found.into_iter().map(|(row, payment)| Due {
        id: row.id,
        row: Tenant::parse(&row.tenant)
            .map_err(|_| wrong("tenant", row.id))
            .and_then(|tenant| Ok((tenant, payment?))),
    });
    Ok(due.collect())
}

/// Says when the job looks at a payment next, and how often it has tried.
pub(crate) async fn put_off(
    tx: &Tx,
    id: Uuid,
    tries: u32,
    until: Option<Timestamp>,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::LookAt, until.map(Timestamp::micros).into())
        .col_expr(
            Column::Tries,
            i32::try_from(tries).unwrap_or(i32::MAX).into(),
        )
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Finds a payment of any tenant by the provider's name of it, or else by its own id.
pub(crate) async fn named(
    db: &impl ConnectionTrait,
    provider: &str,
    provider_id: &str,
    id: Option<Uuid>,
) -> Result<Option<(Tenant, Id<Payment>)>, StoreError> {
    let of_provider = || Entity::find().filter(Column::Provider.eq(provider));
    let by_name = of_provider().filter(Column::ProviderId.eq(provider_id));
    let mut found = by_name.one(db).await?;
    if found.is_none()
        && let Some(id) = id
    {
        let by_id = of_provider().filter(Column::Id.eq(id));
        // Another name that it has is another payment's event.
        found = by_id
            .one(db)
            .await?
            .filter(|row| row.provider_id.is_empty());
    }
    let Some(row) = found else { return Ok(None) };
    let tenant = Tenant::parse(&row.tenant).map_err(|_| wrong("tenant", row.id))?;
    Ok(Some((tenant, Id::from_uuid(row.id))))
}

/// Remembers the provider's name of the account that pays.
pub(crate) async fn name_payer(
    tx: &Tx,
    ctx: &Ctx,
    id: Id<Payment>,
    payer: &str,
) -> Result<(), StoreError> {
    Entity::update_of(&ctx.tenant)
        .col_expr(Column::Payer, payer.into())
        .filter(Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Reads payments with their transactions.
async fn with_transactions(
    db: &impl ConnectionTrait,
    rows: Vec<Model>,
) -> Result<Vec<(Model, Result<Payment, StoreError>)>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    // The payments were read by their tenants; ids are the same in no two.
    let found = transaction::Entity::find()
        .filter(transaction::Column::PaymentId.is_in(rows.iter().map(|row| row.id)))
        .order_by_asc(transaction::Column::Number)
        .all(db)
        .await?;
    let mut of: HashMap<Uuid, Vec<transaction::Model>> = HashMap::new();
    for one in found {
        of.entry(one.payment_id).or_default().push(one);
    }
    let read = rows.into_iter().map(|row| {
        let transactions = of.remove(&row.id).unwrap_or_default();
        let payment = read(&row, transactions);
        (row, payment)
    });
    Ok(read.collect())
}

fn wrong(column: &'static str, id: Uuid) -> StoreError {
    StoreError::inconsistent("payments", column, id.to_string())
}

fn row(ctx: &Ctx, payment: &Payment, look_at: Option<Timestamp>) -> Model {
    Model {
        id: payment.id.uuid(),
        tenant: ctx.tenant.to_string(),
        account_id: payment.account.uuid(),
        amount_minor: payment.amount.minor,
        currency: payment.amount.currency.to_string(),
        method: payment.method.as_str().to_owned(),
        reference: payment.reference.clone(),
        description: payment.description.clone(),
        provider: payment.provider.clone(),
        provider_id: payment.provider_id.clone(),
        charge: payment.charge.name().to_owned(),
        cancel_asked_at: payment.cancel_asked.map_or(0, Timestamp::micros),
        status: payment.status().name().to_owned(),
        version: payment.version,
        created_at: payment.created_at.micros(),
        updated_at: payment.updated_at.micros(),
        tries: i32::try_from(payment.tries).unwrap_or(i32::MAX),
        look_at: look_at.map(Timestamp::micros),
        off_session: payment.off_session,
        payer: payment.payer.clone(),
    }
}

fn read(row: &Model, transactions: Vec<transaction::Model>) -> Result<Payment, StoreError> {
    let wrong = |column| wrong(column, row.id);
    let currency = Currency::parse(&row.currency).map_err(|_| wrong("currency"))?;
    let charge = ChargeState::NAMES
        .iter()
        .find(|(_, name)| *name == row.charge);
    let transactions: Result<Vec<_>, _> = transactions.into_iter().map(read_transaction).collect();
    let cancel_asked = row.cancel_asked_at;
    Ok(Payment {
        id: Id::from_uuid(row.id),
        account: Id::from_uuid(row.account_id),
        amount: Money::new(row.amount_minor, currency),
        method: PaymentMethod::new(&row.method),
        reference: row.reference.clone(),
        description: row.description.clone(),
        provider: row.provider.clone(),
        provider_id: row.provider_id.clone(),
        off_session: row.off_session,
        payer: row.payer.clone(),
        charge: charge
            .map(|(state, _)| *state)
            .ok_or_else(|| wrong("charge"))?,
        cancel_asked: (cancel_asked > 0).then(|| Timestamp::from_micros(cancel_asked)),
        transactions: transactions?,
        version: row.version,
        created_at: Timestamp::from_micros(row.created_at),
        updated_at: Timestamp::from_micros(row.updated_at),
        tries: u32::try_from(row.tries).map_err(|_| wrong("tries"))?,
    })
}

fn read_transaction(row: transaction::Model) -> Result<Transaction, StoreError> {
    let wrong = |column| StoreError::inconsistent("transactions", column, row.id.to_string());
    let kind = Kind::NAMES.iter().find(|(_, name)| *name == row.kind);
    let status = Movement::NAMES.iter().find(|(_, name)| *name == row.status);
    Ok(Transaction {
        id: Id::from_uuid(row.id),
        kind: kind.map(|(kind, _)| *kind).ok_or_else(|| wrong("kind"))?,
        status: status
            .map(|(status, _)| *status)
            .ok_or_else(|| wrong("status"))?,
        key: row.key,
        minor: row.amount_minor,
        provider_id: row.provider_id,
        created_at: Timestamp::from_micros(row.created_at),
        updated_at: Timestamp::from_micros(row.updated_at),
    })
}
