//! Where and when titles are open, as editors say it (X-CAT-5).

use sv_kernel::{Error, FieldViolation, Result, distinct};
use sv_proto::{
    content::{Availability, Content, ContentReason},
    convert::instant,
};

/// Brings the windows of a title into the form in which they are stored: each country once.
///
/// Fails with `WINDOW_INVALID` where a window ends before it begins.
pub(super) fn prepare(content: &mut Content) -> Result<()> {
    check(&mut content.availability, "content")
}

/// Does the same for whatever has windows; `of` is its field in requests.
pub(super) fn check(windows: &mut Option<Availability>, of: &str) -> Result<()> {
    let Some(availability) = windows else {
        return Ok(());
    };
    distinct(&mut availability.blocked_countries);
    for (at, window) in availability.windows.iter_mut().enumerate() {
        distinct(&mut window.countries);
        if let (Some(start), Some(end)) = (window.start_time, window.end_time)
            && instant(end) <= instant(start)
        {
            let violation = FieldViolation {
                field: format!("{of}.availability.windows[{at}].endTime"),
                rule: "ORDER",
                description: "is after startTime".to_owned(),
            };
            return Err(Error::from(ContentReason::WindowInvalid).with_violation(violation));
        }
    }
    if availability.windows.is_empty() && availability.blocked_countries.is_empty() {
        *windows = None;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sv_proto::content::AvailabilityWindow;

    use super::*;

    #[test]
    fn a_window_ends_after_it_begins() {
        let stamp = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
        let of = |start, end| Content {
            availability: Some(Availability {
                windows: vec![AvailabilityWindow {
                    countries: vec!["NO".into(), "NO".into()],
                    start_time: start,
                    end_time: end,
                    ..AvailabilityWindow::default()
                }],
                ..Availability::default()
            }),
            ..Content::default()
        };
        for (start, end) in [
            (None, None),
            (stamp(1), None),
            (None, stamp(1)),
            (stamp(1), stamp(2)),
        ] {
            let mut content = of(start, end);
            prepare(&mut content).unwrap();
            assert_eq!(content.availability.unwrap().windows[0].countries, ["NO"]);
        }
        for (start, end) in [(stamp(1), stamp(1)), (stamp(2), stamp(1))] {
            let refused = prepare(&mut of(start, end)).unwrap_err();
            assert_eq!(refused.reason(), "WINDOW_INVALID");
            assert_eq!(
                refused.violations()[0].field,
                "content.availability.windows[0].endTime"
            );
        }
        let mut empty = Content {
            availability: Some(Availability::default()),
            ..Content::default()
        };
        prepare(&mut empty).unwrap();
        assert_eq!(empty.availability, None);
    }
}
