use std::{sync::Arc, time::Duration};

use sv_kernel::Ctx;
use sv_proto::{auth::AuthReason, common::CommonReason, users::UserReason};

use super::{PASSWORD, TestApp, users::Fault};

/// AUTH-1, C23, C49.
#[tokio::test]
async fn a_new_account_is_signed_in_and_can_sign_in_again() {
    for test in TestApp::all().await {
        let answer = test.register("Ana@Example.com", PASSWORD).await.unwrap();
        assert_eq!((&*answer.token_type, answer.expires_in), ("Bearer", 3600));
        let user = answer.user.unwrap();
        assert_eq!((&*user.email, &*user.name), ("Ana@Example.com", "Ana"));
        let verified = test.verify(&answer.access_token).await.unwrap();
        assert_eq!(verified.viewer.user.to_string(), user.id);
        test.refresh(&answer.refresh_token, None).await.unwrap();
        let again = test.login("ana@EXAMPLE.com", PASSWORD).await.unwrap();
        assert_eq!(again.user, Some(user));
    }
}

#[tokio::test]
async fn an_address_is_taken_whatever_its_case() {
    for test in TestApp::all().await {
        test.register("ana@example.com", PASSWORD).await.unwrap();
        for same in ["ana@example.com", "ANA@example.COM"] {
            let refused = test.register(same, "another password").await.unwrap_err();
            assert!(refused.is(&AuthReason::EmailTaken), "{refused}");
        }
        assert_eq!(test.users.creations(), 1);
        test.login("ana@example.com", PASSWORD).await.unwrap();
    }
}

#[tokio::test]
async fn of_many_registrations_of_one_address_at_once_one_succeeds() {
    for test in TestApp::all().await {
        test.db.warm().await;
        for (address, distinct) in [("ana@example.com", true), ("ben@example.com", false)] {
            let calls = (0..30_u8).map(|n| {
                let test = test.clone();
                let password = if distinct {
                    format!("another password {n}")
                } else {
                    PASSWORD.into()
                };
                // Each from a place of its own, as people are.
                let place = Ctx {
                    client: Some([198, 51, 100, n].into()),
                    ..test.stranger()
                };
                tokio::spawn(async move {
                    let registered = test.register_in(&place, address, &password, "").await;
                    registered.map(|_| (place, password))
                })
            });
            let mut winners = Vec::new();
            for call in futures::future::join_all(calls.collect::<Vec<_>>()).await {
                match call.unwrap() {
                    Ok(winner) => winners.push(winner),
                    // So many of one address wait for their hash, and try passwords at the same time; others
                    // are told to come back.
                    Err(refused) => assert!(
                        refused.is(&AuthReason::EmailTaken)
                            || refused.is(&CommonReason::Overloaded)
                            || refused.is(&CommonReason::RateLimited),
                        "{refused}"
                    ),
                }
            }
            assert_eq!(winners.len(), 1);
            let (place, password) = &winners[0];
            test.login_in(place, address, password).await.unwrap();
        }
        assert_eq!(
            test.users.creations(),
            2,
            "no account is left without its login"
        );
    }
}

/// Stops a registration where users has not, or has already, created the account.
async fn stopped(test: &Arc<TestApp>, fault: Fault) {
    test.users.fail(fault);
    let call = tokio::spawn({
        let test = test.clone();
        async move { test.register("ana@example.com", PASSWORD).await }
    });
    test.users.hanging().await;
    call.abort();
    let _ = call.await;
    test.users.fail(Fault::None);
}

#[tokio::test]
async fn a_registration_that_stopped_is_taken_up_by_registering_again() {
    for fault in [Fault::HangsBefore, Fault::HangsAfter] {
        for test in TestApp::all().await {
            stopped(&test, fault).await;
            let answer = test.register("ana@example.com", PASSWORD).await.unwrap();
            assert_eq!(test.users.accounts(), [answer.user.unwrap()]);
            assert_eq!(test.users.creations(), 1);
            test.login("ana@example.com", PASSWORD).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_registration_that_stopped_is_taken_up_by_signing_in() {
    for fault in [Fault::HangsBefore, Fault::HangsAfter] {
        for test in TestApp::all().await {
            stopped(&test, fault).await;
            let refused = test
                .login("ana@example.com", "wrong password")
                .await
                .unwrap_err();
            assert!(refused.is(&AuthReason::CredentialsWrong), "{refused}");
            let answer = test.login("ana@example.com", PASSWORD).await.unwrap();
            assert_eq!(test.users.accounts(), [answer.user.unwrap()]);
            let taken = test
                .register("ana@example.com", PASSWORD)
                .await
                .unwrap_err();
            assert!(taken.is(&AuthReason::EmailTaken), "{taken}");
        }
    }
}

#[tokio::test]
async fn a_registration_that_stopped_holds_its_address_for_a_moment_only() {
    for test in TestApp::all().await {
        stopped(&test, Fault::HangsAfter).await;
        let refused = test
            .register("ana@example.com", "another password")
            .await
            .unwrap_err();
        assert!(refused.is(&AuthReason::EmailTaken), "{refused}");
        test.harness.clock.advance(Duration::from_secs(21));
        test.register("ana@example.com", "another password")
            .await
            .unwrap();
        assert_eq!(test.users.creations(), 1);
        let refused = test.login("ana@example.com", PASSWORD).await.unwrap_err();
        assert!(refused.is(&AuthReason::CredentialsWrong), "{refused}");
    }
}

/// The slow attempt hangs after users has created the account; a second one finishes; then the
/// first wakes up.
#[tokio::test]
async fn an_attempt_that_was_overtaken_finishes_nothing() {
    let test = TestApp::sqlite(super::options()).await;
    test.users.fail(Fault::Unavailable);
    let failed = test
        .register("ana@example.com", PASSWORD)
        .await
        .unwrap_err();
    assert!(failed.is(&CommonReason::Unavailable), "{failed}");
    test.users.fail(Fault::None);
    let ctx = test.stranger();
    let new =
        crate::app::NewAccount::viewer("ana@example.com", PASSWORD, "Ana".into(), String::new());
    let slow = test.app.intend(&ctx, new.unwrap()).await.unwrap();
    test.register("ana@example.com", PASSWORD).await.unwrap();
    let refused = test.app.complete(&ctx, slow).await.unwrap_err();
    assert!(refused.is(&AuthReason::EmailTaken), "{refused}");
    assert_eq!(test.users.creations(), 1);
}

#[tokio::test]
async fn a_username_that_is_taken_leaves_the_address_free() {
    for test in TestApp::all().await {
        test.register_as("ana@example.com", PASSWORD, "ana")
            .await
            .unwrap();
        let refused = test
            .register_as("ben@example.com", PASSWORD, "ana")
            .await
            .unwrap_err();
        assert!(refused.is(&UserReason::UsernameTaken), "{refused}");
        test.register_as("ben@example.com", "another password", "ben")
            .await
            .unwrap();
    }
}
