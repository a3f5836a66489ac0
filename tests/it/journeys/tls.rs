//! TLS at the public port: every protocol behind it, and certificates that change under load (EDGE-9).

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{self, Message, client::IntoClientRequest as _};

use crate::harness::{
    Client, Deployment, output, program,
    tls::{self, Authorities, Secure, peer},
};

const PLANS: &str = "/streamverse.rights.v1.RightsService/ListPlans";

/// A folder of certificates as `streamverse certs dev` makes them.
struct Certificates(tempfile::TempDir);

impl Certificates {
    fn new() -> Self {
        let certificates = Self(tempfile::tempdir().unwrap());
        certificates.renew();
        certificates
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn shown(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// Makes a new certificate of the same authority.
    fn renew(&self) {
        let mut command = Command::new(program());
        let folder = self.0.path();
        command.args(["certs", "dev", "--name", "tv.test", "--dir"]);
        let ended = output(command.arg(folder), None);
        assert!(ended.status.success(), "{ended:?}");
    }

    /// Opens a connection, which offers HTTP/1.1 alone.
    fn connect(&self, edge: &str) -> std::io::Result<Secure> {
        let authorities = fs::read_to_string(self.path("ca.crt")).unwrap();
        tls::connect(Authorities::of(&authorities).client(), edge)
    }

    fn curl(&self, args: &[&str]) -> String {
        let mut command = Command::new("curl");
        command.args(["-sS", "--max-time", "30", "--cacert"]);
        let ended = output(command.arg(self.path("ca.crt")).args(args), None);
        let said = String::from_utf8_lossy(&ended.stdout).into_owned();
        let errors = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "curl {args:?}: {errors}{said}");
        said
    }
}

/// Asks for a path on a connection that goes on, and reads the whole answer.
fn ask(secure: &mut Secure, path: &str) -> std::io::Result<String> {
    write!(secure, "GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n")?;
    secure.flush()?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        secure.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let length = head.split_once("content-length: ").expect("a length").1;
    let length = length.split("\r\n").next().unwrap().parse().unwrap();
    let mut body = vec![0; length];
    secure.read_exact(&mut body)?;
    Ok(head)
}

fn serve(certificates: &Certificates) -> Deployment {
    let tls = |name: &str| certificates.shown(name);
    let env = [
        ("STREAMVERSE_EDGE__TLS__CERTIFICATE", tls("tls.crt")),
        ("STREAMVERSE_EDGE__TLS__KEY", tls("tls.key")),
    ];
    Deployment::start(&["all"], &env)
}

fn port(edge: &str) -> &str {
    edge.rsplit_once(':').unwrap().1
}

#[test]
fn rest_grpc_web_and_websocket_are_spoken_behind_tls() {
    let certificates = Certificates::new();
    let deployment = serve(&certificates);
    let base = format!("https://localhost:{}", port(&deployment.edge));
    assert!(deployment.edge.starts_with("https://127.0.0.1:"));

    // HTTP/2 and HTTP/1.1, TLS 1.3 and 1.2.
    let plans = format!("{base}/subscriptions");
    for (how, version) in [
        (&["--tlsv1.3"][..], "2"),
        (&["--tls-max", "1.2"], "2"),
        (&["--http1.1"], "1.1"),
    ] {
        let told = ["-o", "/dev/null", "-w", "%{http_version} %{response_code}"];
        let said = certificates.curl(&[how, &told, &[&plans]].concat());
        assert_eq!(said, format!("{version} 200"));
    }
    let account =
        json!({"email": "ana@example.org", "password": "a long enough password", "name": "Ana"});
    let json = ["-H", "content-type: application/json", "-d"];
    let register = format!("{base}/auth/register");
    let made = certificates.curl(&[&json[..], &[&account.to_string(), &register]].concat());
    let made: Value = serde_json::from_str(&made).unwrap();
    assert_eq!(made["success"], true, "{made}");

    // Browsers hear that they shall stay, by a name that is not this machine's.
    let resolve = format!("tv.test:{}:127.0.0.1", port(&deployment.edge));
    let named = format!("https://tv.test:{}/subscriptions", port(&deployment.edge));
    let said = certificates.curl(&["-i", "--resolve", &resolve, &named]);
    assert!(
        said.contains("strict-transport-security: max-age=31536000"),
        "{said}"
    );
    assert!(
        !certificates
            .curl(&["-i", &plans])
            .contains("strict-transport")
    );

    // In the clear there is one answer.
    let plain = format!("http://localhost:{}/", port(&deployment.edge));
    let said = certificates.curl(&["-i", &plain]);
    assert!(
        said.starts_with("HTTP/1.1 400 ") && said.contains("Use https://"),
        "{said}"
    );

    // gRPC-Web: an empty message in its frame.
    let empty = certificates.path("empty");
    fs::write(&empty, [0; 5]).unwrap();
    let body = format!("@{}", empty.display());
    let rpc = format!("{base}{PLANS}");
    let kind = ["-H", "content-type: application/grpc-web+proto", "-i"];
    let body = ["--output", "-", "--data-binary", &body, &rpc];
    let said = certificates.curl(&[&kind[..], &body].concat());
    assert!(
        said.contains("basic") && said.contains("grpc-status:0"),
        "{said}"
    );

    let token = made["data"]["accessToken"].as_str().unwrap();
    let (email, password) = deployment.admin();
    let login = json!({"email": email, "password": password}).to_string();
    let login = certificates.curl(&[&json[..], &[&login, &format!("{base}/auth/login")]].concat());
    let login: Value = serde_json::from_str(&login).unwrap();
    let editor = login["data"]["accessToken"].as_str().unwrap();
    a_websocket_opens_to_who_may(&certificates, &deployment.edge, (token, editor));

    through_the_edge_for_any_service(&certificates, &base);
}

/// The refusal comes by the same way, and so does the stream.
fn a_websocket_opens_to_who_may(
    certificates: &Certificates,
    edge: &str,
    (viewer, editor): (&str, &str),
) {
    let open = |token: &str| {
        let mut request = format!("wss://localhost:{}/admin/ondemand/changes", port(edge))
            .into_client_request()
            .unwrap();
        let offer = format!("bearer, {token}").parse().unwrap();
        request
            .headers_mut()
            .insert("sec-websocket-protocol", offer);
        tungstenite::client(request, certificates.connect(edge).unwrap()).map_err(Box::new)
    };
    match open(viewer).map_err(|refusal| *refusal) {
        Err(tungstenite::HandshakeError::Failure(tungstenite::Error::Http(answer))) => {
            assert_eq!(answer.status(), 403);
        }
        other => panic!("{other:?}"),
    }
    let (mut socket, _) = open(editor).unwrap();
    let first = loop {
        match socket.read().unwrap() {
            Message::Text(text) => break serde_json::from_str::<Value>(&text).unwrap(),
            Message::Ping(_) => {}
            other => panic!("{other:?}"),
        }
    };
    assert!(first["message"]["position"].is_string(), "{first}");
}

/// A process that is killed when it goes out of scope.
struct Gateway(Child);

impl Drop for Gateway {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// `streamverse edge` has the same port, and calls services behind TLS.
fn through_the_edge_for_any_service(certificates: &Certificates, upstream: &str) {
    let log = certificates.path("gateway.log");
    let set = concat!(env!("CARGO_MANIFEST_DIR"), "/../gen/descriptors.bin");
    let child = Command::new(program())
        .args(["edge", "--listen", "127.0.0.1:0", "--descriptor-set", set])
        .args(["--upstream", upstream, "--upstream-ca"])
        .arg(certificates.path("ca.crt"))
        .arg("--tls-cert")
        .arg(certificates.path("tls.crt"))
        .arg("--tls-key")
        .arg(certificates.path("tls.key"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(fs::File::create(&log).unwrap())
        .spawn();
    let gateway = Gateway(child.unwrap());
    let address = until("the gateway is ready", || {
        let said = fs::read_to_string(&log).unwrap();
        let (_, rest) = said.split_once("ready: https://127.0.0.1:")?;
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        Some(format!("https://localhost:{}", &rest[..end]))
    });
    let said = certificates.curl(&[&format!("{address}/subscriptions")]);
    assert!(said.contains("basic"), "{said}");
    let shown = |edge: &str| {
        peer(
            &certificates
                .connect(&edge.replace("localhost", "127.0.0.1"))
                .unwrap(),
        )
    };
    let before = shown(&address);
    certificates.renew();
    let hung_up = Command::new("kill")
        .args(["-HUP", &gateway.0.id().to_string()])
        .status();
    assert!(hung_up.unwrap().success());
    until("the new certificate is shown", || {
        (shown(&address) != before).then_some(())
    });
}

/// The processes of an installation show each other certificates, and nobody else is heard.
#[test]
fn processes_speak_to_each_other_behind_tls_and_to_nobody_without_a_certificate() {
    let certificates = Certificates::new();
    let of_mesh = |name: &str, file: &str| {
        (
            format!("STREAMVERSE_MESH__TLS__{name}"),
            certificates.shown(file),
        )
    };
    let env = [
        of_mesh("CERTIFICATE", "tls.crt"),
        of_mesh("KEY", "tls.key"),
        of_mesh("CA", "ca.crt"),
    ];
    let env: Vec<_> = env.iter().map(|(k, v)| (k.as_str(), v.clone())).collect();
    let deployment = Deployment::start(&["auth,users,rights", "others", "edge"], &env);
    let mut ana = Client::new(&deployment.edge);
    ana.register("ana@example.org");
    ana.get("/ondemand/movies").data(200);
    // The command line has the same certificates.
    let (email, password) = deployment.admin();
    let mut editor = Client::new(&deployment.edge);
    editor.login(&email, &password);

    let announced = deployment.data.path().join("run/users.json");
    let announced: Value = serde_json::from_slice(&fs::read(announced).unwrap()).unwrap();
    let port = announced["url"].as_str().unwrap();
    assert!(port.starts_with("https://127.0.0.1:"), "{port}");
    // Without a certificate of ours: TLS 1.3 lets a client believe that it is through, and ends it with its first word.
    let heard = certificates
        .connect(port)
        .and_then(|mut secure| ask(&mut secure, "/health"));
    assert!(heard.is_err(), "{heard:?}");
    let mut plain = TcpStream::connect(port.trim_start_matches("https://")).unwrap();
    plain
        .write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
        .unwrap();
    let mut said = String::new();
    plain.read_to_string(&mut said).unwrap();
    assert!(said.starts_with("HTTP/1.1 400 "), "{said}");

    // Renewed while calls go on.
    certificates.renew();
    let ports = deployment
        .servers
        .iter()
        .map(|server| Client::new(&format!("http://{}", server.operators_port())));
    for ops in ports {
        let taken = "streamverse_tls_files_taken_total{certificate=\"mesh\"} 1";
        until("the renewed certificate is taken", || {
            ana.get("/ondemand/movies").data(200);
            ops.get("/metrics").text().contains(taken).then_some(())
        });
    }
    ana.get("/auth/profile").data(200);
}

/// Waits until there is something.
fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "never: {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_certificate_is_renewed_under_load_and_a_bad_one_is_not_taken() {
    let certificates = Certificates::new();
    let deployment = serve(&certificates);
    let ops = Client::new(&format!(
        "http://{}",
        deployment.servers[0].operators_port()
    ));
    let metric = |line: &str| {
        let text = ops.get("/metrics");
        text.text().lines().any(|other| other == line).then_some(())
    };
    let (stop, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|threads| {
        // Half of them keep their connection, half open one for each request.
        let callers: Vec<_> = (0..4)
            .map(|n| {
                let (stop, asked) = (&stop, &asked);
                let (certificates, edge) = (&certificates, &deployment.edge);
                threads.spawn(move || {
                    let mut kept = certificates.connect(edge).unwrap();
                    while !stop.load(Ordering::Relaxed) {
                        if n % 2 == 0 {
                            kept = certificates.connect(edge).unwrap();
                        }
                        let head = ask(&mut kept, "/health").unwrap();
                        assert!(head.starts_with("http/1.1 200"), "{head}");
                        asked.fetch_add(1, Ordering::Relaxed);
                        thread::sleep(Duration::from_millis(5));
                    }
                })
            })
            .collect();
        let shown = || peer(&certificates.connect(&deployment.edge).unwrap());
        let first = shown();
        certificates.renew();
        until("the renewed certificate is taken", || {
            metric(r#"streamverse_tls_files_taken_total{certificate="edge"} 1"#)
        });
        let second = shown();
        assert_ne!(first, second);

        fs::write(certificates.path("tls.crt"), "half of a certificate").unwrap();
        let refused = r#"streamverse_tls_files_refused{certificate="edge"} 1"#;
        until("the bad certificate is refused", || metric(refused));
        assert_eq!(shown(), second);
        let ready = ops.until("/ready", |answer| answer.text().contains("tls.edge"));
        assert_eq!(ready.status, 200, "{}", ready.text());
        let log = deployment.servers[0].log();
        assert!(log.contains("holds no certificate in PEM"), "{log}");

        certificates.renew();
        until("the next one is taken", || {
            metric(r#"streamverse_tls_files_taken_total{certificate="edge"} 2"#)
        });
        assert_ne!(shown(), second);
        stop.store(true, Ordering::Relaxed);
        for caller in callers {
            caller.join().unwrap();
        }
    });
    assert!(asked.load(Ordering::Relaxed) > 100, "{asked:?}");
    let told = ops.get("/metrics");
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/operations/metrics.md");
    let page = fs::read_to_string(Path::new(page)).unwrap();
    let mut named = page
        .split('`')
        .filter(|word| word.starts_with("streamverse_tls_"));
    assert!(named.clone().count() >= 4);
    assert!(named.all(|name| told.text().contains(&format!("\n{name}{{"))));
}
