//! Readers and writers that use both edges in turn, and what they were told.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::harness::{Answer, Client};

/// How many write, and how many read.
const WRITERS: usize = 2;
const READERS: usize = 2;
/// How long it may take until all of them get on.
const PATIENCE: Duration = Duration::from_secs(90);
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
    over: AtomicBool,
    answered: AtomicUsize,
    failures: Mutex<Vec<String>>,
}

/// The films whose creation was acknowledged, by their titles.
pub(super) struct Ledger(BTreeMap<String, String>);

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed = self.failures.lock().unwrap().len();
        let answered = self.answered.load(Ordering::Relaxed);
        write!(f, "{answered} requests answered, {failed} failed")?;
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
            over: AtomicBool::new(false),
            answered: AtomicUsize::new(0),
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
            deed();
            drop(over);
            let films = writers
                .into_iter()
                .flat_map(|writer| writer.join().unwrap());
            Ledger(films.collect())
        })
    }

    /// Takes an edge out of turn, or puts it back.
    pub(super) fn leave(&self, edge: Option<usize>) {
        self.left
            .store(edge.map_or(0, |edge| edge + 1), Ordering::SeqCst);
    }

    /// Waits until requests have been answered that are not among those of now.
    pub(super) fn progress(&self) {
        let (begin, before) = (Instant::now(), self.answered.load(Ordering::Relaxed));
        while self.answered.load(Ordering::Relaxed) < before + 40 {
            assert!(
                begin.elapsed() < PATIENCE,
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
        let edge = match self.left.load(Ordering::SeqCst) {
            0 => turn % 2,
            // The other one.
            left => 2 - left,
        };
        &self.edges[edge]
    }

    /// Notes what became of a request; returns a sound answer.
    fn note(&self, what: &str, answer: Result<Answer, ureq::Error>) -> Option<Answer> {
        let failure = match answer {
            Ok(answer) if answer.status < 500 => {
                self.answered.fetch_add(1, Ordering::Relaxed);
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
                assert!(begin.elapsed() < PATIENCE, "{title} is never acknowledged");
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
            .0
            .iter()
            .filter(|(title, _)| !found.contains_key(*title))
            .collect();
        let twice = |(title, id): &(&String, &String)| {
            found.get(*title).is_some_and(|ids| *ids != [(*id).clone()])
        };
        let doubled: Vec<_> = self.0.iter().filter(twice).collect();
        println!(
            "{} acknowledged, {} lost, {} doubled",
            self.0.len(),
            lost.len(),
            doubled.len()
        );
        assert!(
            lost.is_empty() && doubled.is_empty(),
            "lost {lost:?}, doubled {doubled:?}"
        );
    }
}
