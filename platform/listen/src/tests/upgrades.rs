//! Connections that go on as something else than HTTP.

use std::time::Duration;

use http::{HeaderValue, Request, Response, StatusCode, header};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::timeout,
};
use tonic::body::Body;

use super::raw::{Site, hasty};
use crate::{Peer, Upgrade};

/// Hands back what comes, until the client has said all.
async fn echo(_: Peer, _: Request<Body>) -> Response<Body> {
    let upgrade = Upgrade::new(|mut tunnel| async move {
        let mut piece = [0; 64];
        let mut tunnel = std::pin::Pin::new(&mut tunnel);
        while let Ok(length @ 1..) = tunnel.read(&mut piece).await {
            if tunnel.write_all(&piece[..length]).await.is_err() {
                return;
            }
        }
    });
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::UPGRADE, HeaderValue::from_static("echo"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    response.extensions_mut().insert(upgrade);
    response
}

#[tokio::test]
async fn what_follows_an_upgrade_is_not_judged_and_counts_until_its_end() {
    // The time of a head, and of a connection that is idle, is a second: neither ends what goes on.
    let site = Site::start(hasty(), echo).await;
    let mut stream = site.connect().await;
    let head = b"GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";
    stream.write_all(head).await.unwrap();
    let mut got = Vec::new();
    while !got.ends_with(b"\r\n\r\n") {
        got.push(stream.read_u8().await.unwrap());
    }
    assert!(got.starts_with(b"HTTP/1.1 101 "), "{got:?}");
    for _ in 0..3 {
        // No HTTP would have it.
        let said = b"\x00\n\xff half a head";
        stream.write_all(said).await.unwrap();
        let mut heard = [0; 15];
        let read = timeout(Duration::from_secs(5), stream.read_exact(&mut heard));
        read.await.unwrap().unwrap();
        assert_eq!(&heard, said);
        tokio::time::sleep(Duration::from_millis(1200)).await;
    }
    site.draining.cancel();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!site.done.is_finished(), "a drain waits for it");
    drop(stream);
    timeout(Duration::from_secs(5), site.done)
        .await
        .unwrap()
        .unwrap();
}
