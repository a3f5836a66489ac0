//! gRPC and grpc-web, passed through.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use sv_listen::ConnectionOptions;
use tokio::{net::TcpListener, time::timeout};
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::{
    Code, Request,
    client::Grpc,
    transport::{Channel, Endpoint},
};
use tonic_types::StatusExt as _;

use super::{
    echo,
    support::{OTHER, Site},
};
use crate::{Options, raw::Raw};

pub(super) async fn client(site: &Site) -> Grpc<Channel> {
    // Less than the answers that nobody takes: else the connection would have taken them.
    let endpoint = Endpoint::from_shared(format!("http://{}", site.address))
        .unwrap()
        .initial_stream_window_size(65_535)
        .initial_connection_window_size(65_535);
    let mut grpc = Grpc::new(endpoint.connect().await.unwrap());
    grpc.ready().await.unwrap();
    grpc
}

async fn call(site: &Site, path: &'static str, code: &str) -> Result<Bytes, tonic::Status> {
    let mut grpc = client(site).await;
    // small = 5
    let mut request = Request::new(Bytes::from_static(&[0x48, 5]));
    request.metadata_mut().insert("code", code.parse().unwrap());
    let path = http::uri::PathAndQuery::from_static(path);
    grpc.unary(request, path, Raw)
        .await
        .map(tonic::Response::into_inner)
}

#[tokio::test]
async fn grpc_calls_reach_the_services_of_the_set_and_no_others() {
    let site = Site::start().await;
    let answer = call(&site, "/library.v1.Library/Echo", "0").await.unwrap();
    assert_eq!(answer[..], [0x48, 5]);
    let unbound = call(&site, "/library.v1.Library/Unbound", "0").await;
    assert!(unbound.is_ok(), "needs no route");
    let failed = call(&site, "/library.v1.Library/Fail", "5")
        .await
        .unwrap_err();
    assert_eq!(
        (failed.code(), failed.message()),
        (Code::NotFound, "it does not work")
    );
    assert!(!failed.details().is_empty());
    for other in [
        "/library.v1.Library/Nothing",
        "/grpc.health.v1.Health/Check",
    ] {
        let refused = call(&site, other, "0").await.unwrap_err();
        assert_eq!(refused.code(), Code::Unimplemented, "{other}");
    }
}

#[tokio::test]
async fn browsers_call_by_grpc_web() {
    let site = Site::start().await;
    let framed = BASE64_STANDARD.encode([0, 0, 0, 0, 2, 0x48, 5]);
    let kind = (
        "content-type",
        "application/grpc-web-text+proto; charset=utf-8",
    );
    let answer = site
        .send("POST /library.v1.Library/Echo", &[kind], &framed)
        .await;
    assert_eq!(answer.status, 200);
    let body = BASE64_STANDARD.decode(&answer.text()[..12]).unwrap();
    assert_eq!(body[..7], [0, 0, 0, 0, 2, 0x48, 5]);
    let other = site
        .send(
            "POST /library.v1.Library/Echo",
            &[("content-type", "application/grpc-web+json")],
            "",
        )
        .await;
    assert_eq!((other.status, other.text()), (415, ""));
    for (kind, status) in [("image/jpeg", 415), ("application/json", 404)] {
        let call = [("content-type", kind)];
        let answer = site
            .send("POST /library.v1.Library/Fail", &call, "{}")
            .await;
        assert_eq!(answer.status, status, "{kind}");
    }
    let old = site
        .send(
            "POST /library.v1.Library/Echo",
            &[("content-type", "application/grpc")],
            "",
        )
        .await;
    assert_eq!(old.status, 505, "gRPC needs HTTP/2");
}

#[tokio::test]
async fn what_is_passed_through_tells_of_the_caller_only_what_the_gateway_knows() {
    let site = Site::start().await;
    let headers = [
        ("content-type", "application/grpc-web+proto"),
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-proto", "https"),
        ("grpcgateway-cookie", "forged=1"),
        ("tenant", "t1"),
    ];
    let frame = "\0\0\0\0\0";
    let answer = site
        .send("POST /library.v1.Library/Echo", &headers, frame)
        .await;
    assert_eq!(answer.status, 200);
    let seen = |name: &str| answer.headers.get(format!("seen-{name}")).cloned();
    assert_eq!(seen("x-forwarded-for").unwrap(), "192.0.2.1, 127.0.0.1");
    assert_eq!(
        seen("x-forwarded-host").unwrap(),
        site.address.to_string().as_str()
    );
    assert_eq!(seen("tenant").unwrap(), "t1");
    assert!(seen("grpcgateway-cookie").is_none() && seen("x-forwarded-proto").is_none());
}

/// A gateway in front of a service that takes so many calls at once.
pub(super) async fn in_front_of_few(
    streams: u32,
    change: impl FnOnce(&mut Options),
) -> (Site, DropGuard) {
    let stop = CancellationToken::new();
    let service = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream = format!("http://{}", service.local_addr().unwrap());
    let few = ConnectionOptions {
        http2_streams: streams,
        ..ConnectionOptions::of_mesh()
    };
    tokio::spawn(echo::run_with(service, stop.clone(), few));
    let site = Site::with(|options| {
        options.upstreams = vec![upstream.parse().unwrap()];
        change(options);
    });
    (site.await, stop.drop_guard())
}

