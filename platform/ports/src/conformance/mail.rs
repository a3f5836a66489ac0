//! What every way of sending mails must do.

use std::{fmt, sync::Arc};

use futures::future::{BoxFuture, join_all};
use mailparse::{MailHeaderMap as _, ParsedMail};
use sv_kernel::{Entropy as _, SystemEntropy, Timestamp};

use crate::{Mail, Mailer, Sender};

/// A way of sending, and what came of it.
pub struct Stand {
    /// Sends by [`Self::sender`].
    pub mailer: Arc<dyn Mailer>,
    /// Returns each mail of a name as it arrived, once it has.
    pub sent: Box<dyn Fn(String) -> BoxFuture<'static, Vec<Vec<u8>>> + Send + Sync>,
}

impl fmt::Debug for Stand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stand")
            .field("mailer", &self.mailer)
            .finish_non_exhaustive()
    }
}

impl Stand {
    /// Returns who the mails of the suite are from.
    pub fn sender() -> Sender {
        "Kino på nett <no-reply@streamverse.test>".parse().unwrap()
    }
}

/// Expands to one test per promise of a way of sending mails.
#[macro_export]
macro_rules! mail_suite {
    ($make:path) => {
        $crate::mail_suite!($make;
            a_mail_arrives_whole_in_both_forms
            all_letters_and_long_lines_arrive
            a_mail_that_is_sent_again_is_the_same
            what_is_no_mail_is_refused_for_good
            many_at_once_all_arrive
            it_says_that_it_can_send
        );
    };
    ($make:path; $($case:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                $crate::conformance::mail::$case($make().await).await;
            }
        )*
    };
}

/// Makes a mail with a name of its own.
pub fn mail() -> Mail {
    let mut random = [0; 8];
    SystemEntropy.fill(&mut random);
    Mail {
        id: format!("test-{:016x}", u64::from_be_bytes(random)),
        to: "ana@streamverse.test".to_owned(),
        subject: "Choose a new password".to_owned(),
        text: "Open https://tv.example.org/reset?token=abc\n".to_owned(),
        html: "<p>Open <a href=\"https://tv.example.org/reset?token=abc\">this</a></p>".to_owned(),
        language: "en".to_owned(),
        written_at: Timestamp::from_secs(1_700_000_000),
    }
}

/// Returns the texts of a mail: plain and HTML.
fn texts(mail: &ParsedMail<'_>) -> [String; 2] {
    assert_eq!(mail.ctype.mimetype, "multipart/alternative");
    let kinds: Vec<_> = mail
        .subparts
        .iter()
        .map(|part| &*part.ctype.mimetype)
        .collect();
    assert_eq!(kinds, ["text/plain", "text/html"]);
    [0, 1].map(|n| mail.subparts[n].get_body().unwrap().replace("\r\n", "\n"))
}

/// Head and body.
pub async fn a_mail_arrives_whole_in_both_forms(stand: Stand) {
    let mail = mail();
    stand.mailer.send(&mail).await.unwrap();
    let sent = (stand.sent)(mail.id.clone()).await;
    let [sent] = &*sent else {
        panic!("{} copies", sent.len());
    };
    let read = mailparse::parse_mail(sent).unwrap();
    let head = |name: &str| read.headers.get_first_value(name).unwrap_or_default();
    assert_eq!(
        head("Message-ID"),
        format!("<{}@streamverse.test>", mail.id)
    );
    assert_eq!(head("To"), mail.to);
    assert!(head("From").contains("Kino på nett"), "{}", head("From"));
    assert_eq!(head("Subject"), mail.subject);
    assert_eq!(head("Content-Language"), "en");
    assert_eq!(head("Auto-Submitted"), "auto-generated");
    assert_eq!(mailparse::dateparse(&head("Date")).unwrap(), 1_700_000_000);
    let [text, html] = texts(&read);
    assert_eq!(
        (text.trim_end(), html.trim_end()),
        (mail.text.trim_end(), &*mail.html)
    );
}

/// What the lines of SMTP must not touch: letters of all scripts, lines of any length, lines of one dot.
pub async fn all_letters_and_long_lines_arrive(stand: Stand) {
    let long = "https://tv.example.org/reset?token=".to_owned() + &"x".repeat(2_000);
    let mail = Mail {
        subject: "اختر كلمة مرور جديدة — Velg et nytt passord på nytt, og på nytt 🎬".to_owned(),
        text: format!("اختر\n.\n..\nFrom here on\n{long}\n"),
        html: format!("<p dir=\"rtl\">اختر</p>\n.\n<a href=\"{long}\">ß</a>"),
        language: "ar".to_owned(),
        ..mail()
    };
    stand.mailer.send(&mail).await.unwrap();
    let sent = (stand.sent)(mail.id.clone()).await;
    let read = mailparse::parse_mail(&sent[0]).unwrap();
    assert_eq!(
        read.headers.get_first_value("Subject").unwrap(),
        mail.subject
    );
    let [text, html] = texts(&read);
    assert_eq!(text.trim_end(), mail.text.trim_end());
    assert_eq!(html.trim_end(), mail.html);
}

/// Whoever reads can tell: by its name.
pub async fn a_mail_that_is_sent_again_is_the_same(stand: Stand) {
    let mail = mail();
    for _ in 0..2 {
        stand.mailer.send(&mail).await.unwrap();
    }
    let sent = (stand.sent)(mail.id.clone()).await;
    assert!((1..=2).contains(&sent.len()), "{} copies", sent.len());
    for copy in &sent {
        let read = mailparse::parse_mail(copy).unwrap();
        let id = read.headers.get_first_value("Message-ID").unwrap();
        assert_eq!(id, format!("<{}@streamverse.test>", mail.id));
    }
}

/// Nothing slips a header or a second reader in, and nothing is without bounds.
pub async fn what_is_no_mail_is_refused_for_good(stand: Stand) {
    let with = |change: fn(&mut Mail)| {
        let mut mail = mail();
        change(&mut mail);
        mail
    };
    for bad in [
        with(|mail| "ana@streamverse.test\r\nBcc: eve@streamverse.test".clone_into(&mut mail.to)),
        with(|mail| "ana@streamverse.test, eve@streamverse.test".clone_into(&mut mail.to)),
        with(|mail| "nobody".clone_into(&mut mail.to)),
        with(|mail| "Hello\r\nBcc: eve@streamverse.test".clone_into(&mut mail.subject)),
        with(|mail| mail.subject = "x".repeat(201)),
        with(|mail| mail.subject.clear()),
        with(|mail| mail.text.clear()),
        with(|mail| mail.text = "x".repeat(256 * 1024 + 1)),
        with(|mail| mail.html = "x".repeat(256 * 1024 + 1)),
        with(|mail| "en\r\nBcc: eve@streamverse.test".clone_into(&mut mail.language)),
        with(|mail| "../../elsewhere".clone_into(&mut mail.id)),
        with(|mail| mail.id.clear()),
    ] {
        let refused = stand.mailer.send(&bad).await.unwrap_err();
        assert!(!refused.is_transient(), "{refused}");
    }
}

/// More than there are connections.
pub async fn many_at_once_all_arrive(stand: Stand) {
    let mails: Vec<_> = (0..20).map(|_| mail()).collect();
    for sent in join_all(mails.iter().map(|mail| stand.mailer.send(mail))).await {
        sent.unwrap();
    }
    for mail in mails {
        assert_eq!((stand.sent)(mail.id).await.len(), 1);
    }
}

/// Before anything is sent.
pub async fn it_says_that_it_can_send(stand: Stand) {
    stand.mailer.check().await.unwrap();
}
