//! Administrators see what services do beside their calls, and have it done (SCHD-1, SCHD-3).

use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use crate::{
    cli::dead_letters::GIVEN_UP,
    faults::log::with_tables,
    harness::{Answer, Client, Deployment},
};

fn root(deployment: &Deployment) -> Client {
    let (email, password) = deployment.admin();
    signed_in(deployment, &email, &password)
}

fn signed_in(deployment: &Deployment, email: &str, password: &str) -> Client {
    let mut root = Client::new(&deployment.edge);
    root.login(email, password);
    root
}

/// Lists all jobs, page by page.
fn jobs(root: &Client) -> Vec<Value> {
    let (mut all, mut token) = (Vec::new(), String::new());
    loop {
        let page = root.get(&format!("/admin/jobs?pageSize=5&pageToken={token}"));
        let page = page.data(200);
        assert_eq!(page["unreachable"], json!([]));
        all.extend(page["items"].as_array().unwrap().iter().cloned());
        token = page["nextPageToken"].as_str().unwrap_or_default().into();
        if token.is_empty() {
            return all;
        }
    }
}

#[test]
fn jobs_of_all_processes_are_seen_and_run_once_when_an_administrator_says_so() {
    let deployment = Deployment::start(&["content", "streaming,rights", "others", "edge"], &[]);
    let root = root(&deployment);
    let all = jobs(&root);
    let ids: Vec<&str> = all.iter().map(|job| job["id"].as_str().unwrap()).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    for id in ["content.publishing", "rights.renewals", "users.ratings"] {
        assert!(ids.contains(&id), "{id} is not among {ids:?}");
    }
    let publishing = |answer: &Answer| {
        let job = &answer.json()["data"];
        job["lastSuccessTime"].is_string() && job["runs"] != "0"
    };
    let job = root.until("/admin/jobs/content.publishing", publishing);
    assert_eq!(job.data(200)["periodSeconds"], 2.0);

    let path = "/admin/jobs/streaming.sessions";
    let before = root.get(path).data(200);
    assert_eq!(
        (&before["runs"], &before["state"]),
        (&json!("0"), &json!("waiting"))
    );
    let keyed = [("idempotency-key", "one turn")];
    let run = format!("{path}/run");
    let first = root.call("POST", &run, Some(b"{}"), &keyed);
    let asked = first.data(202);
    assert!(asked["nextRunTime"].as_str() < before["nextRunTime"].as_str());
    let after = root.until(path, |answer| answer.json()["data"]["runs"] == "1");
    let after = after.data(200);
    assert_eq!(after["lastError"], "");
    assert!(after["lastSuccessTime"].is_string());
    let again = root.call("POST", &run, Some(b"{}"), &keyed).data(202);
    assert_eq!(again, asked, "the key stands for that turn");
    assert_eq!(root.get(path).data(200)["runs"], "1");
    let record = root.until("/admin/audit?action=job.run", |answer| {
        answer.json()["data"]["items"][0].is_object()
    });
    let record = record.data(200)["items"][0].clone();
    assert_eq!(record["subject"]["id"], "streaming.sessions");

    for unknown in ["content.nothing", "nobody.publishing", "publishing"] {
        let path = format!("/admin/jobs/{unknown}");
        root.get(&path).refused(404, "JOB_NOT_FOUND");
        root.post(&format!("{path}/run"), &json!({}))
            .refused(404, "JOB_NOT_FOUND");
    }
    let mut viewer = root.signed_out();
    viewer.register("ana@example.org");
    viewer.get("/admin/jobs").refused(403, "PERMISSION_DENIED");
    viewer
        .post(&run, &json!({}))
        .refused(403, "PERMISSION_DENIED");
}

/// Of a series with more episodes than one transaction takes.
#[test]
fn a_process_that_is_killed_while_it_renames_a_series_goes_on_after_its_next_start() {
    let mut deployment = Deployment::start(&["all"], &[]);
    let (email, password) = deployment.admin();
    let mut root = signed_in(&deployment, &email, &password);
    let body = json!({
        "title": "Long", "status": "published", "monetization": "avod",
        "series": {"seasons": [{"number": 1}]},
    });
    let series = root.post("/admin/ondemand/series", &body).data(201);
    let series = series["id"].as_str().unwrap().to_owned();
    for number in 1..=330 {
        let body = json!({
            "title": "Part", "status": "published",
            "episode": {"seriesId": series, "seasonNumber": 1, "episodeNumber": number},
        });
        root.post("/admin/ondemand/episodes", &body).data(201);
    }
    let path = format!("/admin/ondemand/series/{series}");
    let change = json!({"title": "Longer"}).to_string();
    root.call("PATCH", &path, Some(change.as_bytes()), &[])
        .data(200);
    deployment.kill();
    deployment.start_again();
    root = signed_in(&deployment, &email, &password);
    root.until("/admin/work", |answer| {
        answer.json()["data"]["items"] == json!([])
    });
    let mut renamed = 0;
    for offset in [0, 100, 200, 300] {
        let path = format!("/admin/ondemand/episodes?seriesId={series}&limit=100&offset={offset}");
        let page = root.get(&path).data(200);
        for episode in page["items"].as_array().unwrap() {
            assert_eq!(episode["episode"]["series"]["title"], "Longer");
            assert_eq!(episode["version"], 2, "once");
            renamed += 1;
        }
    }
    assert_eq!(renamed, 330);
    root.get("/admin/work?state=dead").data(200);
    for (method, path) in [
        (
            "POST",
            "/admin/work/content.01936f00-0002-7000-8000-000000000002/retry",
        ),
        (
            "DELETE",
            "/admin/work/content.01936f00-0002-7000-8000-000000000002",
        ),
        ("DELETE", "/admin/work/content.nothing"),
    ] {
        root.call(method, path, None, &[])
            .refused(404, "WORK_NOT_FOUND");
    }
}

