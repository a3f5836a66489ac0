//! From one plan to another, and invoices (X-PAY-3).

use std::{sync::atomic::Ordering, time::Duration};

use futures::future::join_all;
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, prop_oneof},
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};
use sea_orm::{ConnectionTrait as _, Statement};
use sv_kernel::{Error, Id, User};
use sv_proto::{
    common::CommonReason,
    rights::{
        self as pb, ChangeTiming, InvoiceLineKind, InvoiceStatus, RightsReason, SubscriptionStatus,
    },
};
use sv_rpc::{call, error};

use super::{
    TestApp,
    coupons::percent,
    peers::{Entry, FILM},
};

impl TestApp {
    pub(super) async fn invoices(&self, user: Id<User>) -> pb::ListInvoicesResponse {
        let request = pb::ListInvoicesRequest {
            page_size: 100,
            ..pb::ListInvoicesRequest::default()
        };
        let mut billing = self.billing.clone();
        let answer = billing
            .list_invoices(call(&self.viewer(user), request))
            .await;
        answer.unwrap().into_inner()
    }

    async fn preview(
        &self,
        user: Id<User>,
        plan: &str,
        timing: ChangeTiming,
    ) -> Result<pb::PreviewPlanChangeResponse, Error> {
        let request = pb::PreviewPlanChangeRequest {
            id: self.newest(user).await.id,
            plan_id: plan.into(),
            timing: timing.into(),
        };
        let mut billing = self.billing.clone();
        let answer = billing.preview_plan_change(call(&self.viewer(user), request));
        answer.await.map(tonic::Response::into_inner).map_err(error)
    }

    pub(super) async fn change(
        &self,
        user: Id<User>,
        plan: &str,
        timing: ChangeTiming,
        method: &str,
    ) -> Result<pb::ChangePlanResponse, Error> {
        let request = pb::ChangePlanRequest {
            id: self.newest(user).await.id,
            plan_id: plan.into(),
            timing: timing.into(),
            payment_method: method.into(),
        };
        let mut billing = self.billing.clone();
        let answer = billing.change_plan(call(&self.viewer(user), request)).await;
        answer.map(tonic::Response::into_inner).map_err(error)
    }

    pub(super) async fn newest(&self, user: Id<User>) -> pb::Subscription {
        let mine = self.mine(user).await.into_iter().next();
        mine.unwrap_or_else(|| pb::Subscription {
            id: user.to_string(),
            ..pb::Subscription::default()
        })
    }

    pub(super) async fn plan_code(&self, user: Id<User>) -> String {
        self.newest(user).await.plan.unwrap().code
    }
}

fn lines(of: &[pb::InvoiceLine]) -> Vec<(InvoiceLineKind, i64)> {
    let lines = of.iter();
    lines.map(|line| (line.kind(), line.amount_minor)).collect()
}

pub(super) const NOT_SAID: ChangeTiming = ChangeTiming::Unspecified;

#[tokio::test]
async fn a_dearer_plan_begins_at_once_and_what_is_left_of_the_old_one_is_set_off() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "basic", "test_ok").await.unwrap();
        let bought = test.newest(user).await;
        let (begin, end) = (bought.period_start.unwrap(), bought.period_end.unwrap());
        let whole = u64::try_from(end.seconds - begin.seconds).unwrap();
        test.harness.clock.advance(Duration::from_secs(whole / 4));

        let told = test.preview(user, "premium", NOT_SAID).await.unwrap();
        assert_eq!(told.timing(), ChangeTiming::AtOnce);
        // Three quarters of 799, rounded down.
        let expected = [
            (InvoiceLineKind::Plan, 1_599),
            (InvoiceLineKind::UnusedTime, -599),
        ];
        assert_eq!(lines(&told.lines), expected);
        assert_eq!((told.due_now_minor, told.next_minor), (1_000, 1_599));
        assert_eq!(test.faults.count(Entry::Charged), 1, "it is only a preview");
        assert_eq!(test.plan_code(user).await, "basic");

        let changed = test.change(user, "premium", NOT_SAID, "").await.unwrap();
        let changed = changed.subscription.unwrap();
        assert_eq!(
            (&changed.id, changed.plan.unwrap().code.as_str()),
            (&bought.id, "premium")
        );
        assert_eq!(
            changed.period_start.unwrap().seconds,
            test.background.now().secs()
        );
        assert_eq!(changed.period_end, told.next_time);
        assert_eq!(test.faults.sum(Entry::Charged), 799 + 1_000);
        assert_eq!(test.decide(user, "", FILM).await.max_streams, 4);
        assert_eq!(test.events_of("subscription.plan.changed").await, 1);
        // Repeated, it changes nothing more.
        test.change(user, "premium", NOT_SAID, "").await.unwrap();
        assert_eq!(test.faults.count(Entry::Charged), 2);
        let invoices = test.invoices(user).await;
        assert_eq!(lines(&invoices.items[0].lines), expected);
        assert_eq!(invoices.credits, []);

        test.move_before_end(user, 60).await;
        test.app.renew_due(&test.background).await.unwrap();
        assert_eq!(test.faults.sum(Entry::Charged), 799 + 1_000 + 1_599);
    }
}

