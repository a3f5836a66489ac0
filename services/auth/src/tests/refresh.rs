use std::{collections::HashSet, time::Duration};

use sv_kernel::Tenant;
use sv_proto::{auth as pb, auth::AuthReason, common::CommonReason};

use super::{PASSWORD, TestApp, options, read, users::Fault};

async fn signed_in(test: &TestApp) -> pb::RegisterResponse {
    test.register("ana@example.com", PASSWORD).await.unwrap()
}

/// AUTH-4, A1, A2, C41.
#[tokio::test]
async fn a_reused_refresh_token_ends_the_session() {
    for test in TestApp::all().await {
        let first = signed_in(&test).await;
        let second = test.refresh(&first.refresh_token, None).await.unwrap();
        assert_eq!(second.user, first.user);
        assert_ne!(second.refresh_token, first.refresh_token);
        assert_eq!(
            read(&second.access_token).1["sid"],
            read(&first.access_token).1["sid"]
        );
        let third = test
            .refresh(&second.refresh_token, Some("key"))
            .await
            .unwrap();

        let reused = test.refresh(&first.refresh_token, None).await.unwrap_err();
        assert!(reused.is(&AuthReason::RefreshTokenReused), "{reused}");
        let dead = test.refresh(&third.refresh_token, None).await.unwrap_err();
        assert!(dead.is(&AuthReason::RefreshTokenInvalid), "{dead}");
        let refused = test.verify(&third.access_token).await.unwrap_err();
        assert!(refused.is(&CommonReason::TokenRevoked), "{refused}");

        let other = test.login("ana@example.com", PASSWORD).await.unwrap();
        test.refresh(&other.refresh_token, None).await.unwrap();
    }
}

/// A3, C41: the answer was lost.
#[tokio::test]
async fn the_same_request_repeated_with_its_key_gives_the_same_token() {
    for test in TestApp::all().await {
        let first = signed_in(&test).await;
        let answer = test
            .refresh(&first.refresh_token, Some("key"))
            .await
            .unwrap();
        let again = test
            .refresh(&first.refresh_token, Some("key"))
            .await
            .unwrap();
        assert_eq!(answer.refresh_token, again.refresh_token);
        test.verify(&again.access_token).await.unwrap();
        let next = test
            .refresh(&again.refresh_token, Some("key"))
            .await
            .unwrap();
        assert_ne!(next.refresh_token, again.refresh_token);

        // The child was used, so the parent's time is over even with its key.
        let late = test
            .refresh(&first.refresh_token, Some("key"))
            .await
            .unwrap_err();
        assert!(late.is(&AuthReason::RefreshTokenReused), "{late}");
        test.refresh(&next.refresh_token, None).await.unwrap_err();
    }
}

#[tokio::test]
async fn repeating_with_another_key_or_none_is_reuse() {
    for test in TestApp::all().await {
        for key in [Some("other"), None] {
            let answer = test.login_or_register().await;
            test.refresh(&answer, Some("key")).await.unwrap();
            let reused = test.refresh(&answer, key).await.unwrap_err();
            assert!(reused.is(&AuthReason::RefreshTokenReused), "{reused}");
            let dead = test.refresh(&answer, Some("key")).await.unwrap_err();
            assert!(dead.is(&AuthReason::RefreshTokenInvalid), "{dead}");
        }
    }
}

impl TestApp {
    async fn login_or_register(&self) -> String {
        match self.register("ana@example.com", PASSWORD).await {
            Ok(answer) => answer.refresh_token,
            Err(_) => {
                self.login("ana@example.com", PASSWORD)
                    .await
                    .unwrap()
                    .refresh_token
            }
        }
    }
}

