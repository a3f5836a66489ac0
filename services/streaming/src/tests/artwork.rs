//! Pictures of titles: uploaded, shown, replaced, deleted.

use sv_kernel::Error;
use sv_ports::Blob as _;
use sv_proto::{
    content::ArtworkRole,
    google::api::HttpBody,
    streaming::{DeleteArtworkRequest, ListArtworkRequest, Picture, UploadArtworkRequest},
};
use sv_rpc::{call, error};

use super::{TestApp, test_app::TITLE};
use crate::domain::picture::tests::png;

async fn upload(test: &TestApp, language: &str, file: Vec<u8>) -> Result<Picture, Error> {
    let request = UploadArtworkRequest {
        content_id: TITLE.into(),
        role: ArtworkRole::Logo.into(),
        language: language.into(),
        file: Some(HttpBody {
            data: file.into(),
            ..HttpBody::default()
        }),
    };
    let request = call(&test.admin(), request);
    let answer = test.artwork_admin().upload_artwork(request).await;
    Ok(answer.map_err(error)?.into_inner().picture.unwrap())
}

async fn delete(test: &TestApp, language: &str, width: i32) -> Result<i32, Error> {
    let request = DeleteArtworkRequest {
        content_id: TITLE.into(),
        role: ArtworkRole::Logo.into(),
        language: language.into(),
        width,
    };
    let request = call(&test.admin(), request);
    let answer = test.artwork_admin().delete_artwork(request).await;
    Ok(answer.map_err(error)?.into_inner().deleted)
}

async fn listed(test: &TestApp) -> Vec<(String, i32)> {
    let content_id = TITLE.to_owned();
    let request = call(&test.admin(), ListArtworkRequest { content_id });
    let answer = test.artwork_admin().list_artwork(request).await;
    let items = answer.unwrap().into_inner().items.into_iter();
    items.map(|one| (one.language, one.height)).collect()
}

async fn files(test: &TestApp) -> usize {
    let page = test.blobs.list("artwork/", None, 100).await.unwrap();
    page.blobs.len()
}

#[tokio::test]
async fn a_picture_is_shown_to_everybody_until_it_is_deleted() {
    for test in TestApp::all().await {
        let picture = upload(&test, "pt-br", png(400, 100)).await.unwrap();
        assert_eq!((picture.width, picture.language.as_str()), (400, "pt-BR"));
        let shown = test.get(&picture.url).await;
        assert_eq!(shown.status(), 200);
        assert_eq!(shown.headers()["content-type"], "image/png");
        let kept = &shown.headers()["cache-control"];
        assert_eq!(kept, "public, max-age=31536000, immutable");
        assert_eq!(shown.body().as_ref(), png(400, 100));

        // Another size stands beside it, another file of the size in its place.
        upload(&test, "pt-BR", png(800, 200)).await.unwrap();
        upload(&test, "", png(400, 100)).await.unwrap();
        let anew = upload(&test, "pt-BR", png(400, 101)).await.unwrap();
        assert_eq!(test.get(&picture.url).await.status(), 404);
        assert_eq!(test.get(&anew.url).await.status(), 200);
        let all = [("", 100), ("pt-BR", 101), ("pt-BR", 200)].map(|(l, h)| (l.to_owned(), h));
        assert_eq!(listed(&test).await, all);
        assert_eq!(files(&test).await, 3, "what is replaced goes");

        let again = upload(&test, "pt-BR", png(400, 101)).await.unwrap();
        assert_eq!(test.get(&again.url).await.status(), 200, "nothing is lost");
        assert_eq!(delete(&test, "pt-BR", 800).await.unwrap(), 1);
        assert_eq!(delete(&test, "pt-BR", 0).await.unwrap(), 1);
        let gone = delete(&test, "pt-BR", 0).await.unwrap_err();
        assert_eq!(gone.reason(), "ARTWORK_NOT_FOUND");
        assert_eq!(test.get(&again.url).await.status(), 404);
        assert_eq!(files(&test).await, 1);
    }
}

#[tokio::test]
async fn what_is_no_picture_and_what_is_too_much_leaves_nothing() {
    let test = TestApp::open().await;
    let refused = upload(&test, "", b"<svg/>".to_vec()).await.unwrap_err();
    assert_eq!(refused.reason(), "ARTWORK_INVALID");
    for width in 1..=100 {
        upload(&test, "", png(width, 10)).await.unwrap();
    }
    let full = upload(&test, "", png(101, 10)).await.unwrap_err();
    assert_eq!(full.reason(), "ARTWORK_LIMIT");
    assert_eq!(files(&test).await, 100);
    upload(&test, "", png(100, 11)).await.unwrap();
    assert_eq!(files(&test).await, 100);
}

#[tokio::test]
async fn of_two_files_that_are_uploaded_at_once_one_is_shown() {
    for test in TestApp::all().await {
        let uploads = (0..8).map(|n| upload(&test, "", png(400, 100 + n % 2)));
        // Some may be told to come again, which is no loss.
        let uploaded = futures::future::join_all(uploads).await;
        assert!(uploaded.iter().any(Result::is_ok), "{uploaded:?}");
        let content_id = TITLE.to_owned();
        let request = call(&test.admin(), ListArtworkRequest { content_id });
        let listed = test.artwork_admin().list_artwork(request).await;
        let listed = listed.unwrap().into_inner().items;
        assert_eq!(test.get(&listed[0].url).await.status(), 200);
    }
}
