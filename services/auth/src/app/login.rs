//! Signing in (AUTH-2).

use sv_kernel::{Ctx, Email, Error, Result};
use sv_proto::{auth::AuthReason, common::CommonReason, options::Role, users::UserReason};
use sv_store::{audit, work};

use super::{Auth, SignedIn};
use crate::{
    domain::{Credential, Login, Password, RefreshToken},
    hasher::Verdict,
    store::{credentials, registrations},
};

/// How often a password is compared with one that was set while it was compared with the one before.
const COMPARED_AGAIN: u32 = 2;

impl Auth {
    /// Signs in with a password. Whether the account exists can be told neither from the answer
    /// nor from the work (A22). The stack has taken the try from the address's budget, as the RPC's policy
    /// says.
    pub(crate) async fn login(&self, ctx: &Ctx, email: &str, password: &str) -> Result<SignedIn> {
        let (email, password) = (Email::parse(email).ok(), Password::given(password));
        let (mut credential, mut pending) = (None, None);
        if let Some(email) = &email {
            credential = credentials::of_email(self.db.read(), ctx, email).await?;
            if credential.is_none() {
                pending = registrations::of_email(self.db.read(), ctx, email).await?;
            }
        }
        let stored = credential
            .as_ref()
            .or(pending.as_ref().map(|(old, _)| &old.credential));
        let target = email.as_ref().map_or("", Email::key);
        self.about(ctx, stored, target).await?;
        let hasher = self.hasher.asked_by(self.asker(ctx, target).await?);
        let hash = stored.map(|credential| &credential.password_hash);
        let verdict = hasher.verify(password.as_ref(), hash).await?;
        if verdict == Verdict::Wrong {
            return Err(AuthReason::CredentialsWrong.into());
        }
        match (credential, pending, password) {
            (Some(mut credential), _, Some(password)) => {
                if verdict == Verdict::Outdated {
                    self.renew_hash(ctx, &mut credential, &password).await?;
                }
                self.enter(ctx, credential, &password).await
            }
            (None, Some(pending), _) => self.resume(ctx, pending).await,
            _ => Err(AuthReason::CredentialsWrong.into()),
        }
    }

    /// Signs in where the password is still the account's when the session opens. Comparing takes its time, in which
    /// another may be set: then nobody comes in by the one before (AUTH-16).
    async fn enter(
        &self,
        ctx: &Ctx,
        mut credential: Credential,
        password: &Password,
    ) -> Result<SignedIn> {
        // First what can fail elsewhere: a login without an answer would be of no use.
        let user = match self.usable(ctx, credential.user).await {
            Err(gone) if gone.is(&UserReason::UserNotFound) => {
                return Err(AuthReason::CredentialsWrong.into());
            }
            answer => answer?,
        };
        for _ in 0..=COMPARED_AGAIN {
            if let Some((login, token, roles)) = self.open_by(ctx, &credential).await? {
                return self.signed_in(ctx, &login, token, &roles, user).await;
            }
            let now = credentials::of_user(self.db.read(), ctx, credential.user).await?;
            credential = now.ok_or(AuthReason::CredentialsWrong)?;
            let hasher = self
                .hasher
                .asked_by(self.asker(ctx, credential.email.key()).await?);
            let hash = Some(&credential.password_hash);
            if hasher.verify(Some(password), hash).await? == Verdict::Wrong {
                return Err(AuthReason::CredentialsWrong.into());
            }
        }
        Err(CommonReason::Contended.into())
    }

    /// Opens a session for who has these roles now; `None` where the account has another password than the one that was compared, or the same
    /// hashed anew.
    async fn open_by(
        &self,
        ctx: &Ctx,
        compared: &Credential,
    ) -> Result<Option<(Login, RefreshToken, Vec<Role>)>> {
        let account = compared.user;
        let done = self.db.write(ctx, |tx| {
            work(async move {
                let now = credentials::lock(tx, ctx, account).await?;
                let now = now.ok_or(AuthReason::CredentialsWrong)?;
                if now.password_hash != compared.password_hash {
                    return Ok(None);
                }
                let (login, token) = self.open(tx, ctx, account).await?;
                let values = serde_json::json!({
                    "session": login.id.to_string(),
                    "device": login.device,
                });
                let act = audit::Act::on("account", account);
                audit::record(tx, ctx, act.changed(serde_json::Value::Null, values)).await?;
                Ok::<_, Error>(Some((login, token, now.roles)))
            })
        });
        done.await
    }

    /// Says for the audit record whose account is meant. An address without an account is told by its
    /// digest under the installation's secret: tries at one address can be told from those at others,
    /// and what people mistype (or paste) is not kept.
    async fn about(&self, ctx: &Ctx, stored: Option<&Credential>, email: &str) -> Result<()> {
        if let Some(credential) = stored {
            ctx.about("account", &credential.user.to_string());
        } else {
            let keys = self.keys.load(ctx).await?;
            let digest = keys.refresh.key_digest(email);
            ctx.about("address", &hex::encode(&digest[..8]));
        }
        Ok(())
    }

    /// Hashes the password anew, because new hashes are made at another cost or in another way (C21).
    async fn renew_hash(
        &self,
        ctx: &Ctx,
        credential: &mut Credential,
        password: &Password,
    ) -> Result<()> {
        let asker = self.asker(ctx, credential.email.key()).await?;
        let new = self.hasher.asked_by(asker).hash(password).await?;
        let (old, hash, now) = (&*credential, &new, self.now());
        let done = self.db.write(ctx, |tx| {
            work(credentials::replace_hash(tx, ctx, old, hash, now))
        });
        if done.await? {
            credential.password_hash = new;
        }
        Ok(())
    }
}