/// A4.
#[tokio::test]
async fn a_hundred_refreshes_of_one_token_at_once_leave_one_line() {
    for test in TestApp::all().await {
        let first = signed_in(&test).await;
        test.db.warm().await;
        let refresh = |key: Option<&'static str>, token: &str| {
            let calls = (0..100).map(|_| {
                let (test, token) = (test.clone(), token.to_owned());
                tokio::spawn(async move { test.refresh(&token, key).await })
            });
            futures::future::join_all(calls.collect::<Vec<_>>())
        };
        // The same request again and again: everybody gets the one child.
        let answers = refresh(Some("key"), &first.refresh_token).await;
        let children: HashSet<_> = answers
            .into_iter()
            .map(|answer| answer.unwrap().unwrap().refresh_token)
            .collect();
        assert_eq!(children.len(), 1);
        let child = children.into_iter().next().unwrap();

        // Different requests: one gets a child, and the session ends because of the others.
        let mut born = Vec::new();
        for answer in refresh(None, &child).await {
            match answer.unwrap() {
                Ok(answer) => born.push(answer.refresh_token),
                Err(refused) => assert!(
                    refused.is(&AuthReason::RefreshTokenReused)
                        || refused.is(&AuthReason::RefreshTokenInvalid),
                    "{refused}"
                ),
            }
        }
        assert_eq!(born.len(), 1);
        let dead = test.refresh(&born[0], None).await.unwrap_err();
        assert!(dead.is(&AuthReason::RefreshTokenInvalid), "{dead}");
    }
}

/// A6, AUTH-7: however often it is prolonged, a login ends after 30 days.
#[tokio::test]
async fn a_login_ends_thirty_days_after_it_began() {
    for test in TestApp::all().await {
        let mut token = signed_in(&test).await.refresh_token;
        for _ in 0..29 {
            test.harness.clock.advance(Duration::from_hours(24));
            token = test.refresh(&token, None).await.unwrap().refresh_token;
        }
        test.harness
            .clock
            .advance(Duration::from_secs(24 * 60 * 60 - 1));
        token = test.refresh(&token, None).await.unwrap().refresh_token;
        test.harness.clock.advance(Duration::from_secs(1));
        let expired = test.refresh(&token, None).await.unwrap_err();
        assert!(expired.is(&AuthReason::RefreshTokenExpired), "{expired}");
    }
}

/// A18.
#[tokio::test]
async fn what_is_no_refresh_token_of_this_tenant_is_refused() {
    for test in TestApp::all().await {
        let first = signed_in(&test).await;
        for bad in ["x", &first.access_token[..100], &"A".repeat(43)] {
            let refused = test.refresh(bad, None).await.unwrap_err();
            assert!(refused.is(&AuthReason::RefreshTokenInvalid), "{refused}");
        }
        let refused = test.verify(&first.refresh_token).await.unwrap_err();
        assert!(refused.is(&CommonReason::TokenInvalid), "{refused}");
        let acme = Tenant::parse("acme").unwrap();
        let request = pb::RefreshRequest {
            refresh_token: first.refresh_token.clone(),
        };
        let ctx = test.stranger().for_tenant(acme);
        let refused = test
            .operator
            .clone()
            .refresh(sv_rpc::call(&ctx, request))
            .await
            .unwrap_err();
        assert!(sv_rpc::error(refused).is(&AuthReason::RefreshTokenInvalid));
        test.refresh(&first.refresh_token, None).await.unwrap();
    }
}

/// A token is not used up for nothing.
#[tokio::test]
async fn a_refresh_that_users_could_not_answer_may_be_tried_again() {
    let test = TestApp::sqlite(options()).await;
    let first = signed_in(&test).await;
    test.users.fail(Fault::Unavailable);
    let failed = test.refresh(&first.refresh_token, None).await.unwrap_err();
    assert!(failed.is(&CommonReason::Unavailable), "{failed}");
    test.users.fail(Fault::None);
    test.harness.clock.advance(Duration::from_mins(2)); // The breaker closes again.
    test.refresh(&first.refresh_token, None).await.unwrap();
}

/// A5.
#[tokio::test]
async fn tokens_and_passwords_are_nowhere_in_the_tables() {
    let test = TestApp::sqlite(options()).await;
    let first = signed_in(&test).await;
    let second = test
        .refresh(&first.refresh_token, Some("client key"))
        .await
        .unwrap();
    // Nobody reads a database's files while they are open.
    test.db.close().await.unwrap();
    let sv_store::DbConfig::Sqlite { folder } = test.db.config() else {
        panic!("SQLite")
    };
    let mut bytes = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        bytes.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    let holds = |text: &str| {
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    assert!(holds("ana@example.com"), "the tables were read");
    for secret in [
        &*first.refresh_token,
        &*second.refresh_token,
        PASSWORD,
        "client key",
    ] {
        assert!(!holds(secret), "{secret}");
    }
}
