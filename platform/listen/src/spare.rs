//! A file that is open for nothing: a port gives it up to answer once more where no further file may be
//! opened, so that whoever looks after the process can ask it what is wrong.

use std::{fs::File, io, time::Duration};

use tokio::time::Instant;

/// How often it is said that connections wait.
const TOLD_EVERY: Duration = Duration::from_secs(10);

/// The spare file of one port.
#[derive(Debug, Default)]
pub(crate) struct Spare {
    file: Option<File>,
    told: Option<Instant>,
}

impl Spare {
    /// Opens it, where it is not and may be.
    pub(crate) fn take_back(&mut self) {
        if self.file.is_none() {
            self.file = File::open("/dev/null").ok();
        }
    }

    /// Gives it up, and says whether there was one.
    pub(crate) fn give_up(&mut self) -> bool {
        self.file.take().is_some()
    }

    /// Says in the log why connections are not accepted, now and then.
    pub(crate) fn tell(&mut self, port: &'static str, cause: &io::Error) {
        let now = Instant::now();
        if self.told.is_some_and(|told| now - told < TOLD_EVERY) {
            return;
        }
        self.told = Some(now);
        // EMFILE and ENFILE, which the standard library has no name for.
        if matches!(cause.raw_os_error(), Some(23 | 24)) {
            tracing::error!(
                port,
                %cause,
                "no more files may be open, so connections wait: raise the limit (ulimit -n, LimitNOFILE=)"
            );
        } else {
            tracing::warn!(port, %cause, "connection not accepted");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_given_up_once_and_taken_back() {
        let mut spare = Spare::default();
        assert!(!spare.give_up());
        spare.take_back();
        spare.take_back();
        assert!(spare.give_up() && !spare.give_up());
    }
}
