//! The certificates of a process: where they lie, what is wrong with them, and that they are read again.

mod named_files;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sv_boot::{Lifecycle, Need};
use sv_edge::Secure;
use sv_kernel::{Clock, SystemClock, Timestamp};
use sv_tls::{Files, Look, Tls, TlsError};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::info;

use crate::{config::Config, selection::Selection};

/// How often it is looked whether the files have changed; two looks take new ones.
pub(crate) const LOOK: Duration = Duration::from_secs(2);

/// Files that the configuration names.
#[derive(Debug)]
pub(crate) struct Named {
    /// What they are for, in logs and metrics.
    pub name: &'static str,
    /// The section of the settings that names them.
    pub section: &'static str,
    /// The files.
    pub files: Files,
}

/// The certificates of a process cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unusable {
    /// One setting without the other.
    #[error("{section}.certificate and {section}.key are given together, or neither is")]
    Half {
        /// The section.
        section: &'static str,
    },
    /// Nobody would vouch for the others.
    #[error("mesh.tls.ca names no file: it holds the authority that vouches for every process")]
    NoAuthority,
    /// The files.
    #[error("{setting}: {source}")]
    Files {
        /// The setting that names the file.
        setting: String,
        /// What is wrong.
        source: TlsError,
    },
}

/// Names the files of the public port, where it has TLS.
pub(crate) fn of_edge(config: &Config) -> Result<Option<Named>, Unusable> {
    let tls = &config.edge.tls;
    named("edge", "edge.tls", &tls.certificate, &tls.key, None)
}

/// Names the files that processes show each other, where they speak TLS.
pub(crate) fn of_mesh(config: &Config) -> Result<Option<Named>, Unusable> {
    let tls = &config.mesh.tls;
    let named = named(
        "mesh",
        "mesh.tls",
        &tls.certificate,
        &tls.key,
        Some(tls.ca.clone()),
    )?;
    match named {
        Some(_) if tls.ca.as_os_str().is_empty() => Err(Unusable::NoAuthority),
        named => Ok(named),
    }
}

/// Names the files that Kafka's brokers are shown, where there are any.
pub(crate) fn of_bus(config: &Config) -> Result<Option<Named>, Unusable> {
    let bus = &config.bus;
    named("bus", "bus", &bus.certificate, &bus.key, None)
}

/// Opens TLS between processes, where the configuration asks for it.
pub(crate) fn mutual(config: &Config, clock: Arc<dyn Clock>) -> Result<Option<Tls>, Unusable> {
    let named = of_mesh(config)?;
    named.map(|named| named.open(clock)).transpose()
}

fn named(
    name: &'static str,
    section: &'static str,
    certificate: &Path,
    key: &Path,
    authorities: Option<PathBuf>,
) -> Result<Option<Named>, Unusable> {
    let given = |path: &Path| !path.as_os_str().is_empty();
    match (given(certificate), given(key)) {
        (false, false) => Ok(None),
        (true, true) => Ok(Some(Named {
            name,
            section,
            files: Files {
                certificate: certificate.to_owned(),
                key: key.to_owned(),
                authorities,
            },
        })),
        _ => Err(Unusable::Half { section }),
    }
}

impl Named {
    /// Reads the files.
    pub(crate) fn open(self, clock: Arc<dyn Clock>) -> Result<Tls, Unusable> {
        let opened = Tls::open(self.name, self.files.clone(), clock);
        opened.map_err(|source| self.unusable(source))
    }

    /// Sees that the files can be used, for a client that reads them itself.
    #[cfg(feature = "production")]
    pub(crate) fn read(self) -> Result<Files, Unusable> {
        match self.files.inspect() {
            Ok(_) => Ok(self.files),
            Err(source) => Err(self.unusable(source)),
        }
    }

    /// Names the setting of the file that cannot be used.
    fn unusable(&self, source: TlsError) -> Unusable {
        let Files {
            certificate,
            authorities,
            ..
        } = &self.files;
        let which = match source.path() {
            path if path == certificate => "certificate",
            path if Some(path) == authorities.as_deref() => "ca",
            _ => "key",
        };
        let setting = format!("{}.{which}", self.section);
        Unusable::Files { setting, source }
    }

