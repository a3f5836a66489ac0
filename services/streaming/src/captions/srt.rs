//! SubRip files (`.srt`), which have no standard but what programs write.

use std::fmt::Write as _;

use super::{Cue, Problem, add, span};

/// Reads the cues. Of tags those that WebVTT knows stay, everything else becomes text or goes.
pub(super) fn read(text: &str) -> Result<Vec<Cue>, Problem> {
    let lines: Vec<&str> = text.lines().collect();
    let is_number = |line: &str| {
        let line = line.trim();
        !line.is_empty() && line.bytes().all(|b| b.is_ascii_digit())
    };
    let mut cues = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if lines[at].trim().is_empty() {
            at += 1;
            continue;
        }
        let numbered = is_number(lines[at]) && lines.get(at + 1).is_some_and(|l| l.contains("-->"));
        let times = at + usize::from(numbered);
        let Some((start, end, _)) = span(lines[times], &[',', '.']) else {
            let line = times + 1;
            return Err(Problem(format!(
                "line {line}: it is not the time of a cue, such as 00:00:01,600 --> 00:00:04,200"
            )));
        };
        // A blank line ends the text only where another cue follows: some texts have blank lines of their own.
        let mut next = times + 1;
        let mut text = Vec::new();
        while next < lines.len() {
            let begins = |at: usize| {
                let line = lines.get(at).copied().unwrap_or_default();
                line.contains("-->")
                    || (is_number(line) && lines.get(at + 1).is_some_and(|l| l.contains("-->")))
            };
            if lines[next].trim().is_empty() {
                let rest = (next..lines.len()).find(|at| !lines[*at].trim().is_empty());
                if rest.is_none_or(begins) {
                    break;
                }
            } else {
                text.push(plain(lines[next]));
            }
            next += 1;
        }
        let top = lines[times + 1..next]
            .iter()
            .any(|line| line.contains("{\\an8}"));
        let cue = Cue {
            start,
            end,
            settings: if top {
                "line:0".to_owned()
            } else {
                String::new()
            },
            text: text.join("\n"),
        };
        add(&mut cues, cue, times + 1)?;
        at = next;
    }
    Ok(cues)
}

/// Makes WebVTT of a line: bold, italic and underlined stay, colours and places go, and signs are signs.
fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let tagged = match c {
            '<' => rest.find('>').map(|end| &rest[..=end]),
            '{' if rest.starts_with("{\\") => rest.find('}').map(|end| &rest[..=end]),
            _ => None,
        };
        if let Some(tag) = tagged {
            let name = tag.trim_matches(['<', '>', '/', ' ']).to_ascii_lowercase();
            if ["b", "i", "u"].contains(&name.as_str()) {
                let slash = if tag.starts_with("</") { "/" } else { "" };
                // Writing to a string cannot fail.
                let _ = write!(out, "<{slash}{name}>");
                rest = &rest[tag.len()..];
                continue;
            }
            if name.starts_with("font") || c == '{' {
                rest = &rest[tag.len()..];
                continue;
            }
        }
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            other => out.push(other),
        }
        rest = &rest[c.len_utf8()..];
    }
    out
}
