//! The certificates of the processes, of two authorities, which are changed while everybody goes on
//! (docs/operations/tls.md, "Renewal").

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read as _, Write as _},
    ops::Range,
    os::unix::fs::{PermissionsExt as _, symlink},
    process::Command,
    time::{Duration, Instant},
};

use sv_tls::Issued;

use super::Group;
use crate::harness::{
    Client, output, program,
    tls::{self, Authorities},
};

/// How long it may take until new files are taken.
const TAKEN: Duration = Duration::from_mins(1);

/// An authority, and the certificate that it issued last: a folder as `streamverse certs dev` makes it.
pub(super) struct Authority(tempfile::TempDir);

impl Authority {
    pub(super) fn new() -> Self {
        let authority = Self(tempfile::tempdir().unwrap());
        authority.renew();
        authority
    }

    fn renew(&self) {
        let mut command = Command::new(program());
        command.args(["certs", "dev", "--dir"]).arg(self.0.path());
        let ended = output(&mut command, None);
        assert!(ended.status.success(), "{ended:?}");
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    pub(super) fn certificate(&self) -> String {
        self.read("ca.crt")
    }

    /// Returns the certificate that it issued last.
    pub(super) fn issued(&self) -> Issued {
        Issued {
            certificate: self.read("tls.crt"),
            key: self.read("tls.key"),
        }
    }
}

/// What one process reads: a Secret as it is mounted into a pod, whose files change at once, behind a link.
pub(super) struct Mount {
    folder: tempfile::TempDir,
    version: usize,
    shown: Issued,
    believed: String,
}

impl Mount {
    pub(super) fn new(authority: &Authority) -> Self {
        let mut mount = Self {
            folder: tempfile::tempdir().unwrap(),
            version: 0,
            shown: authority.issued(),
            believed: authority.certificate(),
        };
        for name in ["tls.crt", "tls.key", "ca.crt"] {
            symlink(format!("..data/{name}"), mount.folder.path().join(name)).unwrap();
        }
        mount.write();
        mount
    }

    fn write(&mut self) {
        self.version += 1;
        let (folder, version) = (self.folder.path(), format!("..{}", self.version));
        let inside = folder.join(&version);
        fs::create_dir(&inside).unwrap();
        for (name, text, mode) in [
            ("tls.crt", &self.shown.certificate, 0o644),
            ("tls.key", &self.shown.key, 0o640),
            ("ca.crt", &self.believed, 0o644),
        ] {
            fs::write(inside.join(name), text).unwrap();
            fs::set_permissions(inside.join(name), fs::Permissions::from_mode(mode)).unwrap();
        }
        let link = folder.join("..next");
        symlink(version, &link).unwrap();
        fs::rename(link, folder.join("..data")).unwrap();
    }

    /// The settings that the chart renders for `tls.mesh`, and for `tls.edge` where the process has the public port.
    pub(super) fn settings(&self, edge: bool) -> Vec<(String, String)> {
        let mut settings = vec![
            ("MESH__TLS__CERTIFICATE", "tls.crt"),
            ("MESH__TLS__KEY", "tls.key"),
            ("MESH__TLS__CA", "ca.crt"),
        ];
        if edge {
            settings.extend([
                ("EDGE__TLS__CERTIFICATE", "tls.crt"),
                ("EDGE__TLS__KEY", "tls.key"),
            ]);
        }
        let of = |(name, file)| {
            let file = self.folder.path().join(file);
            (format!("STREAMVERSE_{name}"), file.display().to_string())
        };
        settings.into_iter().map(of).collect()
    }
}

impl Group {
    /// Has every process show another certificate of the same authority. Returns in how many handshakes all was seen, as
    /// do those below.
    pub(in crate::replicas) fn renew_certificates(&mut self) -> usize {
        let [old, _] = &self.authorities;
        old.renew();
        let issued = old.issued();
        self.change(0..2, |mount| mount.shown = issued.clone())
    }

    /// Has every process believe the next authority, too.
    pub(in crate::replicas) fn believe_both_authorities(&mut self) -> usize {
        let both = self.both();
        self.change(0..2, |mount| mount.believed.clone_from(&both))
    }

