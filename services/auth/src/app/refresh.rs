//! Prolonging a login (AUTH-4, C41).

use sv_kernel::{Ctx, Error, Result};
use sv_proto::{auth::AuthReason, users::UserReason};
use sv_store::{Tx, audit, work};

use super::{Auth, Ended, SignedIn};
use crate::{
    domain::{Digest, Login, RefreshToken, Turn, turn},
    store::{credentials, sessions},
};

impl Auth {
    /// Exchanges a refresh token for a new pair. Under an `Idempotency-Key` a repeated call gets the pair
    /// of the first.
    pub(crate) async fn refresh(&self, ctx: &Ctx, token: RefreshToken) -> Result<SignedIn> {
        let key = ctx.idempotency_key.as_deref();
        let digest = token.digest();
        let known = sessions::token(self.db.read(), ctx, digest).await?;
        let session = known.ok_or(AuthReason::RefreshTokenInvalid)?.session;
        let login = sessions::find(self.db.read(), ctx, session).await?;
        let login = login.ok_or(AuthReason::RefreshTokenInvalid)?;
        // First what can fail elsewhere: a token must not be used up without an answer.
        let user = match self.usable(ctx, login.user).await {
            Err(gone) if gone.is(&UserReason::UserNotFound) => {
                return Err(AuthReason::RefreshTokenInvalid.into());
            }
            answer => answer?,
        };
        let for_child = self.is_child(ctx, &login).await?;
        let login = Login { for_child, ..login };
        let keys = self.keys.load(ctx).await?;
        let key_digest = key.map(|key| keys.refresh.key_digest(key));

        let child = match key {
            Some(key) => keys.refresh.child(&token, key),
            None => RefreshToken::random(self.env.entropy.as_ref()),
        };
        let (login, child_digest) = (&login, child.digest());
        let done = self.db.write(ctx, |tx| {
            work(async move {
                let now = self.now();
                let until = now + self.options.tokens().lifetime;
                sessions::lock(tx, ctx, login.id, now, until).await?;
                let credential = credentials::of_user(tx, ctx, login.user).await?;
                let credential = credential.ok_or(AuthReason::RefreshTokenInvalid)?;
                let taken = self.take_turn(tx, ctx, digest, key_digest, child_digest);
                Ok::<_, Error>((credential, taken.await?))
            })
        });
        let (credential, taken) = done.await?;
        if let Taken::Reused(ended) = taken {
            self.announce(ended.as_slice());
            tracing::warn!(session.id = %login.id, "refresh token reused, session ended");
            return Err(AuthReason::RefreshTokenReused.into());
        }
        self.signed_in(ctx, login, child, &credential.roles, user)
            .await
    }

    /// Puts the child in the place of its parent, or ends the session of a token that was used
    /// before.
    async fn take_turn(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        digest: Digest,
        key: Option<Digest>,
        child: Digest,
    ) -> Result<Taken> {
        // Read again: the session is locked only now.
        let token = sessions::token(tx, ctx, digest).await?;
        let token = token.ok_or(AuthReason::RefreshTokenInvalid)?;
        let login: Option<Login> = sessions::find(tx, ctx, token.session).await?;
        let login = login.ok_or(AuthReason::RefreshTokenInvalid)?;
        let newest = sessions::newest(tx, ctx, token.session).await?;
        let now = self.now();
        match turn(&token, &login, newest, key, now) {
            Turn::Next => {
                sessions::use_token(tx, ctx, digest, key, now).await?;
                let seq = token.seq + 1;
                sessions::insert_token(tx, ctx, token.session, child, seq).await?;
                Ok(Taken::Child)
            }
            Turn::Again => Ok(Taken::Child),
            Turn::Expired => Err(AuthReason::RefreshTokenExpired.into()),
            Turn::Ended => Err(AuthReason::RefreshTokenInvalid.into()),
            Turn::Reused => {
                let ended = self.end(tx, ctx, token.session).await?;
                let reused: Error = AuthReason::RefreshTokenReused.into();
                let values = serde_json::json!({ "endedSessions": [token.session.to_string()] });
                let act = audit::Act::on("account", login.user)
                    .named("auth.refresh_token_reused")
                    .denied(reused.reason())
                    .changed(serde_json::Value::Null, values);
                audit::record(tx, ctx, act).await?;
                Ok(Taken::Reused(ended))
            }
        }
    }
}

/// What showing a token came to.
enum Taken {
    /// The child is its successor.
    Child,
    /// Somebody had used it before: the session has ended, which is committed like a success.
    Reused(Option<Ended>),
}
