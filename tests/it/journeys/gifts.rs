//! Codes that give a plan without a payment (X-PAY-5).

use serde_json::json;

use crate::harness::{Client, Deployment};

#[test]
fn a_code_is_made_redeemed_listed_and_revoked() {
    let unlimited = [("STREAMVERSE_EDGE__RATES__ENABLED", "false".to_owned())];
    let deployment = Deployment::start(&["all"], &unlimited);
    let mut root = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    root.login(&email, &password);
    let mut ana = root.signed_out();
    ana.register("ana@example.org");
    let wanted = json!({"planId": "standard", "months": 2, "note": "Summer campaign"});
    ana.post("/admin/rights/gifts", &wanted)
        .refused(403, "PERMISSION_DENIED");
    let made = root.post("/admin/rights/gifts", &wanted).data(201);
    let code = made["code"].as_str().unwrap();
    let given = ana
        .post("/users/gifts/redeem", &json!({"code": code.to_lowercase()}))
        .data(200);
    let subscription = &given["subscription"];
    assert_eq!(subscription["plan"]["code"], "standard");
    assert_eq!(subscription["status"], "active");
    assert_eq!(subscription["cancelAtPeriodEnd"], true);
    let entitled = ana.get("/users/entitlements").data(200);
    assert_eq!(entitled["items"].as_array().unwrap().len(), 1);
    ana.post("/users/gifts/redeem", &json!({"code": code}))
        .refused(409, "GIFT_REDEEMED");
    let mut ben = root.signed_out();
    ben.register("ben@example.org");
    ben.post("/users/gifts/redeem", &json!({"code": code}))
        .refused(409, "GIFT_USED_UP");
    ben.post("/users/gifts/redeem", &json!({"code": "nothing"}))
        .refused(404, "GIFT_NOT_FOUND");

    let listed = root.get("/admin/rights/gifts").data(200);
    let gift = &listed["items"][0];
    assert_eq!((&gift["used"], &gift["note"]), (&json!(1), &wanted["note"]));
    assert!(!listed.to_string().contains(code), "the code is told once");
    let path = format!("/admin/rights/gifts/{}", gift["id"].as_str().unwrap());
    assert_eq!(root.delete(&path).data(200)["revoked"], true);
    ben.post("/users/gifts/redeem", &json!({"code": code}))
        .refused(404, "GIFT_NOT_FOUND");
    let records = root
        .get("/admin/audit?action=gift.redeemed&outcome=ok")
        .data(200);
    assert_eq!(records["items"].as_array().unwrap().len(), 1);
}
