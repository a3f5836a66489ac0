//! As many streams run at once as the account's plan allows (X-ID-2, PLAY-7, C14).

use std::time::Duration;

use prost::Message as _;
use sv_kernel::{Ctx, Error};
use sv_proto::{
    options::Role,
    streaming::{ActiveStream, ActiveStreams, PlayOnDemandResponse},
};

use super::{TestApp, test_app::TITLE};

const CHILD: &str = "cccccccc-0000-7000-8000-000000000001";

/// Returns the same person on another device.
pub(super) fn on(ctx: &Ctx, device: &str) -> Ctx {
    Ctx {
        device: Some(device.into()),
        ..ctx.clone()
    }
}

/// Starts an app whose plan has this many streams.
async fn with_streams(test: TestApp, most: i32) -> TestApp {
    let test = test.with_media().await;
    test.peers.allow_streams(most);
    test
}

/// Lists the streams of a refusal.
fn listed(refused: &Error) -> Vec<ActiveStream> {
    assert_eq!(refused.reason(), "STREAM_LIMIT");
    let detail = refused.detail().unwrap();
    assert_eq!(detail.name, "streamverse.streaming.v1.ActiveStreams");
    let streams = ActiveStreams::decode(detail.bytes.as_slice()).unwrap();
    streams.active_streams
}

fn devices(refused: &Error) -> Vec<String> {
    listed(refused).into_iter().map(|of| of.device).collect()
}

async fn opens(test: &TestApp, play: &PlayOnDemandResponse) -> bool {
    test.get(&play.playback_url).await.status() == 200
}

/// X-ID-2: sessions that are silent stay open for hours; however many there are, streams are counted.
#[tokio::test]
async fn any_number_of_silent_sessions_hides_no_stream() {
    let test = with_streams(TestApp::open().await, 2).await;
    let user = test.viewer().actor.viewer().unwrap().user;
    let mut logins = Vec::new();
    logins.resize_with(220, || test.harness.env.ids.next());
    // Access tokens last for less long than all of this takes.
    let device = |n| {
        let login = logins[n];
        let viewer = test.harness.viewer_of(user, login, [Role::Viewer]);
        on(&viewer, &format!("tv {n}"))
    };
    let mut started = Vec::new();
    for n in 0..220 {
        let play = test.play(&device(n)).await.unwrap();
        started.push(play.session_id);
        if n % 2 == 1 {
            test.harness.clock.advance(Duration::from_secs(91));
        }
    }
    for (n, session) in started.iter().take(4).enumerate() {
        let told = test.beat(&device(n), session, 1.0).await;
        assert_eq!(told.stop, n >= 2, "{n}: two streams are all there are");
    }
    test.harness.clock.advance(Duration::from_secs(91));
    let again = test.play(&device(10)).await.unwrap();
    assert_eq!(again.session_id, started[10]);
}

#[tokio::test]
async fn one_stream_too_many_is_refused_with_those_that_run() {
    for test in TestApp::all().await {
        let test = with_streams(test, 2).await;
        let ana = test.viewer();
        let tv = test.play(&on(&ana, "tv")).await.unwrap();
        test.harness.clock.advance(Duration::from_secs(1));
        test.play(&on(&ana, "phone")).await.unwrap();
        let refused = test.play(&on(&ana, "tablet")).await.unwrap_err();
        assert_eq!(refused.info().http, 409);
        assert_eq!(refused.metadata()["limit"], "2");
        let streams = listed(&refused);
        assert_eq!(devices(&refused), ["phone", "tv"], "newest first");
        assert_eq!(streams[1].session_id, tv.session_id);
        assert_eq!(streams[1].title, "Big Buck Bunny");
        assert!(streams[1].profile_name.starts_with("Profile "));
        let since = test.harness.env.clock.now().secs() - 1;
        assert_eq!(streams[1].since.unwrap().seconds, since);

        // What runs goes on, and another account has streams of its own.
        let again = test.play(&on(&ana, "tv")).await.unwrap();
        assert_eq!(again.session_id, tv.session_id);
        test.play(&on(&test.viewer(), "tv")).await.unwrap();
    }
}

