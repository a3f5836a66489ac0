//! `WebSocket`s: streams of every kind, their ends, and who may open one.

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest as _,
        protocol::frame::{
            Frame,
            coding::{Data, OpCode},
        },
    },
};

use super::support::{Signed, Site};

/// A client of a WebSocket.
struct Talk {
    socket: WebSocketStream<TcpStream>,
    protocol: Option<String>,
}

impl Talk {
    async fn open(
        site: &Site,
        target: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, u16> {
        let stream = TcpStream::connect(site.address).await.unwrap();
        let mut request = format!("ws://{}{target}", site.address)
            .into_client_request()
            .unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match client_async(request, stream).await {
            Ok((socket, response)) => {
                let spoken = response.headers().get("sec-websocket-protocol");
                let protocol = spoken.map(|spoken| spoken.to_str().unwrap().to_owned());
                Ok(Self { socket, protocol })
            }
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(other) => panic!("{other}"),
        }
    }

    async fn say(&mut self, frame: &Value) {
        let frame = Message::text(frame.to_string());
        self.socket.send(frame).await.unwrap();
    }

    /// Returns the next frame of text, or the code of the close frame.
    async fn next(&mut self) -> Result<Value, u16> {
        let next = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => {
                        return Ok(serde_json::from_str(&text).unwrap());
                    }
                    Some(Ok(Message::Close(Some(close)))) => return Err(close.code.into()),
                    Some(Ok(Message::Ping(_))) => {}
                    other => panic!("{other:?}"),
                }
            }
        };
        let next = tokio::time::timeout(Duration::from_secs(10), next).await;
        next.expect("the other end says nothing")
    }
}

#[tokio::test]
async fn answers_come_as_frames_and_then_the_end() {
    let site = Site::start().await;
    let mut talk = Talk::open(&site, "/v1/watch?small=1", &[]).await.unwrap();
    for _ in 0..3 {
        assert_eq!(talk.next().await, Ok(json!({"message": {"small": 1}})));
    }
    assert_eq!(talk.next().await, Ok(json!({"end": true})));
    assert_eq!(talk.next().await, Err(1000));

    let fails = [("grpc-metadata-fail-after", "1")];
    let mut talk = Talk::open(&site, "/v1/watch", &fails).await.unwrap();
    assert_eq!(talk.next().await, Ok(json!({"message": {}})));
    let error = json!({"code": 9, "message": "broken off", "details": []});
    assert_eq!(talk.next().await, Ok(json!({"error": error})));
    assert_eq!(talk.next().await, Err(4400));
}

#[tokio::test]
async fn both_talk_at_once_and_what_the_address_says_holds_for_each_message() {
    let site = Site::start().await;
    let mut talk = Talk::open(&site, "/v1/converse/a", &[]).await.unwrap();
    for small in 1..5 {
        talk.say(&json!({"message": {"small": small}})).await;
        let answer = json!({"message": {"name": "a", "small": small}});
        assert_eq!(talk.next().await, Ok(answer));
    }
    talk.say(&json!({"end": true})).await;
    assert_eq!(talk.next().await, Ok(json!({"end": true})));
    assert_eq!(talk.next().await, Err(1000));

    let mut talk = Talk::open(&site, "/v1/collect", &[]).await.unwrap();
    for small in 1..100 {
        talk.say(&json!({"message": {"small": small}})).await;
    }
    talk.say(&json!({"end": true})).await;
    assert_eq!(talk.next().await, Ok(json!({"message": {"small": 99}})));
    assert_eq!(talk.next().await, Ok(json!({"end": true})));
}

/// A frame as it is, which no library would send.
fn raw(code: Data, bytes: &'static [u8]) -> Message {
    Message::Frame(Frame::message(bytes, OpCode::Data(code), true))
}

/// A ping that goes on in another frame.
fn half_a_ping() -> Message {
    let mut ping = Frame::ping(&b"x"[..]);
    ping.header_mut().is_final = false;
    Message::Frame(ping)
}

