//! Uploads as a client of tus 1.0.0 makes them, over the service's mount.

use std::{path::PathBuf, sync::atomic::Ordering, time::Duration};

use aws_lc_rs::digest;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use http::{Request, Response};
use http_body::Frame;
use http_body_util::{Full, StreamBody};
use sv_kernel::{Bearer, Ctx, Error, Profile, Tenant};
use sv_ports::Blob as _;
use sv_proto::{
    options::Role,
    streaming::{
        GetImportRequest, Import, ImportNoteCode, ImportStage, ListImportsRequest,
        RetryImportRequest, WatchImportRequest,
        import_admin_service_client::ImportAdminServiceClient,
    },
};
use sv_rpc::{
    Transport, call, error,
    identity::{AccessClaims, TokenSettings},
};
use sv_store::{testing::TestDb, work};
use tonic::{Status, body::Body};
use tower::ServiceExt as _;

use super::{TestApp, test_app::TITLE};
use crate::{MIGRATIONS, Options, import::Tools};

const BYTES: (&str, &str) = ("content-type", "application/offset+octet-stream");

/// Tools that are there and find nothing in any file.
fn blind() -> Tools {
    Tools {
        ffmpeg: PathBuf::from("true"),
        ffprobe: PathBuf::from("true"),
        sandbox: None,
    }
}

async fn house_with(options: Options) -> TestApp {
    let db = TestDb::sqlite(MIGRATIONS).await;
    TestApp::with(db, options, blind()).await
}

async fn houses() -> Vec<TestApp> {
    let mut houses = Vec::new();
    for db in TestDb::all(MIGRATIONS).await {
        houses.push(TestApp::with(db, Options::default(), blind()).await);
    }
    houses
}

/// What an upload's requests are answered with.
struct Answer {
    status: u16,
    headers: http::HeaderMap,
    reason: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    fn offset(&self) -> u64 {
        self.header("upload-offset").parse().unwrap()
    }
}

/// An editor who uploads.
struct Editor<'h> {
    test: &'h TestApp,
    ctx: Ctx,
}

impl<'h> Editor<'h> {
    fn of(test: &'h TestApp) -> Self {
        let ctx = test.admin();
        Self { test, ctx }
    }

    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        request = request.header("tus-resumable", "1.0.0");
        if let Some(bearer) = &self.ctx.bearer {
            request = request.header("authorization", format!("Bearer {}", bearer.reveal()));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mount = self.test.mount.clone();
        let response: Response<Body> = mount.oneshot(request.body(body).unwrap()).await.unwrap();
        let refused = Status::from_header_map(response.headers()).map(error);
        let refused = refused.as_ref();
        Answer {
            status: refused.map_or(response.status().as_u16(), |refused| refused.info().http),
            headers: response.headers().clone(),
            reason: refused.map_or_else(String::new, |refused| refused.reason().to_owned()),
        }
    }

    async fn begin(&self, size: usize) -> Answer {
        let headers = [
            ("upload-length", &*size.to_string()),
            ("upload-metadata", "filename ZmlsbS5ta3Y="),
        ];
        let path = format!("/admin/media/{TITLE}/uploads");
        self.send("POST", &path, &headers, Body::empty()).await
    }

    /// Begins an upload, and returns its address.
    async fn begun(&self, size: usize) -> String {
        let answer = self.begin(size).await;
        assert_eq!(answer.status, 201, "{}", answer.reason);
        answer.header("location").to_owned()
    }

    async fn patch(&self, place: &str, offset: usize, bytes: &[u8]) -> Answer {
        self.patch_with(place, offset, bytes, &[]).await
    }

    async fn patch_with(
        &self,
        place: &str,
        offset: usize,
        bytes: &[u8],
        more: &[(&str, &str)],
    ) -> Answer {
        let (offset, length) = (offset.to_string(), bytes.len().to_string());
        let own = [
            BYTES,
            ("upload-offset", &*offset),
            ("content-length", &*length),
        ];
        let headers = [&own[..], more].concat();
        let body = Body::new(Full::from(bytes.to_vec()));
        self.send("PATCH", place, &headers, body).await
    }

    async fn head(&self, place: &str) -> Answer {
        self.send("HEAD", place, &[], Body::empty()).await
    }

    fn client(&self) -> ImportAdminServiceClient<Transport> {
        let mesh = self.test.harness.mesh.calling_as("edge");
        ImportAdminServiceClient::new(mesh.client_transport("streaming").unwrap())
    }

