//! What can be done with accounts' logins.

mod admin;
mod close;
mod create;
mod devices;
mod login;
mod logout;
mod mails;
mod password;
mod refresh;
mod register;
mod roles;
mod select;
mod ticket;

use std::sync::Arc;

use sv_boot::Mails;
use sv_kernel::{Actor, Ctx, Id, Result, Session, Timestamp, User, targets::Ended as GuessEnded};
use sv_proto::{
    auth as pb,
    options::Role,
    users::{self, UserReason, user_service_client::UserServiceClient},
};
use sv_rpc::{
    Authenticator, Env, Transport,
    identity::{AccessClaims, LONGEST_GRANT},
};
use sv_store::{Counters, Db, Targets, Tx};

pub(crate) use admin::NewAdmin;
pub(crate) use mails::{MAILS, TRIES, begin_to_count};
pub(crate) use register::NewAccount;

use crate::{
    Options,
    domain::{Login, Password, PasswordHash, Pepper, RefreshToken},
    hasher::{Asker, Hasher, Verdict},
    keys::SigningKeys,
    store::{revocations, sessions},
};

/// How many ended sessions one answer lists.
const MOST_REVOCATIONS: usize = 5000;
/// How long expired logins are kept, so that their tokens are said to be expired, not unknown.
const KEEP_EXPIRED: std::time::Duration = std::time::Duration::from_hours(7 * 24);

/// The use cases of auth.
#[derive(Debug)]
pub(crate) struct Auth {
    db: Db,
    users: UserServiceClient<Transport>,
    /// Verifies the tokens of this process's callers.
    verifier: Arc<Authenticator>,
    /// Who has signed in from where.
    targets: Targets,
    /// How many links were mailed.
    counters: Counters,
    /// How people are mailed; `None` where nobody is.
    mails: Option<Mails>,
    pub(crate) hasher: Hasher,
    keys: SigningKeys,
    env: Env,
    options: Options,
}

/// A signed-in account.
#[derive(Debug)]
pub(crate) struct SignedIn {
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    /// Seconds.
    pub(crate) expires_in: i32,
    pub(crate) user: users::User,
}

/// A login that was ended, and when the last of what was made out to it ends by itself.
#[derive(Clone, Copy, Debug)]
struct Ended {
    session: Id<Session>,
    until: Timestamp,
}

impl Auth {
    pub(crate) fn new(
        db: Db,
        users: UserServiceClient<Transport>,
        verifier: Arc<Authenticator>,
        (targets, counters): (Targets, Counters),
        mails: Option<Mails>,
        env: Env,
        (options, pepper): (Options, Pepper),
    ) -> Self {
        Self {
            hasher: Hasher::new(&options, pepper, env.entropy.clone()),
            keys: SigningKeys::new(db.clone(), env.clone(), &options),
            db,
            users,
            verifier,
            targets,
            counters,
            mails,
            env,
            options,
        }
    }

    /// Makes a password that nobody knows.
    pub(crate) fn unknown_password(&self) -> Password {
        Password::random(self.env.entropy.as_ref())
    }

    /// Lists the public keys of access tokens.
    pub(crate) async fn keys(&self, ctx: &Ctx) -> Result<Vec<pb::Jwk>> {
        self.keys.public(ctx).await
    }

