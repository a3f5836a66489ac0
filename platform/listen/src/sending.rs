//! An answer's body: fetched when there is room to send it, in pieces that are counted until the
//! socket has them.
//!
//! hyper asks for the next bytes of an answer before it knows whether its client takes any. So a place
//! among the bytes of the connection and of the port is taken first; only then the body is asked, and
//! what it has opened or read stays bounded however many answers nobody reads.
//!
//! hyper also asks some times for each piece, and again whenever the connection's task is woken. A body that has
//! nothing yet is asked again when it has called.

use std::{
    mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use metrics::Gauge;
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::PollSemaphore;
use tonic::{Status, body::Body};

use crate::{
    account::{Account, PIECE, Progress, UnderWay, units},
    bell::Bell,
};

/// An answer on its way.
#[derive(Debug)]
pub(crate) struct Sending {
    inner: Body,
    /// Rung by the body.
    bell: Bell,
    /// Whether the body had nothing when it was asked last.
    waits: bool,
    /// What is left of the bytes that the body gave.
    rest: Bytes,
    place: Option<Place>,
    room: PollSemaphore,
    pool: PollSemaphore,
    /// The place on the connection, while one among all is waited for.
    half: Option<OwnedSemaphorePermit>,
    /// Whether a place is kept while the body is waited for. An answer of known length is being read;
    /// one without may be a stream that says nothing for hours.
    keeps_place: bool,
    /// Bytes that lie in memory until they are sent.
    owed: usize,
    progress: Arc<Progress>,
    /// Something that is given back at the end.
    _crowd: Option<InCrowd>,
    under_way: UnderWay,
}

/// A request's places among those of its address and among all that are under way.
#[derive(Debug)]
pub(crate) struct InCrowd {
    _places: [OwnedSemaphorePermit; 2],
    in_flight: Gauge,
}

impl InCrowd {
    pub(crate) fn new(places: [OwnedSemaphorePermit; 2], in_flight: Gauge) -> Self {
        in_flight.increment(1.0);
        Self {
            _places: places,
            in_flight,
        }
    }
}

impl Drop for InCrowd {
    fn drop(&mut self) {
        self.in_flight.decrement(1.0);
    }
}

/// Room for one piece, on the connection and among all.
#[derive(Debug)]
struct Place(OwnedSemaphorePermit, OwnedSemaphorePermit);

impl Place {
    /// Gives back what so many bytes do not need.
    fn shrink(&mut self, bytes: usize) {
        for permit in [&mut self.0, &mut self.1] {
            let extra = permit.num_permits().saturating_sub(units(bytes));
            drop(permit.split(extra));
        }
    }
}

/// Bytes that were handed over.
struct Piece {
    bytes: Bytes,
    account: Arc<Account>,
    _place: Place,
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.account.taken(self.bytes.len());
    }
}

impl Sending {
    pub(crate) fn new(
        inner: Body,
        keeps_place: bool,
        progress: Arc<Progress>,
        crowd: Option<InCrowd>,
        under_way: UnderWay,
    ) -> Self {
        let account = under_way.account();
        let owed = usize::try_from(inner.size_hint().lower()).unwrap_or(usize::MAX);
        account.owe(owed);
        progress.client(account.now());
        Self {
            inner,
            bell: Bell::new(),
            waits: false,
            rest: Bytes::new(),
            place: None,
            room: PollSemaphore::new(account.room.clone()),
            pool: PollSemaphore::new(account.pool.units.clone()),
            half: None,
            keeps_place,
            owed,
            progress,
            _crowd: crowd,
            under_way,
        }
    }

    fn poll_place(&mut self, cx: &mut Context<'_>) -> Poll<Place> {
        let whole = u32::try_from(units(PIECE)).unwrap_or(u32::MAX);
        // The semaphores are never closed.
        if self.half.is_none() {
            self.half = ready!(self.room.poll_acquire_many(cx, whole));
        }
        let among_all = ready!(self.pool.poll_acquire_many(cx, whole));
        match (self.half.take(), among_all) {
            (Some(on_connection), Some(among_all)) => Poll::Ready(Place(on_connection, among_all)),
            _ => Poll::Pending,
        }
    }

