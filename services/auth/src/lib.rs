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
mod tests;

use sv_proto::{
    auth::auth_service_server::AuthServiceServer, users::user_service_client::UserServiceClient,
};
use sv_rpc::{Env, Mesh, ServerBuilder, mesh::MissingPeer};
use sv_store::Db;

pub use config::Options;
pub use keys::SHARED_SECRET_KID;
pub use store::MIGRATIONS;

/// The service's name.
pub const NAME: &str = "auth";

/// What the service needs.
#[derive(Clone, Debug)]
pub struct Deps {
    /// Its tables, opened with [`MIGRATIONS`].
    pub db: Db,
    /// Finds users.
    pub mesh: Mesh,
    /// Real time and randomness.
    pub env: Env,
    /// Its settings.
    pub options: Options,
}

/// Adds the service to a server. Fails where users can be found nowhere.
pub fn register(server: &mut ServerBuilder, deps: Deps) -> Result<(), MissingPeer> {
    server.add(NAME, AuthServiceServer::new(app(deps)?));
    Ok(())
}

fn app(deps: Deps) -> Result<grpc::AuthRpc, MissingPeer> {
    let users = deps.mesh.calling_as(NAME).client_transport("users")?;
    let users = UserServiceClient::new(users);
    let app = app::Auth::new(deps.db, users, deps.env, deps.options);
    Ok(grpc::AuthRpc { app: app.into() })
}
