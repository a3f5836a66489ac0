//! Programs of others are told what happens here (X-WH-1, B15).

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    sync::mpsc,
    thread,
    time::Duration,
};

use aws_lc_rs::hmac;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use crate::harness::{Client, Deployment};

/// How long a request may take to come.
const PATIENCE: Duration = Duration::from_mins(1);

/// A request as it came: its headers, in small letters, and its body.
struct Got {
    headers: BTreeMap<String, String>,
    body: String,
}

impl Got {
    /// Says whether a secret has signed it, as Standard Webhooks says.
    fn is_signed_by(&self, secret: &str) -> bool {
        let key = secret.strip_prefix("whsec_").expect("a secret");
        let key = BASE64_STANDARD.decode(key).expect("base64");
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        let (id, at) = (
            &self.headers["webhook-id"],
            &self.headers["webhook-timestamp"],
        );
        let tag = hmac::sign(&key, format!("{id}.{at}.{}", self.body).as_bytes());
        let wanted = format!("v1,{}", BASE64_STANDARD.encode(tag));
        let mut shown = self.headers["webhook-signature"].split(' ');
        shown.any(|one| one == wanted)
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

/// Listens as a backend would, and answers each request with the next of these statuses, the last one again and again.
fn receiver(statuses: &'static [u16]) -> (String, mpsc::Receiver<Got>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!(
        "http://{}/hooks",
        listener.local_addr().expect("an address")
    );
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for (n, stream) in listener.incoming().enumerate() {
            let mut stream = stream.expect("a connection");
            let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
            let mut headers = BTreeMap::new();
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                if let Some((name, value)) = line.trim_end().split_once(": ") {
                    headers.insert(name.to_ascii_lowercase(), value.to_owned());
                }
                line.clear();
            }
            let length = headers.get("content-length").and_then(|n| n.parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            reader.read_exact(&mut body).expect("a body");
            let status = statuses[n.min(statuses.len() - 1)];
            let answer =
                format!("HTTP/1.1 {status} So\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).expect("an answer");
            let body = String::from_utf8(body).expect("text");
            if tell.send(Got { headers, body }).is_err() {
                return;
            }
        }
    });
    (url, told)
}

#[test]
fn a_backend_hears_of_a_subscription_once_it_listens_and_knows_who_tells() {
    let unlimited = [("STREAMVERSE_EDGE__RATES__ENABLED", "false".to_owned())];
    let mut deployment = Deployment::start(&["all"], &unlimited);
    let mut root = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    root.login(&email, &password);
    let mut ana = root.signed_out();
    let account = ana.register("ana@example.org");
    let (url, told) = receiver(&[503, 204]);
    let wanted = json!({"url": url, "eventTypes": ["subscription.activated"]});
    ana.post("/admin/webhooks", &wanted)
        .refused(403, "PERMISSION_DENIED");
    let made = root.post("/admin/webhooks", &wanted).data(201);
    let secret = made["secret"].as_str().expect("a secret").to_owned();
    let path = format!(
        "/admin/webhooks/{}",
        made["webhook"]["id"].as_str().unwrap()
    );
    assert!(!root.get(&path).data(200).to_string().contains(&secret));

    ana.post("/users/subscriptions", &json!({"planId": "basic"}))
        .data(201);
    let first = told.recv_timeout(PATIENCE).expect("a request");
    // The backend was not well; meanwhile the program ends, at whatever it was.
    deployment.kill();
    deployment.start_again();
    let mut root = Client::new(&deployment.edge);
    root.login(&email, &password);
    let got = told.recv_timeout(PATIENCE).expect("another try");
    assert_eq!(got.headers["webhook-id"], first.headers["webhook-id"]);
    assert!(first.is_signed_by(&secret) && got.is_signed_by(&secret));
    let event = got.json();
    assert_eq!(event["type"], "subscription.activated");
    assert_eq!(event["data"]["userId"], account["user"]["id"]);
    assert_eq!(event["data"]["planCode"], "basic");

    let listed = format!("{path}/deliveries?status=succeeded");
    let is = |answer: &crate::harness::Answer| answer.json()["data"]["items"][0].is_object();
    let delivery = root.until(&listed, is).data(200)["items"][0].clone();
    assert_eq!(delivery["id"], *got.headers["webhook-id"]);

    // Another secret signs beside the old one, and the same event is sent once more under a new id.
    let rotated = root.post(&format!("{path}/rotate"), &json!({})).data(200);
    let replay = format!(
        "{path}/deliveries/{}/replay",
        delivery["id"].as_str().unwrap()
    );
    let again = root.post(&replay, &json!({})).data(202);
    let got = told.recv_timeout(PATIENCE).expect("a replay");
    assert_eq!(got.headers["webhook-id"], again["id"].as_str().unwrap());
    assert_eq!(got.json(), event);
    assert!(got.is_signed_by(&secret));
    assert!(got.is_signed_by(rotated["secret"].as_str().unwrap()));
}
