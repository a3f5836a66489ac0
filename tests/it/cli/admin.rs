//! `admin create`.

use serde_json::json;

use super::Desk;
use crate::harness::{Client, Deployment};

const CREATE: [&str; 4] = ["admin", "create", "--email", "root@example.org"];

fn from_stdin() -> Vec<&'static str> {
    [&CREATE[..], &["--password-file", "-"]].concat()
}

#[test]
fn an_administrator_of_a_running_server_signs_in_at_once() {
    let deployment = Deployment::start(&["all"], &[]);
    let desk = Desk::at(&deployment);
    let made = desk
        .type_into(&from_stdin(), "correct horse battery\n")
        .ok();
    assert!(
        made.starts_with("created the administrator root@example.org ("),
        "{made}"
    );
    let mut root = Client::new(&deployment.edge);
    root.login("root@example.org", "correct horse battery");
    assert_eq!(root.get("/admin/ondemand/movies").status, 200);
    // … and again with another password, which is refused unless it is meant.
    let password = desk.file("password", "another horse battery\r\n");
    let again = [&CREATE[..], &["--password-file", &password]].concat();
    let refused = desk.run(&again).failed();
    assert!(refused.starts_with("error: ACCOUNT_EXISTS: "), "{refused}");
    assert!(refused.contains("--replace-password"), "{refused}");
    let again = [&again[..], &["--replace-password"]].concat();
    let again = desk.run(&again).ok();
    assert!(
        again.starts_with("root@example.org (")
            && again.ends_with("is an administrator now, with this password\n"),
        "{again}"
    );
    let mut root = root.signed_out();
    let old = json!({"email": "root@example.org", "password": "correct horse battery"});
    root.post("/auth/login", &old)
        .refused(401, "CREDENTIALS_WRONG");
    root.login("root@example.org", "another horse battery");
}

#[test]
fn a_stopped_folder_takes_an_administrator_too() {
    let desk = Desk::installed();
    let made = desk
        .type_into(&from_stdin(), "correct horse battery\n")
        .ok();
    assert!(
        made.starts_with("created the administrator root@example.org ("),
        "{made}"
    );
    let again = desk
        .type_into(&from_stdin(), "correct horse battery\n")
        .ok();
    assert!(again.contains("was there"), "{again}");
}

#[test]
fn an_account_that_somebody_registered_keeps_its_password_only_if_that_is_said() {
    let deployment = Deployment::start(&["all"], &[]);
    let desk = Desk::at(&deployment);
    let mut ana = Client::new(&deployment.edge);
    ana.register("ana@example.org");
    let grant = ["admin", "grant", "--email", "ana@example.org"];
    desk.run(&grant).misunderstood();
    let keep = [&grant[..], &["--keep-password"]].concat();
    let said = desk.run(&keep).failed();
    assert!(said.starts_with("error: nothing was changed"), "{said}");
    let granted = desk.run(&[&keep[..], &["--yes"]].concat()).ok();
    assert!(granted.starts_with("ana@example.org ("), "{granted}");
    ana.login("ana@example.org", "a long enough password");
    assert_eq!(ana.get("/admin/ondemand/movies").status, 200);
    let nobody = [
        "admin",
        "grant",
        "--email",
        "no@example.org",
        "--keep-password",
        "--yes",
    ];
    let said = desk.run(&nobody).failed();
    assert!(said.starts_with("error: ACCOUNT_NOT_FOUND: "), "{said}");
}

/// Two administrators who block each other leave nobody who could lift it but the operator.
#[test]
fn administrators_who_have_shut_each_other_out_are_let_in_by_the_operator() {
    let deployment = Deployment::start(&["all"], &[]);
    let desk = Desk::at(&deployment);
    let create = |email| ["admin", "create", "--email", email, "--password-file", "-"];
    let [boss, other] = ["boss@example.org", "other@example.org"];
    let made = desk
        .type_into(&create(boss), "correct horse battery\n")
        .ok();
    let id = made.split_once('(').unwrap().1;
    let id = id.split_once(')').unwrap().0;
    desk.type_into(&create(other), "correct horse battery\n")
        .ok();
    let mut client = Client::new(&deployment.edge);
    client.login(other, "correct horse battery");
    let blocked = json!({"status": "blocked"}).to_string();
    let path = format!("/admin/users/{id}");
    client
        .call("PATCH", &path, Some(blocked.as_bytes()), &[])
        .data(200);

    let replace = [&create(boss)[..], &["--replace-password"]].concat();
    let said = desk.type_into(&replace, "another horse battery\n").failed();
    let told = "error: ACCOUNT_BLOCKED: the account is blocked; lift that by `streamverse admin unblock --email ";
    assert!(said.starts_with(told), "{said}");
    let unblock = |email| ["admin", "unblock", "--email", email];
    let said = desk.run(&unblock(boss)).ok();
    assert_eq!(said, format!("{boss} ({id}) may sign in\n"));
    let mut root = client.signed_out();
    root.login(boss, "correct horse battery");
    let said = desk.run(&unblock("no@example.org")).failed();
    assert_eq!(said, "error: no account signs in by no@example.org\n");
}

#[test]
fn a_password_that_cannot_be_is_refused_in_words() {
    let desk = Desk::installed();
    let long = "ø".repeat(257);
    for (password, complaint) in [
        (
            "short\n",
            "error: PASSWORD_TOO_SHORT: A password has at least 8 characters.\n",
        ),
        (
            "",
            "error: PASSWORD_TOO_SHORT: A password has at least 8 characters.\n",
        ),
        (
            &long,
            "error: PASSWORD_TOO_LONG: A password has at most 256 characters.\n",
        ),
    ] {
        assert_eq!(desk.type_into(&from_stdin(), password).failed(), complaint);
    }
    assert_eq!(
        desk.run(&CREATE).failed(),
        "error: no password: give --password-file FILE, or `-` for standard input\n"
    );
    let nowhere = [&CREATE[..], &["--password-file", "nowhere"]].concat();
    let said = desk.run(&nowhere).failed();
    assert!(
        said.starts_with("error: cannot read the password file nowhere: "),
        "{said}"
    );
}

#[test]
fn a_field_that_breaks_a_rule_is_named() {
    let desk = Desk::installed();
    let args = ["admin", "create", "--email", "root", "--password-file", "-"];
    let said = desk.type_into(&args, "correct horse battery\n").failed();
    assert!(
        said.starts_with("error: VALIDATION_FAILED: ")
            && said.ends_with("\n  email: the rule is that it is an e-mail address\n"),
        "{said}"
    );
}
