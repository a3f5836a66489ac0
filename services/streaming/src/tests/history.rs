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

use super::{House, house::TITLE, streams::on};

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

impl House {
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
            let (titles, details) = (&self.neighbours.titles, &self.neighbours.details);
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
    for house in House::all().await {
        let house = house.with_media().await;
        let ana = house.viewer();
        let ben = with_profile(&ana, CHILD);
        house.watch(&ana, TITLE, 9.0).await;
        house.watch(&ben, TITLE, 9.0).await;
        let play = house.play(&ben).await.unwrap();
        let user = ana.actor.viewer().unwrap().user.uuid();
        let profile = ben.profile.unwrap();
        let ctx = &ben;
        let forgotten = house.db.write(ctx, |tx| {
            work(async move { crate::app::forget_profile(tx, ctx, user, profile).await })
        });
        forgotten.await.unwrap();
        assert!(house.history(&ben).await.is_empty());
        let told = house.beat(&ben, &play.session_id, 12.0).await;
        assert_eq!(told.stop_reason(), StopReason::AccessEnded);
        assert!(house.history(&ben).await.is_empty());
        assert_eq!(house.history(&ana).await.len(), 1, "another profile's");
    }
}

#[tokio::test]
async fn a_begun_title_goes_on_where_it_was_left_on_whatever_device() {
    for house in House::all().await {
        let house = house.with_media().await;
        let ana = house.viewer();
        let (tv, phone) = (on(&ana, "tv"), on(&ana, "phone"));
        let play = house.play(&tv).await.unwrap();
        assert!(play.resume_position_seconds.abs() < 1e-9);
        // 0.5 s of 30 are less than 2 %.
        house.beat(&tv, &play.session_id, 0.5).await;
        assert!(house.goes_on(&ana).await.is_empty());
        assert!(house.history(&ana).await.is_empty());
        house.harness.clock.advance(Duration::from_secs(10));
        house.beat(&tv, &play.session_id, 12.0).await;
        let expected = [("Big Buck Bunny".to_owned(), 12.0, false)];
        assert_eq!(brief(&house.goes_on(&ana).await), expected);
        assert_eq!(house.history(&ana).await[0].content_id, TITLE);

        // The application was killed; the other device asks.
        let there = house.play(&phone).await.unwrap();
        assert!((there.resume_position_seconds - 12.0).abs() < 1e-9);
        house.harness.clock.advance(Duration::from_secs(10));
        house.beat(&phone, &there.session_id, 20.0).await;
        let again = house.play(&tv).await.unwrap();
        assert!((again.resume_position_seconds - 20.0).abs() < 1e-9);
        assert!(house.goes_on(&house.viewer()).await.is_empty());
        let other = with_profile(&ana, "dddddddd-0000-7000-8000-000000000001");
        assert!(house.goes_on(&other).await.is_empty());
    }
}

#[tokio::test]
async fn a_finished_title_starts_again_and_stays_watched_however_it_is_replayed() {
    for house in House::all().await {
        let house = house.with_media().await;
        let ana = house.viewer();
        house.watch(&ana, TITLE, 28.0).await;
        assert!(house.goes_on(&ana).await.is_empty());
        assert!(house.history(&ana).await[0].watched);
        let replay = house.play(&ana).await.unwrap();
        assert!(replay.resume_position_seconds.abs() < 1e-9);
        house.complete(&ana, &replay.session_id).await.unwrap();
        house.watch(&ana, TITLE, 0.3).await;
        assert!(house.goes_on(&ana).await.is_empty());
        assert!(house.history(&ana).await[0].watched);
        house.watch(&ana, TITLE, 9.0).await;
        assert_eq!(house.goes_on(&ana).await.len(), 1, "it is watched again");
        assert!(house.history(&ana).await[0].watched);
    }
}

#[tokio::test]
async fn a_finished_episode_leads_to_the_next_one_that_is_there_across_seasons() {
    for house in House::all().await {
        let places = [(0, 1), (0, 2), (1, 1), (1, 3), (2, 1), (2, 2)];
        let house = house.with_episodes(&places).await;
        let ana = house.viewer();
        assert!(house.goes_on(&ana).await.is_empty(), "it is not begun");
        house.watch(&ana, &id(1, 1), 28.0).await;
        assert_eq!(brief(&house.goes_on(&ana).await), follows("S1E3"));
        let next = &house.goes_on(&ana).await[0];
        let next = next.title.as_ref().unwrap();
        assert_eq!(
            (&*next.series_title, next.episode_number),
            ("Lighthouse", 3)
        );
        assert_eq!(next.series_id, SERIES);

        house.watch(&ana, &id(1, 3), 29.0).await;
        assert_eq!(brief(&house.goes_on(&ana).await), follows("S2E1"));
        // The finished one is deleted, and then the one that would follow.
        for (gone, follower) in [((1, 3), "S2E1"), ((2, 1), "S2E2")] {
            let (titles, details) = (&house.neighbours.titles, &house.neighbours.details);
            let gone = id(gone.0, gone.1);
            titles.lock().unwrap().remove(&gone);
            details.lock().unwrap().remove(&gone);
            assert_eq!(brief(&house.goes_on(&ana).await), follows(follower));
        }
        house.watch(&ana, &id(2, 2), 10.0).await;
        let begun = [("S2E2".to_owned(), 10.0, false)];
        assert_eq!(brief(&house.goes_on(&ana).await), begun);
        house.watch(&ana, &id(2, 2), 29.0).await;
        assert!(house.goes_on(&ana).await.is_empty(), "it was the last");
        house.watch(&ana, &id(0, 1), 29.0).await;
        assert_eq!(brief(&house.goes_on(&ana).await), follows("S0E2"));
        house.watch(&ana, &id(0, 2), 29.0).await;
        assert!(house.goes_on(&ana).await.is_empty(), "the last special");
    }
}

