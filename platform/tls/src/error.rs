//! What can be wrong with files of TLS.

use std::path::{Path, PathBuf};

use sv_kernel::Timestamp;

/// Why files cannot be used. Each says which file, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    /// A file is not there, or not for us to read.
    #[error("{} cannot be read ({cause}); mend the path, or let the process read the file", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// No certificate is in it.
    #[error("{} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)", .path.display())]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// No key is in it.
    #[error(
        "{} holds no private key in PEM that opens without a passphrase (PKCS#8, SEC1 or PKCS#1); \
         `openssl pkey -in OLD -out NEW` makes one",
        .path.display()
    )]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// What is in it cannot be understood.
    #[error("{} cannot be used: {cause}", .path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// Certificate and key are not of one pair.
    #[error(
        "the key {} does not fit the certificate {}, whose own certificate has to stand first in its file",
        .key.display(), .certificate.display()
    )]
    Misfit {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
    },
    /// Its time is over.
    #[error("the certificate {} has expired: it was valid until {until}; renew it", .path.display())]
    Expired {
        /// The file.
        path: PathBuf,
        /// Its last moment.
        until: Timestamp,
    },
    /// Its time has not come.
    #[error(
        "the certificate {} is not valid before {from}; wait, or mend the machine's clock",
        .path.display()
    )]
    NotYet {
        /// The file.
        path: PathBuf,
        /// Its first moment.
        from: Timestamp,
    },
}

impl TlsError {
    /// Returns the file that cannot be used; of two that do not fit each other, the key.
    pub fn path(&self) -> &Path {
        match self {
            Self::Unreadable { path, .. }
            | Self::NoCertificate { path }
            | Self::NoKey { path }
            | Self::Malformed { path, .. }
            | Self::Misfit { key: path, .. }
            | Self::Expired { path, .. }
            | Self::NotYet { path, .. } => path,
        }
    }
}
