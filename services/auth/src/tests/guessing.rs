//! Guessing passwords: bounded for the account, and without harm to its owner (A21, A22, AUTH-9).

use std::sync::Arc;

use sv_kernel::Ctx;
use sv_proto::{
    auth::{self as pb, AuthReason, auth_service_client::AuthServiceClient},
    common::CommonReason,
};

use super::{PASSWORD, TestApp, options, users::Fault};

const KID: &str = "0190b8e1-0000-7000-8000-000000000001";

fn from(test: &TestApp, address: &str, device: Option<&str>) -> Ctx {
    Ctx {
        client: address.parse().ok(),
        device: device.map(Arc::from),
        ..test.stranger()
    }
}

#[tokio::test]
async fn sixty_wrong_passwords_from_sixty_addresses_are_ten_and_the_owner_gets_in() {
    for test in TestApp::all().await {
        test.register("ana@example.com", PASSWORD).await.unwrap();
        let home = from(&test, "192.0.2.7", Some("tv-1"));
        test.login_in(&home, "ana@example.com", PASSWORD)
            .await
            .unwrap();
        let before = test.app.hasher.done();
        let (mut wrong, mut refused) = (0, 0);
        for n in 0..60 {
            let stranger = from(&test, &format!("198.51.100.{n}"), None);
            let password = format!("guess number {n}");
            let failed = test.login_in(&stranger, "Ana@Example.com", &password).await;
            let failed = failed.unwrap_err();
            if failed.is(&AuthReason::CredentialsWrong) {
                wrong += 1;
            } else {
                assert!(failed.is(&CommonReason::RateLimited), "{failed}");
                assert!(failed.retry_delay().is_some());
                refused += 1;
            }
        }
        assert_eq!((wrong, refused), (10, 50));
        assert_eq!(
            test.app.hasher.done() - before,
            10,
            "refused before any work"
        );
        // From where she signed in before, and with the device wherever it is.
        test.login_in(&home, "ana@example.com", PASSWORD)
            .await
            .unwrap();
        let away = from(&test, "203.0.113.9", Some("tv-1"));
        test.login_in(&away, "ana@example.com", PASSWORD)
            .await
            .unwrap();
    }
}

/// A22: the budget is the address's, whether or not it has an account.
#[tokio::test]
async fn the_budget_does_not_tell_whether_there_is_an_account() {
    let test = TestApp::sqlite(options()).await;
    test.register("ana@example.com", PASSWORD).await.unwrap();
    let mut ends = Vec::new();
    for email in ["ana@example.com", "nobody@example.com"] {
        let mut tried = 0;
        for n in 0..20 {
            let stranger = from(&test, &format!("198.51.100.{n}"), None);
            let failed = test.login_in(&stranger, email, "a wrong password").await;
            tried += usize::from(failed.unwrap_err().is(&AuthReason::CredentialsWrong));
        }
        ends.push(tried);
    }
    assert_eq!(ends, [10, 10]);
}

/// One account, one budget: whoever holds a session has no more tries than a stranger.
#[tokio::test]
async fn all_ways_of_trying_a_password_draw_from_one_budget() {
    for test in TestApp::all().await {
        let ana = test.register("ana@example.com", PASSWORD).await.unwrap();
        let user_id = ana.user.unwrap().id;
        let mesh = test.harness.mesh.calling_as("users");
        let users = AuthServiceClient::new(mesh.client_transport("auth").unwrap());
        let holder = test.holder(&ana.access_token);
        let before = test.app.hasher.done();
        let mut tried = 0;
        for n in 0..60 {
            let address = format!("198.51.100.{n}");
            let password = format!("guess number {n}");
            let client = address.parse().ok();
            let with_token = Ctx {
                client,
                ..holder.clone()
            };
            let failed = match n % 3 {
                0 => {
                    let from = from(&test, &address, None);
                    test.login_in(&from, "ana@example.com", &password)
                        .await
                        .unwrap_err()
                }
                1 => {
                    let request = pb::SelectProfileRequest {
                        profile_id: KID.into(),
                        pin: String::new(),
                        password,
                    };
                    let mut edge = test.edge.clone();
                    let answer = edge.select_profile(sv_rpc::call(&with_token, request));
                    sv_rpc::error(answer.await.unwrap_err())
                }
                _ => {
                    let user_id = user_id.clone();
                    let request = pb::VerifyPasswordRequest { user_id, password };
                    let mut users = users.clone();
                    let answer = users.verify_password(sv_rpc::call(&with_token, request));
                    sv_rpc::error(answer.await.unwrap_err())
                }
            };
            if failed.is(&AuthReason::CredentialsWrong) {
                tried += 1;
            } else {
                assert!(failed.is(&CommonReason::RateLimited), "{failed}");
            }
        }
        assert_eq!(tried, 10);
        assert_eq!(
            test.app.hasher.done() - before,
            10,
            "refused before any work"
        );
    }
}

#[tokio::test]
async fn a_pending_registration_is_guessed_as_rarely_as_an_account() {
    for test in TestApp::all().await {
        test.users.fail(Fault::Unavailable);
        let lost = test.register("ana@example.com", PASSWORD).await;
        lost.unwrap_err();
        test.users.fail(Fault::None);
        let mut tried = 0;
        for n in 0..40 {
            let stranger = from(&test, &format!("198.51.100.{n}"), None);
            let request = pb::RegisterRequest {
                email: "ana@example.com".into(),
                password: format!("guess number {n}"),
                name: "Eve".into(),
                username: String::new(),
            };
            let mut edge = test.edge.clone();
            let answer = edge.register(sv_rpc::call(&stranger, request)).await;
            let refused = sv_rpc::error(answer.unwrap_err());
            tried += usize::from(refused.is(&AuthReason::EmailTaken));
        }
        assert_eq!(tried, 10);
    }
}

/// Two processes, one place: what runs at the same time is counted before it is compared.
#[tokio::test]
async fn guesses_at_the_same_time_from_home_are_as_few() {
    for test in TestApp::all().await {
        test.register("ana@example.com", PASSWORD).await.unwrap();
        let home = from(&test, "192.0.2.7", None);
        test.login_in(&home, "ana@example.com", PASSWORD)
            .await
            .unwrap();
        let other = test.with(options()).await;
        let guess = async |n: usize| {
            let test = if n.is_multiple_of(2) { &test } else { &other };
            let home = from(test, "192.0.2.7", None);
            let password = format!("guess number {n}");
            let failed = test.login_in(&home, "ana@example.com", &password).await;
            usize::from(failed.unwrap_err().is(&AuthReason::CredentialsWrong))
        };
        let tried = futures::future::join_all((0..60).map(guess)).await;
        assert_eq!(
            tried.iter().sum::<usize>(),
            15,
            "ten, and five as any stranger"
        );
    }
}

#[tokio::test]
async fn who_registered_from_here_is_known_here() {
    let test = TestApp::sqlite(options()).await;
    let home = from(&test, "192.0.2.7", None);
    let request = sv_proto::auth::RegisterRequest {
        email: "ana@example.com".into(),
        password: PASSWORD.into(),
        name: "Ana".into(),
        username: String::new(),
    };
    let request = sv_rpc::call(&home, request);
    test.edge.clone().register(request).await.unwrap();
    for n in 0..20 {
        let stranger = from(&test, &format!("198.51.100.{n}"), None);
        let failed = test.login_in(&stranger, "ana@example.com", "a wrong password");
        failed.await.unwrap_err();
    }
    test.login_in(&home, "ana@example.com", PASSWORD)
        .await
        .unwrap();
}
