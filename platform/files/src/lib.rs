//! Files that operators name, read within a bound: a device has no end, a pipe perhaps nobody who writes, and what is
//! large by mistake fills the memory.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

/// The most bytes of a secret: a password, a token, a setting.
pub const SECRET: u64 = 64 * 1024;
/// The most bytes of settings, keys and certificates: a bundle of every public authority is a quarter of it.
pub const SMALL: u64 = 1024 * 1024;

/// Reads a regular file of at most so many bytes: what is read again when it changes has to be there again.
///
/// Fails with `InvalidInput` where it is none, and with `FileTooLarge` where it holds more.
pub fn regular(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    // Asked before it is opened, which would wait for the writer of a pipe.
    if !fs::metadata(path)?.is_file() {
        let problem = "it is no regular file";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
    }
    within(File::open(path)?, most)
}

/// Reads a file, or what comes out of a pipe, of at most so many bytes: what is read once, e.g. what a shell hands over.
///
/// Fails with `FileTooLarge` where there are more.
pub fn any(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    within(File::open(path)?, most)
}

/// Reads what comes to its end within so many bytes.
///
/// Fails with `FileTooLarge` where there are more.
pub fn within(from: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 <= most {
        return Ok(bytes);
    }
    let bound = match most {
        most if most < 1 << 20 => format!("{} KiB", most >> 10),
        most => format!("{} MiB", most >> 20),
    };
    let problem = format!("it has more than {bound}");
    Err(io::Error::new(io::ErrorKind::FileTooLarge, problem))
}

/// Takes bytes as text.
///
/// Fails with `InvalidData` where they are none.
pub fn text(bytes: Vec<u8>) -> io::Result<String> {
    let problem = "it is no text in UTF-8";
    String::from_utf8(bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_within_their_bound_are_read_where_they_are_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        fs::write(&path, vec![b'a'; 1 << 20]).unwrap();
        assert_eq!(regular(&path, SMALL).unwrap().len(), 1 << 20);
        fs::write(&path, vec![b'a'; (1 << 20) + 1]).unwrap();
        let told = regular(&path, SMALL).unwrap_err().to_string();
        assert_eq!(told, "it has more than 1 MiB");
        for other in [Path::new("/dev/zero"), folder.path()] {
            let told = regular(other, SMALL).unwrap_err().to_string();
            assert_eq!(told, "it is no regular file");
        }
        let gone = regular(&folder.path().join("gone"), SMALL).unwrap_err();
        assert_eq!(gone.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn what_has_no_end_is_not_read_to_it() {
        let told = any(Path::new("/dev/zero"), SECRET).unwrap_err();
        assert_eq!(told.kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(told.to_string(), "it has more than 64 KiB");
        assert_eq!(any(Path::new("/dev/null"), SECRET).unwrap(), b"");
        assert_eq!(within(&b"secret"[..], 6).unwrap(), b"secret");
        assert!(within(&b"secrets"[..], 6).is_err());
        assert_eq!(text(b"a".to_vec()).unwrap(), "a");
        let told = text(vec![0xff]).unwrap_err();
        assert_eq!(told.kind(), io::ErrorKind::InvalidData);
    }
}
