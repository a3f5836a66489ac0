//! Events are sent, signed, tried again, and nothing is lost.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use sv_kernel::Tenant;
use sv_proto::webhooks::{DeliveryStatus, WebhookReason, WebhookStatus};
use sv_store::jobs::queue;

use super::{
    Stage, TestApp,
    receiver::{Receiver, Reply},
};
use crate::{Options, app::DELIVERIES, domain::Reach};

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn an_event_is_sent_once_to_each_webhook_that_wants_it_and_is_signed() {
    for test in TestApp::all().await {
        let (paid, all, users) = (
            Receiver::start().await,
            Receiver::start().await,
            Receiver::start().await,
        );
        let (id, secret) = test.hook(&paid, &["subscription.activated"]).await;
        let (every, _) = test.hook(&all, &[]).await;
        let (other, _) = test.hook(&users, &["user.registered"]).await;
        let (user, record) = test.subscribe().await;
        // The bus may deliver an event again.
        test.tell(record).await;
        let got = paid.until(1).await.remove(0);
        assert_eq!(got.path, "/hooks?of=us");
        assert_eq!(got.signed_by(&[&secret, "whsec_AAAA"]), [true, false]);
        assert_eq!(got.header("content-type"), "application/json");
        let now = test.harness.env.clock.now().secs().to_string();
        assert_eq!(got.header("webhook-timestamp"), now);
        let told = got.json();
        assert_eq!(told["type"], "subscription.activated");
        assert_eq!(
            (&told["data"]["userId"], &told["data"]["planCode"]),
            (&user.into(), &"basic".into())
        );
        assert_eq!(told["data"]["periodEnd"], "2027-01-15T08:00:00Z");

        let shown = test.until(&id, got.id(), DeliveryStatus::Succeeded).await;
        assert_eq!(shown.body, got.body);
        let attempt = &shown.attempts[0];
        assert_eq!((attempt.number, attempt.response_status), (1, 204));
        let other_got = all.until(1).await.remove(0);
        assert_ne!(other_got.id(), got.id());
        // Somebody else's event comes after both, so that nothing is on its way any more.
        test.subscribe().await;
        assert_eq!(paid.until(2).await.len(), 2);
        assert_eq!(test.until_written(&every, 2).await.len(), 2);
        assert!(users.got().is_empty());
        let none = test.deliveries(&other, DeliveryStatus::Unspecified).await;
        assert!(none.is_empty());
    }
}

#[tokio::test]
async fn while_a_secret_changes_both_sign_for_a_day() {
    for test in TestApp::all().await {
        let receiver = Receiver::start().await;
        let (id, first) = test.hook(&receiver, &[]).await;
        let second = test.rotate(&id, false).await;
        assert!(
            test.get(&id)
                .await
                .unwrap()
                .previous_secret_end_time
                .is_some()
        );
        let got = test.sent_to(&receiver, &id).await;
        assert_eq!(got.signed_by(&[&first, &second]), [true, true]);

        test.harness.clock.advance(DAY);
        let got = test.sent_to(&receiver, &id).await;
        assert_eq!(got.signed_by(&[&first, &second]), [false, true]);
        assert!(
            test.get(&id)
                .await
                .unwrap()
                .previous_secret_end_time
                .is_none()
        );

        // A third within the day of the second: none that is in use is lost.
        let third = test.rotate(&id, false).await;
        let fourth = test.rotate(&id, false).await;
        let got = test.sent_to(&receiver, &id).await;
        assert_eq!(got.signed_by(&[&second, &third, &fourth]), [true; 3]);
        // Of five the oldest would end early: nobody has been told so.
        test.rotate(&id, false).await;
        test.harness.clock.advance(Duration::from_hours(23));
        let refused = test.try_to_rotate(&id, false).await.unwrap_err();
        assert!(refused.is(&WebhookReason::WebhookSecretLimit), "{refused}");
        assert!(refused.message().contains("after 20"), "{refused:?}");
        test.harness.clock.advance(Duration::from_hours(1));
        test.rotate(&id, false).await;
        let only = test.rotate(&id, true).await;
        let got = test.sent_to(&receiver, &id).await;
        assert_eq!((got.signed_by(&[&only]), got.signatures()), (vec![true], 1));
    }
}

