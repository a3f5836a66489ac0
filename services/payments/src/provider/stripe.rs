//! Stripe: `PaymentIntents`, refunds and the events that it tells (PAY-1, PAY-4).
//!
//! A payment is one `PaymentIntent`, made and confirmed by one request under the payment's id as idempotency key. Keys
//! are forgotten after a day; what has no answer by then is looked for among the customer's intents instead. The
//! account is a customer at Stripe, so that its means can be charged again: the first charge sets that up
//! (`setup_future_usage`), renewals are charged `off_session`.

mod client;
mod read;
mod signature;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::Value;
use sv_kernel::{BoxError, Clock, Entropy, Id, User};

pub(crate) use read::{Told, told};
pub(crate) use signature::{SignatureError, verify};

use self::{
    client::{Client, Failure, Refusal},
    read::{charge_of, minor_units, refund_of},
};
use super::{Cancellation, Charge, PaymentProvider, Refund};
use crate::{
    Options,
    domain::{ChargeState, Movement, Payment, PaymentMethod},
};

/// The provider's name, by which payments remember who took them.
pub(crate) const NAME: &str = "stripe";
/// Stripe keeps idempotency keys for a day at least.
const KEYS_LAST: Duration = Duration::from_hours(23);
/// How much earlier than ours Stripe's clock may be.
const CLOCKS_DIFFER: i64 = 300;

/// Takes payments at Stripe.
#[derive(Debug)]
pub(crate) struct StripeProvider {
    client: Client,
    clock: Arc<dyn Clock>,
}

impl StripeProvider {
    /// Fails where the settings cannot be used.
    pub(crate) fn new(
        options: &Options,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, BoxError> {
        let client = Client::new(&options.stripe_url, &options.stripe_secret_key, entropy)?;
        Ok(Self { client, clock })
    }

    async fn intent(&self, id: &str) -> Result<Charge, BoxError> {
        let path = format!("/v1/payment_intents/{}", segment(id)?);
        let found = self.client.get(&path, &[]).await?;
        charge_of(&found)
    }

    /// Finds the intent of a payment among those of its customer; the newest hundred since it was intended.
    async fn find(&self, payment: &Payment) -> Result<Option<Charge>, BoxError> {
        if payment.payer.is_empty() {
            // No intent is made before the customer is.
            return Ok(None);
        }
        let since = (payment.created_at.secs() - CLOCKS_DIFFER).to_string();
        let query = [
            ("customer", payment.payer.as_str()),
            ("created[gte]", since.as_str()),
            ("limit", "100"),
        ];
        let listed = self.client.get("/v1/payment_intents", &query).await?;
        let id = payment.id.to_string();
        let mut intents = listed["data"].as_array().into_iter().flatten();
        let found = intents.find(|intent| intent["metadata"]["payment_id"] == id.as_str());
        found.map(charge_of).transpose()
    }

    /// Makes the intent of a payment and confirms it.
    async fn create(&self, payment: &Payment) -> Result<Charge, BoxError> {
        let Some(amount) = minor_units(payment.amount) else {
            return Ok(declined(String::new()));
        };
        let (amount, id) = (amount.to_string(), payment.id.to_string());
        let currency = payment.amount.currency.to_string().to_ascii_lowercase();
        let later = if payment.off_session {
            ("off_session", "true")
        } else {
            ("setup_future_usage", "off_session")
        };
        let form: [(&str, &str); 11] = [
            ("amount", &amount),
            ("currency", &currency),
            ("customer", &payment.payer),
            ("payment_method", payment.method.as_str()),
            ("confirm", "true"),
            later,
            // Payers act within the client; nobody is led away from it and back.
            ("automatic_payment_methods[enabled]", "true"),
            ("automatic_payment_methods[allow_redirects]", "never"),
            ("description", &payment.description),
            ("metadata[payment_id]", &id),
            ("metadata[reference]", &payment.reference),
        ];
        match self
            .client
            .post("/v1/payment_intents", &form, Some(&id))
            .await
        {
            // What was answered then may not be so any more.
            Ok(answer) if answer.replayed => match answer.body["id"].as_str() {
                Some(intent) => self.intent(intent).await,
                None => charge_of(&answer.body),
            },
            Ok(answer) => charge_of(&answer.body),
            Err(Failure::Refused(refusal)) => refused(*refusal),
            Err(Failure::Unclear(cause)) => Err(cause),
        }
    }
}

/// Says what a refusal means for a charge: the payer's means was not taken, or nothing is known.
fn refused(refusal: Refusal) -> Result<Charge, BoxError> {
    let intent = &refusal.intent;
    let of_method = refusal.code == "resource_missing" && refusal.param == "payment_method";
    let unusable = of_method
        || matches!(
            refusal.code.as_str(),
            "amount_too_small"
                | "amount_too_large"
                | "payment_method_unactivated"
                | "payment_method_unexpected_state"
                | "payment_method_invalid_parameter"
        );
    if refusal.kind == "card_error" || unusable {
        let id = intent["id"].as_str().unwrap_or_default();
        return Ok(declined(id.to_owned()));
    }
    Err(refusal.into())
}

fn declined(provider_id: String) -> Charge {
    Charge {
        provider_id,
        state: ChargeState::Declined,
        client_secret: String::new(),
    }
}

/// Takes a name of Stripe's as a part of a path.
fn segment(id: &str) -> Result<&str, BoxError> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if !id.is_empty() && id.len() <= 255 && id.bytes().all(fits) {
        Ok(id)
    } else {
        Err("this is no name of Stripe's".into())
    }
}

