//! Every metric of the program: its kind, its labels, and what it says. `/metrics` gives the words as
//! `# HELP`, and docs/operations/metrics.md is written from here.
//!
//! Names follow Prometheus' conventions: base units, `_total` for what is counted, one prefix; those that
//! begin with `process_` are what Prometheus' own clients tell of any process.

use std::fmt::Write as _;

use self::Kind::{Counter, Gauge, Histogram};

/// How a metric behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows, until the process ends.
    Counter,
    /// A figure of this moment.
    Gauge,
    /// Durations, by how many were shorter than each bound.
    Histogram,
}

/// A metric.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// The name as Prometheus knows it; a histogram's without `_bucket`, `_sum` and `_count`.
    pub name: &'static str,
    /// How it behaves.
    pub kind: Kind,
    /// Its labels.
    pub labels: &'static [&'static str],
    /// What it says.
    pub help: &'static str,
}

/// Metrics of one subject.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// What they are about.
    pub title: &'static str,
    /// The metrics.
    pub metrics: &'static [Metric],
}

const fn metric(
    name: &'static str,
    kind: Kind,
    labels: &'static [&'static str],
    help: &'static str,
) -> Metric {
    Metric {
        name,
        kind,
        labels,
        help,
    }
}

/// All metrics of the program.
pub const ALL: &[Subject] = &[
    Subject {
        title: "Requests at the edge",
        metrics: &[
            metric(
                "streamverse_http_requests_total",
                Counter,
                &["route", "method", "status"],
                "requests that the public port answered, REST, gRPC and media, by the template of their path",
            ),
            metric(
                "streamverse_http_request_duration_seconds",
                Histogram,
                &["route", "method"],
                "from a request's head to the head of its answer",
            ),
            metric(
                "streamverse_edge_streams_open",
                Gauge,
                &[],
                "streams of answers that are open at this edge",
            ),
            metric(
                "streamverse_edge_cache_lookups_total",
                Counter,
                &["outcome"],
                "answers that were looked for among the remembered",
            ),
            metric(
                "streamverse_edge_rate_rounds_total",
                Counter,
                &["outcome"],
                "how often this edge told the others, done or failed, how often callers have called",
            ),
            metric(
                "streamverse_edge_rates_untold",
                Gauge,
                &[],
                "callers of whose last calls the other edges have not heard; what is beyond edge.rates.callers is forgotten",
            ),
        ],
    },
    Subject {
        title: "RPCs where they are answered",
        metrics: &[
            metric(
                "streamverse_rpc_calls_total",
                Counter,
                &["method", "code"],
                "calls that a service of this process answered, by their gRPC code",
            ),
            metric(
                "streamverse_rpc_duration_seconds",
                Histogram,
                &["method", "code"],
                "from a call's head to the end of its answer",
            ),
            metric(
                "streamverse_rpc_in_flight",
                Gauge,
                &["svc"],
                "calls under way that are no streams",
            ),
            metric(
                "streamverse_rpc_streams_open",
                Gauge,
                &["method"],
                "streams that are open at a service of this process",
            ),
        ],
    },
    Subject {
        title: "RPCs where they are called (each hop)",
        metrics: &[
            metric(
                "streamverse_rpc_client_calls_total",
                Counter,
                &["caller", "method", "code"],
                "calls of one service to another as the caller saw them end, repeats taken together",
            ),
            metric(
                "streamverse_rpc_client_duration_seconds",
                Histogram,
                &["caller", "method"],
                "from a call to the head of its answer, repeats and their pauses included",
            ),
            metric(
                "streamverse_rpc_client_retries_total",
                Counter,
                &["caller", "peer"],
                "calls that were repeated after a pause",
            ),
            metric(
                "streamverse_breaker_open",
                Gauge,
                &["peer", "method"],
                "1 while calls to a peer, or to one of its methods, are refused or tried out; method * is the way to the peer",
            ),
            metric(
                "streamverse_breaker_opened_total",
                Counter,
                &["peer", "method"],
                "how often a breaker has opened",
            ),
        ],
    },
    Subject {
        title: "Events",
        metrics: &[
            metric(
                "streamverse_outbox_unpublished",
                Gauge,
                &["svc"],
                "events that wait in the outbox",
            ),
            metric(
                "streamverse_outbox_oldest_age_seconds",
                Gauge,
                &["svc"],
                "how long the oldest of them has waited",
            ),
            metric(
                "streamverse_outbox_dead_letters",
                Gauge,
                &["svc"],
                "events that the bus refused for good and nobody has settled yet",
            ),
            metric(
                "streamverse_outbox_buried_total",
                Counter,
                &["svc"],
                "events that became dead letters of the outbox",
            ),
            metric(
                "streamverse_bus_consumer_lag_records",
                Gauge,
                &["group", "topic"],
                "events that a group has not taken up",
            ),
            metric(
                "streamverse_bus_records_handled_total",
                Counter,
                &["group", "topic"],
                "records that were handled",
            ),
            metric(
                "streamverse_bus_records_retried_total",
                Counter,
                &["group", "topic"],
                "tries that failed and are repeated",
            ),
            metric(
                "streamverse_bus_records_dead_total",
                Counter,
                &["group", "topic"],
                "records that were given up and stand in the topic's dead letters",
            ),
            metric(
                "streamverse_bus_dead_letters",
                Gauge,
                &["topic"],
                "dead letters of a topic that nobody has settled; counted once a minute, and all consumers of a topic tell the same",
            ),
        ],
    },
    Subject {
        title: "Jobs, work and tasks",
        metrics: &[
            metric(
                "streamverse_job_runs_total",
                Counter,
                &["task"],
                "turns of jobs by the clock in this process",
            ),
            metric(
                "streamverse_job_failures_total",
                Counter,
                &["task"],
                "turns that failed",
            ),
            metric(
                "streamverse_job_lost_total",
                Counter,
                &["task"],
                "turns that were given up because another process had taken over",
            ),
            metric(
                "streamverse_job_duration_seconds",
                Histogram,
                &["task"],
                "how long turns take",
            ),
            metric(
                "streamverse_job_period_seconds",
                Gauge,
                &["task"],
                "how far turns should be apart",
            ),
            metric(
                "streamverse_job_lag_seconds",
                Gauge,
                &["task"],
                "how late the last turn began in this process",
            ),
            metric(
                "streamverse_mails_total",
                Counter,
                &["svc", "outcome"],
                "mails that the mail server took (sent), that wait for another try (failed), or that it will never take (refused)",
            ),
            metric(
                "streamverse_webhook_attempts_total",
                Counter,
                &["outcome"],
                "requests to webhooks that were taken, were answered by gone (410) or otherwise refused, or that nobody answered (unanswered)",
            ),
            metric(
                "streamverse_webhook_attempt_duration_seconds",
                Histogram,
                &[],
                "how long receivers of webhooks take",
            ),
            metric(
                "streamverse_webhooks_disabled_total",
                Counter,
                &["reason"],
                "webhooks that were disabled because their receiver is gone, has failed for too long, or too much waited for it (backlog)",
            ),
            metric(
                "streamverse_work_open",
                Gauge,
                &["svc"],
                "work that waits or is being done",
            ),
            metric(
                "streamverse_work_oldest_due_seconds",
                Gauge,
                &["svc"],
                "how long the oldest of what waits could have been done",
            ),
            metric(
                "streamverse_work_dead",
                Gauge,
                &["svc"],
                "work that failed for good",
            ),
            metric(
                "streamverse_work_steps_total",
                Counter,
                &["svc", "kind"],
                "parts of work that were done in this process",
            ),
            metric(
                "streamverse_work_failures_total",
                Counter,
                &["svc", "kind"],
                "tries that failed",
            ),
            metric(
                "streamverse_work_died_total",
                Counter,
                &["svc", "kind"],
                "work that was given up",
            ),
            metric(
                "streamverse_work_duration_seconds",
                Histogram,
                &["svc", "kind"],
                "how long a part takes",
            ),
            metric(
                "streamverse_task_restarts_total",
                Counter,
                &["task"],
                "tasks that ended or panicked and were started again",
            ),
            metric(
                "streamverse_task_last_success_timestamp_seconds",
                Gauge,
                &["task"],
                "when a relay, consumer or job last succeeded, in seconds since 1970",
            ),
        ],
    },
    Subject {
        title: "Whether it is well",
        metrics: &[
            metric(
                "streamverse_ready",
                Gauge,
                &[],
                "1 while `/ready` answers 200",
            ),
            metric(
                "streamverse_ready_failing",
                Gauge,
                &["check", "need"],
                "1 while a check of `/ready` fails; need says whether the process is not ready then (hard) or degraded (soft)",
            ),
            metric(
                "streamverse_clock_ahead_seconds",
                Gauge,
                &[],
                "how far the machine's clock is ahead of the process' own after a jump; else 0",
            ),
            metric(
                "streamverse_search_degraded_total",
                Counter,
                &[],
                "searches that the fallback answered",
            ),
            metric(
                "streamverse_search_index_failures_total",
                Counter,
                &[],
                "searches on which the index failed or was too late",
            ),
            metric(
                "streamverse_build_info",
                Gauge,
                &["version"],
                "1; which version runs",
            ),
        ],
    },
    Subject {
        title: "How much is left",
        metrics: &[
            metric(
                "streamverse_connections_open",
                Gauge,
                &["port"],
                "connections that are open",
            ),
            metric(
                "streamverse_connections_limit",
                Gauge,
                &["port"],
                "the most that there may be",
            ),
            metric(
                "streamverse_connections_refused_total",
                Counter,
                &["port"],
                "connections beyond the number in all, or of one address",
            ),
            metric(
                "streamverse_connections_gave_way_total",
                Counter,
                &["port"],
                "idle connections that were closed for a newcomer",
            ),
            metric(
                "streamverse_connections_cut_total",
                Counter,
                &["port"],
                "connections that were ended because nothing moved, or because they did not go when asked",
            ),
            metric(
                "streamverse_tls_handshakes_total",
                Counter,
                &["port", "outcome"],
                "handshakes of a port with TLS: done, failed, late, crowded (no place in time), or plain HTTP in their place",
            ),
            metric(
                "streamverse_tls_certificate_not_after_seconds",
                Gauge,
                &["certificate"],
                "the last moment of the certificate that is shown, in seconds since 1970",
            ),
            metric(
                "streamverse_tls_files_refused",
                Gauge,
                &["certificate"],
                "1 while new files of a certificate cannot be used, and what was shown before stays",
            ),
            metric(
                "streamverse_tls_files_taken_total",
                Counter,
                &["certificate"],
                "new files of a certificate that were taken while the process ran",
            ),
            metric(
                "streamverse_connections_calmed_total",
                Counter,
                &[],
                "connections that were told ENHANCE_YOUR_CALM",
            ),
            metric(
                "streamverse_streams_cut_total",
                Counter,
                &[],
                "answers that their client did not take",
            ),
            metric(
                "streamverse_requests_in_flight",
                Gauge,
                &["port"],
                "requests under way, until their answer is sent",
            ),
            metric(
                "streamverse_requests_limit",
                Gauge,
                &["port"],
                "the most that there may be",
            ),
            metric(
                "streamverse_requests_crowded_total",
                Counter,
                &["port"],
                "requests that were told to come back because too many were under way",
            ),
            metric(
                "streamverse_store_wait_seconds",
                Histogram,
                &["svc"],
                "how long a transaction waits for a connection or, on SQLite, for the one before it",
            ),
            metric(
                "streamverse_store_connections_in_use",
                Gauge,
                &["pool"],
                "connections to tables that are in use; on PostgreSQL one pool per process, else one per service",
            ),
            metric(
                "streamverse_store_connections_limit",
                Gauge,
                &["pool"],
                "the most that there may be",
            ),
            metric(
                "streamverse_auth_hash_threads",
                Gauge,
                &[],
                "passwords that are hashed at once at most",
            ),
            metric(
                "streamverse_auth_hash_busy",
                Gauge,
                &[],
                "passwords that are being hashed",
            ),
            metric(
                "streamverse_auth_hash_waiting",
                Gauge,
                &[],
                "passwords that wait to be hashed",
            ),
            metric(
                "streamverse_auth_hash_refused_total",
                Counter,
                &[],
                "passwords that were not hashed because too many waited",
            ),
            metric(
                "streamverse_disk_free_bytes",
                Gauge,
                &["folder"],
                "room on the disk of the data folder, and of the media",
            ),
            metric(
                "streamverse_disk_size_bytes",
                Gauge,
                &["folder"],
                "size of that disk",
            ),
            metric(
                "streamverse_runtime_tasks",
                Gauge,
                &[],
                "tasks of the program that are alive",
            ),
            metric(
                "streamverse_runtime_waiting_tasks",
                Gauge,
                &[],
                "tasks that wait for a thread",
            ),
            metric(
                "process_open_fds",
                Gauge,
                &[],
                "files that are open, connections included",
            ),
            metric("process_max_fds", Gauge, &[], "the most that may be open"),
            metric("process_resident_memory_bytes", Gauge, &[], "memory in use"),
            metric("process_threads", Gauge, &[], "threads"),
            metric(
                "process_cpu_seconds_total",
                Counter,
                &[],
                "processor time in whole seconds",
            ),
            metric(
                "process_start_time_seconds",
                Gauge,
                &[],
                "when the process began, in seconds since 1970",
            ),
        ],
    },
];

