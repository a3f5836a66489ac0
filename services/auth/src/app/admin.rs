//! Administrators, for the command line.
//!
//! An account that is there was made by somebody, perhaps by a stranger who guessed which address would
//! become an administrator's. So its password is kept only if the operator knows it or says so.

use sv_kernel::{Ctx, Error, FieldViolation, Result, Timestamp};
use sv_proto::{
    auth::{AuthReason, ExistingAccount},
    common::CommonReason,
    options::Role,
    users,
};
use sv_rpc::roles;
use sv_store::{audit, work};

use super::{Auth, NewAccount, register::email_of};
use crate::{
    domain::{About, Credential, Password},
    hasher::Verdict,
    store::{credentials, links, sessions},
};

/// Who shall be an administrator.
#[derive(Debug)]
pub(crate) struct NewAdmin {
    pub(crate) email: String,
    pub(crate) password: String,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) existing: ExistingAccount,
}

impl Auth {
    /// Gives an account a role, making the account when there is none; says whether it did.
    pub(crate) async fn create_admin(
        &self,
        ctx: &Ctx,
        new: NewAdmin,
    ) -> Result<(users::User, bool)> {
        if new.role == Role::Unspecified {
            let violation = FieldViolation {
                field: "role".to_owned(),
                rule: "REQUIRED",
                description: "names a role".to_owned(),
            };
            return Err(Error::from(CommonReason::ValidationFailed).with_violation(violation));
        }
        let email = email_of(&new.email)?;
        let known = credentials::of_email(self.db.read(), ctx, &email).await?;
        if let Some(known) = known {
            return Ok((self.promote(ctx, &known, &new).await?, false));
        }
        if new.existing == ExistingAccount::KeepPassword {
            return Err(AuthReason::AccountNotFound.into());
        }
        let mut account = NewAccount::viewer(&new.email, &new.password, new.name, String::new())?;
        if new.role != Role::Viewer {
            account.roles.push(new.role);
        }
        let registration = self.intend(ctx, account).await?;
        let user = self.create_user(ctx, &registration).await?;
        let registration = &registration;
        let done = self.db.write(ctx, |tx| {
            work(async move {
                self.finish(tx, ctx, registration).await?;
                let Credential { user, roles, .. } = &registration.credential;
                let values = serde_json::json!({ "roles": roles::names(roles) });
                let act = audit::Act::on("account", user);
                audit::record(tx, ctx, act.changed(serde_json::Value::Null, values)).await?;
                Ok::<_, Error>(())
            })
        });
        done.await?;
        Ok((user, true))
    }

    async fn promote(&self, ctx: &Ctx, known: &Credential, new: &NewAdmin) -> Result<users::User> {
        // Whoever is blocked does not sign in, whatever the role: that is lifted first.
        let user = self.usable(ctx, known.user).await?;
        let hash = match new.existing {
            ExistingAccount::KeepPassword => None,
            ExistingAccount::ReplacePassword => {
                let password = Password::chosen(&new.password)?;
                let about = About::of(&known.email, &[&new.name, &user.name, &user.username]);
                self.hasher.refuse_common(&password, about).await?;
                Some(self.hasher.hash(&password).await?)
            }
            ExistingAccount::Unspecified => {
                // The operator, who could set it, guesses nothing: strangers do not lock him out.
                let given = Password::given(&new.password);
                let hash = Some(&known.password_hash);
                if self.hasher.verify(given.as_ref(), hash).await? == Verdict::Wrong {
                    return Err(exists(&user));
                }
                None
            }
        };
        let hash = hash.as_ref();
        let done = self.db.write(ctx, |tx| {
            work(async move {
                let locked = credentials::lock(tx, ctx, known.user).await?;
                let known = &locked.ok_or(users::UserReason::UserNotFound)?;
                let before = serde_json::json!({ "roles": roles::names(&known.roles) });
                let mut after = before.clone();
                if !known.roles.contains(&new.role) {
                    let now_has = [&*known.roles, &[new.role]].concat();
                    credentials::set_roles(tx, ctx, known.user, &now_has, self.now()).await?;
                    after["roles"] = roles::names(&now_has).into();
                }
                let mut ended = Vec::new();
                if let Some(hash) = hash {
                    credentials::set_hash(tx, ctx, known.user, hash, self.now()).await?;
                    links::delete_of(tx, ctx, known.user).await?;
                    for login in sessions::live(tx, ctx, known.user, self.now()).await? {
                        ended.extend(self.end(tx, ctx, login.id).await?);
                    }
                    // That it is another one, and nothing of either.
                    after["password"] = "changed".into();
                    after["endedSessions"] = ended
                        .iter()
                        .map(|ended| ended.session.to_string())
                        .collect();
                }
                if before == after {
                    ctx.changes_nothing();
                } else {
                    let act = audit::Act::on("account", known.user).changed(before, after);
                    audit::record(tx, ctx, act).await?;
                }
                Ok::<_, Error>(ended)
            })
        });
        let ended = done.await?;
        self.announce(&ended);
        Ok(user)
    }
}

/// Says whose account there is, so that the operator can judge.
fn exists(user: &users::User) -> Error {
    let made = user.create_time.unwrap_or_default();
    let day = Timestamp::from_secs(made.seconds).to_string();
    Error::from(AuthReason::AccountExists)
        .with("id", &user.id)
        .with("name", &user.name)
        .with("created", day.get(..10).unwrap_or(&day))
}
