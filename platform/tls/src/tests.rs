//! Files as people and renewers leave them.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sv_kernel::{Clock as _, MovableClock, SystemClock};

use crate::{Authority, Files, Issued, Look, Tls, TlsError, Validity};

const DAY: Duration = Duration::from_hours(24);

/// A folder with a certificate of an authority of its own.
struct Home {
    folder: tempfile::TempDir,
    authority: Authority,
    clock: Arc<MovableClock>,
}

impl Home {
    fn new() -> Self {
        let now = SystemClock.now();
        let authority = Authority::make("tests", Validity::around(now, 30 * DAY)).unwrap();
        let home = Self {
            folder: tempfile::tempdir().unwrap(),
            authority,
            clock: Arc::new(MovableClock::at(now)),
        };
        home.write(&home.issued("first.test", DAY));
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn files(&self) -> Files {
        Files {
            certificate: self.path("tls.crt"),
            key: self.path("tls.key"),
            authorities: None,
        }
    }

    /// A certificate of another name, so that it is told from the one before.
    fn issued(&self, name: &str, left: Duration) -> Issued {
        let validity = Validity::around(self.clock.now(), left);
        self.authority.issue(&[name.to_owned()], validity).unwrap()
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn write(&self, issued: &Issued) {
        self.put("tls.crt", &issued.certificate);
        self.put("tls.key", &issued.key);
    }

    fn open(&self) -> Tls {
        Tls::open("test", self.files(), self.clock.clone()).unwrap()
    }
}

fn names(tls: &Tls) -> Vec<String> {
    tls.certificate().names
}

#[test]
fn new_files_are_taken_when_they_are_whole_and_the_same_for_two_looks() {
    let home = Home::new();
    let tls = home.open();
    let shown = tls.server();
    assert_eq!(tls.look(), Look::Same);
    home.write(&home.issued("second.test", DAY));
    assert_eq!(tls.look(), Look::Changing);
    assert_eq!(names(&tls), ["first.test"]);
    assert_eq!(tls.look(), Look::Taken);
    assert_eq!(names(&tls), ["second.test"]);
    assert!(!Arc::ptr_eq(&shown, &tls.server()));
    assert_eq!(tls.look(), Look::Same);
    // Whoever says that they have changed is believed at once.
    home.write(&home.issued("third.test", DAY));
    assert_eq!(tls.reload(), Look::Taken);
    assert_eq!(names(&tls), ["third.test"]);
}

#[test]
fn files_that_cannot_be_used_leave_what_was_there_and_are_tried_again() {
    let home = Home::new();
    let tls = home.open();
    let next = home.issued("second.test", DAY);
    // The certificate of one pair and the key of another, as between two writes.
    home.put("tls.crt", &next.certificate);
    tls.look();
    let misfit = TlsError::Misfit {
        certificate: home.path("tls.crt"),
        key: home.path("tls.key"),
    };
    assert_eq!(tls.look(), Look::Refused(misfit.clone()));
    assert_eq!(names(&tls), ["first.test"]);
    assert_eq!(tls.problem(), Some(misfit));
    home.put("tls.key", &next.key);
    tls.look();
    assert_eq!(tls.look(), Look::Taken);
    assert_eq!(tls.problem(), None);

    fs::remove_file(home.path("tls.key")).unwrap();
    tls.look();
    let gone = tls.look();
    assert!(
        matches!(&gone, Look::Refused(TlsError::Unreadable { path, .. }) if path.ends_with("tls.key")),
        "{gone:?}"
    );
    assert_eq!(names(&tls), ["second.test"]);
}

#[test]
fn a_chain_is_read_to_its_end_and_its_faults_are_told_in_words() {
    let home = Home::new();
    let tls = home.open();
    let next = home.issued("second.test", DAY);
    home.put("tls.key", &next.key);
    let begin = "-----BEGIN CERTIFICATE-----\n";
    for (behind, fault) in [
        (
            format!("{begin}AAAA\n-----END CERTIFICATE-----\n"),
            "it is no certificate",
        ),
        (format!("{begin}AAAA\n"), "breaks off"),
        (
            format!("{begin}!!!!\n-----END CERTIFICATE-----\n"),
            "no base64",
        ),
    ] {
        home.put("tls.crt", &format!("{}{behind}", next.certificate));
        let Look::Refused(refused) = tls.reload() else {
            panic!("{behind}");
        };
        assert!(refused.to_string().contains(fault), "{refused}");
        assert_eq!(names(&tls), ["first.test"]);
    }
}

#[test]
fn a_certificate_whose_time_is_not_now_does_not_take_the_place_of_one_that_holds() {
    let home = Home::new();
    let tls = home.open();
    let now = home.clock.now();
    let of = |from, until| {
        let names = ["second.test".to_owned()];
        home.authority
            .issue(&names, Validity { from, until })
            .unwrap()
    };
    home.write(&of(now - DAY, now - DAY / 2));
    assert!(matches!(
        tls.reload(),
        Look::Refused(TlsError::Expired { .. })
    ));
    home.write(&of(now + DAY / 2, now + 2 * DAY));
    assert!(matches!(
        tls.reload(),
        Look::Refused(TlsError::NotYet { .. })
    ));
    assert_eq!(names(&tls), ["first.test"]);
    // Its day comes, though nothing is written any more.
    home.clock.advance(DAY);
    assert_eq!(tls.look(), Look::Taken);
    home.clock.advance(2 * DAY);
    assert!(matches!(tls.problem(), Some(TlsError::Expired { .. })));
    // A process that starts with it shows it all the same: the next one comes without a start.
    assert!(matches!(
        home.open().problem(),
        Some(TlsError::Expired { .. })
    ));
}

#[test]
fn what_is_wrong_with_a_file_is_said_with_its_name() {
    let home = Home::new();
    let said = |home: &Home| home.files().inspect().unwrap_err().to_string();
    let good = home.issued("a.test", DAY);
    let crt = home.path("tls.crt").display().to_string();
    let key = home.path("tls.key").display().to_string();
    home.put(
        "tls.key",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    );
    assert!(said(&home).starts_with(&format!("{key} holds no private key")));
    home.put("tls.key", &good.key);
    home.put("tls.crt", &good.key);
    assert!(said(&home).starts_with(&format!("{crt} holds no certificate")));
    home.put(
        "tls.crt",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    );
    assert!(said(&home).starts_with(&format!("{crt} cannot be used")));
    home.put("tls.crt", &good.certificate);
    assert_eq!(home.files().inspect().unwrap().names, ["a.test"]);
    let mode = |mode| {
        fs::set_permissions(home.path("tls.key"), fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(0o640);
    assert!(!home.files().key_is_open());
    mode(0o644);
    assert!(home.files().key_is_open());
}

/// Keys as `openssl` and others write them.
#[test]
fn keys_are_read_in_every_form() {
    for (folder, kind) in [("pkcs1", "RSA"), ("sec1", "EC"), ("pkcs8", "")] {
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/samples");
        let files = Files {
            certificate: samples.join(folder).with_extension("crt"),
            key: samples.join(folder).with_extension("key"),
            authorities: None,
        };
        let text = fs::read_to_string(&files.key).unwrap();
        assert!(text.contains(kind), "{folder}");
        assert_eq!(files.inspect().unwrap().names, ["localhost"], "{folder}");
    }
}

#[test]
fn an_authority_can_be_used_again_and_names_may_be_addresses() {
    let home = Home::new();
    let again = Authority::of(home.authority.certificate(), &home.authority.key()).unwrap();
    let names = [
        "localhost".to_owned(),
        "127.0.0.1".to_owned(),
        "::1".to_owned(),
    ];
    let issued = again
        .issue(&names, Validity::around(home.clock.now(), DAY))
        .unwrap();
    home.write(&issued);
    assert_eq!(home.files().inspect().unwrap().names, names);
}
