//! The HTTP mount from outside: what opens what, how answers may be kept, ranges, and paths that try.

use std::sync::atomic::Ordering;

use aws_lc_rs::digest;
use bytes::Bytes;
use http::{Method, Request, Response, header};
use http_body_util::BodyExt as _;
use proptest::prelude::*;
use sv_ports::Blob as _;
use sv_proto::{
    content::ContentStatus,
    rights::{AccessBasis, AccessDecision, Quality},
};
use tonic::body::Body;
use tower::ServiceExt as _;

use crate::{
    domain::{Sheet, Thumbnails},
    hash::short_hash,
    tests::TestApp,
};

const TITLE: &str = "0190b8e1-7c3a-7d2f-8a44-5f0c2b9d1e67";

/// An app with media, and the token of a viewer who plays it.
async fn playing() -> (TestApp, String) {
    let test = TestApp::open().await.with_media().await;
    let play = test.play(&test.viewer()).await.unwrap();
    let (_, token) = play.playback_url.split_once("token=").unwrap();
    (test, token.to_owned())
}

fn header(response: &Response<Bytes>, name: header::HeaderName) -> &str {
    response
        .headers()
        .get(name)
        .map_or("", |v| v.to_str().unwrap())
}

fn code(response: &Response<Bytes>) -> String {
    String::from_utf8(response.body().to_vec()).unwrap()
}

/// X-CAT-3.
#[tokio::test]
async fn sheets_of_thumbnails_are_files_like_all_others() {
    let test = TestApp::open().await;
    let mut media = test.store_media(TITLE, "g1").await;
    let sheet = Bytes::from_static(b"three small pictures");
    let mut thumbnails = Thumbnails::of(media.duration_seconds, (854.0, 480.0));
    thumbnails.sheets = vec![Sheet {
        size: u32::try_from(sheet.len()).unwrap(),
        hash: short_hash(&digest::digest(&digest::SHA256, &sheet)),
    }];
    let key = media.sheet_key(0);
    test.blobs.put_bytes(&key, sheet.clone()).await.unwrap();
    media.thumbnails = Some(thumbnails);
    test.publish(&media).await.unwrap();
    let play = test.play(&test.viewer()).await.unwrap();
    let (_, token) = play.playback_url.split_once("token=").unwrap();
    let address = format!("/stream/thumbnails/{TITLE}/sheet-0.jpg?token={token}");
    let whole = test.get(&address).await;
    assert_eq!((whole.status().as_u16(), whole.body()), (200, &sheet));
    let outside = test.get_with(&address, &[("range", "bytes=999-")]).await;
    let told = (outside.status().as_u16(), code(&outside));
    assert_eq!(told, (416, "RANGE_NOT_SATISFIABLE".to_owned()));
    let other = test.get_with(&address, &[("if-match", "\"x\"")]).await;
    let told = (other.status().as_u16(), code(&other));
    assert_eq!(told, (412, "VERSION_MISMATCH".to_owned()));
}

/// X-SEC-1: in the path, the token is in front of everything that playlists list, and shared caches may keep it.
#[tokio::test]
async fn a_token_in_the_path_is_followed_by_relative_addresses() {
    let test = TestApp::open().await.with_media().await;
    let play = test.play(&test.viewer()).await.unwrap();
    let (base, _) = play.tree_url.rsplit_once('/').unwrap();
    let list = async |path: &str| {
        let answer = test.get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(header(&answer, header::CACHE_CONTROL), "private, no-store");
        code(&answer)
    };
    let child = |text: &str| {
        text.lines()
            .find(|line| !line.starts_with('#'))
            .unwrap()
            .to_owned()
    };
    let master = list(&play.tree_url).await;
    assert_eq!(child(&master), "480p/playlist.m3u8");
    let variant = list(&format!("{base}/480p/playlist.m3u8")).await;
    assert!(!variant.contains("token"), "{variant}");
    let segment = test.get(&format!("{base}/480p/{}", child(&variant))).await;
    assert_eq!(segment.status(), 200);
    assert_eq!(
        header(&segment, header::CACHE_CONTROL),
        "public, max-age=31536000, immutable"
    );
    let bare = test.get(&format!("{base}/480p/segment-0.ts")).await;
    assert_eq!(header(&bare, header::CACHE_CONTROL), "private, max-age=60");
    let other = play.tree_url.replace("/t/", "/t/x");
    let refused = test
        .get(&format!("{other}?token={}", play.playback_url))
        .await;
    assert_eq!(refused.status(), 403, "the query does not help");
}

