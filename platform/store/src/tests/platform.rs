//! What all processes share: secrets, public keys, counters.

use sv_kernel::{
    Timestamp,
    service_keys::{KeyDirectory as _, PublicKey},
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
