//! Codes that give a plan without a payment (X-PAY-5).

use std::time::Duration;

use futures::future::join_all;
use sv_kernel::{Error, Id, User};
use sv_proto::{
    convert::timestamp,
    rights::{self as pb, RightsReason, SubscriptionStatus},
    users::UserReason,
};
use sv_rpc::{call, error};

use super::{
    TestApp,
    peers::{Entry, FILM, KID},
};

impl TestApp {
    async fn make_gift(
        &self,
        gift: pb::CreateGiftRequest,
    ) -> Result<pb::CreateGiftResponse, Error> {
        let mut givers = self.givers.clone();
        let answer = givers.create_gift(call(&self.editor, gift));
        answer.await.map(tonic::Response::into_inner).map_err(error)
    }

    async fn redeem(&self, user: Id<User>, code: &str) -> Result<pb::Subscription, Error> {
        let request = pb::RedeemGiftRequest { code: code.into() };
        let mut gifts = self.gifts.clone();
        let answer = gifts.redeem_gift(call(&self.viewer(user), request)).await;
        answer
            .map(|answer| answer.into_inner().subscription.unwrap())
            .map_err(error)
    }

    /// Makes a code that gives a plan for so many months.
    pub(super) async fn give(&self, plan: &str, count: i32) -> String {
        let gift = pb::CreateGiftRequest {
            plan_id: plan.into(),
            ..months(count, 1)
        };
        self.make_gift(gift).await.unwrap().code
    }

    /// Redeems a code that can be.
    pub(super) async fn take(&self, user: Id<User>, code: &str) {
        self.redeem(user, code).await.unwrap();
    }

    async fn all_gifts(&self) -> Vec<pb::Gift> {
        let request = pb::AdminListGiftsRequest::default();
        let mut givers = self.givers.clone();
        let answer = givers.admin_list_gifts(call(&self.editor, request));
        answer.await.unwrap().into_inner().items
    }
}

fn months(months: i32, max_uses: i32) -> pb::CreateGiftRequest {
    pb::CreateGiftRequest {
        plan_id: "basic".into(),
        months,
        max_uses,
        ..pb::CreateGiftRequest::default()
    }
}

#[tokio::test]
async fn a_code_gives_its_months_without_a_payment_and_ends_by_itself() {
    for test in TestApp::all().await {
        let made = test.make_gift(months(3, 0)).await.unwrap();
        let gift = made.gift.unwrap();
        assert_eq!((gift.max_uses, gift.used), (1, 0));
        assert!(made.code.ends_with(&gift.hint));
        let user = test.user();
        let given = test.redeem(user, &made.code.to_lowercase()).await.unwrap();
        assert_eq!(given.status(), SubscriptionStatus::Active);
        assert!(given.cancel_at_period_end);
        let (start, end) = (given.period_start.unwrap(), given.period_end.unwrap());
        let days = (end.seconds - start.seconds) / 86_400;
        assert!((89..=92).contains(&days), "{days} days, as the months are");
        assert!(test.decide(user, "", FILM).await.allowed);
        assert_eq!(test.faults.books_len(), 0, "nobody pays");
        assert_eq!(test.events().await, 1);
        test.move_before_end(user, 60).await;
        test.app.renew_due(&test.background).await.unwrap();
        assert!(test.decide(user, "", FILM).await.allowed);
        test.harness.clock.advance(Duration::from_mins(20));
        test.app.renew_due(&test.background).await.unwrap();
        assert!(!test.decide(user, "", FILM).await.allowed);
        assert_eq!(test.faults.books_len(), 0);
        assert_eq!(test.mine(user).await[0].status(), SubscriptionStatus::Ended);
    }
}

#[tokio::test]
async fn of_many_at_once_only_as_many_redeem_a_code_as_may_and_each_once() {
    for test in TestApp::all().await {
        let code = test.make_gift(months(1, 5)).await.unwrap().code;
        let users: Vec<_> = (0..20).map(|_| test.user()).collect();
        let tries = users
            .iter()
            .chain(&users)
            .map(|user| test.redeem(*user, &code));
        let (given, refused): (Vec<_>, Vec<_>) =
            join_all(tries).await.into_iter().partition(Result::is_ok);
        assert_eq!(given.len(), 5);
        for refusal in refused.into_iter().map(Result::unwrap_err) {
            let known =
                refusal.is(&RightsReason::GiftUsedUp) || refusal.is(&RightsReason::GiftRedeemed);
            assert!(known, "{refusal:?}");
        }
        assert_eq!(test.all_gifts().await[0].used, 5);
        let mut having = 0;
        for user in users {
            having += test.mine(user).await.len();
        }
        assert_eq!(having, 5);
    }
}

