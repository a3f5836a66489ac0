//! Create, replace, change, delete (LIVE-3): versions, masks and the events they leave (C20).

use sv_kernel::Error;
use sv_proto::{
    common::CommonReason,
    content::ContentStatus,
    livetv::{
        AdminGetChannelRequest, Channel, CreateChannelRequest, DeleteChannelRequest, LiveTvReason,
    },
};
use sv_rpc::{call, error};

use super::test_app::{TestApp, channel};

async fn delete(test: &TestApp, id: &str, tag: Option<&'static str>) -> Result<(), Error> {
    let mut request = call(&test.editor, DeleteChannelRequest { id: id.into() });
    if let Some(tag) = tag {
        let tag = tag.parse().unwrap();
        request.metadata_mut().insert("if-match", tag);
    }
    let answer = test.editors.clone().delete_channel(request).await;
    answer.map(drop).map_err(error)
}

#[tokio::test]
async fn a_new_channel_gets_what_the_service_gives_and_is_told_of() {
    for test in TestApp::all().await {
        let wanted = Channel {
            id: "01936f00-ffff-7000-8000-000000000001".into(),
            version: 7,
            ..channel(1, " One ")
        };
        let made = test.create(wanted.clone()).await.unwrap();
        assert_ne!(made.id, wanted.id);
        assert_eq!((made.name.as_str(), made.version), ("One", 1));
        assert_eq!(made.create_time, made.update_time);
        let now = test.harness.env.clock.now().secs();
        assert_eq!(made.create_time.unwrap().seconds, now);
        assert_eq!(test.told().await, [(made.id.clone(), 1, Some(made))]);
    }
}

#[tokio::test]
async fn a_key_creates_one_channel_however_often_it_is_sent() {
    for test in TestApp::all().await {
        let create = || {
            let channel = Some(channel(1, "One"));
            let mut request = call(&test.editor, CreateChannelRequest { channel });
            let key = "k1".parse().unwrap();
            request.metadata_mut().insert("idempotency-key", key);
            let mut editors = test.editors.clone();
            async move { editors.create_channel(request).await.unwrap().into_inner() }
        };
        assert_eq!(create().await, create().await);
        assert_eq!(test.count().await, 1);
    }
}

#[tokio::test]
async fn putting_replaces_everything_and_patching_what_the_mask_names() {
    for test in TestApp::all().await {
        let first = Channel {
            description: "All day.".into(),
            genres: vec!["News".into()],
            is_live: true,
            ..channel(1, "One")
        };
        let made = test.create(first).await.unwrap();
        let change = Channel {
            is_live: false,
            ..Channel::default()
        };
        let changed = test.update(&made.id, change, &["is_live"]).await.unwrap();
        let expected = Channel {
            is_live: false,
            version: 2,
            ..made.clone()
        };
        assert_eq!(changed, expected);
        let bare = Channel {
            name: "Two".into(),
            ..Channel::default()
        };
        let put = test.update(&made.id, bare, &[]).await.unwrap();
        assert_eq!((put.name.as_str(), put.version), ("Two", 3));
        assert!(put.genres.is_empty() && put.description.is_empty() && put.number == 0);
        // What is not said of it is no wish to unpublish.
        assert_eq!(put.status(), ContentStatus::Published);
        let unknown = test.update(&made.id, put, &["nmae"]).await.unwrap_err();
        assert!(unknown.is(&CommonReason::ValidationFailed));
    }
}

#[tokio::test]
async fn a_change_or_deletion_of_another_version_is_refused() {
    for test in TestApp::all().await {
        let made = test.publish(1, "One").await;
        let versioned = |version| Channel {
            version,
            ..channel(1, "Two")
        };
        test.update(&made.id, versioned(1), &[]).await.unwrap();
        let stale = test.update(&made.id, versioned(1), &[]).await.unwrap_err();
        assert!(stale.is(&CommonReason::VersionMismatch));
        let stale = delete(&test, &made.id, Some("\"1\"")).await.unwrap_err();
        assert!(stale.is(&CommonReason::VersionMismatch));
        let id = made.id.clone();
        let read = call(&test.editor, AdminGetChannelRequest { id });
        let read = test.editors.clone().admin_get_channel(read).await.unwrap();
        assert_eq!(read.metadata().get("etag").unwrap(), "\"2\"");
        delete(&test, &made.id, Some("\"2\"")).await.unwrap();
        let gone = delete(&test, &made.id, None).await.unwrap_err();
        assert!(gone.is(&LiveTvReason::ChannelNotFound));
        assert_eq!(test.told().await[2], (made.id, 3, None));
    }
}

#[tokio::test]
async fn no_two_channels_of_a_tenant_have_the_same_name_in_guides() {
    for test in TestApp::all().await {
        let called = |name: &str, guide: &str| Channel {
            guide_id: guide.into(),
            ..channel(0, name)
        };
        let one = test.create(called("a", "one.example")).await.unwrap();
        let taken = test.create(called("b", " one.example ")).await.unwrap_err();
        assert!(taken.is(&LiveTvReason::GuideIdTaken));
        let other = test.create(called("b", "")).await.unwrap();
        test.create(called("c", "")).await.unwrap();
        let taken = called("b", "one.example");
        let taken = test.update(&other.id, taken, &["guide_id"]).await;
        assert!(taken.unwrap_err().is(&LiveTvReason::GuideIdTaken));
        let elsewhere = test.editor_of("acme");
        let theirs = called("a", "one.example");
        test.create_as(&elsewhere, theirs).await.unwrap();
        // A name is free again when its channel is gone.
        delete(&test, &one.id, None).await.unwrap();
        test.create(called("d", "one.example")).await.unwrap();
    }
}

#[tokio::test]
async fn what_breaks_a_rule_changes_nothing_and_viewers_change_nothing() {
    for test in TestApp::all().await {
        let made = test.publish(1, "One").await;
        let with = |change: fn(&mut Channel)| {
            let mut channel = channel(1, "One");
            change(&mut channel);
            channel
        };
        for bad in [
            with(|channel| channel.name = "  ".into()),
            with(|channel| channel.number = -1),
            with(|channel| channel.country = "Norway".into()),
            with(|channel| channel.language = "no such".into()),
            with(|channel| channel.logo_url = "javascript:alert(1)".into()),
            with(|channel| channel.stream_url = "/etc/passwd".into()),
        ] {
            let refused = test.create(bad.clone()).await.unwrap_err();
            assert!(refused.is(&CommonReason::ValidationFailed), "{bad:?}");
            test.update(&made.id, bad, &[]).await.unwrap_err();
        }
        let refused = test.create_as(&test.viewer, channel(2, "Two")).await;
        assert!(refused.unwrap_err().is(&CommonReason::PermissionDenied));
        assert_eq!((test.count().await, test.told().await.len()), (1, 1));
    }
}
