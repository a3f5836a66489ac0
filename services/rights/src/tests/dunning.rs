//! Renewals that are not paid (X-PAY-4).

use std::time::Duration;

use sv_kernel::{Error, Id, User};
use sv_proto::rights::{
    self as pb, AccessBasis, ChangeTiming, PastDueStep, RightsReason, SubscriptionPastDue,
    SubscriptionStatus,
};
use sv_rpc::{call, error};

use super::{
    TestApp,
    peers::{Entry, FILM},
};

const DAY: Duration = Duration::from_hours(24);

impl TestApp {
    async fn set_method(
        &self,
        user: Id<User>,
        method: &str,
    ) -> Result<pb::SetPaymentMethodResponse, Error> {
        let request = pb::SetPaymentMethodRequest {
            id: self.mine(user).await[0].id.clone(),
            payment_method: method.into(),
        };
        let mut billing = self.billing.clone();
        let answer = billing.set_payment_method(call(&self.viewer(user), request));
        answer.await.map(tonic::Response::into_inner).map_err(error)
    }

    /// Subscribes by a means that works once, and moves the clock to a minute before the end.
    pub(super) async fn about_to_fail(&self, user: Id<User>) {
        self.subscribe(user, "basic", "test_ok").await.unwrap();
        self.tamper("UPDATE subscriptions SET method = 'test_declined'")
            .await;
        self.move_before_end(user, 60).await;
        self.look().await;
    }

    pub(super) async fn look(&self) {
        self.app.renew_due(&self.background).await.unwrap();
        self.settle().await;
    }

    async fn status(&self, user: Id<User>) -> SubscriptionStatus {
        self.mine(user).await[0].status()
    }

    /// Lists what was told of renewals that were not paid.
    pub(super) async fn steps(&self) -> Vec<PastDueStep> {
        let told = self.heard::<SubscriptionPastDue>().await;
        told.iter().map(SubscriptionPastDue::step).collect()
    }
}

#[tokio::test]
async fn a_declined_renewal_is_tried_on_its_days_plays_meanwhile_and_then_is_over() {
    for test in TestApp::all().await {
        let user = test.user();
        test.about_to_fail(user).await;
        let mine = test.mine(user).await.remove(0);
        let end = mine.period_end.unwrap().seconds;
        assert_eq!(mine.status(), SubscriptionStatus::PastDue);
        let due = mine.past_due.unwrap();
        assert_eq!(due.tries, 1);
        assert_eq!(due.next_try_time.unwrap().seconds, end + 86_400);
        assert_eq!(due.grace_end_time.unwrap().seconds, end + 7 * 86_400);
        assert_eq!(test.steps().await, [PastDueStep::Begun]);
        test.harness.clock.advance(Duration::from_mins(2));
        // Looked at more often, it is not charged more often.
        for _ in 0..3 {
            test.look().await;
        }
        assert_eq!(test.faults.count(Entry::Declined), 1);
        let decision = test.decide(user, "", FILM).await;
        assert!(decision.allowed, "it plays in its grace");
        assert_eq!(decision.expire_time.unwrap().seconds, end + 7 * 86_400);
        // Another plan is no way around.
        let change = test.change(user, "premium", ChangeTiming::AtOnce, "test_ok");
        assert!(
            change
                .await
                .unwrap_err()
                .is(&RightsReason::SubscriptionPastDue)
        );
        let other = test.subscribe(user, "premium", "test_ok").await;
        assert!(other.unwrap_err().is(&RightsReason::AlreadySubscribed));
        for (declined, days) in [(2, 1), (3, 2), (4, 2)] {
            test.harness.clock.advance(DAY * days);
            test.look().await;
            assert_eq!(test.faults.count(Entry::Declined), declined);
            assert!(test.decide(user, "", FILM).await.allowed);
        }
        test.harness.clock.advance(DAY * 2);
        let decision = test.decide(user, "", FILM).await;
        assert_eq!(
            decision.basis(),
            AccessBasis::SubscriptionRequired,
            "its grace is over"
        );
        assert_eq!(test.status(user).await, SubscriptionStatus::OnHold);
        test.look().await;
        assert_eq!(test.faults.count(Entry::Declined), 5);
        assert_eq!(test.status(user).await, SubscriptionStatus::Ended);
        let steps = [
            PastDueStep::Begun,
            PastDueStep::DeclinedAgain,
            PastDueStep::DeclinedAgain,
            PastDueStep::DeclinedAgain,
            PastDueStep::Ended,
        ];
        assert_eq!(test.steps().await, steps);
        // Who comes back begins anew.
        test.subscribe(user, "premium", "test_ok").await.unwrap();
        assert!(test.decide(user, "", FILM).await.allowed);
    }
}

