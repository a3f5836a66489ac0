//! What all processes of an installation share on PostgreSQL, whatever services they run: secrets,
//! the public keys of services, and counters of calls.
//!
//! On one data folder the same things are files; this store is for processes that share a database
//! and nothing else.

use std::collections::BTreeMap;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, Statement};
use sv_kernel::{
    BoxError, Ctx, Tenant, Timestamp,
    service_keys::{KeyDirectory, MOST_KEYS, PublicKey},
};

use crate::{Counters, Db, DbConfig, Migration, Step, StoreError};

/// The name of its schema.
pub const NAME: &str = "platform";

/// Its tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0001_platform",
        steps: &[Step::Sql(
            "CREATE TABLE shared_secrets (
            name TEXT PRIMARY KEY,
            value {bytes} NOT NULL,
            created_at BIGINT NOT NULL
        );
        CREATE TABLE service_keys (
            kid TEXT PRIMARY KEY,
            service TEXT NOT NULL,
            public_key TEXT NOT NULL,
            not_after BIGINT NOT NULL
        );
        CREATE INDEX service_keys_not_after ON service_keys (not_after);
        CREATE TABLE call_counters (
            counter {bytes} PRIMARY KEY,
            window_start BIGINT NOT NULL,
            used BIGINT NOT NULL
        );
        CREATE INDEX call_counters_window ON call_counters (window_start);",
        )],
    },
    Migration {
        // Calls are counted in the table that every schema has.
        id: "0002_no_call_counters",
        steps: &[
            Step::Contract("0002_no_call_counters"),
            Step::Sql("DROP TABLE call_counters;"),
        ],
    },
    Migration {
        id: "0003_test_clocks",
        steps: &[Step::Sql(
            "CREATE TABLE test_clocks (
                tenant TEXT PRIMARY KEY,
                ahead BIGINT NOT NULL
            );",
        )],
    },
];

/// The tables that all processes share. Cheap to clone.
#[derive(Clone, Debug)]
pub struct PlatformStore {
    db: Db,
    ctx: Ctx,
}

impl PlatformStore {
    /// Opens the tables; `ctx` is that of the process's background work.
    pub async fn open(config: &DbConfig, ctx: Ctx) -> Result<Self, StoreError> {
        let db = Db::open(config, NAME, MIGRATIONS).await?;
        Ok(Self { db, ctx })
    }

    /// Returns the counters that all processes share.
    pub fn counters(&self) -> Counters {
        Counters::new(self.db.clone(), self.ctx.clone())
    }

    /// Returns the database, e.g. to ask whether it is there.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Returns the secret of a name, if there is one.
    pub async fn known_secret(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT value FROM shared_secrets WHERE name = $1";
        let select = Statement::from_sql_and_values(self.db.backend(), sql, [name.into()]);
        let row = self.db.read().query_one_raw(select).await?;
        Ok(row.map(|row| row.try_get("", "value")).transpose()?)
    }

    /// Returns by how many microseconds the clocks of tenants were put on (X-PAY-8).
    pub async fn test_clocks(&self) -> Result<BTreeMap<String, u64>, StoreError> {
        let sql = "SELECT tenant, ahead FROM test_clocks LIMIT 1000";
        let select = Statement::from_string(self.db.backend(), sql);
        let rows = self.db.read().query_all_raw(select).await?;
        let clock = |row: sea_orm::QueryResult| {
            let ahead: i64 = row.try_get("", "ahead")?;
            Ok((
                row.try_get("", "tenant")?,
                u64::try_from(ahead).unwrap_or(0),
            ))
        };
        rows.into_iter().map(clock).collect()
    }

    /// Puts the clock of a tenant on, unless it is ahead by as much already.
    pub async fn advance_test_clock(&self, tenant: &Tenant, micros: u64) -> Result<(), StoreError> {
        let tx = self.db.begin(&self.ctx).await?;
        let sql = "INSERT INTO test_clocks (tenant, ahead) VALUES ($1, $2)
                   ON CONFLICT (tenant) DO UPDATE SET ahead = excluded.ahead
                   WHERE test_clocks.ahead < excluded.ahead";
        let micros = i64::try_from(micros).unwrap_or(i64::MAX);
        tx.run(sql, [tenant.as_str().into(), micros.into()]).await?;
        tx.commit().await
    }

    /// Forgets the secret of a name, which is given up.
    pub async fn drop_secret(&self, name: &str) -> Result<(), StoreError> {
        let tx = self.db.begin(&self.ctx).await?;
        let sql = "DELETE FROM shared_secrets WHERE name = $1";
        tx.run(sql, [name.into()]).await?;
        tx.commit().await
    }

    /// Returns the secret of a name, which is `fresh` if there was none: whoever comes first makes
    /// it, and all others read it.
    pub async fn secret(&self, name: &str, fresh: &[u8]) -> Result<Vec<u8>, StoreError> {
        let tx = self.db.begin(&self.ctx).await?;
        let sql = "INSERT INTO shared_secrets (name, value, created_at) VALUES ($1, $2, $3)
                   ON CONFLICT (name) DO NOTHING";
        let now = self.ctx.now().micros();
        tx.run(sql, [name.into(), fresh.into(), now.into()]).await?;
        let sql = "SELECT value FROM shared_secrets WHERE name = $1";
        let row = tx.row(sql, [name.into()]).await?;
        tx.commit().await?;
        let row = row.ok_or_else(|| StoreError::inconsistent("shared_secrets", "value", name))?;
        Ok(row.try_get("", "value")?)
    }
}

#[async_trait]
impl KeyDirectory for PlatformStore {
    async fn publish(&self, key: &PublicKey) -> Result<(), BoxError> {
        let tx = self.db.begin(&self.ctx).await?;
        // A key keeps its service: nobody gives it another name.
        let sql = "INSERT INTO service_keys (kid, service, public_key, not_after)
                   VALUES ($1, $2, $3, $4)
                   ON CONFLICT (kid) DO UPDATE SET not_after = excluded.not_after
                   WHERE service_keys.service = excluded.service
                     AND service_keys.public_key = excluded.public_key";
        let values = [
            key.kid.as_str().into(),
            key.service.as_str().into(),
            key.x.as_str().into(),
            key.not_after.unwrap_or(i64::from(u32::MAX)).into(),
        ];
        let kept = tx.run(sql, values).await?;
        tx.commit().await?;
        if kept == 0 {
            return Err(format!("the key {} is that of another service", key.kid).into());
        }
        Ok(())
    }

    async fn list(&self) -> Result<Vec<PublicKey>, BoxError> {
        let limit = i64::try_from(MOST_KEYS).unwrap_or(i64::MAX);
        let statement = Statement::from_sql_and_values(
            self.db.backend(),
            "SELECT kid, service, public_key, not_after FROM service_keys
             ORDER BY not_after DESC LIMIT $1",
            [limit.into()],
        );
        let rows = self.db.read().query_all_raw(statement).await?;
        let key = |row: sea_orm::QueryResult| {
            Ok(PublicKey {
                kid: row.try_get("", "kid")?,
                service: row.try_get("", "service")?,
                x: row.try_get("", "public_key")?,
                not_after: Some(row.try_get("", "not_after")?),
            })
        };
        rows.into_iter().map(key).collect()
    }

    async fn prune(&self, now: Timestamp) -> Result<(), BoxError> {
        let tx = self.db.begin(&self.ctx).await?;
        let sql = "DELETE FROM service_keys WHERE not_after < $1";
        tx.run(sql, [now.secs().into()]).await?;
        tx.commit().await?;
        Ok(())
    }
}
