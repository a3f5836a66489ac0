//! What all processes share: secrets, public keys, counters.

use std::sync::Arc;

use sv_kernel::Timestamp;
use sv_rpc::{
    Env,
    identity::{IdentitySettings, KeyDirectory as _, PublicKey, ServiceIdentities},
};

use crate::{platform::PlatformStore, testing::TestDb};

/// The shared tables as each of `N` processes opens them.
async fn processes<const N: usize>(home: &TestDb) -> [PlatformStore; N] {
    let mut opened = Vec::new();
    for _ in 0..N {
        opened.push(
            PlatformStore::open(&home.elsewhere(), home.ctx())
                .await
                .unwrap(),
        );
    }
    opened.try_into().unwrap()
}

#[tokio::test]
async fn processes_that_start_at_once_agree_on_one_secret() {
    for home in TestDb::all(&[]).await {
        let stores: [_; 4] = processes(&home).await;
        let asked = stores.iter().enumerate().map(|(n, store)| async move {
            let fresh = [u8::try_from(n).unwrap(); 32];
            store.secret("page-tokens", &fresh).await.unwrap()
        });
        let secrets = futures::future::join_all(asked).await;
        assert!(secrets.iter().all(|secret| *secret == secrets[0]));
        assert_ne!(
            stores[0].secret("other", &[9; 32]).await.unwrap(),
            secrets[0]
        );
    }
}

#[tokio::test]
async fn a_service_of_one_process_is_known_to_another_by_the_shared_tables() {
    for home in TestDb::all(&[]).await {
        let [one, other] = processes(&home).await;
        let env = Env::system();
        let speaking = |service: &str| IdentitySettings {
            services: [service.to_owned()].into(),
            folder: None,
            rotate_after: None,
        };
        let auth = ServiceIdentities::open(speaking("auth"), Arc::new(one), &env);
        let auth = auth.await.unwrap();
        let users = ServiceIdentities::open(speaking("users"), Arc::new(other), &env);
        let users = users.await.unwrap();
        let token = auth.token(&"auth".into(), "a.B").unwrap();
        assert_eq!(&*users.verify(&token, "a.B").await.unwrap(), "auth");
        auth.rotate("auth").await.unwrap();
        assert!(
            users.verify(&token, "a.B").await.is_ok(),
            "the old key's last token"
        );
        let token = auth.token(&"auth".into(), "a.B").unwrap();
        assert_eq!(&*users.verify(&token, "a.B").await.unwrap(), "auth");
    }
}

#[tokio::test]
async fn a_key_keeps_its_service_and_goes_when_it_holds_no_more() {
    for home in TestDb::all(&[]).await {
        let [store] = processes(&home).await;
        let key = |service: &str, not_after| PublicKey {
            service: service.into(),
            kid: "k1".into(),
            x: "x".into(),
            not_after: Some(not_after),
        };
        store.publish(&key("content", 100)).await.unwrap();
        assert!(store.publish(&key("auth", 100)).await.is_err());
        store.publish(&key("content", 200)).await.unwrap();
        store.prune(Timestamp::from_secs(150)).await.unwrap();
        assert_eq!(store.list().await.unwrap(), [key("content", 200)]);
        store.prune(Timestamp::from_secs(201)).await.unwrap();
        assert_eq!(store.list().await.unwrap(), []);
    }
}
