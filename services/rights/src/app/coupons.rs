//! Coupons: what editors do with them, and how a subscription comes to have one (X-PAY-5).

use sv_kernel::{Ctx, Error, Page, PageAsk, PageRequest, Result};
use sv_proto::{
    convert::{page_error, timestamp},
    rights::{self as pb, CouponStatus, RightsReason},
};
use sv_rpc::mask::merge;
use sv_store::{StoreError, Tx, audit, work};
use uuid::Uuid;

use super::{App, expect, parse};
use crate::{
    documents::coupon::{charges, discount, gives_the_same, is_used_up, prepare, refused_at},
    domain::{Coupon, Held, Plan, Subscription, coupon::read_code, unfit},
    store::{coupons, plans, subscriptions},
};

/// The name of a coupon in the protos.
const MESSAGE: &str = "streamverse.rights.v1.Coupon";

impl App {
    /// Says what a plan would cost the account with a coupon.
    pub(crate) async fn validate_coupon(
        &self,
        ctx: &Ctx,
        request: &pb::ValidateCouponRequest,
    ) -> Result<pb::ValidateCouponResponse> {
        let user = self.grown_up(ctx).await?;
        let db = self.db.read();
        let plan = plans::find(db, ctx, &request.plan_id).await?;
        let plan = plan.filter(|plan| plan.on_sale).ok_or_else(|| {
            Error::from(RightsReason::PlanNotFound).with("plan", &request.plan_id)
        })?;
        let found = match read_code(&request.code) {
            Some(code) => coupons::by_code(db, ctx, &code).await?,
            None => None,
        };
        let coupon = found.ok_or(RightsReason::CouponNotFound)?;
        let uses = coupons::uses_by(db, ctx, coupons::id_of(&coupon)?.uuid(), user).await?;
        let off = usable(ctx, &coupon, uses, &plan)?;
        let price = plan.price.minor();
        // A discount is at most the price, which has 32 bits.
        let off = i32::try_from(off).unwrap_or(price);
        Ok(pb::ValidateCouponResponse {
            code: coupon.code.clone(),
            price_minor: price,
            discount_minor: off,
            total_minor: price - off,
            currency: plan.price.currency().to_string(),
            duration: coupon.duration,
            periods: coupon.periods,
            end_time: coupon.end_time,
        })
    }

    /// Lists coupons, newest first.
    pub(crate) async fn coupons(
        &self,
        ctx: &Ctx,
        ask: PageAsk<'_>,
    ) -> Result<pb::AdminListCouponsResponse> {
        let list = "coupons";
        let PageRequest { size, after, skip } = self.pages.read(list, ask).map_err(page_error)?;
        let after = after.as_deref().and_then(parse);
        let rows = coupons::list(self.db.read(), ctx, after, skip, size + 1).await?;
        let page = Page::cut(rows, size, |coupon| coupon.id.clone());
        Ok(pb::AdminListCouponsResponse {
            next_page_token: self.pages.write(list, page.next.as_deref()),
            items: page.items,
        })
    }

    /// Returns a coupon.
    pub(crate) async fn coupon(&self, ctx: &Ctx, id: &str) -> Result<pb::Coupon> {
        let id = parse(id).ok_or(RightsReason::CouponNotFound)?;
        let found = coupons::find(self.db.read(), ctx, id).await?;
        found.ok_or_else(|| RightsReason::CouponNotFound.into())
    }

