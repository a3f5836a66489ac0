//! The built-in provider: no money moves. The payer's means says what becomes of a payment.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use sv_kernel::{BoxError, Clock, Timestamp};

use super::{Cancellation, Charge, PaymentProvider, ProviderEvent, Refund};
use crate::domain::{ChargeState, Fact, Movement, OURS, Payment, PaymentMethod};

/// How long after a payment was intended something happens to it by itself; the next thing comes so long after that.
const LATER: Duration = Duration::from_secs(3);

/// Plays what the means of payment says; docs/operations/payments.md lists them. Everything follows from the payment and the
/// time, so that asking again, after a restart too, gives the same.
#[derive(Clone, Debug)]
pub(crate) struct TestProvider {
    clock: Arc<dyn Clock>,
}

/// What becomes of a payment.
struct Script {
    /// What is answered at first.
    at_once: ChargeState,
    /// What is told later, and after how many times [`LATER`]: in this order, which need not be that in which it
    /// happened.
    later: &'static [(u32, Happens)],
}

/// What happens to a payment by itself.
#[derive(Clone, Copy)]
enum Happens {
    Charge(ChargeState),
    /// The provider's people give it back.
    Refund(Movement),
    Chargeback(Movement),
}

impl Script {
    fn of(method: &PaymentMethod) -> Option<Self> {
        use ChargeState::{ActionNeeded, Confirmed, Declined, Processing};
        use Happens::{Charge, Chargeback, Refund};
        use Movement::{Failed, Pending, Succeeded};
        let (at_once, later): (_, &[_]) = match method.as_str() {
            // Of `test_lost` nothing is known for a while, the answer to its charge included.
            "" | "test_ok" | "test_refund_late" | "test_lost" => (Confirmed, &[]),
            "test_declined" => (Declined, &[]),
            "test_action" => (ActionNeeded, &[]),
            "test_late" => (Processing, &[(1, Charge(Confirmed))]),
            "test_late_declined" => (Processing, &[(1, Charge(Declined))]),
            "test_refunded" => (Confirmed, &[(1, Refund(Succeeded)), (1, Refund(Pending))]),
            "test_chargeback" => (
                Confirmed,
                &[(1, Chargeback(Pending)), (1, Chargeback(Pending))],
            ),
            "test_chargeback_won" => (
                Confirmed,
                &[(1, Chargeback(Pending)), (2, Chargeback(Failed))],
            ),
            // Twice each, and the last of it first.
            "test_unruly" => (
                Processing,
                &[
                    (1, Chargeback(Failed)),
                    (1, Chargeback(Pending)),
                    (1, Charge(Confirmed)),
                    (1, Charge(Processing)),
                    (2, Charge(Confirmed)),
                    (2, Chargeback(Failed)),
                ],
            ),
            _ => return None,
        };
        Some(Self { at_once, later })
    }
}

impl TestProvider {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }

    fn secret(payment: &Payment) -> String {
        format!("test_secret_{}", payment.id)
    }

    /// Says how far the charge has come by now.
    fn state(&self, payment: &Payment) -> ChargeState {
        let Some(script) = Script::of(&payment.method) else {
            return ChargeState::Declined;
        };
        let happened = script
            .later
            .iter()
            .filter(|(times, _)| self.is_over(payment, *times));
        let states = happened.filter_map(|(_, what)| match what {
            Happens::Charge(state) => Some(*state),
            Happens::Refund(_) | Happens::Chargeback(_) => None,
        });
        states.fold(script.at_once, ChargeState::max)
    }

    fn is_over(&self, payment: &Payment, times: u32) -> bool {
        payment.created_at + LATER * times <= self.clock.now()
    }

    /// Says when the refund settles that is asked for.
    fn refund_settles(payment: &Payment) -> Option<Timestamp> {
        let refund = payment.our_refund()?;
        let late = payment.method.as_str() == "test_refund_late";
        Some(refund.created_at + if late { LATER } else { Duration::ZERO })
    }

    fn refund_of(&self, payment: &Payment) -> Refund {
        let settled = Self::refund_settles(payment).is_some_and(|at| at <= self.clock.now());
        Refund {
            provider_id: format!("test_refund_{}", payment.id),
            status: if settled {
                Movement::Succeeded
            } else {
                Movement::Pending
            },
        }
    }
}

