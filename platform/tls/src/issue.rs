//! An authority that vouches for the processes of a developer's machine or of a test, and for nobody else's.

use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use sv_kernel::Timestamp;
use time::OffsetDateTime;

use crate::Certificate;

/// From when until when a certificate holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// Its first moment.
    pub from: Timestamp,
    /// Its last moment.
    pub until: Timestamp,
}

/// An authority cannot be made or used.
#[derive(Debug, thiserror::Error)]
#[error("no certificate was made: {0}")]
pub struct NotIssued(#[from] rcgen::Error);

/// Vouches for certificates.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: String,
}

/// A certificate and its key, each in PEM.
#[derive(Clone)]
pub struct Issued {
    /// The certificate.
    pub certificate: String,
    /// Its key (PKCS#8).
    pub key: String,
}

impl std::fmt::Debug for Issued {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issued")
            .field("certificate", &self.certificate)
            .finish_non_exhaustive()
    }
}

impl Validity {
    /// From an hour before a moment, since clocks differ, until so long after it.
    pub fn around(now: Timestamp, after: Duration) -> Self {
        Self {
            from: now - Duration::from_hours(1),
            until: now + after,
        }
    }

    fn write(self, params: &mut CertificateParams) {
        let moment = |at: Timestamp| OffsetDateTime::from_unix_timestamp(at.secs());
        if let (Ok(from), Ok(until)) = (moment(self.from), moment(self.until)) {
            (params.not_before, params.not_after) = (from, until);
        }
    }
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut called = DistinguishedName::new();
    called.push(DnType::CommonName, name);
    params.distinguished_name = called;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

impl Authority {
    /// Makes one with a key of its own.
    pub fn make(name: &str, validity: Validity) -> Result<Self, NotIssued> {
        let mut params = authority(name);
        validity.write(&mut params);
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?.pem();
        Ok(Self {
            issuer: Issuer::new(params, key),
            certificate,
        })
    }

    /// Goes on with one that was made before, by its certificate and key in PEM.
    pub fn of(certificate: &str, key: &str) -> Result<Self, NotIssued> {
        let key = KeyPair::from_pem(key)?;
        let unreadable = || rcgen::Error::CouldNotParseCertificate;
        let der = CertificateDer::from_pem_slice(certificate.as_bytes());
        let own = Certificate::of(&der.map_err(|_| unreadable())?).map_err(|_| unreadable())?;
        // What it signs names it, and its key: nothing else of its own certificate goes into that.
        let params = authority(&own.common_name);
        Ok(Self {
            issuer: Issuer::new(params, key),
            certificate: certificate.to_owned(),
        })
    }

    /// Returns its own certificate in PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Returns its key in PEM.
    pub fn key(&self) -> String {
        self.issuer.key().serialize_pem()
    }

    /// Vouches for a process that is known by these host names and addresses, as server and as client.
    pub fn issue(&self, names: &[String], validity: Validity) -> Result<Issued, NotIssued> {
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name = DistinguishedName::new();
        if let Some(name) = names.first() {
            params.distinguished_name.push(DnType::CommonName, name);
        }
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        params.use_authority_key_identifier_extension = true;
        validity.write(&mut params);
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok(Issued {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        })
    }
}
