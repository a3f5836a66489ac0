//! Payments that are no longer wanted: cancelled at the provider, or given back.

use std::{sync::atomic::Ordering, time::Duration};

use futures::future::join;
use sv_proto::rights::SubscriptionStatus;

use super::{
    TestApp,
    peers::{Entry, FILM},
};

#[tokio::test]
async fn a_request_that_is_given_up_for_another_plan_is_cancelled_and_no_history() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "basic", "test_action").await.unwrap();
        test.subscribe(user, "premium", "").await.unwrap();
        test.settle().await;
        test.faults.payers_act();
        test.settle().await;
        assert_eq!(
            (
                test.faults.count(Entry::Charged),
                test.faults.count(Entry::Cancelled)
            ),
            (1, 1)
        );
        let mine = test.mine(user).await;
        assert_eq!(mine.len(), 1);
        assert_eq!(mine[0].plan.as_ref().unwrap().code, "premium");
    }
}

#[tokio::test]
async fn a_confirmation_that_comes_late_is_refunded() {
    for test in TestApp::all().await {
        let user = test.user();
        test.faults.hold.send_replace(true);
        let slow = test.subscribe(user, "basic", "test_ok");
        let cancelled = async {
            // The charge is under way when the account changes its mind.
            while test.faults.asked.load(Ordering::SeqCst) == 0 {
                tokio::task::yield_now().await;
            }
            test.cancel(user, "").await.unwrap();
            test.settle().await;
            test.faults.hold.send_replace(false);
        };
        let (answer, ()) = join(slow, cancelled).await;
        test.settle().await;
        assert_eq!(
            test.faults.count(Entry::Refunded),
            test.faults.books_len(),
            "{answer:?}"
        );
        assert_eq!(test.faults.count(Entry::Charged), 0);
        assert!(!test.decide(user, "", FILM).await.allowed);
    }
}

#[tokio::test]
async fn a_lost_answer_of_a_request_that_is_given_up_is_refunded() {
    for test in TestApp::all().await {
        let user = test.user();
        test.faults.lose.store(1, Ordering::SeqCst);
        test.subscribe(user, "basic", "test_ok").await.unwrap();
        assert_eq!(test.faults.count(Entry::Charged), 1);
        test.subscribe(user, "premium", "test_ok").await.unwrap();
        test.settle().await;
        assert_eq!(
            (
                test.faults.count(Entry::Charged),
                test.faults.count(Entry::Refunded)
            ),
            (1, 1)
        );
    }
}

#[tokio::test]
async fn a_payment_that_the_provider_never_heard_of_waits_for_a_charge_that_may_be_on_its_way() {
    for test in TestApp::all().await {
        let user = test.user();
        test.faults.down.store(true, Ordering::SeqCst);
        test.subscribe(user, "basic", "").await.unwrap();
        test.cancel(user, "").await.unwrap();
        test.faults.down.store(false, Ordering::SeqCst);
        assert_eq!(test.app.settle_open(&test.background).await.unwrap(), 0);
        test.harness.clock.advance(Duration::from_mins(2));
        assert_eq!(test.app.settle_open(&test.background).await.unwrap(), 1);
        assert_eq!(test.faults.books_len(), 0);
    }
}

#[tokio::test]
async fn a_payer_who_acts_too_late_is_not_charged() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "basic", "test_action").await.unwrap();
        test.harness.clock.advance(Duration::from_hours(25));
        test.settle().await;
        test.faults.payers_act();
        test.settle().await;
        assert_eq!(test.faults.count(Entry::Cancelled), 1);
        assert_eq!(
            test.mine(user).await[0].status(),
            SubscriptionStatus::Declined
        );
    }
}
