//! Codes that make plans cheaper (X-PAY-5).

use std::time::Duration;

use futures::future::join_all;
use sv_kernel::{Ctx, Error, Id, User};
use sv_proto::{
    convert::timestamp,
    options::Role,
    rights::{
        self as pb, CouponDuration, CouponStatus, InvoiceLineKind, InvoiceStatus,
        SubscriptionStatus,
    },
    users::UserReason,
};
use sv_rpc::{call, error};

use super::{
    TestApp,
    peers::{Entry, FILM, KID},
};

impl TestApp {
    pub(super) async fn make_coupon(&self, coupon: pb::Coupon) -> Result<pb::Coupon, Error> {
        let request = pb::CreateCouponRequest {
            coupon: Some(coupon),
        };
        let mut campaigns = self.campaigns.clone();
        let answer = campaigns
            .create_coupon(call(&self.anyone_who_edits(), request))
            .await;
        Ok(answer.map_err(error)?.into_inner().coupon.unwrap())
    }

    /// An editor who has just signed in.
    fn anyone_who_edits(&self) -> Ctx {
        let editor = self.harness.env.ids.next();
        self.harness.viewer(editor, [Role::Admin])
    }

    async fn change_coupon(&self, coupon: &pb::Coupon, path: &str) -> Result<pb::Coupon, Error> {
        let request = pb::UpdateCouponRequest {
            id: coupon.id.clone(),
            coupon: Some(pb::Coupon {
                version: 0,
                ..coupon.clone()
            }),
            update_mask: Some(prost_types::FieldMask {
                paths: vec![path.into()],
            }),
        };
        let mut campaigns = self.campaigns.clone();
        let answer = campaigns
            .update_coupon(call(&self.anyone_who_edits(), request))
            .await;
        Ok(answer.map_err(error)?.into_inner().coupon.unwrap())
    }

    pub(super) async fn the_coupon(&self, id: &str) -> Result<pb::Coupon, Error> {
        let request = pb::AdminGetCouponRequest { id: id.into() };
        let mut campaigns = self.campaigns.clone();
        let answer = campaigns
            .admin_get_coupon(call(&self.anyone_who_edits(), request))
            .await;
        Ok(answer.map_err(error)?.into_inner().coupon.unwrap())
    }

    async fn validate(
        &self,
        user: Id<User>,
        code: &str,
        plan: &str,
    ) -> Result<pb::ValidateCouponResponse, Error> {
        let request = pb::ValidateCouponRequest {
            code: code.into(),
            plan_id: plan.into(),
        };
        let mut coupons = self.coupons.clone();
        let answer = coupons.validate_coupon(call(&self.viewer(user), request));
        answer.await.map(tonic::Response::into_inner).map_err(error)
    }

    /// Renews the account's subscription at its end.
    async fn renew(&self, user: Id<User>) {
        self.move_before_end(user, 60).await;
        self.app.renew_due(&self.background).await.unwrap();
        self.harness.clock.advance(Duration::from_mins(2));
    }
}

pub(super) fn percent(code: &str, percent_off: i32) -> pb::Coupon {
    pb::Coupon {
        code: code.into(),
        percent_off,
        ..pb::Coupon::default()
    }
}

fn reason(refused: Result<impl std::fmt::Debug, Error>) -> String {
    refused.unwrap_err().reason().to_owned()
}

#[tokio::test]
async fn a_coupon_makes_as_many_charges_cheaper_as_it_says() {
    for test in TestApp::all().await {
        let thrice = pb::Coupon {
            duration: CouponDuration::Repeating.into(),
            periods: 2,
            ..percent("twice-25", 25)
        };
        let made = test.make_coupon(thrice).await.unwrap();
        assert_eq!((made.code.as_str(), made.used), ("TWICE-25", 0));
        let user = test.user();
        let told = test.validate(user, " twice-25 ", "basic").await.unwrap();
        assert_eq!(
            (told.price_minor, told.discount_minor, told.total_minor),
            (799, 200, 599)
        );
        assert_eq!(
            test.the_coupon(&made.id).await.unwrap().used,
            0,
            "asking uses nothing"
        );

        let begun = test
            .subscribe_with(user, "basic", "test_ok", "Twice-25")
            .await
            .unwrap();
        assert_eq!(begun.subscription.unwrap().coupon_id, made.id);
        assert_eq!(test.faults.sum(Entry::Charged), 599);
        // Repeated, it is the same, with and without the code.
        for code in ["TWICE-25", ""] {
            test.subscribe_with(user, "basic", "test_ok", code)
                .await
                .unwrap();
        }
        assert_eq!(test.faults.count(Entry::Charged), 1);
        test.renew(user).await;
        assert_eq!(test.faults.sum(Entry::Charged), 599 * 2);
        assert_eq!(test.mine(user).await[0].coupon_id, "", "it is over");
        test.renew(user).await;
        assert_eq!(test.faults.sum(Entry::Charged), 599 * 2 + 799);
        assert_eq!(test.the_coupon(&made.id).await.unwrap().used, 1);
        assert_eq!(test.events_of("coupon.redeemed").await, 1);

        let invoices = test.invoices(user).await.items;
        let totals: Vec<_> = invoices.iter().map(|invoice| invoice.total_minor).collect();
        assert_eq!(totals, [799, 599, 599]);
        let first = &invoices[2];
        assert_eq!(first.status(), InvoiceStatus::Paid);
        let lines: Vec<_> = first
            .lines
            .iter()
            .map(|line| (line.kind(), line.description.as_str(), line.amount_minor))
            .collect();
        assert_eq!(
            lines,
            [
                (InvoiceLineKind::Plan, "Basic", 799),
                (InvoiceLineKind::Coupon, "TWICE-25", -200)
            ]
        );
    }
}

