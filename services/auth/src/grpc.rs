//! The RPCs: decode, call the use case, encode.

use std::sync::Arc;

use sv_handlers::auth::AuthService;
use sv_kernel::{Ctx, Result};
use sv_proto::{
    auth as pb,
    convert::{id, timestamp},
};

use crate::{
    app::{Auth, NewAccount, NewAdmin},
    domain::{LinkToken, Password, RefreshToken, Ticket},
    store::revocations::Revocation,
};

/// What tokens are called in answers (RFC 6750).
const BEARER: &str = "Bearer";

#[derive(Clone, Debug)]
pub(crate) struct AuthRpc {
    pub(crate) app: Arc<Auth>,
}

/// Makes one of the answers that sign somebody in, which hold the same fields.
macro_rules! signed_in {
    ($answer:ident, $of:expr $(, $more:ident)?) => {{
        let of = $of;
        pb::$answer {
            access_token: of.access_token,
            refresh_token: of.refresh_token,
            token_type: BEARER.to_owned(),
            expires_in: of.expires_in,
            user: Some(of.user),
            $($more: Some($more),)?
        }
    }};
}

impl AuthService for AuthRpc {
    async fn register(
        &self,
        ctx: &Ctx,
        request: pb::RegisterRequest,
    ) -> Result<pb::RegisterResponse> {
        let (name, username) = (request.name, request.username);
        let new = NewAccount::viewer(&request.email, &request.password, name, username)?;
        let of = self.app.register(ctx, new).await?;
        Ok(signed_in!(RegisterResponse, of))
    }

    async fn create_account(
        &self,
        ctx: &Ctx,
        request: pb::CreateAccountRequest,
    ) -> Result<pb::CreateAccountResponse> {
        let can_sign_in = !request.password.is_empty();
        let password = if can_sign_in {
            Password::chosen(&request.password)?
        } else {
            self.app.unknown_password()
        };
        let (name, username) = (request.name, request.username);
        let new = NewAccount::with(&request.email, password, name, username)?;
        self.app.create_account(ctx, new, can_sign_in).await
    }

    async fn login(&self, ctx: &Ctx, request: pb::LoginRequest) -> Result<pb::LoginResponse> {
        let signed_in = self.app.login(ctx, &request.email, &request.password);
        Ok(signed_in!(LoginResponse, signed_in.await?))
    }

    async fn refresh(&self, ctx: &Ctx, request: pb::RefreshRequest) -> Result<pb::RefreshResponse> {
        let token = RefreshToken::given(request.refresh_token);
        let signed_in = self.app.refresh(ctx, token);
        Ok(signed_in!(RefreshResponse, signed_in.await?))
    }

    async fn logout(&self, ctx: &Ctx, request: pb::LogoutRequest) -> Result<pb::LogoutResponse> {
        let ended = self.app.logout(ctx, request.all_sessions).await?;
        Ok(pb::LogoutResponse { ended })
    }

    async fn select_profile(
        &self,
        ctx: &Ctx,
        request: pb::SelectProfileRequest,
    ) -> Result<pb::SelectProfileResponse> {
        let (into, pin) = (id(&request.profile_id)?, request.pin);
        let selected = self.app.select(ctx, into, pin, &request.password);
        let (of, profile) = selected.await?;
        Ok(signed_in!(SelectProfileResponse, of, profile))
    }

    async fn change_password(
        &self,
        ctx: &Ctx,
        request: pb::ChangePasswordRequest,
    ) -> Result<pb::ChangePasswordResponse> {
        let (current, new) = (&request.current_password, &request.new_password);
        let ended_sessions = self.app.change_password(ctx, current, new).await?;
        Ok(pb::ChangePasswordResponse { ended_sessions })
    }

    async fn request_password_reset(
        &self,
        ctx: &Ctx,
        request: pb::RequestPasswordResetRequest,
    ) -> Result<pb::RequestPasswordResetResponse> {
        self.app.request_reset(ctx, &request.email).await?;
        Ok(pb::RequestPasswordResetResponse {})
    }

    async fn reset_password(
        &self,
        ctx: &Ctx,
        request: pb::ResetPasswordRequest,
    ) -> Result<pb::ResetPasswordResponse> {
        let token = LinkToken::given(request.token);
        let reset = self.app.reset_password(ctx, &token, &request.new_password);
        reset.await?;
        Ok(pb::ResetPasswordResponse {})
    }

