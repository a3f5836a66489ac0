use prost::Message as _;
use sea_orm::{ConnectionTrait as _, Statement};
use sv_kernel::Error;
use sv_proto::{common::CommonReason, users as pb, users::UserReason};

use super::{TestApp, acme, shared, unknown_id};

async fn me(test: &TestApp, ctx: &sv_kernel::Ctx) -> Result<pb::User, Error> {
    let answer = test
        .viewer
        .clone()
        .get_me(sv_rpc::call(ctx, pb::GetMeRequest {}))
        .await;
    Ok(answer.map_err(sv_rpc::error)?.into_inner().user.unwrap())
}

async fn events(test: &TestApp) -> Vec<pb::UserRegistered> {
    let sql = "SELECT payload FROM outbox WHERE topic = 'user.registered' ORDER BY id";
    let rows = Statement::from_string(test.db.backend(), sql);
    let rows = test.db.read().query_all_raw(rows).await.unwrap();
    let payload = |row: &sea_orm::QueryResult| row.try_get::<Vec<u8>>("", "payload").unwrap();
    rows.iter()
        .map(|row| pb::UserRegistered::decode(payload(row).as_slice()).unwrap())
        .collect()
}

/// USER-2, AUTH-5, C23.
#[tokio::test]
async fn a_new_account_has_a_default_profile_and_is_told_to_others() {
    for test in TestApp::all().await {
        let (user, ctx) = test.ana().await;
        assert_eq!(me(&test, &ctx).await.unwrap(), user);
        assert_eq!(
            (&*user.email, &*user.name, &*user.username),
            ("ana@example.com", "Ana", "")
        );
        let named = pb::ResolveProfileRequest {
            user_id: user.id.clone(),
            profile_id: String::new(),
        };
        let answer = test
            .streaming
            .clone()
            .resolve_profile(sv_rpc::call(&test.stranger(), named))
            .await;
        let profile = answer.unwrap().into_inner().profile.unwrap();
        assert_eq!(profile.id, user.default_profile_id);
        assert_eq!(
            (&*profile.name, profile.is_default, profile.is_kids),
            ("Ana", true, false)
        );
        assert_eq!(
            events(&test).await,
            [pb::UserRegistered { user: Some(user) }]
        );
    }
}

/// C23: auth repeats the call until it has an answer.
#[tokio::test]
async fn creating_with_the_same_id_gives_the_same_account_and_one_event() {
    for test in TestApp::all().await {
        test.db.warm().await;
        let test = shared(test);
        let request = pb::CreateUserRequest {
            username: "ana".into(),
            ..test.request("Ana")
        };
        let calls = (0..20).map(|_| {
            let (test, request) = (test.clone(), request.clone());
            tokio::spawn(async move { test.create(request).await.unwrap() })
        });
        let users = futures::future::join_all(calls.collect::<Vec<_>>()).await;
        let users: Vec<_> = users.into_iter().map(Result::unwrap).collect();
        assert!(users.iter().all(|user| *user == users[0]));
        assert_eq!(events(&test).await.len(), 1);
    }
}

#[tokio::test]
async fn a_username_is_taken_once_per_tenant_whatever_its_case() {
    for test in TestApp::all().await {
        let named = |username: &str| pb::CreateUserRequest {
            username: username.into(),
            ..test.request("Ana")
        };
        assert_eq!(test.create(named("Ana.1")).await.unwrap().username, "Ana.1");
        let refused = test.create(named("aNA.1")).await.unwrap_err();
        assert!(refused.is(&UserReason::UsernameTaken), "{refused}");
        assert_eq!(refused.metadata()["username"], "aNA.1");
        test.create_in(&acme(&test.stranger()), named("ana.1"))
            .await
            .unwrap();
        // Having none is nothing to clash over.
        test.create(named("")).await.unwrap();
        test.create(named("")).await.unwrap();
        for bad in ["an a", "ana!", "a\u{200b}na"] {
            let refused = test.create(named(bad)).await.unwrap_err();
            assert!(
                refused.is(&CommonReason::ValidationFailed),
                "{bad:?}: {refused}"
            );
            assert_eq!(refused.violations()[0].field, "username");
        }
    }
}

/// TEN-1, C26.
#[tokio::test]
async fn an_account_is_unknown_in_other_tenants() {
    for test in TestApp::all().await {
        let (user, _) = test.ana().await;
        let ask = |ctx, id: &str| {
            let request = pb::GetUserRequest { id: id.into() };
            let mut auth = test.auth.clone();
            async move {
                auth.get_user(sv_rpc::call(&ctx, request))
                    .await
                    .map_err(sv_rpc::error)
            }
        };
        let found = ask(test.stranger(), &user.id).await.unwrap().into_inner();
        assert_eq!(found.user.as_ref(), Some(&user));
        for (ctx, id) in [
            (acme(&test.stranger()), &*user.id),
            (test.stranger(), &*unknown_id()),
        ] {
            let refused = ask(ctx, id).await.unwrap_err();
            assert!(refused.is(&UserReason::UserNotFound), "{refused}");
        }
    }
}

#[tokio::test]
async fn strangers_and_viewers_cannot_create_accounts_or_read_those_of_others() {
    let test = TestApp::sqlite().await;
    let (user, ctx) = test.ana().await;
    let mut viewer = test.viewer.clone();
    let refused = viewer
        .create_user(sv_rpc::call(&ctx, test.request("Eve")))
        .await
        .unwrap_err();
    assert!(sv_rpc::error(refused).is(&CommonReason::RouteNotFound));
    let request = pb::GetUserRequest { id: user.id };
    let refused = viewer
        .get_user(sv_rpc::call(&ctx, request))
        .await
        .unwrap_err();
    assert!(sv_rpc::error(refused).is(&CommonReason::RouteNotFound));
    let refused = me(&test, &test.stranger()).await.unwrap_err();
    assert!(refused.is(&CommonReason::Unauthenticated), "{refused}");
}
