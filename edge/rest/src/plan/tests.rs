//! The product's own plan, and plans that must not compile.

use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::testing;

/// Routes and binds a request of the product; returns the RPC and its message, or what is wrong.
fn call(plan: &Plan, line: &str, body: &str) -> String {
    let (method, target) = line.split_once(' ').unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let matched = match plan.route(method, path, query) {
        Ok(matched) => matched,
        Err(error) => return format!("{error:?}"),
    };
    let parts = Parts {
        query,
        content_type: Some("application/json"),
        body: body.as_bytes(),
    };
    match matched.bind(parts) {
        Ok(wire) => {
            let rpc = matched.method();
            let pool = rpc.descriptor.parent_pool().clone();
            let name = rpc.descriptor.input().full_name().to_owned();
            format!("{} {}", rpc.name, testing::to_json(&pool, &name, &wire))
        }
        Err(error) => format!("{}: {error}", matched.method().name),
    }
}

fn id(n: u8) -> String {
    format!("01890000-0000-7000-8000-0000000000{n:02x}")
}

#[test]
fn every_public_rpc_of_the_product_has_its_routes() {
    let plan = testing::plan(&testing::streamverse_pool());
    for method in plan.methods() {
        let routes = plan
            .bindings()
            .iter()
            .filter(|binding| std::ptr::eq(&raw const plan.methods()[binding.method], method))
            .count();
        assert!(!method.internal || routes == 0, "{}", method.path);
        assert!(!method.success_codes.is_empty());
    }
    assert!(plan.bindings().len() > 20);
    let subscribe = plan.route("POST", "/users/subscriptions", "").unwrap();
    assert_eq!(subscribe.method().success_codes, [201, 202]);
    assert!(
        plan.route("GET", "/.well-known/jwks.json", "")
            .unwrap()
            .method()
            .plain
    );
    let segment = format!("/stream/hls/{}/480p/segment-0.ts", id(1));
    assert!(
        plan.route("GET", &segment, "token=x")
            .unwrap()
            .method()
            .http_mount
    );
}

#[test]
fn rpcs_for_services_have_no_public_route() {
    // C10: the access check is not on the public edge.
    let plan = testing::plan(&testing::streamverse_pool());
    let route = plan.route("POST", "/rights/check_access", "");
    assert_eq!(route.map(|_| ()), Err(RouteError::NotFound));
}

/// Asserts what requests lead to: the request line, its body, the outcome.
fn assert_calls(cases: &[(&str, serde_json::Value, String)]) {
    let plan = testing::plan(&testing::streamverse_pool());
    for (line, body, expected) in cases {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        assert_eq!(call(&plan, line, &body), *expected, "{line} {body}");
    }
}

#[test]
fn an_id_in_the_query_of_a_collection_means_the_item() {
    // C3, C6, C38.
    let (one, two) = (id(1), id(2));
    let none = serde_json::Value::Null;
    let movie = format!("GetMovie {}", json!({"id": one}));
    assert_calls(&[
        (
            &format!("GET /ondemand/movies/{one}"),
            none.clone(),
            movie.clone(),
        ),
        (
            &format!("GET /ondemand/movies?id={one}"),
            none.clone(),
            movie.clone(),
        ),
        (
            &format!("HEAD /ondemand/movies?id={one}"),
            none.clone(),
            movie.clone(),
        ),
        (
            &format!("GET /client/ondemand/movies?id={one}"),
            none.clone(),
            movie,
        ),
        ("GET /ondemand/movies", none.clone(), "ListMovies {}".into()),
        (
            &format!("DELETE /users/profiles?id={one}"),
            none.clone(),
            format!("DeleteProfile {}", json!({"profileId": one})),
        ),
        (
            &format!("PUT /users/profiles?id={one}"),
            json!({"name": "A"}),
            format!(
                "UpdateProfile {}",
                json!({"profile": {"name": "A"}, "profileId": one})
            ),
        ),
        (
            &format!("PUT /users/profiles?id={one}"),
            json!({"id": two, "name": "A"}),
            "UpdateProfile: query: `id`: the body names another item".into(),
        ),
        (
            "GET /users/profiles?id=",
            none.clone(),
            "GetProfile: the item's id is missing".into(),
        ),
        (
            &format!("GET /users/profiles?id={one}&id={one}"),
            none.clone(),
            "GetProfile: query: `id`: it is given twice".into(),
        ),
        (
            &format!("GET /users/profiles/{one}?id={two}"),
            none.clone(),
            "GetProfile: query: `id`: there is no such field".into(),
        ),
        (
            &format!("GET /ondemand/movies/{one}?id={two}"),
            none,
            "GetMovie: query: `id`: the path or the body has this field".into(),
        ),
    ]);
}

