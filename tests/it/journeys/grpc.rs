//! The thread over gRPC, by the generated clients, through the public port. Only the media bytes are
//! fetched over HTTP, as gRPC's callers fetch them.

use std::time::{Duration, Instant};

use prost::Message as _;
use sv_proto::{
    auth::{LoginRequest, LogoutRequest, RefreshRequest, RegisterRequest},
    content::{
        AdminGetMovieRequest, AdminListMoviesRequest, Content, ContentStatus, ContentType,
        CreateMovieRequest, DeleteMovieRequest, GetMovieRequest, ListMoviesRequest, Monetization,
        UpdateMovieRequest,
    },
    rights::{
        ListPlansRequest, ListSubscriptionsRequest, Offers, SubscribeRequest, SubscriptionStatus,
    },
    search::{Hit, SearchGlobalRequest},
    streaming::PlayOnDemandRequest,
    users::{CreateProfileRequest, GetMeRequest, GetProfileRequest, ListProfilesRequest, Profile},
};
use tonic::Code;

use super::thread::{Title, demo_title, one_token_opens_the_tree};
use crate::harness::{Caller, Client, Deployment, FIRST_PAUSE, PASSWORD, TIMEOUT, longer, refused};

const EMAIL: &str = "gro@example.org";
const NOBODY: &str = "01900000-0000-7000-8000-000000000000";

#[test]
fn a_generated_client_walks_the_thread() {
    let deployment = Deployment::start(&["all"], &[("STREAMVERSE_SERVER__DEMO", "true".into())]);
    walk(&deployment, &demo_title(&deployment));
}

#[test]
fn a_generated_client_cannot_tell_three_processes_from_one() {
    let deployment = Deployment::start(
        &["auth,users,admin", "others", "edge"],
        &[("STREAMVERSE_SERVER__DEMO", "true".into())],
    );
    walk(&deployment, &demo_title(&deployment));
}

/// Every step of a viewer and an editor; ends signed out.
pub(super) fn walk(deployment: &Deployment, film: &Title) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let mut viewer = Caller::connect(&deployment.edge).await;
        sign_up_and_in(&mut viewer).await;
        households(&viewer).await;
        browse(&viewer, film).await;
        subscribe(&viewer, film).await;
        watch(deployment, &viewer, film).await;
        edit(deployment, &viewer).await;
        sign_out(&mut viewer).await;
    });
}

async fn sign_up_and_in(viewer: &mut Caller) {
    // AUTH-1, AUTH-2, C49.
    viewer.register(EMAIL).await;
    let again = RegisterRequest {
        email: EMAIL.to_uppercase(),
        password: PASSWORD.to_owned(),
        name: "Eve".to_owned(),
        ..RegisterRequest::default()
    };
    let again = viewer.auth().register(again).await;
    let taken = refused(again, Code::AlreadyExists, "EMAIL_TAKEN");
    assert_eq!(taken.domain, "auth.streamverse");
    let wrong = LoginRequest {
        email: EMAIL.to_owned(),
        password: "a wrong password".to_owned(),
    };
    let wrong = viewer.auth().login(wrong).await;
    refused(wrong, Code::Unauthenticated, "CREDENTIALS_WRONG");
    let login = viewer.login(EMAIL, PASSWORD).await;
    assert_eq!(
        (login.token_type.as_str(), login.expires_in),
        ("Bearer", 3600)
    );
    assert_eq!(login.user.unwrap_or_default().email, EMAIL);

    // AUTH-4: a refresh token works once.
    let old = RefreshRequest {
        refresh_token: login.refresh_token,
    };
    let fresh = viewer.auth().refresh(old.clone()).await.unwrap();
    let fresh = fresh.into_inner();
    assert_ne!(fresh.refresh_token, old.refresh_token);
    let reused = viewer.auth().refresh(old).await;
    refused(reused, Code::Unauthenticated, "REFRESH_TOKEN_REUSED");
    // AUTH-4: which ended that session; the viewer signs in anew.
    viewer.login(EMAIL, PASSWORD).await;
}

