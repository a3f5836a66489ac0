//! What is played and rated is counted, and lists go by it (CAT-18, REC-5).

use std::time::Duration;

use sv_kernel::{Clock as _, Ctx, Timestamp};
use sv_proto::{
    content::{
        ListMoviesRequest, ListPopularityRequest, SnapshotPopularityRequest, TitlePopularity,
        popularity_service_client::PopularityServiceClient,
    },
    convert::timestamp,
    options::Role,
    streaming::{PlaybackEvent, PlaybackEventType},
    users::TitleRated,
};
use sv_rpc::{call, error};
use uuid::Uuid;

use super::test_app::{TestApp, film};

const DAY: Duration = Duration::from_hours(24);

/// What streaming tells of an account that plays a title of 100 s.
fn event(
    title: &str,
    user: u128,
    kind: PlaybackEventType,
    at: Timestamp,
    position: f64,
) -> PlaybackEvent {
    PlaybackEvent {
        r#type: kind.into(),
        content_id: title.into(),
        user_id: Uuid::from_u128(user).to_string(),
        position_seconds: position,
        duration_seconds: 100.0,
        time: Some(timestamp(at + Duration::from_secs(1))),
        start_time: Some(timestamp(at)),
        ..PlaybackEvent::default()
    }
}

fn started(title: &str, user: u128, at: Timestamp) -> PlaybackEvent {
    event(title, user, PlaybackEventType::Started, at, 0.0)
}

impl TestApp {
    async fn popularity(&self, order_by: &str) -> Vec<TitlePopularity> {
        let request = ListPopularityRequest {
            order_by: order_by.into(),
            ..ListPopularityRequest::default()
        };
        let mut figures = self.figures();
        let answer = figures.list_popularity(call(&self.editor, request)).await;
        answer.unwrap().into_inner().items
    }

    async fn films(&self, by: &Ctx, order_by: &str) -> Vec<String> {
        self.forget();
        let request = ListMoviesRequest {
            order_by: order_by.into(),
            ..ListMoviesRequest::default()
        };
        let answer = self.viewers.clone().list_movies(call(by, request)).await;
        let items = answer.unwrap().into_inner().items;
        items.into_iter().map(|film| film.title).collect()
    }

    /// What search hears of popularity, ordered by title.
    async fn told_to_search(&self) -> Vec<(String, i64)> {
        let mesh = self.harness.mesh.calling_as("search");
        let transport = mesh.client_transport(crate::NAME).unwrap();
        let mut content = PopularityServiceClient::new(transport);
        let request = call(&self.background(), SnapshotPopularityRequest::default());
        let told = content.snapshot_popularity(request).await;
        let told = told.unwrap().into_inner();
        assert_eq!(told.next_after_id, "");
        let told = told.items.into_iter();
        let mut told: Vec<_> = told
            .map(|item| (item.content_id, item.popularity))
            .collect();
        told.sort();
        told
    }
}

#[tokio::test]
async fn an_account_counts_once_a_day_and_lists_go_by_what_is_played_and_liked() {
    for mut test in TestApp::all().await {
        let mut ids = Vec::new();
        for title in ["Arrival", "Brazil", "Casino", "Drive"] {
            ids.push(test.create(film(title)).await.unwrap().id);
        }
        let [arrival, brazil, casino, drive] = [0, 1, 2, 3].map(|n| ids[n].as_str());
        let now = test.harness.clock.now();
        // Somebody who pushes a title by himself counts once; two who watch another count as two.
        let mut told: Vec<_> = (0..5).map(|_| started(arrival, 1, now)).collect();
        told.extend([1, 2].map(|user| started(brazil, user, now)));
        // Weeks ago many watched a third one, to its end.
        let then = now - DAY * 10;
        told.extend([1, 2, 3].map(|user| started(casino, user, then)));
        let end = |user| event(casino, user, PlaybackEventType::Stopped, then, 95.0);
        told.extend([1, 2, 3, 3].map(end));
        // What does not count: a channel, half of a film, what is long over.
        told.push(PlaybackEvent {
            is_live: true,
            ..started(drive, 1, now)
        });
        told.push(event(brazil, 1, PlaybackEventType::Stopped, now, 50.0));
        told.push(started(drive, 1, now - DAY * 40));
        let count = i64::try_from(told.len()).unwrap();
        test.hear(&told, count).await;
        assert_eq!(test.refresh().await, 3);

        let trending = test.popularity("").await;
        let counts = |title: &TitlePopularity| {
            let counts = (title.plays_day, title.plays_week, title.plays_month);
            (title.title.clone(), counts, title.completion_rate)
        };
        let counts: Vec<_> = trending.iter().map(counts).collect();
        let wanted = [
            ("Brazil", (2, 2, 2), 0.0),
            ("Arrival", (1, 1, 1), 0.0),
            ("Casino", (0, 0, 3), 1.0),
        ];
        assert_eq!(
            counts,
            wanted.map(|(title, n, rate)| (title.to_owned(), n, rate))
        );
        let viewer = &test.viewer;
        let listed = test.films(viewer, "-trending").await;
        assert_eq!(listed[..2], ["Brazil", "Arrival"]);
        let listed = test.films(viewer, "-popularity").await;
        assert_eq!(listed, ["Casino", "Brazil", "Arrival", "Drive"]);

        // What viewers say counts, the last of it.
        let rated = |version, average| TitleRated {
            content_id: arrival.into(),
            version,
            count: 400,
            average,
        };
        test.hear(&[rated(2, 5.0), rated(1, 1.0)], count + 2).await;
        test.refresh().await;
        let liked = test.popularity("-popularity").await;
        assert_eq!(
            (liked[2].title.as_str(), liked[2].rating_count),
            ("Arrival", 400)
        );
        assert!(liked[2].popularity > 1_600, "{liked:?}");

        // Search is told the same.
        let mut listed: Vec<_> = liked
            .iter()
            .map(|title| (title.content_id.clone(), title.popularity))
            .collect();
        listed.sort();
        assert_eq!(test.told_to_search().await, listed);

        // A change of a title leaves its place, and time takes it away.
        let renamed = test.update(arrival, film("Arrived"), &["title"]).await;
        renamed.unwrap();
        let listed = test.films(viewer, "-trending").await;
        assert_eq!(listed[1], "Arrived");
        test.harness.clock.advance(DAY * 31);
        // The token has ended meanwhile.
        let user = test.harness.env.ids.next();
        test.editor = test.harness.viewer(user, [Role::Admin]);
        test.refresh().await;
        let after = test.popularity("").await;
        assert!(
            after
                .iter()
                .all(|title| title.trending == 0 && title.plays_month == 0)
        );
        let marks =
            "SELECT (SELECT COUNT(*) FROM play_marks) + (SELECT COUNT(*) FROM play_hours) AS n";
        assert_eq!(test.number(marks).await, 0, "nothing of it is kept");
    }
}

#[tokio::test]
async fn figures_are_not_for_viewers() {
    for test in TestApp::all().await {
        let request = call(&test.viewer, ListPopularityRequest::default());
        let refused = test.figures().list_popularity(request).await.map_err(error);
        assert_eq!(refused.unwrap_err().reason(), "PERMISSION_DENIED");
    }
}