#[tokio::test]
async fn what_is_said_against_the_rules_ends_it_with_a_reason() {
    let site = Site::with(|options| options.max_request_bytes = 1000).await;
    for (frame, http, close) in [
        (Message::text(r#"{"message": {"nobody": 1}}"#), 400, 4400),
        (Message::text(r#"{"message": 5, "end": true}"#), 400, 1007),
        (Message::text("{}"), 400, 1007),
        (Message::text("hello"), 400, 1007),
        (Message::binary(vec![1]), 400, 1003),
        (raw(Data::Text, b"\xff"), 400, 1007),
        (raw(Data::Continue, b"x"), 400, 1002),
        (half_a_ping(), 400, 1002),
        (
            Message::text(format!("{{\"message\": \"{}\"}}", "x".repeat(2000))),
            413,
            1009,
        ),
    ] {
        let mut talk = Talk::open(&site, "/v1/converse/a", &[]).await.unwrap();
        talk.socket.send(frame.clone()).await.unwrap();
        let error = talk.next().await.unwrap()["error"].clone();
        let code = if http == 413 { 8 } else { 3 };
        assert_eq!(error["code"], code, "{frame:?}: {error}");
        assert_eq!(talk.next().await, Err(close), "{frame:?}");
    }
    let mut talk = Talk::open(&site, "/v1/converse/a", &[]).await.unwrap();
    talk.say(&json!({"end": true})).await;
    assert_eq!(talk.next().await, Ok(json!({"end": true})));
    let mut talk = Talk::open(&site, "/v1/collect", &[]).await.unwrap();
    talk.say(&json!({"end": true})).await;
    talk.say(&json!({"message": {}})).await;
    // The answer, or that nothing more is taken, whichever is first.
    assert!(talk.next().await.is_ok());
}

#[tokio::test]
async fn only_streams_have_one_and_only_pages_of_the_host_or_listed_open_it() {
    let site = Site::with(|options| options.origins = vec!["https://app.example".into()]).await;
    let open = async |target: &str, headers: &[(&'static str, &str)]| {
        Talk::open(&site, target, headers).await.map(|_| ())
    };
    // Where there is no stream the upgrade is not taken, and the request answered as it is.
    assert_eq!(open("/v1/shelves/1/books/2", &[]).await, Err(200));
    assert_eq!(open("/v1/nothing", &[]).await, Err(404));
    let host = format!("http://{}", site.address);
    assert_eq!(open("/v1/watch", &[("origin", &*host)]).await, Ok(()));
    let listed = [("origin", "https://app.example")];
    assert_eq!(open("/v1/watch", &listed).await, Ok(()));
    let other = [("origin", "https://evil.example")];
    assert_eq!(open("/v1/watch", &other).await, Err(403));
    let old = [("sec-websocket-version", "8")];
    assert_eq!(open("/v1/watch", &old).await, Err(426));
}

#[tokio::test]
async fn a_token_among_the_protocols_opens_one_and_is_looked_at_again() {
    let signed = Signed::new();
    let site = Site::with(|options| {
        options.guard = Some(signed.guard());
        options.token_every = Duration::from_millis(100);
    })
    .await;
    let refused = Talk::open(&site, "/v1/converse/a", &[]).await.map(|_| ());
    assert_eq!(refused, Err(401));
    let offer = format!("bearer, {}", signed.token);
    let shown = [("sec-websocket-protocol", &*offer)];
    let mut talk = Talk::open(&site, "/v1/converse/a", &shown).await.unwrap();
    assert_eq!(talk.protocol.as_deref(), Some("bearer"));
    talk.say(&json!({"message": {}})).await;
    assert_eq!(talk.next().await, Ok(json!({"message": {"name": "a"}})));
    // Its key does not count any more.
    signed.revoke();
    site.gateway.reload().unwrap();
    assert_eq!(talk.next().await.unwrap()["error"]["code"], 16);
    assert_eq!(talk.next().await, Err(4401));
}

#[tokio::test]
async fn a_caller_has_so_many_streams_and_no_more() {
    let site = Site::with(|options| options.streams_per_caller = 2).await;
    let open = async || Talk::open(&site, "/v1/converse/a", &[]).await;
    let (first, mut second) = (open().await.unwrap(), open().await.unwrap());
    second.say(&json!({"message": {}})).await;
    assert!(second.next().await.is_ok());
    assert_eq!(open().await.map(|_| ()), Err(429));
    let refused = site.get("/v1/watch?small=1").await;
    assert_eq!(
        (refused.status, refused.json()["code"].as_i64()),
        (429, Some(8))
    );
    let told = "2 streams of this caller are open, and no more may be; end one of them";
    assert_eq!(refused.json()["message"], told);
    let kind = [("content-type", "application/grpc-web")];
    let watch = "POST /library.v1.Library/Watch";
    let refused = site.send(watch, &kind, "\0\0\0\0\0").await;
    assert_eq!(refused.headers["grpc-status"], "8");
    assert_eq!(site.get("/v1/echo").await.status, 200, "no stream");
    drop(first);
    let begin = std::time::Instant::now();
    while site.get("/v1/watch?small=1").await.status != 200 {
        assert!(
            begin.elapsed() < Duration::from_secs(10),
            "its place is not free"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Whoever ends in the usual way leaves its place, too.
    for _ in 0..3 {
        assert_eq!(site.get("/v1/watch?small=1").await.status, 200);
        assert_eq!(
            site.send(watch, &kind, "\0\0\0\0\0")
                .await
                .headers
                .get("grpc-status"),
            None
        );
    }
}

#[tokio::test]
async fn a_drain_says_so_and_silence_has_its_end() {
    let site = Site::with(|options| {
        options.idle = Duration::from_millis(300);
        options.heartbeat = Duration::from_millis(100);
    })
    .await;
    let mut talk = Talk::open(&site, "/v1/converse/a", &[]).await.unwrap();
    assert_eq!(talk.next().await.unwrap()["error"]["code"], 10);
    assert_eq!(talk.next().await, Err(1001));

    let site = Site::start().await;
    let mut talk = Talk::open(&site, "/v1/converse/a", &[]).await.unwrap();
    talk.say(&json!({"message": {}})).await;
    talk.next().await.unwrap();
    site.drain();
    assert_eq!(talk.next().await.unwrap()["error"]["code"], 14);
    assert_eq!(talk.next().await, Err(1001));
}