#[tokio::test]
async fn another_means_pays_at_once_and_time_runs_on_from_the_end() {
    for test in TestApp::all().await {
        let user = test.user();
        test.about_to_fail(user).await;
        let end = test.mine(user).await[0].period_end.unwrap().seconds;
        test.harness.clock.advance(DAY / 2);
        // One that fails, too, takes none of the tries away.
        let refused = test.set_method(user, "test_declined").await;
        assert!(refused.unwrap_err().is(&RightsReason::PaymentDeclined));
        assert_eq!(test.mine(user).await[0].past_due.unwrap().tries, 1);
        let unknown = test.set_method(user, "gold").await.unwrap_err();
        assert!(unknown.is(&RightsReason::PaymentMethodUnknown));
        let waits = test.set_method(user, "test_action").await.unwrap();
        let again = test.set_method(user, "test_action").await.unwrap();
        assert_eq!(
            again.client_secret, waits.client_secret,
            "it is the same payment"
        );
        assert_ne!(waits.client_secret, "");
        let paid = test.set_method(user, "test_ok").await.unwrap();
        let paid = paid.subscription.unwrap();
        assert_eq!(paid.status(), SubscriptionStatus::Active);
        assert_eq!(
            (paid.period_start.unwrap().seconds, paid.past_due),
            (end, None)
        );
        assert_eq!(test.steps().await, [PastDueStep::Begun, PastDueStep::Paid]);
        test.settle().await;
        assert_eq!(test.faults.sum(Entry::Charged), 2 * 799);
        assert_eq!(
            test.faults.count(Entry::Waiting),
            0,
            "what waited is cancelled"
        );
        // The next one is charged by it.
        test.move_before_end(user, 60).await;
        test.look().await;
        assert_eq!(test.faults.sum(Entry::Charged), 3 * 799);
        // Where nothing is owed it is only remembered.
        test.set_method(user, "test_declined").await.unwrap();
        assert_eq!(test.faults.sum(Entry::Charged), 3 * 799);
    }
}

#[tokio::test]
async fn a_try_that_succeeds_mends_it_and_whoever_cancels_is_asked_no_more() {
    for test in TestApp::all().await {
        let (user, other) = (test.user(), test.user());
        test.subscribe(other, "basic", "test_ok").await.unwrap();
        test.about_to_fail(user).await;
        assert_eq!(test.status(other).await, SubscriptionStatus::PastDue);
        test.harness.clock.advance(DAY);
        test.cancel(other, "").await.unwrap();
        assert_eq!(test.status(other).await, SubscriptionStatus::Ended);
        assert!(!test.decide(other, "", FILM).await.allowed);
        let sql = "UPDATE subscriptions SET method = 'test_ok', overdue_retry_at = overdue_retry_at - 60000000, look_at = 0";
        test.tamper(sql).await;
        test.look().await;
        assert_eq!(test.status(user).await, SubscriptionStatus::Active);
        assert_eq!(test.faults.sum(Entry::Charged), 3 * 799);
        assert_eq!(test.mine(user).await[0].past_due, None);
    }
}

#[tokio::test]
async fn what_was_paid_goes_on_while_its_payer_has_time_to_act_on_the_renewal() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "basic", "test_ok").await.unwrap();
        test.tamper("UPDATE subscriptions SET method = 'test_action'")
            .await;
        test.move_before_end(user, 60).await;
        test.look().await;
        assert_eq!(test.status(user).await, SubscriptionStatus::Active);
        test.harness.clock.advance(Duration::from_mins(20));
        test.look().await;
        assert_eq!(test.status(user).await, SubscriptionStatus::PastDue);
        assert!(test.decide(user, "", FILM).await.allowed);
        test.faults.payers_act();
        test.harness.clock.advance(Duration::from_mins(20));
        test.look().await;
        assert_eq!(test.status(user).await, SubscriptionStatus::Active);
        assert_eq!(test.steps().await, [PastDueStep::Begun, PastDueStep::Paid]);
    }
}
