//! Rules: one row each, with the whole message as its document.

use std::collections::HashMap;

use prost::Message as _;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
};
use sv_kernel::{Ctx, Id};
use sv_proto::rights as pb;
use sv_store::{StoreError, TenantTable as _, Tx};
use uuid::Uuid;

use super::entity::{
    rule::{Column, Entity, Model},
    rule_plan,
};
use crate::{documents::scope, domain::Plan};

/// Finds a rule.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    id: Uuid,
) -> Result<Option<pb::Rule>, StoreError> {
    let row = Entity::of(&ctx.tenant)
        .filter(Column::Id.eq(id))
        .one(db)
        .await?;
    row.as_ref().map(decode).transpose()
}

/// Finds a rule and keeps others from changing it until the transaction ends.
pub(crate) async fn lock(tx: &Tx, ctx: &Ctx, id: Uuid) -> Result<Option<pb::Rule>, StoreError> {
    let query = Entity::of(&ctx.tenant).filter(Column::Id.eq(id));
    let row = query.lock_exclusive().one(tx).await?;
    row.as_ref().map(decode).transpose()
}

/// Finds the rules that are about these titles and types, by what they are about. One that cannot be
/// read counts as none and keeps no other back.
pub(crate) async fn about(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    scopes: impl IntoIterator<Item = String>,
) -> Result<HashMap<String, pb::Rule>, StoreError> {
    let rows = Entity::of(&ctx.tenant)
        .filter(Column::Scope.is_in(scopes))
        .all(db)
        .await?;
    let readable = rows.into_iter().filter_map(|row| {
        let rule = decode(&row).inspect_err(|failure| {
            tracing::error!(
                error = failure as &dyn std::error::Error,
                "rule is left out"
            );
        });
        Some((row.scope, rule.ok()?))
    });
    Ok(readable.collect())
}

/// Lists up to `limit` rules in the order in which they were made, after one of them.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    content: Option<Uuid>,
    after: Option<Uuid>,
    skip: u32,
    limit: u32,
) -> Result<Vec<pb::Rule>, StoreError> {
    let rows = Entity::of(&ctx.tenant)
        .apply_if(content, |rows, content| {
            rows.filter(Column::Scope.eq(format!("title {content}")))
        })
        .apply_if(after, |rows, after| rows.filter(Column::Id.gt(after)))
        .order_by_asc(Column::Id)
        .offset(u64::from(skip))
        .limit(u64::from(limit))
        .all(db)
        .await?;
    rows.iter().map(decode).collect()
}

/// Adds a rule. Fails as a duplicate where there is one about the same.
pub(crate) async fn insert(
    tx: &Tx,
    ctx: &Ctx,
    id: Uuid,
    rule: &pb::Rule,
) -> Result<(), StoreError> {
    row(ctx, id, rule).into_active_model().insert(tx).await?;
    name_plans(tx, ctx, id, rule).await
}

/// Writes a rule over one that was locked.
pub(crate) async fn update(
    tx: &Tx,
    ctx: &Ctx,
    id: Uuid,
    rule: &pb::Rule,
) -> Result<(), StoreError> {
    row(ctx, id, rule)
        .into_active_model()
        .reset_all()
        .update(tx)
        .await?;
    forget_plans(tx, ctx, id).await?;
    name_plans(tx, ctx, id, rule).await
}

/// Deletes a rule that was locked.
pub(crate) async fn delete(tx: &Tx, ctx: &Ctx, id: Uuid) -> Result<(), StoreError> {
    forget_plans(tx, ctx, id).await?;
    let row = Entity::delete_of(&ctx.tenant).filter(Column::Id.eq(id));
    row.exec(tx).await?;
    Ok(())
}

/// Says whether a rule names a plan.
pub(crate) async fn name_plan(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    plan: Id<Plan>,
) -> Result<bool, StoreError> {
    let named =
        rule_plan::Entity::of(&ctx.tenant).filter(rule_plan::Column::PlanId.eq(plan.uuid()));
    Ok(named.limit(1).one(db).await?.is_some())
}

async fn name_plans(tx: &Tx, ctx: &Ctx, id: Uuid, rule: &pb::Rule) -> Result<(), StoreError> {
    let plans = rule.plan_ids.iter().filter_map(|plan| plan.parse().ok());
    let rows: Vec<_> = plans
        .map(|plan_id| rule_plan::Model {
            tenant: ctx.tenant.to_string(),
            rule_id: id,
            plan_id,
        })
        .map(rule_plan::Model::into_active_model)
        .collect();
    if !rows.is_empty() {
        rule_plan::Entity::insert_many(rows).exec(tx).await?;
    }
    Ok(())
}

async fn forget_plans(tx: &Tx, ctx: &Ctx, id: Uuid) -> Result<(), StoreError> {
    let rows = rule_plan::Entity::delete_of(&ctx.tenant).filter(rule_plan::Column::RuleId.eq(id));
    rows.exec(tx).await?;
    Ok(())
}

fn row(ctx: &Ctx, id: Uuid, rule: &pb::Rule) -> Model {
    Model {
        id,
        tenant: ctx.tenant.to_string(),
        scope: scope(rule),
        document: rule.encode_to_vec(),
    }
}

fn decode(row: &Model) -> Result<pb::Rule, StoreError> {
    pb::Rule::decode(row.document.as_slice())
        .map_err(|_| StoreError::inconsistent("rules", "document", row.id.to_string()))
}
