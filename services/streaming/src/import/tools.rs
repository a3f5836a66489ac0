//! Runs ffmpeg and ffprobe: bounded in time, with no input but the named file, killed when the import
//! is given up, and confined to what they need: an empty environment always, and by the [`Sandbox`] the
//! named files, no network, no other process, bounded memory and processor time.

use std::{
    ffi::{OsStr, OsString},
    fs,
    num::NonZero,
    ops::ControlFlow,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::{ChildStdin, Command},
};

use super::ImportError;

/// How much of a tool's complaints is kept.
const MAX_COMPLAINT: usize = 8 * 1024;
/// The longest line that is kept whole.
const MAX_LINE: usize = 64 * 1024;
/// Bytes that a file of ours may always have.
const LEAST_OUTPUT: u64 = 4 << 30;
/// Containers that are read. Playlists and lists of files are not among them, so that a file cannot
/// make ffmpeg open another.
const CONTAINERS: &str =
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mpeg,avi,flv,asf,ogg,mxf,h264,hevc,ivf";

/// Where ffmpeg and ffprobe are.
#[derive(Clone, Debug)]
pub struct Tools {
    /// The program, a name on the search path or a path.
    pub ffmpeg: PathBuf,
    /// The program, a name on the search path or a path.
    pub ffprobe: PathBuf,
    /// What confines them; nothing does in tests of what they make.
    pub sandbox: Option<Sandbox>,
}

/// A program that confines itself and becomes another: `streamverse sandbox-exec`.
#[derive(Clone, Debug)]
pub struct Sandbox {
    /// Its path.
    pub program: PathBuf,
    /// Whether it may go on where the kernel cannot keep programs from files.
    pub weak: bool,
}

impl Default for Tools {
    fn default() -> Self {
        Self {
            ffmpeg: "ffmpeg".into(),
            ffprobe: "ffprobe".into(),
            sandbox: None,
        }
    }
}

impl Tools {
    /// Returns the tool that is not installed, if one is not.
    pub(crate) fn missing(&self) -> Option<String> {
        let tools = [&self.ffmpeg, &self.ffprobe];
        let missing = tools
            .into_iter()
            .find(|tool| found(tool).is_none_or(|file| !file.is_file()));
        missing.map(|tool| tool.display().to_string())
    }
}

/// What a tool said on its way out.
#[derive(Debug)]
pub(super) struct Outcome {
    /// How it ended.
    pub status: ExitStatus,
    /// The end of its standard error.
    pub complaint: String,
}

/// One run of a tool.
pub(super) struct Run<'a> {
    program: &'a Path,
    sandbox: Option<&'a Sandbox>,
    /// What it may read, and the folders in which it may write.
    reads: Vec<PathBuf>,
    writes: Vec<PathBuf>,
    arguments: Vec<OsString>,
    /// Files whose bytes, one after another, are its standard input.
    feed: Vec<PathBuf>,
    limit: Duration,
}

impl<'a> Run<'a> {
    /// Prepares a run that may take up to `limit`.
    pub(super) fn new(tools: &'a Tools, program: &'a Path, limit: Duration) -> Self {
        let run = Self {
            program,
            sandbox: tools.sandbox.as_ref(),
            reads: Vec::new(),
            writes: Vec::new(),
            arguments: Vec::new(),
            feed: Vec::new(),
            limit,
        };
        run.args(["-hide_banner", "-v", "error"])
    }

