//! Addresses, passwords, sessions, refresh tokens, links and tickets: what they are, and what may follow from them.

mod about;
mod digest;
mod link;
mod password;
mod refresh;
mod session;
mod ticket;
mod wrapping;

pub(crate) use about::About;
pub(crate) use digest::Digest;
pub(crate) use link::LinkToken;
pub(crate) use password::{Password, PasswordHash, Pepper, Scheme};
pub(crate) use refresh::{RefreshSecret, RefreshToken};
pub(crate) use session::{Known, Login, Turn, turn};
pub(crate) use ticket::{Ticket, covers};
pub(crate) use wrapping::Wrapping;

use sv_kernel::{Email, Id, Tenant, User};
use sv_proto::options::Role;

/// Address, password hash and roles of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Credential {
    pub(crate) user: Id<User>,
    pub(crate) email: Email,
    pub(crate) password_hash: PasswordHash,
    pub(crate) roles: Vec<Role>,
}

/// What shall become an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Registration {
    pub(crate) tenant: Tenant,
    pub(crate) credential: Credential,
    pub(crate) name: String,
    pub(crate) username: String,
    /// Names the attempt that may finish it.
    pub(crate) attempt: uuid::Uuid,
}
