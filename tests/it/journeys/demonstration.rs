//! What `make run` shows: a household that has begun to watch, series, what is sold, and channels that play.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Client, Deployment};

/// What the log says when everything is there.
const LOADED: &str = "demonstration household loaded";

fn demonstration() -> Deployment {
    Deployment::start(&["all"], &[("STREAMVERSE_SERVER__DEMO", "true".into())])
}

fn household(deployment: &Deployment) -> Client {
    let mut client = Client::new(&deployment.edge);
    client.login("demo@streamverse.example", "a household that watches");
    client
}

fn items(answer: &Value) -> &[Value] {
    answer["items"].as_array().unwrap()
}

/// What the household has, whatever the process has been through.
fn has_begun_to_watch(client: &Client) {
    let profiles = client.get("/users/profiles").data(200);
    let kids: Vec<_> = items(&profiles)
        .iter()
        .map(|profile| (&profile["isKids"], &profile["hasPin"]))
        .collect();
    let [yes, no] = [&json!(true), &json!(false)];
    assert_eq!(kids.len(), 2, "{profiles}");
    assert!(
        kids.contains(&(yes, no)) && kids.contains(&(no, yes)),
        "{profiles}"
    );
    let list = client.get("/users/watchlist").data(200);
    assert_eq!(items(&list).len(), 2, "{list}");
    let rentals = client.get("/users/rentals").data(200);
    assert_eq!(items(&rentals).len(), 1, "{rentals}");
    assert_eq!(rentals["items"][0]["status"], "active");

    // One episode is left in the middle, and one is next.
    let home = client.get("/content/home").data(200);
    let going_on = &home["rows"][0];
    assert_eq!(going_on["kind"], "continue", "{home}");
    let left = &going_on["items"][0];
    assert_eq!(left["title"], "Low Water", "{home}");
    assert_eq!(left["progress"]["positionSeconds"], 12);
    let next = &going_on["items"][1];
    assert_eq!(next["title"], "Rain on the Roof", "{home}");
    assert_eq!(next["progress"]["nextEpisode"], true);

    // Each thing is there once.
    let series = client.get("/ondemand/series?withTotal=true").data(200);
    assert_eq!(series["total"], 2, "{series}");
    let harbour = &series["items"][0];
    assert_eq!(harbour["title"], "Harbour Lights");
    let seasons = harbour["series"]["seasons"].as_array().unwrap();
    assert!(
        seasons.iter().all(|season| season["episodeCount"] == 2),
        "{series}"
    );
    let credit = &harbour["credits"][0];
    let person = format!("/ondemand/people/{}", credit["personId"].as_str().unwrap());
    assert_eq!(client.get(&person).data(200)["titleCount"], 2);
    let playlists = client.get("/content/playlists?withTotal=true").data(200);
    assert_eq!(playlists["total"], 1);
    assert_eq!(playlists["items"][0]["itemCount"], 3);
    let collections = client.get("/ondemand/collections").data(200);
    assert_eq!(items(&collections).len(), 2, "{collections}");
    assert!(
        items(&collections)
            .iter()
            .all(|item| item["itemCount"].as_i64() > Some(3))
    );
}

#[test]
fn the_demonstration_has_a_household_series_and_channels_that_play() {
    let deployment = demonstration();
    deployment.until_logged(LOADED);
    let client = household(&deployment);
    has_begun_to_watch(&client);

    // A film is to be bought or rented, and the refusal says so.
    let sold = "/play/ondemand/01936f00-0004-7000-8000-000000000004";
    let refused = client.get(sold).refused(403, "ACCESS_DENIED");
    let offers = refused["details"]["offers"].as_array().unwrap();
    let kinds: Vec<_> = offers
        .iter()
        .map(|offer| offer["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["purchase", "rent"], "{refused}");
    // What is rented plays.
    let rented = "/play/ondemand/01936f00-0003-7000-8000-000000000003";
    let play = client.get(rented).data(200);
    let session = play["sessionId"].as_str().unwrap();
    client
        .delete(&format!("/play/sessions/{session}"))
        .data(200);

    // A channel plays, and both say what runs now.
    let channels = client.get("/livetv/channels").data(200);
    let coast = &channels["items"][0];
    assert_eq!(coast["name"], "Coast");
    let id = coast["id"].as_str().unwrap();
    let play = client.get(&format!("/play/live/{id}")).data(200);
    let master = client.get(play["playback_url"].as_str().unwrap());
    assert!(master.text().starts_with("#EXTM3U"), "{}", master.text());
    let guide = client.get("/livetv/epg").data(200);
    let is_on = |item: &Value| item["now"]["title"].is_string();
    assert!(items(&guide).iter().all(is_on), "{guide}");
}

#[test]
fn a_demonstration_that_is_killed_while_it_is_loaded_goes_on_and_is_not_loaded_twice() {
    let mut deployment = demonstration();
    for _ in 0..3 {
        std::thread::sleep(Duration::from_millis(400));
        deployment.kill();
        deployment.start_again();
    }
    deployment.until_logged(LOADED);
    has_begun_to_watch(&household(&deployment));
    deployment.kill();
    deployment.start_again();
    deployment.until_logged("demonstration channels loaded");
    let client = household(&deployment);
    has_begun_to_watch(&client);
    let films = client.get("/ondemand/movies?withTotal=true").data(200);
    assert_eq!(films["total"], 307, "{}", films["total"]);
}
