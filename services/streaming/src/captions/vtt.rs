//! WebVTT files (W3C WebVTT: The Web Video Text Tracks Format).

use super::{Cue, Problem, add, span};

/// Settings that say where a cue stands; `region` is left out with the regions themselves.
const SETTINGS: [&str; 5] = ["vertical", "line", "position", "size", "align"];

/// Says whether a file says of itself that it is one.
pub(super) fn is(text: &str) -> bool {
    let rest = text.strip_prefix("WEBVTT");
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['\n', ' ', '\t']))
}

/// Reads the cues. Notes, styles and regions are left out.
pub(super) fn read(text: &str) -> Result<Vec<Cue>, Problem> {
    let mut cues = Vec::new();
    // The head ends with the first blank line; a file that has none may begin with its first cue at once.
    let mut lines = text.lines().enumerate().skip(1).peekable();
    while let Some((_, line)) = lines.peek() {
        if line.is_empty() || line.contains("-->") {
            break;
        }
        lines.next();
    }
    while let Some((at, first)) = lines.next() {
        if first.trim().is_empty() {
            continue;
        }
        let aside = ["NOTE", "STYLE", "REGION"];
        let is_aside = aside.iter().any(|word| {
            let rest = first.strip_prefix(word);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
        });
        let mut block = vec![(at, first)];
        while let Some((at, line)) = lines.next_if(|(_, line)| !line.trim().is_empty()) {
            block.push((at, line));
        }
        if is_aside && !first.contains("-->") {
            continue;
        }
        // An identifier may stand before the times.
        let times = block
            .iter()
            .take(2)
            .position(|(_, line)| line.contains("-->"));
        let wrong = |at: usize| Problem(format!("line {}: it is not the time of a cue", at + 1));
        let times = times.ok_or_else(|| wrong(at))?;
        let (at, line) = block[times];
        let (start, end, behind) = span(line, &['.']).ok_or_else(|| wrong(at))?;
        let text: Vec<&str> = block[times + 1..].iter().map(|(_, line)| *line).collect();
        let cue = Cue {
            start,
            end,
            settings: settings(behind),
            text: text.join("\n"),
        };
        add(&mut cues, cue, at + 1)?;
    }
    Ok(cues)
}

/// Leaves the settings that are known.
fn settings(behind: &str) -> String {
    let known = |setting: &&str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b".,%-".contains(&b);
        setting.split_once(':').is_some_and(|(name, value)| {
            SETTINGS.contains(&name) && !value.is_empty() && value.bytes().all(plain)
        })
    };
    let known: Vec<&str> = behind.split_whitespace().filter(known).collect();
    known.join(" ")
}
