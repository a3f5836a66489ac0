//! Registering: a saga over auth and users that can stop anywhere and be taken up again (C23).
//!
//! 1. The registration is written, with the id that the account will have.
//! 2. Users creates the account under that id; asked again, it gives the same account.
//! 3. In one transaction the registration goes, and credential and session come.
//!
//! Each attempt has a name of its own, and only the latest may finish. While an attempt may still
//! run, someone with another password is told that the address is taken; someone with the same
//! password is the same person, whose earlier attempt got lost.

use std::time::Duration;

use sv_kernel::{Ctx, Email, Error, FieldViolation, Result};
use sv_proto::{
    auth::AuthReason,
    common::CommonReason,
    options::Role,
    users::{self, UserReason},
};
use sv_rpc::roles;
use sv_store::{Tx, audit, work};
use tonic::Code;

use super::{Auth, SignedIn};
use crate::{
    domain::{About, Credential, Password, PasswordHash, Registration},
    hasher::Verdict,
    store::{credentials, registrations, registrations::Pending},
};

/// Longer than the RPC may take.
const ATTEMPT: Duration = Duration::from_secs(20);

/// Who wants an account.
#[derive(Clone, Debug)]
pub(crate) struct NewAccount {
    pub(crate) email: Email,
    pub(crate) password: Password,
    pub(crate) name: String,
    pub(crate) username: String,
    pub(crate) roles: Vec<Role>,
}

impl Auth {
    /// Creates an account and signs it in.
    pub(crate) async fn register(&self, ctx: &Ctx, new: NewAccount) -> Result<SignedIn> {
        let registration = self.intend(ctx, new).await?;
        self.complete(ctx, registration).await
    }

    /// Writes the registration, unless the address is taken.
    pub(crate) async fn intend(&self, ctx: &Ctx, new: NewAccount) -> Result<Registration> {
        let hasher = self
            .hasher
            .asked_by(self.asker(ctx, new.email.key()).await?);
        let about = About::of(&new.email, &[&new.name, &new.username]);
        hasher.refuse_common(&new.password, about).await?;
        let known = credentials::of_email(self.db.read(), ctx, &new.email).await?;
        if known.is_some() {
            // The work of registering, so that the time tells nothing that the answer may hide one day.
            hasher.hash(&new.password).await?;
            return Err(AuthReason::EmailTaken.into());
        }
        let pending = registrations::of_email(self.db.read(), ctx, &new.email).await?;
        let password_hash = match &pending {
            Some(pending) => self.may_take_over(ctx, pending, &new.password).await?,
            None => None,
        };
        let registration = Registration {
            tenant: ctx.tenant.clone(),
            credential: Credential {
                user: pending
                    .as_ref()
                    .map_or_else(|| ctx.new_id(), |(old, _)| old.credential.user),
                email: new.email,
                password_hash: match password_hash {
                    Some(same) => same,
                    None => hasher.hash(&new.password).await?,
                },
                roles: new.roles,
            },
            name: new.name,
            username: new.username,
            attempt: ctx.new_id::<Registration>().uuid(),
        };
        self.claim(ctx, &registration, pending).await?;
        Ok(registration)
    }

    /// Takes up a registration that stopped; the caller has proven to know its password.
    pub(super) async fn resume(&self, ctx: &Ctx, pending: Pending) -> Result<SignedIn> {
        match self.usable(ctx, pending.0.credential.user).await {
            Err(refused) if !refused.is(&UserReason::UserNotFound) => return Err(refused),
            _ => {}
        }
        let registration = Registration {
            attempt: ctx.new_id::<Registration>().uuid(),
            ..pending.0.clone()
        };
        self.claim(ctx, &registration, Some(pending)).await?;
        self.complete(ctx, registration).await
    }

    /// Creates the account in users, as the registration says.
    pub(super) async fn create_user(
        &self,
        ctx: &Ctx,
        registration: &Registration,
    ) -> Result<users::User> {
        let request = users::CreateUserRequest {
            id: registration.credential.user.to_string(),
            email: registration.credential.email.shown().to_owned(),
            name: registration.name.clone(),
            username: registration.username.clone(),
        };
        let answer = self
            .users
            .clone()
            .create_user(sv_rpc::call(ctx, request))
            .await;
        match answer {
            Ok(answer) => Ok(answer.into_inner().user.unwrap_or_default()),
            Err(refused) => {
                // Users has said no, so the address is free for another try.
                let no = matches!(refused.code(), Code::InvalidArgument | Code::AlreadyExists);
                if no {
                    self.db
                        .write(ctx, |tx| work(registrations::delete(tx, registration)))
                        .await?;
                }
                Err(sv_rpc::error(refused))
            }
        }
    }

