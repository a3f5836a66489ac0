//! The server stack against callers that do what no generated client does.

use std::{
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use http::{HeaderValue, Request};
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use sv_kernel::{Ctx, Id};
use sv_proto::options::Role;
use tonic::{Status, body::Body};
use uuid::Uuid;

use super::raw::{Svc, answer, builder, ok_trailers, outcome, request, run, serve, text};
use crate::{Limits, frame::frame, testing::Harness};

fn echo(harness: &Harness) -> crate::Server {
    serve(harness, |request| async move {
        let body = request.into_body().collect().await;
        match body {
            Ok(body) => answer(&body.to_bytes()),
            Err(status) => status.into_http(),
        }
    })
}

#[tokio::test]
async fn the_method_gets_the_bytes_that_were_checked() {
    let harness = Harness::new(&[]);
    let (code, bytes) = run(&echo(&harness), request("One", frame(&text("abc")))).await;
    assert_eq!((code.as_str(), bytes), ("OK", frame(&frame(&text("abc")))));
}

/// Exactly one message, whatever the frames say.
#[tokio::test]
async fn a_unary_request_has_exactly_one_message() {
    let harness = Harness::new(&[]);
    let server = echo(&harness);
    let one = frame(&text("a"));
    for bad in [
        Bytes::new(),
        one.slice(..3),
        one.slice(..6),
        [one.clone(), one.clone()].concat().into(),
    ] {
        assert_eq!(
            run(&server, request("One", bad.clone())).await.0,
            "UNIMPLEMENTED",
            "{bad:?}"
        );
    }
    let claims_4_gib = Bytes::from_static(&[0, 0xFF, 0xFF, 0xFF, 0xFF, 1]);
    assert_eq!(
        run(&server, request("One", claims_4_gib)).await.0,
        "TOO_LARGE"
    );
    let large = frame(&[0; 65]);
    assert_eq!(run(&server, request("One", large)).await.0, "TOO_LARGE");
    let endless =
        stream::repeat_with(|| Ok::<_, Status>(Frame::data(Bytes::from_static(&[0; 16]))));
    let endless = request("One", Bytes::new()).map(|_| Body::new(StreamBody::new(endless)));
    assert_eq!(run(&server, endless).await.0, "TOO_LARGE");
}

#[tokio::test]
async fn a_message_in_small_pieces_is_one_message() {
    let harness = Harness::new(&[]);
    let pieces: Vec<_> = frame(&text("abc"))
        .chunks(1)
        .map(|c| Ok::<_, Status>(Frame::data(Bytes::copy_from_slice(c))))
        .collect();
    let request =
        request("One", Bytes::new()).map(|_| Body::new(StreamBody::new(stream::iter(pieces))));
    assert_eq!(run(&echo(&harness), request).await.0, "OK");
}

#[tokio::test]
async fn compressed_requests_are_unpacked_within_the_limit() {
    let harness = Harness::new(&[]);
    let server = echo(&harness);
    let packed = |message: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(message).unwrap();
        let mut framed = frame(&packer.finish().unwrap()).to_vec();
        framed[0] = 1;
        framed
    };
    let with = |encoding: &'static str, body: Vec<u8>| {
        let mut request = request("One", body);
        request
            .headers_mut()
            .insert("grpc-encoding", HeaderValue::from_static(encoding));
        request
    };
    let (code, bytes) = run(&server, with("gzip", packed(&text("abc")))).await;
    assert_eq!(
        (code.as_str(), bytes),
        ("OK", frame(&frame(&text("abc")))),
        "handed on unpacked"
    );
    assert_eq!(
        run(&server, with("gzip", packed(&text("toolong")))).await.0,
        "VALIDATION_FAILED"
    );
    assert_eq!(
        run(&server, with("gzip", packed(&vec![0; 1 << 20])))
            .await
            .0,
        "TOO_LARGE"
    );
    assert_eq!(
        run(&server, with("gzip", frame(&text("plain")).to_vec()))
            .await
            .0,
        "OK"
    );
    assert_eq!(
        run(&server, with("br", packed(b""))).await.0,
        "UNIMPLEMENTED"
    );
    assert_eq!(
        run(&server, with("identity", packed(b""))).await.0,
        "INTERNAL"
    );
}

