//! Administrators, for the command line.

use sv_kernel::{Ctx, Error, FieldViolation, Result};
use sv_proto::{common::CommonReason, options::Role, users};

use super::{Auth, NewAccount, register::email_of};
use crate::{
    domain::{Credential, Password},
    store::{credentials, sessions},
};

impl Auth {
    /// Gives an account a role, making the account when there is none; says whether it did. An
    /// empty password leaves the account's own; a new one ends its sessions.
    pub(crate) async fn create_admin(
        &self,
        ctx: &Ctx,
        email: &str,
        password: &str,
        name: String,
        role: Role,
    ) -> Result<(users::User, bool)> {
        if role == Role::Unspecified {
            let violation = FieldViolation {
                field: "role".to_owned(),
                rule: "REQUIRED",
                description: "names a role".to_owned(),
            };
            return Err(Error::from(CommonReason::ValidationFailed).with_violation(violation));
        }
        let known = credentials::of_email(self.db.read(), ctx, &email_of(email)?).await?;
        if let Some(known) = known {
            self.promote(ctx, &known, password, role).await?;
            return Ok((self.user(ctx, known.user).await?, false));
        }
        let mut new = NewAccount::viewer(email, password, name, String::new())?;
        if role != Role::Viewer {
            new.roles.push(role);
        }
        let registration = self.intend(ctx, new).await?;
        let user = self.create_user(ctx, &registration).await?;
        self.finish(ctx, &registration).await?.commit().await?;
        Ok((user, true))
    }

    async fn promote(
        &self,
        ctx: &Ctx,
        known: &Credential,
        password: &str,
        role: Role,
    ) -> Result<()> {
        let hash = match password {
            "" => None,
            text => {
                let password = Password::chosen(text)?;
                let local = known.email.local();
                self.hasher.refuse_common(&password, local).await?;
                Some(self.hasher.hash(&password).await?)
            }
        };
        let tx = self.db.begin(ctx).await?;
        if !known.roles.contains(&role) {
            let roles = [&*known.roles, &[role]].concat();
            credentials::set_roles(&tx, ctx, known.user, &roles, self.now()).await?;
        }
        let mut ended = Vec::new();
        if let Some(hash) = hash {
            credentials::replace_hash(&tx, ctx, known, &hash, self.now()).await?;
            for login in sessions::live(&tx, ctx, known.user, self.now()).await? {
                ended.extend(self.end(&tx, ctx, login.id).await?);
            }
        }
        tx.commit().await?;
        self.announce(&ended);
        Ok(())
    }
}