#[tokio::test]
async fn one_token_opens_the_whole_tree_by_following_its_addresses() {
    let (test, token) = playing().await;
    let base = format!("/stream/hls/{TITLE}/");
    let master = test.get(&format!("{base}master.m3u8?token={token}")).await;
    assert_eq!(
        header(&master, header::CONTENT_TYPE),
        "application/vnd.apple.mpegurl"
    );
    assert_eq!(header(&master, header::CACHE_CONTROL), "private, no-store");
    let text = String::from_utf8_lossy(master.body()).into_owned();
    let child = text.lines().last().unwrap();
    let variant = test.get(&format!("{base}{child}")).await;
    assert_eq!(variant.status(), 200);
    assert_eq!(header(&variant, header::CACHE_CONTROL), "private, no-store");
    let text = String::from_utf8_lossy(variant.body()).into_owned();
    let segments: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(segments.len(), 4);
    for (n, segment) in segments.iter().enumerate() {
        let answer = test.get(&format!("{base}480p/{segment}")).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(header(&answer, header::CONTENT_TYPE), "video/mp2t");
        let cache = header(&answer, header::CACHE_CONTROL);
        assert_eq!(cache, "private, max-age=31536000, immutable");
        assert!(
            answer
                .body()
                .starts_with(format!("g1 segment {n} ").as_bytes())
        );
        assert_eq!(
            header(&answer, header::CONTENT_LENGTH),
            answer.body().len().to_string()
        );
    }
}

#[tokio::test]
async fn only_the_address_with_the_right_hash_may_be_kept_for_long() {
    let (test, token) = playing().await;
    let address = format!("/stream/hls/{TITLE}/480p/segment-0.ts?token={token}");
    let bare = test.get(&address).await;
    assert_eq!(bare.status(), 200);
    assert_eq!(header(&bare, header::CACHE_CONTROL), "private, max-age=60");
    let tag = header(&bare, header::ETAG).trim_matches('"').to_owned();
    for wrong in ["0000000000000000", "", "..", &tag[..15]] {
        let answer = test.get(&format!("{address}&v={wrong}")).await;
        assert_eq!(
            (answer.status().as_u16(), code(&answer).as_str()),
            (404, "MEDIA_NOT_FOUND")
        );
    }
    let poster = test.get(&format!("/stream/poster/{TITLE}")).await;
    assert_eq!(
        header(&poster, header::CACHE_CONTROL),
        "public, max-age=300"
    );
    assert_eq!(header(&poster, header::CONTENT_TYPE), "image/jpeg");
    let tag = header(&poster, header::ETAG).trim_matches('"').to_owned();
    let poster = test.get(&format!("/stream/poster/{TITLE}?v={tag}")).await;
    assert!(header(&poster, header::CACHE_CONTROL).contains("immutable"));
    let film = test
        .get(&format!("/stream/progressive/{TITLE}?token={token}"))
        .await;
    assert_eq!(
        header(&film, header::CACHE_CONTROL),
        "private, max-age=3600"
    );
    assert_eq!(header(&film, header::CONTENT_TYPE), "video/mp4");
}

#[tokio::test]
async fn without_the_titles_own_token_nothing_opens() {
    let (test, token) = playing().await;
    let other = TITLE.replace("67", "68");
    let media = test.store_media(&other, "g1").await;
    test.publish(&media).await.unwrap();
    for path in [
        "hls/{id}/master.m3u8",
        "hls/{id}/480p/playlist.m3u8",
        "hls/{id}/480p/segment-0.ts",
        "progressive/{id}",
    ] {
        let own = format!("/stream/{}", path.replace("{id}", TITLE));
        let theirs = format!("/stream/{}?token={token}", path.replace("{id}", &other));
        let cut = &token[..token.len() - 3];
        for address in [
            own.clone(),
            format!("{own}?token="),
            format!("{own}?token={cut}"),
            format!("{own}?token={token}x"),
            format!("{own}?token={token}&token={token}"),
            format!("{own}?token=%00%ff"),
            format!("{own}?token={}", "a".repeat(9000)),
            format!("{own}?v={token}"),
            theirs,
        ] {
            let answer = test.get(&address).await;
            assert_eq!(answer.status(), 403, "{address}");
            assert_eq!(code(&answer), "PLAY_TOKEN_INVALID");
        }
        assert_eq!(
            test.get(&format!("{own}?token={token}")).await.status(),
            200
        );
    }
}

