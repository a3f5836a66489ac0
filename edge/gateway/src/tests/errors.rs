//! What goes wrong, in grpc-gateway's form.

use std::time::Duration;

use serde_json::{Value, json};

use super::support::Site;

#[tokio::test]
async fn codes_have_their_status_and_details_are_kept() {
    let site = Site::start().await;
    for (code, http) in [
        (1, 499),
        (2, 500),
        (3, 400),
        (4, 504),
        (5, 404),
        (6, 409),
        (7, 403),
        (8, 429),
        (9, 400),
        (10, 409),
        (11, 400),
        (12, 501),
        (13, 500),
        (14, 503),
        (15, 500),
        (16, 401),
    ] {
        let answer = site
            .send(
                "GET /v1/fail",
                &[("grpc-metadata-code", &code.to_string())],
                "",
            )
            .await;
        assert_eq!(answer.status, http, "{code}");
        assert_eq!(
            answer.json(),
            json!({
                "code": code,
                "message": "it does not work",
                "details": [
                    {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "NO", "domain": "test"},
                    {"@type": "type.googleapis.com/nobody.knows.This", "value": "AQI="},
                ],
            })
        );
        assert_eq!(answer.headers["grpc-metadata-retry-hint"], "later");
        assert_eq!(answer.headers["content-type"], "application/json");
    }
}

#[tokio::test]
async fn unknown_paths_and_methods_are_told_apart() {
    let site = Site::start().await;
    let unknown = site.get("/v2/echo").await;
    assert_eq!(unknown.status, 404);
    assert_eq!(
        unknown.json(),
        json!({"code": 5, "message": "Not Found", "details": []})
    );
    let method = site.send("DELETE /v1/shelves/1/books/2", &[], "").await;
    assert_eq!(
        (method.status, method.json()["code"].as_i64()),
        (405, Some(12))
    );
    assert_eq!(method.headers["allow"], "GET, HEAD, PATCH, REPORT");
    for bad in [
        "/v1/shelves/%zz/books/2",
        "/v1/shelves/%2e%2e/books/2",
        "/v1/anyhow/%00",
    ] {
        assert_eq!(site.get(bad).await.status, 400, "{bad}");
    }
    for none in ["/v1/shelves//books/2", "/v1/echo/", "/client/v1/echo", "/"] {
        assert_eq!(site.get(none).await.status, 404, "{none}");
    }
    let head = site.send("HEAD /v1/echo?small=1", &[], "").await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.headers["content-length"], "11");
}

#[tokio::test]
async fn sizes_and_times_have_their_bounds() {
    let site = Site::with(|options| {
        options.max_request_bytes = 100;
        options.timeout = Some(Duration::from_millis(200));
    })
    .await;
    let large = format!(r#"{{"name": "{}"}}"#, "x".repeat(100));
    let answer = site.send("POST /v1/echo", &[], &large).await;
    assert_eq!(
        (answer.status, answer.json()["code"].as_i64()),
        (413, Some(8))
    );
    let slow = ("grpc-metadata-sleep", "5000");
    let answer = site.send("GET /v1/slow", &[slow], "").await;
    assert_eq!(
        (answer.status, answer.json()["code"].as_i64()),
        (504, Some(4))
    );
    let answer = site
        .send("GET /v1/slow", &[slow, ("grpc-timeout", "50m")], "")
        .await;
    assert_eq!(answer.status, 504);
    let patient = [("grpc-metadata-sleep", "400"), ("grpc-timeout", "5S")];
    assert_eq!(site.send("GET /v1/slow", &patient, "").await.status, 200);
    let bad = site
        .send("GET /v1/slow", &[("grpc-timeout", "5s")], "")
        .await;
    assert_eq!(bad.status, 400);
}

#[tokio::test]
async fn a_service_that_is_away_is_unavailable() {
    let site = Site::with(|options| {
        options
            .upstreams
            .push("library.v1.Loans=http://127.0.0.1:1".parse().unwrap());
    })
    .await;
    let answer = site.get("/v1/loans/1").await;
    assert_eq!(
        (answer.status, answer.json()["code"].as_i64()),
        (503, Some(14))
    );
    assert!(!answer.text().contains("127.0.0.1"));
    assert_eq!(site.get("/v1/echo").await.status, 200);
}

#[tokio::test]
async fn headers_go_and_come_as_in_grpc_gateway() {
    let site = Site::start().await;
    let answer = site
        .send(
            "GET /v1/echo",
            &[
                ("grpc-metadata-tenant", "t1"),
                ("authorization", "Bearer x"),
                ("x-private", "no"),
                ("te", "trailers"),
            ],
            "",
        )
        .await;
    assert_eq!(answer.headers["grpc-metadata-seen-tenant"], "t1");
    assert_eq!(
        answer.headers["grpc-metadata-seen-authorization"],
        "Bearer x"
    );
    assert_eq!(
        answer.headers["grpc-metadata-seen-grpcgateway-authorization"],
        "Bearer x"
    );
    assert_eq!(
        answer.headers["grpc-metadata-seen-x-forwarded-for"],
        "127.0.0.1"
    );
    assert!(
        answer
            .headers
            .contains_key("grpc-metadata-seen-grpc-timeout")
    );
    assert!(!answer.headers.contains_key("grpc-metadata-seen-x-private"));
    assert_eq!(answer.trailers["grpc-trailer-end"], "reached");
    assert_eq!(answer.headers["trailer"], "grpc-trailer-end");
    assert_eq!(site.get("/v1/echo").await.headers.get("trailer"), None);
}

#[tokio::test]
async fn larger_answers_are_packed_for_who_takes_it() {
    let site = Site::start().await;
    let body = format!(r#"{{"name":"{}"}}"#, "x".repeat(5000));
    let packed = site
        .send("POST /v1/echo", &[("accept-encoding", "gzip")], &body)
        .await;
    assert_eq!(packed.headers["content-encoding"], "gzip");
    let mut text = String::new();
    std::io::Read::read_to_string(
        &mut flate2::read::GzDecoder::new(&packed.body[..]),
        &mut text,
    )
    .unwrap();
    assert_eq!(text, body);
    assert_eq!(site.send("POST /v1/echo", &[], &body).await.text(), body);
}

#[tokio::test]
async fn pages_of_listed_origins_may_call() {
    let site = Site::with(|options| options.origins = vec!["https://app.example".to_owned()]).await;
    let ask = async |origin: &str| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "PATCH"),
            ("access-control-request-headers", "content-type"),
        ];
        site.send("OPTIONS /v1/echo", &headers, "").await
    };
    let good = ask("https://app.example").await;
    assert_eq!(good.status, 204);
    assert_eq!(
        good.headers["access-control-allow-origin"],
        "https://app.example"
    );
    assert_eq!(good.headers["access-control-allow-methods"], "PATCH");
    assert_eq!(good.headers["access-control-allow-headers"], "content-type");
    let bad = ask("https://evil.example").await;
    assert!(!bad.headers.contains_key("access-control-allow-origin"));
    assert!(!bad.headers.contains_key("access-control-allow-methods"));
    let answer = site
        .send("GET /v1/echo", &[("origin", "https://app.example")], "")
        .await;
    assert_eq!(
        answer.headers["access-control-allow-origin"],
        "https://app.example"
    );
}

