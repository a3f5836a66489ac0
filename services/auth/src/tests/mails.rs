//! Another password: by the present one, and by mailed links (AUTH-16).

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, Statement};
use sv_boot::{Mails, testing::Hosted};
use sv_kernel::{Ctx, Error, Locale};
use sv_ports::{Mail, Mailer, PortError, PortResult};
use sv_proto::{
    admin::AuditOutcome,
    auth::{self as pb, AuthReason},
    common::CommonReason,
};
use sv_rpc::{call, error};
use tokio::{sync::Notify, time::timeout};

use super::{PASSWORD, PEPPER, TestApp, options};

const ANA: &str = "ana@example.com";
const OTHER: &str = "another fine password";

/// A mail server in memory, which fails where a test wants it to.
#[derive(Debug, Default)]
pub(super) struct Postbox {
    /// Every mail that it was handed.
    mails: Mutex<Vec<Mail>>,
    /// What it says to the next ones: whether it refuses them for good.
    faults: Mutex<Vec<bool>>,
    news: Notify,
}

#[async_trait]
impl Mailer for Postbox {
    async fn send(&self, mail: &Mail) -> PortResult<()> {
        self.mails.lock().unwrap().push(mail.clone());
        let fault = self.faults.lock().unwrap().pop();
        self.news.notify_one();
        match fault {
            None => Ok(()),
            Some(true) => Err(PortError::invalid("550 no such mailbox")),
            Some(false) => Err(PortError::unavailable("postbox", "450 come back")),
        }
    }

    async fn check(&self) -> PortResult<()> {
        Ok(())
    }
}

impl Postbox {
    pub(super) fn mails(self: Arc<Self>) -> Mails {
        Mails {
            mailer: self,
            link_base: "https://tv.example.org/".to_owned(),
            link_base_of: BTreeMap::new(),
        }
    }

    /// Waits until it was handed so many mails in all.
    async fn handed(&self, many: usize) -> Vec<Mail> {
        let handed = async {
            loop {
                let mails = self.mails.lock().unwrap().clone();
                if mails.len() >= many {
                    return mails;
                }
                self.news.notified().await;
            }
        };
        timeout(Duration::from_secs(20), handed).await.unwrap()
    }
}

/// Returns the token of a mail's link.
fn token(mail: &Mail) -> String {
    let (_, token) = mail
        .text
        .split_once("https://tv.example.org/reset#token=")
        .unwrap();
    token.lines().next().unwrap().to_owned()
}

async fn forgot_in(test: &TestApp, ctx: &Ctx, email: &str) -> Result<(), Error> {
    let request = pb::RequestPasswordResetRequest {
        email: email.into(),
    };
    let mut edge = test.edge.clone();
    let answer = edge.request_password_reset(call(ctx, request)).await;
    answer.map(drop).map_err(error)
}

async fn forgot(test: &TestApp, email: &str) -> Result<(), Error> {
    forgot_in(test, &test.stranger(), email).await
}

async fn reset(test: &TestApp, token: &str, password: &str) -> Result<(), Error> {
    let request = pb::ResetPasswordRequest {
        token: token.into(),
        new_password: password.into(),
    };
    let mut edge = test.edge.clone();
    let answer = edge.reset_password(call(&test.stranger(), request)).await;
    answer.map(drop).map_err(error)
}

/// Returns what is stored of the one link.
async fn stored(test: &TestApp) -> Vec<u8> {
    let db = test.db.read();
    let sql = "SELECT sha256 FROM password_links";
    let query = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(query).await.unwrap().unwrap();
    row.try_get("", "sha256").unwrap()
}

pub(super) async fn change(
    test: &TestApp,
    ctx: &Ctx,
    current: &str,
    new: &str,
) -> Result<i32, Error> {
    let request = pb::ChangePasswordRequest {
        current_password: current.into(),
        new_password: new.into(),
    };
    let mut edge = test.edge.clone();
    let answer = edge.change_password(call(ctx, request)).await;
    Ok(answer.map_err(error)?.into_inner().ended_sessions)
}

