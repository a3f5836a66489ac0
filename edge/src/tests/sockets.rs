//! Streams over WebSocket: frames, ends, tokens, and clients that vanish or do not read (X-API-1, C19).

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use ::bytes::Bytes;
use futures::{StreamExt as _, stream};
use prost::Message as _;
use serde_json::Value;
use sv_kernel::Error;
use sv_proto::{
    auth::{AuthReason, RedeemTicketRequest, RedeemTicketResponse},
    common::CommonReason,
    content::{ContentReason, WatchContentRequest, WatchContentResponse},
    options::Role,
};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{self, Message, client::IntoClientRequest as _},
};

use super::support::{Heard, Reply, Site};
use crate::{ConnectionOptions, CorsOptions, EdgeOptions, StreamOptions};

const PATH: &str = "/admin/ondemand/changes";

fn message(position: u32) -> Vec<u8> {
    let message = WatchContentResponse {
        position: position.to_string(),
        ..Default::default()
    };
    message.encode_to_vec()
}

/// Three messages, and what then comes.
fn three(then: impl futures::Stream<Item = Result<Vec<u8>, Error>> + Send + 'static) -> Reply {
    let three = stream::iter((1..=3).map(|n| Ok(message(n))));
    Reply::flowing(three.chain(then))
}

async fn site<F>(options: EdgeOptions, reply: F) -> Site
where
    F: Fn(Heard) -> Result<Reply, Error> + Send + Sync + 'static,
{
    Site::start(options, move |heard| std::future::ready(reply(heard))).await
}

/// Opens a WebSocket, or returns the status and the reason of the refusal.
async fn open(
    site: &Site,
    target: &str,
    headers: &[(&'static str, &str)],
) -> Result<WebSocketStream<TcpStream>, (u16, String)> {
    let stream = TcpStream::connect(site.address).await.unwrap();
    let mut request = format!("ws://localhost{target}")
        .into_client_request()
        .unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    match client_async(request, stream).await {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::Error::Http(response)) => {
            let body: Value =
                serde_json::from_slice(response.body().as_deref().unwrap_or_default())
                    .unwrap_or_default();
            let code = body["error"]["code"].as_str().unwrap_or_default();
            Err((response.status().as_u16(), code.to_owned()))
        }
        Err(other) => panic!("{other}"),
    }
}

/// Returns the next frame of text, or the code of the close frame.
async fn next(socket: &mut WebSocketStream<TcpStream>) -> Result<Value, u16> {
    let next = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(Some(close)))) => return Err(close.code.into()),
                Some(Ok(Message::Ping(_))) => {}
                other => panic!("{other:?}"),
            }
        }
    };
    let next = tokio::time::timeout(Duration::from_secs(10), next).await;
    next.expect("the edge says nothing")
}

fn with_beat(seconds: u64) -> EdgeOptions {
    EdgeOptions {
        streams: StreamOptions {
            heartbeat_seconds: seconds,
            ..StreamOptions::default()
        },
        ..EdgeOptions::default()
    }
}

/// Waits until something is so.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    let wait = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), wait).await;
    assert!(waited.is_ok(), "never: {what}");
}

