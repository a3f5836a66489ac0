//! `PlayLive`: rights first, then the channel's stream (PLAY-2, LIVE-6, X-ID-2).

use std::{sync::atomic::Ordering, time::Duration};

use sv_kernel::{Ctx, Error};
use sv_proto::{
    content::ContentStatus,
    livetv::Channel,
    rights::AccessBasis,
    streaming::{PlayLiveRequest, PlayLiveResponse, PlayRequest, PlayResponse},
};
use sv_rpc::{call, error};

use super::{TestApp, streams::on, test_app::TITLE};

const CHANNEL: &str = "0190b8e1-0000-7000-8000-0000000000cc";
const STREAM: &str = "https://live.example.com/quokka/index.m3u8";

impl TestApp {
    fn channel(&self, change: impl FnOnce(&mut Channel)) {
        let mut channel = Channel {
            id: CHANNEL.into(),
            name: "Quokka TV".into(),
            is_live: true,
            stream_url: STREAM.into(),
            ..Channel::default()
        };
        channel.set_status(ContentStatus::Published);
        change(&mut channel);
        let mut channels = self.peers.channels.lock().unwrap();
        channels.insert(CHANNEL.into(), channel);
    }

    async fn live(&self, ctx: &Ctx, channel: &str) -> Result<PlayLiveResponse, Error> {
        let request = PlayLiveRequest {
            channel_id: channel.to_owned(),
        };
        let answer = self.playback().play_live(call(ctx, request)).await;
        Ok(answer.map_err(error)?.into_inner())
    }

    async fn any(&self, ctx: &Ctx, id: &str) -> Result<PlayResponse, Error> {
        let request = PlayRequest {
            content_id: id.to_owned(),
        };
        let answer = self.playback().play(call(ctx, request)).await;
        Ok(answer.map_err(error)?.into_inner())
    }
}

#[tokio::test]
async fn a_channel_is_played_at_its_address_and_takes_a_stream() {
    for test in TestApp::all().await {
        test.peers.allow_streams(1);
        test.channel(|_| {});
        let ana = test.viewer();
        let (tv, phone) = (on(&ana, "tv"), on(&ana, "phone"));
        let play = test.live(&tv, CHANNEL).await.unwrap();
        assert_eq!(play.playback_url, STREAM);
        assert_eq!((&*play.title, &*play.channel_id), ("Quokka TV", CHANNEL));
        let again = test.live(&tv, CHANNEL).await.unwrap();
        assert_eq!(again.session_id, play.session_id);
        let refused = test.live(&phone, CHANNEL).await.unwrap_err();
        assert_eq!(refused.reason(), "STREAM_LIMIT");

        // Only its heartbeats tell whether it may go on.
        for _ in 0..3 {
            test.harness.clock.advance(Duration::from_mins(1));
            assert!(!test.beat(&tv, &play.session_id, 0.0).await.stop);
        }
        assert!(test.peers.asked.load(Ordering::SeqCst) > 3);
        test.peers.refuse(AccessBasis::SubscriptionRequired);
        test.harness.clock.advance(Duration::from_mins(1));
        let told = test.beat(&tv, &play.session_id, 0.0).await;
        assert_eq!(told.stop_reason().as_str_name(), "STOP_REASON_ACCESS_ENDED");
    }
}

#[tokio::test]
async fn rights_is_asked_before_anything_of_the_stream_is_told() {
    let test = TestApp::open().await;
    let ana = test.viewer();
    let reason = async || test.live(&ana, CHANNEL).await.unwrap_err().reason();
    assert_eq!(reason().await, "CHANNEL_NOT_FOUND");
    test.channel(|channel| channel.set_status(ContentStatus::Draft));
    assert_eq!(reason().await, "CHANNEL_NOT_FOUND");
    test.channel(|channel| channel.is_live = false);
    assert_eq!(reason().await, "CHANNEL_OFF_AIR");
    test.channel(|channel| channel.stream_url = String::new());
    assert_eq!(reason().await, "CHANNEL_NOT_READY");
    test.peers.refuse(AccessBasis::SubscriptionRequired);
    assert_eq!(reason().await, "ACCESS_DENIED");
    for basis in [AccessBasis::NotAvailable, AccessBasis::Maturity] {
        test.peers.refuse(basis);
        assert_eq!(reason().await, "CHANNEL_NOT_FOUND", "{basis:?}");
    }
}

#[tokio::test]
async fn any_id_is_played_by_one_call() {
    let test = TestApp::open().await.with_media().await;
    test.channel(|_| {});
    let ana = test.viewer();
    let film = test.any(&ana, TITLE).await.unwrap();
    assert!(!film.is_live && film.playback_url.contains("/master.m3u8"));
    let channel = test.any(&ana, CHANNEL).await.unwrap();
    assert_eq!((channel.is_live, &*channel.playback_url), (true, STREAM));
    assert_eq!(channel.content_id, CHANNEL);
    let nothing = TITLE.replace("67", "00");
    let refused = test.any(&ana, &nothing).await.unwrap_err();
    assert_eq!(refused.reason(), "CONTENT_NOT_FOUND");
    let draft = test.any(&ana, &TITLE.replace("67", "69")).await;
    assert_eq!(draft.unwrap_err().reason(), "CONTENT_NOT_FOUND");
}

