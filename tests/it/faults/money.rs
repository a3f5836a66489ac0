//! The program is killed between any two steps of payments: money moves once, and what was acknowledged was paid for
//! once (X-PAY-1, PAY-1).

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde_json::{Value, json};

use super::{KILLS, PATIENCE, log::with_tables, moment, unlimited};
use crate::harness::{Client, Deployment, tell};

/// How many accounts buy at once.
const BUYERS: usize = 4;
/// The longest life of a server that does its work.
const LIFE: Duration = Duration::from_millis(600);
/// The pause after a call that was not answered.
const PAUSE: Duration = Duration::from_millis(200);
/// How long the jobs may take to bring the last payment to its end: what is left behind they take up after a minute.
const SETTLED: Duration = Duration::from_mins(4);
/// Means that pay at once, later by an event, and after an answer that was lost.
const METHODS: [&str; 3] = ["test_ok", "test_late", "test_lost"];

/// What was acknowledged to accounts: how often each of them has paid.
struct Buyers {
    edge: Mutex<String>,
    over: AtomicBool,
    acknowledged: AtomicUsize,
    unanswered: AtomicUsize,
    paid: Mutex<BTreeMap<String, i64>>,
}

impl Buyers {
    fn buy(&self, buyer: usize) {
        for number in 0.. {
            if self.over.load(Ordering::SeqCst) {
                return;
            }
            let mut client = Client::new(&self.edge.lock().unwrap());
            let email = format!("buyer{buyer}-{number}@example.org");
            let password = "correct horse battery staple";
            let body = json!({"email": email, "password": password, "name": "Buyer"});
            let Ok(answer) = client.try_call(
                "POST",
                "/auth/register",
                Some(body.to_string().as_bytes()),
                &[],
            ) else {
                thread::sleep(PAUSE);
                continue;
            };
            if answer.status != 201 {
                thread::sleep(PAUSE);
                continue;
            }
            let data = answer.data(201);
            client.token = data["accessToken"].as_str().map(str::to_owned);
            let account = data["user"]["id"].as_str().unwrap().to_owned();
            let method = METHODS[number % METHODS.len()];
            let wish = json!({"planId": "basic", "paymentMethod": method});
            let got = self.until_said(&mut client, "/users/subscriptions", &wish);
            assert!(matches!(got.0, 200..=202), "{got:?}");
            self.paid.lock().unwrap().insert(account.clone(), 1);
            self.acknowledged.fetch_add(1, Ordering::SeqCst);
            if got.0 == 202 || number % 2 == 0 {
                continue;
            }
            let id = got.1["subscription"]["id"].as_str().unwrap();
            let path = format!("/users/subscriptions/{id}/change");
            let wish = json!({"planId": "premium", "paymentMethod": "test_ok"});
            let got = self.until_said(&mut client, &path, &wish);
            assert_eq!(got.0, 200, "{got:?}");
            self.paid.lock().unwrap().insert(account, 2);
            self.acknowledged.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Repeats a call, without a key, until there is an answer that says what became of it.
    fn until_said(&self, client: &mut Client, path: &str, body: &Value) -> (u16, Value) {
        let begin = Instant::now();
        loop {
            let edge = self.edge.lock().unwrap().clone();
            let token = client.token.clone();
            *client = Client::new(&edge);
            client.token = token;
            let said = client.try_call("POST", path, Some(body.to_string().as_bytes()), &[]);
            match said {
                Ok(answer) if matches!(answer.status, 200..=202) => {
                    return (answer.status, answer.json()["data"].clone());
                }
                Ok(answer)
                    if answer.status < 500 && answer.status != 409 && answer.status != 429 =>
                {
                    return (answer.status, answer.json());
                }
                Ok(_) => {}
                Err(_) => {
                    self.unanswered.fetch_add(1, Ordering::SeqCst);
                }
            }
            assert!(begin.elapsed() < PATIENCE, "{path} is not answered");
            thread::sleep(PAUSE);
        }
    }
}

/// Reads rows of two texts and two numbers.
fn rows(folder: &Path, service: &str, sql: &str) -> Vec<(String, String, i64, i64)> {
    let found = with_tables(folder, service, async |tables| {
        let select = Statement::from_string(DbBackend::Sqlite, sql);
        tables.query_all_raw(select).await.unwrap()
    });
    let read = found.into_iter().map(|row| {
        (
            row.try_get_by(0).unwrap(),
            row.try_get_by(1).unwrap(),
            row.try_get_by(2).unwrap(),
            row.try_get_by(3).unwrap(),
        )
    });
    read.collect()
}

/// Counts what is not decided yet.
fn open(folder: &Path) -> usize {
    let of = |service, states: &str| {
        let sql = format!("SELECT hex(id), status, 0, 0 FROM payments WHERE status IN ({states})");
        rows(folder, service, &sql).len()
    };
    of("rights", "'intended', 'waiting', 'voiding', 'refunding'")
        + of(
            "payments",
            "'intended', 'processing', 'action_needed', 'cancelling', 'refunding'",
        )
}

#[test]
fn twenty_kills_between_the_steps_of_payments_move_money_once() {
    let often = [
        ("STREAMVERSE_PAYMENTS__JOB_PERIOD_SECONDS", "1".to_owned()),
        ("STREAMVERSE_RIGHTS__JOB_PERIOD_SECONDS", "1".to_owned()),
    ];
    let settings = [&unlimited()[..], &often].concat();
    let mut deployment = Deployment::start(&["all"], &settings);
    let buyers = Buyers {
        edge: Mutex::new(deployment.edge.clone()),
        over: AtomicBool::new(false),
        acknowledged: AtomicUsize::new(0),
        unanswered: AtomicUsize::new(0),
        paid: Mutex::default(),
    };
    thread::scope(|threads| {
        let buyers = &buyers;
        let buying: Vec<_> = (0..BUYERS)
            .map(|buyer| threads.spawn(move || buyers.buy(buyer)))
            .collect();
        for _ in 0..KILLS {
            let before = buyers.acknowledged.load(Ordering::SeqCst);
            let begin = Instant::now();
            while buyers.acknowledged.load(Ordering::SeqCst) == before && begin.elapsed() < PATIENCE
            {
                thread::sleep(Duration::from_millis(5));
            }
            thread::sleep(moment(LIFE));
            deployment.kill();
            deployment.start_again();
            buyers.edge.lock().unwrap().clone_from(&deployment.edge);
        }
        buyers.over.store(true, Ordering::SeqCst);
        for one in buying {
            one.join().unwrap();
        }
    });
    let folder = deployment.data.path().to_owned();
    let begin = Instant::now();
    while open(&folder) > 0 && begin.elapsed() < SETTLED {
        thread::sleep(Duration::from_millis(500));
    }
    deployment.kill();
    let acknowledged = buyers.acknowledged.load(Ordering::SeqCst);
    let unanswered = buyers.unanswered.load(Ordering::SeqCst);
    let wrong = audit(&folder, &buyers.paid.into_inner().unwrap());
    tell(&format!(
        "fault: the program killed between steps of payments: {acknowledged} acknowledged, {unanswered} unanswered, \
         wrong = {}",
        wrong.len()
    ));
    assert!(acknowledged > KILLS, "too few to mean anything");
    assert!(unanswered >= KILLS / 2, "too few were cut off");
    assert_eq!(wrong, [""; 0]);
    assert!(!deployment.logs().contains("panicked"), "nothing panics");
}

/// Holds what both services have written against each other, against the books and against what was acknowledged.
fn audit(folder: &Path, acknowledged: &BTreeMap<String, i64>) -> Vec<String> {
    let mut wrong = Vec::new();
    let open = open(folder);
    if open > 0 {
        wrong.push(format!("{open} payments are not decided"));
    }
    let taken = "SELECT hex(id), currency, amount_minor, 0 FROM payments
                 WHERE status = 'confirmed' AND amount_minor > 0 ORDER BY id";
    let (sold, taken) = (
        rows(folder, "rights", taken),
        rows(folder, "payments", taken),
    );
    if sold != taken {
        wrong.push(format!(
            "{} are sold, and {} are paid",
            sold.len(),
            taken.len()
        ));
    }
    let per_account = "SELECT lower(hex(s.user_id)), '', COUNT(*), s.paid_periods FROM payments p
        JOIN subscriptions s ON s.id = p.subscription_id
        WHERE p.status = 'confirmed' GROUP BY s.id";
    let paid: BTreeMap<String, (i64, i64)> = rows(folder, "rights", per_account)
        .into_iter()
        .map(|(account, _, payments, periods)| (account, (payments, periods)))
        .collect();
    for (account, times) in acknowledged {
        let found = paid
            .get(&account.replace('-', ""))
            .copied()
            .unwrap_or_default();
        // A change that was cut off may have been paid, too, where nobody was told.
        if found.0 != *times || found.0 != found.1 {
            wrong.push(format!(
                "{account} has paid {found:?} times instead of {times}"
            ));
        }
    }
    let sums = "SELECT currency, account, CAST(SUM(amount_minor) AS INTEGER), 0 FROM journal_lines
                GROUP BY currency, account ORDER BY currency, account";
    let sums = rows(folder, "payments", sums);
    let zero: i64 = sums.iter().map(|row| row.2).sum();
    let held: i64 = sums
        .iter()
        .filter(|row| row.1 == "provider")
        .map(|row| row.2)
        .sum();
    let charged: i64 = taken.iter().map(|row| row.2).sum();
    if zero != 0 || held != charged {
        wrong.push(format!(
            "the books add up to {zero}, and hold {held} of {charged}"
        ));
    }
    let kept = "SELECT currency, account, CAST(SUM(amount_minor) AS INTEGER), 0 FROM balances
                GROUP BY currency, account ORDER BY currency, account";
    if rows(folder, "payments", kept) != sums {
        wrong.push("the balances are not those of the lines".to_owned());
    }
    wrong
}
