//! Who did what is on record, and administrators read it (ADM-2).

use serde_json::{Value, json};

use crate::harness::{Answer, Client, Deployment};

/// Everything at its quietest: the records do not depend on the log's level.
fn start() -> (Deployment, Client) {
    let quiet = [("LOG_LEVEL", "error".to_owned())];
    let deployment = Deployment::start(&["auth,users,admin", "others", "edge"], &quiet);
    let (email, password) = deployment.admin();
    let mut root = Client::new(&deployment.edge);
    root.login(&email, &password);
    (deployment, root)
}

/// Waits for the newest record of a question.
fn newest(root: &Client, question: &str) -> Value {
    let path = format!("/admin/audit?{question}&pageSize=1");
    let there = |answer: &Answer| answer.json()["data"]["items"][0].is_object();
    root.until(&path, there).data(200)["items"][0].clone()
}

#[test]
fn what_was_done_tried_and_refused_is_read_by_administrators() {
    let (deployment, root) = start();
    let film = json!({"title": "Dune", "type": "CONTENT_TYPE_MOVIE"});
    let film = root.post("/admin/ondemand/movies", &film).data(201);
    let id = film["id"].as_str().unwrap();
    let change = json!({"title": "Dune: Part One"});
    let path = format!("/admin/ondemand/movies/{id}");
    let body = change.to_string();
    root.call("PATCH", &path, Some(body.as_bytes()), &[])
        .data(200);

    // The change, with the values before and after.
    let record = newest(&root, &format!("action=content.updated&subjectId={id}"));
    assert_eq!(record["oldValues"]["title"], "Dune");
    assert_eq!(record["newValues"]["title"], "Dune: Part One");
    assert_eq!(record["actor"]["kind"], "account");
    assert_eq!(record["address"], "127.0.0.1");
    assert_eq!(record["service"], "content");
    let one = format!("/admin/audit/{}", record["id"].as_str().unwrap());
    assert_eq!(root.get(&one).data(200), record);

    // Who may not, at the edge already.
    let mut viewer = root.signed_out();
    let ana = viewer.register("ana@example.org");
    viewer.delete(&path).refused(403, "PERMISSION_DENIED");
    let ana = ana["user"]["id"].as_str().unwrap();
    let record = newest(&root, &format!("action=content.deleted&actorId={ana}"));
    assert_eq!(record["outcome"], "denied");
    assert_eq!(record["reason"], "PERMISSION_DENIED");
    viewer.get("/admin/audit").refused(403, "PERMISSION_DENIED");

    // A password that is wrong names the account, and nothing that was typed.
    let wrong = json!({"email": "ana@example.org", "password": "not my password"});
    viewer
        .post("/auth/login", &wrong)
        .refused(401, "CREDENTIALS_WRONG");
    let record = newest(
        &root,
        &format!("action=auth.logged_in&subjectId={ana}&outcome=denied"),
    );
    assert_eq!(record["reason"], "CREDENTIALS_WRONG");
    assert!(!record.to_string().contains("not my password"));

    // The command line made the administrator.
    let record = newest(&root, "action=auth.admin_created");
    assert_eq!(record["actor"]["kind"], "operator");
    drop(deployment);
}
