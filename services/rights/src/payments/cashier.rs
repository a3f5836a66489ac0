//! The way to the service `payments`.

use sv_kernel::{Code, Ctx, Error, Id, Result, User};
use sv_proto::{
    common::CommonReason,
    payments::{
        self as pb, PaymentReason, PaymentStatus as Said,
        payment_service_client::PaymentServiceClient,
    },
    rights::RightsReason,
};
use sv_rpc::{Transport, call, error};

use super::Payment;
use crate::domain::{PaidFor, PaymentMethod};

/// The longest name of a thing on a payer's statement, in characters.
const DESCRIPTION: usize = 200;

/// Asks for money, and for giving it back. Every call may be repeated and has its effect once per payment; an error
/// says nothing about what happened.
#[derive(Clone, Debug)]
pub(crate) struct Cashier(PaymentServiceClient<Transport>);

/// Who pays, and for what in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Payer {
    pub(crate) account: Id<User>,
    pub(crate) description: String,
}

/// What is said of a charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Charge {
    /// The provider's name of the payment.
    pub(crate) provider_id: String,
    pub(crate) outcome: ChargeOutcome,
}

/// How a charge went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ChargeOutcome {
    /// Paid.
    Confirmed,
    /// It is not decided yet.
    Waiting {
        /// With this secret the payer's client has to act; empty where the provider works on it by itself.
        client_secret: String,
    },
    /// Not paid.
    Declined,
}

/// What became of a payment that is no longer wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cancellation {
    /// It will not be charged.
    Cancelled,
    /// It was charged before; it has to be refunded.
    Charged,
    /// The provider has not said yet which of the two.
    Undecided,
    /// Nobody has asked for it: a charge may still be on its way.
    Unknown,
}

impl Charge {
    /// Reads how a payment stands; `None` where that is not known.
    pub(crate) fn read(payment: &pb::Payment, client_secret: String) -> Option<Self> {
        let outcome = match payment.status() {
            Said::Confirmed => ChargeOutcome::Confirmed,
            Said::ActionNeeded | Said::Processing => ChargeOutcome::Waiting { client_secret },
            // What was taken and given back pays for nothing, either.
            Said::Declined
            | Said::Cancelled
            | Said::Cancelling
            | Said::Refunding
            | Said::Refunded
            | Said::ChargedBack => ChargeOutcome::Declined,
            Said::Intended | Said::Unspecified => return None,
        };
        Some(Self {
            provider_id: payment.provider_id.clone(),
            outcome,
        })
    }
}

impl Cashier {
    pub(crate) fn new(payments: Transport) -> Self {
        Self(PaymentServiceClient::new(payments))
    }

    fn client(&self) -> PaymentServiceClient<Transport> {
        self.0.clone()
    }

    async fn ask(&self, ctx: &Ctx, method: &str) -> Result<pb::CheckMethodResponse> {
        let request = pb::CheckMethodRequest {
            payment_method: method.to_owned(),
        };
        let answer = self.client().check_method(call(ctx, request)).await;
        Ok(answer.map_err(error).map_err(ours)?.into_inner())
    }

    /// Says whether anything can be sold.
    pub(crate) async fn takes_payments(&self, ctx: &Ctx) -> Result<bool> {
        Ok(self.ask(ctx, "").await?.takes_payments)
    }

    /// Refuses a means by which nothing can be paid; asked before anything is written.
    pub(crate) async fn check(&self, ctx: &Ctx, method: &PaymentMethod) -> Result<()> {
        let answer = self.ask(ctx, method.as_str()).await?;
        if !answer.takes_payments {
            return Err(RightsReason::PaymentsOff.into());
        }
        if !answer.known {
            return Err(RightsReason::PaymentMethodUnknown.into());
        }
        Ok(())
    }

    /// Charges a payment, or tells how its charge stands if it was charged before.
    pub(crate) async fn charge(
        &self,
        ctx: &Ctx,
        payment: &Payment,
        payer: &Payer,
    ) -> Result<Charge> {
        if payment.amount.minor == 0 {
            return Ok(nothing_to_pay());
        }
        let request = pb::ChargeRequest {
            bill: Some(bill(payment, payer)),
        };
        let answer = self.client().charge(call(ctx, request)).await;
        let answer = answer.map_err(error).map_err(ours)?.into_inner();
        decided(answer.payment, answer.client_secret)
    }

