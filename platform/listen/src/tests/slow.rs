//! Clients that hesitate: connections end in time, whatever the parser has seen.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::raw::{CALM, GOAWAY, HEADERS, PING, Site, frame, hasty, plain};

#[tokio::test]
async fn heads_that_do_not_end_have_their_time_whatever_has_been_read() {
    let site = Site::start(hasty(), plain).await;
    let begin = Instant::now();
    let (silent, blank, half) = tokio::join!(
        site.raw(b""),
        site.raw(b"\r\n"),
        site.raw(b"GET / HTTP/1.1\r\nHo"),
    );
    assert_eq!(silent, "");
    assert!(blank.starts_with("HTTP/1.1 400"), "{blank}");
    assert!(half.starts_with("HTTP/1.1 400"), "{half}");
    assert!(begin.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn an_idle_connection_ends_though_it_answers_every_ping() {
    let site = Site::start(hasty(), plain).await;
    let mut client = site.http2(65_535).await;
    let (mut frames, begin) = (0, Instant::now());
    // It answers, and asks on its own; only requests would keep it.
    while let Some(next) = client.next().await {
        frames += 1;
        let ping = frame(
            PING,
            u8::from(next.kind == PING && next.flags == 0),
            0,
            &[0; 8],
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
        if client.stream.write_all(&ping).await.is_err() {
            break;
        }
        assert!(begin.elapsed() < Duration::from_secs(15), "{frames} frames");
    }
}

#[tokio::test]
async fn a_header_block_that_does_not_end_has_its_time() {
    let site = Site::start(hasty(), plain).await;
    let mut client = site.http2(65_535).await;
    client.write(&frame(HEADERS, 0, 1, &[0x82])).await;
    assert_eq!(client.until(GOAWAY).await.unwrap().payload[7], CALM);
}

#[tokio::test]
async fn a_body_that_does_not_come_has_its_time() {
    let site = Site::start(hasty(), |_, request| async move {
        let body = http_body_util::BodyExt::collect(request.into_body()).await;
        let mut response = http::Response::new(tonic::body::Body::empty());
        if body.is_err() {
            *response.status_mut() = http::StatusCode::BAD_REQUEST;
        }
        response
    })
    .await;
    let answer = site
        .raw(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
        .await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
}

/// Writes a head, its body a little later, and the next request; returns what comes back.
async fn refused_unread(body: &[u8]) -> String {
    let refuse = |_, _| async move {
        let mut response = http::Response::new(tonic::body::Body::empty());
        *response.status_mut() = http::StatusCode::FORBIDDEN;
        response
    };
    let site = Site::start(hasty(), refuse).await;
    let mut client = site.connect().await;
    let head = format!(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    client.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(30)).await;
    let sent = client.write_all(body).await;
    if sent.is_ok() {
        let _ = client
            .write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            .await;
    }
    let mut answer = Vec::new();
    let _ = client.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).to_lowercase()
}

#[tokio::test]
async fn a_body_that_nobody_reads_costs_the_connection_only_where_it_is_said() {
    let small = refused_unread(b"{}").await;
    assert_eq!(small.matches("http/1.1 403").count(), 2, "{small}");
    assert_eq!(small.matches("connection: close").count(), 1, "{small}");
    let large = refused_unread(&vec![b'a'; 100_000]).await;
    assert_eq!(large.matches("http/1.1 403").count(), 1, "{large}");
    assert_eq!(large.matches("connection: close").count(), 1, "{large}");
}
