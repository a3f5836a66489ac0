//! `streamverse edge` in front of services that it knows by their descriptor set alone: our own, seen from outside
//! as those of any other team.

use std::{
    fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use sv_proto::content::WatchContentRequest;

use crate::harness::{Caller, Client, Deployment, Flow, Socket, program};

const CHANGES: &str = "/admin/ondemand/changes";

/// A running gateway; killed when it goes out of scope.
struct Gateway {
    child: Child,
    address: String,
    folder: tempfile::TempDir,
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn root(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(path)
}

impl Gateway {
    /// Starts one on a copy of our descriptor set, with what `prepare` puts into its folder and adds to its options.
    fn start(upstream: &str, prepare: impl FnOnce(&mut Command, &tempfile::TempDir)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let set = folder.path().join("set.binpb");
        fs::copy(root("gen/descriptors.bin"), &set).unwrap();
        let log = folder.path().join("log");
        let mut command = Command::new(program());
        command
            .args(["edge", "--listen", "127.0.0.1:0", "--upstream", upstream])
            .arg("--descriptor-set")
            .arg(&set)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(&log).unwrap());
        prepare(&mut command, &folder);
        let child = command.spawn().unwrap();
        let mut gateway = Self {
            child,
            address: String::new(),
            folder,
        };
        gateway.address = gateway.heard("ready: ");
        gateway
    }

    /// Waits until the log says something; returns the rest of the word.
    fn heard(&self, what: &str) -> String {
        let begun = Instant::now();
        loop {
            let log = fs::read_to_string(self.folder.path().join("log")).unwrap();
            if let Some((_, rest)) = log.split_once(what) {
                let end = rest.find(['"', '\n', ' ']).unwrap_or(rest.len());
                return rest[..end].to_owned();
            }
            assert!(begun.elapsed() < Duration::from_mins(1), "{what}: {log}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn client(&self, of: &Client) -> Client {
        let mut client = Client::new(&self.address);
        client.token.clone_from(&of.token);
        client
    }

    fn signal(&self, name: &str) {
        let told = Command::new("kill")
            .args([name, &self.child.id().to_string()])
            .status();
        assert!(told.unwrap().success());
    }
}

fn editor(deployment: &Deployment) -> Client {
    let (email, password) = deployment.admin();
    let mut editor = Client::new(&deployment.edge);
    editor.login(&email, &password);
    editor
}

fn make(client: &Client, title: &str) -> Value {
    let film = json!({"title": title, "status": "CONTENT_STATUS_PUBLISHED"});
    let made = client.post("/admin/ondemand/movies", &film);
    assert_eq!(made.status, 200, "{}", made.text());
    // No envelope: the message as it is.
    assert_eq!(made.json()["title"], title);
    made.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_protocol_leads_through_to_services_that_are_known_by_their_descriptors_alone() {
    let deployment = Deployment::start(&["all"], &[]);
    let editor = editor(&deployment);
    let gateway = Gateway::start(&deployment.edge, |_, _| {});
    let through = gateway.client(&editor);

    // REST, and a refusal as `google.rpc.Status` says it.
    let film = make(&through, "Heat");
    let path = format!("/admin/ondemand/movies/{}", film["id"].as_str().unwrap());
    assert_eq!(through.get(&path).json()["title"], "Heat");
    let refused = through.signed_out().get(&path);
    assert_eq!((refused.status, &refused.json()["code"]), (401, &json!(16)));
    let details = refused.json()["details"].to_string();
    assert!(details.contains("UNAUTHENTICATED"), "{details}");

    // Lines and events.
    let target = format!("{CHANGES}?after=0");
    let mut lines = Flow::open(&through, &target, &[]);
    let line: Value = serde_json::from_str(&lines.line().unwrap()).unwrap();
    assert!(line["result"]["position"].is_string(), "{line}");
    let mut events = Flow::open(&through, &target, &[("accept", "text/event-stream")]);
    let event = events.event().unwrap();
    assert_eq!(event.data["position"], line["result"]["position"]);

    // WebSocket.
    let token = editor.token.as_deref();
    let mut socket = Socket::open(&gateway.address, &target, token).unwrap();
    assert_eq!(socket.next().unwrap()["message"], line["result"]);
    let ran = make(&through, "Ran");
    while socket.next().unwrap()["message"]["id"] != ran["id"] {}
    let mut anonymous = Socket::open(&gateway.address, &target, None).unwrap();
    let (error, code) = anonymous.end();
    assert_eq!((&error["code"], code), (&json!(16), 4401));

    // gRPC.
    let mut caller = Caller::connect(&gateway.address).await;
    caller.token.clone_from(&editor.token);
    let ask = WatchContentRequest { after: "0".into() };
    let opened = caller.editing().watch_content(ask).await.unwrap();
    let heard = opened.into_inner().message().await.unwrap().unwrap();
    assert_eq!(heard.position, line["result"]["position"].as_str().unwrap());

    the_end_is_announced(gateway, socket);
}

/// Who has a stream hears of the end, and the process ends in order.
fn the_end_is_announced(mut gateway: Gateway, mut socket: Socket) {
    gateway.signal("-TERM");
    let (error, code) = socket.end();
    assert_eq!((&error["code"], code), (&json!(14), 1001));
    drop(socket);
    assert!(gateway.child.wait().unwrap().success());
}

#[test]
fn descriptor_sets_and_keys_are_read_again_and_what_is_wrong_with_them_changes_nothing() {
    let deployment = Deployment::start(&["all"], &[]);
    let editor = editor(&deployment);
    let keys = editor.get("/.well-known/jwks.json");
    let gateway = Gateway::start(&deployment.edge, |command, folder| {
        let file = folder.path().join("jwks.json");
        fs::write(&file, &keys.bytes).unwrap();
        command.arg("--jwks").arg(file);
        command.args(["--ops-listen", "127.0.0.1:0"]);
    });
    let operators = format!("http://{}", gateway.heard("\"address\":\""));
    let operators = Client::new(&operators);
    assert_eq!(operators.get("/health").status, 200);
    let ready = operators.get("/ready").json();
    assert_eq!(
        (&ready["ready"], &ready["degraded"]),
        (&json!(true), &json!([]))
    );
    assert!(
        operators
            .get("/metrics")
            .text()
            .contains("streamverse_ready 1")
    );
    let through = gateway.client(&editor);
    let list = "/admin/ondemand/movies";
    assert_eq!(through.get(list).status, 200);
    assert_eq!(through.signed_out().get(list).status, 401);
    assert_eq!(
        Socket::open(&gateway.address, CHANGES, None).err(),
        Some(401)
    );

    let set = gateway.folder.path().join("set.binpb");
    fs::write(&set, "no descriptor set").unwrap();
    gateway.heard("not as they should be");
    assert_eq!(through.get(list).status, 200, "what was read before stays");

    // Another set: its services are unknown to the upstream, which says so itself.
    assert_eq!(through.get("/v1/tags").status, 404);
    fs::copy(root("edge/gateway/testdata/library.bin"), &set).unwrap();
    gateway.signal("-HUP");
    gateway.heard("library.v1.Library");
    assert_eq!(through.get("/v1/tags").status, 501);
    assert_eq!(through.get(list).status, 404);
}
