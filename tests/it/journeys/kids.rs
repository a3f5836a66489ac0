//! Profiles for children: what they show, and that nobody leaves one without a proof (C44, X-ID-6, X-ID-7).

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sv_proto::OPENAPI;

use crate::harness::{Client, Deployment};

/// Films and their ratings; the first two are for children, one of them spelled as nobody should.
const FILMS: [(&str, &str); 5] = [
    ("Quokka One", "G"),
    ("Quokka Two", " tv-y7 "),
    ("Quokka Three", "R"),
    ("Quokka Four", "PG-13"),
    ("Quokka Five", ""),
];

/// Every call of viewers whose answer shows titles. Whoever adds one, adds what a child gets of it below.
const SHOWS_TITLES: [&str; 46] = [
    // home.rs shows what a child gets.
    "get /content/home",
    // videos.rs shows what a child gets of playlists.
    "get /content/playlists",
    "get /content/playlists/{id}",
    "get /content/playlists/{playlist_id}/items",
    "get /content/recommendations/{content_id}",
    // With `?id=` only.
    "get /content/video",
    "get /content/video/{id}",
    "get /content/videos",
    "get /content/videos/{id}",
    "get /livetv/channels",
    "get /livetv/channels/{id}",
    "get /livetv/epg",
    // collections.rs shows what a child gets of collections.
    "get /ondemand/collections",
    "get /ondemand/collections/{collection_id}/items",
    "get /ondemand/collections/{id}",
    // With `?id=` only.
    "get /ondemand/episodes",
    "get /ondemand/episodes/{id}",
    "get /ondemand/movies",
    "get /ondemand/movies/{id}",
    // people.rs shows what a child gets of people.
    "get /ondemand/people",
    "get /ondemand/people/{id}",
    "get /ondemand/people/{person_id}/titles",
    "get /ondemand/series",
    "get /ondemand/series/{id}",
    "get /ondemand/series/{series_id}/episodes",
    // home.rs, too.
    "get /ondemand/titles",
    "get /play/live/{channel_id}",
    "get /play/ondemand/{content_id}",
    "get /play/sessions",
    "get /search/global",
    "get /users/continue-watching",
    "get /users/entitlements",
    "get /users/history",
    "get /users/purchases",
    "get /users/rentals",
    // library.rs shows what a child gets of both.
    "get /users/watchlist",
    // Editors' and creators' own.
    "post /content/playlist",
    "post /content/video",
    "post /ondemand/purchase/{content_id}",
    "post /ondemand/rent/{content_id}",
    "post /play",
    "post /play/live/{channel_id}",
    "post /play/ondemand/{content_id}",
    "post /users/purchases/{id}/confirm",
    "post /users/rentals/{id}/confirm",
    "post /users/watchlist",
];

#[test]
fn every_call_that_shows_titles_is_held_to_what_a_child_may_see() {
    let document: Value = serde_json::from_str(OPENAPI).unwrap();
    let mut shows = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, call) in methods.as_object().unwrap() {
            let Some(answers) = call["responses"].as_object() else {
                continue;
            };
            let mut seen = BTreeSet::new();
            for answer in answers.iter().filter(|(status, _)| status.starts_with('2')) {
                reach(&document, answer.1, &mut seen);
            }
            let is_title = |name: &String| {
                let fields = &document["components"]["schemas"][name]["properties"];
                fields["title"].is_object() || fields["maturityRating"].is_object()
            };
            if !path.starts_with("/admin/") && seen.iter().any(is_title) {
                shows.insert(format!("{method} {path}"));
            }
        }
    }
    // The same calls under older addresses.
    shows.retain(|call| !call.contains("/client/") && !call.contains('?'));
    assert_eq!(shows, SHOWS_TITLES.map(ToOwned::to_owned).into());
}

/// Gathers the schemas that a part of the document refers to.
fn reach(document: &Value, part: &Value, seen: &mut BTreeSet<String>) {
    match part {
        Value::Object(fields) => {
            let name = part["$ref"]
                .as_str()
                .and_then(|path| path.rsplit('/').next());
            if let Some(name) = name
                && seen.insert(name.to_owned())
            {
                reach(document, &document["components"]["schemas"][name], seen);
            }
            fields
                .values()
                .for_each(|value| reach(document, value, seen));
        }
        Value::Array(items) => items.iter().for_each(|item| reach(document, item, seen)),
        _ => {}
    }
}

fn editor(deployment: &Deployment) -> Client {
    let mut editor = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    editor.login(&email, &password);
    editor
}

