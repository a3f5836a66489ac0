//! What the processes of an installation share: files of the data folder where they share one, tables
//! where they share PostgreSQL.

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sv_kernel::{Ctx, service_keys::KeyDirectory};
use sv_ports::Counters;
use sv_rpc::{
    Env,
    identity::{FolderDirectory, IdentitySettings, ServiceIdentities, TrustedKeys},
    policy::PLATFORM,
};
use sv_store::{DbConfig, StoreError, platform::PlatformStore};

use crate::{config::Config, data_dir::DataDir, secrets};

/// The shared things of one process.
#[derive(Debug)]
pub(crate) struct Shared {
    data: DataDir,
    env: Env,
    /// The tables of all processes; none where the data folder is all that they share.
    pub tables: Option<PlatformStore>,
}

/// Shared things cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SharedError {
    /// The tables of all processes.
    #[error("the tables that all processes share cannot be used: {0}")]
    Tables(#[from] StoreError),
    /// Keys and secrets.
    #[error("a key or secret cannot be used: {0}")]
    Key(#[from] io::Error),
}

impl Shared {
    /// Opens what the processes share.
    pub(crate) async fn open(
        tables: &DbConfig,
        data: &DataDir,
        env: &Env,
    ) -> Result<Self, SharedError> {
        let ctx = Ctx {
            ids: env.ids.clone(),
            ..Ctx::background(PLATFORM, env.business_clock.clone(), env.entropy.clone())
        };
        let tables = match tables {
            DbConfig::Postgres(_) => Some(PlatformStore::open(tables, ctx).await?),
            DbConfig::Sqlite { .. } => None,
        };
        Ok(Self {
            data: data.clone(),
            env: env.clone(),
            tables,
        })
    }

    /// Returns the secret of a name, the same in every process; whoever comes first makes it.
    pub(crate) async fn secret(&self, name: &str) -> Result<Vec<u8>, SharedError> {
        let Some(tables) = &self.tables else {
            return Ok(secrets::open(self.data.path(), name, &self.env)?);
        };
        let mut fresh = [0; secrets::LENGTH];
        self.env.entropy.fill(&mut fresh);
        Ok(tables.secret(name, &fresh).await?)
    }

    /// Returns the secret of a name, if there is one.
    pub(crate) async fn known_secret(&self, name: &str) -> Result<Option<Vec<u8>>, SharedError> {
        match &self.tables {
            Some(tables) => Ok(tables.known_secret(name).await?),
            None => Ok(secrets::known(self.data.path(), name)?),
        }
    }

    /// Returns the data folder where secrets are files of it, and not rows of a database.
    pub(crate) fn folder_of_secrets(&self) -> Option<PathBuf> {
        let files = self.tables.is_none();
        files.then(|| self.data.path().to_owned())
    }

    /// Returns the data folder.
    pub(crate) fn folder(&self) -> &Path {
        self.data.path()
    }

    /// Says where the secret of a name lies.
    pub(crate) fn place_of(&self, name: &str) -> String {
        match &self.tables {
            Some(_) => format!("row {name} of platform.shared_secrets in the database"),
            None => secrets::file(self.data.path(), name).display().to_string(),
        }
    }

    /// Returns the counters that all processes share.
    pub(crate) fn counters(&self) -> Option<Arc<dyn Counters>> {
        let tables = self.tables.as_ref()?;
        Some(Arc::new(tables.counters()))
    }

    /// Opens the identities of the services that speak through this process.
    pub(crate) async fn identities(
        &self,
        config: &Config,
        services: BTreeSet<String>,
    ) -> Result<Arc<ServiceIdentities>, SharedError> {
        let trusted = &config.mesh.trusted_keys;
        let handed_out = !trusted.as_os_str().is_empty();
        let directory: Arc<dyn KeyDirectory> = match &self.tables {
            _ if handed_out => Arc::new(TrustedKeys::new(trusted.clone())),
            Some(tables) => Arc::new(tables.clone()),
            None => {
                let folder = self.data.announcements().join("identities");
                Arc::new(FolderDirectory::new(folder))
            }
        };
        let days = Duration::from_hours(24 * config.mesh.key_days);
        let settings = IdentitySettings {
            services,
            folder: Some(self.data.path().join("keys").join("identity")),
            // People hand the next one out, too.
            rotate_after: (!handed_out).then_some(days),
        };
        let identities = ServiceIdentities::open(settings, directory, &self.env).await?;
        Ok(Arc::new(identities))
    }
}

#[cfg(test)]
mod tests {
    use sv_store::testing::TestDb;

    use super::*;

    #[tokio::test]
    async fn processes_on_one_folder_share_secrets_and_know_each_others_services() {
        let folder = tempfile::tempdir().unwrap();
        let (data, env) = (DataDir::open(folder.path()).unwrap(), Env::system());
        let tables = DbConfig::sqlite(data.path());
        let one = Shared::open(&tables, &data, &env).await.unwrap();
        let other = Shared::open(&tables, &data, &env).await.unwrap();
        let secret = one.secret("page-tokens").await.unwrap();
        assert_eq!(other.secret("page-tokens").await.unwrap(), secret);

        let (config, named) = (Config::default(), |name: &str| [name.to_owned()].into());
        let auth = one.identities(&config, named("auth")).await.unwrap();
        let users = other.identities(&config, named("users")).await.unwrap();
        let token = auth.token(&"auth".into(), "a.B").unwrap();
        assert_eq!(&*users.verify(&token, "a.B").await.unwrap(), "auth");
        assert!(users.token(&"auth".into(), "a.B").is_err());
    }

    #[tokio::test]
    async fn a_service_of_one_process_is_known_to_another_by_the_shared_tables() {
        for home in TestDb::all(&[]).await {
            let env = Env::system();
            let speaking = async |service: &str| {
                let tables = PlatformStore::open(&home.elsewhere(), home.ctx()).await;
                let settings = IdentitySettings {
                    services: [service.to_owned()].into(),
                    folder: None,
                    rotate_after: None,
                };
                let opened = ServiceIdentities::open(settings, Arc::new(tables.unwrap()), &env);
                opened.await.unwrap()
            };
            let (auth, users) = (speaking("auth").await, speaking("users").await);
            let token = auth.token(&"auth".into(), "a.B").unwrap();
            assert_eq!(&*users.verify(&token, "a.B").await.unwrap(), "auth");
            auth.rotate("auth").await.unwrap();
            assert!(
                users.verify(&token, "a.B").await.is_ok(),
                "the old key's last token"
            );
            let token = auth.token(&"auth".into(), "a.B").unwrap();
            assert_eq!(&*users.verify(&token, "a.B").await.unwrap(), "auth");
        }
    }
}
