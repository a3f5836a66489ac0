//! Every audited call leaves a record, whatever becomes of it (ADM-2).

use sv_kernel::{Actor, Bearer, Ctx, Error, audit::Outcome};
use sv_proto::{
    common::CommonReason,
    users::{self as pb, UserReason},
};

use super::{
    services::Act,
    site::{Site, create_profile},
};
use crate::testing::Recorded;

async fn create(site: &Site, ctx: &Ctx, name: &str) -> Result<(), Error> {
    let request = crate::call(ctx, create_profile(name));
    let answer = site.client_of("edge").create_profile(request).await;
    answer.map(drop).map_err(crate::error)
}

/// The one record that a call left.
fn only(site: &Site) -> Recorded {
    let records = site.audit.take();
    assert_eq!(records.len(), 1, "{}: {records:?}", site.kind);
    records.into_iter().next().unwrap()
}

#[tokio::test]
async fn a_success_that_left_no_record_of_its_own_has_one() {
    for site in Site::both().await {
        let ctx = Ctx {
            client: "192.0.2.7".parse().ok(),
            ..site.viewer()
        };
        create(&site, &ctx, "Ana").await.unwrap();
        let record = only(&site);
        assert_eq!(record.action, "profile.created");
        assert_eq!((record.outcome, &*record.reason), (Outcome::Ok, ""));
        assert_eq!(record.client, ctx.client, "as the edge saw it");
        let user = |actor: &Actor| actor.viewer().unwrap().user;
        assert_eq!(user(&record.actor), user(&ctx.actor));
    }
}

#[tokio::test]
async fn calls_that_leave_none_by_their_policy_leave_none() {
    for site in Site::both().await {
        let request = crate::call(&site.viewer(), pb::GetMeRequest {});
        site.client_of("edge").get_me(request).await.unwrap();
        assert_eq!(site.audit.take(), []);
    }
}

#[tokio::test]
async fn a_method_that_settled_its_record_leaves_no_second() {
    let site = Site::here();
    create(&site, &site.viewer(), "Ana").await.unwrap();
    site.audit.take();
    // The same key again: answered from memory, and done once.
    for _ in 0..2 {
        let mut request = crate::call(&site.viewer(), create_profile("Bo"));
        let key = "k".parse().unwrap();
        request.metadata_mut().insert("idempotency-key", key);
        site.client_of("edge")
            .create_profile(request)
            .await
            .unwrap();
    }
    assert_eq!(site.audit.take().len(), 1);
}

#[tokio::test]
async fn strangers_bad_tokens_faults_and_panics_are_recorded() {
    for site in Site::both().await {
        let stranger = site.harness.anonymous();
        create(&site, &stranger, "Ana").await.unwrap_err();
        let record = only(&site);
        assert_eq!(
            (record.outcome, &*record.reason),
            (Outcome::Denied, "UNAUTHENTICATED")
        );
        assert_eq!(record.actor, Actor::Anonymous);

        let forger = Ctx {
            bearer: Some(Bearer::new("eyJ.x.y")),
            ..stranger
        };
        create(&site, &forger, "Ana").await.unwrap_err();
        let record = only(&site);
        assert_eq!(
            (record.outcome, &*record.reason),
            (Outcome::Denied, "TOKEN_INVALID")
        );

        create(&site, &site.viewer(), "").await.unwrap_err();
        assert_eq!(only(&site).reason, "VALIDATION_FAILED");

        site.users.then(Act::Fail(UserReason::ProfileLimit.into()));
        create(&site, &site.viewer(), "Ana").await.unwrap_err();
        let record = only(&site);
        assert_eq!(
            (record.outcome, &*record.reason),
            (Outcome::Failed, "PROFILE_LIMIT")
        );

        site.users.then(Act::Panic);
        let failed = create(&site, &site.viewer(), "Ana").await.unwrap_err();
        assert!(failed.is(&CommonReason::Internal));
        assert_eq!(only(&site).reason, "INTERNAL");
    }
}

#[tokio::test]
async fn a_failed_act_names_what_it_was_about() {
    for site in Site::both().await {
        let id = "0190b8e1-7c3a-7d2f-8a44-5f0c2b9d1e67";
        let request = pb::DeleteProfileRequest {
            profile_id: id.into(),
        };
        site.users.then(Act::Fail(UserReason::ProfileLast.into()));
        let request = crate::call(&site.viewer(), request);
        let refused = site.client_of("edge").delete_profile(request).await;
        refused.unwrap_err();
        let subject = only(&site).subject;
        assert_eq!(subject, Some(("profile".into(), id.into())));
    }
}

#[tokio::test]
async fn an_audited_service_without_a_log_does_not_start() {
    let site = Site::here();
    let mut builder = site.harness.builder();
    builder.add("users", site.users.clone());
    let problems = builder.build().unwrap_err();
    let audited = problems.iter().filter(|p| p.contains("has no audit log"));
    assert!(audited.count() >= 4, "{problems:?}");
}
