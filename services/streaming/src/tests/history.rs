//! What a profile has watched and goes on with (USER-6, X-CAT-1).

use std::time::Duration;

use sv_kernel::{Ctx, Error};
use sv_proto::{
    content::{Content, ContentStatus, EpisodeDetails, EpisodeSeries, content::Details},
    streaming::{
        ClearWatchHistoryRequest, ContinueItem, DeleteWatchedRequest, HideContinueWatchingRequest,
        ListContinueWatchingRequest, ListWatchHistoryRequest, StopReason, WatchedTitle,
    },
};
use sv_rpc::{call, error};
use sv_store::work;

use super::{TestApp, streams::on, test_app::TITLE};

const SERIES: &str = "0190b8e1-0000-7000-8000-0000000000aa";
const CHILD: &str = "cccccccc-0000-7000-8000-000000000001";

/// Returns the same person with a profile.
fn with_profile(ctx: &Ctx, profile: &str) -> Ctx {
    Ctx {
        profile: Some(profile.parse().unwrap()),
        ..ctx.clone()
    }
}

/// Makes the id of an episode.
fn id(season: i32, episode: i32) -> String {
    format!("0190b8e1-0000-7000-8000-0000000{season:02}{episode:03}")
}

impl TestApp {
    /// Adds published episodes of a series.
    async fn with_episodes(self, places: &[(i32, i32)]) -> Self {
        for (season, episode) in places {
            let id = id(*season, *episode);
            let mut content = Content {
                id: id.clone(),
                title: format!("S{season}E{episode}"),
                maturity_rating: "PG-13".into(),
                details: Some(Details::Episode(EpisodeDetails {
                    series_id: SERIES.into(),
                    season_number: *season,
                    episode_number: *episode,
                    series: Some(EpisodeSeries {
                        title: "Lighthouse".into(),
                        status: ContentStatus::Published.into(),
                        ..EpisodeSeries::default()
                    }),
                })),
                ..Content::default()
            };
            content.set_status(ContentStatus::Published);
            let (titles, details) = (&self.peers.titles, &self.peers.details);
            titles
                .lock()
                .unwrap()
                .insert(id.clone(), ContentStatus::Published);
            details.lock().unwrap().insert(id.clone(), content);
            let media = self.store_media(&id, "g1").await;
            self.publish(&media).await.unwrap();
        }
        self
    }

    /// Plays a title to a position of its 30 s, and ends.
    async fn watch(&self, ctx: &Ctx, title: &str, position: f64) {
        let play = self.play_title(ctx, title).await.unwrap();
        self.harness.clock.advance(Duration::from_secs(10));
        self.beat(ctx, &play.session_id, position).await;
        self.complete(ctx, &play.session_id).await.unwrap();
    }

    async fn goes_on(&self, ctx: &Ctx) -> Vec<ContinueItem> {
        let request = ListContinueWatchingRequest::default();
        let mut watching = self.watching();
        let answer = watching.list_continue_watching(call(ctx, request));
        answer.await.unwrap().into_inner().items
    }

    async fn history(&self, ctx: &Ctx) -> Vec<WatchedTitle> {
        let request = ListWatchHistoryRequest::default();
        let answer = self.watching().list_watch_history(call(ctx, request)).await;
        answer.unwrap().into_inner().items
    }

    async fn hide(&self, ctx: &Ctx, title: &str) -> Result<(), Error> {
        let request = HideContinueWatchingRequest {
            content_id: title.to_owned(),
        };
        let mut watching = self.watching();
        let answer = watching.hide_continue_watching(call(ctx, request));
        answer.await.map(drop).map_err(error)
    }

    async fn forget(&self, ctx: &Ctx, title: &str) {
        let request = DeleteWatchedRequest {
            content_id: title.to_owned(),
        };
        let answer = self.watching().delete_watched(call(ctx, request)).await;
        answer.unwrap();
    }
}

/// Says briefly what goes on: title, position, whether it follows another.
fn brief(items: &[ContinueItem]) -> Vec<(String, f64, bool)> {
    let of = |item: &ContinueItem| {
        let title = item.title.clone().unwrap();
        (title.title, title.position_seconds, item.next_episode)
    };
    items.iter().map(of).collect()
}

fn follows(title: &str) -> Vec<(String, f64, bool)> {
    vec![(title.to_owned(), 0.0, true)]
}

