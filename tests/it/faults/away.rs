//! Servers that are away while people watch, look for something and pay (D8; feature `test-faults`): what does not need
//! them goes on, and nothing is lost when they are back.

use serde_json::json;

use super::{editor, servers::stack, unlimited};
use crate::{
    harness::{Answer, Client, Deployment, servers},
    journeys::outages::{pay_after_an_outage, until},
};

/// The processes: payments by itself, and all others.
const GROUPS: [&str; 3] = ["payments", "others", "edge"];
const PAYMENTS: usize = 0;

/// D8, SRCH-4, EVT-7, PAY-1, RES-1: on PostgreSQL, Kafka and OpenSearch.
#[test]
fn searches_and_payments_outlive_the_servers_that_they_need() {
    let mut env = servers().to_vec();
    env.extend(unlimited());
    env.push(("STREAMVERSE_SERVER__DEMO", "true".to_owned()));
    let mut deployment = Deployment::start(&GROUPS, &env);
    let editor = editor(&deployment);
    let mut ana = Client::new(&deployment.edge);
    ana.register("outage@example.org");
    let make = |title: &str| {
        let film = json!({"title": title, "status": "published"});
        editor.post("/admin/ondemand/movies", &film).data(201);
    };
    let search = "/search/global?q=quillmark";
    let is = |answer: &Answer, total: i64, degraded: bool| {
        let data = &answer.json()["data"];
        answer.status == 200 && data["total"] == total && data["degraded"] == degraded
    };
    make("Quillmark Before");
    ana.until(search, |answer| is(answer, 1, false));

    // Without the index the tables answer, and say that this is all they can do.
    stack("kill", "opensearch");
    ana.until(search, |answer| is(answer, 1, true));
    stack("up", "opensearch");
    until(|| ana.get(search), 200);
    ana.until(search, |answer| is(answer, 1, false));

    // Without the log of events titles are made and listed; search catches up when it is back.
    stack("kill", "kafka");
    make("Quillmark Meanwhile");
    let list = ana.get("/ondemand/titles?orderBy=-create_time").data(200);
    let titles = list["items"].as_array().unwrap().iter();
    let ours = titles.filter(|it| it["title"].as_str().unwrap().starts_with("Quillmark"));
    assert_eq!(ours.count(), 2, "{list}");
    stack("up", "kafka");
    until(|| ana.get(search), 200);
    ana.until(search, |answer| is(answer, 2, false));

    pay_after_an_outage(&mut deployment, PAYMENTS);
}
