//! Makes the files: one MP4 that plays while it loads, and from it the segments.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    ImportError, Tools,
    plan::{Audio, Encoding, Plan, Video},
    probe::Source,
    tools::Run,
};

/// Seconds after which a segment ends at the next picture that stands alone (STRM-12).
const SEGMENT_SECONDS: &str = "6";
/// Turns any layout into stereo, scaled so that the sum of all channels cannot clip.
const DOWNMIX: &str = "aresample=ochl=stereo:rematrix_maxval=1.0";

/// Returns how long ffmpeg may work on a title: generous, but not for ever.
pub(super) fn timeout(seconds: f64) -> Duration {
    Duration::from_mins(10) + Duration::from_secs_f64(seconds.clamp(0.0, 86_400.0) * 20.0)
}

/// Makes the MP4 file. `report` hears the fraction that is done.
pub(super) async fn progressive(
    tools: &Tools,
    file: &Path,
    source: &Source,
    plan: &Plan,
    to: &Path,
    mut report: impl FnMut(f64) + Send,
) -> Result<(), ImportError> {
    let seconds = source.timeline.duration();
    let mut run = Run::new(tools, &tools.ffmpeg, timeout(seconds))
        .foreign_input(file)
        .args(["-map", &format!("0:{}", source.video.index)])
        .args(video(&plan.video));
    if let (Some(stream), Some(audio)) = (&source.audio, plan.audio) {
        run = run
            .args(["-map", &format!("0:{}", stream.index)])
            .args(sound(audio));
    }
    run.args(["-map_metadata", "-1", "-map_chapters", "-1"])
        .args([
            "-fflags",
            "+bitexact",
            "-flags:v",
            "+bitexact",
            "-flags:a",
            "+bitexact",
        ])
        .args([
            "-movflags",
            "+faststart",
            "-f",
            "mp4",
            "-progress",
            "pipe:1",
        ])
        .output(to)
        .lines(|line| {
            let done = line
                .strip_prefix("out_time_us=")
                .and_then(|us| us.trim().parse::<f64>().ok());
            if let Some(us) = done {
                report((us / 1e6 / seconds).clamp(0.0, 1.0));
            }
        })
        .await?
        .ok("making the MP4 file")?;
    Ok(())
}

/// Cuts the MP4 file into segments without re-encoding: each ends at the first picture that stands
/// alone at or after n·6 s. Returns their files in order.
pub(super) async fn segments(
    tools: &Tools,
    progressive: &Path,
    folder: &Path,
    seconds: f64,
) -> Result<Vec<PathBuf>, ImportError> {
    tokio::fs::create_dir_all(folder).await?;
    Run::new(tools, &tools.ffmpeg, timeout(seconds))
        .input(progressive)
        .args(["-map", "0", "-c", "copy", "-fflags", "+bitexact"])
        .args([
            "-f",
            "hls",
            "-hls_time",
            SEGMENT_SECONDS,
            "-hls_playlist_type",
            "vod",
        ])
        .args([
            "-hls_flags",
            "independent_segments",
            "-hls_segment_filename",
        ])
        .args([folder.join("segment-%d.ts")])
        .output(&folder.join("playlist.m3u8"))
        .lines(|_| {})
        .await?
        .ok("cutting segments")?;
    let mut files = Vec::new();
    loop {
        let file = folder.join(format!("segment-{}.ts", files.len()));
        if !tokio::fs::try_exists(&file).await? {
            return Ok(files);
        }
        files.push(file);
    }
}

fn video(video: &Video) -> Vec<String> {
    let Video::Encoded(Encoding {
        width,
        height,
        deinterlaced,
        slowed,
        kilobits,
    }) = video
    else {
        return own(&["-c:v", "copy"]);
    };
    let mut filters = Vec::new();
    if *deinterlaced {
        filters.push("yadif".to_owned());
    }
    if *slowed {
        filters.push("fps=60".into());
    }
    filters.push(format!("scale={width}:{height},setsar=1"));
    let mut args = own(&["-c:v", "libx264", "-preset", "fast", "-crf", "21"]);
    args.extend(own(&[
        "-profile:v",
        "high",
        "-pix_fmt",
        "yuv420p",
        "-fps_mode",
        "vfr",
    ]));
    args.extend(own(&["-force_key_frames", "expr:gte(t,n_forced*2)"]));
    args.extend(own(&["-sc_threshold", "0", "-x264-params", "open-gop=0"]));
    args.extend(own(&["-vf", &filters.join(",")]));
    args.extend(own(&["-maxrate", &format!("{kilobits}k")]));
    args.extend(own(&["-bufsize", &format!("{}k", kilobits * 2)]));
    args
}

fn sound(audio: Audio) -> Vec<String> {
    match audio {
        Audio::Kept => own(&["-c:a", "copy"]),
        Audio::Encoded => own(&[
            "-af", DOWNMIX, "-c:a", "aac", "-b:a", "160k", "-ar", "48000",
        ]),
    }
}

fn own(args: &[&str]) -> Vec<String> {
    args.iter().map(|&arg| arg.to_owned()).collect()
}
