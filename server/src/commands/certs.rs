//! `certs dev`: certificates for a developer's machine, of an authority that is made for it.

use std::{
    fs, io,
    io::Write as _,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::Path,
    time::Duration,
};

use sv_kernel::{BoxError, Clock as _, SystemClock};
use sv_tls::{Authority, Validity};

use crate::secrets::named;

const DAY: Duration = Duration::from_hours(24);
/// How long the authority vouches.
const AUTHORITY: Duration = DAY.saturating_mul(3650);
/// How long a certificate holds: browsers take none that holds for longer than 398 days.
const CERTIFICATE: Duration = DAY.saturating_mul(397);
/// The names that every certificate has.
const HERE: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// Makes an authority, where the folder has none, and new certificates of it.
pub(crate) fn dev(folder: &Path, more: &[String]) -> Result<(), BoxError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o755);
    builder
        .create(folder)
        .map_err(|failure| named(folder, &failure))?;
    let now = SystemClock.now();
    let authority = authority(folder, now)?;
    let mut names: Vec<String> = HERE.map(str::to_owned).to_vec();
    names.extend(more.iter().cloned());
    let issued = authority.issue(&names, Validity::around(now, CERTIFICATE))?;
    put(&folder.join("tls.key"), &issued.key, 0o600)?;
    put(&folder.join("tls.crt"), &issued.certificate, 0o644)?;
    let shown = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let shown = shown.display();
    super::line(&format!(
        "{shown} has a certificate for {}.\n\n\
         Serve with it:\n  \
         STREAMVERSE_EDGE__TLS__CERTIFICATE={shown}/tls.crt STREAMVERSE_EDGE__TLS__KEY={shown}/tls.key streamverse run --demo\n\
         Call it:\n  \
         curl --cacert {shown}/ca.crt https://localhost:3000/health\n\n\
         Who trusts ca.crt believes whatever ca.key signs: both are for this machine alone.",
        names.join(", ")
    ));
    Ok(())
}

/// Returns the folder's authority.
fn authority(folder: &Path, now: sv_kernel::Timestamp) -> Result<Authority, BoxError> {
    let (certificate, key) = (folder.join("ca.crt"), folder.join("ca.key"));
    let read = |path: &Path| match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(failure) if failure.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(failure) => Err(named(path, &failure)),
    };
    match (read(&certificate)?, read(&key)?) {
        (Some(certificate), Some(key)) => Ok(Authority::of(&certificate, &key)?),
        (None, None) => {
            let name = format!("StreamVerse development {}", &now.to_string()[..10]);
            let authority = Authority::make(&name, Validity::around(now, AUTHORITY))?;
            put(&key, &authority.key(), 0o600)?;
            put(&certificate, authority.certificate(), 0o644)?;
            Ok(authority)
        }
        _ => Err(format!(
            "{} has one of ca.crt and ca.key without the other; remove it, or give another folder",
            folder.display()
        )
        .into()),
    }
}

/// Writes a file whole: who reads it sees the old one or the new one.
fn put(path: &Path, text: &str, mode: u32) -> Result<(), BoxError> {
    let draft = path.with_extension(format!("{}.draft", std::process::id()));
    let write = || {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true).mode(mode);
        let mut file = options.open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, path)
    };
    write().map_err(|failure| named(path, &failure).into())
}
