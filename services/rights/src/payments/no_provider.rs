//! No provider: nothing is sold.

use async_trait::async_trait;
use sv_kernel::BoxError;

use super::{Cancellation, Charge, Payment, PaymentMethod, PaymentProvider};

/// Takes no payments. It is not asked for any: use cases refuse before.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoProvider;

fn nobody<T>() -> Result<T, BoxError> {
    Err("rights.payments is none: nobody takes payments".into())
}

#[async_trait]
impl PaymentProvider for NoProvider {
    async fn knows(&self, _: &PaymentMethod) -> Result<bool, BoxError> {
        nobody()
    }

    async fn charge(&self, _: &Payment) -> Result<Charge, BoxError> {
        nobody()
    }

    async fn confirm(&self, _: &Payment, _: &str) -> Result<Charge, BoxError> {
        nobody()
    }

    async fn cancel(&self, _: &Payment) -> Result<Cancellation, BoxError> {
        nobody()
    }

    async fn refund(&self, _: &Payment) -> Result<(), BoxError> {
        nobody()
    }

    fn takes_payments(&self) -> bool {
        false
    }
}
