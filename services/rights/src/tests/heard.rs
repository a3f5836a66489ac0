//! What others are told of ends and of orders (X-WH-1).

use std::time::Duration;

use sv_kernel::Clock as _;
use sv_proto::rights::{
    OrderChanged, OrderStatus, PastDueStep, SubscriptionCancelled, SubscriptionEnded,
};

use super::{TestApp, ordering::for_sale, peers::PAID_FILM};

#[tokio::test]
async fn a_subscription_tells_that_it_will_end_that_it_goes_on_and_that_it_is_over() {
    for test in TestApp::all().await {
        let user = test.user();
        // What was never in force neither ends nor is over.
        test.subscribe(user, "basic", "test_action").await.unwrap();
        test.cancel(user, "").await.unwrap();
        let mine = test.subscribe(user, "basic", "test_ok").await.unwrap();
        let mine = mine.subscription.unwrap();
        test.cancel(user, "").await.unwrap();
        test.cancel(user, "").await.unwrap();
        test.subscribe(user, "basic", "test_ok").await.unwrap();
        test.cancel(user, "").await.unwrap();
        let told = test.heard::<SubscriptionCancelled>().await;
        let resumed: Vec<bool> = told.iter().map(|one| one.resumed).collect();
        assert_eq!(resumed, [false, true, false]);
        let (first, of) = (&told[0], user.to_string());
        assert_eq!(
            (&first.subscription_id, &first.user_id, &*first.plan_code),
            (&mine.id, &of, "basic")
        );
        assert_eq!(first.period_end, mine.period_end);
        assert!(test.heard::<SubscriptionEnded>().await.is_empty());

        test.harness.clock.advance(Duration::from_hours(24 * 32));
        for _ in 0..2 {
            test.app.renew_due(&test.background).await.unwrap();
        }
        let told = test.heard::<SubscriptionEnded>().await;
        assert_eq!(told.len(), 1);
        assert_eq!(
            (
                &told[0].subscription_id,
                &told[0].user_id,
                &*told[0].plan_code
            ),
            (&mine.id, &of, "basic")
        );
        assert_eq!(told[0].end_time, mine.period_end);
    }
}

#[tokio::test]
async fn support_tells_what_it_ends_and_that_nothing_is_asked_for_any_more() {
    for test in TestApp::all().await {
        let user = test.user();
        test.about_to_fail(user).await;
        let id = test.mine(user).await.remove(0).id;
        for _ in 0..2 {
            test.end(&id, false).await.unwrap();
        }
        let told = test.heard::<SubscriptionEnded>().await;
        assert_eq!(told.len(), 1);
        let now = test.harness.clock.now().secs();
        assert_eq!(told[0].end_time.unwrap().seconds, now);
        let steps = test.steps().await;
        assert_eq!(steps, [PastDueStep::Begun, PastDueStep::Ended]);
    }
}

#[tokio::test]
async fn an_order_tells_that_it_is_paid_and_that_its_money_goes_back() {
    for test in TestApp::all().await {
        test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        let (user, other) = (test.user(), test.user());
        let bought = test.buy(user, PAID_FILM, "test_ok").await.unwrap();
        let bought = bought.purchase.unwrap();
        test.rent(other, PAID_FILM, 48, "test_action")
            .await
            .unwrap();
        let told = test.heard::<OrderChanged>().await;
        assert_eq!(told.len(), 1, "nothing is told of what is not paid");
        assert_eq!(
            (&told[0].order_id, &told[0].user_id, &*told[0].content_id),
            (&bought.id, &user.to_string(), PAID_FILM)
        );
        assert_eq!(
            (told[0].status(), told[0].price_minor, &*told[0].currency),
            (OrderStatus::Active, 999, "EUR")
        );
        assert_eq!((told[0].duration_hours, told[0].expire_time), (0, None));

        test.harness.clock.advance(Duration::from_mins(3));
        test.faults.payers_act();
        test.settle().await;
        for _ in 0..2 {
            test.refund(&bought.id).await.unwrap();
        }
        test.settle().await;
        let told = test.heard::<OrderChanged>().await;
        let heard: Vec<_> = told[1..]
            .iter()
            .map(|one| (one.status(), one.duration_hours, one.expire_time.is_some()))
            .collect();
        assert_eq!(
            heard,
            [
                (OrderStatus::Active, 48, true),
                (OrderStatus::Refunded, 0, false)
            ]
        );
        assert!(told[2].version > told[0].version);
    }
}