#[tokio::test]
async fn paths_that_try_to_leave_their_folder_find_nothing() {
    let (test, token) = playing().await;
    test.blobs
        .put_bytes("secret/key.pem", "secret".into())
        .await
        .unwrap();
    let base = format!("/stream/hls/{TITLE}");
    for path in [
        "480p/segment-007.ts",
        "480p/segment-00.ts",
        "480p/segment-4.ts",
        "480p/segment-18446744073709551616.ts",
        "480p/segment-999999999999999999999999999.ts",
        "480p/segment--1.ts",
        "480p/segment-+1.ts",
        "480p/segment-0x0.ts",
        "480p/segment-0.ts%00",
        "480p/segment-%30.ts",
        "480p/segment-0.ts.bak",
        "480p/SEGMENT-0.TS",
        "480p/segment-%D9%A0.ts",
        "480p/..",
        "480p/%2e%2e",
        "480p/..%2f..%2fsecret%2fkey.pem",
        "480p/..%5c..%5csecret",
        "%34%38%30p/playlist.m3u8",
        "../playlist.m3u8",
        "%2e%2e/playlist.m3u8",
        "1080p/playlist.m3u8",
        "480P/playlist.m3u8",
        "480p%00/playlist.m3u8",
        "480p/poster.jpg",
        "480p/media.json",
    ] {
        let answer = test.get(&format!("{base}/{path}?token={token}")).await;
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(code(&answer), "MEDIA_NOT_FOUND", "{path}");
    }
    for path in [
        "/stream/hls/../../etc/passwd".to_owned(),
        format!("{base}/480p/../../x/segment-0.ts"),
        format!("{base}//480p/playlist.m3u8"),
        format!("{base}/480p/segment-0.ts/"),
        format!("/stream/progressive/{TITLE}/"),
        "/stream/".to_owned(),
        "/secret/key.pem".to_owned(),
    ] {
        let answer = test.get(&format!("{path}?token={token}")).await;
        assert_eq!(
            (answer.status().as_u16(), code(&answer).as_str()),
            (404, "ROUTE_NOT_FOUND"),
            "{path}"
        );
    }
    for id in [
        "42",
        "..",
        "%2e%2e",
        "00000000-0000-0000-0000-000000000000",
        &TITLE.to_uppercase(),
    ] {
        let answer = test.get(&format!("/stream/poster/{id}")).await;
        let expected = if id
            .parse::<uuid::Uuid>()
            .is_ok_and(|id| id.to_string() == TITLE)
        {
            200
        } else {
            404
        };
        assert_eq!(answer.status(), expected, "{id}");
    }
}

#[tokio::test]
async fn ranges_are_served_as_the_standard_says() {
    let (test, token) = playing().await;
    for address in [
        format!("/stream/progressive/{TITLE}?token={token}"),
        format!("/stream/hls/{TITLE}/480p/segment-3.ts?token={token}"),
    ] {
        let whole = test.get(&address).await;
        assert_eq!(header(&whole, header::ACCEPT_RANGES), "bytes");
        let (bytes, size) = (whole.body().clone(), whole.body().len());
        let tag = header(&whole, header::ETAG).to_owned();
        for (range, from, to) in [
            ("bytes=0-0", 0, 1),
            ("bytes=100-199", 100, 200),
            ("bytes=5000-", 5000, size),
            ("bytes=-7", size - 7, size),
            ("bytes=0-99999999999", 0, size),
        ] {
            let part = test.get_with(&address, &[("range", range)]).await;
            assert_eq!(part.status(), 206, "{range}");
            assert_eq!(part.body(), &bytes.slice(from..to), "{range}");
            let expected = format!("bytes {from}-{}/{size}", to - 1);
            assert_eq!(header(&part, header::CONTENT_RANGE), expected);
            assert_eq!(
                header(&part, header::CONTENT_LENGTH),
                (to - from).to_string()
            );
            assert_eq!(header(&part, header::ETAG), tag);
        }
        for range in [
            format!("bytes={size}-"),
            "bytes=-0".into(),
            "bytes=999999999999-".into(),
        ] {
            let outside = test.get_with(&address, &[("range", &range)]).await;
            assert_eq!(
                (outside.status().as_u16(), code(&outside).as_str()),
                (416, "RANGE_NOT_SATISFIABLE")
            );
            assert_eq!(
                header(&outside, header::CONTENT_RANGE),
                format!("bytes */{size}")
            );
        }
        for range in ["bytes=0-1,5-6", "bytes=5-1", "lines=1-2", "bytes=x"] {
            let answer = test.get_with(&address, &[("range", range)]).await;
            assert_eq!(
                (answer.status().as_u16(), answer.body().len()),
                (200, size),
                "{range}"
            );
        }
        let fresh = test
            .get_with(&address, &[("range", "bytes=0-9"), ("if-range", &tag)])
            .await;
        assert_eq!(fresh.status(), 206);
        let stale = test
            .get_with(&address, &[("range", "bytes=0-9"), ("if-range", "\"x\"")])
            .await;
        assert_eq!((stale.status().as_u16(), stale.body().len()), (200, size));
        let known = test
            .get_with(&address, &[("if-none-match", &tag), ("range", "bytes=0-9")])
            .await;
        assert_eq!((known.status().as_u16(), known.body().len()), (304, 0));
        assert_eq!(header(&known, header::ETAG), tag);
        let other = test.get_with(&address, &[("if-match", "\"x\"")]).await;
        assert_eq!(other.status(), 412);
    }
}

