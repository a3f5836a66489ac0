//! Accounts.

use sv_kernel::{Error, FieldViolation, Id, Result, Tenant, Timestamp, User};
use sv_proto::{common::CommonReason, users::UserStatus};

use super::{Profile, tidy};

/// Someone who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) id: Id<User>,
    pub(crate) tenant: Tenant,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) username: Option<String>,
    pub(crate) default_profile: Id<Profile>,
    pub(crate) status: UserStatus,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    /// Grows with every change of the account or its profiles.
    pub(crate) version: i64,
}

/// What an account begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewAccount {
    pub(crate) id: Id<User>,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) username: Option<String>,
}

impl NewAccount {
    /// Checks names that the rules of fields alone cannot judge; `within` says where the request has them.
    pub(crate) fn checked(self, within: &str) -> Result<Self> {
        let name = tidy(&self.name);
        let mut error = None;
        let mut refuse = |field: &str, rule, wish: &str| {
            let violation = FieldViolation {
                field: format!("{within}{field}"),
                rule,
                description: wish.to_owned(),
            };
            let so_far = error
                .take()
                .unwrap_or_else(|| CommonReason::ValidationFailed.into());
            error = Some(Error::with_violation(so_far, violation));
        };
        if name.is_empty() {
            refuse("name", "REQUIRED", "is not only space");
        }
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
        if self
            .username
            .as_deref()
            .is_some_and(|name| !name.chars().all(fits))
        {
            refuse(
                "username",
                "FORMAT",
                "holds letters, digits, '.', '_' and '-' only",
            );
        }
        match error {
            Some(error) => Err(error),
            None => Ok(Self { name, ..self }),
        }
    }
}
