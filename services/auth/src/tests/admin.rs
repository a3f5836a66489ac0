use sv_kernel::Error;
use sv_proto::{
    auth as pb,
    auth::{AuthReason, ExistingAccount},
    common::CommonReason,
    options::Role,
};

use super::{PASSWORD, TestApp, options, read};

pub(super) async fn admin(
    test: &TestApp,
    password: &str,
    role: Role,
) -> Result<pb::CreateAdminResponse, Error> {
    admin_over(test, password, role, ExistingAccount::Unspecified).await
}

async fn admin_over(
    test: &TestApp,
    password: &str,
    role: Role,
    existing: ExistingAccount,
) -> Result<pb::CreateAdminResponse, Error> {
    let request = pb::CreateAdminRequest {
        existing: existing.into(),
        email: "Ana@example.com".into(),
        password: password.into(),
        name: "Ana".into(),
        role: role.into(),
    };
    let answer = test
        .operator
        .clone()
        .create_admin(sv_rpc::call(&test.stranger(), request))
        .await;
    Ok(answer.map_err(sv_rpc::error)?.into_inner())
}

async fn roles(test: &TestApp, password: &str) -> serde_json::Value {
    let answer = test.login("ana@example.com", password).await.unwrap();
    read(&answer.access_token).1["roles"].clone()
}

/// AUTH-14.
#[tokio::test]
async fn the_operator_makes_an_administrator_and_repeating_changes_nothing() {
    for test in TestApp::all().await {
        let made = admin(&test, PASSWORD, Role::Admin).await.unwrap();
        assert!(made.created);
        let again = admin(&test, PASSWORD, Role::Admin).await.unwrap();
        assert_eq!((again.created, again.user), (false, made.user));
        assert_eq!(
            roles(&test, PASSWORD).await,
            serde_json::json!(["viewer", "admin"])
        );
        assert_eq!(test.users.creations(), 1);
    }
}

#[tokio::test]
async fn an_account_whose_owner_is_known_gets_the_role_and_keeps_its_password_and_sessions() {
    for test in TestApp::all().await {
        let answer = test.register("ana@example.com", PASSWORD).await.unwrap();
        let keep = ExistingAccount::KeepPassword;
        let made = admin_over(&test, "", Role::Support, keep).await.unwrap();
        assert!(!made.created);
        assert_eq!(made.user, answer.user);
        assert_eq!(
            roles(&test, PASSWORD).await,
            serde_json::json!(["viewer", "support"])
        );
        let refreshed = test.refresh(&answer.refresh_token, None).await.unwrap();
        let (_, claims) = read(&refreshed.access_token);
        assert_eq!(claims["roles"], serde_json::json!(["viewer", "support"]));
    }
}

/// A21.
#[tokio::test]
async fn a_new_password_ends_the_sessions_of_the_old_one() {
    for test in TestApp::all().await {
        let answer = test.register("ana@example.com", PASSWORD).await.unwrap();
        let replace = ExistingAccount::ReplacePassword;
        let made = admin_over(&test, "another password", Role::Admin, replace);
        assert!(!made.await.unwrap().created);
        let refused = test.verify(&answer.access_token).await.unwrap_err();
        assert!(refused.is(&CommonReason::TokenRevoked), "{refused}");
        let refused = test.login("ana@example.com", PASSWORD).await.unwrap_err();
        assert!(refused.is(&AuthReason::CredentialsWrong), "{refused}");
        roles(&test, "another password").await;
    }
}

#[tokio::test]
async fn only_the_operator_makes_administrators_and_only_with_password_and_role() {
    let test = TestApp::sqlite(options()).await;
    for (password, role) in [("", Role::Admin), ("short", Role::Admin)] {
        let refused = admin(&test, password, role).await.unwrap_err();
        assert!(refused.is(&AuthReason::PasswordTooShort), "{refused}");
    }
    let refused = admin(&test, PASSWORD, Role::Unspecified).await.unwrap_err();
    assert!(refused.is(&CommonReason::ValidationFailed), "{refused}");
    let request = pb::CreateAdminRequest {
        email: "eve@example.com".into(),
        password: PASSWORD.into(),
        name: "Eve".into(),
        role: Role::Admin.into(),
        existing: 0,
    };
    for caller in ["edge", "content"] {
        let transport = test
            .harness
            .mesh
            .calling_as(caller)
            .client_transport("auth")
            .unwrap();
        let mut client = pb::auth_service_client::AuthServiceClient::new(transport);
        let refused = client
            .create_admin(sv_rpc::call(&test.stranger(), request.clone()))
            .await;
        let refused = sv_rpc::error(refused.unwrap_err());
        let allowed = [CommonReason::RouteNotFound, CommonReason::PermissionDenied];
        assert!(
            allowed.iter().any(|reason| refused.is(reason)),
            "{caller}: {refused}"
        );
    }
    assert_eq!(test.users.creations(), 0);
}

