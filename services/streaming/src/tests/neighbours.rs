//! The services that streaming calls, stood in for.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use sv_kernel::Timestamp;
use sv_proto::{
    common::CommonReason,
    content::{self, Content, ContentStatus, content_service_server::ContentService},
    rights::{
        self, AccessBasis, AccessDecision, Offer, Plan, rights_service_server::RightsService,
    },
    users::{self, Profile, UserReason, user_service_server::UserService},
};
use sv_rpc::status;
use tonic::{Request, Response, Status};

/// What the neighbours say; tests change it.
#[derive(Clone, Default)]
pub(crate) struct Neighbours {
    /// Titles by id.
    pub(crate) titles: Arc<Mutex<HashMap<String, ContentStatus>>>,
    /// The decision of rights, for every title.
    pub(crate) decision: Arc<Mutex<AccessDecision>>,
    /// How often rights was asked.
    pub(crate) asked: Arc<AtomicUsize>,
    /// Whether rights cannot be reached.
    pub(crate) rights_down: Arc<AtomicBool>,
}

impl Neighbours {
    /// Sets what rights decides.
    pub(crate) fn decide(&self, decision: AccessDecision) {
        *self.decision.lock().unwrap() = decision;
    }

    /// Lets rights refuse.
    pub(crate) fn refuse(&self, basis: AccessBasis) {
        let offer = |code: &str| Offer {
            kind: "subscribe".into(),
            plan: Some(Plan {
                code: code.into(),
                ..Plan::default()
            }),
        };
        self.decide(AccessDecision {
            basis: basis.into(),
            offers: vec![offer("basic"), offer("premium")],
            ..AccessDecision::default()
        });
    }

    /// Lets rights allow until an instant.
    pub(crate) fn allow_until(&self, end: Timestamp) {
        self.decide(AccessDecision {
            allowed: true,
            basis: AccessBasis::Subscription.into(),
            expire_time: Some(prost_types::Timestamp {
                seconds: end.secs(),
                nanos: end.subsec_nanos(),
            }),
            ..AccessDecision::default()
        });
    }

    fn profile(request: users::ResolveProfileRequest) -> Result<Profile, Status> {
        // A profile of somebody else begins with `f`; the default one has the account's id.
        let id = match request.profile_id {
            id if id.starts_with('f') => return Err(status(UserReason::ProfileNotFound.into())),
            id if id.is_empty() => request.user_id,
            id => id,
        };
        Ok(Profile {
            id,
            ..Profile::default()
        })
    }

    fn contents(&self, ids: Vec<String>) -> Vec<Content> {
        let titles = self.titles.lock().unwrap();
        let known = |id: String| {
            let status = *titles.get(&id)?;
            Some(Content {
                id,
                title: "Big Buck Bunny".into(),
                status: status.into(),
                ..Content::default()
            })
        };
        ids.into_iter().filter_map(known).collect()
    }

    fn decisions(&self, ids: Vec<String>) -> Vec<AccessDecision> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let decision = self.decision.lock().unwrap().clone();
        let decide = |content_id| AccessDecision {
            content_id,
            ..decision.clone()
        };
        ids.into_iter().map(decide).collect()
    }
}

/// Implements a service of which streaming calls one RPC: that one by a function, the others not.
macro_rules! stand_in {
    ($service:ident of $module:ident: $used:ident($in:ident) -> $out:ident by $by:expr;
     $($name:ident($unused:ident) -> $answer:ident),* $(,)?) => {
        #[tonic::async_trait]
        impl $service for Neighbours {
            async fn $used(
                &self,
                request: Request<$module::$in>,
            ) -> Result<Response<$module::$out>, Status> {
                let by: fn(&Self, $module::$in) -> Result<$module::$out, Status> = $by;
                by(self, request.into_inner()).map(Response::new)
            }

            $(async fn $name(
                &self,
                _: Request<$module::$unused>,
            ) -> Result<Response<$module::$answer>, Status> {
                Err(status(CommonReason::Unimplemented.into()))
            })*
        }
    };
}

stand_in! {
    UserService of users:
    resolve_profile(ResolveProfileRequest) -> ResolveProfileResponse by |_, request| {
        let profile = Some(Neighbours::profile(request)?);
        Ok(users::ResolveProfileResponse { profile })
    };
    get_me(GetMeRequest) -> GetMeResponse,
    list_profiles(ListProfilesRequest) -> ListProfilesResponse,
    create_profile(CreateProfileRequest) -> CreateProfileResponse,
    get_profile(GetProfileRequest) -> GetProfileResponse,
    update_profile(UpdateProfileRequest) -> UpdateProfileResponse,
    delete_profile(DeleteProfileRequest) -> DeleteProfileResponse,
    set_profile_controls(SetProfileControlsRequest) -> SetProfileControlsResponse,
    enter_profile(EnterProfileRequest) -> EnterProfileResponse,
    create_user(CreateUserRequest) -> CreateUserResponse,
    get_user(GetUserRequest) -> GetUserResponse,
}

stand_in! {
    ContentService of content:
    batch_get_contents(BatchGetContentsRequest) -> BatchGetContentsResponse by |this, request| {
        let contents = this.contents(request.ids);
        Ok(content::BatchGetContentsResponse { contents })
    };
    list_movies(ListMoviesRequest) -> ListMoviesResponse,
    get_movie(GetMovieRequest) -> GetMovieResponse,
    snapshot_contents(SnapshotContentsRequest) -> SnapshotContentsResponse,
}

stand_in! {
    RightsService of rights:
    check_access(CheckAccessRequest) -> CheckAccessResponse by |this, request| {
        if this.rights_down.load(Ordering::SeqCst) {
            return Err(status(CommonReason::Unavailable.into()));
        }
        let decisions = this.decisions(request.content_ids);
        Ok(rights::CheckAccessResponse { decisions })
    };
    list_plans(ListPlansRequest) -> ListPlansResponse,
    list_subscriptions(ListSubscriptionsRequest) -> ListSubscriptionsResponse,
    subscribe(SubscribeRequest) -> SubscribeResponse,
    cancel_subscription(CancelSubscriptionRequest) -> CancelSubscriptionResponse,
    confirm_payment(ConfirmPaymentRequest) -> ConfirmPaymentResponse,
}
