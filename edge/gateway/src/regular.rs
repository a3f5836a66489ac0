//! Files that operators name, read within a bound.

use std::{
    fmt::Display,
    fs::{self, File},
    io::Read as _,
    path::Path,
};

/// The most bytes of keys and certificates.
pub(crate) const SMALL: u64 = 1024 * 1024;
/// The most bytes of a descriptor set.
pub(crate) const SET: u64 = 64 * 1024 * 1024;

/// Reads a file of at most so many bytes. It has to be a regular one: devices may have no end, and pipes nobody who writes,
/// and what is read again when it changes has to be there again.
pub(crate) fn read(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    let problem = |cause: &dyn Display| format!("cannot read {}: {cause}", path.display());
    // Asked before it is opened, which would wait for the writer of a pipe.
    let about = fs::metadata(path).map_err(|cause| problem(&cause))?;
    if !about.is_file() {
        return Err(problem(&"it is no regular file"));
    }
    let file = File::open(path).map_err(|cause| problem(&cause))?;
    let mut bytes = Vec::new();
    let read = file.take(most.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|cause| problem(&cause))?;
    if bytes.len() as u64 > most {
        let large = format!("it has more than {} MiB", most >> 20);
        return Err(problem(&large));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_within_their_bound_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        fs::write(&path, vec![b'a'; 1 << 20]).unwrap();
        assert_eq!(read(&path, SMALL).unwrap().len(), 1 << 20);
        fs::write(&path, vec![b'a'; (1 << 20) + 1]).unwrap();
        let told = read(&path, SMALL).unwrap_err();
        assert!(told.ends_with("/keys: it has more than 1 MiB"), "{told}");
        for other in [Path::new("/dev/zero"), folder.path()] {
            let told = read(other, SMALL).unwrap_err();
            assert!(told.ends_with(": it is no regular file"), "{told}");
        }
        let told = read(&folder.path().join("gone"), SMALL).unwrap_err();
        assert!(told.contains("No such file"), "{told}");
    }
}
