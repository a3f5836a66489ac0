//! Accounts in the hands of those who run the installation: they find one, change, block and delete it, and
//! whoever is shut out is out at once (USER-7, USER-8, USER-9, ADM-1, ADM-2, C6, AUTH-8).

use serde_json::{Value, json};

use crate::harness::{Client, Deployment};

const PASSWORD: &str = "a long enough password";

fn patch(client: &Client, path: &str, body: &Value) -> crate::harness::Answer {
    client.call("PATCH", path, Some(body.to_string().as_bytes()), &[])
}

#[test]
fn an_administrator_finds_changes_blocks_and_deletes_accounts() {
    let deployment = Deployment::start(&["all"], &[]);
    let mut root = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    let roots = root.login(&email, &password)["user"]["id"].clone();
    let (mut ana, mut ben) = (Client::new(&deployment.edge), Client::new(&deployment.edge));
    let registered = ana.register("ana@example.org");
    ben.register("ben@example.org");
    let id = registered["user"]["id"].as_str().unwrap().to_owned();
    let path = format!("/admin/users/{id}");

    for hidden in ["/admin/users", &*path] {
        ana.get(hidden).refused(403, "PERMISSION_DENIED");
    }
    ana.delete(&path).refused(403, "PERMISSION_DENIED");
    find(&root, &id);
    change(&root, &path, &id);
    block(&root, &ana, &registered, &path);

    // Nobody shuts himself out.
    let own = format!("/admin/users/{}", roots.as_str().unwrap());
    patch(&root, &own, &json!({"status": "blocked"})).refused(409, "OWN_ACCOUNT");
    root.delete(&own).refused(409, "OWN_ACCOUNT");

    delete(&root, &path, &id);
    ben.get("/users/me").data(200);
    recorded(&root, &id);
}

