//! Background work that sticks is seen, and holds up nothing else.

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde_json::json;

use super::log::with_tables;
use crate::harness::{Client, Deployment};

/// Puts an event into the outbox of users that no bus will take.
fn poison_the_outbox(deployment: &Deployment) {
    with_tables(deployment.data.path(), "users", async |database| {
        let sql = "INSERT INTO outbox (event_id, topic, key, version, tenant, payload, created_at)
            SELECT randomblob(16), 'no.such.topic', 'x', 1, tenant, payload, created_at
            FROM outbox LIMIT 1";
        database.execute_unprepared(sql).await.unwrap();
    });
}

fn unpublished(deployment: &Deployment) -> usize {
    with_tables(deployment.data.path(), "users", async |database| {
        let sql = "SELECT 1 FROM outbox WHERE published_at IS NULL AND topic <> 'no.such.topic'";
        let select = Statement::from_string(DbBackend::Sqlite, sql);
        database.query_all_raw(select).await.unwrap().len()
    })
}

/// EVT-9: the process says what sticks and why, everybody hears the name, operators the cause, and
/// the event can be dropped; meanwhile others go out.
#[test]
fn one_event_that_the_bus_refuses_is_shown_with_its_cause_and_holds_up_no_other() {
    let at_once = ("STREAMVERSE_HEALTH__TOLERANCE_SECONDS", "1".to_owned());
    let deployment = Deployment::start(&["all"], &[at_once]);
    let mut viewer = Client::new(&deployment.edge);
    viewer.register("ana@example.org");
    poison_the_outbox(&deployment);
    viewer.register("ben@example.org");
    let ops = deployment.servers[0].operators_port();
    let ops = Client::new(&format!("http://{ops}"));

    let told = ops.until("/ready", |answer| {
        let cause = &answer.json()["causes"]["users.outbox"];
        cause
            .as_str()
            .is_some_and(|cause| cause.contains("the bus refused 1 events for good"))
    });
    assert_eq!((told.status, &told.json()["ready"]), (200, &json!(true)));
    let public = viewer.get("/ready").json();
    let wanted = json!({"ready": true, "failing": [], "degraded": ["users.outbox"]});
    assert_eq!(public, wanted, "names only");
    assert_eq!(unpublished(&deployment), 0, "all others went out");
    let metrics = ops.get("/metrics");
    let line = r#"streamverse_outbox_dead_letters{svc="users"} 1"#;
    assert!(metrics.text().contains(line), "{}", metrics.text());

    let listed = deployment.command(&["dead-letters", "list"]);
    assert!(listed.contains("no topic \"no.such.topic\""), "{listed}");
    let dropped = deployment.command(&["dead-letters", "drop", "--all"]);
    assert_eq!(dropped, "1 events dropped\n");
    ops.until("/ready", |answer| answer.json()["degraded"] == json!([]));
}
