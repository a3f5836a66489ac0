//! The library behind `streamverse import guide`: packs a file where it is too large for one call, uploads it,
//! and says what became of it.

use std::{
    fmt,
    io::{self, BufReader, Read, Write},
};

use flate2::{Compression, write::GzEncoder};
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

/// The most bytes of a file in one call, which holds a name of a zone, too.
const MOST: usize = (4 << 20) - 1024;

/// A file is larger than a call takes, however it is packed.
#[derive(Debug, thiserror::Error)]
#[error("packed with gzip it has more than 4 MiB; split it by channels, or pack it with xz -9")]
struct TooLarge;

/// Bytes up to a bound.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST {
            return Err(io::Error::other(TooLarge));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads a file, and packs it where it is larger than a call takes.
pub fn pack(file: impl Read) -> io::Result<Vec<u8>> {
    let mut file = BufReader::new(file);
    let mut start = Vec::new();
    file.by_ref()
        .take(MOST as u64 + 1)
        .read_to_end(&mut start)?;
    if start.len() <= MOST {
        return Ok(start);
    }
    if crate::upload::is_packed(&start) {
        return Err(io::Error::other(TooLarge));
    }
    let mut packer = GzEncoder::new(Bounded(Vec::new()), Compression::best());
    packer.write_all(&start)?;
    drop(start);
    io::copy(&mut file, &mut packer)?;
    Ok(packer.finish()?.0)
}

/// Uploads a file. `time_zone` is that of times that say none; empty means UTC.
pub async fn upload(
    client: &GuideAdminServiceClient<Transport>,
    ctx: &Ctx,
    file: Vec<u8>,
    time_zone: String,
    dry_run: bool,
) -> Result<Report, Error> {
    let request = UploadGuideRequest {
        file: Some(HttpBody {
            data: file.into(),
            ..HttpBody::default()
        }),
        dry_run,
        time_zone,
    };
    let done = client.clone().upload_guide(call(ctx, request)).await;
    Ok(Report {
        dry_run,
        done: done.map_err(error)?.into_inner(),
    })
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
    use super::*;

    #[test]
    fn a_file_is_packed_only_where_it_is_too_large_for_a_call() {
        let small = b"<tv></tv>";
        assert_eq!(pack(&small[..]).unwrap(), small);
        let large = " ".repeat(MOST + 1);
        let packed = pack(large.as_bytes()).unwrap();
        assert!(packed.starts_with(&[0x1f, 0x8b]) && packed.len() < 10_000);
        // What is packed already stays as it is, and cannot get smaller.
        let mut noise = vec![0x1f, 0x8b];
        noise.resize(MOST + 1, 7);
        assert!(
            pack(&noise[..])
                .unwrap_err()
                .to_string()
                .contains("split it")
        );
        let mut seed = 1_u32;
        let noise = std::iter::repeat_with(|| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        });
        let noise: Vec<u8> = std::iter::once(b'<').chain(noise).take(MOST + 10).collect();
        assert!(
            pack(&noise[..])
                .unwrap_err()
                .to_string()
                .contains("split it")
        );
    }
}
