//! Guide files: what they say of which channel, and what is wrong with them.
//!
//! `source` unpacks and decodes; `xmltv`, `json` and `csv` read programmes one by one, of which [`Taker`] keeps
//! those of channels that are known; `fields` knows what may stand in them, `time` times.

mod csv;
mod fields;
mod json;
mod source;
pub(crate) mod split;
mod time;
mod xmltv;

use std::{
    collections::{BTreeMap, HashSet},
    io::{self, BufRead},
};

use sv_proto::livetv::{GuideFinding, GuideProblem, Programme};

pub(crate) use time::Zone;

use crate::domain::{Entry, Found, Show};

/// The most findings that an answer lists.
const MOST_FINDINGS: usize = 200;
/// The most kinds of findings that are kept of a file; those beyond are only counted.
const MOST_CLAIMS: usize = 5_000;
/// The most characters of a title in a finding.
const TITLE: usize = 60;
/// The most programmes of one file, and the most bytes that are kept of them.
const MAX_PROGRAMMES: i32 = 400_000;
const MAX_KEPT: usize = 96 << 20;

/// Why a file is no guide, in words for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable(pub(crate) String);

impl From<io::Error> for Unreadable {
    fn from(failed: io::Error) -> Self {
        Self(failed.to_string())
    }
}

/// A guide file that was read to its end.
#[derive(Debug, Default)]
pub(crate) struct File {
    /// What it says of the channels that are known, by their names in it, in its order.
    pub(crate) channels: BTreeMap<String, Vec<Entry>>,
    /// What is wrong with it.
    pub(crate) claims: Claims,
}

/// What a sender says of a file.
#[derive(Clone, Debug)]
pub(crate) struct Sent<'a> {
    /// Its media type; empty where nobody says it.
    pub(crate) content_type: &'a str,
    /// The zone of times that say none.
    pub(crate) zone: Zone,
}

/// What a guide is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Xmltv,
    Json,
    Csv,
}

/// Reads a file of any form that is taken. What of it is packed, and in which form it is where its type does not
/// say that, shows in its bytes.
pub(crate) fn read(
    bytes: &[u8],
    sent: &Sent<'_>,
    known: &HashSet<String>,
) -> Result<File, Unreadable> {
    let mut taker = Taker {
        known,
        zone: &sent.zone,
        file: File::default(),
        seen: 0,
        kept: 0,
    };
    read_into(bytes, sent.content_type, source::MAX_BYTES, &mut taker)?;
    Ok(taker.file)
}

/// Reads a file of at most `most` bytes, unpacked, into a sink.
fn read_into(
    bytes: &[u8],
    content_type: &str,
    most: u64,
    sink: &mut dyn Sink,
) -> Result<(), Unreadable> {
    let (form, charset) = typed(content_type)?;
    let mut text = source::open(bytes, charset, most)?;
    let form = match form {
        Some(form) => form,
        None => seen(&mut text)?,
    };
    match form {
        Form::Xmltv => xmltv::read(text, sink),
        Form::Json => json::read(text, sink),
        Form::Csv => csv::read(text, sink),
    }
}

/// Reads what a media type says: the form, and the letters of the text.
fn typed(content_type: &str) -> Result<(Option<Form>, Option<&str>), Unreadable> {
    let mut parts = content_type.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        let is_charset = name.trim().eq_ignore_ascii_case("charset");
        is_charset.then(|| value.trim().trim_matches('"'))
    });
    let form = match kind.as_str() {
        "application/xml" | "text/xml" => Some(Form::Xmltv),
        "application/json" | "application/x-ndjson" => Some(Form::Json),
        "text/csv" | "text/tab-separated-values" => Some(Form::Csv),
        kind if kind.ends_with("+xml") => Some(Form::Xmltv),
        kind if kind.ends_with("+json") => Some(Form::Json),
        kind if kind.starts_with("multipart/") => {
            let problem = "it is a form; send the file itself as the body";
            return Err(Unreadable(problem.into()));
        }
        _ => None,
    };
    Ok((form, charset))
}

/// Tells the form of a text by how it begins.
fn seen(text: &mut impl BufRead) -> io::Result<Form> {
    let start = text.fill_buf()?;
    let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
    Ok(match first {
        Some(b'{' | b'[') => Form::Json,
        Some(b'<') | None => Form::Xmltv,
        Some(_) => Form::Csv,
    })
}

/// A programme as it stands in a file.
#[derive(Debug, Default)]
struct Row {
    /// The line that it begins on, from 1.
    line: i32,
    channel: String,
    start: String,
    stop: String,
    /// What it is; its texts are clean.
    programme: Programme,
}

/// Takes what a file tells of, programme by programme.
trait Sink {
    /// Takes a programme. Fails where it is one too many.
    fn take(&mut self, row: &Row) -> Result<(), Unreadable>;