    /// Says why nobody can sign in, where no token can be signed.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.keys.trouble()
    }

    /// Lists sessions that ended after a version.
    pub(crate) async fn revocations(&self, after: i64) -> Result<revocations::Page> {
        let now = self.now();
        Ok(revocations::list(self.db.read(), after, now, MOST_REVOCATIONS).await?)
    }

    /// Returns how long an access token lives, for all who verify one.
    pub(crate) fn access_token_seconds(&self) -> i64 {
        i64::try_from(self.options.access_token_seconds).unwrap_or(i64::MAX)
    }

    /// Says whether a session was ended.
    pub(crate) async fn has_ended(&self, session: Id<Session>) -> Result<bool> {
        Ok(revocations::has(self.db.read(), session).await?)
    }

    /// Says whose turn it is to have a password hashed.
    async fn asker(&self, ctx: &Ctx, email: &str) -> Result<Asker> {
        Ok(Asker {
            known: matches!(ctx.actor, Actor::Service(_)) || self.targets.knows(ctx, email).await?,
            network: ctx.client.map(sv_kernel::network),
            account: email.to_owned(),
            deadline: ctx.deadline,
        })
    }

    /// Real time, by which tokens and sessions go.
    fn now(&self) -> Timestamp {
        self.env.clock.now()
    }

    /// Asks users for an account.
    async fn user(&self, ctx: &Ctx, id: Id<User>) -> Result<users::User> {
        let request = users::GetUserRequest { id: id.to_string() };
        let answer = self
            .users
            .clone()
            .get_user(sv_rpc::call(ctx, request))
            .await;
        Ok(answer
            .map_err(sv_rpc::error)?
            .into_inner()
            .user
            .unwrap_or_default())
    }

    /// Says whether a login is in the hands of a child, as users knows it now: a profile may have become one
    /// for children since, and one that is gone may have been.
    async fn is_child(&self, ctx: &Ctx, login: &Login) -> Result<bool> {
        let Some(profile) = login.profile else {
            return Ok(false);
        };
        let request = users::ResolveProfileRequest {
            user_id: login.user.to_string(),
            profile_id: profile.to_string(),
        };
        let mut users = self.users.clone();
        let answer = users.resolve_profile(sv_rpc::call(ctx, request)).await;
        match answer.map_err(sv_rpc::error) {
            Ok(answer) => Ok(answer.into_inner().profile.is_none_or(|it| it.is_kids)),
            Err(refused) if refused.is(&UserReason::ProfileNotFound) => Ok(true),
            Err(failure) => Err(failure),
        }
    }

    /// Compares a password with a hash, as one of the tries that an address has: all ways of trying its
    /// password share them. Fails with `RATE_LIMITED` before any work is done.
    async fn guess(
        &self,
        ctx: &Ctx,
        email: &str,
        password: Option<&Password>,
        hash: Option<&PasswordHash>,
    ) -> Result<Verdict> {
        let hasher = self.hasher.asked_by(self.asker(ctx, email).await?);
        let ended = |verdict: &Verdict| match verdict {
            Verdict::Wrong => GuessEnded::Failed,
            Verdict::Right | Verdict::Outdated => GuessEnded::Reached,
        };
        let attempt = hasher.verify(password, hash);
        self.targets.guess(ctx, email, attempt, ended).await
    }

    /// Begins a login, with its first token.
    async fn open(&self, tx: &Tx, ctx: &Ctx, user: Id<User>) -> Result<(Login, RefreshToken)> {
        let now = self.now();
        sessions::forget(tx, now - KEEP_EXPIRED).await?;
        let login = Login {
            profile: None,
            for_child: false,
            id: ctx.new_id(),
            user,
            device: ctx.device.as_deref().map(str::to_owned),
            agent: ctx.agent.as_deref().map(shortened),
            created_at: now,
            used_at: now,
            expires_at: now + self.options.session(),
            revoked: false,
            tokens_until: now + self.options.tokens().lifetime,
        };
        let token = self.begin(tx, ctx, &login).await?;
        Ok((login, token))
    }

    /// Stores a login, with its first token.
    async fn begin(&self, tx: &Tx, ctx: &Ctx, login: &Login) -> Result<RefreshToken> {
        sessions::insert(tx, ctx, login).await?;
        let token = RefreshToken::random(self.env.entropy.as_ref());
        sessions::insert_token(tx, ctx, login.id, token.digest(), 1).await?;
        Ok(token)
    }

    /// Ends a login and all that was made out to it; says until when that lives by itself, `None` if
    /// the login had ended before.
    async fn end(&self, tx: &Tx, ctx: &Ctx, session: Id<Session>) -> Result<Option<Ended>> {
        let now = self.now();
        if !sessions::end(tx, ctx, session, now).await? {
            return Ok(None);
        }
        let Some(login) = sessions::find(tx, ctx, session).await? else {
            return Ok(None);
        };
        let until = login.tokens_until.max(now + LONGEST_GRANT);
        revocations::forget(tx, now).await?;
        revocations::append(tx, session, until).await?;
        Ok(Some(Ended { session, until }))
    }

    /// Tells this process of sessions that have ended, so that whoever ends one sees it at once;
    /// other processes ask every half second.
    fn announce(&self, ended: &[Ended]) {
        for Ended { session, until } in ended {
            self.verifier.revocations().push(*session, *until);
        }
    }

    /// Makes the answer for a login.
    async fn signed_in(
        &self,
        ctx: &Ctx,
        login: &Login,
        token: RefreshToken,
        roles: &[Role],
        user: users::User,
    ) -> Result<SignedIn> {
        let settings = self.options.tokens();
        // A child has no business with what its parents may do.
        let holds = |role: &Role| !login.for_child || *role == Role::Viewer;
        let roles = roles.iter().copied().filter(holds);
        let now = self.now();
        let mut claims =
            AccessClaims::new(&settings, &ctx.tenant, login.user, login.id, roles, now);
        claims.did.clone_from(&login.device);
        claims.pid = login.profile;
        claims.pch = login.profile.map(|_| login.for_child);
        claims.sxp = Some(login.expires_at.secs());
        claims.exp = claims.exp.min(login.expires_at.secs());
        Ok(SignedIn {
            access_token: self.keys.sign(ctx, &claims).await?,
            refresh_token: token.into_text(),
            expires_in: i32::try_from(claims.exp - claims.iat).unwrap_or(i32::MAX),
            user,
        })
    }
}

/// Leaves of what a program says of itself as much as people read.
fn shortened(agent: &str) -> String {
    agent
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect()
}
