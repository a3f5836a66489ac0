//! `media import`: makes a video file playable (TRNS-6, TRNS-9, TRNS-11, STRM-12).
//!
//! The file is looked into ([`probe`]), what happens to its streams is decided ([`plan`]), ffmpeg makes
//! an MP4 file and segments of it ([`package`]), a [`poster`] and [`thumbnails`], all of it is checked ([`verify`]) and
//! stored ([`store`]). Only then the title, which [`find_title`] looked for before all this, gets it by
//! `MediaAdminService.PublishMedia`.
//!
//! The folder in the blob store is named by the file's bytes and by how they are packaged, so the same
//! file gives the same folder, and one that stands whole is not made again.

mod failure;
mod left;
mod package;
mod plan;
mod poster;
mod probe;
mod scratch;
mod store;
mod stream;
mod thumbnails;
mod tools;
mod ts;
mod verify;

#[cfg(test)]
pub(crate) mod tests;

use std::{
    io::Read as _,
    path::{Path, PathBuf},
    time::Duration,
};

use aws_lc_rs::digest;
use sv_kernel::Ctx;
use sv_ports::Blob;
use sv_proto::{
    content::{BatchGetContentsRequest, content_service_client::ContentServiceClient},
    streaming::{self as pb, media_admin_service_client::MediaAdminServiceClient},
};
use sv_rpc::{Transport, call, error};

pub use failure::ImportError;
pub(crate) use scratch::Scratch;
pub use tools::{Sandbox, Tools};

use crate::{
    domain::{Media, Note, Rendition, Thumbnails, check::is_uuid, media::bandwidth},
    hash::short_hash,
};
use plan::Plan;
use probe::Source;
use verify::{Measured, Refusal};

/// Counts the ways of packaging: a change of what ffmpeg is told makes new folders.
const RECIPE: &str = "2";
const PROGRESSIVE: &str = "progressive.mp4";
const POSTER: &str = "poster.jpg";

/// What to import.
#[derive(Clone, Debug)]
pub struct Job<'a> {
    /// The title, a hyphenated UUID in lower case.
    pub content_id: &'a str,
    /// The video file.
    pub file: &'a Path,
    /// Where temporary files may lie; they are removed at the end.
    pub scratch: &'a Path,
    /// ffmpeg and ffprobe.
    pub tools: &'a Tools,
}

/// How far an import has come.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// How much of it is done, 0 to 1.
    pub fraction: f64,
    /// The quality that is made, e.g. `480p`, as soon as it is known.
    pub quality: String,
}

/// What an import is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Looking into the file.
    Probing,
    /// Making the files.
    Packaging,
    /// Checking them.
    Checking,
    /// Storing them.
    Storing,
}

/// Media that stands whole in the blob store, not yet published.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// What to publish.
    pub media: Media,
    /// What a person should know about it, also where it had been packaged before.
    pub notes: Vec<Note>,
    /// Whether the same file had been packaged and stored before.
    pub reused: bool,
}

/// What an import would do with a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Examined {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Length in seconds.
    pub duration_seconds: f64,
    /// What a person should know about it.
    pub notes: Vec<Note>,
}

/// Packages a file and stores it. `report` hears how far it has come.
pub async fn import(
    job: &Job<'_>,
    blobs: &dyn Blob,
    report: &mut (dyn FnMut(Progress) + Send),
) -> Result<Imported, ImportError> {
    report(Progress {
        stage: Stage::Probing,
        fraction: 0.0,
        quality: String::new(),
    });
    import_into(job, prefix(job).await?, blobs, report).await
}

/// Names the folder of the blob store into which a file is packaged: it follows from the title, the bytes and the tools.
pub(crate) async fn prefix(job: &Job<'_>) -> Result<String, ImportError> {
    if !is_uuid(job.content_id) {
        return Err(ImportError::NotAnId(job.content_id.to_owned()));
    }
    let generation = generation(job).await?;
    Ok(format!("media/{}/{generation}", job.content_id))
}

