//! Requests put together, checked against `prost-reflect`.

use std::sync::LazyLock;

use proptest::prelude::*;
use prost_reflect::DescriptorPool;
use serde_json::{Value, json};

use super::{BindError, Parts};
use crate::plan::Plan;
use crate::testing;

struct Shop {
    pool: DescriptorPool,
    plan: Plan,
}

impl Shop {
    fn new() -> &'static Self {
        static SHOP: LazyLock<Shop> = LazyLock::new(|| {
            let pool = testing::shop_pool();
            let plan = testing::plan(&pool);
            Shop { pool, plan }
        });
        &SHOP
    }

    fn bind(&self, line: &str, body: &str) -> Result<Value, BindError> {
        self.bind_as(line, Some("application/json"), body)
    }

    /// Binds `GET /path?query` and returns the message as JSON.
    fn bind_as(&self, line: &str, kind: Option<&str>, body: &str) -> Result<Value, BindError> {
        let (method, target) = line.split_once(' ').unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let matched = self.plan.route(method, path, query).unwrap();
        let wire = matched.bind(Parts {
            query,
            content_type: kind,
            body: body.as_bytes(),
        })?;
        let name = matched.method().descriptor.input().full_name().to_owned();
        Ok(testing::to_json(&self.pool, &name, &wire))
    }

    fn query(&self, query: &str) -> Result<Value, BindError> {
        self.bind(&format!("GET /things?{query}"), "")
    }
}

/// The kind of an error, for short comparisons.
fn kind(result: Result<Value, BindError>) -> &'static str {
    result.err().map_or("ok", |error| match error {
        BindError::Query { .. } => "query",
        BindError::Path { .. } => "path",
        BindError::Json(_) => "json",
        BindError::MediaType => "media",
        BindError::IdRequired => "id",
    })
}

#[test]
fn query_parameters_reach_every_kind_of_field() {
    let shop = Shop::new();
    let cases = [
        ("", json!({})),
        ("q=a+b%20c%2B&&", json!({"q": "a b c+"})),
        ("tag=a&tag=b", json!({"tag": ["a", "b"]})),
        ("pageSize=5", json!({"pageSize": 5})),
        ("page_size=5", json!({"pageSize": 5})),
        ("big=9007199254740993", json!({"big": "9007199254740993"})),
        ("flag=true", json!({"flag": true})),
        ("price=1.5e3", json!({"price": 1500.0})),
        ("price=NaN", json!({"price": "NaN"})),
        ("kind=KIND_BOOK", json!({"kind": "KIND_BOOK"})),
        ("kind=2", json!({"kind": "KIND_FILM"})),
        (
            "kinds=KIND_BOOK&kinds=2",
            json!({"kinds": ["KIND_BOOK", "KIND_FILM"]}),
        ),
        (
            "shop.region=eu&shop.id=1",
            json!({"shop": {"region": "eu", "id": "1"}}),
        ),
        (
            "deep.deep.text=x&deep.text=y",
            json!({"deep": {"text": "y", "deep": {"text": "x"}}}),
        ),
        (
            "since=2024-01-02T03:04:05Z",
            json!({"since": "2024-01-02T03:04:05Z"}),
        ),
        ("within=1.5s", json!({"within": "1.500s"})),
        ("mask=pageSize,shop.id", json!({"mask": "pageSize,shop.id"})),
        // Items that say nothing are counted with the others.
        ("tag=&tag=a&tag=", json!({"tag": ["", "a", ""]})),
        ("kinds=", json!({"kinds": ["KIND_UNSPECIFIED"]})),
        ("q=am\u{e9}lie", json!({"q": "amélie"})),
        ("limit=0", json!({"limit": 0})),
        ("note=", json!({"note": ""})),
        ("maybe=", json!({"maybe": ""})),
        ("maybe", json!({"maybe": ""})),
        ("blob=aGk", json!({"blob": "aGk="})),
        ("zip=7", json!({"zip": 7})),
        ("%71=x", json!({"q": "x"})),
    ];
    for (query, expected) in cases {
        assert_eq!(shop.query(query), Ok(expected), "{query}");
    }
}

#[test]
fn query_parameters_that_fit_no_field_are_refused() {
    let shop = Shop::new();
    let many = "tag=a&".repeat(129);
    let long = format!("q={}", "a".repeat(16 * 1024));
    let deep = format!("{}text=x", "deep.".repeat(40));
    for query in [
        "nope=1",
        "Q=1",
        "=1",
        ".=1",
        "q.=1",
        "q.x=1",
        "shop=1",
        "shop.nope=1",
        "shop.=1",
        "q=1&q=2",
        "page_size=1&pageSize=2",
        "page_size=",
        "page_size=x",
        "page_size=1.5",
        "page_size=2147483648",
        "page_size=+1",
        "page_size=%201",
        "flag=1",
        "flag=True",
        "flag=",
        "flag",
        "unsigned=-1",
        "price=abc",
        "kind=NOPE",
        "kind=",
        "since=yesterday",
        "within=1h",
        "limit=x",
        "labels=a",
        "labels[a]=b",
        "labels.a=b",
        "extra=1",
        "extra.a=1",
        "things=1",
        "things.name=a",
        "things[0].name=a",
        "city=a&zip=1",
        "q=%ff",
        "q=%",
        "%ff=1",
        "q=%00",
        "blob=*",
        "since.seconds=a",
        &many,
        &long,
        &deep,
    ] {
        assert_eq!(kind(shop.query(query)), "query", "{query:.60}");
    }
    // One byte less, one pair less: fine.
    assert_eq!(kind(shop.query(&long[..long.len() - 2])), "ok");
    assert_eq!(kind(shop.query(&"tag=a&".repeat(128))), "ok");
}

