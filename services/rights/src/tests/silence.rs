//! A provider that does not say how a payment stands.

use std::{sync::atomic::Ordering, time::Duration};

use sv_proto::rights::{ChangeTiming, OrderStatus, SubscriptionStatus};

use super::{
    TestApp,
    ordering::for_sale,
    peers::{Entry, FILM, PAID_FILM},
};

/// More failures than a breaker bears (RES-1).
const OFTEN: usize = 6;

#[tokio::test]
async fn what_the_provider_does_not_say_of_one_payment_keeps_nobody_else_from_paying() {
    for test in TestApp::all().await {
        test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        test.faults.lose.store(3 * OFTEN, Ordering::SeqCst);
        for _ in 0..OFTEN {
            let (buyer, renter, subscriber) = (test.user(), test.user(), test.user());
            let bought = test.buy(buyer, PAID_FILM, "test_ok").await.unwrap();
            assert_eq!(bought.purchase.unwrap().status(), OrderStatus::Pending);
            assert_eq!(bought.client_secret, "", "nobody has to act");
            let rented = test.rent(renter, PAID_FILM, 48, "test_ok").await.unwrap();
            assert_eq!(rented.rental.unwrap().status(), OrderStatus::Pending);
            let asked = test.subscribe(subscriber, "basic", "test_ok").await;
            let status = asked.unwrap().subscription.unwrap().status();
            assert_eq!(status, SubscriptionStatus::Pending);
        }
        let (buyer, renter, subscriber) = (test.user(), test.user(), test.user());
        let bought = test.buy(buyer, PAID_FILM, "test_ok").await.unwrap();
        assert_eq!(bought.purchase.unwrap().status(), OrderStatus::Active);
        let rented = test.rent(renter, PAID_FILM, 48, "test_ok").await.unwrap();
        assert_eq!(rented.rental.unwrap().status(), OrderStatus::Active);
        test.subscribe(subscriber, "basic", "test_ok")
            .await
            .unwrap();
        assert!(test.decide(subscriber, "", FILM).await.allowed);
        // What was taken is told of, once it is known.
        test.harness.clock.advance(Duration::from_mins(2));
        test.settle().await;
        assert_eq!(test.faults.count(Entry::Charged), 3 * (OFTEN + 1));
    }
}

#[tokio::test]
async fn a_change_of_plan_of_which_the_provider_says_nothing_waits_and_changes_nothing_yet() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "basic", "").await.unwrap();
        test.faults.lose.store(2, Ordering::SeqCst);
        let at_once = ChangeTiming::AtOnce;
        test.change(user, "premium", at_once, "").await.unwrap();
        // Repeated, it is the same.
        let changed = test.change(user, "premium", at_once, "").await;
        let plan = changed.unwrap().subscription.unwrap().plan.unwrap();
        assert_eq!(plan.code, "basic");
        test.harness.clock.advance(Duration::from_mins(2));
        test.settle().await;
        let mine = test.mine(user).await;
        assert_eq!(mine[0].plan.as_ref().unwrap().code, "premium");
        assert_eq!(test.faults.count(Entry::Charged), 2);
    }
}
