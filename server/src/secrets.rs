//! Secrets that the installation makes for itself: files of the data folder, for its owner only.

use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use sv_rpc::Env;

/// Bytes of a secret.
pub(crate) const LENGTH: usize = 32;

/// Returns the file of a secret.
pub(crate) fn file(data: &Path, name: &str) -> PathBuf {
    data.join("keys").join(name)
}

/// Returns the secret of a name, if there is one.
pub(crate) fn known(data: &Path, name: &str) -> io::Result<Option<Vec<u8>>> {
    let path = file(data, name);
    match fs::read(&path) {
        Ok(secret) if secret.len() == LENGTH => Ok(Some(secret)),
        Ok(_) => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!(
                "{} is not {LENGTH} bytes long; restore it from a backup, or remove it and start again to hear \
                 what that means",
                path.display()
            ),
        )),
        Err(failure) if failure.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(failure) => Err(named(&path, &failure)),
    }
}

/// Returns the secret of a name, and makes it where there is none. Processes that start at once
/// agree on one.
pub(crate) fn open(data: &Path, name: &str, env: &Env) -> io::Result<Vec<u8>> {
    let path = file(data, name);
    loop {
        if let Some(secret) = known(data, name)? {
            return Ok(secret);
        }
        make(&path, env).map_err(|failure| named(&path, &failure))?;
    }
}

/// Writes a secret again whose file was lost, and says whether it was. Fails where there is another one.
pub(crate) fn keep(data: &Path, name: &str, secret: &[u8]) -> io::Result<bool> {
    let path = file(data, name);
    match known(data, name)? {
        Some(found) if found == secret => Ok(false),
        Some(_) => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("{} was replaced; restore it from a backup", path.display()),
        )),
        None => {
            write(&path, secret).map_err(|failure| named(&path, &failure))?;
            Ok(true)
        }
    }
}

/// Makes a secret, unless another process was first.
fn make(path: &Path, env: &Env) -> io::Result<()> {
    let mut secret = [0; LENGTH];
    env.entropy.fill(&mut secret);
    write(path, &secret)
}

fn write(path: &Path, secret: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let draft = path.with_extension(std::process::id().to_string());
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)?;
    file.write_all(secret)?;
    file.sync_all()?;
    // Linking fails where another process was first; then its secret is read.
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(failure) if failure.kind() != io::ErrorKind::AlreadyExists => Err(failure),
        _ => Ok(()),
    }
}

/// Says which file failed.
pub(crate) fn named(path: &Path, failure: &io::Error) -> io::Error {
    io::Error::new(failure.kind(), format!("{}: {failure}", path.display()))
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
