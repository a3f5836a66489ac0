//! Bounds the bytes of answers that lie here whole: while they come, and until their clients have taken them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;

use crate::{failure::Failure, stream_limit::Caller};

/// The most bytes of all answers.
const IN_ALL: usize = 256 * 1024 * 1024;
/// The most of them that are one caller's.
const OF_ONE: usize = 128 * 1024 * 1024;
/// Bytes of an answer that are always taken: who asks for little is not refused for who asks for much.
const FREE: usize = 64 * 1024;

/// The bounds, and the bytes of all callers. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct AnswerLimit {
    in_all: usize,
    of_one: usize,
    held: Arc<Mutex<HeldBytes>>,
}

#[derive(Debug, Default)]
struct HeldBytes {
    in_all: usize,
    of: HashMap<Caller, usize>,
}

/// What one answer takes of it, until its last clone is dropped.
#[derive(Clone, Debug)]
pub(crate) struct AnswerShare(Arc<Share>);

#[derive(Debug)]
struct Share {
    limit: AnswerLimit,
    caller: Caller,
    bytes: Mutex<usize>,
}

impl AnswerLimit {
    /// There is room for at least one message of the largest size, and for its JSON.
    pub(crate) fn new(largest_message: usize) -> Self {
        let of_one = OF_ONE.max(largest_message.saturating_mul(2));
        Self {
            in_all: IN_ALL.max(of_one),
            of_one,
            held: Arc::default(),
        }
    }

    /// Begins to count an answer.
    pub(crate) fn share(&self, caller: Caller) -> AnswerShare {
        AnswerShare(Arc::new(Share {
            limit: self.clone(),
            caller,
            bytes: Mutex::default(),
        }))
    }

    /// Counts an answer anew; says whether there was room.
    fn change(&self, caller: &Caller, from: usize, to: usize) -> bool {
        let (from, to) = (from.saturating_sub(FREE), to.saturating_sub(FREE));
        if from == to {
            return true;
        }
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let of_caller = held.of.get(caller).copied().unwrap_or_default();
        let in_all = held.in_all.saturating_sub(from).saturating_add(to);
        let of_one = of_caller.saturating_sub(from).saturating_add(to);
        if to > from && (in_all > self.in_all || of_one > self.of_one) {
            return false;
        }
        held.in_all = in_all;
        if of_one == 0 {
            held.of.remove(caller);
        } else {
            held.of.insert(caller.clone(), of_one);
        }
        true
    }
}

impl AnswerShare {
    /// Counts so many bytes more.
    pub(crate) fn add(&self, bytes: usize) -> Result<(), Failure> {
        self.count(|held| held.saturating_add(bytes))
    }

    /// Counts so many bytes in place of those before.
    pub(crate) fn set(&self, bytes: usize) -> Result<(), Failure> {
        self.count(|_| bytes)
    }

    /// Counts bytes until they are gone, in place of those before.
    pub(crate) fn keep(self, bytes: Bytes) -> Result<Bytes, Failure> {
        self.set(bytes.len())?;
        if bytes.len() <= FREE {
            return Ok(bytes);
        }
        Ok(Bytes::from_owner(Kept {
            bytes,
            _share: self,
        }))
    }

    fn count(&self, of: impl FnOnce(usize) -> usize) -> Result<(), Failure> {
        let Share {
            limit,
            caller,
            bytes,
        } = &*self.0;
        let mut bytes = bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let to = of(*bytes);
        if !limit.change(caller, *bytes, to) {
            return Err(Failure::crowded(
                "too many answers wait for their clients; take those that are there first",
            ));
        }
        *bytes = to;
        Ok(())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let bytes = self.bytes.get_mut();
        let bytes = *bytes.unwrap_or_else(PoisonError::into_inner);
        self.limit.change(&self.caller, bytes, 0);
    }
}

/// Bytes that are counted.
struct Kept {
    bytes: Bytes,
    _share: AnswerShare,
}

impl AsRef<[u8]> for Kept {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(last: u8) -> Caller {
        Caller::at([10, 0, 0, last].into())
    }

    #[test]
    fn no_caller_takes_all_and_small_answers_always_pass() {
        let limit = AnswerLimit::new(0);
        let one = limit.share(at(1));
        one.add(FREE + OF_ONE).unwrap();
        assert!(one.add(1).is_err(), "more than one may have");
        assert!(limit.share(at(1)).set(FREE + 1).is_err());
        limit.share(at(1)).set(FREE).unwrap();
        let two = limit.share(at(2));
        two.add(FREE + OF_ONE).unwrap();
        assert!(limit.share(at(3)).set(FREE + 1).is_err(), "more than all");
        drop(one);
        limit.share(at(3)).set(FREE + 1).unwrap();
    }

    #[test]
    fn bytes_count_until_the_last_piece_of_them_is_gone() {
        let limit = AnswerLimit::new(0);
        let share = limit.share(at(1));
        share.add(OF_ONE).unwrap();
        let mut bytes = share.keep(vec![0; FREE + 10].into()).unwrap();
        assert_eq!(limit.held.lock().unwrap().in_all, 10);
        let piece = bytes.split_to(1);
        drop(bytes);
        assert_eq!(limit.held.lock().unwrap().in_all, 10);
        drop(piece);
        let held = limit.held.lock().unwrap();
        assert_eq!((held.in_all, held.of.len()), (0, 0));
    }
}
