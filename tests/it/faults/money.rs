//! The program is killed between any two steps of payments: money moves once, whatever was on its way, and both
//! services' tables and the books agree on where it is (X-PAY-1, X-PAY-2, PAY-1).
//!
//! A step is a write of one of the two services. In each [`Case`] one of them fails, by a trigger in its table, so that
//! everything before it is done and it is not: there the program is killed, which forgets the rest. Then the triggers
//! go, the rows are made older by a few minutes, since what a crash has left behind is taken up after one, and the
//! program begins again.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde_json::{Value, json};

use super::{editor, log::with_tables, unlimited};
use crate::harness::{Client, Deployment, TIMEOUT, tell};

/// Accounts that act at once.
const AT_ONCE: usize = 6;
/// The pause between two looks at the tables.
const LOOK: Duration = Duration::from_millis(100);
/// By how much rows are made older while nothing runs: what a crash left behind is taken up after a minute.
const AGE: Duration = Duration::from_mins(3);

/// The two services that know of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Rights,
    Payments,
}

/// What an account does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    /// Subscribes, by this means.
    Subscribe(&'static str),
    /// Buys a title.
    Buy,
    /// Subscribes, is to act, and cancels instead.
    Cancel,
    /// Subscribes, and support ends it and gives the money back.
    GiveBack(&'static str),
    /// Subscribes to another plan, and changes to this one at once.
    Change,
    /// Subscribes, and a month passes.
    Renew,
}

/// An act that is interrupted between two of its steps.
struct Case {
    act: Act,
    /// The steps that are not made: whose, and the state that is not written. In payments it is that of the charge, and
    /// `asked`, `begun` and `back` are a cancellation, a refund that is asked for, and one that has arrived.
    kept: &'static [(Side, &'static str)],
    /// What the payment is on each side when the program is killed; empty is nothing.
    left: (&'static str, &'static str),
}

const fn case(
    act: Act,
    kept: &'static [(Side, &'static str)],
    left: (&'static str, &'static str),
) -> Case {
    Case { act, kept, left }
}

/// Every step of every way that money goes.
const CASES: [Case; 28] = {
    use Act::{Buy, Cancel, Change, GiveBack, Renew, Subscribe};
    use Side::{Payments, Rights};
    [
        case(Subscribe("test_ok"), &[(Rights, "intended")], ("", "")),
        case(
            Subscribe("test_ok"),
            &[(Payments, "intended")],
            ("intended", ""),
        ),
        case(
            Subscribe("test_ok"),
            &[(Payments, "confirmed")],
            ("intended", "intended"),
        ),
        case(
            Subscribe("test_ok"),
            &[(Rights, "confirmed")],
            ("intended", "confirmed"),
        ),
        case(Buy, &[(Rights, "intended")], ("", "")),
        case(Buy, &[(Payments, "intended")], ("intended", "")),
        case(Buy, &[(Payments, "confirmed")], ("intended", "intended")),
        case(Buy, &[(Rights, "confirmed")], ("intended", "confirmed")),
        // The provider works on it, and tells later.
        case(
            Subscribe("test_late"),
            &[(Payments, "processing"), (Payments, "confirmed")],
            ("intended", "intended"),
        ),
        case(
            Subscribe("test_late"),
            &[(Rights, "waiting"), (Payments, "confirmed")],
            ("intended", "processing"),
        ),
        case(
            Subscribe("test_late"),
            &[(Payments, "confirmed")],
            ("waiting", "processing"),
        ),
        case(
            Subscribe("test_late"),
            &[(Rights, "confirmed")],
            ("waiting", "confirmed"),
        ),
        // The provider's answer is lost.
        case(
            Subscribe("test_lost"),
            &[(Rights, "confirmed")],
            ("intended", "intended"),
        ),
        case(Cancel, &[(Rights, "voiding")], ("waiting", "action_needed")),
        case(Cancel, &[(Payments, "asked")], ("voiding", "action_needed")),
        case(
            Cancel,
            &[(Payments, "cancelled")],
            ("voiding", "cancelling"),
        ),
        case(Cancel, &[(Rights, "voided")], ("voiding", "cancelled")),
        case(
            GiveBack("test_ok"),
            &[(Rights, "refunding")],
            ("confirmed", "confirmed"),
        ),
        case(
            GiveBack("test_ok"),
            &[(Payments, "begun")],
            ("refunding", "confirmed"),
        ),
        case(
            GiveBack("test_ok"),
            &[(Rights, "refunded")],
            ("refunding", "refunded"),
        ),
        case(
            GiveBack("test_refund_late"),
            &[(Payments, "back")],
            ("refunding", "refunding"),
        ),
        case(
            GiveBack("test_refund_late"),
            &[(Rights, "refunded")],
            ("refunding", "refunded"),
        ),
        case(Change, &[(Rights, "intended")], ("", "")),
        case(Change, &[(Payments, "confirmed")], ("intended", "intended")),
        case(Change, &[(Rights, "confirmed")], ("intended", "confirmed")),
        case(Renew, &[(Payments, "intended")], ("intended", "")),
        case(Renew, &[(Payments, "confirmed")], ("intended", "intended")),
        case(Renew, &[(Rights, "confirmed")], ("intended", "confirmed")),
    ]
};