    /// Creates a coupon.
    pub(crate) async fn create_coupon(
        &self,
        ctx: &Ctx,
        coupon: pb::Coupon,
    ) -> Result<pb::CreateCouponResponse> {
        let prepared = &prepare(coupon, None)?;
        if prepared
            .end_time
            .is_some_and(|end| sv_proto::convert::instant(end) <= ctx.now())
        {
            let wish = "is an instant that is to come";
            return Err(unfit("coupon.endTime", "FUTURE", wish));
        }
        let id = ctx.new_id::<Coupon>().uuid();
        let now = Some(timestamp(ctx.now()));
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                let created = pb::Coupon {
                    id: id.to_string(),
                    used: 0,
                    version: 1,
                    create_time: now,
                    update_time: now,
                    ..with_plans(tx, ctx, prepared.clone()).await?
                };
                let added = coupons::insert(tx, ctx, id, &created).await;
                added.map_err(|failure| taken(failure, &created))?;
                audit::record(tx, ctx, act(id, None, Some(&created))).await?;
                let coupon = Some(created);
                Ok(pb::CreateCouponResponse { coupon })
            })
        });
        done.await
    }

    /// Replaces a coupon, or changes the fields that a mask names.
    pub(crate) async fn update_coupon(
        &self,
        ctx: &Ctx,
        request: &pb::UpdateCouponRequest,
    ) -> Result<pb::UpdateCouponResponse> {
        let id = parse(&request.id).ok_or(RightsReason::CouponNotFound)?;
        let coupon = &request.coupon.clone().unwrap_or_default();
        let mask = request.update_mask.as_ref();
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                let before = locked(tx, ctx, id).await?;
                expect(ctx, coupon.version, before.version)?;
                let wanted = match mask {
                    Some(mask) if !mask.paths.is_empty() => {
                        merge(MESSAGE, &before, coupon, &mask.paths)?
                    }
                    _ => coupon.clone(),
                };
                let prepared = prepare(wanted, Some(&before))?;
                let saved = pb::Coupon {
                    id: before.id.clone(),
                    used: before.used,
                    version: before.version.saturating_add(1),
                    create_time: before.create_time,
                    update_time: Some(timestamp(ctx.now())),
                    ..with_plans(tx, ctx, prepared).await?
                };
                let of = coupons::id_of(&before)?;
                if !gives_the_same(&before, &saved)
                    && subscriptions::name_coupon(tx, ctx, of).await?
                {
                    return Err(RightsReason::CouponInUse.into());
                }
                let written = coupons::update(tx, ctx, id, &saved).await;
                written.map_err(|failure| taken(failure, &saved))?;
                audit::record(tx, ctx, act(id, Some(&before), Some(&saved))).await?;
                let coupon = Some(saved);
                Ok(pb::UpdateCouponResponse { coupon })
            })
        });
        done.await
    }

    /// Pauses a coupon that a subscription has or had, and returns it; deletes another.
    pub(crate) async fn delete_coupon(
        &self,
        ctx: &Ctx,
        id: &str,
    ) -> Result<pb::DeleteCouponResponse> {
        let id = parse(id).ok_or(RightsReason::CouponNotFound)?;
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                let before = locked(tx, ctx, id).await?;
                expect(ctx, 0, before.version)?;
                let of = coupons::id_of(&before)?;
                if !subscriptions::name_coupon(tx, ctx, of).await? {
                    coupons::delete(tx, ctx, id).await?;
                    audit::record(tx, ctx, act(id, Some(&before), None)).await?;
                    return Ok(pb::DeleteCouponResponse { coupon: None });
                }
                if before.status() == CouponStatus::Paused {
                    ctx.changes_nothing();
                    let coupon = Some(before);
                    return Ok(pb::DeleteCouponResponse { coupon });
                }
                let mut paused = pb::Coupon {
                    version: before.version.saturating_add(1),
                    update_time: Some(timestamp(ctx.now())),
                    ..before.clone()
                };
                paused.set_status(CouponStatus::Paused);
                coupons::update(tx, ctx, id, &paused).await?;
                audit::record(tx, ctx, act(id, Some(&before), Some(&paused))).await?;
                let coupon = Some(paused);
                Ok(pb::DeleteCouponResponse { coupon })
            })
        });
        done.await
    }
}

