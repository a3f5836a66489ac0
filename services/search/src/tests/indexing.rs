//! Taking up what content tells (SRCH-4, C20, X-SR-2).

use sv_kernel::{Event as _, Tenant};
use sv_ports::{Record, dead_letters};
use sv_proto::{
    content::{
        Content, ContentChanged, ContentStatus, ContentType, EpisodeDetails, EpisodeSeries,
        content::Details,
    },
    search::GetIndexStatusRequest,
};
use sv_rpc::{call, error};

use super::test_app::{TestApp, changed, credit, deleted, film};

#[tokio::test]
async fn only_published_titles_are_found() {
    for test in TestApp::all().await {
        let with = |id: &str, status: ContentStatus| Content {
            status: status.into(),
            ..film(id, "Solaris")
        };
        test.tell([
            changed(with("draft", ContentStatus::Draft), 1),
            changed(with("shown", ContentStatus::Published), 1),
            changed(with("archived", ContentStatus::Archived), 1),
            changed(with("unsaid", ContentStatus::Unspecified), 1),
        ])
        .await;
        test.settle().await;
        let found = test.find("solaris").await.items;
        assert_eq!(
            found.iter().map(|hit| &*hit.id).collect::<Vec<_>>(),
            ["shown"]
        );

        test.tell([changed(with("draft", ContentStatus::Published), 2)])
            .await;
        test.tell([changed(with("shown", ContentStatus::Archived), 2)])
            .await;
        test.settle().await;
        let found = test.find("solaris").await.items;
        assert_eq!(
            found.iter().map(|hit| &*hit.id).collect::<Vec<_>>(),
            ["draft"]
        );
    }
}

/// An episode as content tells it.
fn episode(id: &str, title: &str, series: &str, status: ContentStatus) -> Content {
    Content {
        r#type: ContentType::Episode.into(),
        details: Some(Details::Episode(EpisodeDetails {
            series: Some(EpisodeSeries {
                title: series.into(),
                status: status.into(),
                ..EpisodeSeries::default()
            }),
            ..EpisodeDetails::default()
        })),
        ..film(id, title)
    }
}

#[tokio::test]
async fn episodes_are_found_with_their_series_and_below_it() {
    for test in TestApp::all().await {
        let series = Content {
            r#type: ContentType::Series.into(),
            ..film("s", "Lighthouse")
        };
        let of = |status| episode("e", "Fog", "Lighthouse", status);
        test.tell([
            changed(of(ContentStatus::Published), 1),
            changed(series, 1),
            changed(episode("h", "Oil", "Hidden", ContentStatus::Draft), 1),
        ])
        .await;
        test.settle().await;
        assert_eq!(test.titles("lighthouse").await, ["Lighthouse", "Fog"]);
        assert_eq!(test.titles("lighthuose").await, ["Lighthouse", "Fog"]);
        assert_eq!(test.titles("fog").await, ["Fog"]);
        assert!(test.titles("oil").await.is_empty());
        test.tell([changed(of(ContentStatus::Archived), 2)]).await;
        test.settle().await;
        assert_eq!(test.titles("lighthouse").await, ["Lighthouse"]);
    }
}

#[tokio::test]
async fn a_change_replaces_every_word_of_the_title() {
    for test in TestApp::all().await {
        test.tell([changed(credit(film("a", "Solaris"), "Andrei Tarkovsky"), 1)])
            .await;
        test.settle().await;
        assert_eq!(test.titles("tarkovsky").await, ["Solaris"]);
        test.tell([changed(film("a", "Stalker"), 2)]).await;
        test.settle().await;
        assert_eq!(test.titles("stalker").await, ["Stalker"]);
        assert!(test.titles("solaris").await.is_empty());
        assert!(test.titles("tarkovsky").await.is_empty());
    }
}

