//! Channels and what runs there, among titles (X-SR-3, SRCH-1).

use std::time::Duration;

use prost::Message as _;
use sv_kernel::{Clock as _, Event as _, Timestamp};
use sv_ports::Record;
use sv_proto::{
    content::{ContentStatus, ContentType},
    convert::timestamp,
    livetv::{AiringChanged, Channel, ChannelChanged, Programme},
    search::{SearchGlobalRequest, SearchGlobalResponse},
};

use super::test_app::{Fault, TestApp, asked, changed, deleted, film};

fn channel(id: &str, name: &str, rating: &str) -> Channel {
    let mut channel = Channel {
        id: id.into(),
        name: name.into(),
        number: 7,
        genres: vec!["Nature".into()],
        maturity_rating: rating.into(),
        ..Channel::default()
    };
    channel.set_status(ContentStatus::Published);
    channel
}

fn told(channel: &Channel, version: i32) -> Record {
    let event = ChannelChanged {
        channel_id: channel.id.clone(),
        version,
        channel: Some(channel.clone()),
    };
    Record {
        topic: ChannelChanged::TOPIC.into(),
        payload: Some(event.encode_to_vec().into()),
        ..deleted(&channel.id, version)
    }
}

/// A programme, with beginning and end in minutes from now.
fn programme(id: &str, title: &str, now: Timestamp, start: i64, stop: i64) -> Programme {
    let at = |minutes: i64| timestamp(Timestamp::from_secs(now.secs() + minutes * 60));
    Programme {
        id: id.into(),
        title: title.into(),
        categories: vec!["Nature".into()],
        start_time: Some(at(start)),
        stop_time: Some(at(stop)),
        ..Programme::default()
    }
}

fn airing(channel: &Channel, version: i32, [now, next]: [Option<Programme>; 2]) -> Record {
    let event = AiringChanged {
        channel_id: channel.id.clone(),
        version: version.into(),
        channel: Some(channel.clone()),
        now,
        next,
    };
    Record {
        topic: AiringChanged::TOPIC.into(),
        payload: Some(event.encode_to_vec().into()),
        event_id: uuid::Uuid::from_u128((u128::from(version.unsigned_abs()) << 64) | 7),
        ..deleted(&channel.id, version)
    }
}