#[tokio::test]
async fn a_cheaper_plan_follows_when_what_is_paid_is_over() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "premium", "test_ok").await.unwrap();
        let end = test.newest(user).await.period_end.unwrap();
        let told = test.preview(user, "basic", NOT_SAID).await.unwrap();
        assert_eq!(told.timing(), ChangeTiming::AtPeriodEnd);
        assert_eq!(
            (told.effective_time, told.next_time),
            (Some(end), Some(end))
        );
        assert_eq!(
            (told.due_now_minor, told.next_minor, told.lines.len()),
            (0, 799, 0)
        );
        for _ in 0..2 {
            let changed = test.change(user, "basic", NOT_SAID, "").await.unwrap();
            let changed = changed.subscription.unwrap();
            assert_ne!(changed.next_plan_id, "");
            assert_eq!(changed.plan.unwrap().code, "premium");
        }
        assert_eq!(test.events_of("subscription.plan.changed").await, 1);
        test.move_before_end(user, 60).await;
        test.app.renew_due(&test.background).await.unwrap();
        assert_eq!(test.faults.sum(Entry::Charged), 1_599 + 799);
        assert_eq!(
            test.decide(user, "", FILM).await.max_streams,
            4,
            "paid until the end"
        );
        test.harness.clock.advance(Duration::from_mins(1));
        assert_eq!(test.decide(user, "", FILM).await.max_streams, 1);
        assert_eq!(test.plan_code(user).await, "basic");
        assert_eq!(test.newest(user).await.next_plan_id, "");

        // Taken back, it stays what it is; a cancelled one has nothing that follows.
        let dear = ChangeTiming::AtPeriodEnd;
        test.change(user, "premium", dear, "").await.unwrap();
        let back = test.change(user, "basic", dear, "").await.unwrap();
        assert_eq!(back.subscription.unwrap().next_plan_id, "");
        test.change(user, "premium", dear, "").await.unwrap();
        assert_eq!(test.cancel(user, "").await.unwrap().next_plan_id, "");
        let late = test.change(user, "premium", dear, "").await.unwrap_err();
        assert!(late.is(&RightsReason::SubscriptionCancelled));
    }
}

#[tokio::test]
async fn what_is_left_over_of_a_change_at_once_pays_the_next_invoices() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "premium", "test_ok").await.unwrap();
        let at_once = ChangeTiming::AtOnce;
        let told = test.preview(user, "basic", at_once).await.unwrap();
        let expected = [
            (InvoiceLineKind::Plan, 799),
            (InvoiceLineKind::UnusedTime, -1_599),
            (InvoiceLineKind::CreditCarried, 800),
        ];
        assert_eq!(lines(&told.lines), expected);
        assert_eq!((told.due_now_minor, told.next_minor), (0, 0));
        test.change(user, "basic", at_once, "").await.unwrap();
        assert_eq!(test.plan_code(user).await, "basic");
        let invoices = test.invoices(user).await;
        let credit = &invoices.credits[0];
        assert_eq!(
            (credit.amount_minor, credit.currency.as_str()),
            (800, "EUR")
        );
        assert_eq!(invoices.items[0].status(), InvoiceStatus::Paid);
        assert_eq!(test.faults.sum(Entry::Charged), 1_599);
        for left in [1, 0] {
            test.move_before_end(user, 60).await;
            test.app.renew_due(&test.background).await.unwrap();
            test.harness.clock.advance(Duration::from_mins(2));
            let credits = test.invoices(user).await.credits;
            assert_eq!(credits.first().map_or(0, |one| one.amount_minor), left);
        }
        assert_eq!(test.faults.sum(Entry::Charged), 1_599 + 798);
        assert!(test.decide(user, "", FILM).await.allowed);
    }
}

