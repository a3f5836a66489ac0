//! What takes the place of a session, against a server whose refresh tokens work once and whose answers
//! get lost.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::future::join_all;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use prost::Message;
use sv_proto::auth::{
    AuthReason, LoginResponse, RefreshRequest, RefreshResponse, SelectProfileRequest,
    SelectProfileResponse,
};
use tokio::sync::Semaphore;
use tonic::{Code, Status, body::Body};
use tower::{service_fn, util::BoxCloneSyncService};

use super::{framed, refusal};
use crate::{Client, RetryPolicy, Session};

/// One account; tokens are `<login>.<number>`.
#[derive(Default)]
struct Server {
    logins: u32,
    ended: HashSet<u32>,
    used: HashMap<String, String>,
    keys: Vec<String>,
    /// How many answers to refreshes get lost on their way.
    lost: u32,
    fails: bool,
}

/// A server, and the refreshes that it lets through.
struct Fake {
    server: Mutex<Server>,
    gate: Semaphore,
}

fn invalid(reason: AuthReason) -> Status {
    refusal(Code::Unauthenticated, &reason, None)
}

impl Server {
    fn begin(&mut self) -> (String, String) {
        self.logins += 1;
        pair(self.logins, 0)
    }

    fn refresh(&mut self, token: &str, key: &str) -> Result<Vec<u8>, Status> {
        if self.fails {
            return Err(Status::internal("no"));
        }
        let (login, number) = token.split_once('.').unwrap();
        let (login, number): (u32, u32) = (login.parse().unwrap(), number.parse().unwrap());
        if self.ended.contains(&login) {
            return Err(invalid(AuthReason::RefreshTokenInvalid));
        }
        let used = self.used.entry(token.to_owned());
        if used.or_insert_with(|| key.to_owned()) != key {
            self.ended.insert(login);
            return Err(invalid(AuthReason::RefreshTokenReused));
        }
        if self.lost > 0 {
            self.lost -= 1;
            return Err(Status::unavailable("the connection broke"));
        }
        let (access_token, refresh_token) = pair(login, number + 1);
        let made = RefreshResponse {
            access_token,
            refresh_token,
            expires_in: 3600,
            ..RefreshResponse::default()
        };
        Ok(made.encode_to_vec())
    }
}

fn pair(login: u32, number: u32) -> (String, String) {
    (format!("a{login}.{number}"), format!("{login}.{number}"))
}

impl Fake {
    async fn answer(&self, request: Request<Body>) -> Result<Vec<u8>, Status> {
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let said = |name: &str| {
            let value = head.headers.get(name);
            value.map(|value| value.to_str().unwrap().to_owned())
        };
        let shown = || -> u32 {
            let token = said("authorization").unwrap();
            let login = token.trim_start_matches("Bearer a").split('.').next();
            login.unwrap().parse().unwrap()
        };
        // Others have their turn here, as over a network.
        tokio::task::yield_now().await;
        match head.uri.path().rsplit('/').next().unwrap() {
            "Refresh" => {
                let key = said("idempotency-key").unwrap();
                self.server.lock().unwrap().keys.push(key.clone());
                let _through = self.gate.acquire().await.unwrap();
                let asked = RefreshRequest::decode(&body[5..]).unwrap();
                let mut server = self.server.lock().unwrap();
                server.refresh(&asked.refresh_token, &key)
            }
            "Login" => {
                let (access_token, refresh_token) = self.server.lock().unwrap().begin();
                let made = LoginResponse {
                    access_token,
                    refresh_token,
                    expires_in: 3600,
                    ..LoginResponse::default()
                };
                Ok(made.encode_to_vec())
            }
            "SelectProfile" => {
                let (access_token, refresh_token) = {
                    let mut server = self.server.lock().unwrap();
                    if !server.ended.insert(shown()) {
                        return Err(invalid(AuthReason::RefreshTokenInvalid));
                    }
                    server.begin()
                };
                tokio::task::yield_now().await;
                let made = SelectProfileResponse {
                    access_token,
                    refresh_token,
                    expires_in: 3600,
                    ..SelectProfileResponse::default()
                };
                Ok(made.encode_to_vec())
            }
            _ => {
                self.server.lock().unwrap().ended.insert(shown());
                Ok(Vec::new())
            }
        }
    }

    fn keys(&self) -> Vec<String> {
        self.server.lock().unwrap().keys.clone()
    }

