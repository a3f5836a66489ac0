//! What a profile goes on with, on whatever device, and channels that are made elsewhere (USER-6, X-CAT-1,
//! PLAY-2, LIVE-6, X-ID-6).

use serde_json::{Value, json};

use super::thread::demo_title;
use crate::harness::{Answer, Client, Deployment};

/// Reports a position.
fn beat(client: &Client, session: &Value, position: f64) {
    let path = format!("/play/sessions/{}/heartbeat", session.as_str().unwrap());
    let report = json!({"positionSeconds": position});
    assert_eq!(client.post(&path, &report).data(200)["stop"], false);
}

fn complete(client: &Client, session: &Value) {
    let path = format!("/play/sessions/{}/complete", session.as_str().unwrap());
    client.post(&path, &json!({})).data(200);
}

fn play_on(client: &Client, device: &str, title: &str) -> Value {
    let path = format!("/play/ondemand/{title}");
    let headers = [("x-device-id", device)];
    client.call("GET", &path, None, &headers).data(200)
}

fn items(answer: &Answer) -> Vec<Value> {
    answer.data(200)["items"].as_array().unwrap().clone()
}

#[test]
fn a_film_goes_on_where_it_was_left_and_is_forgotten_on_request() {
    let deployment = Deployment::start(&["all"], &[("STREAMVERSE_SERVER__DEMO", "true".into())]);
    let film = demo_title(&deployment);
    let mut ana = Client::new(&deployment.edge);
    ana.register("ana@example.org");
    ana.post("/users/subscriptions", &json!({"planId": "standard"}))
        .data(201);
    assert!(items(&ana.get("/users/continue-watching")).is_empty());

    // Half a minute long: 40 % is 12 s. The television's application is killed there.
    let on_tv = play_on(&ana, "TV", &film.id);
    assert_eq!(on_tv["resumePositionSeconds"], 0);
    beat(&ana, &on_tv["sessionId"], 12.0);
    let going_on = items(&ana.get("/users/continue-watching"));
    assert_eq!(going_on[0]["title"]["title"], film.title.as_str());
    assert_eq!(going_on[0]["title"]["positionSeconds"], 12);
    assert_eq!(going_on[0]["nextEpisode"], false);
    let on_phone = play_on(&ana, "Phone", &film.id);
    assert_eq!(on_phone["resumePositionSeconds"], 12);

    let hidden = format!("/users/continue-watching/{}", film.id);
    ana.delete(&hidden).data(200);
    assert!(items(&ana.get("/client/users/continue-watching")).is_empty());
    beat(&ana, &on_phone["sessionId"], 29.0);
    complete(&ana, &on_phone["sessionId"]);
    assert!(items(&ana.get("/users/continue-watching")).is_empty());
    let history = items(&ana.get("/users/history?limit=5"));
    assert_eq!(
        (&history[0]["contentId"], &history[0]["watched"]),
        (&json!(film.id), &json!(true))
    );

    let mut eve = Client::new(&deployment.edge);
    eve.register("eve@example.org");
    assert!(items(&eve.get("/users/history")).is_empty());
    eve.delete(&hidden).refused(404, "NOT_WATCHED");
    let one = format!("/users/history/{}", film.id);
    ana.delete(&one).data(200);
    ana.delete(&one).data(200);
    assert!(items(&ana.get("/users/history")).is_empty());
    beat(&ana, &on_tv["sessionId"], 15.0);
    assert_eq!(items(&ana.get("/users/history")).len(), 1);
    ana.delete("/users/history").data(200);
    assert!(items(&ana.get("/users/history")).is_empty());
}

