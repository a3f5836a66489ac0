//! What editors do with rules (RGT-12).

use sv_kernel::{Ctx, Error, Page, PageAsk, PageRequest, Result};
use sv_proto::{
    common::CommonReason,
    content::BatchGetContentsRequest,
    convert::{page_error, timestamp},
    rights::{self as pb, RightsReason},
};
use sv_rpc::{call, error, mask::merge};
use sv_store::{StoreError, Tx, audit, work};
use uuid::Uuid;

use super::{App, expect, parse};
use crate::{
    documents::{prepare_rule, scope},
    domain::{Plan, unfit},
    store::{plans, rules},
};

/// The name of a rule in the protos.
const MESSAGE: &str = "streamverse.rights.v1.Rule";

impl App {
    /// Lists rules in the order in which they were made; with a title only its own.
    pub(crate) async fn rules(
        &self,
        ctx: &Ctx,
        content: &str,
        ask: PageAsk<'_>,
    ) -> Result<(Vec<pb::Rule>, String)> {
        let content = parse(content);
        let list = format!("rules {content:?}");
        let PageRequest { size, after, skip } = self.pages.read(&list, ask).map_err(page_error)?;
        let after = after.as_deref().and_then(parse);
        let rows = rules::list(self.db.read(), ctx, content, after, skip, size + 1).await?;
        let page = Page::cut(rows, size, |rule| rule.id.clone());
        let next = self.pages.write(&list, page.next.as_deref());
        Ok((page.items, next))
    }

    /// Returns a rule.
    pub(crate) async fn rule(&self, ctx: &Ctx, id: &str) -> Result<pb::Rule> {
        let id = parse(id).ok_or(RightsReason::RuleNotFound)?;
        let found = rules::find(self.db.read(), ctx, id).await?;
        found.ok_or_else(|| RightsReason::RuleNotFound.into())
    }

    /// Creates a rule.
    pub(crate) async fn create_rule(
        &self,
        ctx: &Ctx,
        rule: pb::Rule,
    ) -> Result<pb::CreateRuleResponse> {
        let prepared = &prepare_rule(rule)?;
        self.title_is_there(ctx, prepared).await?;
        let id = ctx.new_id::<pb::Rule>().uuid();
        let now = Some(timestamp(ctx.now()));
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                let created = pb::Rule {
                    id: id.to_string(),
                    version: 1,
                    create_time: now,
                    update_time: now,
                    ..with_plans(tx, ctx, prepared.clone()).await?
                };
                stands_alone(tx, ctx, &created).await?;
                rules::insert(tx, ctx, id, &created).await.map_err(raced)?;
                audit::record(tx, ctx, act(id, None, Some(&created))).await?;
                let rule = Some(created);
                Ok(pb::CreateRuleResponse { rule })
            })
        });
        done.await
    }

    /// Replaces a rule, or changes the fields that a mask names.
    pub(crate) async fn update_rule(
        &self,
        ctx: &Ctx,
        request: pb::UpdateRuleRequest,
    ) -> Result<pb::UpdateRuleResponse> {
        let id = parse(&request.id).ok_or(RightsReason::RuleNotFound)?;
        // Read first: the catalogue is not asked while the row is locked.
        let seen = &self.rule(ctx, &request.id).await?;
        let rule = request.rule.unwrap_or_default();
        expect(ctx, rule.version, seen.version)?;
        let wanted = match request.update_mask {
            Some(mask) if !mask.paths.is_empty() => merge(MESSAGE, seen, &rule, &mask.paths)?,
            _ => rule,
        };
        let prepared = &prepare_rule(wanted)?;
        if prepared.content_id != seen.content_id {
            self.title_is_there(ctx, prepared).await?;
        }
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                let before = locked(tx, ctx, id).await?;
                // What was merged with is what is changed.
                expect(ctx, seen.version, before.version)?;
                let saved = pb::Rule {
                    id: before.id.clone(),
                    version: before.version.saturating_add(1),
                    create_time: before.create_time,
                    update_time: Some(timestamp(ctx.now())),
                    ..with_plans(tx, ctx, prepared.clone()).await?
                };
                stands_alone(tx, ctx, &saved).await?;
                rules::update(tx, ctx, id, &saved).await.map_err(raced)?;
                audit::record(tx, ctx, act(id, Some(&before), Some(&saved))).await?;
                let rule = Some(saved);
                Ok(pb::UpdateRuleResponse { rule })
            })
        });
        done.await
    }

    /// Deletes a rule.
    pub(crate) async fn delete_rule(&self, ctx: &Ctx, id: &str) -> Result<pb::DeleteRuleResponse> {
        let id = parse(id).ok_or(RightsReason::RuleNotFound)?;
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                let before = locked(tx, ctx, id).await?;
                expect(ctx, 0, before.version)?;
                rules::delete(tx, ctx, id).await?;
                audit::record(tx, ctx, act(id, Some(&before), None)).await?;
                Ok(pb::DeleteRuleResponse {})
            })
        });
        done.await
    }

    /// Refuses a rule about a title that nobody knows.
    async fn title_is_there(&self, ctx: &Ctx, rule: &pb::Rule) -> Result<()> {
        if rule.content_id.is_empty() {
            return Ok(());
        }
        let request = BatchGetContentsRequest {
            ids: vec![rule.content_id.clone()],
        };
        let answer = self
            .content
            .clone()
            .batch_get_contents(call(ctx, request))
            .await;
        if answer.map_err(error)?.into_inner().contents.is_empty() {
            return Err(unfit("rule.contentId", "UNKNOWN", "is the id of a title"));
        }
        Ok(())
    }
}

