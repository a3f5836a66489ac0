//! `doctor`: what this machine and configuration need, and what to mend.

use std::{process::Stdio, time::Duration};

use sv_kernel::BoxError;
use sv_store::Db;
use tokio::{net::TcpStream, process::Command};

use crate::{
    adapters,
    cli::Place,
    config::{Config, Unusable},
    data_dir::DataDir,
    operator::settings,
    sandbox, services,
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
pub(crate) async fn doctor(place: &Place) -> Result<(), BoxError> {
    let (config, folder) = settings(place)?;
    let mut findings = vec![configuration(&config)];
    match DataDir::open(&folder) {
        Ok(data) => {
            findings.push(Good(format!(
                "data folder {} can be used",
                data.path().display()
            )));
            findings.push(running(&data));
            findings.push(tables(&config, &data).await);
        }
        Err(failure) => findings.push(Bad(super::causes(&failure).join("; "))),
    }
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
    for tool in ["ffmpeg", "ffprobe"] {
        findings.push(program(tool).await);
    }
    findings.push(confined(config.streaming.weak_sandbox));
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

fn configuration(config: &Config) -> Finding {
    match config.check() {
        Ok(()) => Good("configuration can be used".into()),
        Err(Unusable(problems)) => Bad(problems.join("; ")),
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

async fn tables(config: &Config, data: &DataDir) -> Finding {
    let tables = match adapters::tables(config, data.path()) {
        Ok(tables) => tables,
        Err(failure) => return Bad(failure.to_string()),
    };
    let mut waiting = 0;
    for entry in services::TABLE {
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
