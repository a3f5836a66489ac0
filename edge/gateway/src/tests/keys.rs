//! Keys of an address: asked for at the start, again and again, and when a token names one that is not known.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    time::sleep,
};

use super::support::{ED25519, Site};
use crate::{Gateway, GuardOptions, Jwks, Options};

/// Who publishes keys: what is answered, and how often it was asked.
#[derive(Clone)]
struct Publisher {
    address: String,
    now: Arc<Mutex<(String, usize)>>,
}

impl Publisher {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/jwks", listener.local_addr().unwrap());
        let publisher = Self {
            address,
            now: Arc::default(),
        };
        let answers = publisher.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut asked = [0; 4096];
                let _ = stream.read(&mut asked).await;
                let answer = {
                    let mut now = answers.now.lock().unwrap();
                    now.1 += 1;
                    now.0.clone()
                };
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        publisher
    }

    fn answer(&self, status: u16, body: &str) {
        let length = body.len();
        self.now.lock().unwrap().0 = format!(
            "HTTP/1.1 {status} x\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        );
    }

    fn publish(&self, names: &[&str]) {
        let keys: Vec<_> = names.iter().map(|name| jwk(name)).collect();
        self.answer(200, &json!({ "keys": keys }).to_string());
    }

    fn times(&self) -> usize {
        self.now.lock().unwrap().1
    }

    fn guard(&self, every: Duration) -> GuardOptions {
        GuardOptions {
            jwks: self.address.parse().unwrap(),
            issuer: None,
            audience: None,
            every,
            authorities: None,
        }
    }
}

/// A key of its own for each name.
fn key(name: &str) -> EncodingKey {
    let mut key = ED25519.to_vec();
    key[20] = name.as_bytes()[0];
    EncodingKey::from_ed_der(&key)
}

fn jwk(name: &str) -> Jwk {
    let mut jwk = Jwk::from_encoding_key(&key(name), Algorithm::EdDSA).unwrap();
    jwk.common.key_id = Some(name.to_owned());
    jwk
}

fn bearer(name: &str) -> String {
    let mut head = Header::new(Algorithm::EdDSA);
    head.kid = Some(name.to_owned());
    let claims = json!({"sub": "somebody", "exp": 4_000_000_000_u64});
    format!("Bearer {}", encode(&head, &claims, &key(name)).unwrap())
}

async fn status(site: &Site, name: &str) -> u16 {
    let headers = [("authorization", &*bearer(name))];
    site.send("GET /v1/echo", &headers, "").await.status
}