#[tokio::test]
async fn head_tells_all_but_the_bytes_and_other_methods_are_refused() {
    let (test, token) = playing().await;
    for address in [
        format!("/stream/progressive/{TITLE}?token={token}"),
        format!("/stream/hls/{TITLE}/480p/segment-0.ts?token={token}"),
        format!("/stream/hls/{TITLE}/master.m3u8?token={token}"),
        format!("/stream/poster/{TITLE}"),
    ] {
        let get = test.get(&address).await;
        let send = async |method: Method| {
            let request = Request::builder()
                .method(method)
                .uri(&address)
                .header("range", "bytes=0-1");
            test.send(request.body(()).unwrap()).await
        };
        let reads = test.blobs.reads.load(Ordering::SeqCst);
        let head = send(Method::HEAD).await;
        assert_eq!(
            (head.status(), head.headers()),
            (get.status(), get.headers())
        );
        assert!(head.body().is_empty());
        assert_eq!(
            test.blobs.reads.load(Ordering::SeqCst),
            reads,
            "nothing is read for HEAD"
        );
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let refused = send(method).await;
            assert_eq!(
                (refused.status().as_u16(), code(&refused).as_str()),
                (405, "METHOD_NOT_ALLOWED")
            );
        }
    }
}

#[tokio::test]
async fn a_hot_segment_is_read_once_however_many_ask() {
    let (test, token) = playing().await;
    let before = test.blobs.reads.load(Ordering::SeqCst);
    let address = format!("/stream/hls/{TITLE}/480p/segment-1.ts?token={token}");
    let answers = futures::future::join_all((0..100).map(|_| test.get(&address))).await;
    assert!(answers.iter().all(|answer| answer.status() == 200));
    assert_eq!(test.blobs.reads.load(Ordering::SeqCst) - before, 1);
}

#[tokio::test]
async fn a_file_is_read_piece_by_piece_as_it_is_asked_for() {
    let (test, token) = playing().await;
    let before = test.blobs.reads.load(Ordering::SeqCst);
    let reads = || test.blobs.reads.load(Ordering::SeqCst) - before;
    let address = format!("/stream/progressive/{TITLE}?token={token}");
    let request = Request::get(&address).body(Body::empty()).unwrap();
    let answer = test.mount.clone().oneshot(request).await.unwrap();
    assert_eq!((answer.status().as_u16(), reads()), (200, 0));
    let mut body = answer.into_body();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(reads(), 1);
    assert!(!first.is_empty() && first.len() <= 64 * 1024);
}

#[tokio::test]
async fn a_blob_that_was_changed_or_lost_is_never_sent() {
    let (test, token) = playing().await;
    let media = test.store_media(TITLE, "g1").await;
    test.blobs
        .put_bytes(&media.segment_key("480p", 0), "other".into())
        .await
        .unwrap();
    // The same size, other bytes.
    let key = media.segment_key("480p", 1);
    let mut bytes = test.blobs.get(&key).await.unwrap().unwrap().to_vec();
    bytes[100] ^= 1;
    test.blobs.put_bytes(&key, bytes.into()).await.unwrap();
    test.blobs.delete(&media.progressive_key()).await.unwrap();
    for address in [
        format!("/stream/hls/{TITLE}/480p/segment-0.ts?token={token}"),
        format!("/stream/hls/{TITLE}/480p/segment-1.ts?token={token}"),
        format!("/stream/progressive/{TITLE}?token={token}"),
    ] {
        let answer = test.get(&address).await;
        assert_eq!(
            (answer.status().as_u16(), code(&answer).as_str()),
            (500, "INTERNAL")
        );
        let told = format!("{:?}", answer.headers());
        assert!(!told.contains("media/"), "no key is told");
    }
}