    /// Says what is there, or all that is wrong with it.
    pub(crate) fn inspect(&self, now: Timestamp) -> Result<String, Vec<String>> {
        let Self { section, files, .. } = self;
        let mut wrong = Vec::new();
        let mut told = String::new();
        match files.inspect() {
            Ok(certificate) => {
                if let Err(problem) = certificate.check(&files.certificate, now) {
                    wrong.push(format!("{section}.certificate: {problem}"));
                }
                let names = match certificate.names.join(", ") {
                    none if none.is_empty() => String::new(),
                    names => format!("is for {names} and "),
                };
                told = format!(
                    "{section}.certificate {names}holds until {}",
                    certificate.until
                );
            }
            Err(problem) => wrong.push(self.unusable(problem).to_string()),
        }
        if files.key_is_open() {
            wrong.push(format!(
                "{section}.key: everybody on this machine may read {}; chmod 640 it",
                files.key.display()
            ));
        }
        if wrong.is_empty() {
            Ok(told)
        } else {
            Err(wrong)
        }
    }
}

/// Opens TLS of the public port, where this process has one and the configuration asks for it.
pub(crate) fn secure(config: &Config, selection: &Selection) -> Result<Option<Secure>, Unusable> {
    let Some(named) = of_edge(config)?.filter(|_| selection.edge) else {
        return Ok(None);
    };
    Ok(Some(Secure {
        tls: named.open(Arc::new(SystemClock))?,
        hsts: Duration::from_secs(config.edge.tls.hsts_seconds),
    }))
}

/// Looks after the certificates that processes show each other, where there are any.
pub(crate) fn kept(tls: Option<&Tls>, lifecycle: &Lifecycle) -> Option<Tls> {
    if let Some(tls) = tls {
        keep("mesh", tls, lifecycle);
    }
    tls.cloned()
}

/// Reads the files again when they change, and shows in `/ready` what is wrong with them.
pub(crate) fn keep(name: &'static str, tls: &Tls, lifecycle: &Lifecycle) {
    let kept = tls.clone();
    lifecycle.every(format!("process.tls_{name}"), LOOK, move || {
        // What is refused is told by the check below, not as a job that fails.
        let _: Look = kept.look();
        async { Ok(()) }
    });
    let tls = tls.clone();
    let check = format!("tls.{name}");
    lifecycle.readiness().add(check, Need::Soft, move || {
        let problem = tls.problem();
        async move { problem.map_or(Ok(()), |problem| Err(problem.to_string())) }
    });
}

/// Listens for SIGHUP from now on, which ends a process that does not.
pub(crate) fn hangups() -> std::io::Result<Signal> {
    signal(SignalKind::hangup())
}

/// Takes the files anew at SIGHUP, which whoever renews them sends. It ends nothing, also where there is nothing to take.
pub(crate) fn reload_on_hangup(mut hangups: Signal, tls: Vec<Tls>, lifecycle: &Lifecycle) {
    lifecycle.listen("hangups", |stop| async move {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = hangups.recv() => {
                    info!(certificates = tls.len(), "SIGHUP received: certificates are read again");
                    for tls in &tls {
                        tls.reload();
                    }
                }
            }
        }
    });
}

/// Says all that is wrong with the certificates, keys and authorities that a configuration names, and what is right.
/// Whether anything that is configured needs them now is not asked: who names a file means one that can be used.
pub(crate) fn look(config: &Config, now: Timestamp) -> (Vec<String>, Vec<String>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for named in [of_edge(config), of_mesh(config), of_bus(config)] {
        match named {
            Ok(None) => {}
            Ok(Some(named)) => match named.inspect(now) {
                Ok(told) => good.push(told),
                Err(wrong) => bad.extend(wrong),
            },
            Err(half) => bad.push(half.to_string()),
        }
    }
    for (setting, looked) in named_files::look(config) {
        match looked {
            Ok(told) => good.push(format!("{setting}: {told}")),
            Err(problem) => bad.push(format!("{setting}: {problem}")),
        }
    }
    // The authority of processes is read with their certificate, too.
    let mut told = BTreeSet::new();
    bad.retain(|problem| told.insert(problem.clone()));
    (good, bad)
}
