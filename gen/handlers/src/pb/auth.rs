// @generated from the services of streamverse.auth.v1.

use sv_kernel::{Ctx, Result};
use sv_proto::pb::streamverse::auth::v1 as pb;
use sv_rpc::{Declared, Reply, handler};

/// Signs people in and vouches for them.
pub trait AuthService: Send + Sync + 'static {
    /// Creates an account and signs it in (AUTH-1, C23).
    ///
    /// Fails with EMAIL_TAKEN, PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG, PASSWORD_BLANK, PASSWORD_TOO_COMMON
    /// and USERNAME_TAKEN.
    fn register(
        &self,
        ctx: &Ctx,
        request: pb::RegisterRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::RegisterResponse>>>> + Send;

    /// Makes an account for somebody else, with its default profile, and signs nobody in (USER-1, C23). An account that
    /// is given no password cannot be signed in to until its owner sets one by the link of RequestPasswordReset, or those
    /// who run the installation do, by `streamverse admin create --replace-password`.
    ///
    /// Fails with EMAIL_TAKEN, PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG, PASSWORD_BLANK, PASSWORD_TOO_COMMON
    /// and USERNAME_TAKEN.
    fn create_account(
        &self,
        ctx: &Ctx,
        request: pb::CreateAccountRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CreateAccountResponse>>>> + Send;

    /// Signs in with a password (AUTH-2).
    ///
    /// Fails with CREDENTIALS_WRONG; the answer does not tell whether the account exists. Fails with ACCOUNT_BLOCKED
    /// where the password is right and the account is blocked.
    fn login(
        &self,
        ctx: &Ctx,
        request: pb::LoginRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::LoginResponse>>>> + Send;

    /// Exchanges a refresh token for a new pair (AUTH-4, C41). Each refresh token works once; using
    /// it again ends the session, unless it is the same request repeated with its Idempotency-Key.
    ///
    /// Fails with REFRESH_TOKEN_INVALID, REFRESH_TOKEN_EXPIRED, REFRESH_TOKEN_REUSED and ACCOUNT_BLOCKED.
    fn refresh(
        &self,
        ctx: &Ctx,
        request: pb::RefreshRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::RefreshResponse>>>> + Send;

    /// Ends the session of the token, or every session of the account (AUTH-3).
    ///
    /// Fails with PROFILE_LOCKED where a session in a profile for children would end those of others.
    fn logout(
        &self,
        ctx: &Ctx,
        request: pb::LogoutRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::LogoutResponse>>>> + Send;

    /// Binds the login to a profile: the session of the token ends, and one that is bound begins, with the
    /// same end (C44). Wrong passwords count for the account as those of Login do. Leaving a profile for children needs its PIN, or that of the other profile where it
    /// has one, or the account's password; nothing that a client sends overrides the profile of a bound session.
    ///
    /// Fails with CREDENTIALS_WRONG, PROFILE_NOT_FOUND, PROFILE_PROOF_REQUIRED, PIN_WRONG and PIN_LOCKED.
    fn select_profile(
        &self,
        ctx: &Ctx,
        request: pb::SelectProfileRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::SelectProfileResponse>>>> + Send;

    /// Sets another password for the account of the token, whose present one proves who asks (AUTH-16). All of its other
    /// sessions end, and a mail tells its owner. Wrong passwords count for the account as those of Login do.
    ///
    /// Fails with CREDENTIALS_WRONG, ACCOUNT_BLOCKED, PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG, PASSWORD_BLANK and PASSWORD_TOO_COMMON.
    fn change_password(
        &self,
        ctx: &Ctx,
        request: pb::ChangePasswordRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ChangePasswordResponse>>>> + Send;

    /// Mails the owner of an address a link that sets another password, where the address has an account (AUTH-16). The
    /// answer, and the time it takes, are the same for all addresses. The link is
    /// `<mail.link_base>/reset#token=…`; it works once, within an hour. An address is mailed five links an hour at most.
    ///
    /// Fails with MAIL_OFF.
    fn request_password_reset(
        &self,
        ctx: &Ctx,
        request: pb::RequestPasswordResetRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::RequestPasswordResetResponse>>>> + Send;

    /// Sets another password by the token of a mailed link (AUTH-16). Every link that was mailed to the account is used
    /// up then, all of its sessions end, and a mail tells its owner. Nobody is signed in by it.
    ///
    /// Fails with RESET_LINK_INVALID, ACCOUNT_BLOCKED, PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG, PASSWORD_BLANK and
    /// PASSWORD_TOO_COMMON, none of which uses the link up.
    fn reset_password(
        &self,
        ctx: &Ctx,
        request: pb::ResetPasswordRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ResetPasswordResponse>>>> + Send;

    /// Lists what the account is signed in to (AUTH-12, AUTH-13, X-ID-3): at most the 100 sessions that were used last,
    /// latest first.
    fn list_sessions(
        &self,
        ctx: &Ctx,
        request: pb::ListSessionsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListSessionsResponse>>>> + Send;

    /// Signs one device of the account out: its tokens end, and what plays on it within half a minute (X-ID-3).
    ///
    /// Fails with SESSION_NOT_FOUND.
    fn end_session(
        &self,
        ctx: &Ctx,
        request: pb::EndSessionRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::EndSessionResponse>>>> + Send;

    /// Returns the roles of an account (AUTH-14, C33).
    ///
    /// Fails with USER_NOT_FOUND.
    fn get_roles(
        &self,
        ctx: &Ctx,
        request: pb::GetRolesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetRolesResponse>>>> + Send;

    /// Gives an account the roles that are listed, and takes all others (AUTH-14). Everybody is a viewer beside that.
    /// Where a role is taken, the account is signed out everywhere, so that no older token has it any more; what is
    /// given shows in its next token.
    ///
    /// Fails with USER_NOT_FOUND, and with OWN_ACCOUNT where administrators would take that role from themselves.
    fn set_roles(
        &self,
        ctx: &Ctx,
        request: pb::SetRolesRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::SetRolesResponse>>>> + Send;

    /// Makes a ticket, which opens one stream in place of an access token: browsers' `EventSource` sends no
    /// headers, and a token never stands in an address (C19). `?ticket=` takes it, within 30 s, once, at the path
    /// that it was made for or below it. The stream has the rights and the end of the token that asked.
    fn create_ticket(
        &self,
        ctx: &Ctx,
        request: pb::CreateTicketRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CreateTicketResponse>>>> + Send;

    /// Takes a ticket, which is then used up, for the access token that asked for it.
    ///
    /// Fails with TICKET_INVALID.
    fn redeem_ticket(
        &self,
        ctx: &Ctx,
        request: pb::RedeemTicketRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::RedeemTicketResponse>>>> + Send;

    /// Compares a password with an account's. Wrong ones count for the account as those of Login do.
    ///
    /// Fails with CREDENTIALS_WRONG.
    fn verify_password(
        &self,
        ctx: &Ctx,
        request: pb::VerifyPasswordRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::VerifyPasswordResponse>>>> + Send;

    /// Ends all sessions of an account, which has been blocked or deleted (USER-8, USER-9).
    fn close_account(
        &self,
        ctx: &Ctx,
        request: pb::CloseAccountRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CloseAccountResponse>>>> + Send;

    /// Lists the public keys of access tokens as a JWK set (RFC 7517, C1).
    fn get_keys(
        &self,
        ctx: &Ctx,
        request: pb::GetKeysRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::GetKeysResponse>>>> + Send;

    /// Lists sessions that ended while something that was made out to them may still live (AUTH-8),
    /// page by page.
    fn list_revocations(
        &self,
        ctx: &Ctx,
        request: pb::ListRevocationsRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::ListRevocationsResponse>>>> + Send;

    /// Says whether a session has ended, for a process that cannot know it by itself (AUTH-8).
    fn check_session(
        &self,
        ctx: &Ctx,
        request: pb::CheckSessionRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CheckSessionResponse>>>> + Send;

    /// Gives an account a role, making the account when there is none; for `streamverse admin create`.
    ///
    /// Fails with ACCOUNT_EXISTS, ACCOUNT_NOT_FOUND, ACCOUNT_BLOCKED, PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG, PASSWORD_BLANK and
    /// PASSWORD_TOO_COMMON.
    fn create_admin(
        &self,
        ctx: &Ctx,
        request: pb::CreateAdminRequest,
    ) -> impl Future<Output = Result<impl Into<Reply<pb::CreateAdminResponse>>>> + Send;
}

/// Leads calls of `streamverse.auth.v1.AuthService` to their methods; for `sv_rpc::ServerBuilder::add`.
#[derive(Debug)]
pub struct AuthServiceServer<H>(std::sync::Arc<H>);

impl<H: AuthService> AuthServiceServer<H> {
    /// Serves by a value.
    pub fn new(handlers: H) -> Self {
        Self(std::sync::Arc::new(handlers))
    }
}

impl<H> Clone for AuthServiceServer<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<H> tonic::server::NamedService for AuthServiceServer<H> {
    const NAME: &'static str = "streamverse.auth.v1.AuthService";
}

impl<H: AuthService> tower::Service<http::Request<tonic::body::Body>> for AuthServiceServer<H> {
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
            "/streamverse.auth.v1.AuthService/Register" => handler::unary::<pb::RegisterRequest, pb::RegisterResponse, _, _>(request, &Declared { statuses: &[201], headers: &[] }, move |ctx, request| async move {
                handlers.register(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.auth.v1.AuthService/CreateAccount" => handler::unary::<pb::CreateAccountRequest, pb::CreateAccountResponse, _, _>(request, &Declared { statuses: &[201], headers: &[] }, move |ctx, request| async move {
                handlers.create_account(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.auth.v1.AuthService/Login" => handler::unary::<pb::LoginRequest, pb::LoginResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.login(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.auth.v1.AuthService/Refresh" => handler::unary::<pb::RefreshRequest, pb::RefreshResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.refresh(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.auth.v1.AuthService/Logout" => handler::unary::<pb::LogoutRequest, pb::LogoutResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.logout(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.auth.v1.AuthService/SelectProfile" => handler::unary::<pb::SelectProfileRequest, pb::SelectProfileResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.select_profile(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.auth.v1.AuthService/ChangePassword" => handler::unary::<pb::ChangePasswordRequest, pb::ChangePasswordResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.change_password(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.auth.v1.AuthService/RequestPasswordReset" => handler::unary::<pb::RequestPasswordResetRequest, pb::RequestPasswordResetResponse, _, _>(request, &Declared { statuses: &[202], headers: &[] }, move |ctx, request| async move {
                handlers.request_password_reset(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.auth.v1.AuthService/ResetPassword" => handler::unary::<pb::ResetPasswordRequest, pb::ResetPasswordResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.reset_password(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.auth.v1.AuthService/ListSessions" => handler::unary::<pb::ListSessionsRequest, pb::ListSessionsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_sessions(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.auth.v1.AuthService/EndSession" => handler::unary::<pb::EndSessionRequest, pb::EndSessionResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.end_session(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.auth.v1.AuthService/GetRoles" => handler::unary::<pb::GetRolesRequest, pb::GetRolesResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_roles(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.auth.v1.AuthService/SetRoles" => handler::unary::<pb::SetRolesRequest, pb::SetRolesResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.set_roles(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.auth.v1.AuthService/CreateTicket" => handler::unary::<pb::CreateTicketRequest, pb::CreateTicketResponse, _, _>(request, &Declared { statuses: &[201], headers: &[] }, move |ctx, request| async move {
                handlers.create_ticket(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.auth.v1.AuthService/RedeemTicket" => handler::unary::<pb::RedeemTicketRequest, pb::RedeemTicketResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.redeem_ticket(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.auth.v1.AuthService/VerifyPassword" => handler::unary::<pb::VerifyPasswordRequest, pb::VerifyPasswordResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.verify_password(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.auth.v1.AuthService/CloseAccount" => handler::unary::<pb::CloseAccountRequest, pb::CloseAccountResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.close_account(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.auth.v1.AuthService/GetKeys" => handler::unary::<pb::GetKeysRequest, pb::GetKeysResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.get_keys(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.auth.v1.AuthService/ListRevocations" => handler::unary::<pb::ListRevocationsRequest, pb::ListRevocationsResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.list_revocations(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.auth.v1.AuthService/CheckSession" => handler::unary::<pb::CheckSessionRequest, pb::CheckSessionResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.check_session(&ctx, request).await.map(Into::into)
            }),
            "/streamverse.auth.v1.AuthService/CreateAdmin" => handler::unary::<pb::CreateAdminRequest, pb::CreateAdminResponse, _, _>(request, &Declared { statuses: &[200], headers: &[] }, move |ctx, request| async move {
                handlers.create_admin(&ctx, request).await.map(Into::into)
            }),
            _ => handler::unknown(),
        }
    }
}

/// A [`AuthService`] whose methods answer UNIMPLEMENTED until a test says what else. Its clones are one.
#[cfg(any(feature = "testing", test))]
#[derive(Clone, Debug, Default)]
pub struct FakeAuthService {
    register: crate::fake::Script<pb::RegisterRequest, Reply<pb::RegisterResponse>>,
    create_account: crate::fake::Script<pb::CreateAccountRequest, Reply<pb::CreateAccountResponse>>,
    login: crate::fake::Script<pb::LoginRequest, Reply<pb::LoginResponse>>,
    refresh: crate::fake::Script<pb::RefreshRequest, Reply<pb::RefreshResponse>>,
    logout: crate::fake::Script<pb::LogoutRequest, Reply<pb::LogoutResponse>>,
    select_profile: crate::fake::Script<pb::SelectProfileRequest, Reply<pb::SelectProfileResponse>>,
    change_password: crate::fake::Script<pb::ChangePasswordRequest, Reply<pb::ChangePasswordResponse>>,
    request_password_reset: crate::fake::Script<pb::RequestPasswordResetRequest, Reply<pb::RequestPasswordResetResponse>>,
    reset_password: crate::fake::Script<pb::ResetPasswordRequest, Reply<pb::ResetPasswordResponse>>,
    list_sessions: crate::fake::Script<pb::ListSessionsRequest, Reply<pb::ListSessionsResponse>>,
    end_session: crate::fake::Script<pb::EndSessionRequest, Reply<pb::EndSessionResponse>>,
    get_roles: crate::fake::Script<pb::GetRolesRequest, Reply<pb::GetRolesResponse>>,
    set_roles: crate::fake::Script<pb::SetRolesRequest, Reply<pb::SetRolesResponse>>,
    create_ticket: crate::fake::Script<pb::CreateTicketRequest, Reply<pb::CreateTicketResponse>>,
    redeem_ticket: crate::fake::Script<pb::RedeemTicketRequest, Reply<pb::RedeemTicketResponse>>,
    verify_password: crate::fake::Script<pb::VerifyPasswordRequest, Reply<pb::VerifyPasswordResponse>>,
    close_account: crate::fake::Script<pb::CloseAccountRequest, Reply<pb::CloseAccountResponse>>,
    get_keys: crate::fake::Script<pb::GetKeysRequest, Reply<pb::GetKeysResponse>>,
    list_revocations: crate::fake::Script<pb::ListRevocationsRequest, Reply<pb::ListRevocationsResponse>>,
    check_session: crate::fake::Script<pb::CheckSessionRequest, Reply<pb::CheckSessionResponse>>,
    create_admin: crate::fake::Script<pb::CreateAdminRequest, Reply<pb::CreateAdminResponse>>,
}

#[cfg(any(feature = "testing", test))]
impl FakeAuthService {
    /// Makes one that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers `Register` so from now on.
    pub fn on_register<F, Fut, A: Into<Reply<pb::RegisterResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::RegisterRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.register.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `CreateAccount` so from now on.
    pub fn on_create_account<F, Fut, A: Into<Reply<pb::CreateAccountResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CreateAccountRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.create_account.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `Login` so from now on.
    pub fn on_login<F, Fut, A: Into<Reply<pb::LoginResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::LoginRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.login.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `Refresh` so from now on.
    pub fn on_refresh<F, Fut, A: Into<Reply<pb::RefreshResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::RefreshRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.refresh.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `Logout` so from now on.
    pub fn on_logout<F, Fut, A: Into<Reply<pb::LogoutResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::LogoutRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.logout.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `SelectProfile` so from now on.
    pub fn on_select_profile<F, Fut, A: Into<Reply<pb::SelectProfileResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::SelectProfileRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.select_profile.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ChangePassword` so from now on.
    pub fn on_change_password<F, Fut, A: Into<Reply<pb::ChangePasswordResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ChangePasswordRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.change_password.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `RequestPasswordReset` so from now on.
    pub fn on_request_password_reset<F, Fut, A: Into<Reply<pb::RequestPasswordResetResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::RequestPasswordResetRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.request_password_reset.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ResetPassword` so from now on.
    pub fn on_reset_password<F, Fut, A: Into<Reply<pb::ResetPasswordResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ResetPasswordRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.reset_password.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListSessions` so from now on.
    pub fn on_list_sessions<F, Fut, A: Into<Reply<pb::ListSessionsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListSessionsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_sessions.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `EndSession` so from now on.
    pub fn on_end_session<F, Fut, A: Into<Reply<pb::EndSessionResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::EndSessionRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.end_session.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `GetRoles` so from now on.
    pub fn on_get_roles<F, Fut, A: Into<Reply<pb::GetRolesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetRolesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_roles.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `SetRoles` so from now on.
    pub fn on_set_roles<F, Fut, A: Into<Reply<pb::SetRolesResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::SetRolesRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.set_roles.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `CreateTicket` so from now on.
    pub fn on_create_ticket<F, Fut, A: Into<Reply<pb::CreateTicketResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CreateTicketRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.create_ticket.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `RedeemTicket` so from now on.
    pub fn on_redeem_ticket<F, Fut, A: Into<Reply<pb::RedeemTicketResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::RedeemTicketRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.redeem_ticket.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `VerifyPassword` so from now on.
    pub fn on_verify_password<F, Fut, A: Into<Reply<pb::VerifyPasswordResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::VerifyPasswordRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.verify_password.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `CloseAccount` so from now on.
    pub fn on_close_account<F, Fut, A: Into<Reply<pb::CloseAccountResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CloseAccountRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.close_account.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `GetKeys` so from now on.
    pub fn on_get_keys<F, Fut, A: Into<Reply<pb::GetKeysResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::GetKeysRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.get_keys.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `ListRevocations` so from now on.
    pub fn on_list_revocations<F, Fut, A: Into<Reply<pb::ListRevocationsResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::ListRevocationsRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.list_revocations.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `CheckSession` so from now on.
    pub fn on_check_session<F, Fut, A: Into<Reply<pb::CheckSessionResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CheckSessionRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.check_session.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }

    /// Answers `CreateAdmin` so from now on.
    pub fn on_create_admin<F, Fut, A: Into<Reply<pb::CreateAdminResponse>>>(self, answer: F) -> Self
    where
        F: Fn(Ctx, pb::CreateAdminRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A>> + Send + 'static,
    {
        self.create_admin.set(move |ctx, request| {
            let answer = answer(ctx, request);
            async move { answer.await.map(Into::into) }
        });
        self
    }
}

#[cfg(any(feature = "testing", test))]
impl AuthService for FakeAuthService {
    async fn register(
        &self,
        ctx: &Ctx,
        request: pb::RegisterRequest,
    ) -> Result<Reply<pb::RegisterResponse>> {
        self.register.answer(ctx, request).await
    }

    async fn create_account(
        &self,
        ctx: &Ctx,
        request: pb::CreateAccountRequest,
    ) -> Result<Reply<pb::CreateAccountResponse>> {
        self.create_account.answer(ctx, request).await
    }

    async fn login(
        &self,
        ctx: &Ctx,
        request: pb::LoginRequest,
    ) -> Result<Reply<pb::LoginResponse>> {
        self.login.answer(ctx, request).await
    }

    async fn refresh(
        &self,
        ctx: &Ctx,
        request: pb::RefreshRequest,
    ) -> Result<Reply<pb::RefreshResponse>> {
        self.refresh.answer(ctx, request).await
    }

    async fn logout(
        &self,
        ctx: &Ctx,
        request: pb::LogoutRequest,
    ) -> Result<Reply<pb::LogoutResponse>> {
        self.logout.answer(ctx, request).await
    }

    async fn select_profile(
        &self,
        ctx: &Ctx,
        request: pb::SelectProfileRequest,
    ) -> Result<Reply<pb::SelectProfileResponse>> {
        self.select_profile.answer(ctx, request).await
    }

    async fn change_password(
        &self,
        ctx: &Ctx,
        request: pb::ChangePasswordRequest,
    ) -> Result<Reply<pb::ChangePasswordResponse>> {
        self.change_password.answer(ctx, request).await
    }

    async fn request_password_reset(
        &self,
        ctx: &Ctx,
        request: pb::RequestPasswordResetRequest,
    ) -> Result<Reply<pb::RequestPasswordResetResponse>> {
        self.request_password_reset.answer(ctx, request).await
    }

    async fn reset_password(
        &self,
        ctx: &Ctx,
        request: pb::ResetPasswordRequest,
    ) -> Result<Reply<pb::ResetPasswordResponse>> {
        self.reset_password.answer(ctx, request).await
    }

    async fn list_sessions(
        &self,
        ctx: &Ctx,
        request: pb::ListSessionsRequest,
    ) -> Result<Reply<pb::ListSessionsResponse>> {
        self.list_sessions.answer(ctx, request).await
    }

    async fn end_session(
        &self,
        ctx: &Ctx,
        request: pb::EndSessionRequest,
    ) -> Result<Reply<pb::EndSessionResponse>> {
        self.end_session.answer(ctx, request).await
    }

    async fn get_roles(
        &self,
        ctx: &Ctx,
        request: pb::GetRolesRequest,
    ) -> Result<Reply<pb::GetRolesResponse>> {
        self.get_roles.answer(ctx, request).await
    }

    async fn set_roles(
        &self,
        ctx: &Ctx,
        request: pb::SetRolesRequest,
    ) -> Result<Reply<pb::SetRolesResponse>> {
        self.set_roles.answer(ctx, request).await
    }

    async fn create_ticket(
        &self,
        ctx: &Ctx,
        request: pb::CreateTicketRequest,
    ) -> Result<Reply<pb::CreateTicketResponse>> {
        self.create_ticket.answer(ctx, request).await
    }

    async fn redeem_ticket(
        &self,
        ctx: &Ctx,
        request: pb::RedeemTicketRequest,
    ) -> Result<Reply<pb::RedeemTicketResponse>> {
        self.redeem_ticket.answer(ctx, request).await
    }

    async fn verify_password(
        &self,
        ctx: &Ctx,
        request: pb::VerifyPasswordRequest,
    ) -> Result<Reply<pb::VerifyPasswordResponse>> {
        self.verify_password.answer(ctx, request).await
    }

    async fn close_account(
        &self,
        ctx: &Ctx,
        request: pb::CloseAccountRequest,
    ) -> Result<Reply<pb::CloseAccountResponse>> {
        self.close_account.answer(ctx, request).await
    }

    async fn get_keys(
        &self,
        ctx: &Ctx,
        request: pb::GetKeysRequest,
    ) -> Result<Reply<pb::GetKeysResponse>> {
        self.get_keys.answer(ctx, request).await
    }

    async fn list_revocations(
        &self,
        ctx: &Ctx,
        request: pb::ListRevocationsRequest,
    ) -> Result<Reply<pb::ListRevocationsResponse>> {
        self.list_revocations.answer(ctx, request).await
    }

    async fn check_session(
        &self,
        ctx: &Ctx,
        request: pb::CheckSessionRequest,
    ) -> Result<Reply<pb::CheckSessionResponse>> {
        self.check_session.answer(ctx, request).await
    }

    async fn create_admin(
        &self,
        ctx: &Ctx,
        request: pb::CreateAdminRequest,
    ) -> Result<Reply<pb::CreateAdminResponse>> {
        self.create_admin.answer(ctx, request).await
    }
}
