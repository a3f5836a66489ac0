//! Pictures of titles: which file is one, and how it is named.

use sv_kernel::{Locale, Timestamp};
use sv_proto::content::ArtworkRole;

/// The most pixels each way.
const MOST_PIXELS: u32 = 10_000;
/// What a language is called that is none.
const ANY: &str = "und";

/// Which picture of a title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureKey {
    /// What it is for; never unspecified.
    pub role: ArtworkRole,
    /// BCP 47; empty where it is for all.
    pub language: String,
    /// Pixels.
    pub width: u32,
}

/// A picture of a title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Which it is.
    pub key: PictureKey,
    /// Pixels.
    pub height: u32,
    /// Of which kind the file is.
    pub format: Format,
    /// Bytes.
    pub size: u32,
    /// The first 16 hexadecimal digits of the SHA-256 of its bytes.
    pub hash: String,
    /// When it was uploaded.
    pub updated_at: Timestamp,
}

/// Of which kind a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
}

impl Format {
    /// Returns the media type.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }

    /// Reads a media type of ours.
    pub fn of_kind(kind: &str) -> Option<Self> {
        let known = [Self::Jpeg, Self::Png, Self::Webp];
        known.into_iter().find(|format| format.kind() == kind)
    }
}

impl PictureKey {
    /// Returns the language as it is stored.
    pub fn language(said: &str) -> String {
        Locale::parse(said).map_or(said.to_owned(), |tag| tag.to_string())
    }

    /// Returns its name, e.g. `poster-en-600`.
    pub fn name(&self) -> String {
        let language = match self.language.as_str() {
            "" => ANY.to_owned(),
            language => language.to_ascii_lowercase(),
        };
        format!("{}-{language}-{}", word(self.role), self.width)
    }

    /// Reads a name.
    pub fn read(name: &str) -> Option<Self> {
        let (role, rest) = name.split_once('-')?;
        let (language, width) = rest.rsplit_once('-')?;
        let roles = [
            ArtworkRole::Poster,
            ArtworkRole::Backdrop,
            ArtworkRole::Logo,
            ArtworkRole::Still,
        ];
        Some(Self {
            role: roles.into_iter().find(|known| word(*known) == role)?,
            language: match language {
                ANY => String::new(),
                language => Self::language(language),
            },
            width: width.parse().ok()?,
        })
    }
}

impl Picture {
    /// Returns the key of its blob.
    pub fn blob(&self, tenant: &str, content: &str) -> String {
        format!(
            "artwork/{tenant}/{content}/{}-{}",
            self.key.name(),
            self.hash
        )
    }
}

fn word(role: ArtworkRole) -> &'static str {
    match role {
        ArtworkRole::Unspecified | ArtworkRole::Poster => "poster",
        ArtworkRole::Backdrop => "backdrop",
        ArtworkRole::Logo => "logo",
        ArtworkRole::Still => "still",
    }
}

/// Says of which kind a file is, and its width and height, or what is wrong with it. It goes by the file's own
/// structure and by nothing that anybody says of it; it does not decode the picture.
pub fn look(file: &[u8]) -> Result<(Format, u32, u32), &'static str> {
    let (format, size) = if file.starts_with(b"\x89PNG\r\n\x1a\n") {
        (Format::Png, png(file))
    } else if file.starts_with(&[0xFF, 0xD8, 0xFF]) {
        (Format::Jpeg, jpeg(file))
    } else if file.starts_with(b"RIFF") && file.get(8..12) == Some(b"WEBP") {
        (Format::Webp, webp(file))
    } else {
        return Err("it is no JPEG, PNG or WebP");
    };
    let (width, height) = size.ok_or("it is damaged, or not all of it is there")?;
    if width == 0 || height == 0 {
        return Err("it has no size");
    }
    if width > MOST_PIXELS || height > MOST_PIXELS {
        return Err("it is wider or higher than 10,000 pixels");
    }
    Ok((format, width, height))
}

/// Walks the chunks to `IEND` (PNG, 5.3).
fn png(file: &[u8]) -> Option<(u32, u32)> {
    let mut size = None;
    let mut rest = file.get(8..)?;
    loop {
        let length = usize::try_from(big(rest.get(..4)?)).ok()?;
        let name = rest.get(4..8)?;
        let data = rest.get(8..8_usize.checked_add(length)?)?;
        match name {
            b"IHDR" if length == 13 => size = Some((big(&data[..4]), big(&data[4..8]))),
            b"IEND" => return size,
            _ => {}
        }
        rest = rest.get(length.checked_add(12)?..)?;
    }
}

