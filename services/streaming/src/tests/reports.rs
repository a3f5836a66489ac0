//! What players report, and what an account sees and stops (PLAY-3, PLAY-5, X-ID-3, C35).

use std::{sync::atomic::Ordering, time::Duration};

use sv_kernel::Ctx;
use sv_proto::{
    options::Role,
    rights::AccessBasis,
    streaming::{
        CompletePlayRequest, HeartbeatRequest, HeartbeatResponse, ListPlaySessionsRequest,
        PlaySession, StopPlaySessionRequest,
    },
};
use sv_rpc::{call, error};
use sv_store::work;

use super::{TestApp, streams::on, test_app::TITLE};

impl TestApp {
    /// Reports a position.
    pub(super) async fn beat(&self, ctx: &Ctx, session: &str, position: f64) -> HeartbeatResponse {
        self.try_beat(ctx, session, position).await.unwrap()
    }

    async fn try_beat(
        &self,
        ctx: &Ctx,
        session: &str,
        position: f64,
    ) -> Result<HeartbeatResponse, sv_kernel::Error> {
        let request = HeartbeatRequest {
            session_id: session.to_owned(),
            position_seconds: Some(position),
            quality: "480p".into(),
            buffer_seconds: 12.5,
            rate: Some(1.0),
        };
        let answer = self.sessions().heartbeat(call(ctx, request)).await;
        Ok(answer.map_err(error)?.into_inner())
    }

    pub(super) async fn complete(&self, ctx: &Ctx, session: &str) -> Result<(), sv_kernel::Error> {
        let request = CompletePlayRequest {
            session_id: session.to_owned(),
            position_seconds: None,
        };
        let answer = self.sessions().complete_play(call(ctx, request)).await;
        answer.map(drop).map_err(error)
    }

    async fn stop(&self, ctx: &Ctx, session: &str) -> Result<(), sv_kernel::Error> {
        let request = StopPlaySessionRequest {
            session_id: session.to_owned(),
        };
        let answer = self.sessions().stop_play_session(call(ctx, request)).await;
        answer.map(drop).map_err(error)
    }

    pub(super) async fn streams(&self, ctx: &Ctx) -> Vec<PlaySession> {
        let request = ListPlaySessionsRequest::default();
        let answer = self.sessions().list_play_sessions(call(ctx, request)).await;
        answer.unwrap().into_inner().items
    }
}

#[tokio::test]
async fn an_account_sees_what_runs_where() {
    for test in TestApp::all().await {
        let test = test.with_media().await;
        let ana = Ctx {
            agent: None,
            ..test.viewer()
        };
        let tv = on(&ana, "tv");
        let film = test.play(&tv).await.unwrap();
        assert_eq!(film.heartbeat_interval_seconds, 30);
        test.harness.clock.advance(Duration::from_secs(1));
        test.play(&on(&ana, "phone")).await.unwrap();
        test.harness.clock.advance(Duration::from_secs(29));
        let heard = test.beat(&tv, &film.session_id, 30.25).await;
        assert_eq!((heard.next_interval_seconds, heard.stop), (30, false));
        assert_eq!(heard.expire_time, film.expire_time);

        let streams = test.streams(&tv).await;
        let seen: Vec<_> = streams
            .iter()
            .map(|of| (&*of.device, of.this_device))
            .collect();
        assert_eq!(seen, [("phone", false), ("tv", true)]);
        let own = &streams[1];
        assert_eq!((&*own.content_id, &*own.quality), (TITLE, "480p"));
        assert!((own.position_seconds - 30.25).abs() < 1e-9);
        let now = test.harness.env.clock.now().secs();
        assert_eq!(own.start_time.unwrap().seconds, now - 30);
        assert_eq!(own.heartbeat_time.unwrap().seconds, now);
        assert!(test.streams(&test.viewer()).await.is_empty());

        let page = ListPlaySessionsRequest {
            page_size: 1,
            ..ListPlaySessionsRequest::default()
        };
        let first = test.sessions().list_play_sessions(call(&ana, page)).await;
        let first = first.unwrap().into_inner();
        let page = ListPlaySessionsRequest {
            page_size: 1,
            page_token: first.next_page_token,
            ..ListPlaySessionsRequest::default()
        };
        let second = test.sessions().list_play_sessions(call(&ana, page)).await;
        let second = second.unwrap().into_inner();
        assert_eq!(first.items[0].device, "phone");
        assert_eq!(second.items[0].device, "tv");
        assert_eq!(second.next_page_token, "");
    }
}

#[tokio::test]
async fn a_stream_that_is_stopped_hears_it_and_its_addresses_end_within_30_s() {
    for test in TestApp::all().await {
        let test = test.with_media().await;
        let ana = test.viewer();
        let tv = on(&ana, "tv");
        let film = test.play(&tv).await.unwrap();
        test.stop(&on(&ana, "phone"), &film.session_id)
            .await
            .unwrap();
        test.stop(&on(&ana, "phone"), &film.session_id)
            .await
            .unwrap();
        assert_eq!(test.get(&film.playback_url).await.status(), 403);
        let told = test.beat(&tv, &film.session_id, 1.0).await;
        assert!(told.stop);
        assert_eq!(told.stop_reason().as_str_name(), "STOP_REASON_STOPPED");
        assert!(test.streams(&ana).await.is_empty());
        let again = test.play(&tv).await.unwrap();
        assert_ne!(again.session_id, film.session_id);
    }
}

