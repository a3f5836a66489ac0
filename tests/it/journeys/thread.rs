//! The thread: register, find a film, get access, watch it.
//!
//! The same steps run over every way of deploying the program; with the feature `test-media` they
//! use the real catalogue and the real video.

use serde_json::json;

use crate::harness::{Answer, Client, Deployment};

#[test]
fn a_viewer_registers_finds_a_film_gets_access_and_watches_it() {
    let deployment = Deployment::start(&["all"], &[("STREAMVERSE_SERVER__DEMO", "true".into())]);
    walk(&deployment, &demo_title(&deployment));
}

#[test]
fn three_processes_on_one_data_folder_behave_like_one() {
    let deployment = Deployment::start(
        &["auth,users,admin", "others", "edge"],
        &[("STREAMVERSE_SERVER__DEMO", "true".into())],
    );
    walk(&deployment, &demo_title(&deployment));
}

/// A film that can be played, and how to find it.
pub(super) struct Title {
    pub(super) id: String,
    pub(super) title: String,
}

/// Waits for a demonstration short that comes with a clip and needs a subscription.
pub(super) fn demo_title(deployment: &Deployment) -> Title {
    let mut client = Client::new(&deployment.edge);
    client.register("scout@example.org");
    let wanted = Title {
        id: OWN_SHORT.to_owned(),
        title: "The Endless Coast".to_owned(),
    };
    let first_is_it = |answer: &Answer| {
        answer.status == 200 && answer.json()["data"]["items"][0]["id"] == OWN_SHORT
    };
    client.until("/search/global?q=endless%20coa", first_is_it);
    wanted
}

/// The id of the demonstration's second short.
const OWN_SHORT: &str = "01936f00-0002-7000-8000-000000000002";

/// Every step of a viewer, over REST; ends signed out and in again.
pub(super) fn walk(deployment: &Deployment, film: &Title) -> Client {
    let mut viewer = Client::new(&deployment.edge);
    sign_up_and_in(&mut viewer);
    households(&viewer);
    browse(&viewer, film);
    subscribe(&viewer, film);
    watch(&viewer, film);
    edit(deployment, &viewer);
    sign_out(&mut viewer);
    viewer.login("ana@example.org", "a long enough password");
    viewer
}

fn sign_up_and_in(viewer: &mut Client) {
    // AUTH-1, AUTH-2, C49.
    let data = viewer.register("ana@example.org");
    assert_eq!(data["tokenType"], "Bearer");
    assert_eq!(data["expiresIn"], 3600);
    assert_eq!(data["user"]["email"], "ana@example.org");
    let again = json!({"email": "ANA@example.org", "password": "another password", "name": "Eve"});
    viewer
        .post("/auth/register", &again)
        .refused(409, "EMAIL_TAKEN");
    let wrong = json!({"email": "ana@example.org", "password": "wrong password"});
    let wrong = viewer
        .post("/auth/login", &wrong)
        .refused(401, "CREDENTIALS_WRONG");
    let nobody = json!({"email": "nobody@example.org", "password": "wrong password"});
    let nobody = viewer
        .post("/auth/login", &nobody)
        .refused(401, "CREDENTIALS_WRONG");
    assert_eq!(wrong, nobody, "the answer tells whether the account exists");
    let login = viewer.login("ana@example.org", "a long enough password");

    // AUTH-4: a refresh token works once.
    let old = json!({"refreshToken": login["refreshToken"]});
    let fresh = viewer.post("/auth/refresh", &old).data(200);
    assert_ne!(fresh["refreshToken"], login["refreshToken"]);
    viewer.token = fresh["accessToken"].as_str().map(ToOwned::to_owned);
}

fn households(viewer: &Client) {
    // USER-2, AUTH-5, C2, C5: three addresses, one answer.
    let me = viewer.get("/users/me").data(200);
    assert_eq!(me["name"], "Ana");
    assert_eq!(viewer.get("/auth/profile").data(200), me);
    assert_eq!(viewer.get("/client/users/me").data(200), me);

    // USER-3, C3.
    let kids = json!({"name": "Léa", "isKids": true});
    let kids = viewer.post("/users/profiles", &kids).data(201);
    assert_eq!(
        (&kids["name"], &kids["isKids"]),
        (&json!("Léa"), &json!(true))
    );
    let profiles = viewer.get("/users/profiles").data(200);
    assert_eq!(profiles["items"].as_array().map(Vec::len), Some(2));
    let by_alias = viewer.get(&format!(
        "/users/profiles?id={}",
        kids["id"].as_str().unwrap()
    ));
    assert_eq!(by_alias.data(200), kids);
    viewer
        .put("/users/profiles", &json!({"name": "x"}))
        .refused(400, "ID_REQUIRED");
}

