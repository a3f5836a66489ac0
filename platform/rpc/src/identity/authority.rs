//! Where keys and revocations come from: the auth service, or a stand-in.

use async_trait::async_trait;
use sv_kernel::{Id, Result, Session};
use sv_proto::auth::{Jwk, ListRevocationsResponse};

/// Vouches for access tokens.
#[async_trait]
pub trait TokenAuthority: Send + Sync {
    /// Lists the public keys that verify tokens now.
    async fn keys(&self) -> Result<Vec<Jwk>>;
    /// Lists sessions that ended after a snapshot, up to a page; 0 asks for all that matter.
    async fn revocations(&self, after_version: i64) -> Result<ListRevocationsResponse>;
    /// Says whether a session has ended.
    async fn has_ended(&self, session: Id<Session>) -> Result<bool>;
}
