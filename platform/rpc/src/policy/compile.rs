//! Compiles policies and says everything that is wrong with them at once.

use std::{sync::Arc, time::Duration};

use prost_reflect::{DescriptorPool, Kind, MessageDescriptor, MethodDescriptor, Value};
use sv_proto::options::{
    Cache, CacheScope, Event, IdempotencyKey, Permission, Plane, Policy, Rate, RateClass, RateKey,
    Require, Rest, Retry, Stream, policy::Access as On,
};

use super::{
    Access, CacheRule, EventName, MethodPolicy, OwnerField, PolicyTable, Resume, StreamRule,
};
use crate::{
    options::{self, EVENT, POLICY, REST},
    roles,
    validate::Compiler,
};

/// How long a call may take, and a stream until it begins.
pub(super) const DEFAULT_DEADLINE: Duration = Duration::from_secs(5);
const STREAM_DEADLINE: Duration = Duration::from_hours(1);
const LONGEST_DEADLINE: Duration = Duration::from_hours(24);
const DEFAULT_IDLE: Duration = Duration::from_mins(10);
const DEFAULT_REQUEST: usize = 1 << 20;
/// The largest message that travels as protobuf; more belongs to `plane: BYTES`.
pub(crate) const LARGEST_MESSAGE: usize = 4 << 20;

pub(super) fn table(pool: &DescriptorPool) -> Result<PolicyTable, Vec<String>> {
    let mut problems = Vec::new();
    let validators = match Compiler::new(pool) {
        Ok(validators) => Some(validators),
        Err(found) => {
            problems.extend(found);
            None
        }
    };
    let events = events(pool);
    let mut table = PolicyTable::default();
    // Ours, and those of others who say policies in our words.
    let says_one =
        |m: MethodDescriptor| options::read::<Policy>(pool, &m.options(), POLICY).is_some();
    let governed = pool.services().filter(|service| {
        service.package_name().starts_with("streamverse.") || service.methods().any(says_one)
    });
    for method in governed.flat_map(|s| s.methods().collect::<Vec<_>>()) {
        let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
        let mut found = Problems::default();
        let policy = Reader {
            pool,
            events: &events,
            method: &method,
            problems: &mut found,
        }
        .policy(&path, validators.as_ref());
        problems.extend(
            found
                .0
                .into_iter()
                .map(|problem| format!("{path}: {problem}")),
        );
        if let Some(policy) = policy {
            table.methods.insert(path, Arc::new(policy));
        }
    }
    if problems.is_empty() {
        Ok(table)
    } else {
        Err(problems)
    }
}

/// Lists the events of our packages.
fn events(pool: &DescriptorPool) -> Vec<EventName> {
    let event = |message: MessageDescriptor| {
        let event: Event = options::read(pool, &message.options(), EVENT)?;
        let service = message.package_name().split('.').nth(1)?;
        Some(EventName {
            message: message.full_name().to_owned(),
            topic: event.topic,
            service: service.to_owned(),
        })
    };
    pool.all_messages().filter_map(event).collect()
}

#[derive(Default)]
struct Problems(Vec<String>);

impl Problems {
    fn when(&mut self, wrong: bool, problem: &str) {
        if wrong {
            self.0.push(problem.to_owned());
        }
    }
}

struct Reader<'a> {
    pool: &'a DescriptorPool,
    events: &'a [EventName],
    method: &'a MethodDescriptor,
    problems: &'a mut Problems,
}

