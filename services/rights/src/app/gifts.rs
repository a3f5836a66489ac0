//! Codes that give a plan without a payment (X-PAY-5).

use sv_kernel::{Ctx, Error, Id, Page, PageAsk, PageRequest, Result, User};
use sv_proto::{
    common::CommonReason,
    convert::{instant, page_error},
    rights::{self as pb, RightsReason},
};
use sv_store::{Tx, audit, work};

use super::{App, act, activated, overdue, parse};
use crate::{
    convert,
    domain::{Code, Gift, PaidFor, Plan, Subscription, unfit},
    store::{gifts, payments, plans, subscriptions},
};

impl App {
    /// Makes a code.
    pub(crate) async fn create_gift(
        &self,
        ctx: &Ctx,
        request: &pb::CreateGiftRequest,
    ) -> Result<pb::CreateGiftResponse> {
        let expires_at = request.expire_time.map(instant);
        if expires_at.is_some_and(|end| end <= ctx.now()) {
            return Err(unfit(
                "expireTime",
                "FUTURE",
                "is an instant that is to come",
            ));
        }
        let code = &Code::random(self.entropy.as_ref());
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                let named = plans::find(tx, ctx, &request.plan_id).await?;
                // Locked, it is not deleted before the code names it.
                let plan = match named {
                    Some(named) => plans::lock(tx, ctx, named.id).await?,
                    None => None,
                };
                let plan = plan.ok_or_else(|| {
                    Error::from(RightsReason::PlanNotFound).with("plan", &request.plan_id)
                })?;
                let gift = Gift {
                    id: ctx.new_id(),
                    hint: code.hint(),
                    note: request.note.clone(),
                    plan: plan.id,
                    months: request.months.unsigned_abs(),
                    max_uses: request.max_uses.max(1),
                    used: 0,
                    expires_at,
                    revoked: false,
                    created_at: ctx.now(),
                };
                gifts::insert(tx, ctx, &gift, code).await?;
                audit::record(tx, ctx, made(None, &gift)).await?;
                Ok(pb::CreateGiftResponse {
                    gift: Some((&gift).into()),
                    code: code.shown(),
                })
            })
        });
        done.await
    }

    /// Lists codes, newest first.
    pub(crate) async fn gifts(
        &self,
        ctx: &Ctx,
        ask: PageAsk<'_>,
    ) -> Result<pb::AdminListGiftsResponse> {
        let list = "gifts";
        let PageRequest { size, after, skip } = self.pages.read(list, ask).map_err(page_error)?;
        let after = after.as_deref().and_then(parse);
        let rows = gifts::list(self.db.read(), ctx, after, skip, size + 1).await?;
        let page = Page::cut(rows, size, |gift| gift.id.to_string());
        Ok(pb::AdminListGiftsResponse {
            items: page.items.iter().map(Into::into).collect(),
            next_page_token: self.pages.write(list, page.next.as_deref()),
        })
    }

    /// Lets nobody redeem a code any more.
    pub(crate) async fn revoke_gift(
        &self,
        ctx: &Ctx,
        id: Id<Gift>,
    ) -> Result<pb::RevokeGiftResponse> {
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                let gift = if let Some(gift) = gifts::revoke(tx, ctx, id).await? {
                    let before = Gift {
                        revoked: false,
                        ..gift.clone()
                    };
                    audit::record(tx, ctx, made(Some(&before), &gift)).await?;
                    gift
                } else {
                    let was = gifts::find(tx, ctx, id).await?;
                    let was = was.ok_or(RightsReason::GiftNotFound)?;
                    ctx.changes_nothing();
                    was
                };
                let gift = Some((&gift).into());
                Ok(pb::RevokeGiftResponse { gift })
            })
        });
        done.await
    }

    /// Gives an account what a code stands for.
    pub(crate) async fn redeem(&self, ctx: &Ctx, typed: &str) -> Result<pb::RedeemGiftResponse> {
        let user = self.grown_up(ctx).await?;
        let code = &Code::read(typed).ok_or(RightsReason::GiftNotFound)?;
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                let Some(gift) = gifts::take(tx, ctx, code).await? else {
                    return Err(why_not(tx, ctx, code, user).await?);
                };
                let plans = plans::by_ids(tx, ctx, [gift.plan]).await?;
                let plan = plans.into_iter().next().ok_or(CommonReason::Internal)?;
                let given = give(tx, ctx, user, &gift, &plan).await?;
                let redeemed = gifts::redeem(tx, ctx, gift.id, user, given.id).await;
                redeemed.map_err(|failure| {
                    if failure.is_duplicate() {
                        Error::from(RightsReason::GiftRedeemed).because(failure)
                    } else {
                        failure.into()
                    }
                })?;
                activated(tx, ctx, &given, &plan).await?;
                let subscription = Some(convert::subscription(&given, &plan, ctx.now()));
                Ok(pb::RedeemGiftResponse { subscription })
            })
        });
        let answer = done.await?;
        // A change of plan may have been given up.
        self.unwanted.notify_one();
        Ok(answer)
    }
}

/// Prolongs what the account has of the plan, or begins one that ends by itself.
async fn give(
    tx: &Tx,
    ctx: &Ctx,
    user: Id<User>,
    gift: &Gift,
    plan: &Plan,
) -> Result<Subscription> {
    let open = subscriptions::lock_open(tx, ctx, user).await?;
    let runs = |one: &Subscription| one.ends_with(plan.id) && one.gives_access(ctx.now());
    let (before, given) = if let Some(running) = open.into_iter().find(runs) {
        let prolonged = running.clone().prolonged(gift.months, ctx.now());
        let of = PaidFor::Subscription(running.id);
        let open = payments::newest(tx, ctx, of).await?;
        if open.is_some_and(|open| open.status.is_open()) {
            // A renewal that waits is asked for anew when what was given is over; a change of plan has counted what is
            // left without these months, which would become months of the other plan.
            payments::void_open(tx, ctx, of).await?;
        }
        if !subscriptions::update(tx, ctx, &prolonged).await? {
            return Err(CommonReason::Contended.into());
        }
        overdue::tell(tx, ctx, &running, &prolonged, plan).await?;
        (Some(running), prolonged)
    } else {
        let (id, now) = (ctx.new_id(), ctx.now());
        let new = Subscription::given(id, user, plan.id, gift.months, now);
        subscriptions::insert(tx, ctx, &new).await?;
        (None, new)
    };
    audit::record(tx, ctx, act(before.as_ref(), &given, Some(plan))).await?;
    Ok(given)
}

/// Says why a code gives an account nothing.
async fn why_not(tx: &Tx, ctx: &Ctx, code: &Code, user: Id<User>) -> Result<Error> {
    let Some(gift) = gifts::redeemable(tx, ctx, code).await? else {
        return Ok(RightsReason::GiftNotFound.into());
    };
    if gifts::has_redeemed(tx, gift.id, user).await? {
        return Ok(RightsReason::GiftRedeemed.into());
    }
    Ok(RightsReason::GiftUsedUp.into())
}

/// Describes what was done to a code, for its audit record.
fn made(old: Option<&Gift>, new: &Gift) -> audit::Act {
    let values =
        |gift: &Gift| sv_rpc::audit::values("streamverse.rights.v1.Gift", &pb::Gift::from(gift));
    let old = old.map_or(serde_json::Value::Null, values);
    audit::Act::on("gift", new.id).changed(old, values(new))
}