fn browse(viewer: &Client, film: &Title) {
    // CAT-1, C6: list, filter, page, details.
    let first = viewer
        .get("/ondemand/movies?pageSize=5&withTotal=true")
        .data(200);
    assert_eq!(first["items"].as_array().map(Vec::len), Some(5));
    assert!(first["total"].as_i64().unwrap() >= 5);
    let token = first["nextPageToken"].as_str().unwrap();
    let second = viewer
        .get(&format!("/ondemand/movies?page_size=5&page_token={token}"))
        .data(200);
    assert_ne!(first["items"][4]["id"], second["items"][0]["id"]);
    viewer
        .get("/ondemand/movies?pageToken=forged")
        .refused(400, "PAGE_INVALID");
    viewer
        .get("/ondemand/movies?colour=red")
        .refused(400, "QUERY_INVALID");

    let details = viewer.get(&format!("/ondemand/movies/{}", film.id));
    let etag = details.header("etag").to_owned();
    assert!(!etag.is_empty());
    let movie = details.data(200);
    assert_eq!(movie["title"], film.title.as_str());
    assert_eq!(movie["type"], "movie");
    let alias = viewer
        .get(&format!("/client/ondemand/movies?id={}", film.id))
        .data(200);
    assert_eq!(alias, movie);
    let path = format!("/ondemand/movies/{}", film.id);
    assert_eq!(
        viewer
            .call("GET", &path, None, &[("if-none-match", &etag)])
            .status,
        304
    );
    let unknown = "/ondemand/movies/01900000-0000-7000-8000-000000000000";
    viewer.get(unknown).refused(404, "MOVIE_NOT_FOUND");
    viewer
        .get("/ondemand/nothing-here")
        .refused(404, "ROUTE_NOT_FOUND");

    // API-8.
    let limits = viewer.get("/users/me");
    for header in [
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
    ] {
        assert!(limits.header(header).parse::<u64>().is_ok(), "{header}");
    }
    // I18N-1: the reason stays, the message speaks the caller's language.
    let english = viewer.get(unknown).refused(404, "MOVIE_NOT_FOUND");
    let other = viewer.call(
        "GET",
        unknown,
        None,
        &[("accept-language", "nb-NO, en;q=0.5")],
    );
    let other = other.refused(404, "MOVIE_NOT_FOUND");
    assert_ne!(english["message"], other["message"]);
}

