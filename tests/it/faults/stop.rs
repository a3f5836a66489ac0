//! The orderly end under load: what was acknowledged is in the event log before the process is gone.

use std::{
    collections::BTreeSet,
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use super::{TIMEOUT, log::with_tables, moment, unlimited};
use crate::harness::{Client, Deployment};

/// How often the process is ended.
const ENDS: usize = 4;
/// How many register at once.
const CALLERS: usize = 6;
/// How long they do so undisturbed.
const LIFE: Duration = Duration::from_millis(800);
/// The longest that an orderly end may take.
const END: Duration = Duration::from_secs(30);

/// EVT-1: every registration that was acknowledged, also while the process was already ending, is
/// told in the log by the time the process is gone: nothing is left for the next start.
#[test]
fn what_is_acknowledged_at_sigterm_is_in_the_log_when_the_process_has_ended() {
    let mut deployment = Deployment::start(&["all"], &unlimited());
    let acknowledged = Mutex::new(BTreeSet::new());
    for end in 0..ENDS {
        if end > 0 {
            deployment.start_again();
        }
        let before = acknowledged.lock().unwrap().len();
        let ended = AtomicBool::new(false);
        thread::scope(|threads| {
            for caller in 0..CALLERS {
                let client = Client::new(&deployment.edge);
                let (acknowledged, ended) = (&acknowledged, &ended);
                threads.spawn(move || {
                    for number in 0.. {
                        if ended.load(Ordering::SeqCst) {
                            return;
                        }
                        if let Some(id) = register(&client, &format!("{end}-{caller}-{number}")) {
                            acknowledged.lock().unwrap().insert(id);
                        }
                    }
                });
            }
            until_more_than(&acknowledged, before + CALLERS);
            thread::sleep(moment(LIFE));
            terminate(&mut deployment);
            ended.store(true, Ordering::SeqCst);
        });
        let acknowledged = acknowledged.lock().unwrap();
        let told = told(&deployment);
        let lost: Vec<_> = acknowledged.difference(&told).collect();
        assert_eq!(lost, [""; 0], "end {end}: acknowledged and not in the log");
        assert_eq!(waiting(&deployment), 0, "nothing is left in the outbox");
    }
    assert!(!deployment.logs().contains("panicked"), "nothing panics");
}

/// A client that honours `/ready` and `Connection: close` has no call fail.
#[test]
fn a_client_that_asks_whether_the_process_is_ready_loses_no_call_at_its_end() {
    let announced = ("STREAMVERSE_SERVER__ANNOUNCE_SECONDS", "3".to_owned());
    let settings = [&unlimited()[..], &[announced]].concat();
    let mut deployment = Deployment::start(&["all"], &settings);
    let (calls, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|threads| {
        for _ in 0..CALLERS {
            let client = Client::new(&deployment.edge);
            let (calls, failed) = (&calls, &failed);
            threads.spawn(move || {
                loop {
                    let answer = client.try_call("GET", "/ready", None, &[]);
                    if answer.is_ok_and(|ready| ready.status == 503) {
                        return; // It goes to another process from here on.
                    }
                    for _ in 0..5 {
                        calls.fetch_add(1, Ordering::SeqCst);
                        match client.try_call("GET", "/subscriptions", None, &[]) {
                            Ok(answer) if answer.status == 200 => {}
                            Ok(answer) => failed.lock().unwrap().push(format!("{answer:?}")),
                            Err(failure) => failed.lock().unwrap().push(failure.to_string()),
                        }
                    }
                }
            });
        }
        thread::sleep(LIFE);
        terminate(&mut deployment);
    });
    assert!(calls.into_inner() > 10 * CALLERS, "too few to mean much");
    assert_eq!(failed.into_inner().unwrap(), [""; 0]);
}

#[test]
fn a_second_signal_ends_what_is_under_way() {
    let announced = ("STREAMVERSE_SERVER__ANNOUNCE_SECONDS", "600".to_owned());
    let mut deployment = Deployment::start(&["all"], &[announced]);
    // One that asks for files to be read again ends nothing.
    send(&deployment, "-HUP");
    signal(&deployment);
    let client = Client::new(&deployment.edge);
    let ready = client.until("/ready", |answer| answer.status == 503);
    assert_eq!(ready.json()["failing"], serde_json::json!(["draining"]));
    assert_eq!(client.get("/subscriptions").status, 200, "it still serves");
    signal(&deployment);
    let status = ended(&mut deployment);
    assert_eq!(status.code(), Some(1));
    let said = "a second signal ended what was under way";
    let logs = deployment.logs();
    assert!(
        logs.contains(said) && logs.contains("SIGHUP received"),
        "{logs}"
    );
}

/// Waits until more than so many registrations were acknowledged.
fn until_more_than(acknowledged: &Mutex<BTreeSet<String>>, enough: usize) {
    let begin = Instant::now();
    while acknowledged.lock().unwrap().len() <= enough {
        assert!(begin.elapsed() < TIMEOUT, "too few to mean much");
        thread::sleep(Duration::from_millis(5));
    }
}

fn register(client: &Client, name: &str) -> Option<String> {
    let account = serde_json::json!({
        "email": format!("{name}@example.org"), "password": "a long enough password", "name": name
    });
    let body = account.to_string();
    let answer = client.try_call("POST", "/auth/register", Some(body.as_bytes()), &[]);
    let answer = answer.ok().filter(|answer| answer.status == 201)?;
    let id = answer.data(201)["user"]["id"].clone();
    Some(id.as_str().expect("an id").to_owned())
}

fn signal(deployment: &Deployment) {
    send(deployment, "-TERM");
}

fn send(deployment: &Deployment, signal: &str) {
    let server = deployment.servers.last().expect("a process");
    let pid = server.child.id().to_string();
    let sent = Command::new("kill").args([signal, &pid]).status();
    assert!(sent.unwrap().success());
}

/// Ends the process in order, and returns when it is gone.
fn terminate(deployment: &mut Deployment) {
    signal(deployment);
    let status = ended(deployment);
    assert!(status.success(), "{status}:\n{}", deployment.logs());
}

fn ended(deployment: &mut Deployment) -> std::process::ExitStatus {
    let begin = Instant::now();
    let server = deployment.servers.last_mut().expect("a process");
    loop {
        if let Some(status) = server.child.try_wait().unwrap() {
            deployment.servers.clear();
            return status;
        }
        assert!(begin.elapsed() < END, "it does not end:\n{}", server.log());
        thread::sleep(Duration::from_millis(5));
    }
}

/// Lists the accounts that the log tells of.
fn told(deployment: &Deployment) -> BTreeSet<String> {
    let select = "SELECT key FROM records WHERE topic = 'user.registered'";
    column(deployment, "bus", select)
}

/// Counts what stands in the outbox of users.
fn waiting(deployment: &Deployment) -> usize {
    let select = "SELECT key FROM outbox WHERE published_at IS NULL";
    column(deployment, "users", select).len()
}

fn column(deployment: &Deployment, tables: &str, select: &str) -> BTreeSet<String> {
    with_tables(deployment.data.path(), tables, async |database| {
        let select = Statement::from_string(DbBackend::Sqlite, select);
        let rows = database.query_all_raw(select).await.unwrap();
        let key = |row: sea_orm::QueryResult| row.try_get_by(0).unwrap();
        rows.into_iter().map(key).collect()
    })
}
