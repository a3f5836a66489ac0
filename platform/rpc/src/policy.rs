//! What each RPC says about itself, compiled once from the descriptors.
//!
//! One table, two enforcers: the edge refuses early, the server stack decides.

mod compile;
mod decide;
mod matrix;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, LazyLock},
    time::Duration,
};

use prost_reflect::DescriptorPool;
use sv_kernel::RoleSet;
pub use sv_proto::options::{CacheScope, IdempotencyKey, Plane, RateClass, RateKey, Rest};

pub(crate) use self::compile::LARGEST_MESSAGE;
pub use self::decide::{Caller, EDGE, OPERATOR, PLATFORM, Settings, decide};
pub(crate) use self::decide::{Verdict, by_role, is_owner};
use crate::{options, validate::Validator, wire};

/// The policies of all RPCs of `streamverse.*` packages, and of other services that say some, by path.
#[derive(Debug, Default)]
pub struct PolicyTable {
    methods: HashMap<String, Arc<MethodPolicy>>,
}

/// What an RPC says about itself.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one statement of the protos"
)]
#[derive(Clone, Debug)]
pub struct MethodPolicy {
    /// The path of its calls, e.g. `/streamverse.auth.v1.AuthService/Login`.
    pub path: String,
    /// Who may call.
    pub access: Access,
    /// The budget that a call draws from.
    pub rate_class: RateClass,
    /// How much of the budget one call costs, at least 1.
    pub cost: u32,
    /// By what the edge counts the call; it draws from all of these budgets.
    pub rate_keys: Vec<RateKey>,
    /// The request field, in numbers, that says what the call aims at; the service counts by it.
    pub target: Vec<u32>,
    /// What the edge may remember.
    pub cache: Option<CacheRule>,
    /// The longest that a call, or the whole stream, may take.
    pub deadline: Duration,
    /// How its stream of answers goes on.
    pub stream: StreamRule,
    /// Whether the platform may repeat a call that failed with UNAVAILABLE.
    pub retryable: bool,
    /// Whether the RPC is declared to change nothing.
    pub safe: bool,
    /// What an `Idempotency-Key` does.
    pub idempotency_key: IdempotencyKey,
    /// The act that a call's audit record names.
    pub audit: Option<String>,
    /// The request field, in numbers, that says what the act is about.
    pub audit_subject: Vec<u32>,
    /// How the answer's bytes travel.
    pub plane: Plane,
    /// Whether the body goes on to the service's HTTP mount as it arrives, however long it is.
    pub stream_body: bool,
    /// The largest request message in bytes.
    pub max_request_bytes: usize,
    /// Whether the caller sends a stream.
    pub client_streaming: bool,
    /// Whether the method answers with a stream.
    pub server_streaming: bool,
    /// Matters of HTTP only.
    pub rest: Rest,
    /// Checks requests.
    pub input: Validator,
}

/// Who may call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone.
    Anonymous,
    /// Anyone who is signed in.
    Authenticated {
        /// Open to anonymous callers where anonymous browsing is allowed (C24).
        open_to_browsing: bool,
        /// Open to sessions that are bound to a profile for children.
        open_to_children: bool,
    },
    /// Someone with a role, the owner, or a service; never a child.
    Require {
        /// Roles that grant one of the permissions.
        roles: RoleSet,
        /// The request field that holds the owner's user id.
        owner: Option<OwnerField>,
        /// Names of our own services that may call, too.
        callers: Vec<String>,
    },
    /// Our own services.
    Service {
        /// Their names; there is no "any service".
        callers: Vec<String>,
    },
    /// The bearer of a playback token, which the service's HTTP mount checks.
    PlayToken,
}

/// Where a request holds its owner's user id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerField {
    /// The path as the proto spells it.
    pub path: String,
    /// The path in field numbers.
    pub numbers: Vec<u32>,
}

/// How a stream of answers goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamRule {
    /// The longest silence; zero where there is no stream.
    pub idle: Duration,
    /// How it is taken up again where it broke off.
    pub resume: Option<Resume>,
}

/// The fields by which a stream is taken up again. Both are strings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resume {
    /// The number of the answers' field that says where they stand.
    pub token: u32,
    /// The number of the request's field that says behind what the stream begins.
    pub after: u32,
}