#[tokio::test]
async fn what_a_deleted_profile_watched_is_forgotten_and_what_it_plays_ends() {
    for test in TestApp::all().await {
        let test = test.with_media().await;
        let ana = test.viewer();
        let ben = with_profile(&ana, CHILD);
        test.watch(&ana, TITLE, 9.0).await;
        test.watch(&ben, TITLE, 9.0).await;
        let play = test.play(&ben).await.unwrap();
        let user = ana.actor.viewer().unwrap().user.uuid();
        let profile = ben.profile.unwrap();
        let ctx = &ben;
        let forgotten = test.db.write(ctx, |tx| {
            work(async move { crate::app::forget_profile(tx, ctx, user, profile).await })
        });
        forgotten.await.unwrap();
        assert!(test.history(&ben).await.is_empty());
        let told = test.beat(&ben, &play.session_id, 12.0).await;
        assert_eq!(told.stop_reason(), StopReason::AccessEnded);
        assert!(test.history(&ben).await.is_empty());
        assert_eq!(test.history(&ana).await.len(), 1, "another profile's");
    }
}

#[tokio::test]
async fn a_begun_title_goes_on_where_it_was_left_on_whatever_device() {
    for test in TestApp::all().await {
        let test = test.with_media().await;
        let ana = test.viewer();
        let (tv, phone) = (on(&ana, "tv"), on(&ana, "phone"));
        let play = test.play(&tv).await.unwrap();
        assert!(play.resume_position_seconds.abs() < 1e-9);
        // 0.5 s of 30 are less than 2 %.
        test.beat(&tv, &play.session_id, 0.5).await;
        assert!(test.goes_on(&ana).await.is_empty());
        assert!(test.history(&ana).await.is_empty());
        test.harness.clock.advance(Duration::from_secs(10));
        test.beat(&tv, &play.session_id, 12.0).await;
        let expected = [("Big Buck Bunny".to_owned(), 12.0, false)];
        assert_eq!(brief(&test.goes_on(&ana).await), expected);
        assert_eq!(test.history(&ana).await[0].content_id, TITLE);

        // The application was killed; the other device asks.
        let there = test.play(&phone).await.unwrap();
        assert!((there.resume_position_seconds - 12.0).abs() < 1e-9);
        test.harness.clock.advance(Duration::from_secs(10));
        test.beat(&phone, &there.session_id, 20.0).await;
        let again = test.play(&tv).await.unwrap();
        assert!((again.resume_position_seconds - 20.0).abs() < 1e-9);
        assert!(test.goes_on(&test.viewer()).await.is_empty());
        let other = with_profile(&ana, "dddddddd-0000-7000-8000-000000000001");
        assert!(test.goes_on(&other).await.is_empty());
    }
}

#[tokio::test]
async fn a_finished_title_starts_again_and_stays_watched_however_it_is_replayed() {
    for test in TestApp::all().await {
        let test = test.with_media().await;
        let ana = test.viewer();
        test.watch(&ana, TITLE, 28.0).await;
        assert!(test.goes_on(&ana).await.is_empty());
        assert!(test.history(&ana).await[0].watched);
        let replay = test.play(&ana).await.unwrap();
        assert!(replay.resume_position_seconds.abs() < 1e-9);
        test.complete(&ana, &replay.session_id).await.unwrap();
        test.watch(&ana, TITLE, 0.3).await;
        assert!(test.goes_on(&ana).await.is_empty());
        assert!(test.history(&ana).await[0].watched);
        test.watch(&ana, TITLE, 9.0).await;
        assert_eq!(test.goes_on(&ana).await.len(), 1, "it is watched again");
        assert!(test.history(&ana).await[0].watched);
    }
}

#[tokio::test]
async fn a_finished_episode_leads_to_the_next_one_that_is_there_across_seasons() {
    for test in TestApp::all().await {
        let places = [(0, 1), (0, 2), (1, 1), (1, 3), (2, 1), (2, 2)];
        let test = test.with_episodes(&places).await;
        let ana = test.viewer();
        assert!(test.goes_on(&ana).await.is_empty(), "it is not begun");
        test.watch(&ana, &id(1, 1), 28.0).await;
        assert_eq!(brief(&test.goes_on(&ana).await), follows("S1E3"));
        let next = &test.goes_on(&ana).await[0];
        let next = next.title.as_ref().unwrap();
        assert_eq!(
            (&*next.series_title, next.episode_number),
            ("Lighthouse", 3)
        );
        assert_eq!(next.series_id, SERIES);

        test.watch(&ana, &id(1, 3), 29.0).await;
        assert_eq!(brief(&test.goes_on(&ana).await), follows("S2E1"));
        // The finished one is deleted, and then the one that would follow.
        for (gone, follower) in [((1, 3), "S2E1"), ((2, 1), "S2E2")] {
            let (titles, details) = (&test.peers.titles, &test.peers.details);
            let gone = id(gone.0, gone.1);
            titles.lock().unwrap().remove(&gone);
            details.lock().unwrap().remove(&gone);
            assert_eq!(brief(&test.goes_on(&ana).await), follows(follower));
        }
        test.watch(&ana, &id(2, 2), 10.0).await;
        let begun = [("S2E2".to_owned(), 10.0, false)];
        assert_eq!(brief(&test.goes_on(&ana).await), begun);
        test.watch(&ana, &id(2, 2), 29.0).await;
        assert!(test.goes_on(&ana).await.is_empty(), "it was the last");
        test.watch(&ana, &id(0, 1), 29.0).await;
        assert_eq!(brief(&test.goes_on(&ana).await), follows("S0E2"));
        test.watch(&ana, &id(0, 2), 29.0).await;
        assert!(test.goes_on(&ana).await.is_empty(), "the last special");
    }
}