#[tokio::test]
async fn fifty_starts_at_once_never_exceed_the_limit() {
    for test in TestApp::all().await {
        let test = with_streams(test, 2).await;
        let ana = test.viewer();
        for _ in 0..2 {
            let starts = (0..50).map(|n| {
                let ctx = on(&ana, &format!("device {n}"));
                let test = &test;
                async move { test.play(&ctx).await }
            });
            let started = futures::future::join_all(starts).await;
            let (ok, refused): (Vec<_>, Vec<_>) = started.into_iter().partition(Result::is_ok);
            assert_eq!((ok.len(), refused.len()), (2, 48));
            for refused in refused {
                assert_eq!(listed(&refused.unwrap_err()).len(), 2);
            }
            test.harness.clock.advance(Duration::from_secs(90));
        }
    }
}

#[tokio::test]
async fn a_stream_is_free_90_s_after_the_last_heartbeat_and_at_once_when_completed() {
    for test in TestApp::all().await {
        let test = with_streams(test, 1).await;
        let ana = test.viewer();
        let (tv, phone) = (on(&ana, "tv"), on(&ana, "phone"));
        let first = test.play(&tv).await.unwrap();
        for _ in 0..4 {
            test.harness.clock.advance(Duration::from_secs(89));
            assert!(!test.beat(&tv, &first.session_id, 10.0).await.stop);
        }
        test.harness.clock.advance(Duration::from_secs(89));
        let refused = test.play(&phone).await.unwrap_err();
        assert_eq!(devices(&refused), ["tv"]);
        test.harness.clock.advance(Duration::from_secs(1));
        let second = test.play(&phone).await.unwrap();

        test.complete(&phone, &second.session_id).await.unwrap();
        test.complete(&phone, &second.session_id).await.unwrap();
        let third = test.play(&tv).await.unwrap();
        assert_eq!(third.session_id, first.session_id, "it was only silent");
        assert!(!opens(&test, &second).await, "it was completed");
        assert!(opens(&test, &third).await);
    }
}

#[tokio::test]
async fn the_limit_survives_a_restart() {
    for test in TestApp::all().await {
        let test = with_streams(test, 1).await;
        let ana = test.viewer();
        test.play(&on(&ana, "tv")).await.unwrap();
        let TestApp { db, harness, .. } = test;
        let restarted = TestApp::on(db).await;
        restarted.peers.allow_streams(1);
        restarted.harness.clock.set(harness.env.clock.now());
        let user = ana.actor.viewer().unwrap().user;
        let ana = restarted
            .harness
            .viewer(user, [sv_proto::options::Role::Viewer]);
        let refused = restarted.play(&on(&ana, "phone")).await.unwrap_err();
        assert_eq!(devices(&refused), ["tv"]);
    }
}

#[tokio::test]
async fn a_device_that_names_itself_gives_up_its_own_stream() {
    for test in TestApp::all().await {
        let test = with_streams(test, 1).await;
        let other = TITLE.replace("67", "68");
        let media = test.store_media(&other, "g1").await;
        test.publish(&media).await.unwrap();
        let ana = test.viewer();
        let tv = on(&ana, "tv");
        let first = test.play(&tv).await.unwrap();
        let second = test.play_title(&tv, &other).await.unwrap();
        assert!(!opens(&test, &first).await);
        assert!(opens(&test, &second).await);
        let told = test.beat(&tv, &first.session_id, 1.0).await;
        assert!(told.stop);
        assert_eq!(told.stop_reason().as_str_name(), "STOP_REASON_REPLACED");

        // Behind a login without a name there may be several devices.
        let ben = test.viewer();
        test.play(&ben).await.unwrap();
        let refused = test.play_title(&ben, &other).await.unwrap_err();
        assert_eq!(listed(&refused).len(), 1);
    }
}

#[tokio::test]
async fn the_youngest_streams_end_where_the_plan_has_fewer_by_now() {
    for test in TestApp::all().await {
        let test = with_streams(test, 2).await;
        let ana = test.viewer();
        let (tv, phone) = (on(&ana, "tv"), on(&ana, "phone"));
        let first = test.play(&tv).await.unwrap();
        let second = test.play(&phone).await.unwrap();
        test.peers.allow_streams(1);
        assert!(opens(&test, &second).await, "an answer holds for a while");
        test.harness.clock.advance(Duration::from_secs(30));
        assert!(opens(&test, &first).await);
        assert!(!opens(&test, &second).await);
        let told = test.beat(&phone, &second.session_id, 1.0).await;
        assert_eq!(told.stop_reason().as_str_name(), "STOP_REASON_STREAM_LIMIT");
        assert!(!test.beat(&tv, &first.session_id, 1.0).await.stop);
    }
}

