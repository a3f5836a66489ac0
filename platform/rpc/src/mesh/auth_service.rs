//! Auth as who vouches for tokens, wherever it runs.

use std::time::Duration;

use async_trait::async_trait;
use sv_kernel::{Error, Id, Result, Session};
use sv_proto::auth::{
    CheckSessionRequest, GetKeysRequest, Jwk, ListRevocationsRequest, ListRevocationsResponse,
    auth_service_client::AuthServiceClient,
};

use super::{Mesh, MissingPeer};
use crate::{identity::TokenAuthority, policy::PLATFORM, status, transport::Transport};

/// How long one question to auth may take.
const TIMEOUT: Duration = Duration::from_secs(2);

/// The auth service, wherever it runs.
#[derive(Clone, Debug)]
pub struct AuthService(AuthServiceClient<Transport>);

impl AuthService {
    /// Finds auth in the mesh, for questions of the platform.
    pub fn of(mesh: &Mesh) -> Result<Self, MissingPeer> {
        mesh.calling_as(PLATFORM)
            .client_transport("auth")
            .map(|t| Self(AuthServiceClient::new(t)))
    }
}

fn asking<M>(message: M) -> tonic::Request<M> {
    let mut request = tonic::Request::new(message);
    request.set_timeout(TIMEOUT);
    request
}

#[async_trait]
impl TokenAuthority for AuthService {
    async fn keys(&self) -> Result<Vec<Jwk>> {
        let answer = self.0.clone().get_keys(asking(GetKeysRequest {})).await;
        Ok(answer.map_err(status::error)?.into_inner().keys)
    }

    async fn revocations(&self, after_version: i64) -> Result<ListRevocationsResponse, Error> {
        let question = asking(ListRevocationsRequest { after_version });
        let answer = self.0.clone().list_revocations(question).await;
        Ok(answer.map_err(status::error)?.into_inner())
    }

    async fn has_ended(&self, session: Id<Session>) -> Result<bool> {
        let question = asking(CheckSessionRequest {
            session_id: session.to_string(),
        });
        let answer = self.0.clone().check_session(question).await;
        Ok(answer.map_err(status::error)?.into_inner().ended)
    }
}
