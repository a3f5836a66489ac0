//! What successful REST calls look like.

use ::bytes::Bytes;
use prost::Message as _;
use serde_json::json;
use sv_proto::{
    auth::{GetKeysResponse, Jwk},
    content::{Content, ContentType, GetMovieResponse, UpdateMovieRequest, UpdateMovieResponse},
    options::Role,
    rights::{ListPlansResponse, SubscribeResponse},
    users::{
        DeleteProfileRequest, GetMeResponse, Profile, UpdateProfileRequest, UpdateProfileResponse,
        User,
    },
};

use super::support::{Got, Heard, Reply, Site, request};
use crate::EdgeOptions;

const ID: &str = "01890000-0000-7000-8000-000000000001";

fn film() -> Content {
    Content {
        id: ID.into(),
        r#type: ContentType::Movie.into(),
        title: "The «Film»".into(),
        ..Content::default()
    }
}

/// Answers what the product's services would.
async fn script(heard: Heard) -> Result<Reply, sv_kernel::Error> {
    Ok(match heard.method.as_str() {
        "GetMe" => Reply::of(&GetMeResponse {
            user: Some(User {
                email: "ana@example.com".into(),
                ..User::default()
            }),
        }),
        "GetMovie" => Reply::of(&GetMovieResponse {
            content: Some(film()),
        }),
        "UpdateMovie" => Reply::of(&UpdateMovieResponse {
            content: Some(film()),
        })
        .with("etag", "\"4\""),
        "AdminGetMovie" => Reply::of(&GetMovieResponse {
            content: Some(film()),
        })
        .with("etag", "\"3\"")
        .with("x-secret", "of the service"),
        "UpdateProfile" => Reply::of(&UpdateProfileResponse {
            profile: Some(Profile::default()),
        }),
        "Subscribe" => Reply::of(&SubscribeResponse::default()).with("x-http-status", "202"),
        "CreateProfile" => {
            Reply::of(&UpdateProfileResponse::default()).with("x-http-status", "418")
        }
        "ListPlans" => Reply::of(&ListPlansResponse::default()),
        "GetKeys" => Reply::of(&GetKeysResponse {
            keys: vec![Jwk {
                kid: "k".into(),
                ..Jwk::default()
            }],
        }),
        "PlayOnDemand" | "DeleteProfile" => Reply {
            messages: vec![vec![]],
            ..Reply::default()
        },
        other => panic!("no answer for {other}"),
    })
}

async fn site() -> Site {
    Site::start(EdgeOptions::default(), script).await
}

async fn get(site: &Site, path: &str, headers: &[(&str, &str)]) -> Got {
    let token = site.token(&[Role::Viewer]);
    let mut headers = headers.to_vec();
    headers.push(("authorization", &token));
    site.send(request("GET", path, &headers, "")).await
}

#[tokio::test]
async fn answers_come_in_the_envelope_with_the_timestamp() {
    // API-3, C5, C36.
    let site = site().await;
    for path in ["/users/me", "/auth/profile", "/client/users/me"] {
        let got = get(&site, path, &[]).await;
        assert_eq!(got.status, 200, "{got:?}");
        let json = got.json();
        assert_eq!(json["success"], true);
        assert_eq!(json["data"]["email"], "ana@example.com");
        assert_eq!(json["data"]["defaultProfileId"], "");
        assert_eq!(json["timestamp"], "2023-11-14T22:13:20Z");
        assert_eq!(got.header("content-type"), "application/json");
        assert_eq!(got.header("cache-control"), "private, no-cache");
        assert_eq!(got.header("x-content-type-options"), "nosniff");
        assert_eq!(got.header("content-length"), got.body.len().to_string());
    }
    let film = get(&site, &format!("/ondemand/movies/{ID}"), &[])
        .await
        .json();
    assert_eq!(film["data"]["type"], "movie");
}

#[tokio::test]
async fn the_raw_form_is_the_data_alone() {
    // C4.
    let site = site().await;
    let accept = ("accept", "application/vnd.streamverse.raw+json");
    let got = get(&site, "/users/me", &[accept]).await;
    assert_eq!(got.json()["email"], "ana@example.com");
    assert_eq!(got.header("content-type"), accept.1);
    // Keys are never wrapped (RFC 7517), and caches may keep them.
    let keys = site.get("/.well-known/jwks.json").await;
    assert_eq!(keys.json()["keys"][0]["kid"], "k");
    assert_eq!(keys.header("cache-control"), "public, max-age=60");
}

