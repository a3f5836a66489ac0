//! The client.

use std::{fmt, sync::Arc, time::Duration};

use http::{Response, Uri};
use sv_proto::{
    auth::{LoginRequest, LogoutRequest, RefreshRequest, RegisterRequest, SelectProfileRequest},
    users::{Profile, User},
};
use tokio::sync::watch;
use tonic::{Request, Status, body::Body, transport::Endpoint};
use tower::{ServiceExt as _, util::BoxCloneSyncService};

use crate::{
    Error, Result, RetryPolicy, Session,
    login::{HasTurn, Login, OnSession},
    retry,
};

/// What carries requests to an installation.
pub type Transport = BoxCloneSyncService<http::Request<Body>, Response<Body>, Status>;

/// Calls an installation. It is cheap to clone; clones share the login and the connection.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    set: Builder,
    transport: Transport,
    login: Login,
    profile: watch::Sender<Option<String>>,
}

/// How a client is set up.
#[derive(Clone)]
pub struct Builder {
    url: String,
    session: Option<Session>,
    on_session: Option<OnSession>,
    device_id: Option<String>,
    platform: Option<String>,
    language: Option<String>,
    retry: RetryPolicy,
    timeout: Duration,
}

impl Builder {
    /// Goes on with a login that was kept.
    #[must_use]
    pub fn session(mut self, session: Option<Session>) -> Self {
        self.session = session;
        self
    }

    /// Is told each login that takes the place of the last one, and `None` when it is over.
    #[must_use]
    pub fn on_session(mut self, told: impl Fn(Option<&Session>) + Send + Sync + 'static) -> Self {
        self.on_session = Some(Arc::new(told));
        self
    }

    /// Names the device to its people, e.g. `Living room`.
    #[must_use]
    pub fn device_id(mut self, name: impl Into<String>) -> Self {
        self.device_id = Some(name.into());
        self
    }

    /// Says what the device is: `web`, `android`, `ios`, `tv`, `desktop` or `console`.
    #[must_use]
    pub fn platform(mut self, name: impl Into<String>) -> Self {
        self.platform = Some(name.into());
        self
    }

    /// Asks for texts in a language, e.g. `nb`.
    #[must_use]
    pub fn language(mut self, tag: impl Into<String>) -> Self {
        self.language = Some(tag.into());
        self
    }

    /// Says how calls are repeated.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Bounds one try of a call; the default is 30 s. Streams have no bound.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Makes the client. It connects with the first call, and needs tokio for it.
    pub fn build(self) -> Result<Client> {
        let unusable = |error: tonic::transport::Error| {
            Error::from(Status::invalid_argument(format!(
                "an address such as http://localhost:3000 is needed: {error}"
            )))
        };
        let endpoint = Endpoint::from_shared(self.url.clone())
            .map_err(unusable)?
            .http2_keep_alive_interval(Duration::from_mins(1))
            .keep_alive_timeout(Duration::from_secs(10));
        #[cfg(feature = "tls")]
        let endpoint = endpoint
            .tls_config(tonic::transport::ClientTlsConfig::new().with_native_roots())
            .map_err(unusable)?;
        let uri = endpoint.uri();
        let known = uri.scheme_str() == Some("http") || cfg!(feature = "tls");
        if uri.host().is_none() || !known {
            return Err(Status::invalid_argument(format!(
                "an address such as http://localhost:3000 is needed, not {:?}; https needs the feature tls",
                self.url
            ))
            .into());
        }
        let channel = endpoint
            .connect_lazy()
            .map_err(|error| Status::from_error(Box::new(error)));
        Ok(self.over(BoxCloneSyncService::new(channel)))
    }

    /// Makes a client whose requests another transport carries.
    pub fn over(self, transport: Transport) -> Client {
        Client(Arc::new(Inner {
            login: Login::new(self.session.clone(), self.on_session.clone()),
            profile: watch::Sender::new(None),
            set: self,
            transport,
        }))
    }
}

impl Client {
    /// Begins to set up a client of the installation at an address such as `https://tv.example.org`.
    pub fn builder(url: impl Into<String>) -> Builder {
        Builder {
            url: url.into(),
            session: None,
            on_session: None,
            device_id: None,
            platform: None,
            language: None,
            retry: RetryPolicy::default(),
            timeout: Duration::from_secs(30),
        }
    }

    /// Returns the login; `None` where nobody is signed in.
    pub fn session(&self) -> Option<Session> {
        self.0.login.session()
    }

