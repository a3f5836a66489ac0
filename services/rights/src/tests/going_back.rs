//! Money that goes back where credit, changes of plan, gifts and coupons came between (X-PAY-2 to X-PAY-5).

use std::{sync::atomic::Ordering, time::Duration};

use futures::future::{join, join_all};
use sv_kernel::{Id, User};
use sv_proto::{
    payments::PaymentStatus,
    rights::{ChangeTiming, InvoiceStatus, PastDueStep, SubscriptionStatus},
};

use super::{
    World,
    coupons::percent,
    peers::{Entry, FILM},
    told::says,
};

impl World {
    /// Returns the account's credit, or what it owes.
    pub(super) async fn credit(&self, user: Id<User>) -> i64 {
        let credits = self.invoices(user).await.credits;
        credits.first().map_or(0, |one| one.amount_minor)
    }

    /// Adds up what the account's invoices say was paid.
    async fn paid(&self, user: Id<User>) -> i64 {
        let invoices = self.invoices(user).await.items;
        let paid = invoices
            .iter()
            .filter(|invoice| invoice.status() == InvoiceStatus::Paid);
        paid.map(|invoice| i64::from(invoice.total_minor)).sum()
    }

    async fn next_month(&self, user: Id<User>) {
        self.move_before_end(user, 60).await;
        self.app.renew_due(&self.background).await.unwrap();
        self.harness.clock.advance(Duration::from_mins(2));
    }
}

const AT_ONCE: ChangeTiming = ChangeTiming::AtOnce;

#[tokio::test]
async fn credit_that_was_spent_on_a_month_is_there_again_when_the_month_is_given_back() {
    for world in World::all().await {
        let user = world.user();
        world.subscribe(user, "premium", "test_ok").await.unwrap();
        world.change(user, "basic", AT_ONCE, "").await.unwrap();
        assert_eq!(world.credit(user).await, 800);
        world.next_month(user).await;
        assert_eq!(world.credit(user).await, 1);
        world.next_month(user).await;
        assert_eq!(world.credit(user).await, 0);
        let id = world.mine(user).await[0].id.clone();
        for _ in 0..2 {
            world.end(&id, true).await.unwrap();
            world.settle().await;
            assert_eq!(world.faults.sum(Entry::Refunded), 798);
            assert_eq!(world.credit(user).await, 1);
        }
    }
}

#[tokio::test]
async fn credit_that_is_left_of_a_month_goes_with_the_money_for_it() {
    for status in [PaymentStatus::Refunded, PaymentStatus::ChargedBack] {
        for world in World::all().await {
            let user = world.user();
            world.subscribe(user, "premium", "test_ok").await.unwrap();
            world.change(user, "basic", AT_ONCE, "").await.unwrap();
            assert_eq!(world.credit(user).await, 800);
            let told = world.faults.become_of(Entry::Charged, Entry::Refunded);
            assert_eq!(told.len(), 1, "the change cost nothing");
            world.hears_all(&says(told, status)).await;
            assert_eq!(world.credit(user).await, 0);
            assert!(!world.decide(user, "", FILM).await.allowed);
        }
    }
}

#[tokio::test]
async fn support_gives_back_what_was_paid_before_a_change_that_cost_nothing() {
    for world in World::all().await {
        let user = world.user();
        world.subscribe(user, "premium", "test_ok").await.unwrap();
        world.change(user, "basic", AT_ONCE, "").await.unwrap();
        let id = world.mine(user).await[0].id.clone();
        world.end(&id, true).await.unwrap();
        world.settle().await;
        assert_eq!(world.faults.sum(Entry::Refunded), 1_599);
        assert_eq!(world.credit(user).await, 0);
        assert!(!world.decide(user, "", FILM).await.allowed);
    }
}

#[tokio::test]
async fn money_back_for_the_plan_before_leaves_the_dearer_one_that_was_paid_for() {
    for world in World::all().await {
        let user = world.user();
        world.subscribe(user, "basic", "test_ok").await.unwrap();
        let first = world.faults.become_of(Entry::Charged, Entry::Charged);
        world.change(user, "premium", AT_ONCE, "").await.unwrap();
        world.hears_all(&says(first, PaymentStatus::Refunded)).await;
        assert!(world.decide(user, "", FILM).await.allowed);
        assert_eq!(world.credit(user).await, -799, "what was set off is owed");
    }
}

