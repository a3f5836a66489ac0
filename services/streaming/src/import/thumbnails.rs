//! Takes the small pictures of a title out of the pictures that stand alone, which is all that is decoded for it.

use std::path::{Path, PathBuf};

use aws_lc_rs::digest;

use super::{ImportError, Tools, package::timeout, stream::Stream, tools::Run};
use crate::{
    domain::{
        Sheet, Thumbnails,
        picture::{self, Format},
    },
    hash::short_hash,
};

/// Makes the sheets in a folder, and returns what they are and their files in order.
pub(super) async fn thumbnails(
    tools: &Tools,
    progressive: &Path,
    picture: &Stream,
    seconds: f64,
    folder: &Path,
) -> Result<(Thumbnails, Vec<PathBuf>), ImportError> {
    tokio::fs::create_dir_all(folder).await?;
    let mut made = Thumbnails::of(seconds, picture.shown());
    // The last picture stands for the rest of the last sheet, and for stretches behind it.
    let filters = format!(
        "tpad=stop_mode=clone:stop=-1,fps=fps=1/{}:start_time=0,scale={}:{},setsar=1,tile={}x{}",
        made.interval_seconds, made.width, made.height, made.columns, made.rows
    );
    Run::new(tools, &tools.ffmpeg, timeout(seconds))
        .args(["-skip_frame", "nokey"])
        .input(progressive)
        .args(["-an", "-vf", &filters])
        .args(["-frames:v", &made.sheet_count().to_string()])
        .args(["-q:v", "5", "-fflags", "+bitexact", "-flags:v", "+bitexact"])
        .args(["-f", "image2", "-start_number", "0"])
        .output(&folder.join("sheet-%d.jpg"))
        .lines(|_| {})
        .await?
        .ok("taking thumbnails")?;
    let mut files = Vec::new();
    for n in 0..made.sheet_count() {
        let file = folder.join(format!("sheet-{n}.jpg"));
        made.sheets.push(sheet(&file, made.sheet_size()).await?);
        files.push(file);
    }
    Ok((made, files))
}

/// Measures a sheet, and refuses one that is not what it should be.
async fn sheet(file: &Path, size: (u32, u32)) -> Result<Sheet, ImportError> {
    let broken = |problem: &str| ImportError::broken("thumbnails", problem);
    let bytes = tokio::fs::read(file).await;
    let bytes = bytes.map_err(|_| broken("a sheet is missing"))?;
    let (format, width, height) = picture::look(&bytes).map_err(broken)?;
    if format != Format::Jpeg || (width, height) != size {
        return Err(broken("a sheet has another size than its pictures"));
    }
    Ok(Sheet {
        size: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
        hash: short_hash(&digest::digest(&digest::SHA256, &bytes)),
    })
}
