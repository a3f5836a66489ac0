//! Accounts that were blocked or deleted (USER-8, USER-9, AUTH-8).

use prost::Message as _;
use sv_kernel::{Error, Tenant};
use sv_ports::Record;
use sv_proto::{
    auth::{self as pb, AuthReason},
    common::CommonReason,
    users::{UserChanged, UserStatus},
};

use super::{PASSWORD, TestApp};
use crate::events::Closer;

const ANA: &str = "ana@example.com";

async fn close(test: &TestApp, user: &str, forget: bool) -> Result<i32, Error> {
    let request = pb::CloseAccountRequest {
        user_id: user.into(),
        forget,
    };
    let mut client = test.as_users.clone();
    let closed = client.close_account(sv_rpc::call(&test.stranger(), request));
    Ok(closed.await.map_err(sv_rpc::error)?.into_inner().ended)
}

#[tokio::test]
async fn a_closed_account_is_signed_out_everywhere() {
    for test in TestApp::all().await {
        let first = test.register(ANA, PASSWORD).await.unwrap();
        let second = test.login(ANA, PASSWORD).await.unwrap();
        let other = test.register("ben@example.com", PASSWORD).await.unwrap();
        let user = first.user.unwrap().id;
        assert_eq!(close(&test, &user, false).await.unwrap(), 2);
        assert_eq!(close(&test, &user, false).await.unwrap(), 0);
        for token in [&first.access_token, &second.access_token] {
            let refused = test.verify(token).await.unwrap_err();
            assert!(refused.is(&CommonReason::TokenRevoked), "{refused}");
        }
        test.verify(&other.access_token).await.unwrap();
        // The account is there as before.
        test.login(ANA, PASSWORD).await.unwrap();
    }
}

#[tokio::test]
async fn the_address_of_a_forgotten_account_is_free() {
    for test in TestApp::all().await {
        let made = test.register(ANA, PASSWORD).await.unwrap();
        let user = made.user.unwrap().id;
        assert_eq!(close(&test, &user, true).await.unwrap(), 1);
        let refused = test.login(ANA, PASSWORD).await.unwrap_err();
        assert!(refused.is(&AuthReason::CredentialsWrong), "{refused}");
        let refused = test.refresh(&made.refresh_token, None).await.unwrap_err();
        assert!(refused.is(&AuthReason::RefreshTokenInvalid), "{refused}");
        let anew = test.register(ANA, "another horse").await.unwrap();
        assert_ne!(anew.user.unwrap().id, user);
    }
}

#[tokio::test]
async fn nobody_signs_in_to_a_blocked_account_and_only_its_owner_learns_why() {
    for test in TestApp::all().await {
        let made = test.register(ANA, PASSWORD).await.unwrap();
        let user = made.user.unwrap().id;
        test.users.block(&user, true);
        let refused = test.login(ANA, PASSWORD).await.unwrap_err();
        assert!(refused.is(&AuthReason::AccountBlocked), "{refused}");
        let refused = test.login(ANA, "wrong horse").await.unwrap_err();
        assert!(refused.is(&AuthReason::CredentialsWrong), "{refused}");
        let refused = test.refresh(&made.refresh_token, None).await.unwrap_err();
        assert!(refused.is(&AuthReason::AccountBlocked), "{refused}");
        test.users.block(&user, false);
        test.login(ANA, PASSWORD).await.unwrap();
        test.refresh(&made.refresh_token, None).await.unwrap();
    }
}

/// Where users did not come to ask.
#[tokio::test]
async fn the_event_of_a_change_ends_what_is_signed_in_if_it_still_holds() {
    for test in TestApp::all().await {
        let made = test.register(ANA, PASSWORD).await.unwrap();
        let user = made.user.unwrap().id;
        let closer = Closer::new(test.app.clone(), test.stranger());
        let told = async |status: UserStatus, deleted| {
            let changed = UserChanged {
                user_id: user.clone(),
                version: 2,
                status: status.into(),
                deleted,
            };
            closer.take_up(&record(&changed)).await.unwrap();
        };
        told(UserStatus::Active, false).await;
        // Blocked then, but not any more.
        told(UserStatus::Blocked, false).await;
        test.verify(&made.access_token).await.unwrap();
        test.users.block(&user, true);
        told(UserStatus::Blocked, false).await;
        test.verify(&made.access_token).await.unwrap_err();
        test.users.delete(&user);
        told(UserStatus::Blocked, true).await;
        let again = test.register(ANA, PASSWORD).await.unwrap();
        assert_ne!(again.user.unwrap().id, user);
    }
}

fn record(changed: &UserChanged) -> Record {
    Record {
        topic: "user.changed".into(),
        key: changed.user_id.clone(),
        payload: Some(changed.encode_to_vec().into()),
        event_id: uuid::Uuid::from_u128(7),
        version: changed.version,
        tenant: Tenant::default(),
        traceparent: None,
        headers: std::collections::BTreeMap::default(),
    }
}
