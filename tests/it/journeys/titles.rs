//! Buying and renting single titles over REST (RGT-7 to RGT-12, C6, C10, C13, C40, X-PAY-6).

use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::thread::demo_title;
use crate::harness::{Client, Deployment};

/// Signs the administrator in.
fn editor(deployment: &Deployment) -> Client {
    let (email, password) = deployment.admin();
    let mut editor = Client::new(&deployment.edge);
    editor.login(&email, &password);
    editor
}

fn viewer(deployment: &Deployment, email: &str) -> Client {
    let mut viewer = Client::new(&deployment.edge);
    viewer.register(email);
    viewer
}

/// A rule by which a title is owned for 9.99 or rented for two days or seven.
fn for_sale(title: &str) -> Value {
    json!({
        "contentId": title,
        "purchase": {"priceMinor": 999, "currency": "EUR"},
        "rentals": [
            {"durationHours": 48, "priceMinor": 399, "currency": "EUR"},
            {"durationHours": 168, "priceMinor": 599, "currency": "EUR"},
        ],
    })
}

#[test]
fn viewers_buy_and_rent_a_title_that_an_editor_prices() {
    let deployment = Deployment::start(&["all"], &[("STREAMVERSE_SERVER__DEMO", "true".into())]);
    let film = demo_title(&deployment);
    let editor = editor(&deployment);
    let rule = editor
        .post("/admin/rights/rules", &for_sale(&film.id))
        .data(201);
    the_refusal_lists_what_opens_the_title(&deployment, &film.id);
    buy_and_play(&deployment, &film.id);
    rent_and_play(&deployment, &film.id);
    refunded(&deployment, &editor, &film.id);
    children_do_not_pay(&deployment, &film.id);

    // C10: who may watch what is the installation's own question.
    let ask = json!({"userId": film.id, "contentIds": [film.id]});
    editor
        .post("/rights/check_access", &ask)
        .refused(404, "ROUTE_NOT_FOUND");
    let path = format!("/admin/rights/rules?id={}", rule["id"].as_str().unwrap());
    editor.delete(&path).data(200);
    editor.get(&path).refused(404, "RULE_NOT_FOUND");
}

fn the_refusal_lists_what_opens_the_title(deployment: &Deployment, film: &str) {
    let viewer = viewer(deployment, "scout@example.net");
    let closed = viewer
        .get(&format!("/play/ondemand/{film}"))
        .refused(403, "ACCESS_DENIED");
    assert_eq!(closed["details"]["basis"], "purchase_required");
    let offers = closed["details"]["offers"].as_array().unwrap();
    let told: Vec<_> = offers
        .iter()
        .map(|offer| json!([offer["kind"], offer["priceMinor"], offer["durationHours"]]))
        .collect();
    assert_eq!(
        told,
        [
            json!(["purchase", 999, 0]),
            json!(["rent", 399, 48]),
            json!(["rent", 599, 168])
        ]
    );
    // C13: another duration is answered with those that are offered.
    let hours = viewer
        .post(
            &format!("/ondemand/rent/{film}"),
            &json!({"durationHours": 24}),
        )
        .refused(422, "DURATION_NOT_OFFERED");
    assert_eq!(hours["details"]["offers"][1]["durationHours"], 48);
    let nothing = viewer.post(
        "/ondemand/purchase/01900000-0000-7000-8000-000000000000",
        &json!({}),
    );
    nothing.refused(404, "CONTENT_NOT_FOUND");
}

