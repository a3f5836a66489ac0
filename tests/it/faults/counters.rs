//! Redis, in which the edges of an installation count callers, goes away under load (feature `test-stack`): no call
//! fails of it, each edge counts by itself meanwhile, and they find together again by themselves (SEC-4).
//!
//! The Redis is the test's own, with a password, and one of the two edges comes to it by TLS. It keeps nothing
//! on disk: it comes back empty.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use crate::harness::{Client, Deployment, FIRST_PAUSE, TIMEOUT, tell};

/// Calls a minute: enough for the load.
const LIMIT: u64 = 1_000_000;
/// Calls by which it is seen who hears of them.
const CALLS: u64 = 20;
const PASSWORD: &str = "sesame";
/// Two edges are of one installation where their folders say so.
const INSTALLATION: &str = "01936f00-0000-7000-8000-00000000c0de";

#[test]
fn edges_count_together_on_redis_and_each_by_itself_while_it_is_away() {
    let mut redis = Redis::new();
    redis.start();
    let plain = format!("redis://:{PASSWORD}@127.0.0.1:{}", redis.port);
    let with_tls = format!("rediss://:{PASSWORD}@127.0.0.1:{}/0", redis.tls_port);
    let installations = [plain, with_tls].map(|url| installation(&url, &redis));
    let edges = [0, 1].map(|place| Edge::of(&installations[place]));
    for place in [0, 1] {
        assert!(
            hears_of(&edges[place], &edges[1 - place]),
            "the edge {place} never hears of the other's calls"
        );
    }

    let (over, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
    let progress = || {
        let before = answered.load(Ordering::Relaxed);
        until("calls are answered", || {
            answered.load(Ordering::Relaxed) > before + 100
        });
    };
    thread::scope(|threads| {
        let callers: Vec<_> = edges
            .iter()
            .map(|edge| {
                threads.spawn(|| {
                    while !over.load(Ordering::Relaxed) {
                        edge.call();
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        progress();
        redis.kill();
        for edge in &edges {
            edge.until_counters_are("degraded");
        }
        progress();
        over.store(true, Ordering::Relaxed);
        for caller in callers {
            caller.join().unwrap();
        }
    });
    tell(&format!(
        "{} calls while Redis went, none failed",
        answered.load(Ordering::Relaxed)
    ));
    let (used, failed) = (edges[0].call(), edges[0].failed_rounds());
    for _ in 0..CALLS {
        edges[1].call();
    }
    until("rounds fail", || edges[0].failed_rounds() > failed);
    let now = edges[0].call();
    assert!(
        now.reset != used.reset || now.used == used.used + 1,
        "{now:?} after {used:?}: it counts by itself"
    );

    redis.start();
    for edge in &edges {
        edge.until_counters_are("well");
    }
    let back = edges[0].call();
    assert!(
        back.reset != now.reset || back.used > now.used,
        "{back:?} after {now:?}: what was counted is not forgotten with Redis"
    );
    for place in [0, 1] {
        assert!(
            hears_of(&edges[place], &edges[1 - place]),
            "afterwards the edge {place} never hears of the other's calls"
        );
    }
    for installation in &installations {
        let logs = installation.logs();
        assert!(!logs.contains("panicked"), "nothing panics");
        assert!(!logs.contains(PASSWORD), "nothing tells the password");
    }
}

/// Starts every service, with an edge that counts on Redis.
fn installation(url: &str, redis: &Redis) -> Deployment {
    let limit = LIMIT.to_string();
    let env = [
        ("REDIS_URL", url.to_owned()),
        ("SSL_CERT_FILE", redis.file("cert.pem")),
        ("STREAMVERSE_EDGE__RATES__DEFAULT__ADDRESS", limit),
    ];
    let mut deployment = Deployment::stopped(&["all"], &env);
    let folder = deployment.data.path().join("installation");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("id"), INSTALLATION).unwrap();
    deployment.start_again();
    deployment
}

/// Says whether an edge counts calls that another one has answered, within one minute of the clock.
fn hears_of(one: &Edge, other: &Edge) -> bool {
    let begin = Instant::now();
    while begin.elapsed() < TIMEOUT {
        let before = one.call();
        for _ in 0..CALLS {
            other.call();
        }
        for own in 1..=20 {
            let now = one.call();
            if now.reset != before.reset {
                break;
            }
            if now.used >= before.used + own + CALLS {
                return true;
            }
            thread::sleep(Duration::from_millis(100));
        }
    }
    false
}

fn until(what: &str, so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !so() {
        assert!(begin.elapsed() < TIMEOUT, "never: {what}");
        thread::sleep(FIRST_PAUSE);
    }
}

/// An edge, as a caller and as its operator see it.
struct Edge {
    public: Client,
    operators: Client,
}

/// What an edge says of the caller's budget.
#[derive(Debug)]
struct Standing {
    used: u64,
    reset: u64,
}

impl Edge {
    fn of(deployment: &Deployment) -> Self {
        let operators = deployment.servers[0].operators_port();
        Self {
            public: Client::new(&deployment.edge),
            operators: Client::new(&format!("http://{operators}")),
        }
    }

    /// Makes a call of which no caller may notice anything.
    fn call(&self) -> Standing {
        let answer = self.public.get("/subscriptions");
        assert_eq!(answer.status, 200, "{}", answer.text());
        let header = |name: &str| -> u64 {
            let value = answer.headers.get(name).expect("each answer has it");
            value.to_str().unwrap().parse().unwrap()
        };
        Standing {
            used: LIMIT - header("x-ratelimit-remaining"),
            reset: header("x-ratelimit-reset"),
        }
    }

    /// Waits until the operators' `/ready` says `degraded` or `well` of the counters; the process is ready throughout.
    fn until_counters_are(&self, wanted: &str) {
        until(wanted, || {
            let answer = self.operators.get("/ready");
            assert_eq!(answer.status, 200, "{}", answer.text());
            let degraded = &answer.json()["degraded"];
            let degraded = degraded.as_array().into_iter().flatten();
            let is_named = { degraded }.any(|name| name == "edge.counters");
            is_named == (wanted == "degraded")
        });
    }

    fn failed_rounds(&self) -> u64 {
        let metrics = self.operators.get("/metrics");
        let name = r#"streamverse_edge_rate_rounds_total{outcome="failed"} "#;
        let line = metrics
            .text()
            .lines()
            .find_map(|line| line.strip_prefix(name));
        line.expect("it is told from the start").parse().unwrap()
    }
}

/// A Redis of the test's own.
struct Redis {
    folder: tempfile::TempDir,
    port: u16,
    tls_port: u16,
    child: Option<Child>,
}

impl Redis {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let names = "subjectAltName=IP:127.0.0.1";
        let made = Command::new("openssl")
            .args(["req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=redis"])
            .args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"])
            .args(["-addext", names, "-addext", "basicConstraints=CA:FALSE"])
            .args(["-keyout", "key.pem", "-out", "cert.pem"])
            .current_dir(folder.path())
            .output()
            .expect("openssl is there");
        assert!(made.status.success(), "{made:?}");
        let ports = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let [port, tls_port] = ports.each_ref().map(|p| p.local_addr().unwrap().port());
        Self {
            folder,
            port,
            tls_port,
            child: None,
        }
    }

    fn file(&self, name: &str) -> String {
        let path: &Path = self.folder.path();
        path.join(name).to_str().unwrap().to_owned()
    }

    fn start(&mut self) {
        let child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &self.port.to_string()])
            .args(["--tls-port", &self.tls_port.to_string()])
            .args(["--tls-cert-file", "cert.pem", "--tls-key-file", "key.pem"])
            .args(["--tls-auth-clients", "no", "--requirepass", PASSWORD])
            .args(["--save", "", "--appendonly", "no"])
            .current_dir(self.folder.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is there: tests/stack/up redis installs it");
        self.child = Some(child);
        until("Redis takes connections", || {
            TcpStream::connect(("127.0.0.1", self.tls_port)).is_ok()
        });
    }

    fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}
