//! What becomes of changes of plan whose plan or money goes away (X-PAY-3).

use std::time::Duration;

use sv_proto::{
    options::Role,
    payments::PaymentStatus,
    rights::{self as pb, ChangeTiming, RightsReason, SubscriptionStatus},
};
use sv_rpc::call;

use super::{TestApp, changing::NOT_SAID, editing::gold, peers::Entry, told::says};

const AT_ONCE: ChangeTiming = ChangeTiming::AtOnce;

impl TestApp {
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
    for test in TestApp::all().await {
        let made = test.make_plan(dear()).await.unwrap();
        let user = test.user();
        test.subscribe(user, "basic", "test_ok").await.unwrap();
        test.change(user, "dear", NOT_SAID, "test_late")
            .await
            .unwrap();
        let cheaper = pb::Plan {
            price_minor: 100,
            ..made.clone()
        };
        let refused = test.change_plan(cheaper).await.unwrap_err();
        assert!(refused.is(&RightsReason::PlanInUse), "{refused:?}");
        let retired = test.delete_plan(&made.id).await.unwrap();
        assert!(retired.is_some(), "it is retired, not deleted");
        let told = test.faults.become_of(Entry::Processing, Entry::Charged);
        test.hears_all(&told).await;
        assert_eq!(test.plan_code(user).await, "dear");
        assert_eq!(test.faults.sum(Entry::Charged), 2_000);
    }
}

#[tokio::test]
async fn a_change_to_a_plan_that_is_gone_is_given_up_and_its_payment_given_back() {
    for test in TestApp::all().await {
        test.make_plan(dear()).await.unwrap();
        let [late, acting] = [test.user(), test.user()];
        for (user, method) in [(late, "test_late"), (acting, "test_action")] {
            test.subscribe(user, "basic", "test_ok").await.unwrap();
            let change = test.change(user, "dear", NOT_SAID, method).await.unwrap();
            if user == acting {
                test.tamper("DELETE FROM plans WHERE code = 'dear'").await;
                let asked = pb::SubscribeResponse {
                    subscription: change.subscription,
                    client_secret: String::new(),
                };
                let secret = &change.client_secret;
                let left = test.confirm(user, &asked, secret).await.unwrap();
                assert_eq!(left.subscription.unwrap().plan.unwrap().code, "basic");
            }
        }
        let told = test.faults.become_of(Entry::Processing, Entry::Charged);
        test.hears_all(&told).await;
        test.settle().await;
        assert_eq!(test.faults.count(Entry::Refunded), 2);
        for user in [late, acting] {
            assert_eq!(test.plan_code(user).await, "basic");
        }
    }
}

#[tokio::test]
async fn credit_that_a_payment_became_goes_back_with_it() {
    for test in TestApp::all().await {
        for said in [PaymentStatus::ChargedBack, PaymentStatus::Refunded] {
            let user = test.user();
            test.subscribe(user, "premium", "test_ok").await.unwrap();
            let told = test.faults.become_of(Entry::Charged, Entry::Refunded);
            test.change(user, "basic", AT_ONCE, "").await.unwrap();
            test.hears_all(&says(told, said)).await;
            let status = test.newest(user).await.status();
            assert_eq!(status, SubscriptionStatus::Ended);
            assert_eq!(test.credit(user).await, 0);
            // Nothing is to be had for it.
            test.subscribe(user, "basic", "test_ok").await.unwrap();
            assert_eq!(test.faults.sum(Entry::Charged), 799);
            test.cancel(user, "").await.unwrap();
            test.faults.become_of(Entry::Charged, Entry::Cancelled);
        }

        // Where something was paid for what runs now, the rest is owed.
        let user = test.user();
        test.subscribe(user, "basic", "test_ok").await.unwrap();
        let told = test.faults.become_of(Entry::Charged, Entry::Refunded);
        test.change(user, "premium", AT_ONCE, "").await.unwrap();
        test.hears_all(&told).await;
        assert_eq!(test.plan_code(user).await, "premium");
        assert_eq!(test.credit(user).await, -799);
        test.move_before_end(user, 60).await;
        test.app.renew_due(&test.background).await.unwrap();
        assert_eq!(test.faults.sum(Entry::Charged), 800 + 1_599 + 799);
        assert_eq!(test.credit(user).await, 0);
    }
}

#[tokio::test]
async fn a_change_is_taken_back_with_its_payment() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "basic", "test_ok").await.unwrap();
        test.faults.become_of(Entry::Charged, Entry::Processing);
        test.change(user, "premium", NOT_SAID, "").await.unwrap();
        let told = test.faults.become_of(Entry::Charged, Entry::Refunded);
        test.hears_all(&told).await;
        assert_eq!(test.newest(user).await.status(), SubscriptionStatus::Ended);
        assert_eq!(test.credit(user).await, 799, "what was set off");
        let told = test.faults.become_of(Entry::Processing, Entry::Refunded);
        test.hears_all(&told).await;
        assert_eq!(test.credit(user).await, 0);
    }
}

