//! Who acts: the identity a call carries after its token was verified.

use std::sync::Arc;

use crate::{Id, Timestamp};

/// Marks ids of accounts.
#[derive(Debug)]
pub enum User {}

/// Marks ids of login sessions.
#[derive(Debug)]
pub enum Session {}

/// Marks ids of profiles.
#[derive(Debug)]
pub enum Profile {}

/// A set of roles, by their numbers in `streamverse.options.v1.Role`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RoleSet(u32);

impl RoleSet {
    /// The empty set.
    pub const EMPTY: Self = Self(0);

    /// Adds a role; numbers outside 0..32 are ignored.
    #[must_use]
    pub fn with(self, role: i32) -> Self {
        u32::try_from(role)
            .ok()
            .and_then(|n| 1_u32.checked_shl(n))
            .map_or(self, |b| Self(self.0 | b))
    }

    /// Says whether the role is in the set.
    pub fn contains(self, role: i32) -> bool {
        self.0 & Self::EMPTY.with(role).0 != 0
    }

    /// Lists the roles' numbers in increasing order.
    pub fn iter(self) -> impl Iterator<Item = i32> {
        (0..32).filter(move |role| self.contains(*role))
    }
}

impl FromIterator<i32> for RoleSet {
    fn from_iter<I: IntoIterator<Item = i32>>(roles: I) -> Self {
        roles.into_iter().fold(Self::EMPTY, Self::with)
    }
}

/// A signed-in person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// The account.
    pub user: Id<User>,
    /// The login that the token belongs to.
    pub session: Id<Session>,
    /// The device of the login, as the client named it.
    pub device: Option<String>,
    /// The roles that the token carries.
    pub roles: RoleSet,
    /// When the token ends.
    pub expires_at: Timestamp,
    /// When the login ends, however often it is prolonged; `None` where the token does not say.
    pub session_ends_at: Option<Timestamp>,
    /// The profile that the login is bound to (C44); nothing that a client sends overrides it.
    pub profile: Option<Id<Profile>>,
    /// Whether that profile is a child's, who does not do what is for grown-ups.
    pub for_child: bool,
}

/// Who makes a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Actor {
    /// Nobody that we know.
    #[default]
    Anonymous,
    /// A signed-in person.
    Viewer(Arc<Viewer>),
    /// One of our own services, by name; the command line acts as `operator`.
    Service(Arc<str>),
}

impl Actor {
    /// Returns the signed-in person, if there is one.
    pub fn viewer(&self) -> Option<&Viewer> {
        match self {
            Self::Viewer(viewer) => Some(viewer),
            Self::Anonymous | Self::Service(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_sets_hold_small_numbers_only() {
        let roles: RoleSet = [1, 4, 40, -1].into_iter().collect();
        assert_eq!(roles.iter().collect::<Vec<_>>(), [1, 4]);
        assert!(roles.contains(4) && !roles.contains(40) && !roles.contains(-1));
    }
}
