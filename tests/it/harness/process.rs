//! The program as a child process.

use std::{
    fs,
    io::{Read, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::FIRST_PAUSE;

/// How long a start may take on a loaded machine.
const START: Duration = Duration::from_mins(1);

/// How long a command may take on a loaded machine.
const END: Duration = Duration::from_mins(2);

/// Settings that a test gets only where it names them.
const OTHERS: [&str; 2] = ["NATS_URL", "SMTP_URL"];

/// Settings that a test gets only where it asks for them, whatever surrounds it.
const SERVERS: [&str; 4] = [
    "DATABASE_URL",
    "KAFKA_BROKERS",
    "OPENSEARCH_URL",
    "REDIS_URL",
];

/// Returns the addresses of the real servers as settings.
#[cfg(any(
    feature = "test-stack",
    feature = "test-faults",
    feature = "test-replicas"
))]
pub(crate) fn servers() -> [(&'static str, String); 4] {
    SERVERS.map(|name| {
        let value = std::env::var_os(name).and_then(|value| value.into_string().ok());
        let value = value.unwrap_or_else(|| panic!("{name} is not set: run make test-stack"));
        (name, value)
    })
}

/// Starts a command of the program without the servers of the surroundings.
fn command() -> Command {
    let mut command = Command::new(program());
    for name in SERVERS.iter().chain(&OTHERS) {
        command.env_remove(name);
    }
    command
}

/// Finds the program that was built beside this test.
pub(crate) fn program() -> PathBuf {
    let test = std::env::current_exe().expect("this test has a path");
    let folder = test
        .parent()
        .and_then(Path::parent)
        .expect("tests lie in target/<profile>/deps");
    let program = folder.join("streamverse");
    assert!(
        program.exists(),
        "{} is missing: run the tests by `make test`",
        program.display()
    );
    program
}

/// Runs a command to its end, types into it, and returns what it printed; one that goes on is killed, and its
/// test fails.
pub(crate) fn output(command: &mut Command, typed: Option<&str>) -> Output {
    if typed.is_some() {
        command.stdin(Stdio::piped());
    }
    let pipes = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().expect("the program starts");
    let out = listen(child.stdout.take().expect("a pipe"));
    let errors = listen(child.stderr.take().expect("a pipe"));
    if let Some(typed) = typed {
        let mut stdin = child.stdin.take().expect("a pipe");
        // A command that refuses at once does not wait for what is typed.
        let _ = stdin.write_all(typed.as_bytes());
    }
    let end = Instant::now() + END;
    let heard = |pipe: &mpsc::Receiver<Vec<u8>>| {
        pipe.recv_timeout(end.saturating_duration_since(Instant::now()))
    };
    match (heard(&out), heard(&errors)) {
        (Ok(stdout), Ok(stderr)) => Output {
            status: child.wait().expect("the child can be asked"),
            stdout,
            stderr,
        },
        said => {
            child.kill().ok();
            child.wait().ok();
            let rest = |said: Result<Vec<u8>, _>, pipe: mpsc::Receiver<Vec<u8>>| {
                let bytes = said
                    .or_else(|_| pipe.recv_timeout(Duration::from_secs(1)))
                    .unwrap_or_default();
                String::from_utf8_lossy(&bytes).into_owned()
            };
            let (out, errors) = (rest(said.0, out), rest(said.1, errors));
            panic!("{command:?} goes on after {END:?}:\n{out}\n{errors}")
        }
    }
}

/// Reads a pipe to its end.
fn listen(mut pipe: impl Read + Send + 'static) -> mpsc::Receiver<Vec<u8>> {
    let (said, heard) = mpsc::channel();
    thread::spawn(move || {
        let mut all = Vec::new();
        let _ = pipe.read_to_end(&mut all);
        let _ = said.send(all);
    });
    heard
}

/// Names the file that the processes of a group log to.
fn log_name(group: &str) -> String {
    format!("{}.log", group.replace(',', "-"))
}

/// A running process of the program. It is killed when it goes out of scope.
pub(crate) struct Server {
    /// The process.
    pub(crate) child: Child,
    log: PathBuf,
}

impl Server {
    /// Starts `streamverse run` with these arguments on a data folder, and appends what it says to a file.
    pub(crate) fn start(
        data: &Path,
        log: PathBuf,
        args: &[&str],
        env: &[(String, String)],
    ) -> Self {
        let output = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&log)
            .expect("a folder that takes a log");
        let child = command()
            .arg("run")
            .args(args)
            .args([
                "--data-dir",
                data.to_str().expect("the folder's path is Unicode"),
            ])
            .args(["--ops-listen", "127.0.0.1:0"])
            .envs(env.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(output)
            .spawn()
            .expect("the program starts");
        Self { child, log }
    }

    /// Waits until a service of this process answers, and returns its address; fails with the log
    /// where the process ends before.
    pub(crate) fn address(&mut self, data: &Path, service: &str) -> Result<String, String> {
        let file = data.join("run").join(format!("{service}.json"));
        let begin = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("the child can be asked") {
                return Err(format!("streamverse ended with {status}:\n{}", self.log()));
            }
            let entry = fs::read(&file)
                .ok()
                .and_then(|b| serde_json::from_slice::<Value>(&b).ok());
            if let Some(entry) = entry
                && entry["pid"].as_u64() == Some(u64::from(self.child.id()))
            {
                return Ok(entry["url"].as_str().expect("an address").to_owned());
            }
            assert!(
                begin.elapsed() < START,
                "{service} did not start:\n{}",
                self.log()
            );
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the log tells the address of the operators' port, and returns it.
    pub(crate) fn operators_port(&self) -> String {
        let begin = Instant::now();
        loop {
            let log = self.log();
            let lines = log
                .lines()
                .filter_map(|line| serde_json::from_str::<Value>(line).ok());
            let mut opened = lines.filter(|line| line["message"] == "operators' port open");
            if let Some(opened) = opened.next_back() {
                return opened["address"].as_str().expect("an address").to_owned();
            }
            assert!(begin.elapsed() < START, "no operators' port:\n{log}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits for the end of the process, for so long at most; says whether it ended in order.
    #[cfg(feature = "test-replicas")]
    pub(crate) fn ends_within(&mut self, timeout: Duration) -> bool {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("the child can be asked") {
                return status.success();
            }
            if begin.elapsed() > timeout {
                return false;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Tells the process to end, and waits for it.
    #[cfg(unix)]
    pub(crate) fn ends_in_order(&mut self) {
        let told = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        assert!(told.expect("kill is there").success());
        self.child.wait().expect("the child can be asked");
    }

    /// Ends the process at once, as a power cut of the process would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }

    /// Returns what the process logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if thread::panicking() {
            let log = self.log();
            let complaints = log
                .lines()
                .filter(|line| !line.contains("\"level\":\"INFO\""));
            for line in complaints {
                let _ = writeln!(std::io::stderr(), "{line}");
            }
        }
    }
}

/// A command of the program that runs. It is killed when it goes out of scope.
pub(crate) struct Task(Child);

impl Task {
    /// Waits for its end, for so long at most, and says whether it came, and in success.
    pub(crate) fn ends_within(&mut self, timeout: Duration) -> Option<bool> {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().expect("the child can be asked") {
                return Some(status.success());
            }
            if begin.elapsed() > timeout {
                return None;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// All processes of one installation on one data folder.
pub(crate) struct Deployment {
    /// The processes, the edge's last.
    pub(crate) servers: Vec<Server>,
    /// Address of the public port.
    pub(crate) edge: String,
    /// The data folder; it outlives the processes.
    pub(crate) data: tempfile::TempDir,
    pub(crate) groups: Vec<String>,
    /// The folder of the logs: a data folder that is full takes none.
    said: tempfile::TempDir,
    env: Vec<(String, String)>,
}

impl Deployment {
    /// Starts one process per group of services, in this order; the last one has the edge. `all` is
    /// every service.
    pub(crate) fn start(groups: &[&str], env: &[(&str, String)]) -> Self {
        let mut deployment = Self::stopped(groups, env);
        deployment.start_again();
        deployment
    }

    /// Makes the folder of an installation that does not run yet.
    pub(crate) fn stopped(groups: &[&str], env: &[(&str, String)]) -> Self {
        let env = env.iter().map(|(k, v)| ((*k).to_owned(), v.clone()));
        Self {
            data: tempfile::tempdir().expect("a temporary folder"),
            said: tempfile::tempdir().expect("a temporary folder"),
            servers: Vec::new(),
            edge: String::new(),
            groups: with_others(groups),
            env: env.collect(),
        }
    }

    /// Starts every process on what the folder holds, without waiting for the last.
    pub(crate) fn begin_again(&mut self) {
        for group in self.groups.clone() {
            self.add(&group);
        }
    }

    /// Starts every process on what the folder holds, and waits for the edge.
    pub(crate) fn start_again(&mut self) {
        self.try_start().unwrap_or_else(|log| panic!("{log}"));
    }

    /// Does the same, but fails where the last process ends instead.
    pub(crate) fn try_start(&mut self) -> Result<(), String> {
        self.begin_again();
        let folder = self.data.path().to_owned();
        let last = self.servers.last_mut().expect("at least one process");
        let started = last.address(&folder, "edge");
        if started.is_err() {
            self.servers.clear();
        }
        self.edge = started?;
        Ok(())
    }

    /// Starts the last process once more beside the one that runs, and returns its edge; fails with the log
    /// where it ends instead.
    #[cfg(target_os = "linux")]
    pub(crate) fn try_second(&mut self) -> Result<String, String> {
        let group = self.groups.last().cloned().expect("at least one process");
        self.add(&group);
        let folder = self.data.path().to_owned();
        let mut second = self.servers.pop().expect("it was added");
        let edge = second.address(&folder, "edge")?;
        self.servers.push(second);
        Ok(edge)
    }

    /// Ends every process at once (SIGKILL); the folder stays as it is.
    pub(crate) fn kill(&mut self) {
        self.servers.clear();
    }

    /// Returns what the processes logged, in all their lives.
    pub(crate) fn logs(&self) -> String {
        let logs = self.groups.iter().map(|group| {
            let log = self.said.path().join(log_name(group));
            fs::read_to_string(log).unwrap_or_default()
        });
        logs.collect()
    }

    /// Waits until the processes have logged something.
    pub(crate) fn until_logged(&self, words: &str) {
        let begin = Instant::now();
        while !self.logs().contains(words) {
            assert!(
                begin.elapsed() < START,
                "nothing says {words:?}:\n{}",
                self.logs()
            );
            thread::sleep(FIRST_PAUSE);
        }
    }

    /// Starts the process of one group with settings of its own, and waits for it.
    pub(crate) fn begin_with(&mut self, group: usize, env: &[(&str, &str)]) {
        let own = env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        let all = self.env.clone();
        self.env.extend(own);
        let group = self.groups[group].clone();
        self.add(&group);
        self.env = all;
        let folder = self.data.path().to_owned();
        if group.split(',').any(|name| name == "edge")
            && let Some(server) = self.servers.last_mut()
        {
            let edge = server.address(&folder, "edge");
            self.edge = edge.unwrap_or_else(|log| panic!("{log}"));
        }
    }

    fn add(&mut self, group: &str) {
        let mut args = vec!["--listen", "127.0.0.1:0"];
        if group != "all" {
            args.extend(["--services", group]);
        }
        let folder = self.data.path().to_owned();
        let log = self.said.path().join(log_name(group));
        let mut server = Server::start(&folder, log, &args, &self.env);
        if group != "all" {
            for service in group.split(',') {
                let started = server.address(&folder, service);
                started.unwrap_or_else(|log| panic!("{log}"));
            }
        }
        self.servers.push(server);
    }

    /// Begins a command of the program on this installation.
    pub(crate) fn begin(&self, args: &[&str]) -> Task {
        let mut command = self.prepare(args);
        let silent = command.stdout(Stdio::null()).stderr(Stdio::null());
        Task(silent.spawn().expect("the program starts"))
    }

    fn prepare(&self, args: &[&str]) -> Command {
        let mut command = command();
        command
            .args(args)
            .arg("--data-dir")
            .arg(self.data.path())
            .envs(self.env.iter().cloned())
            .stdin(Stdio::null());
        command
    }

    /// Runs a command of the program on this installation and returns what it printed.
    pub(crate) fn command(&self, args: &[&str]) -> String {
        let output = output(&mut self.prepare(args), None);
        assert!(
            output.status.success(),
            "streamverse {args:?} failed:\n{}\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("the program prints text")
    }

    /// Makes an administrator and returns address and password.
    pub(crate) fn admin(&self) -> (String, String) {
        let password = "correct horse battery";
        let file = self.data.path().join("password");
        fs::write(&file, password).expect("a password file");
        let file = file.to_str().expect("the file's path is Unicode");
        self.command(&[
            "admin",
            "create",
            "--email",
            "root@example.org",
            "--password-file",
            file,
        ]);
        ("root@example.org".into(), password.into())
    }
}

/// Lists every service of the program, by name: each has its folder.
pub(crate) fn services() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../services");
    let folders = fs::read_dir(folder).expect("the services are there");
    let names = folders.map(|entry| entry.expect("a folder").file_name());
    let names = names.map(|name| name.to_string_lossy().into_owned());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

/// The services that each process runs; `others` are those that none of them names.
pub(crate) fn with_others(groups: &[&str]) -> Vec<String> {
    let named: Vec<_> = groups.iter().flat_map(|group| group.split(',')).collect();
    let mut others = services();
    others.retain(|service| !named.contains(&service.as_str()));
    let others = others.join(",");
    let whole = |name: &str| {
        if name == "others" {
            others.clone()
        } else {
            name.to_owned()
        }
    };
    let group = |group: &&str| group.split(',').map(whole).collect::<Vec<_>>().join(",");
    groups.iter().map(group).collect()
}