    /// Waits until so many refreshes have come.
    async fn came(&self, count: usize) {
        while self.keys().len() < count {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

type Told = Arc<Mutex<Vec<Option<String>>>>;

fn fake(session: Option<Session>) -> (Client, Arc<Fake>, Told) {
    let fake = Arc::new(Fake {
        server: Mutex::default(),
        gate: Semaphore::new(Semaphore::MAX_PERMITS),
    });
    let (client, told) = client(&fake, session);
    (client, fake, told)
}

fn client(fake: &Arc<Fake>, session: Option<Session>) -> (Client, Told) {
    let fake = Arc::clone(fake);
    let transport = service_fn(move |request: Request<Body>| {
        let fake = Arc::clone(&fake);
        async move {
            let answer: Response<Body> = match fake.answer(request).await {
                Ok(message) => framed(vec![message], "0"),
                Err(status) => status.into_http(),
            };
            Ok::<_, Status>(answer)
        }
    });
    let policy = RetryPolicy {
        first_pause: Duration::from_millis(1),
        ..RetryPolicy::default()
    };
    let told = Told::default();
    let note = Arc::clone(&told);
    let client = Client::builder("http://localhost:3000")
        .retry(policy)
        .session(session)
        .on_session(move |now| {
            let token = now.map(|now| now.refresh_token.clone());
            note.lock().unwrap().push(token);
        });
    (client.over(BoxCloneSyncService::new(transport)), told)
}

async fn sign_in(client: &Client) {
    let signed_in = client.sign_in("ana@example.org", "a password").await;
    signed_in.unwrap();
}

fn token(client: &Client) -> Option<String> {
    client.session().map(|session| session.refresh_token)
}

#[tokio::test]
async fn a_refresh_whose_answer_was_lost_is_the_same_one_again() {
    let (client_, fake, told) = fake(None);
    sign_in(&client_).await;
    let kept = serde_json::to_string(&client_.session()).unwrap();
    fake.server.lock().unwrap().lost = 8;
    client_.refresh().await.unwrap_err();
    client_.refresh().await.unwrap_err();
    assert_eq!(told.lock().unwrap().len(), 1);
    // The program starts anew.
    let (again, told) = client(&fake, serde_json::from_str(&kept).unwrap());
    again.refresh().await.unwrap();
    assert_eq!(token(&again).as_deref(), Some("1.1"));
    let keys = fake.keys();
    assert_eq!(keys, vec![keys[0].clone(); 9]);
    again.refresh().await.unwrap();
    assert_ne!(fake.keys()[9], keys[0]);
    assert!(!told.lock().unwrap().contains(&None));
}

#[tokio::test]
async fn a_session_that_an_older_version_kept_has_a_key() {
    let (client, fake, _) = fake(None);
    sign_in(&client).await;
    let mut kept = serde_json::to_value(client.session()).unwrap();
    kept.as_object_mut().unwrap().remove("refresh_key");
    let kept: Session = serde_json::from_value(kept).unwrap();
    let again = self::client(&fake, Some(kept)).0;
    fake.server.lock().unwrap().lost = 4;
    again.refresh().await.unwrap_err();
    again.refresh().await.unwrap();
    assert_eq!(token(&again).as_deref(), Some("1.1"));
}

#[tokio::test]
async fn who_signs_in_or_out_during_a_refresh_is_right() {
    for (out, ended) in [(false, true), (false, false), (true, false)] {
        let (client, fake, told) = fake(None);
        sign_in(&client).await;
        fake.gate.forget_permits(Semaphore::MAX_PERMITS);
        let meanwhile = async {
            fake.came(1).await;
            if out {
                client.sign_out().await.unwrap();
                fake.server.lock().unwrap().ended.clear();
            } else {
                sign_in(&client).await;
            }
            if ended {
                fake.server.lock().unwrap().ended.insert(1);
            }
            fake.gate.add_permits(1);
        };
        let (refreshed, ()) = tokio::join!(client.refresh(), meanwhile);
        refreshed.unwrap();
        let now = (!out).then(|| "2.0".to_owned());
        assert_eq!(token(&client), now);
        assert_eq!(*told.lock().unwrap(), [Some("1.0".to_owned()), now]);
    }
}

#[tokio::test]
async fn a_profile_is_chosen_while_others_refresh() {
    let (client, _, told) = fake(None);
    sign_in(&client).await;
    for round in 2..20 {
        let choose = || client.select_profile(SelectProfileRequest::default());
        let (before, chosen, after) = tokio::join!(client.refresh(), choose(), client.refresh());
        before.and(after).unwrap();
        chosen.unwrap();
        let now = token(&client).unwrap();
        assert!(now.starts_with(&format!("{round}.")), "{now}");
    }
    assert!(!told.lock().unwrap().contains(&None));
    assert_eq!(told.lock().unwrap().last(), Some(&token(&client)));
}

#[tokio::test]
async fn a_profile_is_chosen_with_a_token_that_has_ended() {
    let (first, fake, _) = fake(None);
    sign_in(&first).await;
    let mut stale = first.session().unwrap();
    stale.expires_at = std::time::SystemTime::UNIX_EPOCH;
    let (client, told) = client(&fake, Some(stale));
    let choice = client.select_profile(SelectProfileRequest::default());
    choice.await.unwrap();
    assert_eq!(fake.keys().len(), 1);
    assert_eq!(*told.lock().unwrap(), [Some("2.0".to_owned())]);
}

#[tokio::test]
async fn tasks_share_a_refresh_also_one_that_fails() {
    let (client, fake, _) = fake(None);
    sign_in(&client).await;
    fake.server.lock().unwrap().fails = true;
    for outcome in join_all((0..8).map(|_| client.refresh())).await {
        assert_eq!(outcome.unwrap_err().code(), Code::Internal);
    }
    assert_eq!(fake.keys().len(), 1);
    fake.server.lock().unwrap().fails = false;
    for outcome in join_all((0..8).map(|_| client.refresh())).await {
        outcome.unwrap();
    }
    assert_eq!(token(&client).as_deref(), Some("1.1"));
}

#[tokio::test]
async fn who_gives_a_refresh_up_takes_nothing_from_the_others() {
    let (client, fake, _) = fake(None);
    sign_in(&client).await;
    fake.gate.forget_permits(Semaphore::MAX_PERMITS);
    let given_up = async {
        let refresh = tokio::time::timeout(Duration::from_millis(30), client.refresh());
        refresh.await.unwrap_err();
        fake.gate.add_permits(9);
    };
    let ((), other) = tokio::join!(given_up, client.refresh());
    other.unwrap();
    assert_eq!(token(&client).as_deref(), Some("1.1"));
}
