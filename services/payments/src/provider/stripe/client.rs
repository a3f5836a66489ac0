//! Requests to Stripe's API: form-encoded, answered in JSON.

use std::{fmt, sync::Arc, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client as Http, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;
use sv_kernel::{BoxError, Entropy};

use super::text;

/// The version of the API that this was written against.
const API_VERSION: &str = "2024-06-20";
/// After the first try (PAY-4).
const RETRIES: u32 = 3;
/// The longest wait before the first retry; each further one doubles it.
const FIRST_WAIT: Duration = Duration::from_millis(200);
/// How long one try may take. All of them together are bounded by whoever asks.
const TIMEOUT: Duration = Duration::from_secs(6);
/// The largest answer that is read.
const MOST_BYTES: usize = 1 << 20;

/// Speaks to Stripe.
pub(super) struct Client {
    http: Http<HttpsConnector<HttpConnector>, Full<Bytes>>,
    /// Without a slash at its end.
    base: String,
    credentials: HeaderValue,
    entropy: Arc<dyn Entropy>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

/// What was answered to a POST.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) body: Value,
    /// Whether it is that of an earlier request with the same key.
    pub(super) replayed: bool,
}

/// Stripe says no.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    /// E.g. `card_error`.
    pub(super) kind: String,
    /// E.g. `resource_missing`.
    pub(super) code: String,
    /// Which parameter is meant.
    pub(super) param: String,
    message: String,
    /// The intent that it is about, or null.
    pub(super) intent: Value,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            status,
            kind,
            code,
            param,
            message,
            ..
        } = self;
        write!(
            f,
            "Stripe refuses ({status} {kind} {code} {param}): {message}"
        )
    }
}

impl std::error::Error for Refusal {}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// A clear no.
    Refused(Box<Refusal>),
    /// Nothing is known of what happened.
    Unclear(BoxError),
}

impl From<Failure> for BoxError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => refusal,
            Failure::Unclear(cause) => cause,
        }
    }
}

/// What became of one try.
enum Tried {
    Answered(Answer),
    Refused(Box<Refusal>),
    /// It may be tried again.
    Again(BoxError),
}

impl Client {
    /// Fails where the key cannot be a header.
    pub(super) fn new(
        url: &str,
        secret_key: &str,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, BoxError> {
        if secret_key.is_empty() {
            return Err(
                "payments.provider is stripe, but payments.stripe_secret_key is empty".into(),
            );
        }
        let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{secret_key}:")));
        let mut credentials = HeaderValue::try_from(basic)?;
        credentials.set_sensitive(true);
        // `https_or_http`: which addresses may go without TLS the settings say.
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())?
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self {
            http: Http::builder(TokioExecutor::new()).build(connector),
            base: url.trim_end_matches('/').to_owned(),
            credentials,
            entropy,
        })
    }

    pub(super) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Failure> {
        let target = if query.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{}", form(query))
        };
        let answer = self.ask(Method::GET, &target, String::new(), None).await?;
        Ok(answer.body)
    }

    pub(super) async fn post(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        key: Option<&str>,
    ) -> Result<Answer, Failure> {
        self.ask(Method::POST, path, form(fields), key).await
    }

    /// Asks until there is an answer, four times at most, with waits that are drawn by chance.
    async fn ask(
        &self,
        method: Method,
        target: &str,
        body: String,
        key: Option<&str>,
    ) -> Result<Answer, Failure> {
        let body = Bytes::from(body);
        for tried in 0..=RETRIES {
            let cause = match self.once(&method, target, body.clone(), key).await {
                Ok(Tried::Answered(answer)) => return Ok(answer),
                Ok(Tried::Refused(refusal)) => return Err(Failure::Refused(refusal)),
                Ok(Tried::Again(cause)) | Err(cause) => cause,
            };
            if tried == RETRIES {
                return Err(Failure::Unclear(cause));
            }
            tracing::debug!(
                tried,
                error = &*cause as &dyn std::error::Error,
                "Stripe is asked again"
            );
            tokio::time::sleep(self.wait(tried)).await;
        }
        Err(Failure::Unclear("Stripe was not asked".into()))
    }

    /// Draws how long to wait: anything up to the bound, so that those who failed together do not come together.
    fn wait(&self, tried: u32) -> Duration {
        let mut drawn = [0; 4];
        self.entropy.fill(&mut drawn);
        let part = f64::from(u32::from_ne_bytes(drawn)) / f64::from(u32::MAX);
        (FIRST_WAIT * (1 << tried)).mul_f64(part)
    }

    async fn once(
        &self,
        method: &Method,
        target: &str,
        body: Bytes,
        key: Option<&str>,
    ) -> Result<Tried, BoxError> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{target}", self.base))
            .header(header::AUTHORIZATION, self.credentials.clone())
            .header("stripe-version", API_VERSION)
            .header(
                header::USER_AGENT,
                concat!("streamverse/", env!("CARGO_PKG_VERSION")),
            );
        if method == Method::POST {
            let form = "application/x-www-form-urlencoded";
            request = request.header(header::CONTENT_TYPE, form);
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let request = request.body(Full::new(body))?;
        let asked = async {
            let (head, body) = self.http.request(request).await?.into_parts();
            let body = Limited::new(body, MOST_BYTES).collect().await?.to_bytes();
            Ok::<_, BoxError>((head, body))
        };
        let (head, body) = tokio::time::timeout(TIMEOUT, asked).await??;
        let status = head.status.as_u16();
        let header = |name: &'static str| head.headers.get(name).map(HeaderValue::as_bytes);
        let read: Result<Value, _> = serde_json::from_slice(&body);
        if head.status.is_success() {
            return Ok(Tried::Answered(Answer {
                body: read?,
                replayed: header("idempotent-replayed") == Some(&b"true"[..]),
            }));
        }
        let refusal = refusal(status, &read.unwrap_or_default());
        // Stripe says itself where trying again makes sense; else what is busy or broken is tried again.
        let again = match header("stripe-should-retry") {
            Some(b"true") => true,
            Some(b"false") => false,
            _ => matches!(status, 409 | 429) || status >= 500,
        };
        Ok(if again || status >= 500 {
            // An error of theirs says nothing of what happened.
            Tried::Again(Box::new(refusal))
        } else {
            Tried::Refused(Box::new(refusal))
        })
    }
}

fn refusal(status: u16, body: &Value) -> Refusal {
    let error = &body["error"];
    let of = |name| text(error, name).to_owned();
    Refusal {
        status,
        kind: of("type"),
        code: of("code"),
        param: of("param"),
        message: of("message"),
        intent: error["payment_intent"].clone(),
    }
}

/// Writes fields as a form (WHATWG URL, application/x-www-form-urlencoded).
fn form(fields: &[(&str, &str)]) -> String {
    let mut written = String::new();
    for (name, value) in fields {
        if !written.is_empty() {
            written.push('&');
        }
        encode(&mut written, name);
        written.push('=');
        encode(&mut written, value);
    }
    written
}

fn encode(written: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => {
                written.push(byte.into());
            }
            b' ' => written.push('+'),
            _ => {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                written.push('%');
                written.push(HEX[usize::from(byte >> 4)].into());
                written.push(HEX[usize::from(byte & 15)].into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_written_as_a_form() {
        let written = form(&[("metadata[payment_id]", "a b&c=é"), ("n", "1")]);
        assert_eq!(written, "metadata%5Bpayment_id%5D=a+b%26c%3D%C3%A9&n=1");
    }
}
