//! Payments that are no longer wanted: cancelled at the provider, or given back.

use std::{sync::atomic::Ordering, time::Duration};

use futures::future::join;
use sv_proto::rights::SubscriptionStatus;

use super::{
    World,
    peers::{Entry, FILM},
};

#[tokio::test]
async fn a_request_that_is_given_up_for_another_plan_is_cancelled_and_no_history() {
    for world in World::all().await {
        let user = world.user();
        world.subscribe(user, "basic", "test_action").await.unwrap();
        world.subscribe(user, "premium", "").await.unwrap();
        world.settle().await;
        world.faults.payers_act();
        world.settle().await;
        assert_eq!(
            (
                world.faults.count(Entry::Charged),
                world.faults.count(Entry::Cancelled)
            ),
            (1, 1)
        );
        let mine = world.mine(user).await;
        assert_eq!(mine.len(), 1);
        assert_eq!(mine[0].plan.as_ref().unwrap().code, "premium");
    }
}

#[tokio::test]
async fn a_confirmation_that_comes_late_is_refunded() {
    for world in World::all().await {
        let user = world.user();
        world.faults.hold.send_replace(true);
        let slow = world.subscribe(user, "basic", "test_ok");
        let cancelled = async {
            // The charge is under way when the account changes its mind.
            while world.faults.asked.load(Ordering::SeqCst) == 0 {
                tokio::task::yield_now().await;
            }
            world.cancel(user, "").await.unwrap();
            world.settle().await;
            world.faults.hold.send_replace(false);
        };
        let (answer, ()) = join(slow, cancelled).await;
        world.settle().await;
        assert_eq!(
            world.faults.count(Entry::Refunded),
            world.faults.books_len(),
            "{answer:?}"
        );
        assert_eq!(world.faults.count(Entry::Charged), 0);
        assert!(!world.decide(user, "", FILM).await.allowed);
    }
}

#[tokio::test]
async fn a_lost_answer_of_a_request_that_is_given_up_is_refunded() {
    for world in World::all().await {
        let user = world.user();
        world.faults.lose.store(1, Ordering::SeqCst);
        world.subscribe(user, "basic", "test_ok").await.unwrap();
        assert_eq!(world.faults.count(Entry::Charged), 1);
        world.subscribe(user, "premium", "test_ok").await.unwrap();
        world.settle().await;
        assert_eq!(
            (
                world.faults.count(Entry::Charged),
                world.faults.count(Entry::Refunded)
            ),
            (1, 1)
        );
    }
}

#[tokio::test]
async fn a_payment_that_the_provider_never_heard_of_waits_for_a_charge_that_may_be_on_its_way() {
    for world in World::all().await {
        let user = world.user();
        world.faults.down.store(true, Ordering::SeqCst);
        world.subscribe(user, "basic", "").await.unwrap();
        world.cancel(user, "").await.unwrap();
        world.faults.down.store(false, Ordering::SeqCst);
        assert_eq!(world.app.settle_open(&world.background).await.unwrap(), 0);
        world.harness.clock.advance(Duration::from_mins(2));
        assert_eq!(world.app.settle_open(&world.background).await.unwrap(), 1);
        assert_eq!(world.faults.books_len(), 0);
    }
}

#[tokio::test]
async fn a_payer_who_acts_too_late_is_not_charged() {
    for world in World::all().await {
        let user = world.user();
        world.subscribe(user, "basic", "test_action").await.unwrap();
        world.harness.clock.advance(Duration::from_hours(25));
        world.settle().await;
        world.faults.payers_act();
        world.settle().await;
        assert_eq!(world.faults.count(Entry::Cancelled), 1);
        assert_eq!(
            world.mine(user).await[0].status(),
            SubscriptionStatus::Declined
        );
    }
}