#[tokio::test]
async fn what_is_not_taken_is_tried_again_under_the_same_id() {
    for test in TestApp::all().await {
        let receiver = Receiver::start().await;
        let long = "x".repeat(5_000);
        receiver.will([
            Reply::of(500).saying(long),
            Reply::of(302).with("location", &receiver.url),
            Reply::of(503).with("retry-after", "7200"),
        ]);
        let (id, _) = test.hook(&receiver, &[]).await;
        let sent = test.test(&id).await.unwrap();
        let tried = test.until_tried(&id, &sent.id, 1).await;
        assert_eq!(tried.attempts[0].response_text.len(), 1_000);
        assert!(test.get(&id).await.unwrap().failing_since.is_some());
        // Not before its time.
        test.pass(Duration::from_secs(4), &id).await;
        test.pass(Duration::from_secs(2), &id).await;
        test.until_tried(&id, &sent.id, 2).await;
        test.pass(Duration::from_mins(6), &id).await;
        let tried = test.until_tried(&id, &sent.id, 3).await;
        let next = tried.delivery.unwrap().next_attempt_time.unwrap().seconds;
        let now = test.harness.env.clock.now().secs();
        assert!((7_190..=7_200).contains(&(next - now)), "{next} {now}");
        test.pass(Duration::from_hours(2), &id).await;
        let done = test.until(&id, &sent.id, DeliveryStatus::Succeeded).await;
        let statuses: Vec<i32> = done
            .attempts
            .iter()
            .map(|one| one.response_status)
            .collect();
        assert_eq!(statuses, [500, 302, 503, 204]);
        let got = receiver.got();
        assert_eq!(got.len(), 4);
        assert!(got.iter().all(|one| one.id() == sent.id));
        assert!(test.get(&id).await.unwrap().failing_since.is_none());
    }
}

#[tokio::test]
async fn a_slow_receiver_holds_up_nobody_else() {
    for test in TestApp::all().await {
        let (slow, quick) = (Receiver::start().await, Receiver::start().await);
        slow.will((0..20).map(|_| Reply::of(200).after(Duration::from_secs(5))));
        let (busy, _) = test.hook(&slow, &[]).await;
        let (free, _) = test.hook(&quick, &[]).await;
        for _ in 0..20 {
            test.test(&busy).await.unwrap();
        }
        slow.until(1).await;
        let begin = Instant::now();
        test.test(&free).await.unwrap();
        quick.until(1).await;
        assert!(
            begin.elapsed() < Duration::from_secs(4),
            "{:?}",
            begin.elapsed()
        );
    }
}

/// Longer than any receiver is waited for.
const NEVER: Duration = Duration::from_mins(1);

#[tokio::test]
async fn as_many_webhooks_as_a_tenant_may_have_hold_up_no_other() {
    for test in TestApp::all().await {
        let (slow, quick) = (Receiver::start().await, Receiver::start().await);
        slow.will((0..19).map(|_| Reply::of(200).after(NEVER)));
        for _ in 0..19 {
            let (id, _) = test.hook(&slow, &[]).await;
            test.test(&id).await.unwrap();
        }
        let (free, _) = test.hook(&quick, &[]).await;
        let begin = Instant::now();
        slow.until(19).await;
        test.test(&free).await.unwrap();
        quick.until(1).await;
        let took = begin.elapsed();
        assert!(took < Duration::from_secs(8), "{took:?}");
    }
}

#[tokio::test]
async fn a_request_that_hangs_holds_up_no_other_to_the_same_receiver() {
    for test in TestApp::all().await {
        let receiver = Receiver::start().await;
        receiver.will([Reply::of(200).after(NEVER)]);
        let (id, _) = test.hook(&receiver, &[]).await;
        test.test(&id).await.unwrap();
        receiver.until(1).await;
        let begin = Instant::now();
        for _ in 0..10 {
            let sent = test.test(&id).await.unwrap();
            test.until(&id, &sent.id, DeliveryStatus::Succeeded).await;
        }
        let took = begin.elapsed();
        assert!(took < Duration::from_secs(8), "{took:?}");
    }
}