#[tokio::test]
async fn details_that_cannot_be_read_are_left_out_of_answers_and_of_streams() {
    let site = Site::start().await;
    let headers = [
        ("grpc-metadata-fail-after", "1"),
        ("grpc-metadata-details", "*no base64*"),
    ];
    let answer = site.send("GET /v1/watch", &headers, "").await;
    assert_eq!(answer.status, 200);
    let last = answer.text().lines().last().unwrap().to_owned();
    assert_eq!(
        serde_json::from_str::<Value>(&last).unwrap(),
        json!({"error": {"code": 9, "message": "broken off", "details": []}})
    );
    let none = [("grpc-metadata-fail-after", "0"), headers[1]];
    let answer = site.send("GET /v1/watch", &none, "").await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn pages_of_what_stands_before_a_service_are_told_by_the_codes_of_grpc() {
    let site = Site::start().await;
    for (page, code, http) in [
        ("400", 13, 500),
        ("401", 16, 401),
        ("403", 7, 403),
        ("404", 12, 501),
        ("429", 14, 503),
        ("502", 14, 503),
        ("503", 14, 503),
        ("504", 14, 503),
        ("500", 2, 500),
        ("200", 2, 500),
    ] {
        let asked = [("grpc-metadata-page", page)];
        let answer = site.send("GET /v1/echo", &asked, "").await;
        let told = (answer.status, answer.json()["code"].as_i64());
        assert_eq!(told, (http, Some(code)), "{page}");
        let kind = ("content-type", "application/grpc-web+proto");
        let call = [("page", page), kind];
        let answer = site
            .send("POST /library.v1.Library/Echo", &call, "\0\0\0\0\0")
            .await;
        let status = answer.headers["grpc-status"].to_str().unwrap();
        assert_eq!(status, code.to_string(), "{page}");
    }
}

#[tokio::test]
async fn an_answer_that_ends_within_a_message_is_an_error() {
    let site = Site::start().await;
    let half = [("grpc-metadata-half", "1")];
    let answer = site.send("GET /v1/echo?name=abcdef", &half, "").await;
    assert_eq!(
        (answer.status, answer.json()["code"].as_i64()),
        (500, Some(13))
    );
    let answer = site.send("GET /v1/watch?name=abcdef", &half, "").await;
    let last = answer.text().lines().last().unwrap_or_default();
    assert!(last.contains(r#"{"error":"#), "{answer:?}");
}

#[tokio::test]
async fn an_answer_with_many_headers_ends_nobody_elses_call() {
    let site = Site::start().await;
    let slow = [("grpc-metadata-sleep", "500")];
    let slow = site.send("GET /v1/slow?small=1", &slow, "");
    let many = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let many = [("grpc-metadata-headers", "6")];
        site.send("GET /v1/echo?small=2", &many, "").await
    };
    let (slow, many) = tokio::join!(slow, many);
    assert_eq!((slow.status, many.status), (200, 200));
    assert_eq!(slow.json(), json!({"small": 1}));
}
