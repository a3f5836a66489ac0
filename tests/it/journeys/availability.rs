//! Where and when titles are open: by the country that a proxy says, to the second, and by themselves at their
//! time (X-CAT-5, SCHD-2).

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::harness::{Answer, Client, Deployment};

/// Writes the instant that lies so many seconds ahead.
#[expect(
    clippy::disallowed_methods,
    reason = "the servers under test go by the machine's clock"
)]
fn ahead(seconds: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seconds = i64::try_from(now.as_secs() + seconds).unwrap();
    prost_types::Timestamp { seconds, nanos: 0 }.to_string()
}

fn titles(answer: &Answer) -> Vec<String> {
    let list = answer.data(200);
    let items = list["items"].as_array().unwrap().iter();
    items
        .map(|item| item["title"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_title_is_open_where_and_when_its_windows_say() {
    let env = [
        ("STREAMVERSE_EDGE__TRUSTED_PROXIES", "1".to_owned()),
        ("STREAMVERSE_EDGE__COUNTRY_HEADER", "x-country".to_owned()),
        (
            "STREAMVERSE_EDGE__COUNTRIES",
            json!({"default": "NO"}).to_string(),
        ),
    ];
    let deployment = Deployment::start(&["all"], &env);
    let mut editor = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    editor.login(&email, &password);
    let mut viewer = Client::new(&deployment.edge);
    viewer.register("ana@example.org");
    let from =
        |country: &str, path: &str| viewer.call("GET", path, None, &[("x-country", country)]);

    let make = |title: &str, availability: Value| {
        let film = json!({
            "title": title, "status": "published", "monetization": "avod",
            "availability": availability,
        });
        let made = editor.post("/admin/ondemand/movies", &film).data(201);
        made["id"].as_str().unwrap().to_owned()
    };
    let nordic = make("Fjord", json!({"windows": [{"countries": ["NO", "SE"]}]}));
    make("Fjord Abroad", json!({"blockedCountries": ["NO"]}));
    let opens = ahead(3600);
    let later = make("Fjord Tomorrow", json!({"windows": [{"startTime": opens}]}));

    // Without a word of the proxy the tenant's country counts; what clients add to it makes it unknown.
    assert_eq!(titles(&viewer.get("/ondemand/movies")), ["Fjord"]);
    assert_eq!(
        titles(&from("SE", "/ondemand/movies")),
        ["Fjord", "Fjord Abroad"]
    );
    assert_eq!(titles(&from("DE", "/ondemand/movies")), ["Fjord Abroad"]);
    assert_eq!(titles(&from("XX", "/ondemand/movies")), [""; 0]);
    let film = format!("/ondemand/movies/{nordic}");
    from("SE", &film).data(200);
    from("DE", &film).refused(404, "MOVIE_NOT_FOUND");
    let search = "/search/global?q=fjord";
    viewer.until_with(search, &[("x-country", "SE")], |answer| {
        answer.json()["data"]["total"] == 2
    });
    assert_eq!(titles(&from("DE", search)), ["Fjord Abroad"]);
    assert_eq!(titles(&viewer.get(search)), ["Fjord"]);

    // Playback says why not, and when.
    let play = format!("/play/ondemand/{nordic}");
    let refused = from("DE", &play).refused(403, "ACCESS_DENIED");
    assert_eq!(refused["details"]["basis"], "country", "{refused}");
    from("SE", &play).refused(409, "MEDIA_NOT_READY");
    let refused = viewer.get(&format!("/play/ondemand/{later}"));
    let refused = refused.refused(403, "ACCESS_DENIED");
    assert_eq!(refused["details"]["basis"], "not_yet", "{refused}");
    assert_eq!(refused["details"]["opens"], opens, "{refused}");

    on_a_platform(&editor, &viewer);
    in_a_zone(&editor);
    blacked_out(&editor, &viewer);

    // What is not open cannot be put on lists either.
    let listed = json!({"contentId": nordic}).to_string();
    let path = "/users/watchlist";
    let listed = listed.as_bytes();
    viewer
        .call("POST", path, Some(listed), &[("x-country", "DE")])
        .refused(404, "CONTENT_NOT_FOUND");
}

/// A window may name platforms, which clients say; search, lists and playback go by it alike.
fn on_a_platform(editor: &Client, viewer: &Client) {
    let windows = json!([
        {"platforms": ["tv"]},
        {"platforms": ["tv", "web"], "startTime": ahead(3600), "monetization": "svod"},
    ]);
    let film = json!({
        "title": "Glacier", "status": "published", "monetization": "avod",
        "availability": {"windows": windows},
    });
    let made = editor.post("/admin/ondemand/movies", &film).data(201);
    assert_eq!(
        made["availability"]["windows"][0]["platforms"],
        json!(["tv"])
    );
    let id = made["id"].as_str().unwrap();
    let on = |platform: &str, path: &str| {
        let said = [("x-country", "NO"), ("x-client-platform", platform)];
        viewer.call("GET", path, None, &said)
    };
    let search = "/search/global?q=glacier";
    let told = [("x-country", "NO"), ("x-client-platform", "tv")];
    viewer.until_with(search, &told, |answer| answer.json()["data"]["total"] == 1);
    assert_eq!(titles(&on("ios", search)), [""; 0]);
    let film = format!("/ondemand/movies/{id}");
    on("tv", &film).data(200);
    on("ios", &film).refused(404, "MOVIE_NOT_FOUND");
    on("toaster", &film).refused(400, "HEADER_INVALID");

    let play = format!("/play/ondemand/{id}");
    on("tv", &play).refused(409, "MEDIA_NOT_READY");
    let refused = on("ios", &play).refused(403, "ACCESS_DENIED");
    assert_eq!(refused["details"]["basis"], "platform", "{refused}");
    let refused = on("web", &play).refused(403, "ACCESS_DENIED");
    assert_eq!(refused["details"]["basis"], "not_yet", "{refused}");
    // A browser need not say what it is.
    let agent = [("user-agent", "Mozilla/5.0"), ("x-country", "NO")];
    let refused = viewer.call("GET", &play, None, &agent);
    let refused = refused.refused(403, "ACCESS_DENIED");
    assert_eq!(refused["details"]["basis"], "not_yet", "{refused}");
}

/// An embargo is said in the time of a zone.
fn in_a_zone(editor: &Client) {
    let window = json!({"timeZone": "Europe/Oslo", "startLocal": "2036-12-24T20:00:00"});
    let mut film = json!({"title": "Christmas", "availability": {"windows": [window]}});
    let made = editor.post("/admin/ondemand/movies", &film).data(201);
    let stored = &made["availability"]["windows"][0];
    assert_eq!(stored["startTime"], "2036-12-24T19:00:00Z");
    film["availability"]["windows"][0]["timeZone"] = "Europe/Atlantis".into();
    let refused = editor.post("/admin/ondemand/movies", &film);
    refused.refused(400, "VALIDATION_FAILED");
}

/// A channel is refused where it is blacked out, and plays elsewhere (X-CAT-5).
fn blacked_out(editor: &Client, viewer: &Client) {
    let ends = ahead(3600);
    let channel = json!({
        "name": "Match", "status": "published", "monetization": "avod", "isLive": true,
        "streamUrl": "https://example.com/match.m3u8",
        "blackouts": [{"countries": ["NO"], "endTime": ends, "note": "sold to others"}],
    });
    let made = editor.post("/admin/livetv/channels", &channel).data(201);
    let id = made["id"].as_str().unwrap();
    let from = |country: &str, path: &str| {
        let said = [("x-country", country)];
        viewer.call("GET", path, None, &said)
    };
    let shown = from("NO", &format!("/livetv/channels/{id}")).data(200);
    assert_eq!(shown["blackouts"], json!([]), "{shown}");
    let play = format!("/play/live/{id}");
    let refused = from("NO", &play).refused(403, "ACCESS_DENIED");
    assert_eq!(refused["details"]["basis"], "blackout", "{refused}");
    assert_eq!(refused["details"]["opens"], ends, "{refused}");
    from("SE", &play).data(200);
}

#[test]
fn a_draft_is_published_at_its_time() {
    let deployment = Deployment::start(&["all"], &[]);
    let mut editor = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    editor.login(&email, &password);
    let mut viewer = Client::new(&deployment.edge);
    viewer.register("ana@example.org");
    let draft = json!({"title": "Premiere", "publishTime": ahead(2)});
    let made = editor.post("/admin/ondemand/movies", &draft).data(201);
    assert_eq!(made["status"], "draft");
    let shown = |answer: &Answer| titles(answer) == ["Premiere"];
    viewer.until("/ondemand/movies", shown);
    viewer.until("/search/global?q=premiere", shown);
}
