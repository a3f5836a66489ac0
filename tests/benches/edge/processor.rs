//! The processor time of another process, by Linux' own account.

use std::fs;

/// Microseconds of a tick in `/proc/<pid>/stat`, the same on every Linux.
const TICK: f64 = 10_000.0;

/// Reads the processor time of a process.
pub(crate) struct Meter(String);

impl Meter {
    pub(crate) fn of(pid: u32) -> Self {
        Self(format!("/proc/{pid}/stat"))
    }

    /// Returns the microseconds that the process has taken so far, in user and in kernel mode.
    pub(crate) fn read(&self) -> f64 {
        let stat = fs::read_to_string(&self.0).expect("the process lives");
        // The name of the program comes second, in brackets, and may hold anything.
        let (_, fields) = stat.rsplit_once(") ").expect("a name in brackets");
        let mut fields = fields.split(' ').skip(11);
        let mut ticks = || fields.next()?.parse::<u32>().ok();
        let (user, kernel) = (ticks().expect("utime"), ticks().expect("stime"));
        TICK * f64::from(user + kernel)
    }
}
