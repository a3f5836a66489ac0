//! RPCs that are answered by a stream.

use futures::{StreamExt as _, stream};
use http::HeaderMap;
use prost_types::Any;
use tokio::sync::mpsc;
use tonic::{Status, Streaming};

use super::{Answered, Answers, begin, delay, ending, info, once::Carries};
use crate::pb::{
    BidiStreamRequest, BidiStreamResponse, ConformancePayload, ServerStreamRequest,
    ServerStreamResponse, StreamResponseDefinition, conformance_payload::RequestInfo,
};

/// A request that says by what it wants to be answered.
pub(super) trait Asks: super::Named {
    /// What is answered; and whether after each request, or when all are read.
    fn definition(&self) -> (Option<StreamResponseDefinition>, bool);
}

impl Asks for ServerStreamRequest {
    fn definition(&self) -> (Option<StreamResponseDefinition>, bool) {
        (self.response_definition.clone(), false)
    }
}

impl Asks for BidiStreamRequest {
    fn definition(&self) -> (Option<StreamResponseDefinition>, bool) {
        (self.response_definition.clone(), self.full_duplex)
    }
}

impl Carries for ServerStreamResponse {
    fn of(payload: ConformancePayload) -> Self {
        Self {
            payload: Some(payload),
        }
    }
}

impl Carries for BidiStreamResponse {
    fn of(payload: ConformancePayload) -> Self {
        Self {
            payload: Some(payload),
        }
    }
}

/// Answers as the first request says; the answer begins at once.
pub(super) async fn answer<I: Asks, O: Carries>(
    headers: HeaderMap,
    mut messages: Streaming<I>,
) -> Answered<O> {
    let first = messages.message().await?;
    let (definition, full_duplex) = first.as_ref().map(Asks::definition).unwrap_or_default();
    let definition = definition.unwrap_or_default();
    let response_headers = definition.response_headers.clone();
    let (send, sent) = mpsc::channel(1);
    let call = Call {
        headers,
        requests: first.iter().map(info::any).collect(),
        definition,
        answered: 0,
        send,
    };
    let end = async move {
        call.run(messages, full_duplex)
            .await
            .unwrap_or_else(|end| end)
    };
    Ok(begin(&response_headers, streamed(sent, end)))
}

/// A call under way.
struct Call<O> {
    headers: HeaderMap,
    /// What came since the last answer.
    requests: Vec<Any>,
    definition: StreamResponseDefinition,
    answered: usize,
    send: mpsc::Sender<O>,
}

impl<O: Carries> Call<O> {
    /// Answers; returns how the answer ends.
    async fn run<I: Asks>(
        mut self,
        mut messages: Streaming<I>,
        full_duplex: bool,
    ) -> Result<Status, Status> {
        if full_duplex {
            while self.answer_next(true).await {
                match messages.message().await? {
                    Some(message) => self.requests.push(info::any(&message)),
                    None => break,
                }
            }
        } else {
            while let Some(message) = messages.message().await? {
                self.requests.push(info::any(&message));
            }
        }
        while self.answer_next(false).await {}
        let info = (self.answered == 0).then(|| info::of(&self.headers, self.requests));
        let trailers = &self.definition.response_trailers;
        Ok(ending(self.definition.error, info.as_ref(), trailers))
    }

    /// Sends the next answer, if there is one. The first tells of the request; in full duplex the others
    /// tell which messages came meanwhile.
    async fn answer_next(&mut self, full_duplex: bool) -> bool {
        let Some(data) = self.definition.response_data.get(self.answered) else {
            return false;
        };
        let data = data.clone();
        let requests = std::mem::take(&mut self.requests);
        let request_info = if self.answered == 0 {
            Some(info::of(&self.headers, requests))
        } else {
            full_duplex.then(|| RequestInfo {
                requests,
                ..RequestInfo::default()
            })
        };
        self.answered += 1;
        delay(self.definition.response_delay_ms).await;
        let payload = ConformancePayload { data, request_info };
        self.send.send(O::of(payload)).await.is_ok()
    }
}

/// Streams what is sent while `end` runs, and then the end.
fn streamed<O: Send + 'static>(
    sent: mpsc::Receiver<O>,
    end: impl Future<Output = Status> + Send + 'static,
) -> Answers<O> {
    let state = (sent, Some(Box::pin(end)), None);
    stream::unfold(state, |(mut sent, mut running, mut ended)| async move {
        if let Some(run) = &mut running {
            tokio::select! {
                biased;
                Some(message) = sent.recv() => return Some((Ok(message), (sent, running, ended))),
                end = run => ended = Some(end),
            }
            running = None;
        }
        let next = match sent.try_recv() {
            Ok(message) => Ok(message),
            Err(_) => Err(ended.take()?),
        };
        Some((next, (sent, running, ended)))
    })
    .boxed()
}
