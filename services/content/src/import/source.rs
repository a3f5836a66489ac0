//! The bytes of a catalogue file: unpacked where they are packed with gzip, and never more of them
//! than a catalogue can have.

use std::io::{self, BufRead as _, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

/// The most bytes of one file, unpacked.
pub(super) const MAX_BYTES: u64 = 2 << 30;

/// The first bytes of a gzip member (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A file whose first bytes tell how it is read.
pub(super) struct Source<R> {
    form: Form<R>,
    left: u64,
}

enum Form<R> {
    /// Nothing was read.
    Unread(R),
    Plain(BufReader<R>),
    Gzip(Box<MultiGzDecoder<BufReader<R>>>),
    /// Reading has failed while it was found out.
    Broken,
}

/// More than [`MAX_BYTES`] were read.
#[derive(Debug, thiserror::Error)]
#[error("the file has more than {} GiB of text; split it", MAX_BYTES >> 30)]
pub(super) struct TooLarge;

impl<R: Read> Source<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            form: Form::Unread(reader),
            left: MAX_BYTES,
        }
    }

    /// Looks at the first bytes.
    fn open(&mut self) -> io::Result<()> {
        let Form::Unread(reader) = std::mem::replace(&mut self.form, Form::Broken) else {
            return Ok(());
        };
        let mut reader = BufReader::with_capacity(64 * 1024, reader);
        // The first read of a file has more than two bytes, if the file has.
        let packed = filled(&mut reader)?.starts_with(&GZIP);
        self.form = if packed {
            Form::Gzip(Box::new(MultiGzDecoder::new(reader)))
        } else {
            Form::Plain(reader)
        };
        Ok(())
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if matches!(self.form, Form::Unread(_)) {
            self.open()?;
        }
        let read = match &mut self.form {
            Form::Plain(reader) => reader.read(buffer)?,
            Form::Gzip(reader) => reader.read(buffer).map_err(of_gzip)?,
            Form::Unread(_) | Form::Broken => 0,
        };
        self.left = self
            .left
            .checked_sub(u64::try_from(read).unwrap_or(u64::MAX))
            .ok_or_else(|| io::Error::other(TooLarge))?;
        Ok(read)
    }
}

impl<R> std::fmt::Debug for Source<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").finish_non_exhaustive()
    }
}

fn filled<R: Read>(reader: &mut BufReader<R>) -> io::Result<&[u8]> {
    while let Err(cause) = reader.fill_buf() {
        if cause.kind() != io::ErrorKind::Interrupted {
            return Err(cause);
        }
    }
    Ok(reader.buffer())
}

/// Says in the words of the file what the unpacker found.
fn of_gzip(cause: io::Error) -> io::Error {
    match cause.kind() {
        io::ErrorKind::UnexpectedEof => {
            io::Error::other("the gzip file was cut off; fetch it again")
        }
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            io::Error::other("the gzip file is damaged; fetch it again")
        }
        _ => cause,
    }
}

/// Names the packing of a file that is packed in a way that is not read.
pub(super) fn foreign_packing(start: &[u8]) -> Option<&'static str> {
    [
        (&b"PK\x03\x04"[..], "a ZIP archive"),
        (b"\xfd7zXZ", "packed with xz"),
        (b"\x28\xb5\x2f\xfd", "packed with zstd"),
        (b"BZh", "packed with bzip2"),
        (b"7z\xbc\xaf", "a 7-Zip archive"),
        (b"SQLite format 3", "a SQLite database"),
        (b"PAR1", "a Parquet file"),
    ]
    .into_iter()
    .find_map(|(magic, name)| start.starts_with(magic).then_some(name))
}
