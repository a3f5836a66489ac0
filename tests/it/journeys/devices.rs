//! The page of devices: a television is signed out from a telephone, its picture stops, and its stream is free
//! (AUTH-12, AUTH-13, X-ID-2, X-ID-3).

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{
    streams::segment,
    thread::{Title, demo_title},
};
use crate::harness::{Client, Deployment, tell};

/// How long a picture may go on after its device was signed out.
const STOPS_WITHIN: Duration = Duration::from_secs(30);

/// Signs a device in, and returns its client with its refresh token.
fn sign_in(base: &Client, device: &str) -> (Client, Value) {
    let login = json!({"email": "ana@example.org", "password": "a long enough password"});
    let headers = [("x-device-id", device), ("user-agent", "Journey/1.0")];
    let body = login.to_string();
    let stranger = base.signed_out();
    let login = stranger.call("POST", "/auth/login", Some(body.as_bytes()), &headers);
    let login = login.data(200);
    let mut client = stranger;
    client.token = login["accessToken"].as_str().map(ToOwned::to_owned);
    (client, login["refreshToken"].clone())
}

fn sign_the_television_out(deployment: &Deployment, film: &Title) {
    let mut ana = Client::new(&deployment.edge);
    ana.register("ana@example.org");
    // One stream at a time.
    ana.post("/users/subscriptions", &json!({"planId": "basic"}))
        .data(201);
    let (tv, tvs_refresh) = sign_in(&ana, "Living room");
    let (phone, _) = sign_in(&ana, "Phone");
    let path = format!("/play/ondemand/{}", film.id);
    let playing = tv.get(&path).data(200);
    let picture = segment(&tv.signed_out(), &playing);
    phone.get(&path).refused(409, "STREAM_LIMIT");

    let listed = phone.get("/auth/sessions").data(200);
    let sessions = listed["items"].as_array().unwrap();
    let of = |device: &str| sessions.iter().find(|one| one["deviceId"] == device);
    assert_eq!(of("Phone").unwrap()["current"], true, "{listed}");
    let television = of("Living room").unwrap();
    assert_eq!(
        (&television["current"], &television["agent"]),
        (&json!(false), &json!("Journey/1.0"))
    );
    let session = format!("/auth/sessions/{}", television["id"].as_str().unwrap());
    let mut eve = Client::new(&deployment.edge);
    eve.register("eve@example.org");
    eve.delete(&session).refused(404, "SESSION_NOT_FOUND");

    phone.delete(&session).data(200);
    let ended = Instant::now();
    let refresh = json!({"refreshToken": tvs_refresh});
    tv.signed_out()
        .post("/auth/refresh", &refresh)
        .refused(401, "REFRESH_TOKEN_INVALID");
    // In every process, the television is somebody that nobody knows.
    tv.until("/users/me", |answer| answer.status == 401)
        .refused(401, "TOKEN_REVOKED");
    let player = tv.signed_out();
    while player.get(&picture).status != 403 {
        assert!(ended.elapsed() < STOPS_WITHIN, "the picture goes on");
        std::thread::sleep(Duration::from_millis(200));
    }
    tell(&format!(
        "a device's picture stopped {:.1} s after it was signed out",
        ended.elapsed().as_secs_f64()
    ));
    let again = player.get(playing["playback_url"].as_str().unwrap());
    assert_eq!(again.status, 403, "from its beginning, too");

    // What it had is free for the telephone.
    let on_phone = phone.get(&path).data(200);
    segment(&phone.signed_out(), &on_phone);
    let left = phone.get("/client/auth/sessions").data(200);
    let left = left["items"].as_array().unwrap();
    assert!(
        left.iter().all(|one| one["deviceId"] != "Living room"),
        "{left:?}"
    );
}

#[test]
fn a_television_is_signed_out_from_elsewhere_and_its_picture_stops() {
    let deployment = Deployment::start(&["all"], &[("STREAMVERSE_SERVER__DEMO", "true".into())]);
    sign_the_television_out(&deployment, &demo_title(&deployment));
}

#[test]
fn a_television_that_three_processes_serve_is_signed_out_alike() {
    let demo = [("STREAMVERSE_SERVER__DEMO", "true".into())];
    let deployment = Deployment::start(&["auth,users,admin", "others", "streaming", "edge"], &demo);
    sign_the_television_out(&deployment, &demo_title(&deployment));
}
