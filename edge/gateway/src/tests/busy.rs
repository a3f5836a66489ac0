//! Services that have places for few calls.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::future::join_all;
use http::{HeaderMap, HeaderValue, Response};
use tokio::{
    net::TcpListener,
    time::{Instant, timeout},
};
use tonic::{Code, Request, transport::Endpoint};
use tonic_types::StatusExt as _;

use super::{
    passed::{client, in_front_of_few},
    support::{Answer, OTHER, Site},
};
use crate::{
    again::{self, Sent},
    refused,
};

const ECHO: &str = "/library.v1.Library/Echo";

/// How a caller makes unary calls.
#[derive(Clone, Copy, Debug)]
enum Way {
    Rest,
    Grpc,
    Web,
}

/// Makes a call that takes so many milliseconds; says whether it was refused because its caller has too many, or worked.
async fn is_refused(site: &Site, way: Way, sleep: &str) -> bool {
    let reason = "TOO_MANY_STREAMS_AT_SERVICE";
    match way {
        Way::Rest => {
            let slow = [("grpc-metadata-sleep", sleep)];
            let answer = site.send("GET /v1/echo?small=1", &slow, "").await;
            if answer.status == 200 {
                return false;
            }
            assert_eq!(answer.status, 429, "{answer:?}");
            assert_eq!(answer.json()["details"][0]["reason"], reason);
        }
        Way::Grpc => {
            let mut request = Request::new(Bytes::from_static(&[0x48, 5]));
            let slow = sleep.parse().unwrap();
            request.metadata_mut().insert("sleep", slow);
            let path = http::uri::PathAndQuery::from_static(ECHO);
            let mut grpc = client(site).await;
            let called = grpc.unary(request, path, crate::raw::Raw).await;
            let Err(refused) = called else {
                return false;
            };
            assert_eq!(refused.code(), Code::ResourceExhausted, "{refused}");
            let why = refused.get_details_error_info().unwrap();
            assert_eq!((&*why.reason, &*why.metadata["limit"]), (reason, "2"));
        }
        Way::Web => {
            let kind = ("content-type", "application/grpc-web+proto");
            let call = [("sleep", sleep), kind];
            let line = format!("POST {ECHO}");
            let answer = site.send(&line, &call, "\0\0\0\0\0").await;
            if said(&answer, "0") {
                return false;
            }
            assert!(said(&answer, "8"), "{answer:?}");
        }
    }
    true
}

/// Says whether an answer of grpc-web has a status.
fn said(answer: &Answer, code: &str) -> bool {
    let status = answer.headers.get("grpc-status");
    let text = String::from_utf8_lossy(&answer.body);
    status.is_some_and(|status| status == code) || text.contains(&format!("grpc-status:{code}"))
}

#[tokio::test]
async fn slow_calls_of_one_caller_leave_places_of_a_service_to_others() {
    for way in [Way::Rest, Way::Grpc, Way::Web] {
        let (site, _stop) = in_front_of_few(3, |options| options.streams_per_upstream = 2).await;
        let slow = join_all((0..6).map(|_| is_refused(&site, way, "3000")));
        let other = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let quick = site.get_from(OTHER, "/v1/echo?small=1");
            timeout(Duration::from_millis(1_500), quick).await
        };
        let (refused, quick) = tokio::join!(slow, other);
        assert_eq!(quick.expect("it has a place").status, 200, "{way:?}");
        let refused = refused.into_iter().filter(|refused| *refused).count();
        assert_eq!(refused, 4, "{way:?}");
    }
}

#[tokio::test]
async fn a_burst_of_short_calls_is_refused_nothing() {
    let (site, _stop) = in_front_of_few(3, |options| options.streams_per_upstream = 2).await;
    for way in [Way::Rest, Way::Grpc, Way::Web] {
        let calls = join_all((0..12).map(|_| is_refused(&site, way, "10"))).await;
        assert!(!calls.contains(&true), "{way:?}");
    }
}

/// A service that refuses its first calls unseen, and counts all.
async fn refusing(first: usize) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let mut connection = h2::server::handshake(socket).await.unwrap();
            while let Some(Ok((_, mut answer))) = connection.accept().await {
                if counted.fetch_add(1, Ordering::SeqCst) < first {
                    answer.send_reset(h2::Reason::REFUSED_STREAM);
                    continue;
                }
                let mut head = Response::new(());
                let kind = HeaderValue::from_static("application/grpc");
                head.headers_mut().insert("content-type", kind);
                let mut body = answer.send_response(head, false).unwrap();
                let message = Bytes::from_static(&[0, 0, 0, 0, 2, 0x48, 5]);
                body.send_data(message, false).unwrap();
                let mut trailers = HeaderMap::new();
                trailers.insert("grpc-status", HeaderValue::from(0));
                body.send_trailers(trailers).unwrap();
            }
        }
    });
    (address, calls)
}

async fn in_front_of(address: &str) -> Site {
    Site::with(|options| options.upstreams = vec![address.parse().unwrap()]).await
}

#[tokio::test]
async fn what_a_service_refuses_unseen_is_called_once_more() {
    for way in [Way::Rest, Way::Grpc, Way::Web] {
        let (address, calls) = refusing(1).await;
        let site = in_front_of(&address).await;
        assert!(!is_refused(&site, way, "0").await, "{way:?}");
        assert_eq!(calls.load(Ordering::SeqCst), 2, "{way:?}");
    }
}

#[tokio::test]
async fn a_service_that_goes_on_refusing_is_busy() {
    let (address, calls) = refusing(usize::MAX).await;
    let site = in_front_of(&address).await;
    let told = site.get("/v1/echo?small=1").await;
    assert_eq!(told.status, 503, "{told:?}");
    assert_eq!(told.headers["retry-after"], "1");
    assert_eq!(told.json()["details"][0]["reason"], "SERVICE_BUSY");
    assert_eq!(calls.swap(0, Ordering::SeqCst), 2);
    let path = http::uri::PathAndQuery::from_static(ECHO);
    let mut grpc = client(&site).await;
    let request = Request::new(Bytes::from_static(&[0x48, 5]));
    let called = grpc.unary(request, path, crate::raw::Raw).await;
    let refused = called.unwrap_err();
    let why = refused.get_details_error_info().unwrap();
    let told = (refused.code(), &*why.reason);
    assert_eq!(told, (Code::Unavailable, "SERVICE_BUSY"));
    assert_eq!(calls.swap(0, Ordering::SeqCst), 2);
    // Streams of a caller cannot be said twice.
    let streamed = site.send("POST /v1/collect", &[], "{}").await;
    let streamed = (streamed.status, streamed.json());
    assert_eq!(streamed.0, 503);
    assert_eq!(streamed.1["details"][0]["reason"], "SERVICE_BUSY");
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn nothing_is_called_again_without_time_for_it() {
    let (address, calls) = refusing(usize::MAX).await;
    let channel = Endpoint::from_shared(address.clone())
        .unwrap()
        .connect_lazy();
    let call = http::Request::post(format!("{address}{ECHO}"))
        .body(())
        .unwrap();
    let message = Sent::Whole(Bytes::from_static(&[0; 5]));
    let until = Some(Instant::now() + Duration::from_millis(1));
    let answer = again::send(channel, call, message, until).await;
    assert!(refused::is_refused(&answer.unwrap_err()));
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}
