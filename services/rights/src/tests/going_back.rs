//! Money that goes back where credit, changes of plan, gifts and coupons came between (X-PAY-2 to X-PAY-5).

use std::{sync::atomic::Ordering, time::Duration};

use futures::future::{join, join_all};
use sv_kernel::{Id, User};
use sv_proto::{
    payments::PaymentStatus,
    rights::{ChangeTiming, InvoiceStatus, PastDueStep, SubscriptionStatus},
};

use super::{
    TestApp,
    coupons::percent,
    peers::{Entry, FILM},
    told::says,
};

impl TestApp {
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

const BASIC: &str = "0192f000-0000-7000-8000-000000000001";
const STANDARD: &str = "0192f000-0000-7000-8000-000000000002";
const AT_ONCE: ChangeTiming = ChangeTiming::AtOnce;

#[tokio::test]
async fn credit_that_was_spent_on_a_month_is_there_again_when_the_month_is_given_back() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "premium", "test_ok").await.unwrap();
        test.change(user, "basic", AT_ONCE, "").await.unwrap();
        assert_eq!(test.credit(user).await, 800);
        test.next_month(user).await;
        assert_eq!(test.credit(user).await, 1);
        test.next_month(user).await;
        assert_eq!(test.credit(user).await, 0);
        let id = test.mine(user).await[0].id.clone();
        for _ in 0..2 {
            test.end(&id, true).await.unwrap();
            test.settle().await;
            assert_eq!(test.faults.sum(Entry::Refunded), 798);
            assert_eq!(test.credit(user).await, 1);
        }
    }
}

#[tokio::test]
async fn credit_that_is_left_of_a_month_goes_with_the_money_for_it() {
    for status in [PaymentStatus::Refunded, PaymentStatus::ChargedBack] {
        for test in TestApp::all().await {
            let user = test.user();
            test.subscribe(user, "premium", "test_ok").await.unwrap();
            test.change(user, "basic", AT_ONCE, "").await.unwrap();
            assert_eq!(test.credit(user).await, 800);
            let told = test.faults.become_of(Entry::Charged, Entry::Refunded);
            assert_eq!(told.len(), 1, "the change cost nothing");
            test.hears_all(&says(told, status)).await;
            assert_eq!(test.credit(user).await, 0);
            assert!(!test.decide(user, "", FILM).await.allowed);
        }
    }
}

#[tokio::test]
async fn support_gives_back_what_was_paid_before_a_change_that_cost_nothing() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "premium", "test_ok").await.unwrap();
        test.change(user, "basic", AT_ONCE, "").await.unwrap();
        let id = test.mine(user).await[0].id.clone();
        test.end(&id, true).await.unwrap();
        test.settle().await;
        assert_eq!(test.faults.sum(Entry::Refunded), 1_599);
        assert_eq!(test.credit(user).await, 0);
        assert!(!test.decide(user, "", FILM).await.allowed);
    }
}

#[tokio::test]
async fn money_back_for_the_plan_before_leaves_the_dearer_one_that_was_paid_for() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "basic", "test_ok").await.unwrap();
        let first = test.faults.become_of(Entry::Charged, Entry::Charged);
        test.change(user, "premium", AT_ONCE, "").await.unwrap();
        test.hears_all(&says(first, PaymentStatus::Refunded)).await;
        assert!(test.decide(user, "", FILM).await.allowed);
        assert_eq!(test.credit(user).await, -799, "what was set off is owed");
    }
}

#[tokio::test]
async fn of_many_changes_at_once_each_is_answered_by_what_came_of_it_and_paid_once() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "basic", "test_ok").await.unwrap();
        let same = (0..20).map(|_| test.change(user, "standard", AT_ONCE, ""));
        for answer in join_all(same).await {
            let plan = answer.unwrap().subscription.unwrap().plan.unwrap();
            assert_eq!(plan.code, "standard");
        }
        assert_eq!(test.faults.count(Entry::Charged), 2);

        let others = ["premium", "basic"].into_iter().cycle().take(20);
        let test = &test;
        let others = others.map(|plan| async move {
            let answer = test.change(user, plan, AT_ONCE, "test_ok").await;
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
        test.settle().await;
        assert_eq!(test.faults.sum(Entry::Charged), test.paid(user).await);
        assert_eq!(test.mine(user).await.len(), 1);
    }
}

#[tokio::test]
async fn a_change_that_is_given_up_while_it_is_charged_is_given_back_and_says_so() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "basic", "test_ok").await.unwrap();
        test.faults.hold.send_replace(true);
        let asked = test.faults.asked.load(Ordering::SeqCst);
        let changed = test.change(user, "premium", AT_ONCE, "");
        let cancelled = async {
            while test.faults.asked.load(Ordering::SeqCst) == asked {
                tokio::task::yield_now().await;
            }
            test.cancel(user, "").await.unwrap();
            test.faults.hold.send_replace(false);
        };
        let (changed, ()) = join(changed, cancelled).await;
        // It is repeated for whoever is in the way, and finds why.
        assert_eq!(changed.unwrap_err().reason(), "SUBSCRIPTION_CANCELLED");
        test.settle().await;
        assert_eq!(test.faults.sum(Entry::Charged), 799);
        let mine = test.mine(user).await;
        assert_eq!(mine[0].plan.as_ref().unwrap().code, "basic");
    }
}

