//! The built-in provider: no money moves. The payer's means says how a charge goes.

use async_trait::async_trait;
use sv_kernel::BoxError;

use super::{Cancellation, Charge, ChargeOutcome, Payment, PaymentMethod, PaymentProvider};

/// Confirms `test_ok` and the empty means, declines `test_declined`, and asks the payer to act on
/// `test_action`. An answer follows from the payment alone, so asking again gives the same.
#[derive(Clone, Copy, Debug, Default)]
pub struct TestProvider;

impl TestProvider {
    fn charge_of(payment: &Payment, outcome: ChargeOutcome) -> Charge {
        Charge {
            provider_id: format!("test_{}", payment.id),
            outcome,
        }
    }

    fn secret(payment: &Payment) -> String {
        format!("test_secret_{}", payment.id)
    }
}

#[async_trait]
impl PaymentProvider for TestProvider {
    async fn knows(&self, method: &PaymentMethod) -> Result<bool, BoxError> {
        Ok(["", "test_ok", "test_declined", "test_action"].contains(&method.as_str()))
    }

    async fn charge(&self, payment: &Payment) -> Result<Charge, BoxError> {
        let outcome = match payment.method.as_str() {
            "" | "test_ok" => ChargeOutcome::Confirmed,
            "test_action" => ChargeOutcome::ActionNeeded {
                client_secret: Self::secret(payment),
            },
            _ => ChargeOutcome::Declined,
        };
        Ok(Self::charge_of(payment, outcome))
    }

    /// Giving the secret back is the payer's act.
    async fn confirm(&self, payment: &Payment, client_secret: &str) -> Result<Charge, BoxError> {
        if client_secret == Self::secret(payment) {
            return Ok(Self::charge_of(payment, ChargeOutcome::Confirmed));
        }
        self.charge(payment).await
    }

    /// It keeps no books: what it would have confirmed counts as charged.
    async fn cancel(&self, payment: &Payment) -> Result<Cancellation, BoxError> {
        Ok(match self.charge(payment).await?.outcome {
            ChargeOutcome::Confirmed => Cancellation::Charged,
            ChargeOutcome::ActionNeeded { .. } | ChargeOutcome::Declined => Cancellation::Cancelled,
        })
    }

    async fn refund(&self, _: &Payment) -> Result<(), BoxError> {
        Ok(())
    }
}
