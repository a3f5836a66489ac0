//! Where and when titles are open, as editors say it (X-CAT-5).

use sv_kernel::{Error, FieldViolation, Result, distinct};
use sv_proto::{
    content::{Availability, AvailabilityWindow, Content, ContentReason},
    convert::{instant, refuse, timestamp},
};
use sv_rules::zones;

/// Brings the windows of a title into the form in which they are stored: each country once.
///
/// Fails with `WINDOW_INVALID` where a window ends before it begins, and with `VALIDATION_FAILED` where what clocks show
/// names no instant.
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
        window.platforms.sort_unstable();
        window.platforms.dedup();
        settle(window, &format!("{of}.availability.windows[{at}]"))?;
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

/// Says of what clocks of a zone show which instants it is.
fn settle(window: &mut AvailabilityWindow, of: &str) -> Result<()> {
    let ends = [
        ("start", &*window.start_local, window.start_time.is_some()),
        ("end", &*window.end_local, window.end_time.is_some()),
    ];
    let instants = zones::instants(&window.time_zone, ends);
    let [start, end] = instants.map_err(|wrong| {
        refuse(
            &format!("{of}.{}", wrong.field),
            wrong.rule,
            &wrong.description,
        )
    })?;
    if let Some(start) = start {
        window.start_time = Some(timestamp(start));
        window.start_local.clear();
    }
    if let Some(end) = end {
        window.end_time = Some(timestamp(end));
        window.end_local.clear();
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
        let of_zone = |zone: &str, start: &str, at| Content {
            availability: Some(Availability {
                windows: vec![AvailabilityWindow {
                    time_zone: zone.into(),
                    start_local: start.into(),
                    start_time: at,
                    platforms: vec![4, 1, 4],
                    ..AvailabilityWindow::default()
                }],
                ..Availability::default()
            }),
            ..Content::default()
        };
        let mut embargo = of_zone("Europe/Oslo", "2026-12-24T20:00:00", None);
        prepare(&mut embargo).unwrap();
        let settled = &embargo.availability.as_ref().unwrap().windows[0];
        assert_eq!(settled.platforms, [1, 4]);
        assert_eq!(
            (&*settled.time_zone, &*settled.start_local),
            ("Europe/Oslo", "")
        );
        let at = instant(settled.start_time.unwrap()).to_string();
        assert_eq!(at, "2026-12-24T19:00:00Z");
        // As it was answered it is stored again.
        let once = embargo.clone();
        prepare(&mut embargo).unwrap();
        assert_eq!(embargo, once);
        for (zone, start, at, field) in [
            ("Europe/Atlantis", "", None, "timeZone"),
            ("", "2026-12-24T20:00:00", None, "timeZone"),
            ("Europe/Oslo", "tomorrow", None, "startLocal"),
            ("Europe/Oslo", "2026-12-24T20:00:00", stamp(1), "startLocal"),
        ] {
            let refused = prepare(&mut of_zone(zone, start, at)).unwrap_err();
            assert_eq!(refused.reason(), "VALIDATION_FAILED");
            let named = format!("content.availability.windows[0].{field}");
            assert_eq!(refused.violations()[0].field, named);
        }
        let mut empty = Content {
            availability: Some(Availability::default()),
            ..Content::default()
        };
        prepare(&mut empty).unwrap();
        assert_eq!(empty.availability, None);
    }
}
