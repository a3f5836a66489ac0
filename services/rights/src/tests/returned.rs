//! What becomes of changes of plan whose plan or money goes away (X-PAY-3).

use std::time::Duration;

use sv_proto::{
    options::Role,
    payments::PaymentStatus,
    rights::{self as pb, ChangeTiming, RightsReason, SubscriptionStatus},
};
use sv_rpc::call;

use super::{World, changing::NOT_SAID, editing::gold, peers::Entry, told::says};

const AT_ONCE: ChangeTiming = ChangeTiming::AtOnce;

impl World {
    async fn end_with_refund(&self, id: &str) -> pb::EndSubscriptionResponse {
        let request = pb::EndSubscriptionRequest {
            id: id.to_owned(),
            refund: true,
        };
        let admin = self.harness.viewer(self.user(), [Role::Admin]);
        let mut helpers = self.helpers.clone();
        let answer = helpers.end_subscription(call(&admin, request)).await;
        answer.unwrap().into_inner()
    }
}

fn dear() -> pb::Plan {
    pb::Plan {
        code: "dear".into(),
        price_minor: 2_000,
        ..gold()
    }
}

#[tokio::test]
async fn a_plan_that_somebody_is_about_to_pay_for_stays_as_it_was_offered() {
    for world in World::all().await {
        let made = world.make_plan(dear()).await.unwrap();
        let user = world.user();
        world.subscribe(user, "basic", "test_ok").await.unwrap();
        world
            .change(user, "dear", NOT_SAID, "test_late")
            .await
            .unwrap();
        let cheaper = pb::Plan {
            price_minor: 100,
            ..made.clone()
        };
        let refused = world.change_plan(cheaper).await.unwrap_err();
        assert!(refused.is(&RightsReason::PlanInUse), "{refused:?}");
        let retired = world.delete_plan(&made.id).await.unwrap();
        assert!(retired.is_some(), "it is retired, not deleted");
        let told = world.faults.become_of(Entry::Processing, Entry::Charged);
        world.hears_all(&told).await;
        assert_eq!(world.plan_code(user).await, "dear");
        assert_eq!(world.faults.sum(Entry::Charged), 2_000);
    }
}

#[tokio::test]
async fn a_change_to_a_plan_that_is_gone_is_given_up_and_its_payment_given_back() {
    for world in World::all().await {
        world.make_plan(dear()).await.unwrap();
        let [late, acting] = [world.user(), world.user()];
        for (user, method) in [(late, "test_late"), (acting, "test_action")] {
            world.subscribe(user, "basic", "test_ok").await.unwrap();
            let change = world.change(user, "dear", NOT_SAID, method).await.unwrap();
            if user == acting {
                world.tamper("DELETE FROM plans WHERE code = 'dear'").await;
                let asked = pb::SubscribeResponse {
                    subscription: change.subscription,
                    client_secret: String::new(),
                };
                let secret = &change.client_secret;
                let left = world.confirm(user, &asked, secret).await.unwrap();
                assert_eq!(left.subscription.unwrap().plan.unwrap().code, "basic");
            }
        }
        let told = world.faults.become_of(Entry::Processing, Entry::Charged);
        world.hears_all(&told).await;
        world.settle().await;
        assert_eq!(world.faults.count(Entry::Refunded), 2);
        for user in [late, acting] {
            assert_eq!(world.plan_code(user).await, "basic");
        }
    }
}

#[tokio::test]
async fn credit_that_a_payment_became_goes_back_with_it() {
    for world in World::all().await {
        for said in [PaymentStatus::ChargedBack, PaymentStatus::Refunded] {
            let user = world.user();
            world.subscribe(user, "premium", "test_ok").await.unwrap();
            let told = world.faults.become_of(Entry::Charged, Entry::Refunded);
            world.change(user, "basic", AT_ONCE, "").await.unwrap();
            world.hears_all(&says(told, said)).await;
            let status = world.newest(user).await.status();
            assert_eq!(status, SubscriptionStatus::Ended);
            assert_eq!(world.credit(user).await, 0);
            // Nothing is to be had for it.
            world.subscribe(user, "basic", "test_ok").await.unwrap();
            assert_eq!(world.faults.sum(Entry::Charged), 799);
            world.cancel(user, "").await.unwrap();
            world.faults.become_of(Entry::Charged, Entry::Cancelled);
        }

        // Where something was paid for what runs now, the rest is owed.
        let user = world.user();
        world.subscribe(user, "basic", "test_ok").await.unwrap();
        let told = world.faults.become_of(Entry::Charged, Entry::Refunded);
        world.change(user, "premium", AT_ONCE, "").await.unwrap();
        world.hears_all(&told).await;
        assert_eq!(world.plan_code(user).await, "premium");
        assert_eq!(world.credit(user).await, -799);
        world.move_before_end(user, 60).await;
        world.app.renew_due(&world.background).await.unwrap();
        assert_eq!(world.faults.sum(Entry::Charged), 800 + 1_599 + 799);
        assert_eq!(world.credit(user).await, 0);
    }
}

