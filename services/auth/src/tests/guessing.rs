//! Guessing passwords: bounded for the account, and without harm to its owner (A21, A22, AUTH-9).

use std::sync::Arc;

use sv_kernel::Ctx;
use sv_proto::{auth::AuthReason, common::CommonReason};

use super::{PASSWORD, World, options};

fn from(world: &World, address: &str, device: Option<&str>) -> Ctx {
    Ctx {
        client: address.parse().ok(),
        device: device.map(Arc::from),
        ..world.stranger()
    }
}

#[tokio::test]
async fn sixty_wrong_passwords_from_sixty_addresses_are_ten_and_the_owner_gets_in() {
    for world in World::all().await {
        world.register("ana@example.com", PASSWORD).await.unwrap();
        let home = from(&world, "192.0.2.7", Some("tv-1"));
        world
            .login_in(&home, "ana@example.com", PASSWORD)
            .await
            .unwrap();
        let before = world.app.hasher.done();
        let (mut wrong, mut refused) = (0, 0);
        for n in 0..60 {
            let stranger = from(&world, &format!("198.51.100.{n}"), None);
            let password = format!("guess number {n}");
            let failed = world
                .login_in(&stranger, "Ana@Example.com", &password)
                .await;
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
            world.app.hasher.done() - before,
            10,
            "refused before any work"
        );
        // From where she signed in before, and with the device wherever it is.
        world
            .login_in(&home, "ana@example.com", PASSWORD)
            .await
            .unwrap();
        let away = from(&world, "203.0.113.9", Some("tv-1"));
        world
            .login_in(&away, "ana@example.com", PASSWORD)
            .await
            .unwrap();
    }
}

/// A22: the budget is the address's, whether or not it has an account.
#[tokio::test]
async fn the_budget_does_not_tell_whether_there_is_an_account() {
    let world = World::sqlite(options()).await;
    world.register("ana@example.com", PASSWORD).await.unwrap();
    let mut ends = Vec::new();
    for email in ["ana@example.com", "nobody@example.com"] {
        let mut tried = 0;
        for n in 0..20 {
            let stranger = from(&world, &format!("198.51.100.{n}"), None);
            let failed = world.login_in(&stranger, email, "a wrong password").await;
            tried += usize::from(failed.unwrap_err().is(&AuthReason::CredentialsWrong));
        }
        ends.push(tried);
    }
    assert_eq!(ends, [10, 10]);
}

#[tokio::test]
async fn who_registered_from_here_is_known_here() {
    let world = World::sqlite(options()).await;
    let home = from(&world, "192.0.2.7", None);
    let request = sv_proto::auth::RegisterRequest {
        email: "ana@example.com".into(),
        password: PASSWORD.into(),
        name: "Ana".into(),
        username: String::new(),
    };
    let request = sv_rpc::call(&home, request);
    world.edge.clone().register(request).await.unwrap();
    for n in 0..20 {
        let stranger = from(&world, &format!("198.51.100.{n}"), None);
        let failed = world.login_in(&stranger, "ana@example.com", "a wrong password");
        failed.await.unwrap_err();
    }
    world
        .login_in(&home, "ana@example.com", PASSWORD)
        .await
        .unwrap();
}
