//! Streams that are open: how many a caller has, and that they end with the process.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use futures::future::BoxFuture;
use sv_kernel::{Error, Result};
use sv_proto::common::CommonReason;
use sv_rpc::Why;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;

use crate::rate::Who;

/// The streams of this edge. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Streams {
    per_caller: u32,
    open: Arc<Mutex<HashMap<Who, u32>>>,
    leaving: CancellationToken,
}

/// A caller's place for one stream, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    who: Who,
    streams: Streams,
}

impl Streams {
    pub(crate) fn new(per_caller: u32) -> Self {
        metrics::gauge!("streamverse_edge_streams_open").increment(0.0);
        Self {
            per_caller,
            open: Arc::default(),
            leaving: CancellationToken::new(),
        }
    }

    /// Takes a place for one more stream of a caller.
    ///
    /// Fails with `TOO_MANY_STREAMS`.
    pub(crate) fn take(&self, who: Who) -> Result<Place> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(who).or_default();
        if *count >= self.per_caller {
            let refusal = Error::from(CommonReason::TooManyStreams);
            return Err(refusal.with("limit", self.per_caller));
        }
        *count += 1;
        drop(open);
        metrics::gauge!("streamverse_edge_streams_open").increment(1.0);
        Ok(Place {
            who,
            streams: self.clone(),
        })
    }

    /// Says that all streams end.
    pub(crate) fn end(&self) {
        self.leaving.cancel();
    }

    /// Waits until streams have to end, and returns what their callers are told.
    pub(crate) fn ended(&self) -> BoxFuture<'static, Error> {
        let leaving = self.leaving.clone();
        Box::pin(async move {
            leaving.cancelled().await;
            Why::Draining.error()
        })
    }

    /// Keeps a place as long as a stream of gRPC goes on, which ends with the process.
    pub(crate) fn keep(&self, place: Place, body: Body) -> Body {
        let ended = self.ended();
        let ended = async move {
            let _place = place;
            ended.await
        };
        sv_rpc::until(body, Box::pin(ended))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        metrics::gauge!("streamverse_edge_streams_open").decrement(1.0);
        let open = &self.streams.open;
        let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.who) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.who);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_has_so_many_places_and_gets_them_back() {
        let streams = Streams::new(2);
        let who = |n: u8| Who::Address(std::net::IpAddr::from([10, 0, 0, n]));
        let (first, _second) = (streams.take(who(1)).unwrap(), streams.take(who(1)).unwrap());
        let refusal = streams.take(who(1)).unwrap_err();
        assert!(refusal.is(&CommonReason::TooManyStreams));
        let other = streams.take(who(2)).unwrap();
        drop((first, other));
        assert!(streams.take(who(1)).is_ok());
        assert_eq!(streams.open.lock().unwrap().len(), 1);
    }
}
