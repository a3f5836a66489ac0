use std::time::Duration;

use sv_kernel::Tenant;
use sv_proto::{
    admin::{self as pb, AdminReason, AuditOutcome},
    common::CommonReason,
    options::Role,
};

use sv_store::testing::TestDb;

use super::{TestApp, record};
use crate::{MIGRATIONS, Options, app::App};

fn of_action(action: &str) -> pb::ListAuditRecordsRequest {
    pb::ListAuditRecordsRequest {
        action: action.into(),
        page_size: 100,
        ..Default::default()
    }
}

#[tokio::test]
async fn records_of_services_are_found_by_every_condition_and_once() {
    for test in TestApp::all().await {
        for n in 0..12 {
            test.tell("default", &record(n)).await;
        }
        // Delivered twice.
        test.tell("default", &record(3)).await;
        let denied = pb::AuditRecord {
            outcome: AuditOutcome::Denied.into(),
            ..record(100)
        };
        test.tell("default", &denied).await;
        test.until(of_action("content.updated"), 7).await;
        test.until(of_action("content.deleted"), 6).await;
        let admin = test.person(Role::Admin);
        let count = async |asked: pb::ListAuditRecordsRequest| {
            let asked = pb::ListAuditRecordsRequest {
                subject_kind: "content".into(),
                page_size: 100,
                ..asked
            };
            test.list(&admin, asked).await.unwrap().items.len()
        };
        let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
        let all = pb::ListAuditRecordsRequest::default();
        assert_eq!(count(all.clone()).await, 13);
        let asked = pb::ListAuditRecordsRequest {
            actor_id: "account-1".into(),
            ..all.clone()
        };
        assert_eq!(count(asked).await, 5);
        let asked = pb::ListAuditRecordsRequest {
            subject_id: "film-3".into(),
            ..all.clone()
        };
        assert_eq!(count(asked).await, 1);
        let asked = pb::ListAuditRecordsRequest {
            outcome: AuditOutcome::Denied.into(),
            ..all.clone()
        };
        assert_eq!(count(asked).await, 1);
        let asked = pb::ListAuditRecordsRequest {
            from: at(1_600_000_002),
            to: at(1_600_000_005),
            ..all
        };
        assert_eq!(count(asked).await, 3);
    }
}

