//! The RPCs: decode, call the use case, encode.

use std::sync::Arc;

use sv_kernel::{Error, Id, Result, Timestamp};
use sv_proto::{
    auth::{self as pb, auth_service_server::AuthService},
    common::CommonReason,
};
use sv_rpc::{ctx, names, status};
use tonic::{Request, Response, Status, metadata::MetadataMap};

use crate::{
    app::{Auth, NewAccount, NewAdmin},
    domain::RefreshToken,
    store::revocations::Revocation,
};

/// What tokens are called in answers (RFC 6750).
const BEARER: &str = "Bearer";
/// The longest key that is taken, as everywhere.
const MAX_KEY: usize = 255;

#[derive(Clone, Debug)]
pub(crate) struct AuthRpc {
    pub(crate) app: Arc<Auth>,
}

#[tonic::async_trait]
impl AuthService for AuthRpc {
    async fn register(
        &self,
        request: Request<pb::RegisterRequest>,
    ) -> Result<Response<pb::RegisterResponse>, Status> {
        let (ctx, message) = (ctx(&request)?, request.into_inner());
        let (name, username) = (message.name, message.username);
        let new = NewAccount::viewer(&message.email, &message.password, name, username);
        let signed_in = self
            .app
            .register(&ctx, new.map_err(status)?)
            .await
            .map_err(status)?;
        Ok(Response::new(pb::RegisterResponse {
            access_token: signed_in.access_token,
            refresh_token: signed_in.refresh_token,
            token_type: BEARER.to_owned(),
            expires_in: signed_in.expires_in,
            user: Some(signed_in.user),
        }))
    }

    async fn login(
        &self,
        request: Request<pb::LoginRequest>,
    ) -> Result<Response<pb::LoginResponse>, Status> {
        let (ctx, message) = (ctx(&request)?, request.into_inner());
        let signed_in = self
            .app
            .login(&ctx, &message.email, &message.password)
            .await;
        let signed_in = signed_in.map_err(status)?;
        Ok(Response::new(pb::LoginResponse {
            access_token: signed_in.access_token,
            refresh_token: signed_in.refresh_token,
            token_type: BEARER.to_owned(),
            expires_in: signed_in.expires_in,
            user: Some(signed_in.user),
        }))
    }

    async fn refresh(
        &self,
        request: Request<pb::RefreshRequest>,
    ) -> Result<Response<pb::RefreshResponse>, Status> {
        let ctx = ctx(&request)?;
        let key = idempotency_key(request.metadata()).map_err(status)?;
        let token = RefreshToken::given(request.into_inner().refresh_token);
        let signed_in = self.app.refresh(&ctx, token, key.as_deref()).await;
        let signed_in = signed_in.map_err(status)?;
        Ok(Response::new(pb::RefreshResponse {
            access_token: signed_in.access_token,
            refresh_token: signed_in.refresh_token,
            token_type: BEARER.to_owned(),
            expires_in: signed_in.expires_in,
            user: Some(signed_in.user),
        }))
    }

    async fn logout(
        &self,
        request: Request<pb::LogoutRequest>,
    ) -> Result<Response<pb::LogoutResponse>, Status> {
        let (ctx, message) = (ctx(&request)?, request.into_inner());
        let ended = self
            .app
            .logout(&ctx, message.all_sessions)
            .await
            .map_err(status)?;
        Ok(Response::new(pb::LogoutResponse { ended }))
    }

    async fn select_profile(
        &self,
        request: Request<pb::SelectProfileRequest>,
    ) -> Result<Response<pb::SelectProfileResponse>, Status> {
        let (ctx, message) = (ctx(&request)?, request.into_inner());
        let profile = id(&message.profile_id).map_err(status)?;
        let selected = self
            .app
            .select(&ctx, profile, message.pin, &message.password)
            .await;
        let (signed_in, profile) = selected.map_err(status)?;
        Ok(Response::new(pb::SelectProfileResponse {
            access_token: signed_in.access_token,
            refresh_token: signed_in.refresh_token,
            token_type: BEARER.to_owned(),
            expires_in: signed_in.expires_in,
            user: Some(signed_in.user),
            profile: Some(profile),
        }))
    }

    async fn verify_password(
        &self,
        request: Request<pb::VerifyPasswordRequest>,
    ) -> Result<Response<pb::VerifyPasswordResponse>, Status> {
        let (ctx, message) = (ctx(&request)?, request.into_inner());
        let user = id(&message.user_id).map_err(status)?;
        let compared = self.app.compare(&ctx, user, &message.password).await;
        compared.map_err(status)?;
        Ok(Response::new(pb::VerifyPasswordResponse {}))
    }

    async fn get_keys(
        &self,
        request: Request<pb::GetKeysRequest>,
    ) -> Result<Response<pb::GetKeysResponse>, Status> {
        let keys = self.app.keys(&ctx(&request)?).await.map_err(status)?;
        Ok(Response::new(pb::GetKeysResponse { keys }))
    }

    async fn list_revocations(
        &self,
        request: Request<pb::ListRevocationsRequest>,
    ) -> Result<Response<pb::ListRevocationsResponse>, Status> {
        let after = request.into_inner().after_version;
        let page = self.app.revocations(after).await.map_err(status)?;
        Ok(Response::new(pb::ListRevocationsResponse {
            revocations: page.revocations.into_iter().map(revocation).collect(),
            version: page.version,
            complete: page.complete,
            access_token_seconds: self.app.access_token_seconds(),
        }))
    }

    async fn check_session(
        &self,
        request: Request<pb::CheckSessionRequest>,
    ) -> Result<Response<pb::CheckSessionResponse>, Status> {
        let session = id(&request.into_inner().session_id).map_err(status)?;
        let ended = self.app.has_ended(session).await.map_err(status)?;
        Ok(Response::new(pb::CheckSessionResponse { ended }))
    }

    async fn create_admin(
        &self,
        request: Request<pb::CreateAdminRequest>,
    ) -> Result<Response<pb::CreateAdminResponse>, Status> {
        let (ctx, message) = (ctx(&request)?, request.into_inner());
        let wish = NewAdmin {
            role: message.role(),
            existing: message.existing(),
            email: message.email,
            password: message.password,
            name: message.name,
        };
        let made = self.app.create_admin(&ctx, wish).await;
        let (user, created) = made.map_err(status)?;
        Ok(Response::new(pb::CreateAdminResponse {
            user: Some(user),
            created,
        }))
    }
}

fn revocation(revocation: Revocation) -> pb::Revocation {
    pb::Revocation {
        session_id: revocation.session.to_string(),
        expire_time: Some(time(revocation.until)),
    }
}

/// Reads an id, whose form was checked before.
fn id<T>(text: &str) -> Result<Id<T>> {
    text.parse().map_err(|cause: sv_kernel::ParseIdError| {
        Error::from(CommonReason::Internal).because(cause)
    })
}

fn time(at: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: at.secs(),
        nanos: at.subsec_nanos(),
    }
}

/// Returns the client's `Idempotency-Key`; one that is not plain is refused.
fn idempotency_key(metadata: &MetadataMap) -> Result<Option<String>> {
    let Some(value) = metadata.get(names::IDEMPOTENCY_KEY) else {
        return Ok(None);
    };
    match value.to_str() {
        Ok(key) if (1..=MAX_KEY).contains(&key.len()) => Ok(Some(key.to_owned())),
        _ => Err(Error::from(CommonReason::HeaderInvalid)
            .with("header", names::IDEMPOTENCY_KEY)
            .with("problem", "it has 1 to 255 visible characters")),
    }
}
