//! The bytes of bodies that are held at once. What has arrived counts, not what a request says: announcing much and
//! sending nothing keeps nobody else out.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, StatusCode, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use sv_streams::Room;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};
use tonic::{Code, body::Body};

use crate::failure::Failure;

/// The most bytes that are held; what would be more is told to come back.
const MOST: usize = 256 * 1024 * 1024;
/// Bytes of a body that are always taken: who sends little is not refused for who sends much.
const FREE: usize = 64 * 1024;
/// Bytes that one permit stands for.
const UNIT: usize = 1024;

/// Room for bodies.
#[derive(Clone, Debug)]
pub(crate) struct Intake(Arc<Semaphore>);

/// What a body takes of it, until this is dropped.
#[derive(Debug)]
pub(crate) struct Held<'i> {
    intake: &'i Intake,
    units: usize,
    permits: Option<SemaphorePermit<'i>>,
}

impl Intake {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(MOST / UNIT)))
    }

    /// Begins to count a body.
    pub(crate) fn hold(&self) -> Held<'_> {
        Held {
            intake: self,
            units: 0,
            permits: None,
        }
    }

    /// Counts what is held of a stream of messages: the one that is not whole.
    pub(crate) fn room(&self) -> Room {
        let intake = self.0.clone();
        let mut held: Option<OwnedSemaphorePermit> = None;
        Box::new(move |bytes| {
            drop(held.take());
            let units = bytes.saturating_sub(FREE).div_ceil(UNIT);
            if units == 0 {
                return true;
            }
            let units = u32::try_from(units).unwrap_or(u32::MAX);
            held = intake.clone().try_acquire_many_owned(units).ok();
            held.is_some()
        })
    }
}

impl Held<'_> {
    /// Reads a body whole.
    pub(crate) async fn collect(&mut self, body: Body, most: usize) -> Result<Bytes, Failure> {
        let mut body = Limited::new(body, most);
        let mut whole = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|cause| {
                if cause.is::<LengthLimitError>() {
                    Failure::too_large(most)
                } else {
                    Failure::invalid("the body breaks off")
                }
            })?;
            if let Ok(data) = frame.into_data() {
                self.grow_to(whole.len().saturating_add(data.len()))?;
                whole.extend_from_slice(&data);
            }
        }
        Ok(whole.freeze())
    }

    /// Takes room for so many bytes in all.
    fn grow_to(&mut self, bytes: usize) -> Result<(), Failure> {
        let wanted = bytes.saturating_sub(FREE).div_ceil(UNIT);
        let more = wanted.saturating_sub(self.units);
        if more == 0 {
            return Ok(());
        }
        let more = u32::try_from(more).unwrap_or(u32::MAX);
        let permit = self.intake.0.try_acquire_many(more).map_err(|_| {
            let message = "too many bodies are under way";
            Failure::new(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, message)
                .with(header::RETRY_AFTER, HeaderValue::from_static("1"))
        })?;
        match &mut self.permits {
            Some(held) => held.merge(permit),
            none => *none = Some(permit),
        }
        self.units = wanted;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_bodies_share_the_room_and_small_ones_always_pass() {
        let intake = Intake(Arc::new(Semaphore::new(100)));
        let (mut one, mut two, mut small) = (intake.hold(), intake.hold(), intake.hold());
        one.grow_to(FREE + 50 * UNIT).unwrap();
        one.grow_to(FREE + 100 * UNIT).unwrap();
        assert!(two.grow_to(FREE + 1).is_err());
        small.grow_to(FREE).unwrap();
        drop(one);
        two.grow_to(FREE + 1).unwrap();
    }
}
