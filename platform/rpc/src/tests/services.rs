//! A service of two RPC families whose behaviour the tests choose.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use sv_kernel::{Ctx, Error};
use sv_proto::{
    common::CommonReason,
    users::{self as pb, user_service_server::UserService},
};
use tonic::{Request, Response, Status};

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

    async fn act<M>(&self, request: &Request<M>) -> Result<(), Status> {
        let ctx = crate::ctx(request)?;
        *self.heard.lock().unwrap() = Some(ctx);
        self.runs.fetch_add(1, Ordering::SeqCst);
        let next = self.script.lock().unwrap().pop_front();
        let mut guard = CountDrop(self.dropped.clone(), false);
        match next {
            None => {}
            Some(Act::Fail(error)) => {
                guard.1 = true;
                return Err(crate::status(error));
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

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl UserService for Users {
    async fn get_me(&self, request: Request<pb::GetMeRequest>) -> Answer<pb::GetMeResponse> {
        self.act(&request).await?;
        Ok(Response::new(pb::GetMeResponse::default()))
    }

    async fn list_profiles(
        &self,
        request: Request<pb::ListProfilesRequest>,
    ) -> Answer<pb::ListProfilesResponse> {
        self.act(&request).await?;
        let n = usize::try_from(request.get_ref().page_size).unwrap_or(0);
        let items = vec![profile(&"n".repeat(1_000)); n];
        Ok(Response::new(pb::ListProfilesResponse {
            items,
            ..Default::default()
        }))
    }

    async fn create_profile(
        &self,
        request: Request<pb::CreateProfileRequest>,
    ) -> Answer<pb::CreateProfileResponse> {
        self.act(&request).await?;
        let mut profile = request.into_inner().profile.unwrap_or_default();
        profile.id = self.runs().to_string();
        let mut response = Response::new(pb::CreateProfileResponse {
            profile: Some(profile),
        });
        crate::set_http_status(&mut response, 201);
        Ok(response)
    }

    async fn get_profile(
        &self,
        request: Request<pb::GetProfileRequest>,
    ) -> Answer<pb::GetProfileResponse> {
        self.act(&request).await?;
        Ok(Response::new(pb::GetProfileResponse::default()))
    }

    async fn update_profile(
        &self,
        request: Request<pb::UpdateProfileRequest>,
    ) -> Answer<pb::UpdateProfileResponse> {
        self.act(&request).await?;
        Ok(Response::new(pb::UpdateProfileResponse::default()))
    }

    async fn delete_profile(
        &self,
        request: Request<pb::DeleteProfileRequest>,
    ) -> Answer<pb::DeleteProfileResponse> {
        self.act(&request).await?;
        Ok(Response::new(pb::DeleteProfileResponse::default()))
    }

    async fn create_user(
        &self,
        request: Request<pb::CreateUserRequest>,
    ) -> Answer<pb::CreateUserResponse> {
        self.act(&request).await?;
        Ok(Response::new(pb::CreateUserResponse::default()))
    }

    async fn get_user(&self, request: Request<pb::GetUserRequest>) -> Answer<pb::GetUserResponse> {
        self.act(&request).await?;
        Ok(Response::new(pb::GetUserResponse::default()))
    }

    async fn set_profile_controls(
        &self,
        request: Request<pb::SetProfileControlsRequest>,
    ) -> Answer<pb::SetProfileControlsResponse> {
        self.act(&request).await?;
        Ok(Response::new(pb::SetProfileControlsResponse::default()))
    }

    async fn enter_profile(
        &self,
        request: Request<pb::EnterProfileRequest>,
    ) -> Answer<pb::EnterProfileResponse> {
        self.act(&request).await?;
        Ok(Response::new(pb::EnterProfileResponse::default()))
    }

    async fn resolve_profile(
        &self,
        _: Request<pb::ResolveProfileRequest>,
    ) -> Answer<pb::ResolveProfileResponse> {
        Err(crate::status(CommonReason::Unimplemented.into()))
    }
}
