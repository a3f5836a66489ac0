//! What was sent, or could not be, is sent once more.

use sv_kernel::Error;
use sv_proto::{
    common::CommonReason,
    webhooks::{self as pb, DeliveryStatus, WebhookReason, WebhookStatus},
};
use sv_rpc::{call, error};

use super::{
    Stage, TestApp,
    receiver::{Receiver, Reply},
};

impl TestApp {
    async fn replay(&self, webhook_id: &str, id: &str) -> Result<pb::WebhookDelivery, Error> {
        let request = pb::ReplayDeliveryRequest {
            webhook_id: webhook_id.into(),
            id: id.into(),
        };
        let mut client = self.client.clone();
        let sent = client.replay_delivery(call(&self.root(), request));
        let sent = sent.await.map_err(error)?.into_inner();
        Ok(sent.delivery.unwrap())
    }

    pub(super) async fn replay_since(
        &self,
        webhook_id: &str,
        seconds: i64,
    ) -> Result<pb::ReplayDeliveriesResponse, Error> {
        let request = pb::ReplayDeliveriesRequest {
            webhook_id: webhook_id.into(),
            since: Some(prost_types::Timestamp { seconds, nanos: 0 }),
        };
        let mut client = self.client.clone();
        let sent = client.replay_deliveries(call(&self.root(), request));
        Ok(sent.await.map_err(error)?.into_inner())
    }
}

#[tokio::test]
async fn a_delivery_is_sent_once_more_under_a_new_id() {
    for test in TestApp::all().await {
        let receiver = Receiver::start().await;
        let (id, secret) = test.hook(&receiver, &[]).await;
        test.subscribe().await;
        let first = receiver.until(1).await.remove(0);
        test.until(&id, first.id(), DeliveryStatus::Succeeded).await;
        let again = test.replay(&id, first.id()).await.unwrap();
        assert_eq!(again.replay_of, first.id());
        let second = receiver.until(2).await.remove(1);
        assert_eq!((second.id(), &second.body), (&*again.id, &first.body));
        assert_ne!(second.id(), first.id());
        assert_eq!(second.signed_by(&[&secret]), [true]);
        let before = test.delivery(&id, first.id()).await.delivery.unwrap();
        assert_eq!(before.replayed_by, again.id);
        // Another webhook's is not there.
        let (other, _) = test.hook(&receiver, &[]).await;
        let refused = test.replay(&other, first.id()).await.unwrap_err();
        assert!(refused.is(&WebhookReason::DeliveryNotFound), "{refused}");
    }
}

#[tokio::test]
async fn all_that_has_failed_is_sent_once_more_and_each_once() {
    for test in TestApp::all().await {
        let receiver = Receiver::start().await;
        receiver.will([Reply::of(410)]);
        let (id, _) = test.hook(&receiver, &[]).await;
        let begin = test.harness.env.clock.now().secs();
        let sent = test.test(&id).await.unwrap();
        test.until(&id, &sent.id, DeliveryStatus::Failed).await;
        test.set(&id, WebhookStatus::Enabled).await;
        let later = test.replay_since(&id, begin + 60).await.unwrap();
        assert_eq!(later.replayed, 0);
        let answer = test.replay_since(&id, begin).await.unwrap();
        assert_eq!((answer.replayed, answer.more), (1, false));
        let none = test.replay_since(&id, begin).await.unwrap();
        assert_eq!(none.replayed, 0);
        let got = receiver.until(2).await;
        let again = test
            .until(&id, got[1].id(), DeliveryStatus::Succeeded)
            .await;
        assert_eq!(again.delivery.unwrap().replay_of, sent.id);
    }
}

#[tokio::test]
async fn what_administrators_have_sent_leaves_room_for_what_happens() {
    for test in TestApp::all_with(Stage::where_ten_wait).await {
        let receiver = Receiver::start().await;
        let (id, _) = test.hook(&receiver, &[]).await;
        let begin = test.harness.env.clock.now().secs();
        for count in 1..=7 {
            test.subscribe().await;
            test.until_written(&id, count).await;
        }
        // All of it is given up.
        test.set(&id, WebhookStatus::Disabled).await;
        test.set(&id, WebhookStatus::Enabled).await;
        let some = test.replay_since(&id, begin).await.unwrap();
        assert_eq!((some.replayed, some.more), (5, true));

        let failed = test.deliveries(&id, DeliveryStatus::Failed).await;
        let refusals = [
            test.replay_since(&id, begin).await.map(drop),
            test.replay(&id, &failed[0].id).await.map(drop),
            test.test(&id).await.map(drop),
        ];
        for refused in refusals {
            let refused = refused.unwrap_err();
            assert!(refused.is(&CommonReason::Overloaded), "{refused}");
        }
        for count in 13..=17 {
            test.subscribe().await;
            test.until_written(&id, count).await;
        }
        let webhook = test.get(&id).await.unwrap();
        assert_eq!(webhook.status(), WebhookStatus::Enabled);
    }
}
