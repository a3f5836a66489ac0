//! Coupons, invoices, and from one plan to another (X-PAY-3, X-PAY-5).

use serde_json::json;

use crate::harness::{Client, Deployment};

#[test]
fn a_coupon_is_used_a_plan_is_changed_and_the_invoices_say_it() {
    let unlimited = [("STREAMVERSE_EDGE__RATES__ENABLED", "false".to_owned())];
    let deployment = Deployment::start(&["all"], &unlimited);
    let mut root = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    root.login(&email, &password);
    let mut ana = root.signed_out();
    ana.register("ana@example.org");
    let mut ben = root.signed_out();
    ben.register("ben@example.org");

    let (id, coupon) = use_a_coupon(&root, &ana, &ben);
    change_plan(&ana, &ben, &id);
    read_invoices(&root, &ana, &ben);
    assert_eq!(root.delete(&coupon).data(200)["coupon"]["status"], "paused");
    root.until(
        "/admin/audit?action=subscription.plan_changed&outcome=ok",
        |answer| answer.json()["data"]["items"].as_array().unwrap().len() == 2,
    );
}

/// Returns the subscription that was made cheaper, and the path of the coupon.
fn use_a_coupon(root: &Client, ana: &Client, ben: &Client) -> (String, String) {
    let wanted = json!({"code": "summer-25", "percentOff": 25, "maxUses": 1, "planIds": ["basic"]});
    ana.post("/admin/rights/coupons", &wanted)
        .refused(403, "PERMISSION_DENIED");
    let made = root.post("/admin/rights/coupons", &wanted).data(201);
    assert_eq!(
        (&made["code"], &made["status"]),
        (&json!("SUMMER-25"), &json!("active"))
    );
    root.post(
        "/admin/rights/coupons",
        &json!({"code": "x", "percentOff": 5, "amountOffMinor": 5}),
    )
    .refused(422, "TERMS_INVALID");
    root.post("/admin/rights/coupons", &wanted)
        .refused(409, "COUPON_CODE_TAKEN");
    let path = format!("/admin/rights/coupons/{}", made["id"].as_str().unwrap());
    let noted = root.call("PATCH", &path, Some(br#"{"note": "Summer"}"#), &[]);
    let noted = noted.data(200);
    assert_eq!(
        (&noted["note"], &noted["percentOff"]),
        (&json!("Summer"), &json!(25))
    );
    assert_eq!(root.get(&path).data(200)["version"], 2);

    let ask = json!({"code": "Summer-25", "planId": "basic"});
    let told = ana.post("/client/users/coupons/validate", &ask).data(200);
    assert_eq!(
        (&told["discountMinor"], &told["totalMinor"]),
        (&json!(200), &json!(599))
    );
    ana.post(
        "/users/coupons/validate",
        &json!({"code": "none", "planId": "basic"}),
    )
    .refused(404, "COUPON_NOT_FOUND");
    ana.post(
        "/users/subscriptions",
        &json!({"planId": "premium", "coupon": "SUMMER-25"}),
    )
    .refused(409, "COUPON_NOT_FOR_PLAN");
    let begun = ana
        .post(
            "/users/subscriptions",
            &json!({"planId": "basic", "coupon": "SUMMER-25"}),
        )
        .data(201);
    let id = begun["subscription"]["id"].as_str().unwrap().to_owned();
    ben.post("/users/coupons/validate", &ask)
        .refused(409, "COUPON_USED_UP");
    (id, path)
}

/// From basic to premium at once, and on to standard when what is paid is over.
fn change_plan(ana: &Client, ben: &Client, id: &str) {
    // Up at once, for what is left to pay.
    let change = format!("/users/subscriptions/{id}/change");
    let told = ana
        .post(&format!("{change}/preview"), &json!({"planId": "premium"}))
        .data(200);
    assert_eq!(told["timing"], "at_once");
    let due = told["dueNowMinor"].as_i64().unwrap();
    assert!((1_000..=1_001).contains(&due), "{told}");
    ben.post(&change, &json!({"planId": "premium"}))
        .refused(404, "SUBSCRIPTION_NOT_FOUND");
    ana.post(&change, &json!({"planId": "gold"}))
        .refused(404, "PLAN_NOT_FOUND");
    let declined = json!({"planId": "premium", "paymentMethod": "test_declined"});
    ana.post(&change, &declined)
        .refused(402, "PAYMENT_DECLINED");
    let waits = json!({"planId": "premium", "paymentMethod": "test_action"});
    let waits = ana.post(&change, &waits).data(202);
    let confirmed = ana
        .post(
            &format!("/users/subscriptions/{id}/confirm"),
            &json!({"clientSecret": waits["clientSecret"]}),
        )
        .data(200);
    assert_eq!(confirmed["subscription"]["plan"]["code"], "premium");
    // Down when what is paid is over.
    let down = ana.post(&change, &json!({"planId": "standard"})).data(200);
    assert_eq!(down["subscription"]["plan"]["code"], "premium");
    assert_ne!(down["subscription"]["nextPlanId"], "");
}

fn read_invoices(root: &Client, ana: &Client, ben: &Client) {
    let invoices = ana.get("/client/users/invoices").data(200);
    let invoices = invoices["items"].as_array().unwrap();
    let seen: Vec<_> = invoices
        .iter()
        .map(|one| one["status"].as_str().unwrap())
        .collect();
    assert_eq!(seen, ["paid", "declined", "paid"]);
    let newest = invoices[0]["id"].as_str().unwrap();
    let invoice = ana.get(&format!("/users/invoices/{newest}")).data(200);
    let lines = invoice["lines"].as_array().unwrap().iter();
    let kinds: Vec<_> = lines.map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["plan", "unused_time"]);
    ben.get(&format!("/users/invoices/{newest}"))
        .refused(404, "INVOICE_NOT_FOUND");
    // What the provider was asked for is what the invoice says.
    let payment = root.get(&format!("/admin/payments/{newest}")).data(200);
    assert_eq!(payment["payment"]["amountMinor"], invoice["totalMinor"]);
    let account = invoice["accountId"].as_str().unwrap();
    let listed = root
        .get(&format!("/admin/rights/invoices?account_id={account}"))
        .data(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 3);
    assert_eq!(
        root.get(&format!("/admin/rights/invoices/{newest}"))
            .data(200),
        invoice
    );
}
