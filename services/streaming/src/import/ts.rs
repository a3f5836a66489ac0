//! Reads MPEG-2 transport streams (ISO 13818-1) as far as it takes to check a segment and to name its
//! codecs: time stamps, where pictures begin, the first H.264 parameter set, AAC frames.

use std::ops::Range;

const PACKET: usize = 188;
/// Stream types of ISO 13818-1 table 2-34.
const H264: u8 = 0x1B;
const AAC_ADTS: u8 = 0x0F;
/// Ticks of a time stamp per second.
pub(super) const CLOCK: f64 = 90_000.0;
/// Sample rates by their index in an ADTS header.
const SAMPLE_RATES: [u32; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
];

/// What a segment holds.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Contents {
    /// Decoding time stamps of the pictures, in order, 90 kHz.
    pub video_dts: Vec<i64>,
    /// The first and the last presentation time of a picture.
    pub video_pts: Option<(i64, i64)>,
    /// Whether the first picture can be decoded without any other (an IDR picture).
    pub starts_clean: bool,
    /// `profile_idc`, the constraint flags and `level_idc` of the first parameter set.
    pub avc: Option<[u8; 3]>,
    /// The sound, if there is any.
    pub audio: Option<Audio>,
}

/// The AAC sound of a segment.
#[derive(Debug, PartialEq)]
pub(super) struct Audio {
    /// When the first frame is heard, 90 kHz.
    pub first_pts: i64,
    /// Frames of 1024 samples.
    pub frames: u32,
    /// Samples per second.
    pub sample_rate: u32,
    /// The object type, 2 for AAC-LC.
    pub object_type: u8,
    /// Channels; 0 where the stream itself says.
    pub channels: u8,
}

/// What is wrong with a segment.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(super) enum TsProblem {
    /// The bytes are not packets of 188 bytes.
    #[error("it is not a transport stream")]
    NotPackets,
    /// A packet is marked as damaged, or one is missing.
    #[error("packets are missing or damaged")]
    Discontinuous,
    /// There is no table of streams, or no H.264 in it.
    #[error("it has no H.264 stream")]
    NoVideo,
    /// A picture has no time stamp.
    #[error("a picture has no time stamp")]
    NoTime,
    /// The sound is not a sequence of AAC frames.
    #[error("its sound is not a sequence of AAC frames")]
    BadAudio,
}

/// Reads one segment.
pub(super) fn read(bytes: &[u8]) -> Result<Contents, TsProblem> {
    if bytes.is_empty() || !bytes.len().is_multiple_of(PACKET) {
        return Err(TsProblem::NotPackets);
    }
    let mut tracks = Tracks::default();
    for packet in bytes.chunks_exact(PACKET) {
        tracks.packet(packet)?;
    }
    tracks.finish()
}

/// One elementary stream while it is read.
#[derive(Default)]
struct Track {
    pid: u16,
    counter: Option<u8>,
    /// The packet of the elementary stream that is being put together.
    pes: Vec<u8>,
}

#[derive(Default)]
struct Tracks {
    program: Option<u16>,
    video: Option<Track>,
    audio: Option<Track>,
    /// Bytes of sound that are not yet a whole frame.
    sound: Vec<u8>,
    out: Contents,
}

impl Tracks {
    fn packet(&mut self, packet: &[u8]) -> Result<(), TsProblem> {
        if packet[0] != 0x47 {
            return Err(TsProblem::NotPackets);
        }
        if packet[1] & 0x80 != 0 {
            return Err(TsProblem::Discontinuous);
        }
        let starts = packet[1] & 0x40 != 0;
        let pid = u16::from(packet[1] & 0x1F) << 8 | u16::from(packet[2]);
        let Some(payload) = payload_of(packet) else {
            return Ok(());
        };
        if pid == 0 {
            self.program = self.program.or_else(|| program_pid(&packet[payload]));
        } else if Some(pid) == self.program {
            self.streams(&packet[payload]);
        } else {
            for is_video in [true, false] {
                let track = if is_video {
                    &mut self.video
                } else {
                    &mut self.audio
                };
                let Some(track) = track.as_mut().filter(|track| track.pid == pid) else {
                    continue;
                };
                let counter = packet[3] & 0x0F;
                let follows = track
                    .counter
                    .is_none_or(|last| counter == (last + 1) & 0x0F);
                if !follows {
                    return Err(TsProblem::Discontinuous);
                }
                track.counter = Some(counter);
                let whole = if starts {
                    std::mem::take(&mut track.pes)
                } else {
                    Vec::new()
                };
                track.pes.extend_from_slice(&packet[payload.clone()]);
                self.pes(is_video, &whole)?;
            }
        }
        Ok(())
    }

    /// Reads the program map: which packets carry picture and sound.
    fn streams(&mut self, payload: &[u8]) {
        let Some(section) = section_of(payload, 2) else {
            return;
        };
        let Some(info) = section
            .get(7..9)
            .map(|b| usize::from(b[0] & 0x0F) << 8 | usize::from(b[1]))
        else {
            return;
        };
        let mut at = 9 + info;
        while let Some(entry) = section.get(at..at + 5) {
            let pid = u16::from(entry[1] & 0x1F) << 8 | u16::from(entry[2]);
            let track = match entry[0] {
                H264 => Some(&mut self.video),
                AAC_ADTS => Some(&mut self.audio),
                _ => None,
            };
            if let Some(track) = track {
                track.get_or_insert_with(|| Track {
                    pid,
                    ..Track::default()
                });
            }
            at += 5 + (usize::from(entry[3] & 0x0F) << 8 | usize::from(entry[4]));
        }
    }

