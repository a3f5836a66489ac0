//! Another password: by the present one, and by a link out of a mail (AUTH-16).

use std::{
    fs,
    time::{Duration, Instant},
};

use mailparse::MailHeaderMap as _;
use serde_json::json;

use crate::harness::{Client, Deployment};

const FIRST: &str = "a long enough password";
const SECOND: &str = "another one that is long";

/// Waits for a mail with a subject, and returns its text.
fn mail(deployment: &Deployment, subject: &str) -> String {
    let folder = deployment.data.path().join("mail");
    let begin = Instant::now();
    loop {
        for file in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let bytes = fs::read(file.path()).unwrap_or_default();
            let mail = mailparse::parse_mail(&bytes).unwrap();
            if mail.headers.get_first_value("Subject").as_deref() == Some(subject) {
                assert_eq!(
                    mail.headers.get_first_value("To").unwrap(),
                    "ana@example.org"
                );
                return mail.subparts[0].get_body().unwrap();
            }
        }
        assert!(
            begin.elapsed() < Duration::from_secs(20),
            "no mail {subject:?}"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn forget_and_set_anew(deployment: &Deployment) {
    let stranger = Client::new(&deployment.edge);
    let mut ana = Client::new(&deployment.edge);
    ana.register("ana@example.org");
    // Nobody learns who has an account.
    let ask = |email: &str| {
        let asked = stranger.call(
            "POST",
            "/auth/password/forgot",
            Some(json!({ "email": email }).to_string().as_bytes()),
            &[("accept-language", "nb")],
        );
        asked.data(202)
    };
    assert_eq!(ask("nobody@example.org"), ask("Ana@Example.org"));
    let text = mail(deployment, "Velg et nytt passord");
    let (_, token) = text
        .split_once("https://tv.example.org/reset#token=")
        .unwrap();
    let token = token.lines().next().unwrap();
    let set = json!({"token": token, "newPassword": SECOND});
    stranger.post("/auth/password/reset", &set).data(200);
    stranger
        .post("/auth/password/reset", &set)
        .refused(410, "RESET_LINK_INVALID");

    ana.until("/users/me", |answer| answer.status == 401)
        .refused(401, "TOKEN_REVOKED");
    let old = json!({"email": "ana@example.org", "password": FIRST});
    stranger
        .post("/auth/login", &old)
        .refused(401, "CREDENTIALS_WRONG");
    ana.login("ana@example.org", SECOND);
    mail(deployment, "Your password was changed");

    // And by the one that is known.
    let change = json!({"currentPassword": SECOND, "newPassword": FIRST});
    let told = ana.post("/client/auth/password/change", &change).data(200);
    assert_eq!(told["endedSessions"], 0);
    ana.get("/users/me").data(200);
    ana.login("ana@example.org", FIRST);
}

const PAGES: (&str, &str) = ("STREAMVERSE_MAIL__LINK_BASE", "https://tv.example.org");

#[test]
fn who_forgot_a_password_sets_another_by_a_mailed_link() {
    let deployment = Deployment::start(&["all"], &[(PAGES.0, PAGES.1.into())]);
    forget_and_set_anew(&deployment);
}