/// Processes tell each other by the tables only.
#[tokio::test]
async fn another_process_hands_out_no_bytes_30_s_after_the_stop() {
    let test = TestApp::open().await.with_media().await;
    let ana = test.viewer();
    let film = test.play(&ana).await.unwrap();
    // As if another process did it: this one is not told.
    let id = film.session_id.parse().unwrap();
    let ctx = &ana;
    let ended = test.db.write(ctx, |tx| {
        work(crate::store::sessions::end(
            tx,
            ctx,
            id,
            crate::domain::End::Stopped,
            None,
        ))
    });
    ended.await.unwrap();
    assert_eq!(test.get(&film.playback_url).await.status(), 200);
    test.harness.clock.advance(Duration::from_secs(29));
    assert_eq!(test.get(&film.playback_url).await.status(), 403);
}

#[tokio::test]
async fn sessions_of_others_are_not_there() {
    for test in TestApp::all().await {
        let test = test.with_media().await;
        let (ana, eve) = (test.viewer(), test.viewer());
        let film = test.play(&ana).await.unwrap();
        let id = &film.session_id;
        let missing = "PLAY_SESSION_NOT_FOUND";
        assert_eq!(
            test.try_beat(&eve, id, 1.0).await.unwrap_err().reason(),
            missing
        );
        assert_eq!(test.complete(&eve, id).await.unwrap_err().reason(), missing);
        assert_eq!(test.stop(&eve, id).await.unwrap_err().reason(), missing);
        let unknown = TITLE;
        assert_eq!(
            test.try_beat(&ana, unknown, 1.0)
                .await
                .unwrap_err()
                .reason(),
            missing
        );
        assert!(!test.beat(&ana, id, 1.0).await.stop);
    }
}

#[tokio::test]
async fn rights_is_asked_three_times_a_minute_for_players_that_report() {
    let test = TestApp::open().await.with_media().await;
    let ana = test.viewer();
    let film = test.play(&ana).await.unwrap();
    let asked = || test.peers.asked.load(Ordering::SeqCst);
    assert_eq!(asked(), 1);
    for _ in 0..3 {
        test.harness.clock.advance(Duration::from_secs(5));
        assert!(!test.beat(&ana, &film.session_id, 1.0).await.stop);
    }
    assert_eq!(asked(), 1);
    test.peers.rights_down.store(true, Ordering::SeqCst);
    test.harness.clock.advance(Duration::from_secs(5));
    assert!(!test.beat(&ana, &film.session_id, 1.0).await.stop);
    test.peers.rights_down.store(false, Ordering::SeqCst);
    test.peers.refuse(AccessBasis::SubscriptionRequired);
    test.harness.clock.advance(Duration::from_secs(20));
    let told = test.beat(&ana, &film.session_id, 1.0).await;
    assert!(told.stop);
    assert_eq!(told.stop_reason().as_str_name(), "STOP_REASON_ACCESS_ENDED");
    let told = test.beat(&ana, &film.session_id, 1.0).await;
    assert_eq!(told.stop_reason().as_str_name(), "STOP_REASON_ACCESS_ENDED");
}

#[tokio::test]
async fn a_number_that_is_none_breaks_nothing() {
    let test = TestApp::open().await.with_media().await;
    let ana = test.viewer();
    let film = test.play(&ana).await.unwrap();
    for odd in [f64::NAN, f64::INFINITY, -1.0, 1e300] {
        let told = test.try_beat(&ana, &film.session_id, odd).await;
        if let Err(refused) = told {
            assert_eq!(refused.reason(), "VALIDATION_FAILED", "{odd}");
        }
    }
}

/// PLAY-8.
#[tokio::test]
async fn a_session_that_nobody_ends_is_ended() {
    for test in TestApp::all().await {
        let test = test.with_media().await;
        let ana = test.viewer();
        let film = test.play(&ana).await.unwrap();
        test.harness.clock.advance(Duration::from_hours(3));
        assert_eq!(test.app.end_over(&ana).await.unwrap(), 0);
        test.harness.clock.advance(Duration::from_hours(2));
        assert_eq!(test.app.end_over(&ana).await.unwrap(), 1);
        assert_eq!(test.app.end_over(&ana).await.unwrap(), 0);
        // Her access token has ended meanwhile.
        let user = ana.actor.viewer().unwrap().user;
        let ana = test.harness.viewer(user, [Role::Viewer]);
        let told = test.beat(&ana, &film.session_id, 1.0).await;
        assert_eq!(told.stop_reason().as_str_name(), "STOP_REASON_EXPIRED");
    }
}
