//! Signing in (AUTH-2).

use sv_kernel::{Ctx, Email, Error, Result};
use sv_proto::{auth::AuthReason, users::UserReason};
use sv_store::{audit, work};

use super::{Auth, SignedIn};
use crate::{
    domain::{Credential, Password},
    hasher::Verdict,
    store::{credentials, registrations},
};

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
        match (credential, pending) {
            (Some(credential), _) => {
                if let (Verdict::Outdated, Some(password)) = (verdict, password) {
                    self.renew_hash(ctx, &credential, &password).await?;
                }
                self.enter(ctx, credential).await
            }
            (None, Some(pending)) => self.resume(ctx, pending).await,
            (None, None) => Err(AuthReason::CredentialsWrong.into()),
        }
    }

    async fn enter(&self, ctx: &Ctx, credential: Credential) -> Result<SignedIn> {
        // First what can fail elsewhere: a login without an answer would be of no use.
        let user = match self.usable(ctx, credential.user).await {
            Err(gone) if gone.is(&UserReason::UserNotFound) => {
                return Err(AuthReason::CredentialsWrong.into());
            }
            answer => answer?,
        };
        let account = credential.user;
        let done = self.db.write(ctx, |tx| {
            work(async move {
                let (login, token) = self.open(tx, ctx, account).await?;
                let values = serde_json::json!({
                    "session": login.id.to_string(),
                    "device": login.device,
                });
                let act = audit::Act::on("account", account);
                audit::record(tx, ctx, act.changed(serde_json::Value::Null, values)).await?;
                Ok::<_, Error>((login, token))
            })
        });
        let (login, token) = done.await?;
        self.signed_in(ctx, &login, token, &credential.roles, user)
            .await
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
    async fn renew_hash(&self, ctx: &Ctx, old: &Credential, password: &Password) -> Result<()> {
        let asker = self.asker(ctx, old.email.key()).await?;
        let new = self.hasher.asked_by(asker).hash(password).await?;
        let (new, now) = (&new, self.now());
        self.db
            .write(ctx, |tx| {
                work(credentials::replace_hash(tx, ctx, old, new, now))
            })
            .await?;
        Ok(())
    }
}
