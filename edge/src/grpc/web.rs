//! What browsers send: one message in a frame, as it is or in base64. It is read whole and looked at
//! before it goes on, so that what is wrong with it is said in words and by the right code.

use std::{cmp::Ordering, time::Duration};

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use http_body_util::Full;
use sv_kernel::{Error, Result};
use sv_proto::common::CommonReason;
use sv_rpc::{
    Held,
    frame::{PREFIX, prefix},
};
use tonic::body::Body;

use crate::whole::{self, malformed};

const BINARY: &str = "application/grpc-web+proto";
const TEXT: &str = "application/grpc-web-text+proto";
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// How a message is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    Binary,
    Base64,
}

impl Writing {
    /// Reads a media type with its parameters; `None` where messages are written in another way, or
    /// in letters that are not UTF-8.
    pub(super) fn of(kind: &str) -> Option<Self> {
        let mut parts = kind.split(';').map(str::trim);
        let writing = match &*parts.next().unwrap_or_default().to_ascii_lowercase() {
            "application/grpc-web" | BINARY => Self::Binary,
            "application/grpc-web-text" | TEXT => Self::Base64,
            _ => return None,
        };
        let readable = parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
                let value = value.trim().trim_matches('"');
                value.eq_ignore_ascii_case("utf-8") || value.eq_ignore_ascii_case("utf8")
            }
            _ => true,
        });
        readable.then_some(writing)
    }

    /// Finds out how the answer is wanted: as `Accept` says, else as the question.
    pub(super) fn of_answer(self, headers: &HeaderMap) -> Self {
        headers
            .get_all(header::ACCEPT)
            .iter()
            .filter_map(|list| list.to_str().ok())
            .flat_map(|list| list.split(','))
            .find_map(|kind| Self::of(kind.trim()))
            .unwrap_or(self)
    }

    /// Returns the media type.
    pub(super) fn kind(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Binary => BINARY,
            Self::Base64 => TEXT,
        })
    }

    /// Reads the one message of a call, with its frame; its bytes count among those that the process holds.
    pub(super) async fn read(
        self,
        body: Body,
        most: usize,
        timeout: Duration,
        held: &mut Held,
    ) -> Result<Body> {
        let framed = most.saturating_add(PREFIX);
        let limit = match self {
            Self::Binary => framed,
            Self::Base64 => framed.div_ceil(3).saturating_mul(4).saturating_add(4),
        };
        let too_large = || Error::from(CommonReason::TooLarge).with("limit", most);
        let whole = whole::read(body, limit, timeout, held).await?;
        let whole = whole.ok_or_else(too_large)?;
        let whole = match self {
            Self::Binary => whole,
            Self::Base64 => unpack(&whole)?,
        };
        match check(&whole)? {
            length if length > most => Err(too_large()),
            _ => Ok(Body::new(Full::new(whole))),
        }
    }
}

/// Decodes base64, which may come in several pieces that are each padded.
fn unpack(text: &[u8]) -> Result<Bytes> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let mut rest = text;
    while !rest.is_empty() {
        let padding = rest.iter().position(|byte| *byte == b'=');
        // A piece ends with the group of four that has the padding.
        let end = padding.map_or(rest.len(), |at| (at / 4 + 1) * 4);
        let piece = rest.get(..end).ok_or_else(not_base64)?;
        BASE64
            .decode_vec(piece, &mut out)
            .map_err(|_| not_base64())?;
        rest = &rest[end..];
    }
    Ok(out.into())
}

fn not_base64() -> Error {
    malformed("the body is not base64")
}

/// Checks the frame around a message; returns the message's length.
fn check(framed: &[u8]) -> Result<usize> {
    let (flags, length) =
        prefix(framed).ok_or_else(|| malformed("the message's frame is cut off"))?;
    let message = framed.len() - PREFIX;
    if flags & 1 != 0 {
        return Err(CommonReason::EncodingUnsupported.into());
    }
    if flags != 0 {
        return Err(malformed("the message's frame has an unknown flag"));
    }
    match length.cmp(&message) {
        Ordering::Equal => Ok(length),
        Ordering::Less => Err(malformed("something follows the message; a call has one")),
        Ordering::Greater => Err(malformed("the message is cut off")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_read_with_their_parameters() {
        for (kind, writing) in [
            ("application/grpc-web", Writing::Binary),
            ("application/grpc-web+proto; charset=utf-8", Writing::Binary),
            (
                "Application/gRPC-Web-Text;charset=\"UTF-8\"",
                Writing::Base64,
            ),
            ("application/grpc-web-text+proto;v=1", Writing::Base64),
        ] {
            assert_eq!(Writing::of(kind), Some(writing), "{kind}");
        }
        for kind in [
            "application/grpc-web+json",
            "application/grpc-webx",
            "application/grpc-web+proto; charset=latin1",
        ] {
            assert!(Writing::of(kind).is_none(), "{kind}");
        }
    }

    #[test]
    fn base64_comes_in_pieces_and_nothing_else_is_taken_for_it() {
        assert_eq!(unpack(b"AAAAAAA=").unwrap(), [0; 5][..]);
        assert_eq!(unpack(b"AA==AAAAAA==").unwrap(), [0; 5][..]);
        for bad in [
            "A", "AAAAAAA", "AAAA*AA=", "AAAA AAA", "A=AA", "AAB=", "====",
        ] {
            assert!(unpack(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_frame_holds_one_message_as_it_is() {
        assert_eq!(check(&[0, 0, 0, 0, 2, 8, 1]).unwrap(), 2);
        for bad in [
            &[][..],
            &[0, 0, 0],
            &[0, 0, 0, 0, 2, 8],
            &[0, 0, 0, 0, 1, 8, 1],
            &[2, 0, 0, 0, 0],
            &[0x80, 0, 0, 0, 0],
        ] {
            assert!(
                check(bad).unwrap_err().is(&CommonReason::HttpInvalid),
                "{bad:?}"
            );
        }
        let packed = check(&[1, 0, 0, 0, 0]).unwrap_err();
        assert!(packed.is(&CommonReason::EncodingUnsupported));
    }
}
