//! `keys generate`, `keys list`, `keys rotate` and `keys retire`.

use std::{fs, os::unix::fs::PermissionsExt as _};

use super::Desk;
use crate::harness::{Client, Deployment};

#[test]
fn secrets_are_files_of_their_owner_and_a_secret_of_the_cluster() {
    let desk = Desk::new();
    let folder = desk.files.path().join("secrets");
    let args = ["keys", "generate", "--dir", folder.to_str().unwrap()];
    let first = desk.run(&args).ok();
    assert!(!desk.data.exists(), "it needs no installation");
    for name in ["pepper", "live"] {
        let path = folder.join(name);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.len() == 64 && text.chars().all(|c| c.is_ascii_hexdigit()));
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(
            first.contains(&format!("\n  {name}: \"{text}\"\n")),
            "{first}"
        );
        let chart = format!("by secrets.{name}.existingSecret=streamverse-secrets\n");
        assert!(
            first.contains(" was made: ") && first.contains(&chart),
            "{first}"
        );
    }
    assert!(first.contains(
        "\nkind: Secret\nmetadata:\n  name: streamverse-secrets\ntype: Opaque\nstringData:\n"
    ));
    // The chart's values have both, by the names of the files.
    let values = super::repository("helm/streamverse/values.yaml");
    for name in ["pepper", "live"] {
        let value = format!("  {name}: {{existingSecret: \"\", existingSecretKey: {name}}}\n");
        assert!(values.contains(&value), "{name}");
    }

    // Repeated, nothing is another one; names are the operator's.
    let again = desk.run(&args).ok();
    assert_eq!(again, first.replace(" was made: ", " was kept: "));
    let named = [&args[..], &["--secret", "sv", "--namespace", "tv"]].concat();
    let named = desk.run(&named).ok();
    assert!(named.contains("\n  name: sv\n  namespace: tv\n"), "{named}");
    // What is lost is made; what is kept stays.
    let pepper = fs::read_to_string(folder.join("pepper")).unwrap();
    fs::remove_file(folder.join("live")).unwrap();
    let half = desk.run(&args).ok();
    assert!(
        half.contains(&pepper)
            && half.contains("pepper was kept: ")
            && half.contains("live was made: ")
    );
}

#[test]
fn a_file_that_is_no_secret_is_not_overwritten() {
    let desk = Desk::new();
    let folder = desk.files.path().join("secrets");
    let args = ["keys", "generate", "--dir", folder.to_str().unwrap()];
    desk.run(&args).ok();
    fs::write(folder.join("pepper"), "short\n").unwrap();
    assert!(
        desk.run(&args)
            .failed()
            .contains("pepper is no secret of 32 to 1024 characters")
    );
    assert_eq!(
        fs::read_to_string(folder.join("pepper")).unwrap(),
        "short\n"
    );
    let open = fs::Permissions::from_mode(0o644);
    fs::set_permissions(folder.join("live"), open.clone()).unwrap();
    fs::set_permissions(folder.join("pepper"), open).unwrap();
    assert!(desk.run(&args).failed().contains("run chmod 600 on it"));
    for name in ["No", "-x", "a/b", "x\ny: z"] {
        desk.run(&[&args[..], &["--secret", name]].concat())
            .misunderstood();
    }
}

#[test]
fn signing_keys_are_shown_and_changed_where_there_is_an_installation() {
    let desk = Desk::new();
    assert!(
        desk.run(&["keys", "list"])
            .failed()
            .contains("no installation")
    );
    let desk = Desk::installed();
    assert_eq!(desk.run(&["keys", "list"]).ok(), "0 keys\n");
    let early = desk.run(&["keys", "rotate"]).failed();
    assert!(early.contains("there are no keys yet"), "{early}");

    // A running server makes two, and every process is given two minutes to learn of the second.
    let server = Deployment::start(&["all"], &[]);
    let published = Client::new(&server.edge)
        .get("/.well-known/jwks.json")
        .json();
    let desk = Desk::at(&server);
    let keys = desk.run(&["keys", "list"]).ok();
    let lines: Vec<_> = keys.lines().collect();
    assert!(
        lines[0].contains("  signs     since ") && lines[1].contains("  next      signs from "),
        "{keys}"
    );
    assert_eq!(lines[2], "2 keys");
    let kid = |line: &str| line.split(' ').next().unwrap().to_owned();
    assert_eq!(published["keys"][1]["kid"], kid(lines[1]));
    let early = desk.run(&["keys", "rotate"]).failed();
    assert!(
        early.contains(&format!(
            "not every process knows the next key, {}, yet",
            kid(lines[1])
        )),
        "{early}"
    );
    let signs = desk
        .run(&["keys", "retire", &kid(lines[0]), "--end-tokens"])
        .failed();
    assert!(signs.contains("have the next one sign first"), "{signs}");
    let none = desk.run(&["keys", "retire", "nobody's"]).failed();
    assert!(none.contains("there is no key nobody's"), "{none}");
    desk.run(&["keys", "retire"]).misunderstood();
    assert_eq!(desk.run(&["keys", "list"]).ok(), keys);
}
