//! What a certificate says of itself (RFC 5280 section 4.1).

use std::{net::IpAddr, path::Path};

use rustls::pki_types::CertificateDer;
use sv_kernel::Timestamp;
use time::OffsetDateTime;
use yasna::{
    ASN1Error, ASN1ErrorKind, ASN1Result, BERReader, BERReaderSeq, Tag, TagClass,
    models::ObjectIdentifier,
};

use crate::TlsError;

/// The names that a certificate is for: `subjectAltName`.
const NAMES: &[u64] = &[2, 5, 29, 17];
/// A name of the subject: `commonName`.
const COMMON_NAME: &[u64] = &[2, 5, 4, 3];

/// The first certificate of a chain, which names the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Its first moment.
    pub from: Timestamp,
    /// Its last moment.
    pub until: Timestamp,
    /// The names and addresses that clients may know it by.
    pub names: Vec<String>,
    /// What it is called, for people.
    pub(crate) common_name: String,
}

impl Certificate {
    /// Reads it; `path` is named in errors.
    pub(crate) fn read(der: &CertificateDer<'_>, path: &Path) -> Result<Self, TlsError> {
        Self::of(der).map_err(|cause| TlsError::Malformed {
            path: path.to_owned(),
            cause: format!("it is no certificate ({cause})"),
        })
    }

    pub(crate) fn of(der: &[u8]) -> ASN1Result<Self> {
        yasna::parse_der(der, |whole| {
            whole.read_sequence(|parts| {
                let read = parts.next().read_sequence(signed)?;
                skip(parts)?;
                skip(parts)?;
                Ok(read)
            })
        })
    }

    /// Refuses a certificate whose time is over or has not come; `path` is named in the refusal.
    pub fn check(&self, path: &Path, now: Timestamp) -> Result<(), TlsError> {
        let path = || path.to_owned();
        if now > self.until {
            return Err(TlsError::Expired {
                path: path(),
                until: self.until,
            });
        }
        if now < self.from {
            return Err(TlsError::NotYet {
                path: path(),
                from: self.from,
            });
        }
        Ok(())
    }
}

/// Reads what is signed: version, serial, algorithm, issuer, validity, subject, key, ids, extensions.
fn signed(parts: &mut BERReaderSeq<'_, '_>) -> ASN1Result<Certificate> {
    tagged(parts, 0)?;
    for _ in ["serial", "algorithm", "issuer"] {
        skip(parts)?;
    }
    let (from, until) = parts
        .next()
        .read_sequence(|both| Ok((moment(both.next())?, moment(both.next())?)))?;
    let common_name = parts.next().read_der().map(|name| common_name(&name))?;
    skip(parts)?;
    tagged(parts, 1)?;
    tagged(parts, 2)?;
    let names = match tagged(parts, 3)? {
        Some(extensions) => yasna::parse_der(&extensions, names)?,
        None => Vec::new(),
    };
    Ok(Certificate {
        from,
        until,
        names,
        common_name: common_name.unwrap_or_default(),
    })
}

fn skip(parts: &mut BERReaderSeq<'_, '_>) -> ASN1Result<()> {
    parts.next().read_der().map(drop)
}

/// Reads a part that may be missing; returns what is inside of its tag.
fn tagged(parts: &mut BERReaderSeq<'_, '_>, number: u64) -> ASN1Result<Option<Vec<u8>>> {
    let wanted = Tag::context(number);
    parts.read_optional(|part| {
        if part.lookahead_tag()? != wanted {
            return Err(ASN1Error::new(ASN1ErrorKind::Invalid));
        }
        Ok(part.read_tagged_der()?.value().to_owned())
    })
}

fn moment(reader: BERReader<'_, '_>) -> ASN1Result<Timestamp> {
    const UTC_TIME: Tag = Tag {
        tag_class: TagClass::Universal,
        tag_number: 23,
    };
    let at: OffsetDateTime = if reader.lookahead_tag()? == UTC_TIME {
        *reader.read_utctime()?.datetime()
    } else {
        *reader.read_generalized_time()?.datetime()
    };
    Ok(Timestamp::from_secs(at.unix_timestamp()))
}

/// Finds what a subject is called.
fn common_name(name: &[u8]) -> Option<String> {
    let mut found = None;
    let read = yasna::parse_der(name, |sets| {
        sets.read_sequence_of(|set| {
            set.read_set_of(|pair| {
                pair.read_sequence(|pair| {
                    let kind = pair.next().read_oid()?;
                    let value = pair.next().read_tagged_der()?;
                    if kind == ObjectIdentifier::from_slice(COMMON_NAME) {
                        found = String::from_utf8(value.value().to_owned()).ok();
                    }
                    Ok(())
                })
            })
        })
    });
    read.ok().and(found)
}

/// Finds the names among the extensions.
fn names(extensions: BERReader<'_, '_>) -> ASN1Result<Vec<String>> {
    let mut names = Vec::new();
    extensions.read_sequence_of(|extension| {
        extension.read_sequence(|parts| {
            let kind = parts.next().read_oid()?;
            // Whether it is critical, where that is said.
            #[expect(
                clippy::redundant_closure_for_method_calls,
                reason = "the method itself is of one lifetime"
            )]
            parts.read_optional(|critical| critical.read_bool())?;
            let value = parts.next().read_bytes()?;
            if kind == ObjectIdentifier::from_slice(NAMES) {
                yasna::parse_der(&value, |list| {
                    list.read_sequence_of(|name| {
                        let name = name.read_tagged_der()?;
                        names.extend(told(name.tag(), name.value()));
                        Ok(())
                    })
                })?;
            }
            Ok(())
        })
    })?;
    Ok(names)
}

/// Writes a name as clients use it; what is neither host nor address is left out.
fn told(tag: Tag, value: &[u8]) -> Option<String> {
    const HOST: u64 = 2;
    const ADDRESS: u64 = 7;
    match tag.tag_number {
        HOST => String::from_utf8(value.to_owned()).ok(),
        ADDRESS => {
            let v4 = <[u8; 4]>::try_from(value).map(IpAddr::from);
            let address = v4.or_else(|_| <[u8; 16]>::try_from(value).map(IpAddr::from));
            address.ok().map(|address| address.to_string())
        }
        _ => None,
    }
}
