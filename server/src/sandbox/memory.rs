//! How much memory a foreign program may take: what the container has, without what the service itself needs. Where a
//! container has no more, the kernel ends it whole, and everybody who watches by way of it.

use std::{fs, path::Path};

/// Bytes that the service itself needs.
const OURS: u64 = 192 << 20;
/// Where control groups are mounted: version 2, and the memory of version 1.
const MOUNTS: [(&str, &str, &str); 2] = [
    ("", "", "memory.max"),
    ("memory", "memory", "memory.limit_in_bytes"),
];

/// Returns the most bytes of data that a program may have here; `None` where no group of ours has a bound.
pub(super) fn most() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    bound(Path::new("/sys/fs/cgroup"), &groups).map(share)
}

/// Makes the program the one that the kernel ends where a machine runs out of memory.
pub(super) fn go_first() {
    // Where it cannot be said, what is largest goes first, which it is.
    let _ = fs::write("/proc/self/oom_score_adj", "1000");
}

/// Returns what remains for a program of a bound.
fn share(bound: u64) -> u64 {
    bound.saturating_sub(OURS).max(bound / 2)
}

/// Returns the narrowest bound of the groups that `/proc/self/cgroup` names, and of those around them. In a container
/// the mount shows its own group at its top, whatever the name.
fn bound(root: &Path, groups: &str) -> Option<u64> {
    let mut bounds = Vec::new();
    for line in groups.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(group)) = (parts.next(), parts.next()) else {
            continue;
        };
        let mounts = MOUNTS.iter();
        for (_, folder, file) in
            mounts.filter(|(name, ..)| controllers.split(',').any(|one| one == *name))
        {
            for around in Path::new(group.trim_start_matches('/')).ancestors() {
                let text = fs::read_to_string(root.join(folder).join(around).join(file));
                bounds.extend(text.ok().and_then(|text| text.trim().parse::<u64>().ok()));
            }
        }
    }
    bounds.into_iter().min()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    #[test]
    fn the_narrowest_group_around_a_process_counts() {
        let root = tempfile::tempdir().unwrap();
        let of = |groups: &str| bound(root.path(), groups);
        let set = |group: &str, file: &str, text: &str| {
            let folder = root.path().join(group);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(file), text).unwrap();
        };
        assert_eq!(of("0::/pods/a\n"), None);
        set("pods/a", "memory.max", "max\n");
        assert_eq!(of("0::/pods/a\n"), None);
        set("pods", "memory.max", "2147483648\n");
        assert_eq!(of("0::/pods/a\n"), Some(2 * GIB));
        set("pods/a", "memory.max", "1073741824\n");
        assert_eq!(of("0::/pods/a\n"), Some(GIB));
        // In a container its name is another's.
        set("", "memory.max", "3221225472\n");
        assert_eq!(of("0::/elsewhere/b\n"), Some(3 * GIB));
        set("memory", "memory.limit_in_bytes", "536870912\n");
        let both = "4:cpu,memory:/x\n1:cpu:/\n0::/pods/a\n";
        assert_eq!(of(both), Some(GIB / 2));
        assert_eq!(of("nonsense\n"), None);
    }

    #[test]
    fn a_service_keeps_what_it_needs() {
        assert_eq!(share(GIB), GIB - OURS);
        assert_eq!(share(GIB / 4), GIB / 8);
        assert_eq!(share(8 * GIB), 8 * GIB - OURS);
    }
}
