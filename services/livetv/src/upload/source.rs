//! The bytes of a guide file: unpacked where they are packed with gzip or xz, in the letters that it names,
//! and never more of them than a guide may have.

use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::Encoding;
use flate2::bufread::GzDecoder;
use lzma_rust2::XzReader;
use quick_xml::encoding::DecodingReader;

/// The most bytes of one file, unpacked.
pub(super) const MAX_BYTES: u64 = 128 << 20;

/// The first bytes of a gzip member (RFC 1952).
const GZIP: &[u8] = &[0x1f, 0x8b];
/// The first bytes of an xz stream.
const XZ: &[u8] = &[0xfd, b'7', b'z', b'X', b'Z', 0];
/// What unpacking xz takes at most, in KiB: a file names the memory that it wants, up to 4 GiB. `xz -9` wants
/// 64 MiB and a little.
const XZ_MEMORY: u32 = 66 << 10;
/// How far the declaration of a file is looked for.
const HEAD: usize = 512;

/// The most gzip members of a file: packers make one, and many cost much work for few bytes.
const MOST_MEMBERS: usize = 8;

/// More than [`MOST_MEMBERS`] were found.
#[derive(Debug, thiserror::Error)]
#[error("it has more than {MOST_MEMBERS} gzip members; pack it as one")]
struct TooManyMembers;

/// The members of a packed file, one after the other.
struct Members<'a> {
    member: GzDecoder<&'a [u8]>,
    left: usize,
}

impl<'a> Members<'a> {
    fn new(file: &'a [u8]) -> Self {
        Self {
            member: GzDecoder::new(file),
            left: MOST_MEMBERS - 1,
        }
    }
}

impl Read for Members<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.member.read(buffer)?;
            let rest: &[u8] = self.member.get_ref();
            if read > 0 || buffer.is_empty() || rest.is_empty() {
                return Ok(read);
            }
            let left = self.left.checked_sub(1);
            self.left = left.ok_or_else(|| io::Error::other(TooManyMembers))?;
            self.member = GzDecoder::new(rest);
        }
    }
}

/// A file that is packed with xz.
struct Xz<'a>(XzReader<&'a [u8]>);

/// More than [`XZ_MEMORY`] is wanted.
#[derive(Debug, thiserror::Error)]
#[error("it takes more than {} MiB to unpack; pack it with at most xz -9", XZ_MEMORY >> 10)]
struct TooMuchMemory;

impl Read for Xz<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|failed| match failed.kind() {
            io::ErrorKind::OutOfMemory => io::Error::other(TooMuchMemory),
            kind => io::Error::new(kind, format!("it cannot be unpacked: {failed}")),
        })
    }
}

/// More MiB than these were read.
#[derive(Debug, thiserror::Error)]
#[error("it has more than {0} MiB of text; split it")]
struct TooLarge(u64);

/// A file, unpacked and bounded.
struct Unpacked<'a> {
    bytes: Box<dyn Read + 'a>,
    most: u64,
    left: u64,
}

impl Read for Unpacked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        let count = u64::try_from(read).unwrap_or(u64::MAX);
        self.left = self
            .left
            .checked_sub(count)
            .ok_or_else(|| io::Error::other(TooLarge(self.most >> 20)))?;
        Ok(read)
    }
}

/// Opens a file as text in UTF-8. `charset` is what its sender says of its letters; a file says so itself.
pub(super) fn open<'a>(
    file: &'a [u8],
    charset: Option<&str>,
    most: u64,
) -> io::Result<impl BufRead + 'a> {
    let bytes: Box<dyn Read + '_> = if file.starts_with(GZIP) {
        Box::new(Members::new(file))
    } else if file.starts_with(XZ) {
        Box::new(Xz(XzReader::new_mem_limit(file, true, XZ_MEMORY)))
    } else {
        Box::new(file)
    };
    let unpacked = Unpacked {
        bytes,
        most,
        left: most,
    };
    let mut unpacked = BufReader::with_capacity(64 * 1024, unpacked);
    let named = encoding(unpacked.fill_buf()?);
    let named = named.or_else(|| Encoding::for_label(charset?.as_bytes()));
    let mut text = DecodingReader::new(unpacked);
    if let Some(encoding) = named {
        // Nothing was read through it yet, so it takes this.
        text.set_encoding(encoding);
    }
    Ok(text)
}

