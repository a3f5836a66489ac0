//! Budgets of what calls aim at: guesses at one account's password, from wherever they come.
//!
//! Guesses are counted for their target in all, and by the network that they come from: before they are
//! tried, so that those at the same time are counted, too; what did not fail is given back. When either
//! is used up, further ones are refused before any work is done for them; one is let through now and
//! then, ever more rarely. None of this concerns places (networks, devices) from which the
//! target was reached before: each has a budget of its own, which strangers cannot use up.

use std::{fmt, net::IpAddr, sync::Arc, time::Duration};

use async_trait::async_trait;
use aws_lc_rs::digest;
use sea_orm::{ConnectionTrait as _, Statement};
use sv_kernel::{
    Ctx, Error, Result, Timestamp, network,
    targets::{Ended, Pass, TargetBudgets},
};
use sv_ports::{Counters, PortError};
use sv_proto::common::CommonReason;

use crate::{Db, StoreError};

/// For how long a place is remembered after it reached its target.
const REMEMBERED: Duration = Duration::from_hours(24 * 180);
/// The most places that are remembered for one target.
const MOST_PLACES: i64 = 32;
/// How much a place's last visit may lie back before it is written anew.
const FRESH: Duration = Duration::from_hours(24);

/// How many guesses may fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TargetLimits {
    /// Of one target, from all places that never reached it together.
    pub in_all: u32,
    /// Of one target, from one network that never reached it.
    pub per_network: u32,
    /// Of one target, from one place that reached it before.
    pub per_known_place: u32,
    /// Within how long.
    pub window: Duration,
    /// How long after the first guess of the window one beyond the budget may be tried; the gap to each
    /// further one is twice as long.
    pub first_delay: Duration,
}

impl Default for TargetLimits {
    fn default() -> Self {
        Self {
            in_all: 10,
            per_network: 5,
            per_known_place: 10,
            window: Duration::from_mins(15),
            first_delay: Duration::from_secs(30),
        }
    }
}

/// The budgets of the targets of one service, for `ServerBuilder::targets`. Cheap to clone.
#[derive(Clone)]
pub struct Targets {
    db: Db,
    counters: Arc<dyn Counters>,
    limits: TargetLimits,
    /// Brings what callers write into the one form of a target.
    normal: fn(&str) -> String,
}

impl fmt::Debug for Targets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Targets")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// Where a call comes from, to one target.
struct Place {
    target: [u8; 32],
    /// The network; strangers whose address is unknown share one.
    network: String,
    device: Option<String>,
}

impl Targets {
    /// Counts in `counters`, and remembers places in the service's tables.
    pub fn new(
        db: Db,
        counters: Arc<dyn Counters>,
        limits: TargetLimits,
        normal: fn(&str) -> String,
    ) -> Self {
        Self {
            db,
            counters,
            limits,
            normal,
        }
    }

    /// Says whether the caller has reached the target from here before.
    pub async fn knows(&self, ctx: &Ctx, target: &str) -> Result<bool> {
        Ok(!self.known(ctx, &self.place(ctx, target)).await?.is_empty())
    }

    /// Lets the caller try the target by another way than a call that names it, with the same budgets,
    /// and notes how that ended. Fails with `RATE_LIMITED` before anything is tried.
    pub async fn guess<T>(
        &self,
        ctx: &Ctx,
        target: &str,
        attempt: impl Future<Output = Result<T>>,
        ended: impl FnOnce(&T) -> Ended,
    ) -> Result<T> {
        let pass = self.admit(ctx, target).await?;
        let tried = attempt.await;
        let ended = tried.as_ref().map_or(Ended::Undone, ended);
        self.settle(ctx, target, pass, ended).await;
        tried
    }

    /// Notes how a try ended. What cannot be noted stays charged.
    async fn settle(&self, ctx: &Ctx, target: &str, pass: Pass, ended: Ended) {
        if let Err(failure) = self.ended(ctx, target, pass, ended).await {
            tracing::warn!(
                error = &failure as &dyn std::error::Error,
                "the budget of a target was not settled"
            );
        }
    }

