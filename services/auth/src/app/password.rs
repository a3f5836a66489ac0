//! Another password: by the present one, or by a mailed link (AUTH-16).

use std::time::Duration;

use serde_json::{Value, json};
use sv_kernel::{Ctx, Error, Id, Result, Session, User};
use sv_ports::Counters as _;
use sv_proto::{auth::AuthReason, common::CommonReason, users::UserReason};
use sv_store::{
    Tx, audit,
    jobs::queue::{self, Work},
    work,
};

use super::{Auth, Ended, mails::MailKind, register::email_of};
use crate::{
    domain::{About, Credential, LinkToken, Password, PasswordHash},
    hasher::Verdict,
    store::{credentials, links, sessions},
};

/// How many links an address is mailed within [`WINDOW`].
const MOST_LINKS: u64 = 5;
/// How long links are counted.
const WINDOW: Duration = Duration::from_hours(1);

impl Auth {
    /// Sets another password for the caller's account, and ends its other sessions; returns how many.
    pub(crate) async fn change_password(&self, ctx: &Ctx, current: &str, new: &str) -> Result<i32> {
        let viewer = ctx.actor.viewer().ok_or(CommonReason::Unauthenticated)?;
        let new = Password::chosen(new)?;
        let known = credentials::of_user(self.db.read(), ctx, viewer.user).await?;
        let known = &known.ok_or(AuthReason::CredentialsWrong)?;
        let (given, hash) = (Password::given(current), &known.password_hash);
        let verdict = self.guess(ctx, known.email.key(), given.as_ref(), Some(hash));
        if verdict.await? == Verdict::Wrong {
            return Err(AuthReason::CredentialsWrong.into());
        }
        let hash = &self.hash_for(ctx, known, &new).await?;
        let done = self.db.write(ctx, |tx| {
            work(async move {
                let now = credentials::lock(tx, ctx, viewer.user).await?;
                // Somebody else has set another one meanwhile.
                if now.is_none_or(|now| now.password_hash != known.password_hash) {
                    return Err(AuthReason::CredentialsWrong.into());
                }
                self.replace_password(tx, ctx, known, hash, Some(viewer.session))
                    .await
            })
        });
        let ended = done.await?;
        self.announce(&ended);
        Ok(i32::try_from(ended.len()).unwrap_or(i32::MAX))
    }

    /// Leaves it to be done to mail the owner of an address a link. Whether there is an account is looked up by who
    /// does it: the work of this call is the same for all addresses (A22).
    pub(crate) async fn request_reset(&self, ctx: &Ctx, email: &str) -> Result<()> {
        if self.mails.is_none() {
            return Err(AuthReason::MailOff.into());
        }
        let email = &email_of(email)?;
        let keys = self.keys.load(ctx).await?;
        let name = hex::encode(&keys.refresh.key_digest(email.key())[..8]);
        ctx.about("address", &name);
        let counted = format!("links:{}:{name}", ctx.tenant);
        let counted = self.counters.add(&counted, 1, WINDOW).await;
        let counted =
            counted.map_err(|cause| Error::from(CommonReason::Unavailable).because(cause))?;
        if counted.value > MOST_LINKS {
            let refused = Error::from(CommonReason::RateLimited);
            return Err(refused.retry_after(counted.resets_in));
        }
        let mail = self.queued_mail(
            ctx,
            MailKind::Reset {
                email: email.shown().to_owned(),
            },
        );
        let (mail, name) = (&mail, &name);
        let done = self.db.write(ctx, |tx| {
            work(async move {
                queue::enqueue(tx, ctx, mail.work(format!("reset.{name}"))).await?;
                audit::record(tx, ctx, audit::Act::on("address", name)).await?;
                Ok::<_, Error>(())
            })
        });
        done.await
    }

    /// Sets the password of the account that a link was mailed to, and ends all of its sessions.
    pub(crate) async fn reset_password(
        &self,
        ctx: &Ctx,
        token: &LinkToken,
        new: &str,
    ) -> Result<()> {
        let new = Password::chosen(new)?;
        let (digest, now) = (token.digest(), self.now());
        let invalid = || Error::from(AuthReason::ResetLinkInvalid);
        let user = links::find(self.db.read(), ctx, digest, now).await?;
        let user = user.ok_or_else(invalid)?;
        ctx.about("account", &user.to_string());
        let known = credentials::of_user(self.db.read(), ctx, user).await?;
        let known = &known.ok_or_else(invalid)?;
        let hash = match self.hash_for(ctx, known, &new).await {
            Err(gone) if gone.is(&UserReason::UserNotFound) => return Err(invalid()),
            hash => hash?,
        };
        let hash = &hash;
        let done = self.db.write(ctx, |tx| {
            work(async move {
                let whose = links::take(tx, ctx, digest, now).await?;
                whose.ok_or(AuthReason::ResetLinkInvalid)?;
                credentials::lock(tx, ctx, user).await?;
                self.replace_password(tx, ctx, known, hash, None).await
            })
        });
        let ended = done.await?;
        self.announce(&ended);
        // Whoever reads the mail is at home: tries of strangers do not keep the new password out.
        if let Err(failure) = self.targets.reached(ctx, known.email.key()).await {
            tracing::warn!(
                error = &failure as &dyn std::error::Error,
                "from where a password was set is not remembered"
            );
        }
        Ok(())
    }

    /// Hashes the password that an account shall have.
    ///
    /// Fails with `ACCOUNT_BLOCKED`, `PASSWORD_TOO_COMMON`, and `USER_NOT_FOUND` where the account is gone.
    async fn hash_for(
        &self,
        ctx: &Ctx,
        known: &Credential,
        new: &Password,
    ) -> Result<PasswordHash> {
        let user = self.usable(ctx, known.user).await?;
        let hasher = self
            .hasher
            .asked_by(self.asker(ctx, known.email.key()).await?);
        let about = About::of(&known.email, &[&user.name, &user.username]);
        hasher.refuse_common(new, about).await?;
        hasher.hash(new).await
    }

    /// Replaces a password, with all that was made out to the old one, but for the session `but`. Returns which
    /// sessions ended.
    async fn replace_password(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        known: &Credential,
        hash: &PasswordHash,
        but: Option<Id<Session>>,
    ) -> Result<Vec<Ended>> {
        let user: Id<User> = known.user;
        credentials::set_hash(tx, ctx, user, hash, self.now()).await?;
        links::delete_of(tx, ctx, user).await?;
        let mut ended = Vec::new();
        for login in sessions::live(tx, ctx, user, self.now()).await? {
            if Some(login.id) != but {
                ended.extend(self.end(tx, ctx, login.id).await?);
            }
        }
        if self.mails.is_some() {
            let mail = self.queued_mail(ctx, MailKind::Changed { user });
            let work: Work = mail.work(format!("changed.{}", mail.id));
            queue::enqueue(tx, ctx, work).await?;
        }
        let ids = ended.iter().map(|ended| ended.session.to_string());
        // That it is another one, and nothing of either.
        let values = json!({
            "password": "changed",
            "endedSessions": ids.collect::<Vec<_>>(),
        });
        let act = audit::Act::on("account", user);
        audit::record(tx, ctx, act.changed(Value::Null, values)).await?;
        Ok(ended)
    }
}
