//! Admin: what those who run the installation look at (ADM-2).
//!
//! | owns | what |
//! |---|---|
//! | table `audit` | the audit records of all services, as they tell of them |
//!
//! Listens to `audit.recorded`. Asks every service for its jobs and the work that waits in its tables, when an
//! administrator does (SCHD-1), puts the clocks of tenants on in the development profile (X-PAY-8), and asks the bus for the records that consumers gave up (EVT-9). A record is written by the service where the act happens,
//! in the transaction of the act ([`sv_store::audit`]); what lies here is the copy that can be searched.
//! Reading it leaves a record, too.

mod app;
mod config;
mod convert;
mod domain;
mod grpc;
mod jobs;
mod store;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use sv_boot::{AdvanceClock, Group, Service, ServiceContext, config::Section};
use sv_handlers::admin::{
    AuditServiceServer, DeadLetterServiceServer, JobAdminServiceServer, TestClockServiceServer,
};
use sv_ports::{HandleError, Topic};
use sv_proto::admin::AuditRecord;
use sv_rpc::ServerBuilder;
use sv_store::{Subscription, work};
use uuid::Uuid;

pub use config::Options;
use store::MIGRATIONS;

/// The service's name.
const NAME: &str = "admin";

/// What the program has to know of the service to run it.
pub const SERVICE: Service = Service {
    name: NAME,
    group: Group::Support,
    grpc_port: 9095,
    settings: Some(Section::of::<Options>(config::SETTINGS)),
    migrations: MIGRATIONS,
    topics: || vec![Topic::of::<AuditRecord>()],
    mounts: &[],
    start: |to| {
        Box::pin(async move {
            let options = to.options()?;
            register(
                to.server,
                to.context,
                &options,
                (to.host.services(), to.host.test_clocks()),
            );
            Ok(())
        })
    },
};

/// Adds the service to a server, and starts taking up records. `services` are those of the installation;
/// `clocks` those of tenants, in the development profile.
fn register(
    server: &mut ServerBuilder,
    context: &ServiceContext,
    options: &Options,
    (services, clocks): (Vec<&'static str>, Option<Arc<dyn AdvanceClock>>),
) {
    let letters = app::DeadLetters::new(context, services.clone());
    let letters = DeadLetterServiceServer::new(grpc::Letters { letters });
    server.add(NAME, letters);
    let jobs = app::Jobs::new(context, services);
    let clock = app::TestClock::new(context, jobs.clone(), clocks);
    server.add(NAME, JobAdminServiceServer::new(grpc::JobAdmin { jobs }));
    server.add(NAME, TestClockServiceServer::new(grpc::Clock { clock }));
    let app = app::App::new(context);
    server.add(
        NAME,
        AuditServiceServer::new(grpc::Audit { app: app.clone() }),
    );
    // The group has the service's name.
    let records = Subscription::new(NAME).on::<AuditRecord>(|tx, ctx, told| {
        work(async move {
            let Some(record) = &told.event else {
                return Ok(());
            };
            if Uuid::try_parse(&record.id).is_err() {
                return Err(HandleError::poison("a record without an id"));
            }
            Ok(store::records::insert(tx, ctx, record).await?)
        })
    });
    context.subscribe("records", records);
    jobs::start(app, context, options);
}
