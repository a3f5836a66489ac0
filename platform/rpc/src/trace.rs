//! W3C trace context (OBS-3): the caller's span is the parent of ours, ours that of the next call.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue};
use opentelemetry::{
    Context,
    trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState},
};
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Layer;

use crate::names;

/// A layer that does nothing. Where it stands among a subscriber's layers, spans are exported; where
/// not, their parents need not be read.
#[derive(Clone, Copy, Debug)]
pub struct Exported;

impl<S: Subscriber> Layer<S> for Exported {}

fn exported(span: &Span) -> bool {
    span.with_subscriber(|(_, to)| to.is::<Exported>()) == Some(true)
}

/// Makes the caller's span the parent of `span`, and returns the `traceparent` that named it if that
/// is well formed. Without an exporter nothing is recorded.
pub(crate) fn adopt(span: &Span, headers: &HeaderMap) -> Option<Arc<str>> {
    let came = headers.get(names::TRACEPARENT)?.to_str().ok()?;
    if !is_traceparent(came) {
        return None;
    }
    if exported(span)
        && let Some(parent) = read(came)
    {
        // Fails only where no traces are exported.
        let _ = span.set_parent(Context::new().with_remote_span_context(parent));
    }
    Some(came.into())
}

/// Returns the `traceparent` of calls that the present span makes: its own where traces are
/// exported, else the one that came in.
pub(crate) fn current(came: Option<Arc<str>>) -> Option<Arc<str>> {
    own().or(came)
}

/// Names the present span in the headers of a call, where traces are exported.
pub(crate) fn inject(headers: &mut HeaderMap) {
    if let Some(value) = own().and_then(|text| HeaderValue::from_str(&text).ok()) {
        headers.insert(names::TRACEPARENT, value);
    }
}

fn own() -> Option<Arc<str>> {
    let span = Span::current();
    if !exported(&span) {
        return None;
    }
    let context = span.context();
    let own = context.span().span_context().clone();
    own.is_valid().then(|| write(&own).into())
}

fn write(span: &SpanContext) -> String {
    let (trace, id, flags) = (span.trace_id(), span.span_id(), span.trace_flags().to_u8());
    format!("00-{trace:032x}-{id:016x}-{flags:02x}")
}

/// Says whether a text is a `traceparent` of version 00 (or, by its first four fields, of a later
/// one).
pub fn is_traceparent(text: &str) -> bool {
    let hex = |text: &str, length: usize| {
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        text.len() == length && text.bytes().all(digit)
    };
    let set = |text: &str| text.bytes().any(|byte| byte != b'0');
    let mut parts = text.split('-');
    let mut next = || parts.next().unwrap_or_default();
    let (version, trace, span, flags) = (next(), next(), next(), next());
    let more = parts.next().is_some();
    hex(version, 2)
        && hex(trace, 32)
        && hex(span, 16)
        && hex(flags, 2)
        && set(trace)
        && set(span)
        && text.len() <= 64
        && version != "ff"
        && (version != "00" || !more)
}

/// Reads a `traceparent`, if it is well formed.
fn read(text: &str) -> Option<SpanContext> {
    if !is_traceparent(text) {
        return None;
    }
    let mut parts = text.split('-').skip(1);
    let context = SpanContext::new(
        TraceId::from_hex(parts.next()?).ok()?,
        SpanId::from_hex(parts.next()?).ok()?,
        TraceFlags::new(u8::from_str_radix(parts.next()?, 16).ok()? & 1),
        true,
        TraceState::default(),
    );
    context.is_valid().then_some(context)
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::TracerProvider as _;
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn headers(traceparent: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(names::TRACEPARENT, traceparent.parse().unwrap());
        headers
    }

    #[test]
    fn well_formed_parents_read_back_and_others_are_dropped() {
        assert_eq!(write(&read(PARENT).unwrap()), PARENT);
        for bad in [
            "",
            "00",
            "00-0-0-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
        ] {
            assert!(read(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn without_an_exporter_the_callers_trace_is_passed_on() {
        let came = |text| adopt(&Span::none(), &headers(text));
        assert_eq!(current(came(PARENT)).as_deref(), Some(PARENT));
        assert_eq!(current(came("nonsense")), None);
        let mut out = headers(PARENT);
        inject(&mut out);
        assert_eq!(out[names::TRACEPARENT], PARENT);
    }

    #[test]
    fn with_an_exporter_our_span_continues_the_callers_trace() {
        let provider = opentelemetry_sdk::trace::SdkTracerProvider::default();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
        tracing::subscriber::with_default(
            tracing_subscriber::registry().with(layer).with(Exported),
            || {
                let span = tracing::info_span!("rpc");
                let came = adopt(&span, &headers(PARENT));
                let _inside = span.enter();
                let ours = current(came).unwrap();
                assert_eq!(
                    ours.split('-').nth(1),
                    PARENT.split('-').nth(1),
                    "the same trace"
                );
                assert_ne!(&*ours, PARENT, "another span");
                let mut out = HeaderMap::new();
                inject(&mut out);
                assert_eq!(out[names::TRACEPARENT], *ours);
            },
        );
    }
}
