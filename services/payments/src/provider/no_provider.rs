//! No provider: nothing is sold.

use async_trait::async_trait;
use sv_kernel::BoxError;

use super::{Cancellation, Charge, PaymentProvider, Refund};
use crate::domain::{Payment, PaymentMethod};

/// Takes no payments. It is not asked for any: use cases refuse before.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NoProvider;

fn nobody<T>() -> Result<T, BoxError> {
    Err("payments.provider is none: nobody takes payments".into())
}

#[async_trait]
impl PaymentProvider for NoProvider {
    fn name(&self) -> &'static str {
        "none"
    }

    fn takes_payments(&self) -> bool {
        false
    }

    async fn knows(&self, _: &PaymentMethod) -> Result<bool, BoxError> {
        Ok(false)
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

    async fn refund(&self, _: &Payment) -> Result<Refund, BoxError> {
        nobody()
    }
}