impl Reader<'_> {
    fn policy(mut self, path: &str, validators: Option<&Compiler>) -> Option<MethodPolicy> {
        let options = self.method.options();
        let Some(policy) = options::read::<Policy>(self.pool, &options, POLICY) else {
            self.problems.when(true, "has no policy");
            return None;
        };
        let rest = options::read::<Rest>(self.pool, &options, REST).unwrap_or_default();
        let (client_streaming, server_streaming) = (
            self.method.is_client_streaming(),
            self.method.is_server_streaming(),
        );
        let (safe, repeatable) = self.idempotency();
        let plane = self.known(Plane::try_from(policy.plane).ok(), "plane");
        let access = self.access(&policy, plane);
        let rate = policy.rate.clone().unwrap_or_default();
        let rate_class = match self.known(RateClass::try_from(rate.class).ok(), "rate class") {
            RateClass::Unspecified => RateClass::Default,
            class => class,
        };
        let rate_keys = self.rate_keys(&rate, rate_class);
        let target = self.target(&rate, rate_class);
        let retry = self.known(Retry::try_from(policy.retry).ok(), "retry");
        let deadline = self.deadline(&policy, client_streaming || server_streaming);
        let idempotency_key = self.known(
            IdempotencyKey::try_from(policy.idempotency_key).ok(),
            "idempotency key",
        );
        let honoured = idempotency_key == IdempotencyKey::Honoured;
        self.problems.when(
            honoured && safe,
            "honours an Idempotency-Key but changes nothing",
        );
        self.problems.when(
            honoured && (client_streaming || server_streaming),
            "honours an Idempotency-Key but streams, so its answer cannot be stored",
        );
        self.problems.when(
            honoured && matches!(access, Some(Access::Anonymous | Access::PlayToken)),
            "honours an Idempotency-Key of strangers, who share no memory",
        );
        self.problems.when(
            !policy.audit.is_empty() && server_streaming,
            "is audited but answers with a stream, so its end cannot be recorded",
        );
        let audit_subject = self.subject(&policy);
        let cache = self.cache(policy.cache.as_ref(), safe, access.as_ref());
        let stream = self.stream(policy.stream.as_ref(), plane);
        self.rest(&rest, plane);
        Some(MethodPolicy {
            path: path.to_owned(),
            access: access?,
            rate_class,
            cost: rate.cost.max(1),
            rate_keys,
            target,
            cache,
            deadline,
            stream,
            retryable: repeatable
                && retry != Retry::Never
                && !client_streaming
                && !(server_streaming && plane == Plane::Bytes),
            safe,
            idempotency_key,
            audit: (!policy.audit.is_empty()).then_some(policy.audit),
            audit_subject,
            plane,
            stream_body: self.stream_body(policy.stream_body, plane),
            max_request_bytes: self.max_request(policy.max_request_bytes, plane),
            client_streaming,
            server_streaming,
            rest,
            input: validators?.of(self.method)?,
        })
    }

    fn rest(&mut self, rest: &Rest, plane: Plane) {
        self.problems.when(
            !rest.request_headers.is_empty() && plane != Plane::Bytes,
            "names headers of the request that only a mount could read",
        );
        self.problems.when(
            rest.success_codes
                .iter()
                .any(|code| !(200..300).contains(code)),
            "has a success code that is not 2xx",
        );
    }

    /// Reads `idempotency_level`: (changes nothing, may be repeated).
    fn idempotency(&self) -> (bool, bool) {
        let options = self.method.options();
        match options.get_field_by_name("idempotency_level").as_deref() {
            Some(Value::EnumNumber(1)) => (true, true),
            Some(Value::EnumNumber(2)) => (false, true),
            _ => (false, false),
        }
    }

    fn known<T: Default>(&mut self, value: Option<T>, what: &str) -> T {
        self.problems
            .when(value.is_none(), &format!("has an unknown {what}"));
        value.unwrap_or_default()
    }

    fn access(&mut self, policy: &Policy, plane: Plane) -> Option<Access> {
        let Some(on) = &policy.access else {
            self.problems.when(true, "does not say who may call");
            return None;
        };
        Some(match on {
            On::Anonymous(_) => Access::Anonymous,
            On::Authenticated(on) => Access::Authenticated {
                open_to_browsing: on.open_to_browsing,
                open_to_children: on.open_to_children,
            },
            On::Require(on) => self.require(on),
            On::Service(on) => {
                self.problems.when(
                    on.callers.is_empty(),
                    "is for services but does not name its callers",
                );
                Access::Service {
                    callers: self.callers(&on.callers),
                }
            }
            On::PlayToken(_) => {
                self.problems.when(
                    plane != Plane::Bytes,
                    "takes a playback token, which only the plane BYTES checks",
                );
                Access::PlayToken
            }
        })
    }

    /// Reads names of services.
    fn callers(&mut self, names: &[String]) -> Vec<String> {
        let named =
            |c: &String| !c.is_empty() && c.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        self.problems.when(
            !names.iter().all(named),
            "names a caller that is no service",
        );
        names.to_vec()
    }

    fn require(&mut self, on: &Require) -> Access {
        let any_of: Vec<Permission> = on
            .any_of
            .iter()
            .filter_map(|p| Permission::try_from(*p).ok())
            .collect();
        self.problems.when(
            any_of.len() < on.any_of.len() || any_of.contains(&Permission::Unspecified),
            "requires an unknown permission",
        );
        let owner = (!on.owner_field.is_empty())
            .then(|| self.owner(&on.owner_field))
            .flatten();
        self.problems.when(
            any_of.is_empty() && on.owner_field.is_empty() && on.callers.is_empty(),
            "requires what nobody has",
        );
        Access::Require {
            roles: roles::granting(&any_of),
            owner,
            callers: self.callers(&on.callers),
        }
    }

    fn owner(&mut self, path: &str) -> Option<OwnerField> {
        self.problems.when(
            self.method.is_client_streaming(),
            "reads its owner from a stream, of which only the first message could be checked",
        );
        match resolve(&self.method.input(), path) {
            Ok(numbers) => Some(OwnerField {
                path: path.to_owned(),
                numbers,
            }),
            Err(problem) => {
                self.problems
                    .when(true, &format!("owner_field {path} {problem}"));
                None
            }
        }
    }

    fn rate_keys(&mut self, rate: &Rate, class: RateClass) -> Vec<RateKey> {
        let named: Vec<RateKey> = rate
            .keys
            .iter()
            .filter_map(|key| RateKey::try_from(*key).ok())
            .filter(|key| *key != RateKey::Unspecified)
            .collect();
        self.problems.when(
            named.len() < rate.keys.len(),
            "is counted by an unknown key",
        );
        match class {
            _ if !named.is_empty() => named,
            // Whoever tries passwords need not be signed in, and may be as many people.
            RateClass::Credentials => vec![RateKey::Address],
            _ => vec![RateKey::Caller],
        }
    }

    fn target(&mut self, rate: &Rate, class: RateClass) -> Vec<u32> {
        if rate.target.is_empty() {
            return Vec::new();
        }
        self.problems.when(
            class != RateClass::Credentials,
            "has a target, which only credentials are counted by",
        );
        self.problems.when(
            self.method.is_client_streaming(),
            "reads its target from a stream",
        );
        let found = resolve(&self.method.input(), &rate.target);
        found.unwrap_or_else(|problem| {
            let target = &rate.target;
            self.problems
                .when(true, &format!("the target {target} {problem}"));
            Vec::new()
        })
    }

    fn subject(&mut self, policy: &Policy) -> Vec<u32> {
        if policy.audit_subject.is_empty() {
            return Vec::new();
        }
        self.problems.when(
            policy.audit.is_empty(),
            "names the subject of an act, but no act",
        );
        let found = resolve(&self.method.input(), &policy.audit_subject);
        found.unwrap_or_else(|problem| {
            let subject = &policy.audit_subject;
            self.problems
                .when(true, &format!("audit_subject {subject} {problem}"));
            Vec::new()
        })
    }

    fn deadline(&mut self, policy: &Policy, streams: bool) -> Duration {
        let Some(deadline) = policy.deadline else {
            return if streams {
                STREAM_DEADLINE
            } else {
                DEFAULT_DEADLINE
            };
        };
        let deadline = Duration::try_from(deadline).unwrap_or_default();
        self.problems.when(
            deadline.is_zero() || deadline > LONGEST_DEADLINE,
            "has a deadline outside 0 to 24 h",
        );
        deadline
    }

    fn cache(
        &mut self,
        cache: Option<&Cache>,
        safe: bool,
        access: Option<&Access>,
    ) -> Option<CacheRule> {
        let cache = cache?;
        let scope = self.known(CacheScope::try_from(cache.scope).ok(), "cache scope");
        let max_age = Duration::try_from(cache.max_age.unwrap_or_default()).unwrap_or_default();
        self.problems
            .when(!safe, "is cached but not declared NO_SIDE_EFFECTS");
        self.problems.when(
            scope == CacheScope::Unspecified,
            "is cached but does not say for whom",
        );
        self.problems
            .when(max_age.is_zero(), "is cached but does not say how long");
        self.problems.when(
            self.method.is_client_streaming() || self.method.is_server_streaming(),
            "is cached but streams",
        );
        let everyone = matches!(
            access,
            Some(Access::Anonymous | Access::Authenticated { .. })
        );
        self.problems.when(
            scope == CacheScope::Public && access.is_some() && !everyone,
            "is cached for everyone but not open to everyone",
        );
        let invalidated_by = cache.invalidated_by.iter().filter_map(|name| {
            let mut events = self.events.iter();
            let event = events.find(|event| event.message == *name || event.topic == *name);
            let unknown = format!("is cached until {name}, which is no event");
            self.problems.when(event.is_none(), &unknown);
            event.cloned()
        });
        Some(CacheRule {
            scope,
            max_age,
            invalidated_by: invalidated_by.collect(),
        })
    }

    fn stream(&mut self, stream: Option<&Stream>, plane: Plane) -> StreamRule {
        let streams = self.method.is_server_streaming() && plane != Plane::Bytes;
        self.problems.when(
            stream.is_some() && !streams,
            "says how its stream goes on, but answers with none",
        );
        if !streams {
            return StreamRule::default();
        }
        let stream = stream.cloned().unwrap_or_default();
        let idle = match stream.idle {
            None => DEFAULT_IDLE,
            Some(idle) => Duration::try_from(idle).unwrap_or_default(),
        };
        self.problems
            .when(idle.is_zero(), "has a stream that ends before it begins");
        let token = self.token(&self.method.output(), &stream.resume_token, "resume_token");
        let after = self.token(&self.method.input(), &stream.resume_after, "resume_after");
        self.problems.when(
            stream.resume_token.is_empty() != stream.resume_after.is_empty(),
            "says only half of how its stream is taken up again",
        );
        StreamRule {
            idle,
            resume: token
                .zip(after)
                .map(|(token, after)| Resume { token, after }),
        }
    }

    /// Finds a string of a message by its name.
    fn token(&mut self, message: &MessageDescriptor, name: &str, what: &str) -> Option<u32> {
        if name.is_empty() {
            return None;
        }
        let found = resolve(message, name).and_then(|path| match path[..] {
            [number] => Ok(number),
            _ => Err("is no field of the message itself"),
        });
        found
            .map_err(|problem| {
                let said = format!("{what} {name} {problem}");
                self.problems.when(true, &said);
            })
            .ok()
    }

    fn stream_body(&mut self, streams: bool, plane: Plane) -> bool {
        self.problems.when(
            streams && plane != Plane::Bytes,
            "hands its body on as it arrives, which only the plane BYTES does",
        );
        streams
    }

    fn max_request(&mut self, bytes: u32, plane: Plane) -> usize {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        self.problems.when(
            bytes > LARGEST_MESSAGE && plane != Plane::Bytes,
            "takes messages above 4 MiB, which belong to the plane BYTES",
        );
        if bytes == 0 { DEFAULT_REQUEST } else { bytes }
    }
}

/// Resolves a path of singular fields that ends in a string.
fn resolve(input: &MessageDescriptor, path: &str) -> Result<Vec<u32>, &'static str> {
    let mut numbers = Vec::new();
    let mut kind = Kind::Message(input.clone());
    for name in path.split('.') {
        let Kind::Message(message) = kind else {
            return Err("goes through a field that is no message");
        };
        let field = message
            .get_field_by_name(name)
            .ok_or("is not a field of the request")?;
        if field.is_list() || field.is_map() {
            return Err("goes through a list");
        }
        if field
            .containing_oneof()
            .is_some_and(|of| !of.is_synthetic())
        {
            return Err("goes through a oneof, which another field may empty");
        }
        numbers.push(field.number());
        kind = field.kind();
    }
    if kind == Kind::String {
        Ok(numbers)
    } else {
        Err("is not a string")
    }
}
