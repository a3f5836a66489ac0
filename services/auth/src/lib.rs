//! Auth: signs people in and vouches for them (AUTH-1..9, C1, C21, C23, C41).
//!
//! | owns | what |
//! |---|---|
//! | table `registrations` | what shall become an account, until users has it |
//! | table `credentials` | address, password hash and roles of an account |
//! | tables `sessions`, `refresh_tokens` | logins, and the tokens that prolong them, as hashes |
//! | tables `revocations`, `revocation_clock` | sessions that ended while their access tokens run |
//! | tables `signing_keys`, `secrets` | keys of access tokens, and what refresh tokens derive from |
//!
//! It calls users to create and read accounts. It publishes nothing; every process asks it for
//! keys and revocations.
//!
//! Registering is a saga: intent → account in users → credential and session. Each step can be
//! repeated, and whoever comes back with the same address and password, to register or to sign
//! in, takes it up where it stopped ([`app::Auth::register`]).

mod app;
mod config;
mod domain;
mod grpc;
mod hasher;
mod keys;
mod store;
#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "tests end and await what they spawn themselves"
)]
mod tests;

use std::sync::Arc;

use sv_boot::Parts;
use sv_kernel::BoxError;
use sv_proto::{
    auth::auth_service_server::AuthServiceServer, users::user_service_client::UserServiceClient,
};
use sv_rpc::{ServerBuilder, mesh::MissingPeer};

pub use config::Options;
pub use keys::SHARED_SECRET_KID;
pub use store::MIGRATIONS;

/// The service's name.
pub const NAME: &str = "auth";

/// Adds the service to a server. Fails where users can be found nowhere.
pub fn register(
    server: &mut ServerBuilder,
    parts: &Parts,
    options: Options,
) -> Result<(), BoxError> {
    add(server, parts, options)?;
    Ok(())
}

fn add(
    server: &mut ServerBuilder,
    parts: &Parts,
    options: Options,
) -> Result<Arc<app::Auth>, MissingPeer> {
    let users = UserServiceClient::new(parts.mesh.client_transport("users")?);
    let verifier = server.authenticator();
    let app = app::Auth::new(
        parts.db.clone(),
        users,
        verifier,
        parts.env.clone(),
        options,
    );
    let app = Arc::new(app);
    let rpcs = grpc::AuthRpc { app: app.clone() };
    server.add(NAME, AuthServiceServer::new(rpcs));
    Ok(app)
}
