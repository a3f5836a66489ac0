//! Identities of services: their tokens, keys, and the files and directories that hold them.

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use sv_kernel::{
    BoxError, MovableClock, SeededEntropy, Timestamp,
    service_keys::{KeyDirectory, PublicKey},
};

use super::world::NOW;
use crate::{
    Env,
    identity::{
        FolderDirectory, IdentitySettings, MemoryDirectory, ServiceIdentities, TrustedKeys,
    },
};

const USERS: &str = "streamverse.users.v1.UserService";

fn env_at(clock: &Arc<MovableClock>) -> Env {
    Env::new(clock.clone(), Arc::new(SeededEntropy::new(3)))
}

fn clock() -> Arc<MovableClock> {
    Arc::new(MovableClock::at(Timestamp::from_secs(NOW)))
}

fn speaking_for(services: &[&str], folder: Option<&Path>) -> IdentitySettings {
    IdentitySettings {
        services: services
            .iter()
            .map(|s| (*s).to_owned())
            .collect::<BTreeSet<_>>(),
        folder: folder.map(ToOwned::to_owned),
        rotate_after: None,
    }
}

/// Opens the identities of a process of its own.
async fn process(
    services: &[&str],
    folder: Option<&Path>,
    directory: &Arc<impl KeyDirectory + 'static>,
    env: &Env,
) -> std::io::Result<ServiceIdentities> {
    ServiceIdentities::open(speaking_for(services, folder), directory.clone(), env).await
}

#[tokio::test]
async fn a_service_token_is_for_one_service_and_one_minute() {
    let clock = clock();
    let ours = ServiceIdentities::ephemeral(&env_at(&clock), ["auth"]).unwrap();
    let token = ours.token(&"auth".into(), USERS).unwrap();
    assert_eq!(&*ours.verify(&token, USERS).await.unwrap(), "auth");
    let elsewhere = ours.verify(&token, "streamverse.rights.v1.RightsService");
    assert!(elsewhere.await.is_err());

    let stranger = ServiceIdentities::ephemeral(&env_at(&clock), ["auth"]).unwrap();
    assert!(stranger.verify(&token, USERS).await.is_err());

    clock.advance(Duration::from_secs(64));
    assert!(ours.verify(&token, USERS).await.is_ok());
    clock.advance(Duration::from_secs(1));
    assert!(ours.verify(&token, USERS).await.is_err());
    let fresh = ours.token(&"auth".into(), USERS).unwrap();
    assert_ne!(fresh, token);
    assert!(ours.verify(&fresh, USERS).await.is_ok());
}

#[tokio::test]
async fn a_token_from_a_clock_that_runs_ahead_is_refused() {
    let directory = Arc::new(MemoryDirectory::default());
    let ahead = Arc::new(MovableClock::at(Timestamp::from_secs(NOW + 60)));
    let ours = process(&["auth"], None, &directory, &env_at(&clock()))
        .await
        .unwrap();
    let theirs = process(&["auth"], None, &directory, &env_at(&ahead))
        .await
        .unwrap();
    let token = theirs.token(&"auth".into(), "a.B").unwrap();
    assert!(ours.verify(&token, "a.B").await.is_err());
}

/// Answers 21: whoever holds content's key cannot speak for auth, nor may a process lend its name.
#[tokio::test]
async fn a_key_speaks_only_for_the_service_that_it_is_published_for() {
    let env = env_at(&clock());
    let directory = Arc::new(MemoryDirectory::default());
    let content = process(&["content"], None, &directory, &env).await.unwrap();
    let users = process(&["users"], None, &directory, &env).await.unwrap();
    assert!(content.token(&"auth".into(), USERS).is_err());
    let token = content.token(&"content".into(), USERS).unwrap();
    assert_eq!(&*users.verify(&token, USERS).await.unwrap(), "content");

    // The same key, published under content's name, signs `svc:auth`.
    let forger = ServiceIdentities::ephemeral(&env, ["auth"]).unwrap();
    let forged = forger.token(&"auth".into(), USERS).unwrap();
    let kid = jsonwebtoken::decode_header(&*forged).unwrap().kid.unwrap();
    let real = directory.list().await.unwrap().remove(0);
    let lent = PublicKey {
        service: "content".into(),
        kid,
        ..real
    };
    directory.publish(&lent).await.unwrap();
    assert!(users.verify(&forged, USERS).await.is_err());
}

