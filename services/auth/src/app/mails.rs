//! Mails to the owners of accounts: work that waits in the tables until the mail server has taken it (AUTH-16).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sv_boot::Mails;
use sv_kernel::{Ctx, Email, Error, Id, Result, Timestamp, User};
use sv_ports::Mail;
use sv_proto::{auth::AuthReason, common::CommonReason, users::UserReason};
use sv_store::{
    StoreError,
    jobs::queue::{Item, Step, Work},
    work,
};
use uuid::Uuid;

use super::Auth;
use crate::{
    domain::Credential,
    mail_texts::{Text, Words},
    store::{credentials, links},
};

/// The kind of work that mails are.
pub(crate) const MAILS: &str = "mails";
/// How often it is tried to send one: with the pauses between, for about as long as a link works.
pub(crate) const TRIES: u32 = 18;
/// How long a link works.
const LINK: Duration = Duration::from_hours(1);

/// A mail that shall be sent.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct QueuedMail {
    /// Names the mail, and the link in it.
    pub(super) id: Id<QueuedMail>,
    /// In which language it was asked for, as a tag.
    language: String,
    /// When, in microseconds.
    asked_at: i64,
    kind: MailKind,
}

/// What it is about.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum MailKind {
    /// Somebody wants another password for an address.
    Reset {
        /// The address.
        email: String,
    },
    /// An account has another password.
    Changed {
        /// The account.
        user: Id<User>,
    },
}

impl QueuedMail {
    /// Returns the work of sending it.
    pub(super) fn work(&self, key: String) -> Work {
        Work {
            kind: MAILS,
            key,
            priority: 0,
            payload: serde_json::to_vec(self).unwrap_or_default(),
        }
    }
}

/// Counts what becomes of a mail, or, of none, that there is such a count.
fn count(outcome: &'static str, mails: u64) {
    let svc = crate::NAME;
    metrics::counter!("streamverse_mails_total", "svc" => svc, "outcome" => outcome)
        .increment(mails);
}

/// Says that no mail was sent yet, so that the first one shows.
pub(crate) fn begin_to_count() {
    for outcome in ["sent", "failed", "refused"] {
        count(outcome, 0);
    }
}

impl Auth {
    /// Writes down what a mail shall be about.
    pub(super) fn queued_mail(&self, ctx: &Ctx, kind: MailKind) -> QueuedMail {
        QueuedMail {
            id: ctx.new_id(),
            language: ctx.locale.to_string(),
            asked_at: self.now().micros(),
            kind,
        }
    }

    /// Sends a mail, if there is still somebody to send it to. Fails where trying again may help.
    pub(crate) async fn deliver(&self, ctx: &Ctx, item: &Item) -> Result<Step> {
        let internal = |cause| Error::from(CommonReason::Internal).because(cause);
        let queued: QueuedMail = serde_json::from_slice(&item.payload).map_err(internal)?;
        let Some(mails) = &self.mails else {
            return Ok(Step::Done);
        };
        let Some(mail) = self.compose(ctx, mails, &queued).await? else {
            return Ok(Step::Done);
        };
        let sent = mails.mailer.send(&mail).await;
        let outcome = match &sent {
            Ok(()) => "sent",
            Err(failure) if failure.is_transient() => "failed",
            Err(_) => "refused",
        };
        count(outcome, 1);
        match sent {
            Ok(()) => Ok(Step::Done),
            Err(failure) if failure.is_transient() => {
                Err(Error::from(CommonReason::Unavailable).because(failure))
            }
            // No such mailbox, or a mail that the server will never take.
            Err(refused) => {
                tracing::warn!(
                    mail = mail.id,
                    error = &refused as &dyn std::error::Error,
                    "a mail was refused"
                );
                Ok(Step::Done)
            }
        }
    }

    /// Writes a mail; `None` where nobody is to have it.
    async fn compose(&self, ctx: &Ctx, mails: &Mails, queued: &QueuedMail) -> Result<Option<Mail>> {
        let asked_at = Timestamp::from_micros(queued.asked_at);
        let known = match &queued.kind {
            MailKind::Reset { email } => match Email::parse(email) {
                Ok(email) => credentials::of_email(self.db.read(), ctx, &email).await?,
                Err(_) => None,
            },
            MailKind::Changed { user } => credentials::of_user(self.db.read(), ctx, *user).await?,
        };
        let Some(known) = known else {
            return Ok(None);
        };
        match self.usable(ctx, known.user).await {
            Err(no) if no.is(&AuthReason::AccountBlocked) || no.is(&UserReason::UserNotFound) => {
                return Ok(None);
            }
            answer => answer?,
        };
        let words = Words::of(&queued.language);
        let text = match queued.kind {
            MailKind::Reset { .. } => {
                let until = asked_at + LINK;
                if until <= self.now() {
                    return Ok(None);
                }
                let link = self
                    .link(ctx, mails, queued.id.uuid(), &known, until)
                    .await?;
                words.reset(&link)
            }
            MailKind::Changed { .. } => {
                words.changed(&asked_at.to_string(), &mails.link(&ctx.tenant, "/reset"))
            }
        };
        let Text {
            subject,
            plain,
            html,
        } = text;
        Ok(Some(Mail {
            id: queued.id.to_string(),
            to: known.email.shown().to_owned(),
            subject,
            text: plain,
            html,
            language: words.language().to_owned(),
            written_at: asked_at,
        }))
    }

    /// Makes the link of a request, the same one each time.
    async fn link(
        &self,
        ctx: &Ctx,
        mails: &Mails,
        request: Uuid,
        known: &Credential,
        until: Timestamp,
    ) -> Result<String> {
        let keys = self.keys.load(ctx).await?;
        let token = keys.refresh.link(request);
        let (digest, user, now) = (token.digest(), known.user, self.now());
        let stored = self.db.write(ctx, |tx| {
            work(async move { links::insert(tx, ctx, digest, user, (now, until)).await })
        });
        let stored: Result<(), StoreError> = stored.await;
        stored?;
        // Behind `#`, where no server and no log between the mail and the page sees it.
        Ok(mails.link(&ctx.tenant, &format!("/reset#token={}", token.text())))
    }
}
