//! A service of two RPC families whose behaviour the tests choose.

use std::{
    collections::VecDeque,
    convert::Infallible,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use http::{Request, Response};
use prost::Message;
use sv_kernel::{Ctx, Error, Result};
use sv_proto::users as pb;
use tonic::{body::Body, server::NamedService};

use crate::{
    Declared, Reply,
    handler::{self, Served},
};

/// What a call does next.
#[derive(Debug)]
pub(super) enum Act {
    /// Fails.
    Fail(Error),
    /// Panics.
    Panic,
    /// Never ends.
    Hang,
}

/// Accounts and profiles of a test: answers with what it heard.
#[derive(Clone, Debug, Default)]
pub(super) struct Users {
    /// What the next calls do; nothing is a plain answer.
    pub(super) script: Arc<Mutex<VecDeque<Act>>>,
    /// How often a method ran.
    pub(super) runs: Arc<AtomicUsize>,
    /// How often a method was dropped before its end.
    pub(super) dropped: Arc<AtomicUsize>,
    /// The last context.
    pub(super) heard: Arc<Mutex<Option<Ctx>>>,
}

struct CountDrop(Arc<AtomicUsize>, bool);

impl Drop for CountDrop {
    fn drop(&mut self) {
        if !self.1 {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

impl Users {
    pub(super) fn then(&self, act: Act) {
        self.script.lock().unwrap().push_back(act);
    }

    pub(super) fn runs(&self) -> usize {
        self.runs.load(Ordering::SeqCst)
    }

    pub(super) fn last_ctx(&self) -> Ctx {
        self.heard.lock().unwrap().clone().unwrap()
    }

    /// Waits until a method ran so often.
    pub(super) async fn until_run(&self, n: usize) {
        until(&self.runs, n).await;
    }

    /// Waits until so many methods were dropped before their end.
    pub(super) async fn until_dropped(&self, n: usize) {
        until(&self.dropped, n).await;
    }

    async fn act(&self, ctx: Ctx) -> Result<()> {
        *self.heard.lock().unwrap() = Some(ctx);
        self.runs.fetch_add(1, Ordering::SeqCst);
        let next = self.script.lock().unwrap().pop_front();
        let mut guard = CountDrop(self.dropped.clone(), false);
        match next {
            None => {}
            Some(Act::Fail(error)) => {
                guard.1 = true;
                return Err(error);
            }
            Some(Act::Panic) => panic!("as the test wishes"),
            Some(Act::Hang) => std::future::pending().await,
        }
        guard.1 = true;
        Ok(())
    }
}

async fn until(count: &AtomicUsize, n: usize) {
    let reached = async {
        while count.load(Ordering::SeqCst) < n {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), reached)
        .await
        .unwrap();
}

fn profile(name: &str) -> pb::Profile {
    pb::Profile {
        name: name.into(),
        ..pb::Profile::default()
    }
}

const DECLARED: Declared = Declared {
    statuses: &[201],
    headers: &[],
};

impl Users {
    /// Serves one RPC: it acts, then answers.
    fn serve<I, O>(
        &self,
        request: Request<Body>,
        answer: impl FnOnce(&Self, I) -> Reply<O> + Send + 'static,
    ) -> Served
    where
        I: Message + Default + 'static,
        O: Message + Default + 'static,
    {
        let this = self.clone();
        handler::unary(request, &DECLARED, move |ctx, message| async move {
            this.act(ctx).await?;
            Ok(answer(&this, message))
        })
    }

    /// Serves one RPC whose answer says nothing.
    fn plain<I, O>(&self, request: Request<Body>) -> Served
    where
        I: Message + Default + 'static,
        O: Message + Default + 'static,
    {
        self.serve(request, |_, _: I| Reply::new(O::default()))
    }
}

/// Calls of the RPCs that tests make; a generated server would want all methods that there are.
impl tower::Service<Request<Body>> for Users {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Served;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Served {
        let path = request.uri().path().to_owned();
        match path.rsplit('/').next().unwrap() {
            "GetMe" => self.plain::<pb::GetMeRequest, pb::GetMeResponse>(request),
            "GetProfile" => self.plain::<pb::GetProfileRequest, pb::GetProfileResponse>(request),
            "UpdateProfile" => {
                self.plain::<pb::UpdateProfileRequest, pb::UpdateProfileResponse>(request)
            }
            "DeleteProfile" => {
                self.plain::<pb::DeleteProfileRequest, pb::DeleteProfileResponse>(request)
            }
            "CreateUser" => self.plain::<pb::CreateUserRequest, pb::CreateUserResponse>(request),
            "GetUser" => self.plain::<pb::GetUserRequest, pb::GetUserResponse>(request),
            "ListProfiles" => self.serve(request, |_, asked: pb::ListProfilesRequest| {
                let n = usize::try_from(asked.page_size).unwrap_or(0);
                Reply::new(pb::ListProfilesResponse {
                    items: vec![profile(&"n".repeat(1_000)); n],
                    ..Default::default()
                })
            }),
            "CreateProfile" => self.serve(request, |this, asked: pb::CreateProfileRequest| {
                let mut profile = asked.profile.unwrap_or_default();
                profile.id = this.runs().to_string();
                let profile = Some(profile);
                Reply::new(pb::CreateProfileResponse { profile }).status(201)
            }),
            _ => handler::unknown(),
        }
    }
}

impl NamedService for Users {
    const NAME: &'static str = "streamverse.users.v1.UserService";
}
