//! Invoices: the lines of each payment.

use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};
use sv_kernel::{Ctx, Id, User};
use sv_store::{StoreError, Tx};
use uuid::Uuid;

use crate::{
    domain::{InvoiceLine, LineKind},
    payments::Payment,
};

/// An invoice as it is stored: what became of it its payment says.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    /// Also the payment's.
    pub(crate) id: Uuid,
    pub(crate) user: Id<User>,
    pub(crate) lines: Vec<InvoiceLine>,
}

/// Writes the invoice of a payment.
pub(crate) async fn insert(
    tx: &Tx,
    ctx: &Ctx,
    of: &Payment,
    user: Id<User>,
    lines: &[InvoiceLine],
) -> Result<(), StoreError> {
    let lines: serde_json::Value = lines
        .iter()
        .map(|line| serde_json::json!([line.kind.name(), line.description, line.minor]))
        .collect();
    let sql = "INSERT INTO invoices (id, tenant, user_id, lines) VALUES ($1, $2, $3, $4)";
    let values: [Value; 4] = [
        of.id.uuid().into(),
        ctx.tenant.as_str().into(),
        user.uuid().into(),
        lines.to_string().into(),
    ];
    tx.run(sql, values).await.map(drop)
}

/// Finds an invoice.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    id: Uuid,
) -> Result<Option<Stored>, StoreError> {
    let sql = "SELECT id, user_id, lines FROM invoices WHERE tenant = $1 AND id = $2";
    let values: [Value; 2] = [ctx.tenant.as_str().into(), id.into()];
    let query = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let row = db.query_one_raw(query).await?;
    row.as_ref().map(read).transpose()
}

/// Lists up to `limit` invoices of an account, newest first, after one of them.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    user: Id<User>,
    after: Option<Uuid>,
    skip: u32,
    limit: u32,
) -> Result<Vec<Stored>, StoreError> {
    let sql =
        "SELECT id, user_id, lines FROM invoices WHERE tenant = $1 AND user_id = $2 AND id < $3
               ORDER BY id DESC LIMIT $4 OFFSET $5";
    let values: [Value; 5] = [
        ctx.tenant.as_str().into(),
        user.uuid().into(),
        after.unwrap_or(Uuid::max()).into(),
        i64::from(limit).into(),
        i64::from(skip).into(),
    ];
    let query = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    db.query_all_raw(query).await?.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<Stored, StoreError> {
    let id: Uuid = row.try_get("", "id")?;
    let wrong = || StoreError::inconsistent("invoices", "lines", id.to_string());
    let lines: String = row.try_get("", "lines")?;
    let lines: Vec<(String, String, i64)> = serde_json::from_str(&lines).map_err(|_| wrong())?;
    let lines = lines.into_iter().map(|(kind, description, minor)| {
        let kind = LineKind::NAMES.iter().find(|(_, name)| *name == kind);
        let (kind, _) = kind.ok_or_else(wrong)?;
        Ok(InvoiceLine {
            kind: *kind,
            description,
            minor,
        })
    });
    Ok(Stored {
        id,
        user: Id::from_uuid(row.try_get("", "user_id")?),
        lines: lines.collect::<Result<_, StoreError>>()?,
    })
}
