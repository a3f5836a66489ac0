//! `PlayOnDemand`: who may, what session, until when (PLAY-1, PLAY-4, C8).

use std::{collections::BTreeSet, sync::atomic::Ordering, time::Duration};

use prost::Message as _;
use sv_proto::{
    rights::{AccessBasis, Offers},
    streaming::PlayOnDemandRequest,
};
use sv_rpc::{call, error};

use super::{TestApp, test_app::TITLE};

#[tokio::test]
async fn a_viewer_gets_a_session_and_addresses_that_open() {
    for test in TestApp::all().await {
        let test = test.with_media().await;
        let play = test.play(&test.viewer()).await.unwrap();
        assert_eq!(play.content_id, TITLE);
        assert_eq!(play.title, "Big Buck Bunny");
        assert!((play.duration_seconds - 30.0).abs() < f64::EPSILON);
        assert_eq!(
            play.session_id
                .parse::<uuid::Uuid>()
                .unwrap()
                .get_version_num(),
            7
        );
        for address in [&play.playback_url, &play.progressive_url, &play.poster_url] {
            let answer = test.get(address).await;
            assert_eq!(answer.status(), 200, "{address}");
        }
    }
}

#[tokio::test]
async fn repeating_goes_on_with_the_same_session_and_another_device_gets_its_own() {
    for test in TestApp::all().await {
        let test = test.with_media().await;
        let mut ctx = test.viewer();
        let session = |play: sv_proto::streaming::PlayOnDemandResponse| play.session_id;
        let first = session(test.play(&ctx).await.unwrap());
        assert_eq!(session(test.play(&ctx).await.unwrap()), first);
        ctx.device = Some("tv".into());
        let tv = session(test.play(&ctx).await.unwrap());
        assert_ne!(tv, first);
        ctx.profile = Some("0190b8e1-0000-7000-8000-000000000001".parse().unwrap());
        assert_ne!(
            session(test.play(&ctx).await.unwrap()),
            tv,
            "a profile has its own"
        );
        assert_ne!(session(test.play(&test.viewer()).await.unwrap()), first);
    }
}

#[tokio::test]
async fn fifty_calls_at_once_make_one_session() {
    for test in TestApp::all().await {
        let test = test.with_media().await;
        let ctx = test.viewer();
        let calls = (0..50).map(|_| test.play(&ctx));
        let plays = futures::future::join_all(calls).await;
        let sessions: BTreeSet<_> = plays
            .into_iter()
            .map(|play| play.unwrap().session_id)
            .collect();
        assert_eq!(sessions.len(), 1);
    }
}

#[tokio::test]
async fn a_session_ends_with_its_addresses_and_outlives_the_process() {
    for test in TestApp::all().await {
        let test = test.with_media().await;
        let mut ctx = test.viewer();
        ctx.device = Some("tv".into());
        let first = test.play(&ctx).await.unwrap();
        // The clip is short, so its addresses last four hours.
        test.harness
            .clock
            .advance(Duration::from_hours(4) - Duration::from_secs(1));
        assert_eq!(test.get(&first.playback_url).await.status(), 200);

        let TestApp { db, harness, .. } = test;
        let restarted = TestApp::on(db).await;
        restarted.harness.clock.set(harness.env.clock.now());
        assert_eq!(
            restarted.get(&first.playback_url).await.status(),
            200,
            "the key is kept"
        );
        assert_eq!(
            restarted
                .play(&as_seen_by(&restarted, &ctx))
                .await
                .unwrap()
                .session_id,
            first.session_id,
            "the session is kept"
        );

        restarted.harness.clock.advance(Duration::from_secs(1));
        let gone = restarted.get(&first.playback_url).await;
        assert_eq!(gone.status(), 403);
        assert_eq!(gone.body(), "PLAY_TOKEN_EXPIRED");
        restarted.harness.clock.advance(Duration::from_hours(4));
        let again = restarted.play(&as_seen_by(&restarted, &ctx)).await.unwrap();
        assert_ne!(
            again.session_id, first.session_id,
            "an ended session is not taken up again"
        );
    }
}

/// Makes the same person's context for another process, which has its own token key.
fn as_seen_by(test: &TestApp, ctx: &sv_kernel::Ctx) -> sv_kernel::Ctx {
    let viewer = ctx.actor.viewer().unwrap();
    let roles = [sv_proto::options::Role::Viewer];
    sv_kernel::Ctx {
        device: ctx.device.clone(),
        ..test.harness.viewer_of(viewer.user, viewer.session, roles)
    }
}

#[tokio::test]
async fn addresses_end_with_the_entitlement_to_the_second() {
    let test = TestApp::open().await.with_media().await;
    let now = test.harness.env.clock.now();
    test.peers.allow_until(now + Duration::from_mins(10));
    let play = test.play(&test.viewer()).await.unwrap();
    assert_eq!(
        play.expire_time.unwrap().seconds,
        (now + Duration::from_mins(10)).secs()
    );
    test.harness
        .clock
        .advance(Duration::from_mins(10) - Duration::from_secs(1));
    assert_eq!(test.get(&play.progressive_url).await.status(), 200);
    test.harness.clock.advance(Duration::from_secs(1));
    assert_eq!(test.get(&play.progressive_url).await.status(), 403);
}

