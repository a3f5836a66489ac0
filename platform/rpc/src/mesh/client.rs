//! The client stack: what happens to a call before it leaves and after it failed.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, Uri, Version};
use http_body_util::{BodyExt as _, Full, Limited};
use sv_kernel::{BoxError, Error};
use sv_proto::common::CommonReason;
use tonic::{Code, Status, body::Body};
use tower::ServiceExt as _;

use super::{
    Permit,
    hop::Hop,
    peer::{Chosen, Peer},
};
use crate::{
    Env,
    body::{Ends, Watched},
    frame::{self, PREFIX},
    header::unusable,
    identity::{InProcessIdentity, ServiceIdentities, Verified, gate},
    names,
    policy::{LARGEST_MESSAGE, MethodPolicy, PolicyTable},
    status::{Wish, end_code, push_back, pushback, status},
    timeout, trace,
    transport::Unreachable,
};

/// Pauses before the repeats; each is shortened by up to half, so that callers spread.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(100),
    Duration::from_millis(200),
    Duration::from_millis(400),
];
/// The deadline of calls whose method has no policy.
const FOREIGN: Duration = Duration::from_secs(5);
/// How much longer than allowed a stream is taken from a service that does not end it.
const LATE: Duration = Duration::from_secs(10);

pub(super) struct Client {
    pub(super) peer: Arc<Peer>,
    pub(super) me: Arc<str>,
    pub(super) policies: Arc<PolicyTable>,
    pub(super) env: Env,
    pub(super) identities: Option<Arc<ServiceIdentities>>,
    pub(super) hop: Hop,
}

/// How often a call is made at most of which the service has seen nothing.
const ARRIVALS: usize = 3;

/// What one attempt came to.
struct Attempt {
    response: Response<Body>,
    /// Whether the service may have seen the call.
    arrived: bool,
    /// What it says against the service, if no other replica makes up for it.
    fault: Option<Fault>,
    /// Why the service was not reached.
    unreached: Option<Unreachable>,
}

/// What fails.
#[derive(Clone, Copy)]
enum Fault {
    /// The service cannot be reached.
    Endpoint,
    /// It answers nothing sound to the method.
    Method,
}

/// A call on its way, for as many attempts as it takes.
struct Outgoing {
    uri: Uri,
    headers: HeaderMap,
    /// Who calls, for a service of this process.
    in_process: Option<InProcessIdentity>,
    policy: Option<Arc<MethodPolicy>>,
    deadline: Instant,
    /// Until when its answer has to begin, whatever attempts that takes: a stream lasts longer than that.
    begins_by: Instant,
    /// Whether the caller has said how long it waits.
    asked: bool,
}

impl Client {
    /// Makes a call. Whatever happens is an answer with a status, never an error of transport.
    pub(super) async fn call(
        self: Arc<Self>,
        request: Request<Body>,
    ) -> Result<Response<Body>, Unreachable> {
        let (path, begin) = (request.uri().path().to_owned(), Instant::now());
        let answer = self.run(request).await.unwrap_or_else(|error| {
            let mut answer = status(error);
            if answer.code() == Code::Unavailable {
                push_back(&mut answer);
            }
            answer.into_http()
        });
        // Paths without a policy, health for one, are chosen by the program, too.
        let code = end_code(answer.headers()).unwrap_or(Code::Ok);
        self.hop.record(&self.me, &path, code, begin.elapsed());
        Ok(answer)
    }

    async fn run(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        let (
            http::request::Parts {
                uri,
                mut headers,
                mut extensions,
                ..
            },
            body,
        ) = request.into_parts();
        let policy = self.policies.get(uri.path()).cloned();
        // 1. Deadline: what the caller has left, at most what the method may take.
        let asked = headers.contains_key(names::TIMEOUT);
        let deadline = deadline(&headers, policy.as_deref())?;
        trace::inject(&mut headers);
        // 2. Identity: ours, never one that came in from outside.
        headers.remove(names::SERVICE);
        let verified = extensions.remove::<Arc<Verified>>();
        let in_process = self.sign(&uri, &mut headers, verified)?;
        let timeout = policy.as_ref().map_or(FOREIGN, |policy| policy.timeout());
        let call = Outgoing {
            uri,
            headers,
            in_process,
            policy,
            deadline,
            begins_by: deadline.min(Instant::now() + timeout),
            asked,
        };
        // 3. Retries, each through 4. the breaker.
        self.peer.budget.deposit();
        match &call.policy {
            Some(policy) if policy.retryable || (policy.takes_one() && !self.peer.is_here()) => {
                let limit = policy.max_request_bytes.max(LARGEST_MESSAGE) + PREFIX;
                let body = frame::collect(body, limit, None).await?;
                let last = if policy.retryable {
                    self.repeat(&call, body).await?
                } else {
                    self.send(&call, body).await?
                };
                Ok(self.settled(&call, last))
            }
            _ => {
                let only = self.attempt(&call, body).await?;
                Ok(self.settled(&call, only))
            }
        }
    }