#[tokio::test]
async fn a_link_sets_another_password_once_and_ends_every_session() {
    for test in TestApp::all().await {
        let before = test.register(ANA, PASSWORD).await.unwrap();
        forgot(&test, "ANA@Example.com").await.unwrap();
        let mails = test.postbox.handed(1).await;
        assert_eq!((&*mails[0].to, &*mails[0].language), (ANA, "en"));
        let token = token(&mails[0]);
        let at_rest = stored(&test).await;
        assert!(at_rest.len() == 32 && at_rest != token.as_bytes());

        // What is no good password does not use it up.
        for (bad, reason) in [
            ("short", AuthReason::PasswordTooShort),
            ("ana@example.com", AuthReason::PasswordTooCommon),
        ] {
            let refused = reset(&test, &token, bad).await.unwrap_err();
            assert!(refused.is(&reason), "{refused}");
        }
        reset(&test, &token, OTHER).await.unwrap();
        let again = reset(&test, &token, "a third password").await.unwrap_err();
        assert!(again.is(&AuthReason::ResetLinkInvalid));

        test.verify(&before.access_token).await.unwrap_err();
        test.refresh(&before.refresh_token, None).await.unwrap_err();
        let old = test.login(ANA, PASSWORD).await.unwrap_err();
        assert!(old.is(&AuthReason::CredentialsWrong));
        test.login(ANA, OTHER).await.unwrap();
        // Its owner hears of it.
        let mails = test.postbox.handed(2).await;
        assert_eq!(mails[1].subject, "Your password was changed");
        let acts = test.db.audit_records().await;
        let acts = acts.iter().filter(|act| act.outcome() == AuditOutcome::Ok);
        let acts: Vec<_> = acts
            .map(|act| (&*act.action, &*act.subject.as_ref().unwrap().kind))
            .filter(|(action, _)| action.starts_with("auth.password"))
            .collect();
        assert_eq!(
            acts,
            [
                ("auth.password_reset_requested", "address"),
                ("auth.password_reset", "account"),
            ]
        );
    }
}

/// A22.
#[tokio::test]
async fn the_answer_does_not_tell_whether_there_is_an_account_and_nobody_else_is_mailed() {
    for test in TestApp::all().await {
        test.register(ANA, PASSWORD).await.unwrap();
        let hashed = test.app.hasher.done();
        for n in 0..6 {
            // The budget is the address's, whether or not it has an account.
            let told = forgot(&test, "nobody@example.com").await;
            match n {
                5 => assert!(told.unwrap_err().is(&CommonReason::RateLimited)),
                _ => told.unwrap(),
            }
        }
        forgot(&test, ANA).await.unwrap();
        let mails = test.postbox.handed(1).await;
        let to: Vec<_> = mails.iter().map(|mail| &*mail.to).collect();
        assert_eq!(to, [ANA]);
        assert_eq!(test.app.hasher.done(), hashed);
        let nonsense = reset(&test, "nonsense", OTHER).await.unwrap_err();
        assert!(nonsense.is(&AuthReason::ResetLinkInvalid));
        assert_eq!(
            test.app.hasher.done(),
            hashed,
            "a token that is none costs nothing"
        );
    }
}

#[tokio::test]
async fn links_work_for_an_hour_beside_each_other_and_end_together() {
    for test in TestApp::all().await {
        test.register(ANA, PASSWORD).await.unwrap();
        for n in 0..5 {
            forgot(&test, ANA).await.unwrap();
            test.postbox.handed(n + 1).await;
        }
        let refused = forgot(&test, ANA).await.unwrap_err();
        assert!(refused.is(&CommonReason::RateLimited), "{refused}");
        assert!(refused.retry_delay().is_some());
        let tokens: Vec<_> = test.postbox.handed(5).await.iter().map(token).collect();
        // Whoever asks in somebody's stead does not break the links that came before.
        let (one, two) = tokio::join!(
            reset(&test, &tokens[0], OTHER),
            reset(&test, &tokens[0], OTHER),
        );
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
        let used_up = reset(&test, &tokens[4], "a third password")
            .await
            .unwrap_err();
        assert!(used_up.is(&AuthReason::ResetLinkInvalid));

        test.harness.clock.advance(Duration::from_mins(61));
        forgot(&test, ANA).await.unwrap();
        let mails = test.postbox.handed(7).await;
        let last = token(&mails[6]);
        test.harness.clock.advance(Duration::from_mins(61));
        let late = reset(&test, &last, "a third password").await.unwrap_err();
        assert!(late.is(&AuthReason::ResetLinkInvalid));
    }
}

#[tokio::test]
async fn the_blocked_and_the_gone_are_neither_mailed_nor_let_in() {
    let test = TestApp::sqlite(options()).await;
    let ana = test.register(ANA, PASSWORD).await.unwrap().user.unwrap();
    let ben = test
        .register("ben@example.com", PASSWORD)
        .await
        .unwrap()
        .user
        .unwrap();
    test.register("cam@example.com", PASSWORD).await.unwrap();
    forgot(&test, ANA).await.unwrap();
    let link = token(&test.postbox.handed(1).await[0]);
    test.users.block(&ana.id, true);
    test.users.delete(&ben.id);
    let refused = reset(&test, &link, OTHER).await.unwrap_err();
    assert!(refused.is(&AuthReason::AccountBlocked));
    for email in [ANA, "ben@example.com", "cam@example.com"] {
        forgot(&test, email).await.unwrap();
    }
    let to: Vec<_> = test
        .postbox
        .handed(2)
        .await
        .into_iter()
        .map(|mail| mail.to)
        .collect();
    assert_eq!(to, [ANA, "cam@example.com"]);
    // What was not to be used stays: the account is opened again.
    test.users.block(&ana.id, false);
    reset(&test, &link, OTHER).await.unwrap();
}