#[test]
fn an_id_in_the_body_for_a_collection_means_the_item() {
    // C3, C38.
    let one = id(1);
    let none = serde_json::Value::Null;
    assert_calls(&[
        (
            "DELETE /users/profiles",
            json!({"id": one}),
            format!("DeleteProfile {}", json!({"profileId": one})),
        ),
        (
            "DELETE /users/profiles",
            json!({"id": one, "x": 1}),
            "DeleteProfile: body: this call takes no body (line 1, column 1)".into(),
        ),
        (
            "PUT /users/profiles",
            json!({"id": one, "name": "A"}),
            format!(
                "UpdateProfile {}",
                json!({"profile": {"id": one, "name": "A"}, "profileId": one})
            ),
        ),
        (
            "PATCH /users/profiles",
            json!({"id": one, "name": "A"}),
            format!(
                "UpdateProfile {}",
                json!({
                    "profile": {"id": one, "name": "A"}, "profileId": one, "updateMask": "name"
                })
            ),
        ),
        (
            "PUT /users/profiles",
            json!({"name": "A"}),
            "UpdateProfile: the item's id is missing".into(),
        ),
        (
            "PUT /users/profiles",
            none.clone(),
            "UpdateProfile: the item's id is missing".into(),
        ),
        (
            "DELETE /users/profiles",
            none,
            "DeleteProfile: the item's id is missing".into(),
        ),
    ]);
}

#[test]
fn enums_are_taken_in_their_short_form() {
    // C36.
    let plan = testing::plan(&testing::streamverse_pool());
    for spelled in ["avod", "AVOD", "MONETIZATION_AVOD", "1"] {
        assert_eq!(
            call(
                &plan,
                &format!("GET /ondemand/movies?monetization={spelled}"),
                ""
            ),
            r#"ListMovies {"monetization":["MONETIZATION_AVOD"]}"#,
        );
    }
}

