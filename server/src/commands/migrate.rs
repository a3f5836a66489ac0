//! `migrate`.

use sv_kernel::BoxError;
use sv_rpc::Env;
use sv_store::Db;

use crate::{
    adapters, cli::MigrateArgs, data_dir::DataDir, installation::Installation, operator::settings,
    selection::Selection, services,
};

/// Brings tables up to date, or lists what would be done.
pub(crate) async fn migrate(args: &MigrateArgs) -> Result<(), BoxError> {
    let (config, folder) = settings(&args.place)?;
    let selection = Selection::parse(&args.services)?;
    let chosen = || {
        let all = services::TABLE.iter();
        all.filter(|entry| selection.has(entry.name))
    };
    if args.dry_run {
        // Not even the folder is made.
        let tables = adapters::tables(&config, &folder)?;
        for entry in chosen() {
            let waiting = Db::pending(&tables, entry.name, entry.migrations).await?;
            if waiting.is_empty() {
                super::line(&format!("{}: up to date", entry.name));
            }
            for id in waiting {
                super::line(&format!("{}: {id} would be applied", entry.name));
            }
        }
        return Ok(());
    }
    let data = DataDir::open(&folder)?;
    let tables = adapters::tables(&config, data.path())?;
    for entry in chosen() {
        // Whoever runs the service has migrated it already.
        let _lock = data.lock(entry.name, (&tables).into())?;
        let one = Selection {
            services: [entry.name].into(),
            edge: false,
        };
        let installation = Installation::open(&data, &config, &one, &Env::system()).await?;
        let before = Db::pending(&tables, entry.name, entry.migrations)
            .await?
            .len();
        let db = Db::open(&tables, entry.name, entry.migrations).await?;
        installation.join(entry.name, &db.mark(installation.id()).await?)?;
        db.close().await?;
        super::line(&format!("{}: {before} applied, up to date", entry.name));
    }
    Ok(())
}