    /// Adds arguments.
    pub(super) fn args<S: AsRef<OsStr>>(mut self, more: impl IntoIterator<Item = S>) -> Self {
        self.arguments
            .extend(more.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// Adds a file from outside as the input.
    pub(super) fn foreign_input(self, file: &Path) -> Self {
        self.args(["-format_whitelist", CONTAINERS]).input(file)
    }

    /// Adds a file as the input; its name is never read as an address.
    pub(super) fn input(mut self, file: &Path) -> Self {
        let file = whole(file);
        self.reads.push(file.clone());
        self.args(["-protocol_whitelist", "file,pipe"])
            .args([OsStr::new("-i"), &file_address(&file)])
    }

    /// Feeds the tool files, one after another, as its standard input.
    pub(super) fn feed(mut self, files: Vec<PathBuf>) -> Self {
        self.feed = files;
        self
    }

    /// Adds a file as the output.
    pub(super) fn output(mut self, file: &Path) -> Self {
        let file = whole(file);
        self.writes.extend(file.parent().map(Path::to_owned));
        self.args([OsStr::new("-y"), &file_address(&file)])
    }

    /// Runs the tool and hands every line of its standard output to `line`.
    pub(super) async fn lines(
        self,
        mut line: impl FnMut(&str) + Send,
    ) -> Result<Outcome, ImportError> {
        self.lines_while(|text| {
            line(text);
            ControlFlow::Continue(())
        })
        .await
    }

    /// Runs the tool and hands lines of its standard output to `line`, until that wants no more: the tool ends then at
    /// its next word, and not well.
    pub(super) async fn lines_while(
        self,
        mut line: impl FnMut(&str) -> ControlFlow<()> + Send,
    ) -> Result<Outcome, ImportError> {
        let mut rest = Vec::new();
        self.run(|mut bytes| {
            while let Some(end) = bytes.iter().position(|b| *b == b'\n') {
                rest.extend_from_slice(&bytes[..end]);
                line(&String::from_utf8_lossy(&rest))?;
                rest.clear();
                bytes = &bytes[end + 1..];
            }
            if rest.len() < MAX_LINE {
                rest.extend_from_slice(bytes);
            }
            ControlFlow::Continue(())
        })
        .await
    }

    /// Runs the tool and returns up to `most` bytes of its standard output.
    pub(super) async fn bytes(self, most: usize) -> Result<(Outcome, Vec<u8>), ImportError> {
        let mut all = Vec::new();
        let outcome = self
            .run(|bytes| {
                let room = most.saturating_sub(all.len()).min(bytes.len());
                all.extend_from_slice(&bytes[..room]);
                ControlFlow::Continue(())
            })
            .await?;
        Ok((outcome, all))
    }

    async fn run(
        self,
        mut out: impl FnMut(&[u8]) -> ControlFlow<()> + Send,
    ) -> Result<Outcome, ImportError> {
        let stdin = if self.feed.is_empty() {
            Stdio::null()
        } else {
            Stdio::piped()
        };
        let mut child = self
            .command()?
            // Nothing of our settings, keys among them.
            .env_clear()
            .env("LC_ALL", "C")
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| missing(self.program, error))?;
        let (input, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let mut complaint = Vec::new();
        let work = async {
            tokio::join!(
                // A tool that has seen enough closes its end; its status tells the rest.
                async { feed(self.feed, input).await.unwrap_or_default() },
                drain(stdout, &mut out),
                drain(stderr, |bytes| {
                    complaint.extend_from_slice(bytes);
                    let extra = complaint.len().saturating_sub(MAX_COMPLAINT);
                    complaint.drain(..extra);
                    ControlFlow::Continue(())
                }),
                child.wait(),
            )
        };
        let ((), (), (), status) = tokio::time::timeout(self.limit, work)
            .await
            .map_err(|_| ImportError::TooSlow(self.limit))?;
        Ok(Outcome {
            status: status.map_err(ImportError::Disk)?,
            complaint: String::from_utf8_lossy(&complaint).trim().to_owned(),
        })
    }
}

impl Run<'_> {
    fn command(&self) -> Result<Command, ImportError> {
        let missing = || ImportError::ToolMissing(self.program.display().to_string());
        let program = found(self.program).ok_or_else(missing)?;
        let Some(sandbox) = self.sandbox else {
            let mut command = Command::new(program);
            command.args(&self.arguments);
            return Ok(command);
        };
        // A decoder may use all processors all the time that it has.
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get) as u64;
        let read = self.reads.iter().map(fs::metadata);
        let input: u64 = read.flatten().map(|file| file.len()).sum();
        let limits = [
            ("--cpu-seconds", self.limit.as_secs() * processors),
            ("--file-bytes", LEAST_OUTPUT + input * 4),
        ];
        let mut command = Command::new(&sandbox.program);
        command.arg("sandbox-exec");
        for (name, limit) in limits {
            command.arg(name).arg(limit.to_string());
        }
        for (name, paths) in [("--read", &self.reads), ("--write", &self.writes)] {
            for path in paths {
                command.arg(name).arg(path);
            }
        }
        if sandbox.weak {
            command.arg("--weak");
        }
        command.arg("--").arg(program).args(&self.arguments);
        Ok(command)
    }
}

impl Outcome {
    /// Fails where the tool failed.
    pub(super) fn ok(self, doing: &'static str) -> Result<Self, ImportError> {
        if self.status.success() {
            Ok(self)
        } else {
            Err(ImportError::Tool {
                doing,
                complaint: self.complaint,
            })
        }
    }
}

/// Finds a program as a shell does; what runs it has no search path.
fn found(program: &Path) -> Option<PathBuf> {
    if program.components().count() > 1 {
        return Some(whole(program));
    }
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// Returns the whole path of a file.
fn whole(file: &Path) -> PathBuf {
    std::path::absolute(file).unwrap_or_else(|_| file.to_owned())
}

/// Writes a path so that ffmpeg takes it for nothing but a file.
fn file_address(file: &Path) -> OsString {
    let mut address = OsString::from("file:");
    address.push(file);
    address
}

fn missing(program: &Path, error: std::io::Error) -> ImportError {
    if error.kind() == std::io::ErrorKind::NotFound {
        ImportError::ToolMissing(program.display().to_string())
    } else {
        ImportError::Disk(error)
    }
}

async fn feed(files: Vec<PathBuf>, to: Option<ChildStdin>) -> std::io::Result<()> {
    let Some(mut to) = to else { return Ok(()) };
    for file in files {
        let mut file = tokio::fs::File::open(file).await?;
        tokio::io::copy(&mut file, &mut to).await?;
    }
    to.shutdown().await
}

/// Reads until the end, or until nobody wants more; the pipe is closed then.
async fn drain(from: Option<impl AsyncRead + Unpin>, mut to: impl FnMut(&[u8]) -> ControlFlow<()>) {
    let Some(mut from) = from else { return };
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(n @ 1..) = from.read(&mut buffer).await {
        if to(&buffer[..n]).is_break() {
            return;
        }
    }
}