/// Returns what a coupon takes off a plan's price for an account that has used it so often; refuses one that cannot be
/// used.
fn usable(ctx: &Ctx, coupon: &pb::Coupon, uses: i64, plan: &Plan) -> Result<i64> {
    if let Some(refusal) = refused_at(coupon, ctx.now()) {
        return Err(refusal.into());
    }
    let off = discount(coupon, plan.id, plan.price)
        .ok_or_else(|| Error::from(RightsReason::CouponNotForPlan).with("plan", &plan.name))?;
    if uses >= coupon.max_uses_per_account.max(1).into() {
        return Err(RightsReason::CouponRedeemed.into());
    }
    if is_used_up(coupon) {
        return Err(RightsReason::CouponUsedUp.into());
    }
    Ok(off)
}

/// Gives a new subscription the coupon of a code, which stays locked until the transaction ends: of any number at the
/// same moment only as many get it as may. The use is counted by [`coupons::redeem`].
pub(super) async fn hold(
    tx: &Tx,
    ctx: &Ctx,
    code: &str,
    plan: &Plan,
    new: Subscription,
) -> Result<(Subscription, Option<pb::Coupon>)> {
    if code.is_empty() {
        return Ok((new, None));
    }
    let found = match read_code(code) {
        Some(code) => coupons::lock_code(tx, ctx, &code).await?,
        None => None,
    };
    let coupon = found.ok_or(RightsReason::CouponNotFound)?;
    let id = coupons::id_of(&coupon)?;
    let uses = coupons::uses_by(tx, ctx, id.uuid(), new.user).await?;
    usable(ctx, &coupon, uses, plan)?;
    let held = Held {
        coupon: id,
        left: charges(&coupon),
    };
    let with = Subscription {
        held: Some(held),
        ..new
    };
    Ok((with, Some(coupon)))
}

/// Says whether a subscription began with the coupon of a code, or with none where there is no code.
pub(super) async fn is_held(
    tx: &Tx,
    ctx: &Ctx,
    code: &str,
    by: &Subscription,
) -> Result<bool, StoreError> {
    if code.is_empty() {
        return Ok(by.held.is_none());
    }
    let found = match read_code(code) {
        Some(code) => coupons::by_code(tx, ctx, &code).await?,
        None => None,
    };
    let id = found.as_ref().map(coupons::id_of).transpose()?;
    Ok(id.is_some() && id == by.held.map(|held| held.coupon))
}

/// Replaces codes of plans by their ids, each once.
async fn with_plans(tx: &Tx, ctx: &Ctx, mut coupon: pb::Coupon) -> Result<pb::Coupon> {
    let mut named: Vec<String> = Vec::new();
    for name in &coupon.plan_ids {
        let found = plans::find(tx, ctx, name).await?;
        // Locked, it is not deleted before the coupon names it.
        let found = match found {
            Some(found) => plans::lock(tx, ctx, found.id).await?,
            None => None,
        };
        let plan =
            found.ok_or_else(|| Error::from(RightsReason::PlanNotFound).with("plan", name))?;
        let id = plan.id.to_string();
        if !named.contains(&id) {
            named.push(id);
        }
    }
    coupon.plan_ids = named;
    Ok(coupon)
}

/// Finds a coupon that is to be changed, and locks it.
async fn locked(tx: &Tx, ctx: &Ctx, id: Uuid) -> Result<pb::Coupon> {
    let found = coupons::lock(tx, ctx, id).await?;
    found.ok_or_else(|| RightsReason::CouponNotFound.into())
}

/// Says that a code is not free.
fn taken(failure: StoreError, coupon: &pb::Coupon) -> Error {
    if failure.is_duplicate() {
        Error::from(RightsReason::CouponCodeTaken)
            .with("code", &coupon.code)
            .because(failure)
    } else {
        failure.into()
    }
}

/// Describes what was done to a coupon, for its audit record.
fn act(id: Uuid, old: Option<&pb::Coupon>, new: Option<&pb::Coupon>) -> audit::Act {
    let values = |coupon: Option<&pb::Coupon>| match coupon {
        Some(coupon) => sv_rpc::audit::values(MESSAGE, coupon),
        None => serde_json::Value::Null,
    };
    audit::Act::on("coupon", id).changed(values(old), values(new))
}