#[tokio::test]
async fn a_change_that_is_not_paid_changes_nothing_and_one_that_waits_is_confirmed() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "basic", "test_ok").await.unwrap();
        let declined = test
            .change(user, "premium", NOT_SAID, "test_declined")
            .await;
        assert!(declined.unwrap_err().is(&RightsReason::PaymentDeclined));
        let mine = test.newest(user).await;
        assert_eq!(
            (
                test.plan_code(user).await.as_str(),
                mine.cancel_at_period_end
            ),
            ("basic", false)
        );
        assert_eq!(
            test.invoices(user).await.items[0].status(),
            InvoiceStatus::Declined
        );

        let waits = test
            .change(user, "premium", NOT_SAID, "test_action")
            .await
            .unwrap();
        assert_ne!(waits.client_secret, "");
        let again = test
            .change(user, "premium", NOT_SAID, "test_action")
            .await
            .unwrap();
        assert_eq!(
            again.client_secret, waits.client_secret,
            "it is the same payment"
        );
        assert_eq!(test.plan_code(user).await, "basic");
        // Another wish takes its place.
        let other = test
            .change(user, "standard", NOT_SAID, "test_action")
            .await
            .unwrap();
        assert_ne!(other.client_secret, waits.client_secret);
        let asked = pb::SubscribeResponse {
            subscription: other.subscription,
            client_secret: String::new(),
        };
        test.confirm(user, &asked, &other.client_secret)
            .await
            .unwrap();
        assert_eq!(test.plan_code(user).await, "standard");
        test.settle().await;
        assert_eq!(
            test.faults.count(Entry::Waiting),
            0,
            "what was given up is cancelled"
        );

        // Nobody acts: the plan goes on, and the renewal is not kept waiting.
        test.change(user, "premium", NOT_SAID, "test_action")
            .await
            .unwrap();
        test.move_before_end(user, 60).await;
        test.tamper("UPDATE subscriptions SET method = 'test_ok'")
            .await;
        test.app.renew_due(&test.background).await.unwrap();
        test.harness.clock.advance(Duration::from_mins(5));
        test.settle().await;
        assert_eq!(test.plan_code(user).await, "standard");
        assert!(test.decide(user, "", FILM).await.allowed);
        let refused = test
            .preview(test.user(), "basic", NOT_SAID)
            .await
            .unwrap_err();
        assert!(refused.is(&RightsReason::SubscriptionNotFound));
    }
}

#[tokio::test]
async fn given_months_and_trials_and_coupons_are_counted_for_what_they_are() {
    for test in TestApp::all().await {
        // A coupon: what was paid counts, not the price.
        test.make_coupon(percent("half", 50)).await.unwrap();
        let user = test.user();
        test.subscribe_with(user, "basic", "test_ok", "HALF")
            .await
            .unwrap();
        let told = test.preview(user, "premium", NOT_SAID).await.unwrap();
        assert_eq!(lines(&told.lines)[1], (InvoiceLineKind::UnusedTime, -399));
        // Twice in the same second: the second sets off what the first was worth, not what was charged for it.
        test.change(user, "standard", NOT_SAID, "").await.unwrap();
        test.change(user, "premium", NOT_SAID, "").await.unwrap();
        assert_eq!(
            test.faults.sum(Entry::Charged),
            399 + (1_199 - 399) + (1_599 - 1_199)
        );
        assert_eq!(test.newest(user).await.status(), SubscriptionStatus::Active);

        // Months that were given count by the plan's price, and nothing is lost of them.
        let rich = test.user();
        test.subscribe(rich, "basic", "test_ok").await.unwrap();
        let code = test.give("basic", 2).await;
        test.take(rich, &code).await;
        let told = test.preview(rich, "premium", NOT_SAID).await.unwrap();
        assert_eq!(
            lines(&told.lines),
            [
                (InvoiceLineKind::Plan, 1_599),
                (InvoiceLineKind::UnusedTime, -3 * 799),
                (InvoiceLineKind::CreditCarried, 798)
            ]
        );
        test.change(rich, "premium", NOT_SAID, "").await.unwrap();
        assert_eq!(test.invoices(rich).await.credits[0].amount_minor, 798);

        // A trial ends with a change at once, without credit; with one at the end it becomes the other plan.
        test.tried_plan("week").await;
        for (timing, charged) in [
            (ChangeTiming::AtOnce, 1_599),
            (ChangeTiming::AtPeriodEnd, 0),
        ] {
            let trying = test.user();
            test.subscribe(trying, "week", "test_ok").await.unwrap();
            let before = test.faults.sum(Entry::Charged);
            let changed = test.change(trying, "premium", timing, "").await.unwrap();
            let changed = changed.subscription.unwrap();
            assert_eq!(test.faults.sum(Entry::Charged) - before, charged);
            assert_eq!(changed.trial_end_time.is_some(), charged == 0);
            if charged == 0 {
                test.harness.clock.advance(Duration::from_hours(7 * 24));
                test.app.renew_due(&test.background).await.unwrap();
                assert_eq!(test.faults.sum(Entry::Charged) - before, 1_599);
                assert_eq!(test.plan_code(trying).await, "premium");
            }
        }
    }
}

