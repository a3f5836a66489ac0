//! Metrics of calls (OBS-2): how many, how long, by method and code.

use std::{sync::OnceLock, time::Duration};

use metrics::{Counter, Histogram, counter, histogram};
use tonic::Code;

/// The metrics of one method; looked up once per code.
#[derive(Debug)]
pub(super) struct Measures {
    method: String,
    by_code: [OnceLock<(Counter, Histogram)>; 17],
}

impl Measures {
    pub(super) fn new(path: &str) -> Self {
        Self {
            method: path.trim_start_matches('/').to_owned(),
            by_code: [const { OnceLock::new() }; 17],
        }
    }

    pub(super) fn method(&self) -> &str {
        &self.method
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
                counter!("rpc_calls_total", &labels),
                histogram!("rpc_duration_seconds", &labels),
            )
        });
        calls.increment(1);
        seconds.record(took.as_secs_f64());
    }
}
