//! gRPC's framing of messages: five bytes before each.

use std::{
    convert::Infallible,
    io::Read as _,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use http_body::{Body as _, Frame};
use prost::Message;
use sv_kernel::{Error, Result};
use sv_proto::common::CommonReason;
use tonic::body::Body;

use crate::intake::Held;

/// Bytes before a message: a flag and the length.
pub const PREFIX: usize = 5;

/// The most gzip members of a message.
const MOST_MEMBERS: usize = 8;

/// The largest request was exceeded.
pub(crate) fn too_large(limit: usize) -> Error {
    Error::from(CommonReason::TooLarge).with("limit", limit)
}

/// Reads a body to its end, or fails with `TOO_LARGE` beyond `limit` bytes, and with `OVERLOADED`
/// where the process holds too many.
pub(crate) async fn collect(
    mut body: Body,
    limit: usize,
    mut held: Option<&mut Held>,
) -> Result<Bytes> {
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    while let Some(frame) =
        std::future::poll_fn(|cx| std::pin::Pin::new(&mut body).poll_frame(cx)).await
    {
        let frame = frame.map_err(|cause| Error::from(CommonReason::Cancelled).because(cause))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if first.len() + rest.len() + data.len() > limit {
            return Err(too_large(limit - PREFIX));
        }
        if let Some(held) = &mut held {
            held.grow(data.len())?;
        }
        // One chunk, the usual case, is handed on without a copy.
        if first.is_empty() && rest.is_empty() {
            first = data;
        } else {
            if rest.is_empty() {
                rest.extend_from_slice(&std::mem::take(&mut first));
            }
            rest.extend_from_slice(&data);
        }
    }
    Ok(if rest.is_empty() {
        first
    } else {
        rest.freeze()
    })
}

/// Takes the one message of a unary request, and its frame without compression.
///
/// Fails with UNIMPLEMENTED unless there is exactly one message, as gRPC says.
pub(crate) fn one_message(framed: Bytes, gzip: bool, limit: usize) -> Result<(Bytes, Bytes)> {
    let (flag, length) = prefix(&framed).ok_or_else(not_one)?;
    if length > limit {
        return Err(too_large(limit));
    }
    if framed.len() != PREFIX + length {
        return Err(not_one());
    }
    let message = framed.slice(PREFIX..);
    match flag {
        0 => Ok((message, framed)),
        1 if gzip => {
            let message = gunzip(&message, limit)?;
            Ok((message.clone(), frame(&message)))
        }
        _ => {
            Err(Error::from(CommonReason::Internal)
                .because("a compressed message without an encoding"))
        }
    }
}

/// A message in its frame as a body: two pieces, so that the message is not copied.
#[derive(Debug)]
pub(crate) struct Framed(std::array::IntoIter<Bytes, 2>);

impl Framed {
    pub(crate) fn new(message: Bytes) -> Self {
        Self([frame_of(message.len()), message].into_iter())
    }

    /// Takes a message that is in its frame already.
    pub(crate) fn whole(framed: Bytes) -> Self {
        Self([framed, Bytes::new()].into_iter())
    }
}

impl http_body::Body for Framed {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = self.0.find(|piece| !piece.is_empty());
        Poll::Ready(next.map(|piece| Ok(Frame::data(piece))))
    }
}

/// Returns what stands before a message of so many bytes.
fn frame_of(length: usize) -> Bytes {
    let mut prefix = [0; PREFIX];
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    prefix[1..].copy_from_slice(&length.to_be_bytes());
    Bytes::copy_from_slice(&prefix)
}

/// Writes a message into its frame.
pub(crate) fn frame_message(message: &impl Message) -> Bytes {
    let length = message.encoded_len();
    let mut framed = Vec::with_capacity(PREFIX + length);
    framed.put_u8(0);
    framed.put_u32(u32::try_from(length).unwrap_or(u32::MAX));
    message.encode_raw(&mut framed);
    framed.into()
}

/// Puts a message into its frame.
pub(crate) fn frame(message: &[u8]) -> Bytes {
    let mut framed = BytesMut::with_capacity(PREFIX + message.len());
    framed.put_u8(0);
    framed.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
    framed.extend_from_slice(message);
    framed.freeze()
}

/// Reads what stands before a message: its flag, and its length in bytes. `None` where that is cut off.
pub fn prefix(framed: &[u8]) -> Option<(u8, usize)> {
    let mut bytes = framed.get(..PREFIX)?;
    let flag = bytes.get_u8();
    Some((flag, usize::try_from(bytes.get_u32()).ok()?))
}

fn not_one() -> Error {
    Error::from(CommonReason::Unimplemented).because("a unary request has exactly one message")
}

