//! Transport streams made by hand, whole and damaged.

use proptest::prelude::*;

use super::*;

/// Wraps bytes into packets of one stream, padding by an adaptation field.
fn packets(pid: u16, counter: &mut u8, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for (i, part) in bytes.chunks(184).enumerate() {
        let start = if i == 0 { 0x40 } else { 0 };
        let padding = 184 - part.len();
        let control = if padding > 0 { 0x30 } else { 0x10 };
        let [high, low] = pid.to_be_bytes();
        out.extend([0x47, start | high, low, control | *counter]);
        if padding > 0 {
            out.push(u8::try_from(padding - 1).unwrap());
            if padding > 1 {
                out.push(0);
                out.extend(std::iter::repeat_n(0xFF, padding - 2));
            }
        }
        out.extend(part);
        *counter = (*counter + 1) & 0x0F;
    }
    out
}

fn stamp(marker: u8, ticks: i64) -> Vec<u8> {
    let byte = |shift: u32, mask: i64| u8::try_from(ticks >> shift & mask).unwrap();
    vec![
        marker << 4 | byte(30, 7) << 1 | 1,
        byte(22, 0xFF),
        byte(15, 0x7F) << 1 | 1,
        byte(7, 0xFF),
        byte(0, 0x7F) << 1 | 1,
    ]
}

fn pes(id: u8, pts: i64, data: &[u8]) -> Vec<u8> {
    let mut out = vec![0, 0, 1, id, 0, 0, 0x80, 0x80, 5];
    out.extend(stamp(2, pts));
    out.extend(data);
    out
}

fn adts(length: usize) -> Vec<u8> {
    let mut frame = vec![0xFF, 0xF1, 0x4C, 0x80, 0, 0, 0xFC];
    frame[3] |= u8::try_from(length >> 11).unwrap();
    frame[4] = u8::try_from(length >> 3 & 0xFF).unwrap();
    frame[5] = u8::try_from(length & 7).unwrap() << 5 | 0x1F;
    frame.resize(length, 0x55);
    frame
}

fn tables() -> Vec<u8> {
    let pat = [0, 0, 0xB0, 13, 0, 1, 0xC1, 0, 0, 0, 1, 0xF0, 0, 1, 2, 3, 4];
    let mut pmt = vec![0, 2, 0xB0, 23, 0, 1, 0xC1, 0, 0, 0xE1, 0, 0xF0, 0];
    pmt.extend([
        H264, 0xE1, 0, 0xF0, 0, AAC_ADTS, 0xE1, 1, 0xF0, 0, 1, 2, 3, 4,
    ]);
    let mut out = packets(0, &mut 0, &pat);
    out.extend(packets(0x1000, &mut 0, &pmt));
    out
}

fn segment(first_unit: u8) -> Vec<u8> {
    let (mut video, mut audio) = (0, 0);
    let mut picture = vec![0, 0, 0, 1, 0x09, 0xF0, 0, 0, 1, 0x67, 0x64, 0, 0x1E, 0xAC];
    picture.extend([0, 0, 0, 1, first_unit, 0x88]);
    picture.extend(vec![0x11; 500]);
    let mut out = tables();
    out.extend(packets(0x100, &mut video, &pes(0xE0, 1_000, &picture)));
    let mut sound = adts(200);
    sound.extend(adts(300));
    out.extend(packets(0x101, &mut audio, &pes(0xC0, 900, &sound)));
    out.extend(packets(
        0x100,
        &mut video,
        &pes(0xE0, 4_600, &[0, 0, 1, 0x41]),
    ));
    out
}

#[test]
fn a_segment_tells_its_times_and_codecs() {
    let read = read(&segment(0x65)).unwrap();
    assert_eq!(read.video_dts, [1_000, 4_600]);
    assert_eq!(read.video_pts, Some((1_000, 4_600)));
    assert!(read.starts_clean);
    assert_eq!(read.avc, Some([0x64, 0, 0x1E]));
    let audio = read.audio.unwrap();
    assert_eq!((audio.first_pts, audio.frames), (900, 2));
    assert_eq!(
        (audio.sample_rate, audio.object_type, audio.channels),
        (48_000, 2, 2)
    );
}

#[test]
fn a_segment_that_needs_the_one_before_is_seen() {
    assert!(!read(&segment(0x41)).unwrap().starts_clean);
}

#[test]
fn what_is_missing_or_damaged_is_seen() {
    let good = segment(0x65);
    assert_eq!(read(&good[..good.len() - 1]), Err(TsProblem::NotPackets));
    assert_eq!(read(&[]), Err(TsProblem::NotPackets));
    let mut without_one = good.clone();
    without_one.drain(3 * PACKET..4 * PACKET);
    assert_eq!(read(&without_one), Err(TsProblem::Discontinuous));
    let mut marked = good.clone();
    marked[2 * PACKET + 1] |= 0x80;
    assert_eq!(read(&marked), Err(TsProblem::Discontinuous));
    assert_eq!(read(&tables()), Err(TsProblem::NoVideo));
    let mut cut = tables();
    cut.extend(packets(0x100, &mut 0, &pes(0xE0, 0, &[0, 0, 1, 0x65])));
    cut.extend(packets(0x101, &mut 0, &pes(0xC0, 0, &adts(200)[..150])));
    assert_eq!(read(&cut), Err(TsProblem::BadAudio));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..4 * PACKET)) {
        let _ = read(&bytes);
    }

    #[test]
    fn a_damaged_segment_is_read_or_refused_without_harm(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = segment(0x65);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = read(&bytes);
    }
}
