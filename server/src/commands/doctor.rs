//! `doctor`: what this machine and configuration need, and what to mend.

mod machine;

use std::{path::Path, process::Stdio, time::Duration};

use rustix::fs::Access;
use serde_json::json;
use sv_boot::config::{Environment, Layers};
use sv_kernel::{BoxError, Clock as _, SystemClock};
use sv_listen::ConnectionOptions;
use sv_ports::Blob as _;
use sv_rpc::Env;
use sv_store::Db;
use tokio::{net::TcpStream, process::Command};
use tokio_util::sync::CancellationToken;

use crate::{
    adapters,
    config::{self, Config, Place, Purpose, Unusable},
    data_dir::DataDir,
    files::Files,
    installation, sandbox, services, tls,
};

/// How long one look may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The outcome of one look.
enum Finding {
    Good(String),
    Hint(String),
    Bad(String),
}

use Finding::{Bad, Good, Hint};

impl Finding {
    /// Returns how it stands, for machines, and what was found.
    fn told(&self) -> (&'static str, &str) {
        match self {
            Good(text) => ("ok", text),
            Hint(text) => ("warn", text),
            Bad(text) => ("fail", text),
        }
    }
}

/// All findings, by what was looked at.
#[derive(Default)]
struct Findings(Vec<(&'static str, Finding)>);

impl Findings {
    fn add(&mut self, check: &'static str, finding: Finding) {
        self.0.push((check, finding));
    }

    fn count(&self, status: &str) -> usize {
        self.0
            .iter()
            .filter(|(_, finding)| finding.told().0 == status)
            .count()
    }

    /// Prints them for people.
    fn print(&self) {
        for (_, finding) in &self.0 {
            super::line(&match finding {
                Good(text) => format!("ok    {text}"),
                Hint(text) => format!("note  {text}"),
                Bad(text) => format!("MEND  {text}"),
            });
        }
    }

    /// Prints them for machines.
    fn print_json(&self) {
        let checks = self.0.iter().map(|(check, finding)| {
            let (status, text) = finding.told();
            json!({"check": check, "status": status, "says": text})
        });
        let checks: Vec<_> = checks.collect();
        let told =
            json!({"checks": checks, "warn": self.count("warn"), "fail": self.count("fail")});
        super::line(&format!("{told:#}"));
    }
}

/// Looks at everything, prints what it finds, and fails if something must be mended.
pub(crate) async fn doctor(
    place: &Place,
    accept_lost: Option<&str>,
    as_json: bool,
) -> Result<(), BoxError> {
    let layers = Config::at(place)?;
    let config = Config::read(&layers)?;
    let mut given_up = None;
    if let Some(part) = accept_lost {
        let folder = &config.server.data_dir;
        let data = DataDir::existing(folder).ok_or_else(|| {
            let folder = folder.display();
            format!("there is no data folder {folder}; give the right one by --data-dir")
        })?;
        let aside = installation::accept_lost(&data, &config, part, &Env::system()).await?;
        let told = format!(
            "{part} is given up; what was left of it lies in {}, the next start makes a new one",
            aside.display()
        );
        given_up = Some(Good(told));
    }
    let mut findings = look(&config, &layers).await;
    if let Some(told) = given_up {
        findings.0.insert(0, ("accept_lost", told));
    }
    if as_json {
        findings.print_json();
    } else {
        findings.print();
    }
    match findings.count("fail") {
        0 => Ok(()),
        bad => Err(format!("{bad} of these must be mended").into()),
    }
}

async fn look(config: &Config, layers: &Layers) -> Findings {
    let mut all = Findings::default();
    all.add("configuration", configuration(config, layers));
    for note in config::unused(&Environment::of_process(), layers.values()) {
        all.add("environment", Hint(note));
    }
    all.add("vault", vault(config));
    all.add("open_files", open_files());
    let (good, bad) = tls::look(config, SystemClock.now());
    for told in good {
        all.add("certificates", Good(told));
    }
    for wrong in bad {
        all.add("certificates", Bad(wrong));
    }
    let folder = &config.server.data_dir;
    all.add("clock", machine::clock(folder));
    all.add("data_folder", writable(folder));
    all.add("room", machine::room("the data folder", folder));
    let media = &config.blobs.folder;
    if !media.as_os_str().is_empty() {
        all.add("media_folder", writable_media(media));
        all.add("media_room", machine::room("the folder of media", media));
    }
    all.add("nats", nats(config).await);
    all.add("media", bucket(config).await);
    all.add("mail", mail(config).await);
    let mut at_home = false;
    if let Some(data) = DataDir::existing(folder) {
        at_home = machine::someone_runs(&data);
        all.add("running", running(&data));
        all.add("installation", whole(config, &data).await);
        all.add("keys", machine::keys(folder));
    }
    for (setting, address) in [
        ("server.listen", config.server.listen),
        ("server.ops_listen", config.server.ops_listen),
    ] {
        all.add("ports", machine::port(setting, address, at_home));
    }
    all.add("tables", tables(config, folder).await);
    all.add("kafka", kafka(config).await);
    let opensearch = host_and_port(&config.index.opensearch_url);
    let index = "the search index is kept in the data folder";
    all.add(
        "opensearch",
        servers("OpenSearch", &opensearch, index).await,
    );
    all.add("redis", redis(config).await);
    for (name, addresses) in &config.peers {
        all.add("peers", peer(name, addresses).await);
    }
    for tool in ["ffmpeg", "ffprobe"] {
        all.add(tool, program(tool).await);
    }
    let streaming: sv_streaming::Options = config.of(&sv_streaming::SERVICE);
    all.add("sandbox", confined(streaming.weak_sandbox));
    all
}

fn configuration(config: &Config, layers: &Layers) -> Finding {
    match config.check(layers, Purpose::Look) {
        Ok(()) => Good("configuration can be used".into()),
        Err(Unusable(problems)) => Bad(problems.join("; ")),
    }
}

/// Says what Vault holds: that it was read is seen, since the settings were.
fn vault(config: &Config) -> Finding {
    let address = &config.vault.address;
    Good(match config::count_in_vault(&Environment::of_process()) {
        0 if address.is_empty() => "no Vault is configured: secrets are settings or files".into(),
        0 => format!("Vault at {address} is asked for nothing: no variable ends in _VAULT"),
        held => format!("Vault at {address} holds the values of {held} variables, and gave them"),
    })
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

/// Looks whether media can be kept in a folder of their own.
fn writable_media(folder: &Path) -> Finding {
    let shown = folder.display();
    match rustix::fs::access(folder, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK) {
        Ok(()) => Good(format!("folder of media {shown} can be used")),
        Err(cause) => Bad(format!(
            "folder of media {shown} cannot be used ({cause}); make it, and let this user write it, or mend blobs.folder"
        )),
    }
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
        match tokio::time::timeout(TIMEOUT, look).await {
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
        if let Ok(Ok(_)) = tokio::time::timeout(TIMEOUT, connect).await {
            return Good(format!("{what} answers at {address}"));
        }
    }
    Bad(format!(
        "{what} does not answer at {addresses}; start it or mend the address"
    ))
}

/// Looks whether Kafka's brokers let this program in.
async fn kafka(config: &Config) -> Finding {
    let brokers = &config.bus.kafka_brokers;
    if brokers.is_empty() {
        return Good("no Kafka is configured: the event log is kept in the data folder".into());
    }
    match adapters::kafka(config).await {
        Ok(_) => Good(format!("Kafka lets this program in at {brokers}")),
        Err(failure) => Bad(format!(
            "{}; start the brokers, or mend bus.kafka_brokers (KAFKA_BROKERS), bus.tls, bus.ca or bus.user",
            super::causes(&failure).join("; ")
        )),
    }
}

/// Looks whether Redis counts for who calls at its address.
async fn redis(config: &Config) -> Finding {
    let url = &config.counters.redis_url;
    if url.is_empty() {
        return Good(
            "no Redis is configured: edges count together on PostgreSQL, or each by itself".into(),
        );
    }
    let counters = match adapters::redis(config, "doctor") {
        Ok(counters) => counters,
        Err(failure) => return Bad(super::causes(&failure).join("; ")),
    };
    let address = host_and_port(url);
    match counters.add("looked at", 0, TIMEOUT).await {
        Ok(_) => Good(format!("Redis answers at {address}")),
        Err(failure) => Bad(format!(
            "Redis at {address}: {}; start it or mend counters.redis_url, each edge counts by itself meanwhile",
            super::causes(&failure).join("; ")
        )),
    }
}

/// Looks whether the bucket of media opens itself.
async fn bucket(config: &Config) -> Finding {
    let url = &config.blobs.url;
    if url.is_empty() {
        return Good("no bucket is configured: media lie in a folder".into());
    }
    let blobs = match adapters::bucket(config) {
        Ok(blobs) => blobs,
        Err(failure) => return Bad(super::causes(&failure).join("; ")),
    };
    match blobs.list("", None, 1).await {
        Ok(_) => Good(format!("the bucket of media {url} can be read")),
        Err(failure) => Bad(format!(
            "the bucket of media {url}: {}; start its server, or mend blobs.url, blobs.endpoint, blobs.region or the key",
            super::causes(&failure).join("; ")
        )),
    }
}

/// Looks whether NATS lets this program in.
async fn nats(config: &Config) -> Finding {
    if config.fanout.nats_url.is_empty() {
        return Good(
            "no NATS is configured: processes look by themselves what others have left".into(),
        );
    }
    let fanout = match adapters::fanout(config, "doctor") {
        Ok(fanout) => fanout,
        Err(failure) => return Bad(super::causes(&failure).join("; ")),
    };
    let reaches = async {
        while !fanout.reaches() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        () = fanout.run(CancellationToken::new()) => {}
        () = reaches => return Good("NATS lets this program in".into()),
        () = tokio::time::sleep(Duration::from_secs(3)) => {}
    }
    Bad("NATS does not answer; start it, or mend fanout.nats_url (NATS_URL) or fanout.ca".into())
}

/// Looks whether the mail server lets this program in.
async fn mail(config: &Config) -> Finding {
    let folder = match adapters::mailer(config, &config.server.data_dir) {
        Ok(Some(mailer)) if !config.mail.smtp_url.is_empty() => {
            return match mailer.check().await {
                Ok(()) => Good("the mail server takes mails".into()),
                Err(failure) => Bad(format!(
                    "{}; start it, or mend mail.smtp_url (SMTP_URL)",
                    super::causes(&failure).join("; ")
                )),
            };
        }
        Ok(folder) => folder.is_some(),
        Err(failure) => return Bad(super::causes(&failure).join("; ")),
    };
    Good(if folder {
        "no mail server is configured: mails are files in a folder".into()
    } else {
        "no mail server is configured: nobody is mailed, and who forgets a password asks you".into()
    })
}

/// Looks whether one of a service's addresses takes a connection.
async fn peer(name: &str, addresses: &str) -> Finding {
    for address in addresses.split(',') {
        let connect = TcpStream::connect(host_and_port(address.trim()));
        if let Ok(Ok(_)) = tokio::time::timeout(TIMEOUT, connect).await {
            return Good(format!("{name} takes connections at {address}"));
        }
    }
    Hint(format!(
        "{name} takes no connections at {addresses} (peers.{name}); start it or mend the address"
    ))
}

/// `https://user:password@host:9200/path` names `host:9200`; without a port it is that of the scheme.
fn host_and_port(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let port = match scheme {
        "http" => 80,
        "https" => 443,
        "redis" | "rediss" => 6379,
        _ => return host.to_owned(),
    };
    // The colons of an IPv6 address stand in brackets.
    let has_port = host.rsplit_once(']').map_or(host, |(_, rest)| rest);
    if host.is_empty() || has_port.contains(':') {
        host.to_owned()
    } else {
        format!("{host}:{port}")
    }
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
    match tokio::time::timeout(TIMEOUT, version).await {
        Ok(Ok(output)) if output.status.success() => {
            let text = String::from_utf8_lossy(&output.stdout);
            let line = text.lines().next().unwrap_or(name);
            let (version, _) = line.split_once(" Copyright").unwrap_or((line, ""));
            machine::new_enough(name, version)
        }
        _ => Hint(format!(
            "{name} is missing: only `import media` needs it; Debian and Ubuntu: apt install ffmpeg, macOS: brew install ffmpeg"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::host_and_port;

    #[test]
    fn addresses_are_told_with_their_port_and_without_passwords() {
        for (url, told) in [
            ("", ""),
            ("http://search:9200/x", "search:9200"),
            (
                "https://sv:p@ss@search.example.com",
                "search.example.com:443",
            ),
            ("http://[::1]", "[::1]:80"),
            ("http://[::1]:9200", "[::1]:9200"),
            ("rediss://:sesame@cache/1?protocol=resp3", "cache:6379"),
            ("kafka:9092", "kafka:9092"),
        ] {
            assert_eq!(host_and_port(url), told, "{url}");
        }
    }
}