/// What the edge may remember.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheRule {
    /// For whom.
    pub scope: CacheScope,
    /// How long at most.
    pub max_age: Duration,
    /// The events that make remembered answers stale.
    pub invalidated_by: Vec<EventName>,
}

/// An event that some message says it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EventName {
    /// The full name of the message, e.g. `streamverse.content.v1.ContentChanged`.
    pub message: String,
    /// The bus topic.
    pub topic: String,
    /// The service that tells of it, e.g. `content`.
    pub service: String,
}

impl Resume {
    /// Reads where a message of the stream stands.
    pub fn of(&self, message: &[u8]) -> Option<String> {
        let token = wire::last_string(message, &[self.token]).ok()??;
        (!token.is_empty()).then(|| token.to_owned())
    }

    /// Has a request ask for what stands behind a token, whatever it asked for before.
    pub fn put(&self, token: &str, request: &mut Vec<u8>) {
        prost::encoding::string::encode(self.after, &token.to_owned(), request);
    }
}

impl PolicyTable {
    /// Returns the same, but that every call may take so many times as long: for tests.
    pub(crate) fn prolonged(&self, times: u32) -> Self {
        let prolonged = |policy: &MethodPolicy| {
            let mut policy = policy.clone();
            policy.deadline *= times;
            Arc::new(policy)
        };
        let methods = self.methods.iter();
        let methods = methods.map(|(path, policy)| (path.clone(), prolonged(policy)));
        Self {
            methods: methods.collect(),
        }
    }

    /// Compiles the policies of a descriptor set; lists everything that is wrong with them.
    pub fn compile(pool: &DescriptorPool) -> Result<Self, Vec<String>> {
        compile::table(pool)
    }

    /// Returns the policies of this build, or what is wrong with them.
    pub fn ours() -> Result<Arc<Self>, Vec<String>> {
        static OURS: LazyLock<Result<Arc<PolicyTable>, Vec<String>>> =
            LazyLock::new(|| PolicyTable::compile(options::our_pool()).map(Arc::new));
        OURS.clone()
    }

    /// Finds a policy by its path, `/package.Service/Method`.
    pub fn get(&self, path: &str) -> Option<&Arc<MethodPolicy>> {
        self.methods.get(path)
    }

    /// Lists all policies by path.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<MethodPolicy>> {
        let mut all: Vec<_> = self.methods.values().collect();
        all.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        all.into_iter()
    }

    /// Lists the policies of one service, e.g. `streamverse.auth.v1.AuthService`.
    pub fn of_service(&self, service: &str) -> impl Iterator<Item = &Arc<MethodPolicy>> {
        self.methods
            .values()
            .filter(move |m| m.service() == service)
    }

    /// Lists our gRPC services: `streamverse.auth.v1.AuthService`, and the service `auth` that it belongs to.
    pub fn services(&self) -> BTreeMap<&str, &str> {
        let grpc = self.methods.values().map(|method| method.service());
        grpc.filter_map(|name| Some((name, name.split('.').nth(1)?)))
            .collect()
    }

    /// Renders who may call what as Markdown: one row per RPC, one column per kind of caller.
    pub fn matrix(&self) -> String {
        matrix::render(self)
    }
}

impl MethodPolicy {
    /// Returns the full name of the service, e.g. `streamverse.auth.v1.AuthService`.
    pub fn service(&self) -> &str {
        self.path
            .trim_start_matches('/')
            .split('/')
            .next()
            .unwrap_or_default()
    }

    /// Returns the name of the method, e.g. `Login`.
    pub fn method(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// Says whether an access token that comes along matters. Where callers show other credentials, to
    /// sign in, to refresh or to play, an old one must not be in their way; bytes are opened by their
    /// address alone.
    pub fn reads_token(&self) -> bool {
        let shows_other = match self.access {
            Access::PlayToken => true,
            Access::Anonymous => {
                self.rate_class == RateClass::Credentials || self.plane == Plane::Bytes
            }
            _ => false,
        };
        !shows_other
    }

    /// Returns how long a caller waits for the answer to begin: a stream lasts longer than that.
    pub fn timeout(&self) -> Duration {
        if self.server_streaming && self.plane != Plane::Bytes {
            self.deadline.min(compile::DEFAULT_DEADLINE)
        } else {
            self.deadline
        }
    }

    /// Says whether the request is one message, not a stream.
    pub const fn takes_one(&self) -> bool {
        !self.client_streaming
    }
}
