//! Log lines on their way to a stream that nobody watches live: gathered for a moment and written
//! together, since a call into the kernel for each costs more than the line itself.
//!
//! (`tracing-appender` hands every line to a thread, which is woken for it: no cheaper.)

use std::{
    io::{self, Write},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// How long a line waits for others at most. A process that is killed takes so much with it.
const GATHER: Duration = Duration::from_millis(100);
/// Bytes that wait at most.
const ENOUGH: usize = 64 * 1024;

/// The lines that wait, and the stream that they go to. Warnings and errors do not wait.
#[derive(Debug)]
pub(super) struct Lines<W>(Arc<Shared<W>>);

#[derive(Debug)]
struct Shared<W> {
    waiting: Mutex<Waiting<W>>,
    some: Condvar,
}

#[derive(Debug)]
struct Waiting<W> {
    bytes: Vec<u8>,
    stream: W,
}

impl<W> Clone for Lines<W> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<W: Write + Send + 'static> Lines<W> {
    /// Gathers the lines of a stream, with a thread of their own that writes them in time.
    pub(super) fn to(stream: W) -> io::Result<Self> {
        let waiting = Waiting {
            bytes: Vec::with_capacity(ENOUGH),
            stream,
        };
        let lines = Self(Arc::new(Shared {
            waiting: Mutex::new(waiting),
            some: Condvar::new(),
        }));
        let shared = lines.0.clone();
        thread::Builder::new()
            .name("log-lines".into())
            .spawn(move || {
                loop {
                    let waiting = shared.lock();
                    let none = |waiting: &mut Waiting<W>| waiting.bytes.is_empty();
                    drop(shared.some.wait_while(waiting, none));
                    thread::sleep(GATHER);
                    shared.lock().write();
                }
            })?;
        Ok(lines)
    }

    /// Writes what waits.
    pub(super) fn flush(&self) {
        self.0.lock().write();
    }
}

impl<W> Shared<W> {
    fn lock(&self) -> MutexGuard<'_, Waiting<W>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W: Write> Waiting<W> {
    fn write(&mut self) {
        // Nobody can be told that logs cannot be written.
        let _ = self.stream.write_all(&self.bytes);
        let _ = self.stream.flush();
        self.bytes.clear();
    }
}

/// A line that is being written.
#[derive(Debug)]
pub(super) struct Line<'l, W> {
    lines: &'l Shared<W>,
    /// Whether it is not to wait.
    urgent: bool,
}

impl<W: Write> Write for Line<'_, W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut waiting = self.lines.lock();
        let first = waiting.bytes.is_empty();
        waiting.bytes.extend_from_slice(line);
        if self.urgent || waiting.bytes.len() >= ENOUGH {
            waiting.write();
        } else if first {
            self.lines.some.notify_one();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'l, W: Write + 'l> MakeWriter<'l> for Lines<W> {
    type Writer = Line<'l, W>;

    fn make_writer(&'l self) -> Line<'l, W> {
        Line {
            lines: &self.0,
            urgent: true,
        }
    }

    fn make_writer_for(&'l self, of: &Metadata<'_>) -> Line<'l, W> {
        Line {
            lines: &self.0,
            urgent: *of.level() <= Level::WARN,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    /// A stream that counts how often it is written to.
    #[derive(Clone, Debug, Default)]
    struct Stream(Arc<Mutex<(usize, String)>>);

    impl Write for Stream {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut seen = self.0.lock().unwrap();
            seen.0 += 1;
            seen.1.push_str(std::str::from_utf8(bytes).unwrap());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn log(stream: &Stream, say: impl FnOnce()) -> Lines<Stream> {
        let lines = Lines::to(stream.clone()).unwrap();
        let layer = tracing_subscriber::fmt::layer()
            .without_time()
            .with_ansi(false)
            .with_target(false)
            .with_writer(lines.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), say);
        lines
    }

    #[test]
    fn lines_are_written_together_and_in_time() {
        let stream = Stream::default();
        log(&stream, || {
            for number in 0..50 {
                tracing::info!("line {number}");
            }
        });
        let begun = Instant::now();
        while !stream.0.lock().unwrap().1.contains("line 49") {
            assert!(begun.elapsed() < Duration::from_secs(20), "never written");
            thread::sleep(Duration::from_millis(5));
        }
        let seen = stream.0.lock().unwrap();
        assert_eq!(seen.1.lines().count(), 50);
        assert!(seen.0 < 50, "written {} times", seen.0);
    }

    #[test]
    fn warnings_do_not_wait_and_come_after_what_was_said_before() {
        let stream = Stream::default();
        log(&stream, || {
            tracing::info!("before");
            tracing::warn!("now");
            assert_eq!(stream.0.lock().unwrap().1, " INFO before\n WARN now\n");
        });
    }

    #[test]
    fn nothing_grows_beyond_bounds_and_an_end_loses_nothing() {
        let stream = Stream::default();
        let long = "x".repeat(1000);
        let lines = log(&stream, || {
            for _ in 0..100 {
                tracing::info!("{long}");
                let waiting = stream.0.lock().unwrap().1.len();
                assert!(waiting < 101 * 1010);
            }
        });
        lines.flush();
        assert_eq!(stream.0.lock().unwrap().1.lines().count(), 100);
    }
}
