//! Users: accounts and the profiles of a household, and what profiles keep (USER-1..9, X-CAT-8, C23, C44).
//!
//! | owns | what |
//! |---|---|
//! | table `users` | accounts; passwords are auth's |
//! | table `profiles` | the persons of an account; one of them is its default |
//! | table `watchlist` | the titles that profiles want to watch |
//! | tables `ratings`, `title_ratings` | what profiles think of titles, and what that comes to |
//! | table `leavers` | profiles that are gone and whose ratings are yet to be taken back |
//! | topic `user.registered` | [`UserRegistered`](sv_proto::users::UserRegistered), once per account |
//! | topic `profile.deleted` | [`ProfileDeleted`](sv_proto::users::ProfileDeleted): a profile is gone |
//! | topic `user.changed` | [`UserChanged`](sv_proto::users::UserChanged): an account was changed, blocked or deleted |
//! | topic `title.rated` | [`TitleRated`](sv_proto::users::TitleRated): how many profiles have rated a title, and the mean |
//!
//! Auth creates accounts ([`app::Accounts::create`]); other services ask which profile a request
//! acts for ([`app::Profiles::acting`]). It asks auth about passwords where somebody wants out of a
//! profile for children ([`app::Profiles::control`]), and has it end the sessions of accounts that are blocked
//! or deleted ([`app::Managed`]). It asks content about titles: what a profile keeps, it has to see.

mod app;
mod config;
mod convert;
mod domain;
mod grpc;
mod jobs;
mod store;
#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "tests end and await what they spawn themselves"
)]
mod tests;

use sv_boot::{Group, Service, ServiceContext, config::Section};
use sv_handlers::users::{LibraryServiceServer, UserAdminServiceServer, UserServiceServer};
use sv_ports::Topic;
use sv_proto::users::{ProfileDeleted, TitleRated, UserChanged, UserRegistered};
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
    settings: Some(Section::of::<Options>(config::SETTINGS)),
    migrations: MIGRATIONS,
    topics: || {
        vec![
            Topic::of::<UserRegistered>(),
            Topic::of::<UserChanged>(),
            Topic::of::<ProfileDeleted>(),
            Topic::of::<TitleRated>(),
        ]
    },
    mounts: &[],
    start: |to| {
        Box::pin(async move {
            let pins = to.host.secret("profile-pins").await?;
            register(to.server, to.context, to.options()?, &pins);
            Ok(())
        })
    },
};

/// Adds the service to a server.
///
/// `pins` is a secret of the installation, with which PINs of profiles are sealed. Returns what jobs work on.
fn register(
    server: &mut ServerBuilder,
    context: &ServiceContext,
    options: Options,
    pins: &[u8],
) -> app::Library {
    let profiles = app::Profiles {
        db: context.db.clone(),
        mesh: context.mesh.clone(),
        seal: domain::PinSeal::new(pins),
        pages: context.pages.clone(),
        options,
    };
    let library = app::Library {
        profiles: profiles.clone(),
    };
    let managed = app::Managed {
        profiles: profiles.clone(),
    };
    jobs::start(library.clone(), context);
    let users = grpc::Users::new(profiles);
    server.add(NAME, UserServiceServer::new(users));
    server.add(
        NAME,
        LibraryServiceServer::new(grpc::Shelf(library.clone())),
    );
    server.add(NAME, UserAdminServiceServer::new(grpc::Managers(managed)));
    library
}
