//! Fan-out within one process.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use crate::{Fanout as Port, Heard, Listener, PortResult, fanout};

/// The most messages that wait for a listener; then it hears that some are lost.
const WAITING: usize = 256;

/// Tells the listeners of this process.
#[derive(Debug, Default)]
pub struct Fanout {
    subjects: Mutex<HashMap<String, broadcast::Sender<Heard>>>,
}

impl Fanout {
    /// Tells every listener that it may have missed something.
    pub fn lost(&self) {
        for listeners in self.subjects().values() {
            // Without listeners there is nobody to tell.
            let _ = listeners.send(Heard::Lost);
        }
    }

    fn subjects(&self) -> MutexGuard<'_, HashMap<String, broadcast::Sender<Heard>>> {
        self.subjects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Port for Fanout {
    fn publish(&self, subject: &str, message: Bytes) -> PortResult<()> {
        fanout::check(subject, &message)?;
        if let Some(listeners) = self.subjects().get(subject) {
            // Without listeners there is nobody to tell.
            let _ = listeners.send(Heard::Message(message));
        }
        Ok(())
    }

    fn subscribe(&self, subject: &str) -> PortResult<Listener> {
        fanout::check(subject, &[])?;
        let mut subjects = self.subjects();
        subjects.retain(|_, listeners| listeners.receiver_count() > 0);
        let listeners = subjects.entry(subject.to_owned());
        let listeners = listeners.or_insert_with(|| broadcast::channel(WAITING).0);
        Ok(Listener::new(listeners.subscribe()))
    }

    fn reaches(&self) -> bool {
        false
    }

    async fn run(&self, stop: CancellationToken) {
        stop.cancelled().await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::conformance::fanout::Stand;

    async fn stand() -> Stand {
        let fanout = Arc::new(Fanout::default());
        Stand {
            one: fanout.clone(),
            other: fanout,
        }
    }

    crate::fanout_suite!(stand);

    #[test]
    fn subjects_that_nobody_listens_to_are_forgotten() {
        let fanout = Fanout::default();
        for n in 0..1_000 {
            drop(fanout.subscribe(&format!("of.{n}")).unwrap());
        }
        assert_eq!(fanout.subjects().len(), 1);
    }
}