fn subscribe(viewer: &Client, film: &Title) {
    // MESH-9: no playback without rights, and the refusal says what would help.
    let closed = viewer
        .get(&format!("/play/ondemand/{}", film.id))
        .refused(403, "ACCESS_DENIED");
    let offer = &closed["details"]["offers"][0];
    assert_eq!(
        (&offer["kind"], &offer["priceMinor"], &offer["currency"]),
        (&json!("subscribe"), &json!(799), &json!("EUR")),
        "{closed}"
    );
    assert_eq!(offer["plan"]["maxStreams"], 1);

    // RGT-3, RGT-5, C13, C40.
    let plans = viewer.get("/subscriptions").data(200);
    let prices = plans["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["priceMinor"].clone());
    assert_eq!(
        prices.collect::<Vec<_>>(),
        [json!(799), json!(1199), json!(1599)]
    );
    let plan = &plans["items"][0]["id"];
    let declined = json!({"planId": plan, "paymentMethod": "test_declined"});
    viewer
        .post("/users/subscriptions", &declined)
        .refused(402, "PAYMENT_DECLINED");
    let wanted = json!({"planId": plan});
    let made = viewer.post("/users/subscriptions", &wanted).data(201);
    assert_eq!(made["subscription"]["status"], "active");
    let again = viewer.post("/users/subscriptions", &wanted).json();
    assert_eq!(
        again["data"]["subscription"]["id"], made["subscription"]["id"],
        "{again}"
    );
}

fn watch(viewer: &Client, film: &Title) {
    // PLAY-1, PLAY-4, C8: repeating it gives the same session.
    let play = viewer.get(&format!("/play/ondemand/{}", film.id));
    assert_eq!(play.header("cache-control"), "no-store");
    let play = play.data(200);
    let again = viewer
        .post(&format!("/play/ondemand/{}", film.id), &json!({}))
        .data(200);
    assert_eq!(play["sessionId"], again["sessionId"]);

    let text = |field: &str| play[field].as_str().unwrap();
    one_token_opens_the_tree(
        &viewer.signed_out(),
        text("playback_url"),
        text("progressiveUrl"),
    );
}

/// STRM-1..3, X-SEC-1: one token opens the tree; without it nothing opens.
pub(super) fn one_token_opens_the_tree(stranger: &Client, master_url: &str, file: &str) {
    let master = stranger.get(master_url);
    assert_eq!(
        master.status,
        200,
        "{}",
        String::from_utf8_lossy(&master.bytes)
    );
    assert_eq!(
        master.header("content-type"),
        "application/vnd.apple.mpegurl"
    );
    let (bare, _) = master_url.split_once('?').unwrap();
    stranger.get(bare).refused(403, "PLAY_TOKEN_INVALID");
    let variant_url = beside(master_url, first_address(&master));
    let variant = stranger.get(&variant_url);
    assert_eq!(variant.status, 200);
    let segment_url = beside(&variant_url, first_address(&variant));
    let segment = stranger.get(&segment_url);
    assert_eq!(segment.status, 200);
    assert_eq!(segment.header("content-type"), "video/mp2t");
    assert!(segment.header("cache-control").contains("immutable"), "C15");
    assert_eq!(
        segment.bytes[0], 0x47,
        "a transport stream begins with its sync byte"
    );

    // STRM-5, CDN-9: ranges.
    let part = stranger.call("GET", file, None, &[("range", "bytes=4-7")]);
    assert_eq!(
        (part.status, part.bytes.as_slice()),
        (206, b"ftyp".as_slice())
    );
    let beyond = stranger.call("GET", file, None, &[("range", "bytes=99999999999-")]);
    beyond.refused(416, "RANGE_NOT_SATISFIABLE");
}

/// CAT-5, SRCH-4: what an editor changes is found, and what is deleted is not.
fn edit(deployment: &Deployment, viewer: &Client) {
    let film =
        json!({"title": "Zanzibar Sunrise", "status": "published", "releaseDate": "2024-05-01"});
    viewer
        .post("/admin/ondemand/movies", &film)
        .refused(403, "PERMISSION_DENIED");

    let mut editor = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    editor.login(&email, &password);
    let made = editor.post("/admin/ondemand/movies", &film).data(201);
    let id = made["id"].as_str().unwrap();
    let hits = |answer: &Answer| {
        answer.json()["data"]["items"]
            .as_array()
            .is_some_and(|items| items.iter().any(|hit| hit["id"].as_str() == Some(id)))
    };
    viewer.until("/search/global?q=zanzib", hits);

    let change = json!({"title": "Zanzibar Sunset"});
    let path = format!("/admin/ondemand/movies/{id}");
    let body = change.to_string();
    let changed = editor
        .call("PATCH", &path, Some(body.as_bytes()), &[])
        .data(200);
    assert_eq!(
        changed["releaseDate"], "2024-05-01",
        "PATCH leaves the rest alone"
    );
    viewer.until("/search/global?q=zanzibar%20sunset", hits);

    editor
        .delete(&format!("/admin/ondemand/movies?id={id}"))
        .data(200);
    viewer
        .get(&format!("/ondemand/movies/{id}"))
        .refused(404, "MOVIE_NOT_FOUND");
    viewer.until("/search/global?q=zanzibar", |answer| {
        answer.status == 200 && !hits(answer)
    });
}

fn sign_out(viewer: &mut Client) {
    // AUTH-3, AUTH-8: in force within a second.
    viewer.post("/auth/logout", &json!({})).data(200);
    let refused = viewer.until("/users/me", |answer| answer.status == 401);
    refused.refused(401, "TOKEN_REVOKED");
    viewer.token = Some("forged".into());
    viewer.get("/users/me").refused(401, "TOKEN_INVALID");
    viewer.token = None;
    let refused = viewer.get("/users/me");
    assert!(refused.header("www-authenticate").starts_with("Bearer"));
    refused.refused(401, "UNAUTHENTICATED");
}

/// Returns the first line of a playlist that is an address.
pub(super) fn first_address(playlist: &Answer) -> &str {
    let text = playlist.text();
    text.lines()
        .find(|line| !line.starts_with('#') && !line.is_empty())
        .unwrap()
}

/// Resolves an address of a playlist against the playlist's own.
pub(super) fn beside(playlist: &str, address: &str) -> String {
    let (path, _) = playlist.split_once('?').unwrap_or((playlist, ""));
    let (folder, _) = path.rsplit_once('/').unwrap();
    format!("{folder}/{address}")
}
