//! What carries the calls of the generated clients: signed, and repeated where that does no harm.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full};
use tonic::{Status, body::Body};
use tower::{Service, ServiceExt as _};

use crate::{
    Client, Session, body,
    login::HasTurn,
    methods::{self, Method},
    retry::{Step, Tries},
};

/// Carries calls of a [`Client`]; for the generated clients.
#[derive(Clone)]
pub struct Caller(pub(crate) Client);

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Caller").field(&self.0).finish()
    }
}

impl Service<Request<Body>> for Caller {
    type Response = Response<Body>;
    type Error = Status;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Status>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        // Each try waits for the transport by itself.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let caller = self.clone();
        Box::pin(async move { caller.carry(request).await })
    }
}

impl Client {
    /// Returns what carries its calls.
    pub(crate) fn caller(&self) -> Caller {
        Caller(self.clone())
    }
}

impl Caller {
    async fn carry(self, request: Request<Body>) -> Result<Response<Body>, Status> {
        let (mut head, body) = request.into_parts();
        // No RPC takes a stream, so that the request is whole when the call begins.
        let body = body.collect().await?.to_bytes();
        let about = methods::of(head.uri.path());
        let has_turn = head.extensions.get::<HasTurn>().is_some();
        let mut tries = Tries::new(about, self.0.retry(), &mut head.headers);
        loop {
            let session = self.session(about, has_turn).await?;
            let mut head = head.clone();
            self.sign(&mut head.headers, session.as_ref(), about);
            let request = Request::from_parts(head, Body::new(Full::new(body.clone())));
            let answered = match self.0.transport().oneshot(request).await {
                Ok(answer) => body::begun(answer).await,
                Err(status) => Err(status),
            };
            let failed = match answered {
                Ok(answer) => return Ok(answer),
                Err(status) => status,
            };
            match (tries.after(&failed, session.is_some()), session) {
                (Step::Refresh, Some(session)) => self.0.refreshed(&session, has_turn).await?,
                (Step::Wait(pause), _) => tokio::time::sleep(pause).await,
                _ => return Err(failed),
            }
        }
    }

    /// Returns the login, with a token that is not about to end.
    async fn session(&self, about: Method, has_turn: bool) -> Result<Option<Session>, Status> {
        if about.signs_in {
            return Ok(None);
        }
        match self.0.session() {
            Some(stale) if stale.is_stale() => {
                self.0.refreshed(&stale, has_turn).await?;
                Ok(self.0.session())
            }
            session => Ok(session),
        }
    }

    /// Adds what every call says about its sender.
    fn sign(&self, headers: &mut HeaderMap, session: Option<&Session>, about: Method) {
        let bearer = session.map(|session| format!("Bearer {}", session.access_token));
        // In milliseconds; what a call says itself holds.
        let limit = (!about.streams).then(|| format!("{}m", self.0.timeout().as_millis()));
        let ours = [
            ("authorization", bearer),
            ("x-device-id", self.0.device_id()),
            ("x-client-platform", self.0.platform()),
            ("x-profile-id", self.0.profile_id()),
            ("accept-language", self.0.language()),
            ("grpc-timeout", limit),
        ];
        for (name, value) in ours {
            let value = value.and_then(|value| HeaderValue::from_str(&value).ok());
            if let Some(value) = value
                && !headers.contains_key(name)
            {
                headers.insert(name, value);
            }
        }
    }
}
