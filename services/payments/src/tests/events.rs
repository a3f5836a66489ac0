//! Whatever the order in which a provider tells of things, and however often: it comes to the same (X-PAY-1).

use std::collections::BTreeMap;

use proptest::{
    collection::vec,
    prelude::{Just, Strategy, prop_oneof},
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};
use sv_kernel::{Currency, Id, Money, Timestamp};
use uuid::Uuid;

use super::TestApp;
use crate::{
    app::News,
    domain::{Account, Bill, ChargeState, Fact, Movement, OURS, Payment, PaymentMethod},
};

fn movement() -> impl Strategy<Value = Movement> {
    prop_oneof![
        Just(Movement::Pending),
        Just(Movement::Succeeded),
        Just(Movement::Failed)
    ]
}

fn fact() -> impl Strategy<Value = Fact> {
    let states = ChargeState::NAMES.map(|(state, _)| state);
    let refund = |(key, status): (&str, _)| Fact::Refund {
        key: key.into(),
        provider_id: format!("refund_{key}"),
        minor: if key == OURS { 799 } else { 300 },
        status,
    };
    let chargeback = |(number, status): (u8, _)| Fact::Chargeback {
        provider_id: format!("dispute_{number}"),
        minor: 799,
        status,
    };
    let refunds = prop_oneof![Just(OURS), Just("by_hand")];
    prop_oneof![
        3 => (0..states.len()).prop_map(move |at| Fact::Charge(states[at])),
        3 => (refunds, movement()).prop_map(refund),
        2 => (0..2_u8, movement()).prop_map(chargeback),
    ]
}

/// What a history comes to: what the payment is, and what the books hold.
type End = (String, Vec<String>, BTreeMap<&'static str, i64>);

fn end(payment: &Payment, books: BTreeMap<&'static str, i64>) -> End {
    assert_eq!(books.values().sum::<i64>(), 0);
    let mut known: Vec<_> = payment
        .transactions
        .iter()
        .map(|one| format!("{:?} {} {} {:?}", one.kind, one.key, one.minor, one.status))
        .collect();
    known.sort();
    let stands = format!(
        "{:?} {:?} {}",
        payment.status(),
        payment.charge,
        payment.refunded()
    );
    (stands, known, books)
}

fn bill(id: Uuid) -> Bill {
    Bill {
        id: Id::from_uuid(id),
        account: Id::from_uuid(Uuid::nil()),
        amount: Money::new(799, Currency::parse("EUR").unwrap()),
        method: PaymentMethod::default(),
        reference: String::new(),
        description: String::new(),
        off_session: false,
    }
}

fn told(facts: &[Fact]) -> End {
    let now = Timestamp::EPOCH;
    let bill = bill(Uuid::nil());
    let mut payment = Payment::intended(&bill, "books", Id::from_uuid(Uuid::nil()), now);
    let mut books = BTreeMap::new();
    for fact in facts {
        if let Some(entry) = payment.take(fact, now, &Uuid::nil) {
            for line in entry.lines() {
                *books.entry(line.account.name()).or_default() += line.amount.minor;
            }
        }
    }
    books.retain(|_, minor| *minor != 0);
    end(&payment, books)
}

/// Repeats some of a history, and mixes it.
fn mixed(runner: &mut TestRunner, history: &[Fact]) -> Vec<Fact> {
    let again = proptest::sample::subsequence(history.to_vec(), 0..=history.len());
    let again = again.new_tree(runner).unwrap().current();
    let all = Just([history, &again].concat()).prop_shuffle();
    all.new_tree(runner).unwrap().current()
}

#[test]
fn any_order_and_repetition_of_a_history_comes_to_the_same_payment_and_the_same_books() {
    let mut runner = TestRunner::new(Config::default());
    for _ in 0..3_000 {
        let history = vec(fact(), 1..9).new_tree(&mut runner).unwrap().current();
        let other = mixed(&mut runner, &history);
        assert_eq!(told(&history), told(&other), "{history:?} and {other:?}");
    }
}

/// The same through the tables: events that were seen are known by their ids, and are counted once.
#[tokio::test]
async fn what_is_written_of_a_history_does_not_depend_on_its_order_either() {
    let mut runner = TestRunner::new(Config::default());
    for test in TestApp::all().await {
        for round in 0..25 {
            let history = vec(fact(), 1..7).new_tree(&mut runner).unwrap().current();
            let other = mixed(&mut runner, &history);
            let mut ends = Vec::new();
            for (way, facts) in [&history, &other].into_iter().enumerate() {
                let ctx = &test.background;
                let bill = bill(ctx.new_id::<Payment>().uuid());
                let before = test.sums().await;
                test.app.intend(ctx, &bill).await.unwrap();
                for fact in facts {
                    let place = history.iter().position(|one| one == fact);
                    let news = News {
                        facts: vec![fact.clone()],
                        event: Some(format!("event_{round}_{way}_{place:?}")),
                        ..News::default()
                    };
                    test.app.hear(ctx, bill.id, &news).await.unwrap();
                }
                let (payment, entries) = test.app.get(ctx, bill.id).await.unwrap();
                let after = test.sums().await;
                let books = after.into_iter().map(|(account, minor)| {
                    let had = before.get(account).copied().unwrap_or_default();
                    (account, minor - had)
                });
                let books: BTreeMap<_, _> = books.filter(|(_, minor)| *minor != 0).collect();
                let in_entries: i64 = entries
                    .iter()
                    .flat_map(crate::domain::Entry::lines)
                    .filter(|line| line.account == Account::Provider)
                    .map(|line| line.amount.minor)
                    .sum();
                assert_eq!(
                    in_entries,
                    books.get("provider").copied().unwrap_or_default()
                );
                ends.push(end(&payment, books));
            }
            assert_eq!(ends[0], ends[1], "{history:?} and {other:?}");
            assert_eq!(ends[0], told(&history));
        }
    }
}

impl TestApp {
    /// Adds up what each account holds, by its name in the tables.
    async fn sums(&self) -> BTreeMap<&'static str, i64> {
        let balances = self.app.balances(&self.background).await.unwrap();
        let named = balances
            .into_iter()
            .map(|one| (one.account.name(), one.amount.minor));
        named.collect()
    }
}
