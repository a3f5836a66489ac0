//! Secrets that the installation makes for itself: files of the data folder, for its owner only.

use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use sv_rpc::Env;

/// Bytes of a secret.
pub(crate) const LENGTH: usize = 32;

/// Returns the secret of a name, and makes it where there is none. Processes that start at once
/// agree on one.
pub(crate) fn open(data: &Path, name: &str, env: &Env) -> io::Result<Vec<u8>> {
    let folder = data.join("keys");
    fs::create_dir_all(&folder)?;
    let path = folder.join(name);
    loop {
        match fs::read(&path) {
            Ok(secret) if secret.len() == LENGTH => return Ok(secret),
            Ok(_) => {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!(
                        "{} is not {LENGTH} bytes long; restore it or remove it",
                        path.display()
                    ),
                ));
            }
            Err(failure) if failure.kind() == io::ErrorKind::NotFound => {
                let mut secret = [0; LENGTH];
                env.entropy.fill(&mut secret);
                let draft = folder.join(format!(".{name}.{}", std::process::id()));
                let mut file = fs::OpenOptions::new()
                    .write(true)
                    .create(true)
                    .truncate(true)
                    .mode(0o600)
                    .open(&draft)?;
                file.write_all(&secret)?;
                file.sync_all()?;
                // Linking fails where another process was first; then its secret is read.
                match fs::hard_link(&draft, &path) {
                    Err(failure) if failure.kind() != io::ErrorKind::AlreadyExists => {
                        return Err(failure);
                    }
                    _ => fs::remove_file(&draft)?,
                }
            }
            Err(failure) => return Err(failure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_stays_and_only_its_owner_reads_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let first = open(folder.path(), "page-tokens", &Env::system()).unwrap();
        assert_eq!(
            open(folder.path(), "page-tokens", &Env::system()).unwrap(),
            first
        );
        assert_ne!(open(folder.path(), "other", &Env::system()).unwrap(), first);
        let path = folder.path().join("keys/page-tokens");
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        fs::write(&path, "short").unwrap();
        assert!(open(folder.path(), "page-tokens", &Env::system()).is_err());
    }
}