    /// Takes that a row is no programme, and why. Fails where it is one too many.
    fn refuse(&mut self, line: i32, channel: &str, why: &str) -> Result<(), Unreadable>;
}

/// Keeps the programmes of channels that are known.
struct Taker<'a> {
    known: &'a HashSet<String>,
    zone: &'a Zone,
    file: File,
    seen: i32,
    kept: usize,
}

impl Sink for Taker<'_> {
    fn take(&mut self, row: &Row) -> Result<(), Unreadable> {
        self.count()?;
        let number = self.seen;
        let claims = &mut self.file.claims;
        let mut tell = |problem, value: &str| {
            let guide_id = fields::clean(&row.channel, fields::TITLE);
            let found = Found {
                problem,
                number,
                line: row.line,
                title: row.programme.title.clone(),
                value: fields::clean(value, fields::VALUE),
            };
            claims.add(&guide_id, &found);
        };
        let channel = row.channel.trim();
        if !self.known.contains(channel) {
            tell(GuideProblem::ChannelUnknown, "");
            return Ok(());
        }
        if row.programme.title.is_empty() {
            tell(GuideProblem::TitleMissing, "");
            return Ok(());
        }
        let channels = &mut self.file.channels;
        let last = channels.get(channel).and_then(|entries| entries.last());
        let Some(start) = time::read(&row.start, self.zone, last.map(|last| last.start)) else {
            tell(GuideProblem::StartInvalid, &row.start);
            return Ok(());
        };
        let stop = time::read(&row.stop, self.zone, Some(start));
        if stop.is_none() && !row.stop.trim().is_empty() {
            tell(GuideProblem::StopInvalid, &row.stop);
        }
        let entry = Entry {
            number,
            line: row.line,
            start,
            stop,
            show: Show::of(&row.programme),
        };
        self.kept += entry.show.bytes().len() + size_of::<Entry>();
        if self.kept > MAX_KEPT {
            let problem = format!("it says more than {} MiB; split it", MAX_KEPT >> 20);
            return Err(Unreadable(problem));
        }
        match channels.get_mut(channel) {
            Some(entries) => entries.push(entry),
            None => drop(channels.insert(channel.to_owned(), vec![entry])),
        }
        Ok(())
    }

    fn refuse(&mut self, line: i32, channel: &str, why: &str) -> Result<(), Unreadable> {
        self.count()?;
        let found = Found {
            problem: GuideProblem::RowInvalid,
            number: self.seen,
            line,
            title: String::new(),
            value: fields::clean(why, fields::WHY),
        };
        let channel = fields::clean(channel, fields::TITLE);
        self.file.claims.add(&channel, &found);
        Ok(())
    }
}

impl Taker<'_> {
    fn count(&mut self) -> Result<(), Unreadable> {
        self.seen += 1;
        if self.seen > MAX_PROGRAMMES {
            let problem = format!("it has more than {MAX_PROGRAMMES} programmes; split it");
            return Err(Unreadable(problem));
        }
        Ok(())
    }
}

/// What is wrong with a file: one entry for all programmes of a channel that have the same problem.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    told: BTreeMap<(String, i32), GuideFinding>,
    /// Programmes that were refused beyond what is told.
    untold: i32,
}

impl Claims {
    /// Takes something that is wrong with a programme.
    pub(crate) fn add(&mut self, guide_id: &str, found: &Found) {
        let key = (guide_id.to_owned(), found.problem.into());
        if self.told.len() >= MOST_CLAIMS && !self.told.contains_key(&key) {
            self.untold += i32::from(refuses(found.problem));
            return;
        }
        let first = || GuideFinding {
            problem: found.problem.into(),
            programme: found.number,
            line: found.line,
            guide_id: guide_id.to_owned(),
            title: found.title.chars().take(TITLE).collect(),
            value: found.value.clone(),
            times: 0,
        };
        self.told.entry(key).or_insert_with(first).times += 1;
    }

    /// Counts the programmes that were not taken.
    pub(crate) fn refused(&self) -> i32 {
        let told = self.told.values();
        let refused = told.filter(|finding| refuses(finding.problem()));
        self.untold + refused.map(|finding| finding.times).sum::<i32>()
    }

    /// Lists what an answer tells, in the order of the file.
    pub(crate) fn into_findings(self) -> Vec<GuideFinding> {
        let mut findings: Vec<_> = self.told.into_values().collect();
        findings.sort_by_key(|finding| (finding.programme, finding.problem));
        findings.truncate(MOST_FINDINGS);
        findings
    }
}

/// Says whether a programme with this problem is not taken.
fn refuses(problem: GuideProblem) -> bool {
    !matches!(
        problem,
        GuideProblem::StopInvalid
            | GuideProblem::Overlap
            | GuideProblem::Gap
            | GuideProblem::FarGap
    )
}

#[cfg(all(test, feature = "test-data"))]
mod real;
#[cfg(test)]
mod tests;