    /// Takes in one whole packet of an elementary stream.
    fn pes(&mut self, is_video: bool, pes: &[u8]) -> Result<(), TsProblem> {
        if pes.is_empty() {
            return Ok(());
        }
        let (times, data) = elementary(pes).ok_or(TsProblem::NotPackets)?;
        if is_video {
            let (pts, dts) = times.ok_or(TsProblem::NoTime)?;
            if self.out.video_dts.is_empty() {
                (self.out.starts_clean, self.out.avc) = first_picture(data);
            }
            self.out.video_dts.push(dts);
            let (first, last) = self.out.video_pts.unwrap_or((pts, pts));
            self.out.video_pts = Some((first.min(pts), last.max(pts)));
            return Ok(());
        }
        self.sound.extend_from_slice(data);
        let first_pts = times.map(|(pts, _)| pts);
        self.frames(first_pts)
    }

    /// Counts the whole AAC frames that have come in.
    fn frames(&mut self, pts: Option<i64>) -> Result<(), TsProblem> {
        let mut at = 0;
        while let Some(header) = self.sound.get(at..at + 7) {
            if header[0] != 0xFF || header[1] & 0xF6 != 0xF0 {
                return Err(TsProblem::BadAudio);
            }
            let length = usize::from(header[3] & 0x03) << 11
                | usize::from(header[4]) << 3
                | usize::from(header[5]) >> 5;
            let rate = SAMPLE_RATES.get(usize::from(header[2] >> 2 & 0x0F));
            let (true, Some(&sample_rate)) = (length >= 7, rate) else {
                return Err(TsProblem::BadAudio);
            };
            if self.sound.len() < at + length {
                break;
            }
            let audio = self.out.audio.get_or_insert(Audio {
                first_pts: pts.ok_or(TsProblem::NoTime)?,
                frames: 0,
                sample_rate,
                object_type: (header[2] >> 6) + 1,
                channels: (header[2] & 1) << 2 | header[3] >> 6,
            });
            audio.frames += 1;
            at += length;
        }
        self.sound.drain(..at);
        Ok(())
    }

    fn finish(mut self) -> Result<Contents, TsProblem> {
        let rest = |track: &mut Option<Track>| {
            track
                .as_mut()
                .map(|t| std::mem::take(&mut t.pes))
                .unwrap_or_default()
        };
        let (video, audio) = (rest(&mut self.video), rest(&mut self.audio));
        self.pes(true, &video)?;
        self.pes(false, &audio)?;
        if self.out.video_dts.is_empty() {
            return Err(TsProblem::NoVideo);
        }
        if !self.sound.is_empty() {
            return Err(TsProblem::BadAudio);
        }
        Ok(self.out)
    }
}

/// Returns where a packet's payload lies, if it has one.
fn payload_of(packet: &[u8]) -> Option<Range<usize>> {
    let control = packet[3] >> 4 & 0x03;
    let start = if control & 0x02 == 0 {
        4
    } else {
        5 + usize::from(packet[4])
    };
    (control & 0x01 != 0 && start < PACKET).then_some(start..PACKET)
}

/// Returns a table's section after its first three bytes, if it is the table asked for.
fn section_of(payload: &[u8], table: u8) -> Option<&[u8]> {
    let section = payload.get(1 + usize::from(*payload.first()?)..)?;
    let length = usize::from(section.get(1)? & 0x0F) << 8 | usize::from(*section.get(2)?);
    // The last four bytes are a checksum.
    let end = (3 + length).checked_sub(4)?;
    (section[0] == table).then(|| section.get(3..end)).flatten()
}

/// Reads the program association table: where the first program's map is.
fn program_pid(payload: &[u8]) -> Option<u16> {
    section_of(payload, 0)?
        .get(5..)?
        .chunks_exact(4)
        .find(|entry| entry[..2] != [0, 0])
        .map(|entry| u16::from(entry[2] & 0x1F) << 8 | u16::from(entry[3]))
}

/// When something is shown and when it is decoded, 90 kHz.
type Times = (i64, i64);

/// Splits a packet of an elementary stream into (presentation, decoding) time and data.
fn elementary(pes: &[u8]) -> Option<(Option<Times>, &[u8])> {
    if pes.get(..3)? != [0, 0, 1] {
        return None;
    }
    let (flags, header) = (*pes.get(7)?, usize::from(*pes.get(8)?));
    let data = pes.get(9 + header..)?;
    let pts = (flags & 0x80 != 0)
        .then(|| pes.get(9..14).map(time_stamp))
        .flatten();
    let dts = (flags & 0xC0 == 0xC0)
        .then(|| pes.get(14..19).map(time_stamp))
        .flatten();
    Some((pts.map(|pts| (pts, dts.unwrap_or(pts))), data))
}

/// Reads the 33 bits of a time stamp.
fn time_stamp(b: &[u8]) -> i64 {
    i64::from(b[0] >> 1 & 0x07) << 30
        | i64::from(b[1]) << 22
        | i64::from(b[2] >> 1) << 15
        | i64::from(b[3]) << 7
        | i64::from(b[4] >> 1)
}

/// Looks at the units of the first picture: whether it stands alone, and its parameter set.
fn first_picture(data: &[u8]) -> (bool, Option<[u8; 3]>) {
    let mut avc = None;
    for (at, window) in data.windows(3).enumerate() {
        if window != [0, 0, 1] {
            continue;
        }
        match data.get(at + 3).map(|unit| unit & 0x1F) {
            Some(7) => {
                avc = avc.or_else(|| data.get(at + 4..at + 7).map(|b| [b[0], b[1], b[2]]));
            }
            Some(5) => return (true, avc),
            Some(1..=4) => return (false, avc),
            _ => {}
        }
    }
    (false, avc)
}

#[cfg(test)]
mod tests;
