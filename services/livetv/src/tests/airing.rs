//! What runs now and next is told as the clock goes on, and all of it can be read anew (X-SR-3).

use std::time::Duration;

use prost::Message as _;
use sv_kernel::Event as _;
use sv_proto::{
    livetv::{
        AiringChanged, Channel, DeleteChannelRequest, SnapshotChannelsRequest,
        live_tv_service_client::LiveTvServiceClient,
    },
    options::Role,
};
use sv_rpc::call;

use super::{
    guide::{called, file, upload},
    test_app::TestApp,
};
use crate::NAME;

impl TestApp {
    /// Lets the time of the job come, waits until so many events tell of airings, and returns them.
    async fn airings(&self, count: usize) -> Vec<(i64, Option<AiringChanged>)> {
        self.harness.clock.advance(Duration::from_secs(1));
        let told = async {
            loop {
                let told = self.outbox(AiringChanged::TOPIC).await;
                if told.len() >= count {
                    return told;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let told = tokio::time::timeout(Duration::from_secs(20), told).await;
        let read = |(_, version, payload): (String, i64, Option<Vec<u8>>)| {
            let payload = payload.map(|bytes| AiringChanged::decode(&*bytes).unwrap());
            (version, payload)
        };
        told.unwrap().into_iter().map(read).collect()
    }
}

/// The titles of what runs and of what comes.
fn shown(told: &AiringChanged) -> [&str; 2] {
    [&told.now, &told.next].map(|shown| shown.as_ref().map_or("", |shown| &shown.title))
}

#[tokio::test]
async fn what_runs_now_and_next_is_told_as_guide_and_clock_go_on_and_the_snapshot_says_the_same() {
    for mut test in TestApp::all().await {
        let channel = called(&test, 1, "one").await;
        let first = test.airings(1).await;
        assert_eq!(shown(first[0].1.as_ref().unwrap()), ["", ""]);
        let day = [
            ("one", "a", -1, 1),
            ("one", "b", 1, 2),
            ("one", "c", 30, 31),
        ];
        upload(&test, &file(&test, &day)).await;
        let told = test.airings(2).await;
        let (version, Some(told)) = &told[1] else {
            panic!("{told:?}");
        };
        assert_eq!((*version, told.version), (2, 2));
        assert_eq!(shown(told), ["a", "b"]);
        assert_eq!(told.channel.as_ref().unwrap().name, "one");
        test.harness.clock.advance(Duration::from_hours(1));
        let told = test.airings(3).await;
        assert_eq!(shown(told[2].1.as_ref().unwrap()), ["b", ""]);
        // The token has ended meanwhile.
        test.editor = test
            .harness
            .viewer(test.harness.env.ids.next(), [Role::Admin]);

        let mesh = test.harness.mesh.calling_as("search");
        let search = LiveTvServiceClient::new(mesh.client_transport(NAME).unwrap());
        let snapshot = async || {
            let request = call(&test.db.ctx(), SnapshotChannelsRequest::default());
            let answer = search.clone().snapshot_channels(request).await;
            answer.unwrap().into_inner().states
        };
        let states = snapshot().await;
        assert_eq!(states.len(), 1);
        assert_eq!(states[0].airing, told[2].1);
        assert_eq!(states[0].channel.as_ref().unwrap(), &channel);

        // What viewers do not see says nothing, and what is gone leaves its versions.
        let mut draft = Channel::default();
        draft.set_status(sv_proto::content::ContentStatus::Draft);
        test.update(&channel.id, draft, &["status"]).await.unwrap();
        let told = test.airings(4).await;
        let hidden = told[3].1.as_ref().unwrap();
        assert!(hidden.channel.is_none() && hidden.now.is_none());
        let request = DeleteChannelRequest {
            id: channel.id.clone(),
        };
        let request = call(&test.editor, request);
        test.editors.clone().delete_channel(request).await.unwrap();
        let told = test.airings(5).await;
        assert_eq!(told[4], (5, None));
        let states = snapshot().await;
        assert_eq!((states.len(), states[0].version), (1, 3));
        assert!(states[0].channel.is_none());
        assert_eq!(states[0].airing.as_ref().unwrap().version, 5);
    }
}