#[tokio::test]
async fn a_reader_who_has_the_data_gets_304() {
    // C46: the tag covers the data, not the timestamp.
    let site = site().await;
    let first = get(&site, "/users/me", &[]).await;
    let etag = first.header("etag").to_owned();
    assert!(etag.starts_with("W/\""), "{etag}");
    site.harness
        .clock
        .advance(std::time::Duration::from_secs(5));
    let second = get(
        &site,
        "/users/me",
        &[("if-none-match", &format!("\"x\", {etag}"))],
    )
    .await;
    assert_eq!((second.status.as_u16(), second.body.len()), (304, 0));
    assert_eq!(second.header("etag"), etag);
    let other = get(&site, "/users/me", &[("if-none-match", "\"other\"")]).await;
    assert_eq!(other.status, 200);
    // A version that the service names is the tag.
    let token = site.token(&[Role::Admin]);
    let path = format!("/admin/ondemand/movies/{ID}");
    let film = site
        .send(request("GET", &path, &[("authorization", &token)], ""))
        .await;
    assert_eq!(film.header("etag"), "\"3\"");
    // What the RPC does not declare stays within.
    assert_eq!(film.header("x-secret"), "");
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let site = site().await;
    let token = site.token(&[Role::Viewer]);
    let head = || {
        request(
            "HEAD",
            "http://localhost/users/me",
            &[("authorization", &token)],
            "",
        )
    };
    let body = get(&site, "/users/me", &[]).await.body.len().to_string();
    let got = site
        .send(request(
            "HEAD",
            "/users/me",
            &[("authorization", &token)],
            "",
        ))
        .await;
    assert_eq!(
        (got.status.as_u16(), got.header("content-length")),
        (200, &*body)
    );
    assert!(got.body.is_empty());
    let got = site.send_h2(head()).await;
    assert_eq!(
        (got.status.as_u16(), got.header("content-length")),
        (200, &*body)
    );
    assert!(got.body.is_empty());
}

#[tokio::test]
async fn looking_ahead_starts_no_playback() {
    // C8.
    let site = site().await;
    let token = site.token(&[Role::Viewer]);
    let path = format!("/play/ondemand/{ID}");
    let head = site
        .send(request("HEAD", &path, &[("authorization", &token)], ""))
        .await;
    assert_eq!(head.status, 200);
    assert!(site.heard().is_empty());
    let play = get(&site, &path, &[]).await;
    assert_eq!(
        (play.status.as_u16(), play.header("cache-control")),
        (200, "no-store")
    );
    assert_eq!(site.heard().len(), 1);
    // The method hears of prefetches and decides.
    get(&site, &path, &[("sec-purpose", "prefetch")]).await;
    assert_eq!(site.heard()[1].headers["sec-purpose"], "prefetch");
    assert_eq!(play.header("etag"), "");
}

#[tokio::test]
async fn the_method_chooses_the_status_among_those_it_lists() {
    // C13, C40.
    let site = site().await;
    let token = site.token(&[Role::Viewer]);
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", "application/json"),
    ];
    let subscribe = request(
        "POST",
        "/users/subscriptions",
        &headers,
        r#"{"planId":"p"}"#,
    );
    let got = site.send(subscribe).await;
    assert_eq!(got.status, 202, "{got:?}");
    // 418 is not listed: the default.
    let create = request("POST", "/users/profiles", &headers, r#"{"name":"Kid"}"#);
    assert_eq!(site.send(create).await.status, 201);
}

#[tokio::test]
async fn what_services_hear_is_the_request_and_who_sent_it() {
    // E2, EDGE-3, C44.
    let site = site().await;
    let got = get(
        &site,
        "/users/me",
        &[
            ("x-request-id", "abc"),
            ("x-profile-id", ID),
            ("x-device-id", "tv"),
            ("x-tenant-id", "evil"),
            ("x-user-id", "evil"),
            ("grpc-timeout", "0n"),
            ("accept-language", "nb"),
        ],
    )
    .await;
    assert_eq!(got.header("x-request-id"), "abc");
    let heard = &site.heard()[0];
    assert_eq!(&*heard.ctx.request_id, "abc");
    assert_eq!(heard.ctx.profile.unwrap().to_string(), ID);
    assert_eq!(heard.ctx.device.as_deref(), Some("tv"));
    assert_eq!(heard.ctx.tenant.as_str(), "default");
    assert_eq!(heard.ctx.locale.as_str(), "nb");
    assert!(heard.ctx.actor.viewer().is_some());
    assert!(!heard.headers.contains_key("x-user-id"));
    assert_eq!(heard.headers["traceparent"].len(), 55);
}

