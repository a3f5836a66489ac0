//! Plans on sale, and the account's own subscriptions.

use std::collections::HashMap;

use sv_kernel::{Ctx, Error, Id, Page, PageAsk, PageRequest, Result, User};
use sv_proto::{
    common::CommonReason,
    convert::{detailed, me, page_error},
    rights::RightsReason,
};
use sv_store::{Position, Tx, audit, work};

use super::{App, act, ending, overdue};
use crate::{
    convert,
    domain::{PaidFor, Plan, Status, Subscription},
    store::{payments, plans, subscriptions},
};

/// The most subscriptions that a refusal lists.
const MOST_NAMED: usize = 10;

impl App {
    /// Lists the plans on sale, cheapest first.
    pub(crate) async fn plans(&self, ctx: &Ctx, ask: PageAsk<'_>) -> Result<(Vec<Plan>, String)> {
        let list = "plans";
        let page = self.pages.read(list, ask).map_err(page_error)?;
        let PageRequest { size, after, skip } = page;
        let mut all = plans::on_sale(self.db.read(), ctx).await?;
        if let Some(after) = after {
            let passed = all.iter().position(|plan| plan.id.to_string() == after);
            all.drain(..passed.map_or(0, |at| at + 1));
        }
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        all.drain(..skip.min(all.len()));
        let page = Page::cut(all, size, |plan| plan.id.to_string());
        Ok((page.items, self.pages.write(list, page.next.as_deref())))
    }

    /// Lists the account's subscriptions, newest first, each with its plan.
    pub(crate) async fn my_subscriptions(
        &self,
        ctx: &Ctx,
        ask: PageAsk<'_>,
    ) -> Result<(Vec<(Subscription, Plan)>, String)> {
        let user = me(ctx)?;
        // A child may look; nobody looks for a profile that is not of the account.
        self.audience.is_child(ctx).await?;
        self.subscriptions_of(ctx, user, ask).await
    }

    /// Lists an account's subscriptions, newest first, each with its plan.
    pub(super) async fn subscriptions_of(
        &self,
        ctx: &Ctx,
        user: Id<User>,
        ask: PageAsk<'_>,
    ) -> Result<(Vec<(Subscription, Plan)>, String)> {
        let list = format!("subscriptions of {user}");
        let page = self.pages.read(&list, ask).map_err(page_error)?;
        let after = Position::of(&page)?;
        let PageRequest { size, skip, .. } = page;
        let rows = subscriptions::list(self.db.read(), ctx, user, after, skip, size + 1).await?;
        let page = Page::cut(rows, size, |last| {
            let (at, id) = (last.created_at, last.id.uuid());
            Position { at, id }.key()
        });
        let ids = page.items.iter().map(|subscription| subscription.plan);
        let plans = plans::by_ids(self.db.read(), ctx, ids).await?;
        let plans: HashMap<Id<Plan>, Plan> =
            plans.into_iter().map(|plan| (plan.id, plan)).collect();
        let with_plans = page.items.into_iter().filter_map(|subscription| {
            let plan = plans.get(&subscription.plan)?.clone();
            Some((subscription, plan))
        });
        Ok((
            with_plans.collect(),
            self.pages.write(&list, page.next.as_deref()),
        ))
    }

    /// Cancels a subscription of the account at the end of what is paid (C12). A payment of it that is
    /// under way is cancelled, too.
    pub(crate) async fn cancel(&self, ctx: &Ctx, id: &str) -> Result<(Subscription, Plan)> {
        let user = self.grown_up(ctx).await?;
        let done = self.db.write(ctx, |tx| {
            work(async move {
                let mut open = Vec::new();
                for one in subscriptions::lock_open(tx, ctx, user).await? {
                    let meant = id.is_empty() || one.id.to_string() == id;
                    if meant && may_charge(tx, ctx, &one).await? {
                        open.push(one);
                    }
                }
                if open.len() > 1 {
                    return Err(ambiguous(tx, ctx, open).await?);
                }
                let open = open.pop().ok_or(RightsReason::SubscriptionNotFound)?;
                if open.cancel_at_period_end {
                    ctx.changes_nothing();
                    return Ok((open, false));
                }
                let cancelled = open.clone().cancelled();
                let given_up =
                    payments::void_open(tx, ctx, PaidFor::Subscription(cancelled.id)).await?;
                if !subscriptions::update(tx, ctx, &cancelled).await? {
                    return Err(CommonReason::Contended.into());
                }
                audit::record(tx, ctx, act(Some(&open), &cancelled, None)).await?;
                ending::tell(tx, ctx, &open, &cancelled).await?;
                if open.overdue.is_some() {
                    let plan = plans::by_ids(tx, ctx, [open.plan]).await?;
                    let plan = plan.first().ok_or(CommonReason::Internal)?;
                    overdue::tell(tx, ctx, &open, &cancelled, plan).await?;
                }
                Ok((cancelled, given_up))
            })
        });
        let (cancelled, given_up) = done.await?;
        if given_up {
            self.unwanted.notify_one();
        }
        let plan = self.plan_of(ctx, &cancelled).await?;
        Ok((cancelled, plan))
    }
}

/// Refuses to choose among several.
async fn ambiguous(tx: &Tx, ctx: &Ctx, open: Vec<Subscription>) -> Result<Error> {
    let plans = plans::by_ids(tx, ctx, open.iter().map(|one| one.plan)).await?;
    let running = convert::running(open.iter().take(MOST_NAMED), &plans);
    let refusal = Error::from(RightsReason::SubscriptionAmbiguous);
    Ok(detailed(refusal, &running))
}

/// Says whether a subscription runs, or would go on by a payment that is under way.
async fn may_charge(tx: &Tx, ctx: &Ctx, one: &Subscription) -> Result<bool> {
    if one.status_at(ctx.now()) != Status::Ended {
        return Ok(true);
    }
    let newest = payments::newest(tx, ctx, PaidFor::Subscription(one.id)).await?;
    Ok(newest.is_some_and(|newest| newest.status.is_open()))
}
