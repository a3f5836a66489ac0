// @generated from the services of streamverse.users.v1.

use sv_kernel::{Ctx, Result};
use sv_proto::pb::streamverse::users::v1 as pb;
use sv_rpc::{Declared, Reply, handler};

/// What a profile keeps for itself: the titles that it wants to watch, and what it thinks of those that it has
/// seen (USER-6, X-CAT-8). All of it belongs to the profile that the call acts for (C44).
pub trait LibraryService: Send + Sync + 'static {
    /// Lists the watchlist, what was added last first. Titles that are gone, or that the profile may not see, stay
    /// on the list and are left out of the answer, so a page may have fewer than asked for although more follow.
    ///
    /// Fails with PROFILE_NOT_FOUND, PROFILE_BOUND and PROFILE_PROOF_REQUIRED.
    fn list_watchlist(
        &self,
        ctx: &Ctx,
        request: pb::ListWatchlistRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListWatchlistResponse>>>> + Send;

    /// Puts a title on the watchlist. One that is there stays where it is.
    ///
    /// Fails with CONTENT_NOT_FOUND, WATCHLIST_FULL, PROFILE_NOT_FOUND, PROFILE_BOUND and PROFILE_PROOF_REQUIRED.
    fn add_to_watchlist(
        &self,
        ctx: &Ctx,
        request: pb::AddToWatchlistRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AddToWatchlistResponse>>>> + Send;

    /// Takes a title off the watchlist; it need not be on it.
    ///
    /// Fails with PROFILE_NOT_FOUND, PROFILE_BOUND and PROFILE_PROOF_REQUIRED.
    fn remove_from_watchlist(
        &self,
        ctx: &Ctx,
        request: pb::RemoveFromWatchlistRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::RemoveFromWatchlistResponse>>>> + Send;

    /// Lists the profile's ratings, what was rated first last.
    ///
    /// Fails with PROFILE_NOT_FOUND, PROFILE_BOUND and PROFILE_PROOF_REQUIRED.
    fn list_ratings(
        &self,
        ctx: &Ctx,
        request: pb::ListRatingsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListRatingsResponse>>>> + Send;

    /// Returns the profile's rating of a title.
    ///
    /// Fails with RATING_NOT_FOUND, PROFILE_NOT_FOUND, PROFILE_BOUND and PROFILE_PROOF_REQUIRED.
    fn get_rating(
        &self,
        ctx: &Ctx,
        request: pb::GetRatingRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetRatingResponse>>>> + Send;

    /// Rates a title, or rates it anew.
    ///
    /// Fails with CONTENT_NOT_FOUND, RATING_LIMIT, PROFILE_NOT_FOUND, PROFILE_BOUND and PROFILE_PROOF_REQUIRED.
    fn set_rating(
        &self,
        ctx: &Ctx,
        request: pb::SetRatingRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::SetRatingResponse>>>> + Send;

    /// Takes a rating back.
    ///
    /// Fails with RATING_NOT_FOUND, PROFILE_NOT_FOUND, PROFILE_BOUND and PROFILE_PROOF_REQUIRED.
    fn delete_rating(
        &self,
        ctx: &Ctx,
        request: pb::DeleteRatingRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::DeleteRatingResponse>>>> + Send;
}

/// Leads calls of `streamverse.users.v1.LibraryService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct LibraryServiceServer<H>(std::sync::Arc<H>);

impl<H: LibraryService> LibraryServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for LibraryServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for LibraryServiceServer<H> {
    const NAME: &'static str = "streamverse.users.v1.LibraryService";
}

impl<H: LibraryService> tower::Service<http::Request<tonic::body::Body>> for LibraryServiceServer<H> {
    type Response = http::Response<tonic::body::Body>;
    type Error = std::convert::Infallible;
    type Future = handler::Served;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::result::Result<(), Self::Error>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<tonic::body::Body>) -> Self::Future {
        let handlers = self.0.clone();
        match request.uri().path() {
            "/streamverse.users.v1.LibraryService/ListWatchlist" => handler::unary::<pb::ListWatchlistRequest, pb::ListWatchlistResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_watchlist(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.users.v1.LibraryService/AddToWatchlist" => handler::unary::<pb::AddToWatchlistRequest, pb::AddToWatchlistResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.add_to_watchlist(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.users.v1.LibraryService/RemoveFromWatchlist" => handler::unary::<pb::RemoveFromWatchlistRequest, pb::RemoveFromWatchlistResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.remove_from_watchlist(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.users.v1.LibraryService/ListRatings" => handler::unary::<pb::ListRatingsRequest, pb::ListRatingsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_ratings(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.users.v1.LibraryService/GetRating" => handler::unary::<pb::GetRatingRequest, pb::GetRatingResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_rating(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.users.v1.LibraryService/SetRating" => handler::unary::<pb::SetRatingRequest, pb::SetRatingResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.set_rating(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.users.v1.LibraryService/DeleteRating" => handler::unary::<pb::DeleteRatingRequest, pb::DeleteRatingResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.delete_rating(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`LibraryService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeLibraryService {
    list_watchlist: crate::fake::Script<pb::ListWatchlistRequest, Reply<pb::ListWatchlistResponse>>,
    add_to_watchlist: crate::fake::Script<pb::AddToWatchlistRequest, Reply<pb::AddToWatchlistResponse>>,
    remove_from_watchlist: crate::fake::Script<pb::RemoveFromWatchlistRequest, Reply<pb::RemoveFromWatchlistResponse>>,
    list_ratings: crate::fake::Script<pb::ListRatingsRequest, Reply<pb::ListRatingsResponse>>,
    get_rating: crate::fake::Script<pb::GetRatingRequest, Reply<pb::GetRatingResponse>>,
    set_rating: crate::fake::Script<pb::SetRatingRequest, Reply<pb::SetRatingResponse>>,
    delete_rating: crate::fake::Script<pb::DeleteRatingRequest, Reply<pb::DeleteRatingResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeLibraryService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `ListWatchlist` so from now on.
    pub fn on_list_watchlist<F, Fut, A: Into<Reply<pb::ListWatchlistResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListWatchlistRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_watchlist.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `AddToWatchlist` so from now on.
    pub fn on_add_to_watchlist<F, Fut, A: Into<Reply<pb::AddToWatchlistResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AddToWatchlistRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.add_to_watchlist.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `RemoveFromWatchlist` so from now on.
    pub fn on_remove_from_watchlist<F, Fut, A: Into<Reply<pb::RemoveFromWatchlistResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::RemoveFromWatchlistRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.remove_from_watchlist.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListRatings` so from now on.
    pub fn on_list_ratings<F, Fut, A: Into<Reply<pb::ListRatingsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListRatingsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_ratings.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `GetRating` so from now on.
    pub fn on_get_rating<F, Fut, A: Into<Reply<pb::GetRatingResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetRatingRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_rating.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `SetRating` so from now on.
    pub fn on_set_rating<F, Fut, A: Into<Reply<pb::SetRatingResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::SetRatingRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.set_rating.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `DeleteRating` so from now on.
    pub fn on_delete_rating<F, Fut, A: Into<Reply<pb::DeleteRatingResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::DeleteRatingRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.delete_rating.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl LibraryService for FakeLibraryService {
    async fn list_watchlist(
        &self,
        ctx: &Ctx,
        request: pb::ListWatchlistRequest,
    ) -> Result<Reply<pb::ListWatchlistResponse>> {
        self.list_watchlist.answer(ctx, request).await
    }

    async fn add_to_watchlist(
        &self,
        ctx: &Ctx,
        request: pb::AddToWatchlistRequest,
    ) -> Result<Reply<pb::AddToWatchlistResponse>> {
        self.add_to_watchlist.answer(ctx, request).await
    }

    async fn remove_from_watchlist(
        &self,
        ctx: &Ctx,
        request: pb::RemoveFromWatchlistRequest,
    ) -> Result<Reply<pb::RemoveFromWatchlistResponse>> {
        self.remove_from_watchlist.answer(ctx, request).await
    }

    async fn list_ratings(
        &self,
        ctx: &Ctx,
        request: pb::ListRatingsRequest,
    ) -> Result<Reply<pb::ListRatingsResponse>> {
        self.list_ratings.answer(ctx, request).await
    }

    async fn get_rating(
        &self,
        ctx: &Ctx,
        request: pb::GetRatingRequest,
    ) -> Result<Reply<pb::GetRatingResponse>> {
        self.get_rating.answer(ctx, request).await
    }

    async fn set_rating(
        &self,
        ctx: &Ctx,
        request: pb::SetRatingRequest,
    ) -> Result<Reply<pb::SetRatingResponse>> {
        self.set_rating.answer(ctx, request).await
    }

    async fn delete_rating(
        &self,
        ctx: &Ctx,
        request: pb::DeleteRatingRequest,
    ) -> Result<Reply<pb::DeleteRatingResponse>> {
        self.delete_rating.answer(ctx, request).await
    }
}

/// What those who run the installation do with accounts (USER-7, USER-8, USER-9, ADM-1).
pub trait UserAdminService: Send + Sync + 'static {
    /// Lists accounts.
    fn admin_list_users(
        &self,
        ctx: &Ctx,
        request: pb::AdminListUsersRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminListUsersResponse>>>> + Send;

    /// Returns an account with its profiles.
    ///
    /// Fails with USER_NOT_FOUND.
    fn admin_get_user(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetUserRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::AdminGetUserResponse>>>> + Send;

    /// Replaces (PUT) or changes (PATCH) an account: its names, and whether it is blocked. Who is blocked is signed
    /// out everywhere at once, and cannot sign in.
    ///
    /// Fails with USER_NOT_FOUND, USERNAME_TAKEN, EMAIL_FIXED, OWN_ACCOUNT, and VERSION_MISMATCH when If-Match or
    /// `user.version` names another version.
    fn update_user(
        &self,
        ctx: &Ctx,
        request: pb::UpdateUserRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::UpdateUserResponse>>>> + Send;

    /// Deletes an account for good, with its profiles, their watchlists and their ratings. It is signed out
    /// everywhere at once, and its address can be registered anew.
    ///
    /// Fails with USER_NOT_FOUND, OWN_ACCOUNT, and VERSION_MISMATCH when If-Match names another version.
    fn delete_user(
        &self,
        ctx: &Ctx,
        request: pb::DeleteUserRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::DeleteUserResponse>>>> + Send;
}

/// Leads calls of `streamverse.users.v1.UserAdminService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct UserAdminServiceServer<H>(std::sync::Arc<H>);

impl<H: UserAdminService> UserAdminServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for UserAdminServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for UserAdminServiceServer<H> {
    const NAME: &'static str = "streamverse.users.v1.UserAdminService";
}

impl<H: UserAdminService> tower::Service<http::Request<tonic::body::Body>> for UserAdminServiceServer<H> {
    type Response = http::Response<tonic::body::Body>;
    type Error = std::convert::Infallible;
    type Future = handler::Served;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::result::Result<(), Self::Error>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<tonic::body::Body>) -> Self::Future {
        let handlers = self.0.clone();
        match request.uri().path() {
            "/streamverse.users.v1.UserAdminService/AdminListUsers" => handler::unary::<pb::AdminListUsersRequest, pb::AdminListUsersResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.admin_list_users(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.users.v1.UserAdminService/AdminGetUser" => handler::unary::<pb::AdminGetUserRequest, pb::AdminGetUserResponse, _, _>(request, &Declared { statuses: &[200], headers: &["etag"] }, move |ctx, request| async move {
                handlers.admin_get_user(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.users.v1.UserAdminService/UpdateUser" => handler::unary::<pb::UpdateUserRequest, pb::UpdateUserResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.update_user(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.users.v1.UserAdminService/DeleteUser" => handler::unary::<pb::DeleteUserRequest, pb::DeleteUserResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.delete_user(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`UserAdminService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeUserAdminService {
    admin_list_users: crate::fake::Script<pb::AdminListUsersRequest, Reply<pb::AdminListUsersResponse>>,
    admin_get_user: crate::fake::Script<pb::AdminGetUserRequest, Reply<pb::AdminGetUserResponse>>,
    update_user: crate::fake::Script<pb::UpdateUserRequest, Reply<pb::UpdateUserResponse>>,
    delete_user: crate::fake::Script<pb::DeleteUserRequest, Reply<pb::DeleteUserResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeUserAdminService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `AdminListUsers` so from now on.
    pub fn on_admin_list_users<F, Fut, A: Into<Reply<pb::AdminListUsersResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminListUsersRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_list_users.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `AdminGetUser` so from now on.
    pub fn on_admin_get_user<F, Fut, A: Into<Reply<pb::AdminGetUserResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::AdminGetUserRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.admin_get_user.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `UpdateUser` so from now on.
    pub fn on_update_user<F, Fut, A: Into<Reply<pb::UpdateUserResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::UpdateUserRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.update_user.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `DeleteUser` so from now on.
    pub fn on_delete_user<F, Fut, A: Into<Reply<pb::DeleteUserResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::DeleteUserRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.delete_user.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl UserAdminService for FakeUserAdminService {
    async fn admin_list_users(
        &self,
        ctx: &Ctx,
        request: pb::AdminListUsersRequest,
    ) -> Result<Reply<pb::AdminListUsersResponse>> {
        self.admin_list_users.answer(ctx, request).await
    }

    async fn admin_get_user(
        &self,
        ctx: &Ctx,
        request: pb::AdminGetUserRequest,
    ) -> Result<Reply<pb::AdminGetUserResponse>> {
        self.admin_get_user.answer(ctx, request).await
    }

    async fn update_user(
        &self,
        ctx: &Ctx,
        request: pb::UpdateUserRequest,
    ) -> Result<Reply<pb::UpdateUserResponse>> {
        self.update_user.answer(ctx, request).await
    }

    async fn delete_user(
        &self,
        ctx: &Ctx,
        request: pb::DeleteUserRequest,
    ) -> Result<Reply<pb::DeleteUserResponse>> {
        self.delete_user.answer(ctx, request).await
    }
}

/// Accounts and the profiles of a household.
pub trait UserService: Send + Sync + 'static {
    /// Returns the signed-in account (USER-2, AUTH-5).
    fn get_me(
        &self,
        ctx: &Ctx,
        request: pb::GetMeRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetMeResponse>>>> + Send;

    /// Lists the account's profiles, oldest first (USER-3).
    fn list_profiles(
        &self,
        ctx: &Ctx,
        request: pb::ListProfilesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListProfilesResponse>>>> + Send;

    /// Creates a profile (USER-3).
    ///
    /// Fails with PROFILE_NAME_TAKEN and PROFILE_LIMIT.
    fn create_profile(
        &self,
        ctx: &Ctx,
        request: pb::CreateProfileRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CreateProfileResponse>>>> + Send;

    /// Returns one profile (USER-4).
    ///
    /// Fails with PROFILE_NOT_FOUND.
    fn get_profile(
        &self,
        ctx: &Ctx,
        request: pb::GetProfileRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetProfileResponse>>>> + Send;

    /// Replaces (PUT) or changes (PATCH) a profile (USER-4, C3).
    ///
    /// Fails with PROFILE_NOT_FOUND and PROFILE_NAME_TAKEN.
    fn update_profile(
        &self,
        ctx: &Ctx,
        request: pb::UpdateProfileRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::UpdateProfileResponse>>>> + Send;

    /// Deletes a profile; the last one stays (USER-4, C3).
    ///
    /// Fails with PROFILE_NOT_FOUND and PROFILE_LAST.
    fn delete_profile(
        &self,
        ctx: &Ctx,
        request: pb::DeleteProfileRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::DeleteProfileResponse>>>> + Send;

    /// Creates an account with its default profile. Repeating it with the same id gives the same account (C23).
    ///
    /// Fails with USERNAME_TAKEN.
    fn create_user(
        &self,
        ctx: &Ctx,
        request: pb::CreateUserRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CreateUserResponse>>>> + Send;

    /// Changes what protects a profile: its PIN, and whether it is for children. Turning a profile for
    /// children into another one, and any change of a PIN, needs the present PIN or the account's password
    /// (C44).
    ///
    /// Fails with PROFILE_NOT_FOUND, PROFILE_PROOF_REQUIRED, PIN_WRONG, PIN_LOCKED and PROFILE_KIDS_DEFAULT.
    fn set_profile_controls(
        &self,
        ctx: &Ctx,
        request: pb::SetProfileControlsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::SetProfileControlsResponse>>>> + Send;

    /// Says whether a session may be bound to a profile, and with what it was shown (C44).
    ///
    /// Fails with PROFILE_NOT_FOUND, PROFILE_PROOF_REQUIRED, PIN_WRONG and PIN_LOCKED.
    fn enter_profile(
        &self,
        ctx: &Ctx,
        request: pb::EnterProfileRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::EnterProfileResponse>>>> + Send;

    /// Returns an account by id.
    ///
    /// Fails with USER_NOT_FOUND.
    fn get_user(
        &self,
        ctx: &Ctx,
        request: pb::GetUserRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetUserResponse>>>> + Send;

    /// Tells which profile a request acts for: the one that the session is bound to, else the named one if
    /// the account owns it, else the account's default (C44). A session that is bound to none was opened with
    /// the account's password, so it acts for the default whether or not that has a PIN.
    ///
    /// Fails with PROFILE_NOT_FOUND, with PROFILE_BOUND where another one is named than the session's, and
    /// with PROFILE_PROOF_REQUIRED where another one than the default has a PIN and the session has not shown it.
    fn resolve_profile(
        &self,
        ctx: &Ctx,
        request: pb::ResolveProfileRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ResolveProfileResponse>>>> + Send;
}

/// Leads calls of `streamverse.users.v1.UserService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct UserServiceServer<H>(std::sync::Arc<H>);

impl<H: UserService> UserServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for UserServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for UserServiceServer<H> {
    const NAME: &'static str = "streamverse.users.v1.UserService";
}

impl<H: UserService> tower::Service<http::Request<tonic::body::Body>> for UserServiceServer<H> {
    type Response = http::Response<tonic::body::Body>;
    type Error = std::convert::Infallible;
    type Future = handler::Served;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::result::Result<(), Self::Error>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<tonic::body::Body>) -> Self::Future {
        let handlers = self.0.clone();
        match request.uri().path() {
            "/streamverse.users.v1.UserService/GetMe" => handler::unary::<pb::GetMeRequest, pb::GetMeResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_me(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.users.v1.UserService/ListProfiles" => handler::unary::<pb::ListProfilesRequest, pb::ListProfilesResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_profiles(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.users.v1.UserService/CreateProfile" => handler::unary::<pb::CreateProfileRequest, pb::CreateProfileResponse, _, _>(request, &Declared { statuses: &[201], headers: &[] }, move |ctx, request| async move {
                handlers.create_profile(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.users.v1.UserService/GetProfile" => handler::unary::<pb::GetProfileRequest, pb::GetProfileResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_profile(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.users.v1.UserService/UpdateProfile" => handler::unary::<pb::UpdateProfileRequest, pb::UpdateProfileResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.update_profile(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.users.v1.UserService/DeleteProfile" => handler::unary::<pb::DeleteProfileRequest, pb::DeleteProfileResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.delete_profile(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.users.v1.UserService/CreateUser" => handler::unary::<pb::CreateUserRequest, pb::CreateUserResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.create_user(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.users.v1.UserService/SetProfileControls" => handler::unary::<pb::SetProfileControlsRequest, pb::SetProfileControlsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.set_profile_controls(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.users.v1.UserService/EnterProfile" => handler::unary::<pb::EnterProfileRequest, pb::EnterProfileResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.enter_profile(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.users.v1.UserService/GetUser" => handler::unary::<pb::GetUserRequest, pb::GetUserResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_user(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.users.v1.UserService/ResolveProfile" => handler::unary::<pb::ResolveProfileRequest, pb::ResolveProfileResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.resolve_profile(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`UserService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeUserService {
    get_me: crate::fake::Script<pb::GetMeRequest, Reply<pb::GetMeResponse>>,
    list_profiles: crate::fake::Script<pb::ListProfilesRequest, Reply<pb::ListProfilesResponse>>,
    create_profile: crate::fake::Script<pb::CreateProfileRequest, Reply<pb::CreateProfileResponse>>,
    get_profile: crate::fake::Script<pb::GetProfileRequest, Reply<pb::GetProfileResponse>>,
    update_profile: crate::fake::Script<pb::UpdateProfileRequest, Reply<pb::UpdateProfileResponse>>,
    delete_profile: crate::fake::Script<pb::DeleteProfileRequest, Reply<pb::DeleteProfileResponse>>,
    create_user: crate::fake::Script<pb::CreateUserRequest, Reply<pb::CreateUserResponse>>,
    set_profile_controls: crate::fake::Script<pb::SetProfileControlsRequest, Reply<pb::SetProfileControlsResponse>>,
    enter_profile: crate::fake::Script<pb::EnterProfileRequest, Reply<pb::EnterProfileResponse>>,
    get_user: crate::fake::Script<pb::GetUserRequest, Reply<pb::GetUserResponse>>,
    resolve_profile: crate::fake::Script<pb::ResolveProfileRequest, Reply<pb::ResolveProfileResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeUserService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `GetMe` so from now on.
    pub fn on_get_me<F, Fut, A: Into<Reply<pb::GetMeResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetMeRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_me.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListProfiles` so from now on.
    pub fn on_list_profiles<F, Fut, A: Into<Reply<pb::ListProfilesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListProfilesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_profiles.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `CreateProfile` so from now on.
    pub fn on_create_profile<F, Fut, A: Into<Reply<pb::CreateProfileResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CreateProfileRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.create_profile.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `GetProfile` so from now on.
    pub fn on_get_profile<F, Fut, A: Into<Reply<pb::GetProfileResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetProfileRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_profile.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `UpdateProfile` so from now on.
    pub fn on_update_profile<F, Fut, A: Into<Reply<pb::UpdateProfileResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::UpdateProfileRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.update_profile.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `DeleteProfile` so from now on.
    pub fn on_delete_profile<F, Fut, A: Into<Reply<pb::DeleteProfileResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::DeleteProfileRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.delete_profile.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `CreateUser` so from now on.
    pub fn on_create_user<F, Fut, A: Into<Reply<pb::CreateUserResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CreateUserRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.create_user.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `SetProfileControls` so from now on.
    pub fn on_set_profile_controls<F, Fut, A: Into<Reply<pb::SetProfileControlsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::SetProfileControlsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.set_profile_controls.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `EnterProfile` so from now on.
    pub fn on_enter_profile<F, Fut, A: Into<Reply<pb::EnterProfileResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::EnterProfileRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.enter_profile.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `GetUser` so from now on.
    pub fn on_get_user<F, Fut, A: Into<Reply<pb::GetUserResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetUserRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_user.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ResolveProfile` so from now on.
    pub fn on_resolve_profile<F, Fut, A: Into<Reply<pb::ResolveProfileResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ResolveProfileRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.resolve_profile.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl UserService for FakeUserService {
    async fn get_me(
        &self,
        ctx: &Ctx,
        request: pb::GetMeRequest,
    ) -> Result<Reply<pb::GetMeResponse>> {
        self.get_me.answer(ctx, request).await
    }

    async fn list_profiles(
        &self,
        ctx: &Ctx,
        request: pb::ListProfilesRequest,
    ) -> Result<Reply<pb::ListProfilesResponse>> {
        self.list_profiles.answer(ctx, request).await
    }

    async fn create_profile(
        &self,
        ctx: &Ctx,
        request: pb::CreateProfileRequest,
    ) -> Result<Reply<pb::CreateProfileResponse>> {
        self.create_profile.answer(ctx, request).await
    }

    async fn get_profile(
        &self,
        ctx: &Ctx,
        request: pb::GetProfileRequest,
    ) -> Result<Reply<pb::GetProfileResponse>> {
        self.get_profile.answer(ctx, request).await
    }

    async fn update_profile(
        &self,
        ctx: &Ctx,
        request: pb::UpdateProfileRequest,
    ) -> Result<Reply<pb::UpdateProfileResponse>> {
        self.update_profile.answer(ctx, request).await
    }

    async fn delete_profile(
        &self,
        ctx: &Ctx,
        request: pb::DeleteProfileRequest,
    ) -> Result<Reply<pb::DeleteProfileResponse>> {
        self.delete_profile.answer(ctx, request).await
    }

    async fn create_user(
        &self,
        ctx: &Ctx,
        request: pb::CreateUserRequest,
    ) -> Result<Reply<pb::CreateUserResponse>> {
        self.create_user.answer(ctx, request).await
    }

    async fn set_profile_controls(
        &self,
        ctx: &Ctx,
        request: pb::SetProfileControlsRequest,
    ) -> Result<Reply<pb::SetProfileControlsResponse>> {
        self.set_profile_controls.answer(ctx, request).await
    }

    async fn enter_profile(
        &self,
        ctx: &Ctx,
        request: pb::EnterProfileRequest,
    ) -> Result<Reply<pb::EnterProfileResponse>> {
        self.enter_profile.answer(ctx, request).await
    }

    async fn get_user(
        &self,
        ctx: &Ctx,
        request: pb::GetUserRequest,
    ) -> Result<Reply<pb::GetUserResponse>> {
        self.get_user.answer(ctx, request).await
    }

    async fn resolve_profile(
        &self,
        ctx: &Ctx,
        request: pb::ResolveProfileRequest,
    ) -> Result<Reply<pb::ResolveProfileResponse>> {
        self.resolve_profile.answer(ctx, request).await
    }
}