    /// Tells the breakers what became of a call, where its attempts did not, and the log why it reached nobody.
    fn settled(&self, call: &Outgoing, last: Attempt) -> Response<Body> {
        if let Some(cause) = &last.unreached {
            let chain = sv_kernel::causes(cause);
            tracing::warn!(
                peer.service = self.peer.name,
                rpc.method = call.method(),
                error.cause = chain,
                "peer not reached"
            );
        }
        let breakers = &self.peer.breakers;
        match last.fault {
            Some(Fault::Endpoint) => breakers.endpoint.failed(),
            Some(Fault::Method) => breakers.of(call.method()).failed(),
            None => {}
        }
        last.response
    }

    /// Makes an attempt, and at once another where the service has certainly seen nothing of it: a
    /// replica that went or is going costs no call, whatever the call does.
    async fn send(&self, call: &Outgoing, body: Bytes) -> Result<Attempt, Error> {
        for _ in 1..ARRIVALS {
            let full = Body::new(Full::new(body.clone()));
            let attempt = self.attempt(call, full).await?;
            if attempt.arrived {
                return Ok(attempt);
            }
        }
        self.attempt(call, Body::new(Full::new(body))).await
    }

    async fn repeat(&self, call: &Outgoing, body: Bytes) -> Result<Attempt, Error> {
        let mut pauses = PAUSES.iter();
        loop {
            let attempt = self.send(call, body.clone()).await?;
            let Some(failure) = repeatable(&attempt.response) else {
                return Ok(attempt);
            };
            let give_up = |failure| Attempt {
                response: give_up(failure),
                ..attempt
            };
            // The peer may ask for a pause of its own, or for none of this.
            let pause = match (pauses.next(), pushback(&failure)) {
                (None, _) | (_, Some(Wish::Never)) => return Ok(give_up(failure)),
                (Some(_), Some(Wish::After(asked))) => asked,
                (Some(pause), None) => self.jittered(*pause),
            };
            let left = call.begins_by.saturating_duration_since(Instant::now());
            if pause >= left || !self.peer.budget.withdraw() {
                return Ok(give_up(failure));
            }
            let (caller, peer) = (self.me.clone(), self.peer.name.clone());
            metrics::counter!("streamverse_rpc_client_retries_total", "caller" => caller, "peer" => peer)
                .increment(1);
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt(&self, call: &Outgoing, body: Body) -> Result<Attempt, Error> {
        let retryable = call.policy.as_ref().is_some_and(|p| p.retryable);
        let chosen = self.choose(retryable).await?;
        let open = |wait| {
            Error::from(CommonReason::Unavailable)
                .retry_after(wait)
                .because(format!("a breaker of {} is open", self.peer.name))
        };
        let breakers = &self.peer.breakers;
        let of_method = breakers.of(call.method());
        let endpoint = breakers.endpoint.admit().map_err(open)?;
        let method = of_method.admit().map_err(open)?;
        let now = Instant::now();
        let left = call.begins_by.saturating_duration_since(now);
        if left.is_zero() {
            return Err(CommonReason::DeadlineExceeded.into());
        }
        let request = call.request(call.deadline.saturating_duration_since(now), body);
        let elsewhere = chosen.timeout(left).filter(|_| retryable);
        let limits = [endpoint.limit(), method.limit(), elsewhere]
            .into_iter()
            .flatten();
        let timeout = limits.fold(left, Duration::min);
        let answer = async {
            let response = chosen.transport().oneshot(request).await?;
            // A connection may break within an answer: known in time, the call can be repeated.
            match &call.policy {
                Some(policy) if !policy.server_streaming && !self.peer.is_here() => {
                    whole(response).await
                }
                _ => Ok(response),
            }
        };
        match tokio::time::timeout(timeout, answer).await {
            Ok(Ok(response)) => {
                endpoint.succeeded();
                Ok(self.heard(call, &chosen, method, response).await)
            }
            // The connection counts the time, too.
            Ok(Err(cause)) if !cause.is_timeout() => {
                let counts = chosen.lost(false);
                Ok(Attempt {
                    response: status(CommonReason::Unavailable.into()).into_http(),
                    arrived: !cause.never_arrived(),
                    fault: counts
                        .then(|| found(&chosen, Fault::Endpoint, endpoint))
                        .flatten(),
                    unreached: Some(cause),
                })
            }
            Err(_) | Ok(Err(_)) => {
                // Someone who waits for a moment only learns nothing about the peer; where it goes on
                // elsewhere, half of its time was for this replica.
                let probe = endpoint.limit().or(method.limit()).is_some();
                let parts = if elsewhere.is_some() { 4 } else { 2 };
                let waited = probe || timeout >= call.timeout() / parts;
                let counts = waited && chosen.lost(true);
                if elsewhere.is_some() {
                    return Ok(Attempt {
                        response: status(CommonReason::Unavailable.into()).into_http(),
                        arrived: true,
                        fault: counts.then_some(Fault::Method),
                        unreached: None,
                    });
                }
                if counts {
                    method.failed();
                }
                Err(CommonReason::DeadlineExceeded.into())
            }
        }
    }

    /// Takes the answer of a service to an attempt.
    async fn heard(
        &self,
        call: &Outgoing,
        chosen: &Chosen<'_>,
        method: Permit<'_>,
        response: Response<Body>,
    ) -> Attempt {
        if is_unknown(&response) {
            // It was refused before anything was done, and says nothing about the method.
            if let Some(identities) = &self.identities {
                identities.publish_again().await;
            }
            return Attempt {
                response,
                arrived: false,
                fault: None,
                unreached: None,
            };
        }
        let fault = if !speaks_against(&response) {
            chosen.answered();
            method.succeeded();
            None
        } else if chosen.lost(true) {
            found(chosen, Fault::Method, method)
        } else {
            None
        };
        Attempt {
            response: call.watch(response),
            arrived: true,
            fault,
            unreached: None,
        }
    }

    /// Chooses where an attempt goes.
    async fn choose(&self, may_try: bool) -> Result<Chosen<'_>, Error> {
        // A service that is not there yet is no failing one: nobody waits for it.
        let unavailable = |cause: BoxError| Error::from(CommonReason::Unavailable).because(cause);
        let chosen = self.peer.choose(may_try).await;
        chosen
            .map_err(|cause| unavailable(cause.into()))?
            .ok_or_else(|| unavailable(format!("{} has not started yet", self.peer.name).into()))
    }

    /// Says who calls: by a value within the process, by a token to another.
    fn sign(
        &self,
        uri: &Uri,
        headers: &mut HeaderMap,
        verified: Option<Arc<Verified>>,
    ) -> Result<Option<InProcessIdentity>, Error> {
        if self.peer.is_here() {
            let service = self.me.clone();
            return Ok(Some(InProcessIdentity { service, verified }));
        }
        let Some(identities) = &self.identities else {
            return Ok(None);
        };
        show(identities, &self.me, uri.path(), headers)?;
        Ok(None)
    }

    fn jittered(&self, pause: Duration) -> Duration {
        let mut random = [0];
        self.env.entropy.fill(&mut random);
        pause.saturating_sub(pause * u32::from(random[0]) / 512)
    }
}

/// Shows to a service in another process who calls.
pub(super) fn show(
    identities: &ServiceIdentities,
    me: &Arc<str>,
    path: &str,
    headers: &mut HeaderMap,
) -> Result<(), Error> {
    let token = identities.token(me, gate::audience(path))?;
    let mut value = HeaderValue::from_str(&token)
        .map_err(|cause| Error::from(CommonReason::Internal).because(cause))?;
    value.set_sensitive(true);
    headers.insert(names::SERVICE, value);
    Ok(())
}

impl Outgoing {
    /// Returns the method's path, or nothing for one without a policy.
    fn method(&self) -> &str {
        self.policy.as_ref().map_or("", |policy| &policy.path)
    }

