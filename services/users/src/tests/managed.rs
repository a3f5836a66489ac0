//! Accounts in the hands of those who run the installation (USER-7, USER-8, USER-9, ADM-1).

use prost::Message as _;
use sea_orm::{ConnectionTrait as _, QueryResult, Statement};
use sv_kernel::{Ctx, Error};
use sv_proto::{
    auth::CloseAccountRequest,
    common::CommonReason,
    options::Role,
    users::{self as pb, UserReason, UserStatus},
};

use super::{TestApp, acme, unknown_id};

fn root(test: &TestApp) -> Ctx {
    let user = test.harness.env.ids.next();
    test.harness.viewer(user, [Role::Admin])
}

async fn get(test: &TestApp, ctx: &Ctx, id: &str) -> Result<pb::ManagedUser, Error> {
    let request = pb::AdminGetUserRequest { user_id: id.into() };
    let mut client = test.managers.clone();
    let answer = client.admin_get_user(sv_rpc::call(ctx, request));
    Ok(answer
        .await
        .map_err(sv_rpc::error)?
        .into_inner()
        .user
        .unwrap())
}

async fn update(
    test: &TestApp,
    ctx: &Ctx,
    user: pb::ManagedUser,
    mask: &[&str],
) -> Result<pb::ManagedUser, Error> {
    let paths: Vec<_> = mask.iter().map(|path| (*path).to_owned()).collect();
    let request = pb::UpdateUserRequest {
        user_id: user.id.clone(),
        user: Some(user),
        update_mask: (!paths.is_empty()).then_some(prost_types::FieldMask { paths }),
    };
    let mut client = test.managers.clone();
    let answer = client.update_user(sv_rpc::call(ctx, request));
    Ok(answer
        .await
        .map_err(sv_rpc::error)?
        .into_inner()
        .user
        .unwrap())
}

async fn delete(test: &TestApp, ctx: &Ctx, id: &str) -> Result<(), Error> {
    let request = pb::DeleteUserRequest { user_id: id.into() };
    let mut client = test.managers.clone();
    let answer = client.delete_user(sv_rpc::call(ctx, request));
    answer.await.map(drop).map_err(sv_rpc::error)
}

async fn emails(test: &TestApp, ctx: &Ctx, request: pb::AdminListUsersRequest) -> Vec<String> {
    let mut client = test.managers.clone();
    let answer = client.admin_list_users(sv_rpc::call(ctx, request));
    let items = answer.await.unwrap().into_inner().items.into_iter();
    items.map(|user| user.email).collect()
}

async fn events(test: &TestApp) -> Vec<(UserStatus, bool)> {
    let sql = "SELECT payload FROM outbox WHERE topic = 'user.changed' ORDER BY id";
    let rows = Statement::from_string(test.db.backend(), sql);
    let rows = test.db.read().query_all_raw(rows).await.unwrap();
    let read = |row: &QueryResult| {
        let payload: Vec<u8> = row.try_get("", "payload").unwrap();
        let changed = pb::UserChanged::decode(payload.as_slice()).unwrap();
        (changed.status(), changed.deleted)
    };
    rows.iter().map(read).collect()
}

fn by(order: &str) -> pb::AdminListUsersRequest {
    pb::AdminListUsersRequest {
        order_by: order.into(),
        ..pb::AdminListUsersRequest::default()
    }
}

#[tokio::test]
async fn accounts_are_found_by_letters_status_and_order() {
    for test in TestApp::all().await {
        let root = root(&test);
        for name in ["Ben", "Ana", "Åse"] {
            test.create(test.request(name)).await.unwrap();
            test.later();
        }
        let other_tenant = acme(&test.stranger());
        let of_others = test.create_in(&other_tenant, test.request("Zoe"));
        of_others.await.unwrap();
        let (a, b, c) = ("ana@example.com", "ben@example.com", "åse@example.com");
        assert_eq!(emails(&test, &root, by("")).await, [c, a, b]);
        assert_eq!(emails(&test, &root, by("create_time")).await, [b, a, c]);
        assert_eq!(emails(&test, &root, by("email")).await, [a, b, c]);
        let with = |q: &str| pb::AdminListUsersRequest {
            q: q.into(),
            ..by("email")
        };
        for (q, found) in [
            ("ÅSE", vec![c]),
            (" Ana ", vec![a]),
            ("example", vec![a, b, c]),
            ("%", vec![]),
            ("_na", vec![]),
            ("\\", vec![]),
        ] {
            assert_eq!(emails(&test, &root, with(q)).await, found, "{q}");
        }
        let blocked = pb::AdminListUsersRequest {
            status: vec![UserStatus::Blocked.into()],
            ..by("")
        };
        assert_eq!(emails(&test, &root, blocked).await, [""; 0]);
        for order in ["", "create_time", "email", "name"] {
            let all = emails(&test, &root, by(order)).await;
            let (mut paged, mut token) = (Vec::new(), String::new());
            loop {
                let request = pb::AdminListUsersRequest {
                    page_size: 1,
                    page_token: token,
                    ..by(order)
                };
                let mut client = test.managers.clone();
                let page = client.admin_list_users(sv_rpc::call(&root, request));
                let page = page.await.unwrap().into_inner();
                paged.extend(page.items.into_iter().map(|user| user.email));
                token = page.next_page_token;
                if token.is_empty() {
                    break;
                }
            }
            assert_eq!(paged, all, "{order}");
        }
    }
}

