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
mod grpc;
mod store;
#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "tests end and await what they spawn themselves"
)]
mod tests;

use sv_boot::{Group, Parts, Service};
use sv_handlers::users::UserServiceServer;
use sv_ports::Topic;
use sv_proto::users::UserRegistered;
use sv_rpc::ServerBuilder;

pub use config::Options;
use store::MIGRATIONS;

/// The service's name.
const NAME: &str = "users";

/// What the program has to know of the service to run it.
pub const SERVICE: Service = Service {
    name: NAME,
    group: Group::Core,
    grpc_port: 9082,
    migrations: MIGRATIONS,
    topics: || vec![Topic::of::<UserRegistered>()],
    mounts: &[],
    start: |to| {
        Box::pin(async move {
            let pins = to.host.secret("profile-pins").await?;
            register(to.server, to.parts, to.options()?, &pins);
            Ok(())
        })
    },
};

/// Adds the service to a server.
///
/// `pins` is a secret of the installation, with which PINs of profiles are sealed.
fn register(server: &mut ServerBuilder, parts: &Parts, options: Options, pins: &[u8]) {
    let rpcs = grpc::Users::new(parts, options, pins);
    server.add(NAME, UserServiceServer::new(rpcs));
}