/// Walks the segments to the frame header, and looks for the end of the picture (JPEG, B.1).
fn jpeg(file: &[u8]) -> Option<(u32, u32)> {
    let tail = &file[file.len().saturating_sub(1024)..];
    tail.windows(2)
        .any(|pair| pair == [0xFF, 0xD9])
        .then_some(())?;
    let mut at = 2;
    loop {
        let marker = file.get(at..at + 2)?;
        if marker[0] != 0xFF {
            return None;
        }
        if marker[1] == 0xFF {
            at += 1;
            continue;
        }
        let length = usize::try_from(two(file.get(at + 2..at + 4)?)).ok()?;
        let is_frame = matches!(marker[1], 0xC0..=0xCF) && ![0xC4, 0xC8, 0xCC].contains(&marker[1]);
        if is_frame {
            let frame = file.get(at + 4..at + 9)?;
            return Some((two(&frame[3..5]), two(&frame[1..3])));
        }
        // The picture itself, without a frame before it.
        if marker[1] == 0xDA || length < 2 {
            return None;
        }
        at += 2 + length;
    }
}

/// Reads the first chunk (RFC 9649).
fn webp(file: &[u8]) -> Option<(u32, u32)> {
    let little = |bytes: &[u8]| {
        bytes
            .iter()
            .rev()
            .fold(0_u32, |n, b| (n << 8) | u32::from(*b))
    };
    let whole = usize::try_from(little(file.get(4..8)?)).ok()?;
    (whole.checked_add(8)? <= file.len()).then_some(())?;
    let data = file.get(20..30)?;
    match file.get(12..16)? {
        b"VP8X" => Some((little(&data[4..7]) + 1, little(&data[7..10]) + 1)),
        b"VP8L" if data[0] == 0x2F => {
            let bits = little(&data[1..5]);
            Some(((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1))
        }
        b"VP8 " if data[3..6] == [0x9D, 0x01, 0x2A] => {
            Some((little(&data[6..8]) & 0x3FFF, little(&data[8..10]) & 0x3FFF))
        }
        _ => None,
    }
}

fn big(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |n, b| (n << 8) | u32::from(*b))
}

fn two(bytes: &[u8]) -> u32 {
    big(bytes)
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The smallest PNG of a size that has the structure of one.
    pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
        let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
        let mut chunk = |name: &[u8], data: &[u8]| {
            file.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
            file.extend(name);
            file.extend(data);
            file.extend([0; 4]);
        };
        let head = [
            &width.to_be_bytes()[..],
            &height.to_be_bytes(),
            &[8, 2, 0, 0, 0],
        ];
        chunk(b"IHDR", &head.concat());
        chunk(b"IEND", b"");
        file
    }

    #[test]
    fn the_size_is_read_from_the_file() {
        assert_eq!(look(&png(600, 900)), Ok((Format::Png, 600, 900)));
        let jpeg = [
            &[0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0, 0][..],
            &[0xFF, 0xC2, 0, 11, 8, 0x02, 0x00, 0x03, 0x00, 1, 0, 0, 0],
            &[0xFF, 0xD9],
        ];
        assert_eq!(look(&jpeg.concat()), Ok((Format::Jpeg, 0x300, 0x200)));
        let vp8x = [
            &b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0"[..],
            &[0, 0, 0, 0, 0xFF, 1, 0, 7, 0, 0],
        ];
        assert_eq!(look(&vp8x.concat()), Ok((Format::Webp, 512, 8)));
        for (file, says) in [
            (&b"GIF89a"[..], "no JPEG"),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "no JPEG"),
            (b"", "no JPEG"),
            (&png(20_000, 1), "10,000"),
            (&png(0, 1), "no size"),
            (&png(600, 900)[..40], "damaged"),
            (&jpeg.concat()[..20], "damaged"),
        ] {
            assert!(look(file).unwrap_err().contains(says), "{file:?}");
        }
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for language in ["", "en", "pt-BR"] {
            let key = PictureKey {
                role: ArtworkRole::Backdrop,
                language: language.into(),
                width: 1280,
            };
            assert_eq!(PictureKey::read(&key.name()), Some(key));
        }
        for other in ["", "poster", "poster-en", "cover-en-6", "poster-en-x"] {
            assert_eq!(PictureKey::read(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn any_file_is_looked_at_without_harm(
            start in prop_oneof![
                Just(&b"\x89PNG\r\n\x1a\n"[..]), Just(&b"\xff\xd8\xff"[..]),
                Just(&b"RIFF\x20\0\0\0WEBP"[..]), Just(&b"RIFF\x08\0\0\0WEBPVP8 "[..]),
            ],
            rest in proptest::collection::vec(any::<u8>(), 0..64),
        ) {
            let _ = look(&[start, &rest].concat());
            let _ = look(&[start, &rest, &[0xFF, 0xD9]].concat());
        }
    }
}
