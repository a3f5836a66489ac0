//! The keys of all processes, as this one last read them.

use std::{collections::HashMap, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::DecodingKey;
use sv_kernel::{
    BoxError, Clock, Error, Result,
    service_keys::{KeyDirectory, MOST_KEYS, PublicKey},
};
use sv_proto::common::CommonReason;
use tokio::time::Instant;

/// The shortest time between two looks for an unknown key: whoever makes ids up costs no more.
const PAUSE: Duration = Duration::from_millis(200);
/// How long one look may take.
const TIMEOUT: Duration = Duration::from_secs(2);

/// A public key of a service, ready for use.
pub(super) struct Known {
    pub(super) service: String,
    pub(super) decoding: DecodingKey,
    public: PublicKey,
}

/// Finds keys by their ids. An unknown one is looked for in the directory once.
pub(super) struct KnownKeys {
    directory: Arc<dyn KeyDirectory>,
    clock: Arc<dyn Clock>,
    keys: ArcSwap<HashMap<String, Arc<Known>>>,
    /// When the last look began; one at a time.
    looked: tokio::sync::Mutex<Option<Instant>>,
}

impl KnownKeys {
    pub(super) fn new(directory: Arc<dyn KeyDirectory>, clock: Arc<dyn Clock>) -> Self {
        Self {
            directory,
            clock,
            keys: ArcSwap::default(),
            looked: tokio::sync::Mutex::default(),
        }
    }

    /// Finds a key that holds now, without I/O.
    pub(super) fn get(&self, kid: &str) -> Option<Arc<Known>> {
        let keys = self.keys.load();
        keys.get(kid)
            .filter(|known| known.public.holds(self.clock.now()))
            .cloned()
    }

    /// Finds a key; for one that is not known the directory is read, once for all who wait.
    pub(super) async fn find(&self, kid: &str) -> Result<Option<Arc<Known>>> {
        let arrived = Instant::now();
        if let Some(known) = self.get(kid) {
            return Ok(Some(known));
        }
        let mut looked = self.looked.lock().await;
        // A look that began after this call came in has seen whatever there was to see.
        if looked.is_none_or(|at| at < arrived) {
            if let Some(at) = *looked {
                tokio::time::sleep_until(at + PAUSE).await;
            }
            *looked = Some(Instant::now());
            let read = self.refresh();
            let unavailable =
                |cause: BoxError| Error::from(CommonReason::Unavailable).because(cause);
            tokio::time::timeout(TIMEOUT, read)
                .await
                .map_err(|cause| unavailable(cause.into()))?
                .map_err(unavailable)?;
        }
        Ok(self.get(kid))
    }

    /// Reads all keys.
    pub(super) async fn refresh(&self) -> Result<(), BoxError> {
        let now = self.clock.now();
        let listed = self.directory.list().await?;
        let keys = listed.into_iter().take(MOST_KEYS);
        let usable = keys.filter(|key| key.holds(now)).filter_map(|public| {
            let bytes = URL_SAFE_NO_PAD.decode(&public.x).ok()?;
            let known = Known {
                service: public.service.clone(),
                decoding: (bytes.len() == 32).then(|| DecodingKey::from_ed_der(&bytes))?,
                public,
            };
            Some((known.public.kid.clone(), Arc::new(known)))
        });
        self.keys.store(Arc::new(usable.collect()));
        Ok(())
    }
}
