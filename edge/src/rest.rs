//! REST: from an HTTP request to the bytes of one message, and from the answer's bytes to JSON.

mod answer;
mod form;
mod mount;
mod pack;
mod pieces;
mod socket;
mod stream;
mod upload;

use std::{borrow::Cow, sync::Arc};

use bytes::Bytes;
use http::{HeaderMap, Method, Response, header, request};
use http_body::Body as _;
use sv_kernel::{Country, Error, Result, Tenant};
use sv_proto::common::CommonReason;
use sv_rest::{BindError, Matched, Parts, route::RouteError};
use sv_rpc::{
    Held, heavy,
    identity::Verified,
    policy::{self, Caller, MethodPolicy},
};
use sv_streams::{Handshake, shown_token};
use tonic::body::Body;

use crate::{
    cache::{CacheKey, CacheSlot, Found},
    call::{call, let_refuse},
    edge::Core,
    rate::RateLimitStatus,
    refusal::Refusal,
    request_info::{RequestInfo, locate, single},
    rpcs::Rpc,
    ticket, whole,
};
pub(crate) use answer::{Success, has_version};
use form::Form;
pub(crate) use form::{ranges, weight};
pub(crate) use pack::takes_gzip;
use stream::Wanted;

/// Answers a REST request.
pub(crate) async fn serve(
    core: &Arc<Core>,
    info: &RequestInfo,
    head: &request::Parts,
    body: Body,
) -> Response<Body> {
    let path = head.uri.path();
    let query = head.uri.query().unwrap_or_default();
    let socket = Handshake::asked(head)
        .then(|| core.plan.socket(path, query))
        .flatten();
    let is_socket = socket.is_some();
    let routed = match socket {
        Some(matched) => Ok(matched),
        None => core.plan.route(head.method.as_str(), path, query),
    };
    let mut rate_limit = None;
    let place = routed.as_ref().ok().map(Matched::index);
    let (rpc, route) = match place.and_then(|place| core.rpcs.of_binding(place)) {
        Some((rpc, route)) => (rpc.as_deref(), Some(route.clone())),
        None => (None, None),
    };
    let answered = async {
        let shown = Shown::of(core, info, head, rpc).await?;
        let work = Work {
            core,
            info,
            method: &head.method,
            uri: &head.uri,
            query: &shown.query,
            headers: &shown.headers,
            socket: is_socket.then_some(head),
        };
        work.run(routed, rpc, body, &mut rate_limit).await
    };
    let answered = answered.await;
    let mut response = answered.unwrap_or_else(|refusal| core.refuse(info, &head.headers, refusal));
    if let Some(rate_limit) = rate_limit {
        rate_limit.write(response.headers_mut());
    }
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}

/// What a request shows of itself.
struct Shown<'r> {
    query: Cow<'r, str>,
    headers: Cow<'r, HeaderMap>,
}

impl<'r> Shown<'r> {
    /// Reads it as it is; where it opens a stream with a ticket, as if it came with the token that the
    /// ticket stands for.
    async fn of(
        core: &Core,
        info: &RequestInfo,
        head: &'r request::Parts,
        rpc: Option<&Rpc>,
    ) -> Result<Self> {
        let query = head.uri.query().unwrap_or_default();
        let as_it_is = Self {
            query: query.into(),
            headers: Cow::Borrowed(&head.headers),
        };
        let streams = rpc.is_some_and(|rpc| {
            let policy = &rpc.policy;
            (policy.server_streaming || policy.client_streaming) && !rpc.is_bytes()
        });
        // Pages can set no header of a WebSocket but the names of what they speak.
        if let Some(token) =
            shown_token(&head.headers).filter(|_| streams && Handshake::asked(head))
            && !head.headers.contains_key(header::AUTHORIZATION)
        {
            return Ok(Self {
                headers: Cow::Owned(ticket::with_token(&head.headers, token)?),
                ..as_it_is
            });
        }
        let (Some(ticket), rest) = ticket::split(query) else {
            return Ok(as_it_is);
        };
        if !streams {
            return Ok(as_it_is);
        }
        // Whoever shows a token needs no ticket, which might be another's.
        if head.headers.contains_key(header::AUTHORIZATION) {
            return Ok(Self {
                query: rest,
                ..as_it_is
            });
        }
        let path = head.uri.path();
        let headers = core.redeem(info, &head.headers, ticket, path).await?;
        Ok(Self {
            query: rest,
            headers: Cow::Owned(headers),
        })
    }
}

/// A request under way.
struct Work<'r> {
    core: &'r Arc<Core>,
    info: &'r RequestInfo,
    method: &'r Method,
    uri: &'r http::Uri,
    query: &'r str,
    headers: &'r HeaderMap,
    /// The request as it came, where it asks for a WebSocket.
    socket: Option<&'r request::Parts>,
}