#[tokio::test]
async fn what_is_hidden_stays_so_until_it_is_played_again() {
    for test in TestApp::all().await {
        let test = test.with_media().await;
        let test = test.with_episodes(&[(1, 1), (1, 2)]).await;
        let ana = test.viewer();
        let reason = test.hide(&ana, TITLE).await.unwrap_err().reason();
        assert_eq!(reason, "NOT_WATCHED");
        test.watch(&ana, &id(1, 1), 28.0).await;
        let film = test.play(&ana).await.unwrap();
        test.harness.clock.advance(Duration::from_secs(10));
        test.beat(&ana, &film.session_id, 9.0).await;
        assert_eq!(test.goes_on(&ana).await.len(), 2);
        test.harness.clock.advance(Duration::from_secs(10));
        // By the episode that is listed, which was never played.
        test.hide(&ana, &id(1, 2)).await.unwrap();
        test.hide(&ana, TITLE).await.unwrap();
        test.hide(&ana, TITLE).await.unwrap();
        assert!(test.goes_on(&ana).await.is_empty());
        test.harness.clock.advance(Duration::from_secs(10));
        test.beat(&ana, &film.session_id, 11.0).await;
        assert!(test.goes_on(&ana).await.is_empty(), "the same play");
        test.complete(&ana, &film.session_id).await.unwrap();
        assert!(test.goes_on(&ana).await.is_empty(), "the same play");
        assert_eq!(test.history(&ana).await.len(), 2);
        test.harness.clock.advance(Duration::from_secs(10));
        test.watch(&ana, TITLE, 12.0).await;
        test.watch(&ana, &id(1, 1), 9.0).await;
        assert_eq!(test.goes_on(&ana).await.len(), 2);
    }
}

/// X-ID-6: no list shows a child what another surface denies.
#[tokio::test]
async fn a_child_goes_on_with_what_it_may_see_only() {
    let test = TestApp::open().await.with_media().await;
    let test = test.with_episodes(&[(1, 1), (1, 2), (1, 3)]).await;
    let child = with_profile(&test.viewer(), CHILD);
    test.watch(&child, TITLE, 9.0).await;
    test.watch(&child, &id(1, 1), 29.0).await;
    assert!(test.goes_on(&child).await.is_empty());
    assert!(test.history(&child).await.is_empty());
    {
        let mut details = test.peers.details.lock().unwrap();
        let third = details.get_mut(&id(1, 3)).unwrap();
        third.maturity_rating = "G".into();
        let Some(Details::Episode(episode)) = &mut third.details else {
            panic!("an episode");
        };
        episode.series.as_mut().unwrap().maturity_rating = "G".into();
    }
    assert_eq!(brief(&test.goes_on(&child).await), follows("S1E3"));
}

#[tokio::test]
async fn a_history_has_pages_and_forgets_one_title_or_all() {
    for test in TestApp::all().await {
        let test = test.with_media().await;
        let places: Vec<_> = (1..=5).map(|episode| (1, episode)).collect();
        let test = test.with_episodes(&places).await;
        let ana = test.viewer();
        for (season, episode) in &places {
            test.watch(&ana, &id(*season, *episode), 15.0).await;
        }
        test.watch(&test.viewer(), TITLE, 15.0).await;
        let mut seen = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = ListWatchHistoryRequest {
                page_size: 2,
                page_token,
                ..ListWatchHistoryRequest::default()
            };
            let mut watching = test.watching();
            let answer = watching.list_watch_history(call(&ana, request));
            let part = answer.await.unwrap().into_inner();
            seen.extend(part.items.into_iter().map(|item| item.title));
            page_token = part.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(seen, ["S1E5", "S1E4", "S1E3", "S1E2", "S1E1"]);

        test.forget(&ana, &id(1, 5)).await;
        test.forget(&ana, &id(1, 5)).await;
        assert_eq!(test.history(&ana).await.len(), 4);
        assert_eq!(brief(&test.goes_on(&ana).await)[0].0, "S1E4");
        let there = test.play_title(&ana, &id(1, 5)).await.unwrap();
        assert!(there.resume_position_seconds.abs() < 1e-9);
        test.harness.clock.advance(Duration::from_secs(5));
        test.beat(&ana, &there.session_id, 15.0).await;
        let request = call(&ana, ClearWatchHistoryRequest {});
        test.watching().clear_watch_history(request).await.unwrap();
        assert!(test.history(&ana).await.is_empty());
        assert!(test.goes_on(&ana).await.is_empty(), "though it still runs");
    }
}
