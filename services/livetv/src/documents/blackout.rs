//! Where and when a channel may not be shown, as editors say it (X-CAT-5).

use sv_kernel::{Result, distinct, trim};
use sv_proto::{
    convert::{instant, refuse, timestamp},
    livetv::Blackout,
};
use sv_rules::zones;

/// Brings a blackout into the form in which it is stored: each country once, and instants in place of what clocks show;
/// `of` is its field in requests.
///
/// Fails with `VALIDATION_FAILED` where it ends before it begins, or what clocks show names no instant.
pub(super) fn prepare(blackout: &mut Blackout, of: &str) -> Result<()> {
    distinct(&mut blackout.countries);
    trim(&mut blackout.note);
    let ends = [
        (
            "start",
            &*blackout.start_local,
            blackout.start_time.is_some(),
        ),
        ("end", &*blackout.end_local, blackout.end_time.is_some()),
    ];
    let instants = zones::instants(&blackout.time_zone, ends);
    let [start, end] = instants.map_err(|wrong| {
        refuse(
            &format!("{of}.{}", wrong.field),
            wrong.rule,
            &wrong.description,
        )
    })?;
    if let Some(start) = start {
        blackout.start_time = Some(timestamp(start));
        blackout.start_local.clear();
    }
    if let Some(end) = end {
        blackout.end_time = Some(timestamp(end));
        blackout.end_local.clear();
    }
    match (blackout.start_time, blackout.end_time) {
        (Some(start), Some(end)) if instant(end) <= instant(start) => Err(refuse(
            &format!("{of}.endTime"),
            "ORDER",
            "is after startTime",
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blackout_ends_after_it_begins() {
        let of = |start: &str, end: &str| Blackout {
            countries: vec!["NO".into(), "NO".into()],
            time_zone: "Europe/Oslo".into(),
            start_local: start.into(),
            end_local: end.into(),
            ..Blackout::default()
        };
        let mut good = of("2026-12-24T20:00:00", "2026-12-24T22:00:00");
        prepare(&mut good, "b").unwrap();
        assert_eq!(good.countries, ["NO"]);
        let at = instant(good.end_time.unwrap()).to_string();
        assert_eq!(at, "2026-12-24T21:00:00Z");
        for (start, end, field) in [
            ("2026-12-24T20:00:00", "2026-12-24T20:00:00", "b.endTime"),
            ("soon", "", "b.startLocal"),
        ] {
            let refused = prepare(&mut of(start, end), "b").unwrap_err();
            assert_eq!(refused.violations()[0].field, field);
        }
        let unknown = Blackout {
            time_zone: "Mars".into(),
            ..of("", "")
        };
        let refused = prepare(&mut unknown.clone(), "b").unwrap_err();
        assert_eq!(refused.violations()[0].field, "b.timeZone");
    }
}