#[tokio::test]
async fn what_is_under_way_to_a_webhook_ends_when_that_is_deleted() {
    for test in TestApp::all().await {
        let receiver = Receiver::start().await;
        receiver.will([Reply::of(200).after(NEVER)]);
        let (id, _) = test.hook(&receiver, &[]).await;
        test.test(&id).await.unwrap();
        receiver.until(1).await;
        test.delete(&id).await.unwrap();
        let begin = Instant::now();
        let (tenant, keys) = (Tenant::default(), [id]);
        loop {
            let undone = queue::undone(&test.db, &tenant, DELIVERIES, &keys).await;
            if undone.unwrap().is_empty() {
                break;
            }
            assert!(begin.elapsed() < Duration::from_secs(8));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test]
async fn a_receiver_that_hangs_does_not_keep_the_process_and_the_next_one_sends_at_once() {
    for test in TestApp::all().await {
        let receiver = Receiver::start().await;
        receiver.will([Reply::of(200).after(NEVER)]);
        let (id, _) = test.hook(&receiver, &[]).await;
        let sent = test.test(&id).await.unwrap();
        receiver.until(1).await;
        let test = test.again(Stage::default()).await;
        let got = receiver.until(2).await;
        assert_eq!((got[0].id(), got[1].id()), (&*sent.id, &*sent.id));
        let done = test.until(&id, &sent.id, DeliveryStatus::Succeeded).await;
        assert_eq!(done.attempts.len(), 1);
    }
}

#[tokio::test]
async fn who_does_not_answer_in_time_or_at_all_is_tried_again() {
    let stage = || Stage {
        options: Options {
            timeout_seconds: 1,
            ..Options::default()
        },
        ..Stage::default()
    };
    for test in TestApp::all_with(stage).await {
        let receiver = Receiver::start().await;
        receiver.will([Reply::of(200).after(Duration::from_secs(3))]);
        let (id, _) = test.hook(&receiver, &[]).await;
        let sent = test.test(&id).await.unwrap();
        let tried = test.until_tried(&id, &sent.id, 1).await;
        assert!(
            tried.attempts[0].problem.contains("within 1 s"),
            "{tried:?}"
        );
        // Nobody listens there.
        let gone = receiver.known_as("http://127.0.0.1:9/".to_owned());
        let (id, _) = test.hook(&gone, &[]).await;
        let sent = test.test(&id).await.unwrap();
        let tried = test.until_tried(&id, &sent.id, 1).await;
        assert_eq!(tried.attempts[0].response_status, 0);
        assert!(!tried.attempts[0].problem.is_empty());
    }
}

#[tokio::test]
async fn nothing_is_connected_to_that_is_not_public_whatever_its_name() {
    let production = || Stage {
        reach: Reach::default(),
        ..Stage::default()
    };
    for test in TestApp::all_with(production).await {
        let receiver = Receiver::start().await;
        let port: u16 = receiver
            .url
            .split([':', '/'])
            .nth(4)
            .unwrap()
            .parse()
            .unwrap();
        let named = receiver.known_as(format!("https://localhost:{port}"));
        let (id, _) = test.hook(&named, &[]).await;
        let sent = test.test(&id).await.unwrap();
        let tried = test.until_tried(&id, &sent.id, 1).await;
        let problem = &tried.attempts[0].problem;
        assert!(problem.contains("no public address"), "{problem}");
        assert_eq!(receiver.connections.load(Ordering::SeqCst), 0);
    }
}

#[tokio::test]
async fn what_was_written_down_is_sent_after_a_restart() {
    let silent = || Stage {
        sends: false,
        ..Stage::default()
    };
    for test in TestApp::all_with(silent).await {
        let receiver = Receiver::start().await;
        let (id, secret) = test.hook(&receiver, &[]).await;
        let (user, _) = test.subscribe().await;
        let written = test.until_written(&id, 1).await;
        let test = test.again(Stage::default()).await;
        let got = receiver.until(1).await.remove(0);
        assert_eq!(got.id(), written[0]);
        assert_eq!(got.json()["data"]["userId"], user);
        assert_eq!(got.signed_by(&[&secret]), [true]);
        test.until(&id, got.id(), DeliveryStatus::Succeeded).await;
    }
}

#[tokio::test]
async fn what_was_taken_and_not_noted_is_sent_again_under_the_same_id() {
    for test in TestApp::all().await {
        let receiver = Receiver::start().await;
        let (id, _) = test.hook(&receiver, &[]).await;
        let sent = test.test(&id).await.unwrap();
        test.until(&id, &sent.id, DeliveryStatus::Succeeded).await;
        // What a process leaves that ends between the answer and its note.
        let ctx = test.db.ctx_at(test.harness.clock.clone());
        let tx = test.db.begin(&ctx).await.unwrap();
        tx.run("DELETE FROM attempts", []).await.unwrap();
        let undone = "UPDATE deliveries SET status = 1, attempts = 0, ended_at = NULL";
        tx.run(undone, []).await.unwrap();
        tx.commit().await.unwrap();
        test.nudge(&id).await;
        let done = test.until(&id, &sent.id, DeliveryStatus::Succeeded).await;
        assert_eq!(done.attempts.len(), 1);
        let got = receiver.until(2).await;
        assert_eq!((got.len(), got[1].id()), (2, got[0].id()));
    }
}

#[tokio::test]
async fn what_is_due_and_has_no_work_is_found() {
    let silent = || Stage {
        sends: false,
        ..Stage::default()
    };
    for test in TestApp::all_with(silent).await {
        let receiver = Receiver::start().await;
        let (id, _) = test.hook(&receiver, &[]).await;
        test.test(&id).await.unwrap();
        let ctx = test.db.ctx_at(test.harness.clock.clone());
        let tx = test.db.begin(&ctx).await.unwrap();
        tx.run("DELETE FROM work_items", []).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(test.app.look_for_lost(&ctx).await.unwrap(), 0);
        test.harness.clock.advance(Duration::from_mins(6));
        assert_eq!(test.app.look_for_lost(&ctx).await.unwrap(), 1);
        // The clock of the next process begins where this one's did.
        let test = test.again(Stage::default()).await;
        test.pass(Duration::from_mins(6), &id).await;
        receiver.until(1).await;
        assert_eq!(
            test.get(&id).await.unwrap().status(),
            WebhookStatus::Enabled
        );
    }
}
