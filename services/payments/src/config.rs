//! Settings.

use serde::{Deserialize, Serialize};
use sv_boot::config::{Bounds, Setting, Text, texts};

/// Who takes the payments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// The built-in provider, which moves no money: for tests and demonstrations.
    #[default]
    Test,
    /// Stripe.
    Stripe,
    /// Nobody: nothing is sold. What was sold before goes on until its paid period ends.
    None,
}

/// The service's settings; the default suits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Who takes the payments: `test`, which moves no money, `stripe`, or `none`, which sells nothing.
    pub provider: Provider,
    /// Seconds between two looks for payments that wait for their provider.
    pub job_period_seconds: u64,
    /// Days for which the ids of events that the provider has told are remembered: one that comes again later than
    /// that is read again, which changes nothing. Stripe repeats an event for three days.
    pub event_days: u32,
    /// The secret key of Stripe's API, `sk_…` or a restricted one, `rk_…`.
    pub stripe_secret_key: String,
    /// The secret of the endpoint for events at Stripe, `whsec_…`; while it is changed several between commas. Empty,
    /// no events are taken: payments are asked for instead, so that what happens at Stripe alone is never heard of.
    pub stripe_webhook_secret: String,
    /// Where Stripe's API is.
    pub stripe_url: String,
}

/// Keys and secrets are left out.
impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("provider", &self.provider)
            .field("job_period_seconds", &self.job_period_seconds)
            .field("event_days", &self.event_days)
            .field("stripe_url", &self.stripe_url)
            .finish_non_exhaustive()
    }
}

/// Where an API is: elsewhere only by TLS.
const API: Text = Text {
    form: "an https address without a path, or http on this machine",
    examples: &["https://api.stripe.com", "http://127.0.0.1:12111"],
    fits: |text| {
        let rest = text.strip_prefix("https://");
        let here = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
        let here = here.iter().find_map(|prefix| {
            let rest = text.strip_prefix(prefix)?;
            (rest.is_empty() || rest.starts_with(':')).then_some("localhost")
        });
        let host = rest.or(here).unwrap_or_default();
        let path = text.trim_end_matches('/').matches('/').count();
        !host.is_empty() && path == 2 && text.parse::<http::Uri>().is_ok()
    },
};

/// What the settings may be.
pub(crate) const SETTINGS: &[Setting] = &[
    Setting::ruled(
        "payments.provider",
        Bounds::OneOf(&["test", "stripe", "none"]),
    ),
    Setting::free("payments.job_period_seconds", Bounds::Number(1, 3_600)),
    Setting::free("payments.event_days", Bounds::Number(4, 3_650)),
    Setting::ruled("payments.stripe_secret_key", Bounds::Text(texts::SECRET)),
    Setting::ruled(
        "payments.stripe_webhook_secret",
        Bounds::Text(texts::SECRET),
    ),
    Setting::free("payments.stripe_url", Bounds::Text(API)),
];

impl Default for Options {
    fn default() -> Self {
        Self {
            provider: Provider::default(),
            job_period_seconds: 5,
            event_days: 90,
            stripe_secret_key: String::new(),
            stripe_webhook_secret: String::new(),
            stripe_url: "https://api.stripe.com".to_owned(),
        }
    }
}
