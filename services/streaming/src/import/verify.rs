//! Checks what was packaged before anyone can see it, and measures it (X-TR-1).

use std::path::{Path, PathBuf};

use aws_lc_rs::digest;

use super::{ImportError, Tools, package::timeout, probe::Timeline, tools::Run, ts};
use crate::{domain::Segment, hash::short_hash};

/// How far two clocks of one frame may differ, in seconds: a tick of 90 kHz and a rounded decimal.
const TICK: f64 = 0.002;
/// The largest segment that is read, in bytes.
const MAX_SEGMENT: u64 = 256 * 1024 * 1024;

/// What was measured.
#[derive(Debug)]
pub(super) struct Measured {
    /// The segments in order.
    pub segments: Vec<Segment>,
    /// RFC 6381.
    pub codecs: String,
}

/// Why segments do not do.
#[derive(Debug)]
pub(super) enum Refusal {
    /// A segment cannot be decoded without the one before: the picture has to be re-encoded.
    NotAlone,
    /// Anything else.
    Failed(ImportError),
}

impl From<ImportError> for Refusal {
    fn from(error: ImportError) -> Self {
        Self::Failed(error)
    }
}

/// Checks that the segments hold every frame of the MP4 file at its time, gap-free sound, and that
/// each can be decoded alone.
pub(super) async fn segments(
    tools: &Tools,
    files: &[PathBuf],
    expected: &Timeline,
    sound: bool,
    mut report: impl FnMut(f64) + Send,
) -> Result<Measured, Refusal> {
    let mut read = Vec::with_capacity(files.len());
    for (n, file) in files.iter().enumerate() {
        read.push(one(n, file).await?);
        #[expect(clippy::cast_precision_loss, reason = "a fraction for people")]
        report(n as f64 / files.len() as f64 * 0.5);
    }
    if read.iter().any(|(_, contents)| !contents.starts_clean) {
        return Err(Refusal::NotAlone);
    }
    same_times(&read, expected)?;
    let codecs = codecs(&read, expected, sound)?;
    let durations = durations(&read, expected);
    decode(tools, files, expected.duration()).await?;
    report(1.0);
    let segments = read
        .into_iter()
        .zip(durations)
        .map(|((segment, _), duration_seconds)| Segment {
            duration_seconds,
            ..segment
        })
        .collect();
    Ok(Measured { segments, codecs })
}

/// Refuses an MP4 file whose index lies behind its bytes: it would not play while it loads.
pub(super) async fn starts_fast(file: &Path) -> Result<(), ImportError> {
    use tokio::io::{AsyncReadExt, AsyncSeekExt};
    let mut file = tokio::fs::File::open(file).await?;
    for _ in 0..16 {
        let mut header = [0; 8];
        if file.read_exact(&mut header).await.is_err() {
            break;
        }
        let [a, b, c, d, kind @ ..] = header;
        let size = u32::from_be_bytes([a, b, c, d]);
        if &kind == b"moov" {
            return Ok(());
        }
        if &kind == b"mdat" || size < 8 {
            break;
        }
        file.seek(std::io::SeekFrom::Current(i64::from(size) - 8))
            .await?;
    }
    Err(ImportError::broken(
        "MP4 file",
        "its index is not at its start",
    ))
}

async fn one(n: usize, file: &Path) -> Result<(Segment, ts::Contents), ImportError> {
    let broken = |problem: String| ImportError::broken(format!("segment {n}"), problem);
    let size = tokio::fs::metadata(file).await?.len();
    if size > MAX_SEGMENT {
        return Err(broken("it is too large".into()));
    }
    let bytes = tokio::fs::read(file).await?;
    let read = move || {
        let hash = short_hash(&digest::digest(&digest::SHA256, &bytes));
        ts::read(&bytes).map(|contents| (hash, contents))
    };
    let (hash, contents) = tokio::task::spawn_blocking(read)
        .await
        .map_err(|e| broken(e.to_string()))?
        .map_err(|problem| broken(problem.to_string()))?;
    let segment = Segment {
        duration_seconds: 0.0,
        size: u32::try_from(size).unwrap_or(u32::MAX),
        hash,
    };
    Ok((segment, contents))
}

