//! The client stack: retries, breaker, discovery. Counted, not timed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use sv_kernel::{Ctx, Error, Id};
use sv_proto::{
    auth::AuthReason,
    common::CommonReason,
    options::Role,
    users::{self as pb, user_service_client::UserServiceClient},
};
use uuid::Uuid;

use super::{
    services::{Act, Users},
    site::{elsewhere, listen, register},
};
use crate::{
    Mesh, MeshSettings, Transport, call, error,
    mesh::{Announcement, MissingPeer},
    status,
    testing::Harness,
};

fn site() -> (Harness, Users, UserServiceClient<Transport>, Ctx) {
    let harness = Harness::new(&["users"]);
    let users = Users::default();
    register(&harness, &users);
    let client = UserServiceClient::new(
        harness
            .mesh
            .calling_as("auth")
            .client_transport("users")
            .unwrap(),
    );
    let viewer = harness.viewer(Id::from_uuid(Uuid::from_u128(7)), [Role::Viewer]);
    (harness, users, client, viewer)
}

fn unavailable(users: &Users, times: usize) {
    (0..times).for_each(|_| users.then(Act::Fail(CommonReason::Unavailable.into())));
}

#[tokio::test]
async fn a_repeatable_call_is_repeated_after_unavailable() {
    let (_harness, users, mut client, viewer) = site();
    unavailable(&users, 2);
    client
        .get_me(call(&viewer, pb::GetMeRequest {}))
        .await
        .unwrap();
    assert_eq!(users.runs(), 3);
}

#[tokio::test]
async fn after_three_repeats_nobody_up_the_chain_repeats_it_again() {
    let (_harness, users, mut client, viewer) = site();
    unavailable(&users, 4);
    let gave_up = client
        .get_me(call(&viewer, pb::GetMeRequest {}))
        .await
        .unwrap_err();
    assert_eq!(users.runs(), 4);
    // What a middle service makes of it for its own caller carries the word on.
    let relayed = status(error(gave_up));
    assert_eq!(
        relayed.metadata().get("grpc-retry-pushback-ms").unwrap(),
        "-1"
    );
}

#[tokio::test]
async fn an_answer_that_asks_not_to_be_repeated_is_not() {
    let (_harness, users, mut client, viewer) = site();
    users.then(Act::Fail(
        Error::from(CommonReason::Unavailable).because(crate::status::Pushback),
    ));
    client
        .get_me(call(&viewer, pb::GetMeRequest {}))
        .await
        .unwrap_err();
    assert_eq!(users.runs(), 1);
}

#[tokio::test]
async fn nothing_else_is_repeated() {
    let (_harness, users, mut client, viewer) = site();
    for reason in [
        CommonReason::Internal,
        CommonReason::Overloaded,
        CommonReason::DeadlineExceeded,
        CommonReason::Cancelled,
    ] {
        users.then(Act::Fail(reason.into()));
        client
            .get_me(call(&viewer, pb::GetMeRequest {}))
            .await
            .unwrap_err();
    }
    assert_eq!(users.runs(), 4);
    let create = pb::CreateProfileRequest {
        profile: Some(pb::Profile {
            name: "Ana".into(),
            ..Default::default()
        }),
    };
    unavailable(&users, 1);
    client
        .create_profile(call(&viewer, create))
        .await
        .unwrap_err();
    assert_eq!(
        users.runs(),
        5,
        "a method that is not declared repeatable runs once"
    );
}

#[tokio::test]
async fn a_call_is_not_repeated_past_its_deadline() {
    let (_harness, users, mut client, viewer) = site();
    unavailable(&users, 4);
    let soon = std::time::Instant::now() + Duration::from_millis(20);
    let viewer = Ctx {
        deadline: Some(soon),
        ..viewer
    };
    let heard = error(
        client
            .get_me(call(&viewer, pb::GetMeRequest {}))
            .await
            .unwrap_err(),
    );
    assert!(heard.is(&CommonReason::Unavailable) || heard.is(&CommonReason::DeadlineExceeded));
    assert_eq!(users.runs(), 1, "the first pause alone is at least 50 ms");
}

