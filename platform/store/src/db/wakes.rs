//! Waking other processes of a service: what a commit leaves to be done they hear of at once, where a fan-out reaches
//! them, instead of by their next look at the tables.
//!
//! It is only sooner: whoever waits goes on looking, seldom while the fan-out reaches ([`Db::hears_others`]), and as
//! often as without one while it does not. What it may have missed it takes for told.

use std::sync::Arc;

use bytes::Bytes;
use sv_ports::{Fanout, Heard, PortError};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Db, News};

/// Stands for events in the outbox, beside the bits of [`News`].
const APPENDED: u8 = 1 << 7;
/// All that there may be to do.
const ANYTHING: u8 = u8::MAX;

/// The way to other processes.
#[derive(Debug)]
pub(super) struct Wakes {
    fanout: Arc<dyn Fanout>,
    subject: String,
    /// This process: it has woken itself already.
    me: Uuid,
}

impl Wakes {
    fn tell(&self, left: u8) {
        let mut message = self.me.as_bytes().to_vec();
        message.push(left);
        if let Err(error) = self.fanout.publish(&self.subject, message.into()) {
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "others are not woken"
            );
        }
    }

    /// Reads what another process has left to be done.
    fn read(&self, message: &Bytes) -> Option<u8> {
        let (from, left) = message.split_first_chunk::<16>()?;
        let others = Uuid::from_bytes(*from) != self.me;
        left.first().copied().filter(|_| others)
    }
}

impl Db {
    /// Has this process wake the service's others after its commits, and be woken by theirs until it is told to stop:
    /// once in every process. `me` is its own name.
    ///
    /// Fails where the service's name is no subject.
    pub async fn share_news(
        &self,
        fanout: Arc<dyn Fanout>,
        me: Uuid,
        stop: CancellationToken,
    ) -> Result<(), PortError> {
        let subject = format!("wake.{}", self.service());
        let mut others = fanout.subscribe(&subject)?;
        let wakes = Wakes {
            fanout,
            subject,
            me,
        };
        let wakes = self.0.wakes.get_or_init(|| wakes);
        loop {
            let heard = tokio::select! {
                () = stop.cancelled() => return Ok(()),
                heard = others.next() => heard,
            };
            let left = match &heard {
                Heard::Message(message) => wakes.read(message),
                Heard::Lost => Some(ANYTHING),
            };
            self.wake(left.unwrap_or_default());
        }
    }

    /// Says whether commits of other processes wake this one now: looking is for what is lost then.
    pub(crate) fn hears_others(&self) -> bool {
        let wakes = self.0.wakes.get();
        wakes.is_some_and(|wakes| wakes.fanout.reaches())
    }

    /// Wakes those who wait for what a commit has left, here and elsewhere.
    pub(super) fn wake_all(&self, appended: bool, news: impl Iterator<Item = News>) {
        let bits = news.fold(0, |bits, of| bits | (1 << of as u8));
        let left = if appended { bits | APPENDED } else { bits };
        if left == 0 {
            return;
        }
        self.wake(left);
        if let Some(wakes) = self.0.wakes.get() {
            wakes.tell(left);
        }
    }

    fn wake(&self, left: u8) {
        if left & APPENDED != 0 {
            self.0.appended.notify_one();
        }
        for (n, news) in self.0.news.iter().enumerate() {
            if left & (1 << n) != 0 {
                news.send_modify(|count| *count = count.wrapping_add(1));
            }
        }
    }
}
