//! Two processes of every service and two edges, each with a data folder of its own, on PostgreSQL,
//! Kafka, OpenSearch and one folder of media (feature `test-replicas`). They show each other and their clients
//! certificates.

mod group;
mod load;

use serde_json::{Value, json};

use self::{group::Group, load::Load};
use crate::harness::{Answer, Client, servers, tell};

/// The demonstration's second short: it comes with a clip and needs a subscription.
const SHORT: &str = "01936f00-0002-7000-8000-000000000002";

/// One after the other, because they share the servers: the thread over both edges, each process killed in turn, and a
/// later release's tables, other certificates, another signing key and another login of the database with a rolling
/// restart under load.
#[test]
fn two_of_each_behave_like_one_and_lose_nothing_when_one_goes() {
    let mut group = Group::start(&servers());
    thread_over_two_edges(&group);
    kill_each_in_turn(&mut group);
    restart_each_in_turn_on_later_tables(&mut group);
    a_contraction_is_refused(&group);
}

/// Whatever one edge hands out, the other takes.
fn thread_over_two_edges(group: &Group) {
    let [mut one, mut other] = group.clients();
    let mail = format!("ana-{}@example.org", std::process::id());
    let account = one.register(&mail);
    other.token.clone_from(&one.token);
    assert_eq!(
        other.get("/users/me").data(200),
        one.get("/users/me").data(200)
    );

    // Page tokens.
    let first = one.get("/ondemand/movies?pageSize=3").data(200);
    let token = text(&first["nextPageToken"]);
    let second = other.get(&format!("/ondemand/movies?pageSize=3&pageToken={token}"));
    assert_ne!(second.data(200)["items"][0]["id"], first["items"][0]["id"]);

    // Refresh tokens: each once, wherever.
    let again = json!({"refreshToken": account["refreshToken"]});
    let fresh = other.post("/auth/refresh", &again).data(200);
    one.token = Some(text(&fresh["accessToken"]));
    other.token.clone_from(&one.token);
    one.get("/users/me").data(200);

    // Idempotency keys.
    let plans = one.get("/subscriptions").data(200);
    let wanted = json!({"planId": plans["items"][0]["id"]}).to_string();
    let subscribe = |client: &Client| {
        let key = [("idempotency-key", "ana's first plan")];
        let path = "/users/subscriptions";
        client.call("POST", path, Some(wanted.as_bytes()), &key)
    };
    let made = subscribe(&one).data(201);
    assert_eq!(subscribe(&other).data(201), made);

    // Playback: asked at one, watched at both.
    let play = one.get(&format!("/play/ondemand/{SHORT}")).data(200);
    for edge in [&one, &other] {
        let master = edge.signed_out().get(&text(&play["playback_url"]));
        assert_eq!(
            master.status,
            200,
            "{}",
            String::from_utf8_lossy(&master.bytes)
        );
        let file = edge.signed_out().get(&text(&play["progressiveUrl"]));
        assert_eq!(file.status, 200);
    }

    // A change by one is found by the other.
    let [editor, _] = group.editors();
    let film = json!({"title": "Quokka Lagoon", "status": "published"});
    let made = editor.post("/admin/ondemand/movies", &film).data(201);
    let found = |answer: &Answer| {
        answer.status == 200 && answer.json()["data"]["items"][0]["id"] == made["id"]
    };
    for edge in [&one, &other] {
        edge.until("/search/global?q=quokka%20lag", found);
    }

    // Signed out at one is signed out at the other.
    other.post("/auth/logout", &json!({})).data(200);
    one.until("/users/me", |answer| answer.status == 401)
        .refused(401, "TOKEN_REVOKED");
}

/// What the release before another lives through, under load: the other's `migrate` changes the tables beneath it, and
/// each of its processes is told to stop and started again on them (DEP-4). The later program itself is not there.
/// Meanwhile another key signs, and the processes come back with another login of the database (AUTH-6): tokens of
/// the old key hold, and nobody is connected by the old login in the end. All certificates are renewed, and then those of
/// another authority take their place: the first processes are started again while both are shown, the edges when only
/// the new one is believed (EDGE-9).
fn restart_each_in_turn_on_later_tables(group: &mut Group) {
    let load = Load::new(group.editors());
    let key = group.signing_keys();
    let (mut widened, mut old_login, mut handshakes) = ((0, 0), String::new(), 0);
    let ledger = load.while_at_work(|| {
        load.progress();
        all_tell_their_jobs(group);
        widened = group.widen_tables();
        all_tell_their_jobs(group);
        handshakes += group.renew_certificates();
        handshakes += group.believe_both_authorities();
        handshakes += group.show_next_authority(0);
        group.change_signing_key();
        old_login = group.change_login();
        for place in 0..group.len() {
            load.progress();
            if group.edge_of(place) == Some(0) {
                handshakes += group.show_next_authority(1);
                handshakes += group.believe_next_authority();
                all_tell_their_jobs(group);
            }
            load.leave(group.edge_of(place));
            let orderly = group.restart(place);
            assert!(orderly, "{} did not stop in order", group.name(place));
            load.leave(None);
            load.progress();
        }
    });
    let (tables, schemas) = widened;
    tell(&format!(
        "{tables} tables in {schemas} schemas widened, signing key and login of the database changed, and a rolling restart on them: {load}"
    ));
    tell(&format!(
        "certificates renewed and changed for those of another authority meanwhile, seen in {handshakes} handshakes"
    ));
    assert!(tables > 50 && schemas >= 9, "{widened:?}");
    let keys = group.signing_keys();
    assert!(
        key[0] == key[1] && keys[0] == keys[1] && key[0] != keys[0],
        "one key signs at both edges, and another one than before: {key:?}, {keys:?}"
    );
    assert_eq!(group.connections_by(&old_login), 0, "{old_login} is in use");
    assert_eq!(load.failures(), Vec::<String>::new(), "requests failed");
    ledger.holds_in(&group.editors()[0]);
}

/// Every service reads its widened tables, by statements that were prepared before.
fn all_tell_their_jobs(group: &Group) {
    for editor in group.editors().iter().cycle().take(20) {
        let jobs = editor.get("/admin/jobs?pageSize=100").data(200);
        assert_eq!(jobs["unreachable"], json!([]));
    }
}

/// Where a later release has taken away what this one needs, it does not start, and says what to do.
fn a_contraction_is_refused(group: &Group) {
    let said = group.refused_by_contraction();
    let wanted = "the tables are too new for this program: migration 9999_gone is for programs that know 9998_later";
    assert!(
        said.contains("9998_later") && said.contains("restore the backup"),
        "{said}"
    );
    assert!(said.contains(wanted), "{said}");
}

/// SIGKILL for each process in turn, under load: what was acknowledged is there, once.
fn kill_each_in_turn(group: &mut Group) {
    let load = Load::new(group.editors());
    let ledger = load.while_at_work(|| {
        for place in 0..group.len() {
            load.progress();
            group.kill(place);
            load.leave(group.edge_of(place));
            load.progress();
            group.begin(place);
            load.leave(None);
            load.progress();
        }
    });
    tell(&format!("killed in turn: {load}"));
    ledger.holds_in(&group.editors()[0]);
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
