//! What signing in leaves behind for those who run the installation (ADM-2).

use sv_kernel::Ctx;
use sv_proto::{
    admin::{AuditActorKind, AuditOutcome, AuditRecord},
    auth as pb,
    options::Role,
};

use super::{PASSWORD, TestApp};

/// Takes the records of the test so far: all of them, in order.
async fn records(test: &TestApp) -> Vec<AuditRecord> {
    test.db.audit_records().await
}

fn told(record: &AuditRecord) -> (&str, AuditOutcome, &str, &str) {
    let subject = record.subject.as_ref().unwrap();
    (
        &record.action,
        record.outcome(),
        &record.reason,
        &subject.kind,
    )
}

#[tokio::test]
async fn signing_in_and_out_and_failing_to_are_recorded_with_the_account() {
    for test in TestApp::all().await {
        let ana = test.register("ana@example.com", PASSWORD).await.unwrap();
        let from = Ctx {
            client: "192.0.2.7".parse().ok(),
            ..test.stranger()
        };
        let wrong = test.login_in(&from, "ana@example.com", "wrong password");
        wrong.await.unwrap_err();
        let answer = test
            .login_in(&from, "ana@example.com", PASSWORD)
            .await
            .unwrap();
        test.logout(&answer.access_token, false).await.unwrap();
        let records = records(&test).await;
        let user = ana.user.unwrap().id;
        let told: Vec<_> = records.iter().map(told).collect();
        assert_eq!(
            told,
            [
                ("auth.registered", AuditOutcome::Ok, "", "account"),
                (
                    "auth.logged_in",
                    AuditOutcome::Denied,
                    "CREDENTIALS_WRONG",
                    "account"
                ),
                ("auth.logged_in", AuditOutcome::Ok, "", "account"),
                ("auth.logged_out", AuditOutcome::Ok, "", "account"),
            ]
        );
        assert!(
            records
                .iter()
                .all(|r| r.subject.as_ref().unwrap().id == user)
        );
        assert_eq!(
            (&*records[1].address, &*records[2].address),
            ("192.0.2.7", "192.0.2.7")
        );
        let actor = records[3].actor.as_ref().unwrap();
        assert_eq!(
            (actor.kind(), &*actor.id),
            (AuditActorKind::Account, &*user)
        );
        assert!(!actor.session_id.is_empty());
    }
}

#[tokio::test]
async fn an_address_without_an_account_is_told_by_its_digest_only() {
    for test in TestApp::all().await {
        for email in ["eve@example.com", "eve@example.com", "mal@example.com"] {
            test.login(email, "wrong password").await.unwrap_err();
        }
        let records = records(&test).await;
        let subjects: Vec<_> = records.iter().map(|r| r.subject.clone().unwrap()).collect();
        assert_eq!(
            subjects.len(),
            2,
            "the same again within a minute is counted"
        );
        assert!(
            subjects
                .iter()
                .all(|s| s.kind == "address" && s.id.len() == 16)
        );
        assert_ne!(subjects[0].id, subjects[1].id);
    }
}

#[tokio::test]
async fn a_reused_refresh_token_is_recorded_with_the_end_of_its_session() {
    for test in TestApp::all().await {
        let first = test.register("ana@example.com", PASSWORD).await.unwrap();
        test.refresh(&first.refresh_token, None).await.unwrap();
        test.refresh(&first.refresh_token, None).await.unwrap_err();
        let records = records(&test).await;
        let last = records.last().unwrap();
        assert_eq!(
            told(last),
            (
                "auth.refresh_token_reused",
                AuditOutcome::Denied,
                "REFRESH_TOKEN_REUSED",
                "account"
            )
        );
        assert_eq!(last.subject.as_ref().unwrap().id, first.user.unwrap().id);
        assert!(
            last.new_values
                .as_ref()
                .unwrap()
                .fields
                .contains_key("endedSessions")
        );
    }
}

#[tokio::test]
async fn a_role_given_by_the_operator_is_recorded_before_and_after_without_the_password() {
    for test in TestApp::all().await {
        test.register("ana@example.com", PASSWORD).await.unwrap();
        let request = pb::CreateAdminRequest {
            email: "ana@example.com".into(),
            password: "another password".into(),
            name: "Ana".into(),
            role: Role::Admin.into(),
            existing: pb::ExistingAccount::ReplacePassword.into(),
        };
        let request = sv_rpc::call(&test.stranger(), request);
        test.operator.clone().create_admin(request).await.unwrap();
        let records = records(&test).await;
        let last = records.last().unwrap();
        assert_eq!(told(last).0, "auth.admin_created");
        let actor = last.actor.as_ref().unwrap();
        assert_eq!(actor.kind(), AuditActorKind::Operator);
        let names = |values: &Option<prost_types::Struct>| {
            let fields = values.as_ref().unwrap().fields.keys().cloned();
            fields.collect::<Vec<_>>()
        };
        assert_eq!(names(&last.old_values), ["roles"]);
        assert_eq!(
            names(&last.new_values),
            ["endedSessions", "password", "roles"]
        );
        for record in &records {
            let all = format!("{record:?}");
            for secret in [PASSWORD, "another password", "$2b$"] {
                assert!(!all.contains(secret), "{all}");
            }
        }
    }
}