#[tokio::test]
async fn of_many_changes_at_once_each_is_answered_by_what_came_of_it_and_paid_once() {
    for world in World::all().await {
        let user = world.user();
        world.subscribe(user, "basic", "test_ok").await.unwrap();
        let same = (0..20).map(|_| world.change(user, "standard", AT_ONCE, ""));
        for answer in join_all(same).await {
            let plan = answer.unwrap().subscription.unwrap().plan.unwrap();
            assert_eq!(plan.code, "standard");
        }
        assert_eq!(world.faults.count(Entry::Charged), 2);

        let others = ["premium", "basic"].into_iter().cycle().take(20);
        let world = &world;
        let others = others.map(|plan| async move {
            let answer = world.change(user, plan, AT_ONCE, "test_ok").await;
            (plan, answer)
        });
        for (plan, answer) in join_all(others).await {
            match answer {
                Ok(answer) => {
                    let has = answer.subscription.unwrap().plan.unwrap();
                    assert_eq!(has.code, plan);
                }
                Err(refused) => assert_eq!(refused.reason(), "CONTENDED"),
            }
        }
        world.settle().await;
        assert_eq!(world.faults.sum(Entry::Charged), world.paid(user).await);
        assert_eq!(world.mine(user).await.len(), 1);
    }
}

#[tokio::test]
async fn a_change_that_is_given_up_while_it_is_charged_is_given_back_and_says_so() {
    for world in World::all().await {
        let user = world.user();
        world.subscribe(user, "basic", "test_ok").await.unwrap();
        world.faults.hold.send_replace(true);
        let asked = world.faults.asked.load(Ordering::SeqCst);
        let changed = world.change(user, "premium", AT_ONCE, "");
        let cancelled = async {
            while world.faults.asked.load(Ordering::SeqCst) == asked {
                tokio::task::yield_now().await;
            }
            world.cancel(user, "").await.unwrap();
            world.faults.hold.send_replace(false);
        };
        let (changed, ()) = join(changed, cancelled).await;
        // It is repeated for whoever is in the way, and finds why.
        assert_eq!(changed.unwrap_err().reason(), "SUBSCRIPTION_CANCELLED");
        world.settle().await;
        assert_eq!(world.faults.sum(Entry::Charged), 799);
        let mine = world.mine(user).await;
        assert_eq!(mine[0].plan.as_ref().unwrap().code, "basic");
    }
}

#[tokio::test]
async fn a_gift_stands_for_a_month_that_was_not_paid() {
    for world in World::all().await {
        let user = world.user();
        let code = world.give("basic", 1).await;
        world.about_to_fail(user).await;
        world.harness.clock.advance(Duration::from_mins(2));
        let status = world.mine(user).await[0].status();
        assert_eq!(status, SubscriptionStatus::PastDue);
        world.take(user, &code).await;
        let tries = world.faults.books_len();
        world.harness.clock.advance(Duration::from_hours(5 * 24));
        world.look().await;
        let mine = &world.mine(user).await[0];
        assert_eq!(mine.status(), SubscriptionStatus::Active);
        assert_eq!(world.faults.books_len(), tries, "nothing is owed");
        assert_eq!(world.steps().await, [PastDueStep::Begun, PastDueStep::Paid]);
    }
}

#[tokio::test]
async fn a_renewal_that_waits_for_its_payer_does_not_cancel_what_a_gift_prolongs() {
    for world in World::all().await {
        let user = world.user();
        let code = world.give("basic", 1).await;
        world.subscribe(user, "basic", "test_ok").await.unwrap();
        world
            .tamper("UPDATE subscriptions SET method = 'test_action'")
            .await;
        world.move_before_end(user, 60).await;
        world.look().await;
        world.take(user, &code).await;
        world.harness.clock.advance(Duration::from_hours(30));
        world.look().await;
        assert_eq!(world.faults.count(Entry::Cancelled), 1);
        let mine = &world.mine(user).await[0];
        assert_eq!(mine.status(), SubscriptionStatus::Active);
        assert!(!mine.cancel_at_period_end);
        assert!(world.decide(user, "", FILM).await.allowed);
    }
}

#[tokio::test]
async fn a_coupon_a_trial_and_a_gift_come_one_after_the_other() {
    for world in World::all().await {
        world.tried_plan("week").await;
        let half = world.make_coupon(percent("half", 50)).await.unwrap();
        let user = world.user();
        let begun = world.subscribe_with(user, "week", "test_ok", "half").await;
        let begun = begun.unwrap().subscription.unwrap();
        let trial_end = begun.trial_end_time.unwrap().seconds;
        let code = world.give("week", 1).await;
        world.take(user, &code).await;
        assert!(world.decide(user, "", FILM).await.allowed);
        // The month that was given comes after the trial, and is charged by nobody.
        world.harness.clock.advance(Duration::from_hours(8 * 24));
        world.look().await;
        assert!(world.decide(user, "", FILM).await.allowed);
        assert_eq!(world.faults.books_len(), 0);
        let mine = &world.mine(user).await[0];
        assert_eq!(mine.period_start.unwrap().seconds, trial_end);
        world.next_month(user).await;
        assert_eq!(world.faults.sum(Entry::Charged), 450);
        world.next_month(user).await;
        assert_eq!(world.faults.sum(Entry::Charged), 450 + 900, "once");
        assert_eq!(world.the_coupon(&half.id).await.unwrap().used, 1);
    }
}
