//! Where the public keys of services are published.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use sv_kernel::{
    BoxError, Timestamp,
    service_keys::{KeyDirectory, MOST_KEYS, PublicKey},
};

/// The longest id of a key.
pub(super) const MAX_KID: usize = 64;
/// Keys within one process; for tests.
#[derive(Debug, Default)]
pub struct MemoryDirectory(Mutex<HashMap<String, PublicKey>>);

impl MemoryDirectory {
    pub(super) fn insert(&self, key: PublicKey) {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.insert(key.kid.clone(), key);
    }
}

#[async_trait]
impl KeyDirectory for MemoryDirectory {
    async fn publish(&self, key: &PublicKey) -> Result<(), BoxError> {
        self.insert(key.clone());
        Ok(())
    }

    async fn list(&self) -> Result<Vec<PublicKey>, BoxError> {
        let keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(keys.values().cloned().collect())
    }

    async fn prune(&self, now: Timestamp) -> Result<(), BoxError> {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.retain(|_, key| key.holds(now));
        Ok(())
    }
}

/// Keys as files `<kid>.json` of a folder that only the installation's owner can write: the processes
/// of one machine.
#[derive(Debug)]
pub struct FolderDirectory(PathBuf);

impl FolderDirectory {
    /// Publishes in a folder, which is made when the first key comes.
    pub fn new(folder: PathBuf) -> Self {
        Self(folder)
    }
}

#[async_trait]
impl KeyDirectory for FolderDirectory {
    async fn publish(&self, key: &PublicKey) -> Result<(), BoxError> {
        fs::create_dir_all(&self.0)?;
        write(&self.0.join(format!("{}.json", key.kid)), key)?;
        Ok(())
    }

    async fn list(&self) -> Result<Vec<PublicKey>, BoxError> {
        Ok(read_all(&self.0)?.into_iter().map(|(_, key)| key).collect())
    }

    async fn prune(&self, now: Timestamp) -> Result<(), BoxError> {
        for (path, key) in read_all(&self.0)? {
            if !key.holds(now) {
                // Another process may be first.
                let _ = fs::remove_file(path);
            }
        }
        Ok(())
    }
}

/// Keys that people hand out, as files of a folder: the only ones that count. Nothing is published;
/// a process whose own key is not among them does not start.
#[derive(Debug)]
pub struct TrustedKeys(PathBuf);

impl TrustedKeys {
    /// Trusts the keys of a folder.
    pub fn new(folder: PathBuf) -> Self {
        Self(folder)
    }
}

#[async_trait]
impl KeyDirectory for TrustedKeys {
    async fn publish(&self, key: &PublicKey) -> Result<(), BoxError> {
        let trusted = read_all(&self.0)?;
        let same = |known: &PublicKey| (&known.service, &known.kid) == (&key.service, &key.kid);
        if trusted.iter().any(|(_, known)| same(known)) {
            return Ok(());
        }
        let folder = self.0.display();
        let PublicKey { service, kid, .. } = key;
        Err(format!(
            "mesh.trusted_keys: {folder} does not hold the key {kid} of {service}; copy \
             keys/identity/{service}.pub.json of the data folder into it"
        )
        .into())
    }

    async fn list(&self) -> Result<Vec<PublicKey>, BoxError> {
        Ok(read_all(&self.0)?.into_iter().map(|(_, key)| key).collect())
    }

    async fn prune(&self, _: Timestamp) -> Result<(), BoxError> {
        Ok(())
    }
}

/// Writes a key so that nobody reads half of it.
pub(super) fn write(path: &Path, key: &PublicKey) -> io::Result<()> {
    let draft = path.with_extension(format!("draft-{}", std::process::id()));
    fs::write(&draft, serde_json::to_vec(key)?)?;
    fs::rename(&draft, path)
}

fn read_all(folder: &Path) -> io::Result<Vec<(PathBuf, PublicKey)>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut keys = Vec::new();
    for entry in entries.take(MOST_KEYS) {
        let path = entry?.path();
        if path.extension().is_none_or(|kind| kind != "json") {
            continue;
        }
        // A file that went meanwhile, or that is no key, vouches for nobody.
        let text = fs::read(&path).unwrap_or_default();
        match serde_json::from_slice::<PublicKey>(&text) {
            Ok(key) if key.kid.len() <= MAX_KID => keys.push((path, key)),
            _ => tracing::debug!(file = %path.display(), "not a public key of a service"),
        }
    }
    Ok(keys)
}
