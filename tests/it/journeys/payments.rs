//! Money: what becomes of payments after they were asked for, and what the books say (PAY-1, X-PAY-1, X-PAY-2).

use serde_json::{Value, json};

use crate::harness::{Client, Deployment};

/// Waits for the state of the newest subscription.
fn until_status(client: &Client, status: &str) -> Value {
    let is =
        |answer: &crate::harness::Answer| answer.json()["data"]["items"][0]["status"] == status;
    client.until("/users/subscriptions", is).data(200)["items"][0].clone()
}

/// A plan that can be tried: once, and without a payment (X-PAY-5).
fn try_a_plan(root: &Client) {
    let week = json!({"code": "week", "name": "Week", "priceMinor": 500, "currency": "EUR", "maxStreams": 1, "trialDays": 7});
    root.post("/admin/rights/plans", &week).data(201);
    let mut fay = root.signed_out();
    fay.register("fay@example.org");
    let tried = fay
        .post("/users/subscriptions", &json!({"planId": "week"}))
        .data(201);
    assert_eq!(tried["subscription"]["status"], "active");
    assert!(tried["subscription"]["trialEndTime"].is_string());
    let entitled = fay.get("/users/entitlements").data(200);
    assert_eq!(entitled["items"].as_array().unwrap().len(), 1);
}

fn walk(deployment: &Deployment) {
    let mut root = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    root.login(&email, &password);
    let wish = |method: &str| json!({"planId": "basic", "paymentMethod": method});

    // Nobody has to act, and nothing is decided.
    let mut ana = root.signed_out();
    let account = ana.register("ana@example.org");
    let asked = ana
        .post("/users/subscriptions", &wish("test_late"))
        .data(202);
    assert_eq!(asked["subscription"]["status"], "pending");
    until_status(&ana, "active");

    // A bank that takes the money back closes what it had opened.
    let mut ben = root.signed_out();
    ben.register("ben@example.org");
    let paid = ben
        .post("/users/subscriptions", &wish("test_chargeback"))
        .data(201);
    assert_eq!(paid["subscription"]["status"], "active");
    until_status(&ben, "ended");
    let entitled = ben.get("/users/entitlements").data(200);
    assert_eq!(entitled["items"], json!([]));

    let mut eve = root.signed_out();
    eve.register("eve@example.org");
    eve.post("/users/subscriptions", &wish("test_declined"))
        .refused(402, "PAYMENT_DECLINED");
    eve.post("/users/subscriptions", &wish("gold"))
        .refused(422, "PAYMENT_METHOD_UNKNOWN");

    try_a_plan(&root);

    // What those see who keep the books.
    eve.get("/admin/payments").refused(403, "PERMISSION_DENIED");
    let all = root.get("/admin/payments").data(200);
    let states = all["items"].as_array().unwrap().iter();
    let states: Vec<_> = states.map(|payment| &payment["status"]).collect();
    assert_eq!(states, ["declined", "charged_back", "confirmed"]);
    let id = account["user"]["id"].as_str().unwrap();
    let path = format!("/admin/payments?accountId={id}&status=confirmed");
    let of_ana = root.get(&path).data(200);
    let payment = &of_ana["items"][0];
    assert_eq!(payment["amountMinor"], 799);
    assert_eq!(payment["description"], "Basic");
    let path = format!("/admin/payments/{}", payment["id"].as_str().unwrap());
    let told = root.get(&path).data(200);
    assert_eq!(told["transactions"][0]["type"], "charge");
    assert_eq!(told["entries"][0]["event"], "charge.succeeded");
    // Support ends what an account has, and the money goes back.
    let listed = root
        .get(&format!("/admin/rights/subscriptions?accountId={id}"))
        .data(200);
    let subscription = listed["items"][0]["id"].as_str().unwrap();
    let end = format!("/admin/rights/subscriptions/{subscription}/end");
    ana.post(&end, &json!({})).refused(403, "PERMISSION_DENIED");
    let ended = root.post(&end, &json!({"refund": true})).data(200);
    assert_eq!(ended["subscription"]["status"], "ended");
    let entitled = ana.get("/users/entitlements").data(200);
    assert_eq!(entitled["items"], json!([]));
    let refunded =
        |answer: &crate::harness::Answer| answer.json()["data"]["payment"]["status"] == "refunded";
    root.until(&path, refunded).data(200);
    let orders = format!("/admin/rights/orders?accountId={id}");
    assert_eq!(root.get(&orders).data(200)["items"], json!([]));

    root.get("/admin/payments/01900000-0000-7000-8000-000000000000")
        .refused(404, "PAYMENT_NOT_FOUND");
    let ledger = root.get("/admin/payments/ledger").data(200);
    let balances = ledger["balances"].as_array().unwrap();
    let minor = |line: &Value| {
        line["amountMinor"]
            .as_str()
            .unwrap()
            .parse::<i64>()
            .unwrap()
    };
    assert_eq!(balances.iter().map(minor).sum::<i64>(), 0);
    let revenue = balances.iter().find(|line| line["account"] == "revenue");
    assert_eq!(minor(revenue.unwrap()), -2 * 799);
}

#[test]
fn payments_go_their_way_after_they_were_asked_for() {
    walk(&Deployment::start(&["all"], &[]));
}

#[test]
fn payments_in_a_process_of_their_own_are_the_same() {
    walk(&Deployment::start(&["others", "payments", "edge"], &[]));
}
