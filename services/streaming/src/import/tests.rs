//! The import on real files, by ffmpeg. `STREAMVERSE_TEST_DATA` names the folder of the sample clip;
//! without it, or without ffmpeg, these tests fail.
#![cfg(feature = "test-media")]

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::Ordering,
};

use sv_proto::streaming::ImportNoteCode;

use super::*;
use crate::tests::MemoryBlob;

const TITLE: &str = "0190b8e1-7c3a-7d2f-8a44-5f0c2b9d1e67";

/// Returns the sample clip.
pub(crate) fn sample() -> PathBuf {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told where the data is"
    )]
    let data = std::env::var("STREAMVERSE_TEST_DATA").map_or_else(
        |_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let clip = data.join("video/big-buck-bunny-480p-30s.mp4");
    assert!(
        clip.is_file(),
        "the sample clip is not at {}",
        clip.display()
    );
    clip
}

/// Makes a file by ffmpeg.
fn render(folder: &Path, name: &str, args: &[&str]) -> PathBuf {
    let file = folder.join(name);
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-y"])
        .args(args)
        .arg(&file)
        .status()
        .expect("ffmpeg is installed");
    assert!(status.success(), "{args:?}");
    file
}

async fn run(file: &Path, blobs: &MemoryBlob) -> Result<Imported, ImportError> {
    let scratch = tempfile::tempdir().unwrap();
    let tools = Tools::default();
    let job = Job {
        content_id: TITLE,
        file,
        scratch: scratch.path(),
        tools: &tools,
    };
    let result = import(&job, blobs, &mut |_| {}).await;
    let left: Vec<_> = std::fs::read_dir(scratch.path()).unwrap().collect();
    assert!(left.is_empty(), "temporary files stay behind: {left:?}");
    result
}

fn texts(notes: &[Note]) -> Vec<&str> {
    notes.iter().map(|note| note.text.as_str()).collect()
}

async fn refusal(file: &Path) -> ImportError {
    let blobs = MemoryBlob::default();
    let error = run(file, &blobs).await.unwrap_err();
    assert!(blobs.keys().is_empty(), "a refused file leaves blobs");
    error
}

#[tokio::test]
async fn the_sample_is_cut_at_its_keyframes_and_not_re_encoded() {
    let blobs = MemoryBlob::default();
    let imported = run(&sample(), &blobs).await.unwrap();
    let media = &imported.media;
    assert_eq!(
        texts(&imported.notes),
        ["audio: aac (5.1) became AAC stereo"]
    );
    assert!((media.duration_seconds - 30.0).abs() < 0.01);
    let rendition = &media.renditions[0];
    assert_eq!(
        (
            rendition.quality.as_str(),
            rendition.width,
            rendition.height
        ),
        ("480p", 854, 480)
    );
    assert_eq!(rendition.codecs, "avc1.64001e,mp4a.40.2");
    assert!((rendition.frame_rate - 24.0).abs() < 0.001);
    let lengths: Vec<_> = rendition
        .segments
        .iter()
        .map(|s| format!("{:.2}", s.duration_seconds))
        .collect();
    assert_eq!(lengths, ["10.42", "5.33", "7.29", "6.96"]);
    assert_eq!(rendition.target_duration(), 10);
    assert!(rendition.peak_bandwidth > rendition.average_bandwidth);

    let names = [
        "media.json",
        "notes.json",
        "poster.jpg",
        "progressive.mp4",
        "thumbnails/sheet-0.jpg",
    ];
    let mut expected: Vec<_> = names
        .iter()
        .map(|name| format!("{}/{name}", media.prefix))
        .chain((0..4).map(|n| media.segment_key("480p", n)))
        .collect();
    expected.sort();
    assert_eq!(blobs.keys(), expected);
    let json = blobs
        .get(&format!("{}/media.json", media.prefix))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(&serde_json::from_slice::<Media>(&json).unwrap(), media);
}

#[tokio::test]
async fn the_same_file_gives_the_same_folder_and_is_not_packaged_again() {
    let blobs = MemoryBlob::default();
    let first = run(&sample(), &blobs).await.unwrap();
    let keys = blobs.keys();
    let second = run(&sample(), &blobs).await.unwrap();
    assert!(!first.reused && second.reused);
    assert_eq!(first.media, second.media);
    assert_eq!(second.notes, first.notes);
    assert_eq!(first.notes[0].code, ImportNoteCode::AudioReencoded);
    assert_eq!(blobs.keys(), keys);
    // Elsewhere the same bytes come out.
    let elsewhere = MemoryBlob::default();
    assert_eq!(run(&sample(), &elsewhere).await.unwrap().media, first.media);
}

