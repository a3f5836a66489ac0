//! What a password may be, how it is kept, and which addresses are one (C21, A22, A26).

use sea_orm::{ConnectionTrait as _, Statement};
use sv_proto::{auth::AuthReason, common::CommonReason};

use super::{PASSWORD, TestApp, options};

/// C21: judged before any work is done.
#[tokio::test]
async fn passwords_that_are_too_short_or_too_long_are_refused_before_hashing() {
    let test = TestApp::sqlite(options()).await;
    let cases = [
        ("1234567".to_owned(), AuthReason::PasswordTooShort),
        ("x".repeat(257), AuthReason::PasswordTooLong),
        ("é".repeat(257), AuthReason::PasswordTooLong),
        ("x".repeat(4096), AuthReason::PasswordTooLong),
        (" ".repeat(20), AuthReason::PasswordBlank),
        ("PassWord1".to_owned(), AuthReason::PasswordTooCommon),
        ("ana.oliveira".to_owned(), AuthReason::PasswordTooCommon),
        (
            "Ana.Oliveira@Example.com".to_owned(),
            AuthReason::PasswordTooCommon,
        ),
        ("oliveira example".to_owned(), AuthReason::PasswordTooCommon),
        ("AnaAnaAna 1".to_owned(), AuthReason::PasswordTooCommon),
        ("StreamVerse".to_owned(), AuthReason::PasswordTooCommon),
    ];
    for (password, reason) in cases {
        let refused = test.register("ana.oliveira@example.com", &password).await;
        let refused = refused.unwrap_err();
        assert!(refused.is(&reason), "{}: {refused}", password.len());
    }
    for password in ["1234567\u{0}8".to_owned(), "x".repeat(4097)] {
        let refused = test.register("ana@example.com", &password).await;
        let refused = refused.unwrap_err();
        assert!(refused.is(&CommonReason::ValidationFailed), "{refused}");
    }
    assert_eq!(test.app.hasher.done(), 0);
}

/// A26: passphrases are taken whole.
#[tokio::test]
async fn every_character_of_a_long_passphrase_counts() {
    for test in TestApp::all().await {
        for (email, length) in [
            ("a@example.com", 72),
            ("b@example.com", 73),
            ("c@example.com", 256),
        ] {
            let password = "ü".repeat(length - 1) + "y";
            test.register(email, &password).await.unwrap();
            test.login(email, &password).await.unwrap();
            for other in [
                "ü".repeat(length - 1),
                "ü".repeat(length),
                "ü".repeat(length + 1),
            ] {
                let refused = test.login(email, &other).await.unwrap_err();
                assert!(refused.is(&AuthReason::CredentialsWrong), "{refused}");
            }
        }
    }
}

/// Sets the password of the one account as it was stored before there was a pepper.
async fn store_as_before(test: &TestApp, password: &str) {
    let hash = bcrypt::hash(password, 4).unwrap();
    let tx = test.db.begin(&test.db.ctx()).await.unwrap();
    let sql = "UPDATE credentials SET password_hash = $1, password_scheme = 1";
    tx.run(sql, [hash.into()]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn scheme(test: &TestApp) -> i32 {
    let db = test.db.read();
    let sql = "SELECT password_scheme FROM credentials";
    let query = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(query).await.unwrap().unwrap();
    row.try_get("", "password_scheme").unwrap()
}

#[tokio::test]
async fn an_older_hash_verifies_and_is_renewed_by_signing_in() {
    for test in TestApp::all().await {
        test.register("ana@example.com", PASSWORD).await.unwrap();
        assert_eq!(scheme(&test).await, 2);
        store_as_before(&test, PASSWORD).await;
        let refused = test.login("ana@example.com", "correct house").await;
        assert!(refused.unwrap_err().is(&AuthReason::CredentialsWrong));
        assert_eq!(scheme(&test).await, 1);
        test.login("ana@example.com", PASSWORD).await.unwrap();
        assert_eq!(scheme(&test).await, 2);
        test.login("ana@example.com", PASSWORD).await.unwrap();

        // What was allowed once still signs in, though nobody could choose it today.
        store_as_before(&test, "12345678").await;
        test.login("ana@example.com", "12345678").await.unwrap();
        test.login("ana@example.com", "12345678").await.unwrap();
    }
}

/// A lost pepper is said at the start, instead of turning everybody away.
#[tokio::test]
async fn another_pepper_than_the_passwords_were_hashed_with_stops_the_start() {
    for test in TestApp::all().await {
        let (mut server, hosted) =
            sv_boot::testing::Hosted::start(&test.harness, crate::NAME, &test.db, &[]).await;
        let refused = crate::add(&mut server, &hosted, options(), &[8; 32], None).await;
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains("auth.pepper"), "{refused}");
        let (mut server, hosted) =
            sv_boot::testing::Hosted::start(&test.harness, crate::NAME, &test.db, &[]).await;
        let again = crate::add(&mut server, &hosted, options(), super::PEPPER, None).await;
        again.unwrap();
    }
}

/// A22: the work is the same, whether or not the address is taken.
#[tokio::test]
async fn registering_costs_the_same_work_where_the_address_is_taken() {
    let test = TestApp::sqlite(options()).await;
    test.register("ana@example.com", PASSWORD).await.unwrap();
    assert_eq!(test.app.hasher.done(), 1);
    test.register("ana@example.com", PASSWORD)
        .await
        .unwrap_err();
    assert_eq!(test.app.hasher.done(), 2);
}

/// Both spellings of a domain, and space around an address.
#[tokio::test]
async fn an_address_is_one_mailbox_however_it_is_typed() {
    for test in TestApp::all().await {
        let made = test
            .register(" Ana@xn--bcher-kva.example\t", PASSWORD)
            .await
            .unwrap();
        assert_eq!(made.user.unwrap().email, "Ana@bücher.example");
        for same in [
            "ana@bücher.example",
            " ana@BÜCHER.example ",
            "ana@XN--BCHER-KVA.example\n",
        ] {
            test.login(same, PASSWORD).await.unwrap();
            let refused = test.register(same, PASSWORD).await.unwrap_err();
            assert!(refused.is(&AuthReason::EmailTaken), "{refused}");
        }
        assert_eq!(test.users.creations(), 1);
    }
}

/// Addresses that were stored when both spellings were two.
#[tokio::test]
async fn an_account_from_before_is_found_under_both_spellings() {
    for test in TestApp::all().await {
        test.register("ana@bücher.example", PASSWORD).await.unwrap();
        let tx = test.db.begin(&test.db.ctx()).await.unwrap();
        let sql = "UPDATE credentials SET email_key = 'ana@xn--bcher-kva.example'";
        tx.run(sql, []).await.unwrap();
        tx.commit().await.unwrap();
        for same in ["ana@bücher.example", "ana@xn--bcher-kva.example"] {
            test.login(same, PASSWORD).await.unwrap();
            let refused = test.register(same, PASSWORD).await.unwrap_err();
            assert!(refused.is(&AuthReason::EmailTaken), "{refused}");
        }
    }
}
