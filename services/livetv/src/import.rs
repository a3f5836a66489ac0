//! The library behind `streamverse import guide`: uploads a file, in parts where it is larger than a call takes, and
//! says what became of it.

use std::{
    fmt,
    fs::File,
    io::{self, Read},
};

use serde_json::{Value, json};
use sv_kernel::{Ctx, Error};
use sv_proto::{
    google::api::HttpBody,
    livetv::{
        GuideFinding, GuideProblem, UploadGuideRequest, UploadGuideResponse,
        guide_admin_service_client::GuideAdminServiceClient,
    },
};
use sv_rpc::{Transport, call, error};

use crate::upload::{
    Unreadable,
    split::{Spool, spool},
};

/// The most bytes of a file in one call, which holds a name of a zone, too.
const MOST: usize = (4 << 20) - 1024;
/// The most bytes of a file as it is, packed or not.
const LARGEST: u64 = 1 << 30;
/// The most findings of a report.
const MOST_FINDINGS: usize = 200;

/// A guide that can be uploaded.
#[derive(Debug)]
pub struct Guide(Form);

#[derive(Debug)]
enum Form {
    /// As it is.
    Whole(Vec<u8>),
    /// In parts.
    Parts(Spool),
}

impl Guide {
    /// Reads a file. One that is larger than a call takes is read by way of `scratch`, which makes an empty file of
    /// nobody else's.
    pub fn read(file: impl Read, scratch: impl FnOnce() -> io::Result<File>) -> io::Result<Self> {
        let mut bytes = Vec::new();
        file.take(LARGEST + 1).read_to_end(&mut bytes)?;
        if bytes.len() <= MOST {
            return Ok(Self(Form::Whole(bytes)));
        }
        if bytes.len() as u64 > LARGEST {
            let problem = format!("it has more than {} MiB; split it", LARGEST >> 20);
            return Err(io::Error::other(problem));
        }
        let spooled = spool(&bytes, scratch()?);
        let spooled = spooled.map_err(|Unreadable(problem)| io::Error::other(problem))?;
        Ok(Self(Form::Parts(spooled)))
    }
}

/// Uploads a guide. `time_zone` is that of times that say none; empty means UTC.
pub async fn upload(
    client: &GuideAdminServiceClient<Transport>,
    ctx: &Ctx,
    guide: Guide,
    time_zone: &str,
    dry_run: bool,
) -> Result<Report, Error> {
    let send = async |data: Vec<u8>| {
        let request = UploadGuideRequest {
            file: Some(HttpBody {
                data: data.into(),
                ..HttpBody::default()
            }),
            dry_run,
            time_zone: time_zone.to_owned(),
        };
        let done = client.clone().upload_guide(call(ctx, request)).await;
        Ok::<_, Error>(done.map_err(error)?.into_inner())
    };
    let mut spool = match guide.0 {
        Form::Whole(bytes) => {
            let done = send(bytes).await?;
            return Ok(Report { dry_run, done });
        }
        Form::Parts(spool) => spool,
    };
    let mut all = UploadGuideResponse::default();
    loop {
        let part = spool.next().map_err(internal)?;
        let Some(part) = part else { break };
        add(&mut all, send(part.packed).await?, &part.rows);
    }
    all.findings.sort_by_key(|found| found.programme);
    all.findings.truncate(MOST_FINDINGS);
    Ok(Report { dry_run, done: all })
}

fn internal(cause: io::Error) -> Error {
    Error::from(sv_proto::livetv::LiveTvReason::GuideInvalid).with("problem", cause)
}

/// Adds what became of a part. Its findings name rows of the part, of which `rows` has the numbers and lines in the
/// guide.
fn add(all: &mut UploadGuideResponse, part: UploadGuideResponse, rows: &[(i32, i32)]) {
    all.created += part.created;
    all.updated += part.updated;
    all.unchanged += part.unchanged;
    all.deleted += part.deleted;
    all.refused += part.refused;
    all.channels.extend(part.channels);
    all.findings.extend(part.findings.into_iter().map(|found| {
        let at = usize::try_from(found.programme - 1).ok();
        let (programme, line) = at.and_then(|at| rows.get(at)).copied().unwrap_or_default();
        GuideFinding {
            programme,
            line,
            ..found
        }
    }));
}