    /// Returns the hash of a pending registration if its password is the same; `None` if the
    /// password is another, but the registration's time is over.
    async fn may_take_over(
        &self,
        ctx: &Ctx,
        pending: &Pending,
        password: &Password,
    ) -> Result<Option<PasswordHash>> {
        let (old, until) = pending;
        let (email, hash) = (&old.credential.email, &old.credential.password_hash);
        let guess = self.guess(ctx, email.key(), Some(password), Some(hash));
        match guess.await? {
            Verdict::Right => Ok(Some(hash.clone())),
            Verdict::Wrong if self.now() < *until => Err(AuthReason::EmailTaken.into()),
            Verdict::Wrong | Verdict::Outdated => Ok(None),
        }
    }

    /// Makes this attempt the one that may finish.
    async fn claim(
        &self,
        ctx: &Ctx,
        registration: &Registration,
        before: Option<Pending>,
    ) -> Result<()> {
        let until = self.now() + ATTEMPT;
        let before = before.map(|(old, _)| old.attempt);
        let done = self.db.write(ctx, |tx| {
            work(async move {
                let claimed = match before {
                    Some(old) => registrations::take_over(tx, old, registration, until).await?,
                    None => registrations::insert(tx, registration, until).await?,
                };
                // Asked only now: whoever finished meanwhile held the row until the commit.
                let email = &registration.credential.email;
                if !claimed || credentials::of_email(tx, ctx, email).await?.is_some() {
                    return Err(AuthReason::EmailTaken.into());
                }
                Ok(())
            })
        });
        done.await
    }

    /// Creates the account as the registration says, and signs it in.
    pub(crate) async fn complete(&self, ctx: &Ctx, registration: Registration) -> Result<SignedIn> {
        let user = self.create_user(ctx, &registration).await?;
        let (registration, credential) = (&registration, &registration.credential);
        let done = self.db.write(ctx, |tx| {
            work(async move {
                self.finish(tx, ctx, registration).await?;
                let (login, token) = self.open(tx, ctx, credential.user).await?;
                let act = audit::Act::on("account", credential.user);
                let values = serde_json::json!({
                    "roles": roles::names(&credential.roles),
                    "session": login.id.to_string(),
                });
                audit::record(tx, ctx, act.changed(serde_json::Value::Null, values)).await?;
                Ok::<_, Error>((login, token))
            })
        });
        let (login, token) = done.await?;
        // The account is there, whether or not this is remembered.
        if let Err(failure) = self.targets.reached(ctx, credential.email.key()).await {
            tracing::warn!(
                error = &failure as &dyn std::error::Error,
                "from where an account was registered is not remembered"
            );
        }
        self.signed_in(ctx, &login, token, &credential.roles, user)
            .await
    }

    /// Puts the credential in the place of the registration, if this is still the attempt that
    /// may.
    pub(super) async fn finish(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        registration: &Registration,
    ) -> Result<()> {
        let mine = registrations::delete(tx, registration).await?;
        if mine && credentials::insert(tx, ctx, &registration.credential, self.now()).await? {
            return Ok(());
        }
        Err(AuthReason::EmailTaken.into())
    }
}

impl NewAccount {
    /// Checks the password before anything is done with it.
    pub(crate) fn viewer(
        email: &str,
        password: &str,
        name: String,
        username: String,
    ) -> Result<Self, Error> {
        Self::with(email, Password::chosen(password)?, name, username)
    }

    /// The same with a password that was checked.
    pub(crate) fn with(
        email: &str,
        password: Password,
        name: String,
        username: String,
    ) -> Result<Self, Error> {
        Ok(Self {
            email: email_of(email)?,
            password,
            name,
            username,
            roles: vec![Role::Viewer],
        })
    }
}

/// Reads an address whose form was checked before.
pub(super) fn email_of(text: &str) -> Result<Email> {
    Email::parse(text).map_err(|cause| {
        let violation = FieldViolation {
            field: "email".to_owned(),
            rule: "FORMAT_EMAIL",
            description: "is an e-mail address".to_owned(),
        };
        Error::from(CommonReason::ValidationFailed)
            .with_violation(violation)
            .because(cause)
    })
}
