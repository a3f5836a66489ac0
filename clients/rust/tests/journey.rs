//! What a viewer's app does, against a running program, whose address is in `STREAMVERSE_URL`;
//! `scripts/clients-check` starts one.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "helpers of tests")]

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, SystemTime},
};

use futures::{StreamExt as _, TryStreamExt as _, future::join_all};
use streamverse_client::{
    Client, Error, Session,
    proto::{
        auth::{AuthReason, RegisterRequest, SelectProfileRequest},
        common::CommonReason,
        content::ListTitlesRequest,
        rights::{Offers, SubscribeRequest},
        search::SearchGlobalRequest,
        streaming::{ListPlaySessionsRequest, StopPlaySessionRequest, StopReason, StreamingReason},
        users::{CreateProfileRequest, GetMeRequest, Profile, UserReason},
    },
};
use tonic::Code;

const COAST: &str = "01936f00-0002-7000-8000-000000000002";

#[expect(clippy::disallowed_methods, reason = "a test of a program of others")]
fn url() -> String {
    std::env::var("STREAMVERSE_URL").expect("STREAMVERSE_URL is not set")
}

/// Returns a client that is signed in to a new account, and its address.
async fn signed_up() -> (Client, String) {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let client = Client::builder(url())
        .device_id("Rust tests")
        .build()
        .unwrap();
    let email = format!(
        "rust-{}-{}@example.org",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    let account = RegisterRequest {
        email: email.clone(),
        password: "a household that watches films".to_owned(),
        name: "Ana".to_owned(),
        ..RegisterRequest::default()
    };
    assert_eq!(client.register(account).await.unwrap().email, email);
    (client, email)
}

async fn subscribe(client: &Client) -> Result<(), Error> {
    let plan_id = "basic".to_owned();
    let request = SubscribeRequest {
        plan_id,
        ..SubscribeRequest::default()
    };
    client.rights().subscribe(request).await?;
    Ok(())
}

async fn me(client: &Client) -> Result<String, Error> {
    let answer = client.user().get_me(GetMeRequest {}).await?.into_inner();
    Ok(answer.user.unwrap().email)
}

/// Says whether nothing is played in the account.
async fn is_idle(client: &Client) -> bool {
    let ask = ListPlaySessionsRequest::default();
    let running = client.play_session().list_play_sessions(ask).await;
    running.unwrap().into_inner().items.is_empty()
}

#[tokio::test]
async fn from_signing_up_to_going_on() {
    let (client, email) = signed_up().await;
    assert_eq!(me(&client).await.unwrap(), email);
    let ask = SearchGlobalRequest {
        q: "endles coast".to_owned(),
        limit: 1,
        ..SearchGlobalRequest::default()
    };
    let found = client
        .search()
        .search_global(ask)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(found.items[0].title, "The Endless Coast");

    let refused = client.play(COAST).await.unwrap_err();
    assert!(refused.is(StreamingReason::AccessDenied), "{refused}");
    assert_eq!(refused.code(), Code::PermissionDenied);
    assert!(refused.values().contains_key("basis"));
    let offers: Offers = refused.detail("streamverse.rights.v1.Offers").unwrap();
    assert_eq!(offers.offers[0].plan.as_ref().unwrap().code, "basic");

    subscribe(&client).await.unwrap();
    let playback = client.play(COAST).await.unwrap();
    assert_eq!(playback.started.title, "The Endless Coast");
    let playlist = ureq::get(&playback.url).call().unwrap();
    let playlist = playlist.into_body().read_to_string().unwrap();
    assert!(playlist.starts_with("#EXTM3U"), "{playlist}");
    playback.set_position(7.0);
    playback.set_state("480p", 10.0, 1.0);
    playback.heartbeat().await.unwrap();
    playback.close().await.unwrap();
    assert!(is_idle(&client).await);

    let again = client.play(COAST).await.unwrap();
    assert!((again.started.resume_position_seconds - 7.0).abs() < 0.01);
    // What is dropped gives its stream back, too.
    drop(again);
    for _ in 0..100 {
        if is_idle(&client).await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it still runs");
}

#[tokio::test]
async fn heartbeats_go_out_by_themselves_and_hear_a_stop() {
    let (client, _) = signed_up().await;
    subscribe(&client).await.unwrap();
    let playback = client.play(COAST).await.unwrap();
    let session_id = playback.started.session_id.clone();
    let stop = StopPlaySessionRequest { session_id };
    client.play_session().stop_play_session(stop).await.unwrap();
    let why = tokio::time::timeout(Duration::from_secs(20), playback.stopped()).await;
    assert_eq!(why.unwrap(), StopReason::Stopped);
    playback.close().await.unwrap();
}

#[tokio::test]
async fn lists_are_read_page_by_page() {
    let (client, _) = signed_up().await;
    let ask = ListTitlesRequest {
        page_size: 100,
        ..ListTitlesRequest::default()
    };
    let titles = client
        .pages(ask)
        .take(250)
        .try_collect::<Vec<_>>()
        .await
        .unwrap();
    let mut ids: Vec<_> = titles.into_iter().map(|title| title.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 250);
    let ask = ListTitlesRequest {
        page_token: "none".to_owned(),
        ..ListTitlesRequest::default()
    };
    let refused = client.pages(ask).try_collect::<Vec<_>>().await.unwrap_err();
    assert!(refused.is(CommonReason::PageInvalid), "{refused}");
}

#[tokio::test]
async fn a_token_that_has_ended_is_refreshed_once_for_all_tasks() {
    let (client, email) = signed_up().await;
    let mut stale = client.session().unwrap();
    stale.expires_at = SystemTime::UNIX_EPOCH;
    let told = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&told);
    let again = Client::builder(url())
        .session(Some(stale))
        .on_session(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
        })
        .build()
        .unwrap();
    for answer in join_all((0..8).map(|_| me(&again))).await {
        assert_eq!(answer.unwrap(), email);
    }
    assert_eq!(told.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_token_that_is_refused_is_refreshed() {
    let (client, email) = signed_up().await;
    let mut broken = client.session().unwrap();
    broken
        .access_token
        .replace_range(broken.access_token.len() - 4.., "AAAA");
    let again = Client::builder(url())
        .session(Some(broken.clone()))
        .build()
        .unwrap();
    assert_eq!(me(&again).await.unwrap(), email);
    assert_ne!(again.session(), Some(broken));
}

#[tokio::test]
async fn a_refresh_whose_answer_was_lost_is_made_again() {
    let (client, email) = signed_up().await;
    let kept = serde_json::to_string(&client.session()).unwrap();
    client.refresh().await.unwrap();
    // Another start, which knows nothing of that answer.
    let kept: Option<Session> = serde_json::from_str(&kept).unwrap();
    let again = Client::builder(url()).session(kept).build().unwrap();
    again.refresh().await.unwrap();
    let token = |client: &Client| client.session().unwrap().refresh_token;
    assert_eq!(token(&again), token(&client));
    again.refresh().await.unwrap();
    assert_eq!(me(&again).await.unwrap(), email);
}

#[tokio::test]
async fn a_session_that_is_over_says_so() {
    let (client, _) = signed_up().await;
    let session = client.session().unwrap();
    let kept = serde_json::to_string(&session).unwrap();
    let text = format!("{session:?}");
    for secret in [
        &session.access_token,
        &session.refresh_token,
        &session.refresh_key,
    ] {
        assert!(!text.contains(secret.as_str()));
    }
    client.sign_out().await.unwrap();
    assert_eq!(client.session(), None);
    let kept: Session = serde_json::from_str(&kept).unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let note = Arc::clone(&told);
    let again = Client::builder(url())
        .session(Some(kept))
        .on_session(move |session| note.lock().unwrap().push(session.cloned()))
        .build()
        .unwrap();
    let over = again.refresh().await.unwrap_err();
    assert!(over.is(AuthReason::RefreshTokenInvalid), "{over}");
    assert_eq!(*told.lock().unwrap(), [None]);
}

#[tokio::test]
async fn broken_rules_languages_and_children() {
    let stranger = Client::builder(url()).language("nb").build().unwrap();
    let refused = me(&stranger).await.unwrap_err();
    assert!(
        refused.is(CommonReason::Unauthenticated) && refused.message().contains("Logg"),
        "{refused}"
    );

    let (client, email) = signed_up().await;
    let wrong = client
        .sign_in(&email, "another password")
        .await
        .unwrap_err();
    assert!(wrong.is(AuthReason::CredentialsWrong), "{wrong}");
    let profile = |name: &str, is_kids| CreateProfileRequest {
        profile: Some(Profile {
            name: name.to_owned(),
            is_kids,
            ..Profile::default()
        }),
    };
    let broken = client
        .user()
        .create_profile(profile(&"x".repeat(51), false))
        .await;
    let broken = Error::from(broken.unwrap_err());
    assert_eq!(broken.violations()[0].field, "profile.name");
    assert!(broken.request_id().is_some());
    let kid = client
        .user()
        .create_profile(profile("Ida", true))
        .await
        .unwrap();
    let profile_id = kid.into_inner().profile.unwrap().id;
    let select = SelectProfileRequest {
        profile_id,
        ..SelectProfileRequest::default()
    };
    assert!(client.select_profile(select).await.unwrap().is_kids);
    let locked = subscribe(&client).await.unwrap_err();
    assert!(locked.is(UserReason::ProfileLocked), "{locked}");
}
