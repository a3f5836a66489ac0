//! The fields of spans as JSON. Every call has a span, and few of them log a line within it: the
//! fields are written straight away here, where `JsonFields` builds a map of values first.

use std::fmt;

use tracing::{
    field::{Field, Visit},
    span::Record,
};
use tracing_subscriber::{
    field::RecordFields,
    fmt::{FormatFields, FormattedFields, format::Writer},
};

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

    /// Returns the `span` of the one line that is logged.
    fn logged(log: impl FnOnce()) -> Value {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let layer = tracing_subscriber::fmt::layer()
            .json()
            .with_current_span(true)
            .with_span_list(false)
            .fmt_fields(Fields)
            .with_writer(Mutex::new(Shared(lines.clone())));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), log);
        let line: Value = serde_json::from_slice(&lines.lock().unwrap()).unwrap();
        line["span"].clone()
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
        let span = logged(|| {
            let odd = "a \"quote\",\n\\ and ø";
            let span = tracing::info_span!(
                "s", text = odd, plain = "x-1", count = -3, on = true, shown = %odd, half = 0.5
            );
            span.in_scope(|| tracing::info!("line"));
        });
        let odd = "a \"quote\",\n\\ and ø";
        let expected = json!({
            "name": "s", "text": odd, "plain": "x-1", "count": -3, "on": true, "shown": odd,
            "half": "0.5",
        });
        assert_eq!(span, expected);
    }

    #[test]
    fn fields_can_be_added_later() {
        for first in [None, Some(1)] {
            let span = logged(|| {
                let span = tracing::info_span!("s", first, second = tracing::field::Empty);
                span.record("second", "2");
                span.in_scope(|| tracing::info!("line"));
            });
            let expected = match first {
                None => json!({"name": "s", "second": "2"}),
                Some(_) => json!({"name": "s", "first": 1, "second": "2"}),
            };
            assert_eq!(span, expected);
        }
    }
}
