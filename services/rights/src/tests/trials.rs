//! Trials: once per account, and charged when they end (X-PAY-5).

use std::time::Duration;

use futures::future::join_all;
use sv_proto::rights::{self as pb, SubscriptionStatus};

use super::{
    World,
    peers::{Entry, FILM},
};

impl World {
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
    for world in World::all().await {
        assert_eq!(world.tried_plan("week").await.trial_days, 7);
        let user = world.user();
        let begun = world.subscribe(user, "week", "test_ok").await.unwrap();
        let begun = begun.subscription.unwrap();
        assert_eq!(begun.status(), SubscriptionStatus::Active);
        let end = begun.trial_end_time.unwrap().seconds;
        assert_eq!(end, world.background.now().secs() + 7 * 86_400);
        assert_eq!(begun.period_end, None);
        assert_eq!(world.events().await, 1);
        assert!(world.decide(user, "", FILM).await.allowed);
        assert_eq!(world.faults.books_len(), 0, "nothing is charged");
        // Repeated, it is the same.
        let again = world.subscribe(user, "week", "test_ok").await.unwrap();
        assert_eq!(again.subscription.unwrap().id, begun.id);

        world
            .harness
            .clock
            .advance(Duration::from_hours(7 * 24) - Duration::from_mins(1));
        assert!(world.decide(user, "", FILM).await.allowed);
        world.app.renew_due(&world.background).await.unwrap();
        assert_eq!(world.faults.count(Entry::Charged), 0, "it is not over");
        world.harness.clock.advance(Duration::from_mins(2));
        assert!(
            world.decide(user, "", FILM).await.allowed,
            "while it is charged"
        );
        world.app.renew_due(&world.background).await.unwrap();
        assert_eq!(world.faults.count(Entry::Charged), 1);
        let mine = &world.mine(user).await[0];
        assert_eq!(
            mine.period_start.unwrap().seconds,
            end,
            "the month begins then"
        );
        assert_eq!(mine.trial_end_time, None);
        assert!(world.decide(user, "", FILM).await.allowed);
    }
}

#[tokio::test]
async fn a_trial_that_is_cancelled_or_cannot_be_charged_ends_without_money() {
    for world in World::all().await {
        world.tried_plan("week").await;
        let (leaves, poor) = (world.user(), world.user());
        world.subscribe(leaves, "week", "").await.unwrap();
        world.cancel(leaves, "").await.unwrap();
        world
            .subscribe(poor, "week", "test_declined")
            .await
            .unwrap();
        assert!(
            world.decide(leaves, "", FILM).await.allowed,
            "until its end"
        );
        world
            .harness
            .clock
            .advance(Duration::from_hours(7 * 24) - Duration::from_mins(1));
        world.app.renew_due(&world.background).await.unwrap();
        world.harness.clock.advance(Duration::from_mins(20));
        world.app.renew_due(&world.background).await.unwrap();
        for user in [leaves, poor] {
            assert!(!world.decide(user, "", FILM).await.allowed);
            let mine = &world.mine(user).await[0];
            assert_eq!(mine.status(), SubscriptionStatus::Ended);
        }
        assert_eq!(world.faults.count(Entry::Charged), 0);
        // The second time it costs money.
        let second = world.subscribe(leaves, "week", "").await.unwrap();
        assert_eq!(second.subscription.unwrap().trial_end_time, None);
        assert_eq!(world.faults.count(Entry::Charged), 1);
    }
}

#[tokio::test]
async fn what_the_end_of_a_trial_waits_for_can_be_cancelled() {
    for world in World::all().await {
        world.tried_plan("week").await;
        let user = world.user();
        world.subscribe(user, "week", "test_action").await.unwrap();
        world.harness.clock.advance(Duration::from_hours(7 * 24));
        world.app.renew_due(&world.background).await.unwrap();
        world.harness.clock.advance(Duration::from_hours(1));
        assert!(!world.decide(user, "", FILM).await.allowed);
        assert_eq!(
            world.mine(user).await[0].status(),
            SubscriptionStatus::Ended
        );
        world.cancel(user, "").await.unwrap();
        world.settle().await;
        assert_eq!(
            (
                world.faults.count(Entry::Charged),
                world.faults.count(Entry::Cancelled)
            ),
            (0, 1)
        );
        let refused = world.cancel(user, "").await.unwrap_err();
        assert_eq!(refused.reason(), "SUBSCRIPTION_NOT_FOUND");
    }
}

#[tokio::test]
async fn an_account_has_one_trial_however_many_it_asks_for_at_once_and_of_whatever_plans() {
    for world in World::all().await {
        world.tried_plan("week").await;
        world.tried_plan("other").await;
        let user = world.user();
        join_all(["week", "other", "week", "other"].map(|plan| world.subscribe(user, plan, "")))
            .await;
        assert_eq!(world.mine(user).await.len(), 1);
        assert_eq!(world.faults.books_len(), 0);
        world.cancel(user, "").await.unwrap();
        world.harness.clock.advance(Duration::from_hours(8 * 24));
        for plan in ["week", "other"] {
            let paid = world.subscribe(user, plan, "").await.unwrap();
            let id = paid.subscription.unwrap().id;
            world.cancel(user, &id).await.unwrap();
        }
        assert_eq!(world.faults.count(Entry::Charged), 2);
    }
}
