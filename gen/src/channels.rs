//! What a channel's message says of where and when it shows nothing.

use sv_kernel::{Timestamp, Whereabouts};

use crate::{
    convert::instant,
    livetv::{Blackout, Channel},
    titles::{Opening, may_be_in},
};

/// Says whether a channel may be seen somewhere now: until its next blackout there (X-CAT-5). Who may be in a
/// country where it is blacked out sees nothing.
pub fn opening(channel: &Channel, to: Whereabouts, now: Timestamp) -> Opening {
    let start = |blackout: &Blackout| blackout.start_time.map_or(Timestamp::MIN, instant);
    let end = |blackout: &Blackout| blackout.end_time.map_or(Timestamp::MAX, instant);
    let there = || {
        let blackouts = channel.blackouts.iter();
        blackouts.filter(|blackout| {
            blackout.countries.is_empty() || may_be_in(to.country, &blackout.countries)
        })
    };
    let dark_at = |at: Timestamp| {
        let dark = there().filter(move |blackout| start(blackout) <= at && at < end(blackout));
        dark.map(end).max()
    };
    let Some(mut until) = dark_at(now) else {
        return Opening::Open {
            until: there().map(start).filter(|start| *start > now).min(),
            monetization: None,
        };
    };
    // Blackouts that follow each other without a gap are one.
    while let Some(later) = dark_at(until) {
        until = later;
    }
    Opening::Blackout((until < Timestamp::MAX).then_some(until))
}

#[cfg(test)]
mod tests {
    use sv_kernel::Country;

    use super::*;

    #[test]
    fn a_channel_is_dark_by_country_and_to_the_second() {
        let at = Timestamp::from_secs;
        let stamp = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
        let blackout = |countries: &[&str], start, end| Blackout {
            countries: countries.iter().map(|code| (*code).to_owned()).collect(),
            start_time: stamp(start),
            end_time: end,
            ..Blackout::default()
        };
        let channel = Channel {
            blackouts: vec![
                blackout(&["NO", "SE"], 100, stamp(200)),
                blackout(&["NO"], 200, stamp(300)),
                blackout(&["DK"], 400, None),
            ],
            ..Channel::default()
        };
        let of = |country: &str, now| {
            let to = Whereabouts::country(Country::parse(country).ok());
            opening(&channel, to, at(now))
        };
        let open = |until: Option<i64>| Opening::Open {
            until: until.map(at),
            monetization: None,
        };
        assert_eq!(of("NO", 99), open(Some(100)));
        assert_eq!(of("NO", 100), Opening::Blackout(Some(at(300))));
        assert_eq!(of("SE", 199), Opening::Blackout(Some(at(200))));
        assert_eq!(of("SE", 200), open(None));
        assert_eq!(of("DK", 200), open(Some(400)));
        assert_eq!(of("DK", 400), Opening::Blackout(None));
        assert_eq!(of("DE", 150), open(None));
        // Nobody knows where that is.
        assert_eq!(of("", 150), Opening::Blackout(Some(at(300))));
    }
}
