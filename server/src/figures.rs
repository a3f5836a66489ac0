//! What the process uses and how much is left, for its metrics (OBS-2): room on disk, connections to the
//! tables, memory, processor time, open files, tasks.
//!
//! Names that begin with `process_` are those that Prometheus' own clients use for the same.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use metrics::{counter, gauge};
use rustix::process::{Resource, getrlimit};
use sv_boot::Lifecycle;
use sv_store::Db;

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(5);
/// Parts of a second in which Linux counts processor time for programs (`USER_HZ`), on every machine.
const TICKS: f64 = 100.0;

/// Keeps the figures until the end of the process.
pub(crate) fn keep(lifecycle: &Lifecycle, tables: Vec<Db>, data: &Path, media: PathBuf) {
    gauge!("streamverse_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    let tables: Arc<[Db]> = tables.into();
    let folders = Arc::new([("data", data.to_owned()), ("media", media)]);
    look(&tables, &*folders);
    lifecycle.every("process.figures", EVERY, move || {
        let (tables, folders) = (tables.clone(), folders.clone());
        async move {
            look(&tables, &*folders);
            Ok(())
        }
    });
}

fn look(tables: &[Db], folders: &[(&'static str, PathBuf)]) {
    for (name, folder) in folders {
        room(name, folder);
    }
    for usage in tables.iter().map(Db::usage) {
        let labels = [("pool", usage.pool)];
        gauge!("streamverse_store_connections_in_use", &labels).set(f64::from(usage.in_use));
        gauge!("streamverse_store_connections_limit", &labels).set(f64::from(usage.limit));
    }
    runtime();
    files();
    own();
}

/// Tells how much room is left where a folder lies, or will.
fn room(name: &'static str, folder: &Path) {
    let there = folder.ancestors().find(|folder| folder.exists());
    let Some(Ok(stat)) = there.map(rustix::fs::statvfs) else {
        return;
    };
    let bytes = |blocks: u64| float(blocks.saturating_mul(stat.f_frsize));
    gauge!("streamverse_disk_free_bytes", "folder" => name).set(bytes(stat.f_bavail));
    gauge!("streamverse_disk_size_bytes", "folder" => name).set(bytes(stat.f_blocks));
}

fn runtime() {
    let runtime = tokio::runtime::Handle::current().metrics();
    let count = |count: usize| float(u64::try_from(count).unwrap_or(u64::MAX));
    gauge!("streamverse_runtime_tasks").set(count(runtime.num_alive_tasks()));
    gauge!("streamverse_runtime_waiting_tasks").set(count(runtime.global_queue_depth()));
}

fn files() {
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        gauge!("process_open_fds").set(float(u64::try_from(open.count()).unwrap_or(u64::MAX)));
    }
    let limit = getrlimit(Resource::Nofile).current;
    gauge!("process_max_fds").set(limit.map_or(f64::INFINITY, float));
}

/// Tells what the system says of this process, where it is Linux.
fn own() {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    if let Some(kilobytes) = field("VmRSS:") {
        gauge!("process_resident_memory_bytes").set(float(kilobytes * 1024));
    }
    if let Some(threads) = field("Threads:") {
        gauge!("process_threads").set(float(threads));
    }
    let Some(Times { used, started }) = Times::read() else {
        return;
    };
    counter!("process_cpu_seconds_total").absolute(used);
    gauge!("process_start_time_seconds").set(started);
}

/// When the process began, and how much processor time it has used.
struct Times {
    /// Whole seconds.
    used: u64,
    /// Seconds since 1970.
    started: f64,
}

impl Times {
    fn read() -> Option<Self> {
        let stat = fs::read_to_string("/proc/self/stat").ok()?;
        // The name, in parentheses, may hold anything; the numbers come after it (proc(5)).
        let (_, fields) = stat.rsplit_once(") ")?;
        let fields: Vec<_> = fields.split(' ').collect();
        let ticks = |place: usize| fields.get(place)?.parse::<u32>().ok().map(f64::from);
        let (user, system, begun) = (ticks(11)?, ticks(12)?, fields.get(19)?.parse::<u64>().ok()?);
        let machine = fs::read_to_string("/proc/stat").ok()?;
        let booted = machine
            .lines()
            .find_map(|line| line.strip_prefix("btime "))?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "times are positive, and whole seconds are enough"
        )]
        let used = ((user + system) / TICKS) as u64;
        Some(Self {
            used,
            started: booted.trim().parse::<f64>().ok()? + float(begun) / TICKS,
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "a gauge needs no last digit")]
fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn the_process_began_lately() {
        let now = fs::metadata("/proc/self").unwrap().modified().unwrap();
        let now = now.duration_since(std::time::UNIX_EPOCH).unwrap();
        let times = Times::read().unwrap();
        let age = now.as_secs_f64() - times.started;
        assert!((-2.0..3600.0).contains(&age), "{age}");
        assert!(times.used < 3600);
    }
}
