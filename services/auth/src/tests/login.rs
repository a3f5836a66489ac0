use sv_kernel::Tenant;
use sv_proto::{auth::AuthReason, common::CommonReason};

use super::{PASSWORD, TestApp, mails::change, options, users::Fault};
use crate::Options;

/// AUTH-2, A22: the same answer and the same work, whether or not there is an account.
#[tokio::test]
async fn wrong_passwords_and_unknown_addresses_cannot_be_told_apart() {
    for test in TestApp::all().await {
        test.register("ana@example.com", PASSWORD).await.unwrap();
        let wrong = [
            ("ana@example.com", "wrong password"),
            ("ana@example.com", "short"),
            ("ana@example.com", &*"x".repeat(100)),
            ("ana@example.com", "12345678\0"),
            ("eve@example.com", PASSWORD),
            ("eve@example.com", "short"),
            ("no address", PASSWORD),
        ];
        for (email, password) in wrong {
            let before = test.app.hasher.done();
            let refused = test.login(email, password).await.unwrap_err();
            assert!(
                refused.is(&AuthReason::CredentialsWrong),
                "{email}: {refused}"
            );
            assert!(refused.metadata().is_empty() && refused.violations().is_empty());
            assert_eq!(test.app.hasher.done(), before + 1, "{email}");
        }
    }
}

/// AUTH-16: also where the password was right when it was compared.
#[tokio::test]
async fn nobody_signs_in_by_a_password_that_another_replaced_meanwhile() {
    for test in TestApp::all().await {
        // The same one, hashed anew, is compared again.
        for (email, set, comes_in) in [
            ("ana@example.com", &["another password", PASSWORD][..], true),
            ("bo@example.com", &["another password"], false),
        ] {
            // An account each: mails about a change read it too.
            let known = test.register(email, PASSWORD).await.unwrap();
            let owner = test.holder(&known.access_token);
            test.users.hold_up(&known.user.unwrap().id);
            let other = test.clone();
            let slow = tokio::spawn(async move { other.login(email, PASSWORD).await });
            test.users.hanging().await;
            let mut current = PASSWORD;
            for new in set {
                change(&test, &owner, current, new).await.unwrap();
                current = new;
            }
            test.users.go_on();
            match slow.await.unwrap() {
                Ok(_) => assert!(comes_in),
                Err(refused) => {
                    assert!(!comes_in, "{refused}");
                    assert!(refused.is(&AuthReason::CredentialsWrong), "{refused}");
                }
            }
        }
    }
}

/// A27.
#[tokio::test]
async fn a_password_is_the_same_however_its_accents_are_typed() {
    for test in TestApp::all().await {
        test.register("ana@example.com", "caf\u{e9} au lait")
            .await
            .unwrap();
        test.login("ana@example.com", "cafe\u{301} au lait")
            .await
            .unwrap();
    }
}

/// TEN-1, C45.
#[tokio::test]
async fn accounts_of_other_tenants_are_unknown() {
    for test in TestApp::all().await {
        test.register("ana@example.com", PASSWORD).await.unwrap();
        let acme = test.stranger().for_tenant(Tenant::parse("acme").unwrap());
        let request = sv_proto::auth::CreateAdminRequest {
            email: "ana@example.com".into(),
            password: "another password".into(),
            name: "Ana".into(),
            role: 1,
            existing: 0,
        };
        let created = test
            .operator
            .clone()
            .create_admin(sv_rpc::call(&acme, request))
            .await;
        assert!(
            created.unwrap().into_inner().created,
            "the address is free in the other tenant"
        );
        test.login("ana@example.com", PASSWORD).await.unwrap();
        let refused = test
            .login("ana@example.com", "another password")
            .await
            .unwrap_err();
        assert!(refused.is(&AuthReason::CredentialsWrong), "{refused}");
    }
}

/// C21.
#[tokio::test]
async fn signing_in_renews_a_hash_of_another_cost() {
    for test in TestApp::all().await {
        test.register("ana@example.com", PASSWORD).await.unwrap();
        let dearer = test
            .with(Options {
                bcrypt_cost: 5,
                ..options()
            })
            .await;
        let work = |test: &TestApp| test.app.hasher.done();
        dearer
            .login("ana@example.com", "wrong password")
            .await
            .unwrap_err();
        assert_eq!(work(&dearer), 1, "a wrong password renews nothing");
        dearer.login("ana@example.com", PASSWORD).await.unwrap();
        assert_eq!(work(&dearer), 3, "verified, then hashed anew");
        dearer.login("ana@example.com", PASSWORD).await.unwrap();
        assert_eq!(work(&dearer), 4, "verified only");
    }
}

/// AUTH-9, A31: refused with a hint, before the database is asked for anything else.
#[tokio::test]
async fn too_many_logins_at_once_are_refused_and_the_rest_goes_on() {
    let test = TestApp::sqlite(Options {
        bcrypt_cost: 10,
        hash_threads: 1,
        hash_queue: 2,
        ..Options::default()
    })
    .await;
    // Guesses at one account would be refused as such.
    let calls = (0..40).map(|n| {
        let (test, email) = (test.clone(), format!("ana-{n}@example.com"));
        tokio::spawn(async move { test.login(&email, PASSWORD).await.unwrap_err() })
    });
    let (mut wrong, mut overloaded) = (0, 0);
    for call in futures::future::join_all(calls.collect::<Vec<_>>()).await {
        let refused = call.unwrap();
        if refused.is(&CommonReason::Overloaded) {
            assert!(refused.retry_delay().is_some());
            overloaded += 1;
        } else {
            assert!(refused.is(&AuthReason::CredentialsWrong), "{refused}");
            wrong += 1;
        }
    }
    assert!(
        wrong >= 3 && overloaded >= 30,
        "{wrong} wrong, {overloaded} overloaded"
    );
}

#[tokio::test]
async fn a_login_says_from_which_device_it_is() {
    let test = TestApp::sqlite(options()).await;
    test.register("ana@example.com", PASSWORD).await.unwrap();
    let ctx = sv_kernel::Ctx {
        device: Some("tv-1".into()),
        ..test.stranger()
    };
    let answer = test
        .login_in(&ctx, "ana@example.com", PASSWORD)
        .await
        .unwrap();
    let verified = test.verify(&answer.access_token).await.unwrap();
    assert_eq!(verified.viewer.device.as_deref(), Some("tv-1"));
    let refreshed = test.refresh(&answer.refresh_token, None).await.unwrap();
    let verified = test.verify(&refreshed.access_token).await.unwrap();
    assert_eq!(verified.viewer.device.as_deref(), Some("tv-1"));
}

#[tokio::test]
async fn without_users_nobody_is_signed_in() {
    let test = TestApp::sqlite(options()).await;
    test.register("ana@example.com", PASSWORD).await.unwrap();
    test.users.fail(Fault::Unavailable);
    let refused = test.login("ana@example.com", PASSWORD).await.unwrap_err();
    assert!(refused.is(&CommonReason::Unavailable), "{refused}");
}
