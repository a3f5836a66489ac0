//! Streams that a service refused (`REFUSED_STREAM`, RFC 9113 section 8.7).

use std::{error::Error, iter};

/// Says whether a service has refused a call without looking at it.
pub(crate) fn is_refused(failure: &(dyn Error + 'static)) -> bool {
    let mut causes = iter::successors(Some(failure), |&cause| cause.source());
    causes.any(|cause| {
        let cause = cause.downcast_ref::<h2::Error>();
        cause.and_then(h2::Error::reason) == Some(h2::Reason::REFUSED_STREAM)
    })
}
