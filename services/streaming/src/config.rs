//! Settings of streaming, usable as they are.

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use crate::import::{Sandbox, Tools};

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
    /// The program that encodes, a name on the search path or a path.
    pub ffmpeg: String,
    /// The program that looks into files, a name on the search path or a path.
    pub ffprobe: String,
    /// Lets these programs run where the kernel cannot keep them from files (Linux before 5.13, or
    /// without Landlock).
    pub weak_sandbox: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            segment_cache_bytes: 64 * 1024 * 1024,
            segment_load_bytes: 64 * 1024 * 1024,
            key_days: 30,
            ffmpeg: "ffmpeg".into(),
            ffprobe: "ffprobe".into(),
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

    /// Returns after how long tokens are signed by a new key.
    pub(crate) fn key_life(&self) -> Duration {
        Duration::from_hours(24) * self.key_days.max(1)
    }
}
