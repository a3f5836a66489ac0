//! Metrics of one hop (OBS-2): the calls of one service to another as the caller sees them, repeats
//! included in the time.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, OnceLock, PoisonError, RwLock},
    time::Duration,
};

use metrics::{Counter, Histogram, counter, histogram};
use tonic::Code;

/// The metrics of a caller's calls to one service.
#[derive(Default)]
pub(super) struct Hop {
    methods: RwLock<HashMap<Box<str>, Arc<Measures>>>,
}

struct Measures {
    seconds: Histogram,
    by_code: [OnceLock<Counter>; 17],
}

impl fmt::Debug for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hop")
    }
}

impl Hop {
    /// Counts a call of `caller` whose answer has begun or failed; `method` is one of the protos', of
    /// which there are so many.
    pub(super) fn record(&self, caller: &Arc<str>, method: &str, code: Code, took: Duration) {
        let measures = self.of(caller, method);
        measures.seconds.record(took.as_secs_f64());
        let place = usize::try_from(i32::from(code)).unwrap_or(2).min(16);
        let calls = measures.by_code[place].get_or_init(|| {
            counter!(
                "streamverse_rpc_client_calls_total",
                "caller" => caller.clone(), "method" => shown(method), "code" => format!("{code:?}")
            )
        });
        calls.increment(1);
    }

    fn of(&self, caller: &Arc<str>, method: &str) -> Arc<Measures> {
        let known = self.methods.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(measures) = known.get(method) {
            return measures.clone();
        }
        drop(known);
        let measures = Arc::new(Measures {
            seconds: histogram!(
                "streamverse_rpc_client_duration_seconds",
                "caller" => caller.clone(), "method" => shown(method)
            ),
            by_code: [const { OnceLock::new() }; 17],
        });
        let mut known = self.methods.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(method.into(), measures.clone());
        measures
    }
}

/// A method as the service's own metrics name it.
fn shown(path: &str) -> String {
    path.trim_start_matches('/').to_owned()
}