#[tokio::test]
async fn what_is_hidden_stays_so_until_it_is_played_again() {
    for house in House::all().await {
        let house = house.with_media().await;
        let house = house.with_episodes(&[(1, 1), (1, 2)]).await;
        let ana = house.viewer();
        let reason = house.hide(&ana, TITLE).await.unwrap_err().reason();
        assert_eq!(reason, "NOT_WATCHED");
        house.watch(&ana, &id(1, 1), 28.0).await;
        let film = house.play(&ana).await.unwrap();
        house.harness.clock.advance(Duration::from_secs(10));
        house.beat(&ana, &film.session_id, 9.0).await;
        assert_eq!(house.goes_on(&ana).await.len(), 2);
        house.harness.clock.advance(Duration::from_secs(10));
        // By the episode that is listed, which was never played.
        house.hide(&ana, &id(1, 2)).await.unwrap();
        house.hide(&ana, TITLE).await.unwrap();
        house.hide(&ana, TITLE).await.unwrap();
        assert!(house.goes_on(&ana).await.is_empty());
        house.harness.clock.advance(Duration::from_secs(10));
        house.beat(&ana, &film.session_id, 11.0).await;
        assert!(house.goes_on(&ana).await.is_empty(), "the same play");
        house.complete(&ana, &film.session_id).await.unwrap();
        assert!(house.goes_on(&ana).await.is_empty(), "the same play");
        assert_eq!(house.history(&ana).await.len(), 2);
        house.harness.clock.advance(Duration::from_secs(10));
        house.watch(&ana, TITLE, 12.0).await;
        house.watch(&ana, &id(1, 1), 9.0).await;
        assert_eq!(house.goes_on(&ana).await.len(), 2);
    }
}

/// X-ID-6: no list shows a child what another surface denies.
#[tokio::test]
async fn a_child_goes_on_with_what_it_may_see_only() {
    let house = House::open().await.with_media().await;
    let house = house.with_episodes(&[(1, 1), (1, 2), (1, 3)]).await;
    let child = with_profile(&house.viewer(), CHILD);
    house.watch(&child, TITLE, 9.0).await;
    house.watch(&child, &id(1, 1), 29.0).await;
    assert!(house.goes_on(&child).await.is_empty());
    assert!(house.history(&child).await.is_empty());
    {
        let mut details = house.neighbours.details.lock().unwrap();
        let third = details.get_mut(&id(1, 3)).unwrap();
        third.maturity_rating = "G".into();
        let Some(Details::Episode(episode)) = &mut third.details else {
            panic!("an episode");
        };
        episode.series.as_mut().unwrap().maturity_rating = "G".into();
    }
    assert_eq!(brief(&house.goes_on(&child).await), follows("S1E3"));
}

#[tokio::test]
async fn a_history_has_pages_and_forgets_one_title_or_all() {
    for house in House::all().await {
        let house = house.with_media().await;
        let places: Vec<_> = (1..=5).map(|episode| (1, episode)).collect();
        let house = house.with_episodes(&places).await;
        let ana = house.viewer();
        for (season, episode) in &places {
            house.watch(&ana, &id(*season, *episode), 15.0).await;
        }
        house.watch(&house.viewer(), TITLE, 15.0).await;
        let mut seen = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = ListWatchHistoryRequest {
                page_size: 2,
                page_token,
                ..ListWatchHistoryRequest::default()
            };
            let mut watching = house.watching();
            let answer = watching.list_watch_history(call(&ana, request));
            let part = answer.await.unwrap().into_inner();
            seen.extend(part.items.into_iter().map(|item| item.title));
            page_token = part.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(seen, ["S1E5", "S1E4", "S1E3", "S1E2", "S1E1"]);

        house.forget(&ana, &id(1, 5)).await;
        house.forget(&ana, &id(1, 5)).await;
        assert_eq!(house.history(&ana).await.len(), 4);
        assert_eq!(brief(&house.goes_on(&ana).await)[0].0, "S1E4");
        let there = house.play_title(&ana, &id(1, 5)).await.unwrap();
        assert!(there.resume_position_seconds.abs() < 1e-9);
        house.harness.clock.advance(Duration::from_secs(5));
        house.beat(&ana, &there.session_id, 15.0).await;
        let request = call(&ana, ClearWatchHistoryRequest {});
        house.watching().clear_watch_history(request).await.unwrap();
        assert!(house.history(&ana).await.is_empty());
        assert!(house.goes_on(&ana).await.is_empty(), "though it still runs");
    }
}
