//! The identity of services across processes: 60 s tokens signed with a key that the processes of
//! one installation share.

use std::{fs, io, io::Write as _, path::Path, sync::Arc, time::Duration};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use sv_kernel::{Clock, Error, IdGen, Result, Timestamp};
use sv_proto::common::CommonReason;

use super::{LEEWAY, authenticator::sha256, keys::validation};
use crate::Env;

/// The header type of service tokens.
const TYPE: &str = "svc+jwt";
/// The issuer of service tokens.
const ISSUER: &str = "streamverse-mesh";
/// How long a token holds.
const LIFETIME: Duration = Duration::from_mins(1);
/// How long a signed token is used again before a new one is signed.
const REUSE: Duration = Duration::from_secs(30);
/// The file's name in the data folder.
const FILE: &str = "service-identity.key";

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    /// The service that calls.
    sub: String,
    /// The RPC service that is called.
    aud: String,
    iat: i64,
    exp: i64,
    jti: String,
}

/// Signs and verifies service tokens.
pub struct ServiceKey {
    clock: Arc<dyn Clock>,
    ids: IdGen,
    sign: EncodingKey,
    verify: DecodingKey,
    /// Signed tokens by (caller, audience).
    signed: Cache<(Arc<str>, String), (Arc<str>, Timestamp)>,
    /// Verified tokens by their hash and audience.
    verified: Cache<[u8; 32], Arc<Claims>>,
}

impl std::fmt::Debug for ServiceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServiceKey(…)")
    }
}

impl ServiceKey {
    /// Opens the key file of a data folder, readable by its owner only; makes it the first time.
    /// Processes that start at once end up with the same key.
    pub fn open(data_folder: &Path, env: &Env) -> io::Result<Self> {
        let path = data_folder.join(FILE);
        if !path.exists() {
            create(data_folder, &path, env)?;
        }
        refuse_open_file(&path)?;
        Self::from_pkcs8(&fs::read(&path)?, env)
    }

    /// Makes a key that only this process knows; for tests and for one process.
    pub fn ephemeral(env: &Env) -> io::Result<Self> {
        Self::from_pkcs8(&generate()?, env)
    }

    fn from_pkcs8(der: &[u8], env: &Env) -> io::Result<Self> {
        let pair = Ed25519KeyPair::from_pkcs8(der).map_err(io::Error::other)?;
        Ok(Self {
            clock: env.clock.clone(),
            ids: env.ids.clone(),
            sign: EncodingKey::from_ed_der(der),
            verify: DecodingKey::from_ed_der(pair.public_key().as_ref()),
            signed: Cache::new(1_000),
            verified: Cache::new(1_000),
        })
    }

    /// Returns a token of `caller` for calls to the RPC service `audience`.
    pub(crate) fn token(&self, caller: &Arc<str>, audience: &str) -> Result<Arc<str>> {
        let now = self.clock.now();
        let slot = (caller.clone(), audience.to_owned());
        if let Some((token, at)) = self.signed.get(&slot)
            && now >= at
            && now.since(at) < REUSE
        {
            return Ok(token);
        }
        let token: Arc<str> = self.issue(caller, audience, now)?.into();
        self.signed.insert(slot, (token.clone(), now));
        Ok(token)
    }

    fn issue(&self, caller: &str, audience: &str, now: Timestamp) -> Result<String> {
        let claims = Claims {
            iss: ISSUER.into(),
            sub: caller.into(),
            aud: audience.into(),
            iat: now.secs(),
            exp: (now + LIFETIME).secs(),
            jti: self.ids.next::<Self>().to_string(),
        };
        let mut header = jsonwebtoken::Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.into());
        jsonwebtoken::encode(&header, &claims, &self.sign)
            .map_err(|cause| Error::from(CommonReason::Internal).because(cause))
    }

    /// Verifies a token for calls to `audience`; returns the caller's name.
    pub(crate) fn verify(&self, token: &str, audience: &str) -> Result<Arc<str>> {
        let invalid = || Error::from(CommonReason::TokenInvalid);
        let fingerprint = sha256(token.as_bytes());
        let claims = if let Some(claims) = self.verified.get(&fingerprint) {
            claims
        } else {
            let claims = Arc::new(self.read(token).map_err(|_| invalid())?);
            self.verified.insert(fingerprint, claims.clone());
            claims
        };
        let now = self.clock.now();
        let (issued, ends) = (
            Timestamp::from_secs(claims.iat),
            Timestamp::from_secs(claims.exp),
        );
        let timely =
            issued <= now + LEEWAY && now < ends + LEEWAY && ends.since(issued) <= LIFETIME;
        if timely && claims.aud == audience {
            Ok(claims.sub.as_str().into())
        } else {
            Err(invalid())
        }
    }

    fn read(&self, token: &str) -> jsonwebtoken::errors::Result<Claims> {
        use jsonwebtoken::errors::ErrorKind;
        if token.len() > 2_000 {
            return Err(ErrorKind::InvalidToken.into());
        }
        // The audience differs per call and is compared by the caller.
        let mut checks: Validation = validation(Algorithm::EdDSA, ISSUER, "");
        checks.validate_aud = false;
        let data = jsonwebtoken::decode::<Claims>(token, &self.verify, &checks)?;
        if data.header.typ.as_deref() == Some(TYPE) {
            Ok(data.claims)
        } else {
            Err(ErrorKind::InvalidToken.into())
        }
    }
}

fn generate() -> io::Result<Vec<u8>> {
    let document = Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new())
        .map_err(io::Error::other)?;
    Ok(document.as_ref().to_vec())
}

/// Writes a new key beside its place and links it there: whoever links first wins, and nobody ever
/// reads half a file.
fn create(folder: &Path, path: &Path, env: &Env) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let draft = folder.join(format!(".{FILE}.{}", env.ids.next::<ServiceKey>()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(&generate()?)?;
    file.sync_all()?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
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
