//! How each service is put together from the parts and what only it needs.

use std::{collections::BTreeMap, sync::Arc};

use sv_boot::Parts;
use sv_kernel::BoxError;
use sv_rpc::{BytesPlane, ServerBuilder};

use super::Entry;
use crate::{adapters::Adapters, config::Config};

/// What services offer beside their RPCs.
#[derive(Debug, Default)]
pub(crate) struct Host {
    /// HTTP planes for bytes, by service.
    pub planes: BTreeMap<String, BytesPlane>,
}

impl Host {
    /// Adds one service to the server and starts what it does besides.
    pub(crate) async fn start(
        &mut self,
        server: &mut ServerBuilder,
        entry: &Entry,
        parts: Parts,
        config: &Config,
        adapters: &Adapters,
    ) -> Result<(), BoxError> {
        match entry.name {
            sv_auth::NAME => auth(server, &parts, config)?,
            sv_users::NAME => users(server, &parts, config).await?,
            sv_content::NAME => content(server, &parts).await?,
            sv_search::NAME => {
                let index = adapters.index(config).await?;
                sv_search::register_with(server, &parts, index, config.search.clone()).await?;
            }
            sv_rights::NAME => rights(server, &parts, config).await?,
            sv_streaming::NAME => {
                let blobs = adapters.blobs.clone();
                let options = config.streaming.clone();
                let plane = sv_streaming::register(server, &parts, blobs, options).await?;
                self.planes.insert(sv_streaming::NAME.to_owned(), plane);
            }
            unknown => return Err(format!("nothing starts {unknown}").into()),
        }
        Ok(())
    }
}

fn auth(server: &mut ServerBuilder, parts: &Parts, config: &Config) -> Result<(), BoxError> {
    let deps = sv_auth::Deps {
        db: parts.db.clone(),
        mesh: parts.mesh.clone(),
        env: parts.env.clone(),
        options: config.auth.clone(),
    };
    Ok(sv_auth::register(server, deps)?)
}

async fn users(server: &mut ServerBuilder, parts: &Parts, config: &Config) -> Result<(), BoxError> {
    parts.bus.ensure_topics(&sv_users::topics()).await?;
    let deps = sv_users::Deps {
        db: parts.db.clone(),
        pages: parts.pages.clone(),
        options: config.users.clone(),
    };
    sv_users::register(server, deps);
    Ok(())
}

async fn content(server: &mut ServerBuilder, parts: &Parts) -> Result<(), BoxError> {
    parts.bus.ensure_topics(&sv_content::topics()).await?;
    // Without the invalidation as a consumer, other processes see a change within a second.
    sv_content::register(server, parts);
    Ok(())
}

async fn rights(
    server: &mut ServerBuilder,
    parts: &Parts,
    config: &Config,
) -> Result<(), BoxError> {
    parts.bus.ensure_topics(&sv_rights::topics()).await?;
    let provider = Arc::new(sv_rights::payments::TestProvider);
    sv_rights::register(server, parts, config.rights.clone(), provider)
}
