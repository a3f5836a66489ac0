//! Streams of answers: what ends them, and what their callers are told.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use http::{Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use sv_kernel::{Actor, Ctx, Id};
use sv_proto::options::Role;
use tonic::{Status, body::Body};
use tower::{Service as _, ServiceExt as _};

use super::{
    protos::method,
    raw::{PROTO, Svc, answer, builder, outcome, request, run, serve, text},
    site::listen,
};
use crate::{
    Limits, Mesh, MeshSettings, PolicyTable, Server, error,
    frame::frame,
    policy::Resume,
    testing::Harness,
    tests::protos::pool,
    transport::{local, remote},
    until,
};

/// A server whose streams give a message each time after a pause, for ever.
fn ticking(harness: &Harness, pause: Duration, limits: Limits) -> Server {
    let mut builder = builder(harness, limits);
    let tick = move |_| {
        let ticks = stream::repeat(()).then(move |()| async move {
            tokio::time::sleep(pause).await;
            Ok::<_, Status>(Frame::data(frame(b"x")))
        });
        answer(b"").map(|_| Body::new(StreamBody::new(ticks)))
    };
    let handler = move |request| -> futures::future::BoxFuture<'static, Response<Body>> {
        Box::pin(async move { tick(request) })
    };
    builder.add("test", Svc(Arc::new(handler)));
    builder.build().unwrap()
}

fn often() -> Limits {
    Limits {
        token_every: Duration::from_millis(20),
        ..Limits::default()
    }
}

fn viewer(harness: &Harness) -> Ctx {
    harness.viewer(Id::from_uuid(uuid::Uuid::from_u128(7)), [Role::Viewer])
}

fn watch(ctx: &Ctx) -> Request<Body> {
    let mut request = request("Watch", frame(b""));
    let bearer = format!("Bearer {}", ctx.bearer.as_ref().unwrap().reveal());
    request
        .headers_mut()
        .insert("authorization", bearer.parse().unwrap());
    request
}

/// Reads the reason with its values at the end of an answer.
async fn end(response: Response<Body>) -> sv_kernel::Error {
    let whole = response.into_body().collect().await.unwrap();
    error(Status::from_header_map(whole.trailers().unwrap()).unwrap())
}

fn why(error: &sv_kernel::Error) -> &str {
    let mut values = error.metadata().iter();
    let why = values.find(|(key, _)| **key == "why");
    why.map_or("", |(_, value)| value.as_str())
}

#[tokio::test]
async fn a_silent_stream_ends_and_one_that_speaks_goes_on() {
    let harness = Harness::new(&[]);
    let ctx = viewer(&harness);
    let silent = ticking(&harness, Duration::from_mins(1), Limits::default());
    let ended = end(silent.clone().call(watch(&ctx)).await.unwrap()).await;
    assert_eq!((ended.reason(), why(&ended)), ("STREAM_ENDED", "idle"));
    assert!(ended.retry_delay().is_some());

    let speaks = ticking(&harness, Duration::from_millis(10), Limits::default());
    let mut body = speaks.clone().call(watch(&ctx)).await.unwrap().into_body();
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(200) {
        assert!(body.frame().await.unwrap().unwrap().is_data());
    }
    // Who does not read for longer than the method may be silent still has what it said.
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(body.frame().await.unwrap().unwrap().is_data());
}

