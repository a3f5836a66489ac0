//! Media bytes through a service's HTTP mount.

use http::{Request, Response};
use http_body_util::Full;
use sv_kernel::Error;
use sv_proto::{options::Role, payments::PaymentReason, streaming::StreamingReason};
use sv_rpc::HttpMount;
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
    if request.method() == http::Method::POST && !request.headers().contains_key("stripe-signature")
    {
        let forged = Error::from(PaymentReason::SignatureInvalid);
        return Ok(sv_rpc::status(forged).into_http());
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
    let mount = HttpMount::new(tower::service_fn(mount));
    let script = |_| async { Ok(Reply::default()) };
    Site::with_mount(EdgeOptions::default(), Some(mount), script).await
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
async fn forged_events_are_counted_as_forged_tokens_are_and_true_ones_are_not() {
    let site = site().await;
    let event = async |headers: &[(&str, &str)]| {
        site.send(request("POST", "/payments/stripe/webhook", headers, "{}"))
            .await
    };
    let signed = [("stripe-signature", "t=1,v1=00")];
    for _ in 0..200 {
        assert!(event(&signed).await.status.is_success());
    }
    assert_eq!(
        event(&[]).await.refusal(),
        (400, "SIGNATURE_INVALID".into())
    );
    let mut last = (0, String::new());
    for _ in 0..120 {
        last = event(&[]).await.refusal();
    }
    assert_eq!(last, (429, "RATE_LIMITED".into()));
    assert!(event(&signed).await.status.is_success());
    for _ in 0..1_000 {
        event(&[]).await;
    }
    assert_eq!(event(&signed).await.status, 429, "what it costs is bounded");
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

/// Counts the bytes of a body, piece by piece, and says what came with them.
async fn uploads(request: Request<Body>) -> Result<Response<Body>, std::convert::Infallible> {
    use http_body_util::BodyExt as _;

    let (head, mut body) = request.into_parts();
    let mut size = 0;
    while let Some(frame) = body.frame().await {
        size += frame.unwrap().into_data().map_or(0, |data| data.len());
    }
    let told = |name: &str| head.headers.get(name).cloned();
    let mut response = Response::new(Body::empty());
    *response.status_mut() = http::StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert("upload-offset", size.into());
    headers.insert(
        "x-seen-bearer",
        told("authorization").is_some().to_string().parse().unwrap(),
    );
    if let Some(offset) = told("upload-offset") {
        headers.insert("x-seen-offset", offset);
    }
    Ok(response)
}

#[tokio::test]
async fn bodies_of_uploads_go_on_as_they_arrive_once_the_caller_may() {
    let mount = HttpMount::new(tower::service_fn(uploads));
    let script = |_| async { Ok(Reply::default()) };
    let site = Site::with_mount(EdgeOptions::default(), Some(mount), script).await;
    let path = format!("/admin/media/{ID}/uploads/{ID}");
    let bytes = vec![7; 6 << 20];
    let send = |token: &str| {
        let headers = [
            ("authorization", token),
            ("upload-offset", "3"),
            ("content-type", "application/offset+octet-stream"),
        ];
        request("PATCH", &path, &headers, bytes.clone())
    };
    let got = site.send(send(&site.token(&[Role::Admin]))).await;
    assert_eq!(
        (got.status.as_u16(), got.header("upload-offset")),
        (204, "6291456")
    );
    assert_eq!(
        (got.header("x-seen-bearer"), got.header("x-seen-offset")),
        ("true", "3")
    );
    let small = |token: &str| {
        let headers = [("authorization", token), ("upload-offset", "3")];
        request("PATCH", &path, &headers, "x")
    };
    let refused = site.send(small(&site.token(&[Role::Viewer]))).await;
    assert_eq!(refused.refusal(), (403, "PERMISSION_DENIED".into()));
    let refused = site.send(small("Bearer a.b.c")).await;
    assert_eq!(refused.status, 401);
    let packed = [
        ("authorization", &*site.token(&[Role::Admin])),
        ("content-encoding", "gzip"),
    ];
    let refused = site.send(request("PATCH", &path, &packed, "x")).await;
    assert_eq!(refused.refusal(), (415, "ENCODING_UNSUPPORTED".into()));
    // Whoever asks what is spoken needs no token.
    let all = format!("/admin/media/{ID}/uploads");
    let options = site
        .send(request("OPTIONS", &all, &[("upload-offset", "0")], ""))
        .await;
    assert_eq!(options.status, 204);
}