    /// Hands over the next piece of what the body gave.
    fn piece(&mut self, mut place: Place) -> Bytes {
        let bytes = self.rest.split_to(self.rest.len().min(PIECE));
        place.shrink(bytes.len());
        let account = self.under_way.account().clone();
        account.hand_over(bytes.len());
        let paid = self.owed.min(bytes.len());
        self.owed -= paid;
        account.send(paid);
        self.progress.client(account.now());
        Bytes::from_owner(Piece {
            bytes,
            account,
            _place: place,
        })
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.under_way.account().send(mem::take(&mut self.owed));
    }
}

impl http_body::Body for Sending {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        if this.inner.is_end_stream() && this.rest.is_empty() {
            return Poll::Ready(None);
        }
        if this.rest.is_empty() {
            if this.waits && !this.bell.has_rung(cx) {
                return Poll::Pending;
            }
            this.waits = false;
        }
        let place = match this.place.take() {
            Some(place) => place,
            None => ready!(this.poll_place(cx)),
        };
        while this.rest.is_empty() {
            // Whatever rings from here on is seen the next time.
            this.bell.has_rung(cx);
            match Pin::new(&mut this.inner).poll_frame(&mut this.bell.context()) {
                Poll::Pending => {
                    this.waits = true;
                    this.progress.ours();
                    this.place = this.keeps_place.then_some(place);
                    return Poll::Pending;
                }
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => this.rest = data,
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
                Poll::Ready(end) => return Poll::Ready(end),
            }
        }
        let piece = this.piece(place);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (inner, rest) = (self.inner.size_hint(), self.rest.len() as u64);
        let mut hint = SizeHint::new();
        if let Some(upper) = inner.upper() {
            hint.set_upper(upper + rest);
        }
        hint.set_lower(inner.lower() + rest);
        hint
    }
}

#[cfg(test)]
mod tests {
    use http_body::Body as _;
    use tokio::sync::mpsc;

    use super::*;
    use crate::{ConnectionOptions, account::Pool};

    /// A body of pieces that come; counts how often it is asked.
    struct Given {
        come: mpsc::UnboundedReceiver<usize>,
        asked: Arc<std::sync::atomic::AtomicUsize>,
    }

    impl http_body::Body for Given {
        type Data = Bytes;
        type Error = Status;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
            self.asked
                .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let piece = ready!(self.come.poll_recv(cx));
            Poll::Ready(piece.map(|piece| Ok(Frame::data(vec![7; piece].into()))))
        }
    }

    struct Answer {
        sending: Sending,
        come: mpsc::UnboundedSender<usize>,
        asked: Arc<std::sync::atomic::AtomicUsize>,
    }

    impl Answer {
        fn new() -> Self {
            let options = ConnectionOptions::default();
            let account = Account::new(&options, Pool::new(options.bytes_in_all));
            let (come, receiver) = mpsc::unbounded_channel();
            let asked = Arc::default();
            let body = Body::new(Given {
                come: receiver,
                asked: Arc::clone(&asked),
            });
            let sending = Sending::new(body, false, Arc::default(), None, account.begin());
            Self {
                sending,
                come,
                asked,
            }
        }

        fn asked(&self) -> usize {
            self.asked.load(std::sync::atomic::Ordering::Relaxed)
        }

        /// Asks as hyper does, whether anything has called or not.
        async fn poll(&mut self) -> Option<Bytes> {
            let sending = &mut self.sending;
            let polled = std::future::poll_fn(|cx| {
                Poll::Ready(match Pin::new(&mut *sending).poll_frame(cx) {
                    Poll::Ready(Some(Ok(frame))) => frame.into_data().ok(),
                    _ => None,
                })
            });
            polled.await
        }
    }

    #[tokio::test]
    async fn a_body_that_has_nothing_is_asked_when_it_has_called() {
        let mut answer = Answer::new();
        for _ in 0..3 {
            assert!(answer.poll().await.is_none());
        }
        assert_eq!(answer.asked(), 1);
        answer.come.send(5).unwrap();
        assert_eq!(answer.poll().await.unwrap().len(), 5);
        assert!(answer.poll().await.is_none());
        assert_eq!(answer.asked(), 3);
    }
}
