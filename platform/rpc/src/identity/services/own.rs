//! A key pair of this process: made here, and never copied anywhere else.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};
use sv_kernel::{Timestamp, service_keys::PublicKey};

use super::{Claims, TYPE, directory::write};
use crate::identity::digest::sha256;

/// A key pair that signs for one service.
pub(super) struct OwnKey {
    pub(super) service: String,
    pub(super) kid: String,
    pub(super) made: Timestamp,
    sign: EncodingKey,
    pkcs8: Vec<u8>,
    x: String,
    /// The file that holds it; none where it lives in memory only.
    file: std::sync::Mutex<Option<Held>>,
}

/// A key's file, which no second process uses while this one does.
struct Held {
    path: PathBuf,
    _lock: File,
}

/// What the file says.
#[derive(Deserialize, Serialize)]
struct Stored {
    service: String,
    made_at: i64,
    pkcs8: String,
}

impl OwnKey {
    /// Opens the service's key in a folder, or makes it there. A second process of the service, and a
    /// folder that cannot be written, get a key in memory: keys are never shared.
    pub(super) fn open(folder: Option<&Path>, service: &str, now: Timestamp) -> io::Result<Self> {
        let Some(folder) = folder else {
            return Self::generate(service, now);
        };
        let path = folder.join(format!("{service}.key"));
        let lock = match lock(folder, service) {
            Ok(Some(lock)) => lock,
            Ok(None) => return Self::generate(service, now),
            Err(cause) if path.exists() => return Err(cause),
            Err(cause) => {
                tracing::info!(service, %cause, "the service's key is kept in memory");
                return Self::generate(service, now);
            }
        };
        let key = if path.exists() {
            refuse_open_file(&path)?;
            Self::read(&path, service)?
        } else {
            let key = Self::generate(service, now)?;
            key.store(&path)?;
            key
        };
        let held = Held { path, _lock: lock };
        *key.file
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(held);
        Ok(key)
    }

    /// Makes a key that only this process knows.
    pub(super) fn generate(service: &str, now: Timestamp) -> io::Result<Self> {
        let random = aws_lc_rs::rand::SystemRandom::new();
        let document = Ed25519KeyPair::generate_pkcs8(&random).map_err(io::Error::other)?;
        Self::of(service, now, document.as_ref().to_vec())
    }

    fn of(service: &str, made: Timestamp, pkcs8: Vec<u8>) -> io::Result<Self> {
        let pair = Ed25519KeyPair::from_pkcs8(&pkcs8).map_err(io::Error::other)?;
        let public = pair.public_key().as_ref();
        let digest = sha256(&[service.as_bytes(), b":", public].concat());
        let kid = hex::encode(&digest[..16]);
        Ok(Self {
            service: service.to_owned(),
            kid,
            made,
            sign: EncodingKey::from_ed_der(&pkcs8),
            x: URL_SAFE_NO_PAD.encode(public),
            pkcs8,
            file: std::sync::Mutex::default(),
        })
    }

    fn read(path: &Path, service: &str) -> io::Result<Self> {
        let named = |cause: &dyn std::fmt::Display| {
            let (path, kind) = (path.display(), io::ErrorKind::InvalidData);
            let wish = "restore it, or remove it: the service makes itself a new one";
            io::Error::new(
                kind,
                format!("{path} is no key of a service ({cause}); {wish}"),
            )
        };
        let text = fs::read(path).map_err(|cause| named(&cause))?;
        let stored: Stored = serde_json::from_slice(&text).map_err(|cause| named(&cause))?;
        let pkcs8 = STANDARD
            .decode(&stored.pkcs8)
            .map_err(|cause| named(&cause))?;
        if stored.service != service {
            let cause = format!("{} is a key of {}", path.display(), stored.service);
            return Err(io::Error::new(io::ErrorKind::InvalidData, cause));
        }
        let made = Timestamp::from_secs(stored.made_at);
        Self::of(service, made, pkcs8).map_err(|cause| named(&cause))
    }

    /// Writes the key in place of what was there, and its public half beside it.
    fn store(&self, path: &Path) -> io::Result<()> {
        let stored = Stored {
            service: self.service.clone(),
            made_at: self.made.secs(),
            pkcs8: STANDARD.encode(&self.pkcs8),
        };
        // Only the holder of the lock writes here.
        let draft = path.with_extension("key-draft");
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&draft)?;
        file.write_all(&serde_json::to_vec(&stored)?)?;
        file.sync_all()?;
        fs::rename(&draft, path)?;
        let public = PublicKey {
            not_after: None,
            ..self.public(self.made)
        };
        write(&path.with_extension("pub.json"), &public)
    }

    /// Gives this key's file to the key that follows it.
    pub(super) fn replace(&self, next: &Self) -> io::Result<()> {
        let poisoned = std::sync::PoisonError::into_inner;
        let mut file = self.file.lock().unwrap_or_else(poisoned);
        if let Some(held) = &*file {
            next.store(&held.path)?;
        }
        *next.file.lock().unwrap_or_else(poisoned) = file.take();
        Ok(())
    }

    /// Returns what others are told.
    pub(super) fn public(&self, not_after: Timestamp) -> PublicKey {
        PublicKey {
            service: self.service.clone(),
            kid: self.kid.clone(),
            x: self.x.clone(),
            not_after: Some(not_after.secs()),
        }
    }

    pub(super) fn sign(&self, claims: &Claims) -> jsonwebtoken::errors::Result<String> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.into());
        header.kid = Some(self.kid.clone());
        jsonwebtoken::encode(&header, claims, &self.sign)
    }
}

/// Takes a service's key for this process; `None` where another process has it.
fn lock(folder: &Path, service: &str) -> io::Result<Option<File>> {
    fs::create_dir_all(folder)?;
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    let file = options.open(folder.join(format!("{service}.lock")))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(cause)) => Err(cause),
    }
}

/// Refuses a key that others of the machine can read.
fn refuse_open_file(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(path)?.permissions().mode();
        if mode & 0o077 != 0 {
            let wish = format!(
                "{} must be readable by its owner only; run chmod 600 on it",
                path.display()
            );
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, wish));
        }
    }
    Ok(())
}