#[tokio::test]
async fn a_process_that_starts_later_is_known_at_its_first_call() {
    let env = env_at(&clock());
    let folder = tempfile::tempdir().unwrap();
    let directory = Arc::new(FolderDirectory::new(folder.path().join("run/identities")));
    let users = process(&["users"], None, &directory, &env).await.unwrap();
    let unknown = ServiceIdentities::ephemeral(&env, ["auth"]).unwrap();
    let unknown = unknown.token(&"auth".into(), USERS).unwrap();
    assert!(users.verify(&unknown, USERS).await.is_err());
    let auth = process(&["auth"], None, &directory, &env).await.unwrap();
    let token = auth.token(&"auth".into(), USERS).unwrap();
    assert_eq!(&*users.verify(&token, USERS).await.unwrap(), "auth");
}

/// Counts looks, and can be away.
#[derive(Default)]
struct Watched {
    keys: MemoryDirectory,
    looks: AtomicUsize,
    away: AtomicBool,
}

#[async_trait]
impl KeyDirectory for Watched {
    async fn publish(&self, key: &PublicKey) -> Result<(), BoxError> {
        self.keys.publish(key).await
    }

    async fn list(&self) -> Result<Vec<PublicKey>, BoxError> {
        self.looks.fetch_add(1, Ordering::SeqCst);
        if self.away.load(Ordering::SeqCst) {
            return Err("away".into());
        }
        self.keys.list().await
    }

    async fn prune(&self, now: Timestamp) -> Result<(), BoxError> {
        self.keys.prune(now).await
    }
}

#[tokio::test]
async fn made_up_keys_cost_five_looks_a_second_at_most() {
    let env = env_at(&clock());
    let directory = Arc::new(Watched::default());
    let users = process(&["users"], None, &directory, &env).await.unwrap();
    let begin = tokio::time::Instant::now();
    let stranger = ServiceIdentities::ephemeral(&env, ["auth"]).unwrap();
    for _ in 0..3 {
        let tries = (0..200).map(|n| {
            let token = stranger.token(&"auth".into(), &format!("a.B{n}")).unwrap();
            let users = &users;
            async move { users.verify(&token, "a.B").await.is_err() }
        });
        let refused = futures::future::join_all(tries).await;
        assert!(refused.into_iter().all(|refused| refused));
    }
    let looks = directory.looks.load(Ordering::SeqCst);
    let allowed = 1 + begin.elapsed().as_millis() / 200;
    assert!(looks as u128 <= allowed, "{looks} looks, {allowed} allowed");
    assert!((3..=4).contains(&looks), "{looks}");
}

#[tokio::test]
async fn what_is_known_holds_while_the_directory_is_away_and_what_is_not_can_be_tried_again() {
    let env = env_at(&clock());
    let directory = Arc::new(Watched::default());
    let users = process(&["users"], None, &directory, &env).await.unwrap();
    let auth = process(&["auth"], None, &directory, &env).await.unwrap();
    let known = auth.token(&"auth".into(), USERS).unwrap();
    assert!(users.verify(&known, USERS).await.is_ok());
    let content = process(&["content"], None, &directory, &env).await.unwrap();
    directory.away.store(true, Ordering::SeqCst);
    let unknown = content.token(&"content".into(), USERS).unwrap();
    assert_eq!(
        users.verify(&unknown, USERS).await.unwrap_err().reason(),
        "UNAVAILABLE"
    );
    assert!(users.verify(&known, USERS).await.is_ok());
    directory.away.store(false, Ordering::SeqCst);
    assert!(users.verify(&unknown, USERS).await.is_ok());
}

#[tokio::test]
async fn keys_change_under_calls_without_a_refusal() {
    let clock = clock();
    let env = env_at(&clock);
    let directory = Arc::new(MemoryDirectory::default());
    let auth = process(&["auth"], None, &directory, &env).await.unwrap();
    let users = process(&["users"], None, &directory, &env).await.unwrap();
    let mut kids = BTreeSet::new();
    let mut in_flight = Vec::new();
    for change in 0..4 {
        for call in 0..20 {
            let token = auth.token(&"auth".into(), &format!("a.B{call}")).unwrap();
            kids.insert(jsonwebtoken::decode_header(&*token).unwrap().kid.unwrap());
            // Half of the calls arrive only after the next key has taken over.
            if call % 2 == 0 {
                assert!(users.verify(&token, &format!("a.B{call}")).await.is_ok());
            } else {
                in_flight.push((token, call));
            }
        }
        auth.rotate("auth").await.unwrap();
        for (token, call) in in_flight.drain(..) {
            let verdict = users.verify(&token, &format!("a.B{call}")).await;
            assert!(verdict.is_ok(), "change {change}, call {call}: {verdict:?}");
        }
        clock.advance(Duration::from_secs(20));
    }
    assert_eq!(kids.len(), 4, "each change brings another key");

    // A key that signs no more is forgotten after its last tokens.
    clock.advance(Duration::from_mins(3));
    directory.prune(env.clock.now()).await.unwrap();
    assert_eq!(
        directory.list().await.unwrap().len(),
        2,
        "auth's and users'"
    );
}

