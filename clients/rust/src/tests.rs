//! What this crate promises, without a program: repeating, against a transport that fails as it is told.

mod login;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use bytes::{BufMut as _, Bytes, BytesMut};
use futures::StreamExt as _;
use http::{HeaderMap, Request, Response};
use http_body::Frame;
use http_body_util::StreamBody;
use prost::Message as _;
use prost_types::Any;
use sv_kernel::Reasoned;
use sv_proto::{
    auth::LoginResponse,
    common::CommonReason,
    content::{ListTitlesRequest, WatchContentRequest, WatchContentResponse},
    google::rpc::{ErrorInfo, RetryInfo, Status as Details},
    rights::SubscribeRequest,
};
use tonic::{Code, Status, body::Body, metadata::MetadataMap};
use tower::{service_fn, util::BoxCloneSyncService};

use crate::{Client, Error, RetryPolicy, policies};

/// What was asked for, and what comes first.
#[derive(Default)]
struct Seen {
    failures: VecDeque<Status>,
    keys: Vec<Option<String>>,
}

fn failing(failures: impl IntoIterator<Item = Status>) -> (Client, Arc<Mutex<Seen>>) {
    let seen = Arc::new(Mutex::new(Seen {
        failures: failures.into_iter().collect(),
        keys: Vec::new(),
    }));
    let shared = Arc::clone(&seen);
    let transport = service_fn(move |request: Request<Body>| {
        let mut seen = shared.lock().unwrap();
        let key = request.headers().get("idempotency-key");
        seen.keys
            .push(key.map(|key| key.to_str().unwrap().to_owned()));
        let answer = match seen.failures.pop_front() {
            Some(failure) => Ok(failure.into_http()),
            None => Ok(answer(request.uri().path())),
        };
        async move { answer }
    });
    let policy = RetryPolicy {
        first_pause: Duration::from_millis(5),
        longest_pause: Duration::from_secs(1),
        ..RetryPolicy::default()
    };
    let client = Client::builder("http://localhost:3000").retry(policy);
    (client.over(BoxCloneSyncService::new(transport)), seen)
}

/// Two messages that end in a failure for streams, else one that ends well.
fn answer(path: &str) -> Response<Body> {
    let position = |at: &str| WatchContentResponse {
        position: at.to_owned(),
        ..WatchContentResponse::default()
    };
    let (messages, code) = if policies::STREAMS.contains(&path) {
        let both = [position("1"), position("2")];
        (both.map(|m| m.encode_to_vec()).to_vec(), "14")
    } else if path.ends_with("/Login") {
        let made = LoginResponse {
            access_token: "a".to_owned(),
            refresh_token: "b".to_owned(),
            expires_in: 3600,
            ..LoginResponse::default()
        };
        (vec![made.encode_to_vec()], "0")
    } else {
        (vec![Vec::new()], "0")
    };
    framed(messages, code)
}

fn framed(messages: Vec<Vec<u8>>, code: &str) -> Response<Body> {
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", code.parse().unwrap());
    let frames = messages
        .into_iter()
        .map(|message| {
            let mut framed = BytesMut::new();
            framed.put_u8(0);
            framed.put_u32(u32::try_from(message.len()).unwrap());
            framed.extend_from_slice(&message);
            Frame::data(framed.freeze())
        })
        .chain([Frame::<Bytes>::trailers(trailers)]);
    let body = StreamBody::new(futures::stream::iter(frames.map(Ok::<_, Status>)));
    let mut answer = Response::new(Body::new(body));
    let kind = "application/grpc".parse().unwrap();
    answer.headers_mut().insert("content-type", kind);
    answer
}

fn broken() -> Status {
    Status::unavailable("no")
}

fn told(code: Code, wait: Option<Duration>) -> Status {
    refusal(code, &CommonReason::Unavailable, wait)
}

fn refusal(code: Code, reason: &impl Reasoned, wait: Option<Duration>) -> Status {
    let packed = |name: &str, value: Vec<u8>| Any {
        type_url: format!("type.googleapis.com/google.rpc.{name}"),
        value,
    };
    let info = ErrorInfo {
        reason: reason.info().name.to_owned(),
        domain: reason.info().domain.to_owned(),
        ..ErrorInfo::default()
    };
    let mut details = vec![packed("ErrorInfo", info.encode_to_vec())];
    details.extend(wait.map(|wait| {
        let retry = RetryInfo {
            retry_delay: Some(wait.try_into().unwrap()),
        };
        packed("RetryInfo", retry.encode_to_vec())
    }));
    let details = Details {
        code: code.into(),
        message: "no".to_owned(),
        details,
    };
    Status::with_details(code, "no", details.encode_to_vec().into())
}

fn unavailable() -> Status {
    told(Code::Unavailable, None)
}