#[tokio::test]
async fn screens_that_give_themselves_one_name_are_one_screen() {
    for test in TestApp::all().await {
        let test = with_streams(test, 1).await;
        let first = on(&test.viewer(), "tv");
        let user = first.actor.viewer().unwrap().user;
        // Of the same account, signed in once more.
        let second = on(&test.harness.viewer(user, [Role::Viewer]), "tv");
        let before = test.play(&first).await.unwrap();
        let again = test.play(&first).await.unwrap();
        assert_eq!(before.session_id, again.session_id);
        let after = test.play(&second).await.unwrap();
        assert!(!opens(&test, &before).await && !opens(&test, &again).await);
        assert!(opens(&test, &after).await);
        let told = test.beat(&first, &before.session_id, 1.0).await;
        assert_eq!(told.stop_reason().as_str_name(), "STOP_REASON_REPLACED");
    }
}

#[tokio::test]
async fn an_account_without_a_plan_has_the_streams_that_the_settings_say() {
    let test = with_streams(TestApp::open().await, 0).await;
    let ana = test.viewer();
    test.play(&on(&ana, "tv")).await.unwrap();
    let refused = test.play(&on(&ana, "phone")).await.unwrap_err();
    assert_eq!(refused.metadata()["limit"], "1");
}

#[tokio::test]
async fn whoever_takes_bytes_without_reporting_holds_a_stream() {
    for test in TestApp::all().await {
        let test = with_streams(test, 1).await;
        let ana = test.viewer();
        let (tv, phone) = (on(&ana, "tv"), on(&ana, "phone"));
        let film = test.play(&tv).await.unwrap();
        for _ in 0..10 {
            test.harness.clock.advance(Duration::from_secs(40));
            assert!(opens(&test, &film).await);
            assert!(test.play(&phone).await.is_err());
        }
        // Silent for so long that another takes the stream: the bytes end.
        test.harness.clock.advance(Duration::from_secs(90));
        let theirs = test.play(&phone).await.unwrap();
        assert!(!opens(&test, &film).await);
        assert!(opens(&test, &theirs).await);
        let told = test.beat(&tv, &film.session_id, 1.0).await;
        assert_eq!(told.stop_reason().as_str_name(), "STOP_REASON_STREAM_LIMIT");
    }
}

#[tokio::test]
async fn a_silent_player_gets_a_stream_again_if_one_is_free_and_is_stopped_otherwise() {
    for test in TestApp::all().await {
        let test = with_streams(test, 1).await;
        let ana = test.viewer();
        let (tv, phone) = (on(&ana, "tv"), on(&ana, "phone"));
        let film = test.play(&tv).await.unwrap();
        test.harness.clock.advance(Duration::from_mins(30));
        assert!(!test.beat(&tv, &film.session_id, 5.0).await.stop);
        assert!(test.play(&phone).await.is_err(), "it holds it again");

        test.harness.clock.advance(Duration::from_mins(2));
        test.play(&phone).await.unwrap();
        let told = test.beat(&tv, &film.session_id, 6.0).await;
        assert!(told.stop);
        assert_eq!(told.stop_reason().as_str_name(), "STOP_REASON_STREAM_LIMIT");
        assert_eq!(told.next_interval_seconds, 0);
    }
}

/// X-ID-6: a child is not told what others watch.
#[tokio::test]
async fn a_child_sees_of_other_streams_the_device_only() {
    let test = with_streams(TestApp::open().await, 1).await;
    let ana = test.viewer();
    test.play(&on(&ana, "tv")).await.unwrap();
    let child = Ctx {
        profile: Some(CHILD.parse().unwrap()),
        ..on(&ana, "tablet")
    };
    let refused = test.play(&child).await.unwrap_err();
    let streams = listed(&refused);
    assert_eq!((&*streams[0].device, &*streams[0].title), ("tv", ""));
    assert!(test.streams(&child).await.is_empty());
    assert_eq!(test.streams(&ana).await.len(), 1);
}
