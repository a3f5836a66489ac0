//! Whatever an account does and whatever fails: what was taken is what was paid for.

use std::{sync::atomic::Ordering, time::Duration};

use proptest::{
    collection::vec,
    prelude::{Just, Strategy, prop_oneof},
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};
use sea_orm::{ConnectionTrait as _, Statement};
use sv_kernel::{Id, User};

use super::{
    TestApp,
    ordering::for_sale,
    peers::{Entry, PAID_FILM},
};

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    Subscribe(&'static str, &'static str),
    Cancel,
    Buy(&'static str),
    Rent(&'static str, u32),
    Refund,
    PayersAct,
    LoseAnswer,
    ProviderDown(bool),
    Job,
    Minutes(u64),
    ToTheEnd,
}

fn step() -> impl Strategy<Value = Step> {
    let plan = prop_oneof![Just("basic"), Just("premium")];
    let method = || prop_oneof![Just("test_ok"), Just("test_action"), Just("test_declined")];
    prop_oneof![
        4 => (plan, method()).prop_map(|(plan, method)| Step::Subscribe(plan, method)),
        2 => Just(Step::Cancel),
        2 => method().prop_map(Step::Buy),
        3 => (method(), prop_oneof![Just(48_u32), Just(168)])
            .prop_map(|(method, hours)| Step::Rent(method, hours)),
        1 => Just(Step::Refund),
        1 => Just(Step::PayersAct),
        1 => Just(Step::LoseAnswer),
        1 => proptest::bool::weighted(0.3).prop_map(Step::ProviderDown),
        2 => Just(Step::Job),
        2 => (1..2_000_u64).prop_map(Step::Minutes),
        1 => Just(Step::ToTheEnd),
    ]
}

impl TestApp {
    /// Counts the periods that subscriptions were given, and the titles that were had.
    async fn paid_for(&self) -> usize {
        let mut paid = 0;
        for sql in [
            "SELECT COALESCE(SUM(paid_periods), 0) AS n FROM subscriptions",
            "SELECT COUNT(*) AS n FROM orders WHERE status IN ('paid', 'ended')",
        ] {
            let sum = Statement::from_string(self.db.read().get_database_backend(), sql);
            let row = self.db.read().query_one_raw(sum).await.unwrap().unwrap();
            paid += usize::try_from(row.try_get::<i64>("", "n").unwrap()).unwrap();
        }
        paid
    }

    /// Gives the account's newest order back, whatever it is.
    async fn refund_newest(&self, user: Id<User>) {
        let newest = self.purchases(user).await.first().map(|one| one.id.clone());
        let newest = newest.or(self.rentals(user).await.first().map(|one| one.id.clone()));
        if let Some(id) = newest {
            let _ = self.refund(&id).await;
        }
    }
}

#[tokio::test]
async fn what_was_taken_and_not_given_back_is_what_was_paid_for() {
    for test in TestApp::all().await {
        test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        let mut runner = TestRunner::new(Config::default());
        for _ in 0..40 {
            let user = test.user();
            let steps = vec(step(), 1..12).new_tree(&mut runner).unwrap().current();
            let viewer = || test.viewer(user);
            for step in &steps {
                match step {
                    Step::Subscribe(plan, method) => {
                        let _ = test.app.subscribe(&viewer(), plan, method, "").await;
                    }
                    Step::Cancel => {
                        let _ = test.app.cancel(&viewer(), "").await;
                    }
                    Step::Buy(method) => {
                        let _ = test.buy(user, PAID_FILM, method).await;
                    }
                    Step::Rent(method, hours) => {
                        let hours = i32::try_from(*hours).unwrap();
                        let _ = test.rent(user, PAID_FILM, hours, method).await;
                    }
                    Step::Refund => test.refund_newest(user).await,
                    Step::PayersAct => test.faults.payers_act(),
                    Step::LoseAnswer => test.faults.lose.store(1, Ordering::SeqCst),
                    Step::ProviderDown(down) => test.faults.down.store(*down, Ordering::SeqCst),
                    Step::Job => {
                        test.settle().await;
                        test.app.renew_due(&test.background).await.unwrap();
                    }
                    Step::Minutes(minutes) => {
                        test.harness.clock.advance(Duration::from_mins(*minutes));
                    }
                    Step::ToTheEnd => test.harness.clock.advance(Duration::from_hours(30 * 24)),
                }
            }
            // Everything heals, and the job has had its time.
            test.faults.lose.store(0, Ordering::SeqCst);
            test.faults.down.store(false, Ordering::SeqCst);
            for _ in 0..4 {
                test.harness.clock.advance(Duration::from_hours(26));
                test.settle().await;
            }
            let charged = test.faults.count(Entry::Charged);
            assert_eq!(charged, test.paid_for().await, "after {steps:?}");
        }
    }
}