#[tokio::test]
async fn a_mail_that_could_not_be_sent_is_sent_later_and_one_that_is_refused_is_not() {
    let test = TestApp::sqlite(options()).await;
    test.register(ANA, PASSWORD).await.unwrap();
    test.register("ben@example.com", PASSWORD).await.unwrap();
    test.postbox.faults.lock().unwrap().extend([false, true]);
    forgot(&test, "ben@example.com").await.unwrap();
    test.postbox.handed(1).await;
    forgot(&test, ANA).await.unwrap();
    test.postbox.handed(2).await;
    test.harness.clock.advance(Duration::from_mins(2));
    let mails = test.postbox.handed(3).await;
    assert_eq!(mails[2], mails[1], "the same mail with the same link");
    reset(&test, &token(&mails[2]), OTHER).await.unwrap();
    let to: Vec<_> = test
        .postbox
        .handed(4)
        .await
        .into_iter()
        .map(|mail| mail.to)
        .collect();
    assert_eq!(to, ["ben@example.com", ANA, ANA, ANA]);
}

#[tokio::test]
async fn mails_speak_the_language_in_which_they_were_asked_for() {
    let test = TestApp::sqlite(options()).await;
    test.register(ANA, PASSWORD).await.unwrap();
    let in_arabic = Ctx {
        locale: Locale::parse("ar-EG").unwrap(),
        ..test.stranger()
    };
    forgot_in(&test, &in_arabic, ANA).await.unwrap();
    let mail = &test.postbox.handed(1).await[0];
    assert_eq!(
        (&*mail.language, &*mail.subject),
        ("ar", "اختر كلمة مرور جديدة")
    );
    assert!(mail.html.contains("dir=\"rtl\""));
}

#[tokio::test]
async fn a_password_is_changed_by_whoever_knows_it_and_other_devices_are_signed_out() {
    for test in TestApp::all().await {
        let here = test.register(ANA, PASSWORD).await.unwrap();
        let there = test.login(ANA, PASSWORD).await.unwrap();
        forgot(&test, ANA).await.unwrap();
        let link = token(&test.postbox.handed(1).await[0]);
        let ctx = test.holder(&here.access_token);
        let refused = change(&test, &test.stranger(), PASSWORD, OTHER)
            .await
            .unwrap_err();
        assert!(refused.is(&CommonReason::Unauthenticated));
        for (current, new, reason) in [
            ("not the password", OTHER, AuthReason::CredentialsWrong),
            (PASSWORD, "short", AuthReason::PasswordTooShort),
            (PASSWORD, "ana@example.com", AuthReason::PasswordTooCommon),
        ] {
            let refused = change(&test, &ctx, current, new).await.unwrap_err();
            assert!(refused.is(&reason), "{refused}");
        }
        assert_eq!(change(&test, &ctx, PASSWORD, OTHER).await.unwrap(), 1);
        test.verify(&here.access_token).await.unwrap();
        test.verify(&there.access_token).await.unwrap_err();
        test.login(ANA, PASSWORD).await.unwrap_err();
        test.login(ANA, OTHER).await.unwrap();
        // The link was for the password that was forgotten.
        let old = reset(&test, &link, "a third password").await.unwrap_err();
        assert!(old.is(&AuthReason::ResetLinkInvalid));
        let mails = test.postbox.handed(2).await;
        assert_eq!(mails[1].subject, "Your password was changed");
    }
}

/// One account, one budget (A21).
#[tokio::test]
async fn guessing_by_changing_draws_from_the_budget_of_signing_in() {
    let test = TestApp::sqlite(options()).await;
    let ana = test.register(ANA, PASSWORD).await.unwrap();
    let ctx = test.holder(&ana.access_token);
    let mut wrong = 0;
    for n in 0..40 {
        let from = Ctx {
            client: format!("198.51.100.{n}").parse().ok(),
            ..ctx.clone()
        };
        let refused = change(&test, &from, "not the password", OTHER)
            .await
            .unwrap_err();
        wrong += usize::from(refused.is(&AuthReason::CredentialsWrong));
    }
    assert_eq!(wrong, 10);
}

#[tokio::test]
async fn where_nobody_is_mailed_it_is_said() {
    let test = TestApp::sqlite(options()).await;
    let (mut server, hosted) = Hosted::start(&test.harness, crate::NAME, &test.db, &[]).await;
    let app = crate::add(&mut server, &hosted, options(), PEPPER, None);
    let refused = app
        .await
        .unwrap()
        .request_reset(&test.stranger(), ANA)
        .await;
    assert!(refused.unwrap_err().is(&AuthReason::MailOff));
}