    /// Tells how a payment stands whose payer says that they have acted.
    pub(crate) async fn confirm(
        &self,
        ctx: &Ctx,
        payment: &Payment,
        payer: &Payer,
        client_secret: &str,
    ) -> Result<Charge> {
        if payment.amount.minor == 0 {
            return Ok(nothing_to_pay());
        }
        let request = pb::ConfirmRequest {
            bill: Some(bill(payment, payer)),
            client_secret: client_secret.to_owned(),
        };
        let answer = self.client().confirm(call(ctx, request)).await;
        let answer = answer.map_err(error).map_err(ours)?.into_inner();
        decided(answer.payment, answer.client_secret)
    }

    /// Cancels a payment that was not charged yet.
    pub(crate) async fn cancel(&self, ctx: &Ctx, payment: &Payment) -> Result<Cancellation> {
        if payment.amount.minor == 0 {
            return Ok(Cancellation::Cancelled);
        }
        let request = pb::CancelRequest {
            payment_id: payment.id.to_string(),
        };
        let answer = match self
            .client()
            .cancel(call(ctx, request))
            .await
            .map_err(error)
        {
            Ok(answer) => answer.into_inner(),
            Err(refusal) if refusal.is(&PaymentReason::PaymentNotFound) => {
                return Ok(Cancellation::Unknown);
            }
            Err(refusal) => return Err(ours(refusal)),
        };
        let payment = answer.payment.ok_or_else(nothing_said)?;
        Ok(match payment.status() {
            Said::Cancelled | Said::Declined => Cancellation::Cancelled,
            // Whatever is gone back of it already: what is left is asked for by the refund.
            Said::Confirmed | Said::Refunding | Said::Refunded | Said::ChargedBack => {
                Cancellation::Charged
            }
            _ => Cancellation::Undecided,
        })
    }

    /// Gives the whole of a charged payment back. Returns whether the payer has it.
    pub(crate) async fn refund(&self, ctx: &Ctx, payment: &Payment, payer: &Payer) -> Result<bool> {
        if payment.amount.minor == 0 {
            return Ok(true);
        }
        let request = pb::RefundRequest {
            bill: Some(bill(payment, payer)),
            provider_id: payment.provider_id.clone(),
        };
        let answer = self.client().refund(call(ctx, request)).await;
        let answer = answer.map_err(error).map_err(ours)?.into_inner();
        match answer.payment.ok_or_else(nothing_said)?.status() {
            Said::Refunded | Said::ChargedBack => Ok(true),
            Said::Refunding => Ok(false),
            status => Err(Error::from(CommonReason::Unavailable).because(format!(
                "payment {} cannot be given back by the provider: {}",
                payment.id,
                status.as_str_name()
            ))),
        }
    }
}

fn bill(payment: &Payment, payer: &Payer) -> pb::Bill {
    pb::Bill {
        payment_id: payment.id.to_string(),
        account_id: payer.account.to_string(),
        // Prices have 32 bits (C36).
        amount_minor: i32::try_from(payment.amount.minor).unwrap_or(i32::MAX),
        currency: payment.amount.currency.to_string(),
        payment_method: payment.method.as_str().to_owned(),
        reference: match payment.pays_for {
            PaidFor::Subscription(id) => format!("subscription/{id}/{}", payment.period),
            PaidFor::Order(id) => format!("order/{id}"),
        },
        off_session: !payment.payer_present,
        description: payer.description.chars().take(DESCRIPTION).collect(),
    }
}

/// Takes what is said of a charge. Where that is nothing yet, it is asked again later.
fn decided(payment: Option<pb::Payment>, client_secret: String) -> Result<Charge> {
    let payment = payment.ok_or_else(nothing_said)?;
    Charge::read(&payment, client_secret).ok_or_else(nothing_said)
}

/// What a coupon or credit pays for in full is paid.
fn nothing_to_pay() -> Charge {
    Charge {
        provider_id: String::new(),
        outcome: ChargeOutcome::Confirmed,
    }
}

fn nothing_said() -> Error {
    Error::from(CommonReason::Unavailable).because("the provider has not said how a payment stands")
}

/// Says in our words why payments refused: callers know nothing of it.
fn ours(refusal: Error) -> Error {
    if refusal.is(&PaymentReason::PaymentsOff) {
        return RightsReason::PaymentsOff.into();
    }
    match refusal.info().code {
        Code::Unavailable | Code::DeadlineExceeded => {
            Error::from(CommonReason::Unavailable).because(refusal)
        }
        // The caller's own: signed out meanwhile, too many calls, no room, another call in the way.
        Code::Unauthenticated | Code::ResourceExhausted | Code::Aborted => refusal,
        _ => Error::from(CommonReason::Internal).because(refusal),
    }
}
