//! Binding a login to a profile (C44, X-ID-7).

use std::time::Duration;

use sv_kernel::Error;
use sv_proto::{
    auth::{self as pb, AuthReason},
    common::CommonReason,
    options::Role,
    users::UserReason,
};

use super::{PASSWORD, TestApp, read};

const KID: &str = "0190b8e1-0000-7000-8000-000000000001";
const GROWN: &str = "0190b8e1-0000-7000-8000-000000000002";

async fn select(
    test: &TestApp,
    token: &str,
    profile: &str,
    password: &str,
) -> Result<pb::SelectProfileResponse, Error> {
    let request = pb::SelectProfileRequest {
        profile_id: profile.into(),
        pin: String::new(),
        password: password.into(),
    };
    let ctx = test.holder(token);
    let mut client = test.edge.clone();
    let answer = client.select_profile(sv_rpc::call(&ctx, request));
    Ok(answer.await.map_err(sv_rpc::error)?.into_inner())
}

#[tokio::test]
async fn a_bound_session_takes_the_place_of_the_old_one_and_stays_bound() {
    for test in TestApp::all().await {
        let ana = test.register("ana@example.com", PASSWORD).await.unwrap();
        let end = read(&ana.access_token).1["sxp"].clone();
        test.harness.clock.advance(Duration::from_mins(5));
        let bound = select(&test, &ana.access_token, KID, "").await.unwrap();
        assert!(bound.profile.unwrap().is_kids);
        let refused = test.verify(&ana.access_token).await.unwrap_err();
        assert!(refused.is(&CommonReason::TokenRevoked), "{refused}");
        let refused = test.refresh(&ana.refresh_token, None).await.unwrap_err();
        assert!(refused.is(&AuthReason::RefreshTokenInvalid), "{refused}");
        let refreshed = test.refresh(&bound.refresh_token, None).await.unwrap();
        for token in [&bound.access_token, &refreshed.access_token] {
            let verified = test.verify(token).await.unwrap();
            assert_eq!(verified.viewer.profile.unwrap().to_string(), KID);
            assert_eq!(read(token).1["sxp"], end, "no login is prolonged by it");
        }
    }
}

#[tokio::test]
async fn the_password_leads_out_and_a_wrong_one_does_not() {
    for test in TestApp::all().await {
        let ana = test.register("ana@example.com", PASSWORD).await.unwrap();
        let child = select(&test, &ana.access_token, KID, "").await.unwrap();
        let refused = select(&test, &child.access_token, GROWN, "")
            .await
            .unwrap_err();
        assert!(refused.is(&UserReason::ProfileProofRequired), "{refused}");
        let refused = select(&test, &child.access_token, GROWN, "wrong password").await;
        let refused = refused.unwrap_err();
        assert!(refused.is(&AuthReason::CredentialsWrong), "{refused}");
        test.verify(&child.access_token).await.unwrap();
        let grown = select(&test, &child.access_token, GROWN, PASSWORD)
            .await
            .unwrap();
        let verified = test.verify(&grown.access_token).await.unwrap();
        assert_eq!(verified.viewer.profile.unwrap().to_string(), GROWN);
    }
}

#[tokio::test]
async fn an_administrators_child_is_no_administrator() {
    for test in TestApp::all().await {
        super::admin::admin(&test, PASSWORD, Role::Admin)
            .await
            .unwrap();
        let root = test.login("ana@example.com", PASSWORD).await.unwrap();
        let child = select(&test, &root.access_token, KID, "").await.unwrap();
        let refreshed = test.refresh(&child.refresh_token, None).await.unwrap();
        for token in [&child.access_token, &refreshed.access_token] {
            assert_eq!(read(token).1["roles"], serde_json::json!(["viewer"]));
        }
        let grown = select(&test, &refreshed.access_token, GROWN, PASSWORD)
            .await
            .unwrap();
        assert_eq!(
            read(&grown.access_token).1["roles"],
            serde_json::json!(["viewer", "admin"])
        );
    }
}

/// X-ID-7: the token says whose it is, so that policies can.
#[tokio::test]
async fn a_childs_session_does_not_what_is_for_grown_ups() {
    for test in TestApp::all().await {
        let ana = test.register("ana@example.com", PASSWORD).await.unwrap();
        assert!(
            !test
                .verify(&ana.access_token)
                .await
                .unwrap()
                .viewer
                .for_child
        );
        let there = test.login("ana@example.com", PASSWORD).await.unwrap();
        let child = select(&test, &ana.access_token, KID, "").await.unwrap();
        let refreshed = test.refresh(&child.refresh_token, None).await.unwrap();
        for token in [&child.access_token, &refreshed.access_token] {
            let verified = test.verify(token).await.unwrap();
            assert!(verified.viewer.for_child);
        }
        let refused = test.logout(&refreshed.access_token, true).await;
        let refused = refused.unwrap_err();
        assert!(refused.is(&UserReason::ProfileLocked), "{refused}");
        test.verify(&there.access_token).await.unwrap();
        let ended = test.logout(&refreshed.access_token, false).await;
        assert_eq!(ended.unwrap(), 1, "its own it may end");
    }
}

#[tokio::test]
async fn a_profile_that_becomes_a_childs_makes_the_next_token_a_childs() {
    for test in TestApp::all().await {
        let ana = test.register("ana@example.com", PASSWORD).await.unwrap();
        let grown = select(&test, &ana.access_token, GROWN, "").await.unwrap();
        let verified = test.verify(&grown.access_token).await.unwrap();
        assert!(!verified.viewer.for_child);
        test.users.turn_into_kids(GROWN);
        let next = test.refresh(&grown.refresh_token, None).await.unwrap();
        let verified = test.verify(&next.access_token).await.unwrap();
        assert!(verified.viewer.for_child);

        // One that is gone may have been.
        let ben = test.register("ben@example.com", PASSWORD).await.unwrap();
        let gone = "0190b8e1-0000-7000-8000-000000000009";
        let gone = select(&test, &ben.access_token, gone, "").await.unwrap();
        let next = test.refresh(&gone.refresh_token, None).await.unwrap();
        assert!(
            test.verify(&next.access_token)
                .await
                .unwrap()
                .viewer
                .for_child
        );
    }
}

#[tokio::test]
async fn passwords_are_compared_for_users_only() {
    let test = TestApp::all().await.remove(0);
    let ana = test.register("ana@example.com", PASSWORD).await.unwrap();
    let user_id = ana.user.unwrap().id;
    let compare = async |caller: &str, password: &str| {
        let mesh = test.harness.mesh.calling_as(caller);
        let transport = mesh.client_transport("auth").unwrap();
        let request = pb::VerifyPasswordRequest {
            user_id: user_id.clone(),
            password: password.into(),
        };
        let mut client = pb::auth_service_client::AuthServiceClient::new(transport);
        let answer = client.verify_password(sv_rpc::call(&test.stranger(), request));
        answer.await.map(drop).map_err(sv_rpc::error)
    };
    compare("users", PASSWORD).await.unwrap();
    let refused = compare("users", "wrong password").await.unwrap_err();
    assert!(refused.is(&AuthReason::CredentialsWrong), "{refused}");
    let refused = compare("edge", PASSWORD).await.unwrap_err();
    assert!(refused.is(&CommonReason::RouteNotFound), "{refused}");
    let refused = compare("content", PASSWORD).await.unwrap_err();
    assert!(refused.is(&CommonReason::PermissionDenied), "{refused}");
}
