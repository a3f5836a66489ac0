//! REST: from an HTTP request to a call, and from what the service answers to an HTTP answer.

use std::{sync::Arc, time::Duration};

use futures::future::{BoxFuture, Either, pending, select};
use http::{HeaderMap, Method, Response, StatusCode, header, request::Parts as Head};
use http_body::Body as _;
use sv_listen::Peer;
use sv_streams::{Handshake, framed};
use tokio::time::Instant;
use tonic::{Code, body::Body, metadata::MetadataMap};

use crate::{
    again::Sent,
    answer::Answer,
    answer_limit::AnswerShare,
    call::{Call, Opened},
    core::{Core, caller},
    failure::{Failure, not_found},
    grpc, metadata, socket,
    stream::{self, Source},
    stream_limit::CallPermit,
    table::Table,
    upload,
    work::{FORM, Work},
};

/// How long the answer to a caller that streams waits for its first message, which says how the answer begins: one who
/// waits for the answer before saying more would wait for ever.
const FIRST_WORD: Duration = Duration::from_secs(1);

/// Answers a REST request.
pub(crate) async fn serve(
    core: &Arc<Core>,
    table: &Arc<Table>,
    peer: &Peer,
    request: (&Head, Body),
) -> Response<Body> {
    let (head, body) = request;
    let response = match Work::begin(core, table, peer, (head, body)).await {
        Ok(response) => response,
        Err(failure) if failure.is_not_found() && is_call(table, head) => grpc::unwritten(),
        Err(failure) => failure.respond(table),
    };
    if head.method == Method::HEAD {
        return without_body(response);
    }
    response
}

/// Says whether a request calls an RPC by its path, and in what no RPC takes and no REST client writes.
fn is_call(table: &Table, head: &Head) -> bool {
    let kind = head.headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let of_rest = kind.is_empty() || kind.starts_with(FORM) || kind.contains("json");
    !of_rest && head.method == Method::POST && table.of_path(head.uri.path()).is_some()
}

/// Keeps of an answer what `HEAD` shows.
fn without_body(response: Response<Body>) -> Response<Body> {
    let (mut head, body) = response.into_parts();
    if let Some(length) = body.size_hint().exact() {
        head.headers.insert(header::CONTENT_LENGTH, length.into());
    }
    Response::from_parts(head, Body::empty())
}

impl<'r> Work<'r> {
    async fn begin(
        core: &'r Arc<Core>,
        table: &'r Arc<Table>,
        peer: &Peer,
        (head, body): (&'r Head, Body),
    ) -> Result<Response<Body>, Failure> {
        let query = head.uri.query().unwrap_or_default();
        let socket = Handshake::asked(head)
            .then(|| table.plan.socket(head.uri.path(), query))
            .flatten();
        let is_socket = socket.is_some();
        let matched = match socket {
            Some(matched) => matched,
            None => table
                .plan
                .route(head.method.as_str(), head.uri.path(), query)?,
        };
        let rpc = table.rpc(matched.binding().method).ok_or_else(not_found)?;
        let waits = metadata::timeout(&head.headers)?;
        let method = matched.method();
        let streams = method.server_streaming;
        let most = waits.or(if method.client_streaming || is_socket {
            Some(core.options.stream)
        } else {
            core.options.timeout.filter(|_| !streams)
        });
        let work = Work {
            core,
            table,
            head,
            rpc,
            until: most.and_then(|most| Instant::now().checked_add(most)),
            matched,
        };
        let metadata = metadata::request(head, peer.address.ip())?;
        if is_socket {
            let permit = core.permit(head, peer, rpc, work.until).await?;
            return socket::open(&work, metadata, permit);
        }
        let of_stream = if rpc.streams {
            Some(core.permit(head, peer, rpc, work.until).await?)
        } else {
            None
        };
        let mut held = core.intake.hold();
        let (body, broken) = if method.client_streaming && work.matched.takes_body() {
            let (body, broken) = upload::begin(&work, body)?;
            (Sent::Once(body), broken)
        } else {
            let body = work.read(body, &mut held).await?;
            let message = work.bind(&body)?;
            let never: BoxFuture<'static, Failure> = Box::pin(pending());
            (Sent::Whole(framed(&message)), never)
        };
        let permit = match of_stream {
            Some(permit) => permit,
            None => core.permit(head, peer, rpc, work.until).await?,
        };
        let share = core.answer_limit.share(caller(head, peer));
        let answered = work.call(metadata, (body, broken), permit, share).await;
        drop(held);
        match answered {
            Err(failure) if streams => Ok(failure.respond_framed(table)),
            answered => answered,
        }
    }

    async fn call(
        &self,
        metadata: HeaderMap,
        (body, broken): (Sent, BoxFuture<'static, Failure>),
        permit: CallPermit,
        share: AnswerShare,
    ) -> Result<Response<Body>, Failure> {
        let method = self.matched.method();
        let mut call = Call::of(&self.core.options, self.rpc, self.until);
        if !method.server_streaming {
            call = call.counted(share.clone());
        }
        let opening: BoxFuture<'static, _> = Box::pin(call.open(metadata, body));
        if method.server_streaming {
            let leaving = self.core.ended(self.head, permit);
            let ended = async move { select(broken, leaving).await.factor_first().0 };
            let timeout = method.client_streaming.then_some(FIRST_WORD);
            let source = Source::begin(opening, Box::pin(ended), timeout).await?;
            return Ok(stream::respond(self, source));
        }
        let one = async {
            let opened = opening.await?;
            one_message(opened, self.until).await
        };
        let answer = match select(broken, std::pin::pin!(one)).await {
            Either::Left((failure, _)) => return Err(failure),
            Either::Right((answer, _)) => answer?,
        };
        // The service is done with it.
        drop(permit);
        share.set(answer.message.len())?;
        answer.respond(&self.matched, &self.head.headers, share)
    }
}

/// Reads the answer of a call that has one message.
async fn one_message(opened: Opened, until: Option<Instant>) -> Result<Answer, Failure> {
    let Opened {
        metadata,
        mut answers,
    } = opened;
    let internal =
        |what: &str| Failure::new(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, what);
    let Some(message) = stream::next(&mut answers, until).await? else {
        return Err(internal("the service answered without a message"));
    };
    if stream::next(&mut answers, until).await?.is_some() {
        return Err(internal("the service answered with several messages"));
    }
    let trailers = answers.trailers().await?.map(MetadataMap::into_headers);
    Ok(Answer {
        metadata,
        message,
        trailers: trailers.unwrap_or_default(),
    })
}