async fn until(what: &str, is: impl AsyncFn() -> bool) {
    let begin = Instant::now();
    while !is().await {
        assert!(begin.elapsed() < Duration::from_secs(20), "never: {what}");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn keys_of_an_address_follow_those_who_publish_them() {
    let publisher = Publisher::start().await;
    publisher.answer(503, "");
    let guard = publisher.guard(Duration::from_millis(300));
    let site = Site::with(|options| options.guard = Some(guard)).await;
    until("it is asked", async || publisher.times() > 0).await;
    let early = site
        .send("GET /v1/echo", &[("authorization", &*bearer("a"))], "")
        .await;
    assert_eq!(
        (early.status, early.json()["code"].as_i64()),
        (503, Some(14))
    );
    assert!(site.gateway.keys_problem().unwrap().contains("503"));
    publisher.publish(&["a"]);
    until("the first keys count", async || {
        status(&site, "a").await == 200
    })
    .await;
    assert_eq!(site.gateway.keys_problem(), None);
    publisher.publish(&["b"]);
    until("those who come count", async || {
        status(&site, "b").await == 200
    })
    .await;
    assert_eq!(status(&site, "a").await, 401, "and those who go do not");
    for (code, body) in [(500, ""), (200, "{}"), (302, "")] {
        publisher.answer(code, body);
        let before = publisher.times();
        until("it is asked again", async || publisher.times() > before).await;
        until("it is told", async || site.gateway.keys_problem().is_some()).await;
        assert_eq!(status(&site, "b").await, 200, "{code} {body}");
        publisher.publish(&["b"]);
        until("all is well", async || {
            site.gateway.keys_problem().is_none()
        })
        .await;
    }
    publisher.publish(&[]);
    until("those who withdraw all of them are believed", async || {
        status(&site, "b").await == 401
    })
    .await;
    assert_eq!(site.gateway.keys_problem(), None);
    publisher.publish(&["b"]);
    until("new ones count again", async || {
        status(&site, "b").await == 200
    })
    .await;
}

#[tokio::test]
async fn a_new_key_counts_at_once_and_unknown_ones_ask_no_more_often_for_it() {
    let publisher = Publisher::start().await;
    publisher.publish(&["a"]);
    let guard = publisher.guard(Duration::from_hours(1));
    let site = Site::with(|options| options.guard = Some(guard)).await;
    until("the first keys count", async || {
        status(&site, "a").await == 200
    })
    .await;
    publisher.publish(&["a", "b"]);
    // Not within the first seconds after it was asked.
    until("a key counts that came", async || {
        status(&site, "b").await == 200
    })
    .await;
    let before = publisher.times();
    for _ in 0..20 {
        assert_eq!(status(&site, "x").await, 401);
    }
    assert!(publisher.times() <= before + 1);
}

#[tokio::test]
async fn keys_come_by_a_way_that_nobody_can_change() {
    let options = |address: &str| Options {
        descriptor_sets: vec![super::support::LIBRARY.into()],
        upstreams: vec!["http://127.0.0.1:1".parse().unwrap()],
        guard: Some(GuardOptions {
            jwks: address.parse::<Jwks>().unwrap(),
            issuer: None,
            audience: None,
            every: Duration::from_mins(5),
            authorities: None,
        }),
        ..Options::default()
    };
    let refused = Gateway::new(options("http://id.example.com/jwks")).unwrap_err();
    assert!(refused.to_string().contains("https://"), "{refused}");
    assert!(Gateway::new(options("https://id.example.com/jwks")).is_ok());
    assert!(Gateway::new(options("http://[::1]:1/jwks")).is_ok());
}

#[tokio::test]
async fn a_token_has_one_issuer_and_never_one_of_several() {
    let publisher = Publisher::start().await;
    publisher.publish(&["a"]);
    let ours = "https://id.example.com";
    let any = publisher.guard(Duration::from_mins(5));
    let mut one = any.clone();
    one.issuer = Some(ours.to_owned());
    for (guard, issuer, status, told) in [
        (&any, json!(null), 200, ""),
        (&any, json!("https://other.example.com"), 200, ""),
        (&any, json!([ours]), 401, "`iss` is not one text"),
        (&any, json!(7), 401, "`iss` is not one text"),
        (&one, json!(ours), 200, ""),
        (
            &one,
            json!("https://other.example.com"),
            401,
            "does not hold",
        ),
        (&one, json!(null), 401, "does not hold"),
        (&one, json!([ours]), 401, "`iss` is not one text"),
        (
            &one,
            json!([ours, "https://other.example.com"]),
            401,
            "`iss` is not one text",
        ),
    ] {
        let guard = Some(guard.clone());
        let site = Site::with(|options| options.guard = guard).await;
        let mut head = Header::new(Algorithm::EdDSA);
        head.kid = Some("a".to_owned());
        let mut claims = json!({"sub": "somebody", "exp": 4_000_000_000_u64});
        if !issuer.is_null() {
            claims["iss"] = issuer.clone();
        }
        let token = format!("Bearer {}", encode(&head, &claims, &key("a")).unwrap());
        let shown = [("authorization", &*token)];
        let answer = site.send("GET /v1/echo", &shown, "").await;
        assert_eq!(answer.status, status, "{issuer}: {answer:?}");
        assert!(answer.text().contains(told), "{issuer}: {answer:?}");
    }
}
