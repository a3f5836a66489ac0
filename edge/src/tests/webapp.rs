//! The web app's files and its page (FE-1).

use http::StatusCode;

use super::support::{Got, Reply, Site, request};
use crate::{EdgeOptions, PageOptions};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

async fn site(web: bool) -> Site {
    let options = EdgeOptions {
        web,
        ..EdgeOptions::default()
    };
    Site::start(options, |_| async { Ok(Reply::default()) }).await
}

async fn visit(site: &Site, path: &str, headers: &[(&str, &str)]) -> Got {
    site.send(request("GET", path, headers, "")).await
}

#[tokio::test]
async fn a_browser_gets_the_page_wherever_it_goes() {
    let site = site(true).await;
    for path in [
        "/",
        "/search?q=a",
        "/title/anything",
        "/admin/ondemand/movies",
    ] {
        let page = visit(&site, path, &[("accept", BROWSER)]).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(page.header("cache-control"), "no-cache");
        assert_eq!(
            page.header("vary"),
            "accept, accept-encoding, authorization"
        );
        assert!(
            page.header("content-security-policy")
                .starts_with("default-src 'self';")
        );
        assert!(
            String::from_utf8_lossy(&page.body).starts_with("<!doctype html>"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn whoever_calls_the_surface_gets_its_answers() {
    let site = site(true).await;
    for headers in [
        &[("accept", "*/*")][..],
        &[],
        &[("accept", "application/json, text/html;q=0.5")],
        &[("accept", BROWSER), ("sec-fetch-dest", "empty")],
    ] {
        let got = visit(&site, "/admin/ondemand/movies", headers).await;
        assert_eq!(
            got.refusal(),
            (401, "UNAUTHENTICATED".into()),
            "{headers:?}"
        );
    }
    let signed_in = [("accept", BROWSER), ("authorization", "Bearer a.b.c")];
    let got = visit(&site, "/admin/ondemand/movies", &signed_in).await;
    assert_eq!(got.status, 401);
    let posted = site
        .send(request("POST", "/nowhere", &[("accept", BROWSER)], ""))
        .await;
    assert_eq!(posted.refusal(), (404, "ROUTE_NOT_FOUND".into()));
    // Posters are opened in browsers, too.
    let poster = "/stream/poster/01890000-0000-7000-8000-000000000001";
    let got = visit(&site, poster, &[("accept", BROWSER)]).await;
    assert_eq!(got.refusal(), (503, "UNAVAILABLE".into()));
}

#[tokio::test]
async fn files_are_kept_by_their_hash_and_asked_for_by_their_tag() {
    let site = site(true).await;
    let page = visit(&site, "/", &[("accept", BROWSER)]).await;
    let page = String::from_utf8(page.body.to_vec()).unwrap();
    let script = page
        .split('"')
        .find(|part| part.starts_with("/assets/index-"));
    let script = script.expect("the page loads a script of the bundle");
    let plain = visit(&site, script, &[]).await;
    assert_eq!(
        plain.header("content-type"),
        "text/javascript; charset=utf-8"
    );
    assert_eq!(
        plain.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    let packed = visit(&site, script, &[("accept-encoding", "gzip, br")]).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.body.len() < plain.body.len() * 2 / 3);
    let again = visit(&site, script, &[("if-none-match", plain.header("etag"))]).await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    let lost = visit(&site, "/assets/of-another-release.js", &[("accept", "*/*")]).await;
    assert_eq!(lost.refusal(), (404, "ROUTE_NOT_FOUND".into()));
    let posted = site.send(request("POST", script, &[], "")).await;
    assert_eq!(posted.refusal(), (405, "METHOD_NOT_ALLOWED".into()));
}

#[tokio::test]
async fn where_it_is_off_nothing_of_it_is_there() {
    let site = site(false).await;
    let got = visit(&site, "/", &[("accept", BROWSER)]).await;
    assert_eq!(got.refusal(), (404, "ROUTE_NOT_FOUND".into()));
}

/// What operators set reaches the page: its name, its flags, and where its parts are, which its policy lets it call
/// (FE-8, FE-10).
#[tokio::test]
async fn the_page_is_told_what_operators_set() {
    let told = |site: Site| async move {
        let config = visit(&site, "/config.json", &[]).await;
        let page = visit(&site, "/", &[("accept", BROWSER)]).await;
        (
            serde_json::from_slice::<serde_json::Value>(&config.body).unwrap(),
            config.header("etag").to_owned(),
            page.header("content-security-policy").to_owned(),
        )
    };
    let (config, plain, policy) = told(site(true).await).await;
    assert_eq!(config, serde_json::json!({"flags": {}}));
    assert!(policy.contains("connect-src 'self';"), "{policy}");

    let options = EdgeOptions {
        page: PageOptions {
            brand: "Nordlys TV".to_owned(),
            flags: vec!["drm".to_owned(), "-wire".to_owned()],
            streaming_url: "https://media.example.org/".to_owned(),
            ..PageOptions::default()
        },
        ..EdgeOptions::default()
    };
    let other = Site::start(options, |_| async { Ok(Reply::default()) }).await;
    let (config, etag, policy) = told(other).await;
    assert_eq!(
        config,
        serde_json::json!({
            "brand": "Nordlys TV",
            "flags": {"drm": true, "wire": false},
            "NEXT_PUBLIC_STREAMING_URL": "https://media.example.org/",
        })
    );
    assert_ne!(etag, plain, "a browser that knows the other one asks anew");
    assert!(
        policy.contains("connect-src 'self' https://media.example.org;")
            && policy.contains("media-src 'self' blob: data: https://media.example.org;"),
        "{policy}"
    );
}
