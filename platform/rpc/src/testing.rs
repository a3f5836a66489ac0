//! A process in miniature, for tests of services: a movable clock, tokens without an auth service,
//! and the real stacks. Not for production code.
#![expect(
    clippy::expect_used,
    reason = "a test that cannot be set up shall stop"
)]

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use sv_kernel::{
    Actor, Bearer, Ctx, Entropy as _, HeldKey, Id, MovableClock, Result, RoleSet, SeededEntropy,
    Session, SystemEntropy, Tenant, Timestamp, User, Viewer,
    audit::{AuditLog, Outcome},
    idempotency::{Begun, Claim, IdempotencyStore, StoredAnswer},
    targets::{Ended, Pass, TargetBudgets},
};
use sv_proto::{
    auth::{Jwk, ListRevocationsResponse},
    options::Role,
};
use tokio_util::task::TaskTracker;

use crate::{
    Authenticator, Env, GrpcService, Mesh, MeshSettings, PolicyTable, Server, ServerBuilder,
    ServerSettings,
    identity::{
        ACCESS_TOKEN_TYPE, AccessClaims, KeySet, ServiceIdentities, TokenAuthority, TokenSettings,
    },
    options,
};

const KID: &str = "test";
/// How many times as long as the policies say calls may take in tests.
const PATIENCE: u32 = 12;
/// Who may speak over the network in tests beside the services.
const CALLERS: [&str; 4] = ["edge", "operator", "platform", "test"];

/// A process in miniature.
#[derive(Debug)]
pub struct Harness {
    /// The clock of everything; it stands still until it is moved.
    pub clock: Arc<MovableClock>,
    /// Time, seeded randomness, ids.
    pub env: Env,
    /// Finds the services that are served here.
    pub mesh: Mesh,
    /// Verifies this harness's tokens.
    pub authenticator: Arc<Authenticator>,
    /// Counts running calls.
    pub tracker: TaskTracker,
    /// The identity of this harness's services, for a mesh of another process.
    pub identities: Arc<ServiceIdentities>,
    secret: [u8; 32],
}

/// Returns the words that a field takes, as the protos list them.
pub fn words(message: &str, field: &str) -> Vec<String> {
    let pool = options::our_pool();
    let message = pool.get_message_by_name(message).expect("a message");
    let field = message.get_field_by_name(field).expect("a field of it");
    let rules = options::read::<sv_proto::options::Field>(pool, &field.options(), options::FIELD);
    rules.unwrap_or_default().words
}

/// The policies of the protos, but for time: what they allow to a call is no matter of tests of services, which run side by
/// side on machines that are busy.
fn policies() -> Arc<PolicyTable> {
    let policies = PolicyTable::ours().expect("policies");
    Arc::new(policies.prolonged(PATIENCE))
}

/// Vouches for nothing but the harness's own secret; no session is ever ended by it.
struct NoAuthority;

#[async_trait]
impl TokenAuthority for NoAuthority {
    async fn keys(&self) -> Result<Vec<Jwk>> {
        Ok(Vec::new())
    }

    async fn revocations(&self, after_version: i64) -> Result<ListRevocationsResponse> {
        Ok(ListRevocationsResponse {
            version: after_version,
            complete: true,
            ..Default::default()
        })
    }

    async fn has_ended(&self, _: Id<Session>) -> Result<bool> {
        Ok(false)
    }
}

impl Harness {
    /// Makes a process in which all services will run.
    pub fn of_all() -> Self {
        let policies = PolicyTable::ours().expect("policies");
        let names: BTreeSet<_> = policies.services().into_values().collect();
        Self::new(&names.into_iter().collect::<Vec<_>>())
    }

