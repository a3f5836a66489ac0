//! Addresses end with the login and the entitlement that they were made for.

use std::{sync::atomic::Ordering, time::Duration};

use sv_kernel::Ctx;
use sv_proto::{options::Role, rights::AccessBasis, streaming::PlayOnDemandResponse};

use super::{TestApp, streams::on};

async fn playing(test: &TestApp, ctx: &Ctx) -> PlayOnDemandResponse {
    test.play(ctx).await.unwrap()
}

async fn verdict(test: &TestApp, play: &PlayOnDemandResponse) -> String {
    let answer = test.get(&play.playback_url).await;
    if answer.status() == 200 {
        return "OK".into();
    }
    String::from_utf8_lossy(answer.body()).into_owned()
}

/// Ends a login as auth does, for every process that follows it.
fn sign_out(test: &TestApp, ctx: &Ctx) {
    let session = ctx.actor.viewer().unwrap().session;
    let until = test.harness.env.clock.now() + Duration::from_hours(24);
    test.harness
        .authenticator
        .revocations()
        .push(session, until);
}

#[tokio::test]
async fn addresses_end_with_their_login_and_stay_ended() {
    for test in TestApp::all().await {
        let test = test.with_media().await;
        let (ana, ben) = (test.viewer(), test.viewer());
        let (hers, his) = (playing(&test, &ana).await, playing(&test, &ben).await);
        assert_eq!(verdict(&test, &hers).await, "OK");
        sign_out(&test, &ana);
        // Longer than an access token lives, as long as the address says that it does.
        for _ in 0..3 {
            assert_eq!(verdict(&test, &hers).await, "PLAY_TOKEN_EXPIRED");
            assert_eq!(verdict(&test, &his).await, "OK");
            test.harness.clock.advance(Duration::from_mins(75));
        }
    }
}

/// X-ID-2: whoever signs out and in again finds the stream free, not held for 90 s by the login before.
#[tokio::test]
async fn a_login_that_has_ended_holds_no_stream() {
    for test in TestApp::all().await {
        let test = test.with_media().await;
        test.peers.allow_streams(1);
        let ana = test.viewer();
        let user = ana.actor.viewer().unwrap().user;
        let anew = test.harness.viewer(user, [Role::Viewer]);
        playing(&test, &ana).await;
        let refused = test.play(&anew).await.unwrap_err();
        assert_eq!(refused.reason(), "STREAM_LIMIT", "both are signed in");
        sign_out(&test, &ana);
        playing(&test, &anew).await;
        let other = test.harness.viewer(user, [Role::Viewer]);
        let refused = test.play(&other).await.unwrap_err();
        assert_eq!(refused.reason(), "STREAM_LIMIT", "it is taken again");
    }
}

/// X-ID-2: the same for a device that names itself, which another login may use.
#[tokio::test]
async fn a_login_that_has_ended_holds_no_stream_of_a_device_with_a_name() {
    for test in TestApp::all().await {
        let test = test.with_media().await;
        test.peers.allow_streams(1);
        let ana = test.viewer();
        let user = ana.actor.viewer().unwrap().user;
        let anew = test.harness.viewer(user, [Role::Viewer]);
        let (tv, phone) = (on(&ana, "tv"), on(&anew, "phone"));
        playing(&test, &tv).await;
        test.play(&phone).await.unwrap_err();
        // Another login takes the device up: the first may go.
        playing(&test, &on(&anew, "tv")).await;
        sign_out(&test, &ana);
        test.play(&phone).await.unwrap_err();
        sign_out(&test, &anew);
        let third = test.harness.viewer(user, [Role::Viewer]);
        playing(&test, &on(&third, "phone")).await;
    }
}

#[tokio::test]
async fn addresses_end_within_30_s_of_their_entitlement() {
    for test in TestApp::all().await {
        let test = test.with_media().await;
        let ctx = test.viewer();
        let play = playing(&test, &ctx).await;
        test.peers.refuse(AccessBasis::SubscriptionRequired);
        test.harness.clock.advance(Duration::from_secs(29));
        assert_eq!(verdict(&test, &play).await, "PLAY_TOKEN_EXPIRED");

        // What has ended does not begin again by itself, here or in another process.
        test.peers
            .allow_until(test.harness.env.clock.now() + Duration::from_hours(9));
        assert_eq!(verdict(&test, &play).await, "PLAY_TOKEN_EXPIRED");
        let again = playing(&test, &ctx).await;
        assert_ne!(again.session_id, play.session_id);
        assert_eq!(verdict(&test, &again).await, "OK");
        let TestApp { db, harness, .. } = test;
        let restarted = TestApp::on(db).await;
        restarted.harness.clock.set(harness.env.clock.now());
        assert_eq!(verdict(&restarted, &play).await, "PLAY_TOKEN_EXPIRED");
        assert_eq!(verdict(&restarted, &again).await, "OK");
    }
}

#[tokio::test]
async fn rights_is_asked_now_and_then_and_once_for_all_requests() {
    let test = TestApp::open().await.with_media().await;
    let play = playing(&test, &test.viewer()).await;
    let asked = || test.peers.asked.load(Ordering::SeqCst);
    for _ in 0..20 {
        assert_eq!(verdict(&test, &play).await, "OK");
    }
    assert_eq!(asked(), 1, "the start of playback itself");
    test.harness.clock.advance(Duration::from_secs(20));
    let requests = (0..20).map(|_| verdict(&test, &play));
    for verdict in futures::future::join_all(requests).await {
        assert_eq!(verdict, "OK");
    }
    assert_eq!(asked(), 2);
}

#[tokio::test]
async fn running_playback_outlives_a_short_absence_of_rights_but_not_a_long_one() {
    let test = TestApp::open().await.with_media().await;
    let play = playing(&test, &test.viewer()).await;
    test.peers.rights_down.store(true, Ordering::SeqCst);
    for _ in 0..9 {
        test.harness.clock.advance(Duration::from_secs(30));
        assert_eq!(verdict(&test, &play).await, "OK");
    }
    test.harness.clock.advance(Duration::from_secs(30));
    assert_eq!(verdict(&test, &play).await, "UNAVAILABLE");
    test.peers.rights_down.store(false, Ordering::SeqCst);
    test.harness.clock.advance(Duration::from_secs(5));
    assert_eq!(verdict(&test, &play).await, "OK");
}

/// A login has an end of its own, however often it is prolonged.
#[tokio::test]
async fn no_address_outlives_the_login_that_it_was_made_for() {
    let test = TestApp::open().await.with_media().await;
    let mut ctx = test.viewer();
    let end = test.harness.env.clock.now() + Duration::from_mins(7);
    let viewer = ctx.actor.viewer().unwrap().clone();
    let mut claims = sv_rpc::identity::AccessClaims::new(
        &sv_rpc::identity::TokenSettings::default(),
        &ctx.tenant,
        viewer.user,
        viewer.session,
        [sv_proto::options::Role::Viewer],
        test.harness.env.clock.now(),
    );
    claims.sxp = Some(end.secs());
    ctx.bearer = Some(sv_kernel::Bearer::new(test.harness.sign(&claims)));
    let play = playing(&test, &ctx).await;
    assert_eq!(play.expire_time.unwrap().seconds, end.secs());
}