async fn households(viewer: &Caller) {
    // USER-2, AUTH-5.
    let me = viewer.users().get_me(GetMeRequest {}).await.unwrap();
    assert_eq!(me.into_inner().user.unwrap().name, "Gro");

    // USER-3, C3.
    let kids = CreateProfileRequest {
        profile: Some(Profile {
            name: "Léa".to_owned(),
            is_kids: true,
            ..Profile::default()
        }),
    };
    let made = viewer.users().create_profile(kids.clone()).await.unwrap();
    let made = made.into_inner().profile.unwrap();
    assert_eq!((made.name.as_str(), made.is_kids), ("Léa", true));
    let all = ListProfilesRequest::default();
    let all = viewer
        .users()
        .list_profiles(all)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(all.items.len(), 2);
    assert!(all.items.contains(&made));
    let one = GetProfileRequest {
        profile_id: made.id.clone(),
    };
    let one = viewer.users().get_profile(one).await.unwrap();
    assert_eq!(one.into_inner().profile, Some(made));
    let twice = viewer.users().create_profile(kids).await;
    refused(twice, Code::AlreadyExists, "PROFILE_NAME_TAKEN");
}

async fn browse(viewer: &Caller, film: &Title) {
    // CAT-1, C6: list, filter, page, details.
    let mut list = ListMoviesRequest {
        page_size: 5,
        with_total: true,
        ..ListMoviesRequest::default()
    };
    let first = viewer.content().list_movies(list.clone()).await.unwrap();
    let first = first.into_inner();
    assert_eq!(first.items.len(), 5);
    assert!(first.total.is_some_and(|total| total > 5));
    list.page_token = first.next_page_token;
    let second = viewer.content().list_movies(list).await.unwrap();
    assert_ne!(first.items[4].id, second.into_inner().items[0].id);
    let svod = ListMoviesRequest {
        year_from: 1990,
        monetization: vec![Monetization::Svod.into()],
        ..ListMoviesRequest::default()
    };
    let svod = viewer
        .content()
        .list_movies(svod)
        .await
        .unwrap()
        .into_inner();
    assert!(!svod.items.is_empty());
    for item in &svod.items {
        assert_eq!(item.monetization(), Monetization::Svod, "{item:?}");
        assert!(item.release_date.as_str() >= "1990", "{item:?}");
    }

    let details = |id: &str| GetMovieRequest { id: id.to_owned() };
    let details_of = viewer.content().get_movie(details(&film.id)).await.unwrap();
    let content = details_of.into_inner().content.unwrap();
    assert_eq!(content.title, film.title);
    assert_eq!(content.r#type(), ContentType::Movie);
    let unknown = viewer.content().get_movie(details(NOBODY)).await;
    refused(unknown, Code::NotFound, "MOVIE_NOT_FOUND");
    // SRCH-1: and it is found by its name.
    until(viewer, &film.title, |hits| {
        hits.first().is_some_and(|hit| hit.id == film.id)
    })
    .await;
}

async fn subscribe(viewer: &Caller, film: &Title) {
    // MESH-9: no playback without rights, and the refusal says what would help.
    let play = PlayOnDemandRequest {
        content_id: film.id.clone(),
    };
    let closed = viewer.playback().play_on_demand(play).await;
    let closed = refused(closed, Code::PermissionDenied, "ACCESS_DENIED");
    assert_eq!(closed.metadata["basis"], "subscription_required");
    let offers = Offers::decode(closed.more.unwrap().value.as_slice()).unwrap();
    assert_eq!(offers.offers[0].plan.as_ref().unwrap().code, "basic");

    // RGT-3, RGT-5, C13, C40; plans are shown to strangers.
    let plans = viewer
        .signed_out()
        .rights()
        .list_plans(ListPlansRequest::default())
        .await;
    let plans = plans.unwrap().into_inner().items;
    let prices: Vec<_> = plans.iter().map(|plan| plan.price_minor).collect();
    assert_eq!(prices, [799, 1199, 1599]);
    let mut wanted = SubscribeRequest {
        plan_id: plans[0].id.clone(),
        payment_method: "test_declined".to_owned(),
        ..SubscribeRequest::default()
    };
    let declined = viewer.rights().subscribe(wanted.clone()).await;
    refused(declined, Code::FailedPrecondition, "PAYMENT_DECLINED");
    wanted.payment_method.clear();
    let made = viewer.rights().subscribe(wanted.clone()).await.unwrap();
    let made = made.into_inner().subscription.unwrap();
    assert_eq!(made.status(), SubscriptionStatus::Active);
    let again = viewer.rights().subscribe(wanted).await.unwrap();
    assert_eq!(again.into_inner().subscription.unwrap().id, made.id);
    let mine = ListSubscriptionsRequest::default();
    let mine = viewer.rights().list_subscriptions(mine).await.unwrap();
    assert_eq!(mine.into_inner().items[0].id, made.id);
}

async fn watch(deployment: &Deployment, viewer: &Caller, film: &Title) {
    // PLAY-1, PLAY-4, C8: repeating it gives the same session.
    let request = PlayOnDemandRequest {
        content_id: film.id.clone(),
    };
    let play = viewer.playback().play_on_demand(request.clone()).await;
    let play = play.unwrap().into_inner();
    let again = viewer.playback().play_on_demand(request).await.unwrap();
    assert_eq!(play.session_id, again.into_inner().session_id);
    assert_eq!(play.title, film.title);
    // The addresses are HTTP's, as they are for callers of REST.
    let stranger = Client::new(&deployment.edge);
    let open = move || {
        one_token_opens_the_tree(&stranger, &play.playback_url, &play.progressive_url);
    };
    tokio::task::spawn_blocking(open).await.unwrap();
}

/// CAT-5, SRCH-4: what an editor changes is found, and what is deleted is not.
async fn edit(deployment: &Deployment, viewer: &Caller) {
    let film = CreateMovieRequest {
        content: Some(Content {
            title: "Zagreb Sunrise".to_owned(),
            status: ContentStatus::Published.into(),
            release_date: "2024-05-01".to_owned(),
            ..Content::default()
        }),
    };
    let not_an_editor = viewer.editing().create_movie(film.clone()).await;
    refused(not_an_editor, Code::PermissionDenied, "PERMISSION_DENIED");

    let mut editor = Caller::connect(&deployment.edge).await;
    let (email, password) = deployment.admin();
    editor.login(&email, &password).await;
    let made = editor.editing().create_movie(film).await.unwrap();
    let made = made.into_inner().content.unwrap();
    let is_hit = |hits: &[Hit]| hits.iter().any(|hit| hit.id == made.id);
    until(viewer, "zagreb sunr", is_hit).await;

    let change = UpdateMovieRequest {
        id: made.id.clone(),
        content: Some(Content {
            title: "Zagreb Sunset".to_owned(),
            ..Content::default()
        }),
        update_mask: Some(prost_types::FieldMask {
            paths: vec!["title".to_owned()],
        }),
    };
    let changed = editor.editing().update_movie(change).await.unwrap();
    let changed = changed.into_inner().content.unwrap();
    assert_eq!(
        (changed.release_date.as_str(), changed.version),
        ("2024-05-01", made.version + 1),
        "what the mask leaves out stays"
    );
    until(viewer, "zagreb sunset", is_hit).await;
    let read = AdminGetMovieRequest {
        id: made.id.clone(),
    };
    let read = editor.editing().admin_get_movie(read).await.unwrap();
    assert_eq!(read.into_inner().content, Some(changed));
    let listed = AdminListMoviesRequest {
        title_prefix: "zagreb".to_owned(),
        ..AdminListMoviesRequest::default()
    };
    let listed = editor.editing().admin_list_movies(listed).await.unwrap();
    assert_eq!(listed.into_inner().items.len(), 1);

    let gone = DeleteMovieRequest {
        id: made.id.clone(),
    };
    editor.editing().delete_movie(gone).await.unwrap();
    let read = GetMovieRequest {
        id: made.id.clone(),
    };
    let read = viewer.content().get_movie(read).await;
    refused(read, Code::NotFound, "MOVIE_NOT_FOUND");
    until(viewer, "zagreb", |hits| !is_hit(hits)).await;
}

async fn sign_out(viewer: &mut Caller) {
    // AUTH-3, AUTH-8: in force within a second. A loaded machine gets two more.
    const PROMISE: Duration = Duration::from_secs(1 + 2);
    viewer
        .auth()
        .logout(LogoutRequest::default())
        .await
        .unwrap();
    let ended = Instant::now();
    loop {
        let asked = ended.elapsed();
        let answer = viewer.users().get_me(GetMeRequest {}).await;
        if answer.is_err() {
            refused(answer, Code::Unauthenticated, "TOKEN_REVOKED");
            break;
        }
        assert!(asked < PROMISE, "the token still opens after {asked:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    viewer.token = None;
}

/// Repeats a search until its hits are wanted, for what becomes visible a little later.
async fn until(viewer: &Caller, query: &str, wanted: impl Fn(&[Hit]) -> bool) {
    let begin = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        let request = SearchGlobalRequest {
            q: query.to_owned(),
            ..SearchGlobalRequest::default()
        };
        let found = viewer.search().search_global(request).await.unwrap();
        let hits = found.into_inner().items;
        if wanted(&hits) {
            return;
        }
        assert!(begin.elapsed() < TIMEOUT, "{query} stays {hits:?}");
        tokio::time::sleep(pause).await;
        pause = longer(pause);
    }
}
