//! `doctor`: what this machine and configuration need, and what to mend.

use std::{path::Path, process::Stdio, time::Duration};

use rustix::fs::Access;
use sv_boot::config::{Environment, Layers};
use sv_kernel::BoxError;
use sv_listen::ConnectionOptions;
use sv_rpc::Env;
use sv_store::Db;
use tokio::{net::TcpStream, process::Command};

use crate::{
    adapters,
    cli::Place,
    config::{self, Config, Purpose, Unusable},
    data_dir::DataDir,
    files::Files,
    installation, sandbox, services,
};

/// How long one look may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The outcome of one look.
enum Finding {
    Good(String),
    Hint(String),
    Bad(String),
}

use Finding::{Bad, Good, Hint};

/// Looks at everything, prints what it finds, and fails if something must be mended.
pub(crate) async fn doctor(place: &Place, accept_lost: Option<&str>) -> Result<(), BoxError> {
    let layers = Config::at(place)?;
    let config = Config::read(&layers)?;
    if let Some(part) = accept_lost {
        let folder = &config.server.data_dir;
        let data = DataDir::existing(folder).ok_or_else(|| {
            let folder = folder.display();
            format!("there is no data folder {folder}; give the right one by --data-dir")
        })?;
        let aside = installation::accept_lost(&data, &config, part, &Env::system()).await?;
        super::line(&format!(
            "{part} is given up; what was left of it lies in {}, the next start makes a new one",
            aside.display()
        ));
    }
    let mut findings = vec![configuration(&config, &layers)];
    let notes = config::unused(&Environment::of_process(), layers.values());
    findings.extend(notes.into_iter().map(Hint));
    findings.push(open_files());
    let folder = &config.server.data_dir;
    findings.push(writable(folder));
    if let Some(data) = DataDir::existing(folder) {
        findings.push(running(&data));
        findings.push(whole(&config, &data).await);
    }
    findings.push(tables(&config, folder).await);
    findings.push(
        servers(
            "Kafka",
            &config.bus.kafka_brokers,
            "the event log is kept in the data folder",
        )
        .await,
    );
    let opensearch = host_and_port(&config.index.opensearch_url);
    findings.push(
        servers(
            "OpenSearch",
            &opensearch,
            "the search index is kept in the data folder",
        )
        .await,
    );
    for (name, addresses) in &config.peers {
        findings.push(peer(name, addresses).await);
    }
    for tool in ["ffmpeg", "ffprobe"] {
        findings.push(program(tool).await);
    }
    let streaming: sv_streaming::Options = config.of(&sv_streaming::SERVICE);
    findings.push(confined(streaming.weak_sandbox));
    let mut bad = 0;
    for finding in findings {
        super::line(&match finding {
            Good(text) => format!("ok    {text}"),
            Hint(text) => format!("note  {text}"),
            Bad(text) => {
                bad += 1;
                format!("MEND  {text}")
            }
        });
    }
    if bad == 0 {
        Ok(())
    } else {
        Err(format!("{bad} of these must be mended").into())
    }
}

fn configuration(config: &Config, layers: &Layers) -> Finding {
    match config.check(layers, Purpose::Look) {
        Ok(()) => Good("configuration can be used".into()),
        Err(Unusable(problems)) => Bad(problems.join("; ")),
    }
}

/// Says how many connections there may be; a server raises its own limit as far as it may.
fn open_files() -> Finding {
    let files = Files::most();
    if let Err(too_few) = files.suffice_for(services::names().count() + 1) {
        return Bad(too_few.to_string());
    }
    if !files.is_low() {
        return Good(format!("limit of open files: {files}"));
    }
    let connections = files.of_clients(ConnectionOptions::default()).in_all;
    Hint(format!(
        "a server may have {files} files open, which leaves room for {connections} connections of clients; \
         raise the limit (ulimit -Hn, or LimitNOFILE= of systemd)"
    ))
}

/// Looks whether a server could make and write the folder, without doing so.
fn writable(folder: &Path) -> Finding {
    let shown = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let shown = shown.display();
    let there = folder
        .ancestors()
        .map(|part| {
            if part.as_os_str().is_empty() {
                Path::new(".")
            } else {
                part
            }
        })
        .find(|part| part.exists());
    let Some(there) = there else {
        return Bad(format!("data folder {shown}: no folder above it is there"));
    };
    let free = rustix::fs::access(there, Access::WRITE_OK | Access::EXEC_OK);
    match (there.is_dir(), free) {
        (true, Ok(())) if there == folder => Good(format!("data folder {shown} can be used")),
        (true, Ok(())) => Good(format!(
            "data folder {shown} is not there yet; `streamverse run` makes it"
        )),
        (false, _) => Bad(format!(
            "data folder {shown}: {} is no folder; give another one by --data-dir",
            there.display()
        )),
        (true, Err(cause)) => Bad(format!(
            "data folder {shown}: {} cannot be written ({cause}); give another one by --data-dir",
            there.display()
        )),
    }
}

