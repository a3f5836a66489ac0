//! Leases: at most one holder at a time over all processes, for a while (relay, jobs).

use std::{sync::Arc, time::Duration};

use sv_kernel::{Clock, Ctx};

use crate::{Db, StoreError, Tx};

/// A right that one holder has until it expires.
///
/// Leases go by the machine's clock, which the replicas must keep within a second or two of each
/// other. Whoever comes too late is stopped by [`Lease::fence`], not by the clock.
#[derive(Clone, Debug)]
pub struct Lease {
    name: String,
    token: i64,
}

/// Gives out leases of one database.
#[derive(Clone, Debug)]
pub struct Leases {
    db: Db,
    clock: Arc<dyn Clock>,
    ttl: Duration,
}

impl Leases {
    /// Gives out leases that last for `ttl` of `clock`, which tells real time.
    pub fn new(db: Db, clock: Arc<dyn Clock>, ttl: Duration) -> Self {
        Self { db, clock, ttl }
    }

    /// Returns how long a lease lasts.
    pub fn ttl(&self) -> Duration {
        self.ttl
    }

    /// Takes the lease if nobody has it.
    pub async fn take(&self, ctx: &Ctx, name: &str) -> Result<Option<Lease>, StoreError> {
        let (now, until) = self.now_and_until();
        let tx = self.db.begin(ctx).await?;
        let sql = "INSERT INTO lease (name, token, expires_at) VALUES ($1, 0, 0)
                   ON CONFLICT (name) DO NOTHING";
        tx.run(sql, [name.into()]).await?;
        let sql = "UPDATE lease SET token = token + 1, expires_at = $1
                   WHERE name = $2 AND expires_at <= $3 RETURNING token";
        let row = tx.row(sql, [until.into(), name.into(), now.into()]).await?;
        let lease = match row {
            Some(row) => Some(Lease {
                name: name.to_owned(),
                token: row.try_get("", "token")?,
            }),
            None => None,
        };
        tx.commit().await?;
        Ok(lease)
    }

    /// Makes the lease last for another while; `false` if somebody else has it by now.
    pub async fn renew(&self, ctx: &Ctx, lease: &Lease) -> Result<bool, StoreError> {
        self.set_expiry(ctx, lease, self.now_and_until().1).await
    }

    /// Gives the lease back, so that another holder need not wait.
    pub async fn give_back(&self, ctx: &Ctx, lease: &Lease) -> Result<(), StoreError> {
        self.set_expiry(ctx, lease, 0).await.map(drop)
    }

    async fn set_expiry(&self, ctx: &Ctx, lease: &Lease, to: i64) -> Result<bool, StoreError> {
        let sql = "UPDATE lease SET expires_at = $1 WHERE name = $2 AND token = $3";
        let tx = self.db.begin(ctx).await?;
        let values = [to.into(), lease.name.as_str().into(), lease.token.into()];
        let kept = tx.run(sql, values).await? > 0;
        tx.commit().await?;
        Ok(kept)
    }

    fn now_and_until(&self) -> (i64, i64) {
        let now = self.clock.now();
        (now.micros(), (now + self.ttl).micros())
    }
}

impl Lease {
    /// Says whether nobody has taken the lease over, and keeps it so until the transaction ends.
    pub async fn fence(&self, tx: &Tx) -> Result<bool, StoreError> {
        // An update takes the row's lock on PostgreSQL.
        let sql = "UPDATE lease SET token = token WHERE name = $1 AND token = $2";
        let held = tx
            .run(sql, [self.name.as_str().into(), self.token.into()])
            .await?;
        Ok(held > 0)
    }
}