#[tokio::test]
async fn what_is_no_grpc_is_refused_before_anything_else() {
    let harness = Harness::new(&[]);
    let server = echo(&harness);
    let body = || Body::new(http_body_util::Full::new(frame(b"")));
    let path = "/streamverse.test.v1.Svc/One";
    let get = Request::get(path)
        .header("content-type", "application/grpc")
        .body(body())
        .unwrap();
    assert_eq!(run(&server, get).await.0, "405");
    for kind in [
        "application/json",
        "application/grpc-web",
        "application/grpcx",
        "application/grpc+json",
        "application/grpc+proto2",
        "",
    ] {
        let other = Request::post(path)
            .header("content-type", kind)
            .body(body())
            .unwrap();
        assert_eq!(run(&server, other).await.0, "415", "{kind:?}");
    }
    for kind in ["application/grpc+proto", "Application/gRPC ; charset=utf-8"] {
        let proto = Request::post(path)
            .header("content-type", kind)
            .body(body())
            .unwrap();
        assert_eq!(run(&server, proto).await.0, "OK", "{kind}");
    }
    for unknown in [
        "/streamverse.test.v1.Svc/None",
        "/streamverse.none.v1.Svc/One",
        "/",
        "/x",
    ] {
        let call = Request::post(unknown)
            .header("content-type", "application/grpc")
            .body(body())
            .unwrap();
        assert_eq!(run(&server, call).await.0, "UNIMPLEMENTED", "{unknown}");
    }
}

#[tokio::test]
async fn a_timeout_that_cannot_be_read_is_refused_and_not_ignored() {
    let harness = Harness::new(&[]);
    let server = echo(&harness);
    for bad in ["5", "x", "-1S", "999999999S", "1.5S", ""] {
        let mut request = request("One", frame(b""));
        request
            .headers_mut()
            .insert("grpc-timeout", bad.parse().unwrap());
        assert_eq!(run(&server, request).await.0, "HEADER_INVALID", "{bad:?}");
    }
}

/// C43: 401 and 403 come before 413 and 400; ownership after the body.
#[tokio::test]
async fn refusals_come_in_the_documented_order() {
    let harness = Harness::new(&[]);
    let server = echo(&harness);
    let garbage = || Bytes::from(vec![0xFF; 5_000_000]);
    assert_eq!(
        run(&server, request("Mine", garbage())).await.0,
        "UNAUTHENTICATED"
    );
    assert_eq!(
        run(&server, request("Inner", garbage())).await.0,
        "ROUTE_NOT_FOUND"
    );

    let user = Id::from_uuid(Uuid::from_u128(7));
    let ctx = harness.viewer(user, [Role::Viewer]);
    let token = format!("Bearer {}", ctx.bearer.unwrap().reveal());
    let call = |body: Bytes| {
        let mut request = request("Mine", body);
        request
            .headers_mut()
            .insert("authorization", token.parse().unwrap());
        request
    };
    assert_eq!(run(&server, call(garbage())).await.0, "TOO_LARGE");
    let owned_by = |n: u128, text: Vec<u8>| {
        let mut wire = vec![0x12, 36];
        wire.extend_from_slice(Uuid::from_u128(n).to_string().as_bytes());
        wire.extend(text);
        frame(&wire)
    };
    assert_eq!(
        run(&server, call(owned_by(8, text("toolong")))).await.0,
        "PERMISSION_DENIED"
    );
    assert_eq!(
        run(&server, call(owned_by(7, text("toolong")))).await.0,
        "VALIDATION_FAILED"
    );
    assert_eq!(run(&server, call(owned_by(7, text("ok")))).await.0, "OK");
}

#[tokio::test]
async fn tokens_that_are_sent_must_be_valid_even_where_none_is_needed() {
    let harness = Harness::new(&[]);
    let server = echo(&harness);
    for bad in ["Bearer x.y.z", "Bearer ", "Basic dXNlcg==", "token", ""] {
        let mut request = request("One", frame(b""));
        request
            .headers_mut()
            .insert("authorization", bad.parse().unwrap());
        assert_eq!(run(&server, request).await.0, "TOKEN_INVALID", "{bad:?}");
    }
    let mut twice = request("One", frame(b""));
    twice
        .headers_mut()
        .append("authorization", HeaderValue::from_static("Bearer a"));
    twice
        .headers_mut()
        .append("authorization", HeaderValue::from_static("Bearer b"));
    assert_eq!(run(&server, twice).await.0, "HEADER_INVALID");
}

