//! Webhooks that nobody takes are disabled, and can be enabled again.

use std::time::Duration;

use sv_proto::webhooks::{DeliveryStatus, WebhookDisabledReason, WebhookReason, WebhookStatus};

use super::{
    Stage, TestApp,
    receiver::{Receiver, Reply},
};
use crate::Options;

#[tokio::test]
async fn a_receiver_that_is_gone_gets_nothing_more() {
    for test in TestApp::all().await {
        let receiver = Receiver::start().await;
        receiver.will([Reply::of(500), Reply::of(410)]);
        let (id, _) = test.hook(&receiver, &[]).await;
        let waits = test.test(&id).await.unwrap();
        test.until_tried(&id, &waits.id, 1).await;
        let gone = test.test(&id).await.unwrap();
        test.until(&id, &gone.id, DeliveryStatus::Failed).await;
        let webhook = test.get(&id).await.unwrap();
        assert_eq!(
            (webhook.status(), webhook.disabled_reason()),
            (WebhookStatus::Disabled, WebhookDisabledReason::Gone)
        );
        // What waited is given up.
        test.until(&id, &waits.id, DeliveryStatus::Failed).await;
        let record = test.db.audit_records().await.pop().unwrap();
        assert_eq!(record.action, "webhook.disabled");
        let refused = test.test(&id).await.unwrap_err();
        assert!(refused.is(&WebhookReason::WebhookDisabled), "{refused}");

        let enabled = test.set(&id, WebhookStatus::Enabled).await;
        assert_eq!(
            enabled.disabled_reason(),
            WebhookDisabledReason::Unspecified
        );
        let sent = test.test(&id).await.unwrap();
        test.until(&id, &sent.id, DeliveryStatus::Succeeded).await;
        assert_eq!(receiver.got().len(), 3);
    }
}

#[tokio::test]
async fn what_was_under_way_when_it_was_disabled_is_written_down_as_it_went() {
    for test in TestApp::all().await {
        let receiver = Receiver::start().await;
        let slowly = Duration::from_secs(4);
        receiver.will([
            Reply::of(204).after(slowly),
            Reply::of(500).after(slowly),
            Reply::of(410),
        ]);
        let (id, _) = test.hook(&receiver, &[]).await;
        let begin = test.harness.env.clock.now().secs();
        let mut sent = Vec::new();
        for count in 1..=3 {
            sent.push(test.test(&id).await.unwrap().id);
            receiver.until(count).await;
        }
        test.until_it(&id, &sent[0], |found| {
            found.delivery.as_ref().unwrap().status() == DeliveryStatus::Failed
        })
        .await;
        assert_eq!(
            test.get(&id).await.unwrap().disabled_reason(),
            WebhookDisabledReason::Gone
        );
        let taken = test.until(&id, &sent[0], DeliveryStatus::Succeeded).await;
        assert_eq!(
            (
                taken.attempts.len(),
                taken.attempts[0].response_status,
                taken.delivery.unwrap().attempts
            ),
            (1, 204, 1)
        );
        let refused = test.until_tried(&id, &sent[1], 1).await;
        assert_eq!(refused.attempts[0].response_status, 500);
        assert_eq!(refused.delivery.unwrap().status(), DeliveryStatus::Failed);
        // What was taken is not sent again.
        test.set(&id, WebhookStatus::Enabled).await;
        let again = test.replay_since(&id, begin).await.unwrap();
        assert_eq!((again.replayed, again.more), (2, false));
    }
}

#[tokio::test]
async fn a_receiver_that_fails_for_days_is_disabled() {
    let stage = || Stage {
        options: Options {
            disable_after_hours: 48,
            ..Options::default()
        },
        ..Stage::default()
    };
    for test in TestApp::all_with(stage).await {
        let receiver = Receiver::start().await;
        receiver.will((0..20).map(|_| Reply::of(500)));
        let (id, _) = test.hook(&receiver, &[]).await;
        let sent = test.test(&id).await.unwrap();
        for times in 1..=4 {
            test.until_tried(&id, &sent.id, times).await;
            test.pass(Duration::from_hours(12), &id).await;
        }
        // The fifth is 48 hours after the first.
        let given_up = test.until(&id, &sent.id, DeliveryStatus::Failed).await;
        assert_eq!(given_up.attempts.len(), 5);
        let webhook = test.get(&id).await.unwrap();
        assert_eq!(
            (webhook.status(), webhook.disabled_reason()),
            (WebhookStatus::Disabled, WebhookDisabledReason::Failing)
        );
    }
}

#[tokio::test]
async fn no_more_waits_than_may() {
    for test in TestApp::all_with(Stage::where_ten_wait).await {
        let receiver = Receiver::start().await;
        let (id, _) = test.hook(&receiver, &[]).await;
        for _ in 0..12 {
            test.subscribe().await;
        }
        let begin = std::time::Instant::now();
        while test.get(&id).await.unwrap().status() == WebhookStatus::Enabled {
            assert!(begin.elapsed() < super::PATIENCE);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let reason = test.get(&id).await.unwrap().disabled_reason();
        assert_eq!(reason, WebhookDisabledReason::Backlog);
        let failed = test.deliveries(&id, DeliveryStatus::Failed).await;
        assert_eq!(failed.len(), 10);
    }
}
