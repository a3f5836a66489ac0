//! A fake of users: keeps accounts in memory, and fails where a test wants it to.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use sv_handlers::users::FakeUserService;
use sv_kernel::Result;
use sv_proto::{
    common::CommonReason,
    users::{self as pb, UserReason},
};
use tokio::sync::Notify;

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
pub(super) struct Users(Arc<State>);

#[derive(Default)]
struct State {
    accounts: Mutex<HashMap<String, pb::User>>,
    fault: Mutex<Fault>,
    /// The account whose next reader waits.
    held_up: Mutex<Option<String>>,
    hanging: Notify,
    going_on: Notify,
    creations: AtomicU32,
    /// Profiles that were made ones for children.
    turned: Mutex<HashSet<String>>,
    blocked: Mutex<HashSet<String>>,
}

impl Users {
    /// The service that auth calls.
    pub(super) fn service(&self) -> FakeUserService {
        let (creating, reading) = (self.clone(), self.clone());
        let (entering, resolving) = (self.clone(), self.clone());
        FakeUserService::new()
            .on_create_user(move |_, request| {
                let users = creating.clone();
                async move { users.create_user(request).await }
            })
            .on_get_user(move |_, request| {
                let users = reading.clone();
                async move {
                    if users.is_held_up(&request.id) {
                        users.0.hanging.notify_one();
                        users.0.going_on.notified().await;
                    }
                    users.get_user(&request)
                }
            })
            .on_enter_profile(move |_, request| {
                let entered = entering.enter(request);
                async move { entered }
            })
            .on_resolve_profile(move |_, request| {
                let resolved = resolving.resolve(request);
                async move { resolved }
            })
    }

    /// Profiles whose id ends with 1 are for children, and out of one leads the password only; those whose
    /// id ends with 9 are gone after a while.
    fn enter(&self, request: pb::EnterProfileRequest) -> Result<pb::EnterProfileResponse> {
        if request.from_profile_id.ends_with('1') && !request.password_shown {
            return Err(UserReason::ProfileProofRequired.into());
        }
        let profile = Some(self.profile(request.profile_id));
        Ok(pb::EnterProfileResponse { profile })
    }

    fn resolve(&self, request: pb::ResolveProfileRequest) -> Result<pb::ResolveProfileResponse> {
        if request.profile_id.ends_with('9') {
            return Err(UserReason::ProfileNotFound.into());
        }
        let profile = Some(self.profile(request.profile_id));
        Ok(pb::ResolveProfileResponse { profile })
    }

    fn profile(&self, id: String) -> pb::Profile {
        pb::Profile {
            is_kids: self.is_kids(&id),
            id,
            ..pb::Profile::default()
        }
    }

    async fn create_user(&self, request: pb::CreateUserRequest) -> Result<pb::CreateUserResponse> {
        match self.fault() {
            Fault::HangsBefore => self.hang().await,
            Fault::Unavailable => Err(CommonReason::Unavailable.into()),
            fault => {
                let user = Some(self.create(request)?);
                if fault == Fault::HangsAfter {
                    self.hang::<()>().await;
                }
                Ok(pb::CreateUserResponse { user })
            }
        }
    }

    fn get_user(&self, request: &pb::GetUserRequest) -> Result<pb::GetUserResponse> {
        if self.fault() == Fault::Unavailable {
            return Err(CommonReason::Unavailable.into());
        }
        let accounts = self.0.accounts.lock().unwrap();
        let user = accounts.get(&request.id).cloned();
        let user = Some(user.ok_or(UserReason::UserNotFound)?);
        let is_blocked = self.0.blocked.lock().unwrap().contains(&request.id);
        let status = if is_blocked {
            pb::UserStatus::Blocked
        } else {
            pb::UserStatus::Active
        };
        Ok(pb::GetUserResponse {
            user,
            status: status.into(),
        })
    }

    /// Blocks an account, or opens it again.
    pub(super) fn block(&self, user: &str, is_blocked: bool) {
        let mut blocked = self.0.blocked.lock().unwrap();
        if is_blocked {
            blocked.insert(user.to_owned());
        } else {
            blocked.remove(user);
        }
    }

    /// Deletes an account.
    pub(super) fn delete(&self, user: &str) {
        self.0.accounts.lock().unwrap().remove(user);
    }

    pub(super) fn fail(&self, fault: Fault) {
        *self.0.fault.lock().unwrap() = fault;
    }

    /// Has the next who reads an account wait until told to go on.
    pub(super) fn hold_up(&self, user: &str) {
        *self.0.held_up.lock().unwrap() = Some(user.to_owned());
    }

    fn is_held_up(&self, user: &str) -> bool {
        let mut held_up = self.0.held_up.lock().unwrap();
        held_up.take_if(|held| held == user).is_some()
    }

    /// Lets a call go on that waits.
    pub(super) fn go_on(&self) {
        self.0.going_on.notify_one();
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

    fn create(&self, request: pb::CreateUserRequest) -> Result<pb::User> {
        let mut accounts = self.0.accounts.lock().unwrap();
        if let Some(known) = accounts.get(&request.id) {
            return Ok(known.clone());
        }
        let name = &request.username;
        if !name.is_empty() && accounts.values().any(|user| user.username == *name) {
            return Err(UserReason::UsernameTaken.into());
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