#[tokio::test]
async fn what_a_coupon_pays_in_full_is_asked_of_nobody_and_is_paid() {
    for test in TestApp::all().await {
        let free = pb::Coupon {
            duration: CouponDuration::Forever.into(),
            amount_off_minor: 5_000,
            currency: "EUR".into(),
            ..percent("friends", 0)
        };
        test.make_coupon(free).await.unwrap();
        let user = test.user();
        let begun = test
            .subscribe_with(user, "basic", "", "FRIENDS")
            .await
            .unwrap();
        assert_eq!(
            begun.subscription.unwrap().status(),
            SubscriptionStatus::Active
        );
        test.renew(user).await;
        assert!(test.decide(user, "", FILM).await.allowed);
        assert_eq!(test.faults.books_len(), 0);
        let invoices = test.invoices(user).await.items;
        assert!(
            invoices
                .iter()
                .all(|one| (one.total_minor, one.status()) == (0, InvoiceStatus::Paid))
        );
        assert_eq!(invoices.len(), 2);
        // Given back is what was nothing.
        let ended = test.end(&test.mine(user).await[0].id, true).await.unwrap();
        assert_eq!(ended.status(), SubscriptionStatus::Ended);
        test.settle().await;
        assert_eq!(
            test.invoices(user).await.items[0].status(),
            InvoiceStatus::Refunded
        );
    }
}

#[tokio::test]
async fn of_many_at_once_only_as_many_use_a_coupon_as_may() {
    for test in TestApp::all().await {
        let few = pb::Coupon {
            max_uses: 5,
            ..percent("few", 50)
        };
        let made = test.make_coupon(few).await.unwrap();
        let users: Vec<_> = (0..12).map(|_| test.user()).collect();
        let tries = users
            .iter()
            .chain(&users)
            .map(|user| test.subscribe_with(*user, "basic", "test_ok", "FEW"));
        join_all(tries).await;
        let mut have = 0;
        for user in &users {
            let mine = test.mine(*user).await;
            have += mine.len();
        }
        assert_eq!(have, 5);
        assert_eq!(test.the_coupon(&made.id).await.unwrap().used, 5);
        assert_eq!(test.faults.sum(Entry::Charged), 5 * 399);
        let late = test
            .subscribe_with(test.user(), "basic", "test_ok", "FEW")
            .await;
        assert_eq!(reason(late), "COUPON_USED_UP");
    }
}

#[tokio::test]
async fn a_use_that_came_to_nothing_is_given_back_and_an_account_uses_it_once() {
    for test in TestApp::all().await {
        let made = test.make_coupon(percent("once", 50)).await.unwrap();
        let used = async || test.the_coupon(&made.id).await.unwrap().used;
        let user = test.user();
        let declined = test
            .subscribe_with(user, "basic", "test_declined", "ONCE")
            .await;
        assert_eq!(reason(declined), "PAYMENT_DECLINED");
        assert_eq!(used().await, 0);
        // One that waits is replaced by one without the coupon, and by one with it again.
        test.subscribe_with(user, "basic", "test_action", "ONCE")
            .await
            .unwrap();
        assert_eq!(used().await, 1);
        test.subscribe_with(user, "basic", "test_action", "")
            .await
            .unwrap();
        assert_eq!(used().await, 0);
        test.subscribe_with(user, "basic", "test_ok", "ONCE")
            .await
            .unwrap();
        assert_eq!(used().await, 1);
        let mine = test.mine(user).await;
        test.end(&mine[0].id, false).await.unwrap();
        let again = test.subscribe_with(user, "basic", "test_ok", "ONCE").await;
        assert_eq!(reason(again), "COUPON_REDEEMED");
        assert_eq!(
            reason(test.validate(user, "ONCE", "basic").await),
            "COUPON_REDEEMED"
        );
        test.subscribe(user, "basic", "test_ok").await.unwrap();
        let late = test.subscribe_with(user, "basic", "test_ok", "ONCE").await;
        assert_eq!(reason(late), "COUPON_TOO_LATE");
    }
}

