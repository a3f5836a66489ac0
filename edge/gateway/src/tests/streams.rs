//! Streams of messages, both ways, and bytes of any type.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt as _, net::TcpSocket, time::timeout};

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