    /// Has one process of each kind show a certificate of the next authority.
    pub(in crate::replicas) fn show_next_authority(&mut self, which: usize) -> usize {
        let issued = self.authorities[1].issued();
        self.change(which..which + 1, |mount| mount.shown = issued.clone())
    }

    /// Has every process believe the next authority alone; nobody is heard any more with the old one's certificate.
    pub(in crate::replicas) fn believe_next_authority(&mut self) -> usize {
        let [old, next] = &self.authorities;
        let (old, next) = (old.issued(), next.certificate());
        let seen = self.change(0..2, |mount| mount.believed.clone_from(&next));
        let services: Vec<_> = (0..self.len())
            .filter(|place| self.edge_of(*place).is_none())
            .collect();
        for place in &services {
            let heard = self.handshake(*place, &old);
            assert!(heard.is_err(), "{} hears the old", self.name(*place));
        }
        seen + services.len()
    }

    /// Returns the certificates of both authorities, which clients believe all the time.
    pub(super) fn both(&self) -> String {
        let [old, next] = &self.authorities;
        old.certificate() + &next.certificate()
    }

    /// Changes the files of these of each two, waits until their processes have taken them, and sees in new handshakes
    /// that every process shows what it shall, to whoever shows what any of them does.
    fn change(&mut self, of_two: Range<usize>, change: impl Fn(&mut Mount)) -> usize {
        let changed: Vec<_> = (0..self.len())
            .filter(|place| of_two.contains(&(place % 2)))
            .map(|place| {
                let server = self.members[place].server.as_ref().expect("it runs");
                let ops = Client::new(&format!("http://{}", server.operators_port()));
                let before = taken(&ops);
                (place, ops, before)
            })
            .collect();
        for (place, ..) in &changed {
            let mount = &mut self.members[*place].mount;
            change(mount);
            mount.write();
        }
        let begin = Instant::now();
        for (place, ops, before) in &changed {
            while taken(ops)
                .iter()
                .any(|(name, times)| before[name] == *times)
            {
                let late = begin.elapsed() > TAKEN;
                assert!(!late, "{} takes no certificate", self.name(*place));
                std::thread::sleep(Duration::from_millis(100));
            }
        }
        let mut shown: Vec<_> = self.members.iter().map(|m| &m.mount.shown).collect();
        shown.sort_by_key(|issued| &issued.certificate);
        shown.dedup_by_key(|issued| &issued.certificate);
        for (place, member) in self.members.iter().enumerate() {
            let expected = tls::certificate(&member.mount.shown.certificate);
            for issued in &shown {
                let seen = self.handshake(place, issued);
                let seen = seen.unwrap_or_else(|cause| panic!("{}: {cause}", self.name(place)));
                assert!(seen == expected, "{} shows another one", self.name(place));
            }
        }
        self.len() * shown.len()
    }

    /// Calls a process on a new connection as one that shows this certificate; returns what it shows.
    fn handshake(&self, place: usize, shown: &Issued) -> io::Result<Vec<u8>> {
        let peer = Authorities::of(&self.both()).peer(shown);
        let address = format!("127.0.0.1:{}", self.members[place].port);
        let mut secure = tls::connect(peer, &address)?;
        // With TLS 1.3 who is refused hears of it after his first word.
        secure
            .write_all(b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
        secure.read_exact(&mut [0; 5])?;
        Ok(tls::peer(&secure))
    }
}

/// Says how often a process has taken files, by what they are for.
fn taken(ops: &Client) -> BTreeMap<String, u64> {
    let metrics = ops.get("/metrics");
    let lines = metrics.text().lines();
    let told = lines.filter_map(|line| line.strip_prefix("streamverse_tls_files_taken_total"));
    let told: BTreeMap<_, _> = told
        .filter_map(|line| line.rsplit_once(' '))
        .map(|(name, times)| (name.to_owned(), times.parse().unwrap()))
        .collect();
    assert!(!told.is_empty(), "the process has no certificate");
    told
}