/// USER-7: list, search, filter, order, details.
fn find(root: &Client, id: &str) {
    let emails = |query: &str| {
        let list = root.get(&format!("/admin/users?{query}")).data(200);
        let items = list["items"].as_array().unwrap().iter();
        let email = |user: &Value| user["email"].as_str().unwrap().to_owned();
        items.map(email).collect::<Vec<_>>()
    };
    assert_eq!(emails("q=ANA@EX"), ["ana@example.org"]);
    assert_eq!(emails("q=n%40example&orderBy=email"), ["ben@example.org"]);
    assert_eq!(emails("q=%25"), [""; 0], "signs are themselves");
    assert_eq!(emails("status=blocked"), [""; 0]);
    let all = emails("orderBy=email&status=active");
    assert!(all.is_sorted() && all.len() == 3, "{all:?}");
    let newest = emails("orderBy=-createTime&pageSize=1");
    assert_eq!(newest, ["ben@example.org"]);
    let mut token = String::new();
    let mut paged = Vec::new();
    loop {
        let query =
            format!("/admin/users?orderBy=email&pageSize=1&withTotal=true&pageToken={token}");
        let page = root.get(&query).data(200);
        assert_eq!(page["total"], 3);
        paged.push(page["items"][0]["email"].as_str().unwrap().to_owned());
        page["nextPageToken"]
            .as_str()
            .unwrap()
            .clone_into(&mut token);
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(paged, all);
    root.get("/admin/users?orderBy=password")
        .refused(400, "VALIDATION_FAILED");

    let details = root.get(&format!("/admin/users/{id}"));
    let etag = details.headers["etag"].to_str().unwrap().to_owned();
    let details = details.data(200);
    assert!(etag.contains(&details["version"].to_string()), "{etag}");
    assert_eq!(details["profiles"][0]["name"], "Ana");
    assert_eq!(
        root.get(&format!("/admin/users?id={id}")).data(200),
        details
    );
    root.get("/admin/users/01900000-0000-7000-8000-000000000000")
        .refused(404, "USER_NOT_FOUND");
}

/// USER-8.
fn change(root: &Client, path: &str, id: &str) {
    let mut user = root.get(path).data(200);
    user["name"] = "Ana María".into();
    user["username"] = "ana.m".into();
    let changed = root.put(path, &user).data(200);
    assert_eq!(
        (&changed["name"], &changed["username"], &changed["status"]),
        (&json!("Ana María"), &json!("ana.m"), &json!("active"))
    );
    root.put(path, &user).refused(412, "VERSION_MISMATCH");
    let by_alias = format!("/admin/users?id={id}");
    let renamed = patch(root, &by_alias, &json!({"name": "Ana"})).data(200);
    assert_eq!(
        (&renamed["name"], &renamed["username"]),
        (&json!("Ana"), &json!("ana.m"))
    );
    let stale = [("if-match", "\"1\"")];
    let body = json!({"name": "Anna"}).to_string();
    root.call("PATCH", path, Some(body.as_bytes()), &stale)
        .refused(412, "VERSION_MISMATCH");
    let moved = json!({"email": "other@example.org"});
    patch(root, path, &moved).refused(422, "EMAIL_FIXED");
    let others = root.get("/admin/users?q=ben@").data(200)["items"][0]["id"].clone();
    let others = format!("/admin/users/{}", others.as_str().unwrap());
    patch(root, &others, &json!({"username": "ANA.M"})).refused(409, "USERNAME_TAKEN");
    let found = root.get("/admin/users?q=ana.m").data(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
}

fn block(root: &Client, ana: &Client, registered: &Value, path: &str) {
    let credentials = json!({"email": "ana@example.org", "password": PASSWORD});
    let refresh = json!({"refreshToken": registered["refreshToken"]});
    ana.get("/users/me").data(200);
    let blocked = patch(root, path, &json!({"status": "blocked"})).data(200);
    assert_eq!(blocked["status"], "blocked");
    ana.get("/users/me").refused(401, "TOKEN_REVOKED");
    let stranger = ana.signed_out();
    stranger
        .post("/auth/refresh", &refresh)
        .refused(403, "ACCOUNT_BLOCKED");
    stranger
        .post("/auth/login", &credentials)
        .refused(403, "ACCOUNT_BLOCKED");
    let wrong = json!({"email": "ana@example.org", "password": "another long password"});
    stranger
        .post("/auth/login", &wrong)
        .refused(401, "CREDENTIALS_WRONG");
    let list = root.get("/admin/users?status=blocked").data(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);

    patch(root, path, &json!({"status": "active"})).data(200);
    let mut again = stranger;
    again.login("ana@example.org", PASSWORD);
    again.get("/users/me").data(200);
    // What was ended stays so.
    ana.get("/users/me").refused(401, "TOKEN_REVOKED");
}

/// USER-9.
fn delete(root: &Client, path: &str, id: &str) {
    let mut ana = root.signed_out();
    ana.login("ana@example.org", PASSWORD);
    let stale = [("if-match", "\"1\"")];
    root.call("DELETE", path, None, &stale)
        .refused(412, "VERSION_MISMATCH");
    root.delete(&format!("/admin/users?id={id}")).data(200);
    ana.get("/users/me").refused(401, "TOKEN_REVOKED");
    root.get(path).refused(404, "USER_NOT_FOUND");
    root.delete(path).refused(404, "USER_NOT_FOUND");
    let credentials = json!({"email": "ana@example.org", "password": PASSWORD});
    ana.signed_out()
        .post("/auth/login", &credentials)
        .refused(401, "CREDENTIALS_WRONG");
    // The address is free, and what is made of it is another account.
    let mut other = root.signed_out();
    let made = other.register("ana@example.org");
    assert_ne!(made["user"]["id"], id);
}

/// ADM-2.
fn recorded(root: &Client, id: &str) {
    let query = format!("/admin/audit?subjectId={id}");
    let wanted = |records: &Value, action: &str| {
        let records = records["items"].as_array().unwrap().iter();
        records
            .filter(|record| record["action"] == action)
            .cloned()
            .collect::<Vec<_>>()
    };
    let all = root.until(&query, |answer| {
        wanted(&answer.json()["data"], "user.deleted")
            .iter()
            .any(|record| record["outcome"] == "ok")
    });
    let all = all.data(200);
    let blocked = wanted(&all, "user.updated");
    let blocked = blocked
        .iter()
        .find(|record| record["newValues"]["status"] == "USER_STATUS_BLOCKED");
    let blocked = blocked.unwrap_or_else(|| panic!("{all}"));
    assert_eq!(
        blocked["oldValues"]["status"], "USER_STATUS_ACTIVE",
        "{blocked}"
    );
    let closed = wanted(&all, "auth.account_closed");
    assert!(!closed.is_empty(), "{all}");
}

/// USER-1, C23: an account for somebody else, with a password and without.
#[test]
fn an_administrator_makes_accounts_for_others() {
    let deployment = Deployment::start(&["all"], &[]);
    let mut root = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    root.login(&email, &password);
    let account =
        |email: &str, password: &str| json!({"email": email, "password": password, "name": "Bo"});
    let mut bo = root.signed_out();
    bo.post("/users", &account("bo@example.org", PASSWORD))
        .refused(401, "UNAUTHENTICATED");
    bo.register("other@example.org");
    bo.post("/users", &account("bo@example.org", PASSWORD))
        .refused(403, "PERMISSION_DENIED");
    let made = root
        .post("/users", &account("bo@example.org", PASSWORD))
        .data(201);
    assert_eq!(made["canSignIn"], true);
    let signed_in = bo.login("bo@example.org", PASSWORD);
    assert_eq!(signed_in["user"]["id"], made["user"]["id"]);
    bo.get("/admin/users").refused(403, "PERMISSION_DENIED");
    root.post("/users", &account("bo@example.org", PASSWORD))
        .refused(409, "EMAIL_TAKEN");
    let silent = root
        .post("/users", &account("cy@example.org", ""))
        .data(201);
    assert_eq!(silent["canSignIn"], false);
    let credentials = json!({"email": "cy@example.org", "password": PASSWORD});
    bo.signed_out()
        .post("/auth/login", &credentials)
        .refused(401, "CREDENTIALS_WRONG");
}

/// USER-9: who is gone pays nothing, and nobody remembers what was watched.
#[test]
fn a_deleted_accounts_subscription_ends() {
    let deployment = Deployment::start(&["all"], &[]);
    let mut root = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    root.login(&email, &password);
    let mut ana = root.signed_out();
    let id = ana.register("ana@example.org")["user"]["id"].clone();
    let id = id.as_str().unwrap().to_owned();
    ana.post("/users/subscriptions", &json!({"planId": "basic"}))
        .data(201);
    root.delete(&format!("/admin/users/{id}")).data(200);
    root.until("/admin/audit?action=subscription.ended", |answer| {
        let found = answer.json()["data"]["items"].clone();
        found.as_array().is_some_and(|found| found.len() == 1)
    });
}
