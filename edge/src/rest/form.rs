//! In which form an answer is wanted (RFC 9110 12.5.1).

use http::{HeaderMap, header};
use sv_kernel::{Error, Result};
use sv_proto::common::CommonReason;

/// `data` alone, without the envelope (C4).
pub(super) const RAW: &str = "application/vnd.streamverse.raw+json";

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// JSON in the envelope.
    Envelope,
    /// JSON without it.
    Raw,
}

impl Form {
    /// Chooses the form; a method that answers with bytes chooses their type itself.
    ///
    /// Fails with `NOT_ACCEPTABLE`.
    pub(super) fn of(headers: &HeaderMap, answers_bytes: bool) -> Result<Self> {
        let ranges = ranges(headers);
        if answers_bytes || ranges.is_empty() {
            return Ok(Self::Envelope);
        }
        let (json, raw) = (weight(&ranges, "application/json"), weight(&ranges, RAW));
        // A wildcard means the envelope; the raw form has to be asked for by name.
        let by_name = ranges.iter().any(|(kind, _)| kind == RAW);
        match (json, raw) {
            (json, raw) if by_name && raw > 0 && raw >= json => Ok(Self::Raw),
            (1.., _) => Ok(Self::Envelope),
            _ => {
                let offered = format!("application/json or {RAW}");
                Err(Error::from(CommonReason::NotAcceptable).with("offered", offered))
            }
        }
    }
}

/// Reads what a client accepts: media ranges, each with its weight in thousandths.
pub(crate) fn ranges(headers: &HeaderMap) -> Vec<(String, u32)> {
    let lists = headers.get_all(header::ACCEPT).iter();
    lists
        .filter_map(|list| list.to_str().ok())
        .flat_map(|list| list.split(','))
        .filter_map(range)
        .collect()
}

/// Reads a media range and its weight in thousandths.
fn range(entry: &str) -> Option<(String, u32)> {
    let mut parts = entry.split(';').map(str::trim);
    let kind = parts.next().filter(|kind| !kind.is_empty())?;
    let weight = parts
        .find_map(|parameter| parameter.strip_prefix(['q', 'Q'])?.strip_prefix('='))
        .map_or(Some(1.0), |q| q.parse::<f32>().ok());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to 0..=1000 first"
    )]
    let weight = (weight.unwrap_or(0.0).clamp(0.0, 1.0) * 1000.0) as u32;
    Some((kind.to_ascii_lowercase(), weight))
}

/// Returns the weight of a type: that of the most specific range that has it.
pub(crate) fn weight(ranges: &[(String, u32)], kind: &str) -> u32 {
    let group = kind.split('/').next().unwrap_or_default();
    let of = |wanted: &str| {
        let fitting = ranges.iter().filter(|(range, _)| range == wanted);
        fitting.map(|(_, weight)| *weight).max()
    };
    of(kind)
        .or_else(|| of(&format!("{group}/*")))
        .or_else(|| of("*/*"))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(accept: &str) -> Option<Form> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        Form::of(&headers, false).ok()
    }

    #[test]
    fn the_envelope_is_the_default_and_the_raw_form_is_asked_for() {
        assert_eq!(Form::of(&HeaderMap::new(), false).unwrap(), Form::Envelope);
        for (accept, expected) in [
            ("*/*", Some(Form::Envelope)),
            ("application/json", Some(Form::Envelope)),
            (
                "text/html, application/xhtml+xml, */*;q=0.8",
                Some(Form::Envelope),
            ),
            (RAW, Some(Form::Raw)),
            (
                "application/vnd.streamverse.raw+json, application/json;q=0.5",
                Some(Form::Raw),
            ),
            (
                "application/vnd.streamverse.raw+json;q=0.5, application/json",
                Some(Form::Envelope),
            ),
            ("Application/JSON; charset=utf-8", Some(Form::Envelope)),
            ("application/*", Some(Form::Envelope)),
            ("text/html", None),
            ("application/json;q=0", None),
            ("application/json;Q=0", None),
            ("application/json;q=0, */*", None),
            ("application/vnd.streamverse.raw+json;q=0", None),
            ("image/*;q=NaN", None),
            (",,;", Some(Form::Envelope)),
        ] {
            assert_eq!(form(accept), expected, "{accept}");
        }
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, "image/jpeg".parse().unwrap());
        assert!(Form::of(&headers, true).is_ok());
    }
}
