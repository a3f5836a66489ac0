//! Service tokens and their key file.

use std::{sync::Arc, time::Duration};

use sv_kernel::{MovableClock, SeededEntropy, Timestamp};

use super::world::NOW;
use crate::{Env, identity::ServiceKey};

fn env_at(clock: &Arc<MovableClock>) -> Env {
    Env::new(clock.clone(), Arc::new(SeededEntropy::new(3)))
}

#[test]
fn a_service_token_is_for_one_service_and_one_minute() {
    let clock = Arc::new(MovableClock::at(Timestamp::from_secs(NOW)));
    let key = ServiceKey::ephemeral(&env_at(&clock)).unwrap();
    let token = key
        .token(&"auth".into(), "streamverse.users.v1.UserService")
        .unwrap();
    assert_eq!(
        &*key
            .verify(&token, "streamverse.users.v1.UserService")
            .unwrap(),
        "auth"
    );
    assert!(
        key.verify(&token, "streamverse.rights.v1.RightsService")
            .is_err()
    );

    let stranger = ServiceKey::ephemeral(&env_at(&clock)).unwrap();
    assert!(
        stranger
            .verify(&token, "streamverse.users.v1.UserService")
            .is_err()
    );

    clock.advance(Duration::from_secs(64));
    assert!(
        key.verify(&token, "streamverse.users.v1.UserService")
            .is_ok()
    );
    clock.advance(Duration::from_secs(1));
    assert!(
        key.verify(&token, "streamverse.users.v1.UserService")
            .is_err()
    );
    let fresh = key
        .token(&"auth".into(), "streamverse.users.v1.UserService")
        .unwrap();
    assert_ne!(fresh, token);
    assert!(
        key.verify(&fresh, "streamverse.users.v1.UserService")
            .is_ok()
    );
}

#[test]
fn a_token_from_a_clock_that_runs_ahead_is_refused() {
    let (here, ahead) = (
        MovableClock::at(Timestamp::from_secs(NOW)),
        MovableClock::at(Timestamp::from_secs(NOW + 60)),
    );
    let folder = tempfile::tempdir().unwrap();
    let ours = ServiceKey::open(folder.path(), &env_at(&Arc::new(here))).unwrap();
    let theirs = ServiceKey::open(folder.path(), &env_at(&Arc::new(ahead))).unwrap();
    let token = theirs.token(&"auth".into(), "a.B").unwrap();
    assert!(ours.verify(&token, "a.B").is_err());
}

#[test]
fn the_key_file_is_made_once_and_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("service-identity.key");
    let keys: Vec<ServiceKey> = std::thread::scope(|scope| {
        let open = || ServiceKey::open(folder.path(), &Env::system()).unwrap();
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let token = keys[0].token(&"auth".into(), "a.B").unwrap();
    assert!(
        keys.iter().all(|key| key.verify(&token, "a.B").is_ok()),
        "all have the same key"
    );
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "no drafts are left"
    );

    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(ServiceKey::open(folder.path(), &Env::system()).is_err());
}