impl Case {
    /// The name of what is sold in it: both services write it down.
    fn sold(number: usize) -> String {
        format!("Case {number:02}")
    }

    /// How many payments there are when it is interrupted, where there are any.
    fn payments(&self) -> usize {
        if self.act == Act::Renew { 2 } else { 1 }
    }

    /// Returns the triggers that keep a side from making its steps.
    fn triggers(&self, number: usize, side: Side) -> String {
        let mut all = String::new();
        for (at, (_, step)) in self
            .kept
            .iter()
            .enumerate()
            .filter(|(_, kept)| kept.0 == side)
        {
            let (on, when) = self.kept(number, side, step);
            write!(
                all,
                "CREATE TRIGGER kept_{number}_{at} BEFORE {on} WHEN {when}
                 BEGIN SELECT RAISE(ABORT, 'kept from happening'); END;"
            )
            .unwrap();
        }
        all
    }

    /// Says which writes a step is.
    fn kept(&self, number: usize, side: Side, step: &str) -> (&'static str, String) {
        let sold = Self::sold(number);
        let of_rights = format!("{} = '{sold}'", sold_in_rights("NEW"));
        let of_payments = format!("NEW.description = '{sold}' AND {}", self.of_period());
        let of_refund = format!(
            "NEW.kind = 'refund' AND (SELECT description FROM payments WHERE id = NEW.payment_id) = '{sold}'"
        );
        match (side, step) {
            (Side::Rights, "intended") => ("INSERT ON payments", of_rights),
            (Side::Rights, _) => (
                "UPDATE ON payments",
                format!("NEW.status = '{step}' AND OLD.status <> '{step}' AND {of_rights}"),
            ),
            (Side::Payments, "intended") => ("INSERT ON payments", of_payments),
            (Side::Payments, "begun") => ("INSERT ON transactions", of_refund),
            (Side::Payments, "back") => (
                "UPDATE ON transactions",
                format!("NEW.status = 'succeeded' AND {of_refund}"),
            ),
            (Side::Payments, "asked") => (
                "UPDATE ON payments",
                format!("NEW.cancel_asked_at > OLD.cancel_asked_at AND {of_payments}"),
            ),
            (Side::Payments, _) => (
                "UPDATE ON payments",
                format!("NEW.charge = '{step}' AND OLD.charge <> '{step}' AND {of_payments}"),
            ),
        }
    }

    /// Says of a new row of payments whether it is for the period that is interrupted.
    fn of_period(&self) -> &'static str {
        if self.act == Act::Renew {
            "NEW.reference LIKE '%/2'"
        } else {
            "TRUE"
        }
    }

    /// How often what is sold is paid for in the end, and how often it is given back.
    fn end(&self) -> (usize, usize) {
        match self.act {
            Act::Subscribe(_) | Act::Buy | Act::Change => (1, 0),
            Act::Cancel => (0, 0),
            Act::GiveBack(_) => (0, 1),
            Act::Renew => (2, 0),
        }
    }
}

