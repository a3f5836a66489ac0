//! `run`: which services, which ports, and the orderly end.

use std::{
    fs,
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::Desk;
use crate::harness::{Client, Deployment};

const ANY: [&str; 4] = ["--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"];

/// A server that ends with its test.
struct Running(Child);

impl Running {
    fn start(desk: &Desk, args: &[&str]) -> Self {
        let log = fs::File::create(desk.files.path().join("log")).unwrap();
        let args = [&["run"], args, &ANY].concat();
        Self(
            desk.command(&args)
                .stdout(Stdio::null())
                .stderr(log)
                .spawn()
                .unwrap(),
        )
    }

    /// Waits for a line of the log.
    fn until_it_says(&mut self, desk: &Desk, what: &str) -> String {
        let begin = Instant::now();
        loop {
            let log = fs::read_to_string(desk.files.path().join("log")).unwrap();
            if let Some(line) = log.lines().find(|line| line.contains(what)) {
                return line.to_owned();
            }
            let ended = self.0.try_wait().unwrap();
            assert!(
                ended.is_none() && begin.elapsed() < Duration::from_mins(1),
                "{what}: {log}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Lists the services that announce themselves in a folder.
fn announced(desk: &Desk) -> Vec<String> {
    let entries = fs::read_dir(desk.data.join("run")).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| Some(name.strip_suffix(".json")?.to_owned()))
        .collect();
    names.sort();
    names
}

/// SEC-4: a limit that the system would lift keeps nobody out.
#[cfg(target_os = "linux")]
#[test]
fn a_server_raises_its_limit_of_open_files_and_tells_a_low_one() {
    let desk = Desk::new();
    let log = fs::File::create(desk.files.path().join("log")).unwrap();
    let plain = desk.command(&[]);
    let mut command = Command::new("sh");
    let limited = "ulimit -Sn 300; ulimit -Hn 900; exec \"$0\" \"$@\"";
    command.args(["-c", limited]).arg(plain.get_program());
    command.args([&["run", "--services", "auth,users"], &ANY[..]].concat());
    command.env("STREAMVERSE_SERVER__DATA_DIR", desk.data());
    let child = command.stdout(Stdio::null()).stderr(log).spawn().unwrap();
    let mut server = Running(child);
    let told = server.until_it_says(&desk, "few files may be open");
    assert!(told.contains("\"limit\":\"900\""), "{told}");
    server.until_it_says(&desk, "operators' port open");
    let limits = fs::read_to_string(format!("/proc/{}/limits", server.0.id())).unwrap();
    let files = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let words: Vec<_> = files.unwrap().split_whitespace().collect();
    assert_eq!(words[3..5], ["900", "900"], "{limits}");
}

/// SEC-4.
#[cfg(target_os = "linux")]
#[test]
fn a_limit_of_open_files_that_does_not_suffice_is_named() {
    for limit in [40, 90] {
        let desk = Desk::new();
        let plain = desk.command(&[]);
        let mut command = Command::new("sh");
        let limited = format!("ulimit -Sn {limit}; ulimit -Hn {limit}; exec \"$0\" \"$@\"");
        command.args(["-c", &limited]).arg(plain.get_program());
        command.args([&["run"], &ANY[..]].concat());
        command.env("STREAMVERSE_SERVER__DATA_DIR", desk.data());
        let ended = command.output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        let named = format!("at most {limit} files may be open here, and this process needs ");
        assert!(said.contains(&named), "{said}");
    }
}

#[test]
fn groups_and_names_choose_the_services() {
    for (list, chosen, not) in [
        (
            "core",
            &["auth", "content", "payments", "rights", "users"][..],
            "search",
        ),
        ("media,search", &["search", "streaming"], "auth"),
        ("data, support, auth", &["admin", "auth", "search"], "users"),
    ] {
        let desk = Desk::new();
        let mut server = Running::start(&desk, &["--services", list]);
        // Last of all, when every service has announced itself.
        server.until_it_says(&desk, "operators' port open");
        let announced = announced(&desk);
        let runs = |name: &str| announced.iter().any(|service| service == name);
        assert!(
            chosen.iter().all(|name| runs(name)),
            "{list}: {announced:?}"
        );
        assert!(!runs(not), "{list}: {announced:?}");
    }
}

#[test]
fn what_cannot_be_chosen_is_refused() {
    let desk = Desk::new();
    let unknown = desk
        .run(&["run", "--services", "auth,serach"])
        .misunderstood();
    assert!(
        unknown.contains("invalid value 'serach' for '--services <LIST>': there is no service or group \"serach\"; there are the services auth, users,")
            && unknown.contains("and the groups core, media, data, support"),
        "{unknown}"
    );
    let nothing = desk.run(&["run", "--services", ""]).misunderstood();
    assert!(
        nothing.contains("there is no service or group \"\"; there are the services auth,"),
        "{nothing}"
    );
    assert!(!desk.data.exists());
}

#[test]
fn the_data_folder_belongs_to_one_process() {
    let deployment = Deployment::start(&["all"], &[]);
    let desk = Desk::at(&deployment);
    let args = [&["run"][..], &ANY].concat();
    let second = desk.run(&args).errors;
    assert!(
        second.contains("error: admin already runs on the data folder ")
            && second.ends_with(
                "; stop that process, or give another folder by --data-dir. Several processes of one service need PostgreSQL: store.url (DATABASE_URL)\n"
            ),
        "{second}"
    );
    // The first does not notice.
    assert_eq!(Client::new(&deployment.edge).get("/health").status, 200);
}

#[test]
fn a_port_in_use_is_named_with_the_option_that_gives_another() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let refuse = |args: &[&str], option: &str| {
        let ended = Desk::new().run(&[&["run"], args].concat());
        let wanted = format!("error: cannot listen on {taken}: ");
        let complaint = ended.errors.lines().find(|line| line.starts_with(&wanted));
        assert!(
            complaint
                .is_some_and(|line| line.ends_with(&format!("give another address by {option}"))),
            "{ended:?}"
        );
        assert_eq!(ended.code, Some(1));
    };
    refuse(
        &["--listen", &taken, "--ops-listen", "127.0.0.1:0"],
        "--listen",
    );
    refuse(
        &["--listen", "127.0.0.1:0", "--ops-listen", &taken],
        "--ops-listen",
    );
    refuse(
        &[
            "--services",
            "users",
            "--listen",
            &taken,
            "--ops-listen",
            "127.0.0.1:0",
        ],
        "--listen",
    );
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let desk = Desk::new();
    let file = desk.file("file", "");
    let args = [&["run", "--data-dir", &file][..], &ANY].concat();
    let said = desk.run(&args).errors;
    assert!(
        said.contains(&format!("error: the data folder {file} cannot be used; give another one by --data-dir\n  because ")),
        "{said}"
    );
}

#[test]
fn a_signal_ends_it_in_order() {
    let desk = Desk::new();
    let mut server = Running::start(&desk, &[]);
    server.until_it_says(&desk, "ready: http://127.0.0.1:");
    for signal in ["-TERM", "-INT"] {
        let pid = server.0.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(server.0.wait().unwrap().code(), Some(0), "{signal}");
        server.until_it_says(&desk, "\"stopped\"");
        assert_eq!(announced(&desk), [""; 0], "who has ended announces nothing");
        server = Running::start(&desk, &[]);
        server.until_it_says(&desk, "ready: http://127.0.0.1:");
    }
}

/// Waits until a process listens for SIGHUP, SIGINT and SIGTERM.
#[cfg(target_os = "linux")]
fn until_it_hears(server: &mut Running) {
    const SIGNALS: [u32; 3] = [1, 2, 15];
    let begin = Instant::now();
    loop {
        let status = fs::read_to_string(format!("/proc/{}/status", server.0.id())).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let caught = u64::from_str_radix(caught.unwrap().trim(), 16).unwrap();
        if SIGNALS.iter().all(|signal| caught >> (signal - 1) & 1 == 1) {
            return;
        }
        assert!(begin.elapsed() < Duration::from_secs(20), "{caught:x}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// From its first moment on, whatever it waits for: here a secret that nobody has written yet.
#[cfg(target_os = "linux")]
#[test]
fn signals_are_heard_while_it_starts() {
    let mut desk = Desk::new();
    let secret = desk.files.path().join("pepper");
    let made = Command::new("mkfifo").arg(&secret).status();
    assert!(made.unwrap().success());
    desk = desk.with("STREAMVERSE_AUTH__PEPPER_FILE", secret.to_str().unwrap());
    let send = |server: &Running, signal: &str| {
        let pid = server.0.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(sent.unwrap().success());
    };
    let mut server = Running::start(&desk, &["--services", "auth,users"]);
    until_it_hears(&mut server);
    assert!(!desk.data.exists(), "it has not begun");
    send(&server, "-HUP");
    fs::write(&secret, "p".repeat(32)).unwrap();
    server.until_it_says(&desk, "operators' port open");
    server.until_it_says(&desk, "SIGHUP received");

    let mut server = Running::start(&desk, &["--services", "auth,users"]);
    until_it_hears(&mut server);
    send(&server, "-TERM");
    assert_eq!(server.0.wait().unwrap().code(), Some(0), "no crash");
}

#[test]
fn a_service_that_nothing_says_where_it_is_stops_the_start_by_the_name_of_the_setting() {
    let desk = Desk::new().with("AUTH_SERVICE_URL", "http://127.0.0.1:9081");
    let edge = [&["run", "--services", "edge"][..], &ANY].concat();
    let said = desk.run(&edge).errors;
    for name in [
        "users",
        "content",
        "livetv",
        "payments",
        "rights",
        "search",
        "streaming",
    ] {
        let setting = format!("set {}_SERVICE_URL (peers.{name})", name.to_uppercase());
        assert!(said.contains(&setting), "{setting}: {said}");
    }
    let rights = [&["run", "--services", "rights"][..], &ANY].concat();
    let said = desk.run(&rights).errors;
    assert!(
        said.contains("error: rights does not start: nothing says where users is")
            && said.contains("set USERS_SERVICE_URL (peers.users)"),
        "{said}"
    );
}
