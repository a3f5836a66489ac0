//! The built-in provider: no money moves. The payer's means says how a charge goes.

use async_trait::async_trait;
use sv_kernel::BoxError;

use super::{Charge, ChargeOutcome, Payment, PaymentProvider};

/// Confirms every charge but those of `test_declined` and `test_action`. An answer follows from the
/// payment alone, so asking again gives the same.
#[derive(Clone, Copy, Debug, Default)]
pub struct TestProvider;

#[async_trait]
impl PaymentProvider for TestProvider {
    async fn charge(&self, payment: &Payment) -> Result<Charge, BoxError> {
        let outcome = match payment.method.as_str() {
            "test_declined" => ChargeOutcome::Declined,
            "test_action" => ChargeOutcome::ActionNeeded {
                client_secret: format!("test_secret_{}", payment.id),
            },
            _ => ChargeOutcome::Confirmed,
        };
        Ok(Charge {
            provider_id: format!("test_{}", payment.id),
            outcome,
        })
    }
}
