//! Budgets of several edges: each counts by itself, so that no call waits for another machine, and tells
//! the others a few times a second what it has counted. Until then a caller who goes from edge to edge may
//! have as many calls too many as pass in that time, and as long as nobody can be told, a budget at each.

use std::{
    collections::HashSet,
    mem,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sv_ports::{Counters, PortResult};

use super::{Counted, Rates, WINDOW, Who};

/// How long the shared counter of a window is kept: longer than any clock is wrong.
const KEPT: Duration = Duration::from_mins(3);
/// What one round tells at most; the rest waits for the next.
const TOLD_AT_ONCE: usize = 2_000;

/// Counters of which the other edges have not heard all.
#[derive(Debug)]
pub(super) struct Untold {
    counters: Arc<dyn Counters>,
    noted: Mutex<HashSet<Counted>>,
    /// The most that are noted: as many as are counted, while the others cannot be told.
    most: usize,
}

impl Untold {
    /// Notes that there is something to tell.
    pub(super) fn note(&self, counted: Counted) {
        let mut noted = self.noted();
        if noted.len() < self.most {
            noted.insert(counted);
        }
    }

    /// Counts what there is to tell.
    pub(super) fn len(&self) -> usize {
        self.noted().len()
    }

    fn noted(&self) -> std::sync::MutexGuard<'_, HashSet<Counted>> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes some of what there is to tell.
    fn take(&self) -> Vec<Counted> {
        let mut noted = self.noted();
        if noted.len() <= TOLD_AT_ONCE {
            return mem::take(&mut *noted).into_iter().collect();
        }
        let some: Vec<_> = noted.iter().take(TOLD_AT_ONCE).copied().collect();
        for counted in &some {
            noted.remove(counted);
        }
        some
    }
}

/// One counter's part of a round.
struct Part {
    counted: Counted,
    number: i64,
    by: u32,
}

impl Rates {
    /// Counts together with all who share these counters.
    pub(crate) fn shared(self, counters: Arc<dyn Counters>) -> Self {
        let untold = Untold {
            counters,
            noted: Mutex::default(),
            most: usize::try_from(self.options.callers).unwrap_or(usize::MAX),
        };
        Self {
            untold: Some(untold),
            ..self
        }
    }

    /// Tells the other edges what was counted here since the last time, and learns what they counted.
    /// Where that fails nothing is lost: it is told the next time.
    pub(crate) async fn share(&self) -> PortResult<()> {
        let Some(untold) = &self.untold else {
            return Ok(());
        };
        let parts: Vec<_> = untold
            .take()
            .into_iter()
            .filter_map(|counted| self.part(counted))
            .collect();
        if parts.is_empty() {
            tell_untold(untold);
            return Ok(());
        }
        let additions: Vec<_> = parts.iter().map(|part| (key(part), part.by)).collect();
        let told = untold.counters.add_all(&additions, KEPT).await;
        rounds(if told.is_ok() { DONE } else { FAILED }).increment(1);
        let shared = match told {
            Ok(counters) => {
                for (part, counter) in parts.iter().zip(counters) {
                    self.learn(part, u32::try_from(counter.value).unwrap_or(u32::MAX));
                }
                Ok(())
            }
            Err(failure) => {
                for part in &parts {
                    self.keep(part, untold);
                }
                Err(failure)
            }
        };
        tell_untold(untold);
        shared
    }

    /// Takes what is to be told of a counter, unless its window is over.
    fn part(&self, counted: Counted) -> Option<Part> {
        let now = self.clock.now().secs().div_euclid(WINDOW);
        let window = self.windows.get(&counted)?;
        let mut window = window.lock().unwrap_or_else(PoisonError::into_inner);
        let (number, by) = (window.number, mem::take(&mut window.untold));
        (number == now && by > 0).then_some(Part {
            counted,
            number,
            by,
        })
    }

    /// Learns what all edges together have counted.
    fn learn(&self, part: &Part, total: u32) {
        if let Some(window) = self.windows.get(&part.counted) {
            let mut window = window.lock().unwrap_or_else(PoisonError::into_inner);
            if window.number == part.number {
                // What was counted meanwhile is not in it; and where the counters were lost, what was known is
                // more than they say now.
                window.used = window.used.max(total.saturating_add(window.untold));
            }
        }
    }

    /// Keeps what could not be told for the next time.
    fn keep(&self, part: &Part, untold: &Untold) {
        if let Some(window) = self.windows.get(&part.counted) {
            let mut window = window.lock().unwrap_or_else(PoisonError::into_inner);
            if window.number == part.number {
                window.untold = window.untold.saturating_add(part.by);
                untold.note(part.counted);
            }
        }
    }
}

/// What rounds come to.
const DONE: &str = "done";
const FAILED: &str = "failed";

/// Tells the figures of what has not happened yet.
pub(super) fn begin_figures() {
    for outcome in [DONE, FAILED] {
        rounds(outcome).increment(0);
    }
    metrics::gauge!("streamverse_edge_rates_untold").set(0.0);
}

fn rounds(outcome: &'static str) -> metrics::Counter {
    metrics::counter!("streamverse_edge_rate_rounds_total", "outcome" => outcome)
}

fn tell_untold(untold: &Untold) {
    let callers = u32::try_from(untold.len()).unwrap_or(u32::MAX);
    metrics::gauge!("streamverse_edge_rates_untold").set(f64::from(callers));
}

/// Names the shared counter of a window.
fn key(part: &Part) -> String {
    let (budget, who) = part.counted;
    let who = match who {
        Who::Address(address) => address.to_string(),
        Who::Account(account) => account.to_string(),
    };
    format!("edge.rate/{}/{who}/{}", budget.name(), part.number)
}
