//! Bodies that are read whole before anything is done with them.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use sv_kernel::{Error, Result};
use sv_proto::common::CommonReason;
use sv_rpc::Held;
use tonic::body::Body;

/// Reads a body within its time, counting its bytes among those that the process holds; `None` where it has more than
/// `limit`.
///
/// Fails with `HTTP_INVALID` where it breaks off or is late, and with `OVERLOADED` where the process holds too much.
pub(crate) async fn read(
    body: Body,
    limit: usize,
    timeout: Duration,
    held: &mut Held,
) -> Result<Option<Bytes>> {
    let mut body = Limited::new(body, limit);
    let collected = async {
        let mut pieces = Pieces::default();
        while let Some(frame) = body.frame().await {
            let frame = match frame {
                Ok(frame) => frame,
                Err(cause) if cause.is::<LengthLimitError>() => return Ok(None),
                Err(_) => return Err(malformed("the body breaks off")),
            };
            if let Ok(data) = frame.into_data() {
                held.grow(data.len())?;
                pieces.push(data);
            }
        }
        Ok(Some(pieces.whole()))
    };
    tokio::time::timeout(timeout, collected)
        .await
        .unwrap_or_else(|_| Err(malformed("the body did not arrive in time")))
}

/// Says that a request is not well formed.
pub(crate) fn malformed(problem: &'static str) -> Error {
    Error::from(CommonReason::HttpInvalid).with("problem", problem)
}

/// A body as it arrives: mostly in one piece, which is not copied.
#[derive(Default)]
struct Pieces {
    first: Bytes,
    all: BytesMut,
}

impl Pieces {
    fn push(&mut self, data: Bytes) {
        if self.first.is_empty() {
            self.first = data;
            return;
        }
        if self.all.is_empty() {
            self.all.extend_from_slice(&self.first);
        }
        self.all.extend_from_slice(&data);
    }

    fn whole(self) -> Bytes {
        if self.all.is_empty() {
            self.first
        } else {
            self.all.freeze()
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt as _;
    use http_body::Frame;
    use http_body_util::StreamBody;

    use super::*;

    /// A body of pieces of 100 KB each, which then says no more where it hangs.
    fn pieces(count: usize, hangs: bool) -> Body {
        let pieces = std::iter::repeat_n(Bytes::from(vec![7; 100_000]), count);
        let pieces = pieces.map(|piece| Ok::<_, std::io::Error>(Frame::data(piece)));
        let pieces = futures::stream::iter(pieces);
        if hangs {
            Body::new(StreamBody::new(pieces.chain(futures::stream::pending())))
        } else {
            Body::new(StreamBody::new(pieces))
        }
    }

    #[tokio::test]
    async fn a_body_is_read_within_its_size_its_time_and_what_the_process_may_hold() {
        let minute = Duration::from_mins(1);
        let intake = sv_rpc::Intake::new(1_000_000);
        let mut held = intake.hold();
        let whole = read(pieces(3, false), 300_000, minute, &mut held).await;
        assert_eq!(whole.unwrap().unwrap().len(), 300_000);
        let large = read(pieces(3, false), 299_999, minute, &mut intake.hold()).await;
        assert!(large.unwrap().is_none());
        let moment = Duration::from_millis(20);
        let late = read(pieces(3, true), 300_001, moment, &mut intake.hold()).await;
        assert!(late.unwrap_err().is(&CommonReason::HttpInvalid));
        // The first one is still held.
        let too_much = read(pieces(9, false), 1_000_000, minute, &mut intake.hold()).await;
        assert!(too_much.unwrap_err().is(&CommonReason::Overloaded));
        drop(held);
        let again = read(pieces(9, false), 1_000_000, minute, &mut intake.hold()).await;
        assert_eq!(again.unwrap().unwrap().len(), 900_000);
    }
}
