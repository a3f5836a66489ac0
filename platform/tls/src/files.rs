//! Files of PEM.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    ClientConfig, ConfigBuilder, RootCertStore, SupportedProtocolVersion, WantsVerifier,
    crypto::{CryptoProvider, ring},
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{Error, PemObject as _},
    },
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};

use crate::{Certificate, TlsError};

/// What is spoken (RFC 9325 section 3.1.1).
pub(crate) const VERSIONS: &[&SupportedProtocolVersion] = &[&TLS13, &TLS12];

/// Where certificate, key and authorities lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The own certificate, and after it those between it and its authority.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
    /// Who vouches for peers; none where nobody has to show a certificate.
    pub authorities: Option<PathBuf>,
}

/// By what it is seen that files have changed.
pub(crate) type Stamp = Vec<Option<(i64, i64, u64, u64)>>;

/// What was read of files.
pub(crate) struct Material {
    pub(crate) key: CertifiedKey,
    pub(crate) certificate: Certificate,
    pub(crate) authorities: Option<Arc<RootCertStore>>,
}

impl Files {
    /// Looks at the files without reading them.
    pub(crate) fn stamp(&self) -> Stamp {
        let files = [&self.certificate, &self.key];
        let files = files.into_iter().chain(&self.authorities);
        let look = |file: &PathBuf| {
            let about = fs::metadata(file).ok()?;
            Some((about.mtime(), about.mtime_nsec(), about.len(), about.ino()))
        };
        files.map(look).collect()
    }

    /// Reads all of them, and sees that they fit each other. Whether their time has come is another question.
    pub(crate) fn read(&self) -> Result<Material, TlsError> {
        let chain = certificates(&self.certificate)?;
        let key = private_key(&self.key)?;
        let first = chain.first().ok_or_else(|| TlsError::NoCertificate {
            path: self.certificate.clone(),
        })?;
        let certificate = Certificate::read(first, &self.certificate)?;
        // Clients read those behind it, too.
        for issuer in &chain[1..] {
            Certificate::read(issuer, &self.certificate)?;
        }
        let key = CertifiedKey::from_der(chain, key, &provider());
        let key = key.map_err(|cause| match cause {
            rustls::Error::InconsistentKeys(_) => TlsError::Misfit {
                certificate: self.certificate.clone(),
                key: self.key.clone(),
            },
            cause => malformed(&self.key, cause),
        })?;
        let authorities = self.authorities.as_deref().map(authorities).transpose()?;
        Ok(Material {
            key,
            certificate,
            authorities: authorities.map(Arc::new),
        })
    }

    /// Reads the certificate, and sees that key and authorities can be used with it.
    pub fn inspect(&self) -> Result<Certificate, TlsError> {
        self.read().map(|material| material.certificate)
    }

    /// Says whether others of the machine may read the key.
    pub fn key_is_open(&self) -> bool {
        fs::metadata(&self.key).is_ok_and(|about| about.permissions().mode() & 0o007 != 0)
    }
}

/// Returns the cryptography that all of ours uses.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// Reads certificates of authorities.
pub fn authorities(path: &Path) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(path)? {
        roots
            .add(certificate)
            .map_err(|cause| malformed(path, cause))?;
    }
    Ok(roots)
}

/// Begins the settings of a client.
pub fn client() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, rustls::Error> {
    ClientConfig::builder_with_provider(provider()).with_protocol_versions(VERSIONS)
}

pub(crate) fn malformed(path: &Path, cause: impl std::fmt::Display) -> TlsError {
    TlsError::Malformed {
        path: path.to_owned(),
        cause: cause.to_string(),
    }
}

/// Reads a file that is not larger than one of these can be.
fn text(path: &Path) -> Result<Vec<u8>, TlsError> {
    let unreadable = |cause: std::io::Error| TlsError::Unreadable {
        path: path.to_owned(),
        cause: cause.to_string(),
    };
    sv_files::regular(path, sv_files::SMALL).map_err(unreadable)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let text = text(path)?;
    let found = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>();
    let found = found.map_err(|cause| no_pem(path, cause))?;
    if found.is_empty() {
        return Err(TlsError::NoCertificate {
            path: path.to_owned(),
        });
    }
    Ok(found)
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let text = text(path)?;
    PrivateKeyDer::from_pem_slice(&text).map_err(|cause| match cause {
        Error::NoItemsFound => TlsError::NoKey {
            path: path.to_owned(),
        },
        cause => no_pem(path, cause),
    })
}

/// Says what is wrong with the form of a file.
fn no_pem(path: &Path, cause: Error) -> TlsError {
    let cause: String = match cause {
        Error::MissingSectionEnd { .. } => "it breaks off before an -----END … line".into(),
        Error::IllegalSectionStart { .. } => "a -----BEGIN … line in it is not whole".into(),
        Error::Base64Decode(_) => "between its lines is no base64".into(),
        other => other.to_string(),
    };
    malformed(path, cause)
}
