//! Trials: once per account, and charged when they end (X-PAY-5).

use std::time::Duration;

use futures::future::join_all;
use sv_proto::rights::{self as pb, SubscriptionStatus};

use super::{
    TestApp,
    peers::{Entry, FILM},
};

impl TestApp {
    /// Makes a plan that is tried for a week.
    pub(super) async fn tried_plan(&self, code: &str) -> pb::Plan {
        let plan = pb::Plan {
            code: code.into(),
            name: "Tried".into(),
            price_minor: 900,
            currency: "EUR".into(),
            max_streams: 1,
            trial_days: 7,
            ..pb::Plan::default()
        };
        self.make_plan(plan).await.unwrap()
    }
}

#[tokio::test]
async fn a_trial_opens_at_once_and_its_end_is_charged() {
    for test in TestApp::all().await {
        assert_eq!(test.tried_plan("week").await.trial_days, 7);
        let user = test.user();
        let begun = test.subscribe(user, "week", "test_ok").await.unwrap();
        let begun = begun.subscription.unwrap();
        assert_eq!(begun.status(), SubscriptionStatus::Active);
        let end = begun.trial_end_time.unwrap().seconds;
        assert_eq!(end, test.background.now().secs() + 7 * 86_400);
        assert_eq!(begun.period_end, None);
        assert_eq!(test.events().await, 1);
        assert!(test.decide(user, "", FILM).await.allowed);
        assert_eq!(test.faults.books_len(), 0, "nothing is charged");
        // Repeated, it is the same.
        let again = test.subscribe(user, "week", "test_ok").await.unwrap();
        assert_eq!(again.subscription.unwrap().id, begun.id);

        test.harness
            .clock
            .advance(Duration::from_hours(7 * 24) - Duration::from_mins(1));
        assert!(test.decide(user, "", FILM).await.allowed);
        test.app.renew_due(&test.background).await.unwrap();
        assert_eq!(test.faults.count(Entry::Charged), 0, "it is not over");
        test.harness.clock.advance(Duration::from_mins(2));
        assert!(
            test.decide(user, "", FILM).await.allowed,
            "while it is charged"
        );
        test.app.renew_due(&test.background).await.unwrap();
        assert_eq!(test.faults.count(Entry::Charged), 1);
        let mine = &test.mine(user).await[0];
        assert_eq!(
            mine.period_start.unwrap().seconds,
            end,
            "the month begins then"
        );
        assert_eq!(mine.trial_end_time, None);
        assert!(test.decide(user, "", FILM).await.allowed);
    }
}

#[tokio::test]
async fn a_trial_that_is_cancelled_or_cannot_be_charged_ends_without_money() {
    for test in TestApp::all().await {
        test.tried_plan("week").await;
        let (leaves, poor) = (test.user(), test.user());
        test.subscribe(leaves, "week", "").await.unwrap();
        test.cancel(leaves, "").await.unwrap();
        test.subscribe(poor, "week", "test_declined").await.unwrap();
        assert!(test.decide(leaves, "", FILM).await.allowed, "until its end");
        test.harness
            .clock
            .advance(Duration::from_hours(7 * 24) - Duration::from_mins(1));
        test.app.renew_due(&test.background).await.unwrap();
        test.harness.clock.advance(Duration::from_mins(20));
        test.app.renew_due(&test.background).await.unwrap();
        for user in [leaves, poor] {
            assert!(!test.decide(user, "", FILM).await.allowed);
            let mine = &test.mine(user).await[0];
            assert_eq!(mine.status(), SubscriptionStatus::Ended);
        }
        assert_eq!(test.faults.count(Entry::Charged), 0);
        // The second time it costs money.
        let second = test.subscribe(leaves, "week", "").await.unwrap();
        assert_eq!(second.subscription.unwrap().trial_end_time, None);
        assert_eq!(test.faults.count(Entry::Charged), 1);
    }
}

#[tokio::test]
async fn what_the_end_of_a_trial_waits_for_can_be_cancelled() {
    for test in TestApp::all().await {
        test.tried_plan("week").await;
        let user = test.user();
        test.subscribe(user, "week", "test_action").await.unwrap();
        test.harness.clock.advance(Duration::from_hours(7 * 24));
        test.app.renew_due(&test.background).await.unwrap();
        test.harness.clock.advance(Duration::from_hours(1));
        assert!(!test.decide(user, "", FILM).await.allowed);
        assert_eq!(test.mine(user).await[0].status(), SubscriptionStatus::Ended);
        test.cancel(user, "").await.unwrap();
        test.settle().await;
        assert_eq!(
            (
                test.faults.count(Entry::Charged),
                test.faults.count(Entry::Cancelled)
            ),
            (0, 1)
        );
        let refused = test.cancel(user, "").await.unwrap_err();
        assert_eq!(refused.reason(), "SUBSCRIPTION_NOT_FOUND");
    }
}

#[tokio::test]
async fn an_account_has_one_trial_however_many_it_asks_for_at_once_and_of_whatever_plans() {
    for test in TestApp::all().await {
        test.tried_plan("week").await;
        test.tried_plan("other").await;
        let user = test.user();
        join_all(["week", "other", "week", "other"].map(|plan| test.subscribe(user, plan, "")))
            .await;
        assert_eq!(test.mine(user).await.len(), 1);
        assert_eq!(test.faults.books_len(), 0);
        test.cancel(user, "").await.unwrap();
        test.harness.clock.advance(Duration::from_hours(8 * 24));
        for plan in ["week", "other"] {
            let paid = test.subscribe(user, plan, "").await.unwrap();
            let id = paid.subscription.unwrap().id;
            test.cancel(user, &id).await.unwrap();
        }
        assert_eq!(test.faults.count(Entry::Charged), 2);
    }
}
