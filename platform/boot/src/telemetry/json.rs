//! Events and the fields of spans as JSON, written straight away. Every request is an event, and every
//! call has a span in which few log a line: `tracing-subscriber`'s own form builds a map of values for
//! each and reads it again.

use std::fmt;

use sv_kernel::{Clock as _, SystemClock};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    span::Record,
};
use tracing_subscriber::{
    field::RecordFields,
    fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields, format::Writer},
    registry::LookupSpan,
};

/// Writes an event as a JSON object on a line of its own: when, how grave, its fields, whose it is, and
/// the span that it belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Json;

impl<S> FormatEvent<S, Fields> for Json
where
    S: Subscriber + for<'l> LookupSpan<'l>,
{
    fn format_event(
        &self,
        ctx: &FmtContext<'_, S, Fields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let (about, now) = (event.metadata(), SystemClock.now());
        write!(
            writer,
            r#"{{"timestamp":"{now}","level":"{}""#,
            about.level()
        )?;
        members(&mut writer, true, event)?;
        write!(writer, r#","target":"{}""#, about.target())?;
        if let Some(span) = ctx.lookup_current() {
            let extensions = span.extensions();
            let fields = extensions.get::<FormattedFields<Fields>>();
            let fields = fields.map_or("{}", |fields| fields.as_str());
            let fields = fields.strip_suffix('}').unwrap_or("{");
            let comma = if fields.len() > 1 { "," } else { "" };
            write!(
                writer,
                r#","span":{fields}{comma}"name":"{}"}}"#,
                span.name()
            )?;
        }
        writer.write_str("}\n")
    }
}

/// Writes fields as the members of a JSON object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields;

impl<'w> FormatFields<'w> for Fields {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'w>, fields: R) -> fmt::Result {
        writer.write_char('{')?;
        members(&mut writer, false, fields)?;
        writer.write_char('}')
    }

    fn add_fields(
        &self,
        current: &'w mut FormattedFields<Self>,
        fields: &Record<'_>,
    ) -> fmt::Result {
        if current.fields.pop().is_none() {
            return self.format_fields(current.as_writer(), fields);
        }
        let some = current.fields.len() > 1;
        members(&mut current.as_writer(), some, fields)?;
        current.fields.push('}');
        Ok(())
    }
}

fn members(writer: &mut Writer<'_>, some: bool, fields: impl RecordFields) -> fmt::Result {
    let mut members = Members {
        writer,
        some,
        written: Ok(()),
    };
    fields.record(&mut members);
    members.written
}

struct Members<'a, 'w> {
    writer: &'a mut Writer<'w>,
    /// Whether there is a member already.
    some: bool,
    written: fmt::Result,
}

impl Members<'_, '_> {
    fn member(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        let comma = if self.some { "," } else { "" };
        let written = write!(self.writer, "{comma}\"{}\":{value}", field.name());
        self.written = self.written.and(written);
        self.some = true;
    }
}

impl Visit for Members<'_, '_> {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.member(field, format_args!("{value}"));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.member(field, format_args!("{value}"));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.member(field, format_args!("{}", serde_json::Value::from(value)));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.member(field, format_args!("{value}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
        if value.bytes().all(plain) {
            return self.member(field, format_args!("\"{value}\""));
        }
        let value = serde_json::Value::from(value);
        self.member(field, format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::{Value, json};
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    /// Returns the one line that is logged.
    fn logged(log: impl FnOnce()) -> Value {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let layer = tracing_subscriber::fmt::layer()
            .fmt_fields(Fields)
            .event_format(Json)
            .with_writer(Mutex::new(Shared(lines.clone())));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), log);
        let lines = lines.lock().unwrap();
        assert!(lines.ends_with(b"}\n"));
        serde_json::from_slice(&lines).unwrap()
    }

    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn any_value_becomes_json() {
        let odd = "a \"quote\",\n\\ and ø";
        let mut line = logged(|| {
            let span =
                tracing::info_span!("s", text = odd, plain = "x-1", count = -3, shown = %odd);
            span.in_scope(|| tracing::warn!(on = true, half = 0.5, none = f64::NAN, "{odd}"));
        });
        let at = line["timestamp"].take();
        assert!(sv_kernel::Timestamp::parse_rfc3339(at.as_str().unwrap()).is_some());
        let expected = json!({
            "timestamp": null, "level": "WARN", "message": odd, "on": true, "half": 0.5,
            "none": null, "target": module_path!(),
            "span": {"name": "s", "text": odd, "plain": "x-1", "count": -3, "shown": odd},
        });
        assert_eq!(line, expected);
    }

    #[test]
    fn a_line_needs_no_span_and_a_span_no_fields() {
        let line = logged(|| tracing::info!("alone"));
        assert_eq!(
            (&line["message"], &line["span"]),
            (&json!("alone"), &Value::Null)
        );
        let line = logged(|| tracing::info_span!("s").in_scope(|| tracing::info!("line")));
        assert_eq!(line["span"], json!({"name": "s"}));
    }

    #[test]
    fn fields_can_be_added_later() {
        for first in [None, Some(1)] {
            let line = logged(|| {
                let span = tracing::info_span!("s", first, second = tracing::field::Empty);
                span.record("second", "2");
                span.in_scope(|| tracing::info!("line"));
            });
            let expected = match first {
                None => json!({"name": "s", "second": "2"}),
                Some(_) => json!({"name": "s", "first": 1, "second": "2"}),
            };
            assert_eq!(line["span"], expected);
        }
    }
}
