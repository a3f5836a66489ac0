//! What the machine itself has to bring: a right clock, room, private keys, free ports, ffmpeg.

use std::{
    fs, io,
    net::{SocketAddr, TcpListener},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use sv_kernel::{Clock as _, SystemClock, Timestamp};

use super::{Bad, Finding, Good, Hint};
use crate::{clock, data_dir::DataDir, selection::EDGE, services};

/// Seconds since 1970 before which no clock is right: 2026-01-01, before the program was made.
const MADE: i64 = 1_767_225_600;
/// A clock that is further behind what was written down last is wrong; less is between machines.
const BEHIND: i64 = 60;
/// With less room a server keeps nothing for its next start, and soon writes nothing.
const LEAST_ROOM: u64 = 64 << 20;
/// With less room somebody should look.
const LITTLE_ROOM: u64 = 1 << 30;
/// The oldest ffmpeg that imports were tried with.
const OLDEST_FFMPEG: u32 = 5;

/// Looks whether the clock can be right.
pub(super) fn clock(folder: &Path) -> Finding {
    let now = SystemClock.now();
    let mend = "set the machine's clock right (NTP) before anything is started";
    if now.secs() < MADE {
        return Bad(format!(
            "the clock says {now}, which was before this program was made; {mend}"
        ));
    }
    match clock::last_in_use(folder) {
        Some(used) if used.secs() > now.secs() + BEHIND => Bad(format!(
            "the clock says {now}, but the data folder was in use at {used}; {mend}, or remove run/clock if that one is wrong"
        )),
        _ => Good(format!("the clock says {}", short(now))),
    }
}

/// A time to the second.
fn short(now: Timestamp) -> String {
    let text = now.to_string();
    match text.split_once('.') {
        Some((seconds, _)) => format!("{seconds}Z"),
        None => text,
    }
}

/// Looks how much room is left where a folder lies, or will.
pub(super) fn room(what: &str, folder: &Path) -> Finding {
    let there = folder.ancestors().map(|part| {
        if part.as_os_str().is_empty() {
            Path::new(".")
        } else {
            part
        }
    });
    let stat = there
        .filter(|folder| folder.exists())
        .find_map(|folder| rustix::fs::statvfs(folder).ok());
    let Some(stat) = stat else {
        return Hint(format!("how much room {what} has cannot be told"));
    };
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    let size = stat.f_blocks.saturating_mul(stat.f_frsize).max(1);
    let (mega, percent) = (free >> 20, free.saturating_mul(100) / size);
    let told = format!("{what} has {mega} MiB of room ({percent} % of its disk)");
    if free < LEAST_ROOM {
        Bad(format!("{told}; make room, or give a larger disk"))
    } else if free < LITTLE_ROOM || percent < 10 {
        Hint(format!("{told}; make room before it is full"))
    } else if stat.f_files > 0 && stat.f_favail == 0 {
        Bad(format!(
            "{told}, but not one more file fits (inodes); remove small files"
        ))
    } else {
        Good(told)
    }
}

/// Says whether a process of the installation runs on the folder.
pub(super) fn someone_runs(data: &DataDir) -> bool {
    let mut names = services::names().chain([EDGE]);
    names.any(|name| data.running(name).is_some())
}

/// Looks whether a server could listen.
pub(super) fn port(setting: &str, address: SocketAddr, at_home: bool) -> Finding {
    match TcpListener::bind(address) {
        Ok(_) => Good(format!("{setting}: {address} is free")),
        Err(cause) if cause.kind() == io::ErrorKind::AddrInUse && at_home => Good(format!(
            "{setting}: {address} is in use, as it should be while a server runs"
        )),
        Err(cause) if cause.kind() == io::ErrorKind::AddrInUse => Hint(format!(
            "{setting}: {address} is in use by another program; stop it (`ss -ltnp`), or give another address"
        )),
        Err(cause) if cause.kind() == io::ErrorKind::PermissionDenied => Bad(format!(
            "{setting}: {address} may not be listened on ({cause}); take a port from 1024 on, or allow it (CAP_NET_BIND_SERVICE)"
        )),
        Err(cause) => Bad(format!(
            "{setting}: {address} cannot be listened on ({cause}); give an address of this machine"
        )),
    }
}

/// Looks whether keys and secrets are there for this user, and for nobody else.
pub(super) fn keys(folder: &Path) -> Finding {
    let folder = folder.join("keys");
    let mut files = Vec::new();
    match gather(&folder, &mut files) {
        Err(gone) if gone.kind() == io::ErrorKind::NotFound => {
            return Good("there are no keys yet; the first start makes them".into());
        }
        Err(cause) => {
            return Bad(format!(
                "keys in {} cannot be listed ({cause}); let this user read them",
                folder.display()
            ));
        }
        Ok(()) => {}
    }
    // Public halves and locks are nobody's secret.
    let open = |name: &str| [".pub.json", ".lock"].iter().any(|end| name.ends_with(end));
    let secret = |file: &&PathBuf| !open(&file.to_string_lossy());
    for file in files.iter().filter(secret) {
        let shown = file.display();
        if let Err(cause) = fs::File::open(file) {
            return Bad(format!(
                "key {shown} cannot be read ({cause}); let this user read it"
            ));
        }
        let mode = fs::metadata(file).map_or(0, |file| file.permissions().mode());
        if mode & 0o077 != 0 {
            // The data folder itself is its owner's only, as a rule.
            return Hint(format!(
                "key {shown} is open to other users; chmod 600 {shown}"
            ));
        }
    }
    Good(format!(
        "{} files of keys can be read, and by nobody else",
        files.len()
    ))
}

fn gather(folder: &Path, into: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            gather(&entry.path(), into)?;
        } else {
            into.push(entry.path());
        }
    }
    Ok(())
}