/// What an upload did, in a form that a person and a program can read.
#[derive(Debug)]
pub struct Report {
    dry_run: bool,
    done: UploadGuideResponse,
}

impl Report {
    /// Says whether there were programmes and none was taken.
    pub fn refused_all(&self) -> bool {
        self.done.refused > 0 && self.done.channels.is_empty()
    }

    /// Writes it for programs.
    pub fn to_json(&self) -> Value {
        let done = &self.done;
        let finding = |found: &GuideFinding| {
            json!({
                "problem": name(found),
                "row": found.programme,
                "line": found.line,
                "channel": found.guide_id,
                "title": found.title,
                "value": found.value,
                "times": found.times,
            })
        };
        json!({
            "dryRun": self.dry_run,
            "created": done.created,
            "updated": done.updated,
            "unchanged": done.unchanged,
            "deleted": done.deleted,
            "refused": done.refused,
            "channels": done.channels.len(),
            "findings": done.findings.iter().map(finding).collect::<Vec<_>>(),
        })
    }
}

/// Names a problem, e.g. `OVERLAP`.
fn name(found: &GuideFinding) -> &'static str {
    let name = found.problem().as_str_name();
    name.strip_prefix("GUIDE_PROBLEM_").unwrap_or(name)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let done = &self.done;
        for found in &done.findings {
            write!(f, "row {} (line {}) ", found.programme, found.line)?;
            write!(f, "{}, channel `{}`", name(found), found.guide_id)?;
            if !found.title.is_empty() {
                write!(f, ", `{}`", found.title)?;
            }
            if !found.value.is_empty() {
                write!(f, ": {}", found.value)?;
            }
            match found.times {
                0 | 1 => writeln!(f)?,
                times if found.problem() == GuideProblem::ChannelUnknown => {
                    writeln!(f, " ({times} programmes)")?;
                }
                times => writeln!(f, " (and {} more)", times - 1)?,
            }
        }
        let would = if self.dry_run { "would be " } else { "" };
        writeln!(
            f,
            "channels {}, {would}created {}, {would}updated {}, unchanged {}, {would}deleted {}, refused {}",
            done.channels.len(),
            done.created,
            done.updated,
            done.unchanged,
            done.deleted,
            done.refused
        )
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn parts(guide: &str) -> (usize, Vec<(i32, i32)>, String) {
        let Guide(Form::Parts(mut spool)) =
            Guide::read(guide.as_bytes(), tempfile::tempfile).unwrap()
        else {
            panic!("it is in one piece");
        };
        let (mut count, mut rows, mut text) = (0, Vec::new(), String::new());
        while let Some(part) = spool.next().unwrap() {
            assert!(part.packed.len() <= MOST);
            count += 1;
            rows.extend(part.rows);
            let mut unpacked = flate2::read::GzDecoder::new(&*part.packed);
            unpacked.read_to_string(&mut text).unwrap();
        }
        (count, rows, text)
    }

    #[test]
    fn a_guide_that_is_larger_than_a_call_takes_is_cut_by_channels() {
        let small = "channel,start,title\none,2026-11-29,One\n";
        let whole = Guide::read(small.as_bytes(), tempfile::tempfile).unwrap();
        assert!(matches!(whole.0, Form::Whole(bytes) if bytes == small.as_bytes()));

        let mut large = String::from("channel,start,title,description\n");
        for number in 0..40_000 {
            let (channel, text) = (number % 3, "words and more ".repeat(30));
            let _ = writeln!(
                large,
                "{channel},2026-11-29 20:{:02},t{number},{text}",
                number % 60
            );
        }
        large.push_str("1,too few\n");
        let (count, rows, text) = parts(&large);
        assert_eq!(
            (count, rows.len(), text.lines().count()),
            (3, 40_001, 40_001)
        );
        // By channel, in the order of the file, with the lines that they have there.
        assert_eq!((rows[0], rows[1]), ((1, 2), (4, 5)));
        assert!(text.contains(r#""title":"t39999""#));
        let last = rows
            .iter()
            .position(|row| *row == (40_001, 40_002))
            .unwrap();
        assert_eq!(
            text.lines().nth(last).unwrap(),
            r#"{"channel":"1","start":[]}"#
        );
    }
}