async fn titles(client: &Client) -> Result<(), Error> {
    client
        .browse()
        .list_titles(ListTitlesRequest::default())
        .await?;
    Ok(())
}

#[tokio::test]
async fn what_reads_is_repeated() {
    let (client, seen) = failing([broken(), unavailable()]);
    titles(&client).await.unwrap();
    assert_eq!(seen.lock().unwrap().keys, [None, None, None]);
}

#[tokio::test]
async fn it_ends_after_so_many_attempts() {
    let (client, seen) = failing(std::iter::repeat_n(unavailable(), 9));
    let error = titles(&client).await.unwrap_err();
    assert!(error.is(CommonReason::Unavailable), "{error}");
    assert_eq!(seen.lock().unwrap().keys.len(), 4);
}

#[tokio::test]
async fn the_pause_is_the_one_that_the_server_asks_for() {
    let (client, _) = failing([told(Code::Unavailable, Some(Duration::from_millis(300)))]);
    let began = Instant::now();
    titles(&client).await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn what_the_server_has_no_room_for_is_repeated_when_it_says() {
    let wait = Some(Duration::from_millis(300));
    let full = refusal(Code::ResourceExhausted, &CommonReason::Overloaded, wait);
    let (client, seen) = failing([full]);
    let began = Instant::now();
    let signed_in = client.sign_in("ana@example.org", "a password").await;
    signed_in.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(300));
    assert_eq!(seen.lock().unwrap().keys.len(), 2);
}

#[tokio::test]
async fn what_shall_not_be_repeated_is_not() {
    let mut pushed = MetadataMap::new();
    pushed.insert("grpc-retry-pushback-ms", "-1".parse().unwrap());
    let details = Bytes::copy_from_slice(unavailable().details());
    let pushed = Status::with_details_and_metadata(Code::Unavailable, "no", details, pushed);
    let long = told(Code::Unavailable, Some(Duration::from_secs(30)));
    let soon = Some(Duration::from_millis(10));
    let rated = refusal(Code::ResourceExhausted, &CommonReason::RateLimited, soon);
    for failure in [long, pushed, rated, told(Code::Internal, None)] {
        let (client, seen) = failing([failure]);
        titles(&client).await.unwrap_err();
        assert_eq!(seen.lock().unwrap().keys.len(), 1);
    }
}

#[tokio::test]
async fn what_writes_once_goes_by_its_key() {
    let (client, seen) = failing([broken()]);
    let ask = SubscribeRequest::default();
    client.rights().subscribe(ask.clone()).await.unwrap();
    let mut mine = tonic::Request::new(ask);
    let key = "mine".parse().unwrap();
    mine.metadata_mut().insert("idempotency-key", key);
    client.rights().subscribe(mine).await.unwrap();
    let keys = &seen.lock().unwrap().keys;
    assert!(keys[0].is_some() && keys[0] == keys[1], "{keys:?}");
    assert_eq!(keys[2].as_deref(), Some("mine"));
}

#[tokio::test]
async fn what_has_no_key_is_repeated_only_where_nothing_was_done() {
    let (client, seen) = failing([unavailable()]);
    client
        .sign_in("ana@example.org", "a password")
        .await
        .unwrap();
    assert_eq!(seen.lock().unwrap().keys, [None, None]);
    let (client, _) = failing([broken()]);
    let error = client.sign_in("ana@example.org", "a password").await;
    assert_eq!(error.unwrap_err().reason(), "");
}

#[tokio::test]
async fn a_stream_begins_anew_until_it_has_begun() {
    let (client, seen) = failing([broken(), unavailable()]);
    let answer = client
        .content_admin()
        .watch_content(WatchContentRequest::default())
        .await
        .unwrap();
    let changes: Vec<_> = answer.into_inner().collect().await;
    let positions: Vec<_> = changes[..2]
        .iter()
        .map(|change| change.as_ref().unwrap().position.as_str())
        .collect();
    assert_eq!(positions, ["1", "2"]);
    assert_eq!(changes[2].as_ref().unwrap_err().code(), Code::Unavailable);
    assert_eq!(seen.lock().unwrap().keys.len(), 3);
}

#[test]
fn methods_are_listed_in_order() {
    for list in [policies::REPEATABLE, policies::KEYED, policies::STREAMS] {
        assert!(list.is_sorted());
    }
}

#[test]
fn addresses_are_completed() {
    let client = Client::builder("http://localhost:3000/").over(BoxCloneSyncService::new(
        service_fn(|_| async { Err(broken()) }),
    ));
    assert_eq!(client.url("/posters/1"), "http://localhost:3000/posters/1");
    assert_eq!(client.url("https://a.example/1"), "https://a.example/1");
    assert_eq!(client.url(""), "");
    for wrong in ["localhost", "ftp://localhost", "", "http://"] {
        assert!(Client::builder(wrong).build().is_err(), "{wrong}");
    }
}