#[tokio::test]
async fn an_invoice_is_its_accounts_and_supports() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "basic", "test_ok").await.unwrap();
        let id = test.invoices(user).await.items[0].id.clone();
        let get = async |who: Id<User>, id: &str| {
            let request = pb::GetInvoiceRequest { id: id.into() };
            let mut billing = test.billing.clone();
            let answer = billing.get_invoice(call(&test.viewer(who), request)).await;
            answer
                .map(|answer| answer.into_inner().invoice.unwrap())
                .map_err(error)
        };
        assert_eq!(get(user, &id).await.unwrap().total_minor, 799);
        let foreign = get(test.user(), &id).await.unwrap_err();
        assert!(foreign.is(&RightsReason::InvoiceNotFound));
        let request = pb::AdminGetInvoiceRequest { id: id.clone() };
        let mut helpers = test.helpers.clone();
        let seen = helpers.admin_get_invoice(call(&test.editor, request)).await;
        assert_eq!(
            seen.unwrap().into_inner().invoice.unwrap().account_id,
            user.to_string()
        );
        let request = pb::AdminListInvoicesRequest {
            account_id: user.to_string(),
            ..pb::AdminListInvoicesRequest::default()
        };
        let listed = helpers
            .admin_list_invoices(call(&test.editor, request))
            .await;
        assert_eq!(listed.unwrap().into_inner().items.len(), 1);
    }
}

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    Change(&'static str, ChangeTiming, &'static str),
    Cancel,
    Subscribe(&'static str),
    PayersAct,
    Job,
    Hours(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let plan = || prop_oneof![Just("basic"), Just("standard"), Just("premium")];
    let timing = prop_oneof![
        Just(ChangeTiming::Unspecified),
        Just(ChangeTiming::AtOnce),
        Just(ChangeTiming::AtPeriodEnd)
    ];
    let method = prop_oneof![4 => Just(""), 1 => Just("test_action"), 1 => Just("test_declined")];
    prop_oneof![
        6 => (plan(), timing, method).prop_map(|(plan, timing, method)| Step::Change(plan, timing, method)),
        1 => Just(Step::Cancel),
        2 => plan().prop_map(Step::Subscribe),
        1 => Just(Step::PayersAct),
        2 => Just(Step::Job),
        4 => (0..900_u64).prop_map(Step::Hours),
    ]
}

/// X-PAY-3: whatever is changed and when, what invoices add up to is what the provider was asked for, and no credit
/// comes from nowhere.
#[tokio::test]
async fn whatever_is_changed_the_lines_add_up_to_what_is_charged() {
    let cases = if cfg!(feature = "test-postgres") {
        8
    } else {
        24
    };
    let mut runner = TestRunner::new(Config::default());
    for _ in 0..cases {
        let tree = (vec(step(), 1..20), any::<bool>()).new_tree(&mut runner);
        let (steps, discounted) = tree.unwrap().current();
        for test in TestApp::all().await {
            test.make_coupon(percent("half", 50)).await.unwrap();
            let user = test.user();
            let code = if discounted { "HALF" } else { "" };
            test.subscribe_with(user, "standard", "test_ok", code)
                .await
                .unwrap();
            for step in &steps {
                match *step {
                    Step::Change(plan, timing, method) => {
                        let told = test.preview(user, plan, timing).await;
                        let before = test.faults.sum(Entry::Charged);
                        let changed = test.change(user, plan, timing, method).await;
                        if let (Ok(told), Ok(changed), "") = (told, changed, method)
                            && changed.client_secret.is_empty()
                        {
                            let charged = test.faults.sum(Entry::Charged) - before;
                            assert_eq!(charged, i64::from(told.due_now_minor), "{steps:?}");
                        }
                    }
                    Step::Cancel => drop(test.cancel(user, "").await),
                    Step::Subscribe(plan) => drop(test.subscribe(user, plan, "test_ok").await),
                    Step::PayersAct => test.faults.payers_act(),
                    Step::Job => {
                        test.app.renew_due(&test.background).await.unwrap();
                        test.settle().await;
                    }
                    Step::Hours(hours) => {
                        test.harness.clock.advance(Duration::from_hours(hours));
                    }
                }
            }
            for _ in 0..3 {
                test.harness.clock.advance(Duration::from_hours(25));
                test.app.renew_due(&test.background).await.unwrap();
                test.settle().await;
            }
            let invoices = test.invoices(user).await;
            let (mut paid, mut carried) = (0, 0);
            for invoice in &invoices.items {
                let sum: i64 = invoice.lines.iter().map(|line| line.amount_minor).sum();
                assert_eq!(sum, i64::from(invoice.total_minor), "{steps:?}");
                assert!(invoice.total_minor >= 0);
                if invoice.status() == InvoiceStatus::Paid {
                    paid += sum;
                    let of = |kind| {
                        let lines = lines(&invoice.lines).into_iter();
                        lines
                            .filter(|line| line.0 == kind)
                            .map(|line| line.1)
                            .sum::<i64>()
                    };
                    carried += of(InvoiceLineKind::CreditCarried) + of(InvoiceLineKind::Credit);
                }
            }
            assert_eq!(paid, test.faults.sum(Entry::Charged), "{steps:?}");
            let credit: i64 = invoices.credits.iter().map(|one| one.amount_minor).sum();
            assert_eq!(credit, carried, "{steps:?}");
            let sql = "SELECT COUNT(*) AS n FROM invoices";
            let count = Statement::from_string(test.db.read().get_database_backend(), sql);
            let row = test.db.read().query_one_raw(count).await.unwrap().unwrap();
            assert!(
                row.try_get::<i64>("", "n").unwrap() <= 100,
                "the list has them all"
            );
        }
    }
}

#[tokio::test]
async fn changes_by_several_means_at_the_same_moment_are_charged_once() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "basic", "test_ok").await.unwrap();
        test.faults.hold.send_replace(true);
        let first = test.change(user, "premium", NOT_SAID, "test_ok");
        let others = async {
            while test.faults.asked.load(Ordering::SeqCst) < 2 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let means = ["test_late", "test_action", "test_declined"];
            let others = means.map(|means| test.change(user, "premium", NOT_SAID, means));
            let outcomes = join_all(others).await;
            test.faults.hold.send_replace(false);
            outcomes
        };
        let (first, others) = tokio::join!(first, others);
        first.unwrap();
        for refused in others {
            assert!(refused.unwrap_err().is(&CommonReason::Contended));
        }
        test.settle().await;
        assert_eq!(test.faults.count(Entry::Charged), 2);
        assert_eq!(test.faults.books_len(), 2, "nobody was charged in vain");
        assert_eq!(test.plan_code(user).await, "premium");

        // What a call has left behind is given up for the next one.
        let user = test.user();
        test.subscribe(user, "basic", "test_ok").await.unwrap();
        test.faults.down.store(true, Ordering::SeqCst);
        let waits = test.change(user, "premium", NOT_SAID, "test_ok").await;
        let still = waits.unwrap().subscription.unwrap().plan.unwrap();
        assert_eq!(still.code, "basic", "nobody knows yet whether it is paid");
        test.faults.down.store(false, Ordering::SeqCst);
        let at_once = test
            .change(user, "standard", NOT_SAID, "test_ok")
            .await
            .unwrap_err();
        assert!(at_once.is(&CommonReason::Contended));
        test.harness.clock.advance(Duration::from_secs(11));
        test.change(user, "standard", NOT_SAID, "test_ok")
            .await
            .unwrap();
    }
}
