//! `grpc-timeout`: how long the caller waits.

use std::time::Duration;

/// The most that is kept back at each hop.
const MARGIN: Duration = Duration::from_millis(5);

/// Takes off what is kept back at each hop, so that the answer still arrives in time and a hop
/// below gives up before the one above.
pub(crate) fn less_margin(timeout: Duration) -> Duration {
    timeout.saturating_sub(MARGIN.min(timeout / 20))
}

/// Writes a timeout in the smallest unit that holds it in eight digits.
pub(crate) fn write(timeout: Duration) -> String {
    const MOST: u128 = 99_999_999;
    if timeout.as_micros() <= MOST {
        format!("{}u", timeout.as_micros())
    } else if timeout.as_millis() <= MOST {
        format!("{}m", timeout.as_millis())
    } else {
        format!("{}S", u128::from(timeout.as_secs()).min(MOST))
    }
}

/// Reads a timeout: one to eight digits and a unit; `None` if it is anything else.
pub(crate) fn read(text: &str) -> Option<Duration> {
    let unit = text.chars().next_back()?;
    let digits = text.strip_suffix(unit)?;
    if !(1..=8).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let n: u64 = digits.parse().ok()?;
    Some(match unit {
        'H' => Duration::from_secs(n * 3_600),
        'M' => Duration::from_secs(n * 60),
        'S' => Duration::from_secs(n),
        'm' => Duration::from_millis(n),
        'u' => Duration::from_micros(n),
        'n' => Duration::from_nanos(n),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for timeout in [
            Duration::ZERO,
            Duration::from_micros(1),
            Duration::from_secs(5),
            Duration::from_mins(5),
            Duration::from_hours(48),
        ] {
            assert_eq!(read(&write(timeout)), Some(timeout));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for bad in [
            "",
            "S",
            "5",
            "5s",
            "5 S",
            "-5S",
            "+5S",
            "123456789S",
            "1.5S",
            "5é",
            "٥S",
        ] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
    }
}
