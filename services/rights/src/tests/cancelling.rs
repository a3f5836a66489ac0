//! Cancelling, and what can be had after it (RGT-6, C12).

use std::time::Duration;

use prost::Message as _;
use sv_proto::rights::{RunningSubscriptions, SubscriptionStatus};

use super::{
    TestApp,
    peers::{Entry, FILM},
};

#[tokio::test]
async fn the_same_plan_resumes_without_a_payment() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "basic", "").await.unwrap();
        let cancelled = test.cancel(user, "").await.unwrap();
        assert!(cancelled.cancel_at_period_end);
        let resumed = test.subscribe(user, "basic", "test_ok").await.unwrap();
        let resumed = resumed.subscription.unwrap();
        assert_eq!(
            (&resumed.id, resumed.cancel_at_period_end),
            (&cancelled.id, false)
        );
        assert_eq!(test.faults.count(Entry::Charged), 1, "it was paid before");

        test.move_before_end(user, 60).await;
        test.app.renew_due(&test.background).await.unwrap();
        test.harness.clock.advance(Duration::from_mins(2));
        assert!(test.decide(user, "", FILM).await.allowed, "it goes on");
    }
}

#[tokio::test]
async fn another_plan_starts_beside_what_is_paid() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "basic", "").await.unwrap();
        let basic = test.cancel(user, "").await.unwrap();
        test.subscribe(user, "premium", "").await.unwrap();
        assert_eq!(test.decide(user, "", FILM).await.max_streams, 4);
        let mine = test.mine(user).await;
        assert_eq!(mine.len(), 2);
        assert!(
            mine.iter()
                .all(|one| one.status() == SubscriptionStatus::Active)
        );

        let refused = test.cancel(user, "").await.unwrap_err();
        assert_eq!(refused.reason(), "SUBSCRIPTION_AMBIGUOUS", "C12");
        let detail = refused.detail().unwrap();
        assert_eq!(detail.name, "streamverse.rights.v1.RunningSubscriptions");
        let running = RunningSubscriptions::decode(detail.bytes.as_slice()).unwrap();
        let named = running
            .subscriptions
            .iter()
            .map(|one| (&one.id, &*one.plan_code));
        assert!(named.eq([(&mine[0].id, "premium"), (&mine[1].id, "basic")]));
        let premium = test.cancel(user, &mine[0].id).await.unwrap();
        assert!(premium.cancel_at_period_end && premium.id != basic.id);
    }
}

#[tokio::test]
async fn a_request_that_waits_is_closed_and_nobody_is_charged_for_it() {
    for test in TestApp::all().await {
        let user = test.user();
        let asked = test.subscribe(user, "basic", "test_action").await.unwrap();
        let ended = test.cancel(user, "").await.unwrap();
        assert_eq!(ended.status(), SubscriptionStatus::Ended);
        test.settle().await;
        assert_eq!(test.faults.count(Entry::Cancelled), 1);

        test.faults.payers_act();
        test.harness.clock.advance(Duration::from_mins(5));
        test.settle().await;
        assert_eq!(test.faults.count(Entry::Charged), 0);
        let late = test
            .confirm(user, &asked, &asked.client_secret)
            .await
            .unwrap();
        assert_eq!(
            late.subscription.unwrap().status(),
            SubscriptionStatus::Ended
        );
        assert_eq!(test.events().await, 0);
    }
}

#[tokio::test]
async fn a_renewal_under_way_is_given_up_with_the_subscription() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "basic", "test_action").await.unwrap();
        test.faults.payers_act();
        test.harness.clock.advance(Duration::from_mins(2));
        test.settle().await;
        test.move_before_end(user, 60).await;
        test.app.renew_due(&test.background).await.unwrap();
        assert_eq!(
            test.faults.count(Entry::Waiting),
            1,
            "the payer is asked to act again"
        );

        test.cancel(user, "").await.unwrap();
        test.settle().await;
        assert_eq!(
            (
                test.faults.count(Entry::Charged),
                test.faults.count(Entry::Cancelled)
            ),
            (1, 1)
        );
        test.harness.clock.advance(Duration::from_mins(2));
        test.app.renew_due(&test.background).await.unwrap();
        assert_eq!(test.mine(user).await[0].status(), SubscriptionStatus::Ended);
    }
}