/// What a payment of rights is for, by name.
fn sold_in_rights(row: &str) -> String {
    format!(
        "COALESCE((SELECT title FROM orders WHERE id = {row}.order_id),
            (SELECT name FROM plans WHERE id = COALESCE({row}.change_to,
                (SELECT plan_id FROM subscriptions WHERE id = {row}.subscription_id))))"
    )
}

/// An account, and what it is about to do.
struct Actor<'a> {
    number: usize,
    case: &'a Case,
    client: Client,
    root: Client,
    /// The title that it buys.
    title: &'a str,
}

impl Actor<'_> {
    fn register(&mut self) {
        let email = format!("case{}@example.org", self.number);
        self.client.register(&email);
    }

    /// Speaks to the program that was started again.
    fn turn_to(&mut self, edge: &str) {
        for client in [&mut self.client, &mut self.root] {
            let token = client.token.take();
            *client = Client::new(edge);
            client.token = token;
        }
    }

    /// Subscribes to a plan. Returns the status of the answer.
    fn subscribe(&self, plan: &str, method: &str) -> (u16, Value) {
        let wish = json!({"planId": plan, "paymentMethod": method});
        post(&self.client, "/users/subscriptions", &wish)
    }

    /// Does what comes before the act.
    fn prepare(&self) {
        let plan = code(self.number);
        let (method, plan) = match self.case.act {
            Act::Cancel => ("test_action", plan.as_str()),
            Act::GiveBack(method) => (method, plan.as_str()),
            Act::Change => ("test_ok", "basic"),
            Act::Renew => ("test_ok", plan.as_str()),
            Act::Subscribe(_) | Act::Buy => return,
        };
        let (status, said) = self.subscribe(plan, method);
        assert!(matches!(status, 201 | 202), "{}: {said}", self.number);
    }

    /// Acts; returns the status of the answer.
    fn act(&self) -> (u16, Value) {
        let plan = code(self.number);
        let mine = || {
            let mine = self.client.get("/users/subscriptions").data(200);
            mine["items"][0]["id"].as_str().unwrap().to_owned()
        };
        match self.case.act {
            Act::Subscribe(method) => self.subscribe(&plan, method),
            Act::Buy => {
                let path = format!("/ondemand/purchase/{}", self.title);
                post(&self.client, &path, &json!({}))
            }
            Act::Cancel => {
                let answer = self.client.delete("/users/subscriptions");
                (answer.status, answer.json())
            }
            Act::GiveBack(_) => {
                let path = format!("/admin/rights/subscriptions/{}/end", mine());
                post(&self.root, &path, &json!({"refund": true}))
            }
            Act::Change => {
                let path = format!("/users/subscriptions/{}/change", mine());
                let wish = json!({"planId": plan, "timing": "at_once"});
                post(&self.client, &path, &wish)
            }
            // Nobody asks: the job renews once the clock is put on.
            Act::Renew => (200, Value::Null),
        }
    }
}

/// Posts; returns the status of the answer, and the answer.
fn post(by: &Client, path: &str, body: &Value) -> (u16, Value) {
    let answer = by.post(path, body);
    (answer.status, answer.json())
}

fn code(number: usize) -> String {
    format!("case-{number:02}")
}

/// Lets a number of accounts act, some at once.
fn each<'a>(actors: &mut [Actor<'a>], work: impl Fn(&mut Actor<'a>) + Sync) {
    let share = actors.len().div_ceil(AT_ONCE);
    let work = &work;
    thread::scope(|threads| {
        for some in actors.chunks_mut(share) {
            threads.spawn(move || some.iter_mut().for_each(work));
        }
    });
}

/// Runs statements past a service.
fn run(folder: &Path, side: Side, sql: &str) {
    with_tables(folder, side.file(), async |tables| {
        tables.execute_unprepared(sql).await.unwrap();
    });
}

impl Side {
    fn file(self) -> &'static str {
        match self {
            Self::Rights => "rights",
            Self::Payments => "payments",
        }
    }
}

/// Reads rows of texts.
fn rows<const N: usize>(folder: &Path, side: Side, sql: &str) -> Vec<[String; N]> {
    let found = with_tables(folder, side.file(), async |tables| {
        let select = Statement::from_string(DbBackend::Sqlite, sql);
        tables.query_all_raw(select).await.unwrap()
    });
    let read = |row: sea_orm::QueryResult| std::array::from_fn(|at| row.try_get_by(at).unwrap());
    found.into_iter().map(read).collect()
}

