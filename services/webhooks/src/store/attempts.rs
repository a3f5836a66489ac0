//! Tries to deliver.

use std::time::Duration;

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _,
};
use sv_kernel::{Ctx, Id, Timestamp};
use sv_store::{StoreError, TenantTable as _, Tx};

use super::entity::attempt::{Column, Entity, Model};
use crate::domain::{Answer, Attempt, Delivery};

/// Writes one.
pub(crate) async fn insert(
    tx: &Tx,
    ctx: &Ctx,
    of: Id<Delivery>,
    attempt: &Attempt,
) -> Result<(), StoreError> {
    let (answer, problem) = match &attempt.answer {
        Ok(answer) => (answer.clone(), String::new()),
        Err(problem) => (Answer::default(), problem.chars().take(500).collect()),
    };
    let row = Model {
        delivery_id: of.uuid(),
        number: i32::try_from(attempt.number).unwrap_or(i32::MAX),
        tenant: ctx.tenant.to_string(),
        at: attempt.at.micros(),
        duration_millis: i32::try_from(attempt.took.as_millis()).unwrap_or(i32::MAX),
        response_status: answer.status.into(),
        response_text: answer.text,
        problem,
    };
    row.into_active_model().insert(tx).await.map(drop)?;
    Ok(())
}

/// Lists those of a delivery, oldest first.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    of: Id<Delivery>,
) -> Result<Vec<Attempt>, StoreError> {
    let rows = Entity::of(&ctx.tenant)
        .filter(Column::DeliveryId.eq(of.uuid()))
        .order_by_asc(Column::Number);
    let rows = rows.all(db).await?;
    Ok(rows.into_iter().map(Attempt::from).collect())
}

impl From<Model> for Attempt {
    fn from(row: Model) -> Self {
        let answer = match u16::try_from(row.response_status) {
            Ok(status) if status > 0 => Ok(Answer {
                status,
                text: row.response_text,
                retry_after: None,
            }),
            _ => Err(row.problem),
        };
        Self {
            number: row.number.unsigned_abs(),
            at: Timestamp::from_micros(row.at),
            took: Duration::from_millis(row.duration_millis.unsigned_abs().into()),
            answer,
        }
    }
}
