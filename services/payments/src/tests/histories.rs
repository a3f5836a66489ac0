//! Whatever a seller asks for and whatever fails: money moves once each way, and the books say so.

use std::{sync::atomic::Ordering, time::Duration};

use proptest::{
    collection::vec,
    prelude::{Just, Strategy, prop_oneof},
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};
use sv_proto::payments::PaymentStatus;

use super::TestApp;

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    Charge,
    Confirm,
    Cancel,
    Refund,
    Lose,
    Down(bool),
    Job,
    Minutes(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Charge),
        2 => Just(Step::Confirm),
        1 => Just(Step::Cancel),
        2 => Just(Step::Refund),
        3 => Just(Step::Lose),
        2 => proptest::bool::weighted(0.4).prop_map(Step::Down),
        3 => Just(Step::Job),
        3 => (1..90_u64).prop_map(Step::Minutes),
    ]
}

#[tokio::test]
async fn what_the_provider_took_and_gave_back_is_what_the_books_say() {
    for test in TestApp::all().await {
        let mut runner = TestRunner::new(Config::default());
        for round in 0..40 {
            let bill = test.bill(["", "action", "declined"][round % 3]);
            let steps = vec(step(), 1..14).new_tree(&mut runner).unwrap().current();
            for step in &steps {
                match step {
                    Step::Charge => {
                        test.charge(&bill).await.unwrap();
                    }
                    Step::Confirm => {
                        test.confirm(&bill, "secret").await.unwrap();
                    }
                    // Nothing is there, or nothing was taken.
                    Step::Cancel => drop(test.cancel(&bill).await),
                    Step::Refund => drop(test.refund(&bill, "").await),
                    Step::Lose => test.books.lose.store(1, Ordering::SeqCst),
                    Step::Down(down) => test.books.down.store(*down, Ordering::SeqCst),
                    Step::Job => drop(test.job().await),
                    Step::Minutes(minutes) => {
                        test.harness.clock.advance(Duration::from_mins(*minutes));
                    }
                }
            }
            // Everything heals, and the job has had its time.
            test.books.lose.store(0, Ordering::SeqCst);
            test.books.down.store(false, Ordering::SeqCst);
            for _ in 0..3 {
                test.harness.clock.advance(Duration::from_hours(2));
                test.job().await;
            }
            let id = bill.payment_id.parse().unwrap();
            let entry = test.books.entries().get(&id).copied().unwrap_or_default();
            assert!(
                entry.taken <= 1 && entry.given_back <= entry.taken,
                "{steps:?}"
            );
            let (taken, given_back) = test.books.moved();
            let balances = test.balances().await;
            let holds = |account: &str| balances.get(account).copied().unwrap_or_default();
            let units = |count: usize| 799 * i64::try_from(count).unwrap();
            assert_eq!(holds("REVENUE"), -units(taken), "{steps:?}");
            assert_eq!(holds("REFUNDS"), units(given_back), "{steps:?}");
            assert_eq!(holds("PROVIDER"), units(taken - given_back), "{steps:?}");
            assert_eq!(holds("PAYER"), 0, "{steps:?}");
            if entry.given_back == 1 {
                assert_eq!(test.status(&bill).await, PaymentStatus::Refunded);
            }
        }
    }
}
