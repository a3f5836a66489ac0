//! Requests of many messages, which go on as they arrive.

use std::sync::Arc;

use bytes::Bytes;
use futures::{
    Stream,
    future::BoxFuture,
    stream::{self, StreamExt as _},
};
use http_body_util::BodyExt as _;
use sv_listen::Silence;
use sv_rest::{Parts, Place};
use sv_streams::{Arrivals, Fault, of_document, sending};
use tonic::body::Body;

use crate::{failure::Failure, table::Table, work::Work};

/// Reads the messages of a request.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    table: Arc<Table>,
    place: Place,
    query: String,
    content_type: Option<String>,
}

impl Reader {
    pub(crate) fn of(work: &Work<'_>, content_type: Option<&str>) -> Self {
        Self {
            table: work.table.clone(),
            place: work.matched.place(),
            query: work.head.uri.query().unwrap_or_default().to_owned(),
            content_type: content_type.map(str::to_owned),
        }
    }

    pub(crate) fn table(&self) -> &Arc<Table> {
        &self.table
    }

    /// Reads one message.
    pub(crate) fn read(&self, body: &[u8]) -> Result<Bytes, Failure> {
        let parts = Parts {
            query: &self.query,
            content_type: self.content_type.as_deref(),
            body,
        };
        Ok(self.table.plan.bind(&self.place, parts)?.into())
    }
}

/// Makes the body of the call, and what tells why it breaks off.
pub(crate) fn begin(
    work: &Work<'_>,
    body: Body,
) -> Result<(Body, BoxFuture<'static, Failure>), Failure> {
    work.refuse_packed()?;
    let options = &work.core.options;
    if let Some(silence) = work.head.extensions.get::<Silence>() {
        silence.allow(options.idle);
    }
    let content_type = work.content_type()?;
    let (sent, broken) = if work.matched.takes_http_body() {
        sending(pieces(Reader::of(work, content_type), body))
    } else {
        let reader = Reader::of(work, content_type.map(of_document));
        // What is wrong with the type is said before anything is sent.
        if let Err(failure) = reader.read(b"{}")
            && failure.is_of_type()
        {
            return Err(failure);
        }
        let room = work.core.intake.room();
        let arrivals = Arrivals::new(body, options.max_request_bytes, room);
        sending(documents(reader, arrivals))
    };
    Ok((sent, Box::pin(broken.reason())))
}

fn documents(
    reader: Reader,
    arrivals: Arrivals,
) -> impl Stream<Item = Result<Bytes, Failure>> + Send {
    stream::unfold(Some((reader, arrivals)), |state| async {
        let (reader, mut arrivals) = state?;
        match arrivals.next().await {
            Ok(None) => None,
            Ok(Some(document)) => match reader.read(&document) {
                Ok(message) => Some((Ok(message), Some((reader, arrivals)))),
                Err(failure) => {
                    let place = format!("message {}: ", arrivals.count());
                    Some((Err(failure.behind(&place)), None))
                }
            },
            Err(fault) => Some((Err(fault.into()), None)),
        }
    })
}

/// Each piece of bytes as it comes is a message; there is at least one, which says the type.
fn pieces(reader: Reader, body: Body) -> impl Stream<Item = Result<Bytes, Failure>> + Send {
    let data = body
        .into_data_stream()
        .map(|piece| piece.map_err(|_| Failure::from(Fault::BrokeOff { messages: 0 })));
    let begin = stream::iter([Ok(Bytes::new())]);
    // The first piece is empty only where all is.
    let data = begin.chain(data);
    stream::unfold(
        (reader, Box::pin(data), true),
        |(reader, mut data, first)| async move {
            let piece = data.next().await?;
            let piece = match piece {
                Ok(empty) if first && empty.is_empty() => match data.next().await {
                    Some(next) => next,
                    None => Ok(empty),
                },
                piece => piece,
            };
            let message = piece.and_then(|piece| reader.read(&piece));
            Some((message, (reader, data, false)))
        },
    )
}
