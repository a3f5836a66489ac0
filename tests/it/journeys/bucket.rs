//! Media in a bucket of S3 that goes away and comes back (feature `test-s3`): what needs it is told so, everything
//! else goes on, and nothing is lost.
//!
//! The program comes to the server through a proxy of the test's own (`TOXIPROXY_URL`).

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use serde_json::{Value, json};

use super::thread::{beside, demo_title, first_address};
use crate::harness::{Answer, Client, Deployment, tell};

/// Returns what the stack tells of its servers.
fn told(name: &str) -> String {
    let value = std::env::var_os(name).and_then(|value| value.into_string().ok());
    value.unwrap_or_else(|| panic!("{name} is not set: tests/stack/up s3 toxiproxy prints it"))
}

/// A proxy before the server of the bucket.
struct Proxy {
    api: Client,
    name: String,
    address: String,
}

impl Proxy {
    fn new() -> Self {
        let (_, upstream) = told("S3_ENDPOINT")
            .split_once("://")
            .map(|(scheme, host)| (scheme.to_owned(), host.to_owned()))
            .unwrap();
        let (api, name) = (
            Client::new(&told("TOXIPROXY_URL")),
            format!("bucket-{}", std::process::id()),
        );
        let proxy = json!({"name": name, "listen": "127.0.0.1:0", "upstream": upstream});
        let made = api.post("/proxies", &proxy);
        assert_eq!(made.status, 201, "{}", made.text());
        let address = made.json()["listen"].as_str().unwrap().to_owned();
        Self { api, name, address }
    }

    /// Lets everything through or nothing, under the same address.
    fn open(&self, open: bool) {
        let wanted = json!({"enabled": open, "listen": self.address});
        let switched = self.api.post(&format!("/proxies/{}", self.name), &wanted);
        assert_eq!(switched.status, 200, "{}", switched.text());
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Without an answer where the test has failed: nothing more can be done.
        let path = format!("/proxies/{}", self.name);
        drop(self.api.try_call("DELETE", &path, None, &[]));
    }
}

fn start(proxy: &Proxy) -> Deployment {
    // Another place for each run.
    let place = format!("journey-{:x}", RandomState::new().build_hasher().finish());
    Deployment::start(
        &["all"],
        &[
            ("STREAMVERSE_SERVER__DEMO", "true".to_owned()),
            (
                "STREAMVERSE_BLOBS__URL",
                format!("s3://{}/{place}", told("S3_BUCKET")),
            ),
            (
                "STREAMVERSE_BLOBS__ENDPOINT",
                format!("http://{}", proxy.address),
            ),
            ("STREAMVERSE_BLOBS__REGION", told("AWS_REGION")),
            (
                "STREAMVERSE_BLOBS__ACCESS_KEY_ID",
                told("AWS_ACCESS_KEY_ID"),
            ),
            (
                "STREAMVERSE_BLOBS__SECRET_ACCESS_KEY",
                told("AWS_SECRET_ACCESS_KEY"),
            ),
        ],
    )
}

/// Asks for a part of a file, which is never kept in memory.
fn part(stranger: &Client, file: &str) -> Answer {
    stranger.call("GET", file, None, &[("range", "bytes=4-70000")])
}

#[test]
fn media_of_a_bucket_that_is_away_are_refused_and_come_back_whole() {
    let proxy = Proxy::new();
    let deployment = start(&proxy);
    let film = demo_title(&deployment);
    let mut ana = Client::new(&deployment.edge);
    ana.register("ana@example.org");
    ana.post("/users/subscriptions", &json!({"planId": "standard"}))
        .data(201);
    let play: Value = ana.get(&format!("/play/ondemand/{}", film.id)).data(200);
    let text = |field: &str| play[field].as_str().unwrap();
    let (master, file) = (text("playback_url"), text("progressiveUrl"));
    let stranger = ana.signed_out();
    let variant = beside(master, first_address(&stranger.get(master)));
    let playlist = stranger.get(&variant);
    let segments: Vec<_> = playlist
        .text()
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|address| beside(&variant, address))
        .collect();
    let (first, last) = (&segments[0], segments.last().unwrap());
    assert_ne!(first, last, "the short has several segments");
    let kept = stranger.get(first);
    assert_eq!((kept.status, kept.bytes[0]), (200, 0x47));
    let before = part(&stranger, file);
    assert_eq!((before.status, before.bytes.len()), (206, 69_997));
    assert!(
        !deployment.data.path().join("blobs").exists(),
        "media lie in the bucket and nowhere else"
    );

    proxy.open(false);
    for address in [file, last] {
        let refused = part(&stranger, address).refused(503, "UNAVAILABLE");
        tell(&format!("while the bucket is away: {}", refused["message"]));
    }
    assert_eq!(stranger.get(first).bytes, kept.bytes, "kept in memory");
    assert_eq!(stranger.get(&variant).bytes, playlist.bytes);
    ana.get("/content/home").data(200);

    proxy.open(true);
    let after = part(&stranger, file);
    assert_eq!((after.status, after.bytes), (206, before.bytes));
    assert_eq!(stranger.get(last).status, 200);
    let logs = deployment.logs();
    assert!(!logs.contains("panicked"), "nothing panics");
    assert!(
        !logs.contains(&told("AWS_SECRET_ACCESS_KEY")),
        "nothing tells the secret"
    );
}