    /// Remembers that the caller has reached the target from here, by another way than a guess.
    pub async fn reached(&self, ctx: &Ctx, target: &str) -> Result<()> {
        Ok(self.remember(ctx, &self.place(ctx, target)).await?)
    }

    fn place(&self, ctx: &Ctx, target: &str) -> Place {
        let normal = (self.normal)(target);
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(ctx.tenant.as_str().as_bytes());
        context.update(&[0]);
        context.update(normal.as_bytes());
        let mut target = [0; 32];
        target.copy_from_slice(context.finish().as_ref());
        let of_address = |address: IpAddr| network(address).to_string();
        Place {
            target,
            network: ctx.client.map_or_else(|| "unknown".to_owned(), of_address),
            device: ctx.device.as_deref().map(str::to_owned),
        }
    }

    /// Lists by what the caller is known at the target, and since when it was last seen.
    async fn known(&self, ctx: &Ctx, place: &Place) -> Result<Vec<Known>, StoreError> {
        let mut known = Vec::new();
        for name in place.names() {
            let sql = "SELECT seen_at FROM known_places WHERE target = $1 AND place = $2";
            let values = [place.target.to_vec().into(), name.as_str().into()];
            let statement = Statement::from_sql_and_values(self.db.backend(), sql, values);
            let Some(row) = self.db.read().query_one_raw(statement).await? else {
                continue;
            };
            let seen_at = Timestamp::from_micros(row.try_get("", "seen_at")?);
            if seen_at + REMEMBERED > ctx.now() {
                known.push(Known { name, seen_at });
            }
        }
        Ok(known)
    }

    /// Remembers where a call that reached its target came from.
    async fn remember(&self, ctx: &Ctx, place: &Place) -> Result<(), StoreError> {
        let now = ctx.now();
        let known = self.known(ctx, place).await?;
        let fresh = known.iter().filter(|known| known.seen_at + FRESH > now);
        if fresh.count() == place.names().len() {
            return Ok(());
        }
        let tx = self.db.begin(ctx).await?;
        for name in place.names() {
            let sql = "INSERT INTO known_places (target, place, seen_at) VALUES ($1, $2, $3)
                       ON CONFLICT (target, place) DO UPDATE SET seen_at = excluded.seen_at";
            let target = place.target.to_vec();
            tx.run(sql, [target.into(), name.into(), now.micros().into()])
                .await?;
        }
        let sql = "DELETE FROM known_places WHERE target = $1 AND place NOT IN
                   (SELECT place FROM known_places WHERE target = $1
                    ORDER BY seen_at DESC LIMIT $2)";
        tx.run(sql, [place.target.to_vec().into(), MOST_PLACES.into()])
            .await?;
        tx.commit().await
    }

    async fn count(&self, key: &str, by: i64, window: Duration) -> Result<sv_ports::Counter> {
        self.counters.add(key, by, window).await.map_err(failed)
    }

    /// Takes a guess from a budget, or gives it back and says how long to wait.
    async fn take(&self, key: &str, limit: u32) -> Result<Option<Duration>> {
        let counter = self.count(key, 1, self.limits.window).await?;
        if counter.value <= u64::from(limit) {
            return Ok(None);
        }
        self.count(key, -1, self.limits.window).await?;
        Ok(Some(counter.resets_in))
    }

