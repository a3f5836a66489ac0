//! Who calls: access tokens of people, identity of services.

mod authenticator;
mod authority;
mod claims;
mod digest;
pub mod gate;
mod keys;
mod revocations;
mod services;

pub use self::{
    authenticator::{Authenticator, Verified},
    authority::TokenAuthority,
    claims::{ACCESS_TOKEN_TYPE, AccessClaims, LEEWAY, LONGEST_GRANT, TokenSettings},
    keys::{KeySet, VerifyKey},
    revocations::Revocations,
    services::{
        FolderDirectory, IdentitySettings, MemoryDirectory, ServiceIdentities, TrustedKeys,
    },
};

use std::sync::Arc;

/// Says in a request's extensions which service of this process sends it, and whose token in it that
/// service has verified. Only this crate can make one, and no network request carries extensions of
/// ours, so it cannot be forged from outside.
#[derive(Clone, Debug)]
pub(crate) struct InProcessIdentity {
    pub(crate) service: Arc<str>,
    pub(crate) verified: Option<Arc<Verified>>,
}