#[test]
fn the_admin_side_is_not_behind_the_client_prefix() {
    // C2.
    let plan = testing::plan(&testing::streamverse_pool());
    assert_eq!(
        call(&plan, "GET /client/admin/ondemand/movies", ""),
        "NotFound"
    );
    assert_eq!(
        call(&plan, "GET /client/%61dmin/ondemand/movies", ""),
        "NotFound"
    );
    assert_eq!(
        call(&plan, "GET /admin/ondemand/movies", ""),
        "AdminListMovies {}"
    );
    assert_eq!(
        call(
            &plan,
            "POST /admin/ondemand/movies:import",
            r#"{"source":"vega"}"#
        ),
        r#"ImportMovies {"source":"vega"}"#
    );
    assert_eq!(
        call(&plan, "GET /admin/ondemand/movies:import", ""),
        "MethodNotAllowed { allow: [\"POST\"] }"
    );
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let rules = [
        ("get: \"/a/{nope}\"", "there is no such field"),
        ("get: \"/b/{list}\"", "a path cannot hold this field"),
        ("get: \"/c/{inner}\"", "a path cannot hold this field"),
        ("get: \"/d/{inner.nope}\"", "there is no such field"),
        ("get: \"/e/{id\"", "expected `}`"),
        ("post: \"/f\" body: \"nope\"", "there is no such field"),
        (
            "get: \"/g\" response_body: \"nope\"",
            "there is no such field",
        ),
        ("get: \"/same/{id}\"", ""),
        ("get: \"/same/{text}\"", "is the route of /t.S/M7 already"),
        ("custom: {kind: \"a b\" path: \"/h\"}", "is no HTTP method"),
        (
            "get: \"/i\" additional_bindings: {get: \"/j\" additional_bindings: {get: \"/k\"}}",
            "has additional bindings",
        ),
        ("selector: \"x\"", "has no pattern"),
    ];
    let mut proto = "syntax = \"proto3\"; package t; import \"google/api/annotations.proto\";
        message Q { string id = 1; repeated string list = 2; Q inner = 3; string text = 4; }
        service S {"
        .to_owned();
    for (index, (rule, _)) in rules.iter().enumerate() {
        proto = format!(
            "{proto}rpc M{index}(Q) returns (Q) {{ option (google.api.http) = {{ {rule} }}; }}"
        );
    }
    let pool = testing::compile_text(&(proto + "}"));
    let codec = Arc::new(Codec::compile(&pool).unwrap());
    let errors = Plan::compile(&pool, codec).unwrap_err().0;
    for (index, (rule, problem)) in rules.iter().enumerate() {
        let own = errors
            .iter()
            .find(|error| error.starts_with(&format!("t.S.M{index}:")));
        match own {
            Some(error) => assert!(!problem.is_empty() && error.contains(problem), "{error}"),
            None => assert!(problem.is_empty(), "{rule} compiles"),
        }
    }
}

#[test]
fn aliases_need_a_free_collection() {
    let proto = "syntax = \"proto3\"; package streamverse.t;
        import \"google/api/annotations.proto\"; import \"streamverse/options/v1/options.proto\";
        message Q { string id = 1; string other = 2; }
        service S {
          rpc Drop(Q) returns (Q) {
            option (google.api.http) = {delete: \"/things/{id}\"};
            option (streamverse.options.v1.rest) = {item_alias: \"id\"};
          }
          rpc DropAll(Q) returns (Q) { option (google.api.http) = {delete: \"/things\"}; }
          rpc Mid(Q) returns (Q) {
            option (google.api.http) = {get: \"/things/{id}/x\"};
            option (streamverse.options.v1.rest) = {
              item_alias: \"id\" success_codes: [404] headers: [\"x y\"]
            };
          }
        }";
    let pool = testing::compile_text(proto);
    let codec = Arc::new(Codec::compile(&pool).unwrap());
    let errors = Plan::compile(&pool, codec).unwrap_err().0.join("\n");
    assert!(errors.contains("`/things` is taken"), "{errors}");
    assert!(
        errors.contains("`/things/{id}/x` does not end in `{id}`"),
        "{errors}"
    );
    assert!(errors.contains("404 is no status of success"), "{errors}");
    assert!(errors.contains("`x y` is no name of a header"), "{errors}");
}

const FOREIGN: &str = r#"
    syntax = "proto3";
    package t;
    import "google/api/annotations.proto";
    message M { string a = 1; M m = 2; map<string, int32> n = 3; }
    service S {
      rpc Do(M) returns (M) { option (google.api.http) = {post: "/x/{a}" body: "m"}; }
      rpc Other(M) returns (M) { option (google.api.http) = {post: "/x/{m.a}"}; }
      rpc Whole(M) returns (M) { option (google.api.http) = {post: "/client/{m.a}" body: "*"}; }
      rpc Unbound(M) returns (M);
    }"#;

fn foreign(dialect: Dialect) -> Plan {
    let pool = testing::compile_text(FOREIGN);
    let codec = Arc::new(Codec::compile(&pool).unwrap());
    Plan::compile_any(&pool, codec, dialect).unwrap()
}

#[test]
fn services_that_are_not_ours_are_bound_by_the_rules_of_google_api_http_alone() {
    let plan = foreign(Dialect::default());
    assert_eq!(plan.notes().len(), 1, "{:?}", plan.notes());
    for (line, body, expected) in [
        (
            "POST /x/1?n[b]=2",
            r#"{"a": "3"}"#,
            r#"Do {"a":"1","m":{"a":"3"},"n":{"b":2}}"#,
        ),
        (
            "POST /client/1",
            r#"{"m": {"a": "2", "n": {"x": 1}}}"#,
            r#"Whole {"m":{"a":"1","n":{"x":1}}}"#,
        ),
        (
            "POST /x/1?b=2",
            "",
            "Do: query: `b`: there is no such field",
        ),
        ("POST /t.S/Unbound", "", "NotFound"),
    ] {
        assert_eq!(call(&plan, line, body), expected, "{line}");
    }
}

#[test]
fn a_lenient_dialect_passes_over_what_it_does_not_know() {
    let plan = foreign(Dialect {
        read: ReadOptions {
            ignore_unknown: true,
            ..ReadOptions::CANONICAL
        },
        unbound: true,
        ..Dialect::default()
    });
    for (line, body, expected) in [
        (
            "POST /x/1?b=2&m.c=3&a=4",
            r#"{"z": [1]}"#,
            r#"Do {"a":"1","m":{}}"#,
        ),
        ("POST /client/1?a=2", "", r#"Whole {"m":{"a":"1"}}"#),
        ("POST /t.S/Unbound", r#"{"a": "1"}"#, r#"Unbound {"a":"1"}"#),
    ] {
        assert_eq!(call(&plan, line, body), expected, "{line}");
    }
}

const OLD: &str = r#"
    syntax = "proto2";
    package t;
    import "google/api/annotations.proto";
    message Inner { required string must = 1; optional string other = 2; }
    message R {
      required string id = 1;
      optional Inner in = 2;
      repeated Inner list = 3;
      optional group G = 4 { optional int32 a = 1; }
    }
    message W { optional Inner in = 1; }
    service S {
      rpc Whole(R) returns (R) { option (google.api.http) = {post: "/r/{id}" body: "*"}; }
      rpc Field(W) returns (W) { option (google.api.http) = {put: "/w/{in.must}" body: "in"}; }
      rpc None(R) returns (R) { option (google.api.http) = {get: "/r"}; }
    }"#;

#[test]
fn required_fields_of_proto2_may_come_from_any_part_of_a_request() {
    let pool = testing::compile_text(OLD);
    let codec = Arc::new(Codec::compile(&pool).unwrap());
    let plan = Plan::compile_any(&pool, codec, Dialect::default()).unwrap();
    for (line, body, expected) in [
        ("POST /r/abc", "{}", r#"Whole {"id":"abc"}"#),
        ("POST /r/abc", r#"{"id": null}"#, r#"Whole {"id":"abc"}"#),
        (
            "POST /r/abc",
            r#"{"list": [{"must": "a"}, {}]}"#,
            "Whole: body: list[1].must: required (line 1, column 1)",
        ),
        (
            "PUT /w/abc",
            r#"{"other": "x"}"#,
            r#"Field {"in":{"must":"abc","other":"x"}}"#,
        ),
        ("GET /r?id=a", "", r#"None {"id":"a"}"#),
        ("GET /r", "", "None: query: `id`: required"),
        (
            "GET /r?id=a&in.other=x",
            "",
            "None: query: `in.must`: required",
        ),
        ("GET /r?id=a&g.a=1", "", r#"None {"g":{"a":1},"id":"a"}"#),
    ] {
        assert_eq!(call(&plan, line, body), expected, "{line} {body}");
    }
}
