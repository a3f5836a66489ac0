//! The end of a port: clients are told, what is under way is finished.

use std::sync::Arc;

use http::Response;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::Notify,
};
use tonic::body::Body;

use super::raw::{GOAWAY, HEADERS, PING, Site, frame, plain};
use crate::ConnectionOptions;

/// A port whose answers wait for a word.
async fn site(asked: Arc<Notify>, go: Arc<Notify>) -> Site {
    Site::start(ConnectionOptions::default(), move |_, _| {
        let (asked, go) = (asked.clone(), go.clone());
        async move {
            asked.notify_one();
            go.notified().await;
            Response::new(Body::empty())
        }
    })
    .await
}

#[tokio::test]
async fn http1_is_told_that_the_connection_ends_with_the_answer_under_way() {
    let (asked, go) = (Arc::<Notify>::default(), Arc::<Notify>::default());
    let site = site(asked.clone(), go.clone()).await;
    let mut stream = site.connect().await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    asked.notified().await;
    site.draining.cancel();
    go.notify_one();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    site.done.await.unwrap();
    assert!(TcpStream::connect(site.address).await.is_err());
}

#[tokio::test]
async fn http2_is_told_to_go_away_and_finishes_its_streams() {
    let (asked, go) = (Arc::<Notify>::default(), Arc::<Notify>::default());
    let site = site(asked.clone(), go.clone()).await;
    let mut client = site.http2(65_535).await;
    client.get(1, "/").await;
    asked.notified().await;
    site.draining.cancel();
    let told = client.until(GOAWAY).await.unwrap();
    assert_eq!(told.payload[7], 0, "without an error");
    // It asks whether all has arrived that was sent before.
    let asked_back = client.until(PING).await.unwrap();
    client.write(&frame(PING, 1, 0, &asked_back.payload)).await;
    go.notify_one();
    let answer = client.until(HEADERS).await.unwrap();
    assert_eq!(answer.stream, 1);
    while client.next().await.is_some() {}
    site.done.await.unwrap();
}

#[tokio::test]
async fn idle_and_silent_connections_are_closed_at_once() {
    let site = Site::start(ConnectionOptions::default(), plain).await;
    let mut idle = site.connect().await;
    idle.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    let mut first = [0; 12];
    idle.read_exact(&mut first).await.unwrap();
    let mut silent = site.connect().await;
    let deaf = site.http2(65_535).await;
    site.draining.cancel();
    let mut rest = Vec::new();
    idle.read_to_end(&mut rest).await.unwrap();
    silent.read_to_end(&mut rest).await.unwrap();
    // One that never answers the question whether all has arrived does not hold the end up.
    let begin = std::time::Instant::now();
    site.done.await.unwrap();
    assert!(begin.elapsed() < std::time::Duration::from_secs(15));
    drop(deaf);
}

#[tokio::test]
async fn clients_hear_of_the_end_while_the_port_still_takes_calls() {
    let site = Site::start(ConnectionOptions::default(), plain).await;
    let mut kept = site.connect().await;
    let ask = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    kept.write_all(ask).await.unwrap();
    let mut some = [0; 1024];
    let length = kept.read(&mut some).await.unwrap();
    let first = String::from_utf8_lossy(&some[..length]).into_owned();
    assert!(!first.contains("connection: close"), "{first}");
    let mut client = site.http2(65_535).await;
    client.get(1, "/").await;
    client.until(HEADERS).await.unwrap();

    site.announced.cancel();
    assert_eq!(client.until(GOAWAY).await.unwrap().payload[7], 0);
    // A kept connection has one more answer, which says that it is the last.
    kept.write_all(ask).await.unwrap();
    let mut last = String::new();
    kept.read_to_string(&mut last).await.unwrap();
    assert!(last.starts_with("HTTP/1.1 200"), "{last}");
    assert!(last.contains("connection: close"), "{last}");
    // Who comes now is served.
    let mut late = site.http2(65_535).await;
    late.get(1, "/").await;
    assert_eq!(late.until(HEADERS).await.unwrap().stream, 1);
    let answer = site.raw(ask).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    site.draining.cancel();
    assert!(late.until(GOAWAY).await.is_some());
}