#[tokio::test]
async fn pages_go_from_the_newest_to_the_oldest_without_gap_or_double() {
    for test in TestApp::all().await {
        for n in 0..25 {
            test.tell("default", &record(n)).await;
        }
        let asked = pb::ListAuditRecordsRequest {
            subject_kind: "content".into(),
            page_size: 100,
            ..Default::default()
        };
        let whole = test.until(asked.clone(), 25).await;
        let admin = test.person(Role::Admin);
        let (mut paged, mut token) = (Vec::new(), String::new());
        loop {
            let asked = pb::ListAuditRecordsRequest {
                page_size: 10,
                page_token: token,
                ..asked.clone()
            };
            let page = test.list(&admin, asked).await.unwrap();
            paged.extend(page.items);
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(paged, whole);
        assert!(paged.is_sorted_by_key(|record| std::cmp::Reverse(record.time.unwrap().seconds)));
        let other_question = pb::ListAuditRecordsRequest {
            page_token: test
                .list(
                    &admin,
                    pb::ListAuditRecordsRequest {
                        page_size: 10,
                        ..asked
                    },
                )
                .await
                .unwrap()
                .next_page_token,
            ..Default::default()
        };
        let refused = test.list(&admin, other_question).await.unwrap_err();
        assert!(refused.is(&CommonReason::PageInvalid), "{refused}");
    }
}

/// TEN-1, C26.
#[tokio::test]
async fn only_administrators_of_the_tenant_read_its_records() {
    for test in TestApp::all().await {
        test.tell("acme", &record(1)).await;
        test.tell("default", &record(2)).await;
        let mine = test.until(of_action("content.updated"), 1).await;
        assert_eq!(mine.len(), 1);
        let admin = test.person(Role::Admin);
        for (ctx, reason) in [
            (test.person(Role::Viewer), CommonReason::PermissionDenied),
            (test.person(Role::Support), CommonReason::PermissionDenied),
            (test.harness.anonymous(), CommonReason::Unauthenticated),
        ] {
            let refused = test.list(&ctx, of_action("")).await.unwrap_err();
            assert!(refused.is(&reason), "{refused}");
        }
        let theirs = pb::GetAuditRecordRequest {
            record_id: record(1).id,
        };
        let request = sv_rpc::call(&admin, theirs);
        let unknown = test.edge.clone().get_audit_record(request).await;
        let unknown = sv_rpc::error(unknown.unwrap_err());
        assert!(unknown.is(&AdminReason::AuditRecordNotFound), "{unknown}");
        let own = pb::GetAuditRecordRequest {
            record_id: record(2).id,
        };
        let request = sv_rpc::call(&admin, own);
        let found = test.edge.clone().get_audit_record(request).await;
        assert_eq!(found.unwrap().into_inner().record, Some(record(2)));
        assert_eq!(Tenant::default().as_str(), "default");
    }
}

#[tokio::test]
async fn reading_leaves_a_record_and_being_refused_too() {
    for test in TestApp::all().await {
        let admin = test.person(Role::Admin);
        test.list(&admin, of_action("content.updated"))
            .await
            .unwrap();
        let viewer = test.person(Role::Viewer);
        test.list(&viewer, of_action("")).await.unwrap_err();
        let written = test.db.audit_records().await;
        let outcomes: Vec<_> = written.iter().map(pb::AuditRecord::outcome).collect();
        assert_eq!(outcomes, [AuditOutcome::Ok, AuditOutcome::Denied]);
        assert!(written.iter().all(|record| record.action == "audit.read"));
    }
}

#[tokio::test]
async fn records_go_when_their_time_is_over() {
    for test in TestApp::all().await {
        for n in 0..3 {
            test.tell("default", &record(n)).await;
        }
        test.until(of_action("content.updated"), 2).await;
        let app = App::new(&test.hosted);
        let ctx = test.hosted.background();
        let keep = Options::default().audit_retention();
        assert_eq!(keep, Duration::from_hours(400 * 24));
        test.harness
            .clock
            .set(sv_kernel::Timestamp::from_secs(1_600_000_001) + keep);
        let before = ctx.now() - keep;
        assert_eq!(app.forget(&ctx, before).await.unwrap(), 1);
    }
}

/// What can be read is read on a full disk, and who has read it is on record once there is room.
#[tokio::test]
async fn records_are_read_on_a_full_disk_and_who_read_them_is_recorded_later() {
    let test = TestApp::on(TestDb::sqlite(MIGRATIONS).await).await;
    test.tell("default", &record(2)).await;
    test.until(of_action("content.updated"), 1).await;
    let admin = test.person(Role::Admin);
    let before = test.db.audit_records().await.len();
    test.db.fill(true).await;
    let app = App::new(&test.hosted);
    let mut readings = 0;
    // The pages that are there take some records.
    while test.db.audit_records().await.len() == before + readings {
        let asked = of_action("content.updated");
        assert_eq!(test.list(&admin, asked).await.unwrap().items.len(), 1);
        readings += 1;
        assert!(readings < 500, "the database is not full");
    }
    let request = pb::GetAuditRecordRequest {
        record_id: record(2).id,
    };
    let mut edge = test.edge.clone();
    let got = edge.get_audit_record(sv_rpc::call(&admin, request)).await;
    assert!(got.unwrap().into_inner().record.is_some());
    test.db.fill(false).await;
    let written = async {
        while test.db.audit_records().await.len() < before + readings + 1 {
            app.write_waiting().await.unwrap();
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), written)
        .await
        .unwrap();
    let records = test.db.audit_records().await;
    let last = records.last().unwrap();
    assert_eq!(last.action, "audit.read");
    assert_eq!(last.subject.clone().unwrap().id, record(2).id);
    assert!(last.time.unwrap().seconds <= records[before].time.unwrap().seconds + 60);
}
