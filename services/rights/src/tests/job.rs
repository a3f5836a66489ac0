//! What the job does for many accounts at once.

use std::{sync::atomic::Ordering, time::Duration};

use super::{TestApp, peers::FILM};

#[tokio::test]
async fn two_hundred_that_wait_and_a_row_that_cannot_be_read_hold_nobody_back() {
    for test in TestApp::all().await {
        let mut waiting = Vec::new();
        for _ in 0..210 {
            let user = test.user();
            test.subscribe(user, "basic", "test_action").await.unwrap();
            waiting.push(user);
        }
        test.faults.payers_act();
        test.harness.clock.advance(Duration::from_mins(2));
        test.settle().await;
        let broken = test.user();
        test.subscribe(broken, "basic", "").await.unwrap();
        test.tamper(
            "UPDATE subscriptions SET paid_periods = -1 WHERE method = '';
                UPDATE payments SET currency = '?' WHERE method = ''",
        )
        .await;
        // Later than all others, so that it is the last of those that are due.
        test.harness.clock.advance(Duration::from_mins(2));
        let last = test.user();
        test.subscribe(last, "basic", "test_ok").await.unwrap();

        test.move_before_end(last, 60).await;
        test.app.renew_due(&test.background).await.unwrap();
        test.harness.clock.advance(Duration::from_mins(2));
        assert!(test.decide(last, "", FILM).await.allowed, "renewed");
        test.settle().await;
    }
}

#[tokio::test]
async fn two_hundred_payments_that_fail_hold_nobody_back() {
    for test in TestApp::all().await {
        test.faults.down.store(true, Ordering::SeqCst);
        for _ in 0..210 {
            test.subscribe(test.user(), "basic", "").await.unwrap();
        }
        test.tamper("UPDATE payments SET currency = '?'").await;
        test.faults.down.store(false, Ordering::SeqCst);
        let user = test.user();
        test.faults.lose.store(1, Ordering::SeqCst);
        let viewer = test.viewer(user);
        test.app.subscribe(&viewer, "basic", "", "").await.unwrap();
        test.harness.clock.advance(Duration::from_mins(2));
        test.settle().await;
        assert!(test.decide(user, "", FILM).await.allowed);
        assert_eq!(
            test.app.settle_open(&test.background).await.unwrap(),
            0,
            "put off"
        );
    }
}

#[tokio::test]
async fn a_plan_whose_price_no_client_could_be_told_is_not_sold_and_keeps_no_other_back() {
    for test in TestApp::all().await {
        test.tamper("UPDATE plans SET price_minor = 4294967296 WHERE code = 'basic'")
            .await;
        let user = test.user();
        let offers = test.decide(user, "", FILM).await.offers;
        assert_eq!(offers.len(), 2);
        test.subscribe(user, "basic", "").await.unwrap_err();
        test.subscribe(user, "standard", "").await.unwrap();
    }
}