    /// Makes a process in which the named services will run.
    pub fn new(local: &[&str]) -> Self {
        let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_000)));
        let env = Env::new(clock.clone(), Arc::new(SeededEntropy::new(1)));
        let mut secret = [0; 32];
        SystemEntropy.fill(&mut secret);
        let keys =
            KeySet::new(TokenSettings::default(), env.clock.clone()).with_secret(KID, &secret);
        let policies = policies();
        let callers = policies.services().into_values().chain(CALLERS);
        let callers: BTreeSet<_> = callers.collect();
        let identities = Arc::new(ServiceIdentities::ephemeral(&env, callers).expect("keys"));
        let authenticator = Authenticator::with_keys(
            env.clone(),
            keys,
            Arc::new(NoAuthority),
            Some(identities.clone()),
        );
        let tracker = TaskTracker::new();
        let mesh = Mesh::new(MeshSettings {
            local: local.iter().map(|name| (*name).to_owned()).collect(),
            urls: std::collections::BTreeMap::new(),
            announcements: None,
            identities: Some(identities.clone()),
            policies,
            env: env.clone(),
            tracker: tracker.clone(),
            tls: None,
        });
        Self {
            clock,
            env,
            mesh,
            authenticator: Arc::new(authenticator),
            tracker,
            identities,
            secret,
        }
    }

    /// Starts the list of services.
    pub fn builder(&self) -> ServerBuilder {
        ServerBuilder::new(ServerSettings {
            env: self.env.clone(),
            policies: policies(),
            authenticator: self.authenticator.clone(),
            limits: crate::Limits::default(),
        })
    }

    /// Adds a fake of another service, with what a process would give it to keep.
    pub fn peer<S: GrpcService>(&self, builder: &mut ServerBuilder, name: &str, fake: S) {
        builder.add(name, fake);
        keeping(builder, name, &MemoryAudit::default());
    }

    /// Adds one fake in the place of every service that there is, and returns what is recorded of calls.
    pub fn all_by<S: GrpcService>(&self, builder: &mut ServerBuilder, fake: &S) -> MemoryAudit {
        let (policies, audit) = (
            PolicyTable::ours().expect("policies"),
            MemoryAudit::default(),
        );
        for (grpc_name, name) in policies.services() {
            builder.add_as(grpc_name, name, fake.clone());
            keeping(builder, name, &audit);
        }
        audit
    }

    /// Closes the list of services and lets the mesh find them.
    pub fn serve(&self, builder: ServerBuilder) -> Server {
        let server = builder.build().expect("a server");
        self.mesh.serve(&server);
        server
    }

    /// Returns the context of a stranger, for `sv_rpc::call`.
    pub fn anonymous(&self) -> Ctx {
        Ctx {
            actor: Actor::Anonymous,
            ids: self.env.ids.clone(),
            ..Ctx::background(
                "test",
                self.env.business_clock.clone(),
                self.env.entropy.clone(),
            )
        }
    }

    /// Returns the context of a signed-in person with a token that the stack accepts.
    pub fn viewer(&self, user: Id<User>, roles: impl IntoIterator<Item = Role> + Clone) -> Ctx {
        self.viewer_of(user, self.env.ids.next(), roles)
    }

    /// The same of a login that is known.
    pub fn viewer_of(
        &self,
        user: Id<User>,
        session: Id<Session>,
        roles: impl IntoIterator<Item = Role> + Clone,
    ) -> Ctx {
        let tenant = Tenant::default();
        let now = self.env.clock.now();
        let settings = TokenSettings::default();
        let claims = AccessClaims::new(&settings, &tenant, user, session, roles.clone(), now);
        let viewer = Viewer {
            user,
            session,
            device: None,
            roles: roles.into_iter().map(i32::from).collect::<RoleSet>(),
            expires_at: Timestamp::from_secs(claims.exp),
            session_ends_at: None,
            profile: None,
            for_child: false,
        };
        Ctx {
            actor: Actor::Viewer(Arc::new(viewer)),
            bearer: Some(Bearer::new(self.sign(&claims))),
            ..self.anonymous()
        }
    }

    /// Signs claims as they are, right or wrong.
    pub fn sign(&self, claims: &AccessClaims) -> String {
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some(ACCESS_TOKEN_TYPE.into());
        header.kid = Some(KID.into());
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(&self.secret))
            .expect("a token")
    }
}

