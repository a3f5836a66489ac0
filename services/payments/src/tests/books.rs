//! A provider with books, which can be made to lose answers.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use sv_kernel::{BoxError, Id};
use tokio::sync::watch;
use tonic::async_trait;

use crate::{
    domain::{ChargeState, Movement, Payment, PaymentMethod},
    provider::{Cancellation, Charge, PaymentProvider, Refund},
};

/// A provider as it should be, behind a line that fails.
#[derive(Clone, Debug, Default)]
pub(super) struct Books {
    /// How many of the next answers are lost.
    pub(super) lose: Arc<AtomicUsize>,
    /// While set, nothing is heard.
    pub(super) down: Arc<AtomicBool>,
    /// While set, charges wait before they are heard.
    pub(super) hold: Arc<watch::Sender<bool>>,
    /// How many charges were asked for.
    pub(super) asked: Arc<AtomicUsize>,
    /// Whether refunds fail.
    pub(super) refuses_refunds: Arc<AtomicBool>,
    entries: Arc<Mutex<BTreeMap<Id<Payment>, Entry>>>,
}

/// What is in the books about a payment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// How often money was taken.
    pub(super) taken: usize,
    /// How often it was given back.
    pub(super) given_back: usize,
    pub(super) cancelled: bool,
    pub(super) declined: bool,
    pub(super) waits: bool,
}

impl Books {
    pub(super) fn entries(&self) -> MutexGuard<'_, BTreeMap<Id<Payment>, Entry>> {
        self.entries.lock().unwrap()
    }

    /// Counts what was taken and what was given back.
    pub(super) fn moved(&self) -> (usize, usize) {
        let entries = self.entries();
        let taken = entries.values().map(|entry| entry.taken).sum();
        (taken, entries.values().map(|entry| entry.given_back).sum())
    }

    fn reached(&self) -> Result<(), BoxError> {
        if self.down.load(Ordering::SeqCst) {
            return Err("no connection to the provider".into());
        }
        Ok(())
    }

    fn answer<T>(&self, answer: T) -> Result<T, BoxError> {
        let lost = self
            .lose
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        match lost {
            Ok(_) => Err("the connection broke before the answer".into()),
            Err(_) => Ok(answer),
        }
    }

    fn says(payment: &Payment, entry: Entry) -> Charge {
        let state = match entry {
            Entry {
                cancelled: true, ..
            } => ChargeState::Cancelled,
            Entry { declined: true, .. } => ChargeState::Declined,
            Entry { waits: true, .. } => ChargeState::ActionNeeded,
            _ => ChargeState::Confirmed,
        };
        Charge {
            provider_id: format!("book_{}", payment.id),
            state,
            client_secret: if entry.waits {
                "secret".into()
            } else {
                String::new()
            },
        }
    }
}

#[async_trait]
impl PaymentProvider for Books {
    fn name(&self) -> &'static str {
        "books"
    }

    async fn knows(&self, method: &PaymentMethod) -> Result<bool, BoxError> {
        Ok(method.as_str() != "unheard")
    }

    async fn charge(&self, payment: &Payment) -> Result<Charge, BoxError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.hold.subscribe().wait_for(|held| !held).await?;
        self.reached()?;
        let entry = *self.entries().entry(payment.id).or_insert_with(|| {
            let (declined, waits) = match payment.method.as_str() {
                "declined" => (true, false),
                "action" => (false, true),
                _ => (false, false),
            };
            Entry {
                taken: usize::from(!declined && !waits),
                declined,
                waits,
                ..Entry::default()
            }
        });
        self.answer(Self::says(payment, entry))
    }

    async fn confirm(&self, payment: &Payment, secret: &str) -> Result<Charge, BoxError> {
        self.reached()?;
        let entry = {
            let mut entries = self.entries();
            let entry = entries.get_mut(&payment.id).ok_or("never heard of it")?;
            if entry.waits && secret == "secret" {
                entry.waits = false;
                entry.taken += 1;
            }
            *entry
        };
        self.answer(Self::says(payment, entry))
    }

    async fn cancel(&self, payment: &Payment) -> Result<Cancellation, BoxError> {
        self.reached()?;
        let said = match self.entries().get_mut(&payment.id) {
            None => Cancellation::Unknown,
            Some(entry) if entry.taken > 0 => Cancellation::Charged,
            Some(entry) => {
                (entry.cancelled, entry.waits) = (true, false);
                Cancellation::Cancelled
            }
        };
        self.answer(said)
    }

    async fn refund(&self, payment: &Payment) -> Result<Refund, BoxError> {
        self.reached()?;
        let status = if self.refuses_refunds.load(Ordering::SeqCst) {
            Movement::Failed
        } else {
            let mut entries = self.entries();
            let entry = entries.get_mut(&payment.id).ok_or("never heard of it")?;
            // By its key it is given back once.
            entry.given_back = 1;
            Movement::Succeeded
        };
        self.answer(Refund {
            provider_id: format!("refund_{}", payment.id),
            status,
        })
    }
}
