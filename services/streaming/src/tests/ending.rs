//! Addresses end with the login and the entitlement that they were made for.

use std::{sync::atomic::Ordering, time::Duration};

use sv_kernel::Ctx;
use sv_proto::{options::Role, rights::AccessBasis, streaming::PlayOnDemandResponse};

use super::{House, streams::on};

async fn playing(house: &House, ctx: &Ctx) -> PlayOnDemandResponse {
    house.play(ctx).await.unwrap()
}

async fn verdict(house: &House, play: &PlayOnDemandResponse) -> String {
    let answer = house.get(&play.playback_url).await;
    if answer.status() == 200 {
        return "OK".into();
    }
    String::from_utf8_lossy(answer.body()).into_owned()
}

/// Ends a login as auth does, for every process that follows it.
fn sign_out(house: &House, ctx: &Ctx) {
    let session = ctx.actor.viewer().unwrap().session;
    let until = house.harness.env.clock.now() + Duration::from_hours(24);
    house
        .harness
        .authenticator
        .revocations()
        .push(session, until);
}

#[tokio::test]
async fn addresses_end_with_their_login_and_stay_ended() {
    for house in House::all().await {
        let house = house.with_media().await;
        let (ana, ben) = (house.viewer(), house.viewer());
        let (hers, his) = (playing(&house, &ana).await, playing(&house, &ben).await);
        assert_eq!(verdict(&house, &hers).await, "OK");
        sign_out(&house, &ana);
        // Longer than an access token lives, as long as the address says that it does.
        for _ in 0..3 {
            assert_eq!(verdict(&house, &hers).await, "PLAY_TOKEN_EXPIRED");
            assert_eq!(verdict(&house, &his).await, "OK");
            house.harness.clock.advance(Duration::from_mins(75));
        }
    }
}

/// X-ID-2: whoever signs out and in again finds the stream free, not held for 90 s by the login before.
#[tokio::test]
async fn a_login_that_has_ended_holds_no_stream() {
    for house in House::all().await {
        let house = house.with_media().await;
        house.neighbours.allow_streams(1);
        let ana = house.viewer();
        let user = ana.actor.viewer().unwrap().user;
        let anew = house.harness.viewer(user, [Role::Viewer]);
        playing(&house, &ana).await;
        let refused = house.play(&anew).await.unwrap_err();
        assert_eq!(refused.reason(), "STREAM_LIMIT", "both are signed in");
        sign_out(&house, &ana);
        playing(&house, &anew).await;
        let other = house.harness.viewer(user, [Role::Viewer]);
        let refused = house.play(&other).await.unwrap_err();
        assert_eq!(refused.reason(), "STREAM_LIMIT", "it is taken again");
    }
}

/// X-ID-2: the same for a device that names itself, which another login may use.
#[tokio::test]
async fn a_login_that_has_ended_holds_no_stream_of_a_device_with_a_name() {
    for house in House::all().await {
        let house = house.with_media().await;
        house.neighbours.allow_streams(1);
        let ana = house.viewer();
        let user = ana.actor.viewer().unwrap().user;
        let anew = house.harness.viewer(user, [Role::Viewer]);
        let (tv, phone) = (on(&ana, "tv"), on(&anew, "phone"));
        playing(&house, &tv).await;
        house.play(&phone).await.unwrap_err();
        // Another login takes the device up: the first may go.
        playing(&house, &on(&anew, "tv")).await;
        sign_out(&house, &ana);
        house.play(&phone).await.unwrap_err();
        sign_out(&house, &anew);
        let third = house.harness.viewer(user, [Role::Viewer]);
        playing(&house, &on(&third, "phone")).await;
    }
}

#[tokio::test]
async fn addresses_end_within_30_s_of_their_entitlement() {
    for house in House::all().await {
        let house = house.with_media().await;
        let ctx = house.viewer();
        let play = playing(&house, &ctx).await;
        house.neighbours.refuse(AccessBasis::SubscriptionRequired);
        house.harness.clock.advance(Duration::from_secs(29));
        assert_eq!(verdict(&house, &play).await, "PLAY_TOKEN_EXPIRED");

        // What has ended does not begin again by itself, here or in another process.
        house
            .neighbours
            .allow_until(house.harness.env.clock.now() + Duration::from_hours(9));
        assert_eq!(verdict(&house, &play).await, "PLAY_TOKEN_EXPIRED");
        let again = playing(&house, &ctx).await;
        assert_ne!(again.session_id, play.session_id);
        assert_eq!(verdict(&house, &again).await, "OK");
        let House { db, harness, .. } = house;
        let restarted = House::on(db).await;
        restarted.harness.clock.set(harness.env.clock.now());
        assert_eq!(verdict(&restarted, &play).await, "PLAY_TOKEN_EXPIRED");
        assert_eq!(verdict(&restarted, &again).await, "OK");
    }
}

#[tokio::test]
async fn rights_is_asked_now_and_then_and_once_for_all_requests() {
    let house = House::open().await.with_media().await;
    let play = playing(&house, &house.viewer()).await;
    let asked = || house.neighbours.asked.load(Ordering::SeqCst);
    for _ in 0..20 {
        assert_eq!(verdict(&house, &play).await, "OK");
    }
    assert_eq!(asked(), 1, "the start of playback itself");
    house.harness.clock.advance(Duration::from_secs(20));
    let requests = (0..20).map(|_| verdict(&house, &play));
    for verdict in futures::future::join_all(requests).await {
        assert_eq!(verdict, "OK");
    }
    assert_eq!(asked(), 2);
}

#[tokio::test]
async fn running_playback_outlives_a_short_absence_of_rights_but_not_a_long_one() {
    let house = House::open().await.with_media().await;
    let play = playing(&house, &house.viewer()).await;
    house.neighbours.rights_down.store(true, Ordering::SeqCst);
    for _ in 0..9 {
        house.harness.clock.advance(Duration::from_secs(30));
        assert_eq!(verdict(&house, &play).await, "OK");
    }
    house.harness.clock.advance(Duration::from_secs(30));
    assert_eq!(verdict(&house, &play).await, "UNAVAILABLE");
    house.neighbours.rights_down.store(false, Ordering::SeqCst);
    house.harness.clock.advance(Duration::from_secs(5));
    assert_eq!(verdict(&house, &play).await, "OK");
}

/// A login has an end of its own, however often it is prolonged.
#[tokio::test]
async fn no_address_outlives_the_login_that_it_was_made_for() {
    let house = House::open().await.with_media().await;
    let mut ctx = house.viewer();
    let end = house.harness.env.clock.now() + Duration::from_mins(7);
    let viewer = ctx.actor.viewer().unwrap().clone();
    let mut claims = sv_rpc::identity::AccessClaims::new(
        &sv_rpc::identity::TokenSettings::default(),
        &ctx.tenant,
        viewer.user,
        viewer.session,
        [sv_proto::options::Role::Viewer],
        house.harness.env.clock.now(),
    );
    claims.sxp = Some(end.secs());
    ctx.bearer = Some(sv_kernel::Bearer::new(house.harness.sign(&claims)));
    let play = playing(&house, &ctx).await;
    assert_eq!(play.expire_time.unwrap().seconds, end.secs());
}