/// Refuses a rule beside another one about the same, and names that.
async fn stands_alone(tx: &Tx, ctx: &Ctx, rule: &pb::Rule) -> Result<()> {
    let there = rules::about(tx, ctx, [scope(rule)]).await?;
    match there.into_values().find(|other| other.id != rule.id) {
        Some(other) => Err(Error::from(RightsReason::RuleExists).with("rule", other.id)),
        None => Ok(()),
    }
}

/// Replaces codes of plans by their ids, each once.
async fn with_plans(tx: &Tx, ctx: &Ctx, mut rule: pb::Rule) -> Result<pb::Rule> {
    if rule.plan_ids.is_empty() {
        return Ok(rule);
    }
    let known = plans::by_names(tx, ctx, &rule.plan_ids).await?;
    let mut named = Vec::new();
    for name in &rule.plan_ids {
        // An id before a code that looks like one.
        let is_id = |plan: &&Plan| plan.id.to_string().eq_ignore_ascii_case(name);
        let by_code = || known.iter().find(|plan| plan.code == *name);
        let found = known.iter().find(is_id).or_else(by_code);
        let id = found.map(|plan| plan.id.to_string());
        let Some(id) = id else {
            return Err(unfit(
                "rule.planIds",
                "UNKNOWN",
                "are ids or codes of plans",
            ));
        };
        if !named.contains(&id) {
            named.push(id);
        }
    }
    rule.plan_ids = named;
    Ok(rule)
}

/// Finds a rule that is to be changed, and locks it.
async fn locked(tx: &Tx, ctx: &Ctx, id: Uuid) -> Result<pb::Rule> {
    let found = rules::lock(tx, ctx, id).await?;
    found.ok_or_else(|| RightsReason::RuleNotFound.into())
}

/// Says that another rule about the same was made at the same moment.
fn raced(failure: StoreError) -> Error {
    if failure.is_duplicate() {
        Error::from(CommonReason::Contended).because(failure)
    } else {
        failure.into()
    }
}

/// Describes what was done to a rule, for its audit record.
fn act(id: Uuid, old: Option<&pb::Rule>, new: Option<&pb::Rule>) -> audit::Act {
    let values = |rule: Option<&pb::Rule>| match rule {
        Some(rule) => sv_rpc::audit::values(MESSAGE, rule),
        None => serde_json::Value::Null,
    };
    audit::Act::on("rule", id).changed(values(old), values(new))
}
