//! NATS keeps the promises of all fan-outs, and may go away and come back. Needs `NATS_URL`, and `nats-server` to be
//! killed.

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use sv_kernel::{Entropy as _, SystemEntropy};
use sv_ports::{Fanout as _, Heard, conformance::fanout::Stand};
use sv_tls_front::Certificates;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::NatsFanout;

/// Longer than a slow machine takes.
const TIMEOUT: Duration = Duration::from_secs(20);

fn address() -> String {
    std::env::var("NATS_URL")
        .unwrap_or_else(|_| panic!("NATS_URL is not set; tests/stack/up nats prints it"))
}

fn installation() -> String {
    let mut random = [0; 8];
    SystemEntropy.fill(&mut random);
    format!("test-{:016x}", u64::from_be_bytes(random))
}

/// Makes the fan-out of a process, which runs as long as the test.
fn process(url: &str, installation: &str) -> Arc<NatsFanout> {
    process_that_believes(None, url, installation)
}

fn process_that_believes(ca: Option<&Path>, url: &str, installation: &str) -> Arc<NatsFanout> {
    let fanout = Arc::new(NatsFanout::new(url, ca, installation).unwrap());
    let runs = fanout.clone();
    tokio::spawn(async move { runs.run(CancellationToken::new()).await });
    fanout
}

async fn until(what: &str, is: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is() {
        assert!(begin.elapsed() < TIMEOUT, "never: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until what one process tells the other hears.
async fn meet(one: &NatsFanout, other: &NatsFanout) {
    let mut listener = other.subscribe("meeting").unwrap();
    let begin = Instant::now();
    loop {
        one.publish("meeting", "here".into()).unwrap();
        let heard = timeout(Duration::from_millis(100), listener.next()).await;
        if matches!(heard, Ok(Heard::Message(_))) {
            return;
        }
        assert!(begin.elapsed() < TIMEOUT, "they never meet");
    }
}

async fn stand() -> Stand {
    let installation = installation();
    let (one, other) = (
        process(&address(), &installation),
        process(&address(), &installation),
    );
    meet(&one, &other).await;
    meet(&other, &one).await;
    Stand { one, other }
}

sv_ports::fanout_suite!(stand);

#[tokio::test]
async fn installations_do_not_hear_each_other() {
    let (one, other) = (
        process(&address(), &installation()),
        process(&address(), &installation()),
    );
    until("both are there", || one.reaches() && other.reaches()).await;
    let mut listener = other.subscribe("news").unwrap();
    one.publish("news", "not for you".into()).unwrap();
    let heard = timeout(Duration::from_millis(300), listener.next()).await;
    assert!(!matches!(heard, Ok(Heard::Message(_))), "{heard:?}");
}

/// A server of the test's own, so that it may be killed.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start(port: Option<u16>) -> Self {
        Self::with(port, &[])
    }

    fn with(port: Option<u16>, args: &[&str]) -> Self {
        let free = || {
            TcpListener::bind("127.0.0.1:0")
                .unwrap()
                .local_addr()
                .unwrap()
                .port()
        };
        let port = port.unwrap_or_else(free);
        let child = Command::new("nats-server")
            .args(["-a", "127.0.0.1", "-p", &port.to_string()])
            .args(args)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("nats-server is installed: tests/stack/up nats does it");
        Self { child, port }
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_is_missed_and_found_again() {
    let mut server = Server::start(None);
    let url = format!("nats://127.0.0.1:{}", server.port);
    let installation = installation();
    let (one, other) = (process(&url, &installation), process(&url, &installation));
    meet(&one, &other).await;
    let mut listener = other.subscribe("news").unwrap();
    server.kill();
    until("it is missed", || !one.reaches() && !other.reaches()).await;
    // Whoever listens learns that it cannot rely on hearing.
    assert_eq!(
        timeout(TIMEOUT, listener.next()).await.unwrap(),
        Heard::Lost
    );
    // Nobody waits for it, and nothing is kept for it.
    let begin = Instant::now();
    let mut own = one.subscribe("news").unwrap();
    for _ in 0..10_000 {
        one.publish("news", "while it is away".into()).unwrap();
    }
    assert!(
        begin.elapsed() < Duration::from_secs(2),
        "{:?}",
        begin.elapsed()
    );
    assert!(
        matches!(own.next().await, Heard::Lost | Heard::Message(_)),
        "within the process it goes on"
    );

    let server = Server::start(Some(server.port));
    until("it is found", || one.reaches() && other.reaches()).await;
    assert_eq!(
        timeout(TIMEOUT, listener.next()).await.unwrap(),
        Heard::Lost
    );
    meet(&one, &other).await;
    one.publish("news", "back".into()).unwrap();
    let back = Heard::Message("back".into());
    assert_eq!(timeout(TIMEOUT, listener.next()).await.unwrap(), back);
    drop(server);
}

#[tokio::test]
async fn a_server_that_is_not_there_at_the_start_is_found_later() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("nats://127.0.0.1:{port}");
    let installation = installation();
    let (one, other) = (process(&url, &installation), process(&url, &installation));
    assert!(!one.reaches());
    one.publish("news", "to nobody".into()).unwrap();
    let _server = Server::start(Some(port));
    meet(&one, &other).await;
    assert!(!format!("{one:?}").contains("127.0.0.1"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_is_held_to_its_certificate_and_asks_for_a_password() {
    let (own, other) = (Certificates::make().unwrap(), Certificates::make().unwrap());
    let (certificate, key) = (own.path("tls.crt"), own.path("tls.key"));
    let mut args = vec!["--tls", "--user", "sv", "--pass", "open:sesame"];
    args.extend(["--tlscert", &certificate, "--tlskey", &key]);
    let server = Server::with(None, &args);
    let (port, installation) = (server.port, installation());
    let comes = |ca: &Certificates, host: &str, who: &str| {
        let url = format!("tls://{who}@{host}:{port}");
        process_that_believes(Some(&ca.ca()), &url, &installation)
    };
    let one = comes(&own, "localhost", "sv:open%3Asesame");
    let two = comes(&own, "localhost", "sv:open%3Asesame");
    let strangers = [
        comes(&other, "localhost", "sv:open%3Asesame"),
        comes(&own, "127.0.0.1", "sv:open%3Asesame"),
        comes(&own, "localhost", "sv:guessed"),
    ];
    meet(&one, &two).await;
    let deadline = Instant::now() + Duration::from_secs(1);
    while Instant::now() < deadline {
        assert!(strangers.iter().all(|stranger| !stranger.reaches()));
        sleep(Duration::from_millis(50)).await;
    }
}