fn buy_and_play(deployment: &Deployment, film: &str) {
    let viewer = viewer(deployment, "buyer@example.net");
    let path = format!("/ondemand/purchase/{film}");
    viewer
        .post(&path, &json!({"paymentMethod": "test_declined"}))
        .refused(402, "PAYMENT_DECLINED");
    // C13: the payer has to act, and the title stays closed until then.
    let asked = viewer
        .post(&path, &json!({"paymentMethod": "test_action"}))
        .data(202);
    assert_eq!(asked["purchase"]["status"], "pending");
    viewer
        .get(&format!("/play/ondemand/{film}"))
        .refused(403, "ACCESS_DENIED");
    let id = asked["purchase"]["id"].as_str().unwrap();
    let acted = json!({"clientSecret": asked["clientSecret"]});
    let confirm = format!("/users/purchases/{id}/confirm");
    let confirmed = viewer.post(&confirm, &acted).data(200);
    assert_eq!(confirmed["purchase"]["status"], "active");

    // C40: a double click, without a body.
    let again = viewer.call("POST", &path, None, &[]).data(201);
    assert_eq!(again["purchase"]["id"], confirmed["purchase"]["id"]);
    let mine = viewer.get("/users/purchases").data(200);
    let statuses: Vec<_> = mine["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["status"])
        .collect();
    assert_eq!(statuses, ["active", "declined"]);
    let play = viewer.get(&format!("/play/ondemand/{film}")).data(200);
    assert!(play["playback_url"].is_string());

    viewer
        .post(&format!("/ondemand/rent/{film}"), &json!({}))
        .refused(409, "ALREADY_OWNED");
    let all = viewer.get("/client/users/entitlements").data(200);
    assert_eq!(all["items"][0]["kind"], "purchase");
    assert_eq!(all["items"][0]["contentId"], film);
}

fn rent_and_play(deployment: &Deployment, film: &str) {
    let viewer = viewer(deployment, "renter@example.net");
    let path = format!("/ondemand/rent/{film}");
    // Two clicks at once are one rental.
    let clicks: Vec<_> = std::thread::scope(|scope| {
        let click = || viewer.post(&path, &json!({}));
        let both = [scope.spawn(click), scope.spawn(click)];
        both.map(|one| one.join().unwrap()).into()
    });
    let ids: Vec<_> = clicks
        .iter()
        .map(|click| click.data(201)["rental"]["id"].clone())
        .collect();
    assert_eq!(ids[0], ids[1]);
    let mine = viewer.get("/users/rentals").data(200);
    assert_eq!(mine["items"].as_array().map(Vec::len), Some(1));
    let rental = &mine["items"][0];
    assert_eq!(
        (&rental["status"], &rental["durationHours"]),
        (&json!("active"), &json!(48))
    );
    let instant = |field: &str| {
        let text = rental[field].as_str().unwrap();
        let at = OffsetDateTime::parse(text, &Rfc3339).unwrap();
        at.unix_timestamp()
    };
    assert_eq!(instant("expireTime") - instant("startTime"), 48 * 3_600);
    viewer.get(&format!("/play/ondemand/{film}")).data(200);
    let running = viewer.post(&path, &json!({"durationHours": 168}));
    running.refused(409, "ALREADY_RENTED");
}

fn refunded(deployment: &Deployment, editor: &Client, film: &str) {
    let viewer = viewer(deployment, "returner@example.net");
    let bought = viewer
        .post(&format!("/ondemand/purchase/{film}"), &json!({}))
        .data(201);
    viewer.get(&format!("/play/ondemand/{film}")).data(200);
    let id = bought["purchase"]["id"].as_str().unwrap();
    let path = format!("/admin/rights/purchases/{id}/refund");
    viewer
        .post(&path, &json!({}))
        .refused(403, "PERMISSION_DENIED");
    let back = editor.post(&path, &json!({})).data(200);
    assert_eq!(back["purchase"]["status"], "refunded");
    viewer
        .get(&format!("/play/ondemand/{film}"))
        .refused(403, "ACCESS_DENIED");
}

fn children_do_not_pay(deployment: &Deployment, film: &str) {
    let viewer = viewer(deployment, "parent@example.net");
    let kid = json!({"name": "Léa", "isKids": true});
    let kid = viewer.post("/users/profiles", &kid).data(201);
    let kid = kid["id"].as_str().unwrap();
    let path = format!("/ondemand/purchase/{film}");
    let refused = viewer.call("POST", &path, Some(b"{}"), &[("x-profile-id", kid)]);
    refused.refused(403, "PROFILE_LOCKED");
    assert_eq!(viewer.get("/users/purchases").data(200)["items"], json!([]));
}

#[test]
fn an_editor_makes_plans_that_viewers_buy_and_keep() {
    let deployment = Deployment::start(&["all"], &[]);
    let editor = editor(&deployment);
    let gold = json!({
        "code": "gold", "name": "Gold", "priceMinor": 1999, "currency": "EUR",
        "maxStreams": 6, "maxQuality": "uhd", "features": ["Six streams at a time"],
    });
    let made = editor.post("/admin/rights/plans", &gold).data(201);
    assert_eq!(
        (&made["version"], &made["status"]),
        (&json!(1), &json!("on_sale"))
    );
    editor
        .post("/admin/rights/plans", &gold)
        .refused(409, "PLAN_CODE_TAKEN");
    let wrong =
        json!({"code": "tin", "name": "Tin", "priceMinor": 1, "currency": "XXX", "maxStreams": 1});
    let wrong = editor
        .post("/admin/rights/plans", &wrong)
        .refused(422, "TERMS_INVALID");
    assert_eq!(wrong["details"]["violations"][0]["field"], "currency");

    // C6: items by `?id=`, with versions as ETags.
    let id = made["id"].as_str().unwrap();
    let by_alias = editor.get(&format!("/admin/rights/plans?id={id}"));
    assert_eq!(by_alias.header("etag"), "\"1\"");
    assert_eq!(by_alias.data(200), made);
    let path = format!("/admin/rights/plans/{id}");
    let change = |body: Value, tag: &str| {
        let body = body.to_string();
        editor.call("PATCH", &path, Some(body.as_bytes()), &[("if-match", tag)])
    };
    let changed = change(json!({"name": "Golden"}), "\"1\"").data(200);
    assert_eq!(
        (&changed["name"], &changed["priceMinor"]),
        (&json!("Golden"), &json!(1999))
    );
    change(json!({"name": "Late"}), "\"1\"").refused(412, "VERSION_MISMATCH");

    let viewer = viewer(&deployment, "golden@example.net");
    viewer
        .post("/admin/rights/plans", &gold)
        .refused(403, "PERMISSION_DENIED");
    viewer
        .post("/users/subscriptions", &json!({"planId": "gold"}))
        .data(201);
    change(json!({"priceMinor": 1}), "*").refused(409, "PLAN_IN_USE");
    let left = editor.delete(&path).data(200);
    assert_eq!(left["plan"]["status"], "retired");
    let codes = |client: &Client, path: &str| -> Vec<String> {
        let plans = client.get(path).data(200);
        let plans = plans["items"].as_array().unwrap().iter();
        plans
            .map(|plan| plan["code"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        codes(&viewer, "/subscriptions"),
        ["basic", "standard", "premium"]
    );
    assert_eq!(codes(&editor, "/admin/rights/plans").len(), 4);
    let mine = viewer.get("/users/subscriptions").data(200);
    assert_eq!(mine["items"][0]["plan"]["code"], "gold");
    assert_eq!(mine["items"][0]["status"], "active");

    // ADM-2: who changed what, with the values before and after.
    let asked = format!("/admin/audit?action=rights.plan_updated&subjectId={id}");
    let with_values = |record: &Value| record["newValues"]["name"] == "Golden";
    let records = editor.until(&asked, |answer| {
        let items = answer.json()["data"]["items"].clone();
        items
            .as_array()
            .is_some_and(|items| items.iter().any(with_values))
    });
    let items = records.json()["data"]["items"].clone();
    let record = items
        .as_array()
        .unwrap()
        .iter()
        .find(|one| with_values(one));
    assert_eq!(record.unwrap()["oldValues"]["name"], "Gold");
}

/// X-API-1: rows come a line each, however many there are; what is wrong is told by its line.
#[test]
fn a_catalogue_of_any_size_goes_in_line_by_line() {
    const PATH: &str = "/admin/ondemand/titles:import?source=vega";
    let deployment = Deployment::start(&["all"], &[]);
    let editor = editor(&deployment);
    let line = |key: usize, title: &str| {
        let row =
            json!({"key": key.to_string(), "content": {"title": title, "status": "published"}});
        format!("{row}\n")
    };
    let lines_of = ("content-type", "application/x-ndjson");
    let import = |client: &Client, path: &str, lines: &str| {
        client.call("POST", path, Some(lines.as_bytes()), &[lines_of])
    };
    let all: String = (1..=1_100).map(|n| line(n, &format!("Film {n}"))).collect();
    let dry = format!("{PATH}&dryRun=true");
    assert_eq!(import(&editor, &dry, &all).data(200)["created"], 1_100);
    let done = import(&editor, PATH, &all).data(200);
    assert_eq!(
        (&done["rows"], &done["created"]),
        (&json!(1_100), &json!(1_100))
    );
    let again = import(&editor, PATH, &all).data(200);
    assert_eq!(
        (&again["unchanged"], &again["created"]),
        (&json!(1_100), &json!(0))
    );

    let broken = format!("{}{{\"key\": oops}}\n", line(2_000, "Before"));
    let refused = import(&editor, PATH, &broken).refused(400, "JSON_INVALID");
    assert!(refused.to_string().contains("message 2"), "{refused}");
    let unknown = format!("{PATH}&colour=red");
    import(&editor, &unknown, &all).refused(400, "QUERY_INVALID");
    let viewer = viewer(&deployment, "ana@example.org");
    import(&viewer, PATH, &all).refused(403, "PERMISSION_DENIED");
}