#[tokio::test]
async fn events_that_come_late_or_twice_bring_nothing_back_c20() {
    for test in TestApp::all().await {
        test.tell([
            changed(film("a", "Solaris"), 1),
            changed(film("b", "Stalker"), 3),
        ])
        .await;
        test.tell([deleted("a", 2)]).await;
        test.settle().await;
        assert!(test.titles("solaris").await.is_empty());

        let late = [
            changed(film("a", "Solaris"), 1),
            changed(film("a", "Solaris"), 2),
            changed(film("b", "Mirror"), 2),
            deleted("b", 3),
        ];
        test.tell(late).await;
        test.settle().await;
        assert!(test.titles("solaris").await.is_empty(), "it was deleted");
        assert!(
            test.titles("mirror").await.is_empty(),
            "it is called otherwise by now"
        );
        assert_eq!(test.titles("stalker").await, ["Stalker"]);

        test.tell([changed(film("a", "Solaris"), 3)]).await;
        test.settle().await;
        assert_eq!(
            test.titles("solaris").await,
            ["Solaris"],
            "a new version brings it back"
        );
    }
}

#[tokio::test]
async fn an_event_that_cannot_be_read_becomes_a_dead_letter_and_stops_nothing() {
    for test in TestApp::all().await {
        let broken = Record {
            payload: Some(vec![0xff; 9].into()),
            ..deleted("broken", 1)
        };
        let foreign = Record {
            key: "other".into(),
            ..changed(film("a", "Foreign"), 1)
        };
        test.tell([broken, foreign, changed(film("b", "Stalker"), 1)])
            .await;
        test.settle().await;
        assert_eq!(test.titles("stalker").await, ["Stalker"]);
        assert!(test.titles("foreign").await.is_empty());
        let dead = dead_letters(&*test.bus, ContentChanged::TOPIC, 10)
            .await
            .unwrap();
        assert_eq!(dead.len(), 2);
    }
}

#[tokio::test]
async fn tenants_find_their_own_titles_only() {
    for test in TestApp::all().await {
        let theirs = Record {
            tenant: Tenant::parse("acme").unwrap(),
            ..changed(film("a", "Solaris"), 7)
        };
        test.tell([theirs, changed(film("a", "Stalker"), 1)]).await;
        test.settle().await;
        assert!(test.titles("solaris").await.is_empty());
        assert_eq!(test.titles("stalker").await, ["Stalker"]);
    }
}

#[tokio::test]
async fn the_status_tells_how_far_the_index_has_come_x_sr_2() {
    for test in TestApp::all().await {
        test.settle().await;
        let empty = test.status().await.unwrap();
        assert_eq!(
            (empty.documents, empty.lag_events, empty.indexed_time),
            (0, 0, None)
        );
        assert_eq!(empty.backend, "tantivy");
        test.tell([
            changed(film("a", "Solaris"), 1),
            changed(film("b", "Stalker"), 1),
        ])
        .await;
        test.tell([deleted("b", 2)]).await;
        test.settle().await;
        let status = test.status().await.unwrap();
        assert_eq!((status.documents, status.lag_events), (1, 0));
        assert_eq!(status.indexed_time.unwrap().seconds, 1_700_000_000);
        assert!(!status.rebuilding && !status.degraded);

        let request = call(&test.viewer, GetIndexStatusRequest {});
        let refused = test
            .admin
            .clone()
            .get_index_status(request)
            .await
            .map_err(error);
        assert_eq!(refused.unwrap_err().reason(), "PERMISSION_DENIED");
    }
}

#[tokio::test]
async fn a_restart_forgets_nothing_and_takes_up_what_was_told_meanwhile() {
    for test in TestApp::all().await {
        test.tell([
            changed(film("a", "Solaris"), 1),
            changed(film("b", "Stalker"), 1),
        ])
        .await;
        test.tell([deleted("b", 2)]).await;
        test.settle().await;
        let test = test.restart(|_| ()).await;
        test.tell([
            changed(film("c", "Mirror"), 1),
            changed(film("b", "Stalker"), 1),
        ])
        .await;
        test.settle().await;
        assert_eq!(test.titles("solaris").await, ["Solaris"]);
        assert_eq!(test.titles("mirror").await, ["Mirror"]);
        assert!(test.titles("stalker").await.is_empty());
    }
}