#[tokio::test]
async fn an_import_that_breaks_off_while_storing_is_done_over() {
    let blobs = MemoryBlob::default();
    blobs.fail_after.store(3, Ordering::SeqCst);
    let error = run(&sample(), &blobs).await.unwrap_err();
    assert!(matches!(error, ImportError::Store(_)), "{error}");
    assert!(!blobs.keys().iter().any(|key| key.ends_with("media.json")));
    blobs.fail_after.store(0, Ordering::SeqCst);
    assert!(!run(&sample(), &blobs).await.unwrap().reused);
    assert_eq!(blobs.keys().len(), 9);
}

#[tokio::test]
async fn files_that_are_no_whole_video_are_refused_with_their_reason() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        file
    };
    let bytes = std::fs::read(sample()).unwrap();

    let missing = refusal(&folder.path().join("none.mp4")).await;
    assert!(matches!(missing, ImportError::NotAFile(_)), "{missing}");
    let is_folder = refusal(folder.path()).await;
    assert!(matches!(is_folder, ImportError::NotAFile(_)), "{is_folder}");
    for (name, content) in [
        ("empty.mp4", &b""[..]),
        ("text.mp4", b"not a video"),
        ("zero.mp4", &[0; 4096]),
        (
            "drawing.mp4",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        ),
    ] {
        let error = refusal(&write(name, content)).await;
        assert!(matches!(error, ImportError::NotVideo), "{name}: {error}");
    }
    // Which format the middle of a file looks like is chance; it is not one that is read.
    let end = refusal(&write("end.mp4", &bytes[bytes.len() - 100_000..])).await;
    assert!(
        matches!(end, ImportError::NotVideo | ImportError::Playlist),
        "{end}"
    );
    let cut = refusal(&write("cut.mp4", &bytes[..bytes.len() / 2])).await;
    assert!(matches!(cut, ImportError::Truncated), "{cut}");
    let clip = sample();
    let clip = clip.to_str().unwrap();
    let fast = render(
        folder.path(),
        "fast.mp4",
        &["-i", clip, "-c", "copy", "-movflags", "+faststart"],
    );
    let cut = write("cut2.mp4", &std::fs::read(fast).unwrap()[..2_000_000]);
    let cut = refusal(&cut).await;
    assert!(matches!(cut, ImportError::Truncated), "{cut}");
    let sound = render(
        folder.path(),
        "sound.m4a",
        &["-f", "lavfi", "-i", "sine=440:d=2", "-c:a", "aac"],
    );
    let sound = refusal(&sound).await;
    assert!(matches!(sound, ImportError::NoVideoStream), "{sound}");
    let picture = render(
        folder.path(),
        "one.mp4",
        &["-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1"],
    );
    let picture = refusal(&picture).await;
    assert!(matches!(picture, ImportError::NoDuration), "{picture}");
    let odd = render(
        folder.path(),
        "odd.avi",
        &[
            "-f",
            "lavfi",
            "-i",
            "testsrc2=s=64x64:d=1",
            "-c:v",
            "cinepak",
        ],
    );
    let odd = refusal(&odd).await;
    assert!(
        matches!(&odd, ImportError::UnsupportedCodec(Some(name)) if name == "cinepak"),
        "{odd}"
    );
}

/// Thirteen bytes a frame: what a small file holds must not become gigabytes in memory.
#[tokio::test]
async fn a_file_of_very_many_frames_is_refused_before_all_of_them_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("many.ivf");
    let frames = 1_000_000_u32;
    let mut bytes = b"DKIF\x00\x00\x20\x00VP80\x10\x00\x10\x00".to_vec();
    bytes.extend(
        [1_000_u32, 1, frames, 0]
            .iter()
            .flat_map(|n| n.to_le_bytes()),
    );
    for n in 0..u64::from(frames) {
        bytes.extend_from_slice(&1_u32.to_le_bytes());
        bytes.extend_from_slice(&n.to_le_bytes());
        bytes.push(0);
    }
    std::fs::write(&file, bytes).unwrap();
    let tools = Tools::default();
    let read = |most| probe::packets_up_to(most, &tools, &file, 0, true);
    let error = read(1_000).await.unwrap_err();
    assert!(
        matches!(error, ImportError::TooManyFrames(1_000)),
        "{error}"
    );
    let all = read(1_000_000).await.unwrap();
    assert_eq!(all.dts.len(), 1_000_000);
}

