//! Webhooks: tells programs of others what happens here (X-WH-1), as Standard Webhooks says.
//!
//! | owns | what |
//! |---|---|
//! | table `webhooks` | the addresses that are told, a few per tenant; see [`domain::Webhook`] |
//! | table `secrets` | what signs their requests, sealed; for a day after a change two of them |
//! | table `deliveries` | an event on its way to a webhook, with its body; see [`domain::Delivery`] |
//! | table `attempts` | how each try went |
//!
//! Listens to what `app/tell.rs` lists, and writes a delivery for each webhook that wants it, in the transaction in
//! which it is remembered that the event was seen. Work that waits sends them (`app/deliver.rs`); a process that ends in
//! between sends again, under the same id. Calls nobody but the receivers, and those only where requests may go
//! ([`domain::Reach`]).

mod app;
mod config;
mod convert;
mod domain;
mod grpc;
mod jobs;
mod sender;
mod store;
#[cfg(test)]
mod tests;

use sv_boot::{Group, Service, ServiceContext, config::Section};
use sv_handlers::webhooks::WebhookAdminServiceServer;
use sv_kernel::Seal;
use sv_ports::Topic;
use sv_proto::{
    content::ContentChanged,
    payments::PaymentChanged,
    rights::{
        CouponRedeemed, OrderChanged, SubscriptionActivated, SubscriptionCancelled,
        SubscriptionEnded, SubscriptionPastDue, SubscriptionPlanChanged,
    },
    users::{UserChanged, UserRegistered},
};
use sv_rpc::ServerBuilder;

use app::App;
pub use config::Options;
use domain::Reach;
use store::MIGRATIONS;

/// For what the secrets of webhooks are sealed.
const SEALING: &[u8] = b"seal secrets of webhooks";

/// The service's name.
const NAME: &str = "webhooks";

/// What the program has to know of the service to run it.
pub const SERVICE: Service = Service {
    name: NAME,
    group: Group::Support,
    grpc_port: 9099,
    settings: Some(Section::of::<Options>(config::SETTINGS)),
    migrations: MIGRATIONS,
    topics: || {
        vec![
            Topic::of::<SubscriptionActivated>(),
            Topic::of::<SubscriptionPlanChanged>(),
            Topic::of::<SubscriptionPastDue>(),
            Topic::of::<SubscriptionCancelled>(),
            Topic::of::<SubscriptionEnded>(),
            Topic::of::<OrderChanged>(),
            Topic::of::<CouponRedeemed>(),
            Topic::of::<PaymentChanged>(),
            Topic::of::<UserRegistered>(),
            Topic::of::<UserChanged>(),
            Topic::of::<ContentChanged>(),
        ]
    },
    mounts: &[],
    start: |to| {
        Box::pin(async move {
            let seal = Seal::new(&to.host.secret("webhook-secrets").await?, SEALING)?;
            let options: Options = to.options()?;
            let reach = Reach {
                allowed: options.networks(),
                development: to.host.is_development(),
            };
            let app = App::new(to.context, options, seal, reach)?;
            register(to.server, to.context, &app);
            Ok(())
        })
    },
};

/// Adds the service to a server, and starts what it does besides.
fn register(server: &mut ServerBuilder, context: &ServiceContext, app: &App) {
    context.subscribe("events", app.events());
    jobs::start(app, context);
    server.add(
        NAME,
        WebhookAdminServiceServer::new(grpc::Webhooks(app.clone())),
    );
}