/// Compares the times of all frames with those of the MP4 file, both from their first frame on.
fn same_times(read: &[(Segment, ts::Contents)], expected: &Timeline) -> Result<(), ImportError> {
    let stamps: Vec<f64> = read
        .iter()
        .flat_map(|(_, contents)| &contents.video_dts)
        .map(|ticks| seconds(*ticks))
        .collect();
    if stamps.len() != expected.dts.len() {
        return Err(ImportError::broken(
            "segments",
            format!(
                "they hold {} frames of {}",
                stamps.len(),
                expected.dts.len()
            ),
        ));
    }
    let zero = |times: &[f64]| times.first().copied().unwrap_or_default();
    let (from, to) = (zero(&stamps), zero(&expected.dts));
    let differs = |(a, b): (&f64, &f64)| ((a - from) - (b - to)).abs() > TICK;
    match stamps.iter().zip(&expected.dts).position(differs) {
        Some(n) => Err(ImportError::broken(
            "segments",
            format!("frame {n} comes at another time"),
        )),
        None => Ok(()),
    }
}

/// Names the codecs by what the segments say of themselves, and checks the sound's length.
fn codecs(
    read: &[(Segment, ts::Contents)],
    expected: &Timeline,
    sound: bool,
) -> Result<String, ImportError> {
    let [profile, constraints, level] = read
        .first()
        .and_then(|(_, contents)| contents.avc)
        .ok_or_else(|| ImportError::broken("segment 0", "it has no parameter set"))?;
    let codecs = format!("avc1.{profile:02x}{constraints:02x}{level:02x}");
    if !sound {
        return Ok(codecs);
    }
    let tracks: Vec<_> = read.iter().filter_map(|(_, c)| c.audio.as_ref()).collect();
    let (Some(first), Some(last)) = (tracks.first(), tracks.last()) else {
        return Err(ImportError::broken("segments", "the sound is missing"));
    };
    let lasts = |frames: u32| f64::from(frames) * 1024.0 / f64::from(first.sample_rate);
    let frames: u32 = tracks.iter().map(|track| track.frames).sum();
    let until = seconds(last.first_pts - first.first_pts) + lasts(last.frames);
    if (until - lasts(frames)).abs() > 0.1 {
        return Err(ImportError::broken("segments", "the sound has a gap"));
    }
    if until > expected.duration() + 30.0 {
        return Err(ImportError::broken(
            "segments",
            "the sound runs past the picture",
        ));
    }
    Ok(format!("{codecs},mp4a.40.{}", first.object_type))
}

/// Measures how long each segment lasts: until the next one's first picture, the last until its end.
fn durations(read: &[(Segment, ts::Contents)], expected: &Timeline) -> Vec<f64> {
    let starts: Vec<f64> = read
        .iter()
        .filter_map(|(_, contents)| contents.video_pts)
        .map(|(first, _)| seconds(first))
        .collect();
    let end = starts.first().copied().unwrap_or_default() + expected.duration();
    let after = starts.iter().skip(1).copied().chain([end]);
    starts
        .iter()
        .zip(after)
        .map(|(from, to)| to - from)
        .collect()
}

/// Decodes every picture that stands alone, and all sound, from the segments themselves.
async fn decode(tools: &Tools, files: &[PathBuf], length: f64) -> Result<(), ImportError> {
    Run::new(tools, &tools.ffmpeg, timeout(length))
        .args([
            "-xerror",
            "-skip_frame",
            "nokey",
            "-f",
            "mpegts",
            "-i",
            "pipe:0",
        ])
        .args(["-map", "0", "-fps_mode", "passthrough", "-f", "null", "-"])
        .feed(files.to_vec())
        .lines(|_| {})
        .await?
        .ok("decoding the packaged segments")?;
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "time stamps have 33 bits")]
fn seconds(ticks: i64) -> f64 {
    ticks as f64 / ts::CLOCK
}
