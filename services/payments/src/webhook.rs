//! What Stripe tells by itself: the mount that takes its events, bytes and all, because they are signed as they are.

use std::{convert::Infallible, sync::Arc};

use aws_lc_rs::hmac;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use sv_kernel::{Clock, Ctx, Error, Result};
use sv_proto::{common::CommonReason, payments::PaymentReason};
use sv_rpc::{BytesPlane, status};
use tonic::body::Body;

use crate::{
    app::{App, News},
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
}

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
        }
    }

    /// Returns it as a service that can be mounted.
    pub(crate) fn service(self) -> BytesPlane {
        BytesPlane::new(tower::service_fn(move |request: Request<Body>| {
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
        stripe::verify(&signature, &body, &self.secrets, now).map_err(unsigned)?;
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

impl App {
    /// Puts an event of Stripe's into force. One about a payment that is not ours is let go by: the account may have
    /// other uses.
    pub(crate) async fn told(&self, ctx: &Ctx, told: Told) -> Result<()> {
        let Some((tenant, id)) = self.named(&told).await? else {
            tracing::debug!(event.id = %told.event, "an event about a payment that is not ours");
            return Ok(());
        };
        let news = News {
            facts: vec![told.fact],
            provider_id: told.intent,
            event: Some(told.event),
        };
        self.hear(&ctx.for_tenant(tenant), id, &news).await?;
        Ok(())
    }
}

fn unsigned(why: SignatureError) -> Error {
    let error = Error::from(PaymentReason::SignatureInvalid);
    error.because(match why {
        SignatureError::Unreadable => "there is no signature that can be read",
        SignatureError::Forged => "no secret of ours has signed it",
        SignatureError::Stale => "it was signed too long ago, or the clocks differ",
    })
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
