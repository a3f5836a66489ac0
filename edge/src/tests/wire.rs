//! Bytes on the socket: framing, pace, drain.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use sv_proto::options::Role;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::support::{Reply, Site, request};
use crate::{ConnectionOptions, EdgeOptions};

async fn site() -> Site {
    with(ConnectionOptions::default()).await
}

async fn with(connections: ConnectionOptions) -> Site {
    let options = EdgeOptions {
        connections,
        ..EdgeOptions::default()
    };
    Site::start(options, |heard| async move {
        if heard.method == "GetMe" {
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        Ok(Reply {
            messages: vec![vec![]],
            ..Reply::default()
        })
    })
    .await
}

#[tokio::test]
async fn ambiguous_framing_is_answered_with_400_and_the_connection_ends() {
    // E1.
    let site = site().await;
    for bad in [
        "GET /health HTTP/1.1\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        "POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET /health HTTP/1.1\nHost: a\n\n",
        "GET http://b/health HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n",
    ] {
        let answer = site.raw(bad.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{bad:?}: {answer}");
        assert!(
            answer.contains("\"HTTP_INVALID\"") && answer.contains("connection: close"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn addresses_and_headers_beyond_their_size_have_their_own_reasons() {
    // E8.
    let site = site().await;
    let long = "y".repeat(70_000);
    for (target, header, start, reason) in [
        (&*long, "a", "HTTP/1.1 414 ", "URI_TOO_LONG"),
        (&long[..9000], "a", "HTTP/1.1 414 ", "URI_TOO_LONG"),
        ("", &*long, "HTTP/1.1 431 ", "HEADERS_TOO_LARGE"),
    ] {
        let head = format!(
            "GET /{target} HTTP/1.1\r\nHost: a\r\nX: {header}\r\nConnection: close\r\n\r\n"
        );
        let answer = site.raw(head.as_bytes()).await;
        assert!(answer.starts_with(start), "{answer}");
        assert!(answer.contains(reason), "{answer}");
    }
    let many = "X: y\r\n".repeat(100);
    let answer = site
        .raw(format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n").as_bytes())
        .await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[tokio::test]
async fn every_refusal_of_a_head_says_why() {
    // What hyper refuses by itself it answers without a word.
    let site = site().await;
    for byte in (1..=0x7f_u8).filter(|byte| !b"\r\n".contains(byte)) {
        let [path, query] = ["/x", "/x?y="].map(|start| {
            let target = [start.as_bytes(), &[byte]].concat();
            let end = b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
            [b"GET ", &*target, end].concat()
        });
        for head in [path, query] {
            let answer = site.raw(&head).await;
            assert!(answer.contains("\"error\""), "{byte:#x}: {answer}");
        }
    }
}

#[tokio::test]
async fn over_http2_too_there_is_one_host() {
    // RFC 9113 8.3.1.
    let site = site().await;
    for (host, status) in [("b", 400), ("A", 200)] {
        let request = http::Request::builder()
            .uri("http://a/health")
            .version(http::Version::HTTP_2)
            .header("host", host)
            .body(http_body_util::Full::default())
            .unwrap();
        let got = site.send_h2(request).await;
        assert_eq!(got.status.as_u16() != 400, status == 200, "{got:?}");
    }
}

#[tokio::test]
async fn whole_addresses_are_answered_as_their_paths() {
    // RFC 9112 3.2.2.
    let site = site().await;
    let answer = site
        .raw(b"GET http://a/health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[tokio::test]
async fn what_comes_before_a_bad_request_is_still_answered() {
    let site = site().await;
    let answer = site
        .raw(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\nGET /health HTTP/1.1\r\n\r\n")
        .await;
    let statuses: Vec<_> = answer
        .match_indices("HTTP/1.1 ")
        .map(|(at, _)| &answer[at + 9..at + 12])
        .collect();
    assert_eq!(statuses, ["200", "400"], "{answer}");
}

#[tokio::test]
async fn a_large_body_after_a_bad_head_does_not_take_the_answer_back() {
    let site = site().await;
    let mut bytes = b"POST /health HTTP/1.1\r\n\r\n".to_vec();
    bytes.extend(vec![b'x'; 100_000]);
    let answer = site.raw(&bytes).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

#[tokio::test]
async fn nobody_reaches_the_stand_in_by_asking_for_it() {
    let site = site().await;
    assert_eq!(
        site.get("/.refused").await.refusal(),
        (404, "ROUTE_NOT_FOUND".into())
    );
}

#[tokio::test]
async fn silent_and_slow_connections_are_ended() {
    // E14.
    let site = with(ConnectionOptions {
        first_byte_seconds: 1,
        head_seconds: 1,
        idle_seconds: 1,
        ..ConnectionOptions::default()
    })
    .await;
    let started = Instant::now();
    let (silent, slow, idle) = tokio::join!(
        site.raw(b""),
        site.raw(b"GET /health HTTP/1.1\r\nHo"),
        site.raw(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n"),
    );
    assert_eq!(silent, "");
    assert!(slow.contains("did not arrive in time"), "{slow}");
    assert!(idle.starts_with("HTTP/1.1 200"), "{idle}");
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn connections_are_bounded_per_address_and_the_longest_idle_one_gives_way() {
    let site = with(ConnectionOptions {
        per_address: 2,
        ..ConnectionOptions::default()
    })
    .await;
    let mut kept = Vec::new();
    for _ in 0..3 {
        let mut stream = TcpStream::connect(site.address).await.unwrap();
        stream
            .write_all(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
            .await
            .unwrap();
        let mut first = [0; 12];
        stream.read_exact(&mut first).await.unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");
        kept.push(stream);
    }
    let mut rest = Vec::new();
    kept[0].read_to_end(&mut rest).await.unwrap();
    // The others are kept, and asked once more.
    for stream in &mut kept[1..] {
        let again = b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        stream.write_all(again).await.unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        let said = String::from_utf8_lossy(&rest).into_owned();
        assert!(said.contains("HTTP/1.1 200"), "{said}");
    }
}

#[tokio::test]
async fn a_drain_finishes_what_is_under_way_and_accepts_nothing_new() {
    let site = site().await;
    let token = site.token(&[Role::Viewer]);
    let me = request("GET", "/users/me", &[("authorization", &token)], "");
    let under_way = site.send(me);
    let drain = async {
        while site.heard().is_empty() {
            tokio::task::yield_now().await;
        }
        site.draining.cancel();
    };
    let (got, ()) = tokio::join!(under_way, drain);
    assert_eq!(got.status, 200);
    let address = site.address;
    site.done.await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn requests_are_bounded_over_all_connections() {
    let site = with(ConnectionOptions {
        requests: 1,
        ..ConnectionOptions::default()
    })
    .await;
    let token = site.token(&[Role::Viewer]);
    let me = site.send(request(
        "GET",
        "/users/me",
        &[("authorization", &token)],
        "",
    ));
    let other = async {
        while site.heard().is_empty() {
            tokio::task::yield_now().await;
        }
        site.get("/users/me").await
    };
    let (first, second) = tokio::join!(me, other);
    assert_eq!(first.status, 200);
    assert_eq!(second.refusal(), (503, "OVERLOADED".into()));
    assert_eq!(second.header("retry-after"), "1");
}

#[tokio::test]
async fn connections_of_age_are_asked_to_end_and_finish_first() {
    let site = with(ConnectionOptions {
        max_age_seconds: 1,
        ..ConnectionOptions::default()
    })
    .await;
    let answer = site.raw(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn a_refused_upload_still_hears_why() {
    // The body is never read; closing at once would take the answer back.
    let site = site().await;
    let mut bytes =
        b"POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n".to_vec();
    bytes.extend(vec![b'x'; 200_000]);
    let answer = site.raw(&bytes).await;
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
}

#[tokio::test]
async fn a_slow_body_ends_in_time() {
    let options = EdgeOptions {
        body_seconds: 1,
        ..EdgeOptions::default()
    };
    let site = Site::start(options, |_| async { Ok(Reply::default()) }).await;
    let answer = site
        .raw(b"POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{")
        .await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
}

#[tokio::test]
async fn broken_chunks_are_refused() {
    let site = site().await;
    let answer = site
        .raw(b"POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\n{}")
        .await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 400"),
        "{answer}"
    );
    assert!(site.heard().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever arrives, the port answers or hangs up in time, and then still serves others.
    #[test]
    fn random_bytes_on_the_socket_never_hang_the_port(
        pieces in prop::collection::vec(prop_oneof![
            prop::collection::vec(any::<u8>(), 0..40),
            Just(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n".to_vec()),
            Just(b"POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}".to_vec()),
            Just(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()),
            Just(b"\r\n".to_vec()),
        ], 0..6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let site = with(ConnectionOptions {
                first_byte_seconds: 1,
                head_seconds: 1,
                idle_seconds: 1,
                drain_seconds: 1,
                ..ConnectionOptions::default()
            })
            .await;
            let mut stream = TcpStream::connect(site.address).await.unwrap();
            for piece in &pieces {
                let _ = stream.write_all(piece).await;
            }
            let _ = stream.shutdown().await;
            let mut answer = Vec::new();
            let read = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer));
            assert!(read.await.is_ok(), "the port hangs on {pieces:?}");
            assert_eq!(site.get("/health").await.status, 200);
        });
    }
}
