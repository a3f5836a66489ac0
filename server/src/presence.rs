//! Which services run on a shared database: without it two processes that do not know of each other would
//! each believe to be the only one.

use std::{mem, sync::Arc, time::Duration};

use sv_boot::Lifecycle;
use sv_kernel::BoxError;
use sv_store::{
    DbConfig,
    presence::{Presence, PresenceError},
};
use tokio::time::{Instant, sleep};
use tracing::info;

use crate::{adapters, config::Config, data_dir::DataDir, selection::Selection};

/// How often it is looked whether the server still knows.
const KEEP: Duration = Duration::from_secs(10);
/// How long a process that is about to end keeps the next one waiting.
const WAIT: Duration = Duration::from_secs(10);
/// The pause between two tries.
const PAUSE: Duration = Duration::from_millis(250);

/// Tells all who share the database which services run here; `None` where a data folder is all that is
/// shared, which has locks.
pub(crate) async fn announce(
    config: &Config,
    selection: &Selection,
    data: &DataDir,
) -> Result<Option<Arc<Presence>>, BoxError> {
    let DbConfig::Postgres(postgres) = adapters::tables(config, data.path())? else {
        return Ok(None);
    };
    let (begin, mut told) = (Instant::now(), false);
    loop {
        let services = selection.services.iter().copied();
        let announced = Presence::announce(&postgres, services, config.server.replicas);
        match announced.await {
            Ok(presence) => return Ok(Some(Arc::new(presence))),
            Err(PresenceError::Taken { service }) if begin.elapsed() < WAIT => {
                if !mem::replace(&mut told, true) {
                    info!(service, "waits for the process that runs it to end");
                }
                sleep(PAUSE).await;
            }
            Err(refused) => return Err(refused.into()),
        }
    }
}

/// Sees to it that the server goes on knowing.
pub(crate) fn keep(presence: Option<Arc<Presence>>, lifecycle: &Lifecycle) {
    let Some(presence) = presence else {
        return;
    };
    lifecycle.every("process.presence", KEEP, move || {
        let presence = presence.clone();
        async move { Ok(presence.keep().await?) }
    });
}
