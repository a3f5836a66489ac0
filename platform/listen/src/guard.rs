//! A connection under guard: its framing judged, its pace watched.

use std::{
    io,
    mem::MaybeUninit,
    pin::Pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

use crate::{
    account::Account,
    framing::{Fault, Framing, Refused},
};

/// How much is read at once.
const PIECE: usize = 16 * 1024;
/// How much of what is not wanted any more is still taken, so that the answer arrives.
const LINGER_BYTES: usize = 256 * 1024;
const LINGER_TIME: Duration = Duration::from_millis(500);

/// How long a connection may hesitate, and how much it may say for nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// From the first byte of a head to its last.
    pub(crate) head: Duration,
    /// Without taking a byte of what we write.
    pub(crate) write: Duration,
    /// Frames of HTTP/2 that ask for nothing.
    pub(crate) control_frames: u32,
}

/// What guard and handler of a connection tell each other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Verdict(Arc<Told>);

#[derive(Debug, Default)]
struct Told {
    /// What was wrong with the connection's last request.
    fault: OnceLock<Fault>,
    /// Whether the connection speaks something else than HTTP from here on.
    upgraded: AtomicBool,
}

impl Verdict {
    /// Returns the fault, once there is one.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.0.fault.get().copied()
    }

    /// Says that what arrives from here on is not HTTP any more.
    pub(crate) fn upgrade(&self) {
        self.0.upgraded.store(true, Ordering::Release);
    }

    fn is_upgraded(&self) -> bool {
        self.0.upgraded.load(Ordering::Acquire)
    }
}

/// A byte stream from which only well-framed requests come.
#[derive(Debug)]
pub(crate) struct Guard<S> {
    stream: S,
    framing: Framing,
    verdict: Verdict,
    account: Arc<Account>,
    /// Judged bytes, of which hyper has taken so many.
    good: Vec<u8>,
    taken: usize,
    /// Whether an error follows the good bytes.
    broken: bool,
    pace: Pace,
    head_due: Option<Pin<Box<Sleep>>>,
    write_due: Option<Pin<Box<Sleep>>>,
    lingering: Option<(Pin<Box<Sleep>>, usize)>,
}

impl<S> Guard<S> {
    /// Guards a stream, of which `first` has been read already.
    pub(crate) fn new(
        stream: S,
        first: &[u8],
        pace: Pace,
        verdict: Verdict,
        account: Arc<Account>,
    ) -> Self {
        let mut guard = Self {
            stream,
            framing: Framing::new(pace.control_frames),
            verdict,
            account,
            good: Vec::new(),
            taken: 0,
            broken: false,
            pace,
            head_due: None,
            write_due: None,
            lingering: None,
        };
        guard.judge(first);
        guard
    }

    fn judge(&mut self, bytes: &[u8]) {
        if self.verdict.is_upgraded() {
            self.framing.pass_all(bytes, &mut self.good);
            self.account.in_head(false);
            self.head_due = None;
            return;
        }
        let earned = || self.account.earned();
        let judged = self.framing.feed(bytes, earned, &mut self.good);
        self.note(judged);
        let in_head = self.framing.in_head();
        self.account.in_head(in_head);
        if !in_head {
            self.head_due = None;
        } else if self.head_due.is_none() {
            self.head_due = Some(Box::pin(sleep_until(Instant::now() + self.pace.head)));
        }
    }

    fn note(&mut self, judged: Result<(), Refused>) {
        match judged {
            Ok(()) => {}
            Err(Refused::Head(fault)) => {
                let _ = self.verdict.0.fault.set(fault);
            }
            Err(Refused::Body(fault)) => {
                let _ = self.verdict.0.fault.set(fault);
                self.broken = true;
            }
            Err(Refused::Silently) => self.broken = true,
            Err(Refused::Calmed) => {
                metrics::counter!("streamverse_connections_calmed_total").increment(1);
            }
        }
    }

    fn hand_over(&mut self, buffer: &mut ReadBuf<'_>) {
        let rest = &self.good[self.taken..];
        let (now, _) = rest.split_at(rest.len().min(buffer.remaining()));
        buffer.put_slice(now);
        self.taken += now.len();
        if self.taken == self.good.len() {
            self.good.clear();
            // A connection that waits does not hold on to what a large head needed.
            self.good.shrink_to(PIECE);
            self.taken = 0;
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guard<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            if !this.good.is_empty() {
                this.hand_over(buffer);
                return Poll::Ready(Ok(()));
            }
            if this.broken {
                return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
            }
            if this.framing.is_closed() {
                // The answer to our own request ends the connection; an end here would cut it off.
                return Poll::Pending;
            }
            let mut piece = [const { MaybeUninit::uninit() }; PIECE];
            let mut read = ReadBuf::uninit(&mut piece);
            match Pin::new(&mut this.stream).poll_read(cx, &mut read) {
                Poll::Ready(outcome) => {
                    outcome?;
                    if read.filled().is_empty() {
                        return Poll::Ready(Ok(()));
                    }
                    this.judge(read.filled());
                }
                Poll::Pending => {
                    if this.verdict.is_upgraded() {
                        // What heads need room for is needed no more.
                        this.good = Vec::new();
                        this.framing.release();
                    }
                    let Some(due) = &mut this.head_due else {
                        return Poll::Pending;
                    };
                    ready!(due.as_mut().poll(cx));
                    this.head_due = None;
                    let refused = this.framing.late(&mut this.good);
                    this.note(Err(refused));
                }
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Guard<S> {
    /// Fails a write that makes no progress for too long: a reader that does not read.
    fn watch(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.write_due = None;
            return written;
        }
        let after = self.pace.write;
        let due = self
            .write_due
            .get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + after)));
        ready!(due.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// Takes what still arrives for a moment, since closing with unread bytes would take our last
    /// words back.
    fn linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let (due, taken) = self
            .lingering
            .get_or_insert_with(|| (Box::pin(sleep_until(Instant::now() + LINGER_TIME)), 0));
        loop {
            let mut piece = [const { MaybeUninit::uninit() }; PIECE];
            let mut read = ReadBuf::uninit(&mut piece);
            match Pin::new(&mut self.stream).poll_read(cx, &mut read) {
                Poll::Ready(Ok(())) if !read.filled().is_empty() && *taken < LINGER_BYTES => {
                    *taken += read.filled().len();
                }
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return due.as_mut().poll(cx),
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Guard<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.watch(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.watch(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.lingering.is_none() {
            ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
            if self.verdict.fault().is_none() && !self.framing.in_body() {
                return Poll::Ready(Ok(()));
            }
        }
        ready!(self.linger(cx));
        Poll::Ready(Ok(()))
    }
}
