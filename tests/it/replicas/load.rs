//! Readers and writers that use both edges in turn, by REST, gRPC, grpc-web and streams, and what they were told.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Mutex, RwLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use prost::Message as _;
use serde_json::json;
use sv_proto::content::{ListMoviesRequest, WatchContentRequest};
use tonic::{Code, Status};

use crate::harness::{Answer, Caller, Client};

/// How many write, and how many read.
const WRITERS: usize = 2;
const READERS: usize = 2;
/// How long it may take until all of them get on.
const TIMEOUT: Duration = Duration::from_secs(90);
/// How long the one that follows changes waits for the next before it looks whether all is over.
const PAUSE: Duration = Duration::from_millis(100);
/// How long no change is told after the end until all of them were.
const LAST_CHANGE: Duration = Duration::from_secs(5);
/// What they read.
const PATHS: [&str; 4] = [
    "/ondemand/movies?pageSize=3",
    "/users/me",
    "/search/global?q=coast",
    "/subscriptions",
];

/// The load and its account.
pub(super) struct Load {
    edges: [Client; 2],
    /// The edge that is left alone, counted from 1, as a load balancer would.
    left: AtomicUsize,
    /// Held by who opens a connection from the choice of the edge on: none is opened any more to one that was left.
    dialing: RwLock<()>,
    over: AtomicBool,
    answered: Answered,
    failures: Mutex<Vec<String>>,
}

/// How many requests were answered soundly, by what they speak.
#[derive(Default)]
struct Answered {
    rest: AtomicUsize,
    grpc: AtomicUsize,
    web: AtomicUsize,
    /// Streams that were opened.
    streams: AtomicUsize,
}

impl Answered {
    fn all(&self) -> usize {
        let each = [&self.rest, &self.grpc, &self.web, &self.streams];
        each.into_iter()
            .map(|count| count.load(Ordering::Relaxed))
            .sum()
    }
}

/// The films whose creation was acknowledged, by their titles, and how often the stream of changes told of each.
pub(super) struct Ledger {
    films: BTreeMap<String, String>,
    told: BTreeMap<String, usize>,
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed = self.failures.lock().unwrap().len();
        let count = |of: &AtomicUsize| of.load(Ordering::Relaxed);
        let Answered {
            rest,
            grpc,
            web,
            streams,
        } = &self.answered;
        write!(
            f,
            "{} requests answered ({} REST, {} gRPC, {} grpc-web, {} streams opened), {failed} failed",
            self.answered.all(),
            count(rest),
            count(grpc),
            count(web),
            count(streams),
        )?;
        for (failure, times) in self.failures_by_text() {
            write!(f, "\n  {times} x {failure}")?;
        }
        Ok(())
    }
}

impl Load {
    pub(super) fn new(edges: [Client; 2]) -> Self {
        Self {
            edges,
            left: AtomicUsize::new(0),
            dialing: RwLock::default(),
            over: AtomicBool::new(false),
            answered: Answered::default(),
            failures: Mutex::default(),
        }
    }