#[tokio::test]
async fn a_stream_ends_with_its_age_and_with_its_callers_patience() {
    let harness = Harness::new(&[]);
    let server = ticking(&harness, Duration::from_millis(5), Limits::default());
    let ended = end(server
        .clone()
        .call(request("Short", frame(b"")))
        .await
        .unwrap())
    .await;
    assert_eq!((ended.reason(), why(&ended)), ("STREAM_ENDED", "age"));

    let mut impatient = request("Short", frame(b""));
    let headers = impatient.headers_mut();
    headers.insert("grpc-timeout", "20m".parse().unwrap());
    assert_eq!(run(&server, impatient).await.0, "DEADLINE_EXCEEDED");
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_with_its_token() {
    let harness = Harness::new(&[]);
    let server = ticking(&harness, Duration::from_millis(5), often());
    let ctx = viewer(&harness);
    let Actor::Viewer(viewer) = &ctx.actor else {
        panic!("a viewer");
    };
    let mut open = server.clone().call(watch(&ctx)).await.unwrap();
    assert!(open.body_mut().frame().await.unwrap().unwrap().is_data());
    let later = harness.env.clock.now() + Duration::from_hours(1);
    let revocations = harness.authenticator.revocations();
    revocations.push(viewer.session, later);
    assert_eq!(outcome(open).await.0, "TOKEN_REVOKED");

    let ctx = harness.viewer(Id::from_uuid(uuid::Uuid::from_u128(8)), [Role::Viewer]);
    let mut open = server.clone().call(watch(&ctx)).await.unwrap();
    assert!(open.body_mut().frame().await.unwrap().unwrap().is_data());
    harness.clock.advance(Duration::from_hours(24));
    assert_eq!(outcome(open).await.0, "TOKEN_EXPIRED");
}

/// Who goes on sending is asked as who goes on reading is.
#[tokio::test]
async fn a_stream_of_requests_ends_with_its_session_and_says_which_one_breaks_a_rule() {
    let harness = Harness::new(&[]);
    let mut builder = builder(&harness, often());
    let read = |request: Request<Body>| async {
        match request.into_body().collect().await {
            Ok(_) => answer(b""),
            Err(refused) => refused.into_http(),
        }
    };
    let handler = move |request| -> futures::future::BoxFuture<'static, Response<Body>> {
        Box::pin(read(request))
    };
    builder.add("test", Svc(Arc::new(handler)));
    let server = builder.build().unwrap();
    let ctx = viewer(&harness);
    let send = |body: Body| {
        let mut request = request("Send", frame(b""));
        let bearer = format!("Bearer {}", ctx.bearer.as_ref().unwrap().reveal());
        let headers = request.headers_mut();
        headers.insert("authorization", bearer.parse().unwrap());
        let (mut server, request) = (server.clone(), request.map(|_| body));
        async move { server.call(request).await.unwrap() }
    };
    let bodies = [text("whole"), text("too long")].map(|message| Ok::<_, Status>(frame(&message)));
    let frames = stream::iter(bodies).map(|body| body.map(Frame::data));
    let refused = send(Body::new(StreamBody::new(frames))).await;
    let refused = error(Status::from_header_map(refused.headers()).unwrap());
    assert_eq!(refused.reason(), "VALIDATION_FAILED");
    assert_eq!(refused.metadata()["message"], "2");

    let silent = StreamBody::new(stream::pending::<Result<Frame<Bytes>, Status>>());
    let Actor::Viewer(viewer) = &ctx.actor else {
        panic!("a viewer");
    };
    let later = harness.env.clock.now() + Duration::from_hours(1);
    let ends = async {
        tokio::time::sleep(Duration::from_millis(30)).await;
        harness
            .authenticator
            .revocations()
            .push(viewer.session, later);
    };
    let (ended, ()) = tokio::join!(send(Body::new(silent)), ends);
    assert_eq!(outcome(ended).await.0, "TOKEN_REVOKED");
}

#[tokio::test]
async fn streams_end_in_a_drain_and_none_begins() {
    let harness = Harness::new(&[]);
    let server = ticking(&harness, Duration::from_millis(5), Limits::default());
    let ctx = viewer(&harness);
    let open = server.clone().call(watch(&ctx)).await.unwrap();
    server.end_streams();
    for stream in [open, server.clone().call(watch(&ctx)).await.unwrap()] {
        let ended = end(stream).await;
        assert_eq!((ended.reason(), why(&ended)), ("STREAM_ENDED", "draining"));
    }
}

/// A stream that has not begun is a call like any other: what is only read may be asked for again.
#[tokio::test]
async fn a_stream_that_only_reads_is_opened_again_where_nothing_came_of_it() {
    for elsewhere in [false, true] {
        let harness = Harness::new(&["test"]);
        let opened = Arc::new(AtomicUsize::new(0));
        let counted = opened.clone();
        let server = serve(&harness, move |request| {
            let times = counted.fetch_add(1, Ordering::SeqCst) + 1;
            let torn = request.uri().path().ends_with("/Read") && times == 3;
            async move {
                let lost = Status::unavailable("not now");
                match times {
                    1 | 2 => lost.into_http(),
                    _ if torn => {
                        let pieces = stream::iter([Ok(Frame::data(frame(b""))), Err(lost)]);
                        answer(b"").map(|_| Body::new(StreamBody::new(pieces)))
                    }
                    _ => answer(b""),
                }
            }
        });
        let mesh = if elsewhere {
            let url = format!("http://{}", listen(&server).await);
            mesh_of(&harness, BTreeMap::from([("test".to_owned(), url)]), [])
        } else {
            let mesh = mesh_of(&harness, BTreeMap::new(), ["test"]);
            mesh.serve(&server);
            mesh
        };
        let transport = mesh.client_transport("test").unwrap();
        let open = async |method| {
            let answered = transport.clone().oneshot(request(method, frame(b""))).await;
            outcome(answered.unwrap()).await
        };
        // What has begun is not begun anew: whoever reads would not know where it is.
        let (end, messages) = open("Read").await;
        assert_eq!((end.as_str(), messages), ("UNAVAILABLE", frame(b"")));
        assert_eq!(opened.swap(0, Ordering::SeqCst), 3);
        // What may have an effect is not opened twice.
        assert_eq!(open("Down").await.0, "UNAVAILABLE");
        assert_eq!(opened.load(Ordering::SeqCst), 1);
    }
}

