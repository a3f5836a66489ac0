//! Collections among what is found (X-CAT-10).

use prost::Message as _;
use sv_kernel::{Ctx, Event as _, Locale};
use sv_ports::Record;
use sv_proto::content::{
    Collection, CollectionChanged, CollectionTranslation, ContentStatus, ContentType,
};

use super::test_app::{Fault, TestApp, asked, changed, deleted, film};

fn collection(id: &str, title: &str, translated: &[(&str, &str)]) -> Collection {
    let translation = |(language, title): &(&str, &str)| CollectionTranslation {
        language: (*language).into(),
        title: (*title).into(),
        ..CollectionTranslation::default()
    };
    let mut collection = Collection {
        id: id.into(),
        title: title.into(),
        translations: translated.iter().map(translation).collect(),
        version: 1,
        ..Collection::default()
    };
    collection.set_status(ContentStatus::Published);
    collection
}

fn told(collection: &Collection) -> Record {
    let event = CollectionChanged {
        collection_id: collection.id.clone(),
        version: collection.version,
        collection: Some(collection.clone()),
    };
    Record {
        topic: CollectionChanged::TOPIC.into(),
        payload: Some(event.encode_to_vec().into()),
        ..deleted(&collection.id, collection.version)
    }
}

async fn found(test: &TestApp, ctx: &Ctx, typed: &str) -> Vec<(ContentType, String)> {
    let found = test.ask_as(ctx, asked(typed)).await.unwrap();
    assert_eq!(usize::try_from(found.total).unwrap(), found.items.len());
    let hits = found.items.into_iter();
    hits.map(|hit| (hit.r#type(), hit.title)).collect()
}

#[tokio::test]
async fn a_collection_is_found_by_its_name_in_every_language_and_shown_in_the_viewers() {
    for test in TestApp::all().await {
        test.settle().await;
        let trains = collection("trains", "Night Trains", &[("nb", "Nattog")]);
        test.tell([told(&trains), changed(film("film", "The Night Shift"), 1)])
            .await;
        test.settle().await;
        let expected = |title: &str| vec![(ContentType::Collection, title.to_owned())];
        let norwegian = Ctx {
            locale: Locale::parse("nb").unwrap(),
            ..test.viewer.clone()
        };
        let check = async || {
            assert_eq!(
                found(&test, &test.viewer, "nattog").await,
                expected("Night Trains")
            );
            assert_eq!(
                found(&test, &norwegian, "night trai").await,
                expected("Nattog")
            );
            assert_eq!(found(&test, &test.viewer, "night").await.len(), 2);
        };
        check().await;
        test.rebuild().await.unwrap();
        check().await;
        test.index.set(Fault::Fails);
        check().await;
        test.index.set(Fault::None);
    }
}

#[tokio::test]
async fn of_collections_a_child_and_everybody_finds_those_that_show_them_something() {
    for test in TestApp::all().await {
        test.settle().await;
        let mut gone = collection("gone", "Dark Water", &[]);
        let kept = collection("kept", "Dark Forest", &[]);
        test.tell([told(&gone), told(&kept)]).await;
        test.settle().await;
        test.catalogue.hidden.lock().unwrap().push("kept".into());
        let titles = async |ctx: &Ctx| {
            let found = found(&test, ctx, "dark").await.into_iter();
            found.map(|(_, title)| title).collect::<Vec<_>>()
        };
        assert_eq!(titles(&test.viewer).await, ["Dark Forest", "Dark Water"]);
        assert_eq!(titles(&test.child).await, ["Dark Water"]);
        gone.version = 2;
        gone.set_status(ContentStatus::Draft);
        test.tell([told(&gone)]).await;
        test.settle().await;
        assert_eq!(titles(&test.viewer).await, ["Dark Forest"]);
        assert!(titles(&test.child).await.is_empty());
    }
}
