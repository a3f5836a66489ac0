//! Logs, traces and metrics.

pub mod catalogue;
mod json;
mod lines;

use std::{
    io::{self, IsTerminal as _, Stderr},
    time::Duration,
};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::WithExportConfig as _;
use opentelemetry_sdk::trace::SdkTracerProvider;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::{
    EnvFilter, Layer as _, filter::LevelFilter, fmt::writer::BoxMakeWriter,
    layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use json::{Fields, Json};
use lines::Lines;

/// How often measured durations are summed up.
const UPKEEP: Duration = Duration::from_secs(5);

/// How the process tells what it does.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct TelemetryOptions {
    /// `error`, `warn`, `info`, `debug`, `trace`, or a filter such as `info,sv_edge=debug`.
    pub log_level: String,
    /// `text`, `json`, or `auto`: text on a terminal, JSON otherwise.
    pub log_format: LogFormat,
    /// Address of an OTLP gRPC collector for traces, e.g. `http://localhost:4317`; none if empty.
    pub otlp_endpoint: String,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text on a terminal, JSON otherwise.
    Auto,
    /// For people.
    Text,
    /// For machines, one object a line.
    Json,
}

impl Default for TelemetryOptions {
    fn default() -> Self {
        Self {
            log_level: "info".into(),
            log_format: LogFormat::Auto,
            otlp_endpoint: String::new(),
        }
    }
}

impl TelemetryOptions {
    /// Says what is wrong with the filter of logs, if anything is.
    pub fn problem(&self) -> Option<String> {
        self.filter().err().map(|problem| problem.to_string())
    }

    fn filter(&self) -> Result<EnvFilter, TelemetryError> {
        let wrong = || TelemetryError::Filter(self.log_level.clone());
        // A lone word that is no level would be taken for the name of a part of the program, and
        // everything else would fall silent.
        let is_level = |word: &str| !word.trim().is_empty() && word.parse::<LevelFilter>().is_ok();
        let mut directives = self.log_level.split(',');
        if !directives
            .all(|directive| directive.contains(['=', '[', ']', '}']) || is_level(directive))
        {
            return Err(wrong());
        }
        EnvFilter::try_new(&self.log_level).map_err(|_| wrong())
    }
}

/// Telemetry cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The log filter cannot be read.
    #[error("telemetry.log_level {0:?} is not a filter such as info or info,sv_edge=debug")]
    Filter(String),
    /// The trace exporter cannot be made.
    #[error("telemetry.otlp_endpoint is not usable")]
    Otlp(#[from] opentelemetry_otlp::ExporterBuildError),
    /// The thread that writes log lines cannot be started.
    #[error("the thread that writes log lines cannot be started")]
    Lines(#[from] io::Error),
    /// Something else has taken the global recorder or subscriber.
    #[error("telemetry was set up twice")]
    Twice,
}

/// The running telemetry; writes what is left of logs and traces when it ends.
#[derive(Debug)]
pub struct Telemetry {
    metrics: PrometheusHandle,
    lines: Option<Lines<Stderr>>,
    traces: Option<SdkTracerProvider>,
}

/// Sets up logs on stderr, traces and metrics for the whole process. Call it within a runtime.
pub fn start(
    options: &TelemetryOptions,
    service: &'static str,
) -> Result<Telemetry, TelemetryError> {
    let filter = options.filter()?;
    let watched = io::stderr().is_terminal();
    let json = match options.log_format {
        LogFormat::Auto => !watched,
        LogFormat::Text => false,
        LogFormat::Json => true,
    };
    let gathered = if watched {
        None
    } else {
        Some(Lines::to(io::stderr())?)
    };
    let writer = match &gathered {
        Some(lines) => BoxMakeWriter::new(lines.clone()),
        None => BoxMakeWriter::new(io::stderr),
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    let lines = if json {
        lines.fmt_fields(Fields).event_format(Json).boxed()
    } else {
        lines.with_ansi(watched).with_target(false).boxed()
    };
    let traces = tracer(options, service)?;
    let spans = traces
        .as_ref()
        .map(|provider| tracing_opentelemetry::layer().with_tracer(provider.tracer(service)));
    let exported = traces.as_ref().map(|_| sv_rpc::Exported);
    tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .with(spans)
        .with(exported)
        .try_init()
        .map_err(|_| TelemetryError::Twice)?;
    Ok(Telemetry {
        metrics: recorder()?,
        lines: gathered,
        traces,
    })
}

fn tracer(
    options: &TelemetryOptions,
    service: &'static str,
) -> Result<Option<SdkTracerProvider>, TelemetryError> {
    if options.otlp_endpoint.is_empty() {
        return Ok(None);
    }
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_tonic()
        .with_endpoint(&options.otlp_endpoint)
        .build()?;
    let resource = opentelemetry_sdk::Resource::builder()
        .with_service_name(service)
        .build();
    Ok(Some(
        SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource)
            .build(),
    ))
}

fn recorder() -> Result<PrometheusHandle, TelemetryError> {
    // Seconds: from an answer out of memory to the longest deadline.
    let buckets = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
    ];
    let recorder = PrometheusBuilder::new()
        .set_buckets(&buckets)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(|_| TelemetryError::Twice)?;
    catalogue::describe();
    Ok(recorder)
}

/// Sums up what was measured, until it is told to stop: every single duration would be kept
/// otherwise until someone asks for the metrics.
pub async fn upkeep(metrics: PrometheusHandle, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(UPKEEP);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        metrics.run_upkeep();
    }
}

impl Telemetry {
    /// Returns what renders the metrics in Prometheus' text form.
    pub fn metrics(&self) -> PrometheusHandle {
        self.metrics.clone()
    }

    /// Sends what is left of the traces.
    pub fn shutdown(self) {
        if let Some(provider) = &self.traces
            && let Err(failure) = provider.shutdown()
        {
            tracing::warn!(error = %failure, "traces were not all sent");
        }
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(lines) = &self.lines {
            lines.flush();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_no_level_is_no_filter() {
        let problem = |level: &str| {
            let options = TelemetryOptions {
                log_level: level.into(),
                ..TelemetryOptions::default()
            };
            options.problem()
        };
        for good in [
            "info",
            "WARN",
            "off",
            "info,sv_edge=debug",
            "sv_rpc[call{rpc.method}]=trace,warn",
        ] {
            assert_eq!(problem(good), None, "{good}");
        }
        for bad in ["loud", "", "info,loud", "info=loud", "sv_edge"] {
            assert!(problem(bad).is_some(), "{bad}");
        }
    }
}