#[test]
fn what_the_path_or_the_body_says_the_query_may_not_say() {
    let shop = Shop::new();
    let find = |query: &str| shop.bind(&format!("GET /shop/7/things?{query}"), "");
    assert_eq!(kind(find("shop.id=8")), "query");
    assert_eq!(kind(find("shop.id=7")), "query");
    assert_eq!(
        find("shop.region=eu"),
        Ok(json!({"shop": {"id": "7", "region": "eu"}}))
    );
    let put = |query: &str| shop.bind(&format!("PUT /things/shelves/1/a?{query}"), "{}");
    assert_eq!(kind(put("thing.size=1")), "query");
    assert_eq!(kind(put("thing=1")), "query");
    assert_eq!(
        put("dryRun=true"),
        Ok(json!({"thing": {"name": "shelves/1/a"}, "dryRun": true}))
    );
    let act = |query: &str| shop.bind(&format!("POST /things/7:act?{query}"), "{}");
    assert_eq!(kind(act("text=a")), "query");
    assert_eq!(kind(act("nope=a")), "query");
    assert_eq!(kind(act("")), "ok");
}

#[test]
fn bodies_fill_the_whole_request_or_one_field() {
    let shop = Shop::new();
    assert_eq!(
        shop.bind("POST /things/7:act", r#"{"text":"a"}"#),
        Ok(json!({"id": "7", "text": "a"}))
    );
    // An empty body is an empty message, with or without a type.
    assert_eq!(shop.bind("POST /things/7:act", ""), Ok(json!({"id": "7"})));
    assert_eq!(
        shop.bind_as("POST /things/7:act", Some("text/plain"), ""),
        Ok(json!({"id": "7"}))
    );
    assert_eq!(
        shop.bind_as("POST /things/7:act", None, "{}"),
        Ok(json!({"id": "7"}))
    );
    assert_eq!(
        shop.bind(
            "PUT /things/shelves/1/a%20b/c%2Fd",
            r#"{"size":3,"shop":{"region":"eu"}}"#
        ),
        Ok(json!({"thing": {"name": "shelves/1/a b/c%2Fd", "size": 3, "shop": {"region": "eu"}}}))
    );
    assert_eq!(
        shop.bind("PUT /things/7/tags", r#"["a","b"]"#),
        Ok(json!({"id": "7", "tags": ["a", "b"]}))
    );
    assert_eq!(
        shop.bind("REPORT /things/7", r#"{"text":"a"}"#),
        Err(BindError::Json(crate::codec::JsonError {
            path: String::new(),
            problem: "this call takes no body".into(),
            line: 1,
            column: 1,
        }))
    );
    for bad in [
        "[]",
        "1",
        "nope",
        "{\"text\":1}",
        "{\"nope\":1}",
        "{}{}",
        "\u{feff}{}",
    ] {
        assert_eq!(kind(shop.bind("POST /things/7:act", bad)), "json", "{bad}");
    }
}

#[test]
fn bodies_of_other_types_are_refused_before_they_are_read() {
    let shop = Shop::new();
    for bad in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=x",
    ] {
        let act = shop.bind_as("POST /things/7:act", Some(bad), "nope");
        assert_eq!(kind(act), "media", "{bad}");
        let find = shop.bind_as("GET /things", Some(bad), "nope");
        assert_eq!(kind(find), "media", "{bad}");
    }
}

#[test]
fn a_body_that_contradicts_the_path_is_refused() {
    let shop = Shop::new();
    let act = |body: &str| shop.bind("POST /things/7:act", body);
    assert_eq!(act(r#"{"id":"7"}"#), Ok(json!({"id": "7"})));
    assert_eq!(kind(act(r#"{"id":"8"}"#)), "path");
    let put = |body: &str| shop.bind("PUT /things/shelves/1/a", body);
    assert_eq!(kind(put(r#"{"name":"shelves/1/a"}"#)), "ok");
    assert_eq!(kind(put(r#"{"name":"shelves/1/b"}"#)), "path");
}

#[test]
fn bodies_without_a_place_are_refused_where_they_say_something() {
    let shop = Shop::new();
    for empty in ["", " ", "{}", "{ }\n"] {
        assert_eq!(kind(shop.bind("GET /things", empty)), "ok", "{empty:?}");
    }
    for full in ["{\"q\":1}", "[]", "null"] {
        assert_eq!(kind(shop.bind("GET /things", full)), "json", "{full:?}");
    }
}

#[test]
fn a_patch_names_its_fields_in_the_mask_and_a_put_does_not() {
    let shop = Shop::new();
    let body = r#"{"size":3,"shop":{"region":"eu"},"tags":[]}"#;
    let expected = json!({
        "thing": {"name": "shelves/1/a", "size": 3, "shop": {"region": "eu"}},
        "updateMask": "size,shop.region,tags",
    });
    assert_eq!(shop.bind("PATCH /things/shelves/1/a", body), Ok(expected));
    let put = shop.bind("PUT /things/shelves/1/a", body).unwrap();
    assert_eq!(put.get("updateMask"), None);
    // A mask of the caller's own stays.
    let own = shop
        .bind("PATCH /things/shelves/1/a?updateMask=size", body)
        .unwrap();
    assert_eq!(own["updateMask"], "size");
    let own = shop
        .bind("PATCH /things/shelves/1/a?updateMask.paths=size", body)
        .unwrap();
    assert_eq!(own["updateMask"], "size");
    // One that names nothing between its commas is no mask, and never one of all fields.
    for mask in [",", "%2C", ",,", "size,", ",size", "size,,tags"] {
        for key in ["updateMask", "update_mask"] {
            for method in ["PATCH", "PUT"] {
                let line = format!("{method} /things/shelves/1/a?{key}={mask}");
                assert_eq!(kind(shop.bind(&line, body)), "query", "{line}");
            }
        }
    }
    // An empty mask would mean all fields.
    assert_eq!(kind(shop.bind("PATCH /things/shelves/1/a", "{}")), "json");
    assert_eq!(kind(shop.bind("PATCH /things/shelves/1/a", "")), "json");
}

#[test]
fn bytes_travel_as_http_body() {
    let shop = Shop::new();
    assert_eq!(
        shop.bind_as("POST /things/7/file", Some("text/css"), "a{}"),
        Ok(json!({"id": "7", "file": {"contentType": "text/css", "data": "YXt9"}}))
    );
    let matched = shop.plan.route("POST", "/things/7/file", "").unwrap();
    assert!(matched.answers_http_body());
}

#[test]
fn an_answer_is_the_message_or_one_field_of_it() {
    let shop = Shop::new();
    let wire = testing::to_wire(
        &shop.pool,
        "shop.v1.FindResponse",
        &json!({"things": [{"name": "a"}]}),
    );
    let answer = |path: &str| {
        let mut out = Vec::new();
        let matched = shop.plan.route("GET", path, "").unwrap();
        matched.write_json(&wire, &mut out).unwrap();
        serde_json::from_slice::<Value>(&out).unwrap()
    };
    assert_eq!(answer("/shop/7/things"), json!({"things": [{"name": "a"}]}));
    assert_eq!(answer("/things"), json!([{"name": "a"}]));
}

/// Percent-encodes as a form would.
fn encode(text: &str) -> String {
    crate::percent::encode(text).replace("%20", "+")
}

proptest! {
    /// A query says the same as the JSON of the message, whatever the values; an empty one says nothing.
    #[test]
    fn a_query_equals_the_message_that_it_spells(
        q in "\\PC{0,12}",
        tags in prop::collection::vec("[^\0]{1,6}", 0..4),
        page_size in any::<i32>(),
        big in any::<i64>(),
        flag in any::<bool>(),
        kind in prop::sample::select(vec!["KIND_UNSPECIFIED", "KIND_BOOK", "KIND_FILM"]),
        region in prop::option::of("[a-z]{1,4}"),
        maybe in prop::option::of("[ -~]{1,5}"),
        city in prop::option::of("[a-z]{1,3}"),
    ) {
        let shop = Shop::new();
        let mut query = format!(
            "q={}&pageSize={page_size}&big={big}&flag={flag}&kind={kind}", encode(&q)
        );
        let mut message = json!({
            "q": q, "tag": tags, "pageSize": page_size, "big": big.to_string(), "flag": flag,
            "kind": kind,
        });
        for tag in &tags {
            query = format!("{query}&tag={}", encode(tag));
        }
        if let Some(region) = region {
            query = format!("{query}&shop.region={region}");
            message["shop"] = json!({"region": region});
        }
        if let Some(maybe) = maybe {
            query = format!("{query}&maybe={}", encode(&maybe));
            message["maybe"] = json!(maybe);
        }
        if let Some(city) = city {
            query = format!("{query}&city={}", encode(&city));
            message["city"] = json!(city);
        }
        let wire = testing::to_wire(&shop.pool, "shop.v1.FindRequest", &message);
        let expected = testing::to_json(&shop.pool, "shop.v1.FindRequest", &wire);
        prop_assert_eq!(shop.query(&query), Ok(expected));
    }

    #[test]
    fn no_query_panics(query in "\\PC{0,60}|((q|tag|shop|deep|kind|since)?[.=&%\\[\\]]?){0,20}") {
        let _ = Shop::new().query(&query.replace('#', ""));
    }
}
