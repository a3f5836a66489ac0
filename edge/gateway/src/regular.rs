//! Files that operators name, with what is said where one cannot be read.

use std::path::Path;

/// The most bytes of keys and certificates.
pub(crate) const SMALL: u64 = sv_files::SMALL;
/// The most bytes of a descriptor set.
pub(crate) const SET: u64 = 64 * 1024 * 1024;

/// Reads a regular file of at most so many bytes.
pub(crate) fn read(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    let read = sv_files::regular(path, most);
    read.map_err(|cause| format!("cannot read {}: {cause}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_named() {
        let told = read(Path::new("/dev/zero"), SMALL).unwrap_err();
        assert_eq!(told, "cannot read /dev/zero: it is no regular file");
        let told = read(Path::new("/no/such"), SMALL).unwrap_err();
        assert!(
            told.starts_with("cannot read /no/such: No such file"),
            "{told}"
        );
    }
}