/// Packages a file into its folder, as [`import`] does.
pub(crate) async fn import_into(
    job: &Job<'_>,
    prefix: String,
    blobs: &dyn Blob,
    report: &mut (dyn FnMut(Progress) + Send),
) -> Result<Imported, ImportError> {
    let mut quality = String::new();
    let mut say = |stage, fraction, made: Option<&str>| {
        if let Some(made) = made {
            made.clone_into(&mut quality);
        }
        report(Progress {
            stage,
            fraction,
            quality: quality.clone(),
        });
    };
    say(Stage::Probing, 0.0, None);
    if let Some((media, notes)) = store::stored(blobs, &prefix).await? {
        return Ok(Imported {
            media,
            notes,
            reused: true,
        });
    }
    let source = probe::probe(job.tools, job.file).await?;
    let folder = tempfile::Builder::new()
        .prefix("streamverse-import-")
        .tempdir_in(job.scratch)?;
    let mut kept = plan::plan(&source, true);
    say(Stage::Packaging, 0.0, Some(&kept.quality(&source)));
    let made = match make(job, &source, &kept, folder.path(), &mut say).await {
        Err(Refusal::NotAlone) => {
            kept = plan::plan(&source, false);
            make(job, &source, &kept, folder.path(), &mut say).await
        }
        made => made,
    };
    let made = made.map_err(|refusal| match refusal {
        Refusal::NotAlone => ImportError::broken("segments", "one needs the one before"),
        Refusal::Failed(error) => error,
    })?;
    let media = describe(job, prefix, &made)?;
    let rendition = &media.renditions[0];
    let mut files: Vec<_> = made
        .files
        .into_iter()
        .enumerate()
        .map(|(n, file)| (media.segment_key(&rendition.quality, n), file))
        .collect();
    let sheets = made.sheets.into_iter().enumerate();
    files.extend(sheets.map(|(n, file)| (media.sheet_key(n), file)));
    files.push((media.progressive_key(), folder.path().join(PROGRESSIVE)));
    files.push((media.poster_key(), folder.path().join(POSTER)));
    store::store(blobs, (&media, &kept.notes), files, |done| {
        say(Stage::Storing, done, None);
    })
    .await?;
    Ok(Imported {
        media,
        notes: kept.notes,
        reused: false,
    })
}

/// Makes sure that there is a title to give the media to, before any work is done for it.
pub async fn find_title(
    ctx: &Ctx,
    content: &ContentServiceClient<Transport>,
    content_id: &str,
) -> Result<(), ImportError> {
    if !is_uuid(content_id) {
        return Err(ImportError::NotAnId(content_id.to_owned()));
    }
    let request = BatchGetContentsRequest {
        ids: vec![content_id.to_owned()],
    };
    let answer = content.clone().batch_get_contents(call(ctx, request)).await;
    let found = answer.map_err(|refused| ImportError::Title(error(refused)))?;
    if found.into_inner().contents.is_empty() {
        return Err(ImportError::NoTitle(content_id.to_owned()));
    }
    Ok(())
}

/// Looks into a file and says what an import would do with it: the picture's size, its length in
/// seconds, and notes for people. Makes and stores nothing.
pub async fn examine(tools: &Tools, file: &Path) -> Result<Examined, ImportError> {
    let source = probe::probe(tools, file).await?;
    Ok(Examined {
        width: source.video.width,
        height: source.video.height,
        duration_seconds: source.timeline.duration(),
        notes: plan::plan(&source, true).notes,
    })
}

/// Makes stored media the media of its title.
pub async fn publish(
    ctx: &Ctx,
    client: &MediaAdminServiceClient<Transport>,
    media: &Media,
) -> Result<pb::Media, ImportError> {
    let request = pb::PublishMediaRequest {
        content_id: media.content_id.clone(),
        media: Some(media.into()),
    };
    let answer = client.clone().publish_media(call(ctx, request)).await;
    let published = answer.map_err(|refused| ImportError::Publish(error(refused)))?;
    Ok(published.into_inner().media.unwrap_or_default())
}

/// What was made and measured.
struct Made {
    picture: stream::Stream,
    seconds: f64,
    measured: Measured,
    files: Vec<PathBuf>,
    thumbnails: Thumbnails,
    sheets: Vec<PathBuf>,
}