#[tokio::test]
async fn a_file_cannot_make_us_open_another() {
    let folder = tempfile::tempdir().unwrap();
    let secret = sample();
    let secret = secret.display();
    for (name, text) in [
        (
            "a.mp4",
            format!(
                "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://{secret}\n#EXT-X-ENDLIST\n"
            ),
        ),
        ("b.mp4", format!("ffconcat version 1.0\nfile {secret}\n")),
        ("c.m3u8", format!("#EXTM3U\n#EXTINF:9,\n{secret}\n")),
    ] {
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        let error = refusal(&file).await;
        assert!(
            matches!(error, ImportError::Playlist | ImportError::NotVideo),
            "{name}: {error}"
        );
    }
    // A name that looks like an address is a name.
    let odd = folder.path().join("concat:x|y");
    std::fs::write(&odd, b"x").unwrap();
    let error = refusal(&odd).await;
    assert!(matches!(error, ImportError::NotVideo), "{error}");
}

#[tokio::test]
async fn other_codecs_are_encoded_with_a_keyframe_every_two_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let file = render(
        folder.path(),
        "in.mkv",
        &[
            "-f",
            "lavfi",
            "-i",
            "testsrc2=s=320x240:r=25:d=13",
            "-f",
            "lavfi",
            "-i",
            "sine=440:d=13",
            "-c:v",
            "mpeg4",
            "-c:a",
            "flac",
        ],
    );
    let imported = run(&file, &MemoryBlob::default()).await.unwrap();
    let rendition = &imported.media.renditions[0];
    let lengths: Vec<_> = rendition
        .segments
        .iter()
        .map(|s| format!("{:.2}", s.duration_seconds))
        .collect();
    assert_eq!(lengths, ["6.00", "6.00", "1.00"]);
    assert_eq!((rendition.width, rendition.height), (320, 240));
    assert!(rendition.codecs.ends_with(",mp4a.40.2"));
    assert_eq!(imported.notes.len(), 2, "{:?}", imported.notes);
}

#[tokio::test]
async fn a_picture_whose_groups_are_open_is_encoded_anew() {
    let folder = tempfile::tempdir().unwrap();
    let file = render(
        folder.path(),
        "open.mp4",
        &[
            "-f",
            "lavfi",
            "-i",
            "testsrc2=s=320x240:r=25:d=14",
            "-c:v",
            "libx264",
            "-pix_fmt",
            "yuv420p",
            "-x264-params",
            "open-gop=1:keyint=50:bframes=3:scenecut=0",
        ],
    );
    let imported = run(&file, &MemoryBlob::default()).await.unwrap();
    assert_eq!(
        imported.media.renditions[0].codecs.split(',').count(),
        1,
        "no sound, no codec of sound"
    );
    assert!(
        imported
            .notes
            .iter()
            .any(|n| n.text.contains("stand alone")),
        "{:?}",
        imported.notes
    );
}

#[tokio::test]
async fn a_missing_tool_says_how_to_get_it() {
    let tools = Tools {
        ffmpeg: "/nowhere/ffmpeg".into(),
        ffprobe: "/nowhere/ffprobe".into(),
        ..Tools::default()
    };
    let scratch = tempfile::tempdir().unwrap();
    let job = Job {
        content_id: TITLE,
        file: &sample(),
        scratch: scratch.path(),
        tools: &tools,
    };
    let error = import(&job, &MemoryBlob::default(), &mut |_| {})
        .await
        .unwrap_err();
    assert!(error.to_string().contains("apt-get install"), "{error}");
}

#[tokio::test]
async fn the_poster_is_not_the_black_first_frame() {
    let folder = tempfile::tempdir().unwrap();
    let file = render(
        folder.path(),
        "in.mp4",
        &[
            "-f",
            "lavfi",
            "-i",
            "color=black:s=320x240:r=25:d=5",
            "-f",
            "lavfi",
            "-i",
            "testsrc2=s=320x240:r=25:d=5",
            "-filter_complex",
            "[0][1]concat=n=2",
            "-c:v",
            "libx264",
            "-pix_fmt",
            "yuv420p",
            "-g",
            "50",
        ],
    );
    let blobs = MemoryBlob::default();
    let imported = run(&file, &blobs).await.unwrap();
    let poster = blobs
        .get(&imported.media.poster_key())
        .await
        .unwrap()
        .unwrap();
    let file = folder.path().join("poster.jpg");
    std::fs::write(&file, &poster).unwrap();
    let gray = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(&file)
        .args(["-vf", "scale=8:8,format=gray", "-f", "rawvideo", "-"])
        .output()
        .unwrap()
        .stdout;
    let mean = gray.iter().map(|p| u32::from(*p)).sum::<u32>() / 64;
    assert!(mean > 40, "mean brightness {mean}");
}

