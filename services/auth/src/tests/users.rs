//! A stand-in for users: keeps accounts in memory, and fails where a test wants it to.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use sv_proto::{
    common::CommonReason,
    users::{self as pb, UserReason, user_service_server::UserService},
};
use sv_rpc::status;
use tokio::sync::Notify;
use tonic::{Request, Response, Status};

/// What goes wrong when an account is created.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Fault {
    #[default]
    None,
    /// The call never arrives anywhere.
    HangsBefore,
    /// The account is created, but no answer comes.
    HangsAfter,
    /// Nothing works.
    Unavailable,
}

#[derive(Clone, Default)]
pub(super) struct StandIn(Arc<State>);

#[derive(Default)]
struct State {
    accounts: Mutex<HashMap<String, pb::User>>,
    fault: Mutex<Fault>,
    hanging: Notify,
    creations: AtomicU32,
    /// Profiles that were made ones for children.
    turned: Mutex<HashSet<String>>,
}

impl StandIn {
    pub(super) fn fail(&self, fault: Fault) {
        *self.0.fault.lock().unwrap() = fault;
    }

    /// Waits until a call hangs.
    pub(super) async fn hanging(&self) {
        self.0.hanging.notified().await;
    }

    pub(super) fn accounts(&self) -> Vec<pb::User> {
        self.0.accounts.lock().unwrap().values().cloned().collect()
    }

    /// Counts accounts that were really created.
    pub(super) fn creations(&self) -> u32 {
        self.0.creations.load(Ordering::SeqCst)
    }

    /// Makes a profile one for children.
    pub(super) fn turn_into_kids(&self, profile: &str) {
        self.0.turned.lock().unwrap().insert(profile.to_owned());
    }

    fn is_kids(&self, profile: &str) -> bool {
        profile.ends_with('1') || self.0.turned.lock().unwrap().contains(profile)
    }

    fn fault(&self) -> Fault {
        *self.0.fault.lock().unwrap()
    }

    fn create(&self, request: pb::CreateUserRequest) -> Result<pb::User, Status> {
        let mut accounts = self.0.accounts.lock().unwrap();
        if let Some(known) = accounts.get(&request.id) {
            return Ok(known.clone());
        }
        let name = &request.username;
        if !name.is_empty() && accounts.values().any(|user| user.username == *name) {
            return Err(status(UserReason::UsernameTaken.into()));
        }
        let user = pb::User {
            id: request.id.clone(),
            email: request.email,
            name: request.name,
            username: request.username,
            ..pb::User::default()
        };
        accounts.insert(request.id, user.clone());
        self.0.creations.fetch_add(1, Ordering::SeqCst);
        Ok(user)
    }

    async fn hang<T>(&self) -> T {
        self.0.hanging.notify_one();
        std::future::pending().await
    }
}

fn elsewhere<T>() -> Result<Response<T>, Status> {
    Err(status(CommonReason::Unimplemented.into()))
}

#[tonic::async_trait]
impl UserService for StandIn {
    async fn create_user(
        &self,
        request: Request<pb::CreateUserRequest>,
    ) -> Result<Response<pb::CreateUserResponse>, Status> {
        match self.fault() {
            Fault::HangsBefore => self.hang().await,
            Fault::Unavailable => Err(status(CommonReason::Unavailable.into())),
            fault => {
                let user = self.create(request.into_inner())?;
                if fault == Fault::HangsAfter {
                    self.hang::<()>().await;
                }
                Ok(Response::new(pb::CreateUserResponse { user: Some(user) }))
            }
        }
    }

    async fn get_user(
        &self,
        request: Request<pb::GetUserRequest>,
    ) -> Result<Response<pb::GetUserResponse>, Status> {
        if self.fault() == Fault::Unavailable {
            return Err(status(CommonReason::Unavailable.into()));
        }
        let user = self
            .0
            .accounts
            .lock()
            .unwrap()
            .get(&request.get_ref().id)
            .cloned();
        match user {
            Some(user) => Ok(Response::new(pb::GetUserResponse { user: Some(user) })),
            None => Err(status(UserReason::UserNotFound.into())),
        }
    }

    async fn get_me(
        &self,
        _: Request<pb::GetMeRequest>,
    ) -> Result<Response<pb::GetMeResponse>, Status> {
        elsewhere()
    }

    async fn list_profiles(
        &self,
        _: Request<pb::ListProfilesRequest>,
    ) -> Result<Response<pb::ListProfilesResponse>, Status> {
        elsewhere()
    }

    async fn create_profile(
        &self,
        _: Request<pb::CreateProfileRequest>,
    ) -> Result<Response<pb::CreateProfileResponse>, Status> {
        elsewhere()
    }

    async fn get_profile(
        &self,
        _: Request<pb::GetProfileRequest>,
    ) -> Result<Response<pb::GetProfileResponse>, Status> {
        elsewhere()
    }

    async fn update_profile(
        &self,
        _: Request<pb::UpdateProfileRequest>,
    ) -> Result<Response<pb::UpdateProfileResponse>, Status> {
        elsewhere()
    }

    async fn delete_profile(
        &self,
        _: Request<pb::DeleteProfileRequest>,
    ) -> Result<Response<pb::DeleteProfileResponse>, Status> {
        elsewhere()
    }

    async fn set_profile_controls(
        &self,
        _: Request<pb::SetProfileControlsRequest>,
    ) -> Result<Response<pb::SetProfileControlsResponse>, Status> {
        elsewhere()
    }

    /// Profiles whose id ends with 1 are for children, and out of one leads the password only; those whose
    /// id ends with 9 are gone after a while.
    async fn enter_profile(
        &self,
        request: Request<pb::EnterProfileRequest>,
    ) -> Result<Response<pb::EnterProfileResponse>, Status> {
        let asked = request.into_inner();
        if asked.from_profile_id.ends_with('1') && !asked.password_shown {
            return Err(status(UserReason::ProfileProofRequired.into()));
        }
        let profile = pb::Profile {
            is_kids: self.is_kids(&asked.profile_id),
            id: asked.profile_id,
            ..pb::Profile::default()
        };
        Ok(Response::new(pb::EnterProfileResponse {
            profile: Some(profile),
        }))
    }

    async fn resolve_profile(
        &self,
        request: Request<pb::ResolveProfileRequest>,
    ) -> Result<Response<pb::ResolveProfileResponse>, Status> {
        let id = request.into_inner().profile_id;
        if id.ends_with('9') {
            return Err(status(UserReason::ProfileNotFound.into()));
        }
        let profile = pb::Profile {
            is_kids: self.is_kids(&id),
            id,
            ..pb::Profile::default()
        };
        Ok(Response::new(pb::ResolveProfileResponse {
            profile: Some(profile),
        }))
    }
}