/// Makes and checks all files.
async fn make(
    job: &Job<'_>,
    source: &Source,
    plan: &Plan,
    folder: &Path,
    say: &mut (impl FnMut(Stage, f64, Option<&str>) + Send),
) -> Result<Made, Refusal> {
    let tools = job.tools;
    let mp4 = folder.join(PROGRESSIVE);
    let packaging = |done| say(Stage::Packaging, done, None);
    package::progressive(tools, job.file, source, plan, &mp4, packaging).await?;
    verify::starts_fast(&mp4).await?;
    let picture = probe::picture(tools, &mp4).await?;
    let timeline = probe::packets(tools, &mp4, picture.index, false).await?;
    let seconds = timeline.duration();
    let before = source.timeline.duration();
    if (seconds - before).abs() > 0.5 + before / 100.0 {
        let problem = format!("it lasts {seconds:.2} s of {before:.2} s");
        return Err(ImportError::broken("MP4 file", problem).into());
    }
    let cut = folder.join("segments");
    match tokio::fs::remove_dir_all(&cut).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(ImportError::Disk(error).into());
        }
        _ => {}
    }
    let files = package::segments(tools, &mp4, &cut, seconds).await?;
    let sound = plan.audio.is_some();
    let checking = |done| say(Stage::Checking, done, None);
    let measured = verify::segments(tools, &files, &timeline, sound, checking).await?;
    poster::poster(tools, &mp4, seconds, &folder.join(POSTER)).await?;
    let small = folder.join("thumbnails");
    let (thumbnails, sheets) =
        thumbnails::thumbnails(tools, &mp4, &picture, seconds, &small).await?;
    Ok(Made {
        picture,
        seconds,
        measured,
        files,
        thumbnails,
        sheets,
    })
}

fn describe(job: &Job<'_>, prefix: String, made: &Made) -> Result<Media, ImportError> {
    let (peak_bandwidth, average_bandwidth) = bandwidth(&made.measured.segments);
    let media = Media {
        content_id: job.content_id.to_owned(),
        prefix,
        duration_seconds: made.seconds,
        renditions: vec![Rendition {
            quality: plan::quality(made.picture.width, made.picture.height),
            width: made.picture.width,
            height: made.picture.height,
            frame_rate: made.picture.avg_frame_rate,
            peak_bandwidth,
            average_bandwidth,
            codecs: made.measured.codecs.clone(),
            segments: made.measured.segments.clone(),
        }],
        progressive: PROGRESSIVE.into(),
        poster: POSTER.into(),
        thumbnails: Some(made.thumbnails.clone()),
    };
    media
        .check()
        .map_err(|problem| ImportError::broken("media", problem))?;
    Ok(media)
}

/// Names a packaging by the file's bytes, the recipe and the version of ffmpeg.
async fn generation(job: &Job<'_>) -> Result<String, ImportError> {
    let (outcome, version) = tools::Run::new(job.tools, &job.tools.ffmpeg, Duration::from_secs(30))
        .args(["-version"])
        .bytes(200)
        .await?;
    outcome.ok("telling its version")?;
    let version: Vec<u8> = version.into_iter().take_while(|b| *b != b'\n').collect();
    let file = job.file.to_owned();
    let hash = move || {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(RECIPE.as_bytes());
        context.update(&version);
        let mut file = std::fs::File::open(file)?;
        if !file.metadata()?.is_file() {
            return Err(std::io::ErrorKind::InvalidInput.into());
        }
        let mut buffer = vec![0; 1024 * 1024];
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(short_hash(&context.finish())),
                n => context.update(&buffer[..n]),
            }
        }
    };
    tokio::task::spawn_blocking(hash)
        .await
        .map_err(|e| ImportError::Disk(e.into()))?
        .map_err(|_: std::io::Error| ImportError::NotAFile(job.file.display().to_string()))
}

/// Returns the presentation time of the first picture of a segment, in ticks of 90 kHz, where it can be read.
pub(crate) fn first_picture(segment: &[u8]) -> Option<i64> {
    let (first, _) = ts::read(segment).ok()?.video_pts?;
    Some(first)
}
