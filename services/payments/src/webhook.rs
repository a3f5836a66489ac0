//! What Stripe tells by itself: the mount that takes its events, bytes and all, because they are signed as they are.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use aws_lc_rs::hmac;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use sv_kernel::{Clock, Ctx, Error, Result};
use sv_proto::{common::CommonReason, payments::PaymentReason};
use sv_rpc::{HttpMount, status};
use tonic::body::Body;

use crate::{
    app::{App, News},
    domain::Fact,
    provider::stripe::{self, SignatureError, Told},
};

/// The largest event that is taken; Stripe's are a few thousand bytes.
const MOST_BYTES: usize = 256 * 1_024;
const SIGNATURE: &str = "stripe-signature";

/// Takes events of Stripe.
#[derive(Clone)]
pub(crate) struct Webhook {
    app: App,
    ctx: Ctx,
    /// Real time: signatures are, whatever the clock of the business says.
    clock: Arc<dyn Clock>,
    secrets: Arc<[hmac::Key]>,
    /// The second at which it was last told why an event was refused.
    told_at: Arc<AtomicI64>,
}

/// How many seconds pass at least between two words about events that are refused: whoever forges many writes no log
/// of ours.
const SILENCE: i64 = 60;

impl Webhook {
    /// Makes one that takes what was signed with one of `secrets`, which stand between commas.
    pub(crate) fn new(app: App, ctx: Ctx, clock: Arc<dyn Clock>, secrets: &str) -> Self {
        let secrets = secrets.split(',').map(str::trim);
        let keys = secrets
            .filter(|secret| !secret.is_empty())
            .map(|secret| hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()));
        Self {
            app,
            ctx,
            clock,
            secrets: keys.collect(),
            told_at: Arc::new(AtomicI64::new(i64::MIN)),
        }
    }

    /// Returns it as a service that can be mounted.
    pub(crate) fn service(self) -> HttpMount {
        HttpMount::new(tower::service_fn(move |request: Request<Body>| {
            let webhook = self.clone();
            async move {
                let answer = match webhook.take(request).await {
                    Ok(()) => received(),
                    Err(refusal) => status(refusal).into_http(),
                };
                Ok::<_, Infallible>(answer)
            }
        }))
    }

    async fn take(&self, request: Request<Body>) -> Result<()> {
        if request.method() != Method::POST {
            return Err(Error::from(CommonReason::MethodNotAllowed).with("allow", "POST"));
        }
        if self.secrets.is_empty() {
            return Err(CommonReason::RouteNotFound.into());
        }
        let signature = request.headers().get(SIGNATURE);
        let signature = signature.and_then(|value| value.to_str().ok());
        let signature = signature.unwrap_or_default().to_owned();
        let body = Limited::new(request.into_body(), MOST_BYTES)
            .collect()
            .await;
        let too_large = |cause| {
            Error::from(CommonReason::TooLarge)
                .with("limit", MOST_BYTES)
                .because(cause)
        };
        let body = body.map_err(too_large)?.to_bytes();
        let now = self.clock.now().secs();
        let verified = stripe::verify(&signature, &body, &self.secrets, now);
        verified.map_err(|why| self.unsigned(why, now))?;
        let event: serde_json::Value = serde_json::from_slice(&body).map_err(|cause| {
            Error::from(CommonReason::JsonInvalid)
                .with("problem", &cause)
                .because(cause)
        })?;
        match stripe::told(&event) {
            Some(told) => self.app.told(&self.ctx, told).await,
            None => Ok(()),
        }
    }
}

impl Webhook {
    /// Returns the refusal of an event, with the reason for operators where none was told lately.
    fn unsigned(&self, why: SignatureError, now: i64) -> Error {
        let error = Error::from(PaymentReason::SignatureInvalid);
        let last = self.told_at.load(Ordering::Relaxed);
        if now.saturating_sub(last) < SILENCE {
            return error;
        }
        self.told_at.store(now, Ordering::Relaxed);
        error.because(match why {
            SignatureError::Unreadable => "there is no signature that can be read",
            SignatureError::Forged => "no secret of ours has signed it",
            SignatureError::Stale => "it was signed too long ago, or the clocks differ",
        })
    }
}

impl App {
    /// Puts an event of Stripe's into force. One about a payment that is not ours is let go by: the account may have
    /// other uses.
    pub(crate) async fn told(&self, ctx: &Ctx, told: Told) -> Result<()> {
        let Some((tenant, id)) = self.named(&told).await? else {
            tracing::debug!(event.id = %told.event, "an event about a payment that is not ours");
            return Ok(());
        };
        let ctx = &ctx.for_tenant(tenant);
        let (payment, _) = self.get(ctx, id).await?;
        let mut told = told;
        if told.sum.is_some_and(|sum| !payment.may_move(sum)) {
            let Fact::Chargeback { minor, .. } = &mut told.fact else {
                // Nobody gets more back than they paid. People have to look at it, and nothing is mended by its being
                // told again.
                tracing::error!(
                    event.id = %told.event,
                    payment.id = %id,
                    "the provider tells of a refund that cannot be of its payment; nothing is booked"
                );
                return Ok(());
            };
            // Banks count in their own currency, and add what they charge: this payment is what they take of ours.
            *minor = payment.amount.minor;
        }
        let news = News {
            facts: vec![told.fact],
            provider_id: told.intent,
            event: Some(told.event),
        };
        self.hear(ctx, id, &news).await?;
        Ok(())
    }
}

fn received() -> Response<Body> {
    let mut response = Response::new(Body::new(http_body_util::Full::from(
        &br#"{"received":true}"#[..],
    )));
    *response.status_mut() = StatusCode::OK;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
