//! What every call passes on its way to a method, in this order.

use std::{
    collections::HashMap,
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures::FutureExt as _;
use http::{HeaderMap, HeaderValue, Method as HttpMethod, Request, Response, StatusCode, header};
use http_body_util::Full;
use sv_kernel::{Bearer, Ctx, Error, Result, Trail, idempotency::Claim};
use sv_proto::common::CommonReason;
use tokio_util::sync::CancellationToken;
use tonic::{Code, body::Body};
use tracing::Instrument as _;

use super::{
    Handler, Method, ServerSettings,
    admission::{Identity, Unidentified, identify},
    audited::Audited,
    once::{Turn, settle, take_turn},
    run,
    stream::Checked,
};
use crate::{
    Env, Intake,
    body::{Ends, Watched, Why, panicked},
    budget::{self, Admitted},
    conditions,
    context::{self, Arrived},
    frame::{self, PREFIX},
    header::unusable,
    heavy::heavy,
    intake::Held,
    names,
    policy::{self, LARGEST_MESSAGE, MethodPolicy, Plane, Verdict},
    status::{end_code, status},
    timeout, trace,
};

pub(super) struct Stack {
    pub(super) settings: ServerSettings,
    pub(super) intake: Intake,
    pub(super) methods: HashMap<String, Arc<Method>>,
    pub(super) open: HashMap<&'static str, Handler>,
    /// Says that streams end.
    pub(super) leaving: CancellationToken,
}

impl Stack {
    pub(super) async fn serve(&self, request: Request<Body>) -> Response<Body> {
        if let Some(refused) = not_grpc(&request) {
            return refused;
        }
        let path = request.uri().path();
        let Some(method) = self.methods.get(path).cloned() else {
            return self.serve_open(request).await;
        };
        // 1. Trace: everything from here on is logged under the request's id.
        let request_id = context::request_id(&self.settings.env, request.headers());
        // The caller may be in this very task; its span is told by `traceparent`, as from afar.
        let span = tracing::info_span!(parent: None, "rpc", rpc.method = method.measures.method(), request.id = &*request_id);
        let audited = Audited::of(&method);
        let told = Told {
            audited: audited.clone(),
            traceparent: trace::adopt(&span, request.headers()),
            request_id,
        };
        // 2. Metrics: counted when the answer has ended.
        let (started, under_way) = (Instant::now(), method.measures.begin());
        let served = AssertUnwindSafe(self.call(method.clone(), request, told))
            .catch_unwind()
            .instrument(span.clone());
        let failed = |error| (span.in_scope(|| status(error)).into_http(), None, None);
        let (response, ends, permit) = match served.await {
            Ok(Ok(Served {
                response,
                ends,
                permit,
            })) => (response, ends, Some(permit)),
            Ok(Err(error)) => failed(error),
            Err(_) => failed(panicked()),
        };
        // 10. Audit: whatever became of the call.
        let response = match audited {
            Some(audited) => audited.record(response).instrument(span).await,
            None => response,
        };
        finish(response, ends.unwrap_or_default(), move |code| {
            method.measures.record(code, started.elapsed());
            drop((permit, under_way));
        })
    }

    /// Answers what is no RPC of ours: health, reflection.
    pub(super) async fn serve_open(&self, request: Request<Body>) -> Response<Body> {
        if let Some(refused) = not_grpc(&request) {
            return refused;
        }
        let service = crate::identity::gate::audience(request.uri().path());
        match self.open.get(service) {
            Some(handler) => run(handler, request).await,
            None => status(CommonReason::Unimplemented.into()).into_http(),
        }
    }

    async fn call(
        &self,
        method: Arc<Method>,
        request: Request<Body>,
        told: Told,
    ) -> Result<Served> {
        let policy = &method.policy;
        let (mut head, body) = request.into_parts();
        // 3. Deadline: what the caller says, at most what the method may take.
        let asked = asked(&head.headers)?;
        let begun = Instant::now();
        let age = begun + policy.deadline;
        let deadline = asked.map_or(age, |asked| age.min(begun + asked));
        let begins_by = deadline.min(begun + policy.timeout());
        // 4. Concurrency: a bounded number at once, the rest is refused and not queued.
        let permit = method.permits.clone().try_acquire_owned();
        let permit = permit.map_err(|_| CommonReason::Overloaded)?;
        let mut token = None;
        let work = async {
            // 5. Identity.
            let authenticator = &self.settings.authenticator;
            let extensions = &mut head.extensions;
            let who = identify(authenticator, extensions, &head.headers, policy).await;
            told.saw(&self.settings.env, &head.headers, &who, deadline);
            let who = who.map_err(|unidentified| unidentified.error)?;
            // 6. Policy: the role before the body is read, ownership by its final bytes.
            let verdict = policy::by_role(&who.caller, policy, policy::Settings::default())?;
            if policy.plane == Plane::Bytes {
                return Err(Error::from(CommonReason::ServedOverHttp));
            }
            let gzip = gzip(&head.headers)?;
            let arrived = Arrived {
                caller: who.caller.clone(),
                tenant: who.tenant,
                bearer: who.bearer,
                request_id: told.request_id.clone(),
                traceparent: told.traceparent.clone(),
                deadline,
            };
            token.clone_from(&arrived.bearer);
            let ctx = self.context(policy, &head.headers, arrived, &told)?;
            head.extensions.clear();
            head.extensions.insert(ctx.clone());
            head.headers.remove("grpc-encoding");
            if policy.client_streaming {
                let body = Body::new(Checked::new(body, policy.clone(), gzip));
                let sent = Request::from_parts(head, body);
                return self.take_in(&method, sent, token.clone()).await;
            }
            let mut held = self.intake.hold();
            let (message, framed) = one(&ctx, policy, body, gzip, &mut held).await?;
            if let Verdict::IfOwner(viewer, field) = verdict {
                policy::is_owner(viewer, field, &message)?;
            }
            told.about(policy, &message);
            // 7. Validation.
            policy.input.check(&message)?;
            // The budget of what the call aims at.
            let admitted = Admitted::ask(method.targets.as_ref(), policy, &ctx, &message).await?;
            // 8. Idempotency: what is not valid is not remembered.
            let turn = take_turn(&method, &ctx, &message).await?;
            // 9. The method.
            let request = Request::from_parts(head, Body::new(Full::new(framed)));
            let response = match turn {
                // The first call has left its record.
                Turn::Again(response) => {
                    ctx.changes_nothing();
                    return Ok(response);
                }
                Turn::Plain => run(&method.handler, request).await,
                Turn::First(claim) => first(&method, &ctx, claim, request).await,
            };
            if let Some(admitted) = admitted {
                admitted
                    .ended(&ctx, budget::ended(response.headers()))
                    .await;
            }
            Ok(response)
        };
        let response = tokio::time::timeout_at(begins_by.into(), work)
            .await
            .map_err(|_| Error::from(CommonReason::DeadlineExceeded))??;
        let ends = policy.server_streaming.then(|| Ends {
            deadline: asked.map(|asked| begun + asked),
            age: Some(age),
            idle: Some(policy.stream.idle),
            told: Some(Box::pin(self.told(token))),
        });
        Ok(Served {
            response,
            ends,
            permit,
        })
    }

    /// Runs a method whose caller goes on sending: the token is asked for as often as that of who is being told.
    async fn take_in(
        &self,
        method: &Method,
        request: Request<Body>,
        token: Option<Bearer>,
    ) -> Result<Response<Body>> {
        tokio::select! {
            biased;
            response = run(&method.handler, request) => Ok(response),
            why = self.told(token) => Err(why),
        }
    }

    /// Makes the context of a call.
    fn context(
        &self,
        policy: &MethodPolicy,
        headers: &HeaderMap,
        arrived: Arrived,
        told: &Told,
    ) -> Result<Ctx> {
        let mut ctx = context::read(&self.settings.env, headers, arrived)?;
        ctx.trail = told.trail();
        let key = conditions::idempotency_key(headers, policy.idempotency_key)?;
        ctx.idempotency_key = key.map(Arc::from);
        Ok(ctx)
    }

    /// Returns why a stream has to end before its time: the process goes, or the token that opened it
    /// does not hold any more. A stream outlives neither its session nor its token.
    fn told(&self, token: Option<Bearer>) -> impl Future<Output = Error> + Send + use<> {
        let (leaving, authenticator) = (self.leaving.clone(), self.settings.authenticator.clone());
        let every = self.settings.limits.token_every;
        let refused = async move {
            let Some(token) = token else {
                return std::future::pending().await;
            };
            loop {
                tokio::time::sleep(every).await;
                if let Err(refused) = authenticator.verify(token.reveal()).await {
                    return refused;
                }
            }
        };
        async move {
            tokio::select! {
                biased;
                () = leaving.cancelled() => Why::Draining.error(),
                refused = refused => refused,
            }
        }
    }
}

/// By what names the logs and traces of a call go.
struct Told {
    audited: Option<Audited>,
    request_id: Arc<str>,
    traceparent: Option<Arc<str>>,
}

impl Told {
    fn trail(&self) -> Option<Trail> {
        self.audited.as_ref().map(|audited| audited.trail().clone())
    }

    /// Tells the call's audit record who calls.
    fn saw(
        &self,
        env: &Env,
        headers: &HeaderMap,
        who: &Result<Identity, Unidentified>,
        deadline: Instant,
    ) {
        if let Some(audited) = &self.audited {
            audited.seen(env, headers, who, &self.request_id, deadline);
        }
    }

    /// Tells the call's audit record what the call is about.
    fn about(&self, policy: &MethodPolicy, message: &[u8]) {
        if let Some(audited) = &self.audited {
            audited.about(policy, message);
        }
    }
}

struct Served {
    response: Response<Body>,
    /// What ends its stream.
    ends: Option<Ends>,
    permit: tokio::sync::OwnedSemaphorePermit,
}

/// Reads the one message of a request, and its frame.
async fn one(
    ctx: &Ctx,
    policy: &MethodPolicy,
    body: Body,
    gzip: bool,
    held: &mut Held,
) -> Result<(Bytes, Bytes)> {
    let limit = policy.max_request_bytes;
    let framed = frame::collect(body, limit + PREFIX, Some(held)).await?;
    let packed = if gzip { framed.len() } else { 0 };
    let unpack = move || frame::one_message(framed, gzip, limit);
    let (message, framed) = heavy(ctx.client, packed, unpack).await??;
    if gzip {
        held.grow(message.len())?;
    }
    Ok((message, framed))
}

/// Runs the method for the first call under a key; its answer is remembered.
async fn first(
    method: &Method,
    ctx: &Ctx,
    claim: Box<dyn Claim>,
    mut request: Request<Body>,
) -> Response<Body> {
    request.extensions_mut().insert(Ctx {
        held_key: claim.held_key(),
        ..ctx.clone()
    });
    let response = run(&method.handler, request).await;
    settle(claim, ctx, response).await
}

/// Refuses what is no gRPC at all.
fn not_grpc(request: &Request<Body>) -> Option<Response<Body>> {
    let refuse = |code| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = code;
        Some(response)
    };
    if request.method() != HttpMethod::POST {
        return refuse(StatusCode::METHOD_NOT_ALLOWED);
    }
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .map(HeaderValue::as_bytes);
    // Media types know no case; messages are protobuf and nothing else.
    let essence = kind.and_then(|kind| kind.split(|byte| *byte == b';').next());
    let is = |other: &[u8]| {
        essence.is_some_and(|kind| kind.trim_ascii_end().eq_ignore_ascii_case(other))
    };
    if is(b"application/grpc") || is(b"application/grpc+proto") {
        None
    } else {
        refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE)
    }
}