/// RES-1: five failures, then no call for a minute, then one probe.
#[tokio::test]
async fn the_breaker_keeps_calls_from_a_peer_that_fails() {
    let (harness, users, client, viewer) = site();
    let ask = || {
        let (mut client, viewer) = (client.clone(), viewer.clone());
        let create = pb::CreateProfileRequest {
            profile: Some(pb::Profile {
                name: "Ana".into(),
                ..Default::default()
            }),
        };
        async move {
            client
                .create_profile(call(&viewer, create))
                .await
                .map_err(error)
        }
    };
    ask().await.unwrap();
    unavailable(&users, 5);
    for _ in 0..5 {
        ask().await.unwrap_err();
    }
    for _ in 0..20 {
        let refused = ask().await.unwrap_err();
        assert!(refused.is(&CommonReason::Unavailable));
        assert_eq!(refused.retry_delay(), Some(Duration::from_mins(1)));
    }
    assert_eq!(users.runs(), 6);
    harness.clock.advance(Duration::from_mins(1));
    ask().await.unwrap();
    ask().await.unwrap();
    assert_eq!(users.runs(), 8);
}

/// What fails for one purpose keeps nobody from the others, and who competes with himself nobody at all.
#[tokio::test]
async fn what_a_method_answers_closes_no_other_method() {
    let (_harness, users, mut client, viewer) = site();
    unavailable(&users, 5);
    let new = || call(&viewer, super::site::create_profile("Ana"));
    for _ in 0..5 {
        client.create_profile(new()).await.unwrap_err();
    }
    let refused = error(client.create_profile(new()).await.unwrap_err());
    assert_eq!(refused.retry_delay(), Some(Duration::from_secs(1)));
    assert_eq!(users.runs(), 5);
    for _ in 0..20 {
        users.then(Act::Fail(CommonReason::Contended.into()));
    }
    let me = || call(&viewer, pb::GetMeRequest {});
    for _ in 0..5 {
        let heard = error(client.get_me(me()).await.unwrap_err());
        assert!(heard.is(&CommonReason::Contended), "{heard}");
    }
    assert!(users.runs() > 10, "they are repeated, within the budget");
}

#[tokio::test]
async fn a_callers_own_errors_and_relayed_ones_never_open_the_breaker() {
    let (_harness, users, mut client, viewer) = site();
    for _ in 0..20 {
        users.then(Act::Fail(AuthReason::EmailTaken.into()));
        users.then(Act::Fail(CommonReason::Internal.into()));
        users.then(Act::Fail(
            Error::from(CommonReason::Unavailable).because(crate::status::Pushback),
        ));
    }
    for _ in 0..60 {
        client
            .get_me(call(&viewer, pb::GetMeRequest {}))
            .await
            .unwrap_err();
    }
    client
        .get_me(call(&viewer, pb::GetMeRequest {}))
        .await
        .unwrap();
    assert_eq!(users.runs(), 61);
}

#[tokio::test]
async fn a_peer_that_is_not_there_is_unavailable_and_opens_the_breaker() {
    let harness = Harness::new(&[]);
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mesh = elsewhere(&harness, format!("http://{port}"));
    let mut client = UserServiceClient::new(mesh.client_transport("users").unwrap());
    let viewer = harness.viewer(Id::from_uuid(Uuid::from_u128(7)), [Role::Viewer]);
    let mut delays = Vec::new();
    for _ in 0..4 {
        let heard = error(
            client
                .get_me(call(&viewer, pb::GetMeRequest {}))
                .await
                .unwrap_err(),
        );
        assert!(heard.is(&CommonReason::Unavailable));
        delays.push(heard.retry_delay());
    }
    assert_eq!(
        delays.last(),
        Some(&Some(Duration::from_secs(1))),
        "{delays:?}"
    );
}