fn make_films(deployment: &Deployment) -> Vec<String> {
    let editor = editor(deployment);
    let make = |(title, rating): (&str, &str)| {
        let film = json!({
            "title": title, "maturityRating": rating, "status": "published", "monetization": "avod",
            "genres": [if rating.is_empty() { "unrated" } else { "rated" }],
        });
        let made = editor.post("/admin/ondemand/movies", &film).data(201);
        made["id"].as_str().unwrap().to_owned()
    };
    for (name, rating) in [("Quokka TV", "TV-Y"), ("Late TV", "TV-MA")] {
        let channel = json!({"name": name, "maturityRating": rating, "status": "published"});
        editor.post("/admin/livetv/channels", &channel).data(201);
    }
    for (title, rating) in [("A gentle clip", "G"), ("A grim clip", "R")] {
        let clip = json!({"title": title, "maturityRating": rating, "status": "published"});
        editor.post("/content/video", &clip).data(201);
    }
    FILMS.map(make).into()
}

fn select(client: &mut Client, body: &Value) -> Value {
    let selected = client.post("/auth/profile/select", body).data(200);
    client.token = selected["accessToken"].as_str().map(ToOwned::to_owned);
    selected
}

fn titles(answer: &Value) -> BTreeSet<String> {
    let items = answer["items"].as_array().unwrap();
    let title = |item: &Value| item["title"].as_str().unwrap().to_owned();
    items.iter().map(title).collect()
}

/// What a child gets of each call that shows titles; `headers` name the profile where the session does not.
fn sees_only_what_is_for_children(client: &Client, headers: &[(&str, &str)], films: &[String]) {
    let get = |path: &str| client.call("GET", path, None, headers);
    let fit: BTreeSet<String> = FILMS[..2]
        .iter()
        .map(|(title, _)| (*title).into())
        .collect();
    let list = get("/ondemand/movies?withTotal=true").data(200);
    assert_eq!((titles(&list), &list["total"]), (fit.clone(), &json!(2)));
    let rated_r = get("/ondemand/movies?maturityRating=R&withTotal=true").data(200);
    assert_eq!(rated_r["total"], 0);
    let found = get("/search/global?q=quokka").data(200);
    let mut with_channel = fit.clone();
    with_channel.insert("Quokka TV".into());
    assert_eq!((titles(&found), &found["total"]), (with_channel, &json!(3)));
    assert_eq!(
        get("/search/global?q=late&type=channel").data(200)["total"],
        0
    );
    let genres = found["facets"].as_array().unwrap();
    let genres = genres
        .iter()
        .find(|facet| facet["name"] == "genre")
        .unwrap();
    assert_eq!(genres["values"], json!([{"value": "rated", "count": 2}]));
    let clips = get("/content/videos?withTotal=true").data(200);
    assert_eq!(titles(&clips), ["A gentle clip".to_owned()].into());
    assert_eq!(clips["total"], 1);
    let channels = get("/livetv/channels?withTotal=true").data(200);
    let names = channels["items"].as_array().unwrap();
    let names: Vec<_> = names.iter().map(|channel| &channel["name"]).collect();
    assert_eq!(
        (names, &channels["total"]),
        (vec![&json!("Quokka TV")], &json!(1))
    );
    let id = channels["items"][0]["id"].as_str().unwrap();
    get(&format!("/livetv/channels/{id}")).data(200);
    let guide = get("/livetv/epg").data(200);
    assert_eq!(guide["items"].as_array().unwrap().len(), 1, "{guide}");
    assert_eq!(guide["items"][0]["channel"]["name"], "Quokka TV");
    for (n, id) in films.iter().enumerate() {
        let details = get(&format!("/ondemand/movies/{id}"));
        let any = get(&format!("/content/video/{id}"));
        let play = get(&format!("/play/ondemand/{id}"));
        let alike = get(&format!("/content/recommendations/{id}"));
        if n < 2 {
            let alike = titles(&alike.data(200));
            assert!(!alike.is_empty() && alike.is_subset(&fit), "{alike:?}");
            details.data(200);
            any.data(200);
            play.refused(409, "MEDIA_NOT_READY");
        } else {
            alike.refused(404, "CONTENT_NOT_FOUND");
            details.refused(404, "MOVIE_NOT_FOUND");
            any.refused(404, "CONTENT_NOT_FOUND");
            // Not another answer than for what does not exist.
            play.refused(404, "CONTENT_NOT_FOUND");
        }
    }
    // What the account bought is for grown-ups, whatever it is.
    for had in ["entitlements", "purchases", "rentals"] {
        get(&format!("/users/{had}")).refused(403, "PROFILE_LOCKED");
    }
    for way in [
        format!("/ondemand/purchase/{}", films[0]),
        format!("/ondemand/rent/{}", films[0]),
        format!("/users/purchases/{}/confirm", films[0]),
        format!("/users/rentals/{}/confirm", films[0]),
    ] {
        let paid = client.call("POST", &way, Some(b"{}"), headers);
        paid.refused(403, "PROFILE_LOCKED");
    }
}

