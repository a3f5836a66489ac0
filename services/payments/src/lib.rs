//! Payments: takes money at a provider, gives it back, and keeps the books (PAY-1, X-PAY-1).
//!
//! | owns | what |
//! |---|---|
//! | table `payments` | every payment that a seller asked for, written before the provider is asked; see [`domain::Payment`] |
//! | table `transactions` | the movements of its money: the charge, refunds, chargebacks |
//! | tables `journal_entries`, `journal_lines` | the books: double entry, appended to and never changed; see [`domain::Entry`] |
//! | table `balances` | what the books hold, added up with each entry |
//! | table `payers` | what providers call the accounts that pay |
//! | table `provider_events` | the ids of what providers have told, for `payments.event_days` |
//! | topic `payment.changed` | `PaymentChanged`, whenever a payment changed |
//!
//! Rights sells, and is the only caller: which payments there are, and which of them are no longer wanted, it
//! decides. Calls nobody but the [provider]. What the provider answers and what it tells of by itself are
//! [facts](domain::Fact), which a payment takes in any order, and as often as they come.

mod app;
mod config;
mod convert;
mod domain;
mod grpc;
mod jobs;
mod provider;
mod store;
#[cfg(test)]
mod tests;
mod webhook;

use std::sync::Arc;

use sv_boot::{Group, Service, ServiceContext, config::Section};
use sv_handlers::payments::{PaymentAdminServiceServer, PaymentServiceServer};
use sv_ports::Topic;
use sv_proto::payments::PaymentChanged;
use sv_rpc::ServerBuilder;

pub use config::{Options, Provider};
use provider::{NoProvider, PaymentProvider, StripeProvider, TestProvider};
use store::MIGRATIONS;

/// The service's name.
const NAME: &str = "payments";

/// What the program has to know of the service to run it.
pub const SERVICE: Service = Service {
    name: NAME,
    group: Group::Core,
    grpc_port: 9085,
    settings: Some(Section::of::<Options>(config::SETTINGS)),
    migrations: MIGRATIONS,
    topics: || vec![Topic::of::<PaymentChanged>()],
    mounts: &["/payments/stripe/{*path}"],
    start: |to| {
        Box::pin(async move {
            let options: Options = to.options()?;
            let provider: Arc<dyn PaymentProvider> = match options.provider {
                Provider::Test => {
                    Arc::new(TestProvider::new(to.context.env.business_clock.clone()))
                }
                Provider::Stripe => {
                    let env = &to.context.env;
                    let (clock, entropy) = (env.business_clock.clone(), env.entropy.clone());
                    Arc::new(StripeProvider::new(&options, clock, entropy)?)
                }
                Provider::None => Arc::new(NoProvider),
            };
            register(to.server, to.context, provider, &options);
            Ok(())
        })
    },
};

/// Adds the service to a server and starts its job.
fn register(
    server: &mut ServerBuilder,
    context: &ServiceContext,
    provider: Arc<dyn PaymentProvider>,
    options: &Options,
) {
    let pays = provider.takes_payments();
    let app = app::App::new(context, provider);
    let secrets = match options.provider {
        Provider::Stripe => options.stripe_webhook_secret.as_str(),
        // Nobody's events are taken.
        Provider::Test | Provider::None => "",
    };
    let (ctx, clock) = (context.background(), context.env.clock.clone());
    let webhook = webhook::Webhook::new(app.clone(), ctx, clock, secrets);
    server.mount(NAME, webhook.service());
    server.add(
        NAME,
        PaymentServiceServer::new(grpc::Payments { app: app.clone() }),
    );
    server.add(
        NAME,
        PaymentAdminServiceServer::new(grpc::Payments { app: app.clone() }),
    );
    if !pays {
        tracing::info!("payments.provider is none: nothing is sold, and nothing is given back");
        return;
    }
    jobs::start(&app, context, options);
}
