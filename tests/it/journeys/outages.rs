//! A process is away: what does not need it goes on, what needs it says so, and nothing is lost when it is back
//! (MESH-9, RES-1, PAY-1, SRCH-4, X-SR-2).

use serde_json::{Value, json};

use super::thread::demo_title;
use crate::harness::{Answer, Client, Deployment};

const GROUPS: [&str; 4] = ["payments", "search", "others", "edge"];
const PAYMENTS: usize = 0;
const SEARCH: usize = 1;

fn viewer(deployment: &Deployment, email: &str) -> Client {
    let mut viewer = Client::new(&deployment.edge);
    viewer.register(email);
    viewer
}

/// Repeats a call until it has its answer: the services find each other again within seconds.
pub(crate) fn until(ask: impl Fn() -> Answer, status: u16) -> Answer {
    let begin = std::time::Instant::now();
    loop {
        let answer = ask();
        if answer.status == status {
            return answer;
        }
        // A breaker that has opened lets a call through a minute later.
        assert!(begin.elapsed().as_secs() < 90, "{answer:?}");
        std::thread::sleep(std::time::Duration::from_millis(500));
    }
}

#[test]
fn who_has_paid_goes_on_watching_while_payments_are_away() {
    let demo = [("STREAMVERSE_SERVER__DEMO", "true".to_owned())];
    let mut deployment = Deployment::start(&GROUPS, &demo);
    pay_after_an_outage(&mut deployment, PAYMENTS);
}

/// Kills the process of payments: who has paid watches on, and who pays meanwhile pays once when it is back.
pub(crate) fn pay_after_an_outage(deployment: &mut Deployment, payments: usize) {
    let film = demo_title(deployment);
    let ana = viewer(deployment, "ana@example.org");
    ana.post("/users/subscriptions", &json!({"planId": "basic"}))
        .data(201);
    let ben = viewer(deployment, "ben@example.org");

    deployment.servers[payments].kill();
    let play = format!("/play/ondemand/{}", film.id);
    ana.get(&play).data(200);
    assert_eq!(
        ana.get("/users/entitlements").data(200)["items"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    assert_eq!(
        ana.get("/users/invoices").data(200)["items"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    // With its key, so that the repetition is the same request.
    let body = json!({"planId": "basic"}).to_string();
    let subscribe = || {
        let key = [("idempotency-key", "ben-begins")];
        ben.call("POST", "/users/subscriptions", Some(body.as_bytes()), &key)
    };
    subscribe().refused(503, "UNAVAILABLE");
    ben.get(&play).refused(403, "ACCESS_DENIED");

    deployment.begin_with(payments, &[]);
    let begun = until(subscribe, 201).data(201);
    assert_eq!(begun["subscription"]["status"], "active", "{begun}");
    ben.get(&play).data(200);
    // He paid once.
    let mut root = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    root.login(&email, &password);
    let payments = root.get("/admin/payments").data(200);
    let confirmed = payments["items"].as_array().unwrap().iter();
    let bens: Vec<_> = confirmed
        .filter(|one| one["status"] == "confirmed" && one["amountMinor"] == 799)
        .collect();
    assert_eq!(bens.len(), 2, "one of Ana's and one of Ben's: {payments}");
    let ledger = root.get("/admin/payments/ledger").data(200);
    assert!(ledger.is_object(), "{ledger}");
}

#[test]
fn titles_are_browsed_while_search_is_away_and_found_when_it_is_back() {
    let mut deployment = Deployment::start(&GROUPS, &[]);
    let mut editor = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    editor.login(&email, &password);
    let ana = viewer(&deployment, "ana@example.org");
    let make = |title: &str| {
        let film = json!({"title": title, "status": "published"});
        editor.post("/admin/ondemand/movies", &film).data(201);
    };
    let found = |answer: &Answer| answer.status == 200 && answer.json()["data"]["total"] == 1;
    make("Lantern Before");
    ana.until("/search/global?q=lantern", found);

    deployment.servers[SEARCH].kill();
    ana.get("/search/global?q=lantern%20b")
        .refused(503, "UNAVAILABLE");
    make("Lantern Meanwhile");
    let list = ana.get("/ondemand/movies").data(200);
    let titles: Vec<&Value> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["title"])
        .collect();
    assert_eq!(titles, ["Lantern Before", "Lantern Meanwhile"]);

    deployment.begin_with(SEARCH, &[]);
    let both = |answer: &Answer| answer.status == 200 && answer.json()["data"]["total"] == 2;
    let again = || ana.get("/search/global?q=lantern");
    until(again, 200);
    ana.until("/search/global?q=lantern", both);
}