/// Lists all metrics.
pub fn all() -> impl Iterator<Item = &'static Metric> {
    ALL.iter().flat_map(|subject| subject.metrics)
}

/// Has the recorder say what each metric is.
pub(super) fn describe() {
    for metric in all() {
        match metric.kind {
            Counter => metrics::describe_counter!(metric.name, metric.help),
            Gauge => metrics::describe_gauge!(metric.name, metric.help),
            Histogram => metrics::describe_histogram!(metric.name, metric.help),
        }
    }
}

/// Renders all metrics as tables in Markdown.
pub fn markdown() -> String {
    let mut text = String::new();
    for subject in ALL {
        let _ = write!(text, "\n## {}\n\n", subject.title);
        text.push_str("| metric | kind | labels | says |\n|---|---|---|---|\n");
        for metric in subject.metrics {
            let kind = match metric.kind {
                Counter => "counter",
                Gauge => "gauge",
                Histogram => "histogram",
            };
            let labels: Vec<_> = metric
                .labels
                .iter()
                .map(|label| format!("`{label}`"))
                .collect();
            let labels = labels.join(", ");
            let _ = writeln!(
                text,
                "| `{}` | {kind} | {labels} | {} |",
                metric.name, metric.help
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn names_follow_the_conventions_and_are_told_once() {
        let mut seen = std::collections::BTreeSet::new();
        for metric in all() {
            let name = metric.name;
            assert!(seen.insert(name), "{name} stands here twice");
            assert!(
                name.starts_with("streamverse_") || name.starts_with("process_"),
                "{name}"
            );
            assert_eq!(name.ends_with("_total"), metric.kind == Counter, "{name}");
            let in_seconds = metric.kind != Histogram || name.ends_with("_seconds");
            assert!(in_seconds, "{name} has no unit");
            assert!(
                !metric.help.contains('|'),
                "{name}: a table could not show it"
            );
        }
    }

    #[test]
    fn the_page_of_metrics_is_written_from_here() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations/metrics.md");
        let page = fs::read_to_string(&path).unwrap_or_default();
        let (intro, _) = page.split_once("\n## ").unwrap_or((&page, ""));
        let wanted = format!("{}\n{}", intro.trim_end(), markdown());
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, &wanted).unwrap();
        }
        assert!(
            fs::read_to_string(&path).unwrap() == wanted,
            "run UPDATE=1 cargo test -p sv-boot metrics, and review docs/operations/metrics.md"
        );
    }
}
