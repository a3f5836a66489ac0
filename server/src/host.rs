//! What a service asks the process for when it starts.

use std::sync::{Arc, Mutex, PoisonError};

use futures::{FutureExt as _, future::BoxFuture};
use serde_json::Value;
use sv_boot::{AdvanceClock, Host, Mails};
use sv_kernel::BoxError;
use sv_ports::{Blob, index::Index};
use sv_store::Db;

use crate::{
    adapters::Adapters,
    config::{Config, Profile},
    installation::{
        InstallationError,
        seals::{self, Seal},
    },
    shared::Shared,
    test_clocks::StoredClocks,
};

/// This process, as one of its services sees it.
pub(crate) struct OurHost<'a> {
    pub(crate) config: &'a Config,
    pub(crate) adapters: &'a Adapters,
    pub(crate) shared: &'a Shared,
    /// The clocks of tenants, in the development profile.
    pub(crate) test_clocks: Option<&'a Arc<StoredClocks>>,
    /// The tables of the service.
    pub(crate) db: &'a Db,
    /// The secrets that the service has taken.
    pub(crate) taken: Mutex<Vec<(Seal, Vec<u8>)>>,
}

impl OurHost<'_> {
    /// Seals the tables by the secrets that the service has taken, and returns these: not before it has started,
    /// because a service refuses a secret by which nothing of it is sealed.
    pub(crate) async fn close(self) -> Result<Vec<(Seal, Vec<u8>)>, InstallationError> {
        let taken = self.taken.into_inner();
        let taken = taken.unwrap_or_else(PoisonError::into_inner);
        for (seal, secret) in &taken {
            seal.close(self.db, secret).await?;
        }
        Ok(taken)
    }
}

impl Host for OurHost<'_> {
    fn options(&self, section: &str) -> Result<Value, BoxError> {
        let section = self.config.services.get(section);
        Ok(section.cloned().unwrap_or_default())
    }

    fn services(&self) -> Vec<&'static str> {
        crate::services::names().collect()
    }

    fn secret<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Vec<u8>, BoxError>> {
        async move {
            let seal = seals::find(name);
            let seal = seal.ok_or_else(|| format!("nothing tells what {name} seals"))?;
            let secret = seal.secret(self.db, self.shared, &self.adapters.installation);
            let secret = secret.await?;
            let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            taken.push((*seal, secret.clone()));
            Ok(secret)
        }
        .boxed()
    }

    fn index(&self) -> BoxFuture<'_, Result<Arc<dyn Index>, BoxError>> {
        async move { Ok(self.adapters.index(self.config).await?) }.boxed()
    }

    fn blobs(&self) -> Arc<dyn Blob> {
        self.adapters.blobs.clone()
    }

    fn mails(&self) -> Result<Option<Mails>, BoxError> {
        Ok(self.adapters.mails(self.config)?)
    }

    fn is_development(&self) -> bool {
        self.config.server.profile == Profile::Development
    }

    fn test_clocks(&self) -> Option<Arc<dyn AdvanceClock>> {
        let clocks = self.test_clocks.cloned()?;
        Some(clocks)
    }
}
