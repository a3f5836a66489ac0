//! The sandbox of foreign programs that read foreign files: ffmpeg, ffprobe.
//!
//! The import does not start ffmpeg itself, but this program once more as `sandbox-exec`, which takes
//! from itself what a decoder does not need, and then becomes ffmpeg:
//!
//! - files: the named ones and the system's programs and libraries, by Landlock; no other folder, and so
//!   no key and no database, can be opened
//! - network, other processes, the kernel's keys and new namespaces: system calls for them fail (seccomp)
//! - processor time, memory, the size and number of files have limits; memory is at most what a container has beside
//!   what the service needs
//! - the environment is empty
//!
//! All of it works without privileges, in containers too, and cannot be undone by what runs inside.

mod memory;

use std::{os::unix::process::CommandExt as _, path::PathBuf, process::Command};

use clap::Args;
use sv_kernel::BoxError;

/// What a program may use.
#[derive(Args, Clone, Debug)]
pub(crate) struct SandboxArgs {
    /// Files and folders that may be read
    #[arg(long)]
    read: Vec<PathBuf>,
    /// Folders that may be written
    #[arg(long)]
    write: Vec<PathBuf>,
    /// Seconds of processor time, over all threads
    #[arg(long, default_value_t = 60)]
    cpu_seconds: u64,
    /// The largest file in bytes
    #[arg(long, default_value_t = 1 << 30)]
    file_bytes: u64,
    /// Runs although the kernel cannot keep the program from files
    #[arg(long)]
    weak: bool,
    /// The program, by its path, and its arguments
    #[arg(last = true, required = true)]
    command: Vec<std::ffi::OsString>,
}

/// Where programs, libraries and what they read at their start lie.
const SYSTEM: &[&str] = &[
    "/bin",
    "/lib",
    "/lib32",
    "/lib64",
    "/nix/store",
    "/sbin",
    "/usr",
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/sys/devices/system/cpu",
];
/// Memory in bytes, addresses included: large pictures need some, and threads reserve much.
const MEMORY: u64 = 16 << 30;
/// Open files.
const FILES: u64 = 256;

/// Confines this process and becomes the program; returns only with a failure.
pub(crate) fn exec(args: &SandboxArgs) -> BoxError {
    let Some((program, arguments)) = args.command.split_first() else {
        return "there is no program to run".into();
    };
    if let Err(failure) = confine(args) {
        return failure;
    }
    let mut command = Command::new(program);
    command.args(arguments).env_clear();
    command.exec().into()
}

fn confine(args: &SandboxArgs) -> Result<(), BoxError> {
    limit(args)?;
    if !kernel::files(args)? && !args.weak {
        return Err(
            "the kernel has no Landlock, which keeps ffmpeg from files that are none of its \
            business; Linux has it from 5.13 on. To do without, set streaming.weak_sandbox to true"
                .into(),
        );
    }
    kernel::calls()
}

fn limit(args: &SandboxArgs) -> Result<(), BoxError> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    memory::go_first();
    for (what, most) in [
        (Resource::Cpu, args.cpu_seconds),
        (Resource::As, MEMORY),
        // Of addresses threads reserve many that they never use; these are bytes.
        (Resource::Data, memory::most().unwrap_or(MEMORY).min(MEMORY)),
        (Resource::Fsize, args.file_bytes),
        (Resource::Nofile, FILES),
        (Resource::Core, 0),
    ] {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        setrlimit(what, limit)?;
    }
    Ok(())
}

/// Says whether this kernel keeps a program from files.
pub(crate) fn is_whole() -> bool {
    kernel::is_whole()
}

#[cfg(target_os = "linux")]
mod kernel {
    use std::collections::BTreeMap;

    use landlock::{
        ABI, Access as _, AccessFs, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
        RulesetCreatedAttr as _, RulesetStatus, path_beneath_rules,
    };
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
    use sv_kernel::BoxError;

    use super::{SYSTEM, SandboxArgs};

    /// What is known of files; older kernels know less of it and enforce that.
    const FILES: ABI = ABI::V5;

    /// Keeps the process from files that are not named; says whether the kernel can.
    pub(super) fn files(args: &SandboxArgs) -> Result<bool, BoxError> {
        let (read, all) = (AccessFs::from_read(FILES), AccessFs::from_all(FILES));
        let plain = AccessFs::ReadFile | AccessFs::ReadDir;
        let program = args.command.first().map(std::path::Path::new);
        let restricted = Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(all)?
            .create()?
            .add_rules(path_beneath_rules(SYSTEM, read))?
            .add_rules(path_beneath_rules(program, read))?
            .add_rules(path_beneath_rules(
                ["/dev/null"],
                plain | AccessFs::WriteFile,
            ))?
            .add_rules(path_beneath_rules(&args.read, plain))?
            .add_rules(path_beneath_rules(&args.write, all & !AccessFs::Execute))?
            .restrict_self()?;
        Ok(restricted.ruleset != RulesetStatus::NotEnforced)
    }

    /// Says whether the kernel keeps a process from files.
    pub(super) fn is_whole() -> bool {
        let ruleset = Ruleset::default()
            .set_compatibility(CompatLevel::HardRequirement)
            .handle_access(AccessFs::from_all(ABI::V1))
            .and_then(Ruleset::create);
        ruleset.is_ok()
    }

    /// Lets system calls fail that a program which decodes a file has no use for.
    pub(super) fn calls() -> Result<(), BoxError> {
        let refused = [
            // The network, and what reaches it without these.
            libc::SYS_socket,
            libc::SYS_socketpair,
            libc::SYS_connect,
            libc::SYS_bind,
            libc::SYS_listen,
            libc::SYS_accept,
            libc::SYS_accept4,
            libc::SYS_io_uring_setup,
            libc::SYS_io_uring_enter,
            libc::SYS_io_uring_register,
            // Other processes.
            libc::SYS_ptrace,
            libc::SYS_process_vm_readv,
            libc::SYS_process_vm_writev,
            libc::SYS_pidfd_open,
            libc::SYS_pidfd_getfd,
            libc::SYS_kill,
            libc::SYS_tkill,
            // Files around the rules for paths, namespaces, mounts.
            libc::SYS_open_by_handle_at,
            libc::SYS_mount,
            libc::SYS_umount2,
            libc::SYS_chroot,
            libc::SYS_pivot_root,
            libc::SYS_unshare,
            libc::SYS_setns,
            // The kernel itself.
            libc::SYS_add_key,
            libc::SYS_request_key,
            libc::SYS_keyctl,
            libc::SYS_bpf,
            libc::SYS_perf_event_open,
            libc::SYS_userfaultfd,
            libc::SYS_init_module,
            libc::SYS_finit_module,
            libc::SYS_kexec_load,
        ];
        let rules: BTreeMap<_, _> = refused.into_iter().map(|call| (call, Vec::new())).collect();
        let refuse = SeccompAction::Errno(u32::try_from(libc::EPERM)?);
        let arch = std::env::consts::ARCH.try_into()?;
        let filter = SeccompFilter::new(rules, SeccompAction::Allow, refuse, arch)?;
        let program: BpfProgram = filter.try_into()?;
        Ok(seccompiler::apply_filter(&program)?)
    }
}

#[cfg(not(target_os = "linux"))]
mod kernel {
    use sv_kernel::BoxError;

    use super::SandboxArgs;

    pub(super) fn files(_: &SandboxArgs) -> Result<bool, BoxError> {
        Ok(false)
    }

    pub(super) fn is_whole() -> bool {
        false
    }

    pub(super) fn calls() -> Result<(), BoxError> {
        Ok(())
    }
}