/// Another process that runs the same service.
fn replica(harness: &Harness) -> (crate::Server, Users) {
    let users = Users::default();
    let mut builder = harness.builder();
    builder.add("users", users.clone());
    let answers = Arc::new(crate::testing::MemoryIdempotency::default());
    builder.idempotency("users", answers);
    builder.audit("users", Arc::new(crate::testing::MemoryAudit::default()));
    (builder.build().unwrap(), users)
}

#[tokio::test]
async fn several_addresses_are_balanced() {
    let harness = Harness::new(&["users"]);
    let ((first, users), (second, others)) = (replica(&harness), replica(&harness));
    let urls = format!(
        "http://{}, http://{}",
        listen(&first).await,
        listen(&second).await
    );
    let mesh = elsewhere(&harness, urls);
    let viewer = harness.viewer(Id::from_uuid(Uuid::from_u128(7)), [Role::Viewer]);
    for _ in 0..100 {
        let mut client = UserServiceClient::new(mesh.client_transport("users").unwrap());
        client
            .get_me(call(&viewer, pb::GetMeRequest {}))
            .await
            .unwrap();
    }
    assert_eq!(users.runs() + others.runs(), 100);
    assert!(
        users.runs() > 10 && others.runs() > 10,
        "{} and {}",
        users.runs(),
        others.runs()
    );
}

/// Callers that make calls one after the other until they are told to stop.
struct Callers {
    over: Arc<std::sync::atomic::AtomicBool>,
    running: tokio::task::JoinSet<usize>,
}

impl Callers {
    /// Starts some; each of their calls must succeed. Those that write make calls that may not be
    /// repeated.
    fn start(mesh: &Mesh, viewer: &Ctx, write: bool) -> Self {
        let over = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let mut running = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let mut client = UserServiceClient::new(mesh.client_transport("users").unwrap());
            let (viewer, over) = (viewer.clone(), over.clone());
            running.spawn(async move {
                let mut calls = 0;
                while !over.load(std::sync::atomic::Ordering::SeqCst) {
                    let failed = if write {
                        let new = super::site::create_profile("Ana");
                        client.create_profile(call(&viewer, new)).await.err()
                    } else {
                        client
                            .get_me(call(&viewer, pb::GetMeRequest {}))
                            .await
                            .err()
                    };
                    assert_eq!(failed.map(error).map(|e| e.to_string()), None);
                    calls += 1;
                }
                calls
            });
        }
        Self { over, running }
    }

    /// Stops them, and returns how many calls they made.
    async fn end(self) -> usize {
        self.over.store(true, std::sync::atomic::Ordering::SeqCst);
        self.running.join_all().await.into_iter().sum()
    }
}

async fn until(reached: impl Fn() -> bool) {
    let begin = std::time::Instant::now();
    while !reached() {
        assert!(begin.elapsed() < Duration::from_secs(30), "nothing happens");
        tokio::task::yield_now().await;
    }
}

/// A rolling restart: whoever stops sends GOAWAY, and no call fails, whether it may be repeated or
/// not, nor does any run twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_that_stop_in_order_cost_no_call() {
    let harness = Harness::new(&["users"]);
    let ((first, users), (second, others)) = (replica(&harness), replica(&harness));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let stopped = async move {
        let _ = stopped.await;
    };
    let (going, gone) = super::site::listen_until(&first, stopped).await;
    let urls = format!("http://{going},http://{}", listen(&second).await);
    let mesh = elsewhere(&harness, urls);
    let viewer = harness.viewer(Id::from_uuid(Uuid::from_u128(7)), [Role::Viewer]);
    let callers = Callers::start(&mesh, &viewer, true);
    until(|| users.runs() >= 50).await;
    stop.send(()).unwrap();
    gone.await.unwrap();
    let (left, so_far) = (users.runs(), others.runs());
    until(|| others.runs() >= so_far + 50).await;
    let calls = callers.end().await;
    assert_eq!(users.runs(), left, "nobody calls who is gone");
    assert_eq!(users.runs() + others.runs(), calls, "each call ran once");
}