fn sees_everything(client: &Client, films: &[String]) {
    let channels = client.get("/livetv/channels?withTotal=true").data(200);
    assert_eq!(channels["total"], 2);
    let list = client.get("/ondemand/movies?withTotal=true").data(200);
    assert_eq!((titles(&list).len(), &list["total"]), (5, &json!(5)));
    for id in films {
        client.get(&format!("/ondemand/movies/{id}")).data(200);
    }
}

/// Paying, and the sessions of others; profiles come below.
fn is_kept_from_what_is_for_grown_ups(child: &Client) {
    let locked = |answer: crate::harness::Answer| {
        let refused = answer.refused(403, "PROFILE_LOCKED");
        let message = refused["message"].as_str().unwrap();
        assert!(message.contains("profile of a grown-up"), "{refused}");
    };
    locked(child.post("/users/subscriptions", &json!({"planId": "premium"})));
    let confirm = "/users/subscriptions/01890000-0000-7000-8000-000000000001/confirm";
    locked(child.post(confirm, &json!({})));
    locked(child.delete("/users/subscriptions"));
    locked(child.post("/auth/logout", &json!({"allSessions": true})));
    let none = child.get("/users/subscriptions").data(200);
    assert_eq!(none["items"], json!([]));
}

/// A PIN of the default is asked on the way from another profile; a session that is bound to none shows and
/// plays under it alike.
fn acts_for_the_default_that_has_a_pin(owner: &Client, default: &str, films: &[String]) {
    let pin = json!({"newPin": "1357", "password": "a long enough password"});
    let controls = format!("/users/profiles/{default}/controls");
    assert_eq!(owner.put(&controls, &pin).data(200)["hasPin"], true);
    let named = [("x-profile-id", default)];
    for headers in [&named[..0], &named] {
        let get = |path: &str| owner.call("GET", path, None, headers);
        assert_eq!(titles(&get("/ondemand/movies").data(200)).len(), 5);
        assert_eq!(titles(&get("/search/global?q=quokka").data(200)).len(), 6);
        for id in films {
            get(&format!("/ondemand/movies/{id}")).data(200);
            get(&format!("/play/ondemand/{id}")).refused(409, "MEDIA_NOT_READY");
        }
    }
}

#[test]
fn a_child_sees_what_is_for_children_and_leaves_its_profile_with_a_proof_only() {
    let deployment = Deployment::start(&["all"], &[]);
    let films = make_films(&deployment);
    let mut parent = Client::new(&deployment.edge);
    parent.register("parent@example.org");
    let all = |answer: &crate::harness::Answer| answer.json()["data"]["total"] == 6;
    parent.until("/search/global?q=quokka", all);
    let kid = json!({"name": "Léa", "isKids": true});
    let kid = parent.post("/users/profiles", &kid).data(201);
    let kid = kid["id"].as_str().unwrap().to_owned();
    let own = parent.get("/users/me").data(200)["defaultProfileId"].clone();

    // By header, without a binding; what is remembered for one is not given to the other.
    sees_everything(&parent, &films);
    sees_only_what_is_for_children(&parent, &[("x-profile-id", &kid)], &films);
    sees_everything(&parent, &films);

    // Bound: a new session, and the old one has ended.
    let old = parent.clone();
    let mut child = parent.clone();
    let selected = select(&mut child, &json!({"profileId": kid}));
    assert_eq!(selected["profile"]["isKids"], true);
    old.get("/users/me").refused(401, "TOKEN_REVOKED");
    sees_only_what_is_for_children(&child, &[], &films);
    let refresh = json!({"refreshToken": selected["refreshToken"]});
    let refreshed = child.post("/auth/refresh", &refresh).data(200);
    child.token = refreshed["accessToken"].as_str().map(ToOwned::to_owned);
    sees_only_what_is_for_children(&child, &[], &films);

    // Neither header nor body lead out.
    let other = [("x-profile-id", own.as_str().unwrap())];
    for path in ["/ondemand/movies", "/search/global?q=quokka", "/users/me"] {
        child
            .call("GET", path, None, &other)
            .refused(403, "PROFILE_BOUND");
    }
    let path = format!("/users/profiles/{kid}");
    let change = json!({"isKids": false}).to_string();
    child
        .call("PATCH", &path, Some(change.as_bytes()), &[])
        .refused(403, "PROFILE_LOCKED");
    child
        .post("/users/profiles", &json!({"name": "Big"}))
        .refused(403, "PROFILE_LOCKED");
    child.delete(&path).refused(403, "PROFILE_LOCKED");
    let controls = format!("{path}/controls");
    child
        .put(&controls, &json!({"isKids": false}))
        .refused(403, "PROFILE_LOCKED");
    is_kept_from_what_is_for_grown_ups(&child);
    let leave = |proof: Value| {
        let mut body = json!({"profileId": own});
        body.as_object_mut()
            .unwrap()
            .extend(proof.as_object().unwrap().clone());
        body
    };
    child
        .post("/auth/profile/select", &leave(json!({})))
        .refused(403, "PROFILE_PROOF_REQUIRED");
    child
        .post(
            "/auth/profile/select",
            &leave(json!({"password": "not the password"})),
        )
        .refused(401, "CREDENTIALS_WRONG");

    // With the password the profile is left and a PIN is set, and with the PIN it is left, too.
    let proof = json!({"password": "a long enough password"});
    select(&mut child, &leave(proof));
    let pin = json!({"newPin": "2468", "password": "a long enough password"});
    assert_eq!(child.put(&controls, &pin).data(200)["hasPin"], true);
    select(&mut child, &json!({"profileId": kid}));
    child
        .post("/auth/profile/select", &leave(json!({"pin": "1111"})))
        .refused(403, "PIN_WRONG");
    let mut grown = child.clone();
    select(&mut grown, &leave(json!({"pin": "2468"})));
    child.get("/users/me").refused(401, "TOKEN_REVOKED");
    sees_everything(&grown, &films);

    let mut owner = Client::new(&deployment.edge);
    owner.login("parent@example.org", "a long enough password");
    acts_for_the_default_that_has_a_pin(&owner, own.as_str().unwrap(), &films);
}