#[async_trait]
impl PaymentProvider for StripeProvider {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn knows(&self, method: &PaymentMethod) -> Result<bool, BoxError> {
        let Ok(method) = segment(method.as_str()) else {
            return Ok(false);
        };
        let path = format!("/v1/payment_methods/{method}");
        match self.client.get(&path, &[]).await {
            Ok(_) => Ok(true),
            Err(Failure::Refused(refusal)) if refusal.status == 404 => Ok(false),
            Err(failure) => Err(failure.into()),
        }
    }

    async fn payer(&self, account: Id<User>) -> Result<Option<String>, BoxError> {
        let (account, key) = (account.to_string(), format!("customer-{account}"));
        let form = [("metadata[account_id]", account.as_str())];
        let made = self.client.post("/v1/customers", &form, Some(&key)).await?;
        let id = made.body["id"].as_str();
        Ok(Some(id.ok_or("a customer without an id")?.to_owned()))
    }

    async fn charge(&self, payment: &Payment) -> Result<Charge, BoxError> {
        if !payment.provider_id.is_empty() {
            return self.intent(&payment.provider_id).await;
        }
        if payment.created_at + KEYS_LAST < self.clock.now()
            && let Some(found) = self.find(payment).await?
        {
            return Ok(found);
        }
        self.create(payment).await
    }

    /// The payer's client has told Stripe.
    async fn confirm(&self, payment: &Payment, _: &str) -> Result<Charge, BoxError> {
        self.charge(payment).await
    }

    async fn cancel(&self, payment: &Payment) -> Result<Cancellation, BoxError> {
        let id = if payment.provider_id.is_empty() {
            match self.find(payment).await? {
                Some(found) => found.provider_id,
                None => return Ok(Cancellation::Unknown),
            }
        } else {
            payment.provider_id.clone()
        };
        let path = format!("/v1/payment_intents/{}/cancel", segment(&id)?);
        let state = match self.client.post(&path, &[], None).await {
            Ok(answer) => charge_of(&answer.body)?.state,
            // It has come too far, or was cancelled before.
            Err(Failure::Refused(refusal)) if refusal.code == "payment_intent_unexpected_state" => {
                self.intent(&id).await?.state
            }
            Err(failure) => return Err(failure.into()),
        };
        match state {
            ChargeState::Confirmed => Ok(Cancellation::Charged),
            ChargeState::Cancelled | ChargeState::Declined => Ok(Cancellation::Cancelled),
            _ => Err("Stripe still works on it".into()),
        }
    }

    async fn refund(&self, payment: &Payment) -> Result<Refund, BoxError> {
        let ours = payment.our_refund();
        if let Some(ours) = ours.filter(|ours| !ours.provider_id.is_empty()) {
            let path = format!("/v1/refunds/{}", segment(&ours.provider_id)?);
            return refund_of(&self.client.get(&path, &[]).await?);
        }
        let money = sv_kernel::Money::new(
            ours.map_or(payment.amount.minor, |ours| ours.minor),
            payment.amount.currency,
        );
        let amount = minor_units(money).ok_or("Stripe does not take such a sum")?;
        let (amount, key) = (amount.to_string(), format!("{}-refund", payment.id));
        let form: [(&str, &str); 3] = [
            ("payment_intent", &payment.provider_id),
            ("amount", &amount),
            ("metadata[key]", crate::domain::OURS),
        ];
        match self.client.post("/v1/refunds", &form, Some(&key)).await {
            Ok(answer) => refund_of(&answer.body),
            // Somebody gave it back at Stripe, whose events tell of that; nothing is left for us to give.
            Err(Failure::Refused(refusal)) if refusal.code == "charge_already_refunded" => {
                Ok(Refund {
                    provider_id: String::new(),
                    status: Movement::Failed,
                })
            }
            Err(failure) => Err(failure.into()),
        }
    }
}

/// Reads a text of an object of Stripe's.
fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    of[name].as_str().unwrap_or_default()
}
