//! Captions: WebVTT as players read it, made of WebVTT and SubRip files as people have them (X-CAT-4).

mod srt;
mod vtt;

use std::fmt::Write as _;

use sv_kernel::Error;
use sv_proto::streaming::StreamingReason;

/// The most cues of a file: a film has about two thousand.
const MOST_CUES: usize = 20_000;
/// The most characters of a cue.
const MOST_TEXT: usize = 4_000;
/// No cue ends later than a title may, in milliseconds.
const LATEST: u64 = 24 * 3_600_000;

/// Why a file is none of captions.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Problem(String);

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::from(StreamingReason::CaptionsInvalid).with("problem", problem)
    }
}

/// A text and when it is shown, in milliseconds from the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Cue {
    start: u64,
    end: u64,
    /// WebVTT's settings of its place, e.g. `line:0`.
    settings: String,
    /// With WebVTT's own tags.
    text: String,
}

/// Reads a file; returns the cues as a part of a WebVTT file, and how many there are.
pub(crate) fn read(file: &[u8]) -> Result<(String, usize), Problem> {
    let text = std::str::from_utf8(file).map_err(|_| {
        Problem("it is not UTF-8; save it in this encoding and upload it again".into())
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    if text.contains('\0') {
        return Err(Problem("it is not text".into()));
    }
    let mut cues = if vtt::is(&text) {
        vtt::read(&text)?
    } else {
        srt::read(&text)?
    };
    cues.retain(|cue| !cue.text.trim().is_empty());
    if cues.is_empty() {
        return Err(Problem("it has no cues".into()));
    }
    // WebVTT wants them so, and not every program writes them so.
    cues.sort_by_key(|cue| cue.start);
    let mut out = String::with_capacity(text.len());
    for cue in &cues {
        // Writing to a string cannot fail.
        let _ = write!(out, "\n{} --> {}", clock(cue.start), clock(cue.end));
        if !cue.settings.is_empty() {
            let _ = write!(out, " {}", cue.settings);
        }
        let _ = writeln!(out, "\n{}", cue.text);
    }
    Ok((out, cues.len()))
}

/// Writes the head of a WebVTT file whose times begin where the picture begins: `first` is the presentation time of
/// the first picture, in ticks of 90 kHz (RFC 8216, 3.5).
pub(crate) fn head(first: Option<i64>) -> String {
    match first {
        Some(ticks) => format!("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:{ticks},LOCAL:00:00:00.000\n"),
        None => "WEBVTT\n".to_owned(),
    }
}

/// Adds a cue that was read from a line on.
fn add(cues: &mut Vec<Cue>, cue: Cue, line: usize) -> Result<(), Problem> {
    let wrong = |what: &str| Err(Problem(format!("line {line}: {what}")));
    if cue.end <= cue.start {
        return wrong("the cue ends before it begins, or as it begins");
    }
    if cue.end > LATEST {
        return wrong("the cue ends later than a title may");
    }
    if cue.text.contains("-->") {
        return wrong(
            "the text of the cue has an arrow; a blank line is missing before the next cue",
        );
    }
    if cue.text.chars().count() > MOST_TEXT {
        return wrong("the text of the cue is longer than 4000 characters");
    }
    if cues.len() == MOST_CUES {
        return wrong("there are more than 20000 cues");
    }
    cues.push(cue);
    Ok(())
}

/// Reads a time: hours, which may be missing, minutes, seconds, and their thousandths behind `point`.
fn time(text: &str, points: &[char]) -> Option<u64> {
    let (whole, thousandths) = match text.split_once(points) {
        Some((whole, rest)) => (whole, Some(rest)),
        None => (text, None),
    };
    let number = |text: &str, digits: std::ops::RangeInclusive<usize>| {
        let plain = digits.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| text.parse::<u64>().ok()).flatten()
    };
    let thousandths = match thousandths {
        Some(rest) => number(rest, 1..=3)? * [100, 10, 1][rest.len() - 1],
        None => 0,
    };
    let parts: Vec<&str> = whole.split(':').collect();
    let (hours, minutes, seconds) = match parts.as_slice() {
        [minutes, seconds] => (0, number(minutes, 1..=2)?, number(seconds, 1..=2)?),
        [hours, minutes, seconds] => (
            number(hours, 1..=4)?,
            number(minutes, 1..=2)?,
            number(seconds, 1..=2)?,
        ),
        _ => return None,
    };
    (minutes < 60 && seconds < 60)
        .then_some(((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths)
}

/// Reads `from --> to` and what stands behind it.
fn span<'l>(line: &'l str, points: &[char]) -> Option<(u64, u64, &'l str)> {
    let (start, rest) = line.split_once("-->")?;
    let rest = rest.trim_start();
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let (end, behind) = rest.split_at(end);
    Some((
        time(start.trim(), points)?,
        time(end, points)?,
        behind.trim(),
    ))
}

fn clock(milliseconds: u64) -> String {
    let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    format!(
        "{:02}:{:02}:{seconds:02}.{rest:03}",
        minutes / 60,
        minutes % 60
    )
}

#[cfg(test)]
mod tests;