/// A replica that is killed costs no call that may be repeated, and no breaker opens on the others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_is_killed_costs_no_call_that_may_be_repeated() {
    let harness = Harness::new(&["users"]);
    let ((first, users), (second, others)) = (replica(&harness), replica(&harness));
    // A runtime of its own ends as a process does: at once, with its connections.
    let process = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let dying = process
        .spawn(async move { listen(&first).await })
        .await
        .unwrap();
    let urls = format!("http://{dying},http://{}", listen(&second).await);
    let mesh = elsewhere(&harness, urls);
    let viewer = harness.viewer(Id::from_uuid(Uuid::from_u128(7)), [Role::Viewer]);
    let callers = Callers::start(&mesh, &viewer, false);
    until(|| users.runs() >= 50).await;
    process.shutdown_background();
    let so_far = others.runs();
    until(|| others.runs() >= so_far + 100).await;
    callers.end().await;
    // What may not be repeated goes where somebody is.
    let callers = Callers::start(&mesh, &viewer, true);
    let so_far = others.runs();
    until(|| others.runs() >= so_far + 50).await;
    callers.end().await;
}

/// One replica comes back as the other goes, before anybody has tried it again: that opens no breaker.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_that_restart_in_turn_cost_no_call_that_may_be_repeated() {
    let harness = Harness::new(&["users"]);
    let servers = [replica(&harness), replica(&harness)];
    let process = || {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        runtime.worker_threads(1).enable_all().build().unwrap()
    };
    let start = async |process: &tokio::runtime::Runtime, server: usize, address| {
        let server = servers[server].0.clone();
        let begun = process.spawn(async move {
            let forever = std::future::pending();
            super::site::listen_at(&server, address, forever).await.0
        });
        begun.await.unwrap()
    };
    let free = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let mut processes = [process(), process()];
    let addresses = [
        start(&processes[0], 0, free).await,
        start(&processes[1], 1, free).await,
    ];
    let urls = addresses.map(|address| format!("http://{address}"));
    let mesh = elsewhere(&harness, urls.join(","));
    let viewer = harness.viewer(Id::from_uuid(Uuid::from_u128(7)), [Role::Viewer]);
    let callers: Vec<_> = (0..4)
        .map(|_| Callers::start(&mesh, &viewer, false))
        .collect();
    // So many calls are worth the repeats of all that are on their way at once.
    until(|| servers.iter().all(|(_, users)| users.runs() >= 100)).await;
    for turn in 0..6 {
        let (going, staying) = (turn % 2, (turn + 1) % 2);
        let before = servers[going].1.runs();
        until(|| servers[going].1.runs() > before).await;
        let mine = process();
        std::mem::replace(&mut processes[going], mine).shutdown_background();
        let before = servers[staying].1.runs();
        until(|| servers[staying].1.runs() >= before + 50).await;
        start(&processes[going], going, addresses[going]).await;
        if turn % 3 == 0 {
            continue;
        }
        // The other goes at once.
        let mine = process();
        std::mem::replace(&mut processes[staying], mine).shutdown_background();
        let before = servers[going].1.runs();
        until(|| servers[going].1.runs() >= before + 50).await;
        start(&processes[staying], staying, addresses[staying]).await;
        assert_eq!(mesh.given_up(), [""; 0]);
    }
    for callers in callers {
        callers.end().await;
    }
    for process in processes {
        process.shutdown_background();
    }
}