fn running(data: &DataDir) -> Finding {
    let running: Vec<_> = services::names()
        .chain([crate::selection::EDGE])
        .filter_map(|name| data.running(name))
        .map(|entry| format!("{} at {} (process {})", entry.service, entry.url, entry.pid))
        .collect();
    if running.is_empty() {
        Good("no server runs on the data folder".into())
    } else {
        Hint(format!("running: {}", running.join(", ")))
    }
}

/// Looks whether the folder is that of one whole installation.
async fn whole(config: &Config, data: &DataDir) -> Finding {
    match installation::inspect(data, config).await {
        Ok(Some(installation)) => Good(format!(
            "the data folder is that of installation {installation}, and whole"
        )),
        Ok(None) => Good("the data folder is that of no installation yet".into()),
        Err(failure) => Bad(super::causes(&failure).join("; ")),
    }
}

async fn tables(config: &Config, folder: &Path) -> Finding {
    let tables = match adapters::tables(config, folder) {
        Ok(tables) => tables,
        Err(failure) => return Bad(failure.to_string()),
    };
    let mut waiting = 0;
    for entry in services::TABLE.iter() {
        let look = Db::pending(&tables, entry.name, entry.migrations);
        match tokio::time::timeout(PATIENCE, look).await {
            Ok(Ok(pending)) => waiting += pending.len(),
            Ok(Err(failure)) => {
                return Bad(format!(
                    "tables of {}: {}",
                    entry.name,
                    super::causes(&failure).join("; ")
                ));
            }
            Err(_) => return Bad(format!("tables of {}: no answer within 5 s", entry.name)),
        }
    }
    if waiting == 0 {
        Good("tables are up to date".into())
    } else {
        Hint(format!(
            "{waiting} migrations wait; `streamverse run` and `streamverse migrate` apply them"
        ))
    }
}

/// Looks whether one of the servers `host:port,host:port` takes a connection.
async fn servers(what: &str, addresses: &str, without: &str) -> Finding {
    if addresses.is_empty() {
        return Good(format!("no {what} is configured: {without}"));
    }
    if cfg!(not(feature = "production")) {
        return Bad(format!(
            "{what} is configured, but this build leaves it out; build with `--features production`"
        ));
    }
    for address in addresses.split(',') {
        let connect = TcpStream::connect(address.trim());
        if let Ok(Ok(_)) = tokio::time::timeout(PATIENCE, connect).await {
            return Good(format!("{what} answers at {address}"));
        }
    }
    Bad(format!(
        "{what} does not answer at {addresses}; start it or mend the address"
    ))
}

/// Looks whether one of a service's addresses takes a connection.
async fn peer(name: &str, addresses: &str) -> Finding {
    for address in addresses.split(',') {
        let connect = TcpStream::connect(host_and_port(address.trim()));
        if let Ok(Ok(_)) = tokio::time::timeout(PATIENCE, connect).await {
            return Good(format!("{name} takes connections at {address}"));
        }
    }
    Hint(format!(
        "{name} takes no connections at {addresses} (peers.{name}); start it or mend the address"
    ))
}

/// `http://host:9200/path` names `host:9200`.
fn host_and_port(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default().to_owned()
}

/// Says whether ffmpeg can be kept from files that are none of its business.
fn confined(weak: bool) -> Finding {
    let without = "the kernel has no Landlock, so ffmpeg cannot be kept from files";
    if sandbox::is_whole() {
        Good("ffmpeg runs without network, settings and foreign files".into())
    } else if weak {
        Hint(format!("{without}; streaming.weak_sandbox accepts it"))
    } else {
        Bad(format!(
            "{without}: take Linux 5.13 or later, or set streaming.weak_sandbox to true"
        ))
    }
}

async fn program(name: &str) -> Finding {
    let version = Command::new(name)
        .arg("-version")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    match tokio::time::timeout(PATIENCE, version).await {
        Ok(Ok(output)) if output.status.success() => {
            let text = String::from_utf8_lossy(&output.stdout);
            let line = text.lines().next().unwrap_or(name);
            let (version, _) = line.split_once(" Copyright").unwrap_or((line, ""));
            Good(version.to_owned())
        }
        _ => Hint(format!(
            "{name} is missing: only `import media` needs it; Debian and Ubuntu: apt install ffmpeg, macOS: brew install ffmpeg"
        )),
    }
}
