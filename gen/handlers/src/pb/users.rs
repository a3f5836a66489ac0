// @generated from the services of streamverse.users.v1.

use sv_kernel::{Ctx, Result};
use sv_proto::pb::streamverse::users::v1 as pb;
use sv_rpc::{Declared, Reply, handler};

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
