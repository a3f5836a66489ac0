//! `PublishMedia` and `GetMedia`: nothing is published that was not looked at.

use sv_ports::Blob as _;
use sv_proto::streaming::{GetMediaRequest, PublishMediaRequest};
use sv_rpc::{call, error};

use super::{TestApp, test_app::TITLE};

async fn current(test: &TestApp) -> Result<sv_proto::streaming::Media, sv_kernel::Error> {
    let content_id = TITLE.to_owned();
    let request = call(&test.admin(), GetMediaRequest { content_id });
    let answer = test.media_admin().get_media(request).await;
    Ok(answer.map_err(error)?.into_inner().media.unwrap())
}

#[tokio::test]
async fn media_is_published_once_and_can_be_taken_back_to() {
    for test in TestApp::all().await {
        assert_eq!(
            current(&test).await.unwrap_err().reason(),
            "MEDIA_NOT_READY"
        );
        let first = test.store_media(TITLE, "g1").await;
        let published = test.publish(&first).await.unwrap();
        assert!(published.publish_time.is_some());
        assert_eq!(current(&test).await.unwrap(), published);
        assert_eq!(
            test.publish(&first).await.unwrap(),
            published,
            "repeating changes nothing"
        );
        let second = test.store_media(TITLE, "g2").await;
        test.publish(&second).await.unwrap();
        assert_eq!(current(&test).await.unwrap().prefix, second.prefix);
        test.publish(&first).await.unwrap();
        assert_eq!(current(&test).await.unwrap().prefix, first.prefix);
    }
}

#[tokio::test]
async fn media_whose_bytes_are_missing_or_others_is_refused() {
    let test = TestApp::open().await;
    let media = test.store_media(TITLE, "g1").await;
    let problem = async |media: &crate::domain::Media| {
        let refused = test.publish(media).await.unwrap_err();
        assert_eq!(refused.reason(), "MEDIA_INVALID");
        refused.metadata()["problem"].clone()
    };
    for key in [
        media.segment_key("480p", 2),
        media.progressive_key(),
        media.poster_key(),
    ] {
        let bytes = test.blobs.get(&key).await.unwrap().unwrap();
        test.blobs.delete(&key).await.unwrap();
        assert!(problem(&media).await.contains(&key));
        test.blobs.put_bytes(&key, bytes).await.unwrap();
    }
    let key = media.segment_key("480p", 1);
    let good = test.blobs.get(&key).await.unwrap().unwrap();
    let mut other = good.to_vec();
    other[7] ^= 1;
    test.blobs.put_bytes(&key, other.into()).await.unwrap();
    assert!(
        problem(&media).await.contains(&key),
        "same size, other bytes"
    );
    test.blobs.put_bytes(&key, good).await.unwrap();
    let mut contradictory = media.clone();
    contradictory.renditions[0].peak_bandwidth = 1;
    assert!(problem(&contradictory).await.contains("bandwidths"));
    assert_eq!(
        current(&test).await.unwrap_err().reason(),
        "MEDIA_NOT_READY"
    );
    test.publish(&media).await.unwrap();

    // What is out there under a prefix stays what it is.
    let poster = media.poster_key();
    test.blobs
        .put_bytes(&poster, "another".into())
        .await
        .unwrap();
    assert!(problem(&media).await.contains("other bytes before"));
}

#[tokio::test]
async fn media_of_another_title_or_of_none_is_refused() {
    let test = TestApp::open().await;
    let media = test.store_media(TITLE, "g1").await;
    let request = PublishMediaRequest {
        content_id: TITLE.replace("67", "68"),
        media: Some((&media).into()),
    };
    let request = call(&test.admin(), request);
    let refused = test.media_admin().publish_media(request).await;
    assert_eq!(
        refused.map_err(error).unwrap_err().reason(),
        "MEDIA_INVALID"
    );
    let unknown = TITLE.replace("67", "00");
    let media = test.store_media(&unknown, "g1").await;
    let refused = test.publish(&media).await.unwrap_err();
    assert_eq!(refused.reason(), "CONTENT_NOT_FOUND");
}

#[tokio::test]
async fn only_editors_and_services_publish() {
    let test = TestApp::open().await;
    let media = test.store_media(TITLE, "g1").await;
    let request = || PublishMediaRequest {
        content_id: TITLE.into(),
        media: Some((&media).into()),
    };
    let request = call(&test.viewer(), request());
    let refused = test.media_admin().publish_media(request).await;
    assert_eq!(
        refused.map_err(error).unwrap_err().reason(),
        "PERMISSION_DENIED"
    );
}
