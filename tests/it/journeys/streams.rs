//! A household on several devices: as many streams as its plan has, heartbeats, and one that is stopped
//! from another device (PLAY-3, PLAY-5, PLAY-7, X-ID-2, C8, C42).

use serde_json::{Value, json};

use super::thread::{beside, demo_title, first_address};
use crate::harness::{Answer, Client, Deployment};

/// One device of a household.
struct Device<'c> {
    client: &'c Client,
    name: &'static str,
}

impl Device<'_> {
    fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let body = body.map(Value::to_string);
        let headers = [("x-device-id", self.name), ("user-agent", "Journey/1.0")];
        let bytes = body.as_deref().map(str::as_bytes);
        self.client.call(method, path, bytes, &headers)
    }

    fn play(&self, title: &str) -> Answer {
        self.call("POST", "/play", Some(&json!({"contentId": title})))
    }

    fn beat(&self, session: &Value, position: f64) -> Value {
        let path = format!("/play/sessions/{}/heartbeat", session.as_str().unwrap());
        let report = json!({
            "positionSeconds": position, "quality": "480p", "bufferSeconds": 8, "rate": 1,
        });
        self.call("POST", &path, Some(&report)).data(200)
    }
}

/// Reads as an HLS player does: master, variant, and the first segment, whose address it returns.
pub(super) fn segment(player: &Client, play: &Value) -> String {
    let master_url = play["playback_url"].as_str().unwrap();
    let master = player.get(master_url);
    assert_eq!(master.status, 200);
    let variant_url = beside(master_url, first_address(&master));
    let variant = player.get(&variant_url);
    assert_eq!(variant.status, 200);
    let segment_url = beside(&variant_url, first_address(&variant));
    assert_eq!(player.get(&segment_url).status, 200);
    segment_url
}

#[test]
fn a_household_runs_as_many_streams_as_its_plan_has_and_stops_one_from_another_device() {
    let deployment = Deployment::start(&["all"], &[("STREAMVERSE_SERVER__DEMO", "true".into())]);
    let film = demo_title(&deployment);
    let mut ana = Client::new(&deployment.edge);
    ana.register("ana@example.org");
    ana.post("/users/subscriptions", &json!({"planId": "standard"}))
        .data(201);
    let device = |name| Device { client: &ana, name };
    let (tv, phone, tablet) = (device("Living room"), device("Phone"), device("Tablet"));

    let on_tv = tv.play(&film.id);
    assert_eq!(on_tv.header("cache-control"), "no-store");
    let on_tv = on_tv.data(200);
    assert_eq!(on_tv["heartbeatIntervalSeconds"], 30);
    let first = segment(&ana.signed_out(), &on_tv);
    let on_phone = phone.play(&film.id).data(200);
    assert_ne!(on_tv["sessionId"], on_phone["sessionId"]);
    let heard = tv.beat(&on_tv["sessionId"], 12.5);
    assert_eq!(
        (&heard["stop"], &heard["nextIntervalSeconds"]),
        (&json!(false), &json!(30)),
        "{heard}"
    );

    // The third is told which two run.
    let refused = tablet.play(&film.id).refused(409, "STREAM_LIMIT");
    let streams = refused["details"]["activeStreams"].as_array().unwrap();
    let devices: Vec<_> = streams.iter().map(|stream| &stream["device"]).collect();
    assert_eq!(devices, ["Phone", "Living room"], "{refused}");
    assert_eq!(streams[1]["sessionId"], on_tv["sessionId"]);
    assert_eq!(streams[1]["title"], film.title.as_str());
    assert!(streams[1]["since"].is_string(), "{refused}");
    assert_eq!(refused["details"]["limit"], "2");

    let listed = tablet.call("GET", "/play/sessions", None).data(200);
    let items = listed["items"].as_array().unwrap();
    assert_eq!(items.len(), 2, "{listed}");
    assert_eq!(items[1]["positionSeconds"], 12.5);
    assert_eq!(items[1]["profileName"], "Ana");

    stop_and_play(&ana, &tv, &tablet, &film.id, &on_tv);
    assert_eq!(
        ana.signed_out().get(&first).status,
        403,
        "its addresses end"
    );

    // A stranger has no part in it.
    let mut eve = Client::new(&deployment.edge);
    eve.register("eve@example.org");
    let path = format!("/play/sessions/{}", on_phone["sessionId"].as_str().unwrap());
    eve.delete(&path).refused(404, "PLAY_SESSION_NOT_FOUND");
    eve.post(&format!("{path}/heartbeat"), &json!({}))
        .refused(404, "PLAY_SESSION_NOT_FOUND");
    let done = phone.call("POST", &format!("{path}/complete"), Some(&json!({})));
    done.data(200);
    phone
        .call("POST", &format!("{path}/complete"), Some(&json!({})))
        .data(200);
    let listed = ana.get("/client/play/sessions").data(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
}

/// The tablet stops the television, and plays itself.
fn stop_and_play(ana: &Client, tv: &Device<'_>, tablet: &Device<'_>, film: &str, on_tv: &Value) {
    let path = format!("/play/sessions/{}", on_tv["sessionId"].as_str().unwrap());
    tablet.call("DELETE", &path, None).data(200);
    tablet.call("DELETE", &path, None).data(200);
    let told = tv.beat(&on_tv["sessionId"], 20.0);
    assert_eq!(
        (&told["stop"], &told["stopReason"]),
        (&json!(true), &json!("stopped")),
        "{told}"
    );
    let on_tablet = tablet.play(film).data(200);
    segment(&ana.signed_out(), &on_tablet);
    let refused = tv.play(film).refused(409, "STREAM_LIMIT");
    assert_eq!(refused["details"]["activeStreams"][0]["device"], "Tablet");
}
