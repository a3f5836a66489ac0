//! Streams of messages, both ways, and bytes of any type.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use super::support::Site;

#[tokio::test]
async fn a_stream_is_lines_of_results() {
    let site = Site::start().await;
    let answer = site.get("/v1/watch?small=1").await;
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.text(), "{\"result\":{\"small\":1}}\n".repeat(3));
}

#[tokio::test]
async fn a_stream_that_fails_says_so_in_its_last_line_or_by_its_status() {
    let site = Site::start().await;
    let answer = site
        .send("GET /v1/watch", &[("grpc-metadata-fail-after", "2")], "")
        .await;
    assert_eq!(answer.status, 200);
    let lines: Vec<Value> = answer
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let error = json!({"error": {"code": 9, "message": "broken off", "details": []}});
    assert_eq!(
        lines,
        [json!({"result": {}}), json!({"result": {}}), error.clone()]
    );
    let answer = site
        .send("GET /v1/watch", &[("grpc-metadata-fail-after", "0")], "")
        .await;
    assert_eq!((answer.status, answer.json()), (400, error));
}

#[tokio::test]
async fn a_caller_may_stream_messages_one_after_the_other() {
    let site = Site::start().await;
    let body = "{\"small\": 1}\n{\"small\": 2} {\"small\": 3}";
    assert_eq!(
        site.sent("POST /v1/collect", body).await,
        json!({"small": 3})
    );
    let list = r#"[{"small": 1}, {"small": 2}]"#;
    assert_eq!(
        site.sent("POST /v1/collect", list).await,
        json!({"small": 2})
    );
    let bad = site
        .send("POST /v1/collect", &[], "{\"small\": 1}\n{\"nobody\": 2}")
        .await;
    assert_eq!(bad.status, 400);
}

#[tokio::test]
async fn bytes_go_as_they_are() {
    let site = Site::start().await;
    let csv = ("content-type", "text/csv; charset=latin1");
    let answer = site.send("POST /v1/raw", &[csv], "a;b\n").await;
    assert_eq!((answer.status, answer.text()), (200, "a;b\n"));
    assert_eq!(answer.headers["content-type"], "text/csv; charset=latin1");
    let answer = site.send("POST /v1/raw/stream", &[csv], "line\n").await;
    assert_eq!(answer.text(), "line\nline\nline\n");
    assert_eq!(answer.headers["content-type"], "text/csv; charset=latin1");
}

