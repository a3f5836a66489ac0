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

use super::world::{World, changed, credit, deleted, film};

#[tokio::test]
async fn only_published_titles_are_found() {
    for world in World::all().await {
        let with = |id: &str, status: ContentStatus| Content {
            status: status.into(),
            ..film(id, "Solaris")
        };
        world
            .tell([
                changed(with("draft", ContentStatus::Draft), 1),
                changed(with("shown", ContentStatus::Published), 1),
                changed(with("archived", ContentStatus::Archived), 1),
                changed(with("unsaid", ContentStatus::Unspecified), 1),
            ])
            .await;
        world.settle().await;
        let found = world.find("solaris").await.items;
        assert_eq!(
            found.iter().map(|hit| &*hit.id).collect::<Vec<_>>(),
            ["shown"]
        );

        world
            .tell([changed(with("draft", ContentStatus::Published), 2)])
            .await;
        world
            .tell([changed(with("shown", ContentStatus::Archived), 2)])
            .await;
        world.settle().await;
        let found = world.find("solaris").await.items;
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
    for world in World::all().await {
        let series = Content {
            r#type: ContentType::Series.into(),
            ..film("s", "Lighthouse")
        };
        let of = |status| episode("e", "Fog", "Lighthouse", status);
        world
            .tell([
                changed(of(ContentStatus::Published), 1),
                changed(series, 1),
                changed(episode("h", "Oil", "Hidden", ContentStatus::Draft), 1),
            ])
            .await;
        world.settle().await;
        assert_eq!(world.titles("lighthouse").await, ["Lighthouse", "Fog"]);
        assert_eq!(world.titles("lighthuose").await, ["Lighthouse", "Fog"]);
        assert_eq!(world.titles("fog").await, ["Fog"]);
        assert!(world.titles("oil").await.is_empty());
        world.tell([changed(of(ContentStatus::Archived), 2)]).await;
        world.settle().await;
        assert_eq!(world.titles("lighthouse").await, ["Lighthouse"]);
    }
}

#[tokio::test]
async fn a_change_replaces_every_word_of_the_title() {
    for world in World::all().await {
        world
            .tell([changed(credit(film("a", "Solaris"), "Andrei Tarkovsky"), 1)])
            .await;
        world.settle().await;
        assert_eq!(world.titles("tarkovsky").await, ["Solaris"]);
        world.tell([changed(film("a", "Stalker"), 2)]).await;
        world.settle().await;
        assert_eq!(world.titles("stalker").await, ["Stalker"]);
        assert!(world.titles("solaris").await.is_empty());
        assert!(world.titles("tarkovsky").await.is_empty());
    }
}

#[tokio::test]
async fn events_that_come_late_or_twice_bring_nothing_back_c20() {
    for world in World::all().await {
        world
            .tell([
                changed(film("a", "Solaris"), 1),
                changed(film("b", "Stalker"), 3),
            ])
            .await;
        world.tell([deleted("a", 2)]).await;
        world.settle().await;
        assert!(world.titles("solaris").await.is_empty());

        let late = [
            changed(film("a", "Solaris"), 1),
            changed(film("a", "Solaris"), 2),
            changed(film("b", "Mirror"), 2),
            deleted("b", 3),
        ];
        world.tell(late).await;
        world.settle().await;
        assert!(world.titles("solaris").await.is_empty(), "it was deleted");
        assert!(
            world.titles("mirror").await.is_empty(),
            "it is called otherwise by now"
        );
        assert_eq!(world.titles("stalker").await, ["Stalker"]);

        world.tell([changed(film("a", "Solaris"), 3)]).await;
        world.settle().await;
        assert_eq!(
            world.titles("solaris").await,
            ["Solaris"],
            "a new version brings it back"
        );
    }
}

#[tokio::test]
async fn an_event_that_cannot_be_read_becomes_a_dead_letter_and_stops_nothing() {
    for world in World::all().await {
        let broken = Record {
            payload: Some(vec![0xff; 9].into()),
            ..deleted("broken", 1)
        };
        let foreign = Record {
            key: "other".into(),
            ..changed(film("a", "Foreign"), 1)
        };
        world
            .tell([broken, foreign, changed(film("b", "Stalker"), 1)])
            .await;
        world.settle().await;
        assert_eq!(world.titles("stalker").await, ["Stalker"]);
        assert!(world.titles("foreign").await.is_empty());
        let dead = dead_letters(&*world.bus, ContentChanged::TOPIC, 10)
            .await
            .unwrap();
        assert_eq!(dead.len(), 2);
    }
}

#[tokio::test]
async fn tenants_find_their_own_titles_only() {
    for world in World::all().await {
        let theirs = Record {
            tenant: Tenant::parse("acme").unwrap(),
            ..changed(film("a", "Solaris"), 7)
        };
        world.tell([theirs, changed(film("a", "Stalker"), 1)]).await;
        world.settle().await;
        assert!(world.titles("solaris").await.is_empty());
        assert_eq!(world.titles("stalker").await, ["Stalker"]);
    }
}

#[tokio::test]
async fn the_status_tells_how_far_the_index_has_come_x_sr_2() {
    for world in World::all().await {
        world.settle().await;
        let empty = world.status().await.unwrap();
        assert_eq!(
            (empty.documents, empty.lag_events, empty.indexed_time),
            (0, 0, None)
        );
        assert_eq!(empty.backend, "tantivy");
        world
            .tell([
                changed(film("a", "Solaris"), 1),
                changed(film("b", "Stalker"), 1),
            ])
            .await;
        world.tell([deleted("b", 2)]).await;
        world.settle().await;
        let status = world.status().await.unwrap();
        assert_eq!((status.documents, status.lag_events), (1, 0));
        assert_eq!(status.indexed_time.unwrap().seconds, 1_700_000_000);
        assert!(!status.rebuilding && !status.degraded);

        let request = call(&world.viewer, GetIndexStatusRequest {});
        let refused = world
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
    for world in World::all().await {
        world
            .tell([
                changed(film("a", "Solaris"), 1),
                changed(film("b", "Stalker"), 1),
            ])
            .await;
        world.tell([deleted("b", 2)]).await;
        world.settle().await;
        let world = world.restart(|_| ()).await;
        world
            .tell([
                changed(film("c", "Mirror"), 1),
                changed(film("b", "Stalker"), 1),
            ])
            .await;
        world.settle().await;
        assert_eq!(world.titles("solaris").await, ["Solaris"]);
        assert_eq!(world.titles("mirror").await, ["Mirror"]);
        assert!(world.titles("stalker").await.is_empty());
    }
}
