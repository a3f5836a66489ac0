//! Settings of streaming, usable as they are.

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};
use sv_boot::config::{Bounds, Setting, texts};

use crate::{
    app::{Bounds as UploadBounds, Importing},
    import::{Sandbox, Tools},
};

/// Settings of streaming.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// How many bytes of segments are kept in memory (STRM-9).
    pub segment_cache_bytes: u64,
    /// How many bytes of segments may be read into memory at the same time.
    pub segment_load_bytes: u32,
    /// Days after which playback tokens are signed by a new key.
    pub key_days: u32,
    /// How many streams run at once in an account without a plan that says so: one that watches free titles.
    pub streams_without_plan: u32,
    /// Seconds between two heartbeats of a player (PLAY-5). A stream is free again 90 s after the last.
    pub heartbeat_seconds: u32,
    /// Signs the addresses of streams that are made elsewhere (LIVE-6); empty for none.
    pub live_secret: String,
    /// The hosts whose addresses are signed, in lower case and without ports.
    pub live_signed_hosts: Vec<String>,
    /// The program that encodes, a name on the search path or a path.
    pub ffmpeg: String,
    /// The program that looks into files, a name on the search path or a path.
    pub ffprobe: String,
    /// Where the files of an import lie while it is made; empty for the system's folder for such files.
    pub scratch: String,
    /// The most bytes of an uploaded file.
    pub upload_bytes: u64,
    /// The most bytes of a tenant's files that are uploaded and not yet packaged.
    pub uploads_bytes: u64,
    /// The most files of a tenant that are uploaded and not yet packaged.
    pub uploads_files: u32,
    /// Hours without a byte after which an upload ends, and for which the file of an import that failed is kept.
    pub upload_hours: u32,
    /// Lets these programs run where the kernel cannot keep them from files (Linux before 5.13, or
    /// without Landlock).
    pub weak_sandbox: bool,
}

/// What the settings may be.
pub(crate) const SETTINGS: &[Setting] = &[
    Setting::free("streaming.segment_cache_bytes", Bounds::Number(0, 64 << 30)),
    Setting::free(
        "streaming.segment_load_bytes",
        Bounds::Number(1 << 20, u32::MAX as u64),
    ),
    Setting::free("streaming.key_days", Bounds::Number(1, 366)),
    Setting::free("streaming.streams_without_plan", Bounds::Number(1, 100)),
    Setting::free("streaming.heartbeat_seconds", Bounds::Number(5, 60)),
    Setting::ruled("streaming.live_secret", Bounds::Text(texts::SECRET)),
    Setting::free("streaming.live_signed_hosts", Bounds::Texts(texts::HOST)),
    Setting::free("streaming.ffmpeg", Bounds::Text(texts::PROGRAM)),
    Setting::free("streaming.ffprobe", Bounds::Text(texts::PROGRAM)),
    Setting::free("streaming.scratch", Bounds::Text(texts::FOLDER)),
    Setting::free("streaming.upload_bytes", Bounds::Number(1 << 20, 1 << 42)),
    Setting::free("streaming.uploads_bytes", Bounds::Number(1 << 20, 1 << 50)),
    Setting::free("streaming.uploads_files", Bounds::Number(1, 10_000)),
    Setting::free("streaming.upload_hours", Bounds::Number(1, 720)),
    Setting::ruled("streaming.weak_sandbox", Bounds::Switch),
];

impl Default for Options {
    fn default() -> Self {
        Self {
            segment_cache_bytes: 64 * 1024 * 1024,
            segment_load_bytes: 64 * 1024 * 1024,
            key_days: 30,
            streams_without_plan: 1,
            heartbeat_seconds: 30,
            live_secret: String::new(),
            live_signed_hosts: Vec::new(),
            ffmpeg: "ffmpeg".into(),
            ffprobe: "ffprobe".into(),
            scratch: String::new(),
            upload_bytes: 64 << 30,
            uploads_bytes: 256 << 30,
            uploads_files: 50,
            upload_hours: 24,
            weak_sandbox: false,
        }
    }
}

impl Options {
    /// Returns where the tools of the import are, and what confines them: a program that takes
    /// `sandbox-exec`, such as this one.
    pub fn tools(&self, sandbox: PathBuf) -> Tools {
        Tools {
            ffmpeg: self.ffmpeg.clone().into(),
            ffprobe: self.ffprobe.clone().into(),
            sandbox: Some(Sandbox {
                program: sandbox,
                weak: self.weak_sandbox,
            }),
        }
    }

    /// Returns what uploads and imports need.
    pub(crate) fn importing(&self, tools: Tools) -> Importing {
        let scratch = if self.scratch.is_empty() {
            std::env::temp_dir()
        } else {
            self.scratch.clone().into()
        };
        Importing {
            tools,
            scratch,
            bounds: UploadBounds {
                file_bytes: self.upload_bytes,
                tenant_bytes: self.uploads_bytes,
                tenant_files: self.uploads_files.into(),
                timeout: Duration::from_hours(1) * self.upload_hours,
            },
        }
    }

    /// Returns after how long tokens are signed by a new key.
    pub(crate) fn key_life(&self) -> Duration {
        Duration::from_hours(24) * self.key_days.max(1)
    }
}