#[tokio::test]
async fn a_key_that_is_old_enough_is_replaced_and_its_file_with_it() {
    let clock = clock();
    let env = env_at(&clock);
    let folder = tempfile::tempdir().unwrap();
    let directory = Arc::new(MemoryDirectory::default());
    let settings = IdentitySettings {
        rotate_after: Some(Duration::from_hours(24)),
        ..speaking_for(&["auth"], Some(folder.path()))
    };
    let open = || ServiceIdentities::open(settings.clone(), directory.clone(), &env);
    let kid = |identities: &ServiceIdentities| {
        let token = identities.token(&"auth".into(), "a.B").unwrap();
        jsonwebtoken::decode_header(&*token).unwrap().kid.unwrap()
    };
    let first = open().await.unwrap();
    let old = kid(&first);
    drop(first);
    let again = open().await.unwrap();
    assert_eq!(kid(&again), old, "a key outlives its process");

    clock.advance(Duration::from_hours(25));
    let (again, stop) = (Arc::new(again), tokio_util::sync::CancellationToken::new());
    let kept = tokio::spawn(again.clone().keep(stop.clone()));
    while kid(&again) == old {
        tokio::task::yield_now().await;
    }
    stop.cancel();
    kept.await.unwrap();
    let new = kid(&again);
    drop(again);
    assert_eq!(kid(&open().await.unwrap()), new);
}

#[tokio::test]
async fn a_key_file_is_for_its_owner_and_one_process_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let env = env_at(&clock());
    let (folder, directory) = (
        tempfile::tempdir().unwrap(),
        Arc::new(MemoryDirectory::default()),
    );
    let first = process(&["auth"], Some(folder.path()), &directory, &env)
        .await
        .unwrap();
    let second = process(&["auth"], Some(folder.path()), &directory, &env)
        .await
        .unwrap();
    let path = folder.path().join("auth.key");
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(directory.list().await.unwrap().len(), 2, "each has its own");
    for (one, other) in [(&first, &second), (&second, &first)] {
        let token = one.token(&"auth".into(), "a.B").unwrap();
        assert!(other.verify(&token, "a.B").await.is_ok());
    }
    drop((first, second));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(
        process(&["auth"], Some(folder.path()), &directory, &env)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn only_keys_that_people_handed_out_count_where_a_folder_of_them_is_named() {
    let env = env_at(&clock());
    let (data, trusted) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let directory = Arc::new(TrustedKeys::new(trusted.path().to_owned()));
    let refused = process(&["auth"], Some(data.path()), &directory, &env).await;
    let text = refused.unwrap_err().to_string();
    assert!(
        text.contains("mesh.trusted_keys") && text.contains("auth.pub.json"),
        "{text}"
    );

    std::fs::copy(
        data.path().join("auth.pub.json"),
        trusted.path().join("auth.json"),
    )
    .unwrap();
    let auth = process(&["auth"], Some(data.path()), &directory, &env)
        .await
        .unwrap();
    let token = auth.token(&"auth".into(), "a.B").unwrap();
    assert!(auth.verify(&token, "a.B").await.is_ok());

    let elsewhere = Arc::new(MemoryDirectory::default());
    let stranger = process(&["auth"], None, &elsewhere, &env).await.unwrap();
    let forged = stranger.token(&"auth".into(), "a.B").unwrap();
    assert!(auth.verify(&forged, "a.B").await.is_err());
}

/// A key of a process that is gone runs out by itself.
#[tokio::test]
async fn a_key_that_nobody_refreshes_is_refused_after_a_while() {
    let clock = clock();
    let env = env_at(&clock);
    let directory = Arc::new(MemoryDirectory::default());
    let auth = process(&["auth"], None, &directory, &env).await.unwrap();
    let users = process(&["users"], None, &directory, &env).await.unwrap();
    clock.advance(Duration::from_mins(14));
    let early = auth.token(&"auth".into(), "a.B").unwrap();
    assert!(users.verify(&early, "a.B").await.is_ok());
    clock.advance(Duration::from_mins(2));
    let late = auth.token(&"auth".into(), "a.B").unwrap();
    assert!(users.verify(&late, "a.B").await.is_err());
}
