//! Rights: sells access, and decides who may watch what (RGT-1..13, C11).
//!
//! | owns | what |
//! |---|---|
//! | table `plans` | what is on sale, and retired plans that accounts may still have |
//! | tables `rules`, `rule_plans` | what opens titles, where their monetization does not say it |
//! | table `buyers` | whose orders are written one after the other; its rows are what a call locks that wants a title |
//! | table `subscriptions` | at most one per account that goes on, and cancelled ones that still run; see [`domain::Subscription`] |
//! | table `orders` | titles that accounts bought or rented; see [`domain::Order`] |
//! | tables `gifts`, `gift_redemptions` | codes that give a plan, by their digests, and who has redeemed them |
//! | tables `coupons`, `coupon_plans`, `coupon_redemptions` | codes that make plans cheaper, and which subscriptions began with them |
//! | tables `invoices`, `credits` | what each payment is made of, and what accounts have left from changes of plan; see [`domain::Invoice`] |
//! | table `payments` | every attempt to be paid, written before payments is asked, and how far rights has followed it |
//! | topic `subscription.activated` | `SubscriptionActivated`, whenever a period is paid |
//! | topic `subscription.plan.changed` | `SubscriptionPlanChanged`, whenever an account has, or will have, another plan |
//! | topic `subscription.past.due` | `SubscriptionPastDue`, at every step of a renewal that was not paid |
//! | topic `subscription.cancelled` | `SubscriptionCancelled`, whenever one will end with what is paid, or goes on after all |
//! | topic `subscription.ended` | `SubscriptionEnded`, whenever one that was in force is over |
//! | topic `order.changed` | `OrderChanged`, whenever a title is bought or rented, or its money goes back |
//! | topic `coupon.redeemed` | `CouponRedeemed`, whenever a coupon is used, or the use is given back |
//!
//! Listens to `user.changed`: what a deleted account has begun ends; and to `payment.changed`: what becomes known of
//! a payment later. Calls users (which profile acts, and whether an account is there before it is charged), content
//! and livetv (what a title is), and [payments], which moves the money. [`domain::decide`] is the only
//! place that answers "may this profile watch this now?"; a new way to obtain access is a new case
//! there.

mod app;
mod config;
mod convert;
mod documents;
mod domain;
mod grpc;
mod jobs;
mod payments;
mod store;
#[cfg(test)]
mod tests;

use sv_boot::{Group, Service, ServiceContext, config::Section};
use sv_handlers::rights::{
    BillingServiceServer, CouponAdminServiceServer, CouponServiceServer, GiftAdminServiceServer,
    GiftServiceServer, OrderAdminServiceServer, OrderServiceServer, RightsAdminServiceServer,
    RightsServiceServer, SupportServiceServer,
};
use sv_kernel::BoxError;
use sv_ports::{HandleError, Topic};
use sv_proto::{
    payments::PaymentChanged,
    rights::{
        CouponRedeemed, OrderChanged, SubscriptionActivated, SubscriptionCancelled,
        SubscriptionEnded, SubscriptionPastDue, SubscriptionPlanChanged,
    },
    users::UserChanged,
};
use sv_rpc::ServerBuilder;
use sv_store::work;

use app::App;
pub use config::Options;
use store::MIGRATIONS;

/// The service's name.
const NAME: &str = "rights";

/// What the program has to know of the service to run it.
pub const SERVICE: Service = Service {
    name: NAME,
    group: Group::Core,
    grpc_port: 9097,
    settings: Some(Section::of::<Options>(config::SETTINGS)),
    migrations: MIGRATIONS,
    topics: || {
        vec![
            Topic::of::<SubscriptionActivated>(),
            Topic::of::<SubscriptionPlanChanged>(),
            Topic::of::<CouponRedeemed>(),
            Topic::of::<SubscriptionPastDue>(),
            Topic::of::<SubscriptionCancelled>(),
            Topic::of::<SubscriptionEnded>(),
            Topic::of::<OrderChanged>(),
            Topic::of::<UserChanged>(),
            Topic::of::<PaymentChanged>(),
        ]
    },
    mounts: &[],
    start: |to| {
        Box::pin(async move {
            let app = register(to.server, to.context, to.options()?)?;
            jobs::start(&app, to.context);
            Ok(())
        })
    },
};

/// Adds the service to a server; its jobs are started by themselves, so that tests can do without.
fn register(
    server: &mut ServerBuilder,
    context: &ServiceContext,
    options: Options,
) -> Result<App, BoxError> {
    let app = App::new(context, options)?;
    // The group has the service's name.
    let accounts = sv_store::Subscription::new(NAME).on::<UserChanged>(|tx, ctx, told| {
        work(async move {
            let Some(changed) = told.event.as_ref().filter(|changed| changed.deleted) else {
                return Ok(());
            };
            let user = changed.user_id.parse().map_err(HandleError::poison)?;
            Ok(app::close(tx, ctx, user).await?)
        })
    });
    context.subscribe("accounts", accounts);
    let at = app.clone();
    let told = sv_store::Subscription::new("rights.payments");
    let told = told.on::<PaymentChanged>(move |tx, ctx, told| {
        let app = at.clone();
        work(async move {
            let changed = told.event.as_ref().and_then(|event| event.payment.as_ref());
            let Some(payment) = changed else {
                return Err(HandleError::poison("a change without a payment"));
            };
            Ok(app.payment_changed(tx, ctx, payment).await?)
        })
    });
    context.subscribe("payments", told);
    server.add(
        NAME,
        RightsServiceServer::new(grpc::Rights { app: app.clone() }),
    );
    server.add(
        NAME,
        RightsAdminServiceServer::new(grpc::Editors { app: app.clone() }),
    );
    server.add(
        NAME,
        OrderServiceServer::new(grpc::Orders { app: app.clone() }),
    );
    server.add(
        NAME,
        OrderAdminServiceServer::new(grpc::Orders { app: app.clone() }),
    );
    server.add(
        NAME,
        SupportServiceServer::new(grpc::Support { app: app.clone() }),
    );
    let coupons = || grpc::Coupons { app: app.clone() };
    server.add(NAME, CouponServiceServer::new(coupons()));
    server.add(NAME, CouponAdminServiceServer::new(coupons()));
    let billing = grpc::Billing { app: app.clone() };
    server.add(NAME, BillingServiceServer::new(billing));
    server.add(
        NAME,
        GiftServiceServer::new(grpc::Gifts { app: app.clone() }),
    );
    server.add(
        NAME,
        GiftAdminServiceServer::new(grpc::Gifts { app: app.clone() }),
    );
    Ok(app)
}
