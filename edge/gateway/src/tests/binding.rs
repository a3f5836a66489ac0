//! What requests come to, by the rules of google/api/http.proto and of protobuf's JSON.

use std::fmt::Write as _;

use serde_json::json;

use super::support::Site;
use crate::Names;

#[tokio::test]
async fn path_templates_fill_fields() {
    let site = Site::start().await;
    for (line, body, sent) in [
        (
            "GET /v1/shelves/1/books/2",
            "",
            json!({"name": "shelves/1/books/2"}),
        ),
        (
            "GET /v1/shelves/a%2Fb/books/c%20d",
            "",
            json!({"name": "shelves/a%2Fb/books/c d"}),
        ),
        (
            "POST /v1/shelves/1/books/2:cancel",
            "",
            json!({"name": "shelves/1/books/2"}),
        ),
        (
            "POST /v1/shelves/1/books/2:cancel",
            r#"{"tags": ["x"], "name": "other"}"#,
            json!({"name": "shelves/1/books/2", "tags": ["x"]}),
        ),
        (
            "GET /v1/shelves/1/books/2:other",
            "",
            json!({"name": "shelves/1/books/2:other"}),
        ),
        (
            "GET /v1/shelves/1/books",
            "",
            json!({"parent": "shelves/1"}),
        ),
        (
            "REPORT /v1/shelves/1/books/2",
            "",
            json!({"name": "shelves/1/books/2"}),
        ),
        ("PURGE /v1/anyhow/x", "", json!({"name": "x"})),
        ("GET /v1/anyhow/a%2Fb", "", json!({"name": "a/b"})),
        ("GET /v1/files", "", json!({})),
        ("GET /v1/files/a/b/c", "", json!({"name": "a/b/c"})),
        ("GET /v1/files/a/b:stat", "", json!({"name": "a/b"})),
        ("GET /v1/files/special", "", json!({})),
        (
            "PUT /v1/echo/-3/KIND_ATLAS/true",
            "",
            json!({"small": -3, "kind": "KIND_ATLAS", "flag": true}),
        ),
        (
            "PUT /v1/echo/3/1/false",
            "",
            json!({"small": 3, "kind": "KIND_NOVEL"}),
        ),
        ("PUT /v1/echo/0/0/true?text=t&book2=", "", json!(null)),
    ] {
        if sent.is_null() {
            assert_eq!(site.send(line, &[], body).await.status, 400, "{line}");
        } else {
            assert_eq!(site.sent(line, body).await, sent, "{line}");
        }
    }
    let deleted = site
        .sent(
            "DELETE /v1/echo/2026-01-31T08:00:00Z/_-8=/9007199254740993?book.page_count=7",
            "",
        )
        .await;
    assert_eq!(
        deleted,
        json!({"pageCount": 7}),
        "response_body is one field"
    );
}

