//! What every service is handed when it starts.

use std::sync::Arc;

use sv_kernel::{Ctx, PageSigner};
use sv_ports::Bus;
use sv_rpc::{Env, Mesh};
use sv_store::Db;

use crate::{Lifecycle, Readiness};

/// What every service is handed when it starts. What only one service needs (blobs, an index,
/// settings) it asks for by itself. Cheap to clone.
///
/// The process has opened the tables, runs the outbox's relay and knows the idempotency keys by the
/// time a service gets this; the service adds its RPCs and starts its consumers.
#[derive(Clone, Debug)]
pub struct Parts {
    /// The service's own tables.
    pub db: Db,
    /// Events of others; its own go through the outbox.
    pub bus: Arc<dyn Bus>,
    /// Other services, as this one sees them.
    pub mesh: Mesh,
    /// Time, randomness and ids.
    pub env: Env,
    /// Signs page tokens.
    pub pages: PageSigner,
    /// Background tasks and the end of the process.
    pub lifecycle: Lifecycle,
    /// What has to be up before the process takes work.
    pub readiness: Readiness,
}

impl Parts {
    /// Makes the context of work that no request started.
    pub fn background(&self) -> Ctx {
        let env = &self.env;
        Ctx {
            ids: env.ids.clone(),
            ..Ctx::background(
                self.db.service(),
                env.business_clock.clone(),
                env.entropy.clone(),
            )
        }
    }
}
