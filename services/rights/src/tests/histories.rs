//! Whatever an account does and whatever fails: what was taken is what was paid for.

use std::{sync::atomic::Ordering, time::Duration};

use proptest::{
    collection::vec,
    prelude::{Just, Strategy, prop_oneof},
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};
use sea_orm::{ConnectionTrait as _, Statement};

use super::{World, peers::Entry};

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    Subscribe(&'static str, &'static str),
    Cancel,
    PayersAct,
    LoseAnswer,
    ProviderDown(bool),
    Job,
    Minutes(u64),
    ToTheEnd,
}

fn step() -> impl Strategy<Value = Step> {
    let plan = prop_oneof![Just("basic"), Just("premium")];
    let method = prop_oneof![Just("test_ok"), Just("test_action"), Just("test_declined")];
    prop_oneof![
        4 => (plan, method).prop_map(|(plan, method)| Step::Subscribe(plan, method)),
        2 => Just(Step::Cancel),
        1 => Just(Step::PayersAct),
        1 => Just(Step::LoseAnswer),
        1 => proptest::bool::weighted(0.3).prop_map(Step::ProviderDown),
        2 => Just(Step::Job),
        2 => (1..2_000_u64).prop_map(Step::Minutes),
        1 => Just(Step::ToTheEnd),
    ]
}

impl World {
    /// Counts the periods that subscriptions were given.
    async fn periods(&self) -> usize {
        let sql = "SELECT COALESCE(SUM(paid_periods), 0) AS n FROM subscriptions";
        let sum = Statement::from_string(self.db.read().get_database_backend(), sql);
        let row = self.db.read().query_one_raw(sum).await.unwrap().unwrap();
        usize::try_from(row.try_get::<i64>("", "n").unwrap()).unwrap()
    }
}

#[tokio::test]
async fn what_was_taken_and_not_given_back_is_what_was_paid_for() {
    for world in World::all().await {
        let mut runner = TestRunner::new(Config::default());
        for _ in 0..40 {
            let user = world.user();
            let steps = vec(step(), 1..12).new_tree(&mut runner).unwrap().current();
            let viewer = || world.viewer(user);
            for step in &steps {
                match step {
                    Step::Subscribe(plan, method) => {
                        let _ = world.app.subscribe(&viewer(), plan, method).await;
                    }
                    Step::Cancel => {
                        let _ = world.app.cancel(&viewer(), "").await;
                    }
                    Step::PayersAct => world.faults.payers_act(),
                    Step::LoseAnswer => world.faults.lose.store(1, Ordering::SeqCst),
                    Step::ProviderDown(down) => world.faults.down.store(*down, Ordering::SeqCst),
                    Step::Job => {
                        world.settle().await;
                        world.app.renew_due(&world.background).await.unwrap();
                    }
                    Step::Minutes(minutes) => {
                        world.harness.clock.advance(Duration::from_mins(*minutes));
                    }
                    Step::ToTheEnd => world.harness.clock.advance(Duration::from_hours(30 * 24)),
                }
            }
            // Everything heals, and the job has had its time.
            world.faults.lose.store(0, Ordering::SeqCst);
            world.faults.down.store(false, Ordering::SeqCst);
            for _ in 0..4 {
                world.harness.clock.advance(Duration::from_hours(26));
                world.settle().await;
            }
            let charged = world.faults.count(Entry::Charged);
            assert_eq!(charged, world.periods().await, "after {steps:?}");
        }
    }
}
