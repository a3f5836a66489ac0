//! By how much the clocks of tenants were put on, in all processes of an installation (X-PAY-8): rows of the database, or
//! a file of the data folder. In the development profile only.

use std::{collections::BTreeMap, fs, io, path::PathBuf, sync::Arc, time::Duration};

use futures::{FutureExt as _, future::BoxFuture};
use sv_boot::{AdvanceClock, Lifecycle};
use sv_kernel::{BoxError, Tenant, TestClocks};
use sv_store::platform::PlatformStore;
use tokio::sync::Mutex;

use crate::shared::Shared;

/// How often it is looked whether another process has put one on.
const FOLLOW: Duration = Duration::from_millis(500);
/// The most tenants whose clocks are put on.
const MOST: usize = 1_000;

/// The clocks of this process, and where those of all are written down.
#[derive(Debug)]
pub(crate) struct StoredClocks {
    clocks: TestClocks,
    place: Place,
    /// One process writes one at a time; of several on one folder, the one that runs admin writes.
    writing: Mutex<()>,
}

#[derive(Debug)]
enum Place {
    File(PathBuf),
    Tables(Box<PlatformStore>),
}

impl StoredClocks {
    /// Sets the clocks of this process as they are written down.
    pub(crate) async fn open(clocks: TestClocks, shared: &Shared) -> Result<Self, BoxError> {
        let place = match &shared.tables {
            Some(tables) => Place::Tables(Box::new(tables.clone())),
            None => Place::File(shared.folder().join("test-clocks.json")),
        };
        let stored = Self {
            clocks,
            place,
            writing: Mutex::new(()),
        };
        stored.refresh().await?;
        Ok(stored)
    }

    /// Follows what other processes write down.
    pub(crate) fn follow(self: &Arc<Self>, lifecycle: &Lifecycle) {
        let stored = self.clone();
        lifecycle.every("process.test_clocks", FOLLOW, move || {
            let stored = stored.clone();
            async move { stored.refresh().await }
        });
    }

    /// Takes over what is written down.
    pub(crate) async fn refresh(&self) -> Result<(), BoxError> {
        for (tenant, micros) in self.read().await? {
            self.clocks
                .set_ahead(&Tenant::parse(&tenant)?, Duration::from_micros(micros));
        }
        Ok(())
    }

    async fn read(&self) -> Result<BTreeMap<String, u64>, BoxError> {
        match &self.place {
            Place::Tables(tables) => Ok(tables.test_clocks().await?),
            Place::File(file) => match fs::read(file) {
                Ok(text) => Ok(serde_json::from_slice(&text)?),
                Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(BTreeMap::new()),
                Err(failed) => Err(failed.into()),
            },
        }
    }

    async fn write(&self, tenant: &Tenant, by: Duration) -> Result<(), BoxError> {
        let micros = u64::try_from(by.as_micros())?;
        let _one_at_a_time = self.writing.lock().await;
        let mut all = self.read().await?;
        if !all.contains_key(tenant.as_str()) && all.len() >= MOST {
            return Err(format!("the clocks of {MOST} tenants were put on already").into());
        }
        match &self.place {
            Place::Tables(tables) => Ok(tables.advance_test_clock(tenant, micros).await?),
            Place::File(file) => {
                let known = all.entry(tenant.to_string()).or_default();
                *known = micros.max(*known);
                let draft = file.with_extension("draft");
                fs::write(&draft, serde_json::to_vec(&all)?)?;
                Ok(fs::rename(draft, file)?)
            }
        }
    }
}

impl AdvanceClock for StoredClocks {
    fn ahead(&self, tenant: &Tenant) -> Duration {
        self.clocks.ahead(tenant)
    }

    fn advance<'a>(
        &'a self,
        tenant: &'a Tenant,
        by: Duration,
    ) -> BoxFuture<'a, Result<(), BoxError>> {
        async move {
            self.write(tenant, by).await?;
            self.clocks.set_ahead(tenant, by);
            Ok(())
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use sv_kernel::{MovableClock, Timestamp};
    use sv_rpc::Env;
    use sv_store::DbConfig;

    use super::*;
    use crate::data_dir::DataDir;

    #[tokio::test]
    async fn processes_on_one_folder_share_the_clocks_and_a_restart_forgets_none() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::open(folder.path()).unwrap();
        let tables = DbConfig::sqlite(data.path());
        let shared = Shared::open(&tables, &data, &Env::system()).await.unwrap();
        let open = async || {
            let base = Arc::new(MovableClock::at(Timestamp::EPOCH));
            let opened = StoredClocks::open(TestClocks::on(base), &shared).await;
            opened.unwrap()
        };
        let (one, other) = (open().await, open().await);
        let acme = Tenant::parse("acme").unwrap();
        let day = Duration::from_hours(24);
        one.advance(&acme, day * 2).await.unwrap();
        one.advance(&acme, day).await.unwrap();
        assert_eq!(one.ahead(&acme), day * 2);
        assert_eq!(other.ahead(&acme), Duration::ZERO);
        other.refresh().await.unwrap();
        assert_eq!(other.ahead(&acme), day * 2);
        assert_eq!(open().await.ahead(&acme), day * 2);
        assert_eq!(other.ahead(&Tenant::default()), Duration::ZERO);
    }
}