    /// Completes an address of an answer, e.g. of a poster; an empty one stays so.
    pub fn url(&self, place: &str) -> String {
        let uri: Uri = self.0.set.url.parse().unwrap_or_default();
        match (place.starts_with('/'), uri.scheme(), uri.authority()) {
            (true, Some(scheme), Some(authority)) => format!("{scheme}://{authority}{place}"),
            _ => place.to_owned(),
        }
    }

    /// Makes an account and signs it in.
    pub async fn register(&self, account: RegisterRequest) -> Result<User> {
        let made = self.auth().register(account).await?.into_inner();
        let next = Session::new(made.access_token, made.refresh_token, made.expires_in);
        self.change(Some(next), None);
        Ok(made.user.unwrap_or_default())
    }

    /// Signs in by a password.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<User> {
        let request = LoginRequest {
            email: email.to_owned(),
            password: password.to_owned(),
        };
        let made = self.auth().login(request).await?.into_inner();
        let next = Session::new(made.access_token, made.refresh_token, made.expires_in);
        self.change(Some(next), None);
        Ok(made.user.unwrap_or_default())
    }

    /// Binds the login to a profile, as children need it: the token changes.
    pub async fn select_profile(&self, request: SelectProfileRequest) -> Result<Profile> {
        let mut request = Request::new(request);
        request.extensions_mut().insert(HasTurn);
        let login = &self.0.login;
        let turn = login.turn.lock().await;
        let since = login.changes();
        let answered = self.auth().select_profile(request).await;
        let chosen = answered.map(|made| {
            let made = made.into_inner();
            let next = Session::new(made.access_token, made.refresh_token, made.expires_in);
            login.change(Some(next), Some(since));
            made.profile.unwrap_or_default()
        });
        drop(turn);
        login.tell();
        Ok(chosen?)
    }

    /// Has calls act for a profile of the account; `None` for its default.
    pub fn watch_as(&self, profile_id: Option<String>) {
        self.0.profile.send_replace(profile_id);
    }

    /// Ends the login.
    pub async fn sign_out(&self) -> Result<()> {
        let since = self.0.login.changes();
        self.auth().logout(LogoutRequest::default()).await?;
        self.change(None, Some(since));
        Ok(())
    }

    /// Gets another access token now. Calls do it by themselves when it is time.
    pub async fn refresh(&self) -> Result<()> {
        match self.session() {
            Some(session) => Ok(self.refreshed(&session, false).await?),
            None => Ok(()),
        }
    }

    /// Sees to it that a session is not used any more.
    pub(crate) async fn refreshed(&self, stale: &Session, has_turn: bool) -> Result<(), Status> {
        if has_turn {
            return self.renew(stale).await;
        }
        let login = &self.0.login;
        let failures = login.failures();
        let turn = login.turn.lock().await;
        // A refresh token works once: another task may have been here meanwhile, whose outcome holds
        // for this one, too.
        let outcome = if login.session().as_ref() != Some(stale) {
            Ok(())
        } else if let Some(failure) = login.failure_after(failures) {
            Err(failure)
        } else {
            self.renew(stale).await
        };
        drop(turn);
        login.tell();
        outcome
    }

    async fn renew(&self, stale: &Session) -> Result<(), Status> {
        let mut request = Request::new(RefreshRequest {
            refresh_token: stale.refresh_token.clone(),
        });
        if let Ok(key) = stale.refresh_key.parse() {
            request.metadata_mut().insert(retry::KEY, key);
        }
        match self.auth().refresh(request).await {
            Ok(made) => {
                let made = made.into_inner();
                let next = Session::new(made.access_token, made.refresh_token, made.expires_in);
                self.0.login.replace(stale, Some(next));
                Ok(())
            }
            Err(status) => self.0.login.failed(stale, status),
        }
    }

    fn change(&self, session: Option<Session>, since: Option<u64>) {
        self.0.login.change(session, since);
        self.0.login.tell();
    }

    pub(crate) fn transport(&self) -> Transport {
        self.0.transport.clone()
    }

    pub(crate) fn retry(&self) -> RetryPolicy {
        self.0.set.retry
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.0.set.timeout
    }

    pub(crate) fn device_id(&self) -> Option<String> {
        self.0.set.device_id.clone()
    }

    pub(crate) fn platform(&self) -> Option<String> {
        self.0.set.platform.clone()
    }

    pub(crate) fn language(&self) -> Option<String> {
        self.0.set.language.clone()
    }

    pub(crate) fn profile_id(&self) -> Option<String> {
        self.0.profile.borrow().clone()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("url", &self.0.set.url)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}
