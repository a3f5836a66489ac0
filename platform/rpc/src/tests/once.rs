//! `Idempotency-Key` through the stacks (C40).

use std::time::Duration;

use sv_kernel::{Ctx, Error, Id};
use sv_proto::{common::CommonReason, options::Role, users::UserReason};
use uuid::Uuid;

use super::{
    services::Act,
    site::{Site, create_profile},
};
use crate::{call, error, names};

/// C40: one effect, one answer, 24 h; another request under the key is refused.
#[tokio::test]
async fn an_idempotency_key_gives_the_first_answer_again() {
    for site in Site::both().await {
        let mut client = site.client();
        let keyed = |ctx: &Ctx, name: &str| {
            let mut request = call(ctx, create_profile(name));
            request
                .metadata_mut()
                .insert(names::IDEMPOTENCY_KEY, "k-1".parse().unwrap());
            request
        };
        let ctx = site.viewer();
        let first = client.create_profile(keyed(&ctx, "Ana")).await.unwrap();
        let again = client.create_profile(keyed(&ctx, "Ana")).await.unwrap();
        assert_eq!(
            again.metadata().get(names::HTTP_STATUS).unwrap(),
            "201",
            "{}",
            site.kind
        );
        assert_eq!(first.into_inner(), again.into_inner());
        assert_eq!(site.users.runs(), 1);

        let reused = client.create_profile(keyed(&ctx, "Bo")).await.unwrap_err();
        assert!(error(reused).is(&CommonReason::IdempotencyKeyReused));
        let other = site
            .harness
            .viewer(Id::from_uuid(Uuid::from_u128(8)), [Role::Viewer]);
        client.create_profile(keyed(&other, "Bo")).await.unwrap();
        assert_eq!(site.users.runs(), 2, "another account's key is another key");
    }
}

#[tokio::test]
async fn failures_are_remembered_unless_they_surely_had_no_effect() {
    for site in Site::both().await {
        let mut client = site.client();
        let ctx = site.viewer();
        let keyed = |key: &'static str| {
            let mut request = call(&ctx, create_profile("Ana"));
            request
                .metadata_mut()
                .insert(names::IDEMPOTENCY_KEY, key.parse().unwrap());
            let mut client = client.clone();
            async move { client.create_profile(request).await.map_err(error) }
        };
        site.users.then(Act::Fail(
            Error::from(UserReason::ProfileLimit).with("limit", 5),
        ));
        let first = keyed("a").await.unwrap_err();
        let again = keyed("a").await.unwrap_err();
        assert_eq!(
            (again.reason(), again.message()),
            (first.reason(), first.message())
        );
        assert_eq!(site.users.runs(), 1, "{}", site.kind);

        site.users.then(Act::Fail(CommonReason::Unavailable.into()));
        assert!(keyed("b").await.unwrap_err().is(&CommonReason::Unavailable));
        keyed("b").await.unwrap();
        assert_eq!(site.users.runs(), 3, "{}", site.kind);

        client
            .create_profile(call(&ctx, create_profile("Ana")))
            .await
            .unwrap();
        assert_eq!(site.users.runs(), 4, "without a key every call runs");
    }
}

#[tokio::test]
async fn a_repetition_while_the_first_call_runs_is_refused() {
    let site = Site::here();
    site.users.then(Act::Hang);
    let keyed = || {
        let mut request = call(&site.viewer(), create_profile("Ana"));
        request
            .metadata_mut()
            .insert(names::IDEMPOTENCY_KEY, "k".parse().unwrap());
        request
    };
    let (mut client, first) = (site.client(), keyed());
    let running = tokio::spawn(async move { client.create_profile(first).await });
    site.users.until_run(1).await;
    // Another token, the same account: the key is the account's.
    let early = site.client().create_profile(keyed()).await.unwrap_err();
    let early = error(early);
    assert!(early.is(&CommonReason::IdempotencyInProgress));
    // The process of the first call may be gone: how long its mark stays is said.
    let left = early.retry_delay().unwrap();
    assert!(left > Duration::from_secs(1), "{left:?}");
    running.abort();
}