/// Looks at both, as lists and one by one; returns the one that the bus refused.
fn both_are_seen(root: &Client, film: &Value) -> Value {
    let page = root.get("/admin/dead-letters").data(200);
    assert_eq!(page["unreachable"], json!([]));
    let [given_up, refused] = &page["items"].as_array().unwrap()[..] else {
        panic!("{page}");
    };
    for (field, value) in [
        ("id", json!(LETTER)),
        ("source", json!("consumer")),
        ("group", json!("search")),
        ("topic", json!("content.changed")),
        ("key", film["id"].clone()),
        ("attempts", json!(5)),
        ("cause", json!("no such field")),
        ("payload", Value::Null),
    ] {
        assert_eq!(given_up[field], value, "{field} of {given_up}");
    }
    assert_eq!(
        (&refused["service"], &refused["cause"]),
        (&json!("content"), &json!("too large"))
    );
    for (query, count) in [
        ("source=outbox", 1),
        ("service=content", 1),
        ("group=search", 1),
        ("topic=audit.recorded", 0),
        ("pageSize=1", 1),
    ] {
        let page = root.get(&format!("/admin/dead-letters?{query}")).data(200);
        let found = page["items"].as_array().unwrap();
        assert_eq!(found.len(), count, "{query}: {page}");
    }
    for letter in [given_up, refused] {
        let path = format!("/admin/dead-letters/{}", letter["id"].as_str().unwrap());
        let shown = root.get(&path).data(200);
        assert_eq!(shown["message"], "streamverse.content.v1.ContentChanged");
        assert!(
            shown["payload"].to_string().contains("The Glass Harbour"),
            "{shown}"
        );
    }
    refused.clone()
}

/// The dead letter that [`GIVEN_UP`] makes.
const LETTER: &str = "topic~content.changed~search~0~17";

/// What consumers gave up and what the bus refused are seen in one place, and put right there (EVT-9).
#[test]
fn dead_letters_of_all_are_seen_and_replayed_or_dropped_by_administrators_alone() {
    let deployment = Deployment::start(&["content", "others", "edge"], &[]);
    let root = root(&deployment);
    let tables = |name: &str, sql: &'static str| {
        with_tables(deployment.data.path(), name, async |database| {
            database.execute_unprepared(sql).await.unwrap();
        });
    };
    let film = json!({"title": "The Glass Harbour", "status": "published"});
    let film = root.post("/admin/ondemand/movies", &film).data(201);
    root.until("/search/global?q=glass%20harb", |answer| {
        answer.status == 200 && answer.json()["data"]["items"][0]["id"] == film["id"]
    });
    assert_eq!(
        root.get("/admin/dead-letters").data(200)["items"],
        json!([])
    );
    tables("bus", GIVEN_UP);
    tables(
        "content",
        "INSERT INTO outbox_dead SELECT event_id, topic, key, version, tenant, traceparent, payload, created_at,
            9000000000000000, 'too large' FROM outbox WHERE topic = 'content.changed' LIMIT 1",
    );

    let refused = both_are_seen(&root, &film);

    let path = format!("/admin/dead-letters/{LETTER}");
    let mut viewer = root.signed_out();
    viewer.register("ana@example.org");
    let other = viewer.get("/admin/dead-letters");
    other.refused(403, "PERMISSION_DENIED");
    let replay = format!("{path}/replay");
    viewer
        .post(&replay, &json!({}))
        .refused(403, "PERMISSION_DENIED");
    viewer.delete(&path).refused(403, "PERMISSION_DENIED");

    // The group takes it up, and it is settled.
    assert_eq!(root.post(&replay, &json!({})).data(202)["id"], LETTER);
    root.post(&replay, &json!({}))
        .refused(404, "DEAD_LETTER_NOT_FOUND");
    let refused_path = format!("/admin/dead-letters/{}", refused["id"].as_str().unwrap());
    root.delete(&refused_path).data(200);
    assert_eq!(
        root.get("/admin/dead-letters").data(200)["items"],
        json!([])
    );
    let acts = [
        "dead_letter.read",
        "dead_letter.replayed",
        "dead_letter.dropped",
    ];
    for act in acts {
        root.until(&format!("/admin/audit?action={act}"), |answer| {
            answer.json()["data"]["items"][0].is_object()
        });
    }

    // All of a kind at once.
    tables("bus", GIVEN_UP);
    let all = root.post(
        "/admin/dead-letters:replay",
        &json!({"topic": "content.changed"}),
    );
    assert_eq!(
        all.data(202),
        json!({"replayed": 1, "more": false, "unreachable": []})
    );
    for unknown in [
        "outbox~content~x",
        "outbox~nobody~01936f00-0002-7000-8000-000000000002",
        "topic~a~b~0~1",
        "x",
    ] {
        root.get(&format!("/admin/dead-letters/{unknown}"))
            .refused(404, "DEAD_LETTER_NOT_FOUND");
    }
}
