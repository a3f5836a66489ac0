//! Roles that administrators give, and devices that people sign out (AUTH-12..14, X-ID-3).

use sv_kernel::{Ctx, Error};
use sv_proto::{
    auth::{self as pb, AuthReason},
    common::CommonReason,
    options::Role,
    users::UserReason,
};

use super::{PASSWORD, TestApp, read};

const ANA: &str = "ana@example.com";

/// An administrator, signed in, and the id of the account.
async fn root(test: &TestApp) -> (Ctx, String) {
    let request = pb::CreateAdminRequest {
        email: "root@example.com".into(),
        password: PASSWORD.into(),
        name: "Root".into(),
        role: Role::Admin.into(),
        ..pb::CreateAdminRequest::default()
    };
    let request = sv_rpc::call(&test.stranger(), request);
    let made = test.operator.clone().create_admin(request).await.unwrap();
    let token = test.login("root@example.com", PASSWORD).await.unwrap();
    let user = made.into_inner().user.unwrap().id;
    (test.holder(&token.access_token), user)
}

async fn set(test: &TestApp, by: &Ctx, user: &str, roles: &[Role]) -> Result<i32, Error> {
    let request = pb::SetRolesRequest {
        user_id: user.into(),
        roles: roles.iter().copied().map(Into::into).collect(),
    };
    let answer = test.edge.clone().set_roles(sv_rpc::call(by, request)).await;
    Ok(answer.map_err(sv_rpc::error)?.into_inner().ended_sessions)
}

async fn roles(test: &TestApp) -> serde_json::Value {
    let answer = test.login(ANA, PASSWORD).await.unwrap();
    read(&answer.access_token).1["roles"].clone()
}

#[tokio::test]
async fn an_administrator_gives_and_takes_roles() {
    for test in TestApp::all().await {
        let (root, own) = root(&test).await;
        let made = test.register(ANA, PASSWORD).await.unwrap();
        let user = made.user.unwrap().id;
        let wanted = [Role::Support, Role::Creator, Role::Viewer, Role::Creator];
        assert_eq!(set(&test, &root, &user, &wanted).await.unwrap(), 0);
        assert_eq!(
            roles(&test).await,
            serde_json::json!(["viewer", "creator", "support"])
        );
        // What was open before stays open: it has no more than it had.
        test.verify(&made.access_token).await.unwrap();
        let request = pb::GetRolesRequest {
            user_id: user.clone(),
        };
        let mut edge = test.edge.clone();
        let told = edge.get_roles(sv_rpc::call(&root, request)).await;
        let told = told.unwrap().into_inner();
        assert_eq!(
            told.roles().collect::<Vec<_>>(),
            [Role::Creator, Role::Support]
        );

        // Who loses one is signed out, so that no token has it any longer.
        assert_eq!(set(&test, &root, &user, &[Role::Creator]).await.unwrap(), 2);
        let refused = test.verify(&made.access_token).await.unwrap_err();
        assert!(refused.is(&CommonReason::TokenRevoked), "{refused}");
        assert_eq!(set(&test, &root, &user, &[Role::Creator]).await.unwrap(), 0);
        assert_eq!(roles(&test).await, serde_json::json!(["viewer", "creator"]));
        assert_eq!(set(&test, &root, &user, &[]).await.unwrap(), 1);
        assert_eq!(roles(&test).await, serde_json::json!(["viewer"]));

        let nobody = "01900000-0000-7000-8000-000000000000";
        let refused = set(&test, &root, nobody, &[]).await.unwrap_err();
        assert!(refused.is(&UserReason::UserNotFound), "{refused}");
        let refused = set(&test, &root, &own, &[Role::Support]).await.unwrap_err();
        assert!(refused.is(&UserReason::OwnAccount), "{refused}");
    }
}

#[tokio::test]
async fn of_two_administrators_who_take_each_others_role_one_stays() {
    for test in TestApp::all().await {
        let (root, own) = root(&test).await;
        let made = test.register(ANA, PASSWORD).await.unwrap();
        let other = made.user.unwrap().id;
        set(&test, &root, &other, &[Role::Admin]).await.unwrap();
        let token = test.login(ANA, PASSWORD).await.unwrap();
        let ana = test.holder(&token.access_token);
        let (one, two) = tokio::join!(set(&test, &root, &other, &[]), set(&test, &ana, &own, &[]));
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    }
}

async fn sessions(test: &TestApp, token: &str) -> Vec<pb::SessionInfo> {
    let request = sv_rpc::call(&test.holder(token), pb::ListSessionsRequest {});
    let answer = test.edge.clone().list_sessions(request).await;
    answer.unwrap().into_inner().items
}

async fn end(test: &TestApp, token: &str, session: &str) -> Result<(), Error> {
    let request = pb::EndSessionRequest {
        session_id: session.into(),
    };
    let request = sv_rpc::call(&test.holder(token), request);
    let answer = test.edge.clone().end_session(request).await;
    answer.map(drop).map_err(sv_rpc::error)
}

#[tokio::test]
async fn a_device_is_seen_and_signed_out_from_another() {
    for test in TestApp::all().await {
        let here = test.register(ANA, PASSWORD).await.unwrap();
        test.harness
            .clock
            .advance(std::time::Duration::from_mins(1));
        let television = Ctx {
            device: Some("tv-1".into()),
            ..test.stranger()
        };
        let there = test.login_in(&television, ANA, PASSWORD).await.unwrap();
        let listed = sessions(&test, &here.access_token).await;
        let seen: Vec<_> = listed
            .iter()
            .map(|one| (one.device_id.as_str(), one.current))
            .collect();
        assert_eq!(seen, [("tv-1", false), ("", true)]);

        let other = test.register("ben@example.com", PASSWORD).await.unwrap();
        let tv = &listed[0].id;
        let refused = end(&test, &other.access_token, tv).await.unwrap_err();
        assert!(refused.is(&AuthReason::SessionNotFound), "{refused}");
        test.verify(&there.access_token).await.unwrap();
        end(&test, &here.access_token, tv).await.unwrap();
        end(&test, &here.access_token, tv).await.unwrap();
        let refused = test.verify(&there.access_token).await.unwrap_err();
        assert!(refused.is(&CommonReason::TokenRevoked), "{refused}");
        let refused = test.refresh(&there.refresh_token, None).await.unwrap_err();
        assert!(refused.is(&AuthReason::RefreshTokenInvalid), "{refused}");
        assert_eq!(sessions(&test, &here.access_token).await.len(), 1);
    }
}