#[tokio::test]
async fn a_body_is_the_message_or_one_field() {
    let site = Site::start().await;
    let patched = site
        .sent(
            "PATCH /v1/shelves/1/books/2",
            r#"{"displayName": "D", "author": {"given_name": "G"}}"#,
        )
        .await;
    assert_eq!(
        patched,
        json!({"name": "shelves/1/books/2", "displayName": "D", "author": {"givenName": "G"}})
    );
    // The path wins, as grpc-gateway has it.
    let other = site
        .sent(
            "PATCH /v1/shelves/1/books/2",
            r#"{"name": "shelves/9/books/9"}"#,
        )
        .await;
    assert_eq!(other["name"], "shelves/1/books/2");
    let both = site
        .sent("PUT /v1/echo/1/1/true?tags=a&tags=b", r#"{"name": "n"}"#)
        .await;
    assert_eq!(both["book"], json!({"name": "n"}));
    assert_eq!(both["tags"], json!(["a", "b"]));
    // curl's own type is JSON, too, but not from a page.
    let form = ("content-type", "application/x-www-form-urlencoded");
    assert_eq!(
        site.send("POST /v1/echo", &[form], r#"{"small": 1}"#)
            .await
            .json(),
        json!({"small": 1})
    );
    assert_eq!(
        site.send("POST /v1/echo", &[], r#"{"small": 1}"#)
            .await
            .status,
        200
    );
    let origin = ("origin", "https://evil.example");
    assert_eq!(
        site.send("POST /v1/echo", &[form, origin], "{}")
            .await
            .status,
        415
    );
    assert_eq!(
        site.send("POST /v1/echo", &[origin], "{}").await.status,
        415
    );
    assert_eq!(
        site.send("POST /v1/echo", &[("content-type", "text/xml")], "{}")
            .await
            .status,
        415
    );
    assert_eq!(
        site.send("POST /v1/echo", &[("content-encoding", "gzip")], "{}")
            .await
            .status,
        415
    );
    assert_eq!(
        site.send("POST /v1/echo?small=1", &[], "{}").await.status,
        400
    );
    assert_eq!(
        site.send("GET /v1/echo", &[], r#"{"small": 1}"#)
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn an_update_mask_names_what_the_body_names() {
    let site = Site::start().await;
    let answer = site
        .send(
            "PATCH /v1/shelves/1/books/2",
            &[],
            r#"{"displayName": "D", "author": {"givenName": "G"}}"#,
        )
        .await;
    assert_eq!(answer.status, 200);
    // The answer is one field; what else was sent is seen by way of gRPC elsewhere.
    assert_eq!(
        site.send("PATCH /v1/shelves/1/books/2", &[], "{}")
            .await
            .status,
        200
    );
    assert_eq!(
        site.send(
            "PATCH /v1/shelves/1/books/2?updateMask=displayName",
            &[],
            "{}"
        )
        .await
        .status,
        200
    );
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one list of cases")]
async fn query_parameters_fill_every_kind_of_field() {
    let site = Site::start().await;
    for (query, sent) in [
        ("name=a+b%2B", json!({"name": "a b+"})),
        (
            "book.author.given_name=G&book.author.givenName2=",
            json!(null),
        ),
        (
            "book.author.given_name=G",
            json!({"book": {"author": {"givenName": "G"}}}),
        ),
        (
            "book.author.givenName=G",
            json!({"book": {"author": {"givenName": "G"}}}),
        ),
        ("otherName=a", json!({"otherName": "a"})),
        ("renamed=a", json!({"otherName": "a"})),
        ("tags=a&tags=b&tags=", json!({"tags": ["a", "b", ""]})),
        (
            "kind=KIND_NOVEL&kinds=2&kinds=KIND_NOVEL&kinds=7",
            json!({"kind": "KIND_NOVEL", "kinds": ["KIND_ATLAS", "KIND_NOVEL", 7]}),
        ),
        (
            "big=-9223372036854775808&unsigned_big=18446744073709551615",
            json!({"big": "-9223372036854775808", "unsignedBig": "18446744073709551615"}),
        ),
        (
            "zigzag=-1&fixed=7&bigs=1&bigs=2",
            json!({"zigzag": -1, "fixed": "7", "bigs": ["1", "2"]}),
        ),
        ("ratio=1e3&share=0.5", json!({"ratio": 1000, "share": 0.5})),
        (
            "ratio=NaN&share=-Infinity",
            json!({"ratio": "NaN", "share": "-Infinity"}),
        ),
        (
            "data=-_8&blob=%2B%2F8%3D",
            json!({"data": "+/8=", "blob": "+/8="}),
        ),
        ("flag=1&maybe=False", json!({"flag": true, "maybe": false})),
        ("nickname=&rank=0", json!({"nickname": "", "rank": 0})),
        ("text=", json!({"text": ""})),
        ("number=5", json!({"number": "5"})),
        ("other.name=x", json!({"other": {"name": "x"}})),
        (
            "at=2026-01-31T08:00:00.5Z&length=1.5s",
            json!({"at": "2026-01-31T08:00:00.500Z", "length": "1.500s"}),
        ),
        (
            "updateMask=displayName,author.givenName",
            json!({"updateMask": "displayName,author.givenName"}),
        ),
        (
            "update_mask=display_name",
            json!({"updateMask": "displayName"}),
        ),
        (
            "title=&count=7&maybe=false",
            json!({"title": "", "count": "7", "maybe": false}),
        ),
        (
            "config=%7B%22a%22:[1,null]%7D&value=%22v%22&list=[1,%22b%22]",
            json!({"config": {"a": [1, null]}, "value": "v", "list": [1, "b"]}),
        ),
        (
            "value=null&nothing=%7B%7D",
            json!({"value": null, "nothing": {}}),
        ),
        (
            "labels[a]=1&labels[b%5D]=2",
            json!({"labels": {"a": "1", "b]": "2"}}),
        ),
        (
            "kinds_by_number[5]=KIND_ATLAS&kindsByNumber[6]=1",
            json!({"kindsByNumber": {"5": "KIND_ATLAS", "6": "KIND_NOVEL"}}),
        ),
        ("ratios[true]=0.5", json!({"ratios": {"true": 0.5}})),
        (
            "detail=%7B%22@type%22:%22type.googleapis.com/library.v1.Book%22,%22pageCount%22:3%7D",
            json!({"detail": {"@type": "type.googleapis.com/library.v1.Book", "pageCount": 3}}),
        ),
    ] {
        let line = format!("GET /v1/echo?{query}");
        if sent.is_null() {
            assert_eq!(site.get(&line[4..]).await.status, 400, "{query}");
        } else {
            assert_eq!(site.sent(&line, "").await, sent, "{query}");
        }
    }
    for bad in [
        "unknown=1",
        "small=x",
        "small=2147483648",
        "flag=yes",
        "kind=KIND_NOBODY",
        "data=*",
        "at=yesterday",
        "length=1m",
        "book=x",
        "more.name=x",
        "books[a]=x",
        "name=a&name=b",
        "text=a&number=1",
        "labels[a]=1&labels[a]=2",
        "labels=a",
        "tags[a]=1",
        "config=x",
        "config={}}",
        "detail=%7B%22@type%22:%22type.googleapis.com/no.such.Type%22%7D",
        "name=%ff",
        "name=%zz",
    ] {
        let answer = site.get(&format!("/v1/echo?{bad}")).await;
        assert_eq!(answer.status, 400, "{bad}: {answer:?}");
        assert_eq!(answer.json()["code"], 3, "{bad}");
    }
}

#[tokio::test]
async fn json_is_read_and_written_by_the_mapping_of_protobuf() {
    let site = Site::start().await;
    let all = json!({
        "name": "n", "book": {"author": {"bornAt": "1970-01-01T00:00:00Z"}}, "tags": ["a"],
        "labels": {"k": "v"}, "kindsByNumber": {"-1": "KIND_NOVEL"}, "kinds": ["KIND_ATLAS"],
        "small": -1, "big": "9007199254740993", "ratio": "Infinity", "data": "AAE=", "rank": 0,
        "other": {}, "length": "-0.001s", "updateMask": "name", "title": "", "count": "0",
        "config": {"a": {"b": [true]}}, "value": [1], "list": [], "nothing": {},
        "detail": {"@type": "type.googleapis.com/google.protobuf.Duration", "value": "1s"},
        "books": {"x": {}}, "more": [{}, {"name": "m"}], "otherName": "o", "ratios": {"false": 0},
    });
    assert_eq!(site.sent("POST /v1/echo", &all.to_string()).await, all);
    let lenient = r#"{"display_name": 1}"#;
    assert_eq!(site.send("POST /v1/echo", &[], lenient).await.status, 400);
    let spelled = r#"{"big": 5, "small": "6", "kind": 2, "kinds_by_number": {"1": 1}, "data": "_w", "name": null}"#;
    assert_eq!(
        site.sent("POST /v1/echo", spelled).await,
        json!({"big": "5", "small": 6, "kind": "KIND_ATLAS", "kindsByNumber": {"1": "KIND_NOVEL"}, "data": "/w=="})
    );
    assert_eq!(site.sent("GET /v1/tags?tags=a", "").await, json!(["a"]));
    assert_eq!(site.sent("GET /v1/tags", "").await, json!([]));
}

#[tokio::test]
async fn a_profile_of_names_defaults_and_unknown_fields_can_be_chosen() {
    let site = Site::with(|options| {
        options.names = Names::Original;
        options.defaults = true;
        options.ignore_unknown = true;
        options.unbound = true;
    })
    .await;
    let sent = site
        .sent(
            "POST /v1/echo?what=ever",
            r#"{"book": {"pageCount": 1}, "un": {"known": [1]}, "kind": "NEW"}"#,
        )
        .await;
    assert_eq!(sent["book"]["page_count"], 1);
    assert_eq!(sent["book"]["display_name"], "");
    assert_eq!(sent["renamed"], "");
    assert_eq!(sent["unsigned_big"], "0");
    assert_eq!(sent["kinds"], json!([]));
    assert_eq!(sent.get("rank"), None);
    assert_eq!(
        site.sent("GET /v1/echo?small=1&nobody=2", "").await["small"],
        1
    );
    let unbound = site
        .sent("POST /library.v1.Library/Unbound", r#"{"small": 2}"#)
        .await;
    assert_eq!(unbound["small"], 2);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]
    #[test]
    fn text_survives_the_way_by_path_query_and_body(text in "\\PC{1,12}") {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let site = Site::start().await;
            let mut encoded = String::new();
            for byte in text.bytes() {
                write!(encoded, "%{byte:02X}").unwrap();
            }
            let by_query = site.sent(&format!("GET /v1/echo?name={encoded}"), "").await;
            assert_eq!(by_query["name"], text.as_str());
            let body = json!({"name": text, "labels": {text.as_str(): text}});
            assert_eq!(site.sent("POST /v1/echo", &body.to_string()).await, body);
            if !text.split(['/', '\\']).any(|part| part == "." || part == "..") {
                let by_path = site.sent(&format!("GET /v1/anyhow/{encoded}"), "").await;
                assert_eq!(by_path["name"], text.as_str());
            }
        });
    }
}

#[tokio::test]
async fn bodies_that_are_announced_and_do_not_come_keep_nobody_out() {
    let site = Site::start().await;
    let mut waiting = Vec::new();
    for _ in 0..80 {
        let mut client = tokio::net::TcpStream::connect(site.address).await.unwrap();
        let head = "POST /v1/echo HTTP/1.1\r\nhost: x\r\ncontent-length: 4194304\r\n\r\n{";
        tokio::io::AsyncWriteExt::write_all(&mut client, head.as_bytes())
            .await
            .unwrap();
        waiting.push(client);
    }
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let sent = site.sent("POST /v1/echo", r#"{"name": "a"}"#).await;
    assert_eq!(sent, serde_json::json!({"name": "a"}));
}