/// A title, its rating, and whether a child sees it.
type Rated = (&'static str, &'static str, bool);

/// Series, each with its episodes.
const SERIES: [(Rated, &[Rated]); 3] = [
    (
        ("Wombat Tales", "G", true),
        &[
            ("Wombat One", "", true),
            ("Wombat Two", "TV-Y", true),
            ("Wombat Three", "TV-14", false),
        ],
    ),
    // What a series is not for, none of its episodes is.
    (
        ("Wombat Nights", "R", false),
        &[("Wombat Four", "G", false)],
    ),
    (("Wombat Files", "", false), &[("Wombat Five", "G", false)]),
];

/// X-ID-6.
#[test]
fn a_child_sees_the_episodes_that_are_for_children_of_series_that_are() {
    let deployment = Deployment::start(&["all"], &[]);
    let editor = editor(&deployment);
    let mut parent = Client::new(&deployment.edge);
    parent.register("parent@example.org");
    let kid = json!({"name": "Léa", "isKids": true});
    let kid = parent.post("/users/profiles", &kid).data(201);
    let child = [("x-profile-id", kid["id"].as_str().unwrap())];
    let get = |path: &str| parent.call("GET", path, None, &child);

    let mut fit = BTreeSet::new();
    let mut made = Vec::new();
    for ((title, rating, open), episodes) in SERIES {
        let body = json!({
            "title": title, "maturityRating": rating, "status": "published",
            "monetization": "avod", "series": {"seasons": [{"number": 1}]},
        });
        let series = editor.post("/admin/ondemand/series", &body).data(201);
        let series = series["id"].as_str().unwrap().to_owned();
        fit.extend(open.then_some(title.to_owned()));
        for (n, (title, rating, open)) in episodes.iter().enumerate() {
            let body = json!({
                "title": title, "maturityRating": rating, "status": "published",
                "episode": {"seriesId": series, "seasonNumber": 1, "episodeNumber": n + 1},
            });
            let episode = editor.post("/admin/ondemand/episodes", &body).data(201);
            fit.extend(open.then_some((*title).to_owned()));
            made.push((episode["id"].as_str().unwrap().to_owned(), *open));
        }
        made.push((series, open));
    }
    let all = |answer: &crate::harness::Answer| answer.json()["data"]["total"] == 8;
    parent.until("/search/global?q=wombat", all);
    assert_eq!(titles(&get("/search/global?q=wombat").data(200)), fit);
    let list = get("/ondemand/series?withTotal=true").data(200);
    assert_eq!(list["total"], 1);
    assert_eq!(list["items"][0]["series"]["seasons"][0]["episodeCount"], 2);
    for (id, open) in made {
        let details = [
            get(&format!("/ondemand/series/{id}")),
            get(&format!("/ondemand/episodes/{id}")),
        ];
        let seen = details.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(seen, usize::from(open), "{id}");
        let play = get(&format!("/play/ondemand/{id}"));
        if open {
            play.refused(409, "MEDIA_NOT_READY");
        } else {
            play.refused(404, "CONTENT_NOT_FOUND");
        }
        let episodes = get(&format!("/ondemand/series/{id}/episodes"));
        if details[0].status == 200 {
            let shown = titles(&episodes.data(200));
            assert!(!shown.is_empty() && shown.is_subset(&fit), "{shown:?}");
        } else {
            episodes.refused(404, "SERIES_NOT_FOUND");
        }
    }
}