/// Reads the encoding that an XML declaration names.
fn encoding(start: &[u8]) -> Option<&'static Encoding> {
    let head = &start[..start.len().min(HEAD)];
    let declaration = head.split(|byte| *byte == b'>').next()?;
    if !declaration.starts_with(b"<?xml") {
        return None;
    }
    let text = String::from_utf8_lossy(declaration);
    let value = text.split("encoding").nth(1)?.trim_start();
    let value = value.strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let label = value.split(quote).nth(1)?;
    Encoding::for_label(label.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::GzEncoder};
    use lzma_rust2::{XzOptions, XzWriter};

    use super::*;

    fn read(file: &[u8]) -> io::Result<String> {
        let mut text = String::new();
        open(file, None, MAX_BYTES)?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn a_file_is_read_in_the_letters_that_it_names() {
        for label in ["ISO-8859-1", "iso-8859-15", "windows-1252"] {
            let mut file = format!("<?xml version=\"1.0\" encoding='{label}'?><tv>").into_bytes();
            file.push(0xe9);
            assert!(read(&file).unwrap().ends_with("<tv>é"), "{label}");
        }
        assert_eq!(read("\u{feff}<tv>é".as_bytes()).unwrap(), "<tv>é");
        assert!(read(b"<?xml version='1.0' encoding='utf-8'?>\xe9<tv>").is_err());
    }

    #[test]
    fn what_is_packed_is_unpacked_up_to_a_bound() {
        let pack = |bytes: &[u8]| {
            let mut packer = GzEncoder::new(Vec::new(), Compression::best());
            packer.write_all(bytes).unwrap();
            packer.finish().unwrap()
        };
        let packed = pack(b"<tv></tv>");
        assert_eq!(read(&packed).unwrap(), "<tv></tv>");
        assert!(read(&packed[..packed.len() - 4]).is_err());
        let half = [pack(b"<tv>"), pack(b""), pack(b"</tv>")].concat();
        assert_eq!(read(&half).unwrap(), "<tv></tv>");
        // Members that hold nothing cost work, too.
        let many = [packed, pack(b"").repeat(8)].concat();
        let refused = read(&many).unwrap_err().to_string();
        assert_eq!(refused, "it has more than 8 gzip members; pack it as one");
        let spaces = vec![b' '; usize::try_from(MAX_BYTES).unwrap() + 1];
        for bomb in [pack(&spaces), xz(&spaces, 0)] {
            let refused = read(&bomb).unwrap_err().to_string();
            assert_eq!(refused, "it has more than 128 MiB of text; split it");
        }
    }

    fn xz(bytes: &[u8], preset: u32) -> Vec<u8> {
        let mut packer = XzWriter::new(Vec::new(), XzOptions::with_preset(preset)).unwrap();
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn what_is_packed_with_xz_is_unpacked_in_bounded_memory() {
        for preset in [0, 6, 9] {
            assert_eq!(read(&xz(b"<tv></tv>", preset)).unwrap(), "<tv></tv>");
        }
        let packed = xz(b"<tv></tv>", 6);
        assert!(read(&packed[..packed.len() - 4]).is_err());
        assert!(read(&[&packed[..], b"more"].concat()).is_err());
        let mut damaged = packed;
        damaged[30] ^= 1;
        assert!(read(&damaged).is_err());
        // 128 MiB of dictionary for nine bytes of text.
        let mut greedy = XzOptions::with_preset(9);
        greedy.lzma_options.dict_size = 128 << 20;
        let mut packer = XzWriter::new(Vec::new(), greedy).unwrap();
        packer.write_all(b"<tv></tv>").unwrap();
        let refused = read(&packer.finish().unwrap()).unwrap_err().to_string();
        assert_eq!(
            refused,
            "it takes more than 66 MiB to unpack; pack it with at most xz -9"
        );
    }
}