struct Gone(Arc<AtomicBool>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Answers that never end and say when they are given up.
fn endless(gone: &Arc<AtomicBool>) -> Reply {
    let held = Gone(gone.clone());
    let held = stream::poll_fn(move |_| {
        let _ = &held;
        std::task::Poll::Pending
    });
    three(held)
}

#[tokio::test]
async fn messages_come_as_frames_and_the_last_says_how_it_ended() {
    let site = site(EdgeOptions::default(), |heard| {
        match &*heard.message::<WatchContentRequest>().after {
            "9" => Err(ContentReason::PositionUnknown.into()),
            "5" => Ok(three(stream::iter([Err(CommonReason::Overloaded.into())]))),
            _ => Ok(three(stream::empty())),
        }
    })
    .await;
    let token = site.token(&[Role::Admin]);
    let headers = [("authorization", &*token)];
    let mut socket = open(&site, &format!("{PATH}?after=3"), &headers)
        .await
        .unwrap();
    for position in ["1", "2", "3"] {
        assert_eq!(
            next(&mut socket).await.unwrap()["message"]["position"],
            position
        );
    }
    assert_eq!(next(&mut socket).await.unwrap()["end"], true);
    assert_eq!(next(&mut socket).await, Err(1000));
    assert_eq!(site.heard()[0].message::<WatchContentRequest>().after, "3");

    let mut socket = open(&site, &format!("{PATH}?after=9"), &headers)
        .await
        .unwrap();
    let error = next(&mut socket).await.unwrap()["error"].clone();
    assert_eq!(error["code"], "POSITION_UNKNOWN");
    assert!(error["message"].is_string() && error["details"].is_object());
    assert_eq!(next(&mut socket).await, Err(4410));

    let mut socket = open(&site, &format!("{PATH}?after=5"), &headers)
        .await
        .unwrap();
    for _ in 0..3 {
        next(&mut socket).await.unwrap();
    }
    assert_eq!(
        next(&mut socket).await.unwrap()["error"]["code"],
        "OVERLOADED"
    );
    assert_eq!(next(&mut socket).await, Err(4503));
}

/// C19.
#[tokio::test]
async fn a_page_shows_its_token_or_a_ticket_and_has_to_be_of_a_known_origin() {
    let held = Arc::new(OnceLock::<String>::new());
    let token = held.clone();
    let options = EdgeOptions {
        cors: CorsOptions {
            origins: vec!["https://app.example".to_owned()],
        },
        ..EdgeOptions::default()
    };
    let site = site(options, move |heard| match &*heard.method {
        "RedeemTicket" => {
            let asked: RedeemTicketRequest = heard.message();
            if asked.ticket != "good" || asked.path != PATH {
                return Err(AuthReason::TicketInvalid.into());
            }
            let access_token = token.get().unwrap().clone();
            Ok(Reply::of(&RedeemTicketResponse { access_token }))
        }
        "WatchContent" => Ok(three(stream::empty())),
        _ => Ok(Reply {
            messages: vec![Vec::new()],
            ..Reply::default()
        }),
    })
    .await;
    let bearer = site.token(&[Role::Admin]);
    let token = bearer.trim_start_matches("Bearer ");
    held.set(token.to_owned()).unwrap();
    let refusal = async |target: &str, headers: &[(&'static str, &str)]| {
        open(&site, target, headers).await.err()
    };
    let offer = format!("bearer, {token}");
    let shown = ("sec-websocket-protocol", &*offer);
    assert_eq!(refusal(PATH, &[shown]).await, None);
    assert_eq!(refusal(&format!("{PATH}?ticket=good"), &[]).await, None);
    let anonymous = Some((401, "UNAUTHENTICATED".to_owned()));
    assert_eq!(refusal(PATH, &[]).await, anonymous);
    let bad = [("sec-websocket-protocol", "bearer, a.b.c")];
    assert_eq!(refusal(PATH, &bad).await.unwrap().0, 401);
    let used = refusal(&format!("{PATH}?ticket=used"), &[]).await;
    assert_eq!(used, Some((401, "TICKET_INVALID".to_owned())));
    let viewer = site.token(&[Role::Viewer]);
    let refused = refusal(PATH, &[("authorization", &*viewer)]).await;
    assert_eq!(refused, Some((403, "PERMISSION_DENIED".to_owned())));

    for (origin, may) in [
        ("http://localhost", true),
        ("https://app.example", true),
        ("https://evil.example", false),
    ] {
        let refused = refusal(PATH, &[shown, ("origin", origin)]).await;
        let expected = (!may).then(|| (400, "HEADER_INVALID".to_owned()));
        assert_eq!(refused, expected, "{origin}");
    }
    let old = [shown, ("sec-websocket-version", "8")];
    assert_eq!(
        refusal(PATH, &old).await,
        Some((400, "HTTP_INVALID".to_owned()))
    );
    // Where there is no stream, the request is answered as it is.
    let plain = refusal("/admin/ondemand/movies", &[("authorization", &*bearer)]).await;
    assert_eq!(plain.unwrap().0, 200);
}

#[tokio::test]
async fn a_drain_ends_it_with_a_word_and_keeps_nobody_waiting() {
    let site = site(EdgeOptions::default(), |_| Ok(three(stream::pending()))).await;
    let token = site.token(&[Role::Admin]);
    let mut socket = open(&site, PATH, &[("authorization", &*token)])
        .await
        .unwrap();
    for _ in 0..3 {
        next(&mut socket).await.unwrap();
    }
    site.draining.cancel();
    let error = next(&mut socket).await.unwrap()["error"].clone();
    assert_eq!(
        (&error["code"], &error["details"]["why"]),
        (&"STREAM_ENDED".into(), &"draining".into())
    );
    assert_eq!(next(&mut socket).await, Err(1001));
    drop(socket);
    let done = tokio::time::timeout(Duration::from_secs(5), site.done);
    done.await
        .expect("a WebSocket keeps the edge from going")
        .unwrap();
}

#[tokio::test]
async fn who_goes_or_vanishes_or_says_too_much_gives_its_place_back() {
    let gone = Arc::new(AtomicBool::new(false));
    let dropped = gone.clone();
    let mut options = with_beat(1);
    options.streams.per_caller = 1;
    let site = site(options, move |_| Ok(endless(&dropped))).await;
    let token = site.token(&[Role::Admin]);
    let headers = [("authorization", &*token)];
    // One that closes.
    let mut socket = open(&site, PATH, &headers).await.unwrap();
    next(&mut socket).await.unwrap();
    let another = open(&site, PATH, &headers).await.err();
    assert_eq!(another, Some((429, "TOO_MANY_STREAMS".to_owned())));
    socket.close(None).await.unwrap();
    until("the call ends with its socket", || {
        gone.swap(false, Ordering::SeqCst)
    })
    .await;
    // One that does not answer pings: nobody reads it here.
    let silent = reopen(&site, &headers).await;
    until("who is silent is gone", || {
        gone.swap(false, Ordering::SeqCst)
    })
    .await;
    drop(silent);
    // One that says what no call takes.
    let mut loud = reopen(&site, &headers).await;
    futures::SinkExt::send(&mut loud, Message::text(r#"{"message": {}}"#))
        .await
        .unwrap();
    until("who says too much is gone", || gone.load(Ordering::SeqCst)).await;
    let mut last = next(&mut loud).await;
    while last.as_ref().is_ok_and(|frame| frame["error"].is_null()) {
        last = next(&mut loud).await;
    }
    assert_eq!(last.unwrap()["error"]["code"], "JSON_INVALID");
    assert_eq!(next(&mut loud).await, Err(1008));
}

/// Opens one as soon as the place of the one before is free.
async fn reopen(site: &Site, headers: &[(&'static str, &str)]) -> WebSocketStream<TcpStream> {
    for _ in 0..100 {
        if let Ok(socket) = open(site, PATH, headers).await {
            return socket;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the place is not given back");
}

#[tokio::test]
async fn who_reads_nothing_is_cut_off_and_holds_little() {
    let options = EdgeOptions {
        connections: ConnectionOptions {
            write_seconds: 1,
            ..ConnectionOptions::default()
        },
        ..EdgeOptions::default()
    };
    let (gone, made) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let (dropped, counted) = (gone.clone(), made.clone());
    let site = site(options, move |_| {
        let (held, counted) = (Gone(dropped.clone()), counted.clone());
        Ok(Reply::flowing(stream::repeat_with(move || {
            let _ = &held;
            counted.fetch_add(1, Ordering::SeqCst);
            let long = WatchContentResponse {
                id: "x".repeat(10_000),
                ..Default::default()
            };
            Ok(long.encode_to_vec())
        })))
    })
    .await;
    let token = site.token(&[Role::Admin]);
    let _socket = open(&site, PATH, &[("authorization", &*token)])
        .await
        .unwrap();
    until("who reads nothing is cut off", || {
        gone.load(Ordering::SeqCst)
    })
    .await;
    // What lies in the buffers of sockets, and no more.
    assert!(made.load(Ordering::SeqCst) < 2_000);
}

/// RFC 8441.
#[tokio::test]
async fn it_runs_over_http2_too() {
    let site = site(EdgeOptions::default(), |_| Ok(three(stream::empty()))).await;
    let stream = TcpStream::connect(site.address).await.unwrap();
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(async move { drop(connection.await) });
    let mut client = client.ready().await.unwrap();
    while !client.is_extended_connect_protocol_enabled() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let request = http::Request::builder()
        .method("CONNECT")
        .uri(format!("http://localhost{PATH}"))
        .extension(h2::ext::Protocol::from_static("websocket"))
        .header("sec-websocket-version", "13")
        .header("authorization", site.token(&[Role::Admin]))
        .body(())
        .unwrap();
    let (response, mut send) = client.send_request(request, false).unwrap();
    let response = response.await.unwrap();
    assert_eq!(response.status(), 200);
    let mut body = response.into_body();
    let mut got = Vec::new();
    while let Some(data) = body.data().await {
        let data: Bytes = data.unwrap();
        body.flow_control().release_capacity(data.len()).unwrap();
        got.extend_from_slice(&data);
        let text = String::from_utf8_lossy(&got).into_owned();
        if text.contains(r#"{"end":true}"#) {
            assert!(text.contains(r#"{"message":{"position":"3","#), "{text}");
            // A masked close frame.
            send.send_data(Bytes::from_static(&[0x88, 0x80, 0, 0, 0, 0]), true)
                .unwrap();
            return;
        }
    }
    panic!("it ended early: {}", String::from_utf8_lossy(&got));
}