/// E3: no header that a stranger can write makes a call one of a service.
#[tokio::test]
async fn a_service_cannot_be_played_over_the_network() {
    let harness = Harness::new(&[]);
    let server = echo(&harness);
    let user = Id::from_uuid(Uuid::from_u128(7));
    let user_token = harness
        .viewer(user, [Role::Admin])
        .bearer
        .unwrap()
        .reveal()
        .to_owned();
    let stranger = crate::ServiceIdentities::ephemeral(&harness.env, ["auth"]).unwrap();
    let forged = stranger
        .token(&"auth".into(), "streamverse.test.v1.Svc")
        .unwrap();
    let elsewhere = harness
        .identities
        .token(&"auth".into(), "streamverse.auth.v1.AuthService")
        .unwrap();
    for (bad, reason) in [
        ("auth", "TOKEN_INVALID"),
        (&user_token, "TOKEN_INVALID"),
        (&elsewhere, "TOKEN_INVALID"),
        // Whose key nobody has published may be a service of ours that is not known yet.
        (&forged, "SERVICE_UNKNOWN"),
    ] {
        let mut request = request("Inner", frame(b""));
        request
            .headers_mut()
            .insert("x-sv-service", bad.parse().unwrap());
        assert_eq!(run(&server, request).await.0, reason, "{bad:.20}");
    }
    let real = harness
        .identities
        .token(&"auth".into(), "streamverse.test.v1.Svc")
        .unwrap();
    let mut request = request("Inner", frame(b""));
    request
        .headers_mut()
        .insert("x-sv-service", real.parse().unwrap());
    assert_eq!(run(&server, request).await.0, "OK");
}

#[tokio::test]
async fn methods_of_the_bytes_plane_are_not_served_as_messages() {
    let harness = Harness::new(&[]);
    assert_eq!(
        run(&echo(&harness), request("Bytes", frame(b""))).await.0,
        "SERVED_OVER_HTTP"
    );
}

#[tokio::test]
async fn the_context_is_in_the_extensions_and_nothing_else_that_came_in() {
    #[derive(Clone)]
    struct Stowaway;
    let harness = Harness::new(&[]);
    let server = serve(&harness, |request| async move {
        assert!(request.extensions().get::<Stowaway>().is_none());
        let ctx = request.extensions().get::<Ctx>().unwrap();
        answer(ctx.request_id.as_bytes())
    });
    let mut request = request("One", frame(b""));
    request.extensions_mut().insert(Stowaway);
    request
        .headers_mut()
        .insert("x-request-id", HeaderValue::from_static("r-1"));
    assert_eq!(run(&server, request).await, ("OK".into(), frame(b"r-1")));
}

fn endless_stream() -> http::Response<Body> {
    let ticks =
        stream::once(async { Ok::<_, Status>(Frame::data(frame(b"x"))) }).chain(stream::pending());
    answer(b"").map(|_| Body::new(StreamBody::new(ticks)))
}

/// tonic's own timeout ends with the headers; ours covers the whole stream.
#[tokio::test]
async fn a_stream_ends_at_its_deadline_with_a_status() {
    let harness = Harness::new(&[]);
    let server = serve(&harness, |_| async { endless_stream() });
    let mut request = request("Down", frame(b""));
    request
        .headers_mut()
        .insert("grpc-timeout", HeaderValue::from_static("40m"));
    assert_eq!(
        run(&server, request).await,
        ("DEADLINE_EXCEEDED".into(), frame(b"x"))
    );
}

#[tokio::test]
async fn a_method_that_hangs_is_dropped_at_the_deadline() {
    let harness = Harness::new(&[]);
    let server = serve(&harness, |_| std::future::pending());
    let mut request = request("One", frame(b""));
    request
        .headers_mut()
        .insert("grpc-timeout", HeaderValue::from_static("20m"));
    assert_eq!(run(&server, request).await.0, "DEADLINE_EXCEEDED");
}

#[tokio::test]
async fn a_body_that_never_comes_ends_at_the_deadline() {
    let harness = Harness::new(&[]);
    let silent = StreamBody::new(stream::pending::<Result<Frame<Bytes>, Status>>());
    let mut request = request("One", Bytes::new()).map(|_| Body::new(silent));
    request
        .headers_mut()
        .insert("grpc-timeout", HeaderValue::from_static("20m"));
    assert_eq!(run(&echo(&harness), request).await.0, "DEADLINE_EXCEEDED");
}

#[tokio::test]
async fn panics_become_answers_in_methods_and_in_streams() {
    let harness = Harness::new(&[]);
    let server = serve(&harness, |request| async move {
        assert!(!request.uri().path().ends_with("One"), "as the test wishes");
        let torn = stream::once(async { Ok::<_, Status>(Frame::data(frame(b"x"))) })
            .chain(stream::once(async { panic!("as the test wishes") }));
        answer(b"").map(|_| Body::new(StreamBody::new(torn)))
    });
    assert_eq!(run(&server, request("One", frame(b""))).await.0, "INTERNAL");
    assert_eq!(
        run(&server, request("Down", frame(b""))).await,
        ("INTERNAL".into(), frame(b"x"))
    );
}