#[tokio::test]
async fn a_code_prolongs_what_runs_of_its_plan_and_runs_beside_another() {
    for test in TestApp::all().await {
        let code = test.make_gift(months(2, 9)).await.unwrap().code;
        let (same, other) = (test.user(), test.user());
        test.subscribe(same, "basic", "").await.unwrap();
        test.subscribe(other, "premium", "").await.unwrap();
        let before = test.mine(same).await[0].period_end.unwrap().seconds;
        let after = test.redeem(same, &code).await.unwrap();
        assert!(!after.cancel_at_period_end, "it goes on as before");
        let days = (after.period_end.unwrap().seconds - before) / 86_400;
        assert!((59..=62).contains(&days), "{days}");
        assert_eq!(test.mine(same).await.len(), 1);
        test.redeem(other, &code).await.unwrap();
        let both = test.mine(other).await;
        let running = both
            .iter()
            .filter(|one| one.status() == SubscriptionStatus::Active);
        assert_eq!(running.count(), 2, "what is paid stays");
        // The next charge comes when what was given is over.
        test.move_before_end(same, 60).await;
        test.app.renew_due(&test.background).await.unwrap();
        assert_eq!(
            test.faults.count(Entry::Charged),
            3,
            "the other has lapsed by then"
        );
    }
}

#[tokio::test]
async fn codes_that_end_are_revoked_or_unknown_give_nothing() {
    for test in TestApp::all().await {
        let user = test.user();
        let not_found = async |code: &str| {
            let refused = test.redeem(user, code).await.unwrap_err();
            assert!(
                refused.is(&RightsReason::GiftNotFound),
                "{code}: {refused:?}"
            );
        };
        for unknown in ["x", "0000-0000-0000-0000", "🎁"] {
            not_found(unknown).await;
        }
        let soon = test.background.now() + Duration::from_hours(1);
        let ending = pb::CreateGiftRequest {
            expire_time: Some(timestamp(soon)),
            ..months(1, 1)
        };
        let ending = test.make_gift(ending).await.unwrap();
        let revoked = test.make_gift(months(1, 1)).await.unwrap();
        let request = pb::RevokeGiftRequest {
            id: revoked.gift.unwrap().id,
        };
        for _ in 0..2 {
            let mut givers = test.givers.clone();
            let answer = givers
                .revoke_gift(call(&test.editor, request.clone()))
                .await;
            assert!(answer.unwrap().into_inner().gift.unwrap().revoked);
        }
        not_found(&revoked.code).await;
        test.harness.clock.advance(Duration::from_hours(1));
        not_found(&ending.code).await;
        let late = pb::CreateGiftRequest {
            expire_time: Some(timestamp(soon)),
            ..months(1, 1)
        };
        let refused = test.make_gift(late).await.unwrap_err();
        assert!(refused.is(&RightsReason::TermsInvalid));
        let nothing = pb::CreateGiftRequest {
            plan_id: "none".into(),
            ..months(1, 1)
        };
        let refused = test.make_gift(nothing).await.unwrap_err();
        assert!(refused.is(&RightsReason::PlanNotFound));
        // What a code gives is retired, not deleted.
        let basic = test.all_gifts().await[0].plan_id.clone();
        let kept = test.delete_plan(&basic).await.unwrap();
        assert!(kept.is_some());

        let code = test.make_gift(months(1, 1)).await.unwrap().code;
        let mut child = test.viewer(user);
        child.profile = Some(KID.parse().unwrap());
        let request = pb::RedeemGiftRequest { code };
        let refused = test.gifts.clone().redeem_gift(call(&child, request)).await;
        assert!(
            refused
                .map_err(error)
                .unwrap_err()
                .is(&UserReason::ProfileLocked)
        );
    }
}
