//! Audit records: in the transaction of the act, and bounded where they are refusals (ADM-2).

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use sv_kernel::{
    Ctx, MovableClock, Timestamp, Trail,
    audit::{AuditLog as _, Outcome},
};
use sv_proto::admin::{AuditActorKind, AuditOutcome, AuditRecord};

use super::{NOTES, insert};
use crate::{
    audit::{self, Act, AuditRecords},
    testing::TestDb,
};

fn clock() -> Arc<MovableClock> {
    Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_000)))
}

/// The context of a call that leaves a record.
fn call(db: &TestDb, clock: &Arc<MovableClock>, from: &str) -> Ctx {
    Ctx {
        actor: sv_kernel::Actor::Anonymous,
        client: from.parse().ok(),
        trail: Some(Trail::of("note.written")),
        request_id: "r-1".into(),
        ..db.ctx_at(clock.clone())
    }
}

#[tokio::test]
async fn a_record_is_there_if_and_only_if_its_act_is() {
    for db in TestDb::all(NOTES).await {
        let ctx = call(&db, &clock(), "192.0.2.7");
        let trail = ctx.trail.clone().unwrap();
        let act = || {
            Act::on("note", 1).changed(json!({"body": "a", "n": 1}), json!({"body": "b", "n": 1}))
        };

        let tx = db.begin(&ctx).await.unwrap();
        insert(&tx, 1, "default").await.unwrap();
        audit::record(&tx, &ctx, act()).await.unwrap();
        tx.rollback().await.unwrap();
        assert!(!trail.is_settled() && db.audit_records().await.is_empty());

        let tx = db.begin(&ctx).await.unwrap();
        insert(&tx, 1, "default").await.unwrap();
        audit::record(&tx, &ctx, act()).await.unwrap();
        assert!(
            !trail.is_settled(),
            "before the commit nothing has happened"
        );
        tx.commit().await.unwrap();
        assert!(trail.is_settled());

        let [record] = &*db.audit_records().await else {
            panic!("one record")
        };
        assert_eq!(
            (&*record.service, &*record.action),
            ("test", "note.written")
        );
        assert_eq!(
            (&*record.address, &*record.request_id),
            ("192.0.2.7", "r-1")
        );
        assert_eq!(record.outcome(), AuditOutcome::Ok);
        let subject = record.subject.as_ref().unwrap();
        assert_eq!((&*subject.kind, &*subject.id), ("note", "1"));
        let fields = |values: &Option<prost_types::Struct>| {
            let fields = values.as_ref().unwrap().fields.keys().cloned();
            fields.collect::<Vec<_>>()
        };
        assert_eq!(fields(&record.old_values), ["body"]);
        assert_eq!(fields(&record.new_values), ["body"]);
        let row = db.begin(&ctx).await.unwrap();
        let stored = row.row("SELECT new_values FROM audit_records", []).await;
        let stored: String = stored.unwrap().unwrap().try_get("", "new_values").unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(&stored).unwrap(),
            json!({"body": "b"})
        );
    }
}

#[tokio::test]
async fn the_command_line_acts_as_operator() {
    let db = TestDb::sqlite(NOTES).await;
    let ctx = Ctx {
        actor: sv_kernel::Actor::Service("operator".into()),
        ..call(&db, &clock(), "")
    };
    audit::record_alone(&db, &ctx, Act::on("note", 1))
        .await
        .unwrap();
    let record = db.audit_records().await.remove(0);
    assert_eq!(record.actor.unwrap().kind(), AuditActorKind::Operator);
}

fn times(records: &[AuditRecord]) -> Vec<i64> {
    records.iter().map(|record| record.times).collect()
}

#[tokio::test]
async fn the_same_refusal_again_and_again_is_two_records_a_minute() {
    for db in TestDb::all(NOTES).await {
        let clock = clock();
        let records = AuditRecords::new((*db).clone());
        let ctx = call(&db, &clock, "192.0.2.7");
        for _ in 0..500 {
            records
                .refused(&ctx, Outcome::Denied, "PERMISSION_DENIED")
                .await
                .unwrap();
        }
        records.flush(&ctx, false).await.unwrap();
        assert_eq!(times(&db.audit_records().await), [1], "the first, at once");
        clock.advance(Duration::from_secs(61));
        records.flush(&ctx, false).await.unwrap();
        let written = db.audit_records().await;
        assert_eq!(times(&written), [1, 499]);
        assert!(
            written
                .iter()
                .all(|record| record.outcome() == AuditOutcome::Denied
                    && record.reason == "PERMISSION_DENIED")
        );
        // Another reason, another caller: not the same.
        records
            .refused(&ctx, Outcome::Failed, "OTHER")
            .await
            .unwrap();
        let other = call(&db, &clock, "192.0.2.8");
        records
            .refused(&other, Outcome::Failed, "OTHER")
            .await
            .unwrap();
        assert_eq!(db.audit_records().await.len(), 4);
    }
}

#[tokio::test]
async fn a_flood_from_everywhere_does_not_fill_the_disk_and_is_counted_whole() {
    let db = TestDb::sqlite(NOTES).await;
    let clock = clock();
    let records = AuditRecords::new((*db).clone());
    for n in 0..20_000_u32 {
        let from = std::net::Ipv4Addr::from_bits(0x0A00_0000 + n).to_string();
        let ctx = call(&db, &clock, &from);
        records
            .refused(&ctx, Outcome::Denied, "UNAUTHENTICATED")
            .await
            .unwrap();
    }
    clock.advance(Duration::from_secs(61));
    records.flush(&call(&db, &clock, ""), false).await.unwrap();
    let written = db.audit_records().await;
    assert!(written.len() <= 102, "{} records", written.len());
    assert_eq!(times(&written).iter().sum::<i64>(), 20_000);
    // Later refusals have records of their own again.
    clock.advance(Duration::from_mins(10));
    let ctx = call(&db, &clock, "198.51.100.1");
    records
        .refused(&ctx, Outcome::Denied, "UNAUTHENTICATED")
        .await
        .unwrap();
    assert_eq!(
        db.audit_records().await.last().unwrap().address,
        "198.51.100.1"
    );
}

#[tokio::test]
async fn what_was_counted_is_written_at_the_end_and_old_records_go() {
    let db = TestDb::sqlite(NOTES).await;
    let clock = clock();
    let records = AuditRecords::new((*db).clone());
    let ctx = call(&db, &clock, "192.0.2.7");
    for _ in 0..3 {
        records.refused(&ctx, Outcome::Failed, "X").await.unwrap();
    }
    let stop = tokio_util::sync::CancellationToken::new();
    stop.cancel();
    let keep = Duration::from_hours(24);
    records.clone().run(ctx.clone(), keep, stop.clone()).await;
    assert_eq!(times(&db.audit_records().await), [1, 2]);
    let rows = async || {
        let tx = db.begin(&db.ctx()).await.unwrap();
        let row = tx.row("SELECT COUNT(*) AS n FROM audit_records", []).await;
        row.unwrap().unwrap().try_get::<i64>("", "n").unwrap()
    };
    assert_eq!(rows().await, 2);
    clock.advance(Duration::from_hours(25));
    records.run(ctx, keep, stop).await;
    assert_eq!(rows().await, 0);
}
