//! The context of a call: who, for whom, when, until when.

use std::{fmt, net::IpAddr, sync::Arc, time::Duration};

use crate::{
    Actor, Clock, Entropy, Id, IdGen, Locale, Tenant, Timestamp, Trail, Whereabouts, clock_of,
};

/// The access token of a viewer, kept only to travel along to other services. Never printed.
#[derive(Clone)]
pub struct Bearer(Arc<str>);

impl Bearer {
    /// Keeps a token.
    pub fn new(token: impl Into<Arc<str>>) -> Self {
        Self(token.into())
    }

    /// Returns the token itself, for the header of a call to another service.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer(…)")
    }
}

/// A call's `Idempotency-Key` as its service holds it while the call runs: by this the answer is
/// stored in the transaction of the effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldKey {
    /// Names tenant, caller, method and key.
    pub scope: Arc<[u8]>,
    /// Names this try of the call: whoever takes the key over has another.
    pub claim: uuid::Uuid,
}

/// First argument of every use case. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// Whose data the call may touch.
    pub tenant: Tenant,
    /// Who makes the call.
    pub actor: Actor,
    /// The profile that the login is bound to, else the one that the client chose by `x-profile-id`, whose
    /// ownership is not yet checked (C44).
    pub profile: Option<uuid::Uuid>,
    /// The device that the client names by `x-device-id`, else the login's.
    pub device: Option<Arc<str>>,
    /// The program that the client says it is (`User-Agent`), for people to read.
    pub agent: Option<Arc<str>>,
    /// The client's address as the edge saw it; no client can say another.
    pub client: Option<IpAddr>,
    /// Where the caller is, and what it looks at.
    pub whereabouts: Whereabouts,
    /// The language of messages.
    pub locale: Locale,
    /// Ties logs of one request together.
    pub request_id: Arc<str>,
    /// The W3C `traceparent` that the request came with.
    pub traceparent: Option<Arc<str>>,
    /// The viewer's access token, which travels along to other services.
    pub bearer: Option<Bearer>,
    /// The call's `Idempotency-Key`, where it came with one and its RPC takes it.
    pub idempotency_key: Option<Arc<str>>,
    /// The versions that a change may find, as `If-Match` names them; `None` where any will do.
    pub if_match: Option<Arc<[i64]>>,
    /// Whether a browser asks ahead of its user.
    pub prefetch: bool,
    /// The key as the stack holds it while the call runs.
    pub held_key: Option<HeldKey>,
    /// The audit record that the call leaves, where it leaves one.
    pub trail: Option<Trail>,
    /// When the caller stops waiting, in real time.
    pub deadline: Option<std::time::Instant>,
    /// Business time: what the product's rules go by.
    pub clock: Arc<dyn Clock>,
    /// Randomness for secrets.
    pub entropy: Arc<dyn Entropy>,
    /// Makes ids.
    pub ids: IdGen,
}

impl Ctx {
    /// Makes a context for work that no request started, e.g. a consumer or a job.
    pub fn background(service: &str, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            tenant: Tenant::default(),
            actor: Actor::Service(service.into()),
            profile: None,
            device: None,
            agent: None,
            client: None,
            whereabouts: Whereabouts::default(),
            locale: Locale::default(),
            request_id: "background".into(),
            traceparent: None,
            bearer: None,
            idempotency_key: None,
            if_match: None,
            prefetch: false,
            held_key: None,
            trail: None,
            deadline: None,
            ids: IdGen::new(clock.clone(), entropy.clone()),
            clock,
            entropy,
        }
    }

    /// Returns the same context for another tenant, with its clock.
    #[must_use]
    pub fn for_tenant(&self, tenant: Tenant) -> Self {
        Self {
            clock: clock_of(&self.clock, &tenant),
            tenant,
            ..self.clone()
        }
    }

    /// Says what the call is about, so that its audit record names it even if the call fails.
    pub fn about(&self, kind: &str, id: &str) {
        if let Some(trail) = &self.trail {
            trail.about(kind, id);
        }
    }

    /// Says that the call changes nothing, so that it leaves no audit record.
    pub fn changes_nothing(&self) {
        if let Some(trail) = &self.trail {
            trail.settle();
        }
    }

    /// Says whether the caller lets a change find this version.
    pub fn may_find(&self, version: impl Into<i64>) -> bool {
        let version = version.into();
        self.if_match
            .as_ref()
            .is_none_or(|named| named.contains(&version))
    }

    /// Returns business time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Returns real time, by which leases and queues go, also while the tenant's clock has been put on (X-PAY-8).
    pub fn real_now(&self) -> Timestamp {
        let now = self.clock.now();
        // Asked after the time: a clock that is put on just now makes it too early, and what is to be done at once is.
        now - self.clock.ahead()
    }

    /// Makes a new id.
    pub fn new_id<T>(&self) -> Id<T> {
        self.ids.next()
    }

    /// Returns the time that is left, if the call has a deadline.
    pub fn remaining(&self) -> Option<Duration> {
        self.deadline
            .map(|at| at.saturating_duration_since(std::time::Instant::now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearer_is_never_printed() {
        assert_eq!(format!("{:?}", Bearer::new("eyJ.secret")), "Bearer(…)");
    }
}