/// Where a payment stands for both services.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Known {
    rights: String,
    payments: String,
}

/// Reads what both services know of each payment, by what it is for, the newest last.
fn known(folder: &Path) -> BTreeMap<String, Vec<Known>> {
    let sql = format!(
        "SELECT hex(id), {} || '', status FROM payments AS p ORDER BY id",
        sold_in_rights("p")
    );
    let in_rights: Vec<[String; 3]> = rows(folder, Side::Rights, &sql);
    let sql = "SELECT hex(id), description, status FROM payments ORDER BY id";
    let in_payments: Vec<[String; 3]> = rows(folder, Side::Payments, sql);
    let mut all: BTreeMap<String, (String, Known)> = BTreeMap::new();
    for [id, sold, status] in in_rights {
        let (of, known) = all.entry(id).or_default();
        *of = sold;
        known.rights = status;
    }
    for [id, sold, status] in in_payments {
        let (of, known) = all.entry(id).or_default();
        *of = sold;
        known.payments = status;
    }
    let mut by_sale: BTreeMap<String, Vec<Known>> = BTreeMap::new();
    for (of, known) in all.into_values() {
        by_sale.entry(of).or_default().push(known);
    }
    by_sale
}

/// Waits until the tables say something of every payment; what they do not say of some is returned.
fn until(
    folder: &Path,
    timeout: Duration,
    wrong: impl Fn(&BTreeMap<String, Vec<Known>>) -> Vec<String>,
) -> Vec<String> {
    let begin = Instant::now();
    loop {
        let wrong = wrong(&known(folder));
        if wrong.is_empty() || begin.elapsed() > timeout {
            return wrong;
        }
        thread::sleep(LOOK);
    }
}

#[test]
fn a_kill_between_any_two_steps_of_payments_moves_money_once() {
    let begin = Instant::now();
    let settings = [
        ("STREAMVERSE_PAYMENTS__JOB_PERIOD_SECONDS", "1".to_owned()),
        ("STREAMVERSE_RIGHTS__JOB_PERIOD_SECONDS", "1".to_owned()),
        // A month is made to pass by thirty days.
        (
            "STREAMVERSE_RIGHTS__RENEW_BEFORE_SECONDS",
            "172800".to_owned(),
        ),
    ];
    let settings = [&unlimited()[..], &settings].concat();
    let mut deployment = Deployment::start(&["all"], &settings);
    let folder = deployment.data.path().to_owned();
    let root = editor(&deployment);
    let titles: Vec<_> = (0..CASES.len()).map(|number| sell(&root, number)).collect();
    let actors = CASES.iter().zip(&titles).enumerate();
    let mut actors: Vec<_> = actors
        .map(|(number, (case, title))| Actor {
            number,
            case,
            client: root.signed_out(),
            root: root.clone(),
            title,
        })
        .collect();
    each(&mut actors, |actor| {
        actor.register();
        actor.prepare();
    });
    for side in [Side::Rights, Side::Payments] {
        let of_side = |(number, case): (usize, &Case)| case.triggers(number, side);
        let triggers: String = CASES.iter().enumerate().map(of_side).collect();
        run(&folder, side, &triggers);
    }
    let acknowledged = AtomicUsize::new(0);
    each(&mut actors, |actor| {
        let (status, _) = actor.act();
        if status < 300 {
            acknowledged.fetch_add(1, Ordering::SeqCst);
        }
    });
    a_month_passes(&folder);

    let wrong = until(&folder, TIMEOUT, not_there);
    assert_eq!(wrong, [""; 0], "each is where it is to be killed");
    deployment.kill();
    assert_eq!(not_there(&known(&folder)), [""; 0]);
    grow_old(&folder);
    deployment.start_again();
    // Who was not answered asks again; what only the jobs go on with is left to them.
    let edge = deployment.edge.clone();
    each(&mut actors, |actor| {
        actor.turn_to(&edge);
        let lost = actor.case.left.0.is_empty()
            || matches!(actor.case.kept, [(Side::Rights, "voiding" | "refunding")])
            || (actor.case.act == Act::Buy && actor.case.left.1 != "confirmed");
        if lost {
            let (status, said) = actor.act();
            assert!(status < 300, "{}: {status} {said}", actor.number);
        }
    });
    until(&folder, TIMEOUT, not_ended);
    deployment.kill();
    let mut wrong = not_ended(&known(&folder));
    wrong.extend(books(&folder));
    wrong.extend(not_opened(&folder));
    tell(&format!(
        "fault: the program killed before each of {} steps of payments, {} calls unanswered by then: wrong = {} in {:?}",
        CASES.len(),
        CASES.len() - acknowledged.load(Ordering::SeqCst),
        wrong.len(),
        begin.elapsed()
    ));
    assert_eq!(wrong, [""; 0]);
    assert!(!deployment.logs().contains("panicked"), "nothing panics");
}

