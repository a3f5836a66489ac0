//! `certs dev`, and what `config check` and `doctor` say of certificates.

use std::{fs, os::unix::fs::PermissionsExt as _};

use super::Desk;

#[test]
fn certificates_are_made_for_this_machine_and_renewed_of_the_same_authority() {
    let desk = Desk::new();
    let folder = desk.files.path().join("certs");
    let told = desk.run(&["certs", "dev", "--name", "tv.test"]).ok();
    assert!(
        told.contains("a certificate for localhost, 127.0.0.1, ::1, tv.test"),
        "{told}"
    );
    assert!(!desk.data.exists(), "it needs no installation");
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    for (name, open) in [("ca.key", false), ("tls.key", false), ("ca.crt", true)] {
        let mode = fs::metadata(folder.join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o044 != 0, open, "{name}: {mode:o}");
    }
    let (authority, certificate) = (read("ca.crt"), read("tls.crt"));
    desk.run(&["certs", "dev"]).ok();
    assert_eq!(read("ca.crt"), authority);
    assert_ne!(read("tls.crt"), certificate);
    fs::remove_file(folder.join("ca.key")).unwrap();
    let refused = desk.run(&["certs", "dev"]).failed();
    assert!(refused.contains("without the other"), "{refused}");
}

#[test]
fn a_certificate_that_cannot_be_used_is_told_before_a_start() {
    let desk = Desk::new();
    desk.run(&["certs", "dev"]).ok();
    desk.run(&["certs", "dev", "--dir", "others"]).ok();
    let desk = desk
        .with("STREAMVERSE_EDGE__TLS__CERTIFICATE", "certs/tls.crt")
        .with("STREAMVERSE_EDGE__TLS__KEY", "certs/tls.key");
    let told = desk.run(&["config", "check"]).ok();
    assert!(
        told.contains("edge.tls.certificate is for localhost, 127.0.0.1, ::1 and holds until "),
        "{told}"
    );
    let key = desk.files.path().join("certs/tls.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let told = desk.run(&["config", "check"]).failed();
    assert!(
        told.contains("edge.tls.key: everybody on this machine may read"),
        "{told}"
    );
    fs::copy(desk.files.path().join("others/tls.key"), &key).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    let told = desk.run(&["config", "check"]).failed();
    assert!(
        told.contains("edge.tls.key: the key certs/tls.key does not fit"),
        "{told}"
    );
    let told = desk.run(&["doctor"]);
    assert!(
        told.out
            .contains("MEND  edge.tls.key: the key certs/tls.key does not fit"),
        "{told:?}"
    );
    let refused = desk.run(&["run"]);
    assert!(
        refused.code == Some(1) && refused.errors.contains("does not fit the certificate"),
        "{refused:?}"
    );
    let half = Desk::new().with("STREAMVERSE_EDGE__TLS__KEY", "tls.key");
    let told = half.run(&["config", "check"]).failed();
    assert!(
        told.contains("edge.tls.certificate and edge.tls.key are given together"),
        "{told}"
    );
}

/// Whatever connects by it: who names a file means one that can be used.
#[test]
fn a_file_of_authorities_that_holds_none_is_told_with_its_setting() {
    let desk = Desk::new()
        .with("STREAMVERSE_BUS__TLS", "true")
        .with("STREAMVERSE_BUS__CA", "brokers.crt")
        .with("STREAMVERSE_FANOUT__CA", "nowhere.crt");
    desk.file("brokers.crt", "no certificate");
    let told = desk.run(&["config", "check"]).failed();
    for said in [
        "bus.ca: brokers.crt holds no certificate in PEM",
        "fanout.ca: nowhere.crt cannot be read (",
    ] {
        assert!(told.contains(said), "{told}");
    }
    let told = desk.run(&["doctor"]);
    assert!(
        told.out
            .contains("MEND  bus.ca: brokers.crt holds no certificate"),
        "{told:?}"
    );
}
