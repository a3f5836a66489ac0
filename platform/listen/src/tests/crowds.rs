//! More clients than there are places: who does nothing gives way to who comes.

use std::sync::Arc;

use http::{Request, Response};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::Notify,
};
use tonic::body::Body;

use super::raw::{Site, plain};
use crate::{ConnectionOptions, Peer};

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

fn two_places() -> ConnectionOptions {
    ConnectionOptions {
        in_all: 2,
        ..ConnectionOptions::default()
    }
}

/// Asks once and keeps the connection.
async fn ask(site: &Site) -> TcpStream {
    let mut stream = site.connect().await;
    stream.write_all(GET).await.unwrap();
    assert_answered(&mut stream).await;
    stream
}

async fn assert_answered(stream: &mut TcpStream) {
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
}

async fn is_closed(mut stream: TcpStream) -> bool {
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.is_ok()
}

#[tokio::test]
async fn connections_that_do_nothing_give_way_to_newcomers_however_they_do_it() {
    let site = Site::start(two_places(), plain).await;
    let silent = site.connect().await;
    let kept = ask(&site).await;
    let newcomer = ask(&site).await;
    assert!(is_closed(silent).await, "it has said nothing for longest");
    let another = ask(&site).await;
    assert!(is_closed(kept).await, "it is idle for longest");
    let mut http2 = site.http2(65_535).await;
    assert!(http2.next().await.is_some(), "it is served");
    assert!(is_closed(newcomer).await);
    let _last = ask(&site).await;
    assert!(is_closed(another).await);
    let _very_last = ask(&site).await;
    while http2.next().await.is_some() {}
}

#[tokio::test]
async fn a_connection_with_a_request_under_way_does_not_give_way() {
    let (asked, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (told, wait) = (asked.clone(), go_on.clone());
    let handler = move |_: Peer, _: Request<Body>| {
        let (told, wait) = (told.clone(), wait.clone());
        async move {
            told.notify_one();
            wait.notified().await;
            Response::new(Body::empty())
        }
    };
    let one_place = ConnectionOptions {
        in_all: 1,
        ..ConnectionOptions::default()
    };
    let site = Site::start(one_place, handler).await;
    let mut busy = site.connect().await;
    busy.write_all(GET).await.unwrap();
    asked.notified().await;
    assert!(is_closed(site.connect().await).await, "there is no place");
    go_on.notify_one();
    assert_answered(&mut busy).await;
}
