//! What the job does for many accounts at once.

use std::{sync::atomic::Ordering, time::Duration};

use super::{World, peers::FILM};

#[tokio::test]
async fn two_hundred_that_wait_and_a_row_that_cannot_be_read_hold_nobody_back() {
    for world in World::all().await {
        let mut waiting = Vec::new();
        for _ in 0..210 {
            let user = world.user();
            world.subscribe(user, "basic", "test_action").await.unwrap();
            waiting.push(user);
        }
        world.faults.payers_act();
        world.harness.clock.advance(Duration::from_mins(2));
        world.settle().await;
        let broken = world.user();
        world.subscribe(broken, "basic", "").await.unwrap();
        world
            .tamper(
                "UPDATE subscriptions SET paid_periods = -1 WHERE method = '';
                UPDATE payments SET currency = '?' WHERE method = ''",
            )
            .await;
        // Later than all others, so that it is the last of those that are due.
        world.harness.clock.advance(Duration::from_mins(2));
        let last = world.user();
        world.subscribe(last, "basic", "test_ok").await.unwrap();

        world.move_before_end(last, 60).await;
        world.app.renew_due(&world.background).await.unwrap();
        world.harness.clock.advance(Duration::from_mins(2));
        assert!(world.decide(last, "", FILM).await.allowed, "renewed");
        world.settle().await;
    }
}

#[tokio::test]
async fn two_hundred_payments_that_fail_hold_nobody_back() {
    for world in World::all().await {
        world.faults.down.store(true, Ordering::SeqCst);
        for _ in 0..210 {
            world.subscribe(world.user(), "basic", "").await.unwrap();
        }
        world.tamper("UPDATE payments SET currency = '?'").await;
        world.faults.down.store(false, Ordering::SeqCst);
        let user = world.user();
        world.faults.lose.store(1, Ordering::SeqCst);
        let viewer = world.viewer(user);
        world.app.subscribe(&viewer, "basic", "", "").await.unwrap();
        world.harness.clock.advance(Duration::from_mins(2));
        world.settle().await;
        assert!(world.decide(user, "", FILM).await.allowed);
        assert_eq!(
            world.app.settle_open(&world.background).await.unwrap(),
            0,
            "put off"
        );
    }
}

#[tokio::test]
async fn a_plan_whose_price_no_client_could_be_told_is_not_sold_and_keeps_no_other_back() {
    for world in World::all().await {
        world
            .tamper("UPDATE plans SET price_minor = 4294967296 WHERE code = 'basic'")
            .await;
        let user = world.user();
        let offers = world.decide(user, "", FILM).await.offers;
        assert_eq!(offers.len(), 2);
        world.subscribe(user, "basic", "").await.unwrap_err();
        world.subscribe(user, "standard", "").await.unwrap();
    }
}