#[tokio::test]
async fn a_folder_of_blobs_holds_what_was_measured() {
    let (data, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let blobs = sv_ports::embedded::Blob::open(data.path()).await.unwrap();
    let (tools, file) = (Tools::default(), sample());
    let job = Job {
        content_id: TITLE,
        file: &file,
        scratch: scratch.path(),
        tools: &tools,
    };
    let media = import(&job, &blobs, &mut |_| {}).await.unwrap().media;
    for (n, segment) in media.renditions[0].segments.iter().enumerate() {
        let key = media.segment_key("480p", n);
        let stored = blobs.head(&key).await.unwrap().unwrap();
        assert_eq!(stored.size, u64::from(segment.size));
    }
    assert!(import(&job, &blobs, &mut |_| {}).await.unwrap().reused);
}

#[tokio::test]
async fn a_title_without_an_id_is_refused_before_any_work() {
    for id in ["", "42", &TITLE.to_uppercase(), "../../x"] {
        let (scratch, tools, file) = (tempfile::tempdir().unwrap(), Tools::default(), sample());
        let job = Job {
            content_id: id,
            file: &file,
            scratch: scratch.path(),
            tools: &tools,
        };
        let blobs = MemoryBlob::default();
        let error = import(&job, &blobs, &mut |_| {}).await.unwrap_err();
        assert!(matches!(error, ImportError::NotAnId(_)), "{error}");
    }
}

#[tokio::test]
async fn a_look_tells_what_an_import_would_do_and_does_nothing() {
    let examined = examine(&Tools::default(), &sample()).await.unwrap();
    assert_eq!((examined.width, examined.height), (854, 480));
    assert_eq!(
        texts(&examined.notes),
        ["audio: aac (5.1) became AAC stereo"]
    );
    assert!((examined.duration_seconds - 30.0).abs() < 0.01);
}

#[tokio::test]
async fn progress_only_goes_forward() {
    let scratch = tempfile::tempdir().unwrap();
    let tools = Tools::default();
    let file = sample();
    let job = Job {
        content_id: TITLE,
        file: &file,
        scratch: scratch.path(),
        tools: &tools,
    };
    let mut seen = Vec::new();
    import(&job, &MemoryBlob::default(), &mut |p| {
        seen.push((p.stage as u8, p.fraction));
    })
    .await
    .unwrap();
    assert!(seen.windows(2).all(|w| w[0] <= w[1]), "{seen:?}");
    assert_eq!(seen.last(), Some(&(Stage::Storing as u8, 1.0)));
}

/// X-CAT-3: one picture for each stretch, in the shape in which the title is shown.
#[tokio::test]
async fn thumbnails_are_as_long_and_as_wide_as_their_title() {
    let folder = tempfile::tempdir().unwrap();
    let source =
        |size: &str, seconds: &str| format!("testsrc2=size={size}:rate=25:duration={seconds}");
    let h264 = [
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
    ];
    for (name, size, seconds, more, shown) in [
        ("flash.mp4", "320x180", "1", &[][..], (240, 136, 1)),
        ("upright.mp4", "180x320", "12", &[][..], (240, 426, 2)),
        (
            "wide.mp4",
            "180x180",
            "31",
            &["-vf", "setsar=16/9"][..],
            (240, 136, 4),
        ),
    ] {
        let input = source(size, seconds);
        let args = [&["-f", "lavfi", "-i", &input][..], more, &h264].concat();
        let file = render(folder.path(), name, &args);
        let blobs = MemoryBlob::default();
        let media = run(&file, &blobs).await.unwrap().media;
        let made = media.thumbnails.as_ref().unwrap();
        assert_eq!((made.width, made.height, made.count), shown, "{name}");
        let sheet = blobs.get(&media.sheet_key(0)).await.unwrap().unwrap();
        let (_, width, height) = crate::domain::picture::look(&sheet).unwrap();
        assert_eq!((width, height), made.sheet_size(), "{name}");
    }
}
