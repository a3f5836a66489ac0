//! What payments tells later (X-PAY-1, X-PAY-2).

use std::time::Duration;

use sv_kernel::Error;
use sv_proto::{
    payments::{Payment, PaymentStatus},
    rights::{OrderStatus, SubscriptionStatus},
};
use sv_store::work;

use super::{
    TestApp,
    ordering::for_sale,
    peers::{Entry, FILM, PAID_FILM},
};

impl TestApp {
    /// Takes an event up, as the subscription does.
    async fn hears(&self, told: &Payment) {
        let (app, ctx) = (&self.app, &self.background);
        let done = self.db.write(ctx, |tx| {
            work(async move { app.payment_changed(tx, ctx, told).await })
        });
        let done: Result<(), Error> = done.await;
        done.unwrap();
    }

    pub(super) async fn hears_all(&self, told: &[Payment]) {
        // Twice: the bus may deliver again.
        for told in told.iter().chain(told) {
            self.hears(told).await;
        }
    }
}

pub(super) fn says(told: Vec<Payment>, status: PaymentStatus) -> Vec<Payment> {
    let other = told.into_iter().map(|payment| Payment {
        status: status.into(),
        ..payment
    });
    other.collect()
}

#[tokio::test]
async fn a_confirmation_that_comes_late_opens_what_was_asked_for_and_nobody_has_to_act() {
    for test in TestApp::all().await {
        let user = test.user();
        let asked = test.subscribe(user, "basic", "test_late").await.unwrap();
        assert_eq!(asked.client_secret, "");
        let status = asked.subscription.unwrap().status();
        assert_eq!(status, SubscriptionStatus::Pending);
        assert!(!test.decide(user, "", FILM).await.allowed);
        let told = test.faults.become_of(Entry::Processing, Entry::Charged);
        test.hears_all(&told).await;
        assert!(test.decide(user, "", FILM).await.allowed);
        assert_eq!(test.events().await, 1);
        test.settle().await;
        assert_eq!(test.faults.count(Entry::Charged), 1);
    }
}

#[tokio::test]
async fn a_refusal_that_comes_late_ends_the_request() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "basic", "test_late").await.unwrap();
        let told = test.faults.become_of(Entry::Processing, Entry::Declined);
        test.hears_all(&told).await;
        let mine = test.mine(user).await;
        assert_eq!(mine[0].status(), SubscriptionStatus::Declined);
    }
}

#[tokio::test]
async fn a_confirmation_of_what_was_given_up_is_given_back() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "basic", "test_late").await.unwrap();
        test.cancel(user, "").await.unwrap();
        test.settle().await;
        // Taken all the same.
        let told = test.faults.become_of(Entry::Cancelled, Entry::Charged);
        test.hears_all(&told).await;
        test.settle().await;
        assert_eq!(test.faults.count(Entry::Refunded), 1);
        assert!(!test.decide(user, "", FILM).await.allowed);
    }
}

#[tokio::test]
async fn a_chargeback_ends_the_subscription_at_once_and_for_good() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "basic", "").await.unwrap();
        assert!(test.decide(user, "", FILM).await.allowed);
        let told = test.faults.become_of(Entry::Charged, Entry::Charged);
        test.hears_all(&says(told.clone(), PaymentStatus::ChargedBack))
            .await;
        assert!(!test.decide(user, "", FILM).await.allowed);
        let mine = test.mine(user).await;
        assert_eq!(mine[0].status(), SubscriptionStatus::Ended);
        // The dispute is won: the money is ours, and nobody is subscribed without having asked for it.
        test.hears_all(&told).await;
        assert!(!test.decide(user, "", FILM).await.allowed);
        test.settle().await;
        assert_eq!(test.faults.count(Entry::Refunded), 0);
        // Support gives it back all the same.
        for _ in 0..2 {
            test.end(&mine[0].id, true).await.unwrap();
            test.settle().await;
            assert_eq!(test.faults.count(Entry::Refunded), 1);
        }
    }
}

#[tokio::test]
async fn a_refund_by_others_closes_what_was_bought() {
    for test in TestApp::all().await {
        test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        let user = test.user();
        test.buy(user, PAID_FILM, "").await.unwrap();
        assert!(test.decide(user, "", PAID_FILM).await.allowed);
        let told = test.faults.become_of(Entry::Charged, Entry::Refunded);
        test.hears_all(&told).await;
        assert!(!test.decide(user, "", PAID_FILM).await.allowed);
        let mine = test.purchases(user).await;
        assert_eq!(mine[0].status(), OrderStatus::Refunded);
    }
}

#[tokio::test]
async fn a_confirmation_that_comes_late_opens_a_title_while_it_is_there() {
    for test in TestApp::all().await {
        test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        let user = test.user();
        test.buy(user, PAID_FILM, "test_late").await.unwrap();
        let told = test.faults.become_of(Entry::Processing, Entry::Charged);
        test.hears_all(&told).await;
        test.settle().await;
        assert!(test.decide(user, "", PAID_FILM).await.allowed);
        test.hears_all(&told).await;
        assert_eq!(test.faults.count(Entry::Charged), 1);
    }
}

#[tokio::test]
async fn a_confirmation_that_comes_after_the_title_is_gone_is_given_back() {
    for test in TestApp::all().await {
        test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        let user = test.user();
        test.buy(user, PAID_FILM, "test_late").await.unwrap();
        test.withdrawn.lock().unwrap().push(PAID_FILM.into());
        let told = test.faults.become_of(Entry::Processing, Entry::Charged);
        test.hears_all(&told).await;
        test.settle().await;
        assert_eq!(test.faults.count(Entry::Refunded), 1);
        assert_eq!(test.faults.count(Entry::Charged), 0);
        assert!(test.purchases(user).await.is_empty(), "it bought nothing");
    }
}

#[tokio::test]
async fn money_back_for_a_month_that_is_over_leaves_the_present_one_open() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "basic", "").await.unwrap();
        let first = test.faults.become_of(Entry::Charged, Entry::Charged);
        test.move_before_end(user, 60).await;
        test.app.renew_due(&test.background).await.unwrap();
        test.harness.clock.advance(Duration::from_mins(2));
        test.hears_all(&says(first.clone(), PaymentStatus::Refunded))
            .await;
        assert!(test.decide(user, "", FILM).await.allowed);
        // What is told of no payment of ours is nobody's business here.
        let foreign = Payment {
            id: test.user().to_string(),
            ..first[0].clone()
        };
        test.hears(&foreign).await;
    }
}