/// A machine that hangs takes connections and says nothing. Calls that can be repeated go elsewhere, and
/// after the first ones all others do.
#[tokio::test]
async fn a_replica_that_hangs_costs_no_call_that_may_be_repeated() {
    let harness = Harness::new(&["users"]);
    let (sound, users) = replica(&harness);
    let hangs = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let hung = hangs.local_addr().unwrap();
    let urls = format!("http://{hung},http://{}", listen(&sound).await);
    let mesh = elsewhere(&harness, urls);
    let viewer = harness.viewer(Id::from_uuid(Uuid::from_u128(7)), [Role::Viewer]);
    let mut client = UserServiceClient::new(mesh.client_transport("users").unwrap());
    // Callers who hardly wait learn nothing about it.
    let hasty = || Ctx {
        deadline: Some(std::time::Instant::now() + Duration::from_secs(1)),
        ..viewer.clone()
    };
    for _ in 0..4 {
        let asked = call(&hasty(), pb::GetMeRequest {});
        client.get_me(asked).await.unwrap();
    }
    let failed = [(); 2].map(|()| {
        let (mut client, new) = (client.clone(), super::site::create_profile("Ana"));
        let new = call(&hasty(), new);
        async move { client.create_profile(new).await.is_err() }
    });
    let [one, other] = failed;
    assert!(one.await || other.await, "it is still called in its turn");
    for _ in 0..2 {
        let asked = call(&viewer, pb::GetMeRequest {});
        client.get_me(asked).await.unwrap();
    }
    for _ in 0..20 {
        let new = call(&viewer, super::site::create_profile("Ana"));
        client.create_profile(new).await.unwrap();
    }
    assert!(users.runs() >= 26);
    assert_eq!(mesh.given_up(), [""; 0]);
    drop(hangs);
}

fn settings(harness: &Harness) -> MeshSettings {
    MeshSettings {
        local: BTreeSet::new(),
        urls: BTreeMap::new(),
        announcements: None,
        identities: Some(harness.identities.clone()),
        policies: crate::PolicyTable::ours().unwrap(),
        env: harness.env.clone(),
        tracker: tokio_util::task::TaskTracker::new(),
        tls: None,
    }
}

