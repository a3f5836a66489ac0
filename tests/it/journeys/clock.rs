//! The clock of a tenant is put on while everything runs (X-PAY-8, B12): months pass in seconds.

use serde_json::{Value, json};

use super::thread::demo_title;
use crate::harness::{Client, Deployment};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// Puts the clock on.
fn advance(root: &Client, seconds: i64) -> Value {
    let clock = root.post("/admin/test-clock", &json!({"bySeconds": seconds}));
    let clock = clock.data(200);
    assert_eq!(clock.get("unfinishedJobs"), Some(&json!([])), "{clock}");
    clock
}

fn viewer(root: &Client, email: &str) -> Client {
    let mut viewer = root.signed_out();
    viewer.register(email);
    viewer
}

/// Returns when a subscription is paid until, and how many invoices it has.
fn paid(viewer: &Client) -> (String, usize) {
    let running = viewer.get("/users/subscriptions").data(200);
    let until = running["items"][0]["periodEnd"]
        .as_str()
        .unwrap()
        .to_owned();
    let invoices = viewer.get("/users/invoices").data(200);
    (until, invoices["items"].as_array().unwrap().len())
}

#[test]
fn months_pass_for_rentals_plans_and_windows_and_never_come_back() {
    let demo = [
        ("STREAMVERSE_SERVER__DEMO", "true".to_owned()),
        ("STREAMVERSE_EDGE__RATES__ENABLED", "false".to_owned()),
    ];
    let mut deployment = Deployment::start(&["all"], &demo);
    let film = demo_title(&deployment).id;
    let mut root = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    root.login(&email, &password);
    let rule = json!({
        "contentId": film,
        "rentals": [{"durationHours": 48, "priceMinor": 399, "currency": "EUR"}],
    });
    root.post("/admin/rights/rules", &rule).data(201);
    let ana = viewer(&root, "ana@example.org");
    ana.get("/admin/test-clock")
        .refused(403, "PERMISSION_DENIED");
    ana.post("/admin/test-clock", &json!({"bySeconds": 1}))
        .refused(403, "PERMISSION_DENIED");

    a_rental_ends(&root, &ana, &film);
    let ben = viewer(&root, "ben@example.org");
    let later = a_month_is_paid_and_a_window_opens(&root, &ben);

    // It only goes forward, also by the command line, and a restart keeps it.
    root.post("/admin/test-clock", &json!({"toTime": later}))
        .refused(422, "TEST_CLOCK_BACKWARDS");
    root.post("/admin/test-clock", &json!({"bySeconds": 100 * DAY}))
        .refused(422, "TEST_CLOCK_TOO_FAR");
    let before = root.get("/admin/test-clock").data(200);
    let ahead = before["aheadSeconds"].as_i64().unwrap();
    let said = deployment.command(&["admin", "clock", "--by", "1h"]);
    assert!(
        said.ends_with(&format!(", {} s ahead\n", ahead + HOUR)),
        "{said}"
    );
    deployment.kill();
    deployment.start_again();
    let mut root = Client::new(&deployment.edge);
    root.login(&email, &password);
    let after = root.get("/admin/test-clock").data(200);
    assert_eq!(after["aheadSeconds"], ahead + HOUR);
    let mut ana = Client::new(&deployment.edge);
    ana.login("ana@example.org", "a long enough password");
    a_rental_plays_however_far_the_clock_is(&ana, &film);
    root.until(
        "/admin/audit?action=test_clock.moved&outcome=ok",
        |answer| answer.json()["data"]["items"].as_array().unwrap().len() == 3,
    );
}

/// B12: when a rental is over, what plays stops, its address opens nothing, and nothing begins.
fn a_rental_ends(root: &Client, ana: &Client, film: &str) {
    let rent = ana.post(&format!("/ondemand/rent/{film}"), &json!({}));
    rent.data(201);
    let play = format!("/play/ondemand/{film}");
    let playing = ana.get(&play).data(200);
    let master = playing["playback_url"].as_str().unwrap();
    assert_eq!(ana.get(master).status, 200);
    let session = playing["sessionId"].as_str().unwrap();
    let beat = || {
        let path = format!("/play/sessions/{session}/heartbeat");
        ana.post(&path, &json!({"positionSeconds": 1})).data(200)
    };
    assert_eq!(beat()["stop"], false);
    advance(root, 49 * HOUR);
    ana.get(master).refused(403, "PLAY_TOKEN_EXPIRED");
    let told = beat();
    assert_eq!(
        (&told["stop"], &told["stopReason"]),
        (&json!(true), &json!("expired"))
    );
    let refused = ana.get(&play).refused(403, "ACCESS_DENIED");
    assert_eq!(
        refused["details"]["basis"], "purchase_required",
        "{refused}"
    );
    let rentals = ana.get("/users/rentals").data(200);
    assert_eq!(rentals["items"][0]["status"], "expired", "{rentals}");
}

/// Logins end by the time of day; what they play, by the clock of the tenant.
fn a_rental_plays_however_far_the_clock_is(ana: &Client, film: &str) {
    let rent = ana.post(&format!("/ondemand/rent/{film}"), &json!({}));
    rent.data(201);
    let playing = ana.get(&format!("/play/ondemand/{film}")).data(200);
    let master = playing["playback_url"].as_str().unwrap();
    assert_eq!(ana.get(master).status, 200);
    let session = playing["sessionId"].as_str().unwrap();
    let path = format!("/play/sessions/{session}/heartbeat");
    let told = ana.post(&path, &json!({"positionSeconds": 1})).data(200);
    assert_eq!(told["stop"], false, "{told}");
}

/// A plan is paid for again on its day, and a title that opens meanwhile is found. Returns a time that is over then.
fn a_month_is_paid_and_a_window_opens(root: &Client, ben: &Client) -> String {
    ben.post("/users/subscriptions", &json!({"planId": "basic"}))
        .data(201);
    let (first, invoices) = paid(ben);
    assert_eq!(invoices, 1);
    let window = json!({"startTime": first});
    let embargo = json!({
        "title": "Quetzal", "status": "published", "monetization": "avod",
        "availability": {"windows": [window]},
    });
    root.post("/admin/ondemand/movies", &embargo).data(201);
    let found = |many: i64| {
        ben.until("/search/global?q=quetzal", |answer| {
            answer.json()["data"]["total"] == many
        });
    };
    found(0);
    advance(root, 32 * DAY);
    let (second, invoices) = paid(ben);
    assert!(second > first, "{second}");
    assert_eq!(invoices, 2);
    found(1);
    first
}
