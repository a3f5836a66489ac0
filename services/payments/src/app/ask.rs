//! Asks the provider.

use std::time::Duration;

use sv_kernel::{BoxError, Ctx, Result};
use sv_store::work;

use super::{App, News};
use crate::{
    domain::{ChargeState, Fact, OURS, Payment},
    provider::{Cancellation, Charge},
    store::{payers, payments},
};

/// How long the provider may take to move money.
const TIMEOUT: Duration = Duration::from_secs(7);
/// How long it may take to say who or what something is: asked before a charge, it leaves that its time within the
/// deadlines of the calls.
const GLANCE: Duration = Duration::from_secs(2);

/// Waits for the provider.
pub(super) async fn ask<T>(
    answer: impl Future<Output = Result<T, BoxError>>,
) -> Result<T, BoxError> {
    within(TIMEOUT, answer).await
}

/// Waits for the provider to say who or what something is.
pub(super) async fn look_up<T>(
    answer: impl Future<Output = Result<T, BoxError>>,
) -> Result<T, BoxError> {
    within(GLANCE, answer).await
}

async fn within<T>(
    timeout: Duration,
    answer: impl Future<Output = Result<T, BoxError>>,
) -> Result<T, BoxError> {
    match tokio::time::timeout(timeout, answer).await {
        Ok(answer) => answer,
        Err(late) => Err(late.into()),
    }
}

impl App {
    /// Charges a payment, or asks how its charge stands, and writes what the provider says. No clear answer changes
    /// nothing: the job asks again. Returns what the payer's client needs to act, too.
    pub(super) async fn ask_charge(
        &self,
        ctx: &Ctx,
        payment: Payment,
        acted: Option<&str>,
    ) -> Result<(Payment, String)> {
        let payment = match self.with_payer(ctx, payment).await? {
            Ok(payment) => payment,
            Err((payment, cause)) => {
                return Ok((
                    in_doubt(payment, &cause, "question who pays"),
                    String::new(),
                ));
            }
        };
        let answer = match acted {
            Some(secret) => ask(self.provider(ctx).confirm(&payment, secret)).await,
            None => ask(self.provider(ctx).charge(&payment)).await,
        };
        let Charge {
            provider_id,
            state,
            client_secret,
        } = match answer {
            Ok(charge) => charge,
            Err(cause) => return Ok((in_doubt(payment, &cause, "charge"), String::new())),
        };
        let news = News {
            facts: vec![Fact::Charge(state)],
            provider_id,
            event: None,
        };
        let heard = self.hear(ctx, payment.id, &news).await?;
        let payment = heard.unwrap_or(payment);
        // Where it has come further meanwhile, nobody has to act.
        let must_act = payment.charge == ChargeState::ActionNeeded;
        let secret = if must_act {
            client_secret
        } else {
            String::new()
        };
        Ok((payment, secret))
    }

    /// Sees to it that the provider's name of the account is known, where it has one. The name is written before
    /// anything is charged by it.
    async fn with_payer(
        &self,
        ctx: &Ctx,
        payment: Payment,
    ) -> Result<Result<Payment, (Payment, BoxError)>> {
        if !payment.payer.is_empty() {
            return Ok(Ok(payment));
        }
        let (name, account) = (self.provider.name(), payment.account);
        let mut known = payers::find(self.db.read(), ctx, name, account).await?;
        if known.is_none() {
            let given = match look_up(self.provider.payer(account)).await {
                Ok(Some(given)) => given,
                Ok(None) => return Ok(Ok(payment)),
                Err(cause) => return Ok(Err((payment, cause))),
            };
            let given = given.as_str();
            let written = self.db.write(ctx, |tx| {
                work(async move {
                    payers::remember(tx, ctx, name, account, given).await?;
                    payers::find(tx, ctx, name, account).await
                })
            });
            known = written.await?;
        }
        let Some(payer) = known else {
            return Ok(Ok(payment));
        };
        let (id, of) = (payment.id, payer.as_str());
        let written = self
            .db
            .write(ctx, |tx| work(payments::name_payer(tx, ctx, id, of)));
        written.await?;
        Ok(Ok(Payment { payer, ..payment }))
    }

    /// Asks that a payment be not charged, and writes what became of it.
    pub(super) async fn ask_cancel(&self, ctx: &Ctx, payment: Payment) -> Result<Payment> {
        let answer = match ask(self.provider(ctx).cancel(&payment)).await {
            Ok(answer) => answer,
            Err(cause) => return Ok(in_doubt(payment, &cause, "cancellation")),
        };
        let asked = payment.cancel_asked.unwrap_or(payment.updated_at);
        let state = match answer {
            Cancellation::Charged => ChargeState::Confirmed,
            // A charge may be on its way; when that time is over, none comes any more.
            Cancellation::Unknown if asked + super::LEFT_BEHIND > ctx.now() => return Ok(payment),
            Cancellation::Unknown | Cancellation::Cancelled => ChargeState::Cancelled,
        };
        let news = News {
            facts: vec![Fact::Charge(state)],
            ..News::default()
        };
        let heard = self.hear(ctx, payment.id, &news).await?;
        Ok(heard.unwrap_or(payment))
    }

    /// Asks for the refund of a payment, and writes how far it is.
    pub(super) async fn ask_refund(&self, ctx: &Ctx, payment: Payment) -> Result<Payment> {
        let refund = match ask(self.provider(ctx).refund(&payment)).await {
            Ok(refund) => refund,
            Err(cause) => return Ok(in_doubt(payment, &cause, "refund")),
        };
        let minor = payment
            .our_refund()
            .map_or(payment.amount.minor, |ours| ours.minor);
        let news = News {
            facts: vec![Fact::Refund {
                key: OURS.to_owned(),
                provider_id: refund.provider_id,
                minor,
                status: refund.status,
            }],
            ..News::default()
        };
        let heard = self.hear(ctx, payment.id, &news).await?;
        Ok(heard.unwrap_or(payment))
    }
}

/// Leaves a payment as it is whose provider gave no clear answer.
fn in_doubt(payment: Payment, cause: &BoxError, asked: &'static str) -> Payment {
    tracing::warn!(
        payment.id = %payment.id,
        tries = payment.tries,
        error = &**cause as &(dyn std::error::Error + 'static),
        "the provider gave no clear answer to a {asked}"
    );
    payment
}
