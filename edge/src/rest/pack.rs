//! gzip for larger JSON answers.

use std::io::Write as _;

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, header};

/// Below this, packing costs more than it saves.
const WORTH_IT: usize = 1024;

/// Packs an answer, which comes in pieces, if the client takes gzip and it is worth it.
pub(super) fn pack(headers: &HeaderMap, pieces: &[Bytes]) -> Option<Bytes> {
    let length = pieces.iter().map(Bytes::len).sum::<usize>();
    if length < WORTH_IT || !takes_gzip(headers) {
        return None;
    }
    packed(pieces, length)
}

/// Packs a text if the client takes gzip and it becomes shorter.
pub(super) fn pack_text(headers: &HeaderMap, text: &Bytes) -> Option<Bytes> {
    if !takes_gzip(headers) {
        return None;
    }
    packed(std::slice::from_ref(text), text.len()).filter(|packed| packed.len() < text.len())
}

fn packed(pieces: &[Bytes], length: usize) -> Option<Bytes> {
    let mut packer = GzEncoder::new(Vec::with_capacity(length / 4), Compression::fast());
    for piece in pieces {
        packer.write_all(piece).ok()?;
    }
    packer.finish().ok().map(Bytes::from)
}

/// Says whether the client takes gzip (RFC 9110 12.5.3).
pub(crate) fn takes_gzip(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|list| list.to_str().ok())
        .flat_map(|list| list.split(','))
        .any(|entry| {
            let (coding, weight) = entry.split_once(';').unwrap_or((entry, ""));
            let weight = weight.trim().trim_start_matches(['q', 'Q', '=']);
            let refused = !weight.is_empty() && weight.parse::<f32>().unwrap_or(0.0) <= 0.0;
            coding.trim().eq_ignore_ascii_case("gzip") && !refused
        })
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn larger_answers_are_packed_for_those_who_take_it() {
        let body = vec![b'a'; 5000];
        let pieces = [&body[..1000], &body[1000..]].map(Bytes::copy_from_slice);
        let with = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, accept.parse().unwrap());
            pack(&headers, &pieces)
        };
        let packed = with("br, GZIP;q=0.5").unwrap();
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&packed[..])
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, body);
        assert!(
            with("gzip;q=0").is_none()
                && with("gzip;Q=0").is_none()
                && with("br").is_none()
                && with("gzip;q=x").is_none()
        );
        assert!(pack(&HeaderMap::new(), &pieces).is_none());
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, "gzip".parse().unwrap());
        assert!(pack(&headers, &[pieces[0].slice(..100)]).is_none());
    }
}
