//! Secrets without which something stored is of no use: the tables tell by which secret they are
//! sealed, so that one that was lost or replaced is refused instead of made anew.

use std::path::Path;

use sv_kernel::Ctx;
use sv_rpc::Env;
use sv_store::{Db, DbConfig, seal_of};

use super::{Installation, InstallationError};
use crate::{
    adapters::tables,
    config::Config,
    data_dir::DataDir,
    secrets, services,
    shared::{Shared, SharedError},
};

/// The secret in every password's hash.
pub(crate) const PEPPER: Seal = Seal {
    secret: "password-pepper",
    service: sv_auth::SERVICE.name,
    what: "all passwords",
};
/// The secret that seals PINs.
pub(crate) const PINS: Seal = Seal {
    secret: "profile-pins",
    service: sv_users::SERVICE.name,
    what: "the PINs of profiles",
};

/// The secret that seals those of webhooks.
pub(crate) const WEBHOOKS: Seal = Seal {
    secret: "webhook-secrets",
    service: sv_webhooks::SERVICE.name,
    what: "the secrets of webhooks",
};

/// A secret, and what is sealed by it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seal {
    /// Its name.
    pub(crate) secret: &'static str,
    /// Whose tables are sealed.
    service: &'static str,
    /// What nobody can read without it.
    what: &'static str,
}

/// Every seal.
const ALL: [Seal; 3] = [PEPPER, PINS, WEBHOOKS];

/// Finds the seal of a secret.
pub(crate) fn find(secret: &str) -> Option<&'static Seal> {
    ALL.iter().find(|seal| seal.secret == secret)
}

/// Lists the seals of an installation.
pub(super) fn of(config: &Config) -> Vec<Seal> {
    // Who sets the pepper keeps it.
    let auth: sv_auth::Options = config.of(&sv_auth::SERVICE);
    let made = auth.pepper.is_empty();
    let pepper = made.then_some(PEPPER);
    pepper.into_iter().chain([PINS, WEBHOOKS]).collect()
}

impl Seal {
    /// Returns the secret, which is made where nothing is sealed by one yet. Once the service has taken
    /// it, [`Self::close`] holds it to it.
    pub(crate) async fn secret(
        &self,
        db: &Db,
        shared: &Shared,
        installation: &Installation,
    ) -> Result<Vec<u8>, InstallationError> {
        let Some(sealed) = db.seal(self.secret).await? else {
            return Ok(shared.secret(self.secret).await?);
        };
        let refused = |found: String| {
            let place = shared.place_of(self.secret);
            self.refused(place, found, installation.folder())
        };
        match shared.known_secret(self.secret).await {
            Ok(Some(secret)) if seal_of(&secret) == sealed => Ok(secret),
            Ok(found) => Err(refused(told(found.as_deref()))),
            Err(SharedError::Key(failure)) => Err(refused(format!("cannot be read ({failure})"))),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Seals the tables by the secret from now on.
    pub(crate) async fn close(&self, db: &Db, secret: &[u8]) -> Result<(), InstallationError> {
        if db.seal(self.secret).await?.is_none() {
            db.set_seal(self.secret, &seal_of(secret)).await?;
        }
        Ok(())
    }

    fn refused(&self, place: String, found: String, folder: &Path) -> InstallationError {
        InstallationError::Secret {
            name: self.secret,
            place,
            found,
            service: self.service,
            what: self.what,
            folder: folder.display().to_string(),
        }
    }
}

fn told(found: Option<&[u8]>) -> String {
    let found = if found.is_none() {
        "is missing"
    } else {
        "was replaced by another one"
    };
    found.to_owned()
}

/// Looks whether the secrets in the folder are those by which its tables are sealed.
pub(super) async fn inspect(
    installation: &Installation,
    config: &Config,
) -> Result<(), InstallationError> {
    let folder = installation.folder();
    if !matches!(tables(config, folder)?, DbConfig::Sqlite { .. }) {
        return Ok(());
    }
    for seal in of(config) {
        let sealed = Db::look_at_seals(folder, seal.service).await?;
        let Some(sealed) = sealed.get(seal.secret) else {
            continue;
        };
        let place = secrets::file(folder, seal.secret).display().to_string();
        match secrets::known(folder, seal.secret) {
            Ok(Some(secret)) if seal_of(&secret) == *sealed => {}
            Ok(found) => return Err(seal.refused(place, told(found.as_deref()), folder)),
            Err(failure) => {
                let found = format!("cannot be read ({failure})");
                return Err(seal.refused(place, found, folder));
            }
        }
    }
    Ok(())
}

/// Forgets by which secret the tables were sealed.
pub(super) async fn break_seal(
    seal: &Seal,
    data: &DataDir,
    config: &Config,
    env: &Env,
) -> Result<(), InstallationError> {
    let tables = tables(config, data.path())?;
    let shared = Shared::open(&tables, data, env).await?;
    if let Some(tables) = &shared.tables {
        tables.drop_secret(seal.secret).await?;
    }
    let migrations = services::find(seal.service).map_or(&[][..], |entry| entry.migrations);
    let db = Db::open(&tables, seal.service, migrations).await?;
    db.break_seal(seal.secret).await?;
    if seal.secret == PEPPER.secret {
        let (clock, entropy) = (env.business_clock.clone(), env.entropy.clone());
        let ctx = Ctx::background("operator", clock, entropy);
        sv_auth::give_up_pepper(&db, &ctx).await?;
    }
    Ok(db.close().await?)
}
