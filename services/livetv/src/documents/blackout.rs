//! Where and when a channel may not be shown, as editors say it (X-CAT-5).

use sv_kernel::{Result, distinct, trim};
use sv_proto::{
    convert::{instant, refuse, timestamp},
    livetv::Blackout,
};
use sv_rules::zones::{self, ZoneError};

/// Brings a blackout into the form in which it is stored: each country once, and instants in place of what clocks show;
/// `of` is its field in requests.
///
/// Fails with `VALIDATION_FAILED` where it ends before it begins, or what clocks show names no instant.
pub(super) fn prepare(blackout: &mut Blackout, of: &str) -> Result<()> {
    distinct(&mut blackout.countries);
    trim(&mut blackout.note);
    let zone = &blackout.time_zone;
    if !zone.is_empty() {
        let known = zones::check(zone);
        known.map_err(|cause| refuse(&format!("{of}.timeZone"), "ZONE", &cause.to_string()))?;
    }
    for (local, at, name) in [
        (&mut blackout.start_local, &mut blackout.start_time, "start"),
        (&mut blackout.end_local, &mut blackout.end_time, "end"),
    ] {
        if local.is_empty() {
            continue;
        }
        let field = format!("{of}.{name}Local");
        if at.is_some() {
            let problem = format!("stands in place of {name}Time, not beside it");
            return Err(refuse(&field, "ALONE", &problem));
        }
        let moment = zones::moment(zone, local).map_err(|cause| {
            let field = match cause {
                ZoneError::Zone => format!("{of}.timeZone"),
                ZoneError::Time => field,
            };
            refuse(&field, "ZONE", &cause.to_string())
        })?;
        *at = Some(timestamp(moment));
        local.clear();
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