#[tokio::test]
async fn a_missing_peer_is_a_start_error_that_names_the_setting() {
    let harness = Harness::new(&[]);
    let mesh = Mesh::new(settings(&harness));
    let missing = mesh.missing(["users", "live-tv"]);
    assert_eq!(missing.len(), 2);
    assert!(
        missing[0].to_string().contains("USERS_SERVICE_URL"),
        "{}",
        missing[0]
    );
    assert!(
        missing[1].to_string().contains("LIVE_TV_SERVICE_URL"),
        "{}",
        missing[1]
    );

    for bad in [
        "users:9090",
        "https://users:9090",
        "",
        "http://",
        "http://a, b",
    ] {
        let urls = BTreeMap::from([("users".to_owned(), bad.to_owned())]);
        let mesh = Mesh::new(MeshSettings {
            urls,
            ..settings(&harness)
        });
        let refused = mesh.client_transport("users").err();
        assert!(
            matches!(refused, Some(MissingPeer::Address { .. })),
            "{bad:?}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn who_names_addresses_names_all_that_are_not_on_this_machine() {
    let harness = Harness::new(&[]);
    let folder = tempfile::tempdir().unwrap();
    let with = |urls: &[(&str, &str)]| {
        let urls = urls.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Mesh::new(MeshSettings {
            urls: urls.collect(),
            announcements: Some(folder.path().into()),
            ..settings(&harness)
        })
    };
    // Without any address everything may still be announced.
    assert_eq!(with(&[]).missing(["users", "search"]), []);
    let one = [("search", "http://search:9090")];
    let missing = with(&one).missing(["users", "search"]);
    assert_eq!(missing.len(), 1);
    let said = missing[0].to_string();
    assert!(said.contains("USERS_SERVICE_URL (peers.users)"), "{said}");
    let announced = Announcement {
        service: "users".into(),
        url: "http://127.0.0.1:1".into(),
        pid: 1,
    };
    announced.publish(folder.path()).unwrap();
    assert_eq!(with(&one).missing(["users", "search"]), []);
}

#[tokio::test]
async fn the_health_of_a_peer_is_its_own_word_and_is_asked_every_two_seconds() {
    let harness = Harness::new(&["users"]);
    let server = register(&harness, &Users::default());
    let mesh = elsewhere(&harness, format!("http://{}", listen(&server).await));
    assert_eq!(mesh.elsewhere(), [""; 0], "nobody has asked the way");
    mesh.client_transport("users").unwrap();
    assert_eq!(mesh.elsewhere(), ["users"]);

    server.set_serving(false).await;
    let said = mesh.health("users").await.unwrap_err();
    assert!(said.starts_with("users does not serve"), "{said}");
    server.set_serving(true).await;
    assert_eq!(mesh.health("users").await.unwrap_err(), said, "remembered");
    harness.clock.advance(Duration::from_secs(2));
    assert_eq!(mesh.health("users").await, Ok(()));
    assert_eq!(mesh.given_up(), [""; 0]);
}

#[tokio::test]
async fn a_peer_that_is_gone_or_has_not_come_yet_is_not_healthy() {
    let harness = Harness::new(&[]);
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mesh = elsewhere(&harness, format!("http://{port}"));
    let said = mesh.health("users").await.unwrap_err();
    assert!(said.starts_with("users does not answer"), "{said}");
    // A look is no call: the breaker hears nothing of it.
    for _ in 0..10 {
        harness.clock.advance(Duration::from_secs(2));
        mesh.health("users").await.unwrap_err();
    }
    assert_eq!(mesh.given_up(), [""; 0]);

    let folder = tempfile::tempdir().unwrap();
    let waiting = Mesh::new(MeshSettings {
        announcements: Some(folder.path().into()),
        ..settings(&harness)
    });
    let said = waiting.health("users").await.unwrap_err();
    assert!(
        said.contains("has not started") && said.contains("USERS_SERVICE_URL"),
        "{said}"
    );
}

/// Answers 6: processes of one machine find each other in whatever order they start, and again
/// after a move.
#[tokio::test]
async fn announced_services_are_found_when_they_come_and_after_they_moved() {
    let harness = Harness::new(&["users"]);
    let users = Users::default();
    let server = register(&harness, &users);
    let folder = tempfile::tempdir().unwrap();
    let mesh = Mesh::new(MeshSettings {
        announcements: Some(folder.path().into()),
        ..settings(&harness)
    });
    let mut client = UserServiceClient::new(mesh.client_transport("users").unwrap());
    let viewer = harness.viewer(Id::from_uuid(Uuid::from_u128(7)), [Role::Viewer]);
    let create = || pb::CreateProfileRequest {
        profile: Some(pb::Profile {
            name: "Ana".into(),
            ..Default::default()
        }),
    };

    let early = client
        .create_profile(call(&viewer, create()))
        .await
        .unwrap_err();
    assert!(error(early).is(&CommonReason::Unavailable));

    let gone = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let announce = |address: std::net::SocketAddr| {
        let url = format!("http://{address}");
        let announcement = Announcement {
            service: "users".into(),
            url,
            pid: 1,
        };
        announcement.publish(folder.path()).unwrap();
        announcement
    };
    announce(gone);
    client
        .create_profile(call(&viewer, create()))
        .await
        .unwrap_err();
    let current = announce(listen(&server).await);
    client
        .create_profile(call(&viewer, create()))
        .await
        .unwrap();
    assert_eq!(users.runs(), 1);

    let old = Announcement {
        pid: 99,
        ..current.clone()
    };
    old.withdraw(folder.path()).unwrap();
    assert_eq!(
        Announcement::read(folder.path(), "users"),
        Some(current.clone())
    );
    current.withdraw(folder.path()).unwrap();
    assert_eq!(Announcement::read(folder.path(), "users"), None);
}

/// Services may hold each other's clients before either is registered.
#[tokio::test]
async fn local_services_need_no_start_order() {
    let harness = Harness::new(&["users"]);
    let mut client = UserServiceClient::new(harness.mesh.client_transport("users").unwrap());
    let viewer = harness.viewer(Id::from_uuid(Uuid::from_u128(7)), [Role::Viewer]);
    for _ in 0..10 {
        let create = pb::CreateProfileRequest {
            profile: Some(pb::Profile {
                name: "Ana".into(),
                ..Default::default()
            }),
        };
        let early = client
            .create_profile(call(&viewer, create))
            .await
            .unwrap_err();
        assert!(error(early).is(&CommonReason::Unavailable));
    }
    let users = Users::default();
    register(&harness, &users);
    client
        .get_me(call(&viewer, pb::GetMeRequest {}))
        .await
        .unwrap();
}
