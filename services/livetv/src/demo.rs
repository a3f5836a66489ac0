//! The live television of a demonstration: two channels of our own, and what they show this week.

use std::fmt::Write as _;

use sv_kernel::Timestamp;
use sv_proto::{
    content::{ContentStatus, Monetization},
    livetv::Channel,
};

/// Days of the guide, the present one included.
const DAYS: i64 = 7;
/// What the channels show in turns: title, subtitle, description, half hours.
const COAST: [(&str, &str, &str, i64); 4] = [
    (
        "The Endless Coast",
        "Slow Television",
        "A shore that never ends, and nobody in a hurry.",
        2,
    ),
    (
        "Small Lives",
        "In the Grass",
        "What happens close to the ground while we look elsewhere.",
        1,
    ),
    (
        "Weather at Sea",
        "",
        "Wind, waves and what they are up to.",
        1,
    ),
    (
        "Harbours",
        "Boats Come Home",
        "Every evening the same boats, every evening another light.",
        2,
    ),
];
const NIGHT: [(&str, &str, &str, i64); 3] = [
    (
        "Bars and Tone",
        "The Long Version",
        "The picture before the pictures. For those who cannot sleep.",
        3,
    ),
    ("Night Trains", "", "Views from the last carriage.", 2),
    (
        "Talk After Midnight",
        "",
        "Three people, one lamp, no hurry to agree.",
        1,
    ),
];

/// Returns the channels; their names in guides tell them apart. They play these titles over and over, the first one
/// for everybody.
pub fn channels([coast, night]: [&str; 2]) -> Vec<Channel> {
    let channel =
        |number, name: &str, description: &str, genre: &str, rating: &str, looped: &str| {
            let mut channel = Channel {
                number,
                name: name.into(),
                description: description.into(),
                genres: vec![genre.into()],
                language: "en".into(),
                maturity_rating: rating.into(),
                guide_id: guide_id(number),
                is_live: true,
                loop_content_id: looped.into(),
                ..Channel::default()
            };
            channel.set_status(ContentStatus::Published);
            if looped == coast {
                channel.set_monetization(Monetization::Avod);
            }
            channel
        };
    vec![
        channel(
            1,
            "Coast",
            "Water, grass and weather, all day.",
            "Nature",
            "TV-G",
            coast,
        ),
        channel(
            2,
            "Night",
            "For those who are still awake.",
            "Talk",
            "TV-14",
            night,
        ),
    ]
}

fn guide_id(number: i32) -> String {
    format!("{number}.streamverse.example")
}

/// Writes what they show from the beginning of the day (UTC), as XMLTV.
pub fn guide(now: Timestamp) -> String {
    let midnight = now.secs() - now.secs().rem_euclid(86_400);
    let mut guide = String::from("<tv>\n");
    for (number, shows) in [(1, &COAST[..]), (2, &NIGHT[..])] {
        let (mut at, end) = (midnight, midnight + DAYS * 86_400);
        for (title, subtitle, description, half_hours) in shows.iter().cycle() {
            if at >= end {
                break;
            }
            let stop = end.min(at + half_hours * 1_800);
            // Writing into a text does not fail.
            let _ = writeln!(
                guide,
                "<programme channel=\"{}\" start=\"{}\" stop=\"{}\"><title>{title}</title>\
                 <sub-title>{subtitle}</sub-title><desc>{description}</desc></programme>",
                guide_id(number),
                digits(at),
                digits(stop),
            );
            at = stop;
        }
    }
    guide + "</tv>\n"
}

fn digits(secs: i64) -> String {
    let at = Timestamp::from_secs(secs).to_string();
    at.chars().filter(char::is_ascii_digit).take(14).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::arrange,
        upload::{self, Sent, Zone},
    };

    #[test]
    fn the_guide_of_the_demonstration_has_neither_gaps_nor_faults_for_a_week() {
        let now = Timestamp::from_secs(1_700_000_000);
        let known = channels(["a", "b"])
            .into_iter()
            .map(|channel| channel.guide_id)
            .collect();
        let sent = Sent {
            content_type: "application/xml",
            zone: Zone::UTC,
        };
        let file = upload::read(guide(now).as_bytes(), &sent, &known).unwrap();
        assert!(file.claims.into_findings().is_empty());
        assert_eq!(file.channels.len(), 2);
        for entries in file.channels.into_values() {
            let (slots, found) = arrange(entries);
            assert!(found.is_empty(), "{found:?}");
            let (first, last) = (slots.first().unwrap(), slots.last().unwrap());
            assert!(first.start <= now);
            assert_eq!(last.stop.since(first.start).as_secs(), 7 * 86_400);
        }
    }
}
