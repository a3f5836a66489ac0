//! SubRip files (`.srt`), which have no standard but what programs write.

use std::fmt::Write as _;

use super::{Cue, Problem, add, span};

/// Reads the cues. Of tags those that WebVTT knows stay, everything else becomes text or goes.
pub(super) fn read(text: &str) -> Result<Vec<Cue>, Problem> {
    let lines: Vec<&str> = text.lines().collect();
    let outline = Outline::of(&lines);
    let mut cues = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if lines[at].trim().is_empty() {
            at += 1;
            continue;
        }
        let times = at + usize::from(outline.is_numbered(at));
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
            if lines[next].trim().is_empty() {
                if outline.next_text(next).is_none_or(|at| outline.begins(at)) {
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

/// What each line is, looked at once: a file of blank lines, or of one long line, takes no longer than another.
struct Outline {
    arrow: Vec<bool>,
    number: Vec<bool>,
    /// For each line the first one from there on that has text.
    text: Vec<Option<usize>>,
}

impl Outline {
    fn of(lines: &[&str]) -> Self {
        let is_number = |line: &&str| {
            let line = line.trim();
            !line.is_empty() && line.bytes().all(|b| b.is_ascii_digit())
        };
        let mut text = vec![None; lines.len()];
        let mut following = None;
        for (at, line) in lines.iter().enumerate().rev() {
            if !line.trim().is_empty() {
                following = Some(at);
            }
            text[at] = following;
        }
        Self {
            arrow: lines.iter().map(|line| line.contains("-->")).collect(),
            number: lines.iter().map(is_number).collect(),
            text,
        }
    }

    /// Says whether a line is the number of a cue whose times follow.
    fn is_numbered(&self, at: usize) -> bool {
        self.number[at] && self.arrow.get(at + 1) == Some(&true)
    }

    /// Says whether a cue begins with a line.
    fn begins(&self, at: usize) -> bool {
        self.arrow[at] || self.is_numbered(at)
    }

    fn next_text(&self, at: usize) -> Option<usize> {
        self.text[at]
    }
}

/// Returns the tag that a text begins with. None has a second beginning within, so each sign is looked at once.
fn tag(rest: &str) -> Option<&str> {
    let (open, close) = match rest.as_bytes() {
        [b'<', ..] => ('<', '>'),
        [b'{', b'\\', ..] => ('{', '}'),
        _ => return None,
    };
    let end = 1 + rest[1..].find([open, close])?;
    rest[end..].starts_with(close).then(|| &rest[..=end])
}

/// Makes WebVTT of a line: bold, italic and underlined stay, colours and places go, and signs are signs.
fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        if let Some(tag) = tag(rest) {
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
