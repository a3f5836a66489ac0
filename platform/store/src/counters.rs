//! Counters in a service's own tables: shared by all of its processes, kept over a restart.

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use sv_kernel::{Ctx, Timestamp};
use sv_ports::{Counter, PortError, PortResult};

use crate::{Db, StoreError};

/// Counts in one service's database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Counters {
    db: Db,
    ctx: Ctx,
}

impl Counters {
    /// Counts by the clock of `ctx`, that of the service's background work.
    pub fn new(db: Db, ctx: Ctx) -> Self {
        Self { db, ctx }
    }

    async fn look(&self, key: &str, now: Timestamp) -> Result<Counter, StoreError> {
        use sea_orm::{ConnectionTrait as _, Statement};
        let sql = "SELECT value, ends_at FROM counters WHERE key = $1 AND ends_at > $2";
        let values = [key.into(), now.micros().into()];
        let statement = Statement::from_sql_and_values(self.db.backend(), sql, values);
        let row = self.db.read().query_one_raw(statement).await?;
        let Some(row) = row else {
            return Ok(counter(0, now, now));
        };
        let (value, ends_at) = (row.try_get("", "value")?, row.try_get("", "ends_at")?);
        Ok(counter(value, Timestamp::from_micros(ends_at), now))
    }

    async fn change(
        &self,
        key: &str,
        by: i64,
        window: Duration,
        now: Timestamp,
    ) -> Result<Counter, StoreError> {
        let tx = self.db.begin(&self.ctx).await?;
        let values = [
            key.into(),
            by.max(0).into(),
            (now + window).micros().into(),
            by.into(),
            now.micros().into(),
        ];
        let row = tx.row(ADD, values).await?;
        // A few at a time, so that they leave as fast as they come.
        tx.run(FORGET, [now.micros().into(), 8_i64.into()]).await?;
        let row = row.ok_or_else(|| StoreError::inconsistent("counters", "value", key))?;
        let (value, ends_at) = (row.try_get("", "value")?, row.try_get("", "ends_at")?);
        tx.commit().await?;
        Ok(counter(value, Timestamp::from_micros(ends_at), now))
    }

    async fn change_all(
        &self,
        additions: &[(String, u32)],
        window: Duration,
        now: Timestamp,
    ) -> Result<Vec<Counter>, StoreError> {
        let mut sorted: Vec<_> = additions.iter().collect();
        // In one order everywhere: two processes that add to the same counters do not block each other.
        sorted.sort();
        let mut counted = HashMap::with_capacity(additions.len());
        for some in sorted.chunks(AT_ONCE) {
            let (sql, ends_at) = (add_all(some.len()), (now + window).micros());
            let mut values: Vec<sea_orm::Value> = vec![now.micros().into(), ends_at.into()];
            for (key, by) in some {
                values.extend([key.as_str().into(), i64::from(*by).into()]);
            }
            let tx = self.db.begin(&self.ctx).await?;
            for row in tx.rows(&sql, values).await? {
                let ends_at = Timestamp::from_micros(row.try_get("", "ends_at")?);
                let key: String = row.try_get("", "key")?;
                counted.insert(key, counter(row.try_get("", "value")?, ends_at, now));
            }
            let twice = i64::try_from(2 * some.len()).unwrap_or(i64::MAX);
            tx.run(FORGET, [now.micros().into(), twice.into()]).await?;
            tx.commit().await?;
        }
        let found = |(key, _): &(String, u32)| {
            let found = counted.get(key).copied();
            found.ok_or_else(|| StoreError::inconsistent("counters", "value", key))
        };
        additions.iter().map(found).collect()
    }
}

/// Counters that one statement changes.
const AT_ONCE: usize = 100;

/// Forgets counters that have ended, those first that ended first.
const FORGET: &str = "DELETE FROM counters WHERE key IN
    (SELECT key FROM counters WHERE ends_at <= $1 ORDER BY ends_at LIMIT $2)";

/// Adds within the window, or begins another where that one is over or nothing was counted.
const ADD: &str = "
    INSERT INTO counters (key, value, ends_at) VALUES ($1, $2, $3)
    ON CONFLICT (key) DO UPDATE SET
        value = CASE
            WHEN counters.ends_at <= $5 THEN excluded.value
            WHEN counters.value + $4 < 0 THEN 0
            ELSE counters.value + $4 END,
        ends_at = CASE
            WHEN counters.ends_at <= $5 OR counters.value = 0 THEN excluded.ends_at
            ELSE counters.ends_at END
    RETURNING value, ends_at";

/// Returns the statement that adds to so many counters: now, the end of a new window, then each key with
/// what is added.
fn add_all(counters: usize) -> String {
    let row = |n: usize| format!("(${}, ${}, $2)", 2 * n + 3, 2 * n + 4);
    let rows: Vec<_> = (0..counters).map(row).collect();
    format!(
        "INSERT INTO counters (key, value, ends_at) VALUES {}
        ON CONFLICT (key) DO UPDATE SET
            value = CASE
                WHEN counters.ends_at <= $1 THEN excluded.value
                ELSE counters.value + excluded.value END,
            ends_at = CASE
                WHEN counters.ends_at <= $1 OR counters.value = 0 THEN excluded.ends_at
                ELSE counters.ends_at END
        RETURNING key, value, ends_at",
        rows.join(", ")
    )
}

fn counter(value: i64, ends_at: Timestamp, now: Timestamp) -> Counter {
    Counter {
        value: u64::try_from(value).unwrap_or_default(),
        resets_in: if value > 0 {
            ends_at.since(now)
        } else {
            Duration::ZERO
        },
    }
}

#[async_trait]
impl sv_ports::Counters for Counters {
    async fn add(&self, key: &str, by: i64, window: Duration) -> PortResult<Counter> {
        if window.is_zero() {
            return Err(PortError::invalid("a counter's window has a length"));
        }
        let now = self.ctx.now();
        let counted = if by == 0 {
            self.look(key, now).await
        } else {
            self.change(key, by, window, now).await
        };
        counted.map_err(|failure| PortError::unavailable("counters", failure))
    }

    async fn add_all(
        &self,
        additions: &[(String, u32)],
        window: Duration,
    ) -> PortResult<Vec<Counter>> {
        if window.is_zero() {
            return Err(PortError::invalid("a counter's window has a length"));
        }
        let counted = self.change_all(additions, window, self.ctx.now()).await;
        counted.map_err(|failure| PortError::unavailable("counters", failure))
    }
}
