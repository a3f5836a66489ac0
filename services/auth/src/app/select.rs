//! Binding a login to a profile (C44).

use sv_kernel::{Ctx, Error, Id, Profile, Result, User};
use sv_proto::{auth::AuthReason, common::CommonReason, users};
use sv_store::{audit, work};

use super::{Auth, SignedIn};
use crate::{
    domain::{Credential, Login, Password},
    hasher::Verdict,
    store::{credentials, sessions},
};

impl Auth {
    /// Ends the caller's login and begins one that is bound to a profile, with the same end. A new one,
    /// so that no token of the old is left that says otherwise.
    pub(crate) async fn select(
        &self,
        ctx: &Ctx,
        profile: Id<Profile>,
        pin: String,
        password: &str,
    ) -> Result<(SignedIn, users::Profile)> {
        let viewer = ctx.actor.viewer().ok_or(CommonReason::Unauthenticated)?;
        let known = credentials::of_user(self.db.read(), ctx, viewer.user).await?;
        let known = known.ok_or(AuthReason::CredentialsWrong)?;
        if !password.is_empty() {
            self.prove(ctx, viewer.user, Some(&known), password).await?;
        }
        let request = users::EnterProfileRequest {
            user_id: viewer.user.to_string(),
            profile_id: profile.to_string(),
            from_profile_id: viewer.profile.map(|id| id.to_string()).unwrap_or_default(),
            pin,
            password_shown: !password.is_empty(),
        };
        let mut users = self.users.clone();
        let entered = users.enter_profile(sv_rpc::call(ctx, request)).await;
        let entered = entered.map_err(sv_rpc::error)?.into_inner().profile;
        let entered = entered.unwrap_or_default();
        let user = self.user(ctx, viewer.user).await?;

        let for_child = entered.is_kids;
        let done = self.db.write(ctx, |tx| {
            work(async move {
                let old = sessions::find(tx, ctx, viewer.session).await?;
                let old = old.ok_or(CommonReason::TokenRevoked)?;
                // Of two calls at once the second one finds the login ended.
                let ended = self.end(tx, ctx, viewer.session).await?;
                let ended = ended.ok_or(CommonReason::TokenRevoked)?;
                let login = Login {
                    id: ctx.new_id(),
                    used_at: self.now(),
                    tokens_until: self.now() + self.options.tokens().lifetime,
                    profile: Some(profile),
                    for_child,
                    ..old
                };
                let token = self.begin(tx, ctx, &login).await?;
                let values = serde_json::json!({
                    "session": login.id.to_string(),
                    "profile": profile.to_string(),
                });
                let act = audit::Act::on("account", viewer.user);
                audit::record(tx, ctx, act.changed(serde_json::Value::Null, values)).await?;
                Ok::<_, Error>((login, token, ended))
            })
        });
        let (login, token, ended) = done.await?;
        self.announce(&[ended]);
        let signed_in = self
            .signed_in(ctx, &login, token, &known.roles, user)
            .await?;
        Ok((signed_in, entered))
    }

    /// Compares a password with an account's, for another service.
    ///
    /// Fails with `CREDENTIALS_WRONG` and `RATE_LIMITED`.
    pub(crate) async fn compare(&self, ctx: &Ctx, user: Id<User>, password: &str) -> Result<()> {
        let known = credentials::of_user(self.db.read(), ctx, user).await?;
        self.prove(ctx, user, known.as_ref(), password).await
    }

    async fn prove(
        &self,
        ctx: &Ctx,
        user: Id<User>,
        known: Option<&Credential>,
        password: &str,
    ) -> Result<()> {
        let target = known.map_or_else(|| user.to_string(), |known| known.email.key().to_owned());
        let hash = known.map(|credential| &credential.password_hash);
        let given = Password::given(password);
        match self.guess(ctx, &target, given.as_ref(), hash).await? {
            Verdict::Wrong => Err(AuthReason::CredentialsWrong.into()),
            Verdict::Right | Verdict::Outdated => Ok(()),
        }
    }
}