#[tokio::test]
async fn bodies_paths_and_queries_become_one_message() {
    // C3, C36, C38.
    let site = site().await;
    let token = site.token(&[Role::Admin]);
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", "application/json"),
    ];
    let path = format!("/admin/ondemand/movies/{ID}");
    let patch = request(
        "PATCH",
        &path,
        &headers,
        r#"{"title":"New","type":"movie"}"#,
    );
    let got = site.send(patch).await;
    assert_eq!(got.status, 200, "{got:?}");
    let message: UpdateMovieRequest = site.heard()[0].message();
    assert_eq!(message.id, ID);
    assert_eq!(message.update_mask.unwrap().paths, ["title", "type"]);
    assert_eq!(message.content.unwrap().title, "New");

    let put = request(
        "PUT",
        "/users/profiles",
        &headers,
        json!({"id": ID, "name": "A"}).to_string(),
    );
    assert_eq!(site.send(put).await.status, 200);
    let message: UpdateProfileRequest = site.heard()[1].message();
    assert_eq!(
        (message.profile_id.as_str(), message.update_mask),
        (ID, None)
    );

    let delete = format!("/users/profiles?id={ID}");
    let delete = request("DELETE", &delete, &[("authorization", &token)], "");
    assert_eq!(site.send(delete).await.status, 200);
    assert_eq!(
        site.heard()[2].message::<DeleteProfileRequest>().profile_id,
        ID
    );
}

#[tokio::test]
async fn larger_answers_are_packed() {
    use std::io::Read as _;
    let site = Site::start(EdgeOptions::default(), |_| async {
        let content = Content {
            synopsis: "a".repeat(3000),
            ..film()
        };
        Ok(Reply::of(&GetMovieResponse {
            content: Some(content),
        }))
    })
    .await;
    let path = format!("/ondemand/movies/{ID}");
    let got = get(&site, &path, &[("accept-encoding", "gzip")]).await;
    assert_eq!(got.header("content-encoding"), "gzip");
    assert!(got.header("vary").contains("accept-encoding"));
    let mut text = String::new();
    flate2::read::GzDecoder::new(&got.body[..])
        .read_to_string(&mut text)
        .unwrap();
    assert!(text.contains("\"success\":true"));
}

#[tokio::test]
async fn probes_answer_plainly() {
    // EDGE-10, C39.
    let site = site().await;
    let health = site.get("/health").await;
    assert_eq!(
        (health.status.as_u16(), health.body),
        (200, Bytes::from(r#"{"status":"ok"}"#))
    );
    let ready = site.get("/ready").await;
    assert_eq!(
        (ready.status.as_u16(), ready.json()["failing"][0].as_str()),
        (503, Some("tables"))
    );
    assert_eq!(site.get("/metrics").await.body, Bytes::from("up 1\n"));
    let proxied = request("GET", "/metrics", &[("x-forwarded-for", "127.0.0.1")], "");
    assert_eq!(
        site.send(proxied).await.refusal(),
        (404, "ROUTE_NOT_FOUND".into())
    );
    assert_eq!(
        site.send(request("POST", "/health", &[], "")).await.status,
        405
    );
    assert_eq!(
        site.send(request("HEAD", "/health", &[], "")).await.status,
        200
    );
}

#[tokio::test]
async fn a_message_that_is_no_message_is_a_fault_of_ours() {
    let site = Site::start(EdgeOptions::default(), |_| async {
        Ok(Reply {
            messages: vec![vec![0xff; 3]],
            ..Reply::default()
        })
    })
    .await;
    assert_eq!(
        get(&site, "/users/me", &[]).await.refusal(),
        (500, "INTERNAL".into())
    );
    let none = Site::start(EdgeOptions::default(), |_| async { Ok(Reply::default()) }).await;
    assert_eq!(
        get(&none, "/users/me", &[]).await.refusal(),
        (500, "INTERNAL".into())
    );
    let empty = GetMeResponse::default().encode_to_vec();
    let two = Site::start(EdgeOptions::default(), move |_| {
        let messages = vec![empty.clone(), empty.clone()];
        async {
            Ok(Reply {
                messages,
                ..Reply::default()
            })
        }
    })
    .await;
    assert_eq!(
        get(&two, "/users/me", &[]).await.refusal(),
        (500, "INTERNAL".into())
    );
}
