//! Stand-ins for what rights calls.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use sv_kernel::BoxError;
use sv_proto::{
    content::{
        self as content, Content, ContentStatus, Monetization,
        content_service_server::ContentService,
    },
    users::{self as users, user_service_server::UserService},
};
use tonic::{Request, Response, Status, async_trait};

use crate::payments::{Charge, Payment, PaymentProvider, TestProvider};

/// Published, by subscription, rated R.
pub(super) const FILM: &str = "01900000-0000-7000-8000-000000000001";
/// Published, by subscription, rated G.
pub(super) const CARTOON: &str = "01900000-0000-7000-8000-000000000002";
/// Not published.
pub(super) const DRAFT: &str = "01900000-0000-7000-8000-000000000003";
/// A profile for children.
pub(super) const KID: &str = "01900000-0000-7000-8000-0000000000ff";

fn title(id: &str) -> Option<Content> {
    let (rating, status) = match id {
        FILM => ("R", ContentStatus::Published),
        CARTOON => ("G", ContentStatus::Published),
        DRAFT => ("G", ContentStatus::Draft),
        _ => return None,
    };
    Some(Content {
        id: id.to_owned(),
        maturity_rating: rating.to_owned(),
        status: status.into(),
        monetization: Monetization::Svod.into(),
        ..Content::default()
    })
}

fn no<T>() -> Result<Response<T>, Status> {
    Err(Status::unimplemented("not called by rights"))
}

/// Knows three titles.
pub(super) struct Catalogue;

#[async_trait]
impl ContentService for Catalogue {
    async fn batch_get_contents(
        &self,
        request: Request<content::BatchGetContentsRequest>,
    ) -> Result<Response<content::BatchGetContentsResponse>, Status> {
        let contents = request
            .get_ref()
            .ids
            .iter()
            .filter_map(|id| title(id))
            .collect();
        Ok(Response::new(content::BatchGetContentsResponse {
            contents,
        }))
    }

    async fn list_movies(
        &self,
        _: Request<content::ListMoviesRequest>,
    ) -> Result<Response<content::ListMoviesResponse>, Status> {
        no()
    }

    async fn get_movie(
        &self,
        _: Request<content::GetMovieRequest>,
    ) -> Result<Response<content::GetMovieResponse>, Status> {
        no()
    }
}

/// Knows that one profile is a child's.
pub(super) struct Households;

macro_rules! not_called {
    ($($name:ident: $request:ident -> $response:ident),* $(,)?) => {
        #[async_trait]
        impl UserService for Households {
            async fn resolve_profile(
                &self,
                request: Request<users::ResolveProfileRequest>,
            ) -> Result<Response<users::ResolveProfileResponse>, Status> {
                let is_kids = request.get_ref().profile_id == KID;
                let profile = Some(users::Profile { is_kids, ..users::Profile::default() });
                Ok(Response::new(users::ResolveProfileResponse { profile }))
            }
            $(async fn $name(
                &self,
                _: Request<users::$request>,
            ) -> Result<Response<users::$response>, Status> {
                no()
            })*
        }
    };
}

not_called! {
    get_me: GetMeRequest -> GetMeResponse,
    list_profiles: ListProfilesRequest -> ListProfilesResponse,
    create_profile: CreateProfileRequest -> CreateProfileResponse,
    get_profile: GetProfileRequest -> GetProfileResponse,
    update_profile: UpdateProfileRequest -> UpdateProfileResponse,
    delete_profile: DeleteProfileRequest -> DeleteProfileResponse,
    create_user: CreateUserRequest -> CreateUserResponse,
    get_user: GetUserRequest -> GetUserResponse,
}

/// The test provider, which can be made to fail after it has charged.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults {
    /// How many of the next answers are lost.
    pub(super) lose: Arc<AtomicUsize>,
    /// How many charges were asked for.
    pub(super) asked: Arc<AtomicUsize>,
}

#[async_trait]
impl PaymentProvider for Faults {
    async fn charge(&self, payment: &Payment) -> Result<Charge, BoxError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let lost = self
            .lose
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        if lost.is_ok() {
            return Err("the connection broke after the charge".into());
        }
        TestProvider.charge(payment).await
    }
}
