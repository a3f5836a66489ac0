//! Metrics of calls (OBS-2): how many, how long, by method and code; and how many are under way.

use std::{sync::OnceLock, time::Duration};

use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};
use tonic::Code;

use crate::policy::MethodPolicy;

/// The metrics of one method; looked up once per code.
#[derive(Debug)]
pub(super) struct Measures {
    method: String,
    /// Of the whole service, or of this method where it streams.
    open: Gauge,
    by_code: [OnceLock<(Counter, Histogram)>; 17],
}

/// A call under way; it is over when this is dropped, however it ended.
#[derive(Debug)]
pub(super) struct UnderWay(Gauge);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

impl Measures {
    pub(super) fn new(policy: &MethodPolicy) -> Self {
        let method = policy.path.trim_start_matches('/').to_owned();
        let open = if policy.client_streaming || policy.server_streaming {
            gauge!("streamverse_rpc_streams_open", "method" => method.clone())
        } else {
            let service = policy.service().split('.').nth(1).unwrap_or_default();
            gauge!("streamverse_rpc_in_flight", "svc" => service.to_owned())
        };
        // What is named is told, though nobody has called yet.
        open.increment(0.0);
        Self {
            method,
            open,
            by_code: [const { OnceLock::new() }; 17],
        }
    }

    pub(super) fn method(&self) -> &str {
        &self.method
    }

    /// Counts a call that has begun.
    pub(super) fn begin(&self) -> UnderWay {
        self.open.increment(1.0);
        UnderWay(self.open.clone())
    }

    /// Counts a call that ended.
    pub(super) fn record(&self, code: Code, took: Duration) {
        let place = usize::try_from(i32::from(code)).unwrap_or(2).min(16);
        let (calls, seconds) = self.by_code[place].get_or_init(|| {
            let labels = [
                ("method", self.method.clone()),
                ("code", format!("{code:?}")),
            ];
            (
                counter!("streamverse_rpc_calls_total", &labels),
                histogram!("streamverse_rpc_duration_seconds", &labels),
            )
        });
        calls.increment(1);
        seconds.record(took.as_secs_f64());
    }
}