#[tokio::test]
async fn a_gift_stands_for_a_month_that_was_not_paid() {
    for test in TestApp::all().await {
        let user = test.user();
        let code = test.give("basic", 1).await;
        test.about_to_fail(user).await;
        test.harness.clock.advance(Duration::from_mins(2));
        let status = test.mine(user).await[0].status();
        assert_eq!(status, SubscriptionStatus::PastDue);
        test.take(user, &code).await;
        let tries = test.faults.books_len();
        test.harness.clock.advance(Duration::from_hours(5 * 24));
        test.look().await;
        let mine = &test.mine(user).await[0];
        assert_eq!(mine.status(), SubscriptionStatus::Active);
        assert_eq!(test.faults.books_len(), tries, "nothing is owed");
        assert_eq!(test.steps().await, [PastDueStep::Begun, PastDueStep::Paid]);
    }
}

#[tokio::test]
async fn a_renewal_that_waits_for_its_payer_does_not_cancel_what_a_gift_prolongs() {
    for test in TestApp::all().await {
        let user = test.user();
        let code = test.give("basic", 1).await;
        test.subscribe(user, "basic", "test_ok").await.unwrap();
        test.tamper("UPDATE subscriptions SET method = 'test_action'")
            .await;
        test.move_before_end(user, 60).await;
        test.look().await;
        test.take(user, &code).await;
        test.harness.clock.advance(Duration::from_hours(30));
        test.look().await;
        assert_eq!(test.faults.count(Entry::Cancelled), 1);
        let mine = &test.mine(user).await[0];
        assert_eq!(mine.status(), SubscriptionStatus::Active);
        assert!(!mine.cancel_at_period_end);
        assert!(test.decide(user, "", FILM).await.allowed);
    }
}

#[tokio::test]
async fn a_coupon_a_trial_and_a_gift_come_one_after_the_other() {
    for test in TestApp::all().await {
        test.tried_plan("week").await;
        let half = test.make_coupon(percent("half", 50)).await.unwrap();
        let user = test.user();
        let begun = test.subscribe_with(user, "week", "test_ok", "half").await;
        let begun = begun.unwrap().subscription.unwrap();
        let trial_end = begun.trial_end_time.unwrap().seconds;
        let code = test.give("week", 1).await;
        test.take(user, &code).await;
        assert!(test.decide(user, "", FILM).await.allowed);
        // The month that was given comes after the trial, and is charged by nobody.
        test.harness.clock.advance(Duration::from_hours(8 * 24));
        test.look().await;
        assert!(test.decide(user, "", FILM).await.allowed);
        assert_eq!(test.faults.books_len(), 0);
        let mine = &test.mine(user).await[0];
        assert_eq!(mine.period_start.unwrap().seconds, trial_end);
        test.next_month(user).await;
        assert_eq!(test.faults.sum(Entry::Charged), 450);
        test.next_month(user).await;
        assert_eq!(test.faults.sum(Entry::Charged), 450 + 900, "once");
        assert_eq!(test.the_coupon(&half.id).await.unwrap().used, 1);
    }
}

/// A renewal, a refusal of one that is tried again, and a change of plan lock the subscription before they read it: none
/// overwrites what another has written meanwhile, and what is charged is what the invoices say (X-PAY-3, X-PAY-4).
#[tokio::test]
async fn a_change_of_plan_beside_a_renewal_neither_loses_it_nor_charges_in_vain() {
    for test in TestApp::all().await {
        let mut users = Vec::new();
        for round in 0..12 {
            let user = test.user();
            users.push(user);
            test.subscribe(user, "basic", "test_ok").await.unwrap();
            test.move_before_end(user, 60).await;
            let timing = [AT_ONCE, ChangeTiming::AtPeriodEnd][round % 2];
            let renewed = test.app.renew_due(&test.background);
            let again = test.app.renew_due(&test.background);
            let changed = test.change(user, "standard", timing, "");
            let (renewed, again, changed) = tokio::join!(renewed, again, changed);
            renewed.unwrap();
            again.unwrap();
            if let Err(refused) = &changed {
                assert_eq!(refused.reason(), "CONTENDED", "{round}");
            }
            test.settle().await;
            let mine = test.newest(user).await;
            let next = Some(mine.next_plan_id).filter(|next| !next.is_empty());
            let next = next.unwrap_or(mine.plan.unwrap().id);
            let wanted = if changed.is_ok() { STANDARD } else { BASIC };
            assert_eq!(next, wanted, "{round}: {timing:?}");
        }
        let mut paid = 0;
        for user in users {
            assert_eq!(test.mine(user).await.len(), 1);
            paid += test.paid(user).await;
        }
        assert_eq!(test.faults.sum(Entry::Charged), paid, "nothing in vain");
    }
}
