//! What becomes of a call's audit record.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

/// Goes with a call that leaves an audit record, from the stack that began it to whoever writes the
/// record. Cheap to clone; all clones are one trail.
#[derive(Clone, Debug)]
pub struct Trail(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    action: Box<str>,
    settled: AtomicBool,
    subject: Mutex<Option<(Box<str>, Box<str>)>>,
}

impl Trail {
    /// Begins the trail of an act, named as its policy names it, e.g. `content.created`.
    pub fn of(action: &str) -> Self {
        Self(Arc::new(Inner {
            action: action.into(),
            settled: AtomicBool::new(false),
            subject: Mutex::new(None),
        }))
    }

    /// Returns the act's name.
    pub fn action(&self) -> &str {
        &self.0.action
    }

    /// Says what the act is about, so that its record names it even if the act fails.
    pub fn about(&self, kind: &str, id: &str) {
        let mut subject = self
            .0
            .subject
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *subject = Some((kind.into(), id.into()));
    }

    /// Returns kind and id of what the act is about, if somebody said so.
    pub fn subject(&self) -> Option<(Box<str>, Box<str>)> {
        let subject = self.0.subject.lock();
        subject.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes that the record is written, or that there was nothing to record.
    pub fn settle(&self) {
        self.0.settled.store(true, Ordering::Release);
    }

    /// Says whether the record is written, or there was nothing to record.
    pub fn is_settled(&self) -> bool {
        self.0.settled.load(Ordering::Acquire)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_clones_are_one_trail() {
        let trail = Trail::of("content.created");
        let other = trail.clone();
        other.about("content", "7");
        other.settle();
        assert!(trail.is_settled());
        assert_eq!(trail.subject(), Some(("content".into(), "7".into())));
        assert_eq!(trail.action(), "content.created");
    }
}