#[tokio::test]
async fn support_gives_back_all_that_the_last_month_was_paid_with() {
    for test in TestApp::all().await {
        // Paid by another month of which credit was left.
        let user = test.user();
        test.subscribe(user, "premium", "test_ok").await.unwrap();
        test.change(user, "basic", AT_ONCE, "").await.unwrap();
        let id = test.newest(user).await.id;
        let back = test.end_with_refund(&id).await;
        assert_eq!((back.refund_minor, back.credit_change_minor), (1_599, -800));
        assert_eq!(back.currency, "EUR");
        test.settle().await;
        assert_eq!(test.faults.sum(Entry::Refunded), 1_599);
        assert_eq!(test.credit(user).await, 0);
        let again = test.end_with_refund(&id).await;
        assert_eq!((again.refund_minor, again.credit_change_minor), (0, 0));
        test.settle().await;
        assert_eq!(test.credit(user).await, 0);

        // Paid by credit in part: premium, then basic, whose rest and credit are lost with nobody but its end.
        let user = test.user();
        test.subscribe(user, "premium", "test_ok").await.unwrap();
        test.change(user, "basic", AT_ONCE, "").await.unwrap();
        test.end(&test.newest(user).await.id, false).await.unwrap();
        test.subscribe(user, "standard", "test_ok").await.unwrap();
        assert_eq!(test.credit(user).await, 0);
        let back = test.end_with_refund(&test.newest(user).await.id).await;
        assert_eq!((back.refund_minor, back.credit_change_minor), (399, 800));
        assert_eq!(test.credit(user).await, 800);
    }
}

#[tokio::test]
async fn given_months_stay_months_of_their_plan() {
    for test in TestApp::all().await {
        let (two, twelve) = (test.give("basic", 2).await, test.give("basic", 12).await);
        // A plan that follows follows after them.
        let user = test.user();
        test.subscribe(user, "basic", "test_ok").await.unwrap();
        let at_end = ChangeTiming::AtPeriodEnd;
        test.change(user, "premium", at_end, "").await.unwrap();
        test.take(user, &two).await;
        test.harness.clock.advance(Duration::from_hours(24 * 40));
        test.app.renew_due(&test.background).await.unwrap();
        assert_eq!(test.plan_code(user).await, "basic");
        test.move_before_end(user, 60).await;
        test.app.renew_due(&test.background).await.unwrap();
        test.harness.clock.advance(Duration::from_mins(2));
        assert_eq!(test.plan_code(user).await, "premium");
        assert_eq!(test.faults.sum(Entry::Charged), 799 + 1_599);

        // A change that waits was counted without them.
        let user = test.user();
        test.subscribe(user, "basic", "test_ok").await.unwrap();
        let before = test.faults.sum(Entry::Charged);
        let change = test.change(user, "premium", NOT_SAID, "test_action").await;
        test.take(user, &twelve).await;
        let change = change.unwrap();
        let asked = pb::SubscribeResponse {
            subscription: change.subscription,
            client_secret: String::new(),
        };
        test.confirm(user, &asked, &change.client_secret)
            .await
            .unwrap();
        test.settle().await;
        assert_eq!(test.plan_code(user).await, "basic");
        assert_eq!(test.faults.sum(Entry::Charged), before);
    }
}

#[tokio::test]
async fn who_subscribes_again_with_another_means_pays_what_is_overdue() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "basic", "test_ok").await.unwrap();
        test.tamper("UPDATE subscriptions SET method = 'test_declined'")
            .await;
        test.move_before_end(user, 60).await;
        test.app.renew_due(&test.background).await.unwrap();
        let refused = test.subscribe(user, "basic", "test_declined").await;
        assert!(refused.unwrap_err().is(&RightsReason::PaymentDeclined));
        let paid = test.subscribe(user, "basic", "test_ok").await.unwrap();
        let status = paid.subscription.unwrap().status();
        assert_eq!(status, SubscriptionStatus::Active);
        assert_eq!(test.faults.sum(Entry::Charged), 2 * 799);
    }
}

#[tokio::test]
async fn a_month_that_is_paid_ahead_in_another_currency_is_not_lost_by_a_change() {
    for test in TestApp::all().await {
        let dollars = pb::Plan {
            currency: "USD".into(),
            ..dear()
        };
        test.make_plan(dollars).await.unwrap();
        let user = test.user();
        test.subscribe(user, "basic", "test_ok").await.unwrap();
        test.change(user, "dear", NOT_SAID, "").await.unwrap();
        test.move_before_end(user, 60).await;
        test.app.renew_due(&test.background).await.unwrap();
        assert_eq!(test.faults.sum(Entry::Charged), 799 + 2_000);
        let refused = test.change(user, "premium", AT_ONCE, "").await;
        assert!(refused.unwrap_err().is(&RightsReason::CurrencyDiffers));
    }
}
