//! Users: accounts and the profiles of a household (USER-1..5, C23, C44).
//!
//! | owns | what |
//! |---|---|
//! | table `users` | accounts; passwords are auth's |
//! | table `profiles` | the persons of an account; one of them is its default |
//! | topic `user.registered` | [`UserRegistered`](sv_proto::users::UserRegistered), once per account |
//!
//! Auth creates accounts ([`app::Accounts::create`]); other services ask which profile a request
//! acts for ([`app::Profiles::acting`]). It asks auth about passwords where somebody wants out of a
//! profile for children ([`app::Profiles::control`]).

mod app;
mod config;
mod convert;
mod domain;
mod events;
mod grpc;
mod store;
#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "tests end and await what they spawn themselves"
)]
mod tests;

use sv_boot::Parts;
use sv_handlers::users::UserServiceServer;
use sv_rpc::ServerBuilder;

pub use config::Options;
pub use events::topics;
pub use store::MIGRATIONS;

/// The service's name.
pub const NAME: &str = "users";

/// Adds the service to a server.
///
/// `pins` is a secret of the installation, with which PINs of profiles are sealed.
pub fn register(server: &mut ServerBuilder, parts: &Parts, options: Options, pins: &[u8]) {
    let rpcs = grpc::Users::new(parts, options, pins);
    server.add(NAME, UserServiceServer::new(rpcs));
}
