//! What each service needs beside the parts that all of them get.

use std::sync::Arc;

use sv_boot::Parts;
use sv_kernel::BoxError;
use sv_rights::{
    Payments,
    payments::{NoProvider, PaymentProvider, TestProvider},
};
use sv_rpc::ServerBuilder;

use super::Entry;
use crate::{
    adapters::Adapters,
    config::Config,
    installation::seals::{PEPPER, PINS},
    shared::Shared,
};

/// Adds one service to the server and starts what it does besides.
pub(crate) async fn start(
    server: &mut ServerBuilder,
    entry: &Entry,
    parts: &Parts,
    config: &Config,
    adapters: &Adapters,
    shared: &Shared,
) -> Result<(), BoxError> {
    let whose = &adapters.installation;
    match entry.name {
        sv_auth::NAME => {
            let made = config.auth.pepper.is_empty();
            let pepper = if made {
                PEPPER.secret(&parts.db, shared, whose).await?
            } else {
                config.auth.pepper.as_bytes().to_vec()
            };
            sv_auth::register(server, parts, config.auth.clone(), &pepper).await?;
            // Not before: auth refuses one with which nothing here was hashed.
            if made {
                PEPPER.close(&parts.db, &pepper).await?;
            }
        }
        sv_users::NAME => {
            let pins = PINS.secret(&parts.db, shared, whose).await?;
            sv_users::register(server, parts, config.users.clone(), &pins);
            PINS.close(&parts.db, &pins).await?;
        }
        sv_content::NAME => {
            sv_content::register(server, parts);
        }
        sv_search::NAME => {
            let index = adapters.index(config).await?;
            sv_search::register(server, parts, index, config.search.clone())?;
        }
        sv_admin::NAME => sv_admin::register(server, parts, &config.admin),
        sv_rights::NAME => {
            let provider: Arc<dyn PaymentProvider> = match config.rights.payments {
                Payments::Test => Arc::new(TestProvider),
                Payments::None => Arc::new(NoProvider),
            };
            sv_rights::register(server, parts, provider, config.rights.clone())?;
        }
        sv_streaming::NAME => {
            let blobs = adapters.blobs.clone();
            sv_streaming::register(server, parts, blobs, config.streaming.clone()).await?;
        }
        unknown => return Err(format!("nothing starts {unknown}").into()),
    }
    Ok(())
}
