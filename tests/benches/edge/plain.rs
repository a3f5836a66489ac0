//! The other contestant: an axum handler that serialises structs it has at hand.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use axum::{Router, response::IntoResponse, routing::get};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tokio::net::TcpListener;

use crate::{Case, films::Film};

/// The plain server as a child process; it ends with this value.
pub(crate) struct Plain {
    child: Child,
    /// Its address, `http://…`.
    pub(crate) address: String,
    _folder: tempfile::TempDir,
}

/// A part of a list.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct List {
    items: Vec<Film>,
    next_page_token: String,
}

/// Where the plain server finds its structs, as the program's own answers.
const LIST: &str = "list.json";
const ITEM: &str = "item.json";

impl Plain {
    /// Starts this program again as the plain server, with the program's answers as its structs.
    pub(crate) fn start(cases: &[Case; 2], answers: &[Vec<u8>]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (file, bytes) in [LIST, ITEM].iter().zip(answers) {
            fs::write(folder.path().join(file), bytes).expect("the folder takes a file");
        }
        fs::write(folder.path().join("path"), &cases[1].path).expect("the folder takes a file");
        let mut child = Command::new(std::env::current_exe().expect("this program has a path"))
            .arg("--plain")
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program starts again");
        let mut address = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout)
            .read_line(&mut address)
            .expect("the plain server says where it listens");
        Self {
            child,
            address: address.trim().to_owned(),
            _folder: folder,
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Serves until the process is killed.
pub(crate) fn serve(folder: &Path) -> ! {
    let (list, item) = (at_hand::<List>(folder, LIST), at_hand::<Film>(folder, ITEM));
    let path = fs::read_to_string(folder.join("path")).expect("the item's path");
    let app = Router::new()
        .route("/ondemand/movies", get(async || json(list)))
        .route(&path, get(async || json(item)));
    tokio::runtime::Runtime::new()
        .expect("a runtime")
        .block_on(listen(app));
    std::process::exit(1)
}

/// What `axum::serve` does.
async fn listen(app: Router) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("http://{}", listener.local_addr().expect("an address"));
    let service = TowerToHyperService::new(app);
    while let Ok((stream, _)) = listener.accept().await {
        stream.set_nodelay(true).expect("a socket option");
        let service = service.clone();
        #[expect(clippy::disallowed_methods, reason = "it ends with the benchmark")]
        tokio::spawn(async move {
            let connection = Builder::new(TokioExecutor::new());
            let io = TokioIo::new(stream);
            connection.serve_connection(io, service).await.ok();
        });
    }
}

/// Reads an answer of the program into structs that live as long as the process.
fn at_hand<T: for<'de> Deserialize<'de>>(folder: &Path, file: &str) -> &'static T {
    #[derive(Deserialize)]
    struct Answer<T> {
        data: T,
    }
    let bytes = fs::read(folder.join(file)).expect("the program's answer");
    let answer: Answer<T> = serde_json::from_slice(&bytes).expect("the structs fit the answer");
    Box::leak(Box::new(answer.data))
}

fn json<T: Serialize>(data: &T) -> impl IntoResponse + use<T> {
    #[derive(Serialize)]
    struct Envelope<'a, T> {
        success: bool,
        data: &'a T,
        timestamp: String,
    }
    let now = OffsetDateTime::now_utc().format(&Rfc3339);
    let envelope = Envelope {
        success: true,
        data,
        timestamp: now.expect("a time of day"),
    };
    let body = serde_json::to_vec(&envelope).expect("structs become JSON");
    ([("content-type", "application/json")], body)
}