#[tokio::test]
async fn a_title_that_nobody_sees_yet_has_no_poster() {
    for hidden in [ContentStatus::Draft, ContentStatus::Archived] {
        let test = TestApp::open().await.with_media().await;
        let show = |status| {
            let mut titles = test.peers.titles.lock().unwrap();
            titles.insert(TITLE.to_owned(), status);
        };
        let address = format!("/stream/poster/{TITLE}");
        show(hidden);
        let answer = test.get(&address).await;
        assert_eq!(
            (answer.status().as_u16(), code(&answer).as_str()),
            (404, "MEDIA_NOT_FOUND")
        );
        show(ContentStatus::Published);
        assert_eq!(test.get(&address).await.status(), 200, "it shows at once");
    }
}

#[tokio::test]
async fn a_poster_belongs_to_its_tenant() {
    let test = TestApp::open().await.with_media().await;
    let mut request = Request::get(format!("/stream/poster/{TITLE}"))
        .body(())
        .unwrap();
    request
        .headers_mut()
        .insert("x-tenant-id", "acme".parse().unwrap());
    assert_eq!(test.send(request).await.status(), 404);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_address_and_any_headers_are_answered(
        path in "(/stream/(hls|progressive|poster)/)?[ -~]{0,40}",
        token in "[ -~]{0,80}",
        range in "[ -~]{0,30}",
    ) {
        let Ok(uri) = format!("{path}?token={token}").parse::<http::Uri>() else { return Ok(()) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let test = TestApp::open().await;
            let request = Request::get(uri).header("range", range.trim()).body(()).unwrap();
            let status = test.send(request).await.status().as_u16();
            assert!([403, 404].contains(&status), "{status}");
        });
    }
}

/// The viewer's plan bounds what a token opens, whatever is asked for.
#[tokio::test]
async fn a_plan_gives_up_to_its_quality_and_the_smallest_in_any_case() {
    let test = TestApp::open().await;
    let mut media = test.store_media(TITLE, "g1").await;
    let mut better = media.renditions[0].clone();
    better.quality = "1080p".into();
    (better.width, better.height) = (1920, 1080);
    for n in 0..better.segments.len() {
        let piece = format!("g1 segment {n} ").repeat(1000 + n).into_bytes();
        let key = media.segment_key("1080p", n);
        test.blobs.put_bytes(&key, piece.into()).await.unwrap();
    }
    media.renditions.insert(0, better);
    test.publish(&media).await.unwrap();
    let base = format!("/stream/hls/{TITLE}/");
    for (quality, bounded) in [
        (Quality::Unspecified, false),
        (Quality::FullHd, false),
        (Quality::Hd, true),
        (Quality::Sd, true),
    ] {
        test.peers.decide(AccessDecision {
            allowed: true,
            basis: AccessBasis::Subscription.into(),
            max_streams: 4,
            max_quality: quality.into(),
            ..AccessDecision::default()
        });
        let play = test.play(&test.viewer()).await.unwrap();
        let (_, token) = play.playback_url.split_once("token=").unwrap();
        let get = async |path: &str| test.get(&format!("{path}?token={token}")).await;
        let master = get(&format!("{base}master.m3u8")).await;
        let text = String::from_utf8_lossy(master.body()).into_owned();
        assert_eq!(text.contains("1080p/"), !bounded, "{quality:?}");
        assert!(text.contains("480p/"), "{quality:?}");
        let status = if bounded { 403 } else { 200 };
        for file in ["playlist.m3u8", "segment-0.ts"] {
            let answer = get(&format!("{base}1080p/{file}")).await;
            assert_eq!(answer.status(), status, "{quality:?} {file}");
            if bounded {
                assert_eq!(code(&answer), "QUALITY_NOT_INCLUDED");
            }
            assert_eq!(get(&format!("{base}480p/{file}")).await.status(), 200);
        }
        // The file is made of the best.
        let file = get(&format!("/stream/progressive/{TITLE}")).await;
        assert_eq!(file.status(), status);
        assert_eq!(play.progressive_url.is_empty(), bounded);
    }
}
