//! `keys`: the secrets that a cluster hands out, and the keys that sign access tokens.

mod files;

use sv_auth::{KeyState, Options};
use sv_kernel::{BoxError, Ctx, Timestamp};
use sv_rpc::Env;
use sv_store::Db;

use crate::{
    adapters,
    cli::KeysCommand,
    config::Place,
    operator::{must_be_begun, settings},
};

/// Does what is asked about keys.
pub(crate) async fn keys(command: KeysCommand) -> Result<(), BoxError> {
    match command {
        KeysCommand::Generate {
            dir,
            secret,
            namespace,
        } => files::generate(&dir, &secret, namespace.as_deref()),
        KeysCommand::List(place) => Desk::open(&place).await?.list().await,
        KeysCommand::Rotate(place) => Desk::open(&place).await?.rotate().await,
        KeysCommand::Retire {
            kid,
            end_tokens,
            place,
        } => Desk::open(&place).await?.retire(&kid, end_tokens).await,
    }
}

/// The tables of auth, which hold the keys; a server that runs reads them each minute.
struct Desk {
    db: Db,
    ctx: Ctx,
    now: Timestamp,
    options: Options,
}

impl Desk {
    async fn open(place: &Place) -> Result<Self, BoxError> {
        let (config, folder) = settings(place)?;
        must_be_begun(&config, &folder)?;
        let tables = adapters::tables(&config, &folder)?;
        let auth = &sv_auth::SERVICE;
        if !Db::pending(&tables, auth.name, auth.migrations)
            .await?
            .is_empty()
        {
            return Err("the tables of auth are older than this program; run `streamverse migrate` or start the server".into());
        }
        let env = Env::system();
        Ok(Self {
            db: Db::open(&tables, auth.name, auth.migrations).await?,
            now: env.clock.now(),
            ctx: Ctx::background("operator", env.business_clock, env.entropy),
            options: config.of(auth),
        })
    }

    async fn list(self) -> Result<(), BoxError> {
        let keys = sv_auth::signing_keys(&self.db, self.now, &self.options).await?;
        for key in &keys {
            let state = match key.state {
                KeyState::Verifies { until } => format!("verifies  its last token ends {until}"),
                KeyState::Signs { since } => format!("signs     since {since}"),
                KeyState::Next { from } => format!("next      signs from {from}"),
            };
            super::line(&format!("{}  {state}", key.kid));
        }
        super::line(&format!("{} keys", keys.len()));
        Ok(self.db.close().await?)
    }

    async fn rotate(self) -> Result<(), BoxError> {
        let kid = sv_auth::rotate_signing_keys(&self.db, &self.ctx, self.now, &self.options);
        super::line(&format!(
            "{} signs; every process has taken it up within a minute",
            kid.await?
        ));
        Ok(self.db.close().await?)
    }

    async fn retire(self, kid: &str, end_tokens: bool) -> Result<(), BoxError> {
        let (db, ctx) = (&self.db, &self.ctx);
        sv_auth::retire_signing_key(db, ctx, self.now, &self.options, kid, end_tokens).await?;
        super::line(&format!(
            "{kid} is gone; within two minutes no process takes its tokens"
        ));
        Ok(self.db.close().await?)
    }
}