#[tokio::test]
async fn a_caller_leaves_places_of_a_service_to_others() {
    let (site, _stop) = in_front_of_few(3, |options| options.streams_per_upstream = 2).await;
    let mut grpc = client(&site).await;
    let path = http::uri::PathAndQuery::from_static("/library.v1.Library/Watch");
    let mut watch = async || {
        let mut request = Request::new(Bytes::from_static(&[0x48, 5]));
        request.metadata_mut().insert("hang", "1".parse().unwrap());
        grpc.ready().await.unwrap();
        grpc.server_streaming(request, path.clone(), Raw).await
    };
    let _held = [watch().await.unwrap(), watch().await.unwrap()];
    let refused = watch().await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    let why = refused.get_details_error_info().unwrap();
    assert_eq!(
        (&*why.reason, &*why.domain, &*why.metadata["limit"]),
        ("TOO_MANY_STREAMS_AT_SERVICE", "gateway.streamverse", "2")
    );
    let told = site.get("/v1/watch").await;
    assert_eq!(told.status, 429);
    let detail = &told.json()["details"][0];
    assert_eq!(detail["reason"], "TOO_MANY_STREAMS_AT_SERVICE", "{told:?}");
    assert_eq!(site.get("/v1/echo?small=1").await.status, 429);
    let other = site.get_from(OTHER, "/v1/echo?small=1");
    let quick = timeout(Duration::from_secs(3), other).await;
    assert_eq!(quick.unwrap().status, 200);
}

#[tokio::test]
async fn answers_that_nobody_takes_hold_no_place_of_a_service() {
    let (site, _stop) = in_front_of_few(2, |_| {}).await;
    let path = http::uri::PathAndQuery::from_static("/library.v1.Library/Echo");
    let mut held = Vec::new();
    for _ in 0..4 {
        // One connection each: what one takes nothing of is more than its window.
        let mut grpc = client(&site).await;
        let request = Request::new(Bytes::from(vec![0; 400_000]));
        let called = grpc.server_streaming(request, path.clone(), Raw);
        let called = timeout(Duration::from_secs(5), called).await;
        held.push(called.expect("it has a place").unwrap());
    }
    let quick = timeout(Duration::from_secs(3), site.get("/v1/echo?small=1")).await;
    assert_eq!(quick.unwrap().status, 200);
    for answer in held {
        let message = answer.into_inner().message().await.unwrap().unwrap();
        assert_eq!(
            message.len(),
            400_000,
            "and they are there when they are taken"
        );
    }
}

#[tokio::test]
async fn calls_that_never_end_take_nobody_elses_place_and_end_in_time() {
    let time = Some(Duration::from_secs(2));
    let (site, _stop) = in_front_of_few(2, |options| options.timeout = time).await;
    let path = http::uri::PathAndQuery::from_static("/library.v1.Library/Echo");
    let grpc = client(&site).await;
    let calls: Vec<_> = (0..5)
        .map(|_| {
            let (mut grpc, path) = (grpc.clone(), path.clone());
            tokio::spawn(async move {
                let begun = stream::iter([Bytes::from_static(&[0x48, 5])]);
                let never = begun.chain(stream::pending());
                grpc.ready().await.unwrap();
                let called = grpc.streaming(Request::new(never), path, Raw).await;
                called.map(drop).unwrap_err().code()
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let quick = timeout(Duration::from_secs(1), site.get("/v1/echo?small=1")).await;
    assert_eq!(quick.unwrap().status, 200);
    for call in calls {
        assert_eq!(call.await.unwrap(), Code::DeadlineExceeded);
    }
}

#[tokio::test]
async fn calls_and_their_answers_end_in_time() {
    let site = Site::with(|options| options.timeout = Some(Duration::from_millis(300))).await;
    let path = http::uri::PathAndQuery::from_static("/library.v1.Library/Echo");
    for (name, value) in [("sleep", "5000"), ("hang", "1")] {
        for waits in [None, Some("1H")] {
            let mut request = Request::new(Bytes::from_static(&[0x48, 5]));
            request.metadata_mut().insert(name, value.parse().unwrap());
            if let Some(waits) = waits {
                let waits = waits.parse().unwrap();
                request.metadata_mut().insert("grpc-timeout", waits);
            }
            let mut grpc = client(&site).await;
            let called = grpc.unary(request, path.clone(), Raw);
            let called = timeout(Duration::from_secs(3), called).await.unwrap();
            let code = called.unwrap_err().code();
            assert_eq!(code, Code::DeadlineExceeded, "{name} {waits:?}");
        }
        let kind = ("content-type", "application/grpc-web+proto");
        let call = [(name, value), kind];
        let frame = "\0\0\0\0\0";
        let answer = site.send("POST /library.v1.Library/Echo", &call, frame);
        let answer = timeout(Duration::from_secs(3), answer).await.unwrap();
        let told = answer
            .headers
            .get("grpc-status")
            .is_some_and(|code| code == "4")
            || String::from_utf8_lossy(&answer.body).contains("grpc-status:4");
        assert!(told, "{name}: {answer:?}");
    }
}