    /// Does something under load; returns what was acknowledged meanwhile.
    pub(super) fn while_at_work(&self, deed: impl FnOnce()) -> Ledger {
        /// Ends the load also where the deed fails.
        struct Over<'a>(&'a AtomicBool);
        impl Drop for Over<'_> {
            fn drop(&mut self) {
                self.0.store(true, Ordering::Relaxed);
            }
        }
        thread::scope(|threads| {
            let over = Over(&self.over);
            for reader in 0..READERS {
                threads.spawn(move || self.read(reader));
            }
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| threads.spawn(move || self.write(writer)))
                .collect();
            threads.spawn(|| self.grpc());
            threads.spawn(|| self.web());
            let follower = threads.spawn(|| self.follow());
            deed();
            drop(over);
            let films = writers
                .into_iter()
                .flat_map(|writer| writer.join().unwrap());
            let films = films.collect();
            Ledger {
                films,
                told: follower.join().unwrap(),
            }
        })
    }

    /// Takes an edge out of turn, or puts it back.
    pub(super) fn leave(&self, edge: Option<usize>) {
        self.left
            .store(edge.map_or(0, |edge| edge + 1), Ordering::SeqCst);
        drop(self.dialing.write().unwrap());
    }

    /// Waits until requests have been answered that are not among those of now.
    pub(super) fn progress(&self) {
        let (begin, before) = (Instant::now(), self.answered.all());
        while self.answered.all() < before + 40 {
            assert!(
                begin.elapsed() < TIMEOUT,
                "nothing is answered: {:?}",
                self.failures()
            );
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Returns what was not answered soundly.
    pub(super) fn failures(&self) -> Vec<String> {
        self.failures.lock().unwrap().clone()
    }

    /// Counts the failures that read alike but for the request's id.
    fn failures_by_text(&self) -> BTreeMap<String, usize> {
        let mut counted = BTreeMap::new();
        for failure in self.failures() {
            let alike = failure.split("\"requestId\"").next().unwrap_or_default();
            *counted.entry(alike.to_owned()).or_default() += 1;
        }
        counted
    }

    fn edge(&self, turn: usize) -> &Client {
        &self.edges[self.which(turn)]
    }

    fn which(&self, turn: usize) -> usize {
        match self.left.load(Ordering::SeqCst) {
            0 => turn % 2,
            // The other one.
            left => 2 - left,
        }
    }

    /// Reads by gRPC, on one connection to each edge.
    fn grpc(&self) {
        now(async {
            let callers = self.callers().await;
            for turn in 0.. {
                if self.over.load(Ordering::Relaxed) {
                    return;
                }
                let ask = ListMoviesRequest {
                    page_size: 3,
                    ..ListMoviesRequest::default()
                };
                match callers[self.which(turn)].content().list_movies(ask).await {
                    Ok(_) => _ = self.answered.grpc.fetch_add(1, Ordering::Relaxed),
                    Err(status) => self.failed(&format!("gRPC: {status}")),
                }
            }
        });
    }

    /// Reads by grpc-web, each time on a connection of its own: certificates are seen in handshakes.
    fn web(&self) {
        let message = ListMoviesRequest {
            page_size: 3,
            ..ListMoviesRequest::default()
        };
        let message = message.encode_to_vec();
        let length = u32::try_from(message.len()).unwrap().to_be_bytes();
        let frame = [&[0], &length[..], &message[..]].concat();
        let path = "/streamverse.content.v1.ContentService/ListMovies";
        let headers = [
            ("content-type", "application/grpc-web+proto"),
            ("x-grpc-web", "1"),
            ("connection", "close"),
        ];
        for turn in 0.. {
            if self.over.load(Ordering::Relaxed) {
                return;
            }
            let answer = {
                let _dialing = self.dialing.read().unwrap();
                let edge = self.edge(turn);
                edge.try_call("POST", path, Some(&frame), &headers)
            };
            match answer {
                // The trailers are the last frame: without them the answer is cut off.
                Ok(answer) if ends_well(&answer.bytes) => {
                    self.answered.web.fetch_add(1, Ordering::Relaxed);
                }
                Ok(answer) => {
                    self.failed(&format!("grpc-web: {} {}", answer.status, answer.text()));
                }
                Err(cause) => self.failed(&format!("grpc-web: {cause}")),
            }
        }
    }

    /// Follows the catalogue's changes on one stream after the other, each behind the last change that was told;
    /// counts by film how often it was told.
    fn follow(&self) -> BTreeMap<String, usize> {
        now(async {
            let callers = self.callers().await;
            // From the beginning: who begins with what comes next does not hear of what is written meanwhile.
            let (mut told, mut after) = (BTreeMap::new(), "0".to_owned());
            let mut quiet = Instant::now();
            for turn in 0.. {
                assert!(quiet.elapsed() < TIMEOUT, "no stream tells anything");
                let ask = WatchContentRequest {
                    after: after.clone(),
                };
                let mut editing = callers[self.which(turn)].editing();
                let mut stream = match editing.watch_content(ask).await {
                    Ok(stream) => stream.into_inner(),
                    Err(status) => {
                        self.failed(&format!("stream: {status}"));
                        continue;
                    }
                };
                self.answered.streams.fetch_add(1, Ordering::Relaxed);
                loop {
                    match tokio::time::timeout(PAUSE, stream.message()).await {
                        Ok(Ok(Some(change))) => {
                            after = change.position;
                            if !change.id.is_empty() {
                                quiet = Instant::now();
                                *told.entry(change.id).or_default() += 1;
                            }
                        }
                        // It is taken up again, at the edge whose turn it is.
                        Ok(Ok(None)) => break,
                        Ok(Err(status)) if ended(&status) => break,
                        Ok(Err(status)) => {
                            self.failed(&format!("stream: {status}"));
                            break;
                        }
                        Err(_) if !self.over.load(Ordering::Relaxed) => quiet = Instant::now(),
                        Err(_) if quiet.elapsed() > LAST_CHANGE => return told,
                        Err(_) => {}
                    }
                }
            }
            told
        })
    }

    /// Connects to each edge.
    async fn callers(&self) -> Vec<Caller> {
        let mut callers = Vec::new();
        for edge in &self.edges {
            callers.push(Caller::beside(edge).await);
        }
        callers
    }

    fn failed(&self, what: &str) {
        self.failures.lock().unwrap().push(what.to_owned());
        // Whoever is refused does not ask again at once.
        thread::sleep(Duration::from_millis(20));
    }

    /// Notes what became of a request; returns a sound answer.
    fn note(&self, what: &str, answer: Result<Answer, ureq::Error>) -> Option<Answer> {
        let failure = match answer {
            Ok(answer) if answer.status < 500 && answer.status != 401 => {
                self.answered.rest.fetch_add(1, Ordering::Relaxed);
                return Some(answer);
            }
            Ok(answer) => format!("{what}: {} {}", answer.status, answer.text()),
            Err(cause) => format!("{what}: {cause}"),
        };
        self.failures.lock().unwrap().push(failure);
        None
    }

    fn read(&self, reader: usize) {
        for turn in reader.. {
            if self.over.load(Ordering::Relaxed) {
                return;
            }
            let path = PATHS[turn % PATHS.len()];
            let answer = self
                .edge(turn / PATHS.len())
                .try_call("GET", path, None, &[]);
            if let Some(answer) = self.note(path, answer) {
                assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            }
        }
    }

    /// Creates films, each under its key until it is acknowledged, at whichever edge.
    fn write(&self, writer: usize) -> Vec<(String, String)> {
        let mut made = Vec::new();
        for number in 0.. {
            if self.over.load(Ordering::Relaxed) {
                break;
            }
            let title = format!(
                "Replica {} w{writer}n{number}",
                std::ptr::from_ref(self).addr()
            );
            let body = json!({"title": title, "status": "published"}).to_string();
            let key = format!("create {title}");
            let begin = Instant::now();
            let id = (0_usize..).find_map(|turn| {
                assert!(begin.elapsed() < TIMEOUT, "{title} is never acknowledged");
                let (path, headers) = ("/admin/ondemand/movies", [("idempotency-key", &*key)]);
                let edge = self.edge(number + turn);
                let answer = edge.try_call("POST", path, Some(body.as_bytes()), &headers);
                let answer = self.note(path, answer)?;
                // The first try may still be at it.
                (answer.status != 409).then(|| answer.data(201)["id"].as_str().unwrap().to_owned())
            });
            made.push((title, id.unwrap()));
        }
        made
    }
}

/// Runs what waits to its end on this thread.
fn now<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(work)
}