#[tokio::test]
async fn coupons_that_are_unknown_early_over_paused_or_for_others_are_refused_with_the_reason() {
    for test in TestApp::all().await {
        let user = test.user();
        let now = test.background.now();
        let hour = Duration::from_hours(1);
        let times = pb::Coupon {
            start_time: Some(timestamp(now + hour)),
            end_time: Some(timestamp(now + hour * 2)),
            plan_ids: vec!["premium".into()],
            ..percent("later", 10)
        };
        let made = test.make_coupon(times).await.unwrap();
        assert_eq!(made.plan_ids.len(), 1);
        let try_it = async |plan: &str| {
            let asked = test.validate(user, "LATER", plan).await;
            let used = test.subscribe_with(user, plan, "test_ok", "later").await;
            let (asked, used) = (reason(asked), reason(used));
            assert_eq!(asked, used);
            asked
        };
        assert_eq!(
            reason(test.validate(user, "NONE", "basic").await),
            "COUPON_NOT_FOUND"
        );
        assert_eq!(
            reason(test.validate(user, "🎁", "basic").await),
            "COUPON_NOT_FOUND"
        );
        assert_eq!(
            reason(test.validate(user, "LATER", "none").await),
            "PLAN_NOT_FOUND"
        );
        assert_eq!(
            try_it("premium").await,
            "COUPON_NOT_FOUND",
            "it has not begun"
        );
        test.harness.clock.advance(hour);
        assert_eq!(try_it("basic").await, "COUPON_NOT_FOR_PLAN");
        test.validate(user, "LATER", "premium").await.unwrap();
        let mut paused = made.clone();
        paused.set_status(CouponStatus::Paused);
        test.change_coupon(&paused, "status").await.unwrap();
        assert_eq!(try_it("premium").await, "COUPON_ENDED");
        paused.set_status(CouponStatus::Active);
        test.change_coupon(&paused, "status").await.unwrap();
        test.harness.clock.advance(hour);
        assert_eq!(try_it("premium").await, "COUPON_ENDED");

        let mut child = test.viewer(user);
        child.profile = Some(KID.parse().unwrap());
        let request = pb::ValidateCouponRequest {
            code: "LATER".into(),
            plan_id: "premium".into(),
        };
        let refused = test
            .coupons
            .clone()
            .validate_coupon(call(&child, request))
            .await;
        assert!(
            refused
                .map_err(error)
                .unwrap_err()
                .is(&UserReason::ProfileLocked)
        );
    }
}

#[tokio::test]
async fn what_a_used_coupon_gives_stays_and_it_is_paused_instead_of_deleted() {
    for test in TestApp::all().await {
        let made = test.make_coupon(percent("kept", 10)).await.unwrap();
        let twin = test.make_coupon(percent("KEPT", 20)).await;
        assert_eq!(reason(twin), "COUPON_CODE_TAKEN");
        let more = pb::Coupon {
            percent_off: 20,
            ..made.clone()
        };
        assert_eq!(
            test.change_coupon(&more, "percent_off")
                .await
                .unwrap()
                .percent_off,
            20
        );
        let user = test.user();
        test.subscribe_with(user, "basic", "test_ok", "KEPT")
            .await
            .unwrap();
        let less = test.change_coupon(&made, "percent_off").await;
        assert_eq!(reason(less), "COUPON_IN_USE");
        let fewer = pb::Coupon {
            max_uses: 1,
            ..made.clone()
        };
        let fewer = test.change_coupon(&fewer, "max_uses").await.unwrap();
        assert_eq!((fewer.max_uses, fewer.used, fewer.percent_off), (1, 1, 20));
        let delete = async |id: &str| {
            let request = pb::DeleteCouponRequest { id: id.into() };
            let mut campaigns = test.campaigns.clone();
            let answer = campaigns
                .delete_coupon(call(&test.anyone_who_edits(), request))
                .await;
            answer
                .map(|answer| answer.into_inner().coupon)
                .map_err(error)
        };
        for _ in 0..2 {
            let kept = delete(&made.id).await.unwrap().unwrap();
            assert_eq!(kept.status(), CouponStatus::Paused);
        }
        let unused = test.make_coupon(percent("unused", 10)).await.unwrap();
        assert_eq!(delete(&unused.id).await.unwrap(), None);
        assert_eq!(reason(delete(&unused.id).await), "COUPON_NOT_FOUND");
        assert_eq!(
            reason(test.the_coupon(&unused.id).await),
            "COUPON_NOT_FOUND"
        );
        let request = pb::AdminListCouponsRequest::default();
        let mut campaigns = test.campaigns.clone();
        let listed = campaigns.admin_list_coupons(call(&test.anyone_who_edits(), request));
        assert_eq!(listed.await.unwrap().into_inner().items.len(), 1);
        // A plan that a coupon names is retired, not deleted.
        let plan = test.make_plan(pb::Plan {
            code: "named".into(),
            name: "Named".into(),
            price_minor: 500,
            currency: "EUR".into(),
            max_streams: 1,
            ..pb::Plan::default()
        });
        let plan = plan.await.unwrap();
        let for_it = pb::Coupon {
            plan_ids: vec!["named".into()],
            ..percent("for-it", 10)
        };
        test.make_coupon(for_it).await.unwrap();
        assert!(test.delete_plan(&plan.id).await.unwrap().is_some());
    }
}