#[tokio::test]
async fn a_channel_that_plays_a_title_is_streamed_from_here_and_counts_as_any_other() {
    for test in TestApp::all().await {
        let test = test.with_media().await;
        test.peers.allow_streams(1);
        let looping = |channel: &mut Channel| {
            channel.stream_url = String::new();
            channel.loop_content_id = TITLE.into();
        };
        test.channel(looping);
        let ana = test.viewer();
        let (tv, phone) = (on(&ana, "tv"), on(&ana, "phone"));
        let play = test.live(&tv, CHANNEL).await.unwrap();
        let (path, token) = play.playback_url.split_once("?token=").unwrap();
        assert_eq!(path, format!("/stream/live/{CHANNEL}/master.m3u8"));
        let refused = test.live(&phone, CHANNEL).await.unwrap_err();
        assert_eq!(refused.reason(), "STREAM_LIMIT");

        let master = test.get(&play.playback_url).await;
        assert_eq!(master.status(), 200);
        let text = String::from_utf8(master.body().to_vec()).unwrap();
        let variant = text.lines().find(|line| !line.starts_with('#')).unwrap();
        let folder = format!("/stream/live/{CHANNEL}");
        let variant = test.get(&format!("{folder}/{variant}")).await;
        assert_eq!(variant.headers()["cache-control"], "private, no-store");
        let text = String::from_utf8(variant.body().to_vec()).unwrap();
        assert!(!text.contains("#EXT-X-ENDLIST"), "{text}");
        let segments: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("segment-"))
            .collect();
        assert_eq!(segments.len(), 6, "{text}");
        let segment = test.get(&format!("{folder}/480p/{}", segments[5])).await;
        assert_eq!(
            (
                segment.status().as_u16(),
                &segment.headers()["content-type"]
            ),
            (200, &"video/mp2t".parse().unwrap())
        );

        // A channel's token opens no title, and a title's no channel.
        for (path, status) in [
            (
                format!("/stream/hls/{CHANNEL}/master.m3u8?token={token}"),
                403,
            ),
            (
                format!("/stream/hls/{TITLE}/master.m3u8?token={token}"),
                403,
            ),
            (
                format!("/stream/live/{TITLE}/master.m3u8?token={token}"),
                403,
            ),
            (format!("{folder}/720p/playlist.m3u8?token={token}"), 404),
            (format!("{folder}/480p/segment-999.ts?token={token}"), 404),
            (format!("{folder}/master.m3u8"), 403),
        ] {
            assert_eq!(test.get(&path).await.status(), status, "{path}");
        }
        test.peers.allow_streams(2);
        let film = test.play(&phone).await.unwrap();
        let (_, token) = film.playback_url.split_once("?token=").unwrap();
        let refused = test
            .get(&format!("/stream/live/{TITLE}/master.m3u8?token={token}"))
            .await;
        assert_eq!(refused.status(), 403);

        // Its bytes hold the stream without reports, and end with the right to it.
        for _ in 0..3 {
            test.harness.clock.advance(Duration::from_secs(50));
            assert_eq!(test.get(&play.playback_url).await.status(), 200);
        }
        test.peers.refuse(AccessBasis::SubscriptionRequired);
        test.harness.clock.advance(Duration::from_secs(50));
        assert_eq!(test.get(&play.playback_url).await.status(), 403);
    }
}

/// X-CAT-5: a channel publishes nothing that was taken off.
#[tokio::test]
async fn a_channel_does_not_play_a_title_that_is_taken_off() {
    let test = TestApp::open().await.with_media().await;
    test.channel(|channel| {
        channel.stream_url = String::new();
        channel.loop_content_id = TITLE.into();
    });
    let set = |status| {
        let mut titles = test.peers.titles.lock().unwrap();
        titles.insert(TITLE.into(), status);
    };
    set(ContentStatus::Archived);
    let refused = test.live(&test.viewer(), CHANNEL).await.unwrap_err();
    assert_eq!(refused.reason(), "CHANNEL_NOT_READY");
    set(ContentStatus::Published);
    let play = test.live(&test.viewer(), CHANNEL).await.unwrap();
    set(ContentStatus::Archived);
    assert_eq!(test.get(&play.playback_url).await.status(), 403);
}

#[tokio::test]
async fn a_channel_whose_title_is_not_packaged_is_not_ready() {
    let test = TestApp::open().await;
    test.channel(|channel| {
        channel.stream_url = String::new();
        channel.loop_content_id = TITLE.into();
    });
    let refused = test.live(&test.viewer(), CHANNEL).await.unwrap_err();
    assert_eq!(refused.reason(), "CHANNEL_NOT_READY");
}