/// Judges what ffmpeg or ffprobe says of its version.
pub(super) fn new_enough(name: &str, told: &str) -> Finding {
    let version = told.split("version ").nth(1).unwrap_or_default();
    let major = version.trim_start_matches('n').split(['.', '-']).next();
    match major.and_then(|major| major.parse::<u32>().ok()) {
        Some(major) if major < OLDEST_FFMPEG => Hint(format!(
            "{told}: imports were tried with {name} {OLDEST_FFMPEG} and later; take a newer one"
        )),
        // Built from a commit, a version is no number.
        _ => Good(told.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_however_they_are_written() {
        let old = |told| matches!(new_enough("ffmpeg", told), Hint(_));
        assert!(old("ffmpeg version 4.4.2-0ubuntu0.22.04.1"));
        for new in [
            "ffmpeg version 5.1.9-0+deb12u1",
            "ffmpeg version n7.1",
            "ffmpeg version N-118000-gabc",
            "ffprobe",
        ] {
            assert!(!old(new), "{new}");
        }
    }

    #[test]
    fn a_key_that_others_can_read_is_told_with_the_command_that_mends_it() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(keys(folder.path()), Good(_)));
        let key = folder.path().join("keys/identity/auth.key");
        fs::create_dir_all(key.parent().unwrap()).unwrap();
        fs::write(&key, "secret").unwrap();
        fs::write(key.with_extension("pub.json"), "{}").unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(keys(folder.path()), Good(_)));
        fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
        let Hint(told) = keys(folder.path()) else {
            panic!("it is open to others");
        };
        assert!(
            told.ends_with(&format!("chmod 600 {}", key.display())),
            "{told}"
        );
    }

    #[test]
    fn a_port_that_is_taken_is_a_note_unless_our_own_server_has_it() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        assert!(matches!(port("server.listen", address, false), Hint(_)));
        assert!(matches!(port("server.listen", address, true), Good(_)));
        let elsewhere = "192.0.2.1:3000".parse().unwrap();
        assert!(matches!(port("server.listen", elsewhere, false), Bad(_)));
    }
}