/// The mesh of a process whose policies are those of the test.
fn mesh_of<const N: usize>(
    harness: &Harness,
    urls: BTreeMap<String, String>,
    local: [&str; N],
) -> Mesh {
    Mesh::new(MeshSettings {
        local: local.map(str::to_owned).into(),
        urls,
        announcements: None,
        identities: None,
        policies: Arc::new(PolicyTable::compile(&pool(PROTO)).unwrap()),
        env: harness.env.clone(),
        tracker: harness.tracker.clone(),
        tls: None,
    })
}

#[tokio::test]
async fn what_nobody_reads_is_not_made() {
    let harness = Harness::new(&[]);
    let made = Arc::new(AtomicUsize::new(0));
    let counted = made.clone();
    let mut builder = builder(&harness, Limits::default());
    let handler = move |_| -> futures::future::BoxFuture<'static, Response<Body>> {
        let counted = counted.clone();
        let many = stream::repeat_with(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok::<_, Infallible>(Frame::data(frame(&[0; 1000])))
        });
        Box::pin(async move { answer(b"").map(|_| Body::new(StreamBody::new(many))) })
    };
    builder.add("test", Svc(Arc::new(handler)));
    let server = builder.build().unwrap();
    let mut transport = local(server, harness.tracker.clone());
    let mut open = transport.call(request("Down", frame(b""))).await.unwrap();
    for _ in 0..3 {
        open.body_mut().frame().await.unwrap().unwrap();
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(made.load(Ordering::SeqCst), 3);
    // Given up, it is gone at once.
    drop(open);
    assert_eq!(Arc::strong_count(&made), 2);
}

#[tokio::test]
async fn a_body_ends_when_it_is_told_to() {
    let silent = StreamBody::new(stream::pending::<Result<Frame<Bytes>, Status>>());
    let told = async { crate::Why::Draining.error() };
    let body = until(Body::new(silent), Box::pin(told));
    let ended = end(Response::new(body)).await;
    assert_eq!(why(&ended), "draining");
}

#[test]
fn policies_say_how_streams_go_on() {
    let table = PolicyTable::compile(&pool(PROTO)).unwrap();
    let watch = table.get("/streamverse.test.v1.Svc/Watch").unwrap();
    let resume = Resume { token: 1, after: 2 };
    assert_eq!(watch.stream.resume, Some(resume));
    assert_eq!(watch.stream.idle, Duration::from_millis(60));
    assert_eq!(watch.timeout(), Duration::from_secs(5));
    let plain = table.get("/streamverse.test.v1.Svc/Down").unwrap();
    assert_eq!(plain.stream.idle, Duration::from_mins(10));
    assert!(table.matrix().contains("Svc.Watch (stream) |"));

    let unary = method("option (policy) = {anonymous: {} stream: {}};", "");
    let found = PolicyTable::compile(&unary).unwrap_err();
    assert!(found[0].contains("answers with none"), "{found:?}");
    for (stream, wish) in [
        ("idle: {}", "ends before it begins"),
        ("resume_token: 'text'", "only half"),
        (
            "resume_token: 'none' resume_after: 'text'",
            "is not a field",
        ),
    ] {
        let proto = format!(
            "message M {{ string text = 1; }} service Svc {{ rpc Call(M) returns (stream M) {{
             option (policy) = {{anonymous: {{}} stream: {{{stream}}}}}; }} }}"
        );
        let found = PolicyTable::compile(&pool(&proto)).unwrap_err();
        assert!(found.iter().any(|said| said.contains(wish)), "{found:?}");
    }
}

#[tokio::test]
async fn callers_who_do_not_take_their_answers_keep_nobody_else_from_theirs() {
    let harness = Harness::new(&["test"]);
    let server = serve(&harness, async |request| {
        if request.uri().path().ends_with("/One") {
            return answer(b"");
        }
        let pieces = stream::repeat_with(|| Ok::<_, Status>(Frame::data(frame(&[0; 16_000]))));
        answer(b"").map(|_| Body::new(StreamBody::new(pieces)))
    });
    let there = remote(&format!("http://{}", listen(&server).await), None).unwrap();
    let mut held = Vec::new();
    for _ in 0..100 {
        let slow = there.clone().oneshot(request("Down", frame(b"")));
        held.push(slow.await.unwrap());
    }
    // What is sent ahead of those who take nothing has arrived.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let quick = async {
        let answered = there.clone().oneshot(request("One", frame(b""))).await;
        outcome(answered.unwrap()).await.0
    };
    let quick = tokio::time::timeout(Duration::from_secs(3), quick).await;
    assert_eq!(quick.as_deref(), Ok("OK"));
}
