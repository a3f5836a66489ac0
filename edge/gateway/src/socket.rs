//! WebSocket: one call each, on the route of its RPC.

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use sv_listen::Upgrade;
use sv_streams::{Bounds, Farewell, Handshake, Misuse, Socket, Takes, Talk, Unfit, is_of_page};
use tonic::{Code, body::Body};

use crate::{
    again::Sent, call::Call, failure::Failure, stream_limit::CallPermit, upload::Reader, work::Work,
};

/// How messages are read and written.
struct Spoken {
    reader: Reader,
    binding: usize,
}

impl Talk for Spoken {
    type Failure = Failure;

    fn read(&self, json: &[u8]) -> Result<Bytes, Failure> {
        self.reader.read(json)
    }

    fn write(&self, message: &[u8], out: &mut Vec<u8>) -> Result<(), Failure> {
        Ok(self
            .reader
            .table()
            .plan
            .write_json(self.binding, message, out)?)
    }

    fn misuse(&self, misuse: &Misuse) -> Failure {
        match misuse {
            Misuse::TooLarge { limit } => Failure::too_large(*limit),
            Misuse::Idle => Failure::new(
                StatusCode::REQUEST_TIMEOUT,
                Code::Aborted,
                misuse.to_string(),
            ),
            misuse => Failure::invalid(misuse.to_string()),
        }
    }

    fn farewell(&self, failure: Failure) -> Farewell {
        let json = failure.json(self.reader.table());
        Farewell {
            error: String::from_utf8_lossy(&json).into_owned(),
            code: failure.close_code(),
            reason: failure.name(),
        }
    }
}

/// Answers what asks for a WebSocket.
pub(crate) fn open(
    work: &Work<'_>,
    metadata: HeaderMap,
    permit: CallPermit,
) -> Result<Response<Body>, Failure> {
    let (core, head) = (work.core, work.head);
    let handshake = Handshake::read(head).map_err(unfit)?;
    let origins = &core.options.origins;
    if !is_of_page(head, |origin| origins.iter().any(|one| one == origin)) {
        let message = "pages of this origin may not open a WebSocket here";
        return Err(Failure::new(
            StatusCode::FORBIDDEN,
            Code::PermissionDenied,
            message,
        ));
    }
    let method = work.matched.method();
    let takes = match (method.client_streaming, work.matched.takes_body()) {
        (true, true) => Takes::Many,
        (false, true) => Takes::One,
        (_, false) => Takes::Given(work.bind(&[])?),
    };
    let spoken = Spoken {
        reader: Reader::of(work, Some("application/json")),
        binding: work.matched.index(),
    };
    let bounds = Bounds {
        message: core.options.max_request_bytes,
        beat: core.options.heartbeat,
        write: core.options.connections.write(),
        idle: Some(core.options.idle),
    };
    let call = Call::of(&core.options, work.rpc, work.until);
    let ended = core.ended(head, permit);
    let upgrade = Upgrade::new(move |tunnel| async move {
        let calling = move |body| {
            let opened = stream::once(call.open(metadata, Sent::Once(body)));
            let answers = opened.map_ok(|opened| opened.answers.map_err(Failure::from));
            answers.try_flatten().boxed()
        };
        let socket = Socket::new(spoken, bounds);
        socket.hold(tunnel, takes, calling, ended).await;
    });
    let mut response = handshake.answer();
    response.extensions_mut().insert(upgrade);
    Ok(response)
}

fn unfit(unfit: Unfit) -> Failure {
    let failure = Failure::invalid(unfit.to_string());
    match unfit {
        Unfit::Version => Failure::new(
            StatusCode::UPGRADE_REQUIRED,
            Code::InvalidArgument,
            unfit.to_string(),
        )
        .with(
            header::SEC_WEBSOCKET_VERSION,
            HeaderValue::from_static("13"),
        ),
        _ => failure,
    }
}
