//! Media bytes through a service's HTTP mount.

use http::{Request, Response};
use http_body_util::Full;
use sv_kernel::Error;
use sv_proto::streaming::StreamingReason;
use sv_rpc::BytesPlane;
use tonic::body::Body;

use super::support::{Reply, Site, request};
use crate::EdgeOptions;

const ID: &str = "01890000-0000-7000-8000-000000000001";

/// A mount that tells what it was asked.
async fn mount(request: Request<Body>) -> Result<Response<Body>, std::convert::Infallible> {
    let refused = match request.uri().query() {
        Some("token=old") => Some(StreamingReason::PlayTokenExpired),
        Some("token=far") => Some(StreamingReason::RangeNotSatisfiable),
        _ => None,
    };
    if let Some(reason) = refused {
        let mut response = sv_rpc::status(Error::from(reason).with("size", 10)).into_http();
        response
            .headers_mut()
            .insert("content-range", "bytes */10".parse().unwrap());
        return Ok(response);
    }
    if request.uri().path().ends_with("/playlist.m3u8") {
        let mut response = Response::new(Body::new(Full::from(playlist())));
        let kind = "application/vnd.apple.mpegurl".parse().unwrap();
        response.headers_mut().insert("content-type", kind);
        return Ok(response);
    }
    let told = format!(
        "{} {} range={:?} known={} auth={} tenant={:?}",
        request.method(),
        request.uri().path_and_query().unwrap(),
        request.headers().get("range"),
        request.headers().get_all("if-none-match").iter().count(),
        request.headers().contains_key("x-user-id"),
        request.headers().get("x-tenant-id").unwrap(),
    );
    let mut response = Response::new(Body::new(Full::from(told)));
    *response.status_mut() = http::StatusCode::PARTIAL_CONTENT;
    response
        .headers_mut()
        .insert("content-type", "video/mp2t".parse().unwrap());
    response
        .headers_mut()
        .insert("cache-control", "public, max-age=31536000".parse().unwrap());
    Ok(response)
}

fn playlist() -> String {
    "#EXTINF:6,\nsegment-0.ts?token=abcdefghijkl\n".repeat(20)
}

async fn site() -> Site {
    let plane = BytesPlane::new(tower::service_fn(mount));
    let script = |_| async { Ok(Reply::default()) };
    Site::with_plane(EdgeOptions::default(), Some(plane), script).await
}

#[tokio::test]
async fn media_comes_from_the_mount_unwrapped_and_uncounted() {
    let site = site().await;
    let path = format!("/stream/hls/{ID}/480p/segment-0.ts?token=a&v=b");
    let headers = [
        ("range", "bytes=0-1"),
        ("if-none-match", "\"a\""),
        ("if-none-match", "\"b\""),
        ("x-user-id", "evil"),
    ];
    for prefix in ["", "/client"] {
        let path = format!("{prefix}{path}");
        let got = site.send(request("GET", &path, &headers, "")).await;
        assert_eq!(got.status, 206);
        assert_eq!(
            String::from_utf8_lossy(&got.body),
            format!(
                "GET /stream/hls/{ID}/480p/segment-0.ts?token=a&v=b range=Some(\"bytes=0-1\") known=2 auth=false tenant=\"default\""
            )
        );
        assert_eq!(got.header("cache-control"), "public, max-age=31536000");
        assert_eq!(got.header("x-ratelimit-limit"), "");
    }
}

/// Players send the headers that they have; an address is opened by itself, and by nothing else.
#[tokio::test]
async fn an_old_or_forged_bearer_beside_an_address_does_not_refuse_playback() {
    let site = site().await;
    for bearer in ["Bearer a.b.c", "Bearer ", "Basic YTpi"] {
        for path in [
            "hls/{}/master.m3u8?token=a",
            "progressive/{}?token=a",
            "poster/{}",
        ] {
            let path = format!("/stream/{}", path.replace("{}", ID));
            let headers = [("authorization", bearer)];
            let got = site.send(request("GET", &path, &headers, "")).await;
            assert_eq!(got.status, 206, "{path} {bearer:?}");
        }
    }
}

#[tokio::test]
async fn refusals_of_the_mount_are_enveloped() {
    // C43.
    let site = site().await;
    let get = |query: &str| request("GET", &format!("/stream/poster/{ID}?{query}"), &[], "");
    let got = site.send(get("token=old")).await;
    assert_eq!(got.refusal(), (403, "PLAY_TOKEN_EXPIRED".into()));
    let got = site.send(get("token=far")).await;
    assert_eq!(got.refusal(), (416, "RANGE_NOT_SATISFIABLE".into()));
    assert_eq!(got.header("content-range"), "bytes */10");
    let post = site
        .send(request("POST", &format!("/stream/poster/{ID}"), &[], ""))
        .await;
    assert_eq!(post.refusal(), (405, "METHOD_NOT_ALLOWED".into()));
    let unknown = site.get("/stream/nothing").await;
    assert_eq!(unknown.refusal(), (404, "ROUTE_NOT_FOUND".into()));
}

#[tokio::test]
async fn without_a_mount_media_is_unavailable() {
    let site = Site::start(EdgeOptions::default(), |_| async { Ok(Reply::default()) }).await;
    let got = site.get(&format!("/stream/poster/{ID}")).await;
    assert_eq!(got.refusal(), (503, "UNAVAILABLE".into()));
}

#[tokio::test]
async fn playlists_are_packed_for_those_who_take_gzip() {
    let site = site().await;
    let path = format!("/stream/hls/{ID}/480p/playlist.m3u8?token=a");
    let got = site.send(request("GET", &path, &[], "")).await;
    assert_eq!(
        (got.header("content-encoding"), got.header("vary")),
        ("", "accept-encoding")
    );
    assert_eq!(got.body, playlist());
    let gzip = [("accept-encoding", "br, gzip")];
    let got = site.send(request("GET", &path, &gzip, "")).await;
    assert_eq!(got.header("content-encoding"), "gzip");
    assert_eq!(got.header("content-length"), got.body.len().to_string());
    let mut text = String::new();
    let mut unpacked = flate2::read::GzDecoder::new(&got.body[..]);
    std::io::Read::read_to_string(&mut unpacked, &mut text).unwrap();
    assert_eq!(text, playlist());
    let got = site.send(request("HEAD", &path, &gzip, "")).await;
    assert_eq!((got.status.as_u16(), got.body.len()), (200, 0));
}