#[tokio::test]
async fn only_who_may_sees_and_changes_accounts() {
    for test in TestApp::all().await {
        let (user, ana) = test.ana().await;
        let support = test
            .harness
            .viewer(test.harness.env.ids.next(), [Role::Support]);
        let mine = get(&test, &support, &user.id).await.unwrap();
        assert_eq!(mine.profiles.len(), 1);
        for (ctx, read) in [(&ana, false), (&support, true)] {
            assert_eq!(get(&test, ctx, &user.id).await.is_ok(), read);
            let refused = update(&test, ctx, mine.clone(), &[]).await.unwrap_err();
            assert!(refused.is(&CommonReason::PermissionDenied), "{refused}");
            let refused = delete(&test, ctx, &user.id).await.unwrap_err();
            assert!(refused.is(&CommonReason::PermissionDenied), "{refused}");
        }
        let root = root(&test);
        let other_tenant = acme(&test.stranger());
        let of_others = test.create_in(&other_tenant, test.request("Zoe"));
        for id in [unknown_id(), of_others.await.unwrap().id] {
            let refused = get(&test, &root, &id).await.unwrap_err();
            assert!(refused.is(&UserReason::UserNotFound), "{refused}");
            let refused = delete(&test, &root, &id).await.unwrap_err();
            assert!(refused.is(&UserReason::UserNotFound), "{refused}");
        }
    }
}

#[tokio::test]
async fn an_account_is_changed_as_far_as_the_mask_says_and_its_version_allows() {
    for test in TestApp::all().await {
        let root = root(&test);
        let (user, _) = test.ana().await;
        let before = get(&test, &root, &user.id).await.unwrap();
        let wanted = pb::ManagedUser {
            name: " Anna ".into(),
            username: "anna".into(),
            ..before.clone()
        };
        let changed = update(&test, &root, wanted.clone(), &[]).await.unwrap();
        assert_eq!((&*changed.name, &*changed.username), ("Anna", "anna"));
        assert_eq!(changed.status(), UserStatus::Active);
        assert_eq!(changed.version, before.version + 1);
        let refused = update(&test, &root, wanted, &[]).await.unwrap_err();
        assert!(refused.is(&CommonReason::VersionMismatch), "{refused}");
        let part = pb::ManagedUser {
            name: "Ana".into(),
            username: String::new(),
            version: 0,
            ..changed.clone()
        };
        let part = update(&test, &root, part, &["name"]).await.unwrap();
        assert_eq!((&*part.name, &*part.username), ("Ana", "anna"));
        for wrong in [
            pb::ManagedUser {
                email: "other@example.com".into(),
                ..part.clone()
            },
            pb::ManagedUser {
                name: "\u{200b}".into(),
                ..part.clone()
            },
            pb::ManagedUser {
                username: "an na".into(),
                ..part.clone()
            },
        ] {
            let refused = update(&test, &root, wrong, &[]).await.unwrap_err();
            let wanted = ["VALIDATION_FAILED", "EMAIL_FIXED"];
            assert!(wanted.contains(&refused.reason()), "{refused}");
        }
        let (other, _) = test.ana().await;
        let other = pb::ManagedUser {
            id: other.id,
            username: "ANNA".into(),
            ..pb::ManagedUser::default()
        };
        let taken = update(&test, &root, other, &["username"])
            .await
            .unwrap_err();
        assert!(taken.is(&UserReason::UsernameTaken), "{taken}");
    }
}

/// AUTH-8: auth is asked after the change, and everybody hears of it.
#[tokio::test]
async fn who_is_blocked_or_deleted_is_signed_out() {
    for test in TestApp::all().await {
        let root = root(&test);
        let (user, ana) = test.ana().await;
        let block = |status: UserStatus| pb::ManagedUser {
            id: user.id.clone(),
            status: status.into(),
            ..pb::ManagedUser::default()
        };
        let blocked = update(&test, &root, block(UserStatus::Blocked), &["status"]).await;
        assert_eq!(blocked.unwrap().status(), UserStatus::Blocked);
        let request = pb::GetUserRequest {
            id: user.id.clone(),
        };
        let known = test
            .auth
            .clone()
            .get_user(sv_rpc::call(&root, request))
            .await;
        assert_eq!(known.unwrap().into_inner().status(), UserStatus::Blocked);
        update(&test, &root, block(UserStatus::Active), &["status"])
            .await
            .unwrap();
        delete(&test, &root, &user.id).await.unwrap();
        let closed = |forget| CloseAccountRequest {
            user_id: user.id.clone(),
            forget,
        };
        assert_eq!(test.closed(), [closed(false), closed(true)]);
        assert_eq!(
            events(&test).await,
            [
                (UserStatus::Blocked, false),
                (UserStatus::Active, false),
                (UserStatus::Active, true)
            ]
        );
        let refused = get(&test, &root, &user.id).await.unwrap_err();
        assert!(refused.is(&UserReason::UserNotFound), "{refused}");
        let mut client = test.viewer.clone();
        let me = client.get_me(sv_rpc::call(&ana, pb::GetMeRequest {}));
        assert!(sv_rpc::error(me.await.unwrap_err()).is(&UserReason::UserNotFound));
    }
}

#[tokio::test]
async fn nobody_shuts_himself_out() {
    for test in TestApp::all().await {
        let (user, _) = test.ana().await;
        let root = test.harness.viewer(user.id.parse().unwrap(), [Role::Admin]);
        let refused = delete(&test, &root, &user.id).await.unwrap_err();
        assert!(refused.is(&UserReason::OwnAccount), "{refused}");
        let blocked = pb::ManagedUser {
            id: user.id,
            status: UserStatus::Blocked.into(),
            ..pb::ManagedUser::default()
        };
        let refused = update(&test, &root, blocked, &["status"])
            .await
            .unwrap_err();
        assert!(refused.is(&UserReason::OwnAccount), "{refused}");
        assert_eq!(test.closed(), []);
    }
}
