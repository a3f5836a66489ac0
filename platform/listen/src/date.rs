//! The header `Date`, by the process' own clock: hyper asks the machine's, which may jump, and fails beyond
//! the year 9999.

use std::sync::{Mutex, PoisonError};

use http::HeaderValue;
use sv_kernel::{Clock as _, SystemClock, Timestamp};

/// The second that was last written, and how.
static WRITTEN: Mutex<Option<(i64, HeaderValue)>> = Mutex::new(None);

/// Returns the present time as an answer tells it; `None` where it cannot be told.
pub(crate) fn now() -> Option<HeaderValue> {
    let now = SystemClock.now();
    let mut written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    match &*written {
        Some((second, value)) if *second == now.secs() => Some(value.clone()),
        _ => {
            let value = value(now)?;
            *written = Some((now.secs(), value.clone()));
            Some(value)
        }
    }
}

fn value(at: Timestamp) -> Option<HeaderValue> {
    HeaderValue::try_from(at.http_date()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_told_as_http_wants_it_and_never_beyond_its_years() {
        let told = |secs| value(Timestamp::from_secs(secs));
        // The example of RFC 9110 5.6.7.
        assert_eq!(told(784_111_777).unwrap(), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(
            told(253_402_300_799).unwrap(),
            "Fri, 31 Dec 9999 23:59:59 GMT"
        );
        assert_eq!(told(253_402_300_800), told(253_402_300_799));
        assert_eq!(
            told(-100_000_000_000).unwrap(),
            "Mon, 01 Jan 0001 00:00:00 GMT"
        );
    }
}
