//! `PublishMedia` and `GetMedia`: nothing is published that was not looked at.

use sv_ports::Blob as _;
use sv_proto::streaming::{GetMediaRequest, PublishMediaRequest};
use sv_rpc::{call, error};

use super::{House, house::TITLE};

async fn current(house: &House) -> Result<sv_proto::streaming::Media, sv_kernel::Error> {
    let content_id = TITLE.to_owned();
    let request = call(&house.admin(), GetMediaRequest { content_id });
    let answer = house.media_admin().get_media(request).await;
    Ok(answer.map_err(error)?.into_inner().media.unwrap())
}

#[tokio::test]
async fn media_is_published_once_and_can_be_taken_back_to() {
    for house in House::all().await {
        assert_eq!(
            current(&house).await.unwrap_err().reason(),
            "MEDIA_NOT_READY"
        );
        let first = house.store_media(TITLE, "g1").await;
        let published = house.publish(&first).await.unwrap();
        assert!(published.publish_time.is_some());
        assert_eq!(current(&house).await.unwrap(), published);
        assert_eq!(
            house.publish(&first).await.unwrap(),
            published,
            "repeating changes nothing"
        );
        let second = house.store_media(TITLE, "g2").await;
        house.publish(&second).await.unwrap();
        assert_eq!(current(&house).await.unwrap().prefix, second.prefix);
        house.publish(&first).await.unwrap();
        assert_eq!(current(&house).await.unwrap().prefix, first.prefix);
    }
}

#[tokio::test]
async fn media_whose_bytes_are_missing_or_others_is_refused() {
    let house = House::open().await;
    let media = house.store_media(TITLE, "g1").await;
    let problem = async |media: &crate::domain::Media| {
        let refused = house.publish(media).await.unwrap_err();
        assert_eq!(refused.reason(), "MEDIA_INVALID");
        refused.metadata()["problem"].clone()
    };
    for key in [
        media.segment_key("480p", 2),
        media.progressive_key(),
        media.poster_key(),
    ] {
        let bytes = house.blobs.get(&key).await.unwrap().unwrap();
        house.blobs.delete(&key).await.unwrap();
        assert!(problem(&media).await.contains(&key));
        house.blobs.put_bytes(&key, bytes).await.unwrap();
    }
    let key = media.segment_key("480p", 1);
    let good = house.blobs.get(&key).await.unwrap().unwrap();
    let mut other = good.to_vec();
    other[7] ^= 1;
    house.blobs.put_bytes(&key, other.into()).await.unwrap();
    assert!(
        problem(&media).await.contains(&key),
        "same size, other bytes"
    );
    house.blobs.put_bytes(&key, good).await.unwrap();
    let mut contradictory = media.clone();
    contradictory.renditions[0].peak_bandwidth = 1;
    assert!(problem(&contradictory).await.contains("bandwidths"));
    assert_eq!(
        current(&house).await.unwrap_err().reason(),
        "MEDIA_NOT_READY"
    );
    house.publish(&media).await.unwrap();

    // What is out there under a prefix stays what it is.
    let poster = media.poster_key();
    house
        .blobs
        .put_bytes(&poster, "another".into())
        .await
        .unwrap();
    assert!(problem(&media).await.contains("other bytes before"));
}

#[tokio::test]
async fn media_of_another_title_or_of_none_is_refused() {
    let house = House::open().await;
    let media = house.store_media(TITLE, "g1").await;
    let request = PublishMediaRequest {
        content_id: TITLE.replace("67", "68"),
        media: Some((&media).into()),
    };
    let request = call(&house.admin(), request);
    let refused = house.media_admin().publish_media(request).await;
    assert_eq!(
        refused.map_err(error).unwrap_err().reason(),
        "MEDIA_INVALID"
    );
    let unknown = TITLE.replace("67", "00");
    let media = house.store_media(&unknown, "g1").await;
    let refused = house.publish(&media).await.unwrap_err();
    assert_eq!(refused.reason(), "CONTENT_NOT_FOUND");
}

#[tokio::test]
async fn only_editors_and_services_publish() {
    let house = House::open().await;
    let media = house.store_media(TITLE, "g1").await;
    let request = || PublishMediaRequest {
        content_id: TITLE.into(),
        media: Some((&media).into()),
    };
    let request = call(&house.viewer(), request());
    let refused = house.media_admin().publish_media(request).await;
    assert_eq!(
        refused.map_err(error).unwrap_err().reason(),
        "PERMISSION_DENIED"
    );
}