/// Unpacks at most `limit` bytes; a bomb is stopped there. Senders make one member; a message of many
/// would cost much work for few bytes.
fn gunzip(packed: &[u8], limit: usize) -> Result<Bytes> {
    let invalid = |problem| Error::from(CommonReason::HttpInvalid).with("problem", problem);
    let (mut out, mut rest) = (Vec::new(), packed);
    for _ in 0..MOST_MEMBERS {
        let left = u64::try_from(limit - out.len()).unwrap_or(u64::MAX);
        let mut member = flate2::bufread::GzDecoder::new(rest);
        (&mut member)
            .take(left.saturating_add(1))
            .read_to_end(&mut out)
            .map_err(|cause| invalid("the message is not gzip").because(cause))?;
        if out.len() > limit {
            return Err(too_large(limit));
        }
        rest = member.into_inner();
        if rest.is_empty() {
            return Ok(out.into());
        }
    }
    Err(invalid("the message has too many gzip members"))
}

/// Watches the sizes of messages in a stream of chunks that may cut them anywhere.
#[derive(Debug)]
pub(crate) struct Sizer {
    limit: usize,
    prefix: [u8; PREFIX],
    have: usize,
    left: usize,
}

impl Sizer {
    pub(crate) const fn new(limit: usize) -> Self {
        Self {
            limit,
            prefix: [0; PREFIX],
            have: 0,
            left: 0,
        }
    }

    /// Says whether every message that starts in the chunk keeps the limit.
    pub(crate) fn accepts(&mut self, mut chunk: &[u8]) -> bool {
        while !chunk.is_empty() {
            if self.left > 0 {
                let skip = self.left.min(chunk.len());
                self.left -= skip;
                chunk = &chunk[skip..];
                continue;
            }
            self.prefix[self.have] = chunk[0];
            self.have += 1;
            chunk = &chunk[1..];
            if self.have == PREFIX {
                self.have = 0;
                self.left = prefix(&self.prefix).map_or(usize::MAX, |(_, length)| length);
                if self.left > self.limit {
                    return false;
                }
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    fn compressed(message: &[u8]) -> Bytes {
        let mut framed = frame(&gzip(message)).to_vec();
        framed[0] = 1;
        framed.into()
    }

    #[test]
    fn exactly_one_message_is_taken() {
        let framed = frame(b"hello");
        let (message, handed_on) = one_message(framed.clone(), false, 10).unwrap();
        assert_eq!((&message[..], handed_on), (&b"hello"[..], framed.clone()));

        let two = Bytes::from([framed.clone(), framed.clone()].concat());
        for bad in [Bytes::new(), framed.slice(..4), framed.slice(..7), two] {
            let error = one_message(bad, false, 10).unwrap_err();
            assert!(error.is(&CommonReason::Unimplemented));
        }
        assert!(
            one_message(framed, false, 4)
                .unwrap_err()
                .is(&CommonReason::TooLarge)
        );
    }

    #[test]
    fn compressed_messages_unpack_up_to_the_limit() {
        let (message, handed_on) = one_message(compressed(b"hello"), true, 100).unwrap();
        assert_eq!((&message[..], handed_on), (&b"hello"[..], frame(b"hello")));

        let bomb = compressed(&vec![0; 10 << 20]);
        assert!(
            one_message(bomb, true, 1 << 20)
                .unwrap_err()
                .is(&CommonReason::TooLarge)
        );

        let undeclared = one_message(compressed(b"hello"), false, 100).unwrap_err();
        assert!(undeclared.is(&CommonReason::Internal));

        let mut torn = frame(b"not gzip").to_vec();
        torn[0] = 1;
        assert!(
            one_message(torn.into(), true, 100)
                .unwrap_err()
                .is(&CommonReason::HttpInvalid)
        );
    }

    #[test]
    fn a_message_of_very_many_gzip_members_is_refused_early() {
        let framed = |members: usize| {
            let mut framed = frame(&gzip(b"x").repeat(members)).to_vec();
            framed[0] = 1;
            Bytes::from(framed)
        };
        let (message, _) = one_message(framed(8), true, 1000).unwrap();
        assert_eq!(&message[..], b"xxxxxxxx");
        // 52,000 empty ones took 190 ms of a worker.
        let begin = std::time::Instant::now();
        let many = one_message(framed(52_000), true, 4 << 20).unwrap_err();
        assert!(many.is(&CommonReason::HttpInvalid));
        assert!(begin.elapsed() < std::time::Duration::from_millis(100));
    }

    proptest! {
        #[test]
        fn sizes_are_seen_however_the_chunks_are_cut(cut in 1_usize..7, sizes in proptest::collection::vec(0_usize..20, 0..8)) {
            let stream: Vec<u8> = sizes.iter().flat_map(|n| frame(&vec![7; *n]).to_vec()).collect();
            let mut sizer = Sizer::new(15);
            let accepted = stream.chunks(cut).all(|chunk| sizer.accepts(chunk));
            prop_assert_eq!(accepted, sizes.iter().all(|n| *n <= 15));
        }
    }
}
