//! The keys of playback tokens: shared by all replicas through the table, renewed from time to time.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use sv_kernel::{Clock, Ctx, Error, Result};
use sv_store::{Db, work};
use tokio::{sync::Mutex, time::Instant};

use crate::{
    store,
    token::{Key, Keyring},
};

/// How long a token may outlive the key that signed it: twice the longest title, and a day.
const GRACE: Duration = Duration::from_hours(72);
/// The shortest time between two looks into the table for an unknown key: whoever makes tokens up
/// costs no more.
const PAUSE: Duration = Duration::from_millis(200);

/// The keys of this installation.
#[derive(Debug)]
pub(crate) struct Keys {
    db: Db,
    /// Real time: keys age by it.
    clock: Arc<dyn Clock>,
    life: Duration,
    ring: ArcSwap<Keyring>,
    /// When the last look for an unknown key began; one at a time.
    looked: Mutex<Option<Instant>>,
}

impl Keys {
    /// Reads the keys, and makes the first one.
    pub(crate) async fn load(
        ctx: &Ctx,
        db: Db,
        clock: Arc<dyn Clock>,
        life: Duration,
    ) -> Result<Self> {
        let keys = Self {
            db,
            clock,
            life,
            ring: ArcSwap::from_pointee(Keyring::new(&[])),
            looked: Mutex::default(),
        };
        keys.renew(ctx).await?;
        Ok(keys)
    }

    /// Returns the keys as they are known here.
    pub(crate) fn ring(&self) -> Arc<Keyring> {
        self.ring.load_full()
    }

    /// Returns the keys for reading a token. One that names an unknown key makes us look whether
    /// another replica has made a new one, once for all who wait: a replica may sign with a key that
    /// it made a moment ago.
    pub(crate) async fn ring_for(&self, token: &str) -> Result<Arc<Keyring>> {
        let arrived = Instant::now();
        if self.ring().knows_key_of(token) {
            return Ok(self.ring());
        }
        let mut looked = self.looked.lock().await;
        // A look that began after this token came in has seen whatever there was to see.
        if !self.ring().knows_key_of(token) && looked.is_none_or(|at| at < arrived) {
            if let Some(at) = *looked {
                tokio::time::sleep_until(at + PAUSE).await;
            }
            *looked = Some(Instant::now());
            self.read().await?;
        }
        Ok(self.ring())
    }

    /// Makes a new key where the newest has served its time, and forgets those that nobody holds a
    /// token of any more.
    pub(crate) async fn renew(&self, ctx: &Ctx) -> Result<()> {
        let now = self.clock.now();
        let done = self.db.write(ctx, |tx| {
            work(async move {
                let newest = store::keys::list(tx).await?.first().map(|(_, made)| *made);
                if newest.is_none_or(|made| now.since(made) >= self.life) {
                    store::keys::insert(tx, new_key(ctx), now).await?;
                    store::keys::remove(tx, now - self.life * 2 - GRACE).await?;
                }
                Ok::<_, Error>(())
            })
        });
        done.await?;
        self.read().await
    }

    async fn read(&self) -> Result<()> {
        let keys = store::keys::list(self.db.read()).await?;
        let keys: Vec<_> = keys.into_iter().map(|(key, _)| key).collect();
        self.ring.store(Arc::new(Keyring::new(&keys)));
        Ok(())
    }
}

fn new_key(ctx: &Ctx) -> Key {
    let (mut name, mut secret) = ([0; 6], vec![0; 32]);
    ctx.entropy.fill(&mut name);
    ctx.entropy.fill(&mut secret);
    let kid = hex::encode(name);
    Key { kid, secret }
}

#[cfg(test)]
mod tests {
    use sv_kernel::{MovableClock, Timestamp};
    use sv_store::testing::TestDb;

    use super::*;
    use crate::token::tests::{TITLE, grant};

    #[tokio::test]
    async fn keys_are_shared_renewed_and_forgotten_without_breaking_a_running_play() {
        for db in TestDb::all(store::MIGRATIONS).await {
            let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_000)));
            let (ctx, month) = (db.ctx(), Duration::from_hours(720));
            let load = || Keys::load(&ctx, Db::clone(&db), clock.clone(), month);
            let (one, two) = (load().await.unwrap(), load().await.unwrap());
            let opens =
                |keys: &Keys, token: &str| keys.ring().open(token, TITLE, Timestamp::EPOCH).is_ok();
            let first = one.ring().sign(&grant()).unwrap();
            assert!(opens(&two, &first), "replicas share the key");

            clock.advance(month);
            one.renew(&ctx).await.unwrap();
            let second = one.ring().sign(&grant()).unwrap();
            assert!(opens(&one, &first) && opens(&one, &second));
            assert!(!opens(&two, &second), "the other has not looked yet");
            // Whoever makes tokens up just before does not have it refused.
            two.ring_for("made.up.token").await.unwrap();
            two.ring_for(&second).await.unwrap();
            assert!(opens(&two, &second));

            clock.advance(month * 2);
            one.renew(&ctx).await.unwrap();
            assert!(opens(&one, &second));
            assert!(!opens(&one, &first), "old keys are forgotten");
        }
    }
}