    /// Returns how long an answer has to begin.
    fn timeout(&self) -> Duration {
        self.policy
            .as_ref()
            .map_or(FOREIGN, |policy| policy.timeout())
    }

    fn streams(&self) -> bool {
        self.policy
            .as_ref()
            .is_none_or(|p| p.server_streaming || p.client_streaming)
    }

    /// Makes the request of one attempt.
    fn request(&self, left: Duration, body: Body) -> Request<Body> {
        let mut request = Request::new(body);
        *request.method_mut() = Method::POST;
        *request.version_mut() = Version::HTTP_2;
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        request.headers_mut().remove(names::TIMEOUT);
        // A stream lasts as long as its service lets it, unless its caller says less.
        if (self.asked || !self.streams())
            && let Ok(value) = HeaderValue::from_str(&timeout::write(timeout::less_margin(left)))
        {
            let name = HeaderName::from_static(names::TIMEOUT);
            request.headers_mut().insert(name, value);
        }
        if let Some(in_process) = &self.in_process {
            request.extensions_mut().insert(in_process.clone());
        }
        request
    }

    /// Ends a stream at the deadline, even if the peer does not. A service of this process has the stack that does.
    fn watch(&self, response: Response<Body>) -> Response<Body> {
        if !self.streams() || self.in_process.is_some() {
            return response;
        }
        // The service itself says why a stream ends; this is for one that says nothing.
        let deadline = if self.asked {
            self.deadline
        } else {
            self.deadline + LATE
        };
        response.map(|body| {
            let ends = Ends {
                deadline: Some(deadline),
                ..Ends::default()
            };
            Body::new(Watched::new(body, LARGEST_MESSAGE, ends, Box::new(|_| {})))
        })
    }
}

/// Tells a breaker of a fault, or leaves that to the call: what one of several replicas does says little
/// about the service.
fn found(chosen: &Chosen<'_>, fault: Fault, permit: Permit<'_>) -> Option<Fault> {
    if chosen.is_one_of_several() {
        return Some(fault);
    }
    permit.failed();
    None
}

fn deadline(headers: &HeaderMap, policy: Option<&MethodPolicy>) -> Result<Instant, Error> {
    let allowed = policy.map_or(FOREIGN, |policy| policy.deadline);
    let asked =
        match headers.get(names::TIMEOUT) {
            None => allowed,
            Some(value) => value.to_str().ok().and_then(timeout::read).ok_or_else(|| {
                unusable(names::TIMEOUT, "it is not one to eight digits and a unit")
            })?,
        };
    Ok(Instant::now() + asked.min(allowed))
}

/// Reads an answer to its end.
async fn whole(response: Response<Body>) -> Result<Response<Body>, Unreachable> {
    if end_code(response.headers()).is_some() {
        return Ok(response);
    }
    let (head, body) = response.into_parts();
    let body = Limited::new(body, LARGEST_MESSAGE + PREFIX);
    let collected = body.collect().await.map_err(Unreachable)?;
    let trailers = collected.trailers().cloned();
    let full = Full::new(collected.to_bytes());
    let full = full.with_trailers(async move { trailers.map(Ok) });
    Ok(Response::from_parts(head, Body::new(full)))
}

/// Says whether the peer does not know this process's key.
fn is_unknown(response: &Response<Body>) -> bool {
    let refused = end_code(response.headers()) == Some(Code::Unavailable);
    let answered = refused.then(|| Status::from_header_map(response.headers()));
    let reason = answered.flatten().map(crate::error);
    reason.is_some_and(|reason| reason.is(&CommonReason::ServiceUnknown))
}

/// Returns the status of an answer that may be worth repeating: `UNAVAILABLE`, and `CONTENDED`.
fn repeatable(response: &Response<Body>) -> Option<Status> {
    let answered = || Status::from_header_map(response.headers());
    match end_code(response.headers()) {
        Some(Code::Unavailable) => answered(),
        Some(Code::Aborted) => answered().filter(|answered| {
            let reason = crate::error(answered.clone());
            reason.is(&CommonReason::Contended)
        }),
        _ => None,
    }
}

/// Says whether an answer counts against the peer. One that a healthy peer only relays does not.
fn speaks_against(response: &Response<Body>) -> bool {
    let failure = repeatable(response).filter(|answer| answer.code() == Code::Unavailable);
    failure.is_some_and(|failure| pushback(&failure) != Some(Wish::Never))
}

/// The last answer, with word to everyone up the chain not to start over.
fn give_up(mut failure: Status) -> Response<Body> {
    push_back(&mut failure);
    failure.into_http()
}
