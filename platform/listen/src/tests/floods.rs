//! Frames that ask for nothing, and fields that HTTP/1 would not take.

use std::time::Duration;

use http::Response;
use http_body_util::{BodyExt as _, Full};
use tonic::body::Body;

use super::raw::{
    CALM, CONTINUATION, DATA, GOAWAY, HEADERS, PING, RST_STREAM, SETTINGS, Site, frame, plain,
    request,
};
use crate::ConnectionOptions;

const PRIORITY: u8 = 2;
const WINDOW_UPDATE: u8 = 8;

async fn site() -> Site {
    Site::start(ConnectionOptions::default(), plain).await
}

#[tokio::test]
async fn floods_of_frames_that_ask_for_nothing_are_told_to_calm_down() {
    let site = site().await;
    for (name, one) in [
        ("PING", frame(PING, 0, 0, &[0; 8])),
        ("PING that answers", frame(PING, 1, 0, &[0; 8])),
        ("SETTINGS", frame(SETTINGS, 0, 0, &[])),
        ("PRIORITY", frame(PRIORITY, 0, 5, &[0, 0, 0, 0, 1])),
        ("WINDOW_UPDATE", frame(WINDOW_UPDATE, 0, 0, &[0, 0, 0, 1])),
        ("unknown", frame(0xcc, 0, 0, b"grease")),
    ] {
        let client = site.http2(65_535).await;
        // Everything at once, and the end is told all the same.
        let flood = one.repeat(1200);
        let (mut read, mut write) = client.stream.into_split();
        #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
        let writing = tokio::spawn(async move {
            use tokio::io::AsyncWriteExt as _;
            let _ = write.write_all(&flood).await;
            write
        });
        let mut all = Vec::new();
        let _ = tokio::io::AsyncReadExt::read_to_end(&mut read, &mut all).await;
        drop(writing.await);
        assert_eq!(goaway(&all), Some(CALM), "{name}");
    }
}

/// Finds the error code of the last `GOAWAY` among frames.
fn goaway(mut bytes: &[u8]) -> Option<u8> {
    let mut code = None;
    while let Some((head, rest)) = bytes.split_at_checked(9) {
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let Some((payload, rest)) = rest.split_at_checked(length) else {
            break;
        };
        if head[3] == GOAWAY {
            code = Some(payload[7]);
        }
        bytes = rest;
    }
    code
}

#[tokio::test]
async fn an_endless_header_block_and_empty_data_are_told_to_calm_down() {
    let site = site().await;
    let mut client = site.http2(65_535).await;
    client.write(&frame(HEADERS, 0, 1, &[0x82])).await;
    client
        .write(&frame(CONTINUATION, 0, 1, &[]).repeat(100))
        .await;
    assert_eq!(client.until(GOAWAY).await.unwrap().payload[7], CALM);

    let mut client = site.http2(65_535).await;
    let mut begun = request(1, "/", &[]);
    // Without the end of the stream.
    begun[4] = 0x4;
    client.write(&begun).await;
    client.write(&frame(DATA, 0, 1, &[]).repeat(1200)).await;
    assert_eq!(client.until(GOAWAY).await.unwrap().payload[7], CALM);
}

/// As many as fit the window of a stream: gRPC sends each message in a frame of its own.
#[tokio::test]
async fn small_frames_of_a_request_that_is_read_late_all_arrive() {
    const FRAMES: usize = 256 * 1024 / 20;
    let site = Site::start(ConnectionOptions::default(), |_, request| async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let body = request.into_body().collect().await.unwrap().to_bytes();
        Response::new(Body::new(Full::from(body.len().to_string())))
    })
    .await;
    let mut client = site.http2(65_535).await;
    let mut begun = request(1, "/", &[]);
    // Without the end of the stream.
    begun[4] = 0x4;
    client.write(&begun).await;
    client.until(WINDOW_UPDATE).await.expect("a larger window");
    // So does that of the stream hold, once it is acknowledged.
    client.write(&frame(SETTINGS, 1, 0, &[])).await;
    client
        .write(&frame(DATA, 0, 1, &[7; 20]).repeat(FRAMES))
        .await;
    client.write(&frame(DATA, 1, 1, &[7])).await;
    let answer = client.until(DATA).await.expect("an answer");
    assert_eq!(answer.payload, (FRAMES * 20 + 1).to_string().as_bytes());
}

#[tokio::test]
async fn requests_that_are_taken_back_at_once_are_told_to_calm_down() {
    // CVE-2023-44487.
    let site = site().await;
    let mut client = site.http2(65_535).await;
    for stream in (1..4000).step_by(2) {
        let taken_back = [
            request(stream, "/", &[]),
            frame(RST_STREAM, 0, stream, &[0; 4]),
        ]
        .concat();
        if tokio::io::AsyncWriteExt::write_all(&mut client.stream, &taken_back)
            .await
            .is_err()
        {
            break;
        }
    }
    if let Some(goaway) = client.until(GOAWAY).await {
        assert_eq!(goaway.payload[7], CALM);
    }
}

#[tokio::test]
async fn many_requests_on_one_connection_are_no_flood() {
    let site = site().await;
    let mut client = site.http2(65_535).await;
    for stream in (1..3000).step_by(2) {
        client.get(stream, "/").await;
        // As clients do that measure the way, and that give back what they have read.
        client.write(&frame(PING, 0, 0, &[0; 8])).await;
        client
            .write(&frame(WINDOW_UPDATE, 0, 0, &[0, 0, 0, 5]))
            .await;
        loop {
            let frame = client.next().await.expect("still there");
            if frame.stream == stream && frame.flags & 1 != 0 {
                break;
            }
        }
    }
}

#[tokio::test]
async fn fields_that_http1_refuses_are_refused() {
    let site = site().await;
    let mut client = site.http2(65_535).await;
    for (stream, field) in [
        (1, ("host", "b")),
        (3, ("x", " padded")),
        (5, ("content-length", "0x")),
    ] {
        client.write(&request(stream, "/", &[field])).await;
        let answer = client.next().await.unwrap();
        let answer = match answer.kind {
            HEADERS | RST_STREAM => answer,
            _ => loop {
                let next = client.next().await.unwrap();
                if matches!(next.kind, HEADERS | RST_STREAM) {
                    break next;
                }
            },
        };
        // `:status: 400` of the static table, or the stream ends at once.
        assert!(
            answer.kind == RST_STREAM || answer.payload.contains(&0x8c),
            "{field:?}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn what_is_no_http_is_closed_without_a_word() {
    // RFC 9113 3.4.
    let site = site().await;
    assert_eq!(site.raw(b"INVALID CONNECTION PREFACE\r\n\r\n").await, "");
}