#[async_trait]
impl PaymentProvider for TestProvider {
    fn by(&self, clock: &Arc<dyn Clock>) -> Option<Arc<dyn PaymentProvider>> {
        Some(Arc::new(Self::new(clock.clone())))
    }

    fn name(&self) -> &'static str {
        "test"
    }

    async fn knows(&self, method: &PaymentMethod) -> Result<bool, BoxError> {
        Ok(Script::of(method).is_some())
    }

    async fn charge(&self, payment: &Payment) -> Result<Charge, BoxError> {
        if payment.method.as_str() == "test_lost" && !self.is_over(payment, 1) {
            return Err("the connection broke after the charge".into());
        }
        let state = self.state(payment);
        let must_act = state == ChargeState::ActionNeeded;
        Ok(Charge {
            provider_id: format!("test_{}", payment.id),
            state,
            client_secret: if must_act {
                Self::secret(payment)
            } else {
                String::new()
            },
        })
    }

    /// Giving the secret back is the payer's act.
    async fn confirm(&self, payment: &Payment, client_secret: &str) -> Result<Charge, BoxError> {
        let charge = self.charge(payment).await?;
        if charge.client_secret.is_empty() || client_secret != charge.client_secret {
            return Ok(charge);
        }
        Ok(Charge {
            state: ChargeState::Confirmed,
            client_secret: String::new(),
            ..charge
        })
    }

    /// It keeps no books: what it would have confirmed by now counts as charged.
    async fn cancel(&self, payment: &Payment) -> Result<Cancellation, BoxError> {
        if payment.method.as_str() == "test_lost" && !self.is_over(payment, 1) {
            return Ok(Cancellation::Unknown);
        }
        Ok(match self.state(payment) {
            ChargeState::Confirmed => Cancellation::Charged,
            _ => Cancellation::Cancelled,
        })
    }

    async fn refund(&self, payment: &Payment) -> Result<Refund, BoxError> {
        Ok(self.refund_of(payment))
    }

    fn tells_next(&self, payment: &Payment) -> Option<Timestamp> {
        let now = self.clock.now();
        let script = Script::of(&payment.method)?;
        let later = script.later.iter();
        let of_script = later.map(|(times, _)| payment.created_at + LATER * *times);
        let of_refund = Self::refund_settles(payment);
        of_script.chain(of_refund).filter(|at| *at > now).min()
    }

    fn tells(&self, payment: &Payment) -> Vec<ProviderEvent> {
        // What was cancelled in time is never charged.
        if payment.charge == ChargeState::Cancelled {
            return Vec::new();
        }
        let (id, minor) = (payment.id, payment.amount.minor);
        let script = Script::of(&payment.method);
        let later = script
            .iter()
            .flat_map(|script| script.later.iter().enumerate());
        let told = later.filter(|(_, (times, _))| self.is_over(payment, *times));
        let mut events: Vec<_> = told
            .map(|(number, (_, what))| ProviderEvent {
                id: format!("test_event_{id}_{number}"),
                fact: match *what {
                    Happens::Charge(state) => Fact::Charge(state),
                    Happens::Refund(status) => Fact::Refund {
                        key: format!("test_refund_by_hand_{id}"),
                        provider_id: format!("test_refund_by_hand_{id}"),
                        minor,
                        status,
                    },
                    Happens::Chargeback(status) => Fact::Chargeback {
                        provider_id: format!("test_dispute_{id}"),
                        minor,
                        status,
                    },
                },
            })
            .collect();
        if let Some(refund) = payment.our_refund() {
            let Refund {
                provider_id,
                status,
            } = self.refund_of(payment);
            if status == Movement::Succeeded {
                events.push(ProviderEvent {
                    id: format!("test_event_{id}_refund"),
                    fact: Fact::Refund {
                        key: OURS.to_owned(),
                        provider_id,
                        minor: refund.minor,
                        status,
                    },
                });
            }
        }
        events
    }
}