/// Puts up for sale what a case is about. Returns the title's id where it is one.
fn sell(root: &Client, number: usize) -> String {
    let name = Case::sold(number);
    if CASES[number].act != Act::Buy {
        let plan = json!({
            "code": code(number), "name": name, "priceMinor": 900 + number, "currency": "EUR", "maxStreams": 1,
        });
        root.post("/admin/rights/plans", &plan).data(201);
        return String::new();
    }
    let film = json!({"type": "movie", "title": name, "status": "published"});
    let film = root.post("/admin/ondemand/movies", &film).data(201);
    let id = film["id"].as_str().unwrap().to_owned();
    let rule =
        json!({"contentId": id, "purchase": {"priceMinor": 900 + number, "currency": "EUR"}});
    root.post("/admin/rights/rules", &rule).data(201);
    id
}

/// Lets thirty days pass for the subscriptions that are to be renewed.
fn a_month_passes(folder: &Path) {
    let micros = Duration::from_hours(24 * 30).as_micros();
    let renewed = CASES
        .iter()
        .enumerate()
        .filter(|(_, case)| case.act == Act::Renew);
    let names: Vec<_> = renewed
        .map(|(number, _)| format!("'{}'", Case::sold(number)))
        .collect();
    let sql = format!(
        "UPDATE subscriptions SET start_at = start_at - {micros}, period_end = period_end - {micros}, look_at = 0
         WHERE plan_id IN (SELECT id FROM plans WHERE name IN ({}))",
        names.join(", ")
    );
    run(folder, Side::Rights, &sql);
}

/// Takes the triggers away, and makes what was left behind old enough to be taken up.
fn grow_old(folder: &Path) {
    for side in [Side::Rights, Side::Payments] {
        let mut sql = String::new();
        for (number, case) in CASES.iter().enumerate() {
            for (at, _) in case
                .kept
                .iter()
                .enumerate()
                .filter(|(_, kept)| kept.0 == side)
            {
                write!(sql, "DROP TRIGGER kept_{number}_{at};").unwrap();
            }
        }
        let micros = AGE.as_micros();
        write!(sql, "UPDATE payments SET created_at = created_at - {micros}, updated_at = updated_at - {micros}").unwrap();
        sql.push_str(match side {
            // What waits for a payer who cancels instead is not asked about at that very moment.
            Side::Rights => {
                ", look_at = 0 WHERE NOT (status = 'waiting' AND method = 'test_action');"
            }
            Side::Payments => ", look_at = CASE WHEN look_at IS NULL THEN NULL ELSE 0 END;",
        });
        if side == Side::Payments {
            write!(
                sql,
                "UPDATE payments SET cancel_asked_at = cancel_asked_at - {micros} WHERE cancel_asked_at > 0;
                 UPDATE transactions SET created_at = created_at - {micros};"
            )
            .unwrap();
        }
        run(folder, side, &sql);
    }
}

/// Lists cases that are not yet where the program is to be killed.
fn not_there(known: &BTreeMap<String, Vec<Known>>) -> Vec<String> {
    let wrong = CASES.iter().enumerate().filter_map(|(number, case)| {
        let sold = Case::sold(number);
        let nothing = Known::default();
        let of = known.get(&sold);
        let newest = of.and_then(|of| of.last()).unwrap_or(&nothing);
        let there = (newest.rights.as_str(), newest.payments.as_str()) == case.left
            && of.is_none_or(|of| of.len() == case.payments());
        (!there).then(|| format!("{sold} ({:?} before {:?}): {of:?}", case.act, case.kept))
    });
    wrong.collect()
}