    /// Lets a stranger try, if the target's budgets allow; returns what was charged.
    async fn admit_stranger(&self, place: &Place) -> Result<Vec<String>> {
        let limits = &self.limits;
        let (network, in_all) = (place.key(&place.network), place.key("all"));
        if let Some(wait) = self.take(&network, limits.per_network).await? {
            return Err(refusal(wait));
        }
        // One counter decides, so that of guesses at the same time none slips through between two.
        let all = self.count(&in_all, 1, limits.window).await?;
        let elapsed = limits.window.saturating_sub(all.resets_in);
        let charged = vec![network, in_all];
        let Some(wait) = limits.wait(all.value, elapsed) else {
            return Ok(charged);
        };
        // Whoever is refused uses nothing up.
        for key in &charged {
            self.count(key, -1, limits.window).await?;
        }
        Err(refusal(wait.min(all.resets_in)))
    }
}

impl TargetLimits {
    /// Returns how long strangers wait until one more of them may try, when `guesses` were counted and
    /// the window began `elapsed` ago; nothing where this one may.
    ///
    /// The n-th guess beyond the budget may be tried once `first_delay` × (2ⁿ - 1) of the window have passed.
    fn wait(&self, guesses: u64, elapsed: Duration) -> Option<Duration> {
        let first = self.first_delay.max(Duration::from_secs(1));
        let opens = |beyond: u32| first.saturating_mul((1 << beyond.min(16)) - 1);
        let beyond = (1..16).take_while(|n| opens(*n) <= elapsed).count();
        let allowed = u64::from(self.in_all) + u64::try_from(beyond).unwrap_or_default();
        let next = u32::try_from(beyond + 1).unwrap_or(16);
        (guesses > allowed).then(|| opens(next).saturating_sub(elapsed))
    }
}

/// A place by which a caller is known.
struct Known {
    name: String,
    seen_at: Timestamp,
}

impl Place {
    /// Lists what may be known: the device first, which strangers behind one address do not share.
    fn names(&self) -> Vec<String> {
        let device = self.device.iter().map(|device| {
            let digest = digest::digest(&digest::SHA256, device.as_bytes());
            format!("device {}", hex::encode(&digest.as_ref()[..16]))
        });
        // Whoever has no address that the edge vouches for is nowhere in particular.
        let network = (self.network != "unknown").then(|| format!("network {}", self.network));
        device.chain(network).collect()
    }

    fn key(&self, part: &str) -> String {
        format!("target {} {part}", hex::encode(&self.target[..16]))
    }
}

fn refusal(wait: Duration) -> Error {
    let seconds = wait.as_secs().max(1);
    Error::from(CommonReason::RateLimited)
        .with("seconds", seconds)
        .retry_after(Duration::from_secs(seconds))
}

/// Says what the tables said, where the counters lie in tables.
fn failed(cause: PortError) -> Error {
    let (port, source) = match cause {
        PortError::Unavailable { port, source } => (port, source),
        invalid @ PortError::Invalid(_) => {
            return Error::from(CommonReason::Internal).because(invalid);
        }
    };
    match source.downcast::<StoreError>() {
        Ok(failure) => (*failure).into(),
        Err(source) => {
            Error::from(CommonReason::Unavailable).because(PortError::Unavailable { port, source })
        }
    }
}

#[async_trait]
impl TargetBudgets for Targets {
    async fn admit(&self, ctx: &Ctx, target: &str) -> Result<Pass> {
        let place = self.place(ctx, target);
        let known = self.known(ctx, &place).await?;
        for known in known {
            let key = place.key(&known.name);
            let refused = self.take(&key, self.limits.per_known_place).await?;
            if refused.is_none() {
                let charged = vec![key];
                return Ok(Pass { charged });
            }
        }
        // Where too much failed, one is a stranger as others are.
        let charged = self.admit_stranger(&place).await?;
        Ok(Pass { charged })
    }

    async fn ended(&self, ctx: &Ctx, target: &str, pass: Pass, ended: Ended) -> Result<()> {
        if ended != Ended::Failed {
            for key in pass.charged {
                self.count(&key, -1, self.limits.window).await?;
            }
        }
        if ended == Ended::Reached {
            self.remember(ctx, &self.place(ctx, target)).await?;
        }
        Ok(())
    }
}
