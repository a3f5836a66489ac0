//! Refusals: their order, their form, their language.

use std::time::Duration;

use serde_json::json;
use sv_kernel::{Error, FieldViolation};
use sv_proto::{common::CommonReason, options::Role, users::UserReason};

use super::support::{Reply, Site, request};
use crate::{CorsOptions, EdgeOptions, Rate, RateOptions};

const ID: &str = "01890000-0000-7000-8000-000000000001";

async fn site() -> Site {
    Site::start(EdgeOptions::default(), |_| async {
        Ok(Reply {
            messages: vec![vec![]],
            ..Reply::default()
        })
    })
    .await
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one table of cases")]
async fn refusals_come_in_the_order_of_the_contract() {
    // C43: 404/405, 401, 403 by role, 413/415, 400.
    let site = site().await;
    let viewer = site.token(&[Role::Viewer]);
    let admin = site.token(&[Role::Admin]);
    let bad = "not json".repeat(200_000);
    let movies = "/admin/ondemand/movies";
    let json = ("content-type", "application/json");
    let form = ("content-type", "application/x-www-form-urlencoded");
    for (method, path, headers, body, expected) in [
        ("POST", "/nowhere", vec![], &*bad, (404, "ROUTE_NOT_FOUND")),
        (
            "POST",
            "/client/admin/ondemand/movies",
            vec![],
            "{}",
            (404, "ROUTE_NOT_FOUND"),
        ),
        (
            "POST",
            "/rights/check_access",
            vec![],
            "{}",
            (404, "ROUTE_NOT_FOUND"),
        ),
        ("GET", "/users/%00", vec![], "", (400, "PATH_INVALID")),
        ("PUT", movies, vec![form], &*bad, (401, "UNAUTHENTICATED")),
        (
            "BREW",
            movies,
            vec![form],
            &*bad,
            (405, "METHOD_NOT_ALLOWED"),
        ),
        ("POST", movies, vec![form], &*bad, (401, "UNAUTHENTICATED")),
        (
            "POST",
            movies,
            vec![form, ("authorization", "Bearer x")],
            "",
            (401, "TOKEN_INVALID"),
        ),
        (
            "POST",
            movies,
            vec![form, ("authorization", "Basic x")],
            "",
            (401, "TOKEN_INVALID"),
        ),
        (
            "POST",
            movies,
            vec![form, ("authorization", &viewer)],
            &*bad,
            (403, "PERMISSION_DENIED"),
        ),
        (
            "POST",
            movies,
            vec![form, ("authorization", &admin)],
            &*bad,
            (413, "TOO_LARGE"),
        ),
        (
            "POST",
            movies,
            vec![form, ("authorization", &admin)],
            "a=b",
            (415, "UNSUPPORTED_MEDIA_TYPE"),
        ),
        (
            "POST",
            movies,
            vec![json, ("authorization", &admin)],
            "nope",
            (400, "JSON_INVALID"),
        ),
        (
            "POST",
            movies,
            vec![json, ("authorization", &admin)],
            "{\"title\":1}",
            (400, "JSON_INVALID"),
        ),
        (
            "POST",
            movies,
            vec![json, ("authorization", &admin)],
            "{}",
            (400, "VALIDATION_FAILED"),
        ),
        (
            "GET",
            movies,
            vec![("accept", "text/html"), ("authorization", &admin)],
            "",
            (406, "NOT_ACCEPTABLE"),
        ),
        (
            "GET",
            "/admin/ondemand/movies?nope=1",
            vec![("authorization", &admin)],
            "",
            (400, "QUERY_INVALID"),
        ),
        (
            "DELETE",
            "/users/profiles",
            vec![("authorization", &viewer)],
            "",
            (400, "ID_REQUIRED"),
        ),
        (
            "GET",
            "/users/profiles/42",
            vec![("authorization", &viewer)],
            "",
            (400, "VALIDATION_FAILED"),
        ),
    ] {
        let got = site
            .send(request(method, path, &headers, body.to_owned()))
            .await;
        assert_eq!(
            got.refusal(),
            (expected.0, expected.1.into()),
            "{method} {path}"
        );
        assert_eq!(got.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn refusals_say_what_to_do_in_headers() {
    let site = site().await;
    let got = site.send(request("PATCH", "/users/me", &[], "")).await;
    assert_eq!(
        (got.status.as_u16(), got.header("allow")),
        (405, "GET, HEAD")
    );
    let got = site.get("/users/me").await;
    assert_eq!(
        got.header("www-authenticate"),
        "Bearer realm=\"streamverse\""
    );
    let got = site
        .send(request(
            "GET",
            "/users/me",
            &[("authorization", "Bearer x")],
            "",
        ))
        .await;
    assert!(got.header("www-authenticate").contains("invalid_token"));
    let long = format!("/users/me?x={}", "a".repeat(9000));
    assert_eq!(
        site.get(&long).await.refusal(),
        (414, "URI_TOO_LONG".into())
    );
}

#[tokio::test]
async fn reasons_of_services_come_with_their_details_and_in_the_callers_language() {
    // API-4, I18N-1.
    let site = Site::start(EdgeOptions::default(), |heard| async move {
        Err(match heard.method.as_str() {
            "GetMe" => Error::from(UserReason::ProfileLimit)
                .with("limit", 5)
                .with_violation(FieldViolation {
                    field: "profile.name".into(),
                    rule: "MAX_LENGTH",
                    description: "has at most 50 characters".into(),
                })
                .retry_after(Duration::from_millis(1500)),
            "CreateProfile" => {
                let fields = ["profile.name", "profiles.name", "language"];
                let violations = fields.map(|field| FieldViolation {
                    field: field.into(),
                    rule: "REQUIRED",
                    description: "is required".into(),
                });
                let refused = Error::from(UserReason::ProfileLimit);
                violations.into_iter().fold(refused, Error::with_violation)
            }
            _ => Error::from(CommonReason::Internal).because("password=hunter2"),
        })
    })
    .await;
    let token = site.token(&[Role::Viewer]);
    let headers = [
        ("authorization", token.as_str()),
        ("accept-language", "nb-NO,en;q=0.5"),
    ];
    // The body is the profile itself.
    let json = [headers[0], headers[1], ("content-type", "application/json")];
    let create = request("POST", "/users/profiles", &json, r#"{"name":"Kid"}"#);
    let told = site.send(create).await.json();
    let violations = told["error"]["details"]["violations"].as_array().unwrap();
    let fields: Vec<_> = violations.iter().map(|one| &one["field"]).collect();
    assert_eq!(fields, ["name", "profiles.name", "language"]);
    let got = site.send(request("GET", "/users/me", &headers, "")).await;
    assert_eq!(got.refusal(), (409, "PROFILE_LIMIT".into()));
    assert_eq!(
        (got.header("retry-after"), got.header("content-language")),
        ("2", "nb")
    );
    let error = &got.json()["error"];
    assert_eq!(
        error["message"],
        "En konto har høyst 5 profiler. Slett en først."
    );
    assert_eq!(
        error["details"],
        json!({
            "limit": "5",
            "violations": [{
                "field": "profile.name",
                "rule": "MAX_LENGTH",
                "description": "has at most 50 characters",
            }],
            "retryAfterSeconds": 2,
        })
    );
    // Causes stay with us; the request id finds them.
    let got = site
        .send(request("GET", "/users/profiles", &headers, ""))
        .await;
    assert_eq!(got.refusal(), (500, "INTERNAL".into()));
    assert!(!String::from_utf8_lossy(&got.body).contains("hunter2"));
    assert_eq!(
        got.json()["error"]["details"]["requestId"],
        got.header("x-request-id")
    );
}

#[tokio::test]
async fn a_service_that_panics_is_an_answer() {
    let site = Site::start(EdgeOptions::default(), |_| async { panic!("no") }).await;
    let token = site.token(&[Role::Viewer]);
    let got = site
        .send(request(
            "GET",
            "/users/me",
            &[("authorization", &token)],
            "",
        ))
        .await;
    assert_eq!(got.refusal(), (500, "INTERNAL".into()));
}

#[tokio::test]
async fn rates_are_told_on_every_answer_and_end_in_429() {
    // API-8, SEC-4, E18.
    let options = EdgeOptions {
        rates: RateOptions {
            default: Rate {
                address: 3,
                account: 2,
            },
            ..RateOptions::default()
        },
        ..EdgeOptions::default()
    };
    let site = Site::start(options, |_| async {
        Ok(Reply {
            messages: vec![vec![]],
            ..Reply::default()
        })
    })
    .await;
    let token = site.token(&[Role::Viewer]);
    let me = || request("GET", "/users/me", &[("authorization", &token)], "");
    let first = site.send(me()).await;
    assert_eq!(
        (
            first.header("x-ratelimit-limit"),
            first.header("x-ratelimit-remaining")
        ),
        ("2", "1")
    );
    assert_eq!(first.header("x-ratelimit-reset"), "1700000040");
    site.send(me()).await;
    let third = site.send(me()).await;
    assert_eq!(third.refusal(), (429, "RATE_LIMITED".into()));
    assert_eq!(
        (
            third.header("retry-after"),
            third.header("x-ratelimit-remaining")
        ),
        ("40", "0")
    );
    // Strangers from the same address have their own budget, whatever they claim.
    for n in 0..3 {
        let forged = request(
            "GET",
            "/nowhere",
            &[("x-forwarded-for", &format!("10.0.0.{n}"))],
            "",
        );
        let got = site.send(forged).await;
        assert_eq!(got.status, 404);
        assert_eq!(got.header("x-ratelimit-limit"), "3");
    }
    assert_eq!(site.get("/nowhere").await.status, 429);
    // Probes are not counted.
    assert_eq!(site.get("/health").await.status, 200);
    site.harness.clock.advance(Duration::from_mins(1));
    assert_eq!(site.send(me()).await.status, 200);
}

#[tokio::test]
async fn pages_of_listed_origins_may_call() {
    // E5.
    let options = EdgeOptions {
        cors: CorsOptions {
            origins: vec!["https://app.example".into()],
        },
        ..EdgeOptions::default()
    };
    let site = Site::start(options, |_| async { Ok(Reply::default()) }).await;
    let origin = ("origin", "https://app.example");
    let ask = [origin, ("access-control-request-method", "PUT")];
    let got = site
        .send(request("OPTIONS", "/users/profiles", &ask, ""))
        .await;
    assert_eq!(
        (
            got.status.as_u16(),
            got.header("access-control-allow-origin")
        ),
        (204, origin.1)
    );
    let refused = site.send(request("GET", "/nowhere", &[origin], "")).await;
    assert_eq!(refused.header("access-control-allow-origin"), origin.1);
    assert!(
        refused
            .header("access-control-expose-headers")
            .contains("grpc-status")
    );
    let evil = site
        .send(request(
            "GET",
            "/nowhere",
            &[("origin", "https://evil.example")],
            "",
        ))
        .await;
    assert_eq!(evil.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn browsing_without_a_token_is_a_setting() {
    // C24.
    let path = format!("/ondemand/movies/{ID}");
    assert_eq!(
        site().await.get(&path).await.refusal(),
        (401, "UNAUTHENTICATED".into())
    );
    let open = EdgeOptions {
        anonymous_browse: true,
        ..EdgeOptions::default()
    };
    let open = Site::start(open, |_| async {
        Ok(Reply {
            messages: vec![vec![]],
            ..Reply::default()
        })
    })
    .await;
    assert_eq!(open.get(&path).await.status, 200);
}

#[tokio::test]
async fn packed_bodies_are_refused_unread() {
    // E10; RFC 9110 8.4 and 12.5.3.
    let site = site().await;
    let send = |coding: &'static str, body: &'static str| {
        let headers = [
            ("content-type", "application/json"),
            ("content-encoding", coding),
        ];
        site.send(request("POST", "/auth/refresh", &headers, body))
    };
    for coding in ["gzip", "GZIP, identity", "br", "identity, deflate", "zstd"] {
        let got = send(coding, r#"{"refreshToken":"a"}"#).await;
        assert_eq!(
            got.refusal(),
            (415, "ENCODING_UNSUPPORTED".into()),
            "{coding}"
        );
        assert_eq!(got.header("accept-encoding"), "identity");
    }
    assert!(site.heard().is_empty());
    for (coding, body) in [
        ("identity", r#"{"refreshToken":"a"}"#),
        ("", r#"{"refreshToken":"a"}"#),
    ] {
        assert_eq!(send(coding, body).await.status, 200, "{coding:?}");
    }
    // Nothing is packed where there is nothing.
    let empty = [("content-encoding", "gzip")];
    let got = site
        .send(request("GET", "/subscriptions", &empty, ""))
        .await;
    assert_eq!(got.status, 200);
}

#[tokio::test]
async fn two_media_types_are_none() {
    let site = site().await;
    let headers = [
        ("content-type", "application/json"),
        ("content-type", "text/plain"),
    ];
    let got = site
        .send(request("POST", "/auth/refresh", &headers, "{}"))
        .await;
    assert_eq!(got.refusal(), (415, "UNSUPPORTED_MEDIA_TYPE".into()));
}

#[tokio::test]
async fn probes_refuse_other_methods_as_every_path_does() {
    // C43.
    let site = site().await;
    for path in ["/health", "/ready"] {
        for method in ["POST", "OPTIONS", "BREW"] {
            let got = site.send(request(method, path, &[], "")).await;
            assert_eq!(got.refusal(), (405, "METHOD_NOT_ALLOWED".into()), "{path}");
            assert_eq!(got.header("allow"), "GET, HEAD");
        }
    }
}

#[tokio::test]
async fn spaces_before_a_token_do_not_count() {
    // RFC 9110 11.4: at least one.
    let site = site().await;
    let token = site.token(&[Role::Viewer]).replace(' ', "   ");
    let headers = [("authorization", &*token)];
    let got = site.send(request("GET", "/users/me", &headers, "")).await;
    assert_eq!(got.status, 200, "{got:?}");
}

/// AUTH-1: clients that send their old token along with everything can still sign in and refresh.
#[tokio::test]
async fn an_old_token_keeps_nobody_from_showing_other_credentials() {
    let site = site().await;
    let json = ("content-type", "application/json");
    let login = r#"{"email":"ana@example.org","password":"a long enough password"}"#;
    let refresh = r#"{"refreshToken":"r"}"#;
    for bad in ["Bearer x", "Basic x"] {
        for (path, body) in [("/auth/login", login), ("/auth/refresh", refresh)] {
            let got = site
                .send(request("POST", path, &[json, ("authorization", bad)], body))
                .await;
            assert_eq!(got.status, 200, "{path} {bad}");
        }
        let heard = site.heard();
        assert_eq!(heard.last().unwrap().ctx.actor, sv_kernel::Actor::Anonymous);
        let got = site
            .send(request(
                "POST",
                "/auth/logout",
                &[("authorization", bad)],
                "",
            ))
            .await;
        assert_eq!(got.refusal(), (401, "TOKEN_INVALID".into()));
    }
}

/// The tokens of one caller do not concern a neighbour behind the same address.
#[tokio::test]
async fn bad_tokens_of_one_caller_leave_a_neighbours_good_one_alone() {
    let site = site().await;
    let me = |token: String| {
        let site = &site;
        async move {
            let headers = [("authorization", token.as_str())];
            site.send(request("GET", "/users/me", &headers, "")).await
        }
    };
    for n in 0..50 {
        assert_eq!(me(format!("Bearer forged-{n}")).await.refusal().0, 401);
    }
    let known = site.token(&[]);
    assert!(me(known.clone()).await.status.is_success());
    // Past what an address is answered with 401, as past what it may call without an account.
    let mut last = 0;
    for n in 50..150 {
        last = me(format!("Bearer forged-{n}")).await.refusal().0;
    }
    assert_eq!(last, 429);
    assert!(
        me(known).await.status.is_success(),
        "one that was seen before"
    );
    assert!(
        me(site.token(&[])).await.status.is_success(),
        "and one that is new"
    );
}