/// Reads how long the caller waits, less what the answer needs on its way.
fn asked(headers: &HeaderMap) -> Result<Option<Duration>> {
    let Some(value) = headers.get(names::TIMEOUT) else {
        return Ok(None);
    };
    let asked = value.to_str().ok().and_then(timeout::read);
    let asked = asked
        .ok_or_else(|| unusable(names::TIMEOUT, "it is not one to eight digits and a unit"))?;
    Ok(Some(timeout::less_margin(asked)))
}

/// Says whether messages may be gzip; other encodings are refused.
fn gzip(headers: &HeaderMap) -> Result<bool> {
    match headers.get("grpc-encoding").map(HeaderValue::as_bytes) {
        None | Some(b"identity") => Ok(false),
        Some(b"gzip") => Ok(true),
        Some(_) => Err(Error::from(CommonReason::Unimplemented).because("unknown grpc-encoding")),
    }
}

/// Watches the answer to its end.
fn finish(
    response: Response<Body>,
    ends: Ends,
    on_end: impl FnOnce(Code) + Send + 'static,
) -> Response<Body> {
    // An answer that is only a status has ended already.
    if let Some(code) = end_code(response.headers()) {
        on_end(code);
        return response;
    }
    response.map(|body| Body::new(Watched::new(body, LARGEST_MESSAGE, ends, Box::new(on_end))))
}
