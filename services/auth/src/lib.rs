//! Auth: signs people in and vouches for them (AUTH-1..9, C1, C21, C23, C41).
//!
//! | owns | what |
//! |---|---|
//! | table `registrations` | what shall become an account, until users has it |
//! | table `credentials` | address, password hash and roles of an account |
//! | tables `sessions`, `refresh_tokens` | logins, and the tokens that prolong them, as hashes |
//! | tables `revocations`, `revocation_clock` | sessions that ended while their access tokens run |
//! | table `tickets` | what opens one stream in place of an access token, for half a minute |
//! | table `password_links` | mailed links that set a password, as hashes, for an hour |
//! | tables `counters`, `known_places` | failed guesses, mailed links, and from where an account was reached before |
//! | tables `signing_keys`, `secrets` | keys of access tokens, what refresh tokens derive from, and the mark of the pepper |
//!
//! It calls users to create and read accounts, and listens to `user.changed` for those that were blocked or
//! deleted. It publishes nothing; every process asks it for keys and revocations.
//!
//! Registering is a saga: intent → account in users → credential and session. Each step can be
//! repeated, and whoever comes back with the same address and password, to register or to sign
//! in, takes it up where it stopped ([`app::Auth::register`]).
//!
//! Mails are work that waits in the tables ([`app::Auth::deliver`]), so that none is lost, and none tells by the time
//! of an answer who has an account.

mod app;
mod config;
mod domain;
mod events;
mod grpc;
mod hasher;
mod keys;
mod mail_texts;
mod rotation;
mod store;
#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "tests end and await what they spawn themselves"
)]
mod tests;

use std::sync::Arc;

use sv_boot::{Group, Mails, Need, Service, ServiceContext, config::Section};
use sv_handlers::auth::AuthServiceServer;
use sv_kernel::{BoxError, Ctx, Email};
use sv_ports::ConsumerOptions;
use sv_proto::users::user_service_client::UserServiceClient;
use sv_rpc::ServerBuilder;
use sv_store::{Counters, Db, StoreError, Targets, work};

pub use config::Options;
pub use keys::SHARED_SECRET_KID;
pub use rotation::{KeyState, SigningKey, retire_signing_key, rotate_signing_keys, signing_keys};
use store::MIGRATIONS;

/// The service's name.
const NAME: &str = "auth";
/// The name of what tells in the tables with which pepper passwords were hashed.
const PEPPER_MARK: &str = "pepper mark";

/// What the program has to know of the service to run it.
pub const SERVICE: Service = Service {
    name: NAME,
    group: Group::Core,
    grpc_port: 9081,
    settings: Some(Section::of::<Options>(config::SETTINGS)),
    migrations: MIGRATIONS,
    topics: events::topics,
    mounts: &[],
    start: |to| {
        Box::pin(async move {
            let options: Options = to.options()?;
            let pepper = match options.pepper.as_str() {
                "" => to.host.secret("password-pepper").await?,
                set => set.as_bytes().to_vec(),
            };
            let mails = to.host.mails()?;
            add(to.server, to.context, options, &pepper, mails).await?;
            Ok(())
        })
    },
};

/// Adds the service to a server. `pepper` is a secret of the installation that goes into every password's
/// hash. Fails where users can be found nowhere, and where the pepper is not the one that the stored
/// passwords were hashed with: nobody could sign in.
async fn add(
    server: &mut ServerBuilder,
    context: &ServiceContext,
    options: Options,
    pepper: &[u8],
    mails: Option<Mails>,
) -> Result<Arc<app::Auth>, BoxError> {
    if pepper.len() < 32 {
        return Err("auth.pepper is too short: it has 32 characters or more".into());
    }
    let pepper = domain::Pepper::new(pepper);
    check(context, &pepper).await?;
    let real_time = Ctx {
        clock: context.env.clock.clone(),
        ..context.background()
    };
    let counters = Counters::new(context.db.clone(), real_time);
    let limits = options.failures();
    let targets = Targets::new(
        context.db.clone(),
        Arc::new(counters.clone()),
        limits,
        target_of,
    );
    server.targets(NAME, Arc::new(targets.clone()));
    let users = UserServiceClient::new(context.mesh.client_transport("users")?);
    let verifier = server.authenticator();
    let app = app::Auth::new(
        context.db.clone(),
        users,
        verifier,
        (targets, counters),
        mails,
        context.env.clone(),
        (options, pepper),
    );
    let app = Arc::new(app);
    let signs = app.clone();
    let check = move || {
        let trouble = signs.trouble();
        async move { trouble.map_or(Ok(()), Err) }
    };
    context
        .readiness
        .add("auth.signing_keys", Need::Soft, check);
    let closer = Arc::new(events::Closer::new(app.clone(), context.background()));
    let changes = ConsumerOptions::new(events::GROUP, events::topics());
    context.consume("accounts", changes, closer);
    app::begin_to_count();
    let mailing = app.clone();
    context.work_off_in(app::MAILS, app::TRIES, move |ctx, item| {
        let app = mailing.clone();
        async move { app.deliver(&ctx, &item).await }
    });
    let rpcs = grpc::AuthRpc { app: app.clone() };
    server.add(NAME, AuthServiceServer::new(rpcs));
    Ok(app)
}

/// Forgets with which pepper the passwords in the tables were hashed, because it is lost: each of them has
/// to be set anew.
pub async fn give_up_pepper(db: &Db, ctx: &Ctx) -> Result<(), StoreError> {
    db.write(ctx, |tx| {
        work(store::signing_keys::forget_secret(tx, PEPPER_MARK))
    })
    .await?;
    Ok(())
}

/// Fails where the passwords in the tables were hashed with another pepper.
async fn check(context: &ServiceContext, pepper: &domain::Pepper) -> Result<(), BoxError> {
    let (mark, ctx) = (pepper.mark(), context.background());
    let stored = context
        .db
        .write(&ctx, |tx| {
            work(store::signing_keys::secret(
                tx,
                PEPPER_MARK,
                mark.as_bytes(),
            ))
        })
        .await?;
    if stored != mark.as_bytes() {
        return Err(
            "the passwords here were hashed with another pepper: set auth.pepper to the one that \
                    was used, or restore keys/password-pepper in the data folder"
                .into(),
        );
    }
    Ok(())
}

/// Returns the one form of an address whose password is tried; what is none is itself.
fn target_of(email: &str) -> String {
    Email::parse(email).map_or_else(
        |_| email.trim().to_lowercase(),
        |email| email.key().to_owned(),
    )
}