    async fn list(&self) -> Vec<Import> {
        let content_id = TITLE.to_owned();
        let request = call(&self.ctx, ListImportsRequest { content_id });
        let listed = self.client().list_imports(request).await;
        listed.unwrap().into_inner().items
    }

    async fn import(&self, place: &str) -> Result<Import, Error> {
        let request = GetImportRequest {
            content_id: TITLE.to_owned(),
            import_id: id_of(place),
        };
        let got = self.client().get_import(call(&self.ctx, request)).await;
        Ok(got.map_err(error)?.into_inner().media_import.unwrap())
    }

    async fn until(&self, place: &str, stage: ImportStage) -> Import {
        for _ in 0..500 {
            let import = self.import(place).await.unwrap();
            if import.stage() == stage {
                return import;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("never {stage:?}: {:?}", self.import(place).await)
    }
}

fn id_of(place: &str) -> String {
    place.rsplit('/').next().unwrap().to_owned()
}

/// Bytes that differ from place to place.
fn file(size: usize) -> Vec<u8> {
    (0..size)
        .map(|n| u8::try_from(n * n / 7 % 251).unwrap())
        .collect()
}

async fn blobs(test: &TestApp) -> usize {
    let listed = test.blobs.list("uploads/", None, 1_000).await;
    listed.unwrap().blobs.len()
}

#[tokio::test]
async fn a_file_that_comes_in_pieces_is_packaged_once_all_of_it_is_here() {
    for test in houses().await {
        let editor = Editor::of(&test);
        let bytes = file(10_000);
        let begun = editor.begin(bytes.len()).await;
        assert_eq!((begun.status, begun.header("upload-offset")), (201, "0"));
        assert!(begun.header("upload-expires").ends_with(" GMT"));
        let place = begun.header("location").to_owned();
        assert_eq!(editor.list().await[0].stage(), ImportStage::Uploading);
        let first = editor.patch(&place, 0, &bytes[..4_000]).await;
        assert_eq!((first.status, first.offset()), (204, 4_000));
        let head = editor.head(&place).await;
        assert_eq!((head.status, head.offset()), (200, 4_000));
        assert_eq!(head.header("upload-length"), "10000");
        assert_eq!(head.header("upload-metadata"), "filename ZmlsbS5ta3Y=");
        assert_eq!(head.header("cache-control"), "no-store");
        assert_eq!(head.header("tus-resumable"), "1.0.0");
        // Bytes that are here, and bytes that would leave a hole.
        for wrong in [0, 3_999, 4_001] {
            let refused = editor.patch(&place, wrong, b"x").await;
            assert_eq!((refused.status, refused.offset()), (409, 4_000), "{wrong}");
        }
        let last = editor.patch(&place, 4_000, &bytes[4_000..]).await;
        assert_eq!((last.status, last.offset()), (204, 10_000));
        let again = editor.patch(&place, 10_000, b"").await;
        assert_eq!((again.status, again.offset()), (204, 10_000));
        let failed = editor.until(&place, ImportStage::Failed).await;
        assert!(
            failed.problem.starts_with("this is not a video"),
            "{failed:?}"
        );
        let why = failed.failure.clone().unwrap();
        assert_eq!(why.code(), ImportNoteCode::NotVideo);
        assert_eq!(why.text, failed.problem);
        assert_eq!(
            (failed.file_name.as_str(), failed.attempts),
            ("film.mkv", 1)
        );
        assert!(blobs(&test).await > 0, "its file is kept to be tried again");

        let request = RetryImportRequest {
            content_id: TITLE.to_owned(),
            import_id: id_of(&place),
        };
        let retried = editor
            .client()
            .retry_import(call(&editor.ctx, request.clone()))
            .await;
        let retried = retried.unwrap().into_inner().media_import.unwrap();
        assert_eq!(retried.stage(), ImportStage::Waiting);
        editor.until(&place, ImportStage::Failed).await;
        let gone = editor.send("DELETE", &place, &[], Body::empty()).await;
        assert_eq!(gone.status, 204, "{}", gone.reason);
        assert_eq!(blobs(&test).await, 0);
        let refused = editor
            .client()
            .retry_import(call(&editor.ctx, request))
            .await;
        assert_eq!(error(refused.unwrap_err()).reason(), "IMPORT_NOT_RETRYABLE");
        assert_eq!(editor.head(&place).await.reason, "UPLOAD_ENDED");

        let actions: Vec<_> = test.db.audit_records().await;
        let actions: Vec<_> = actions
            .iter()
            .map(|record| record.action.as_str())
            .collect();
        let expected = [
            "media.upload_created",
            "media.uploaded",
            "media.import_retried",
            "media.upload_cancelled",
        ];
        for action in expected {
            assert!(actions.contains(&action), "{action}: {actions:?}");
        }
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_leaves_what_has_arrived() {
    let test = house_with(Options::default()).await;
    let editor = Editor::of(&test);
    let place = editor.begun(1_000).await;
    let broken = stream::iter([
        Ok(Frame::data(Bytes::from_static(&[7; 300]))),
        Err(Status::cancelled("the connection broke")),
    ]);
    let body = Body::new(StreamBody::new(broken));
    let headers = [BYTES, ("upload-offset", "0")];
    let refused = editor.send("PATCH", &place, &headers, body).await;
    assert_eq!((refused.status, &*refused.reason), (400, "HTTP_INVALID"));
    assert_eq!(editor.head(&place).await.offset(), 300);
    // What is more than announced is refused, and what was announced stays open.
    let refused = editor.patch(&place, 300, &[1; 701]).await;
    assert_eq!((refused.status, &*refused.reason), (413, "TOO_LARGE"));
    let endless = stream::iter([Ok::<_, Status>(Frame::data(Bytes::from_static(&[1; 701])))]);
    let headers = [BYTES, ("upload-offset", "300")];
    let body = Body::new(StreamBody::new(endless));
    let refused = editor.send("PATCH", &place, &headers, body).await;
    assert_eq!((refused.status, &*refused.reason), (413, "TOO_LARGE"));
    assert_eq!(editor.patch(&place, 300, &[1; 700]).await.offset(), 1_000);
}

#[tokio::test]
async fn of_requests_that_bring_the_same_bytes_at_once_one_counts() {
    for test in houses().await {
        let editor = Editor::of(&test);
        let place = editor.begun(5_000).await;
        let bytes = file(2_000);
        let sent = (0..6).map(|_| editor.patch(&place, 0, &bytes));
        let answers = futures::future::join_all(sent).await;
        let taken = answers.iter().filter(|answer| answer.status == 204).count();
        assert_eq!(
            taken,
            1,
            "{:?}",
            answers.iter().map(|a| &a.reason).collect::<Vec<_>>()
        );
        assert_eq!(editor.head(&place).await.offset(), 2_000);
        assert_eq!(blobs(&test).await, 1, "what does not count is not kept");
    }
}

#[tokio::test]
async fn bytes_that_are_not_those_of_their_checksum_are_not_kept() {
    let test = house_with(Options::default()).await;
    let editor = Editor::of(&test);
    let place = editor.begun(2_000).await;
    let bytes = file(1_000);
    let sum = |kind: &str, algorithm, bytes: &[u8]| {
        let sum = digest::digest(algorithm, bytes);
        format!("{kind} {}", BASE64_STANDARD.encode(sum.as_ref()))
    };
    let wrong = sum("sha1", &digest::SHA1_FOR_LEGACY_USE_ONLY, b"other");
    let wrong = [("upload-checksum", wrong.as_str())];
    let refused = editor.patch_with(&place, 0, &bytes, &wrong).await;
    assert_eq!(
        (refused.status, &*refused.reason),
        (460, "UPLOAD_CHECKSUM_MISMATCH")
    );
    assert_eq!(
        (editor.head(&place).await.offset(), blobs(&test).await),
        (0, 0)
    );
    let right = sum("sha1", &digest::SHA1_FOR_LEGACY_USE_ONLY, &bytes);
    let right = [("upload-checksum", right.as_str())];
    let sent = editor.patch_with(&place, 0, &bytes, &right).await;
    assert_eq!(sent.offset(), 1_000);
    let right = sum("sha256", &digest::SHA256, &bytes);
    let right = [("upload-checksum", right.as_str())];
    let sent = editor.patch_with(&place, 1_000, &bytes, &right).await;
    assert_eq!(sent.offset(), 2_000);
    let unknown = [("upload-checksum", "crc32 AAAAAA==")];
    let refused = editor.patch_with(&place, 2_000, b"", &unknown).await;
    assert_eq!((refused.status, &*refused.reason), (400, "UPLOAD_INVALID"));
}

#[tokio::test]
async fn an_upload_is_its_uploaders_and_nobody_elses() {
    let test = house_with(Options::default()).await;
    let editor = Editor::of(&test);
    let place = editor.begun(100).await;
    let other = Editor::of(&test);
    let refused = other.head(&place).await;
    assert_eq!(
        (refused.status, &*refused.reason),
        (404, "UPLOAD_NOT_FOUND")
    );
    let refused = other.patch(&place, 0, b"x").await;
    assert_eq!(
        (refused.status, &*refused.reason),
        (404, "UPLOAD_NOT_FOUND")
    );
    let elsewhere = place.replace(TITLE, &TITLE.replace("67", "68"));
    assert_eq!(editor.head(&elsewhere).await.status, 404);
    let viewer = Editor {
        test: &test,
        ctx: test.viewer(),
    };
    assert_eq!(viewer.begin(100).await.status, 403);
    assert_eq!(viewer.patch(&place, 0, b"x").await.status, 403);
    let stranger = Editor {
        test: &test,
        ctx: test.harness.anonymous(),
    };
    assert_eq!(stranger.begin(100).await.status, 401);
    assert_eq!(stranger.head(&place).await.reason, "UNAUTHENTICATED");
    assert_eq!(viewer.head(&place).await.reason, "PERMISSION_DENIED");
    let user = test.harness.env.ids.next();
    let creator = Editor {
        test: &test,
        ctx: test.harness.viewer(user, [Role::Creator]),
    };
    assert_eq!(creator.begin(100).await.status, 403);
    assert_eq!(editor.head(&place).await.offset(), 0);
    // Whoever may publish media sees what is on its way, and may end it: who began it may be gone.
    assert_eq!(other.list().await.len(), 1);
    for nobody in [&viewer, &stranger, &creator] {
        let refused = nobody.send("DELETE", &place, &[], Body::empty()).await;
        assert!([401, 403].contains(&refused.status), "{}", refused.status);
    }
    let elsewhere = other.send("DELETE", &elsewhere, &[], Body::empty()).await;
    assert_eq!(elsewhere.reason, "UPLOAD_NOT_FOUND");
    let ended = other.send("DELETE", &place, &[], Body::empty()).await;
    assert_eq!(ended.status, 204, "{}", ended.reason);
    assert_eq!(editor.head(&place).await.reason, "UPLOAD_ENDED");
    let again = other.send("DELETE", &place, &[], Body::empty()).await;
    assert_eq!(again.reason, "UPLOAD_ENDED");
}

/// A file whose decoder takes all memory ends the process that starts it, and would end the next one, too.
#[tokio::test]
async fn a_file_that_ends_processes_is_given_up_after_a_few() {
    let fails = Tools {
        ffmpeg: PathBuf::from("false"),
        ..blind()
    };
    let db = TestDb::sqlite(MIGRATIONS).await;
    let test = TestApp::with(db, Options::default(), fails).await;
    let editor = Editor::of(&test);
    let place = editor.begun(100).await;
    editor.patch(&place, 0, &file(100)).await;
    while editor.import(&place).await.unwrap().problem.is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let waits = editor.import(&place).await.unwrap();
    assert_eq!((waits.stage(), waits.attempts), (ImportStage::Waiting, 1));
    // As if four more tries had begun, and their processes had been killed.
    let ctx = test.db.ctx();
    let left = test.db.write(&ctx, |tx| {
        work(async move {
            tx.run("UPDATE work_items SET attempts = 5", []).await?;
            let probing = i32::from(ImportStage::Probing);
            tx.run("UPDATE imports SET stage = $1", [probing.into()])
                .await
        })
    });
    assert_eq!(left.await.unwrap(), 1);
    test.harness.clock.advance(Duration::from_mins(1));
    let failed = editor.until(&place, ImportStage::Failed).await;
    assert!(failed.problem.contains("memory"), "{}", failed.problem);
    assert_eq!(blobs(&test).await, 1, "it may be tried again");
}

#[tokio::test]
async fn a_login_that_is_bound_to_a_profile_uploads_for_no_other() {
    let test = house_with(Options::default()).await;
    let ids = &test.harness.env.ids;
    let (now, tenant) = (test.harness.env.clock.now(), Tenant::default());
    let settings = TokenSettings::default();
    let roles = [Role::Admin];
    let mut claims = AccessClaims::new(&settings, &tenant, ids.next(), ids.next(), roles, now);
    claims.pid = Some(ids.next());
    claims.pch = Some(false);
    let bound = Editor {
        test: &test,
        ctx: Ctx {
            bearer: Some(Bearer::new(test.harness.sign(&claims))),
            ..test.harness.anonymous()
        },
    };
    let place = bound.begun(100).await;
    let path = format!("/admin/media/{TITLE}/uploads");
    let another = ids.next::<Profile>().to_string();
    let other = ("x-profile-id", &*another);
    for (method, path, more) in [
        ("POST", &path, &[("upload-length", "100")][..]),
        ("HEAD", &place, &[]),
        ("PATCH", &place, &[BYTES, ("upload-offset", "0")]),
        ("DELETE", &place, &[]),
    ] {
        let headers = [&[other][..], more].concat();
        let refused = bound.send(method, path, &headers, Body::empty()).await;
        let told = (refused.status, &*refused.reason);
        assert_eq!(told, (403, "PROFILE_BOUND"), "{method}");
    }
    assert_eq!(bound.head(&place).await.offset(), 0);
}

#[tokio::test]
async fn a_full_store_says_so_and_what_has_arrived_stays() {
    let test = house_with(Options::default()).await;
    let editor = Editor::of(&test);
    let place = editor.begun(1_000).await;
    assert_eq!(editor.patch(&place, 0, &[1; 300]).await.offset(), 300);
    test.blobs.full.store(true, Ordering::SeqCst);
    let refused = editor.patch(&place, 300, &[1; 700]).await;
    let told = (refused.status, &*refused.reason);
    assert_eq!(told, (507, "UPLOAD_STORAGE_FULL"));
    let headers = [BYTES, ("upload-length", "500"), ("content-length", "500")];
    let path = format!("/admin/media/{TITLE}/uploads");
    let body = Body::new(Full::from(vec![1; 500]));
    // It is begun all the same, without the bytes that came with it.
    let begun = editor.send("POST", &path, &headers, body).await;
    assert_eq!((begun.status, begun.offset()), (201, 0));
    test.blobs.full.store(false, Ordering::SeqCst);
    assert_eq!(editor.head(&place).await.offset(), 300);
    assert_eq!(editor.patch(&place, 300, &[1; 700]).await.offset(), 1_000);
}

#[tokio::test]
async fn bytes_come_as_bytes_also_where_a_client_can_only_post() {
    let test = house_with(Options::default()).await;
    let editor = Editor::of(&test);
    let place = editor.begun(100).await;
    let text = [("content-type", "text/plain"), ("upload-offset", "0")];
    let body = || Body::new(Full::from(vec![1; 40]));
    let refused = editor.send("PATCH", &place, &text, body()).await;
    let told = (refused.status, &*refused.reason);
    assert_eq!(told, (415, "UNSUPPORTED_MEDIA_TYPE"));
    let posted = [
        BYTES,
        ("upload-offset", "0"),
        ("content-length", "40"),
        ("x-http-method-override", "PATCH"),
    ];
    let taken = editor.send("POST", &place, &posted, body()).await;
    assert_eq!(
        (taken.status, taken.offset()),
        (204, 40),
        "{}",
        taken.reason
    );
}

#[tokio::test]
async fn uploads_are_bounded() {
    let options = Options {
        upload_bytes: 1_000,
        uploads_bytes: 2_500,
        uploads_files: 3,
        ..Options::default()
    };
    let test = house_with(options).await;
    let editor = Editor::of(&test);
    let refused = editor.begin(1_001).await;
    assert_eq!(
        (refused.status, &*refused.reason),
        (413, "UPLOAD_TOO_LARGE")
    );
    let first = editor.begun(1_000).await;
    editor.begun(1_000).await;
    let refused = editor.begin(501).await;
    assert_eq!((refused.status, &*refused.reason), (409, "UPLOAD_LIMIT"));
    editor.begun(10).await;
    assert_eq!(editor.begin(10).await.reason, "UPLOAD_LIMIT");
    let ended = editor.send("DELETE", &first, &[], Body::empty()).await;
    assert_eq!(ended.status, 204);
    editor.begun(1_000).await;
    assert_eq!(editor.begin(0).await.reason, "UPLOAD_INVALID");
    let path = format!("/admin/media/{}/uploads", TITLE.replace("67", "00"));
    let unknown = editor.send("POST", &path, &[("upload-length", "5")], Body::empty());
    assert_eq!(unknown.await.reason, "CONTENT_NOT_FOUND");
}

#[tokio::test]
async fn uploads_to_which_nothing_comes_end_and_leave_nothing() {
    for test in houses().await {
        let editor = Editor::of(&test);
        let place = editor.begun(100).await;
        editor.patch(&place, 0, b"some").await;
        let ctx = test.harness.anonymous();
        test.app.clear_imports(&ctx).await.unwrap();
        assert_eq!(editor.head(&place).await.offset(), 4);
        test.harness.clock.advance(Duration::from_hours(25));
        let later = Editor {
            test: &test,
            ctx: test.admin(),
        };
        test.app.clear_imports(&ctx).await.unwrap();
        assert_eq!(later.list().await[0].stage(), ImportStage::Expired);
        assert_eq!(blobs(&test).await, 0);
        test.harness.clock.advance(Duration::from_hours(24 * 31));
        test.app.clear_imports(&ctx).await.unwrap();
        let later = Editor {
            test: &test,
            ctx: test.admin(),
        };
        assert!(later.list().await.is_empty());
    }
}

#[tokio::test]
async fn what_is_spoken_is_told_and_other_versions_are_refused() {
    let test = house_with(Options::default()).await;
    let editor = Editor::of(&test);
    let path = format!("/admin/media/{TITLE}/uploads");
    let told = editor.send("OPTIONS", &path, &[], Body::empty()).await;
    assert_eq!((told.status, told.header("tus-version")), (204, "1.0.0"));
    assert_eq!(
        told.header("tus-extension"),
        "creation,creation-with-upload,expiration,checksum,termination"
    );
    assert_eq!(told.header("tus-checksum-algorithm"), "sha1,sha256");
    let other = [("tus-resumable", "0.2.2")];
    let refused = editor.send("POST", &path, &other, Body::empty()).await;
    // Two of a header say nothing that two readers would understand alike.
    assert_eq!(refused.reason, "UPLOAD_INVALID");
    let put = editor.send("PUT", &path, &[], Body::empty()).await;
    assert_eq!(put.status, 405);
}

#[tokio::test]
async fn without_the_tools_nothing_is_uploaded() {
    let db = TestDb::sqlite(MIGRATIONS).await;
    let tools = Tools {
        ffprobe: PathBuf::from("/nowhere/ffprobe"),
        ..blind()
    };
    let test = TestApp::with(db, Options::default(), tools).await;
    let refused = Editor::of(&test).begin(100).await;
    assert_eq!(
        (refused.status, &*refused.reason),
        (422, "IMPORT_TOOLS_MISSING")
    );
}

#[tokio::test]
async fn the_first_bytes_may_come_with_the_announcement() {
    let test = house_with(Options::default()).await;
    let editor = Editor::of(&test);
    let path = format!("/admin/media/{TITLE}/uploads");
    let headers = [BYTES, ("upload-length", "10"), ("content-length", "4")];
    let body = Body::new(Full::from(&b"some"[..]));
    let begun = editor.send("POST", &path, &headers, body).await;
    assert_eq!((begun.status, begun.offset()), (201, 4), "{}", begun.reason);
    let place = begun.header("location").to_owned();
    let headers = [
        BYTES,
        ("upload-offset", "4"),
        ("content-length", "6"),
        ("x-http-method-override", "PATCH"),
    ];
    let body = Body::new(Full::from(&b"bytes."[..]));
    let further = editor.send("POST", &place, &headers, body).await;
    assert_eq!((further.status, further.offset()), (204, 10));
}

#[tokio::test]
async fn an_import_is_watched_to_its_end() {
    let test = house_with(Options::default()).await;
    let editor = Editor::of(&test);
    let place = editor.begun(4).await;
    let request = WatchImportRequest {
        content_id: TITLE.to_owned(),
        import_id: id_of(&place),
    };
    let watched = editor
        .client()
        .watch_import(call(&editor.ctx, request))
        .await;
    let mut watched = watched.unwrap().into_inner();
    let first = watched.next().await.unwrap().unwrap().media_import.unwrap();
    assert_eq!(first.stage(), ImportStage::Uploading);
    editor.patch(&place, 0, b"film").await;
    let rest: Vec<_> = watched.try_collect().await.unwrap();
    let last = rest.last().unwrap().media_import.as_ref().unwrap();
    assert_eq!(last.stage(), ImportStage::Failed, "{rest:?}");
}