#[tokio::test]
async fn a_change_is_taken_back_with_its_payment() {
    for world in World::all().await {
        let user = world.user();
        world.subscribe(user, "basic", "test_ok").await.unwrap();
        world.faults.become_of(Entry::Charged, Entry::Processing);
        world.change(user, "premium", NOT_SAID, "").await.unwrap();
        let told = world.faults.become_of(Entry::Charged, Entry::Refunded);
        world.hears_all(&told).await;
        assert_eq!(world.newest(user).await.status(), SubscriptionStatus::Ended);
        assert_eq!(world.credit(user).await, 799, "what was set off");
        let told = world.faults.become_of(Entry::Processing, Entry::Refunded);
        world.hears_all(&told).await;
        assert_eq!(world.credit(user).await, 0);
    }
}

#[tokio::test]
async fn support_gives_back_all_that_the_last_month_was_paid_with() {
    for world in World::all().await {
        // Paid by another month of which credit was left.
        let user = world.user();
        world.subscribe(user, "premium", "test_ok").await.unwrap();
        world.change(user, "basic", AT_ONCE, "").await.unwrap();
        let id = world.newest(user).await.id;
        let back = world.end_with_refund(&id).await;
        assert_eq!((back.refund_minor, back.credit_change_minor), (1_599, -800));
        assert_eq!(back.currency, "EUR");
        world.settle().await;
        assert_eq!(world.faults.sum(Entry::Refunded), 1_599);
        assert_eq!(world.credit(user).await, 0);
        let again = world.end_with_refund(&id).await;
        assert_eq!((again.refund_minor, again.credit_change_minor), (0, 0));
        world.settle().await;
        assert_eq!(world.credit(user).await, 0);

        // Paid by credit in part: premium, then basic, whose rest and credit are lost with nobody but its end.
        let user = world.user();
        world.subscribe(user, "premium", "test_ok").await.unwrap();
        world.change(user, "basic", AT_ONCE, "").await.unwrap();
        world
            .end(&world.newest(user).await.id, false)
            .await
            .unwrap();
        world.subscribe(user, "standard", "test_ok").await.unwrap();
        assert_eq!(world.credit(user).await, 0);
        let back = world.end_with_refund(&world.newest(user).await.id).await;
        assert_eq!((back.refund_minor, back.credit_change_minor), (399, 800));
        assert_eq!(world.credit(user).await, 800);
    }
}

#[tokio::test]
async fn given_months_stay_months_of_their_plan() {
    for world in World::all().await {
        let (two, twelve) = (world.give("basic", 2).await, world.give("basic", 12).await);
        // A plan that follows follows after them.
        let user = world.user();
        world.subscribe(user, "basic", "test_ok").await.unwrap();
        let at_end = ChangeTiming::AtPeriodEnd;
        world.change(user, "premium", at_end, "").await.unwrap();
        world.take(user, &two).await;
        world.harness.clock.advance(Duration::from_hours(24 * 40));
        world.app.renew_due(&world.background).await.unwrap();
        assert_eq!(world.plan_code(user).await, "basic");
        world.move_before_end(user, 60).await;
        world.app.renew_due(&world.background).await.unwrap();
        world.harness.clock.advance(Duration::from_mins(2));
        assert_eq!(world.plan_code(user).await, "premium");
        assert_eq!(world.faults.sum(Entry::Charged), 799 + 1_599);

        // A change that waits was counted without them.
        let user = world.user();
        world.subscribe(user, "basic", "test_ok").await.unwrap();
        let before = world.faults.sum(Entry::Charged);
        let change = world.change(user, "premium", NOT_SAID, "test_action").await;
        world.take(user, &twelve).await;
        let change = change.unwrap();
        let asked = pb::SubscribeResponse {
            subscription: change.subscription,
            client_secret: String::new(),
        };
        world
            .confirm(user, &asked, &change.client_secret)
            .await
            .unwrap();
        world.settle().await;
        assert_eq!(world.plan_code(user).await, "basic");
        assert_eq!(world.faults.sum(Entry::Charged), before);
    }
}

#[tokio::test]
async fn who_subscribes_again_with_another_means_pays_what_is_overdue() {
    for world in World::all().await {
        let user = world.user();
        world.subscribe(user, "basic", "test_ok").await.unwrap();
        world
            .tamper("UPDATE subscriptions SET method = 'test_declined'")
            .await;
        world.move_before_end(user, 60).await;
        world.app.renew_due(&world.background).await.unwrap();
        let refused = world.subscribe(user, "basic", "test_declined").await;
        assert!(refused.unwrap_err().is(&RightsReason::PaymentDeclined));
        let paid = world.subscribe(user, "basic", "test_ok").await.unwrap();
        let status = paid.subscription.unwrap().status();
        assert_eq!(status, SubscriptionStatus::Active);
        assert_eq!(world.faults.sum(Entry::Charged), 2 * 799);
    }
}

#[tokio::test]
async fn a_month_that_is_paid_ahead_in_another_currency_is_not_lost_by_a_change() {
    for world in World::all().await {
        let dollars = pb::Plan {
            currency: "USD".into(),
            ..dear()
        };
        world.make_plan(dollars).await.unwrap();
        let user = world.user();
        world.subscribe(user, "basic", "test_ok").await.unwrap();
        world.change(user, "dear", NOT_SAID, "").await.unwrap();
        world.move_before_end(user, 60).await;
        world.app.renew_due(&world.background).await.unwrap();
        assert_eq!(world.faults.sum(Entry::Charged), 799 + 2_000);
        let refused = world.change(user, "premium", AT_ONCE, "").await;
        assert!(refused.unwrap_err().is(&RightsReason::CurrencyDiffers));
    }
}