/// What is to be called, and how its answer is given.
struct Asked<'a> {
    matched: &'a Matched<'a>,
    rpc: &'a Rpc,
    form: Form,
    /// Where the caller is.
    country: Option<Country>,
    /// Where the answer may be remembered.
    slot: Option<CacheSlot>,
}

impl Work<'_> {
    /// Chooses what the answer looks like, of what the caller takes.
    fn form(&self, streams: bool, matched: &Matched<'_>) -> Result<Form, Refusal> {
        if streams {
            Wanted::of(self.headers)?;
            return Ok(Form::Envelope);
        }
        Ok(Form::of(self.headers, matched.answers_http_body())?)
    }

    /// Takes a request through all steps. Their order is the order of refusals (C43): too many
    /// calls, route, identity, role, form, size and type, content, owner.
    async fn run(
        &self,
        routed: Result<Matched<'_>, RouteError>,
        rpc: Option<&Rpc>,
        body: Body,
        rate_limit: &mut Option<RateLimitStatus>,
    ) -> Result<Response<Body>, Refusal> {
        // 1. 429: the budget of the call's class.
        let admission = self.core.admit(self.info, self.headers, rpc).await;
        *rate_limit = admission.rate_limit;
        if let Some(beyond) = admission.beyond() {
            return Err(beyond.into());
        }
        // 2. 404 and 405.
        let matched = routed.map_err(not_routed)?;
        let rpc = rpc.ok_or(CommonReason::RouteNotFound)?;
        let policy = &*rpc.policy;
        // 3. 401.
        let verified = match admission.verified() {
            Ok(verified) => verified,
            Err(refusal) => return Err(self.refused(rpc, None, refusal).await),
        };
        let caller = Caller {
            service: None,
            viewer: verified.as_ref().map(|verified| verified.viewer.clone()),
        };
        // 4. 401 and 403 by role, before the body is looked at.
        if !rpc.owner_decides()
            && let Err(refusal) = policy::decide(&caller, policy, &[], self.core.options.access())
        {
            return Err(self.refused(rpc, verified, refusal).await);
        }
        if matched.method().http_mount {
            return self.mount(matched.method(), rpc, body).await;
        }
        if let Some(head) = self.socket {
            return self.open_socket(head, &matched, rpc, &caller, verified);
        }
        // 5. 406.
        let streams = policy.server_streaming;
        let form = self.form(streams, &matched)?;
        // A look ahead has no effects (C8).
        if let Some(response) = self.look_ahead(rpc) {
            return Ok(response);
        }
        if policy.client_streaming {
            let answered = self.upload(&matched, rpc, verified, body, form).await;
            return answered
                .map_err(|refusal| refusal.rename_fields(|field| matched.as_sent(field)));
        }
        // 6. 413, 415 and 400.
        let mut held = self.core.intake.hold();
        let body = self.read(body, policy.max_request_bytes, &mut held).await?;
        let mut wire = heavy(Some(self.info.client), body.len(), || {
            matched.bind(self.parts(&body))
        })
        .await?
        .map_err(|error| not_bound(&error))?;
        self.go_on(rpc, &mut wire)?;
        // 7. 403 by owner, on the bytes that the service will read.
        if rpc.owner_decides() {
            policy::decide(&caller, policy, &wire, self.core.options.access())?;
        }
        if streams {
            return self.stream(&matched, rpc, verified, &wire).await;
        }
        // 8. What is remembered, or the call.
        let place @ (_, country) = self.place(verified.as_ref());
        let slot = match self.look_up(&matched, policy, &caller, place, &wire)? {
            Found::Remembered(success) => {
                return Ok(self.success(&success, &matched, policy, form));
            }
            Found::Fetch(slot) => Some(slot),
            Found::Pass => None,
        };
        let asked = Asked {
            matched: &matched,
            rpc,
            form,
            country,
            slot,
        };
        let answered = self.call(asked, verified, &wire).await;
        let answered =
            answered.map_err(|refusal| refusal.rename_fields(|field| matched.as_sent(field)));
        if !policy.safe {
            self.core.cache.wrote(rpc.service());
        }
        answered
    }

    /// Returns whose caller it is, and in which country.
    fn place<'a>(&'a self, verified: Option<&'a Arc<Verified>>) -> (&'a Tenant, Option<Country>) {
        let tenant = verified.map_or(&self.info.tenant, |verified| &verified.tenant);
        (tenant, self.info.country(&self.core.options, tenant))
    }

    /// Looks for an answer among those that are remembered: it is for those whom the service would answer.
    fn look_up(
        &self,
        matched: &Matched<'_>,
        policy: &MethodPolicy,
        caller: &Caller,
        place: (&Tenant, Option<Country>),
        wire: &[u8],
    ) -> Result<Found, Refusal> {
        let rule = policy.cache.as_ref();
        let Some(rule) =
            rule.filter(|_| self.core.options.cache.enabled && !matched.answers_http_body())
        else {
            return Ok(Found::Pass);
        };
        sv_rpc::check_told(self.headers)?;
        let viewer = caller.viewer.as_deref();
        let key = CacheKey::of(rule, matched.index(), place, viewer, self.headers, wire);
        Ok(self.core.cache.look_up(key, rule))
    }

    /// Sees to the audit record of a refusal.
    async fn refused(&self, rpc: &Rpc, verified: Option<Arc<Verified>>, error: Error) -> Refusal {
        let_refuse(rpc, verified, self.info.metadata(self.headers)).await;
        error.into()
    }

    async fn call(
        &self,
        asked: Asked<'_>,
        verified: Option<Arc<Verified>>,
        wire: &[u8],
    ) -> Result<Response<Body>, Refusal> {
        let Asked {
            matched,
            rpc,
            form,
            country,
            slot,
        } = asked;
        let mut metadata = self.info.metadata(self.headers);
        locate(&mut metadata, country);
        let limit = self.core.options.max_response_bytes;
        let answer = call(rpc, verified, metadata, wire, limit).await?;
        if matched.answers_http_body() {
            return self.bytes(matched, &answer.metadata, &answer.message);
        }
        let success = heavy(Some(self.info.client), answer.message.len(), || {
            Success::of(matched, &rpc.policy, &answer.metadata, &answer.message)
        })
        .await??;
        if let Some(slot) = slot {
            self.core.cache.fill(slot, &success);
        }
        Ok(self.success(&success, matched, &rpc.policy, form))
    }

    /// Reads the body whole, within its time and size. A packed body is refused unread: nothing
    /// here unpacks, so nothing can be blown up.
    async fn read(&self, body: Body, limit: usize, held: &mut Held) -> Result<Bytes, Refusal> {
        if body.is_end_stream() {
            return Ok(Bytes::new());
        }
        if self.is_packed() {
            let refusal = Refusal::from(CommonReason::EncodingUnsupported);
            return Err(refusal.with_header(header::ACCEPT_ENCODING, "identity"));
        }
        let too_large = || Error::from(CommonReason::TooLarge).with("limit", limit);
        let declared = self
            .headers
            .get(header::CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        if declared.is_some_and(|length| length > limit) {
            return Err(too_large().into());
        }
        let whole = whole::read(body, limit, self.core.options.body_time(), held).await?;
        Ok(whole.ok_or_else(too_large)?)
    }

    fn parts<'b>(&'b self, body: &'b [u8]) -> Parts<'b> {
        Parts {
            query: self.query,
            // Two types, or one that cannot be read, are no type that a call takes.
            content_type: self
                .headers
                .contains_key(header::CONTENT_TYPE)
                .then(|| single(self.headers, "content-type").unwrap_or("unreadable")),
            body,
        }
    }

    /// Says whether a content coding was applied to the body (RFC 9110 8.4).
    fn is_packed(&self) -> bool {
        let codings = self.headers.get_all(header::CONTENT_ENCODING).iter();
        codings
            .flat_map(|list| list.as_bytes().split(|byte| *byte == b','))
            .map(<[u8]>::trim_ascii)
            .any(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity"))
    }

    /// Answers `HEAD` of calls that have effects, without making them.
    fn look_ahead(&self, rpc: &Rpc) -> Option<Response<Body>> {
        if rpc.policy.safe || self.method != Method::HEAD {
            return None;
        }
        let mut response = Response::new(Body::empty());
        let no_store = http::HeaderValue::from_static("no-store");
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, no_store);
        Some(response)
    }
}

fn not_routed(error: RouteError) -> Refusal {
    match error {
        RouteError::NotFound => CommonReason::RouteNotFound.into(),
        RouteError::Invalid { problem } => Error::from(CommonReason::PathInvalid)
            .with("problem", problem)
            .into(),
        RouteError::MethodNotAllowed { allow } => Refusal::of_method(&allow.join(", ")),
    }
}

fn not_bound(error: &BindError) -> Refusal {
    let (reason, problem): (_, Cow<'_, str>) = match error {
        BindError::Query { problem } => (CommonReason::QueryInvalid, problem.into()),
        BindError::Path { problem } => (CommonReason::PathInvalid, problem.into()),
        BindError::Json(error) => (CommonReason::JsonInvalid, error.to_string().into()),
        BindError::MediaType => return CommonReason::UnsupportedMediaType.into(),
        BindError::IdRequired => return CommonReason::IdRequired.into(),
    };
    Error::from(reason).with("problem", problem).into()
}
