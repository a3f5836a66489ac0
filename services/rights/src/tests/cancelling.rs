//! Cancelling, and what can be had after it (RGT-6, C12).

use std::time::Duration;

use sv_proto::rights::SubscriptionStatus;

use super::{
    World,
    peers::{Entry, FILM},
};

#[tokio::test]
async fn the_same_plan_resumes_without_a_payment() {
    for world in World::all().await {
        let user = world.user();
        world.subscribe(user, "basic", "").await.unwrap();
        let cancelled = world.cancel(user, "").await.unwrap();
        assert!(cancelled.cancel_at_period_end);
        let resumed = world.subscribe(user, "basic", "test_ok").await.unwrap();
        let resumed = resumed.subscription.unwrap();
        assert_eq!(
            (&resumed.id, resumed.cancel_at_period_end),
            (&cancelled.id, false)
        );
        assert_eq!(world.faults.count(Entry::Charged), 1, "it was paid before");

        world.move_before_end(user, 60).await;
        world.app.renew_due(&world.background).await.unwrap();
        world.harness.clock.advance(Duration::from_mins(2));
        assert!(world.decide(user, "", FILM).await.allowed, "it goes on");
    }
}

#[tokio::test]
async fn another_plan_starts_beside_what_is_paid() {
    for world in World::all().await {
        let user = world.user();
        world.subscribe(user, "basic", "").await.unwrap();
        let basic = world.cancel(user, "").await.unwrap();
        world.subscribe(user, "premium", "").await.unwrap();
        assert_eq!(world.decide(user, "", FILM).await.max_streams, 4);
        let mine = world.mine(user).await;
        assert_eq!(mine.len(), 2);
        assert!(
            mine.iter()
                .all(|one| one.status() == SubscriptionStatus::Active)
        );

        let refused = world.cancel(user, "").await.unwrap_err();
        assert_eq!(refused.reason(), "SUBSCRIPTION_AMBIGUOUS", "C12");
        let premium = world.cancel(user, &mine[0].id).await.unwrap();
        assert!(premium.cancel_at_period_end && premium.id != basic.id);
    }
}

#[tokio::test]
async fn a_request_that_waits_is_closed_and_nobody_is_charged_for_it() {
    for world in World::all().await {
        let user = world.user();
        let asked = world.subscribe(user, "basic", "test_action").await.unwrap();
        let ended = world.cancel(user, "").await.unwrap();
        assert_eq!(ended.status(), SubscriptionStatus::Ended);
        world.settle().await;
        assert_eq!(world.faults.count(Entry::Cancelled), 1);

        world.faults.payers_act();
        world.harness.clock.advance(Duration::from_mins(5));
        world.settle().await;
        assert_eq!(world.faults.count(Entry::Charged), 0);
        let late = world
            .confirm(user, &asked, &asked.client_secret)
            .await
            .unwrap();
        assert_eq!(
            late.subscription.unwrap().status(),
            SubscriptionStatus::Ended
        );
        assert_eq!(world.events().await, 0);
    }
}

#[tokio::test]
async fn a_renewal_under_way_is_given_up_with_the_subscription() {
    for world in World::all().await {
        let user = world.user();
        world.subscribe(user, "basic", "test_action").await.unwrap();
        world.faults.payers_act();
        world.harness.clock.advance(Duration::from_mins(2));
        world.settle().await;
        world.move_before_end(user, 60).await;
        world.app.renew_due(&world.background).await.unwrap();
        assert_eq!(
            world.faults.count(Entry::Waiting),
            1,
            "the payer is asked to act again"
        );

        world.cancel(user, "").await.unwrap();
        world.settle().await;
        assert_eq!(
            (
                world.faults.count(Entry::Charged),
                world.faults.count(Entry::Cancelled)
            ),
            (1, 1)
        );
        world.harness.clock.advance(Duration::from_mins(2));
        world.app.renew_due(&world.background).await.unwrap();
        assert_eq!(
            world.mine(user).await[0].status(),
            SubscriptionStatus::Ended
        );
    }
}
