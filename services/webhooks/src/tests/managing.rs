//! Webhooks are made, looked at, changed and deleted.

use sv_proto::{
    common::CommonReason,
    webhooks::{self as pb, DeliveryStatus, WebhookReason, WebhookStatus},
};
use sv_rpc::{call, error};

use super::{Stage, TestApp, receiver::Receiver};
use crate::Options;

fn wanted(url: &str) -> pb::Webhook {
    pb::Webhook {
        url: url.to_owned(),
        description: " Billing ".to_owned(),
        event_types: vec![
            "user.registered".to_owned(),
            "payment.changed".to_owned(),
            "user.registered".to_owned(),
        ],
        ..Default::default()
    }
}

#[tokio::test]
async fn a_secret_is_shown_once_and_stored_sealed() {
    for test in TestApp::all().await {
        let url = " HTTPS://example.com/a?token=s3cret\n";
        let made = test.create(wanted(url)).await.unwrap();
        let webhook = made.webhook.unwrap();
        assert_eq!(webhook.url, url.trim());
        assert!(made.secret.starts_with("whsec_") && made.secret.len() == 50);
        assert_eq!(
            (&*webhook.description, &webhook.event_types[..]),
            (
                "Billing",
                &["payment.changed".to_owned(), "user.registered".to_owned()][..]
            )
        );
        assert_eq!(
            (webhook.status(), webhook.version),
            (WebhookStatus::Enabled, 1)
        );
        assert_eq!(test.get(&webhook.id).await.unwrap(), webhook);
        let records = test.db.audit_records().await;
        let record = records.last().unwrap();
        assert_eq!(record.action, "webhook.created");
        let told = format!("{records:?}");
        assert!(told.contains("example.com/a?token=…"), "{told}");
        assert!(!told.contains(&made.secret) && !told.contains("s3cret"));
    }
}

#[tokio::test]
async fn a_change_names_the_version_that_it_has_seen() {
    for test in TestApp::all().await {
        let made = test.create(wanted("https://example.com/a")).await.unwrap();
        let id = made.webhook.unwrap().id;
        let change = |version| pb::Webhook {
            url: "https://example.com/b".to_owned(),
            version,
            ..Default::default()
        };
        let changed = test.update(&id, change(1), &["url"]).await.unwrap();
        assert_eq!(
            (changed.url.as_str(), &*changed.description, changed.version),
            ("https://example.com/b", "Billing", 2)
        );
        let late = test.update(&id, change(1), &["url"]).await.unwrap_err();
        assert!(late.is(&CommonReason::VersionMismatch), "{late}");
        // All of it.
        let replaced = test.update(&id, change(0), &[]).await.unwrap();
        assert_eq!(
            (&*replaced.description, replaced.event_types.len()),
            ("", 0)
        );
        let disabled = test.set(&id, WebhookStatus::Disabled).await;
        assert_eq!(disabled.status(), WebhookStatus::Disabled);
        test.delete(&id).await.unwrap();
        let gone = test.get(&id).await.unwrap_err();
        assert!(gone.is(&WebhookReason::WebhookNotFound), "{gone}");
        let again = test.delete(&id).await.unwrap_err();
        assert!(again.is(&WebhookReason::WebhookNotFound), "{again}");
    }
}

#[tokio::test]
async fn there_is_a_bound_and_lists_have_pages() {
    let stage = || Stage {
        options: Options {
            limit: 3,
            ..Options::default()
        },
        ..Stage::default()
    };
    for test in TestApp::all_with(stage).await {
        for n in 0..3 {
            let url = format!("https://example.com/{n}");
            test.create(wanted(&url)).await.unwrap();
        }
        let refused = test.create(wanted("https://example.com/3")).await;
        let refused = refused.unwrap_err();
        assert!(refused.is(&WebhookReason::WebhookLimit), "{refused}");
        let (mut urls, mut page_token) = (Vec::new(), String::new());
        loop {
            let request = pb::ListWebhooksRequest {
                page_size: 2,
                page_token,
                ..Default::default()
            };
            let mut client = test.client.clone();
            let page = client.list_webhooks(call(&test.root(), request)).await;
            let page = page.unwrap().into_inner();
            urls.extend(page.items.into_iter().map(|one| one.url));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        let all = [2, 1, 0].map(|n| format!("https://example.com/{n}"));
        assert_eq!(urls, all);
    }
}

#[tokio::test]
async fn an_address_to_which_nothing_is_sent_is_refused() {
    let production = || Stage {
        reach: crate::domain::Reach::default(),
        ..Stage::default()
    };
    for test in TestApp::all_with(production).await {
        for url in [
            "http://example.com/",
            "https://127.0.0.1/",
            "https://[fd00::1]/",
            "https://a:b@example.com/",
        ] {
            let refused = test.create(wanted(url)).await.unwrap_err();
            assert!(refused.is(&CommonReason::ValidationFailed), "{url}");
            let told = format!("{refused:?}");
            assert!(told.contains("webhook.url"), "{told}");
        }
        let unknown = pb::Webhook {
            event_types: vec!["user.sneezed".to_owned()],
            ..wanted("https://example.com/")
        };
        let refused = test.create(unknown).await.unwrap_err();
        assert!(refused.is(&CommonReason::ValidationFailed), "{refused}");
    }
}

#[tokio::test]
async fn only_administrators_see_webhooks() {
    for test in TestApp::all().await {
        let viewer = test.harness.viewer(test.harness.env.ids.next(), []);
        let mut client = test.client.clone();
        let refused = client.list_webhooks(call(&viewer, pb::ListWebhooksRequest::default()));
        let refused = refused.await.map_err(error).unwrap_err();
        assert!(refused.is(&CommonReason::PermissionDenied), "{refused}");
    }
}

#[tokio::test]
async fn what_was_sent_is_deleted_with_its_webhook_and_after_its_time() {
    for test in TestApp::all().await {
        let receiver = Receiver::start().await;
        let (one, _) = test.hook(&receiver, &[]).await;
        let (other, _) = test.hook(&receiver, &[]).await;
        for id in [&one, &other] {
            let sent = test.test(id).await.unwrap();
            test.until(id, &sent.id, DeliveryStatus::Succeeded).await;
        }
        test.delete(&one).await.unwrap();
        let rows = async |table: &str| {
            use sea_orm::{ConnectionTrait as _, Statement};
            let sql = format!("SELECT COUNT(*) AS n FROM {table}");
            let count = Statement::from_string(test.db.read().get_database_backend(), sql);
            let row = test.db.read().query_one_raw(count).await.unwrap().unwrap();
            row.try_get::<i64>("", "n").unwrap()
        };
        let begin = std::time::Instant::now();
        while rows("deliveries").await > 1 {
            assert!(begin.elapsed() < super::PATIENCE);
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!((rows("attempts").await, rows("secrets").await), (1, 1));
        let ctx = test.db.ctx_at(test.harness.clock.clone());
        let day = std::time::Duration::from_hours(24);
        test.harness.clock.advance(day * 29);
        assert_eq!(test.app.forget(&ctx).await.unwrap(), 0);
        test.harness.clock.advance(day * 2);
        assert_eq!(test.app.forget(&ctx).await.unwrap(), 1);
        assert_eq!((rows("deliveries").await, rows("attempts").await), (0, 0));
    }
}