#[tokio::test]
async fn a_refusal_says_why_and_what_would_open_the_title() {
    let test = TestApp::open().await.with_media().await;
    test.peers.refuse(AccessBasis::SubscriptionRequired);
    let refused = test.play(&test.viewer()).await.unwrap_err();
    assert_eq!(refused.reason(), "ACCESS_DENIED");
    assert_eq!(refused.metadata()["basis"], "subscription_required");
    let offers = Offers::decode(refused.detail().unwrap().bytes.as_slice()).unwrap();
    let plans = offers.offers.into_iter().filter_map(|offer| offer.plan);
    let codes: Vec<_> = plans.map(|plan| plan.code).collect();
    assert_eq!(codes, ["basic", "premium"]);
}

#[tokio::test]
async fn a_title_that_is_not_for_a_profile_is_not_there_as_one_that_does_not_exist() {
    let test = TestApp::open().await.with_media().await;
    for basis in [AccessBasis::NotAvailable, AccessBasis::Maturity] {
        test.peers.refuse(basis);
        let refused = test.play(&test.viewer()).await.unwrap_err();
        assert_eq!(refused.reason(), "CONTENT_NOT_FOUND", "{basis:?}");
        assert!(refused.metadata().is_empty() && refused.detail().is_none());
    }
}

#[tokio::test]
async fn what_is_not_there_or_not_ready_is_said_so() {
    let test = TestApp::open().await.with_media().await;
    let ctx = test.viewer();
    let reason = async |id: &str| test.play_title(&ctx, id).await.unwrap_err().reason();
    assert_eq!(
        reason(&TITLE.replace("67", "00")).await,
        "CONTENT_NOT_FOUND"
    );
    assert_eq!(
        reason(&TITLE.replace("67", "69")).await,
        "CONTENT_NOT_FOUND",
        "a draft"
    );
    assert_eq!(reason(&TITLE.replace("67", "68")).await, "MEDIA_NOT_READY");
    assert_eq!(reason("42").await, "VALIDATION_FAILED");
    let mut theirs = ctx.clone();
    theirs.profile = Some("ffffffff-0000-7000-8000-000000000001".parse().unwrap());
    let refused = test.play(&theirs).await.unwrap_err();
    assert_eq!(refused.reason(), "PROFILE_NOT_FOUND");
    let refused = test.play(&test.harness.anonymous()).await.unwrap_err();
    assert_eq!(refused.reason(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_prefetch_creates_nothing() {
    let test = TestApp::open().await.with_media().await;
    let ctx = test.viewer();
    for purpose in [
        "prefetch",
        "prefetch;prerender",
        "prefetch;anonymous-client-ip",
    ] {
        let content_id = TITLE.to_owned();
        let mut request = call(&ctx, PlayOnDemandRequest { content_id });
        request
            .metadata_mut()
            .insert("sec-purpose", purpose.parse().unwrap());
        let refused = test
            .playback()
            .play_on_demand(request)
            .await
            .map_err(error)
            .unwrap_err();
        assert_eq!(refused.reason(), "PREFETCH_REFUSED");
    }
    assert_eq!(test.peers.asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_running_address_keeps_its_packaging_when_another_is_published() {
    for test in TestApp::all().await {
        let test = test.with_media().await;
        let ctx = test.viewer();
        let old = test.play(&ctx).await.unwrap();
        let media = test.store_media(TITLE, "g2").await;
        test.publish(&media).await.unwrap();
        let new = test.play(&ctx).await.unwrap();
        assert_eq!(new.session_id, old.session_id);
        let body = async |address: &str| {
            let answer = test.get(address).await;
            String::from_utf8_lossy(&answer.body()[..2]).into_owned()
        };
        assert_eq!(body(&old.progressive_url).await, "g1");
        assert_eq!(body(&new.progressive_url).await, "g2");
        assert_eq!(body(&new.poster_url).await, "g2");
        assert_eq!(
            test.get(&old.poster_url).await.status(),
            404,
            "its hash is another now"
        );
    }
}

/// PLAY-8, C14: the record of a session outlives its end by a day, and no longer.
#[tokio::test]
async fn a_session_is_forgotten_a_day_after_its_end() {
    for test in TestApp::all().await {
        let test = test.with_media().await;
        let viewer = test.viewer();
        test.play(&viewer).await.unwrap();
        let forget = || async {
            test.app.end_over(&viewer).await?;
            crate::jobs::forget_sessions(&test.db, &viewer).await
        };
        assert_eq!(forget().await.unwrap(), 0, "it runs");
        // A token of a short title lives four hours.
        test.harness.clock.advance(Duration::from_hours(27));
        assert_eq!(forget().await.unwrap(), 0, "it ended less than a day ago");
        test.harness.clock.advance(Duration::from_hours(2));
        assert_eq!(forget().await.unwrap(), 1);
        assert_eq!(forget().await.unwrap(), 0);
    }
}