#[tokio::test]
async fn answers_beyond_four_mebibytes_become_an_error() {
    let harness = Harness::new(&[]);
    let server = serve(&harness, |_| async { answer(&vec![0; (4 << 20) + 1]) });
    assert_eq!(
        run(&server, request("One", frame(b""))).await,
        ("TOO_LARGE".into(), Bytes::new())
    );
    let server = serve(&harness, |_| async { answer(&vec![0; 4 << 20]) });
    assert_eq!(run(&server, request("One", frame(b""))).await.0, "OK");
}

#[tokio::test]
async fn every_message_of_a_stream_is_bounded_and_checked() {
    let harness = Harness::new(&[]);
    let server = echo(&harness);
    let (good, long) = (frame(&text("abc")), frame(&text("toolong")));
    let three = [good.clone(), good.clone(), good.clone()].concat();
    let (code, bytes) = run(&server, request("Up", three.clone())).await;
    assert_eq!((code.as_str(), bytes), ("OK", frame(&three)));
    assert_eq!(
        run(&server, request("Up", [good.clone(), long].concat()))
            .await
            .0,
        "VALIDATION_FAILED"
    );
    assert_eq!(
        run(&server, request("Up", [good, frame(&[0; 65])].concat()))
            .await
            .0,
        "TOO_LARGE"
    );
    assert_eq!(run(&server, request("Up", Bytes::new())).await.0, "OK");
}

/// Too much at once is refused, and the room comes back when answers end or are dropped.
#[tokio::test]
async fn a_full_method_refuses_until_there_is_room_again() {
    let harness = Harness::new(&[]);
    let mut builder = builder(
        &harness,
        Limits {
            calls: 1,
            streams: 2,
            ..Limits::default()
        },
    );
    builder.add(
        "test",
        Svc(Arc::new(|_| Box::pin(async { endless_stream() }))),
    );
    let server = builder.build().unwrap();
    let open = || async {
        tower::Service::call(&mut server.clone(), request("Down", frame(b"")))
            .await
            .unwrap()
    };
    let (first, second) = (open().await, open().await);
    assert_eq!(outcome(open().await).await.0, "OVERLOADED");
    drop(first);
    let third = open().await;
    assert!(Status::from_header_map(third.headers()).is_none());
    drop((second, third));
}

#[tokio::test]
async fn a_stream_that_ends_well_keeps_its_own_trailers() {
    let harness = Harness::new(&[]);
    let server = serve(&harness, |_| async {
        let mut trailers = ok_trailers();
        trailers.insert("x-total", HeaderValue::from_static("1"));
        let frames = [Frame::data(frame(b"a")), Frame::trailers(trailers)].map(Ok::<_, Status>);
        answer(b"").map(|_| Body::new(StreamBody::new(stream::iter(frames))))
    });
    let response = tower::Service::call(&mut server.clone(), request("Down", frame(b"")))
        .await
        .unwrap();
    let whole = response.into_body().collect().await.unwrap();
    assert_eq!(whole.trailers().unwrap()["x-total"], "1");
}

#[tokio::test]
async fn what_is_registered_wrongly_does_not_start() {
    let harness = Harness::new(&[]);
    let svc = || Svc(Arc::new(|_| Box::pin(async { answer(b"") })));
    let mut twice = builder(&harness, Limits::default());
    twice.add("test", svc());
    twice.add("test", svc());
    assert!(twice.build().unwrap_err()[0].contains("added twice"));

    let mut opened = builder(&harness, Limits::default());
    opened.add_open(svc());
    assert!(opened.build().unwrap_err()[0].contains("cannot be open"));

    let mut unknown = harness.builder();
    unknown.add("test", svc());
    assert!(unknown.build().unwrap_err()[0].contains("no RPC of it has a policy"));
}

/// The overhead of the stack is counted in work, not in time: one run of the method per call and
/// no copy of the message.
#[tokio::test]
async fn the_message_is_not_copied_on_its_way() {
    let harness = Harness::new(&[]);
    let place = Arc::new(AtomicUsize::new(0));
    let seen = place.clone();
    let server = serve(&harness, move |request| {
        let seen = seen.clone();
        async move {
            let bytes = request.into_body().collect().await.unwrap().to_bytes();
            seen.store(bytes.as_ptr().addr(), Ordering::SeqCst);
            answer(b"")
        }
    });
    let body = frame(&text("abc"));
    let sent_from = body.as_ptr().addr();
    run(&server, request("One", body)).await;
    assert_eq!(place.load(Ordering::SeqCst), sent_from);
}
