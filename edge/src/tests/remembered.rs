//! Remembered answers (EDGE-11, C46).

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use sv_proto::{
    content::{Content, GetMovieResponse},
    options::Role,
};
use tokio::sync::Notify;

use super::support::{Reply, Site, request};
use crate::{CacheOptions, EdgeOptions};

const ID: &str = "01890000-0000-7000-8000-000000000001";

/// A catalogue whose film has a new title at every call.
async fn site(cache: CacheOptions) -> Site {
    let calls = Arc::new(AtomicUsize::new(0));
    let options = EdgeOptions {
        cache,
        ..EdgeOptions::default()
    };
    Site::start(options, move |heard| {
        let n = calls.fetch_add(1, Ordering::SeqCst);
        async move {
            if heard.message.windows(36).any(|id| id.ends_with(b"99")) {
                return Err(sv_proto::content::ContentReason::MovieNotFound.into());
            }
            let content = Content {
                title: format!("{n}"),
                ..Content::default()
            };
            Ok(Reply::of(&GetMovieResponse {
                content: Some(content),
            }))
        }
    })
    .await
}

async fn title(site: &Site, token: &str, headers: &[(&str, &str)]) -> String {
    let path = format!("/ondemand/movies/{ID}");
    let mut headers = headers.to_vec();
    headers.push(("authorization", token));
    let got = site.send(request("GET", &path, &headers, "")).await;
    assert_eq!(got.status, 200);
    got.json()["data"]["title"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn public_answers_are_shared_until_their_time_is_over() {
    let site = site(CacheOptions::default()).await;
    let (ana, ben) = (site.token(&[Role::Viewer]), site.token(&[Role::Viewer]));
    assert_eq!(title(&site, &ana, &[]).await, "0");
    assert_eq!(title(&site, &ben, &[]).await, "0");
    // Another language is another answer.
    assert_eq!(title(&site, &ana, &[("accept-language", "nb")]).await, "1");
    // Reading without a token is refused although the answer is at hand.
    let stranger = site.get(&format!("/ondemand/movies/{ID}")).await;
    assert_eq!(stranger.status, 401);
    site.harness.clock.advance(Duration::from_millis(499));
    assert_eq!(title(&site, &ana, &[]).await, "0");
    site.harness.clock.advance(Duration::from_millis(1));
    assert_eq!(title(&site, &ana, &[]).await, "2");
}

#[tokio::test]
async fn own_writes_end_what_is_remembered() {
    let site = site(CacheOptions::default()).await;
    let admin = site.token(&[Role::Admin]);
    assert_eq!(title(&site, &admin, &[]).await, "0");
    assert_eq!(title(&site, &admin, &[]).await, "0");
    change(&site, &admin).await;
    assert_eq!(title(&site, &admin, &[]).await, "2");
}

async fn change(site: &Site, admin: &str) {
    let path = format!("/admin/ondemand/movies/{ID}");
    let json = ("content-type", "application/json");
    let headers = [("authorization", admin), json];
    let changed = request("PATCH", &path, &headers, r#"{"title":"x"}"#);
    site.send(changed).await;
}

#[tokio::test]
async fn a_change_during_the_call_is_not_missed() {
    let (calls, done) = (AtomicUsize::new(0), Arc::new(Notify::new()));
    let changed = done.clone();
    let site = Site::start(EdgeOptions::default(), move |_| {
        let n = calls.fetch_add(1, Ordering::SeqCst);
        let changed = changed.clone();
        async move {
            // The first to be asked answers only after the second.
            if n == 0 {
                changed.notified().await;
            }
            let content = Content {
                title: format!("{n}"),
                ..Content::default()
            };
            Ok(Reply::of(&GetMovieResponse {
                content: Some(content),
            }))
        }
    })
    .await;
    let admin = site.token(&[Role::Admin]);
    let reader = title(&site, &admin, &[]);
    let editor = async {
        while site.heard().is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        change(&site, &admin).await;
        done.notify_one();
    };
    let (read, ()) = tokio::join!(reader, editor);
    assert_eq!(read, "0");
    assert_eq!(title(&site, &admin, &[]).await, "2");
}

#[tokio::test]
async fn nothing_is_remembered_where_it_is_switched_off_or_too_large() {
    for cache in [
        CacheOptions {
            enabled: false,
            ..CacheOptions::default()
        },
        CacheOptions {
            max_answer_bytes: 10,
            ..CacheOptions::default()
        },
    ] {
        let site = site(cache).await;
        let token = site.token(&[Role::Viewer]);
        assert_eq!(title(&site, &token, &[]).await, "0");
        assert_eq!(title(&site, &token, &[]).await, "1");
    }
}

#[tokio::test]
async fn refusals_are_not_remembered() {
    let site = site(CacheOptions::default()).await;
    let token = site.token(&[Role::Viewer]);
    let path = format!("/ondemand/movies/{}99", &ID[..34]);
    for n in 1..3 {
        let got = site
            .send(request("GET", &path, &[("authorization", &token)], ""))
            .await;
        assert_eq!(got.refusal(), (404, "MOVIE_NOT_FOUND".into()));
        assert_eq!(site.heard().len(), n);
    }
}

#[tokio::test]
async fn what_is_remembered_is_not_for_headers_that_the_service_refuses() {
    let site = site(CacheOptions::default()).await;
    let token = site.token(&[Role::Viewer]);
    assert_eq!(title(&site, &token, &[]).await, "0");
    let path = format!("/ondemand/movies/{ID}");
    let long = "d".repeat(129);
    for told in [
        ("x-profile-id", ""),
        ("x-profile-id", "42"),
        ("x-device-id", &*long),
    ] {
        let headers = [("authorization", &*token), told];
        let got = site.send(request("GET", &path, &headers, "")).await;
        assert_eq!(got.refusal(), (400, "HEADER_INVALID".into()), "{told:?}");
    }
}