/// Whoever guesses which address becomes an administrator's may have registered it before.
#[tokio::test]
async fn a_strangers_password_is_never_kept_by_itself() {
    for test in TestApp::all().await {
        let eve = test
            .register("ana@example.com", "eves own password")
            .await
            .unwrap();
        for password in ["", PASSWORD] {
            let refused = admin(&test, password, Role::Admin).await.unwrap_err();
            assert!(refused.is(&AuthReason::AccountExists), "{refused}");
            assert_eq!(refused.metadata()["name"], "Ana");
            assert_eq!(refused.metadata()["id"], eve.user.as_ref().unwrap().id);
            assert_eq!(
                roles(&test, "eves own password").await,
                serde_json::json!(["viewer"])
            );
        }
        let replace = ExistingAccount::ReplacePassword;
        for bad in ["", "short", "password1"] {
            admin_over(&test, bad, Role::Admin, replace)
                .await
                .unwrap_err();
        }
        admin_over(&test, PASSWORD, Role::Admin, replace)
            .await
            .unwrap();
        let refused = test
            .login("ana@example.com", "eves own password")
            .await
            .unwrap_err();
        assert!(refused.is(&AuthReason::CredentialsWrong), "{refused}");
        assert_eq!(
            roles(&test, PASSWORD).await,
            serde_json::json!(["viewer", "admin"])
        );

        let keep = ExistingAccount::KeepPassword;
        let request = pb::CreateAdminRequest {
            email: "nobody@example.com".into(),
            name: "Nobody".into(),
            role: Role::Admin.into(),
            existing: keep.into(),
            password: String::new(),
        };
        let mut operator = test.operator.clone();
        let refused = operator
            .create_admin(sv_rpc::call(&test.stranger(), request))
            .await;
        let refused = sv_rpc::error(refused.unwrap_err());
        assert!(refused.is(&AuthReason::AccountNotFound), "{refused}");
    }
}

/// USER-1, C23.
#[tokio::test]
async fn an_administrator_makes_accounts_with_and_without_a_password() {
    for test in TestApp::all().await {
        admin(&test, PASSWORD, Role::Admin).await.unwrap();
        let signed_in = test.login("ana@example.com", PASSWORD).await.unwrap();
        let admin = test.holder(&signed_in.access_token);
        let make = async |ctx: &sv_kernel::Ctx, email: &str, password: &str, key: &str| {
            let request = pb::CreateAccountRequest {
                email: email.into(),
                password: password.into(),
                name: "Bo".into(),
                username: String::new(),
            };
            let mut request = sv_rpc::call(ctx, request);
            if !key.is_empty() {
                let key = key.parse().unwrap();
                request.metadata_mut().insert("idempotency-key", key);
            }
            let answer = test.edge.clone().create_account(request).await;
            answer
                .map(tonic::Response::into_inner)
                .map_err(sv_rpc::error)
        };
        let viewer = test.register("cy@example.com", PASSWORD).await.unwrap();
        let viewer = test.holder(&viewer.access_token);
        for nobody in [&viewer, &test.stranger()] {
            make(nobody, "x@example.com", PASSWORD, "")
                .await
                .unwrap_err();
        }
        let made = make(&admin, "bo@example.com", PASSWORD, "k").await.unwrap();
        assert!(made.can_sign_in);
        let again = make(&admin, "bo@example.com", PASSWORD, "k").await.unwrap();
        assert_eq!(again, made, "under its key it is the same account");
        let answer = test.login("bo@example.com", PASSWORD).await.unwrap();
        assert_eq!(answer.user, made.user);
        let taken = make(&admin, "bo@example.com", PASSWORD, "").await;
        assert!(taken.unwrap_err().is(&AuthReason::EmailTaken));
        let short = make(&admin, "dan@example.com", "short", "").await;
        assert!(short.unwrap_err().is(&AuthReason::PasswordTooShort));

        let made = make(&admin, "dan@example.com", "", "").await.unwrap();
        assert!(!made.can_sign_in);
        let refused = test.login("dan@example.com", PASSWORD).await;
        assert!(refused.unwrap_err().is(&AuthReason::CredentialsWrong));
        let request = pb::CreateAdminRequest {
            existing: ExistingAccount::ReplacePassword.into(),
            email: "dan@example.com".into(),
            password: PASSWORD.into(),
            name: "Dan".into(),
            role: Role::Viewer.into(),
        };
        let mut operator = test.operator.clone();
        let set = operator.create_admin(sv_rpc::call(&test.stranger(), request));
        let set = set.await.unwrap().into_inner();
        assert_eq!((set.created, set.user), (false, made.user));
        test.login("dan@example.com", PASSWORD).await.unwrap();
    }
}