#[tokio::test]
async fn clients_who_do_not_take_their_answers_keep_nobody_else_from_theirs() {
    let site = Site::start().await;
    let mut held = Vec::new();
    for _ in 0..8 {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let mut client = socket.connect(site.address).await.unwrap();
        let body = vec![b'a'; 4 << 20];
        let head = format!(
            "POST /v1/raw/stream HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        client.write_all(head.as_bytes()).await.unwrap();
        client.write_all(&body).await.unwrap();
        held.push(client);
    }
    // What is sent ahead of those who take nothing has arrived.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let quick = timeout(Duration::from_secs(3), site.get("/v1/echo?name=a")).await;
    assert_eq!(quick.unwrap().json(), json!({"name": "a"}));
}

#[tokio::test]
async fn events_are_for_who_asks_for_them() {
    let site = Site::start().await;
    let events = [("accept", "text/event-stream")];
    let answer = site.send("GET /v1/watch?small=1", &events, "").await;
    assert_eq!(answer.headers["content-type"], "text/event-stream");
    let three = "data: {\"small\":1}\n\n".repeat(3);
    assert_eq!(answer.text(), format!("{three}event: end\ndata: {{}}\n\n"));
    let headers = [events[0], ("grpc-metadata-fail-after", "1")];
    let answer = site.send("GET /v1/watch", &headers, "").await;
    assert!(
        answer
            .text()
            .starts_with("data: {}\n\nevent: error\ndata: {\"code\":9,"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn there_is_no_bound_on_how_many_messages_a_caller_streams() {
    let site = Site::start().await;
    let lines: Vec<_> = (1..=20_000)
        .map(|n| format!("{{\"small\":{n}}}\n"))
        .collect();
    let lines = lines.concat();
    let kind = [("content-type", "application/x-ndjson")];
    let answer = site.send("POST /v1/collect", &kind, &lines).await;
    assert_eq!(
        (answer.status, answer.json()),
        (200, json!({"small": 20_000}))
    );
    let of_page = [("content-type", "text/plain")];
    let refused = site.send("POST /v1/collect", &of_page, "{}").await;
    assert_eq!(refused.status, 415);
}

#[tokio::test]
async fn both_talk_at_once_over_one_request() {
    let site = Site::start().await;
    let mut stream = TcpStream::connect(site.address).await.unwrap();
    let head = "POST /v1/converse/a HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut got = String::new();
    for small in 1..4 {
        let line = format!("{{\"small\":{small}}}\n");
        let chunk = format!("{:x}\r\n{line}\r\n", line.len());
        stream.write_all(chunk.as_bytes()).await.unwrap();
        // Its answer comes before anything else is said.
        let wish = format!("{{\"result\":{{\"small\":{small},\"name\":\"a\"}}}}\n");
        until(&mut stream, &mut got, &wish).await;
    }
    stream.write_all(b"0\r\n\r\n").await.unwrap();
    until(&mut stream, &mut got, "\r\n0\r\n\r\n").await;
    assert!(!got.contains("error"), "{got}");
}

/// Reads until a text has come.
async fn until(stream: &mut TcpStream, got: &mut String, wish: &str) {
    let reading = async {
        let mut piece = [0; 4096];
        while !got.contains(wish) {
            let length = stream.read(&mut piece).await.unwrap();
            assert!(length > 0, "ended with {got:?}");
            got.push_str(&String::from_utf8_lossy(&piece[..length]));
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(10), reading).await;
    assert!(in_time.is_ok(), "{wish:?} did not come");
}

#[tokio::test]
async fn what_is_half_sent_is_never_taken_for_the_whole() {
    let site = Site::with(|options| {
        options.max_request_bytes = 100;
        options.idle = Duration::from_millis(300);
    })
    .await;
    let refused = async |body: &str| {
        let answer = site.send("POST /v1/collect", &[], body).await;
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        (answer.status, message)
    };
    let (status, message) = refused("{\"small\": 1}\n{\"nobody\": 2}\n{}").await;
    assert_eq!(status, 400);
    assert!(message.starts_with("message 2: body: "), "{message}");
    let (status, message) = refused("{\"small\": 1}\n{\"small\":").await;
    assert_eq!((status, &*message), (400, "body: message 2 is cut off"));
    let long = format!("{{}}{{\"name\": \"{}\"}}", "x".repeat(100));
    assert_eq!(refused(&long).await.0, 413);
    // Who says nothing more does not hold a call for ever.
    let mut stream = TcpStream::connect(site.address).await.unwrap();
    let head =
        "POST /v1/collect HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut got = String::new();
    until(&mut stream, &mut got, "breaks off after 1 messages").await;
    assert!(got.starts_with("HTTP/1.1 400"), "{got}");
    // Where answers have begun, the last line says it.
    let body = "{\"small\": 1}\n{\"nobody\": 2}";
    let answer = site.send("POST /v1/converse/a", &[], body).await;
    let last: Value = serde_json::from_str(answer.text().lines().last().unwrap()).unwrap();
    assert_eq!(last["error"]["code"], 3, "{answer:?}");
}

#[tokio::test]
async fn bytes_are_streamed_in_pieces() {
    let site = Site::start().await;
    let kind = [("content-type", "text/csv")];
    let answer = site.send("POST /v1/raw/pieces", &kind, "a;b\n").await;
    assert_eq!((answer.status, answer.text()), (200, "a;b\n"));
    assert_eq!(answer.headers["content-type"], "text/csv");
    let empty = site.send("POST /v1/raw/pieces", &kind, "").await;
    assert_eq!((empty.status, empty.text()), (200, ""));
}