    async fn list_sessions(
        &self,
        ctx: &Ctx,
        _: pb::ListSessionsRequest,
    ) -> Result<pb::ListSessionsResponse> {
        let items = self.app.sessions(ctx).await?;
        Ok(pb::ListSessionsResponse { items })
    }

    async fn end_session(
        &self,
        ctx: &Ctx,
        request: pb::EndSessionRequest,
    ) -> Result<pb::EndSessionResponse> {
        self.app.end_session(ctx, id(&request.session_id)?).await?;
        Ok(pb::EndSessionResponse {})
    }

    async fn get_roles(
        &self,
        ctx: &Ctx,
        request: pb::GetRolesRequest,
    ) -> Result<pb::GetRolesResponse> {
        let roles = self.app.roles(ctx, id(&request.user_id)?).await?;
        let roles = roles.into_iter().map(Into::into).collect();
        Ok(pb::GetRolesResponse { roles })
    }

    async fn set_roles(
        &self,
        ctx: &Ctx,
        request: pb::SetRolesRequest,
    ) -> Result<pb::SetRolesResponse> {
        let wanted: Vec<_> = request.roles().collect();
        let set = self.app.set_roles(ctx, id(&request.user_id)?, &wanted);
        let (roles, ended_sessions) = set.await?;
        Ok(pb::SetRolesResponse {
            roles: roles.into_iter().map(Into::into).collect(),
            ended_sessions,
        })
    }

    async fn create_ticket(
        &self,
        ctx: &Ctx,
        request: pb::CreateTicketRequest,
    ) -> Result<pb::CreateTicketResponse> {
        let (ticket, until) = self.app.ticket(ctx, &request.path).await?;
        Ok(pb::CreateTicketResponse {
            ticket: ticket.into_text(),
            expire_time: Some(timestamp(until)),
        })
    }

    async fn redeem_ticket(
        &self,
        ctx: &Ctx,
        request: pb::RedeemTicketRequest,
    ) -> Result<pb::RedeemTicketResponse> {
        let ticket = Ticket::given(request.ticket);
        let access_token = self.app.redeem(ctx, &ticket, &request.path).await?;
        Ok(pb::RedeemTicketResponse { access_token })
    }

    async fn verify_password(
        &self,
        ctx: &Ctx,
        request: pb::VerifyPasswordRequest,
    ) -> Result<pb::VerifyPasswordResponse> {
        let user = id(&request.user_id)?;
        self.app.compare(ctx, user, &request.password).await?;
        Ok(pb::VerifyPasswordResponse {})
    }

    async fn close_account(
        &self,
        ctx: &Ctx,
        request: pb::CloseAccountRequest,
    ) -> Result<pb::CloseAccountResponse> {
        let user = id(&request.user_id)?;
        let ended = self.app.close(ctx, user, request.forget).await?;
        Ok(pb::CloseAccountResponse { ended })
    }

    async fn get_keys(&self, ctx: &Ctx, _: pb::GetKeysRequest) -> Result<pb::GetKeysResponse> {
        let keys = self.app.keys(ctx).await?;
        Ok(pb::GetKeysResponse { keys })
    }

    async fn list_revocations(
        &self,
        _: &Ctx,
        request: pb::ListRevocationsRequest,
    ) -> Result<pb::ListRevocationsResponse> {
        let page = self.app.revocations(request.after_version).await?;
        Ok(pb::ListRevocationsResponse {
            revocations: page.revocations.into_iter().map(revocation).collect(),
            version: page.version,
            complete: page.complete,
            access_token_seconds: self.app.access_token_seconds(),
        })
    }

    async fn check_session(
        &self,
        _: &Ctx,
        request: pb::CheckSessionRequest,
    ) -> Result<pb::CheckSessionResponse> {
        let ended = self.app.has_ended(id(&request.session_id)?).await?;
        Ok(pb::CheckSessionResponse { ended })
    }

    async fn create_admin(
        &self,
        ctx: &Ctx,
        request: pb::CreateAdminRequest,
    ) -> Result<pb::CreateAdminResponse> {
        let wish = NewAdmin {
            role: request.role(),
            existing: request.existing(),
            email: request.email,
            password: request.password,
            name: request.name,
        };
        let (user, created) = self.app.create_admin(ctx, wish).await?;
        let user = Some(user);
        Ok(pb::CreateAdminResponse { user, created })
    }
}

fn revocation(revocation: Revocation) -> pb::Revocation {
    pb::Revocation {
        session_id: revocation.session.to_string(),
        expire_time: Some(timestamp(revocation.until)),
    }
}