/// Lists cases that have not come to their end, or to another one.
fn not_ended(known: &BTreeMap<String, Vec<Known>>) -> Vec<String> {
    let wrong = CASES.iter().enumerate().filter_map(|(number, case)| {
        let sold = Case::sold(number);
        let of = known.get(&sold).map_or(&[][..], Vec::as_slice);
        let ends = |rights: &str, payments: &str| {
            let those = of
                .iter()
                .filter(|one| (one.rights.as_str(), one.payments.as_str()) == (rights, payments));
            those.count()
        };
        let (paid, back) = (ends("confirmed", "confirmed"), ends("refunded", "refunded"));
        let nothing = ends("voided", "cancelled");
        let ended = (paid, back) == case.end() && paid + back + nothing == of.len();
        (!ended).then(|| format!("{sold} ({:?} before {:?}): {of:?}", case.act, case.kept))
    });
    wrong.collect()
}

/// Lists what is wrong with the books: they add up to nothing, and hold what is paid and not given back.
fn books(folder: &Path) -> Vec<String> {
    let mut wrong = Vec::new();
    let one = |side: Side, sql: &str| -> i64 {
        let found: Vec<[String; 1]> = rows(folder, side, sql);
        found[0][0].parse().unwrap()
    };
    let sum = |side, what: &str| {
        one(
            side,
            &format!("SELECT CAST(COALESCE(SUM(amount_minor), 0) AS TEXT) FROM {what}"),
        )
    };
    let (all, held) = (
        sum(Side::Payments, "journal_lines"),
        sum(Side::Payments, "journal_lines WHERE account = 'provider'"),
    );
    let paid = "payments WHERE status = 'confirmed'";
    let (sold, taken) = (sum(Side::Rights, paid), sum(Side::Payments, paid));
    if (all, held, sold) != (0, taken, taken) {
        wrong.push(format!(
            "the books add up to {all}, and hold {held}; {taken} are taken, and {sold} are sold"
        ));
    }
    if sum(Side::Payments, "balances WHERE account = 'provider'") != held {
        wrong.push("the balances are not those of the lines".to_owned());
    }
    let charged = "SELECT CAST(COUNT(*) AS TEXT) FROM (SELECT payment_id FROM journal_entries
        GROUP BY payment_id, event HAVING COUNT(*) > 1)";
    let twice = one(Side::Payments, charged);
    if twice > 0 {
        wrong.push(format!("{twice} payments are in the books twice"));
    }
    wrong
}

/// Lists subscriptions and orders that are not what was paid for them.
fn not_opened(folder: &Path) -> Vec<String> {
    let sql = "SELECT name, status, CAST(paid_periods AS TEXT), CAST(paid AS TEXT) FROM (
            SELECT p.name, s.status, s.paid_periods, (SELECT COUNT(*) FROM payments m
                WHERE m.subscription_id = s.id AND m.status = 'confirmed') AS paid
            FROM subscriptions s JOIN plans p ON p.id = s.plan_id
            UNION ALL
            SELECT o.title, o.status, 1, (SELECT COUNT(*) FROM payments m
                WHERE m.order_id = o.id AND m.status = 'confirmed') FROM orders o)
        ORDER BY name";
    let found: Vec<[String; 4]> = rows(folder, Side::Rights, sql);
    let mut wrong = Vec::new();
    for (number, case) in CASES.iter().enumerate() {
        let sold = Case::sold(number);
        let of: Vec<_> = found.iter().filter(|row| row[0] == sold).collect();
        let runs = |row: &[String; 4]| matches!(row[1].as_str(), "active" | "paid");
        let open = of.iter().filter(|row| runs(row));
        let is_open = !matches!(case.act, Act::Cancel | Act::GiveBack(_));
        // A change of plan is the second month of its subscription.
        let one_for_one = open.clone().all(|row| row[2] == row[3]);
        if open.count() != usize::from(is_open) || !one_for_one {
            wrong.push(format!(
                "{sold} ({:?} before {:?}): {of:?}",
                case.act, case.kept
            ));
        }
    }
    wrong
}