/// Gives a service what it keeps beside its tables.
fn keeping(builder: &mut ServerBuilder, name: &str, audit: &MemoryAudit) {
    builder.idempotency(name, Arc::new(MemoryIdempotency::default()));
    builder.audit(name, Arc::new(audit.clone()));
    builder.targets(name, Arc::new(NoTargets));
}

/// Answers under an `Idempotency-Key`, in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryIdempotency(Arc<Mutex<HashMap<CallKey, Call>>>);

type CallKey = (Tenant, String, String, String);

#[derive(Debug)]
struct Call {
    request: Vec<u8>,
    until: Timestamp,
    answer: Option<StoredAnswer>,
}

struct MemoryClaim(MemoryIdempotency, CallKey);

#[async_trait]
impl IdempotencyStore for MemoryIdempotency {
    async fn begin(
        &self,
        ctx: &Ctx,
        method: &str,
        key: &str,
        request: &[u8],
        runs_for: Duration,
    ) -> Result<Begun> {
        let caller = match &ctx.actor {
            Actor::Viewer(viewer) => viewer.user.to_string(),
            other => format!("{other:?}"),
        };
        let call = (
            ctx.tenant.clone(),
            caller,
            method.to_owned(),
            key.to_owned(),
        );
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match calls.get(&call) {
            Some(known) if known.until <= ctx.now() => {}
            Some(known) if known.request != request => return Ok(Begun::OtherRequest),
            Some(Call {
                answer: Some(answer),
                ..
            }) => return Ok(Begun::Answered(answer.clone())),
            Some(known) => return Ok(Begun::Running(known.until.since(ctx.now()))),
            None => {}
        }
        let running = Call {
            request: request.to_owned(),
            until: ctx.now() + runs_for,
            answer: None,
        };
        calls.insert(call.clone(), running);
        Ok(Begun::Fresh(Box::new(MemoryClaim(self.clone(), call))))
    }
}

#[async_trait]
impl Claim for MemoryClaim {
    fn held_key(&self) -> Option<HeldKey> {
        None
    }

    async fn finish(self: Box<Self>, ctx: &Ctx, answer: StoredAnswer) -> Result<()> {
        let mut calls = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(call) = calls.get_mut(&self.1) {
            call.until = ctx.now() + Duration::from_hours(24);
            call.answer = Some(answer);
        }
        Ok(())
    }

    async fn abandon(self: Box<Self>, _: &Ctx) -> Result<()> {
        self.0
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.1);
        Ok(())
    }
}

/// Audit records, in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryAudit(Arc<Mutex<Vec<Recorded>>>);

/// What the stack has recorded of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The act.
    pub action: String,
    /// Who did it, as a log line shows it.
    pub actor: Actor,
    /// The client's address.
    pub client: Option<std::net::IpAddr>,
    /// What it is about.
    pub subject: Option<(String, String)>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it did not come about; empty where it did.
    pub reason: String,
}

impl MemoryAudit {
    /// Takes the records out.
    pub fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn push(&self, ctx: &Ctx, outcome: Outcome, reason: &str) {
        let Some(trail) = &ctx.trail else { return };
        let subject = trail.subject();
        let recorded = Recorded {
            action: trail.action().to_owned(),
            actor: ctx.actor.clone(),
            client: ctx.client,
            subject: subject.map(|(kind, id)| (kind.into(), id.into())),
            outcome,
            reason: reason.to_owned(),
        };
        let mut records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        records.push(recorded);
    }
}

#[async_trait]
impl AuditLog for MemoryAudit {
    async fn succeeded(&self, ctx: &Ctx) -> Result<()> {
        self.push(ctx, Outcome::Ok, "");
        Ok(())
    }

    async fn refused(&self, ctx: &Ctx, outcome: Outcome, reason: &str) -> Result<()> {
        self.push(ctx, outcome, reason);
        Ok(())
    }
}

/// Budgets of targets that are never used up.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoTargets;

#[async_trait]
impl TargetBudgets for NoTargets {
    async fn admit(&self, _: &Ctx, _: &str) -> Result<Pass> {
        Ok(Pass::default())
    }

    async fn ended(&self, _: &Ctx, _: &str, _: Pass, _: Ended) -> Result<()> {
        Ok(())
    }
}
