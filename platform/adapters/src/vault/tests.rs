//! A server that answers as the API's documentation says (KV version 2, Kubernetes' login, errors): none of the real one's
//! code is behind it.

use std::{
    io::{BufReader, Write as _},
    net::TcpListener,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use serde_json::json;
use sv_kernel::causes;
use sv_tls_front::{Begin, Certificates, Front};

use super::{Vault, VaultLogin, VaultOptions};

/// What was asked, as `METHOD path`, with the headers and the body.
#[derive(Clone, Debug)]
struct Asked {
    line: String,
    token: Option<String>,
    namespace: Option<String>,
    body: String,
}

/// The server, and what it was asked.
struct Server {
    address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    fn start(mut answer: impl FnMut(&Asked) -> (u16, String) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let seen = asked.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = BufReader::new(stream.unwrap());
                let Some(asked) = read(&mut stream) else {
                    continue;
                };
                seen.lock().unwrap().push(asked.clone());
                let (status, body) = answer(&asked);
                let head = format!(
                    "HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                let _ = stream.get_mut().write_all((head + &body).as_bytes());
            }
        });
        Self { address, asked }
    }

    fn vault(&self, change: impl FnOnce(&mut VaultOptions)) -> Vault {
        let mut options = VaultOptions {
            address: format!("http://{}", self.address),
            login: VaultLogin::Token("hvs.sesame".to_owned()),
            ..VaultOptions::default()
        };
        change(&mut options);
        let mut vault = Vault::new(options).unwrap();
        vault.pauses = [Duration::from_millis(1); 3];
        vault
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn read(stream: &mut impl std::io::BufRead) -> Option<Asked> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok().filter(|read| *read > 0)?;
        match line.trim() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let header = |name: &str| {
        lines.iter().find_map(|line| {
            let (of, value) = line.split_once(": ")?;
            of.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    };
    assert_eq!(header("x-vault-request").as_deref(), Some("true"));
    let length = header("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(Asked {
        line: lines[0].trim_end_matches(" HTTP/1.1").to_owned(),
        token: header("x-vault-token"),
        namespace: header("x-vault-namespace"),
        body: String::from_utf8(body).unwrap(),
    })
}

fn entry(values: &serde_json::Value) -> (u16, String) {
    let metadata = json!({"version": 3, "deletion_time": "", "destroyed": false});
    let answer = json!({"request_id": "1", "data": {"data": values, "metadata": metadata}});
    (200, answer.to_string())
}

fn errors(status: u16, told: &str) -> (u16, String) {
    (status, json!({"errors": [told]}).to_string())
}

fn refused(vault: &Vault, place: &str) -> String {
    let failure = vault.read(place).unwrap_err();
    let told = causes(&failure);
    assert!(
        !told.contains("sesame") && !told.contains("s3cret"),
        "{told}"
    );
    assert!(!format!("{vault:?}").contains("sesame"));
    told
}

#[test]
fn secrets_that_lie_beside_each_other_are_asked_for_once() {
    let server = Server::start(|_| entry(&json!({"url": "postgres://sv", "pepper": "s3cret"})));
    let vault = server.vault(|options| options.namespace = "tv/prod".to_owned());
    assert_eq!(
        vault.read("kv/streamverse/db#url").unwrap(),
        "postgres://sv"
    );
    assert_eq!(vault.read("kv/streamverse/db#pepper").unwrap(), "s3cret");
    assert_eq!(vault.read("team/kv//db#pepper").unwrap(), "s3cret");
    let asked = server.asked();
    let lines: Vec<_> = asked.iter().map(|asked| &*asked.line).collect();
    assert_eq!(
        lines,
        ["GET /v1/kv/data/streamverse/db", "GET /v1/team/kv/data/db"]
    );
    for asked in asked {
        assert_eq!(asked.token.as_deref(), Some("hvs.sesame"));
        assert_eq!(asked.namespace.as_deref(), Some("tv/prod"));
    }
}

#[test]
fn a_pod_is_let_in_by_its_service_account() {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    let server = Server::start(|asked| match &*asked.line {
        "POST /v1/auth/kubernetes/login" if asked.body.contains("of-the-pod") => {
            let auth = json!({"client_token": "hvs.of-the-role", "lease_duration": 3600});
            (200, json!({ "auth": auth }).to_string())
        }
        "POST /v1/auth/kubernetes/login" => errors(403, "permission denied"),
        _ => entry(&json!({"pepper": "s3cret"})),
    });
    let vault = || {
        server.vault(|options| {
            options.login = VaultLogin::Kubernetes {
                role: "streamverse".to_owned(),
                mount: "kubernetes".to_owned(),
                token: token.clone(),
            }
        })
    };
    let told = refused(&vault(), "kv/streamverse#pepper");
    assert!(
        told.starts_with("kv/streamverse#pepper: cannot read") && told.contains("token"),
        "{told}"
    );
    std::fs::write(&token, "a stranger's").unwrap();
    let told = refused(&vault(), "kv/streamverse#pepper");
    assert!(
        told.contains("role streamverse") && told.contains("permission denied"),
        "{told}"
    );
    std::fs::write(&token, "of-the-pod\n").unwrap();
    assert_eq!(vault().read("kv/streamverse#pepper").unwrap(), "s3cret");
    let asked = server.asked();
    let [.., login, read] = &asked[..] else {
        panic!("{asked:?}")
    };
    assert_eq!(login.body, r#"{"jwt":"of-the-pod","role":"streamverse"}"#);
    assert_eq!(
        (login.token.as_deref(), read.token.as_deref()),
        (None, Some("hvs.of-the-role"))
    );
}

#[test]
fn what_cannot_be_had_says_why_and_never_tells_a_secret() {
    let server = Server::start(|asked| match asked.line.rsplit('/').next().unwrap() {
        "denied" => errors(403, "permission denied"),
        "none" => (404, json!({"errors": []}).to_string()),
        "deleted" => {
            let metadata = json!({"deletion_time": "2026-11-30T10:00:00Z"});
            (
                404,
                json!({"data": {"data": null, "metadata": metadata}}).to_string(),
            )
        }
        "elsewhere" => (307, String::new()),
        "list" => (200, "[]".to_owned()),
        "page" => (200, "<html>s3cret</html>".to_owned()),
        "large" => entry(&json!({"key": "s3cret".repeat(200_000)})),
        _ => entry(&json!({"key": "s3cret", "number": 7, "empty": "", "long": "x".repeat(65_537)})),
    });
    let vault = server.vault(|_| {});
    for (place, said) in [
        (
            "kv/denied#key",
            "its policy has to allow `read` on kv/data/denied",
        ),
        ("kv/none#key", "there is no such secret"),
        ("kv/deleted#key", "its latest version was deleted"),
        ("kv/elsewhere#key", "it answered 307"),
        ("kv/list#key", "it did not answer as Vault does"),
        ("kv/page#key", "it did not answer as Vault does"),
        ("kv/large#key", "limit"),
        ("kv/one#other", "kv/one#other: the secret has no such key"),
        ("kv/one#number", "it is no text"),
        ("kv/one#empty", "it is empty"),
        ("kv/one#long", "64 KiB"),
        ("s3cret", "a secret of Vault is written mount/path#key"),
        (
            "kv/../sys#key",
            "a secret of Vault is written mount/path#key",
        ),
        ("kv/a?b#key", "a secret of Vault is written mount/path#key"),
    ] {
        let told = refused(&vault, place);
        assert!(told.contains(said), "{place}: {told}");
        // What is no place may be the secret itself.
        let is_place = !said.starts_with("a secret of Vault is written");
        assert_eq!(told.contains(place), is_place, "{place}: {told}");
    }
    assert_eq!(vault.read("kv/one#key").unwrap(), "s3cret");
}

#[test]
fn a_server_that_is_sealed_for_a_moment_is_asked_again_and_one_that_stays_so_is_told() {
    let mut tries = 0;
    let server = Server::start(move |asked| {
        tries += 1;
        match (asked.line.ends_with("/soon"), tries) {
            (true, 3..) => entry(&json!({"key": "s3cret"})),
            _ => errors(503, "Vault is sealed"),
        }
    });
    let vault = server.vault(|_| {});
    assert_eq!(vault.read("kv/soon#key").unwrap(), "s3cret");
    let told = refused(&vault, "kv/never#key");
    assert!(told.contains("it answered 503 (Vault is sealed)"), "{told}");
    assert_eq!(server.asked().len(), 7);
    let nobody = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let away = server.vault(|options| options.address = format!("http://{nobody}"));
    let told = refused(&away, "kv/one#key");
    assert!(
        told.starts_with("the vault server is unavailable: kv/one#key: "),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_is_held_to_its_certificate() {
    let server = Server::start(|_| entry(&json!({"key": "s3cret"})));
    let front = Front::before(&server.address, Begin::AtOnce).await.unwrap();
    let other = Certificates::make().unwrap();
    let own = front.ca();
    let asked = move |host: &str, ca: &std::path::Path| {
        let vault = server.vault(|options| {
            options.address = format!("https://{host}:{}", front.port());
            options.authorities = Some(std::fs::read(ca).unwrap());
        });
        vault.read("kv/one#key").map_err(|failure| causes(&failure))
    };
    let asked = tokio::task::spawn_blocking(move || {
        (
            asked("localhost", &own),
            asked("127.0.0.1", &own),
            asked("localhost", &other.ca()),
        )
    });
    let (welcome, name, unknown) = asked.await.unwrap();
    assert_eq!(welcome.as_deref(), Ok("s3cret"));
    assert!(
        name.as_ref().unwrap_err().contains("not valid for name"),
        "{name:?}"
    );
    assert!(
        unknown.as_ref().unwrap_err().contains("UnknownIssuer"),
        "{unknown:?}"
    );
}