/// Says whether an answer of grpc-web ends with the trailers of a success.
fn ends_well(answer: &[u8]) -> bool {
    let mut rest = answer;
    while let [flag, a, b, c, d, after @ ..] = rest {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        let Some((frame, next)) = after.split_at_checked(length) else {
            return false;
        };
        if flag & 0x80 != 0 {
            let trailers = String::from_utf8_lossy(frame).to_lowercase();
            return trailers
                .lines()
                .any(|line| line.replace(' ', "") == "grpc-status:0");
        }
        rest = next;
    }
    false
}

/// Says whether a stream only ended because a process did.
fn ended(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::Unavailable | Code::Cancelled | Code::Unknown
    )
}

impl Ledger {
    /// Holds the ledger against the catalogue: each film once, under the id that was told.
    #[expect(clippy::print_stdout, reason = "the report")]
    pub(super) fn holds_in(&self, editor: &Client) {
        let (mut found, mut token) = (BTreeMap::<String, Vec<String>>::new(), String::new());
        loop {
            let page = editor.get(&format!(
                "/admin/ondemand/movies?pageSize=100&pageToken={token}"
            ));
            let page = page.data(200);
            for film in page["items"].as_array().into_iter().flatten() {
                let text = |field: &str| film[field].as_str().unwrap_or_default().to_owned();
                found.entry(text("title")).or_default().push(text("id"));
            }
            token.clear();
            token.push_str(page["nextPageToken"].as_str().unwrap_or_default());
            if token.is_empty() {
                break;
            }
        }
        let lost: Vec<_> = self
            .films
            .iter()
            .filter(|(title, _)| !found.contains_key(*title))
            .collect();
        let twice = |(title, id): &(&String, &String)| {
            found.get(*title).is_some_and(|ids| *ids != [(*id).clone()])
        };
        let doubled: Vec<_> = self.films.iter().filter(twice).collect();
        let count = |id: &String| self.told.get(id).copied().unwrap_or_default();
        let told: Vec<_> = self.films.values().filter(|id| count(id) != 1).collect();
        println!(
            "{} acknowledged, {} lost, {} doubled, each told once by streams",
            self.films.len(),
            lost.len(),
            doubled.len()
        );
        assert!(
            lost.is_empty() && doubled.is_empty(),
            "lost {lost:?}, doubled {doubled:?}"
        );
        assert!(told.is_empty(), "not told once: {told:?}");
    }
}