#[test]
fn a_channel_is_played_at_its_address_once_rights_allow_it() {
    let signed = [
        ("STREAMVERSE_STREAMING__LIVE_SECRET", "sesame".to_owned()),
        (
            "STREAMVERSE_STREAMING__LIVE_SIGNED_HOSTS",
            "live.example.com".to_owned(),
        ),
    ];
    let deployment = Deployment::start(&["all"], &signed);
    let mut editor = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    editor.login(&email, &password);
    let make = |name: &str, stream: &str, paid: &str, rating: &str| {
        let channel = json!({
            "name": name, "status": "published", "isLive": true, "streamUrl": stream,
            "monetization": paid, "maturityRating": rating,
        });
        let made = editor.post("/admin/livetv/channels", &channel).data(201);
        format!("/play/live/{}", made["id"].as_str().unwrap())
    };
    let stream = "https://live.example.com/quokka/index.m3u8";
    let free = make("Quokka TV", stream, "avod", "TV-MA");
    let paid = make(
        "Quokka Plus",
        "https://example.com/plus.m3u8",
        "svod",
        "TV-Y",
    );
    let silent = make("Quokka Soon", "", "avod", "");

    let mut ana = Client::new(&deployment.edge);
    ana.register("ana@example.org");
    let play = ana.get(&free);
    assert_eq!(play.header("cache-control"), "no-store");
    let play = play.data(200);
    let address = play["playback_url"].as_str().unwrap();
    assert!(address.starts_with(&format!("{stream}?expires=")), "{play}");
    assert!(address.contains("&signature="), "{play}");
    assert_eq!(play["title"], "Quokka TV");
    beat(&ana, &play["sessionId"], 0.0);
    let again = ana.post(&free, &json!({})).data(200);
    assert_eq!(again["sessionId"], play["sessionId"]);
    ana.get(&silent).refused(409, "CHANNEL_NOT_READY");
    let listed = items(&ana.get("/play/sessions"));
    assert_eq!(listed[0]["title"], "Quokka TV");
    complete(&ana, &play["sessionId"]);
    assert!(items(&ana.get("/users/history")).is_empty(), "no channel");

    let refused = ana.get(&paid).refused(403, "ACCESS_DENIED");
    assert_eq!(refused["details"]["basis"], "subscription_required");
    ana.post("/users/subscriptions", &json!({"planId": "basic"}))
        .data(201);
    let play = ana.get(&paid).data(200);
    assert_eq!(play["playback_url"], "https://example.com/plus.m3u8");
    let unknown = "/play/live/01900000-0000-7000-8000-000000000000";
    ana.get(unknown).refused(404, "CHANNEL_NOT_FOUND");
    ana.signed_out().get(&paid).refused(401, "UNAUTHENTICATED");

    // A child plays what is for children, and nothing else.
    let kids = json!({"name": "Léa", "isKids": true});
    let kids = ana.post("/users/profiles", &kids).data(201);
    let child = [("x-profile-id", kids["id"].as_str().unwrap())];
    complete(&ana, &play["sessionId"]);
    // What it must not see is not there for it, as in lists and details.
    let refused = ana.call("GET", &free, None, &child);
    refused.refused(404, "CHANNEL_NOT_FOUND");
    ana.call("GET", &paid, None, &child).data(200);
}

/// X-CAT-1, X-CAT-2.
#[test]
fn an_episode_counts_as_watched_where_its_credits_begin() {
    let deployment = Deployment::start(&["all"], &[("STREAMVERSE_SERVER__DEMO", "true".into())]);
    let film = demo_title(&deployment);
    let mut editor = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    editor.login(&email, &password);
    let path = format!("/admin/ondemand/movies/{}", film.id);
    let markers = |credits: f64| {
        let body = json!({"markers": [
            {"kind": "credits", "startSeconds": credits},
            {"kind": "intro", "startSeconds": 1, "endSeconds": 4.5},
        ]});
        editor.call("PATCH", &path, Some(body.to_string().as_bytes()), &[])
    };
    markers(20.0).data(200);
    let wrong = json!({"markers": [{"kind": "intro", "startSeconds": 4, "endSeconds": 4}]});
    let wrong = editor.call("PATCH", &path, Some(wrong.to_string().as_bytes()), &[]);
    let told = wrong.refused(422, "MARKER_INVALID");
    let field = &told["details"]["violations"][0]["field"];
    assert_eq!(*field, "markers[0].endSeconds");
    // Nobody would see it, and it turns what follows.
    let unseen =
        json!({"markers": [{"kind": "chapter", "startSeconds": 4, "title": "\u{200b}\u{202e}"}]});
    let unseen = editor.call("PATCH", &path, Some(unseen.to_string().as_bytes()), &[]);
    let told = unseen.refused(400, "VALIDATION_FAILED");
    let field = &told["details"]["violations"][0]["field"];
    assert_eq!(*field, "markers[0].title");

    let mut ana = Client::new(&deployment.edge);
    ana.register("ana@example.org");
    ana.post("/users/subscriptions", &json!({"planId": "standard"}))
        .data(201);
    // Half a minute long: 90 % is 27 s.
    let play = ana.until(&format!("/play/ondemand/{}", film.id), |answer| {
        answer.status == 200 && answer.json()["data"]["markers"][0]["kind"] == "intro"
    });
    let play = play.data(200);
    assert_eq!(play["markers"][1]["startSeconds"], 20, "{play}");
    beat(&ana, &play["sessionId"], 19.0);
    assert_eq!(items(&ana.get("/users/continue-watching")).len(), 1);
    beat(&ana, &play["sessionId"], 20.0);
    assert!(items(&ana.get("/users/continue-watching")).is_empty());
    let history = items(&ana.get("/users/history"));
    assert_eq!(history[0]["watched"], true, "{history:?}");
}