/// Types and titles, best first.
fn hits(found: &SearchGlobalResponse) -> Vec<(ContentType, &str)> {
    let hits = found.items.iter();
    hits.map(|hit| (hit.r#type(), &*hit.title)).collect()
}

/// How often each type is counted.
fn types(found: &SearchGlobalResponse) -> Vec<(&str, i32)> {
    let types = found.facets.iter().find(|facet| facet.name == "type");
    let values = types.unwrap().values.iter();
    values.map(|value| (&*value.value, value.count)).collect()
}

fn only(typed: &str, kind: ContentType) -> SearchGlobalRequest {
    SearchGlobalRequest {
        r#type: vec![kind.into()],
        ..asked(typed)
    }
}

/// A film, a series, an episode, two channels and what runs there: all are about quokkas.
async fn fill(test: &TestApp) {
    let now = test.clock.now();
    let family = channel("channel-1", "Quokka TV", "TV-G");
    let night = channel("channel-2", "Quokka Night", "TV-MA");
    let mut series = film("series-1", "Quokka Stories");
    series.set_type(ContentType::Series);
    let mut episode = film("episode-1", "Quokka Begins");
    episode.set_type(ContentType::Episode);
    let running = programme("p1", "Quokka Morning", now, -10, 20);
    let mut coming = programme("p2", "Quokka Noon", now, 20, 50);
    coming.maturity_rating = "TV-MA".into();
    let late = programme("p3", "Quokka Midnight", now, -10, 20);
    test.tell([
        changed(film("film-1", "Quokka"), 1),
        changed(series, 1),
        changed(episode, 1),
        told(&family, 1),
        told(&night, 1),
        airing(&family, 1, [Some(running), Some(coming)]),
        airing(&night, 1, [Some(late), None]),
    ])
    .await;
    test.settle().await;
}

/// Asks everything that must hold, whoever answers.
async fn check(test: &TestApp, degraded: bool) {
    let found = test.find("quokka").await;
    assert_eq!(found.degraded, degraded);
    assert_eq!(
        (found.total, found.items.len()),
        (8, 8),
        "{:?}",
        hits(&found)
    );
    assert_eq!(hits(&found)[0], (ContentType::Movie, "Quokka"));
    let mut counted = types(&found);
    counted.sort_unstable();
    let expected = [
        ("channel", 2),
        ("episode", 1),
        ("movie", 1),
        ("programme", 3),
        ("series", 1),
    ];
    assert_eq!(counted, expected);
    for (kind, count) in [
        (ContentType::Movie, 1),
        (ContentType::Series, 1),
        (ContentType::Episode, 1),
        (ContentType::Channel, 2),
        (ContentType::Programme, 3),
    ] {
        let found = test.ask(only("quokka", kind)).await.unwrap();
        assert!(
            hits(&found).iter().all(|hit| hit.0 == kind),
            "{:?}",
            hits(&found)
        );
        assert_eq!(
            (found.items.len(), found.total),
            (count, i32::try_from(count).unwrap())
        );
        assert_eq!(types(&found).len(), 1);
    }
    let programmes = test
        .ask(only("quokka morning", ContentType::Programme))
        .await;
    let programmes = programmes.unwrap();
    let hit = &programmes.items[0];
    assert_eq!((&*hit.id, &*hit.channel_id), ("p1", "channel-1"));
    assert!(hit.start_time.unwrap().seconds < hit.stop_time.unwrap().seconds);
    // By its channel, and the channel by its number.
    let by_channel = test.ask(only("tv morning", ContentType::Programme)).await;
    assert_eq!(hits(&by_channel.unwrap())[0].1, "Quokka Morning");
    assert_eq!(
        test.ask(only("7", ContentType::Channel))
            .await
            .unwrap()
            .total,
        2
    );

    // A child finds what both its channel and its own rating allow, and counts say the same.
    let found = test.ask_as(&test.child, asked("quokka")).await.unwrap();
    let (channel, programme) = (ContentType::Channel, ContentType::Programme);
    let mut seen = hits(&found);
    seen.sort_unstable();
    assert_eq!(
        seen,
        [(channel, "Quokka TV"), (programme, "Quokka Morning")]
    );
    assert_eq!((found.total, types(&found).len()), (2, 2));
}

#[tokio::test]
async fn channels_and_programmes_are_found_beside_titles_by_index_fallback_and_rebuilt_index() {
    for test in TestApp::all().await {
        test.settle().await;
        fill(&test).await;
        check(&test, false).await;
        test.rebuild().await.unwrap();
        check(&test, false).await;
        test.index.set(Fault::Fails);
        check(&test, true).await;
        test.index.set(Fault::None);
    }
}

#[tokio::test]
async fn a_programme_that_has_ended_is_not_found_and_a_channel_that_goes_takes_what_it_shows_with_it()
 {
    for test in TestApp::all().await {
        test.settle().await;
        fill(&test).await;
        test.clock.advance(Duration::from_mins(20));
        // Its channel has not yet told what runs now.
        let found = test
            .ask(only("quokka", ContentType::Programme))
            .await
            .unwrap();
        assert_eq!(hits(&found), [(ContentType::Programme, "Quokka Noon")]);
        assert_eq!((found.total, types(&found)), (1, vec![("programme", 1)]));

        let mut hidden = channel("channel-1", "Quokka TV", "TV-G");
        hidden.set_status(ContentStatus::Draft);
        let nothing = AiringChanged {
            channel_id: "channel-1".into(),
            version: 2,
            ..AiringChanged::default()
        };
        let record = airing(&hidden, 2, [None, None]);
        let record = Record {
            payload: Some(nothing.encode_to_vec().into()),
            ..record
        };
        let end = Record {
            topic: ChannelChanged::TOPIC.into(),
            ..deleted("channel-2", 2)
        };
        test.tell([told(&hidden, 2), record, end]).await;
        test.settle().await;
        let found = test.find("quokka").await;
        let live = [ContentType::Channel, ContentType::Programme];
        assert!(
            !hits(&found).iter().any(|hit| live.contains(&hit.0)),
            "{:?}",
            hits(&found)
        );
    }
}
