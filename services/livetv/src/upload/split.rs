//! Large guides, cut into uploads: all programmes of a channel in one of them, because a schedule is arranged and
//! replaced as a whole. Read once, into a file of programmes in JSON, of which one upload is in memory at a time.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use super::{Row, Sink, Unreadable, fields, read_into};

/// The most bytes of a file, unpacked.
const MAX_BYTES: u64 = 1 << 30;
/// The most bytes of an upload, unpacked: packed, they are less than a call takes, because they are texts.
const UPLOAD: u64 = 12 << 20;
/// The most bytes of one channel.
const CHANNEL: u64 = 48 << 20;
/// The most programmes.
const MAX_PROGRAMMES: usize = 4_000_000;

/// A programme as it lies in the spool.
#[derive(Clone, Copy, Debug)]
struct Placed {
    /// Its number and line in the guide.
    row: i32,
    line: i32,
    from: u64,
    length: u32,
}

/// A guide that was read to its end.
#[derive(Debug)]
pub(crate) struct Spool {
    file: File,
    /// Where it ends.
    end: u64,
    channels: BTreeMap<String, Vec<Placed>>,
    seen: usize,
}

/// A part of a guide that can be uploaded.
#[derive(Debug)]
pub(crate) struct Part {
    /// Programmes in JSON, one a line, packed with gzip.
    pub(crate) packed: Vec<u8>,
    /// The number and line in the guide of each of its programmes.
    pub(crate) rows: Vec<(i32, i32)>,
}

/// Reads a guide into a file that is empty.
pub(crate) fn spool(guide: &[u8], file: File) -> Result<Spool, Unreadable> {
    let mut spool = Spool {
        file,
        end: 0,
        channels: BTreeMap::new(),
        seen: 0,
    };
    let mut sink = Spooling {
        out: io::BufWriter::new(spool.file.try_clone()?),
        spool: &mut spool,
    };
    read_into(guide, "", MAX_BYTES, &mut sink)?;
    sink.out.flush()?;
    Ok(spool)
}

struct Spooling<'a> {
    spool: &'a mut Spool,
    out: io::BufWriter<File>,
}

impl Spooling<'_> {
    fn add(&mut self, channel: &str, line: i32, value: &Value) -> Result<(), Unreadable> {
        let text = format!("{value}\n");
        self.out.write_all(text.as_bytes())?;
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.spool.seen += 1;
        if self.spool.seen > MAX_PROGRAMMES {
            let problem = format!("it has more than {MAX_PROGRAMMES} programmes; split it");
            return Err(Unreadable(problem));
        }
        let placed = Placed {
            row: i32::try_from(self.spool.seen).unwrap_or(i32::MAX),
            line,
            from: self.spool.end,
            length,
        };
        self.spool.end += u64::from(length);
        let channel = fields::clean(channel, fields::TITLE);
        self.spool.channels.entry(channel).or_default().push(placed);
        Ok(())
    }
}

impl Sink for Spooling<'_> {
    fn take(&mut self, row: &Row) -> Result<(), Unreadable> {
        let shown = &row.programme;
        let value = json!({
            "channel": row.channel,
            "start": row.start,
            "stop": row.stop,
            "title": shown.title,
            "subtitle": shown.subtitle,
            "description": shown.description,
            "categories": shown.categories,
            "season": shown.season_number,
            "episode": shown.episode_number,
            "rating": shown.maturity_rating,
            "image_url": shown.image_url,
        });
        self.add(&row.channel, row.line, &value)
    }

    /// The upload refuses it again, for another reason: `start` is no text.
    fn refuse(&mut self, line: i32, channel: &str, _: &str) -> Result<(), Unreadable> {
        self.add(channel, line, &json!({"channel": channel, "start": []}))
    }
}

impl Spool {
    /// Takes the next part; `None` at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Part>> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        let (mut rows, mut bytes) = (Vec::new(), 0);
        while let Some(entry) = self.channels.first_entry() {
            let of_channel: u64 = entry
                .get()
                .iter()
                .map(|placed| u64::from(placed.length))
                .sum();
            if of_channel > CHANNEL {
                let problem = format!(
                    "of the channel {} it has more than {} MiB; split it by time",
                    entry.key(),
                    CHANNEL >> 20
                );
                return Err(io::Error::other(problem));
            }
            if bytes > 0 && bytes + of_channel > UPLOAD {
                break;
            }
            bytes += of_channel;
            let mut buffer = Vec::new();
            for placed in entry.remove() {
                buffer.resize(usize::try_from(placed.length).unwrap_or_default(), 0);
                self.file.seek(SeekFrom::Start(placed.from))?;
                self.file.read_exact(&mut buffer)?;
                packer.write_all(&buffer)?;
                rows.push((placed.row, placed.line));
            }
        }
        if rows.is_empty() {
            return Ok(None);
        }
        let packed = packer.finish()?;
        Ok(Some(Part { packed, rows }))
    }
}
